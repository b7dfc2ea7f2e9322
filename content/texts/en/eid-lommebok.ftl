# The wallet as a way to sign in.

eid-lommebok = European wallet
eid-lommebok-tittel = Log in with a European wallet
eid-lommebok-forklaring = Your wallet shows us your national identity number or D number, and nothing more. It asks you first.
eid-lommebok-her = Is the wallet on this device?
eid-lommebok-aapne = Open the wallet
eid-lommebok-annen = Is the wallet on another device?
eid-lommebok-skann = Scan the code with it. When you have answered, the other device shows six digits, which you type here.
eid-lommebok-bilde = QR code that opens the wallet
eid-lommebok-kode = Six digits from the other device
eid-lommebok-kode-hjelp = They are shown where the wallet is, once you have answered in it
eid-lommebok-fortsett = Continue

eid-lommebok-siffer-tittel = Type these digits where you are logging in
eid-lommebok-siffer = You have shown who you are in order to log in to: { $tjeneste }. The login goes on when you type the digits where you began.
eid-lommebok-siffer-hvor = The login was begun in: { $nettleser }.
eid-lommebok-siffer-advarsel = Give the digits to nobody. Whoever gets them may be logged in as you. If somebody has sent you a link or a code, it is not you who are logging in: close this page.
eid-lommebok-tilbake = Go back to where you began to log in.

eid-lommebok-feil-nei = You said no in the wallet, or it does not hold your person identification data. Nobody is logged in.
eid-lommebok-feil-uten = The wallet cannot be used at the moment.
eid-lommebok-feil-svar = The wallet could not answer what we asked for. Nobody is logged in.
eid-lommebok-feil-ubesvart = The wallet has not answered yet. Open it or scan the code, answer in it, and type the digits that the other device shows.
eid-lommebok-feil-kode = The digits are not those that the other device shows. Try again.
eid-lommebok-feil-kode-mangler = Type the six digits that the other device shows.
eid-lommebok-feil-borte = The request has expired, or the digits were wrong too many times. Here is a new one: answer it in the wallet.

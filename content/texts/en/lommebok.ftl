# Wallet: the pages where people fetch person identification data for their European wallet.

lommebok-tittel = Personal ID for your wallet
lommebok-ingress = If you have a European digital identity wallet on your phone, you can put a proof of who you are into it.
lommebok-innhold = The proof has your name, date and place of birth, nationalities, sex and national identity number, as they stand in the National Population Register. When you show it, you decide which of them to share.
lommebok-varighet = The proof lasts fourteen days. After that you fetch a new one here. If you lose your phone, you can withdraw it before.
lommebok-hent = Sign in and fetch the proof
lommebok-paa-nytt = Start again

lommebok-tilbud-tittel = The proof is ready
lommebok-tilbud-ingress = Open it in your wallet within ten minutes. It can be fetched once.
lommebok-aapne = Open in the wallet
lommebok-skann = If the wallet is on another device, scan this code with it:
lommebok-bilde = QR code that opens the offer in the wallet
lommebok-kode = Code
lommebok-kode-tekst = The wallet asks for this code. Give it to nobody else: whoever has both it and the QR code can fetch your proof.
lommebok-kode-hjelp = The code on the page where you got the offer

lommebok-feil-innlogging = The sign-in does not hold
lommebok-feil-innlogging-tekst = It is too old, or was begun in another browser. Sign in again.
lommebok-feil-avbrutt-tekst = You cancelled the sign-in. Without it we cannot know whom the proof is for.
lommebok-feil-borte = The offer is gone
lommebok-feil-borte-tekst = It has been fetched, or is more than ten minutes old. If the proof did not arrive in your wallet, fetch a new one.

lommebok-mine-lenke = See and withdraw proofs that you have fetched
lommebok-mine-tittel = Proofs that you have fetched
lommebok-mine = If you have lost your phone, or do not want to use a proof any more, withdraw it. Then nobody can use it to show who you are.
lommebok-mine-ingen = You have no proof that is valid.
lommebok-mine-bevis = Fetched { $hentet }, valid until { $til }. Number of copies: { $antall }.
lommebok-mine-trekk = Withdraw
lommebok-mine-trekk-ett = Withdraw the proof that was fetched { $hentet }
lommebok-mine-trukket = The proof is withdrawn
lommebok-mine-trukket-tekst = Within a minute it is valid nowhere any more. If you need a new one, fetch it here.
lommebok-mine-trukket-da = Withdrawn { $da }

lommebok-feil-bevis = There is no such proof
lommebok-feil-bevis-tekst = It has expired or been withdrawn already.

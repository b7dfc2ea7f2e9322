# MinID, and the person's own pages at ID-porten.

minid-tittel = Sign in with MinID
minid-passord = Password
minid-nytt = New password
minid-nytt-hjelp = At least 12 characters. A few words in a row are fine.
minid-kode = One-time code
minid-kode-hjelp = The 6 digits that your code generator shows now, or one of your recovery codes.
minid-faa = Get MinID, or get it anew
minid-feil = The number, the password or the one-time code is wrong, or the code has been used before
minid-feil-kort = The password must have at least 12 characters
minid-feil-passord = Choose a password of at most 256 characters that does not hold your identity number
minid-feil-naa = The password is wrong. If you try many times, you have to wait a little
minid-feil-kode = The code is wrong or too old. Write the one that the code generator shows now
minid-feil-brev = The code is not the one in the letter, or the letter is too old
minid-vent-tittel = Wait a little
minid-vent = Somebody has tried wrongly several times. Try again in { $sekunder } seconds. In a browser where you have signed in with MinID before, you need not wait.
minid-vent-igjen = Back to MinID

minid-faa-tittel = Get MinID
minid-faa-hjelp = You get a code in a letter to your address in the National Population Register. If you have another eID, you can instead sign in with it on My page and get MinID there.
minid-brev-tittel = Letter with a code
minid-brev-til = National identity number or D-number that the letter goes to
minid-brev-bestill = Order a letter
minid-brev-sendt = The letter has been ordered
minid-brev-paa-vei = If we find an address of yours in the population register, the letter comes in a few days. If your address is protected, or you have ordered a letter within the last day, no new one comes. Use another eID then.
minid-brev-innledning = You, or somebody who wrote your national identity number, have ordered a code to get MinID. Go to the page where you ordered it, and write the code.
minid-brev-gjelder = The code holds until { $dato }, and can be used once.
minid-brev-ukjent = If you have not ordered the code, you can throw the letter away. Nobody can use MinID in your name without it. Give it to nobody.
minid-brev-test = There is no post here. The letter would have said:
minid-brev-ikke = Letters with a code cannot be sent from here yet. Sign in to My page with another eID and get MinID there.
minid-har-brev = I have the letter
minid-brevkode = The code in the letter
minid-videre = Continue
minid-oppsett-tittel = Set up the code generator
minid-skann = Scan the picture with an app for one-time codes, and write the code that it shows.
minid-bilde = QR code for the code generator
minid-hemmelighet = Cannot scan? Write this in the app:
minid-bekreft = Confirm
minid-klar-tittel = You have MinID
minid-klar = Sign in with MinID
minid-koder = These are your recovery codes. Keep them: they are shown only this once. Each is good for one sign-in, in the place of the one-time code.

minside-tittel = My page
minside-innlogget = You are signed in with { $eid }.
minside-eid = How you can sign in
minside-har = you have it
minside-har-ikke = you do not have it yet
minside-avbrutt-tittel = You are not signed in
minid-siden = You have had MinID since { $dato }. You have { $antall } recovery codes left.
minid-bytt = Change password
minid-nye-koder = Get new recovery codes
minid-slett = Remove MinID
minid-slett-hjelp = Your other eIDs, and what you have allowed services, stay as they are.
minid-ingen = Choose a password to get MinID. Then you set up a code generator.

# eIDs of others.
upstream-avbrutt = You cancelled the sign-in at the eID provider.
upstream-feil = The answer of the eID provider does not hold, and you are not signed in.
upstream-svarer-ikke = The eID provider does not answer right now.

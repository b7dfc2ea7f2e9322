# The portal: the pages for people and caseworkers.

## Menu and sign-in

logg-inn = Sign in
meny-situasjon = My situation
meny-innboks = Inbox
meny-bruk = Use of my data
meny-kontakt = Contact details
meny-oppgaver = Tasks
avbryt = Cancel

## When something goes wrong

feil-til-start = Go to the start page
feil-proev-igjen = Try again
feil-i-tittel = Error: { $tittel }
feil-utlogget = You must sign in again
feil-utlogget-tekst = Your sign-in is no longer valid. Sign in again, and you will come back here.
feil-innlogging = The sign-in was not completed
feil-innlogging-tekst = Too much time may have passed, or the page may have been opened twice. Try to sign in again.
feil-avbrutt = You cancelled the sign-in
feil-avbrutt-tekst = You are not signed in. You can try again whenever you like.
feil-nivaa = You must sign in with higher security
feil-nivaa-tekst = What you are trying to open requires the highest security level. Sign in again, for instance with BankID.
feil-404 = We cannot find the page
feil-404-tekst = The address may be misspelt, or the page may have moved. It may also be about someone other than you.
feil-403 = You do not have access
feil-403-tekst = You are signed in, but this page is not for you. If you think you should have access, contact the agency in question.
feil-skjema = We could not accept the form
feil-skjema-tekst = The form was too old, or it was sent from another page than ours. Nothing has been saved. Open the page again and try once more.
feil-stort = What you wrote is too long
feil-stort-tekst = Nothing has been saved. Go back, shorten the text and try again.
feil-409 = Someone was here before you
feil-409-tekst = What you tried to do has already been done. Open the page again to see how things stand now.
feil-503 = The service does not answer right now
feil-503-tekst = The fault is ours. Nothing of yours is lost. Wait a little and try again.
feil-500 = Something went wrong on our side
feil-500-tekst = We have noted the error. Wait a little and try again.
feil-lang-tekst = The text can have at most { $tegn } characters. Now it has { $antall }.
feil-avvist = We could not accept this. Please look over what you have written.

## The front page

forside-tittel = Public services, together
forside-overskrift = When life changes, you should not have to apply
forside-ingress = Felles brings the public sector together around the events of your life. When you have a child, you receive child benefit without a form, and you see why.
forside-logg-inn = Sign in with ID-porten
forside-videre = Go to my situation
forside-uten-skjema = Without forms
forside-uten-skjema-tekst = We do not ask again for what the public sector already knows. You see every step, across agencies.
forside-begrunnet = With reasons
forside-begrunnet-tekst = Every decision shows what the law requires, what we found, and where the facts come from. If something is wrong, you tell us in two clicks.
forside-innsyn = With openness
forside-innsyn-tekst = You see who has used your data, when and why. Every line has a proof that you can check yourself.

## My situation and journeys

situasjon-tittel = My situation
situasjon-ingress = What has happened, is happening and will happen, across the agencies.
situasjon-uleste = { $antall ->
    [one] You have one unread letter in your inbox
   *[other] You have { $antall } unread letters in your inbox
}
situasjon-tom = There are no events here yet
situasjon-tom-tekst = When something happens in your life that the public sector should follow up, we show it here. You need not do anything.
reise-pagar = In progress
reise-venter = Waiting
reise-avsluttet = Done
reise-opprettet = We learned of this on { $dag }
reise-steg = The steps
reise-uten-steg = There are no steps to show yet.
steg-ferdig = Done
steg-pagar = In progress
steg-venter = Waiting
steg-oppgave = With a caseworker
steg-kommer = To come
steg-se-vedtak = See the decision
steg-les-brev = Read the letter

## Inbox

innboks-tittel = Inbox
innboks-ingress = Letters to you from public agencies.
innboks-tom = Your inbox is empty
innboks-tom-tekst = Letters appear here when an agency has written to you.
innboks-eldre = Show older letters
brev-fra = From
brev-mottatt = Received
brev-aapnet = Opened
brev-aapnet-kort = Opened
brev-ulest = Unread
brev-ikke-aapnet = Not opened yet
brev-kvittering = The sender is told that you have opened the letter.
brev-aapne = Open the letter ({ $slag }, { $kilobyte } kB)
brev-last-ned = Download
brev-vedlegg = Attachments
brev-signert = The letter is signed by its sender.
brev-pakke = Download with the signature (ASiC-E)

## Decisions

vedtak-tittel = { $ytelse }: { $utfall }
vedtak-til-reise = Back to the event
vedtak-gjeldende = In force
vedtak-under-retting = A fact is being checked
vedtak-paaklaget = You have appealed
vedtak-omgjores = To be decided again
vedtak-automatisk = Decided automatically
vedtak-menneske = Decided by a caseworker
vedtak-belop = You receive each month
vedtak-perioder = The amount for each period
vedtak-periode = Period
vedtak-per-maaned = Per month
vedtak-bestemt-av = Decided by
vedtak-dato = Time
vedtak-sak = Case number
vedtak-regler = Rules
vedtak-regler-verdi = { $id }, version { $versjon }, as in force on { $dag }
vedtak-klagefrist = Deadline for appeal
vedtak-brev = Letter
vedtak-uten-brev = The letter is not in your inbox. It may be on its way, or sent on paper.
vedtak-vilkaar = How we came to this
vedtak-vilkaar-tekst = The law sets these conditions. For each of them you see what we found.
vedtak-fakta = The facts we used
vedtak-fakta-tekst = The decision rests on these facts alone. Tell us if something is wrong.
vedtak-valg = What you can do
vedtak-henvendelser = What you have sent us
ytelse-barnetrygd = Child benefit
utfall-innvilget = granted
utfall-avslag = refused
utfall-delvis = granted in part
utfall-endret = changed
utfall-opphort = ended
utfall-avvist = dismissed
utfall-henlagt = dropped
utfall-mangler = lacks information
utfall-manuell = being assessed by a caseworker
periode = { $fom } to { $tom }
periode-aapen = from { $fom }
vilkaar-oppfylt = Met
vilkaar-ikke-oppfylt = Not met
vilkaar-ikke-vurdert = Not assessed
vilkaar-krav = The law requires
vilkaar-funn = We found
vilkaar-kilde = Source
vilkaar-hjemmel = Legal basis
vilkaar-fakta = Rests on
fakta-navn = Fact
fakta-verdi = Value
fakta-kilde = Fetched from
fakta-feil = Is something wrong?
fakta-meld = Report an error
fakta-under-retting = Being checked
spor-tittel = The whole calculation, as the machine wrote it
spor-tekst = Every rule that was used, with the values that went in and came out.

## What you can do about a decision

valg-feil = A fact is wrong
valg-feil-tekst = Tell us which fact is wrong, and what is right. A caseworker checks it.
valg-feil-knapp = Report a wrong fact
valg-klage = I disagree
valg-klage-tekst = You can appeal the decision up to and including { $frist }.
valg-klage-knapp = Appeal the decision
valg-kontroll = I want a human to look at it
valg-kontroll-tekst = A machine made the decision. You can ask a caseworker to check it.
valg-kontroll-knapp = Ask for a manual check
klage-tittel = Appeal the decision
klage-ingress = The deadline is { $frist }. Your appeal first goes to { $etat }, which can change the decision. Otherwise it goes on to the appeal body.
klage-tekst = What do you want changed, and why?
klage-hjelp = Use your own words. You need not refer to laws.
klage-mangler = Write what you want changed, and why
klage-send = Send the appeal
feilmelding-tittel = A fact is wrong
feilmelding-ingress = A caseworker checks the fact. If it matters, the decision is made again.
feilmelding-faktum = Which fact is wrong?
feilmelding-velg = Choose a fact
feilmelding-tekst = What is right?
feilmelding-hjelp = Write what is right, and how you know.
feilmelding-uten-faktum = Choose which fact is wrong
feilmelding-mangler = Write what is right
feilmelding-send = Send
kontroll-tittel = Ask for a manual check
kontroll-ingress = A caseworker goes through the decision and can change it. You need not give a reason. The decision stands until you have an answer.
kontroll-send = Ask for a check
kvittering-tittel = Received: { $hva }
kvittering-mottatt = We have received what you sent
kvittering-frist = A caseworker at { $etat } will answer you by { $dag }.
kvittering-sendt = This is what you sent
kvittering-videre = You find the case again with the decision. The answer comes to the same place, and to your inbox when the decision is changed.
kvittering-til-vedtak = To the decision
henvendelse-venter = Awaiting an answer
henvendelse-besvart = Answered
henvendelse-sendt = Sent { $dag }.
henvendelse-frist = To be answered by { $dag }.
henvendelse-svar = Answer
type-vurdering = Assessment by a caseworker
type-utsending = Sending of a letter
type-klage = Appeal
type-feil = Wrong fact
type-kontroll = Manual check
type-teknisk = Technical fault

## Use of data

bruk-tittel = Who has used my data?
bruk-ingress = Each time someone fetches data about you, it is written in a log that nobody can change afterwards. Here is all that it says about you.
bruk-tom = Nobody has used your data
bruk-tom-tekst = When somebody does, you see it here.
bruk-deg = You yourself
bruk-formaal = Purpose
bruk-hjemmel = Legal basis
bruk-sak = Case
bruk-register = Register
register-folkeregister = National Population Register
register-kontaktregister = Contact and Reservation Register
register-postkasse = Digital mailbox
register-livshendelser = Case handling
bruk-se-bevis = See the proof
bruk-bevis-for = { " " }for entry { $nummer }
bruk-eldre = Show older
bevis-tittel = Proof of entry { $nummer }
bevis-holder = The proof holds. The entry stands in the log, which now has { $antall } entries.
bevis-holder-ikke = The proof does not hold. Keep it, and tell those who run this service.
bevis-kontroller = Check it yourself
bevis-forklaring = You need not trust us. All entries of the log are bound together in a tree of checksums, and the root of the tree is signed. If one entry is changed or removed, the tree has another root.
bevis-steg-1 = Compute the checksum (SHA-256) of the byte 0 followed by the entry. It must equal the checksum of the leaf.
bevis-steg-2 = Climb the tree: combine with each step of the path, with the byte 1 in front (RFC 6962, section 2.1.1).
bevis-steg-3 = The result must be the root in the signed checkpoint.
bevis-steg-4 = Verify the checkpoint's signature with the log's public key (Ed25519).
bevis-last-ned = Download the proof (JSON)
bevis-program = A program that checks the proof
bevis-program-tekst = Save the program as kontroll.py, and run it without a network: python3 kontroll.py bevis.json
bevis-deler = The parts of the proof
bevis-oppfoering = The entry
bevis-bladhash = The checksum of the leaf
bevis-sti = The path to the root
bevis-sjekkpunkt = The signed checkpoint
bevis-noekkel = The key that verifies the signature
bevis-tom-sti = Empty: the entry is the only one in the log.
bevis-offentlig = The log's checkpoints are public. They reveal nothing about anyone, but let everyone watch that the log only grows.

## Contact details

kontakt-tittel = Contact details
kontakt-ingress = All public agencies use these to reach you. You change them only here.
kontakt-post = How letters from public agencies reach you
kontakt-paa-papir = You have opted out of digital post. Decisions and important letters come on paper.
kontakt-ikke-varsles = We cannot notify you digitally, so important letters come on paper. Add or confirm an e-mail address or a mobile number below, and we will change that.
kontakt-uten-postkasse = You can be notified digitally, but have no digital mailbox. Letters come on paper.
kontakt-digitalt = Letters come to your digital mailbox, and you are notified.
kontakt-postkasse = Digital mailbox
kontakt-epost-bekreftet = E-mail confirmed
kontakt-mobil-bekreftet = Mobile confirmed
kontakt-epost = E-mail
kontakt-epost-hjelp = Empty the field to remove the address.
kontakt-epost-feil = Write an e-mail address with an at sign, such as kari@eksempel.no. It can have at most 50 characters.
kontakt-mobil = Mobile phone
kontakt-mobil-hjelp = With the country code if the number is foreign.
kontakt-mobil-feil = Write a mobile number of 8 to 20 digits, such as 40000000 or +4740000000
kontakt-spraak = Language of your letters
kontakt-spraak-feil = Choose one of the languages
kontakt-nb = Norwegian (Bokmål)
kontakt-nn = Norwegian (Nynorsk)
kontakt-se = Northern Sami
kontakt-en = English
kontakt-reservasjon = How do you want decisions and important letters?
kontakt-reservert-nei = Digitally
kontakt-reservert-ja = On paper (I opt out of digital post)
kontakt-lagre = Save and confirm
kontakt-lagret = Your contact details are saved and confirmed.

## Tasks for caseworkers

oppgaver-tittel = Tasks
oppgaver-utvalg = Selection of tasks
oppgaver-aapne = Open
oppgaver-loeste = Resolved tasks
oppgaver-tom = There are no tasks here.
oppgave-hva = Task
oppgave-hvorfor = Why it is with you
oppgave-frist = Deadline
oppgave-sak = Case
oppgave-over-frist = Overdue
oppgave-gjelder = About
oppgave-opprettet = Received
oppgave-faktum = The fact in question
oppgave-tekst = The person writes
oppgave-vilkaar = The conditions
oppgave-fakta = The facts
oppgave-loes = Resolve the task
oppgave-loest = The task is resolved
oppgave-utfall = Outcome
oppgave-uten-utfall = Choose an outcome
oppgave-tidspunkt = Resolved
oppgave-begrunnelse = Grounds
oppgave-begrunnelse-hjelp = The person will read this.
oppgave-uten-begrunnelse = Write the grounds
oppgave-lagre = Resolve the task

# The sign-in: test eID, consent, sign-out.

idporten-tittel = Sign in with a test eID
idporten-velg-tittel = Sign in
idporten-velg = Other ways to sign in
idporten-andre = Choose another way to sign in
idporten-igjen = Try again or choose another way to sign in
idporten-test-eid = Test eID
idporten-amr = Sign in as if it were
idporten-til = You are signing in to { $tjeneste }.
idporten-nummer = National identity number or D-number
idporten-nummer-hjelp = 11 digits, of an adult in the synthetic nation. The test eID has no password.
idporten-nivaa = Level of security
idporten-nivaa-betydelig = Substantial (like MinID)
idporten-nivaa-hoyt = High (like BankID, Buypass and Commfides)
idporten-logg-inn = Sign in
idporten-avbryt = Cancel
idporten-forslag = Or sign in as

idporten-feil-mangler = Write the national identity number or D-number
idporten-feil-nummer = Write a valid national identity number or D-number of 11 digits
idporten-feil-ekte = This is not a synthetic number. Only synthetic people can sign in here
idporten-feil-ukjent = The National Population Register knows nobody with this number. Check that it is right
idporten-feil-doed = The person is registered as dead and cannot sign in
idporten-feil-opphoert = The number is no longer in use. Use the new number
idporten-feil-barn = The person is under 18. Only adults can sign in here
idporten-feil-syntetisk = This is a synthetic number. Only real people can sign in here
idporten-feil-amr = Choose an eID from the list
idporten-feil-amr-nivaa = This eID does not reach the level of security
idporten-feil-nivaa = The service requires a higher level of security
idporten-feil-register = The National Population Register does not answer right now. Try again in a little while

idporten-samtykke-tittel = Do you consent?
idporten-samtykke = { $tjeneste } asks for access on your behalf. If you say no, you can still use the service, but it does not get the access.
idporten-samtykke-til = The service asks for
idporten-samtykke-gi = Continue

idporten-ingen-eid-tittel = No way to sign in is good enough
idporten-ingen-eid = This installation has no eID that reaches the level of security that the service requires.

idporten-feil-tittel = The sign-in cannot go on
idporten-feil-over = The sign-in has expired, or it was begun in another browser. Go back to the service and sign in again.
idporten-feil-ofte = Too many requests are coming from here just now. Wait a little, and try again.
idporten-feil-oss = Something is wrong on our side. Try again in a little while.
idporten-feil-tjenesten = The service you came from has sent you here in a way that { $portal } does not accept. Tell the service if it happens again.

idporten-videre-tittel = You are being sent back to the service
idporten-videre = Continue

idporten-ute-tittel = You are signed out
idporten-ute = You are signed out of { $portal } and of the services that you have used in this browser.
idporten-ute-ramme = Signing out of a service
idporten-ingen-tittel = Nobody is signed in
idporten-ingen = There is no sign-in to end in this browser.

# On behalf of whom.
idporten-velg-virksomhet = Which business are you signing in for?
idporten-velg-person = Whom are you signing in for?
idporten-velg-en = Choose a business
idporten-velg-flere = Choose one or more businesses
idporten-velg-hvem = You can act for yourself, for children you have parental responsibility for, and for somebody whose guardian you are
idporten-velg-selv = Myself
idporten-velg-orgnr = Organisation number { $nummer }
idporten-velg-underenhet = Organisation number { $nummer }, sub-unit of { $over }
idporten-velg-sok = Search by name or organisation number
idporten-velg-sok-hjelp = You can act for { $antall } businesses here.
idporten-velg-finn = Search
idporten-velg-mer = { $antall } more businesses are not shown. Search to find them.
idporten-velg-ingen-treff = No business matches the search.
idporten-velg-ingen-virksomhet = The service demands that you act for a business, but you have the access that it takes in none. Its general manager or the chair of its board can give it to you.
idporten-velg-barn = You have parental responsibility
idporten-velg-uten-navn = Child without a registered name
idporten-velg-verge = Somebody whose guardian I am
idporten-velg-verge-nummer = National identity number or D number of the person whose guardian you are
idporten-velg-verge-hjelp = Only when you have chosen that you are a guardian. The population register tells whether you are.
idporten-velg-beskyttet = Children whose address is protected are shown only to those who have the same protection themselves.
idporten-velg-videre = Continue
idporten-velg-feil-ingen = Choose whom you are signing in for
idporten-velg-feil-begge = Choose either yourself or businesses, not both
idporten-velg-feil-verge = The population register does not have you as guardian of a person with this number

idporten-venterom-tittel = You are in a queue
idporten-venterom = Many people want to sign in just now, so we let in some at a time, in the order in which they came.
idporten-venterom-plass = You are number { $plass } in the queue.
idporten-venterom-straks = It is almost your turn.
idporten-venterom-tid = It takes about { $minutter } minutes.
idporten-venterom-selv = This page updates itself, and you go on when it is your turn. If you leave and come back in the same browser, you keep your place until ten minutes after your turn came.

# The pages for businesses: clients, keys, scopes and access to them.

## Menu and choice of business

meny-virksomhet = For businesses
forside-virksomhet = For businesses: your own clients, keys and scopes
forside-lommebok = Personal ID for your European wallet
vs-velg = Whom do you act for?
vs-ingress = Here the business registers clients of Maskinporten, ID-porten and Ansattporten, and decides who may use its own scopes.
vs-ingen = We found no business that you can act for.
vs-ingen-roller = You must have a role that can bind the business alone, such as general manager, chair of the board or owner. Roles are reported to the Central Coordinating Register for Legal Entities.
vs-handler-for = You act for
vs-bytt = Change business
vs-meny = Self-service for the business
vs-test-velg = In test only: act for an agency without a role
vs-test-tittel = Choose an agency (in test only)
vs-test-tekst = This choice exists only where all people and businesses are synthetic. Otherwise you must have a role in the register.
vs-test-uten-rolle = Test: You have no role in this business. You may act for it because everything here is synthetic.

## Clients

vs-klienter = Clients
vs-ingen-klienter = The business has no clients yet.
vs-ny-klient = Register a client
vs-ny-klient-type = Which kind of client?
vs-ny-klient-av-type = New client: { $type }
vs-navn = Name
vs-navn-hjelp = People who sign in see this name.
vs-beskrivelse = Description
vs-beskrivelse-hjelp = Only you see it.
vs-type = Kind
vs-status = Status
vs-klient-id = Client id
vs-i-bruk = In use
vs-ute-av-bruk = Out of use
vs-type-maskinporten = Maskinporten
vs-type-maskinporten-hjelp = A system that gets data from an API without a person signed in.
vs-type-idporten = ID-porten
vs-type-idporten-hjelp = A service that people sign in to.
vs-type-api-klient = ID-porten with APIs
vs-type-api-klient-hjelp = A service that people sign in to, and that gets data from APIs on their behalf.
vs-type-ansattporten = Ansattporten
vs-type-ansattporten-hjelp = A service that people sign in to on behalf of a business.
vs-kjoerer = Where does the client run?
vs-kjoerer-web = On a server (web)
vs-kjoerer-browser = In the browser (browser)
vs-kjoerer-native = In an app (native)
vs-metode = How does the client show who it is?
vs-metode-noekkel = It signs with a key of its own (private_key_jwt)
vs-metode-basic = With a secret in the header (client_secret_basic)
vs-metode-post = With a secret in the form (client_secret_post)
vs-metode-ingen = It cannot: it runs in a browser or an app (none)
vs-viderekobling = Addresses that people are sent back to
vs-viderekobling-hjelp = One on each line, exactly as the client sends them, such as https://service.example.com/callback.
vs-utlogging = Addresses after signing out
vs-utlogging-hjelp = One on each line. May be empty.
vs-klient-scopes = The client’s scopes
vs-klient-scopes-hjelp = One on each line. The business must have access to each. Ask for access under “Access”.
vs-klient-scopes-hjelp-innlogging = One on each line. If empty, the client gets openid and profile.
vs-registrer = Register the client
vs-endre = Change
vs-endre-klient = Change the client
vs-lagre = Save the changes
vs-opprettet = Registered
vs-hemmelighet = Secret
vs-hemmelighet-ny = Here is the client’s new secret
vs-hemmelighet-tekst = It is shown this once only. Copy it now, and keep it where only the client can read it.
vs-hemmelighet-hjelp = A new secret takes the place of the old one at once.
vs-hemmelighet-lag = Make a new secret
vs-deaktiver = Take the client out of use
vs-deaktiver-hjelp = The client gets no more tokens.
vs-deaktiver-knapp = Take out of use

## Keys

vs-noekler = Keys
vs-noekler-antall = { $antall ->
    [0] None
    [one] One key
   *[other] { $antall } keys
}
vs-ingen-noekler = The client has no keys yet.
vs-uten-noekkel = The client cannot be used yet
vs-uten-noekkel-tekst = It needs a public key to show who it is.
vs-legg-til-noekkel = Add a public key
vs-til-klienten = To the client
vs-noekler-endret = Last changed
vs-noekler-varer = The keys can be used for a year after this.
vs-kid = The key’s name (kid)
vs-kid-hjelp = May be empty. The key is then called by its thumbprint.
vs-algoritme = Algorithm
vs-fjern = Remove
vs-noekkel = Public key
vs-noekkel-hjelp = Paste a JWK, or PEM that begins with BEGIN PUBLIC KEY or BEGIN CERTIFICATE. RSA of 2048 bits or more, or P-256.
vs-noekkelfil = Or choose a file with the key
vs-noekkelfil-hjelp = Used when the field above is empty.

## Access

vs-tilganger = Access
vs-tilganger-ingress = Scopes of others that the business has access to, or has asked for.
vs-ingen-tilganger = The business has not asked for access to anything yet.
vs-scope = Scope
vs-eier = Owner
vs-sist-endret = Last changed
vs-gjoer = What you can do
vs-venter = Waits for an answer
vs-gitt = Granted
vs-nektet = Not granted
vs-trekk = Take the request back
vs-be-om = Ask for access to a scope
vs-be-om-hjelp = Write the whole name, such as skatteetaten:inntekt. Its owner answers.
vs-be-om-knapp = Ask for access
vs-katalog = Scopes that can be asked for

## Own scopes

vs-scopes = Own scopes
vs-egne-scopes = Scopes that the business owns
vs-ingen-scopes = The business owns no scopes yet.
vs-foresporsler = Requests that wait for an answer
vs-ingen-foresporsler = No requests wait.
vs-nytt-scope = Make a new scope
vs-opprett-scope = Make the scope
vs-prefiks = Prefix
vs-prefiks-hjelp = The part of the name that the business has been given.
vs-subscope = Name after the prefix
vs-subscope-hjelp = Such as income or income.read. The name cannot be changed later.
vs-scope-beskrivelse-hjelp = What the scope opens, in a few words. Others read this.
vs-for-klienter = Clients that can have it
vs-hvem = Who
vs-aapent = Every business
vs-etter-tilgang = Those that are given access
vs-hvem-har = Who has or wants access
vs-ingen-har = Nobody has asked for access yet.
vs-gi = Grant access
vs-nekt = Refuse
vs-trekk-tilbake = Withdraw access
vs-gi-en-til = Grant access to a business
vs-gi-hjelp = The business need not have asked.
vs-orgnr = Organisation number

## Delegation to suppliers

vs-delegeringer = Suppliers
vs-delegeringer-ingress = The business can let a supplier use the access that it has to a scope in Maskinporten. The tokens then show both.
vs-delegert-til = Suppliers that can use our access
vs-delegert-ingen = No suppliers can use the business’s access.
vs-delegert-fra = Businesses that have given us their access
vs-deleger = Let a supplier use an access
vs-deleger-knapp = Give the supplier the access
vs-ingen-delegerbare = There are no scopes that can be delegated. The owner of a scope decides whether it can be.
vs-velg-scope = Choose a scope
vs-leverandoer = Supplier
vs-leverandoer-nummer = The supplier’s organisation number
vs-leverandoer-hjelp = The supplier needs a client of its own with this scope.
vs-virksomhet = Business
vs-delegerbart = Suppliers
vs-delegerbart-nei = Only the business itself can use its access
vs-delegerbart-ja = The business can delegate the access to a supplier

## Rights for people

vs-fullmakter = Rights for people
vs-fullmakter-ingress = Here you let people without a role in the business use a service on its behalf. They choose the business when they sign in with Ansattporten.
vs-ingen-fullmakter = The business has given no rights that hold now.
vs-fullmakter-naa = Rights that hold now
vs-fullmakter-logg = What has happened with the rights
vs-gi-fullmakt = Give a right
vs-tjeneste = Service
vs-tjeneste-hjelp = The service’s code, as the service itself tells it, for instance 2480:40 or ttd-skjema.
vs-videre = Continue
vs-person = Person
vs-rettigheter = What the person can do
vs-siste-dag = Last day
vs-siste-dag-hjelp = The right ends by itself after this day. It can last for five years.
vs-uten-slutt = Until it is taken back
vs-trekk-fullmakt = Take back
vs-naar = When
vs-hva = What
vs-av = By
vs-fullmakt-gitt = Given
vs-fullmakt-trukket = Taken back
vs-fullmakt-nummer = The person’s national identity number or D number
vs-etternavn = The person’s last name
vs-etternavn-hjelp = We check that number and name belong together. The person sees in their log that you have done so.
vs-faatt = Rights that you have been given
vs-faatt-ingress = This is what you can do on behalf of businesses when you sign in with Ansattporten.
vs-faatt-ingen = No rights hold now.
vs-rett-lese = Read
vs-rett-skrive = Write
vs-rett-signere = Sign
vs-rett-lese-arkiv = Read in the archive
vs-rett-slette-arkiv = Delete in the archive
vs-rett-bekrefte = Confirm
vs-rett-avvise = Reject
vs-rett-slette = Delete
vs-rett-aapne = Open

## Test certificate

vs-sertifikat = Test certificate
vs-sertifikat-ingress = Here the business gets an enterprise certificate from the test authority. Only this test installation believes it.
vs-sertifikat-utsted = Issue a test certificate
vs-sertifikat-utstedt = New test certificate
vs-sertifikat-ferdig = The test certificate is issued
vs-sertifikat-tekst = The private key is shown this once only. Copy it now.
vs-serienummer = Serial number
vs-sertifikat-kjede = The certificate and its authorities
vs-privat-noekkel = Private key

## When something has to be corrected

vs-feil-svar = The service answered:
vs-feil-annet = This was not accepted. Read the service’s answer, and correct what it is about.
vs-feil-navn = The name is too long or has characters that cannot be used
vs-feil-uten-navn = Write a name for the client
vs-feil-beskrivelse = The description is too long or has characters that cannot be used, such as line breaks
vs-feil-adresse = One of the addresses cannot be used. Write the whole address, with https:// in front
vs-feil-uten-viderekobling = Write at least one address that people are sent back to
vs-feil-scope = One of the scopes cannot be used here. Check the names
vs-feil-uten-scope = Write at least one scope
vs-feil-uten-tilgang = The business has no access to one of the scopes. Ask for access first
vs-feil-ukjent-scope = There is no scope of this name. Check that it is written correctly
vs-feil-aapent-scope = This scope is open to all. You need not ask for access
vs-feil-hvilket-scope = Write the name of the scope that you want access to
vs-feil-metode = Choose a way that suits where the client runs: only clients on a server can show who they are
vs-feil-kjoerer = Choose where the client runs
vs-feil-uten-noekkel = Paste the key, or choose a file with it
vs-feil-privat-noekkel = This is a private key. It must never leave the client. Nothing is kept, but make a new key, and add only its public part
vs-feil-uleselig-noekkel = We cannot read this as a key. Paste the whole JWK or the whole PEM file
vs-feil-noekkel = The key cannot be used. It must be RSA of 2048 bits or more, or P-256
vs-feil-mange-noekler = A client has at most five keys. Remove one first
vs-feil-deaktivert = The client is out of use
vs-feil-kid = The name can only have the letters A–Z and a–z, digits, full stops, underscores and hyphens
vs-feil-prefiks = Write a prefix that the business has been given
vs-feil-subscope = Write a name of A–Z, a–z, digits and . _ - : /
vs-feil-scope-beskrivelse = Write what the scope opens
vs-feil-scope-finnes = There is a scope of this name. Choose another
vs-feil-velg = Choose one of these
vs-feil-orgnr = Write an organisation number: nine digits
vs-feil-leverandoer = Write the organisation number of another business: nine digits
vs-feil-ikke-delegerbart = Choose a scope that can be delegated
vs-feil-tjeneste = Write the code of a service, for instance 2480:40
vs-feil-person = We find no person with this number and last name who can be given the right
vs-feil-etternavn = Write the person’s last name
vs-feil-rettigheter = Choose what the person can do. You can only give what you can do yourself
vs-feil-dag = Choose a last day from today to five years from now

# Sidene for virksomheter: klienter, nøkler, scopes og tilgang til dem.

## Meny og valg av virksomhet

meny-virksomhet = For virksomheter
forside-virksomhet = For virksomheter: egne klienter, nøkler og scopes
forside-lommebok = Personbevis til din europeiske lommebok
vs-velg = Hvem handler du for?
vs-ingress = Her registrerer virksomheten klienter i Maskinporten, ID-porten og Ansattporten, og styrer hvem som får bruke egne scopes.
vs-ingen = Vi fant ingen virksomheter som du kan handle for.
vs-ingen-roller = Du må ha en rolle som kan binde virksomheten alene, for eksempel daglig leder, styreleder eller innehaver. Rollene meldes til Enhetsregisteret.
vs-handler-for = Du handler for
vs-bytt = Bytt virksomhet
vs-meny = Selvbetjening for virksomheten
vs-test-velg = Bare i test: handle for en etat uten å ha en rolle
vs-test-tittel = Velg en etat (bare i test)
vs-test-tekst = Dette valget finnes bare når alle personer og virksomheter er syntetiske. Ellers må du ha en rolle i Enhetsregisteret.
vs-test-uten-rolle = Test: Du har ingen rolle i denne virksomheten. Du får handle for den fordi alt her er syntetisk.

## Klienter

vs-klienter = Klienter
vs-ingen-klienter = Virksomheten har ingen klienter ennå.
vs-ny-klient = Registrer en klient
vs-ny-klient-type = Hva slags klient?
vs-ny-klient-av-type = Ny klient: { $type }
vs-navn = Navn
vs-navn-hjelp = Personer som logger inn, ser dette navnet.
vs-beskrivelse = Beskrivelse
vs-beskrivelse-hjelp = Bare dere ser den.
vs-type = Type
vs-status = Status
vs-klient-id = Klient-ID
vs-i-bruk = I bruk
vs-ute-av-bruk = Ute av bruk
vs-type-maskinporten = Maskinporten
vs-type-maskinporten-hjelp = Et system som henter data fra et API, uten at en person er logget inn.
vs-type-idporten = ID-porten
vs-type-idporten-hjelp = En tjeneste som personer logger inn i.
vs-type-api-klient = ID-porten med API
vs-type-api-klient-hjelp = En tjeneste som personer logger inn i, og som henter data fra API-er på vegne av dem.
vs-type-ansattporten = Ansattporten
vs-type-ansattporten-hjelp = En tjeneste som personer logger inn i på vegne av en virksomhet.
vs-kjoerer = Hvor kjører klienten?
vs-kjoerer-web = På en tjener (web)
vs-kjoerer-browser = I nettleseren (browser)
vs-kjoerer-native = I en app (native)
vs-metode = Hvordan viser klienten hvem den er?
vs-metode-noekkel = Den signerer med en egen nøkkel (private_key_jwt)
vs-metode-basic = Med en hemmelighet i hodet (client_secret_basic)
vs-metode-post = Med en hemmelighet i skjemaet (client_secret_post)
vs-metode-ingen = Den kan ikke det: den kjører i en nettleser eller en app (none)
vs-viderekobling = Adresser som personer sendes tilbake til
vs-viderekobling-hjelp = Én på hver linje, nøyaktig slik klienten sender dem, for eksempel https://tjeneste.example.no/svar.
vs-utlogging = Adresser etter utlogging
vs-utlogging-hjelp = Én på hver linje. Kan stå tom.
vs-klient-scopes = Scopes for klienten
vs-klient-scopes-hjelp = Ett på hver linje. Virksomheten må ha tilgang til hvert av dem. Be om tilgang under «Tilganger».
vs-klient-scopes-hjelp-innlogging = Ett på hver linje. Står feltet tomt, får klienten openid og profile.
vs-registrer = Registrer klienten
vs-endre = Endre
vs-endre-klient = Endre klienten
vs-lagre = Lagre endringene
vs-opprettet = Registrert
vs-hemmelighet = Hemmelighet
vs-hemmelighet-ny = Her er klientens nye hemmelighet
vs-hemmelighet-tekst = Den vises bare denne ene gangen. Kopier den nå, og lagre den der bare klienten kan lese den.
vs-hemmelighet-hjelp = En ny hemmelighet tar plassen til den gamle med en gang.
vs-hemmelighet-lag = Lag en ny hemmelighet
vs-deaktiver = Ta klienten ut av bruk
vs-deaktiver-hjelp = Klienten får ikke flere tokener.
vs-deaktiver-knapp = Ta ut av bruk

## Nøkler

vs-noekler = Nøkler
vs-noekler-antall = { $antall ->
    [0] Ingen
    [one] Én nøkkel
   *[other] { $antall } nøkler
}
vs-ingen-noekler = Klienten har ingen nøkler ennå.
vs-uten-noekkel = Klienten kan ikke brukes ennå
vs-uten-noekkel-tekst = Den trenger en offentlig nøkkel for å vise hvem den er.
vs-legg-til-noekkel = Legg til en offentlig nøkkel
vs-til-klienten = Til klienten
vs-noekler-endret = Sist endret
vs-noekler-varer = Nøklene kan brukes i ett år etter dette.
vs-kid = Nøkkelens navn (kid)
vs-kid-hjelp = Kan stå tomt. Da får nøkkelen fingeravtrykket sitt som navn.
vs-algoritme = Algoritme
vs-fjern = Fjern
vs-noekkel = Offentlig nøkkel
vs-noekkel-hjelp = Lim inn en JWK, eller PEM som begynner med BEGIN PUBLIC KEY eller BEGIN CERTIFICATE. RSA med minst 2048 biter, eller P-256.
vs-noekkelfil = Eller velg en fil med nøkkelen
vs-noekkelfil-hjelp = Brukes når feltet over er tomt.

## Tilganger

vs-tilganger = Tilganger
vs-tilganger-ingress = Scopes som andre eier, og som virksomheten har eller har bedt om tilgang til.
vs-ingen-tilganger = Virksomheten har ikke bedt om tilgang til noe ennå.
vs-scope = Scope
vs-eier = Eier
vs-sist-endret = Sist endret
vs-gjoer = Hva du kan gjøre
vs-venter = Venter på svar
vs-gitt = Gitt
vs-nektet = Ikke gitt
vs-trekk = Trekk forespørselen
vs-be-om = Be om tilgang til et scope
vs-be-om-hjelp = Skriv hele navnet, for eksempel skatteetaten:inntekt. Eieren svarer.
vs-be-om-knapp = Be om tilgang
vs-katalog = Scopes som kan søkes om

## Egne scopes

vs-scopes = Egne scopes
vs-egne-scopes = Scopes som virksomheten eier
vs-ingen-scopes = Virksomheten eier ingen scopes ennå.
vs-foresporsler = Forespørsler som venter på svar
vs-ingen-foresporsler = Ingen forespørsler venter.
vs-nytt-scope = Lag et nytt scope
vs-opprett-scope = Lag scopet
vs-prefiks = Prefiks
vs-prefiks-hjelp = Den delen av navnet som virksomheten har fått tildelt.
vs-subscope = Navn etter prefikset
vs-subscope-hjelp = For eksempel inntekt eller inntekt.les. Navnet kan ikke endres siden.
vs-scope-beskrivelse-hjelp = Hva scopet åpner for, med få ord. Andre leser dette.
vs-for-klienter = Klienter som kan ha det
vs-hvem = Hvem
vs-aapent = Alle virksomheter
vs-etter-tilgang = De som får tilgang
vs-hvem-har = Hvem som har eller ønsker tilgang
vs-ingen-har = Ingen har bedt om tilgang ennå.
vs-gi = Gi tilgang
vs-nekt = Avslå
vs-trekk-tilbake = Trekk tilgangen tilbake
vs-gi-en-til = Gi tilgang til en virksomhet
vs-gi-hjelp = Virksomheten trenger ikke å ha bedt om det.
vs-orgnr = Organisasjonsnummer

## Delegering til leverandører

vs-delegeringer = Leverandører
vs-delegeringer-ingress = Virksomheten kan la en leverandør bruke tilgangen den har til et scope i Maskinporten. Tokenene viser da begge.
vs-delegert-til = Leverandører som kan bruke tilgangen vår
vs-delegert-ingen = Ingen leverandører kan bruke virksomhetens tilganger.
vs-delegert-fra = Virksomheter som har gitt oss tilgangen sin
vs-deleger = La en leverandør bruke en tilgang
vs-deleger-knapp = Gi leverandøren tilgangen
vs-ingen-delegerbare = Det finnes ingen scopes som kan delegeres. Eieren av et scope bestemmer om det kan det.
vs-velg-scope = Velg et scope
vs-leverandoer = Leverandør
vs-leverandoer-nummer = Leverandørens organisasjonsnummer
vs-leverandoer-hjelp = Leverandøren trenger sin egen klient med dette scopet.
vs-virksomhet = Virksomhet
vs-delegerbart = Leverandører
vs-delegerbart-nei = Bare virksomheten selv kan bruke tilgangen sin
vs-delegerbart-ja = Virksomheten kan delegere tilgangen til en leverandør

## Fullmakter for personer

vs-fullmakter = Fullmakter
vs-fullmakter-ingress = Her gir du personer uten rolle i virksomheten rett til å bruke en tjeneste på vegne av den. De velger virksomheten når de logger inn med Ansattporten.
vs-ingen-fullmakter = Virksomheten har ikke gitt noen fullmakter som gjelder nå.
vs-fullmakter-naa = Fullmakter som gjelder nå
vs-fullmakter-logg = Hva som har skjedd med fullmaktene
vs-gi-fullmakt = Gi en fullmakt
vs-tjeneste = Tjeneste
vs-tjeneste-hjelp = Tjenestens kode, slik tjenesten selv oppgir den, for eksempel 2480:40 eller ttd-skjema.
vs-videre = Gå videre
vs-person = Person
vs-rettigheter = Hva personen kan gjøre
vs-siste-dag = Siste dag
vs-siste-dag-hjelp = Fullmakten slutter av seg selv etter denne dagen. Den kan vare i fem år.
vs-uten-slutt = Til den trekkes tilbake
vs-trekk-fullmakt = Trekk tilbake
vs-naar = Når
vs-hva = Hva
vs-av = Av
vs-fullmakt-gitt = Gitt
vs-fullmakt-trukket = Trukket tilbake
vs-fullmakt-nummer = Personens fødselsnummer eller d-nummer
vs-etternavn = Personens etternavn
vs-etternavn-hjelp = Vi sjekker at nummeret og navnet hører sammen. Personen ser i loggen sin at dere har gjort det.
vs-faatt = Fullmakter du har fått
vs-faatt-ingress = Dette kan du gjøre på vegne av virksomheter når du logger inn med Ansattporten.
vs-faatt-ingen = Ingen fullmakter gjelder nå.
vs-rett-lese = Lese
vs-rett-skrive = Skrive
vs-rett-signere = Signere
vs-rett-lese-arkiv = Lese i arkivet
vs-rett-slette-arkiv = Slette i arkivet
vs-rett-bekrefte = Bekrefte
vs-rett-avvise = Avvise
vs-rett-slette = Slette
vs-rett-aapne = Åpne

## Testsertifikat

vs-sertifikat = Testsertifikat
vs-sertifikat-ingress = Her får virksomheten et virksomhetssertifikat fra testutstederen. Bare denne testinstallasjonen stoler på det.
vs-sertifikat-utsted = Utsted et testsertifikat
vs-sertifikat-utstedt = Nytt testsertifikat
vs-sertifikat-ferdig = Testsertifikatet er utstedt
vs-sertifikat-tekst = Den private nøkkelen vises bare denne ene gangen. Kopier den nå.
vs-serienummer = Serienummer
vs-sertifikat-kjede = Sertifikatet og utstederne
vs-privat-noekkel = Privat nøkkel

## Når noe må rettes

vs-feil-svar = Tjenesten svarte:
vs-feil-annet = Dette ble ikke godtatt. Les svaret fra tjenesten, og rett det det gjelder.
vs-feil-navn = Navnet er for langt eller har tegn som ikke kan brukes
vs-feil-uten-navn = Skriv et navn på klienten
vs-feil-beskrivelse = Beskrivelsen er for lang eller har tegn som ikke kan brukes, for eksempel linjeskift
vs-feil-adresse = En av adressene kan ikke brukes. Skriv hele adressen, med https:// foran
vs-feil-uten-viderekobling = Skriv minst én adresse som personer sendes tilbake til
vs-feil-scope = Et av scopene kan ikke brukes her. Se over navnene
vs-feil-uten-scope = Skriv minst ett scope
vs-feil-uten-tilgang = Virksomheten har ikke tilgang til et av scopene. Be om tilgang først
vs-feil-ukjent-scope = Det finnes ikke noe scope med dette navnet. Sjekk at det er skrevet riktig
vs-feil-aapent-scope = Dette scopet er åpent for alle. Du trenger ikke å be om tilgang
vs-feil-hvilket-scope = Skriv navnet på scopet du vil ha tilgang til
vs-feil-metode = Velg en måte som passer til hvor klienten kjører: bare klienter på en tjener kan vise hvem de er
vs-feil-kjoerer = Velg hvor klienten kjører
vs-feil-uten-noekkel = Lim inn nøkkelen, eller velg en fil med den
vs-feil-privat-noekkel = Dette er en privat nøkkel. Den skal aldri forlate klienten. Ingenting er lagret, men lag en ny nøkkel, og legg inn bare den offentlige delen
vs-feil-uleselig-noekkel = Vi kan ikke lese dette som en nøkkel. Lim inn hele JWK-en eller hele PEM-filen
vs-feil-noekkel = Nøkkelen kan ikke brukes. Den må være RSA med minst 2048 biter, eller P-256
vs-feil-mange-noekler = En klient kan ha høyst fem nøkler. Fjern en først
vs-feil-deaktivert = Klienten er tatt ut av bruk
vs-feil-kid = Navnet kan bare ha bokstavene A–Z og a–z, sifre, punktum, understrek og bindestrek
vs-feil-prefiks = Skriv et prefiks som virksomheten har fått tildelt
vs-feil-subscope = Skriv et navn av A–Z, a–z, sifre og . _ - : /
vs-feil-scope-beskrivelse = Skriv hva scopet åpner for
vs-feil-scope-finnes = Det finnes et scope med dette navnet. Velg et annet
vs-feil-velg = Velg ett av alternativene
vs-feil-orgnr = Skriv et organisasjonsnummer: ni sifre
vs-feil-leverandoer = Skriv organisasjonsnummeret til en annen virksomhet: ni sifre
vs-feil-ikke-delegerbart = Velg et scope som kan delegeres
vs-feil-tjeneste = Skriv koden til en tjeneste, for eksempel 2480:40
vs-feil-person = Vi finner ingen person med dette nummeret og etternavnet som kan få fullmakten
vs-feil-etternavn = Skriv personens etternavn
vs-feil-rettigheter = Velg hva personen kan gjøre. Du kan bare gi det du selv kan
vs-feil-dag = Velg en siste dag fra i dag til om fem år

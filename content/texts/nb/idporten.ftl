# Innloggingen: test-eID, samtykke, utlogging.

idporten-tittel = Logg inn med test-eID
idporten-velg-tittel = Logg inn
idporten-velg = Andre innloggingsmåter
idporten-andre = Velg en annen innloggingsmåte
idporten-igjen = Prøv igjen eller velg en annen innloggingsmåte
idporten-test-eid = Test-eID
idporten-amr = Logg inn som om det var
idporten-til = Du logger inn til { $tjeneste }.
idporten-nummer = Fødselsnummer eller d-nummer
idporten-nummer-hjelp = 11 siffer, til en voksen i den syntetiske nasjonen. Test-eID har ikke noe passord.
idporten-nivaa = Sikkerhetsnivå
idporten-nivaa-betydelig = Betydelig (som MinID)
idporten-nivaa-hoyt = Høyt (som BankID, Buypass og Commfides)
idporten-logg-inn = Logg inn
idporten-avbryt = Avbryt
idporten-forslag = Eller logg inn som

idporten-feil-mangler = Skriv fødselsnummeret eller d-nummeret
idporten-feil-nummer = Skriv et gyldig fødselsnummer eller d-nummer med 11 siffer
idporten-feil-ekte = Dette er ikke et syntetisk nummer. Her kan bare syntetiske personer logge inn
idporten-feil-ukjent = Folkeregisteret kjenner ingen med dette nummeret. Se over at det er riktig
idporten-feil-doed = Personen er registrert som død og kan ikke logge inn
idporten-feil-opphoert = Nummeret er ikke lenger i bruk. Bruk det nye nummeret
idporten-feil-barn = Personen er under 18 år. Bare voksne kan logge inn her
idporten-feil-syntetisk = Dette er et syntetisk nummer. Her kan bare virkelige personer logge inn
idporten-feil-amr = Velg en eID fra listen
idporten-feil-amr-nivaa = Denne eID-en når ikke sikkerhetsnivået
idporten-feil-nivaa = Tjenesten krever et høyere sikkerhetsnivå
idporten-feil-register = Folkeregisteret svarer ikke akkurat nå. Prøv igjen om litt

idporten-samtykke-tittel = Vil du gi samtykke?
idporten-samtykke = { $tjeneste } ber om tilgang på dine vegne. Sier du nei, kan du likevel bruke tjenesten, men den får ikke tilgangen.
idporten-samtykke-til = Tjenesten ber om
idporten-samtykke-gi = Gå videre

idporten-ingen-eid-tittel = Ingen innloggingsmåte er god nok
idporten-ingen-eid = Denne installasjonen har ingen eID som når sikkerhetsnivået som tjenesten krever.

idporten-feil-tittel = Innloggingen kan ikke fortsette
idporten-feil-over = Innloggingen er utløpt, eller den ble startet i en annen nettleser. Gå tilbake til tjenesten og logg inn på nytt.
idporten-feil-ofte = Det kommer for mange forespørsler herfra akkurat nå. Vent litt, og prøv igjen.
idporten-feil-oss = Det er noe galt hos oss. Prøv igjen om litt.
idporten-feil-tjenesten = Tjenesten du kom fra, har sendt deg hit på en måte som { $portal } ikke godtar. Gi beskjed til tjenesten dersom det skjer igjen.

idporten-videre-tittel = Du sendes tilbake til tjenesten
idporten-videre = Gå videre

idporten-ute-tittel = Du er logget ut
idporten-ute = Du er logget ut av { $portal } og av tjenestene som du har brukt i denne nettleseren.
idporten-ute-ramme = Logger ut av en tjeneste
idporten-ingen-tittel = Ingen er logget inn
idporten-ingen = Det er ingen innlogging å avslutte i denne nettleseren.

# På vegne av hvem.
idporten-velg-virksomhet = Hvilken virksomhet logger du inn for?
idporten-velg-person = Hvem logger du inn for?
idporten-velg-en = Velg en virksomhet
idporten-velg-flere = Velg en eller flere virksomheter
idporten-velg-hvem = Du kan handle for deg selv, for barn du har foreldreansvar for, og for en du er verge for
idporten-velg-selv = Meg selv
idporten-velg-orgnr = Organisasjonsnummer { $nummer }
idporten-velg-underenhet = Organisasjonsnummer { $nummer }, underenhet av { $over }
idporten-velg-sok = Søk etter navn eller organisasjonsnummer
idporten-velg-sok-hjelp = Du kan handle for { $antall } virksomheter her.
idporten-velg-finn = Søk
idporten-velg-mer = { $antall } virksomheter til vises ikke. Søk for å finne dem.
idporten-velg-ingen-treff = Ingen virksomheter passer med søket.
idporten-velg-ingen-virksomhet = Tjenesten krever at du handler for en virksomhet, men du har ikke tilgangen som trengs hos noen. Den som er daglig leder eller styreleder, kan gi deg den.
idporten-velg-barn = Du har foreldreansvar
idporten-velg-uten-navn = Barn uten registrert navn
idporten-velg-verge = En jeg er verge for
idporten-velg-verge-nummer = Fødselsnummer eller d-nummer til den du er verge for
idporten-velg-verge-hjelp = Bare når du har valgt at du er verge. Folkeregisteret sier om du er det.
idporten-velg-beskyttet = Barn med beskyttet adresse vises bare for den som har samme beskyttelse selv.
idporten-velg-videre = Gå videre
idporten-velg-feil-ingen = Velg hvem du logger inn for
idporten-velg-feil-begge = Velg enten deg selv eller virksomheter, ikke begge deler
idporten-velg-feil-verge = Folkeregisteret har ikke registrert at du er verge for en person med dette nummeret

idporten-venterom-tittel = Du står i kø
idporten-venterom = Mange vil logge inn akkurat nå, så vi slipper inn noen om gangen, i den rekkefølgen de kom.
idporten-venterom-plass = Du er nummer { $plass } i køen.
idporten-venterom-straks = Det er straks din tur.
idporten-venterom-tid = Det tar omtrent { $minutter } minutter.
idporten-venterom-selv = Siden oppdaterer seg selv, og du går videre når det er din tur. Går du herfra og kommer tilbake i samme nettleser, beholder du plassen til ti minutter etter at det ble din tur.

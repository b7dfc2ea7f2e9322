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
idporten-feil-oss = Det er noe galt hos oss. Prøv igjen om litt.
idporten-feil-tjenesten = Tjenesten du kom fra, har sendt deg hit på en måte som { $portal } ikke godtar. Gi beskjed til tjenesten dersom det skjer igjen.

idporten-videre-tittel = Du sendes tilbake til tjenesten
idporten-videre = Gå videre

idporten-ute-tittel = Du er logget ut
idporten-ute = Du er logget ut av { $portal } og av tjenestene som du har brukt i denne nettleseren.
idporten-ute-ramme = Logger ut av en tjeneste
idporten-ingen-tittel = Ingen er logget inn
idporten-ingen = Det er ingen innlogging å avslutte i denne nettleseren.

# MinID, og personens egne sider hos ID-porten.

minid-tittel = Logg inn med MinID
minid-passord = Passord
minid-nytt = Nytt passord
minid-nytt-hjelp = Minst 12 tegn. Gjerne noen ord etter hverandre.
minid-kode = Engangskode
minid-kode-hjelp = De 6 sifrene som kodegeneratoren din viser nå, eller en av reservekodene dine.
minid-faa = Få MinID, eller få den på nytt
minid-feil = Fødselsnummeret, passordet eller engangskoden er feil, eller koden er brukt før
minid-feil-kort = Passordet må ha minst 12 tegn
minid-feil-passord = Velg et passord på høyst 256 tegn som ikke inneholder fødselsnummeret ditt
minid-feil-naa = Passordet er feil. Prøver du mange ganger, må du vente litt
minid-feil-kode = Koden er feil eller for gammel. Skriv den som kodegeneratoren viser nå
minid-feil-brev = Koden er ikke den som står i brevet, eller brevet er for gammelt
minid-vent-tittel = Vent litt
minid-vent = Noen har prøvd feil flere ganger. Prøv igjen om { $sekunder } sekunder. I en nettleser der du har logget inn med MinID før, slipper du å vente.
minid-vent-igjen = Tilbake til MinID

minid-faa-tittel = Få MinID
minid-faa-hjelp = Du får en kode i et brev til adressen din i Folkeregisteret. Har du en annen eID, kan du i stedet logge inn med den på Min side og få MinID der.
minid-brev-tittel = Brev med kode
minid-brev-til = Fødselsnummer eller d-nummer som brevet skal til
minid-brev-bestill = Bestill brev
minid-brev-sendt = Brevet er bestilt
minid-brev-paa-vei = Finner vi en adresse til deg i Folkeregisteret, kommer brevet om noen dager. Har du en skjermet adresse, eller har du bestilt et brev det siste døgnet, kommer det ikke noe nytt. Bruk da en annen eID.
minid-brev-innledning = Du, eller noen som har skrevet fødselsnummeret ditt, har bestilt en kode for å få MinID. Gå til siden der du bestilte, og skriv koden.
minid-brev-gjelder = Koden gjelder til og med { $dato }, og kan brukes én gang.
minid-brev-ukjent = Har du ikke bestilt koden, kan du kaste brevet. Ingen kan bruke MinID i ditt navn uten den. Gi den ikke til noen.
minid-brev-test = Her er det ingen post. I brevet ville det ha stått:
minid-brev-ikke = Brev med kode kan ikke sendes herfra ennå. Logg inn på Min side med en annen eID og få MinID der.
minid-har-brev = Jeg har fått brevet
minid-brevkode = Koden i brevet
minid-videre = Gå videre
minid-oppsett-tittel = Sett opp kodegeneratoren
minid-skann = Skann bildet med en app for engangskoder, og skriv koden som den viser.
minid-bilde = QR-kode for kodegeneratoren
minid-hemmelighet = Kan du ikke skanne? Skriv dette i appen:
minid-bekreft = Bekreft
minid-klar-tittel = Du har fått MinID
minid-klar = Logg inn med MinID
minid-koder = Dette er reservekodene dine. Ta vare på dem: De vises bare denne ene gangen. Hver av dem gjelder én gang, i stedet for engangskoden.

minside-tittel = Min side
minside-innlogget = Du er logget inn med { $eid }.
minside-eid = Slik kan du logge inn
minside-har = du har det
minside-har-ikke = du har det ikke ennå
minside-avbrutt-tittel = Du er ikke logget inn
minid-siden = Du har hatt MinID siden { $dato }. Du har { $antall } reservekoder igjen.
minid-bytt = Bytt passord
minid-nye-koder = Få nye reservekoder
minid-slett = Fjern MinID
minid-slett-hjelp = De andre eID-ene dine, og det du har gitt tjenester lov til, blir som før.
minid-ingen = Velg et passord for å få MinID. Så setter du opp en kodegenerator.

# eID-er hos andre.
upstream-avbrutt = Du avbrøt innloggingen hos eID-leverandøren.
upstream-feil = Svaret fra eID-leverandøren holder ikke, og du er ikke logget inn.
upstream-svarer-ikke = eID-leverandøren svarer ikke akkurat nå.

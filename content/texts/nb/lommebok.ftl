# Lommebok: sidene der folk henter personbevis til sin europeiske lommebok.

lommebok-tittel = Personbevis til lommeboken din
lommebok-ingress = Har du en europeisk digital lommebok på telefonen, kan du legge et bevis i den på hvem du er.
lommebok-innhold = Beviset har navn, fødselsdato, fødested, statsborgerskap, kjønn og fødselsnummer eller d-nummer, slik de står i Folkeregisteret. Når du viser det fram, bestemmer du selv hvilke av opplysningene som følger med.
lommebok-varighet = Beviset varer i fjorten dager. Etter det henter du et nytt her. Mister du telefonen, kan du trekke det tilbake før.
lommebok-hent = Logg inn og hent beviset
lommebok-paa-nytt = Begynn på nytt

lommebok-tilbud-tittel = Beviset er klart
lommebok-tilbud-ingress = Åpne det i lommeboken innen ti minutter. Det kan hentes én gang.
lommebok-aapne = Åpne i lommeboken
lommebok-skann = Er lommeboken på en annen enhet, skanner du koden her med den:
lommebok-bilde = QR-kode som åpner tilbudet i lommeboken
lommebok-kode = Kode
lommebok-kode-tekst = Lommeboken spør etter denne koden. Gi den ikke til noen andre: den som har både den og QR-koden, kan hente beviset ditt.
lommebok-kode-hjelp = Koden på siden der du hentet tilbudet

lommebok-feil-innlogging = Innloggingen holder ikke
lommebok-feil-innlogging-tekst = Den er for gammel, eller ble begynt i en annen nettleser. Logg inn på nytt.
lommebok-feil-avbrutt-tekst = Du avbrøt innloggingen. Uten den kan vi ikke vite hvem beviset er for.
lommebok-feil-borte = Tilbudet er borte
lommebok-feil-borte-tekst = Det er hentet, eller mer enn ti minutter gammelt. Har du ikke fått beviset i lommeboken, henter du et nytt.

lommebok-mine-lenke = Se og trekk tilbake bevis du har hentet
lommebok-mine-tittel = Bevis du har hentet
lommebok-mine = Har du mistet telefonen, eller vil du ikke bruke et bevis mer, trekker du det tilbake. Da kan ingen lenger bruke det til å vise hvem du er.
lommebok-mine-ingen = Du har ingen bevis som gjelder.
lommebok-mine-bevis = Hentet { $hentet }, gjelder til { $til }. Antall eksemplarer: { $antall }.
lommebok-mine-trekk = Trekk tilbake
lommebok-mine-trekk-ett = Trekk tilbake beviset som er hentet { $hentet }
lommebok-mine-trukket = Beviset er trukket tilbake
lommebok-mine-trukket-tekst = Innen et minutt gjelder det ikke lenger noe sted. Trenger du et nytt, henter du det her.
lommebok-mine-trukket-da = Trukket tilbake { $da }

lommebok-feil-bevis = Beviset finnes ikke
lommebok-feil-bevis-tekst = Det er utløpt eller trukket tilbake allerede.

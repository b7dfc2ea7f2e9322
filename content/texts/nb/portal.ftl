# Portalen: sidene for innbyggere og saksbehandlere.

## Meny og innlogging

logg-inn = Logg inn
meny-situasjon = Min situasjon
meny-innboks = Innboks
meny-bruk = Innsyn
meny-kontakt = Kontaktinfo
meny-oppgaver = Oppgaver
avbryt = Avbryt

## Når noe går galt

feil-til-start = Gå til startsiden
feil-proev-igjen = Prøv igjen
feil-i-tittel = Feil: { $tittel }
feil-utlogget = Du må logge inn på nytt
feil-utlogget-tekst = Innloggingen din gjelder ikke lenger. Logg inn igjen, så kommer du tilbake hit.
feil-innlogging = Innloggingen ble ikke fullført
feil-innlogging-tekst = Det kan ha gått for lang tid, eller siden kan ha blitt åpnet to ganger. Prøv å logge inn på nytt.
feil-avbrutt = Du avbrøt innloggingen
feil-avbrutt-tekst = Du er ikke logget inn. Du kan prøve igjen når du vil.
feil-nivaa = Du må logge inn med høyere sikkerhet
feil-nivaa-tekst = Det du prøver å åpne, krever innlogging på høyeste sikkerhetsnivå. Logg inn igjen med for eksempel BankID.
feil-404 = Vi finner ikke siden
feil-404-tekst = Adressen kan være skrevet feil, eller siden kan være flyttet. Det kan også hende at den gjelder en annen enn deg.
feil-403 = Du har ikke tilgang
feil-403-tekst = Du er logget inn, men denne siden er ikke for deg. Mener du at du skal ha tilgang, kan du ta kontakt med etaten det gjelder.
feil-skjema = Vi kunne ikke ta imot skjemaet
feil-skjema-tekst = Skjemaet var for gammelt, eller det ble sendt fra en annen side enn vår. Ingenting er lagret. Åpne siden på nytt og prøv igjen.
feil-stort = Det du skrev, er for langt
feil-stort-tekst = Ingenting er lagret. Gå tilbake, kort ned teksten og prøv igjen.
feil-409 = Noen har vært her før deg
feil-409-tekst = Det du prøvde å gjøre, er allerede gjort. Åpne siden på nytt for å se hvordan det står til nå.
feil-503 = Tjenesten svarer ikke akkurat nå
feil-503-tekst = Feilen er hos oss. Ingenting av ditt er borte. Vent litt og prøv igjen.
feil-500 = Noe gikk galt hos oss
feil-500-tekst = Vi har notert feilen. Vent litt og prøv igjen.
feil-lang-tekst = Teksten kan ha høyst { $tegn } tegn. Nå har den { $antall }.
feil-avvist = Vi kunne ikke ta imot dette. Se over det du har skrevet.

## Forsiden

forside-tittel = Offentlige tjenester, samlet
forside-overskrift = Når livet endrer seg, skal du slippe å søke
forside-ingress = Felles samler det offentlige om hendelsene i livet ditt. Får du barn, får du barnetrygd uten å fylle ut et skjema, og du ser hvorfor.
forside-logg-inn = Logg inn med ID-porten
forside-videre = Gå til min situasjon
forside-uten-skjema = Uten skjema
forside-uten-skjema-tekst = Opplysninger det offentlige allerede har, spør vi deg ikke om igjen. Du ser hvert steg, på tvers av etater.
forside-begrunnet = Med begrunnelse
forside-begrunnet-tekst = Hvert vedtak viser hva loven krever, hva vi fant, og hvor opplysningene kommer fra. Er noe feil, sier du fra med to trykk.
forside-innsyn = Med innsyn
forside-innsyn-tekst = Du ser hvem som har brukt opplysningene dine, når og hvorfor. Hver linje har et bevis som du kan kontrollere selv.

## Min situasjon og reiser

situasjon-tittel = Min situasjon
situasjon-ingress = Det som har skjedd, skjer og kommer til å skje, på tvers av etatene.
situasjon-uleste = { $antall ->
    [one] Du har ett ulest brev i innboksen
   *[other] Du har { $antall } uleste brev i innboksen
}
situasjon-tom = Det er ingen hendelser her ennå
situasjon-tom-tekst = Når noe skjer i livet ditt som det offentlige skal følge opp, viser vi det her. Du trenger ikke å gjøre noe.
reise-pagar = Pågår
reise-venter = Venter
reise-avsluttet = Ferdig
reise-opprettet = Vi fikk vite om dette { $dag }
reise-steg = Stegene
reise-uten-steg = Det er ingen steg å vise ennå.
steg-ferdig = Ferdig
steg-pagar = Pågår
steg-venter = Venter
steg-oppgave = Hos en saksbehandler
steg-kommer = Kommer
steg-se-vedtak = Se vedtaket
steg-les-brev = Les brevet

## Innboks

innboks-tittel = Innboks
innboks-ingress = Brev fra det offentlige til deg.
innboks-tom = Innboksen er tom
innboks-tom-tekst = Her kommer brev når en etat har skrevet til deg.
innboks-eldre = Vis eldre brev
brev-fra = Fra
brev-mottatt = Mottatt
brev-aapnet = Åpnet
brev-aapnet-kort = Åpnet
brev-ulest = Ulest
brev-ikke-aapnet = Ikke åpnet ennå
brev-kvittering = Avsenderen får beskjed om at du har åpnet brevet.
brev-aapne = Åpne brevet ({ $slag }, { $kilobyte } kB)
brev-last-ned = Last ned
brev-vedlegg = Vedlegg
brev-signert = Brevet er signert av avsenderen.
brev-pakke = Last ned med signaturen (ASiC-E)

## Vedtak

vedtak-tittel = { $ytelse }: { $utfall }
vedtak-til-reise = Tilbake til hendelsen
vedtak-gjeldende = Gjelder
vedtak-under-retting = En opplysning kontrolleres
vedtak-paaklaget = Du har klaget
vedtak-omgjores = Skal avgjøres på nytt
vedtak-automatisk = Avgjort automatisk
vedtak-menneske = Avgjort av en saksbehandler
vedtak-belop = Du får hver måned
vedtak-perioder = Beløp for hver periode
vedtak-periode = Periode
vedtak-per-maaned = Per måned
vedtak-bestemt-av = Bestemt av
vedtak-dato = Tidspunkt
vedtak-sak = Saksnummer
vedtak-regler = Regler
vedtak-regler-verdi = { $id }, versjon { $versjon }, slik de gjaldt { $dag }
vedtak-klagefrist = Frist for å klage
vedtak-brev = Brev
vedtak-uten-brev = Brevet er ikke i innboksen. Det kan være på vei, eller sendt på papir.
vedtak-vilkaar = Slik kom vi fram til dette
vedtak-vilkaar-tekst = Loven stiller disse vilkårene. For hvert av dem ser du hva vi fant.
vedtak-fakta = Opplysningene vi brukte
vedtak-fakta-tekst = Vedtaket bygger bare på disse opplysningene. Si fra hvis noe er feil.
vedtak-valg = Hva du kan gjøre
vedtak-henvendelser = Det du har sendt oss
ytelse-barnetrygd = Barnetrygd
utfall-innvilget = innvilget
utfall-avslag = avslag
utfall-delvis = delvis innvilget
utfall-endret = endret
utfall-opphort = opphørt
utfall-avvist = avvist
utfall-henlagt = henlagt
utfall-mangler = mangler opplysninger
utfall-manuell = vurderes av en saksbehandler
periode = { $fom } til { $tom }
periode-aapen = fra { $fom }
vilkaar-oppfylt = Oppfylt
vilkaar-ikke-oppfylt = Ikke oppfylt
vilkaar-ikke-vurdert = Ikke vurdert
vilkaar-krav = Loven krever
vilkaar-funn = Vi fant
vilkaar-kilde = Kilde
vilkaar-hjemmel = Lovhjemmel
vilkaar-fakta = Bygger på
fakta-navn = Opplysning
fakta-verdi = Verdi
fakta-kilde = Hentet fra
fakta-feil = Er noe feil?
fakta-meld = Meld fra om feil
fakta-under-retting = Kontrolleres
spor-tittel = Hele utregningen, slik maskinen skrev den
spor-tekst = Her står hver regel som ble brukt, med verdiene som gikk inn og ut.

## Det du kan gjøre med et vedtak

valg-feil = En opplysning er feil
valg-feil-tekst = Si fra hvilken opplysning som er feil, og hva som er riktig. En saksbehandler kontrollerer den.
valg-feil-knapp = Meld fra om feil opplysning
valg-klage = Jeg er uenig
valg-klage-tekst = Du kan klage på vedtaket til og med { $frist }.
valg-klage-knapp = Klag på vedtaket
valg-kontroll = Jeg vil at et menneske ser på det
valg-kontroll-tekst = Vedtaket er avgjort av en maskin. Du kan be om at en saksbehandler kontrollerer det.
valg-kontroll-knapp = Be om manuell kontroll
klage-tittel = Klag på vedtaket
klage-ingress = Fristen er { $frist }. Klagen går først til { $etat }, som kan gjøre om vedtaket. Hvis ikke, går den videre til klageinstansen.
klage-tekst = Hva vil du ha endret, og hvorfor?
klage-hjelp = Skriv med egne ord. Du trenger ikke å vise til lover.
klage-mangler = Skriv hva du vil ha endret, og hvorfor
klage-send = Send klagen
feilmelding-tittel = En opplysning er feil
feilmelding-ingress = En saksbehandler kontrollerer opplysningen. Har den betydning, blir vedtaket gjort på nytt.
feilmelding-faktum = Hvilken opplysning er feil?
feilmelding-velg = Velg en opplysning
feilmelding-tekst = Hva er riktig?
feilmelding-hjelp = Skriv hva som er riktig, og hvordan du vet det.
feilmelding-uten-faktum = Velg hvilken opplysning som er feil
feilmelding-mangler = Skriv hva som er riktig
feilmelding-send = Send
kontroll-tittel = Be om manuell kontroll
kontroll-ingress = En saksbehandler går gjennom vedtaket og kan endre det. Du trenger ikke å begrunne hvorfor. Vedtaket gjelder til du får svar.
kontroll-send = Be om kontroll
kvittering-tittel = Mottatt: { $hva }
kvittering-mottatt = Vi har fått det du sendte
kvittering-frist = En saksbehandler hos { $etat } skal svare deg innen { $dag }.
kvittering-sendt = Dette har du sendt
kvittering-videre = Du finner saken igjen på vedtaket. Svaret kommer samme sted, og i innboksen din når vedtaket blir endret.
kvittering-til-vedtak = Til vedtaket
henvendelse-venter = Venter på svar
henvendelse-besvart = Besvart
henvendelse-sendt = Sendt { $dag }.
henvendelse-frist = Skal besvares innen { $dag }.
henvendelse-svar = Svar
type-vurdering = Vurdering av en saksbehandler
type-utsending = Utsending av brev
type-klage = Klage
type-feil = Feil opplysning
type-kontroll = Manuell kontroll
type-teknisk = Teknisk feil

## Bruk av opplysninger

bruk-tittel = Hvem har brukt opplysningene mine?
bruk-ingress = Hver gang noen henter opplysninger om deg, blir det skrevet i en logg som ingen kan endre i etterkant. Her er alt som står om deg.
bruk-tom = Ingen har brukt opplysningene dine
bruk-tom-tekst = Når noen gjør det, ser du det her.
bruk-deg = Du selv
bruk-formaal = Formål
bruk-hjemmel = Lovhjemmel
bruk-sak = Sak
bruk-register = Register
register-folkeregister = Folkeregisteret
register-kontaktregister = Kontakt- og reservasjonsregisteret
register-postkasse = Digital postkasse
register-livshendelser = Saksbehandlingen
bruk-se-bevis = Se beviset
bruk-bevis-for = { " " }for oppføring { $nummer }
bruk-eldre = Vis eldre
bevis-tittel = Bevis for oppføring { $nummer }
bevis-holder = Beviset stemmer. Oppføringen står i loggen, som nå har { $antall } oppføringer.
bevis-holder-ikke = Beviset stemmer ikke. Ta vare på det, og si fra til den som driver løsningen.
bevis-kontroller = Kontroller det selv
bevis-forklaring = Du trenger ikke å stole på oss. Alle oppføringer i loggen er knyttet sammen i et tre av kontrollsummer, og roten av treet er signert. Blir én oppføring endret eller fjernet, får treet en annen rot.
bevis-steg-1 = Regn ut kontrollsummen (SHA-256) av byten 0 fulgt av oppføringen. Den skal være lik kontrollsummen av bladet.
bevis-steg-2 = Gå opp treet: Slå sammen med hvert steg i stien, med byten 1 foran (RFC 6962, kapittel 2.1.1).
bevis-steg-3 = Resultatet skal være roten i det signerte sjekkpunktet.
bevis-steg-4 = Kontroller signaturen på sjekkpunktet med loggens offentlige nøkkel (Ed25519).
bevis-last-ned = Last ned beviset (JSON)
bevis-program = Et program som kontrollerer beviset
bevis-program-tekst = Lagre programmet som kontroll.py, og kjør det uten nett: python3 kontroll.py bevis.json
bevis-deler = Delene i beviset
bevis-oppfoering = Oppføringen
bevis-bladhash = Kontrollsummen av bladet
bevis-sti = Stien til roten
bevis-sjekkpunkt = Det signerte sjekkpunktet
bevis-noekkel = Nøkkelen som kontrollerer signaturen
bevis-tom-sti = Tom: Oppføringen er den eneste i loggen.
bevis-offentlig = Loggens sjekkpunkter er offentlige. De røper ingenting om noen, men gjør at hvem som helst kan følge med på at loggen bare vokser.

## Kontaktinformasjon

kontakt-tittel = Kontaktinformasjon
kontakt-ingress = Dette bruker alle offentlige etater når de skal nå deg. Du endrer det bare her.
kontakt-post = Slik får du brev fra det offentlige
kontakt-paa-papir = Du har reservert deg mot digital post. Vedtak og viktige brev kommer på papir.
kontakt-ikke-varsles = Vi kan ikke varsle deg digitalt, så viktige brev kommer på papir. Legg inn eller bekreft e-post eller mobil nedenfor, så endrer vi det.
kontakt-uten-postkasse = Du kan varsles digitalt, men har ingen digital postkasse. Brev kommer på papir.
kontakt-digitalt = Brev kommer i den digitale postkassen din, og du blir varslet.
kontakt-postkasse = Digital postkasse
kontakt-epost-bekreftet = E-post bekreftet
kontakt-mobil-bekreftet = Mobil bekreftet
kontakt-epost = E-post
kontakt-epost-hjelp = Tøm feltet for å fjerne adressen.
kontakt-epost-feil = Skriv en e-postadresse med krøllalfa, for eksempel kari@eksempel.no. Den kan ha høyst 50 tegn.
kontakt-mobil = Mobiltelefon
kontakt-mobil-hjelp = Med landskode hvis nummeret er utenlandsk.
kontakt-mobil-feil = Skriv et mobilnummer med 8 til 20 sifre, for eksempel 40000000 eller +4740000000
kontakt-spraak = Språk du vil ha brev på
kontakt-spraak-feil = Velg ett av språkene
kontakt-nb = Bokmål
kontakt-nn = Nynorsk
kontakt-se = Nordsamisk
kontakt-en = Engelsk
kontakt-reservasjon = Hvordan vil du ha vedtak og viktige brev?
kontakt-reservert-nei = Digitalt
kontakt-reservert-ja = På papir (jeg reserverer meg)
kontakt-lagre = Lagre og bekreft
kontakt-lagret = Kontaktinformasjonen er lagret og bekreftet.

## Oppgaver for saksbehandlere

oppgaver-tittel = Oppgaver
oppgaver-utvalg = Utvalg av oppgaver
oppgaver-aapne = Åpne
oppgaver-loeste = Løste oppgaver
oppgaver-tom = Det er ingen oppgaver her.
oppgave-hva = Oppgave
oppgave-hvorfor = Hvorfor den er hos deg
oppgave-frist = Frist
oppgave-sak = Sak
oppgave-over-frist = Over fristen
oppgave-gjelder = Gjelder
oppgave-opprettet = Kom inn
oppgave-faktum = Opplysningen det gjelder
oppgave-tekst = Personen skriver
oppgave-vilkaar = Vilkårene
oppgave-fakta = Opplysningene
oppgave-loes = Løs oppgaven
oppgave-loest = Oppgaven er løst
oppgave-utfall = Utfall
oppgave-uten-utfall = Velg et utfall
oppgave-tidspunkt = Løst
oppgave-begrunnelse = Begrunnelse
oppgave-begrunnelse-hjelp = Personen får lese dette.
oppgave-uten-begrunnelse = Skriv en begrunnelse
oppgave-lagre = Løs oppgaven

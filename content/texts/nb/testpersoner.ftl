# Testpersoner: siden der den som tester, finner en syntetisk person med bestemte trekk.

forside-testpersoner = Finn en testperson med bestemte trekk

testpersoner-tittel = Finn en testperson
testpersoner-ingress = Velg trekkene personen skal ha. Alle her er syntetiske, så du kan logge inn som hvem du vil.
testpersoner-eksempler = Prøv for eksempel
testpersoner-eksempel-mor = Mor med to barn under seks, reservert, i Tromsø, med foretak
testpersoner-eksempel-verge = Kvinne mellom 18 og 40 med verge
testpersoner-eksempel-papir = Gift boligeier uten digital postkasse
testpersoner-eksempel-beskyttet = Mor eller far med strengt fortrolig adresse
testpersoner-eksempel-dnummer = Har D-nummer og e-postadresse
testpersoner-api = Det samme søket er et API: { $adresse }

testpersoner-gruppe-person = Person
testpersoner-gruppe-familie = Familie
testpersoner-gruppe-kontakt = Kontakt
testpersoner-gruppe-arbeid = Virksomhet og bolig
testpersoner-alle = Alle
testpersoner-ja = Ja
testpersoner-nei = Nei
testpersoner-soek = Søk
testpersoner-nullstill = Nullstill

# Navnene på trekkene, i skjemaet og der ett av dem står i veien.
testpersoner-trekk = { $trekk ->
    [kjoenn] Kjønn
    [alderFra] Alder fra
    [alderTil] Alder til og med
    [status] Personstatus
    [nummertype] Nummer
    [statsborgerskap] Statsborgerskap
    [kommune] Kommune
    [adressebeskyttelse] Adressebeskyttelse
    [sivilstand] Sivilstand
    [antallBarn] Antall barn
    [barnUnder] Barn under
    [harVerge] Har verge
    [erVerge] Er verge for noen
    [reservert] Reservert mot digital post
    [harEpost] E-postadresse
    [harMobil] Mobilnummer
    [harPostkasse] Digital postkasse
    [kontaktUtdatert] Utdaterte kontaktopplysninger
    [foretak] Kan binde et foretak
    [rolle] Rolle i en virksomhet
    [eierBolig] Eier bolig
    [alder] Alder
   *[annet] { $trekk }
}
testpersoner-hjelp-kommune = Navn eller nummer. Den som har beskyttet adresse, finnes ikke slik.
testpersoner-hjelp-antall = Levende barn under alderen i feltet «Barn under», verken færre eller flere.
testpersoner-hjelp-under = År, høyst 18. Er feltet tomt, telles barn under 18.

testpersoner-treff = Treff
testpersoner-nummer = Nummer
testpersoner-navn = Navn
testpersoner-trekkene = Trekk
testpersoner-innlogging = Innlogging
testpersoner-logg-inn-som = Logg inn
testpersoner-logg-inn-navn = Logg inn som { $navn }
testpersoner-kan-ikke = Kan ikke logge inn
testpersoner-flere = Vis flere
testpersoner-ingen = Ingen har alle disse trekkene
testpersoner-ingen-uansett = Det hjelper ikke å utelate ett av dem.
testpersoner-utelat = Utelater du ett av dem, får du treff:
testpersoner-uten = Uten «{ $trekk }: { $verdi }» ({ $antall } treff)
testpersoner-uten-minst = Uten «{ $trekk }: { $verdi }» ({ $antall } treff eller flere)
testpersoner-slik = Slik logger du inn
testpersoner-slik-logger-du-inn = Velg test-eID-en når ID-porten spør hvordan du vil logge inn, og skriv nummeret. Det er ikke noe passord. Et program sender nummeret i skjemaet til adressen som ID-porten viser til.
testpersoner-slik-husket = «Logg inn» her går til portalen, og fyller ut nummeret for deg. Begynner du i stedet en innlogging i din egen tjeneste i samme nettleser innen ti minutter, er nummeret fylt ut der også.

# Trekk i ord.
testpersoner-kjoenn = { $kjoenn ->
    [kvinne] kvinne
   *[mann] mann
}
testpersoner-bosatt-i = bosatt i { $kommune }
testpersoner-status = { $status ->
    [bosatt] bosatt
    [utflyttet] utflyttet
    [forsvunnet] forsvunnet
    [doed] død
    [opphoert] opphørt
    [foedselsregistrert] fødselsregistrert
    [midlertidig] midlertidig
    [inaktiv] inaktiv
    [ikkeBosatt] ikke bosatt
   *[aktiv] aktiv
}
testpersoner-sivilstand = { $sivilstand ->
    [ugift] ugift
    [gift] gift
    [enkeEllerEnkemann] enke eller enkemann
    [skilt] skilt
    [separert] separert
    [registrertPartner] registrert partner
    [separertPartner] separert partner
    [skiltPartner] skilt partner
    [gjenlevendePartner] gjenlevende partner
   *[uoppgitt] uoppgitt
}
testpersoner-barn = { $antall } barn ({ $aldre } år)
testpersoner-adressebeskyttelse = { $adressebeskyttelse ->
    [klientadresse] klientadresse
    [fortrolig] fortrolig adresse
    [strengtFortrolig] strengt fortrolig adresse
   *[ugradert] ugradert adresse
}
testpersoner-nummertype = { $nummertype ->
    [dNummer] D-nummer
   *[foedselsnummer] fødselsnummer
}
testpersoner-statsborgerskap = { $statsborgerskap ->
    [norsk] norsk
   *[utenlandsk] utenlandsk
}
testpersoner-rolle = { $rolle ->
    [DAGL] daglig leder
    [LEDE] styreleder
    [INNH] innehaver
    [DTPR] deltaker med delt ansvar
    [DTSO] deltaker med solidarisk ansvar
    [MEDL] styremedlem
    [NEST] nestleder
    [VARA] varamedlem
    [KOMP] komplementar
    [BEST] bestyrende reder
    [BOBE] bostyrer
   *[annet] { $rolle }
}
testpersoner-har-d-nummer = D-nummer
testpersoner-er-utenlandsk = utenlandsk statsborger
testpersoner-har-verge = har verge
testpersoner-er-verge = er verge for noen
testpersoner-er-reservert = reservert
testpersoner-har-postkasse = digital postkasse
testpersoner-uten-kontakt = verken e-post eller mobil
testpersoner-utdatert = utdaterte kontaktopplysninger
testpersoner-eier = eier bolig

# Det som er galt med en parameter.
testpersoner-feil-ukjent = finnes ikke
testpersoner-feil-flere-ganger = står flere ganger
testpersoner-feil-en-av = skal være en av { $verdier }
testpersoner-feil-ja-nei = skal være true eller false
testpersoner-feil-tall = skal være et helt tall fra { $lavest } til { $hoeyest }
testpersoner-feil-kommune = er verken nummeret eller navnet på en kommune
testpersoner-feil-flere-kommuner = er navnet på flere kommuner: { $numre }
testpersoner-feil-alder = er lavere enn alderen det søkes fra
testpersoner-feil-etter = er ikke fra et svar på et søk
testpersoner-feil-felt = { $trekk }: { $feil }
testpersoner-feil-register = Søket fikk ikke svar
testpersoner-feil-register-tekst = Et register svarer ikke nå. Prøv igjen om litt.
testpersoner-feil-person = Nummeret er ikke en syntetisk persons
testpersoner-feil-person-tekst = Gå tilbake og velg en person fra treffene.
testpersoner-uten-navn = Uten registrert navn

# Testpersoner: the page where whoever tests finds a synthetic person with given traits.

forside-testpersoner = Find a test person with given traits

testpersoner-tittel = Find a test person
testpersoner-ingress = Choose the traits that the person is to have. Everyone here is synthetic, so you may sign in as whomever you like.
testpersoner-eksempler = Try, for example
testpersoner-eksempel-mor = Mother of two children under six, reserved, in Tromsø, with a business
testpersoner-eksempel-verge = Woman between 18 and 40 with a guardian
testpersoner-eksempel-papir = Married home owner without a digital mailbox
testpersoner-eksempel-beskyttet = Mother or father with a strictly confidential address
testpersoner-eksempel-dnummer = Has a D-number and an e-mail address
testpersoner-api = The same search is an API: { $adresse }

testpersoner-gruppe-person = Person
testpersoner-gruppe-familie = Family
testpersoner-gruppe-kontakt = Contact
testpersoner-gruppe-arbeid = Business and home
testpersoner-alle = All
testpersoner-ja = Yes
testpersoner-nei = No
testpersoner-soek = Search
testpersoner-nullstill = Reset

# The names of the traits, in the form and where one of them stands in the way.
testpersoner-trekk = { $trekk ->
    [kjoenn] Sex
    [alderFra] Age from
    [alderTil] Age to and including
    [status] Person status
    [nummertype] Number
    [statsborgerskap] Citizenship
    [kommune] Municipality
    [adressebeskyttelse] Address protection
    [sivilstand] Marital status
    [antallBarn] Number of children
    [barnUnder] Children under
    [harVerge] Has a guardian
    [erVerge] Is somebody’s guardian
    [reservert] Reserved from digital post
    [harEpost] E-mail address
    [harMobil] Mobile phone number
    [harPostkasse] Digital mailbox
    [kontaktUtdatert] Stale contact details
    [foretak] Can bind a business
    [rolle] Role in a business
    [eierBolig] Owns a home
    [alder] Age
   *[annet] { $trekk }
}
testpersoner-hjelp-kommune = Name or number. Those whose address is protected are not found by it.
testpersoner-hjelp-antall = Living children under the age in the field “Children under”, neither fewer nor more.
testpersoner-hjelp-under = Years, at most 18. Where the field is empty, children under 18 are counted.

testpersoner-treff = Hits
testpersoner-nummer = Number
testpersoner-navn = Name
testpersoner-trekkene = Traits
testpersoner-innlogging = Sign-in
testpersoner-logg-inn-som = Sign in
testpersoner-logg-inn-navn = Sign in as { $navn }
testpersoner-kan-ikke = Cannot sign in
testpersoner-flere = Show more
testpersoner-ingen = Nobody has all of these traits
testpersoner-ingen-uansett = Leaving out one of them does not help.
testpersoner-utelat = If you leave out one of them, there are hits:
testpersoner-uten = Without “{ $trekk }: { $verdi }” ({ $antall } hits)
testpersoner-uten-minst = Without “{ $trekk }: { $verdi }” ({ $antall } hits or more)
testpersoner-slik = How to sign in
testpersoner-slik-logger-du-inn = Choose the test eID when ID-porten asks how you want to sign in, and type the number. There is no password. A program sends the number in the form to the address that ID-porten leads to.
testpersoner-slik-husket = “Sign in” here leads to the portal and fills in the number for you. If you instead begin a sign-in in your own service in the same browser within ten minutes, the number is filled in there too.

# Traits in words.
testpersoner-kjoenn = { $kjoenn ->
    [kvinne] woman
   *[mann] man
}
testpersoner-bosatt-i = lives in { $kommune }
testpersoner-status = { $status ->
    [bosatt] resident
    [utflyttet] moved abroad
    [forsvunnet] missing
    [doed] dead
    [opphoert] withdrawn
    [foedselsregistrert] registered at birth
    [midlertidig] temporary
    [inaktiv] inactive
    [ikkeBosatt] not resident
   *[aktiv] active
}
testpersoner-sivilstand = { $sivilstand ->
    [ugift] never married
    [gift] married
    [enkeEllerEnkemann] widowed
    [skilt] divorced
    [separert] separated
    [registrertPartner] registered partner
    [separertPartner] separated partner
    [skiltPartner] divorced partner
    [gjenlevendePartner] surviving partner
   *[uoppgitt] not known
}
testpersoner-barn = { $antall ->
    [one] { $antall } child (aged { $aldre })
   *[other] { $antall } children (aged { $aldre })
}
testpersoner-adressebeskyttelse = { $adressebeskyttelse ->
    [klientadresse] address through a body
    [fortrolig] confidential address
    [strengtFortrolig] strictly confidential address
   *[ugradert] open address
}
testpersoner-nummertype = { $nummertype ->
    [dNummer] D-number
   *[foedselsnummer] fødselsnummer
}
testpersoner-statsborgerskap = { $statsborgerskap ->
    [norsk] Norwegian
   *[utenlandsk] foreign
}
testpersoner-rolle = { $rolle ->
    [DAGL] general manager
    [LEDE] chair of the board
    [INNH] proprietor
    [DTPR] partner with shared liability
    [DTSO] partner with joint liability
    [MEDL] member of the board
    [NEST] deputy chair
    [VARA] deputy member
    [KOMP] general partner
    [BEST] managing owner of a ship
    [BOBE] administrator of an estate
   *[annet] { $rolle }
}
testpersoner-har-d-nummer = D-number
testpersoner-er-utenlandsk = foreign citizen
testpersoner-har-verge = has a guardian
testpersoner-er-verge = is somebody’s guardian
testpersoner-er-reservert = reserved
testpersoner-har-postkasse = digital mailbox
testpersoner-uten-kontakt = neither e-mail nor mobile phone
testpersoner-utdatert = stale contact details
testpersoner-eier = owns a home

# What is wrong with a parameter.
testpersoner-feil-ukjent = does not exist
testpersoner-feil-flere-ganger = stands more than once
testpersoner-feil-en-av = must be one of { $verdier }
testpersoner-feil-ja-nei = must be true or false
testpersoner-feil-tall = must be a whole number from { $lavest } to { $hoeyest }
testpersoner-feil-kommune = is neither the number nor the name of a municipality
testpersoner-feil-flere-kommuner = is the name of several municipalities: { $numre }
testpersoner-feil-alder = is lower than the age that the search is from
testpersoner-feil-etter = is not from an answer to a search
testpersoner-feil-felt = { $trekk }: { $feil }
testpersoner-feil-register = The search was not answered
testpersoner-feil-register-tekst = A register does not answer now. Try again in a little while.
testpersoner-feil-person = The number is no synthetic person’s
testpersoner-feil-person-tekst = Go back and choose a person from the hits.
testpersoner-uten-navn = No name registered

# Lommeboken som innloggingsmåte.

eid-lommebok = Europeisk lommebok
eid-lommebok-tittel = Logg inn med europeisk lommebok
eid-lommebok-forklaring = Lommeboken din viser oss fødselsnummeret eller d-nummeret ditt, og ikke noe mer. Den spør deg først.
eid-lommebok-her = Er lommeboken på denne enheten?
eid-lommebok-aapne = Åpne lommeboken
eid-lommebok-annen = Er lommeboken på en annen enhet?
eid-lommebok-skann = Skann koden med den. Når du har svart, viser den andre enheten seks siffer, som du skriver her.
eid-lommebok-bilde = QR-kode som åpner lommeboken
eid-lommebok-kode = Seks siffer fra den andre enheten
eid-lommebok-kode-hjelp = De vises der lommeboken er, når du har svart i den
eid-lommebok-fortsett = Fortsett

eid-lommebok-siffer-tittel = Skriv disse sifrene der du logger inn
eid-lommebok-siffer = Du har vist hvem du er for å logge inn på: { $tjeneste }. Innloggingen fortsetter når du skriver sifrene der du begynte.
eid-lommebok-siffer-hvor = Innloggingen ble begynt i: { $nettleser }.
eid-lommebok-siffer-advarsel = Gi ikke sifrene til noen. Den som får dem, kan bli logget inn som deg. Har noen sendt deg en lenke eller en kode, er det ikke du som logger inn: lukk denne siden.
eid-lommebok-tilbake = Gå tilbake dit du begynte innloggingen.

eid-lommebok-feil-nei = Du svarte nei i lommeboken, eller den har ikke personbeviset ditt. Ingen er logget inn.
eid-lommebok-feil-uten = Lommeboken kunne ikke brukes akkurat nå.
eid-lommebok-feil-svar = Lommeboken kunne ikke svare på det vi ba om. Ingen er logget inn.
eid-lommebok-feil-ubesvart = Lommeboken har ikke svart ennå. Åpne den eller skann koden, svar i den, og skriv sifrene som den andre enheten viser.
eid-lommebok-feil-kode = Sifrene er ikke de samme som den andre enheten viser. Prøv igjen.
eid-lommebok-feil-kode-mangler = Skriv de seks sifrene som den andre enheten viser.
eid-lommebok-feil-borte = Forespørselen er utløpt, eller sifrene ble skrevet feil for mange ganger. Her er en ny: svar på den i lommeboken.

# Passnøkler: innlogging med dem, og sidene der folk styrer sine egne.

passkey-eid = Passnøkkel
passkey-tittel = Logg inn med passnøkkel
passkey-forklaring = Enheten din ber deg bekrefte at det er deg, med fingeravtrykk, ansikt eller skjermlås. Bare svaret på det sendes hit; fingeravtrykket forlater ikke enheten.
passkey-logg-inn = Bruk passnøkkel
passkey-ingen = Har du ingen passnøkkel? Logg inn på en annen måte, så kan du lage en på siden «Passnøklene dine».
passkey-uten-skript = Passnøkler virker ikke uten JavaScript, og det er slått av i nettleseren din. De andre innloggingsmåtene virker uten.
passkey-venter = Venter på svar fra enheten …
passkey-avbrutt = Enheten ga ingen passnøkkel. Kanskje ble det avbrutt, tok for lang tid, eller så har enheten ingen passnøkkel for ID-porten. Du kan prøve igjen.

passkey-feil-tittel = Passnøkkelen ble ikke godtatt
passkey-feil-nettleser = Nettleseren din kan ikke bruke passnøkler. Logg inn på en annen måte.
passkey-feil-mangler = Nettleseren sendte ikke noe svar fra en passnøkkel. Det gjør den bare når JavaScript er slått på.
passkey-feil-svar = Svaret fra passnøkkelen holder ikke. Prøv igjen, eller logg inn på en annen måte.
passkey-feil-utloept = Det gikk for lang tid, eller siden var åpen flere steder. Prøv igjen.
passkey-feil-ukjent = Denne passnøkkelen kjenner vi ikke. Kanskje har du fjernet den her; da kan du slette den på enheten også. Logg inn på en annen måte.
passkey-feil-bekreft = Enheten har ikke bekreftet at det er deg. Slå på skjermlås, fingeravtrykk eller PIN-kode på enheten, og prøv igjen.
passkey-feil-type = Denne typen passnøkkel kan vi ikke bruke. Prøv en annen enhet.
passkey-feil-laast = Passnøkkelen er sperret, fordi det ser ut til at noen har en kopi av den. Logg inn på en annen måte, fjern den og lag en ny.
passkey-feil-innlogging = Logg inn på nytt med en annen eID før du lager en passnøkkel.
passkey-feil-finnes = Denne enheten har allerede en passnøkkel for deg her.
passkey-feil-mange = Du har så mange passnøkler som det går an å ha. Fjern en først.
passkey-feil-navn = Skriv et navn på høyst 60 tegn.

passkey-mine-tittel = Passnøklene dine
passkey-mine = Med en passnøkkel logger du inn uten passord og kode, på sikkerhetsnivået betydelig. Den virker bare på den ekte siden, så ingen kan lure den fra deg.
passkey-mine-ingen = Du har ingen passnøkler ennå.
passkey-lagt-til = Passnøkkelen er lagt til. Neste gang kan du logge inn med den.
passkey-endret = Passnøkkelen har fått nytt navn.
passkey-fjernet = Passnøkkelen er fjernet og kan ikke brukes her mer. Du kan slette den på enheten også.

passkey-laget = Laget { $naar }, etter innlogging med { $eid }.
passkey-brukt = Sist brukt { $naar }.
passkey-ubrukt = Ikke brukt ennå.
passkey-synket = Kopieres mellom enhetene dine.
passkey-kan-synkes = Kan kopieres mellom enhetene dine.
passkey-ett-sted = Finnes bare på én enhet.
passkey-laast = Sperret, fordi det ser ut til at noen har en kopi av den. Fjern den og lag en ny.

passkey-ny = Legg til en passnøkkel
passkey-ny-forklaring = Passnøkkelen lages på enheten du bruker nå, eller på en telefon eller sikkerhetsnøkkel som du kobler til.
passkey-ny-innlogging = For å legge til en passnøkkel må du nettopp ha logget inn med en annen eID enn en passnøkkel.
passkey-ny-logg-inn = Logg inn på nytt
passkey-ny-lag = Lag passnøkkel
passkey-navn = Navn
passkey-navn-hjelp = Enheten viser navnet når du velger passnøkkel. For eksempel «Kari, telefonen».
passkey-endre = Endre eller fjern { $navn }
passkey-endre-navn = Lagre navnet
passkey-fjern = Fjern { $navn }

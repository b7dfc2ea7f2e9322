# Det som alle sider har.

side-tittel = { $tittel } – { $nettsted }
hopp-til-innhold = Hopp til innholdet
navigasjon = Hovedmeny
til-forsiden = { $nettsted }, til forsiden
logget-inn-som = Logget inn som
logg-ut = Logg ut
syntetisk = Alle personer og virksomheter her er syntetiske. Ingen av dem finnes.
bunntekst = Felles er fri programvare for offentlige digitale tjenester. Du har rett til å vite hva som avgjøres om deg, hvorfor, og hvem som har brukt opplysningene dine.
spraakvalg = Språk
spraaknavn = Norsk (bokmål)

feil-oppsummering = Du må rette dette før du kan gå videre

dato = { $dag }. { $maaned } { $aar }
tidspunkt = { $dato } kl. { $klokka }
maaned = { $nummer ->
    [1] januar
    [2] februar
    [3] mars
    [4] april
    [5] mai
    [6] juni
    [7] juli
    [8] august
    [9] september
    [10] oktober
    [11] november
   *[12] desember
}
kroner = { $beloep }{"\u00A0"}kr

# What every page has.

side-tittel = { $tittel } – { $nettsted }
hopp-til-innhold = Skip to the content
navigasjon = Main menu
til-forsiden = { $nettsted }, to the front page
logget-inn-som = Signed in as
logg-ut = Sign out
syntetisk = All people and businesses here are synthetic. None of them exist.
bunntekst = Felles is free software for digital public services. You have a right to know what is decided about you, why, and who has used your data.
spraakvalg = Language
spraaknavn = English

feil-oppsummering = You must correct this before you can go on

dato = { $dag } { $maaned } { $aar }
tidspunkt = { $dato } at { $klokka }
maaned = { $nummer ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
kroner = NOK{"\u00A0"}{ $beloep }

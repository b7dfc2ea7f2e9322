# Personens egne sider hos ID-porten: hvor de er logget inn, hvor de har logget inn, hva de har gitt tilgang til.

minside-innlogginger = Innlogginger og tilganger
minside-paany = For å gjøre endringer her må du nettopp ha logget inn.
minside-paany-lenke = Logg inn på nytt
minside-nettleser = { $navn } på { $system }
minside-nettleser-ukjent = Ukjent nettleser
minside-nivaa-lavt = nivå lavt
minside-nivaa-betydelig = nivå betydelig
minside-nivaa-hoeyt = nivå høyt

okter-tittel = Her er du logget inn
okter-forklaring = Dette er nettleserne du er logget inn i ID-porten med akkurat nå. Kjenner du ikke igjen en av dem, avslutter du den her.
okter-denne = Denne nettleseren
okter-begynt = Logget inn
okter-brukt = Sist brukt
okter-eid = Slik logget du inn
okter-tjenester = Tjenester
okter-ingen-tjenester = Ingen
okter-avslutt-her = Logg ut av denne nettleseren
okter-avslutt = Avslutt { $navn } fra { $naar }
okter-andre = Alle andre
okter-andre-forklaring = Du blir logget ut overalt, bortsett fra i denne nettleseren.
okter-andre-avslutt = Avslutt alle andre
okter-avsluttet = Innloggingen er avsluttet. Tjenester som er åpne i den andre nettleseren, merker det neste gang de fornyer eller kontrollerer innloggingen hos ID-porten; til da kan de fortsatt stå åpne.
okter-andre-avsluttet = Alle andre innlogginger er avsluttet. Tjenester som er åpne i de andre nettleserne, merker det neste gang de fornyer eller kontrollerer innloggingen hos ID-porten; til da kan de fortsatt stå åpne.
okter-borte = Innloggingen finnes ikke. Kanskje var den allerede over.
okter-virkning-tittel = Hva skjer når du avslutter?
okter-virkning = Nettleseren må logge inn på nytt for å komme inn i noen tjeneste. Avslutter du denne nettleseren, får tjenestene du har brukt i den, beskjed med en gang. Avslutter du en annen, merker tjenestene der det neste gang de fornyer eller kontrollerer innloggingen hos ID-porten.
okter-virkning-gitt = Det du har gitt tjenester tilgang til hos andre, gjelder videre. Det trekker du tilbake her:

logg-tittel = Her har du logget inn
logg-forklaring = Innloggingene dine gjennom ID-porten det siste året, de nyeste først.
logg-tom = Det er ingen innlogginger her.
logg-tjeneste = Tjeneste og virksomhet
logg-naar = Når
logg-slik = Slik logget du inn
logg-engangs = Du var allerede logget inn i en annen tjeneste og slapp å logge inn på nytt
logg-sider = Flere innlogginger
logg-nyere = Nyere innlogginger
logg-eldre = Eldre innlogginger

gitt-tittel = Dette har du gitt tilgang til
gitt-forklaring = Tjenester som kan hente eller gjøre noe for deg hos andre, også etter at du har logget ut.
gitt-tomt = Du har ikke gitt noen tjeneste tilgang nå.
gitt-hva = Tilgang til
gitt-naar = Gitt
gitt-slutter = Slutter
gitt-nettleser = Nettleser
gitt-trekk = Trekk tilbake det du ga { $navn } { $naar }
gitt-trukket = Tilgangen er trukket tilbake. Tjenesten kan ikke bruke den mer.
gitt-borte = Tilgangen finnes ikke. Kanskje var den allerede over.

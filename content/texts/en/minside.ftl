# The person's own pages at ID-porten: where they are logged in, where they have logged in, what they have given access to.

minside-innlogginger = Logins and access
minside-paany = To make changes here you must have just logged in.
minside-paany-lenke = Log in again
minside-nettleser = { $navn } on { $system }
minside-nettleser-ukjent = Unknown browser
minside-nivaa-lavt = level low
minside-nivaa-betydelig = level substantial
minside-nivaa-hoeyt = level high

okter-tittel = Where you are logged in
okter-forklaring = These are the browsers in which you are logged in to ID-porten right now. If you do not recognise one of them, end it here.
okter-denne = This browser
okter-begynt = Logged in
okter-brukt = Last used
okter-eid = How you logged in
okter-tjenester = Services
okter-ingen-tjenester = None
okter-avslutt-her = Log out of this browser
okter-avslutt = End { $navn } from { $naar }
okter-andre = All others
okter-andre-forklaring = You are logged out everywhere but in this browser.
okter-andre-avslutt = End all others
okter-avsluttet = The login has ended. Services that are open in the other browser notice the next time they renew or check the login at ID-porten; until then they may stay open.
okter-andre-avsluttet = All other logins have ended. Services that are open in the other browsers notice the next time they renew or check the login at ID-porten; until then they may stay open.
okter-borte = There is no such login. Perhaps it was already over.
okter-virkning-tittel = What happens when you end a login?
okter-virkning = The browser has to log in again to enter any service. If you end this browser, the services you have used in it are told at once. If you end another, the services there notice the next time they renew or check the login at ID-porten.
okter-virkning-gitt = What you have given services access to elsewhere goes on. You withdraw that here:

logg-tittel = Where you have logged in
logg-forklaring = Your logins through ID-porten in the last year, the newest first.
logg-tom = There are no logins here.
logg-tjeneste = Service and organisation
logg-naar = When
logg-slik = How you logged in
logg-engangs = You were already logged in to another service and did not have to log in again
logg-sider = More logins
logg-nyere = Newer logins
logg-eldre = Older logins

gitt-tittel = What you have given access to
gitt-forklaring = Services that can fetch or do something for you elsewhere, also after you have logged out.
gitt-tomt = You have given no service access at the moment.
gitt-hva = Access to
gitt-naar = Given
gitt-slutter = Ends
gitt-nettleser = Browser
gitt-trekk = Withdraw what you gave { $navn } on { $naar }
gitt-trukket = The access is withdrawn. The service can no longer use it.
gitt-borte = There is no such access. Perhaps it was already over.

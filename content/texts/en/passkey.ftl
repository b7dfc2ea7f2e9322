# Passkeys: signing in with them, and the pages where people manage their own.

passkey-eid = Passkey
passkey-tittel = Log in with a passkey
passkey-forklaring = Your device asks you to confirm that it is you, by fingerprint, face or screen lock. Only the answer to that is sent here; your fingerprint does not leave the device.
passkey-logg-inn = Use a passkey
passkey-ingen = Do you have no passkey? Log in another way, and you can make one on the page “Your passkeys”.
passkey-uten-skript = Passkeys do not work without JavaScript, which is turned off in your browser. The other ways to log in work without it.
passkey-venter = Waiting for an answer from the device …
passkey-avbrutt = The device gave no passkey. It may have been cancelled or taken too long, or the device has no passkey for ID-porten. You can try again.

passkey-feil-tittel = The passkey was not accepted
passkey-feil-nettleser = Your browser cannot use passkeys. Log in another way.
passkey-feil-mangler = The browser sent no answer from a passkey. It does so only when JavaScript is turned on.
passkey-feil-svar = The answer from the passkey does not hold. Try again, or log in another way.
passkey-feil-utloept = It took too long, or the page was open in several places. Try again.
passkey-feil-ukjent = We do not know this passkey. You may have removed it here; you can then delete it on your device too. Log in another way.
passkey-feil-bekreft = The device has not confirmed that it is you. Turn on screen lock, fingerprint or PIN on the device, and try again.
passkey-feil-type = We cannot use this kind of passkey. Try another device.
passkey-feil-laast = The passkey is blocked, because it seems that somebody has a copy of it. Log in another way, remove it and make a new one.
passkey-feil-innlogging = Log in again with another eID before you make a passkey.
passkey-feil-finnes = This device already has a passkey for you here.
passkey-feil-mange = You have as many passkeys as anyone can have. Remove one first.
passkey-feil-navn = Write a name of at most 60 characters.

passkey-mine-tittel = Your passkeys
passkey-mine = With a passkey you log in without password and code, at the security level substantial. It works on the real site alone, so nobody can trick you out of it.
passkey-mine-ingen = You have no passkeys yet.
passkey-lagt-til = The passkey has been added. You can log in with it next time.
passkey-endret = The passkey has a new name.
passkey-fjernet = The passkey has been removed and can no longer be used here. You can delete it on your device too.

passkey-laget = Made { $naar }, after a login with { $eid }.
passkey-brukt = Last used { $naar }.
passkey-ubrukt = Not used yet.
passkey-synket = Is copied between your devices.
passkey-kan-synkes = Can be copied between your devices.
passkey-ett-sted = Is on one device only.
passkey-laast = Blocked, because it seems that somebody has a copy of it. Remove it and make a new one.

passkey-ny = Add a passkey
passkey-ny-forklaring = The passkey is made on the device that you are using now, or on a phone or security key that you connect.
passkey-ny-innlogging = To add a passkey you must have just logged in with another eID than a passkey.
passkey-ny-logg-inn = Log in again
passkey-ny-lag = Make a passkey
passkey-navn = Name
passkey-navn-hjelp = The device shows the name when you choose a passkey. For example “Kari, phone”.
passkey-endre = Change or remove { $navn }
passkey-endre-navn = Save the name
passkey-fjern = Remove { $navn }

//! Persons as documents in the register's own form.

use clients::folkeregister::{
    Adressebeskyttelse, Adressenummer, Bostedsadresse, DeltBosted, Doedsfall, Foedsel, FoedselINorge,
    Gradering, Identifikasjonsnummer, Identitetsgrunnlag, Identitetsgrunnlagstatus, Innflytting,
    KontaktadresseForDoedsbo, KontaktinformasjonForDoedsbo, Matrikkeladresse, Matrikkelnummer, Navn, Opphav,
    Opphold, Oppholdsadresse, Opplysning as _, PersonSomKontakt, Persondokument, Personidentifikasjon,
    Personkjoenn, Personnavn, Personstatus, PostadresseIUtlandet, Poststed, Statsborgerskap, Status,
    UkjentBosted, UtenlandskAdresse, Utflytting, Vegadresse,
};

use crate::day::Day;
use crate::facts::{NORGE, Omraade, facts};
use crate::homes::{post, street_name};
use crate::model::{Address, Home, HomeId, Id, Person, Standing, World};
use crate::relation;

/// Who reported what happened in Norway.
pub const KILDE: &str = "folkeregistermyndigheten";

/// When a fact held from, registered some days later but never after `today`.
pub fn origin(world: &World, from: Day, delay: i32, aarsak: &str) -> Opphav {
    let registered = from.plus(delay).min(world.today).max(from);
    Opphav {
        ajourholdstidspunkt: Some(registered.moment(from.0.unsigned_abs().wrapping_mul(7919))),
        gyldighetstidspunkt: Some(from.moment(0)),
        kilde: Some(KILDE.to_owned()),
        aarsak: Some(aarsak.to_owned()),
    }
}

/// A name written out from its ids.
pub fn navn(person: &Person) -> Personnavn {
    let names = &facts().navn;
    let name = |id: u16| names[usize::from(id)].to_owned();
    let first = name(person.name.first);
    Personnavn {
        fornavn: person.name.second.map(|second| format!("{first} {}", name(second))).unwrap_or(first),
        mellomnavn: person.name.middle.map(name),
        etternavn: name(person.name.last),
    }
}

/// First, middle and last name in a row.
pub fn full_name(person: &Person) -> String {
    let navn = navn(person);
    match navn.mellomnavn {
        Some(middle) => format!("{} {middle} {}", navn.fornavn, navn.etternavn),
        None => format!("{} {}", navn.fornavn, navn.etternavn),
    }
}

/// A person's document.
pub fn document(world: &World, id: Id) -> Persondokument {
    let person = world.person(id);
    let mut document = Persondokument::default();
    identity(world, id, person, &mut document);
    addresses(world, id, person, &mut document);
    migration(world, person, &mut document);
    relation::relations(world, id, person, &mut document);
    if let Some(died) = person.died() {
        death(world, person, died, &mut document);
    }
    document
}

/// The first time the register heard of the person, and why.
fn entry(person: &Person) -> (Day, &'static str) {
    match person.standing {
        Standing::Midlertidig(_) | Standing::Inaktiv(_) => (person.moved, "Tildele d-nummer"),
        _ if person.came.is_some() => (person.here_since(), "Innflytting"),
        _ => (person.born, "Fødsel"),
    }
}

fn identity(world: &World, id: Id, person: &Person, document: &mut Persondokument) {
    let (since, cause) = entry(person);
    let first = origin(world, since, 2, cause);
    let born = person.born.date();
    if let Some(number) = person.number {
        document.identifikasjonsnummer = vec![Identifikasjonsnummer::i_bruk(&number, &first)];
    }
    let checked = if person.visitor() {
        if id.is_multiple_of(3) {
            Identitetsgrunnlagstatus::Kontrollert
        } else {
            Identitetsgrunnlagstatus::IkkeKontrollert
        }
    } else if person.came.is_some() {
        Identitetsgrunnlagstatus::Kontrollert
    } else {
        Identitetsgrunnlagstatus::IngenStatus
    };
    document.identitetsgrunnlag =
        vec![Identitetsgrunnlag { identitetsgrunnlagstatus: checked, ..Identitetsgrunnlag::fra(&first) }];
    document.status = status(world, person, &first);
    document.kjoenn = vec![Personkjoenn { kjoenn: Some(person.sex), ..Personkjoenn::fra(&first) }];
    let here = person.came.is_none() && !person.visitor();
    let land = &facts().land[usize::from(person.land)];
    document.foedsel = vec![Foedsel {
        foedselsdato: Some(born),
        foedselsaar: born.year().to_string(),
        foedekommune_i_norge: here
            .then(|| facts().kommuner[usize::from(person.birthplace)].nummer.to_owned()),
        foedested: (!here).then(|| land.by.to_owned()),
        foedeland: Some(if here { "NOR" } else { land.kode }.to_owned()),
        ..Foedsel::fra(&first)
    }];
    // Hospitals have reported births electronically for some thirty years.
    if here && born.year() >= 1995 {
        document.foedsel_i_norge = vec![FoedselINorge {
            foedselsinstitusjonsnavn: Some(hospital(person.birthplace)),
            rekkefoelgenummer: (person.twin > 0).then_some(i64::from(person.twin)),
            ..FoedselINorge::fra(&first)
        }];
    }
    let Personnavn { fornavn, mellomnavn, etternavn } = navn(person);
    document.navn = vec![Navn { fornavn, mellomnavn, etternavn, ..Navn::fra(&first) }];
    document.statsborgerskap = citizenships(world, person, &first);
    if person.visitor() {
        let digits = u64::from(id) * 7_919_717 % 1_000_000_000;
        document.utenlandsk_personidentifikasjon = vec![Personidentifikasjon {
            identifikasjonsnummer: format!("{digits:09}"),
            identifikasjonsnummertype: "utenlandskIdentifikasjonsnummer".to_owned(),
            utstederland: land.kode.to_owned(),
            ..Personidentifikasjon::fra(&first)
        }];
    }
}

/// A hospital of the county.
fn hospital(kommune: u16) -> String {
    let centre = match facts().kommuner[usize::from(kommune)].fylke() {
        "03" | "32" => "Oslo",
        "11" => "Stavanger",
        "15" => "Ålesund",
        "18" => "Bodø",
        "31" => "Sarpsborg",
        "33" => "Drammen",
        "34" => "Hamar",
        "39" => "Tønsberg",
        "40" => "Skien",
        "42" => "Kristiansand",
        "46" => "Bergen",
        "50" => "Trondheim",
        "55" => "Tromsø",
        _ => "Hammerfest",
    };
    format!("Fødeavdelingen i {centre}")
}

fn status(world: &World, person: &Person, first: &Opphav) -> Vec<Status> {
    let (now, since, cause) = match person.standing {
        Standing::Bosatt => (Personstatus::Bosatt, None, ""),
        Standing::Doed(day) => (Personstatus::Doed, Some(day), "Dødsfall"),
        Standing::Utflyttet(day, _) => (Personstatus::Utflyttet, Some(day), "Utflytting"),
        Standing::Midlertidig(_) => (Personstatus::Midlertidig, None, ""),
        Standing::Inaktiv(day) => (Personstatus::Inaktiv, Some(day), "Inaktivering"),
    };
    let Some(since) = since else { return vec![Status { status: now, ..Status::fra(first) }] };
    let before = if person.visitor() { Personstatus::Midlertidig } else { Personstatus::Bosatt };
    let mut earlier = Status { status: before, ..Status::fra(first) };
    earlier.avslutt(since.moment(0));
    vec![Status { status: now, ..Status::fra(&origin(world, since, 3, cause)) }, earlier]
}

/// Norwegian, foreign, or both: since 2020 one may keep the old when one becomes Norwegian.
fn citizenships(world: &World, person: &Person, first: &Opphav) -> Vec<Statsborgerskap> {
    let one = |land: &str, since: Day, origin: &Opphav| Statsborgerskap {
        statsborgerskap: land.to_owned(),
        ervervsdato: Some(since.date()),
        ..Statsborgerskap::fra(origin)
    };
    if person.land == NORGE {
        return vec![one("NOR", person.born, first)];
    }
    let mut old = one(facts().land[usize::from(person.land)].kode, person.born, first);
    let Some(since) = person.citizen else { return vec![old] };
    if since <= person.born {
        return vec![one("NOR", person.born, first)];
    }
    let norwegian = one("NOR", since, &origin(world, since, 5, "Statsborgerskap"));
    if since.year() < 2020 {
        old.avslutt(since.moment(0));
    }
    vec![norwegian, old]
}

fn migration(world: &World, person: &Person, document: &mut Persondokument) {
    let land = &facts().land[usize::from(person.land)];
    if let Some(came) = person.came {
        let from = if person.land == NORGE { "SWE" } else { land.kode };
        let place = (person.land != NORGE).then(|| land.by.to_owned());
        document.innflytting = vec![Innflytting {
            fraflyttingsland: Some(from.to_owned()),
            fraflyttingssted_i_utlandet: place,
            ..Innflytting::fra(&origin(world, came, 9, "Innflytting"))
        }];
        if land.omraade == Omraade::Ellers && person.citizen.is_none() && person.resident() {
            let permanent = came.age(world.today) >= 5;
            let until = (!permanent)
                .then(|| world.today.plus(60 + (person.born.0.unsigned_abs() % 900) as i32).date());
            document.opphold = vec![Opphold {
                oppholdstillatelse: if permanent { "permanent" } else { "midlertidig" }.to_owned(),
                opphold_fra: Some(came.date()),
                opphold_til: until,
                ..Opphold::fra(&origin(world, came, 20, "Oppholdstillatelse"))
            }];
        }
    }
    if let Standing::Utflyttet(left, to) = person.standing {
        let to = &facts().land[usize::from(to)];
        let moved = origin(world, left, 12, "Utflytting");
        document.utflytting = vec![Utflytting {
            tilflyttingsland: Some(to.kode.to_owned()),
            tilflyttingssted_i_utlandet: Some(to.by.to_owned()),
            utflyttingsdato: Some(left.date()),
            ..Utflytting::fra(&moved)
        }];
        document.postadresse_i_utlandet = vec![abroad(person, to.kode, to.by, &moved)];
    }
}

/// An address in a town abroad.
fn abroad(person: &Person, land: &str, town: &str, origin: &Opphav) -> PostadresseIUtlandet {
    let n = person.born.0.unsigned_abs();
    PostadresseIUtlandet {
        adressegradering: Gradering::Ugradert,
        utenlandsk_adresse: Some(UtenlandskAdresse {
            adressenavn: Some(format!("Central Street {}", n % 180 + 1)),
            postkode: Some(format!("{:05}", n * 31 % 90_000 + 10_000)),
            by_eller_stedsnavn: Some(town.to_owned()),
            landkode: land.to_owned(),
            ..UtenlandskAdresse::default()
        }),
        ..PostadresseIUtlandet::fra(origin)
    }
}

fn addresses(world: &World, id: Id, person: &Person, document: &mut Persondokument) {
    if let Some(home) = person.home {
        let dwelling = &world.homes[home as usize];
        let unborn = person.moved <= person.born;
        let cause = if unborn {
            "Fødsel"
        } else if person.came == Some(person.moved) {
            "Innflytting"
        } else {
            "Flytting innenlands"
        };
        let origin = origin(world, person.moved, 6, cause);
        let mut here = residence(world, home, person.moved, person.protection, &origin);
        if let Some(died) = person.died() {
            here.avslutt(died.moment(0));
        }
        document.bostedsadresse = vec![here];
        if let Some(previous) =
            dwelling.previous.filter(|_| person.here_since() < person.moved && dwelling.since == person.moved)
        {
            let from = person.here_since().max(person.moved.plus(-1500));
            let mut before = residence(
                world,
                previous,
                from,
                Gradering::Ugradert,
                &self::origin(world, from, 8, "Flytting innenlands"),
            );
            before.avslutt(person.moved.moment(0));
            document.bostedsadresse.push(before);
        }
    }
    if let Some((home, from)) = person.second_home {
        let (vegadresse, matrikkeladresse, ukjent_bosted) = place(&world.homes[home as usize]);
        document.delt_bosted = vec![DeltBosted {
            adressegradering: Gradering::Ugradert,
            adresse_identifikator_fra_matrikkelen: entrance(&world.homes[home as usize]),
            vegadresse,
            matrikkeladresse,
            ukjent_bosted,
            startdato_for_kontrakt: Some(from.date()),
            ..DeltBosted::fra(&origin(world, from, 10, "Delt bosted"))
        }];
    }
    if person.protection != Gradering::Ugradert {
        let since = person.moved.max(world.today.plus(-400));
        document.adressebeskyttelse = vec![Adressebeskyttelse {
            graderingsnivaa: person.protection,
            ..Adressebeskyttelse::fra(&origin(world, since, 1, "Adressebeskyttelse"))
        }];
    }
    if person.visitor() {
        stay(world, id, person, document);
    }
}

/// A visitor stays somewhere in Norway, or is written to abroad.
fn stay(world: &World, id: Id, person: &Person, document: &mut Persondokument) {
    let since = origin(world, person.moved, 4, "Tildele d-nummer");
    let land = &facts().land[usize::from(person.land)];
    let lodging = (!world.homes.is_empty() && !id.is_multiple_of(3))
        .then(|| id.wrapping_mul(2_654_435_761) % world.homes.len() as u32);
    let lodging =
        lodging.map(|home| &world.homes[home as usize]).filter(|home| home.address != Address::Unknown);
    match lodging {
        Some(home) => {
            let (vegadresse, matrikkeladresse, _) = place(home);
            document.oppholdsadresse = vec![Oppholdsadresse {
                adresse_identifikator_fra_matrikkelen: entrance(home),
                adressegradering: Gradering::Ugradert,
                vegadresse,
                matrikkeladresse,
                oppholdsadressedato: Some(person.moved.date()),
                ..Oppholdsadresse::fra(&since)
            }];
        }
        None => document.postadresse_i_utlandet = vec![abroad(person, land.kode, land.by, &since)],
    }
}

/// A home as an address of residence.
fn residence(
    world: &World,
    home: HomeId,
    moved: Day,
    protection: Gradering,
    origin: &Opphav,
) -> Bostedsadresse {
    let home = &world.homes[home as usize];
    let (vegadresse, matrikkeladresse, ukjent_bosted) = place(home);
    let known = ukjent_bosted.is_none();
    let street = street(home);
    Bostedsadresse {
        adresse_identifikator_fra_matrikkelen: entrance(home),
        adressegradering: protection,
        vegadresse,
        matrikkeladresse,
        ukjent_bosted,
        flyttedato: Some(moved.date()),
        grunnkrets: known.then_some(grunnkrets(home)),
        stemmekrets: known.then_some(1 + street % 12),
        skolekrets: known.then_some(1 + street % 15),
        kirkekrets: known.then_some(1 + street % 6),
        ..Bostedsadresse::fra(origin)
    }
}

/// The street's number, or the holding's, which decides the districts.
fn street(home: &Home) -> i64 {
    match home.address {
        Address::Street { street, .. } => i64::from(street),
        Address::Property { holding, .. } => i64::from(holding),
        Address::Unknown => 0,
    }
}

/// Basic statistical unit.
pub fn grunnkrets(home: &Home) -> i64 {
    101 + street(home) % 899
}

/// The address's number in Matrikkelen.
pub fn entrance(home: &Home) -> Option<String> {
    (home.address != Address::Unknown).then(|| (100_000_000 + u64::from(home.entrance)).to_string())
}

/// An address in its three forms, of which one holds.
pub fn place(home: &Home) -> (Option<Vegadresse>, Option<Matrikkeladresse>, Option<UkjentBosted>) {
    let kommunenummer = facts().kommuner[usize::from(home.kommune)].nummer.to_owned();
    let bruksenhetsnummer = Some(format!("H{:04}", home.door));
    let bruksenhetstype = Some("bolig".to_owned());
    let poststed = |street: u32| {
        let (code, place) = post(home.kommune, street);
        Some(Poststed { postnummer: Some(code.to_owned()), poststedsnavn: Some(place.to_uppercase()) })
    };
    match home.address {
        Address::Street { street, house, letter } => {
            let street_address = Vegadresse {
                kommunenummer: Some(kommunenummer),
                bruksenhetsnummer,
                bruksenhetstype,
                adressenavn: street_name(home.kommune, street),
                adressekode: Some(format!("{:05}", 1000 + street)),
                adressenummer: Some(Adressenummer {
                    husnummer: house.to_string(),
                    husbokstav: (letter > 0).then(|| char::from(b'A' + letter - 1).to_string()),
                }),
                poststed: poststed(street),
                ..Vegadresse::default()
            };
            (Some(street_address), None, None)
        }
        Address::Property { holding, unit } => {
            let property = Matrikkeladresse {
                matrikkelnummer: Matrikkelnummer {
                    kommunenummer,
                    gaardsnummer: Some(i64::from(holding)),
                    bruksnummer: Some(i64::from(unit)),
                    festenummer: None,
                },
                bruksenhetsnummer,
                bruksenhetstype,
                poststed: poststed(u32::from(holding)),
                ..Matrikkeladresse::default()
            };
            (None, Some(property), None)
        }
        Address::Unknown => (None, None, Some(UkjentBosted { bostedskommune: Some(kommunenummer) })),
    }
}

/// Death, and of the recently dead who answers for the estate.
fn death(world: &World, person: &Person, died: Day, document: &mut Persondokument) {
    document.doedsfall = Some(Doedsfall {
        doedsdato: Some(died.date()),
        ..Doedsfall::fra(&origin(world, died, 2, "Dødsfall"))
    });
    let certificate = died.plus(45);
    if certificate > world.today || died.plus(730) < world.today {
        return;
    }
    let heirs = person.civil.spouse().into_iter().chain(person.children.iter().copied());
    let heir =
        heirs.map(|id| world.person(id)).find(|heir| heir.resident() && heir.born.age(world.today) >= 18);
    let Some(heir) = heir else { return };
    let Some(home) = heir.home.map(|home| &world.homes[home as usize]) else { return };
    let (Some(address), ..) = place(home) else { return };
    let poststed = address.poststed.clone().unwrap_or_default();
    let lines = clients::folkeregister::adresselinjer(&address);
    document.kontaktinformasjon_for_doedsbo = vec![KontaktinformasjonForDoedsbo {
        skifteform: "annet".to_owned(),
        attestutstedelsesdato: Some(certificate.date()),
        adresse: Some(KontaktadresseForDoedsbo {
            adresselinje: lines.into_iter().take(1).collect(),
            postnummer: poststed.postnummer.unwrap_or_default(),
            poststedsnavn: poststed.poststedsnavn.unwrap_or_default(),
            landkode: Some("NOR".to_owned()),
        }),
        person: Some(PersonSomKontakt { foedsels_eller_d_nummer: heir.number, personnavn: None }),
        ..KontaktinformasjonForDoedsbo::fra(&origin(world, certificate, 1, "Skifteattest"))
    }];
}

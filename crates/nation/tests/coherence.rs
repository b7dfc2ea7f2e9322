//! What must hold between the people of a nation, between its registers, and between it and the country it imitates.
//! Checked on what is written out, over several seeds.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests a failure is a panic")]

use std::collections::{BTreeMap, BTreeSet};

use clients::folkeregister::{
    Ansvar, Bostedsadresse, Familierolle, Gradering, Identifikatortype, Nummerstatus, Opplysning as _,
    Persondokument, Personstatus, Sivilstandstype,
};
use clients::kontaktregister::{Reservasjon, Status};
use clients::orgs;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use kernel::id::{Kjoenn, Orgnr, Pid};
use nation::{Nation, Options, generate, mothers};

const TODAY: Date = date(2026, 11, 1);
const SEEDS: [u64; 3] = [1, 2, 77];
const PEOPLE: u32 = 20_000;

fn nations(check: impl Fn(&Nation, &BTreeMap<Pid, Persondokument>)) {
    for seed in SEEDS {
        let nation = generate(&Options { population: PEOPLE, seed, date: TODAY }, &mut |_, _| {});
        let people: BTreeMap<Pid, Persondokument> =
            nation.persons().map(|person| (person.pid().expect("a number in use"), person)).collect();
        assert_eq!(people.len(), PEOPLE as usize, "seed {seed}: a number twice");
        check(&nation, &people);
    }
}

fn resident(person: &Persondokument) -> bool {
    person.gjeldende_status() == Some(Personstatus::Bosatt)
}

fn age(person: &Persondokument) -> i16 {
    person.alder(TODAY).expect("a date of birth")
}

fn born(person: &Persondokument) -> Date {
    person.foedselsdato().expect("a date of birth")
}

#[test]
fn numbers_are_synthetic_and_say_what_the_documents_say() {
    nations(|_, people| {
        for (pid, person) in people {
            assert!(pid.is_synthetic());
            let [number] = person.identifikasjonsnummer.as_slice() else { panic!("one number") };
            assert_eq!(number.status, Nummerstatus::IBruk);
            assert_eq!(number.identifikatortype == Identifikatortype::DNummer, pid.is_d_number());
            let visitor =
                matches!(person.gjeldende_status(), Some(Personstatus::Midlertidig | Personstatus::Inaktiv));
            assert_eq!(visitor, pid.is_d_number());
            let (day, month) =
                (born(person).day() as u8 + if visitor { 40 } else { 0 }, born(person).month() as u8 + 80);
            assert!(pid.as_str().starts_with(&format!("{day:02}{month:02}{:02}", born(person).year() % 100)));
            let odd = (pid.as_str().as_bytes()[8] - b'0') % 2 == 1;
            assert_eq!(odd, person.gjeldende_kjoenn() == Some(Kjoenn::Mann));
        }
    });
}

#[test]
fn families_reach_over_four_generations() {
    nations(|_, people| {
        let parents = |person: &Persondokument| {
            let named = |role| person.relaterte(role).collect::<Vec<Pid>>();
            [Familierolle::Mor, Familierolle::Far, Familierolle::Medmor].map(named).concat()
        };
        let older = |of: BTreeSet<Pid>| -> BTreeSet<Pid> {
            of.iter().filter_map(|pid| people.get(pid)).flat_map(parents).collect()
        };
        let minors: Vec<Pid> = people
            .iter()
            .filter(|(_, person)| resident(person) && age(person) < 18)
            .map(|(pid, _)| *pid)
            .collect();
        let four = minors.iter().filter(|child| !older(older(older(BTreeSet::from([**child])))).is_empty());
        // A great-grandparent, dead or alive, is in the register for one child in four.
        let share = four.count() * 100 / minors.len();
        assert!(share >= 20, "{share} % of the children have a great-grandparent");
    });
}

#[test]
fn every_relation_is_mutual_and_ages_fit() {
    nations(|_, people| {
        let mut children = 0;
        for (pid, person) in people {
            for relation in &person.familierelasjon {
                let other = relation.relatert_person.expect("a known person");
                let theirs = &people[&other].familierelasjon;
                let back = theirs.iter().find(|back| {
                    back.relatert_person == Some(*pid)
                        && Some(back.relatert_persons_rolle) == relation.min_rolle_for_person
                });
                let back = back.expect("the relation on the other side");
                assert_eq!(back.min_rolle_for_person, Some(relation.relatert_persons_rolle));
                assert_eq!(back.er_gjeldende, relation.er_gjeldende);
            }
            let parents: Vec<Pid> = person.foreldre();
            assert!(parents.len() <= 2 && !parents.contains(pid));
            let given_birth = person.relaterte(Familierolle::Mor).count();
            assert!(parents.is_empty() || given_birth == 1, "exactly one gave birth");
            for parent in &parents {
                let parent = &people[parent];
                let years = parent.alder(born(person)).expect("a date of birth");
                assert!((16..=66).contains(&years), "a parent at {years}");
                assert!(parent.doedsdato().is_none_or(|died| died.saturating_add(250.days()) > born(person)));
            }
            for mother in person.relaterte(Familierolle::Mor) {
                let mother = &people[&mother];
                assert_eq!(mother.gjeldende_kjoenn(), Some(Kjoenn::Kvinne));
                assert!((16..=47).contains(&mother.alder(born(person)).expect("born")));
                assert!(mother.doedsdato().is_none_or(|died| died >= born(person)));
            }
            for far in person.relaterte(Familierolle::Far) {
                assert_eq!(people[&far].gjeldende_kjoenn(), Some(Kjoenn::Mann));
            }
            for medmor in person.relaterte(Familierolle::Medmor) {
                assert_eq!(people[&medmor].gjeldende_kjoenn(), Some(Kjoenn::Kvinne));
                assert!(born(person).year() >= 2009);
            }
            if resident(person) && age(person) < 18 {
                children += 1;
                let here = parents.iter().filter(|parent| resident(&people[*parent]));
                let homes: Vec<_> =
                    here.filter_map(|parent| people[parent].gjeldende_bostedsadresse()).collect();
                let own = person.gjeldende_bostedsadresse().expect("a home");
                assert!(homes.iter().any(|home| same_home(home, own)), "a minor lives with a parent");
            }
            // Births of one mother lie months apart, or on one day.
            let mut births: Vec<Date> = person
                .familierelasjon
                .iter()
                .filter(|relation| relation.min_rolle_for_person == Some(Familierolle::Mor))
                .filter_map(|relation| Some(born(&people[&relation.relatert_person?])))
                .collect();
            births.sort();
            for pair in births.windows(2) {
                let days = pair[0].duration_until(pair[1]).as_hours() / 24;
                assert!(days == 0 || days > 270, "{days} days between births");
            }
        }
        assert!(children > 3000, "{children}");
    });
}

fn same_home(one: &Bostedsadresse, other: &Bostedsadresse) -> bool {
    one.vegadresse == other.vegadresse
        && one.matrikkeladresse == other.matrikkeladresse
        && one.ukjent_bosted == other.ukjent_bosted
        && one.adresse_identifikator_fra_matrikkelen == other.adresse_identifikator_fra_matrikkelen
}

#[test]
fn marriages_are_mutual_and_end_as_the_law_knows() {
    nations(|_, people| {
        let mut seen = BTreeMap::new();
        for (pid, person) in people {
            let now = person.gjeldende_sivilstand().expect("a marital status");
            *seen.entry(format!("{:?}", now.sivilstand)).or_insert(0) += 1;
            let wedding = person.sivilstand.iter().find(|entry| entry.sivilstand == Sivilstandstype::Gift);
            let ever = !matches!(now.sivilstand, Sivilstandstype::Ugift | Sivilstandstype::Uoppgitt);
            assert_eq!(now.relatert_ved_sivilstand.is_some(), ever);
            assert_eq!(wedding.is_some(), ever);
            assert_eq!(person.sivilstand.iter().filter(|entry| entry.er_gjeldende()).count(), 1);
            let (Some(wedding), Some(spouse)) = (wedding, now.relatert_ved_sivilstand) else { continue };
            let other = &people[&spouse];
            let theirs = other.gjeldende_sivilstand().expect("a marital status");
            assert_eq!(theirs.relatert_ved_sivilstand, Some(*pid));
            let day = wedding.sivilstandsdato.expect("a day");
            assert!(person.alder(day).expect("born") >= 18, "wed as a minor");
            assert!(day <= TODAY && now.sivilstandsdato.expect("a day") >= day);
            match now.sivilstand {
                Sivilstandstype::Gift if person.er_doed() => {
                    assert_eq!(theirs.sivilstand, Sivilstandstype::EnkeEllerEnkemann);
                }
                Sivilstandstype::EnkeEllerEnkemann => assert_eq!(other.doedsdato(), now.sivilstandsdato),
                same => assert_eq!((theirs.sivilstand, theirs.sivilstandsdato), (same, now.sivilstandsdato)),
            }
        }
        for state in ["Ugift", "Gift", "Separert", "Skilt", "EnkeEllerEnkemann", "Uoppgitt"] {
            assert!(seen.contains_key(state), "nobody is {state}: {seen:?}");
        }
    });
}

#[test]
fn nothing_happens_before_birth_or_after_today() {
    nations(|_, people| {
        let end = TODAY
            .saturating_add(1.days())
            .at(0, 0, 0, 0)
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .expect("a moment");
        for person in people.values() {
            let value = serde_json::to_value(person).expect("JSON");
            let born = born(person);
            moments(&value, &mut |name, text| {
                if let Ok(moment) = text.parse::<Timestamp>() {
                    assert!(moment < end.timestamp(), "{name}: {text} has not come");
                    let day = moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
                    assert!(day >= born, "{name}: {text} before {born}");
                } else if let Ok(day) = text.parse::<Date>() {
                    assert!(day >= born, "{name}: {text} before {born}");
                    assert!(
                        day <= TODAY || ["oppholdTil", "gyldigTil"].contains(&name),
                        "{name}: {text} has not come"
                    );
                }
            });
            assert!(person.status.iter().filter(|entry| entry.er_gjeldende).count() == 1);
            assert_eq!(person.doedsdato().is_some(), person.gjeldende_status() == Some(Personstatus::Doed));
        }
    });
}

fn moments(value: &serde_json::Value, visit: &mut impl FnMut(&str, &str)) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, inner) in fields {
                if let Some(text) = inner.as_str().filter(|text| text.contains('-') && text.len() >= 10) {
                    visit(name, text);
                }
                moments(inner, visit);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| moments(item, visit)),
        _ => {}
    }
}

#[test]
fn homes_are_in_their_municipality_and_hold_one_household() {
    nations(|_, people| {
        // What the data files say, read again: number, and post codes with their places.
        let text = include_str!("../data/kommuner.tsv");
        let mut codes: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
        for row in text.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = row.split('\t').collect();
            for (place, all) in fields[4].split("; ").filter_map(|place| place.split_once(": ")) {
                let pairs = all.split(' ').map(|code| (code.to_owned(), place.to_uppercase()));
                codes.entry(fields[0]).or_default().extend(pairs);
            }
        }
        let mut municipalities = BTreeSet::new();
        let mut grown: BTreeMap<String, Vec<&Persondokument>> = BTreeMap::new();
        let mut matrikkel = 0;
        for person in people.values() {
            if !resident(person) {
                assert!(person.gjeldende_bostedsadresse().is_none(), "only residents live here");
                continue;
            }
            let home = person.gjeldende_bostedsadresse().expect("residents have a home");
            assert_eq!(home.adressegradering, person.gradering());
            let kommune = person.bostedskommune().expect("a municipality");
            municipalities.insert(kommune.to_owned());
            let post = match (&home.vegadresse, &home.matrikkeladresse, &home.ukjent_bosted) {
                (Some(street), None, None) => street.poststed.clone(),
                (None, Some(property), None) => property.poststed.clone(),
                (None, None, Some(_)) => continue,
                other => panic!("exactly one form of address: {other:?}"),
            };
            matrikkel += usize::from(home.matrikkeladresse.is_some());
            let post = post.expect("a post town");
            let pair = (post.postnummer.expect("a code"), post.poststedsnavn.expect("a place"));
            assert!(codes[kommune].contains(&pair), "{pair:?} in {kommune}");
            let key = serde_json::to_string(&(&home.vegadresse, &home.matrikkeladresse)).expect("JSON");
            grown.entry(key).or_default().push(person);
        }
        assert!(municipalities.len() > 300, "{}", municipalities.len());
        assert!(matrikkel > 0);
        for members in grown.values() {
            let adults = members.iter().filter(|person| age(person) >= 18).count();
            assert!((1..=9).contains(&adults), "{adults} grown people in one home");
            assert!(members.len() <= 14, "{} people in one home", members.len());
        }
    });
}

#[test]
fn responsibility_is_with_living_parents_and_stands_on_both_sides() {
    nations(|_, people| {
        let mut kinds = BTreeSet::new();
        for (pid, person) in people {
            for entry in &person.foreldreansvar {
                let (adult, child) =
                    (entry.ansvarlig.expect("an adult"), entry.ansvarssubjekt.expect("a child"));
                assert!(adult == *pid || child == *pid);
                let other = if adult == *pid { child } else { adult };
                assert!(people[&other].foreldreansvar.contains(entry));
                assert!(people[&child].foreldre().contains(&adult));
                assert!(!people[&adult].er_doed() && age(&people[&child]) < 18);
                kinds.insert(format!("{:?}", entry.ansvar));
            }
            if resident(person) && age(person) < 18 {
                let own = person.foreldreansvar.iter().filter(|entry| entry.ansvarssubjekt == Some(*pid));
                let own: Vec<_> = own.collect();
                assert!((1..=2).contains(&own.len()));
                assert!(own.iter().all(|entry| (entry.ansvar == Ansvar::Felles) == (own.len() == 2)));
            } else {
                assert!(person.foreldreansvar.iter().all(|entry| entry.ansvarlig == Some(*pid)));
            }
        }
        assert!(["Felles", "Mor"].iter().all(|kind| kinds.contains(*kind)), "{kinds:?}");
    });
}

#[test]
fn guardians_protection_and_shared_homes_are_there() {
    nations(|_, people| {
        let levels = [Gradering::Klientadresse, Gradering::Fortrolig, Gradering::StrengtFortrolig];
        for level in levels {
            let count = people.values().filter(|person| person.gradering() == level).count();
            assert!((2..=40).contains(&count), "{level:?}: {count}");
        }
        let mut wards = 0;
        for (pid, person) in people {
            for entry in &person.vergemaal {
                let guardian = entry.verge.foedsels_eller_d_nummer.expect("a guardian with a number");
                let guardian = &people[&guardian];
                assert!(guardian.pid() != Some(*pid) && resident(guardian) && age(guardian) >= 18);
                assert!(guardian.vergemaal.is_empty(), "a guardian under guardianship");
                assert!(!entry.verge.tjenesteomraade.is_empty());
                wards += 1;
            }
            for shared in &person.delt_bosted {
                let parents = person.foreldre();
                let homes = parents.iter().filter_map(|parent| people[parent].gjeldende_bostedsadresse());
                assert!(homes.into_iter().any(|home| home.vegadresse == shared.vegadresse
                    && home.matrikkeladresse == shared.matrikkeladresse));
                assert!(age(person) < 18);
            }
        }
        assert!((60..400).contains(&wards), "{wards}");
        assert!(people.values().filter(|person| !person.delt_bosted.is_empty()).count() > 20);
    });
}

#[test]
fn contact_details_and_mailboxes_are_of_the_living_and_have_the_gaps_of_real_life() {
    nations(|nation, people| {
        let mailboxes: BTreeMap<Pid, String> =
            nation.mailboxes().map(|one| (one.personidentifikator, one.postkasseadresse)).collect();
        assert_eq!(mailboxes.values().collect::<BTreeSet<_>>().len(), mailboxes.len(), "an address twice");
        let (mut known, mut reserved, mut mailless, mut phoneless, mut boxes) = (0, 0, 0, 0, 0);
        let mut lines = BTreeSet::new();
        for line in nation.contacts() {
            let person = &people[&line.personidentifikator];
            assert!(lines.insert(line.personidentifikator), "a line twice");
            assert!(!person.er_doed() && line.status == Status::Aktiv && line.varslingsstatus.is_none());
            assert_eq!(
                line.digital_post.as_ref().map(|post| &post.postkasseadresse),
                mailboxes.get(&line.personidentifikator)
            );
            let contact = line.kontaktinformasjon.clone().unwrap_or_default();
            assert_eq!(contact.epostadresse.is_some(), contact.epostadresse_oppdatert.is_some());
            assert!(contact.epostadresse.as_ref().is_none_or(|email| email.len() <= 50 && email.is_ascii()));
            assert!(contact.epostadresse_oppdatert <= contact.epostadresse_sist_verifisert);
            let opted_out = line.reservasjon == Reservasjon::Ja;
            assert!(!(opted_out && line.digital_post.is_some()), "the reserved have no mailbox");
            known += 1;
            reserved += u32::from(opted_out);
            mailless += u32::from(contact.epostadresse.is_none());
            phoneless += u32::from(contact.mobiltelefonnummer.is_none());
            boxes += u32::from(line.digital_post.is_some());
        }
        assert_eq!(boxes as usize, mailboxes.len());
        let share = |part: u32, of: u32| part * 1000 / of;
        // KRR: fewer than 4.6 of 5.6 million.
        assert!((760..880).contains(&share(known, 18_000)), "{}", share(known, 18_000));
        assert!((15..90).contains(&share(reserved, known)), "{}", share(reserved, known));
        assert!((40..110).contains(&share(mailless, known)), "{}", share(mailless, known));
        assert!((15..60).contains(&share(phoneless, known)), "{}", share(phoneless, known));
        assert!((500..800).contains(&share(boxes, known)), "{}", share(boxes, known));
    });
}

#[test]
fn caseworkers_are_grown_people_at_nav() {
    nations(|nation, people| {
        let all: Vec<_> = nation.caseworkers().collect();
        assert!(all.len() >= 2);
        for one in all {
            let person = &people[&one.personidentifikator];
            assert!(resident(person) && age(person) >= 18 && person.gradering() == Gradering::Ugradert);
            assert_eq!((one.rolle.as_str(), one.orgnr.as_str()), ("saksbehandler", orgs::NAV.orgnr));
            assert_eq!(one.navn, person.fullt_navn());
        }
    });
}

#[test]
fn mothers_are_women_whose_case_a_machine_may_decide() {
    let promise = |nation: &Nation, people: &BTreeMap<Pid, Persondokument>, least: usize| {
        let contacts: BTreeMap<Pid, _> =
            nation.contacts().map(|line| (line.personidentifikator, line)).collect();
        let limit = TODAY
            .saturating_sub(18.months())
            .at(0, 0, 0, 0)
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .expect("a moment")
            .timestamp();
        let reached = |pid: &Pid| {
            contacts.get(pid).is_some_and(|line| {
                let contact = line.kontaktinformasjon.clone().unwrap_or_default();
                let fresh =
                    contact.epostadresse_sist_verifisert.max(contact.mobiltelefonnummer_sist_verifisert);
                line.reservasjon == Reservasjon::Nei && line.digital_post.is_some() && fresh > Some(limit)
            })
        };
        let all = mothers(nation);
        assert!(all.len() >= least, "{} mothers", all.len());
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().take(100).all(reached), "the first are reached in a mailbox");
        let share = all.iter().filter(|pid| reached(pid)).count() * 100 / all.len();
        assert!((60..95).contains(&share), "{share} % are reached");
        for pid in &all {
            let person = &people[pid];
            assert!(resident(person) && person.gjeldende_kjoenn() == Some(Kjoenn::Kvinne));
            assert!((20..=42).contains(&age(person)));
            assert!(person.har_statsborgerskap("NOR") && person.innflytting.is_empty());
            assert!(person.gradering() == Gradering::Ugradert && person.vergemaal.is_empty());
            assert!(person.gjeldende_bostedsadresse().is_some_and(|home| home.vegadresse.is_some()));
            for child in person.relaterte(Familierolle::Barn) {
                assert!(born(&people[&child]) <= TODAY.saturating_sub(5.months()));
            }
        }
        let first: Vec<i16> = all.iter().take(30).map(|pid| age(&people[pid])).collect();
        assert!(!first.is_sorted(), "in a varied order");
    };
    for (population, least) in [(3000, 150), (10_000, 500)] {
        let nation = generate(&Options { population, seed: 1, date: TODAY }, &mut |_, _| {});
        let people = nation.persons().map(|person| (person.pid().expect("a number"), person)).collect();
        promise(&nation, &people, least);
    }
    nations(|nation, people| promise(nation, people, 1000));
}

#[test]
fn businesses_have_people_of_the_nation() {
    nations(|nation, people| {
        let mut numbers = BTreeSet::new();
        let (mut employed, mut forms) = (BTreeSet::new(), BTreeMap::new());
        for one in nation.businesses() {
            let unit = &one.enhet;
            assert!(numbers.insert(unit.organisasjonsnummer) && unit.organisasjonsnummer.is_synthetic());
            assert_eq!(Orgnr::parse(unit.organisasjonsnummer.as_str()), Ok(unit.organisasjonsnummer));
            *forms.entry(unit.organisasjonsform.kode.clone()).or_insert(0) += 1;
            for place in &one.underenheter {
                assert!(
                    numbers.insert(place.organisasjonsnummer)
                        && place.overordnet_enhet == unit.organisasjonsnummer
                );
            }
            assert_eq!(unit.antall_ansatte.is_some(), one.ansatte.len() >= 5);
            for employee in &one.ansatte {
                let person = &people[&employee.personidentifikator];
                assert!(resident(person) && person.alder(employee.ansettelsesdato).expect("born") >= 18);
                assert!(
                    one.underenheter.iter().any(|place| place.organisasjonsnummer == employee.underenhet)
                );
                assert!(employed.insert(employee.personidentifikator), "employed twice");
                assert!((1..=100).contains(&employee.stillingsprosent));
            }
            let shares: i64 = one.eiere.iter().map(|owner| owner.antall_aksjer).sum();
            assert_eq!(shares, unit.kapital.as_ref().and_then(|capital| capital.antall_aksjer).unwrap_or(0));
            for role in one.rollegrupper.iter().flat_map(|group| &group.roller) {
                let holder = role.person.as_ref().expect("a person");
                let person = &people[&holder.fodselsnummer.expect("a number")];
                assert_eq!(Some(holder.fodselsdato), person.foedselsdato());
                assert!(resident(person) && age(person) >= 18);
                assert!(unit.organisasjonsform.kode == "KOMM" || person.gradering() == Gradering::Ugradert);
            }
        }
        assert!(orgs::ALL.iter().all(|org| numbers.contains(&Orgnr::parse(org.orgnr).expect("valid"))));
        assert!(
            ["ENK", "AS", "FLI", "DA", "KOMM"]
                .iter()
                .all(|form| forms.get(*form).is_some_and(|count| *count > 5)),
            "{forms:?}"
        );
        assert!((6500..9500).contains(&employed.len()), "{}", employed.len());
    });
}

#[test]
fn shares_are_near_those_of_the_country() {
    nations(|_, people| {
        let all: Vec<&Persondokument> = people.values().filter(|person| resident(person)).collect();
        let of = |what: &str, low: usize, high: usize, part: usize, whole: usize| {
            let share = part * 1000 / whole.max(1);
            assert!((low..=high).contains(&share), "{what}: {share} of a thousand, not {low}–{high}");
        };
        let count = |fits: &dyn Fn(&Persondokument) -> bool| all.iter().filter(|person| fits(person)).count();
        of("residents", 895, 905, all.len(), PEOPLE as usize);
        of("women", 485, 505, count(&|p| p.gjeldende_kjoenn() == Some(Kjoenn::Kvinne)), all.len());
        of("children", 190, 212, count(&|p| age(p) < 18), all.len());
        of("over 66", 155, 190, count(&|p| age(p) >= 67), all.len());
        let state = |state: Sivilstandstype| {
            count(&|p| p.gjeldende_sivilstand().is_some_and(|now| now.sivilstand == state))
        };
        of("married", 300, 360, state(Sivilstandstype::Gift), all.len());
        of("widowed", 28, 50, state(Sivilstandstype::EnkeEllerEnkemann), all.len());
        of("divorced", 60, 115, state(Sivilstandstype::Skilt), all.len());
        of("born abroad", 140, 185, count(&|p| p.foedsel[0].foedeland.as_deref() != Some("NOR")), all.len());
        of("in Oslo", 115, 145, count(&|p| p.bostedskommune() == Some("0301")), all.len());

        let mut homes: BTreeMap<String, Vec<&Persondokument>> = BTreeMap::new();
        for person in &all {
            let home = person.gjeldende_bostedsadresse().expect("a home");
            if home.ukjent_bosted.is_none() {
                homes
                    .entry(serde_json::to_string(&(&home.vegadresse, &home.matrikkeladresse)).expect("JSON"))
                    .or_default()
                    .push(person);
            }
        }
        of(
            "living alone, of the homes",
            330,
            460,
            homes.values().filter(|home| home.len() == 1).count(),
            homes.len(),
        );
        of("people in a home, thousandths", 1950, 2400, all.len(), homes.len());

        let children: Vec<_> = all.iter().filter(|person| age(person) < 18).collect();
        let with = |person: &Persondokument| {
            let own = person.gjeldende_bostedsadresse().expect("a home");
            let parents = person.foreldre();
            parents
                .iter()
                .filter_map(|p| people[p].gjeldende_bostedsadresse())
                .filter(|home| same_home(home, own))
                .count()
        };
        of(
            "children with both parents",
            700,
            850,
            children.iter().filter(|c| with(c) == 2).count(),
            children.len(),
        );
        of(
            "children with siblings",
            720,
            900,
            children
                .iter()
                .filter(|c| c.foreldre().iter().any(|p| people[p].relaterte(Familierolle::Barn).count() > 1))
                .count(),
            children.len(),
        );
        of("dead", 40, 75, people.values().filter(|p| p.er_doed()).count(), people.len());
        of(
            "names shared with a parent",
            850,
            1000,
            children
                .iter()
                .filter(|c| {
                    let own = c.gjeldende_navn().expect("a name");
                    c.foreldre().iter().any(|p| {
                        let theirs = people[p].gjeldende_navn().expect("a name");
                        let all = [Some(&theirs.etternavn), theirs.mellomnavn.as_ref()];
                        all.contains(&Some(&own.etternavn))
                    })
                })
                .count(),
            children.len(),
        );
    });
}

/// The nation is like the country that it imitates; small counties and single names vary with chance.
#[test]
fn a_nation_is_like_what_is_published() {
    let summary = generate(&Options { population: 60_000, seed: 1, date: TODAY }, &mut |_, _| {}).summary();
    for figure in &summary.0 {
        let most = match figure.topic {
            "Municipalities" | "Surnames" | "First names of the 2010s" | "Legal forms" => continue,
            "Counties" => 12.0,
            _ => 8.0,
        };
        assert!(
            figure.deviation().abs() < most,
            "{} {}: {:.1} %",
            figure.topic,
            figure.what,
            figure.deviation()
        );
    }
    let table = summary.to_string();
    assert!(table.contains("Municipalities (per cent)") && table.contains("0301 Oslo"), "{table}");
}

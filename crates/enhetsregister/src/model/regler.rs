//! The rules of the forms: what a unit of each must have. Each refusal names its law.

use clients::enhetsregister::{Kapital, Rolle, Rollegruppe};
use kernel::id::Pid;

use super::soek::Ugyldig;

/// Forms that notices can register.
pub const FORMER: [&str; 9] = ["ENK", "AS", "ASA", "ANS", "DA", "FLI", "SA", "STI", "NUF"];
/// Groups of roles that notices can fill, with their kinds.
pub const ROLLER: [(&str, &[&str]); 11] = [
    ("DAGL", &["DAGL"]),
    ("STYR", &["LEDE", "NEST", "MEDL", "VARA", "OBS"]),
    ("INNH", &["INNH"]),
    ("DELT", &["DTPR", "DTSO"]),
    ("REVI", &["REVI"]),
    ("REGN", &["REGN"]),
    ("KONT", &["KONT"]),
    ("FFØR", &["FFØR"]),
    ("REPR", &["REPR"]),
    ("SIGN", &["SIGN", "SIFE", "SIHV"]),
    ("PROK", &["PROK", "POFE", "POHV"]),
];

/// The group of a kind of role that notices can fill.
pub fn gruppe(rolle: &str) -> Option<&'static str> {
    ROLLER.iter().find(|(_, kinds)| kinds.contains(&rolle)).map(|(group, _)| *group)
}

/// Collects what is wrong: the field, and why.
#[derive(Debug, Default)]
pub struct Brudd(pub Vec<Ugyldig>);

impl Brudd {
    /// Notes that `fits` does not hold.
    pub fn krev(&mut self, fits: bool, felt: &str, melding: impl Into<String>) {
        if !fits {
            self.0.push(Ugyldig {
                parameter: felt.to_owned(),
                melding: melding.into(),
                verdi: String::new(),
            });
        }
    }
}

/// A name and what it must say of the form.
pub fn navn(brudd: &mut Brudd, form: &str, navn: &str, grupper: &[Rollegruppe]) {
    let length = navn.trim().chars().count();
    brudd.krev((1..=180).contains(&length), "navn", "Navnet skal ha 1 til 180 tegn");
    let words = super::ord(navn);
    brudd.krev(!words.is_empty(), "navn", "Navnet skal ha bokstaver eller tall");
    let has = |any: &[&str]| any.iter().any(|word| words.iter().any(|own| own == word));
    let (fits, what) = match form {
        "AS" => (has(&["as", "aksjeselskap"]), "ordet aksjeselskap eller forkortelsen AS"),
        "ASA" => (has(&["asa", "allmennaksjeselskap"]), "ordet allmennaksjeselskap eller forkortelsen ASA"),
        "ANS" => (
            has(&["ans"]) || has(&["ansvarlig"]) && has(&["selskap"]),
            "ansvarlig selskap eller forkortelsen ANS",
        ),
        "DA" => (
            has(&["da"]) || has(&["delt"]) && has(&["ansvar"]),
            "selskap med delt ansvar eller forkortelsen DA",
        ),
        "SA" => (has(&["sa", "samvirkeforetak"]), "ordet samvirkeforetak eller forkortelsen SA"),
        "ENK" => {
            let owner = roller(grupper, "INNH").find_map(|role| role.person.as_ref());
            let fits = owner.is_none_or(|owner| {
                let own = super::ord(&owner.navn.etternavn);
                !own.is_empty() && own.iter().all(|part| words.contains(part))
            });
            (fits, "innehaverens etternavn")
        }
        // The names of foundations and associations need not say what they are, and foreign ones say it in their own language.
        _ => return,
    };
    brudd.krev(fits, "navn", format!("Navnet skal inneholde {what} (foretaksnavneloven § 2-2)"));
    // Other abbreviations of forms are words too, in Norwegian or in names.
    let other = ["as", "asa", "ans"].iter().find(|word| **word != form.to_lowercase() && has(&[word]));
    brudd.krev(
        other.is_none(),
        "navn",
        "Navnet kan ikke ha betegnelsen på en annen foretaksform (foretaksnavneloven § 2-2)",
    );
}

/// Capital: how much the form demands.
pub fn kapital(brudd: &mut Brudd, form: &str, kapital: Option<&Kapital>) {
    let (least, law) = match form {
        "AS" => (30_000, "aksjeloven § 3-1"),
        "ASA" => (1_000_000, "allmennaksjeloven § 3-1"),
        "STI" => (100_000, "stiftelsesloven § 14"),
        _ => {
            brudd.krev(
                kapital.is_none_or(|own| own.belop > 0),
                "kapital.belop",
                "Beløpet skal være større enn 0",
            );
            brudd.krev(
                kapital.is_none_or(|own| own.antall_aksjer.is_none()),
                "kapital.antallAksjer",
                "Bare aksjeselskap har aksjer",
            );
            return;
        }
    };
    let Some(own) = kapital else {
        return brudd.krev(false, "kapital", format!("Kapital på minst {least} kroner mangler ({law})"));
    };
    brudd.krev(
        own.belop >= least,
        "kapital.belop",
        format!("Kapitalen skal være minst {least} kroner ({law})"),
    );
    if form == "STI" {
        brudd.krev(own.antall_aksjer.is_none(), "kapital.antallAksjer", "En stiftelse har ikke aksjer");
    } else {
        let shares = own.antall_aksjer.unwrap_or_default();
        brudd.krev(
            shares >= 1,
            "kapital.antallAksjer",
            format!("Kapitalen skal være delt i én eller flere aksjer ({law})"),
        );
    }
}

fn roller<'a>(grupper: &'a [Rollegruppe], gruppe: &'a str) -> impl Iterator<Item = &'a Rolle> {
    let groups = grupper.iter().filter(move |group| group.kind.kode == gruppe);
    groups.flat_map(|group| &group.roller).filter(|role| !role.fratraadt && !role.avregistrert)
}

fn nummer(role: &Rolle) -> Option<Pid> {
    role.person.as_ref()?.fodselsnummer
}

fn personer<'a>(grupper: &'a [Rollegruppe], gruppe: &'a str) -> impl Iterator<Item = Pid> {
    roller(grupper, gruppe).filter_map(nummer)
}

fn er_medlem(role: &Rolle) -> bool {
    matches!(role.kind.kode.as_str(), "LEDE" | "NEST" | "MEDL")
}

/// How many sit on the board, deputies and observers not counted.
pub fn styremedlemmer(grupper: &[Rollegruppe]) -> usize {
    roller(grupper, "STYR").filter(|role| er_medlem(role)).count()
}

fn antall(grupper: &[Rollegruppe], gruppe: &str, kinds: &[&str]) -> usize {
    roller(grupper, gruppe).filter(|role| kinds.contains(&role.kind.kode.as_str())).count()
}

/// Roles: who must be there, and who may not.
pub fn rollene(brudd: &mut Brudd, form: &str, grupper: &[Rollegruppe]) {
    let allowed: &[&str] = match form {
        "ENK" => &["INNH", "DAGL", "REGN", "REVI", "KONT", "PROK"],
        "ANS" | "DA" => &["DELT", "DAGL", "STYR", "REGN", "REVI", "KONT", "SIGN", "PROK"],
        "NUF" => &["DAGL", "STYR", "REPR", "REGN", "REVI", "KONT", "SIGN", "PROK"],
        _ => &["DAGL", "STYR", "REGN", "REVI", "KONT", "FFØR", "SIGN", "PROK"],
    };
    // Of other forms, which were loaded, we do not know which roles they have.
    let known = FORMER.contains(&form);
    for group in grupper.iter().filter(|group| known && !allowed.contains(&group.kind.kode.as_str())) {
        brudd.krev(false, "roller", format!("{} finnes ikke i {form}", group.kind.beskrivelse));
    }
    let directors = styremedlemmer(grupper);
    let leaders = antall(grupper, "STYR", &["LEDE"]);
    let managers = antall(grupper, "DAGL", &["DAGL"]);
    let board = |brudd: &mut Brudd, least: usize, law: &str| {
        brudd.krev(
            directors >= least,
            "roller",
            format!("Styret skal ha minst {least} medlem (LEDE, NEST, MEDL; {law})"),
        );
        // A board of one leads itself.
        brudd.krev(leaders == 1 || directors <= 1, "roller", format!("Styret skal ha én leder ({law})"));
    };
    match form {
        "ENK" => {
            let owners = roller(grupper, "INNH").count();
            let person = roller(grupper, "INNH").all(|role| role.person.is_some());
            brudd.krev(
                owners == 1 && person,
                "roller",
                "Et enkeltpersonforetak har én innehaver, som er en person (enhetsregisterloven § 5)",
            );
        }
        "AS" => board(brudd, 1, "aksjeloven § 6-1"),
        "ASA" => {
            board(brudd, 3, "allmennaksjeloven § 6-1");
            brudd.krev(managers >= 1, "roller", "Daglig leder mangler (allmennaksjeloven § 6-2)");
            brudd.krev(
                roller(grupper, "REVI").count() >= 1,
                "roller",
                "Revisor mangler (allmennaksjeloven § 7-1)",
            );
            let both = personer(grupper, "DAGL").any(|manager| {
                roller(grupper, "STYR").any(|role| er_medlem(role) && nummer(role) == Some(manager))
            });
            brudd.krev(
                !both,
                "roller",
                "Daglig leder kan ikke være medlem av styret (allmennaksjeloven § 6-1)",
            );
        }
        "SA" => board(brudd, 3, "samvirkelova § 64"),
        "STI" => board(brudd, 1, "stiftelsesloven"),
        "FLI" => {
            let own = ["STYR", "DAGL", "FFØR"].iter().any(|group| personer(grupper, group).next().is_some());
            let contacts = personer(grupper, "KONT").count();
            brudd.krev(
                own || contacts >= 1,
                "roller",
                "Styre, daglig leder, forretningsfører eller kontaktperson mangler (enhetsregisterloven § 5)",
            );
            brudd.krev(
                !own || contacts == 0,
                "roller",
                "En forening med personer i styret eller ledelsen har ikke kontaktperson",
            );
            brudd.krev(leaders == 1 || directors == 0, "roller", "Styret skal ha én leder (LEDE)");
        }
        "ANS" | "DA" => deltakere(brudd, form, grupper),
        "NUF" => {
            let known = managers + roller(grupper, "REPR").count() + roller(grupper, "KONT").count();
            brudd.krev(
                known >= 1,
                "roller",
                "Daglig leder, norsk representant eller kontaktperson mangler (enhetsregisterloven § 5)",
            );
        }
        _ => {}
    }
    for group in ["STYR", "INNH", "KONT"] {
        let persons = roller(grupper, group).all(|role| role.person.is_some());
        brudd.krev(persons, "roller", format!("{group}: rollen skal innehas av en person"));
    }
    let persons = roller(grupper, "DAGL").all(|role| role.person.is_some());
    let contact = !matches!(form, "AS" | "ASA") && personer(grupper, "KONT").next().is_some();
    brudd.krev(
        persons || contact,
        "roller",
        "DAGL: er daglig leder ikke en person, skal en kontaktperson meldes (enhetsregisterloven § 5)",
    );
    for (group, joint) in [("SIGN", "SIFE"), ("PROK", "POFE")] {
        brudd.krev(
            antall(grupper, group, &[joint]) != 1,
            "roller",
            format!("{joint}: i fellesskap krever minst to"),
        );
    }
}

fn deltakere(brudd: &mut Brudd, form: &str, grupper: &[Rollegruppe]) {
    let partners: Vec<_> = roller(grupper, "DELT").collect();
    brudd.krev(partners.len() >= 2, "roller", "Selskapet skal ha minst to deltakere (selskapsloven § 1-1)");
    let kind = if form == "ANS" { "DTSO" } else { "DTPR" };
    let fits = partners.iter().all(|partner| partner.kind.kode == kind);
    brudd.krev(fits, "roller", format!("Deltakerne i {form} registreres som {kind} (selskapsloven § 1-2)"));
    if form == "ANS" {
        let none = partners.iter().all(|partner| partner.ansvarsandel.is_none());
        brudd.krev(
            none,
            "roller",
            "Deltakerne i ANS svarer for hele gjelden og har ingen andel (selskapsloven § 2-4)",
        );
        return;
    }
    let shares: Option<Vec<(u128, u128)>> =
        partners.iter().map(|partner| partner.ansvarsandel.as_deref().and_then(andel)).collect();
    // Sums of fractions stay exact; so many partners that a denominator outgrows its room are refused.
    let sum = shares.and_then(|shares| {
        shares.iter().try_fold((0_u128, 1_u128), |(n, d), (teller, nevner)| {
            let (top, bottom) =
                (n.checked_mul(*nevner)?.checked_add(teller.checked_mul(d)?)?, d.checked_mul(*nevner)?);
            let by = felles_faktor(top, bottom).max(1);
            Some((top / by, bottom / by))
        })
    });
    brudd.krev(
        sum == Some((1, 1)),
        "roller",
        "Ansvarsandelene skal til sammen være hele selskapets gjeld (selskapsloven § 1-2)",
    );
}

/// A share as it is shown, `1/3` or `50%`, in numbers.
fn andel(text: &str) -> Option<(u128, u128)> {
    let (teller, nevner) = match text.split_once('/') {
        Some((teller, nevner)) => (teller.parse().ok()?, nevner.parse().ok()?),
        None => (text.strip_suffix('%')?.parse().ok()?, 100),
    };
    (nevner > 0).then_some((teller, nevner))
}

fn felles_faktor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { felles_faktor(b, a % b) }
}

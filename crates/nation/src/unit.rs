//! Businesses as Enhetsregisteret writes them.

use clients::enhetsregister::{
    Adresse, Ansatt, Eier, Enhet, Kapital, Kode, Registrering, Rolle, Rollegruppe, Rollenavn, Rolleperson,
    Underenhet,
};
use clients::folkeregister::adresselinjer;
use clients::orgs;
use kernel::id::Orgnr;

use crate::business::{Business, Form, seat};
use crate::day::Day;
use crate::document::{navn, place};
use crate::facts::facts;
use crate::homes::post;
use crate::model::{Id, World};

/// Shares of every company.
const SHARES: i64 = 300;
/// Fewer employees are not shown.
const FEW: usize = 5;

/// What is particular to a form.
struct Traits {
    form: (&'static str, &'static str),
    sector: (&'static str, &'static str),
}

const fn traits(form: Form) -> Traits {
    let (form, sector) = match form {
        Form::Enk => (("ENK", "Enkeltpersonforetak"), ("8200", "Personlig næringsdrivende")),
        Form::As => (("AS", "Aksjeselskap"), ("2100", "Private aksjeselskaper mv.")),
        Form::Fli => (("FLI", "Forening/lag/innretning"), ("7000", "Ideelle organisasjoner")),
        Form::Da => (("DA", "Ansvarlig selskap med delt ansvar"), ("2300", "Personlige foretak")),
        Form::Ans => (("ANS", "Ansvarlig selskap med solidarisk ansvar"), ("2300", "Personlige foretak")),
        Form::Komm => (("KOMM", "Kommune"), ("6500", "Kommuneforvaltningen")),
    };
    Traits { form, sector }
}

/// The bodies that every nation has.
pub fn bodies() -> impl Iterator<Item = Registrering> {
    orgs::ALL.iter().filter_map(|org| {
        let description = match org.form {
            "AS" => "Aksjeselskap",
            "SF" => "Statsforetak",
            _ => "Organisasjonsledd",
        };
        let orgnr = Orgnr::parse(org.orgnr).ok()?;
        let since = Day::of(jiff::civil::date(1995, 2, 19));
        let mut enhet = Enhet::ny(orgnr, org.navn, Kode::ny(org.form, description), since.date());
        enhet.forretningsadresse = Some(office(seat(org)));
        Some(Registrering {
            enhet,
            slettet: None,
            underenheter: Vec::new(),
            rollegrupper: Vec::new(),
            eiere: Vec::new(),
            ansatte: Vec::new(),
        })
    })
}

/// A business with all that belongs to it.
pub fn registration(world: &World, business: &Business) -> Registrering {
    let Traits { form, sector } = traits(business.form);
    let kommune = &facts().kommuner[usize::from(business.kommune)];
    let address = business.home.map_or_else(|| office(business.kommune), |home| at_home(world, home));
    let industry = business.industry.map(|industry| Kode::ny(industry.kode, industry.beskrivelse));
    let company = business.form == Form::As;
    let shown = (business.employees.len() >= FEW).then_some(business.employees.len() as i64);
    let vat = !matches!(business.form, Form::Fli) && !business.orgnr.as_str().as_bytes()[7].is_multiple_of(3);
    let enhet = Enhet {
        forretningsadresse: Some(address.clone()),
        stiftelsesdato: (business.form != Form::Enk).then(|| business.founded.date()),
        naeringskode1: industry.clone(),
        antall_ansatte: shown,
        har_registrert_antall_ansatte: !business.employees.is_empty(),
        institusjonell_sektorkode: Some(Kode::ny(sector.0, sector.1)),
        kapital: company.then(|| Kapital {
            belop: 30_000,
            antall_aksjer: Some(SHARES),
            kind: "Aksjekapital".to_owned(),
            valuta: "NOK".to_owned(),
            innfort_dato: business.founded.plus(9).date(),
        }),
        siste_innsendte_aarsregnskap: (company && business.founded.plus(550) < world.today)
            .then(|| (world.today.plus(-300).year() - 1).to_string()),
        registrert_i_mvaregisteret: vat,
        registrert_i_foretaksregisteret: matches!(business.form, Form::As | Form::Da | Form::Ans),
        registrert_i_frivillighetsregisteret: business.form == Form::Fli,
        maalform: if kommune.nynorsk { "Nynorsk" } else { "Bokmål" }.to_owned(),
        aktivitet: business
            .industry
            .map(|industry| format!("{}.", industry.beskrivelse))
            .into_iter()
            .collect(),
        ..Enhet::ny(business.orgnr, &business.name, Kode::ny(form.0, form.1), business.founded.plus(9).date())
    };
    let places = business.place.map(|place| Underenhet {
        beliggenhetsadresse: Some(address),
        oppstartsdato: Some(business.founded.date()),
        naeringskode1: industry,
        antall_ansatte: shown,
        har_registrert_antall_ansatte: true,
        registrert_i_mvaregisteret: vat,
        ..Underenhet::ny(
            place,
            &business.name,
            Kode::ny("BEDR", "Underenhet til næringsdrivende og offentlig forvaltning"),
            business.orgnr,
            business.founded.plus(9).date(),
        )
    });
    let ansatte = business.employees.iter().filter_map(|(id, share, since)| {
        Some(Ansatt {
            personidentifikator: world.person(*id).number?,
            underenhet: business.place?,
            stillingsprosent: *share,
            ansettelsesdato: since.date(),
        })
    });
    Registrering {
        slettet: None,
        underenheter: places.into_iter().collect(),
        rollegrupper: roles(world, business),
        eiere: if company { owners(world, &business.people) } else { Vec::new() },
        ansatte: ansatte.collect(),
        enhet,
    }
}

/// The shares, evenly; the first owner has what is left over.
fn owners(world: &World, people: &[Id]) -> Vec<Eier> {
    let each = SHARES / people.len().max(1) as i64;
    let rest = SHARES - each * people.len() as i64;
    let owner = |(at, id): (usize, &Id)| {
        let antall_aksjer = if at == 0 { each + rest } else { each };
        Some(Eier { personidentifikator: world.person(*id).number?, antall_aksjer })
    };
    people.iter().enumerate().filter_map(owner).collect()
}

/// The roles that the form has.
pub fn roles(world: &World, business: &Business) -> Vec<Rollegruppe> {
    let group = |kind: (&str, &str), roles: Vec<Rolle>| Rollegruppe {
        kind: Kode::ny(kind.0, kind.1),
        sist_endret: business.founded.plus(9).date(),
        roller: roles,
    };
    let people = &business.people;
    let first = || people.iter().take(1);
    let board = || {
        let members = people.iter().enumerate().map(|(at, id)| {
            let kind = if at == 0 { ("LEDE", "Styrets leder") } else { ("MEDL", "Styremedlem") };
            role(world, *id, kind, at, None)
        });
        group(("STYR", "Styre"), members.collect())
    };
    let manager = || {
        let one =
            first().map(|id| role(world, *id, ("DAGL", "Daglig leder/ administrerende direktør"), 0, None));
        group(("DAGL", "Daglig leder/ administrerende direktør"), one.collect())
    };
    let partners = |kind: (&str, &str)| {
        let share = format!("{}%", 100 / people.len().max(1));
        let each = people.iter().enumerate().map(|(at, id)| role(world, *id, kind, at, Some(share.clone())));
        group(("DELT", "Deltakere"), each.collect())
    };
    let all = match business.form {
        Form::Enk => {
            vec![group(
                ("INNH", "Innehaver"),
                first().map(|id| role(world, *id, ("INNH", "Innehaver"), 0, None)).collect(),
            )]
        }
        Form::As => vec![manager(), board()],
        Form::Fli => vec![board()],
        Form::Da => vec![partners(("DTPR", "Deltaker med delt ansvar"))],
        Form::Ans => vec![partners(("DTSO", "Deltaker med solidarisk ansvar"))],
        Form::Komm => vec![manager()],
    };
    all.into_iter().filter(|group| !group.roller.is_empty()).collect()
}

fn role(world: &World, id: Id, kind: (&str, &str), at: usize, share: Option<String>) -> Rolle {
    let person = world.person(id);
    let name = navn(person);
    Rolle {
        kind: Kode::ny(kind.0, kind.1),
        person: Some(Rolleperson {
            fodselsdato: person.born.date(),
            navn: Rollenavn { fornavn: name.fornavn, mellomnavn: name.mellomnavn, etternavn: name.etternavn },
            er_doed: person.died().is_some(),
            fodselsnummer: person.number,
        }),
        enhet: None,
        ansvarsandel: share,
        fratraadt: false,
        avregistrert: false,
        rekkefolge: at as i64,
    }
}

/// An address in the municipality's centre.
fn office(kommune: u16) -> Adresse {
    let (code, place) = post(kommune, 0);
    let facts = &facts().kommuner[usize::from(kommune)];
    address(vec!["Rådhusplassen 1".to_owned()], code, place, facts.navn, facts.nummer)
}

/// The address of a home; one who lives at a known municipality only has its centre.
fn at_home(world: &World, home: u32) -> Adresse {
    let home = &world.homes[home as usize];
    let kommune = &facts().kommuner[usize::from(home.kommune)];
    let (street, property, _) = place(home);
    let (line, post) = match (street, property) {
        (Some(street), _) => (adresselinjer(&street).into_iter().next(), street.poststed),
        (None, Some(property)) => {
            let number = property.matrikkelnummer;
            let units = [number.gaardsnummer, number.bruksnummer].map(Option::unwrap_or_default);
            (Some(format!("Gnr. {} bnr. {}", units[0], units[1])), property.poststed)
        }
        _ => return office(home.kommune),
    };
    let post = post.unwrap_or_default();
    let (code, place) = (post.postnummer.unwrap_or_default(), post.poststedsnavn.unwrap_or_default());
    address(line.into_iter().collect(), &code, &place, kommune.navn, kommune.nummer)
}

fn address(lines: Vec<String>, code: &str, place: &str, kommune: &str, nummer: &str) -> Adresse {
    Adresse {
        land: Some("Norge".to_owned()),
        landkode: Some("NO".to_owned()),
        postnummer: Some(code.to_owned()),
        poststed: Some(place.to_uppercase()),
        adresse: lines,
        kommune: Some(kommune.to_uppercase()),
        kommunenummer: Some(nummer.to_owned()),
    }
}

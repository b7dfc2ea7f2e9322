//! What events tell of a change, worked out from the person's document before and after it.
//!
//! So no change is left untold: whoever applies each event in full ([`Persondokument::foelg`]) to what they had has the
//! register's document.

use clients::folkeregister::{
    Egenskapshendelse, Element, Entitetsendring, Opplysningsnoekkel, Persondokument, hendelsetype,
};
use serde_json::Value;

/// Events, each its type, and the entries that it tells of.
pub type Hendelser = Vec<(&'static str, Vec<Egenskapshendelse>)>;

/// The events of a change; none where nothing changed. `foer` is `None` of one who is new.
pub fn utled(foer: Option<&Persondokument>, naa: &Persondokument) -> Result<Hendelser, serde_json::Error> {
    let mut endringer = Vec::new();
    let (mut gamle, mut nye) = (foer.map(opplysninger).transpose()?.unwrap_or_default(), opplysninger(naa)?);
    for element in Element::ALLE.iter().copied() {
        let ta = |av: &mut Opplysninger| av.remove(element.navn()).map(liste).unwrap_or_default();
        sammenlign(element, ta(&mut gamle), ta(&mut nye), &mut endringer);
    }
    let hovedtype =
        if foer.is_none() { Some(hendelsetype::PERSON_ER_OPPRETTET) } else { hovedtype(&endringer) };
    let beskyttet = endringer.iter().any(|endring| endring.element == Element::Adressebeskyttelse);
    let mut hendelser = Hendelser::new();
    for Endret { element, slag, opplysning, bare_gradert } in endringer {
        let hendelsetype = match hovedtype {
            Some(hovedtype) if hoerer_til(hovedtype, element) => hovedtype,
            // An address that is graded anew by what protects the person has not changed.
            _ if bare_gradert && beskyttet => Element::Adressebeskyttelse.endring(),
            _ => element.endring(),
        };
        let endring = Egenskapshendelse::av(slag, element, opplysning);
        match hendelser.iter_mut().find(|(kjent, _)| *kjent == hendelsetype) {
            Some((_, endringer)) => endringer.push(endring),
            None => hendelser.push((hendelsetype, vec![endring])),
        }
    }
    Ok(hendelser)
}

type Opplysninger = serde_json::Map<String, Value>;

fn opplysninger(person: &Persondokument) -> Result<Opplysninger, serde_json::Error> {
    Ok(match serde_json::to_value(person)? {
        Value::Object(elementer) => elementer,
        _ => Opplysninger::new(),
    })
}

/// The entries of an element; of those that are no list, the one.
fn liste(element: Value) -> Vec<Value> {
    if let Value::Array(entries) = element { entries } else { vec![element] }
}

/// An entry that changed.
struct Endret {
    element: Element,
    slag: Entitetsendring,
    opplysning: Value,
    /// Whether its grading is all that changed.
    bare_gradert: bool,
}

/// What changed of an element: new entries first, then what became of the old.
fn sammenlign(element: Element, mut gamle: Vec<Value>, nye: Vec<Value>, endringer: &mut Vec<Endret>) {
    let endret = |slag, opplysning| Endret { element, slag, opplysning, bare_gradert: false };
    let (mut helt_nye, mut andre) = (Vec::new(), Vec::new());
    for ny in nye {
        let noekkel = Opplysningsnoekkel::av(element, &ny);
        let Some(gammel) = gamle.iter().position(|gammel| Opplysningsnoekkel::av(element, gammel) == noekkel)
        else {
            helt_nye.push(endret(Entitetsendring::RegistrereNy, ny));
            continue;
        };
        let gammel = gamle.swap_remove(gammel);
        if gammel == ny {
            continue;
        }
        let slag = match (gjelder(&gammel), gjelder(&ny)) {
            // An end: the entry is told with the moment of it.
            (true, false) => Entitetsendring::RegistrereNy,
            (true, true) => Entitetsendring::Korrigere,
            (false, _) => Entitetsendring::KorrigereHistorisk,
        };
        let bare_gradert = slag == Entitetsendring::Korrigere;
        andre.push((gammel, Endret { bare_gradert, ..endret(slag, ny) }));
    }
    // That what held ends where the new begins goes without saying.
    let begynner: Vec<Value> = helt_nye
        .iter()
        .filter(|ny| !element.er_flertallig() && gjelder(&ny.opplysning))
        .map(|ny| ny.opplysning["gyldighetstidspunkt"].clone())
        .collect();
    andre.retain(|(gammel, endret)| {
        let slutt = &endret.opplysning["opphoerstidspunkt"];
        !(gjelder(gammel) && begynner.contains(slutt) && avsluttet(gammel, slutt) == endret.opplysning)
    });
    endringer.append(&mut helt_nye);
    endringer.extend(gamle.into_iter().map(|gammel| endret(Entitetsendring::Annullere, gammel)));
    endringer.extend(andre.into_iter().map(|(_, endret)| endret));
}

fn gjelder(entry: &Value) -> bool {
    entry["erGjeldende"] != false
}

/// The entry as it is once it has ended.
fn avsluttet(entry: &Value, slutt: &Value) -> Value {
    let mut entry = entry.clone();
    if let Value::Object(fields) = &mut entry {
        fields.insert("erGjeldende".to_owned(), Value::Bool(false));
        fields.insert("opphoerstidspunkt".to_owned(), slutt.clone());
    }
    entry
}

/// The type of the event that tells of all that goes with a new status, where one does.
fn hovedtype(endringer: &[Endret]) -> Option<&'static str> {
    let ny =
        |endret: &&Endret| endret.element == Element::Status && endret.slag == Entitetsendring::RegistrereNy;
    let ny = endringer.iter().filter(ny).find(|endret| gjelder(&endret.opplysning))?;
    match ny.opplysning["status"].as_str()? {
        "doed" => Some(hendelsetype::PERSON_ER_DOED),
        "utflyttet" => Some(hendelsetype::PERSON_ER_UTFLYTTET),
        "bosatt" => Some(hendelsetype::PERSON_ER_BOSATT),
        _ => None,
    }
}

/// Whether events of this type tell of the element; events of the element's own type do otherwise.
fn hoerer_til(hovedtype: &str, element: Element) -> bool {
    use Element as E;
    match hovedtype {
        hendelsetype::PERSON_ER_OPPRETTET => true,
        hendelsetype::PERSON_ER_DOED => matches!(element, E::Status | E::Doedsfall),
        hendelsetype::PERSON_ER_UTFLYTTET => {
            matches!(element, E::Status | E::Utflytting | E::Bostedsadresse | E::PostadresseIUtlandet)
        }
        hendelsetype::PERSON_ER_BOSATT => {
            matches!(element, E::Status | E::Innflytting | E::Utflytting | E::Bostedsadresse | E::Opphold)
        }
        _ => false,
    }
}

//! A copy of a person document that is kept by following the feed.
//!
//! What an event in full means for who has the document from before:
//! - `registrereNy`: the entry is new. Of an element that has one entry at a time, what held ends where the new begins. An
//!   entry that was there and now has an `opphoerstidspunkt` has ended;
//! - `korrigere`, `korrigereHistorisk`: the entry is otherwise than it was, by how it is graded or whether it holds;
//! - `annullere`: the entry never was.

use serde_json::{Map, Value};

use super::dokument::{Element, Persondokument};
use super::hendelse::{Entitetsendring, Hendelse};

/// By what an entry is the same one after a change: all of it but whether it holds, until when, and how it is graded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opplysningsnoekkel(Map<String, Value>);

impl Opplysningsnoekkel {
    /// Of an entry of the element, as a document has it.
    pub fn av(element: Element, entry: &Value) -> Self {
        let mut fields = entry.as_object().cloned().unwrap_or_default();
        fields.retain(|name, _| {
            let varies = matches!(name.as_str(), "erGjeldende" | "opphoerstidspunkt" | "adressegradering");
            // A number that is out of use is the same number.
            !varies && (element != Element::Identifikasjonsnummer || name != "status")
        });
        Self(fields)
    }
}

impl Element {
    /// Whether a person can have several entries of it that hold at a time.
    pub fn er_flertallig(self) -> bool {
        matches!(
            self,
            Self::Statsborgerskap
                | Self::Familierelasjon
                | Self::Foreldreansvar
                | Self::VergemaalEllerFremtidsfullmakt
                | Self::UtenlandskPersonidentifikasjon
                | Self::UtlendingsmyndighetenesIdentifikasjonsnummer
                | Self::Legitimasjonsdokument
                | Self::KontaktinformasjonForDoedsbo
                | Self::BrukAvSamiskSpraak
                | Self::ForholdTilSametingetsValgmanntall
        )
    }
}

impl Persondokument {
    /// Applies an event in full. Begin with the document of an extract or a look-up, or with an empty one at
    /// `personErOpprettet`; the order of entries is not the register's.
    ///
    /// # Errors
    ///
    /// If an entry is none that the element can have; the document is then as it was.
    pub fn foelg(&mut self, hendelse: &Hendelse) -> Result<(), serde_json::Error> {
        let Value::Object(mut elementer) = serde_json::to_value(&*self)? else { return Ok(()) };
        for endring in &hendelse.egenskapshendelse {
            let Some(element) = Element::av_navn(&endring.entitet) else { continue };
            let Some(entry) = endring.i_dokument() else { continue };
            let mut entries = match elementer.remove(element.navn()) {
                Some(Value::Array(entries)) => entries,
                one => one.into_iter().collect(),
            };
            anvend(&mut entries, element, endring.entitetsendring, entry);
            let entries =
                if element.er_liste() { Some(Value::Array(entries)) } else { entries.into_iter().next() };
            elementer.extend(entries.map(|entries| (element.navn().to_owned(), entries)));
        }
        *self = serde_json::from_value(Value::Object(elementer))?;
        Ok(())
    }
}

fn anvend(entries: &mut Vec<Value>, element: Element, slag: Entitetsendring, entry: Value) {
    let noekkel = Opplysningsnoekkel::av(element, &entry);
    let same = entries.iter().position(|known| Opplysningsnoekkel::av(element, known) == noekkel);
    let known = same.map(|place| entries.remove(place));
    if slag == Entitetsendring::Annullere {
        return;
    }
    let ny = known.is_none() && slag == Entitetsendring::RegistrereNy && entry["erGjeldende"] == true;
    if ny && !element.er_flertallig() {
        for known in entries.iter_mut().filter(|known| known["erGjeldende"] == true) {
            known["erGjeldende"] = Value::Bool(false);
            known["opphoerstidspunkt"] = entry["gyldighetstidspunkt"].clone();
        }
    }
    entries.insert(0, entry);
}

//! Decision letters: the words (`content/letters/barnetrygd.toml`) filled in from the decision.

use std::collections::BTreeSet;

use clients::life_events::{Etat, Vedtak, Vedtaksperiode, Vilkaar, Vilkaarsresultat};
use clients::postkasse::Adresse;
use jiff::civil::Date;
use kernel::clock::oslo;
use letters::{Brev, Del};
use rules::bokmaal;
use serde::Deserialize;

const FILE: &str = include_str!("../../../content/letters/barnetrygd.toml");

/// The letters that can be written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maler {
    retur: Returadresse,
    innvilget: Mal,
    avslag: Mal,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Returadresse {
    adresselinje1: String,
    postnummer: String,
    poststed: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mal {
    tittel: String,
    del: Vec<Maldel>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Maldel {
    overskrift: Option<String>,
    avsnitt: Option<String>,
    liste: Option<Liste>,
    naar: Option<Naar>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Liste {
    Perioder,
    Vilkaar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Naar {
    Automatisk,
    Manuelt,
}

impl Maler {
    /// Reads the words that are part of the program.
    pub fn load() -> Result<Self, toml::de::Error> {
        toml::from_str(FILE)
    }

    /// Where a printed letter of the agency goes back to.
    pub fn returadresse(&self, etat: &Etat) -> Adresse {
        Adresse {
            navn: etat.navn.clone(),
            adresselinje1: self.retur.adresselinje1.clone(),
            postnummer: Some(self.retur.postnummer.clone()),
            poststed: Some(self.retur.poststed.clone()),
            ..Adresse::default()
        }
    }

    /// The letter of a decision. `navn` is the recipient's, where it is known; `begrunnelse` the caseworker's words.
    pub fn brev(
        &self,
        vedtak: &Vedtak,
        navn: Option<&str>,
        foedselsdato: Date,
        begrunnelse: Option<&str>,
    ) -> Brev {
        let mal = if vedtak.utfall == "innvilget" { &self.innvilget } else { &self.avslag };
        let dato = bokmaal::date_text(vedtak.tidspunkt.to_zoned_datetime(oslo()).date());
        let values = [
            ("{foedselsdato}", bokmaal::date_text(foedselsdato)),
            ("{dato}", dato.clone()),
            ("{klagefrist}", bokmaal::date_text(vedtak.klagefrist)),
            ("{etat}", vedtak.etat.navn.clone()),
            ("{kort}", vedtak.begrunnelse.kort.clone()),
            ("{kilder}", kilder(vedtak)),
            ("{begrunnelse}", begrunnelse.unwrap_or_default().to_owned()),
        ];
        let by = if vedtak.automatisk { Naar::Automatisk } else { Naar::Manuelt };
        let mut deler = Vec::with_capacity(mal.del.len());
        for del in mal.del.iter().filter(|del| del.naar.is_none_or(|naar| naar == by)) {
            if let Some(text) = &del.overskrift {
                deler.push(Del::Overskrift(fill(text, &values)));
            }
            if let Some(text) = &del.avsnitt {
                // A value that a caseworker wrote may have paragraphs of its own, or be empty.
                let filled = fill(text, &values);
                let paragraphs = filled.split('\n').map(str::trim).filter(|paragraph| !paragraph.is_empty());
                deler.extend(paragraphs.map(|paragraph| Del::Avsnitt(paragraph.to_owned())));
            }
            let items = match del.liste {
                Some(Liste::Perioder) => perioder(vedtak),
                Some(Liste::Vilkaar) => vilkaar(vedtak),
                None => Vec::new(),
            };
            if !items.is_empty() {
                deler.push(Del::Liste(items));
            }
        }
        let hode = navn.map(str::to_owned).into_iter();
        let hode = hode.chain([format!("Sak {}", vedtak.sak), dato]).collect();
        Brev {
            tittel: mal.tittel.clone(),
            avsender: vedtak.etat.navn.clone(),
            sak: vedtak.sak.clone(),
            hode,
            deler,
        }
    }
}

/// Each `{name}` replaced by its value, once: a value is not searched for names.
fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let (name, value) = values
            .iter()
            .find(|(name, _)| rest.starts_with(name))
            .map_or(("{", "{"), |(name, value)| (*name, value.as_str()));
        out.push_str(value);
        rest = &rest[name.len()..];
    }
    out.push_str(rest);
    out
}

/// `Fra mars 2026: 2 012 kroner i måneden`.
fn perioder(vedtak: &Vedtak) -> Vec<String> {
    let month =
        |text: &str| format!("{text}-01").parse().map_or_else(|_| text.to_owned(), bokmaal::month_text);
    let line = |periode: &Vedtaksperiode| {
        let amount = bokmaal::kroner(periode.beloep.into());
        match &periode.tom {
            Some(tom) => format!("Fra {} til og med {}: {amount} i måneden", month(&periode.fom), month(tom)),
            None => format!("Fra {}: {amount} i måneden", month(&periode.fom)),
        }
    };
    vedtak.perioder.iter().map(line).collect()
}

/// What the law demands and what was found, of the conditions that were assessed.
fn vilkaar(vedtak: &Vedtak) -> Vec<String> {
    let assessed =
        vedtak.begrunnelse.vilkaar.iter().filter(|vilkaar| vilkaar.resultat != Vilkaarsresultat::IkkeVurdert);
    let line = |vilkaar: &Vilkaar| {
        let found = vilkaar.funn.trim().trim_end_matches('.');
        match &vilkaar.hjemmel {
            Some(hjemmel) => format!("{} {found} ({}).", sentence(&vilkaar.krav), hjemmel.tekst),
            None => format!("{} {found}.", sentence(&vilkaar.krav)),
        }
    };
    assessed.map(line).collect()
}

/// The text with a full stop at its end.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// The registers, in words. What nobody looked up, such as the rule set's own defaults, is from none.
fn kilder(vedtak: &Vedtak) -> String {
    let looked_up = vedtak.fakta.iter().filter(|faktum| faktum.kilde.referanse.is_some());
    let names: BTreeSet<&str> = looked_up.map(|faktum| faktum.kilde.register.as_str()).collect();
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    if names.is_empty() { "saken selv".to_owned() } else { bokmaal::join(&names) }
}

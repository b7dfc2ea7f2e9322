//! References to law.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where in the law something stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalRef {
    /// The law's identifier, e.g. `LOV-2002-03-08-4`.
    #[serde(rename = "lov")]
    pub law: String,
    /// Its short title, e.g. `barnetrygdloven`.
    #[serde(rename = "navn", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The section (paragraf), e.g. `11` or `14-17`.
    #[serde(rename = "paragraf", default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The paragraph of the section (ledd), as a number.
    #[serde(rename = "ledd", default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<String>,
    /// Whether the reference must be checked by a jurist before it is relied on.
    #[serde(rename = "usikker", default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
}

impl LegalRef {
    /// The page of Lovdata that has the text: `https://lovdata.no/lov/2002-03-08-4/§11`, or `/forskrift/` for a regulation.
    pub fn url(&self) -> String {
        let (kind, date) = match self.law.split_once('-') {
            Some(("FOR", date)) => ("forskrift", date),
            Some((_, date)) => ("lov", date),
            None => ("lov", self.law.as_str()),
        };
        match &self.section {
            Some(section) => format!("https://lovdata.no/{kind}/{date}/§{section}"),
            None => format!("https://lovdata.no/{kind}/{date}"),
        }
    }
}

/// `barnetrygdloven § 11 første ledd`.
impl fmt::Display for LegalRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title.as_deref().unwrap_or(&self.law))?;
        if let Some(section) = &self.section {
            write!(f, " § {section}")?;
        }
        match self.paragraph.as_deref() {
            None => Ok(()),
            Some("1") => f.write_str(" første ledd"),
            Some("2") => f.write_str(" andre ledd"),
            Some("3") => f.write_str(" tredje ledd"),
            Some("4") => f.write_str(" fjerde ledd"),
            Some("5") => f.write_str(" femte ledd"),
            Some("6") => f.write_str(" sjette ledd"),
            Some(other) => write!(f, " {other}. ledd"),
        }
    }
}

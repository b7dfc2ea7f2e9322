//! What is read of each register, a part at a time, and its columns in Parquet.

use std::path::Path;

use anyhow::Context as _;
use clients::enhetsregister::{Borte, Registrering};
use clients::folkeregister::{Gradering, Persondokument};
use clients::kontaktregister::Person;
use clients::matrikkel::{Eiendom, Linje as Matrikkellinje};
use enhetsregister::gjennomgang::Linje as Enhetslinje;
use kernel::id::Pid;
use kernel::store::{Place, Store};
use serde::Serialize;

use super::Format;
use super::parquet::{Columns, day, number, text};
use super::write::Out;
use crate::check::shown;
use crate::commands::nation::Progress;
use crate::server::open_store;

/// The registers that are exported, by name.
pub const REGISTERS: [&str; 4] =
    [folkeregister::NAME, enhetsregister::NAME, matrikkel::NAME, kontaktregister::NAME];

/// What became of an export.
#[derive(Debug, Clone, Copy)]
pub struct Exported {
    /// Lines of the file.
    pub lines: u64,
    /// How many things could not be read, each of which was told.
    pub left_out: u64,
}

/// Exports a register to a file.
pub async fn export(
    place: &Place,
    register: &str,
    format: Format,
    directory: &Path,
) -> anyhow::Result<Exported> {
    let store = open_store(place, register).await?;
    let begin = Begin { register, format, directory };
    match register {
        folkeregister::NAME => people(&store, begin).await,
        enhetsregister::NAME => units(&store, begin).await,
        matrikkel::NAME => cadastre(&store, begin).await,
        kontaktregister::NAME => contacts(&store, begin).await,
        other => anyhow::bail!("{other} is not exported"),
    }
    .with_context(|| format!("{register} is not exported"))
}

/// Which file to begin.
struct Begin<'a> {
    register: &'a str,
    format: Format,
    directory: &'a Path,
}

impl<'a> Begin<'a> {
    fn export<T: Serialize>(self, about: i64, columns: Columns<T>) -> anyhow::Result<Export<'a, T>> {
        let out = Out::new(self.directory, self.register, self.format, columns)?;
        let progress = Progress::new(format!("Exporting {}", self.register));
        Ok(Export { begin: self, out, progress, about: about.unsigned_abs(), read: 0, left_out: 0 })
    }
}

/// An export under way.
struct Export<'a, T> {
    begin: Begin<'a>,
    out: Out<T>,
    progress: Progress,
    about: u64,
    read: u64,
    left_out: u64,
}

impl<T: Serialize> Export<'_, T> {
    /// Takes what was read of the register: a line, or what could not be read.
    fn take(&mut self, thing: Option<T>, named: impl Fn() -> String) -> anyhow::Result<()> {
        match thing {
            Some(thing) => self.out.push(&thing)?,
            None => self.leave_out(&format!("{} cannot be read", named())),
        }
        self.read();
        Ok(())
    }

    fn read(&mut self) {
        self.read += 1;
        self.progress.show(self.read, self.about);
    }

    fn leave_out(&mut self, what: &str) {
        self.left_out += 1;
        self.progress.above(&format!("{}: {what}", self.begin.register));
    }

    fn end(self) -> anyhow::Result<Exported> {
        let Begin { register, format, directory } = self.begin;
        let exported = Exported { lines: self.out.lines, left_out: self.left_out };
        self.out.end(&directory.join(format!("{register}.{}", format.extension())))?;
        self.progress.end();
        Ok(exported)
    }
}

async fn people(store: &Store, begin: Begin<'_>) -> anyhow::Result<Exported> {
    use folkeregister::gjennomgang;

    let columns: Columns<Persondokument> = vec![
        text("personidentifikator", |person: &Persondokument| {
            person.pid().map(|pid| pid.as_str().to_owned())
        }),
        text("status", |person: &Persondokument| code(&person.gjeldende_status()?)),
        day("foedselsdato", Persondokument::foedselsdato),
        day("doedsdato", Persondokument::doedsdato),
        text("kjoenn", |person: &Persondokument| code(&person.gjeldende_kjoenn()?)),
        text("sivilstand", |person: &Persondokument| code(&person.gjeldende_sivilstand()?.sivilstand)),
        text("kommunenummer", |person: &Persondokument| person.bostedskommune().map(str::to_owned)),
        text("gradering", |person: &Persondokument| code::<Gradering>(&person.gradering())),
    ];
    let mut export = begin.export(gjennomgang::antall(store).await?, columns)?;
    let mut after = String::new();
    loop {
        let part = gjennomgang::numre(store, &after).await?;
        let Some(last) = part.last() else { return export.end() };
        after.clone_from(&last.nummer);
        for one in part {
            let person = one.person.map(|(_, person)| person).filter(|person| person.pid().is_some());
            // A number that is no longer in use finds the same person as the one that is.
            if person.as_ref().and_then(Persondokument::pid).is_some_and(|pid| one.nummer != pid.as_str()) {
                export.read();
                continue;
            }
            export.take(person, || number_shown(&one.nummer))?;
        }
    }
}

async fn units(store: &Store, begin: Begin<'_>) -> anyhow::Result<Exported> {
    use enhetsregister::gjennomgang;

    fn whole<T>(get: impl Fn(&Registrering) -> Option<T>) -> impl Fn(&Enhetslinje) -> Option<T> {
        move |line| match line {
            Enhetslinje::Enhet(whole) => get(whole),
            Enhetslinje::Borte(_) => None,
        }
    }
    let columns: Columns<Enhetslinje> = vec![
        text("organisasjonsnummer", |line| {
            let orgnr = match line {
                Enhetslinje::Enhet(whole) => whole.enhet.organisasjonsnummer,
                Enhetslinje::Borte(Borte { borte }) => borte.organisasjonsnummer,
            };
            Some(orgnr.as_str().to_owned())
        }),
        text("navn", |line| match line {
            Enhetslinje::Enhet(whole) => Some(whole.enhet.navn.clone()),
            Enhetslinje::Borte(Borte { borte }) => Some(borte.navn.clone()).filter(|name| !name.is_empty()),
        }),
        text("organisasjonsform", |line| match line {
            Enhetslinje::Enhet(whole) => Some(whole.enhet.organisasjonsform.kode.clone()),
            Enhetslinje::Borte(Borte { borte }) => Some(borte.organisasjonsform.as_ref()?.kode.clone()),
        }),
        text("naeringskode", whole(|whole| Some(whole.enhet.naeringskode1.as_ref()?.kode.clone()))),
        text("kommunenummer", whole(|whole| whole.enhet.forretningsadresse.as_ref()?.kommunenummer.clone())),
        number("ansatte", whole(|whole| whole.enhet.antall_ansatte)),
        number("underenheter", whole(|whole| i64::try_from(whole.underenheter.len()).ok())),
        day("registrert", whole(|whole| Some(whole.enhet.registreringsdato))),
        day("slettet", |line| match line {
            Enhetslinje::Enhet(_) => None,
            Enhetslinje::Borte(Borte { borte }) => Some(borte.slettet.dato),
        }),
    ];
    let mut export = begin.export(gjennomgang::antall(store).await?, columns)?;
    let mut after = String::new();
    loop {
        let part = gjennomgang::linjer(store, &after).await?;
        let Some((last, _)) = part.last() else { break };
        after.clone_from(last);
        for (orgnr, line) in part {
            if let Some(Enhetslinje::Enhet(whole)) = &line {
                whole.underenheter.iter().for_each(|_| export.read());
            }
            export.take(line, || orgnr.clone())?;
        }
    }
    for orgnr in gjennomgang::uten_enhet(store).await? {
        export.leave_out(&format!("{orgnr} lies below a unit that is not there"));
    }
    export.end()
}

async fn cadastre(store: &Store, begin: Begin<'_>) -> anyhow::Result<Exported> {
    use matrikkel::gjennomgang;

    fn property<T>(get: impl Fn(&Eiendom) -> Option<T>) -> impl Fn(&Matrikkellinje) -> Option<T> {
        move |line| match line {
            Matrikkellinje::Eiendom(property) => get(property),
            Matrikkellinje::Kommune(_) => None,
        }
    }
    fn count<T>(of: &[T]) -> Option<i64> {
        i64::try_from(of.len()).ok()
    }
    let columns: Columns<Matrikkellinje> = vec![
        text("slag", |line| {
            let kind = if matches!(line, Matrikkellinje::Kommune(_)) { "kommune" } else { "eiendom" };
            Some(kind.to_owned())
        }),
        text("kommunenummer", |line| match line {
            Matrikkellinje::Kommune(kommune) => Some(kommune.kommunenummer.clone()),
            Matrikkellinje::Eiendom(property) => Some(property.matrikkelnummer.kommunenummer.clone()),
        }),
        text("matrikkelnummer", property(|property| Some(property.matrikkelnummer.to_string()))),
        day("etablert", property(|property| Some(property.etablert))),
        number("adresser", property(|property| count(&property.adresser))),
        number("bygninger", property(|property| count(&property.bygninger))),
        number("seksjoner", property(|property| count(&property.seksjoner))),
    ];
    let (properties, _) = gjennomgang::antall(store).await?;
    let mut export = begin.export(properties, columns)?;
    for kommune in gjennomgang::kommuner(store).await? {
        export.out.push(&Matrikkellinje::Kommune(kommune))?;
    }
    let mut after = 0;
    loop {
        let part = gjennomgang::eiendommer(store, after).await?;
        let Some(last) = part.last() else { return export.end() };
        after = last.id;
        for one in part {
            export.take(one.eiendom.map(Matrikkellinje::Eiendom), || one.nummer.clone())?;
        }
    }
}

async fn contacts(store: &Store, begin: Begin<'_>) -> anyhow::Result<Exported> {
    use kontaktregister::gjennomgang;

    let columns: Columns<Person> = vec![
        text("personidentifikator", |person: &Person| Some(person.personidentifikator.as_str().to_owned())),
        text("status", |person: &Person| code(&person.status)),
        text("reservasjon", |person: &Person| code(&person.reservasjon)),
        text("spraak", |person: &Person| person.spraak.clone()),
    ];
    let mut export = begin.export(gjennomgang::antall(store).await?, columns)?;
    let mut after = String::new();
    loop {
        let part = gjennomgang::personer(store, &after).await?;
        let Some((last, _)) = part.last() else { return export.end() };
        after.clone_from(last);
        for (number, person) in part {
            export.take(person, || number_shown(&number))?;
        }
    }
}

/// A code as the wire writes it.
fn code<T: Serialize>(code: &T) -> Option<String> {
    Some(serde_json::to_value(code).ok()?.as_str()?.to_owned())
}

/// A number as the terminal may show it.
fn number_shown(number: &str) -> String {
    Pid::parse(number).map_or_else(|_| number.to_owned(), |pid| shown(&pid))
}

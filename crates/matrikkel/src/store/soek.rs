//! Addresses by words and numbers: first the streets that fulfil the words, then their addresses.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use clients::matrikkel::{MAX_HITS, Objtype};
use kernel::store::{Store, StoreError, Value};

use super::liste;
use crate::model::ord::{Krav, Slag, Tall};
use crate::model::ordbok::Ordbok;
use crate::model::parametre::{Soek, Vilkaar};

/// Streets whose addresses are looked up at once.
const STREETS: usize = 400;
/// Streets of one post code in one municipality, about.
const STREETS_OF_AREA: i64 = 100;

/// A part of the hits, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Del {
    /// Every address of a street, so many.
    Strekning(i64, usize),
    /// An address.
    Adresse(i64),
}

impl Del {
    fn antall(self) -> usize {
        match self {
            Self::Strekning(_, n) => n,
            Self::Adresse(_) => 1,
        }
    }
}

/// Hits, best first.
#[derive(Debug, Default)]
pub struct Treff {
    deler: Vec<Del>,
    /// Conditions that the first addresses of a street fulfil, in a search for any of several words.
    foerst: Option<Vilkaarstekst>,
}

impl Treff {
    /// How many there are, counted to 10,000.
    pub fn antall(&self) -> usize {
        self.deler.iter().map(|del| del.antall()).sum::<usize>().min(MAX_HITS)
    }

    /// The addresses from one place on, at most so many.
    pub async fn side(&self, store: &Store, fra: usize, antall: usize) -> Result<Vec<i64>, StoreError> {
        let (mut at, mut skip, mut wanted) = (0, 0, Vec::new());
        for del in &self.deler {
            let (from, to) = (at, at + del.antall());
            at = to;
            if to <= fra {
                continue;
            }
            if from >= fra + antall {
                break;
            }
            if wanted.is_empty() {
                skip = fra - from.min(fra);
            }
            wanted.push(*del);
        }
        let streets: Vec<i64> = wanted
            .iter()
            .filter_map(|del| if let Del::Strekning(id, _) = del { Some(*id) } else { None })
            .collect();
        let mut of_street: HashMap<i64, Vec<i64>> = HashMap::new();
        if !streets.is_empty() {
            let empty = Vilkaarstekst::default();
            let first = self.foerst.as_ref().unwrap_or(&empty);
            let order = if first.sql.is_empty() {
                String::new()
            } else {
                format!("CASE WHEN {} THEN 0 ELSE 1 END,", first.sql)
            };
            let sql = format!(
                "SELECT a.strekning, a.id FROM adresse a WHERE a.strekning IN ({})
                 ORDER BY a.strekning, {order} a.nummer, a.bokstav, a.id",
                liste(&streets)
            );
            for row in store.query(&sql, &first.verdier).await? {
                of_street.entry(row.get(0)?).or_default().push(row.get(1)?);
            }
        }
        let all = wanted.into_iter().flat_map(|del| match del {
            Del::Strekning(id, _) => of_street.remove(&id).unwrap_or_default(),
            Del::Adresse(id) => vec![id],
        });
        Ok(all.skip(skip).take(antall).collect())
    }
}

/// A condition in the making, with its values.
#[derive(Debug, Default, Clone)]
struct Vilkaarstekst {
    sql: String,
    verdier: Vec<Value>,
}

impl Vilkaarstekst {
    fn verdi(&mut self, value: impl Into<Value>) -> String {
        self.verdier.push(value.into());
        format!("${}", self.verdier.len())
    }

    fn og(&mut self, condition: &str) {
        let and = if self.sql.is_empty() { "" } else { " AND " };
        let _ = write!(self.sql, "{and}{condition}");
    }

    /// The condition on an address of what a word may mean.
    fn tall(&mut self, tall: &Tall) -> String {
        match tall {
            Tall::Nummer(number) => format!("a.nummer = {}", self.verdi(*number)),
            Tall::NummerOgBokstav(number, letter) => {
                format!("(a.nummer = {} AND a.bokstav = {})", self.verdi(*number), self.verdi(letter))
            }
            Tall::Bokstav(letter) => format!("a.bokstav = {}", self.verdi(letter)),
            Tall::Eiendom { gnr, bnr, fnr, unr } => {
                let mut all = format!("(a.gnr = {} AND a.bnr = {}", self.verdi(*gnr), self.verdi(*bnr));
                for (column, number) in [("fnr", fnr), ("unr", unr)] {
                    if let Some(number) = number {
                        let _ = write!(all, " AND a.{column} = {}", self.verdi(*number));
                    }
                }
                all + ")"
            }
            Tall::Bruksenhet(unit) => format!("a.bruksenheter LIKE {}", self.verdi(format!("%{unit}%"))),
        }
    }
}

/// A demand whose words have been looked up.
struct Loest<'a> {
    ord: Vec<i64>,
    krav: &'a Krav,
    tall: Option<&'a Tall>,
}

impl<'a> Loest<'a> {
    fn av(krav: &'a Krav, book: &Ordbok, fuzzy: bool) -> Self {
        // Numbers have to be right.
        let fuzzy = fuzzy && krav.fuzzy && krav.tall.is_none();
        let ord = krav.ord.as_deref().map(|word| book.passer(word, fuzzy)).unwrap_or_default();
        // Four digits that are a post code or a municipality are no house number.
        let code = matches!(krav.tall, Some(Tall::Nummer(_)))
            && krav.ord.as_ref().is_some_and(|word| word.len() == 4)
            && krav.slag.contains(&Slag::Postnummer)
            && !ord.is_empty();
        Self { ord, krav, tall: krav.tall.as_ref().filter(|_| !code) }
    }

    /// Whether nothing can fulfil it.
    fn umulig(&self) -> bool {
        self.ord.is_empty() && self.tall.is_none()
    }

    /// The condition on a street, by which streets are found: one list of them, since PostgreSQL would go through every street for
    /// two that are joined by OR.
    fn ord(&self) -> String {
        let of = |(table, column, which): &(&str, &str, String)| match *column {
            "strekning" => format!("SELECT strekning FROM {table} WHERE {which}"),
            _ => format!(
                "SELECT id FROM strekning WHERE omraade IN (SELECT omraade FROM {table} WHERE {which})"
            ),
        };
        let found: Vec<String> = self.tabeller().iter().map(of).collect();
        format!("s.id IN ({})", found.join(" UNION ALL "))
    }

    /// The same condition, by which a street that was found otherwise is looked at: a word that tens of thousands of streets
    /// have is not gone through for it.
    fn holder(&self) -> String {
        let of = |(table, column, which): &(&str, &str, String)| {
            let own = if *column == "strekning" { "s.id" } else { "s.omraade" };
            format!("EXISTS (SELECT 1 FROM {table} WHERE {which} AND {column} = {own})")
        };
        let any: Vec<String> = self.tabeller().iter().map(of).collect();
        format!("({})", any.join(" OR "))
    }

    /// The tables where the words may stand, the column of what has them, and which rows.
    fn tabeller(&self) -> Vec<(&'static str, &'static str, String)> {
        let words = liste(&self.ord);
        let which = |area: bool| {
            let of = self.krav.slag.iter().map(|slag| *slag as i64).filter(|slag| (*slag > 2) == area);
            let kinds: Vec<i64> = of.collect();
            (!kinds.is_empty()).then(|| format!("ord IN ({words}) AND slag IN ({})", liste(&kinds)))
        };
        let street = which(false).map(|which| ("strekningsord", "strekning", which));
        let area = which(true).map(|which| ("omraadeord", "omraade", which));
        street.into_iter().chain(area).collect()
    }

    /// To how many streets it leads, about; of very many not counted to the end.
    async fn bredde(&self, store: &Store) -> Result<i64, StoreError> {
        let mut streets = 0;
        for (table, column, which) in self.tabeller() {
            let (most, each) = if column == "strekning" { (10_000, 1) } else { (1000, STREETS_OF_AREA) };
            let sql =
                format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {which} LIMIT {most}) AS few");
            let row = store.query_opt(&sql, &[]).await?.ok_or(StoreError::Missing("count"))?;
            streets += row.get::<i64>(0)? * each;
        }
        Ok(streets)
    }
}

/// The conditions on streets and those on addresses that a search names outright.
fn vilkaar(soek: &Soek) -> (Vilkaarstekst, Vec<Tall>, Vilkaarstekst) {
    let (mut street, mut address) = (Vilkaarstekst::default(), Vilkaarstekst::default());
    let mut numbers = Vec::new();
    for one in &soek.vilkaar {
        match one {
            Vilkaar::Kommune(number) => {
                let value = street.verdi(number);
                street.og(&format!("s.omraade IN (SELECT id FROM omraade WHERE kommune = {value})"));
            }
            Vilkaar::Postnummer(code) => {
                let value = street.verdi(code);
                street.og(&format!("s.omraade IN (SELECT id FROM omraade WHERE postnummer = {value})"));
            }
            Vilkaar::Kode(code) => {
                let value = street.verdi(*code);
                street.og(&format!("s.kode = {value}"));
            }
            Vilkaar::Slag(Objtype::Vegadresse) => street.og("s.kode > 0"),
            Vilkaar::Slag(Objtype::Matrikkeladresse) => street.og("s.kode = 0"),
            Vilkaar::Tall(column, number) => {
                let value = address.verdi(*number);
                address.og(&format!("a.{column} = {value}"));
            }
            Vilkaar::Bokstav(letter) => {
                let value = address.verdi(letter);
                address.og(&format!("a.bokstav = {value}"));
            }
            Vilkaar::Bruksenhet(unit) => numbers.push(Tall::Bruksenhet(unit.clone())),
        }
    }
    (street, numbers, address)
}

/// Searches. With `fuzzy`, words that ask for it are also fulfilled by similar ones.
pub async fn soek<'a>(
    store: &Store,
    book: &super::ordbok::Delt,
    soek: &'a Soek,
    fuzzy: bool,
) -> Result<Treff, StoreError> {
    let solve = |book: &Ordbok| {
        let of = |krav: &'a [Krav]| krav.iter().map(|one| Loest::av(one, book, fuzzy)).collect::<Vec<_>>();
        (of(&soek.krav), of(&soek.andre))
    };
    let (any, rest) = book.les(store, solve).await?;
    if soek.eller && any.len() > 1 {
        return noen(store, soek, &any, &rest).await;
    }
    let all: Vec<Loest<'_>> = any.into_iter().chain(rest).collect();
    if all.iter().any(Loest::umulig) {
        return Ok(Treff::default());
    }
    alle(store, soek, &all).await
}

/// Hits that fulfil every demand.
async fn alle(store: &Store, soek: &Soek, all: &[Loest<'_>]) -> Result<Treff, StoreError> {
    let (mut street, numbers, named) = vilkaar(soek);
    // Streets are found by the demand that the fewest fulfil; the others are asked of those.
    let words: Vec<&Loest<'_>> = all.iter().filter(|one| one.tall.is_none()).collect();
    let mut narrowest = (i64::MAX, 0);
    for (n, one) in words.iter().enumerate().filter(|_| words.len() > 1) {
        narrowest = narrowest.min((one.bredde(store).await?, n));
    }
    for (n, one) in words.iter().enumerate() {
        street.og(&if n == narrowest.1 { one.ord() } else { one.holder() });
    }
    // What a word may be on either side: a street's (`17. mai`) or a number.
    let either: Vec<&Loest<'_>> =
        all.iter().filter(|one| one.tall.is_some() && !one.ord.is_empty()).collect();
    let mut address = named;
    for one in all.iter().filter(|one| one.ord.is_empty()).filter_map(|one| one.tall).chain(&numbers) {
        let condition = address.tall(one);
        address.og(&condition);
    }
    if street.sql.is_empty() {
        for one in &either {
            let Some(tall) = one.tall else { continue };
            let number = address.tall(tall);
            address.og(&format!(
                "({number} OR a.strekning IN (SELECT s.id FROM strekning s WHERE {}))",
                one.ord()
            ));
        }
        let sql = format!(
            "SELECT a.id FROM adresse a WHERE {} ORDER BY a.nummer, a.bokstav, a.id LIMIT {MAX_HITS}",
            address.sql
        );
        let rows = store.query(&sql, &address.verdier).await?;
        let deler =
            rows.iter().map(|row| Ok(Del::Adresse(row.get(0)?))).collect::<Result<_, StoreError>>()?;
        return Ok(Treff { deler, foerst: None });
    }
    let only_streets = either.is_empty() && address.sql.is_empty();
    let flags: Vec<String> =
        either.iter().map(|one| format!(", CASE WHEN {} THEN 1 ELSE 0 END", one.holder())).collect();
    let limit = if only_streets { format!(" LIMIT {MAX_HITS}") } else { String::new() };
    let sql = format!(
        "SELECT s.id, s.antall{} FROM strekning s WHERE {} AND s.antall > 0 ORDER BY s.sortering, s.omraade, s.id{limit}",
        flags.concat(),
        street.sql
    );
    let rows = store.query(&sql, &street.verdier).await?;
    if only_streets {
        let street = |row: &kernel::store::Row| Ok(Del::Strekning(row.get(0)?, row.get::<i64>(1)? as usize));
        let deler = rows.iter().map(street).collect::<Result<_, StoreError>>()?;
        return Ok(Treff { deler, foerst: None });
    }
    let mut deler = Vec::new();
    for rows in rows.chunks(STREETS) {
        let mut place = HashMap::new();
        let mut fulfilled = vec![Vec::new(); either.len()];
        for (n, row) in rows.iter().enumerate() {
            let id: i64 = row.get(0)?;
            place.insert(id, n);
            for (flag, ids) in fulfilled.iter_mut().enumerate() {
                if row.get::<i64>(flag + 2)? == 1 {
                    ids.push(id);
                }
            }
        }
        let mut here = address.clone();
        for (one, ids) in either.iter().zip(&fulfilled) {
            let Some(tall) = one.tall else { continue };
            let number = here.tall(tall);
            let word =
                if ids.is_empty() { String::new() } else { format!(" OR a.strekning IN ({})", liste(ids)) };
            here.og(&format!("({number}{word})"));
        }
        let streets: Vec<i64> = place.keys().copied().collect();
        let sql = format!(
            "SELECT a.strekning, a.id FROM adresse a WHERE a.strekning IN ({}) AND {} ORDER BY a.nummer, a.bokstav, a.id",
            liste(&streets),
            here.sql
        );
        let mut found = Vec::new();
        for row in store.query(&sql, &here.verdier).await? {
            let street: i64 = row.get(0)?;
            found.push((place.get(&street).copied().unwrap_or_default(), Del::Adresse(row.get(1)?)));
        }
        found.sort_by_key(|(place, _)| *place);
        deler.extend(found.into_iter().map(|(_, del)| del));
        if deler.len() >= MAX_HITS {
            deler.truncate(MAX_HITS);
            break;
        }
    }
    Ok(Treff { deler, foerst: None })
}

/// Hits that fulfil any demand, those that fulfil more before others.
async fn noen(
    store: &Store,
    soek: &Soek,
    any: &[Loest<'_>],
    rest: &[Loest<'_>],
) -> Result<Treff, StoreError> {
    if rest.iter().any(Loest::umulig) {
        return Ok(Treff::default());
    }
    let (mut street, numbers, mut address) = vilkaar(soek);
    for one in &numbers {
        let condition = address.tall(one);
        address.og(&condition);
    }
    for one in rest {
        match one.tall {
            None => street.og(&one.ord()),
            Some(tall) if one.ord.is_empty() => {
                let condition = address.tall(tall);
                address.og(&condition);
            }
            Some(tall) => {
                let number = address.tall(tall);
                address.og(&format!(
                    "({number} OR a.strekning IN (SELECT s.id FROM strekning s WHERE {}))",
                    one.ord()
                ));
            }
        }
    }
    let words: Vec<String> = any.iter().filter(|one| !one.ord.is_empty()).map(Loest::ord).collect();
    let numbers: Vec<&Tall> = any.iter().filter_map(|one| one.tall).collect();
    let mut treff = Treff::default();
    let mut streets = HashSet::new();
    if !words.is_empty() {
        let rank: Vec<String> =
            words.iter().map(|word| format!("CASE WHEN {word} THEN 1 ELSE 0 END")).collect();
        street.og(&format!("({})", words.join(" OR ")));
        let sql = format!(
            "SELECT s.id, s.antall, {} AS treff FROM strekning s WHERE {} AND s.antall > 0
             ORDER BY 3 DESC, s.sortering, s.omraade, s.id LIMIT {MAX_HITS}",
            rank.join(" + "),
            street.sql
        );
        for row in store.query(&sql, &street.verdier).await? {
            streets.insert(row.get::<i64>(0)?);
            treff.deler.push(Del::Strekning(row.get(0)?, row.get::<i64>(1)? as usize));
        }
    }
    if !address.sql.is_empty() && !treff.deler.is_empty() {
        // Not every address of the streets will do.
        let mut found = Vec::new();
        for chunk in treff.deler.chunks(STREETS) {
            let ids: Vec<i64> = chunk
                .iter()
                .filter_map(|del| if let Del::Strekning(id, _) = del { Some(*id) } else { None })
                .collect();
            let place: HashMap<i64, usize> = ids.iter().copied().zip(0..).collect();
            let sql = format!(
                "SELECT a.strekning, a.id FROM adresse a WHERE a.strekning IN ({}) AND {} ORDER BY a.nummer, a.bokstav, a.id",
                liste(&ids),
                address.sql
            );
            let mut here = Vec::new();
            for row in store.query(&sql, &address.verdier).await? {
                here.push((
                    place.get(&row.get::<i64>(0)?).copied().unwrap_or_default(),
                    Del::Adresse(row.get(1)?),
                ));
            }
            here.sort_by_key(|(place, _)| *place);
            found.extend(here.into_iter().map(|(_, del)| del));
            if found.len() >= MAX_HITS {
                break;
            }
        }
        treff.deler = found;
    }
    if !numbers.is_empty() {
        let mut first = Vilkaarstekst::default();
        let each: Vec<String> = numbers.iter().map(|tall| first.tall(tall)).collect();
        first.sql = format!("({})", each.join(" OR "));
        if treff.antall() < MAX_HITS {
            etter_tall(store, soek, &mut treff, &streets, &numbers, rest).await?;
        }
        treff.foerst = Some(first);
    }
    treff.deler.truncate(MAX_HITS);
    Ok(treff)
}

/// Adds the addresses that only a number has found.
async fn etter_tall(
    store: &Store,
    soek: &Soek,
    treff: &mut Treff,
    streets: &HashSet<i64>,
    numbers: &[&Tall],
    rest: &[Loest<'_>],
) -> Result<(), StoreError> {
    // The named conditions once more, all of them on the address, so that one list of values serves.
    let (street, named, mut here) = vilkaar(soek);
    for tall in &named {
        let condition = here.tall(tall);
        here.og(&condition);
    }
    for one in rest {
        let number = one.tall.map(|tall| here.tall(tall));
        let word = format!("a.strekning IN (SELECT s.id FROM strekning s WHERE {})", one.ord());
        let condition = match number {
            Some(number) if one.ord.is_empty() => number,
            Some(number) => format!("({number} OR {word})"),
            None => word,
        };
        here.og(&condition);
    }
    let each: Vec<String> = numbers.iter().map(|tall| here.tall(tall)).collect();
    here.og(&format!("({})", each.join(" OR ")));
    if !street.sql.is_empty() {
        let rows = store
            .query(&format!("SELECT s.id FROM strekning s WHERE {}", street.sql), &street.verdier)
            .await?;
        let ids = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<i64>, _>>()?;
        if ids.is_empty() {
            return Ok(());
        }
        here.og(&format!("a.strekning IN ({})", liste(&ids)));
    }
    let sql = format!(
        "SELECT a.id, a.strekning FROM adresse a WHERE {} ORDER BY a.nummer, a.bokstav, a.id LIMIT {MAX_HITS}",
        here.sql
    );
    for row in store.query(&sql, &here.verdier).await? {
        if !streets.contains(&row.get(1)?) {
            treff.deler.push(Del::Adresse(row.get(0)?));
        }
    }
    Ok(())
}

/// Exact hits, and then those that are only similar.
pub async fn med_lignende(
    store: &Store,
    book: &super::ordbok::Delt,
    ask: &Soek,
) -> Result<Treff, StoreError> {
    let mut treff = soek(store, book, ask, false).await?;
    if ask.krav.iter().any(|krav| krav.fuzzy) && treff.antall() < MAX_HITS {
        let known: HashSet<Del> = treff.deler.iter().copied().collect();
        let similar = soek(store, book, ask, true).await?;
        treff.deler.extend(similar.deler.into_iter().filter(|del| !known.contains(del)));
        treff.foerst = treff.foerst.or(similar.foerst);
        treff.deler.truncate(MAX_HITS);
    }
    Ok(treff)
}

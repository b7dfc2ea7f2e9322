//! A nation of 10,000 beside one of millions: how long it takes to make and load, what it takes on disk and in memory, and
//! whether the large one is read as quickly as the small one.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use bench::{Hospital, Installation, load};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use kernel::id::Pid;

use crate::{lookups, report};

/// Events of a page of the feed.
const PAGE: usize = 1000;
/// Births, each at least two events.
const BIRTHS: usize = 1000;
/// People of a bulk look-up: as many as one may ask for.
const BULK: usize = 1000;
const TIME: Duration = Duration::from_secs(5);

/// Measures a nation of `population` people on SQLite, or in the PostgreSQL at `store`, and gives its look-ups a second with
/// the files in memory.
///
/// On SQLite everything is read twice: first as it comes from a disk that has not been read since the system dropped the
/// pages, then with all files read once. In `keep`, if it is given, that nation stays, and the next run finds it there.
pub async fn measure(
    binary: &str,
    population: u32,
    store: Option<&str>,
    keep: Option<&Path>,
) -> anyhow::Result<f64> {
    let on = if store.is_some() { "postgres" } else { "sqlite" };
    let name = |what: &str| format!("{what}_{population}_{on}");
    let temporary = tempfile::tempdir()?;
    let keep = keep.filter(|_| store.is_none());
    let data = keep.map_or_else(|| temporary.path().to_owned(), |keep| keep.join(population.to_string()));
    let kept = data.join("nation").exists();
    std::fs::create_dir_all(&data)?;
    let felles = Installation::new(binary, &data, population, store)?;
    let (server, made) = felles.up().await?;
    if !kept {
        report(&name("made_and_loaded"), made.as_secs_f64(), "s");
        report(&name("peak_memory"), server.peak()?, "MiB");
    }
    server.stop()?;
    if store.is_none() {
        report(&name("disk_per_person"), size(&data)? as f64 / f64::from(population), "B");
    }
    let (server, again) = felles.up().await?;
    report(&name("start_again"), again.as_secs_f64(), "s");
    report(&name("resident"), server.resident()?, "MiB");

    let (token, persons) = lookups::prepare(&felles, &data).await?;
    let bearer = format!("Bearer {token}");
    let first = reads(&felles, &bearer, &persons, &name).await?;
    make_events(&felles, &persons).await?;
    feed_pages(&felles, &bearer, &name).await?;
    let per_second = if store.is_none() {
        warm(&data)?;
        let name = |what: &str| name(&format!("{what}_warm"));
        let warm = reads(&felles, &bearer, &persons, &name).await?;
        feed_pages(&felles, &bearer, &name).await?;
        warm
    } else {
        first
    };
    server.stop()?;
    Ok(per_second)
}

/// Look-ups of one and of many, and searches; gives the look-ups a second.
async fn reads(
    felles: &Installation,
    bearer: &str,
    persons: &[String],
    name: &impl Fn(&str) -> String,
) -> anyhow::Result<f64> {
    let address = felles.address();
    let lookups = lookups::of_persons(&address, bearer, persons).await?;
    report(&name("person_lookups"), lookups.per_second, "1/s");
    report(&name("person_lookups_p99"), lookups.p99, "ms");

    let (by_name, by_home) = lookups::of_names(&address, bearer, persons).await?;
    report(&name("name_searches"), by_name.per_second, "1/s");
    report(&name("name_search_p99"), by_name.p99, "ms");
    report(&name("address_searches"), by_home.per_second, "1/s");
    report(&name("address_search_p99"), by_home.p99, "ms");

    let (host, bearer, persons) = (address.clone(), bearer.to_owned(), persons.to_vec());
    let bulk = load::measure(&address, 2, TIME, move |n| {
        let asked = (0..BULK).map(|at| persons.get((n * BULK + at) % persons.len()));
        let asked = serde_json::json!({ "foedselsEllerDNummer": asked.collect::<Option<Vec<_>>>()? });
        Request::post("/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/bulkoppslag")
            .header("host", &host)
            .header("authorization", &bearer)
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(asked.to_string())))
            .ok()
    });
    let bulk = bulk.await.context("bulkoppslag")?;
    report(&name("bulk_lookups_of_1000"), bulk.per_second, "1/s");
    report(&name("bulk_lookup_of_1000_p99"), bulk.p99, "ms");
    Ok(lookups.per_second)
}

/// A load makes no events: births do.
async fn make_events(felles: &Installation, mothers: &[String]) -> anyhow::Result<()> {
    let hospital = Hospital::register(felles)?;
    for (n, mother) in mothers.iter().cycle().take(BIRTHS).enumerate() {
        let report = hospital.report("maal", n, Pid::parse(mother)?);
        hospital.insist(&report, TIME).await?;
    }
    // What follows a birth is not what is measured.
    tokio::time::sleep(TIME).await;
    Ok(())
}

/// Whole pages of the event feed, one reader at a time.
async fn feed_pages(
    felles: &Installation,
    bearer: &str,
    name: &impl Fn(&str) -> String,
) -> anyhow::Result<()> {
    const BASE: &str = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser";
    let address = felles.address();
    let (host, bearer) = (address.clone(), bearer.to_owned());
    let get = move |path: String| {
        let request = Request::get(path).header("host", &host).header("authorization", &bearer);
        request.body(Full::new(Bytes::new())).ok()
    };
    let newest = get(format!("{BASE}/siste/sekvensnummer")).context("a request")?;
    let newest = load::Connection::open(&address).await?.send(newest).await?;
    let newest: usize = serde_json::from_slice(newest.body())?;
    let whole = newest.checked_sub(PAGE).context("the births made no page of events")?;
    let get = move |n| get(format!("{BASE}/feed?seq={}", n * 97 % whole + 1));
    let feed = load::measure(&address, 1, TIME, get).await.context("feed")?;
    report(&name("feed_pages_of_1000"), feed.per_second, "1/s");
    report(&name("feed_page_of_1000_p99"), feed.p99, "ms");
    Ok(())
}

/// Reads every file below a directory, so that the system has it in memory.
fn warm(directory: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            warm(&path)?;
        } else {
            std::io::copy(&mut std::fs::File::open(&path)?, &mut std::io::sink())?;
        }
    }
    Ok(())
}

/// Bytes of all files below a directory.
fn size(directory: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        sum += if metadata.is_dir() { size(&entry.path())? } else { metadata.len() };
    }
    Ok(sum)
}

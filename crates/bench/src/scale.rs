//! A nation of 10,000 beside one of millions: how long it takes to make and load, what it takes on disk and in memory, and
//! whether the large one is read as quickly as the small one.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use bench::load::Measured;
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

/// Measures a nation of `population` people on SQLite, or in the PostgreSQL at `store`, and gives its look-ups a second.
pub async fn measure(binary: &str, population: u32, store: Option<&str>) -> anyhow::Result<f64> {
    let on = if store.is_some() { "postgres" } else { "sqlite" };
    let name = |what: &str| format!("{what}_{population}_{on}");
    let data = tempfile::tempdir()?;
    let felles = Installation::new(binary, data.path(), population, store)?;
    let (server, made) = felles.up().await?;
    report(&name("made_and_loaded"), made.as_secs_f64(), "s");
    report(&name("peak_memory"), server.peak()?, "MiB");
    server.stop()?;
    if store.is_none() {
        report(&name("disk_per_person"), size(data.path())? as f64 / f64::from(population), "B");
    }
    let (server, again) = felles.up().await?;
    report(&name("start_again"), again.as_secs_f64(), "s");
    report(&name("resident"), server.resident()?, "MiB");

    let (token, persons) = lookups::prepare(&felles, data.path()).await?;
    let (address, bearer) = (felles.address(), format!("Bearer {token}"));
    let measured = lookups::of_persons(&address, &bearer, &persons).await?;
    report(&name("person_lookups"), measured.per_second, "1/s");
    report(&name("person_lookups_p99"), measured.p99, "ms");

    let (by_name, by_home) = lookups::of_names(&address, &bearer, &persons).await?;
    report(&name("name_searches"), by_name.per_second, "1/s");
    report(&name("name_search_p99"), by_name.p99, "ms");
    report(&name("address_searches"), by_home.per_second, "1/s");
    report(&name("address_search_p99"), by_home.p99, "ms");

    let feed = feed_pages(&felles, &address, &bearer, &persons).await?;
    report(&name("feed_pages_of_1000"), feed.per_second, "1/s");
    report(&name("feed_page_of_1000_p99"), feed.p99, "ms");

    let host = address.clone();
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
    server.stop()?;
    Ok(measured.per_second)
}

/// Whole pages of the event feed, one reader at a time. A load makes no events: births do.
async fn feed_pages(
    felles: &Installation,
    address: &str,
    bearer: &str,
    mothers: &[String],
) -> anyhow::Result<Measured> {
    let hospital = Hospital::register(felles)?;
    for (n, mother) in mothers.iter().cycle().take(BIRTHS).enumerate() {
        let report = hospital.report("maal", n, Pid::parse(mother)?);
        hospital.insist(&report, TIME).await?;
    }
    // What follows a birth is not what is measured.
    tokio::time::sleep(TIME).await;
    const BASE: &str = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser";
    let (host, bearer) = (address.to_owned(), bearer.to_owned());
    let get = move |path: String| {
        let request = Request::get(path).header("host", &host).header("authorization", &bearer);
        request.body(Full::new(Bytes::new())).ok()
    };
    let newest = get(format!("{BASE}/siste/sekvensnummer")).context("a request")?;
    let newest = load::Connection::open(address).await?.send(newest).await?;
    let newest: usize = serde_json::from_slice(newest.body())?;
    let whole = newest.checked_sub(PAGE).context("the births made no page of events")?;
    load::measure(address, 1, TIME, move |n| get(format!("{BASE}/feed?seq={}", n * 97 % whole + 1))).await
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

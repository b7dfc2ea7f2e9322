//! `./bench`: measures Felles from outside, over HTTP, and prints one line `name value unit` for each measure.

mod journey;
mod letters;
mod lookups;
mod peer;
mod scale;
mod sessions;
mod signins;
mod tokens;

use anyhow::Context as _;
use bench::Installation;

/// People of the installation that start-up, look-ups and tokens are measured on: the size a newcomer gets.
const POPULATION: u32 = 10_000;
/// People of an installation that nobody is looked up in.
const SMALL: u32 = 100;
/// People of the installations that births are measured on: enough mothers for the longest run.
const LARGE: u32 = 100_000;
/// People of the nation that `scale` sets beside one of [`POPULATION`], unless `BENCH_POPULATION` says otherwise.
const WHOLE: u32 = 5_600_000;

#[expect(clippy::print_stdout, reason = "what is measured goes to standard output")]
fn report(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.3} {unit}");
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let binary = std::env::var("FELLES_BIN").context("FELLES_BIN names the program to measure")?;
    let postgres = std::env::var("BENCH_POSTGRES").ok();
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| wanted == name);

    if ["start", "lookups", "tokens", "signins"].into_iter().any(wanted) {
        let data = tempfile::tempdir()?;
        let felles = Installation::new(&binary, data.path(), POPULATION, None)?;
        let (server, first) = felles.up().await?;
        server.stop()?;
        let (server, again) = felles.up().await?;
        if wanted("start") {
            report("start_first", first.as_secs_f64(), "s");
            report("start_again", again.as_secs_f64(), "s");
            report("resident_after_start", server.resident()?, "MiB");
        }
        if wanted("lookups") {
            lookups::measure(&felles, data.path()).await?;
        }
        if wanted("tokens") {
            tokens::measure(&felles, &server).await?;
        }
        if wanted("signins") {
            signins::measure(&felles, &server, data.path()).await?;
        }
        report("resident_after_load", server.resident()?, "MiB");
        server.stop()?;
    }
    if wanted("tokens") {
        let data = tempfile::tempdir()?;
        std::fs::write(data.path().join("felles.toml"), "[maskinporten]\nsigning = \"ES256\"\n")?;
        let felles = Installation::new(&binary, data.path(), SMALL, None)?;
        let (server, _) = felles.up().await?;
        tokens::measure_es256(&felles, &server).await?;
        server.stop()?;
    }
    if wanted("sessions") {
        let data = tempfile::tempdir()?;
        let felles = Installation::new(&binary, data.path(), POPULATION, None)?;
        sessions::measure(&felles, data.path()).await?;
    }
    // Only where they are asked for: each takes half an hour and gigabytes.
    for (part, store) in [("scale", None), ("scale-postgres", postgres.as_deref())] {
        if !named.iter().any(|name| name == part) {
            continue;
        }
        let whole = std::env::var("BENCH_POPULATION").map_or(Ok(WHOLE), |people| people.parse())?;
        let keep = std::env::var_os("BENCH_KEEP").map(std::path::PathBuf::from);
        let small = scale::measure(&binary, POPULATION, store, keep.as_deref()).await?;
        let large = scale::measure(&binary, whole, store, keep.as_deref()).await?;
        report(&format!("{part}_person_lookups_large_to_small"), large / small, "ratio");
    }
    // Of PostgreSQL only where there is one.
    let stores =
        std::iter::once(("sqlite", None)).chain(postgres.as_deref().map(|url| ("postgres", Some(url))));
    if wanted("letters") {
        for (name, store) in stores.clone() {
            let data = tempfile::tempdir()?;
            let felles = Installation::new(&binary, data.path(), POPULATION, store)?;
            let (server, _) = felles.up().await?;
            letters::measure(&felles, data.path(), name).await?;
            server.stop()?;
        }
    }
    if wanted("journey") {
        for (name, store) in stores {
            let data = tempfile::tempdir()?;
            let felles = Installation::new(&binary, data.path(), LARGE, store)?;
            let (server, _) = felles.up().await?;
            journey::measure(&felles, &server, data.path(), name).await?;
            server.stop()?;
        }
    }
    Ok(())
}

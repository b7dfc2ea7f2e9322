//! Births through the whole journey: how many a second, and how long from the report to the letter.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bench::{Hospital, Installation, Server};
use kernel::id::Pid;
use tokio::sync::Semaphore;

use crate::report;

/// Births of the measure of throughput.
const MANY: usize = 3000;
/// Reports under way at once while throughput is measured.
const AT_ONCE: usize = 64;
/// Births a second while the time to the letter is measured, and how many.
const STEADY: (u64, usize) = (50, 500);
/// How long a letter may take before the measure gives up.
const PATIENCE: Duration = Duration::from_mins(2);

pub async fn measure(felles: &Installation, server: &Server, data: &Path, store: &str) -> anyhow::Result<()> {
    let hospital = Hospital::register(felles)?;
    let mothers = mothers(data)?;
    let (steady, many) = (mothers.get(..STEADY.1), mothers.get(STEADY.1..STEADY.1 + MANY));
    let (steady, many) = steady.zip(many).context("the nation has too few mothers")?;

    let mut times = time_to_letter(&hospital, steady).await?;
    times.sort();
    let at =
        |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    report(&format!("birth_to_letter_p50_{store}"), at(50), "ms");
    report(&format!("birth_to_letter_p99_{store}"), at(99), "ms");

    let (took, processor) = throughput(server, &hospital, many).await?;
    report(&format!("births_per_second_{store}"), MANY as f64 / took.as_secs_f64(), "1/s");
    report(&format!("processor_per_birth_{store}"), processor * 1000.0 / MANY as f64, "ms");
    Ok(())
}

fn mothers(data: &Path) -> anyhow::Result<Vec<Pid>> {
    let text = std::fs::read_to_string(data.join("nation/moedre.txt"))?;
    Ok(text.lines().map(Pid::parse).collect::<Result<_, _>>()?)
}

/// From the report's sending until the letter is seen to be delivered, at a steady pace.
async fn time_to_letter(hospital: &Hospital, mothers: &[Pid]) -> anyhow::Result<Vec<Duration>> {
    let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / STEADY.0));
    let mut births = Vec::new();
    for (n, mother) in mothers.iter().enumerate() {
        pace.tick().await;
        let (hospital, message) = (hospital.clone(), hospital.report("jevn", n, *mother));
        births.push(tokio::spawn(async move {
            let begin = Instant::now();
            let receipt = hospital.insist(&message, PATIENCE).await?;
            let child = receipt.foedsels_eller_d_nummer.context("the receipt names no child")?;
            hospital.letter(&child, Duration::from_millis(5), PATIENCE).await?;
            anyhow::Ok(begin.elapsed())
        }));
    }
    let mut times = Vec::new();
    for birth in births {
        times.push(birth.await??);
    }
    Ok(times)
}

/// The time until the last of all letters is delivered, and the server's processor time in it (seconds).
async fn throughput(
    server: &Server,
    hospital: &Hospital,
    mothers: &[Pid],
) -> anyhow::Result<(Duration, f64)> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let (begin, before) = (Instant::now(), server.processor_time()?);
    let mut births = Vec::new();
    for (n, mother) in mothers.iter().enumerate() {
        let place = places.clone().acquire_owned().await?;
        let (hospital, message) = (hospital.clone(), hospital.report("mange", n, *mother));
        births.push(tokio::spawn(async move {
            let receipt = hospital.insist(&message, PATIENCE).await?;
            drop(place);
            receipt.foedsels_eller_d_nummer.context("the receipt names no child")
        }));
    }
    // The last first: when it is there, most of the others are, and the looking costs little.
    for birth in births.into_iter().rev() {
        hospital.letter(&birth.await??, Duration::from_millis(20), PATIENCE).await?;
    }
    Ok((begin.elapsed(), server.processor_time()? - before))
}

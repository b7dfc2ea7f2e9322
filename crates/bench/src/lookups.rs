//! Look-ups of persons over HTTP, against the same server answering a constant.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use bench::hospital::client_key;
use bench::{Installation, load};
use bytes::Bytes;
use clients::{Mesh, TokenSource, folkeregister, maskinporten};
use http::Request;
use http_body_util::Full;
use kernel::clock::Clock;
use kernel::rng::Rng;

use crate::report;

const CONNECTIONS: usize = 256;
const TIME: Duration = Duration::from_secs(5);

pub async fn measure(felles: &Installation, data: &Path) -> anyhow::Result<()> {
    let scope = folkeregister::SCOPE_MED_HJEMMEL;
    let client = client_key(&felles.json(&["client", "add", "maskinporten", "--scope", scope])?)?;
    let mesh = Mesh::remote(&felles.base(), &[maskinporten::NAME]);
    let issuer = format!("{}/maskinporten/", felles.base());
    let token = TokenSource::new(mesh, &issuer, client, Clock::system(), Rng::system()).token().await?;
    let mothers = std::fs::read_to_string(data.join("nation/moedre.txt"))?;
    let mothers: Vec<String> = mothers.lines().map(str::to_owned).collect();

    let address = felles.address();
    let host = address.clone();
    let constant = load::measure(&address, CONNECTIONS, TIME, move |_| {
        Request::get("/health").header("host", &host).body(Full::new(Bytes::new())).ok()
    });
    let constant = constant.await.context("/health")?.per_second;
    let host = address.clone();
    let persons = load::measure(&address, CONNECTIONS, TIME, move |n| {
        let person = mothers.get(n % mothers.len())?;
        Request::get(format!("/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{person}"))
            .header("host", &host)
            .header("authorization", format!("Bearer {token}"))
            .body(Full::new(Bytes::new()))
            .ok()
    });
    let persons = persons.await.context("personer")?;
    let (persons, p99) = (persons.per_second, persons.p99);
    report("constant_per_second", constant, "1/s");
    report("person_lookups_per_second", persons, "1/s");
    report("person_lookups_p99", p99, "ms");
    report("person_lookups_to_constant", persons / constant, "ratio");
    Ok(())
}

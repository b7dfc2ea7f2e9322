//! Look-ups of persons over HTTP, against the same server answering a constant.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use bench::hospital::client_key;
use bench::load::Measured;
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

/// A token for look-ups, and whom to look up, in a chance order.
pub async fn prepare(felles: &Installation, data: &Path) -> anyhow::Result<(String, Vec<String>)> {
    let scope = folkeregister::SCOPE_MED_HJEMMEL;
    let client = client_key(&felles.json(&["client", "add", "maskinporten", "--scope", scope])?)?;
    let mesh = Mesh::remote(&felles.base(), &[maskinporten::NAME]);
    let issuer = format!("{}/maskinporten/", felles.base());
    let token = TokenSource::new(mesh, &issuer, client, Clock::system(), Rng::system()).token().await?;
    let mothers = std::fs::read_to_string(data.join("nation/moedre.txt"))?;
    Ok((token, mothers.lines().map(str::to_owned).collect()))
}

/// Look-ups of these persons, one after the other.
pub async fn of_persons(address: &str, bearer: &str, persons: &[String]) -> anyhow::Result<Measured> {
    let (host, bearer, persons) = (address.to_owned(), bearer.to_owned(), persons.to_vec());
    let measured = load::measure(address, CONNECTIONS, TIME, move |n| {
        let person = persons.get(n % persons.len())?;
        Request::get(format!("/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{person}"))
            .header("host", &host)
            .header("authorization", &bearer)
            .body(Full::new(Bytes::new()))
            .ok()
    });
    measured.await.context("personer")
}

/// How many persons the searches are for.
const SOUGHT: usize = 1000;

/// Searches for the names of these persons, and for the addresses where they live, two at a time.
pub async fn of_names(
    address: &str,
    bearer: &str,
    persons: &[String],
) -> anyhow::Result<(Measured, Measured)> {
    let asked = persons.get(..SOUGHT.min(persons.len()));
    let body = serde_json::json!({ "foedselsEllerDNummer": asked }).to_string();
    let request = Request::post("/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/bulkoppslag")
        .header("host", address)
        .header("authorization", bearer)
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))?;
    let answer = load::Connection::open(address).await?.send(request).await?;
    let answer: folkeregister::PersonBulkoppslagSvar = serde_json::from_slice(answer.body())?;
    let found = answer.oppslag.into_iter().filter_map(|one| one.folkeregisterperson);
    let (mut names, mut homes) = (Vec::new(), Vec::new());
    for person in found {
        let name = person.gjeldende_navn();
        names.extend(name.map(|name| clients::encoded(&format!("{} {}", name.fornavn, name.etternavn))));
        let home = person.gjeldende_bostedsadresse().and_then(|home| home.vegadresse.as_ref());
        homes.extend(home.map(|home| clients::encoded(&folkeregister::adresselinjer(home).join(" "))));
    }
    let base = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/soek?navn=";
    let by_name = gets(address, bearer, base, names).await.context("soek")?;
    let by_home = gets(address, bearer, "/adresser/v1/sok?sok=", homes).await.context("adresser/sok")?;
    Ok((by_name, by_home))
}

/// Requests of these ends of a path, one after the other.
async fn gets(
    address: &str,
    bearer: &str,
    base: &'static str,
    ends: Vec<String>,
) -> anyhow::Result<Measured> {
    let (host, bearer) = (address.to_owned(), bearer.to_owned());
    load::measure(address, 2, TIME, move |n| {
        Request::get(format!("{base}{}", ends.get(n % ends.len())?))
            .header("host", &host)
            .header("authorization", &bearer)
            .body(Full::new(Bytes::new()))
            .ok()
    })
    .await
}

pub async fn measure(felles: &Installation, data: &Path) -> anyhow::Result<()> {
    let (token, mothers) = prepare(felles, data).await?;
    let address = felles.address();
    let host = address.clone();
    let constant = load::measure(&address, CONNECTIONS, TIME, move |_| {
        Request::get("/health").header("host", &host).body(Full::new(Bytes::new())).ok()
    });
    let constant = constant.await.context("/health")?.per_second;
    let persons = of_persons(&address, &format!("Bearer {token}"), &mothers).await?;
    report("constant_per_second", constant, "1/s");
    report("person_lookups_per_second", persons.per_second, "1/s");
    report("person_lookups_p99", persons.p99, "ms");
    report("person_lookups_to_constant", persons.per_second / constant, "ratio");
    Ok(())
}

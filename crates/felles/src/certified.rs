//! The certificates of the wallet's two ends: of who asks for credentials (ID-porten, Ansattporten) and of who issues them; and
//! that of Kontaktregisteret, which signs answers. Where none is configured, a test installation has its own test authority issue one, and keeps it among its secrets.

use std::path::Path;

use anyhow::Context as _;
use clients::orgs::Org;
use jiff::{Timestamp, ToSpan as _};
use kernel::id::Orgnr;
use kernel::jose::{Alg, Certified};
use serde::{Deserialize, Serialize};

use crate::server::{Shared, open_store};

/// How many days before its end a certificate of the test authority is replaced: long after the last credential that it
/// signed has ended.
const BEFORE: i64 = 60;

/// A certificate with its key, as the secrets keep it.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Its end.
    expires: Timestamp,
    /// The private key and the chain; PEM.
    pem: String,
}

/// The certificate in `file`, PEM with its private key; or, in a test installation, one of the test authority for `org` with
/// a key for `alg`, kept under `name`. Nothing where there is neither.
pub async fn of(
    shared: &Shared,
    file: Option<&Path>,
    name: &str,
    org: Org,
    alg: Alg,
) -> anyhow::Result<Option<Certified>> {
    let config = shared.config();
    if let Some(file) = file {
        let file = config.data.join(file);
        let pem =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let certified = Certified::from_pem(&pem);
        return certified.map(Some).with_context(|| format!("{} is not as it should be", file.display()));
    }
    if !config.test_mode {
        return Ok(None);
    }
    let now = shared.clock().now();
    let kept = shared.secrets().read(name)?;
    let kept: Option<Kept> = kept.as_deref().map(serde_json::from_str).transpose()?;
    let lasts = |kept: &Kept| kept.expires > now + (BEFORE * 24).hours();
    let kept = match kept.filter(lasts) {
        Some(kept) => kept,
        None => issue(shared, name, org, alg, now).await?,
    };
    Ok(Some(Certified::from_pem(&kept.pem)?))
}

/// Has the test authority issue a certificate, and keeps it.
async fn issue(shared: &Shared, name: &str, org: Org, alg: Alg, now: Timestamp) -> anyhow::Result<Kept> {
    let (config, rng) = (shared.config(), shared.rng());
    let store = open_store(&config.place, maskinporten::NAME).await?;
    let crl = format!("{}{}", config.base_url, clients::maskinporten::TEST_CRL_PATH);
    let ca = maskinporten::TestCa::open(&store, &shared.master()?, rng, now, crl).await?;
    let subject = maskinporten::Subject {
        orgnr: Orgnr::parse(org.orgnr)?,
        name: org.navn,
        seid: maskinporten::Seid::Two,
        alg,
    };
    let issued = ca.issue(&store, rng, now, subject).await?;
    // Who verifies has the root already; the profile wants it left out.
    let mut pem = issued.private_key_pem;
    let chain = issued.certificate_pem.split_inclusive("-----END CERTIFICATE-----\n");
    let without_root = issued.x5c.len().saturating_sub(1);
    pem.extend(chain.take(without_root));
    let kept = Kept { expires: now + (maskinporten::TEST_CERTIFICATE_DAYS * 24).hours(), pem };
    shared.secrets().write(name, &serde_json::to_string(&kept)?)?;
    Ok(kept)
}

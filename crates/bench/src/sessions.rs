//! Sign-ins while a thousand people are signed in already, and while a million are.

use std::path::Path;

use anyhow::Context as _;
use bench::Installation;
use kernel::store::{Place, Store, StoreError};

use crate::report;
use crate::signins::{Party, TIME, at_once};

const MILLION: u32 = 1_000_000;

pub async fn measure(felles: &Installation, data: &Path) -> anyhow::Result<()> {
    let mut rates = [0.0; 2];
    for (rate, name) in rates.iter_mut().zip(["thousand", "million"]) {
        let (server, _) = felles.up().await?;
        let party = Party::of(felles, data, &[])?;
        *rate = at_once(&party).await?.len() as f64 / TIME.as_secs_f64();
        report(&format!("sign_ins_beside_a_{name}_sessions"), *rate, "1/s");
        report(&format!("resident_beside_a_{name}_sessions"), server.resident()?, "MiB");
        server.stop()?;
        if name == "thousand" {
            fill(data).await.context("filling the store of sessions")?;
        }
    }
    report("sign_ins_beside_a_million_to_a_thousand", rates[1] / rates[0], "ratio");
    Ok(())
}

/// Copies a real session, with all that a sign-in leaves behind, to a million people.
async fn fill(data: &Path) -> anyhow::Result<()> {
    let store = Store::open(&Place::Directory(data.to_owned()).of("idporten"), &[]).await?;
    let sid = store
        .query_opt(
            "SELECT sid FROM granted JOIN access_token ON granted = id ORDER BY issued DESC LIMIT 1",
            &[],
        )
        .await?
        .context("nobody has signed in")?
        .get::<String>(0)?;
    let of_session = format!("sid = '{sid}'");
    let of_grant = format!("granted IN (SELECT id FROM granted WHERE {of_session})");
    for (table, of) in [
        ("session", &of_session),
        ("authentication", &of_session),
        ("participant", &of_session),
        ("granted", &of_session),
        ("sign_in_log", &of_session),
        ("access_token", &of_grant),
    ] {
        let columns = store.query(&format!("SELECT name FROM pragma_table_info('{table}')"), &[]).await?;
        let columns: Vec<String> = columns.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
        // Numbers that follow no order, the same for all that belongs together.
        let values = columns.iter().map(|column| match column.as_str() {
            "sid" => "printf('s%08x', i * 2654435761 & 4294967295)",
            "id" | "granted" => "printf('g%08x', i * 2654435761 & 4294967295)",
            "pid" => "printf('%011d', i * 7919)",
            "cookie" | "hash" => "randomblob(32)",
            other => other,
        });
        let values: Vec<&str> = values.collect();
        let sql = format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MILLION})
             INSERT INTO {table} ({}) SELECT {} FROM n, (SELECT * FROM {table} WHERE {of} LIMIT 1)",
            columns.join(", "),
            values.join(", ")
        );
        let filled: Result<u64, StoreError> =
            store.write(move |tx| Box::pin(async move { tx.execute(&sql, &[]).await })).await;
        anyhow::ensure!(filled? == u64::from(MILLION), "{table} was not filled");
    }
    Ok(())
}

//! Who follows the feed from its beginning has every person's document as of every moment.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clients::folkeregister::*;
use common::liv::{Liv, lev};
use common::*;
use jiff::{SignedDuration, Timestamp};
use kernel::id::Pid;
use serde_json::json;

/// Messages that are sent; some contradict the register, and change nothing.
const ANTALL: usize = 4000;
/// Random people, each as of a random moment.
const PROEVER: u32 = 10_000;

/// The whole feed, each event with what it tells in full.
async fn hendelser(register: &Register) -> Vec<(LagretHendelse, Hendelse)> {
    let mut all = Vec::new();
    loop {
        let path = format!("{BASE}/hendelser/feed?seq={}", all.len() + 1);
        let page: Vec<LagretHendelse> = serde_json::from_value(register.get(&path).await.json()).unwrap();
        if page.is_empty() {
            return all;
        }
        let ids: Vec<&String> =
            page.iter().filter_map(|one| one.hendelse.hendelsesdokument.as_ref()).collect();
        assert_eq!(ids.len(), page.len(), "every event has one in full");
        let body = json!({"dokumentidentifikator": ids});
        let full =
            register.post(&format!("{BASE}/hendelser/bulkoppslag"), SCOPE_MED_HJEMMEL, &body).await.json();
        let full: Vec<DokumentForHendelse> = serde_json::from_value(full).unwrap();
        assert_eq!(full.len(), page.len());
        all.extend(page.into_iter().zip(full.into_iter().map(|one| one.hendelse)));
    }
}

/// The documents as they were kept, by their identifiers.
async fn arkivet(register: &Register, ids: &[&String]) -> Vec<Persondokument> {
    let parts: Vec<String> = Element::ALLE.iter().map(|element| format!("part={}", element.navn())).collect();
    let path = format!("{BASE}/personer/bulkoppslag/arkiv?part=historikk&{}", parts.join("&"));
    let mut all = Vec::new();
    for ids in ids.chunks(1000) {
        let body = json!({"dokumentidentifikator": ids});
        let found = register.post(&path, SCOPE_MED_HJEMMEL, &body).await.json();
        all.append(&mut serde_json::from_value::<Vec<Persondokument>>(found).unwrap());
    }
    assert_eq!(all.len(), ids.len());
    all
}

#[tokio::test]
async fn ten_thousand_people_and_moments_are_rebuilt_from_the_feed_alone() {
    let register = tomt().await;
    let mut liv = Liv::ny(2026);
    let begynnelse = register.clock.now();
    let registrert = lev(&register, &mut liv, ANTALL).await;
    let slutt = register.clock.now();
    for melding in MELDINGER {
        let antall = registrert.get(melding).copied().unwrap_or(0);
        assert!(antall >= 10, "{melding}: {antall} of {registrert:?}");
    }
    let hendelser = hendelser(&register).await;

    // Each person's versions, by when they came to be. Who was given another number is one with who had the earlier.
    let mut versjoner: HashMap<Pid, BTreeMap<Timestamp, String>> = HashMap::new();
    let mut kopi: HashMap<Pid, Persondokument> = HashMap::new();
    let mut gjenoppbygd: HashMap<String, Persondokument> = HashMap::new();
    for (LagretHendelse { hendelse, .. }, full) in &hendelser {
        let pid = hendelse.folkeregisteridentifikator;
        for endring in
            full.egenskapshendelse.iter().filter(|endring| endring.entitet == "identifikasjonsnummer")
        {
            let nummer =
                endring.opplysning["identifikasjonsnummer"]["foedselsEllerDNummer"].as_str().unwrap();
            let nummer = Pid::parse(nummer).unwrap();
            if nummer != pid {
                let (person, earlier) = (kopi.remove(&nummer), versjoner.remove(&nummer));
                kopi.extend(person.map(|person| (pid, person)));
                versjoner.extend(earlier.map(|earlier| (pid, earlier)));
            }
        }
        let person = kopi.entry(pid).or_default();
        person.foelg(full).unwrap();
        let dokument = hendelse.persondokument.clone().unwrap();
        versjoner.entry(pid).or_default().insert(hendelse.ajourholdstidspunkt, dokument.clone());
        gjenoppbygd.insert(dokument, person.clone());
    }

    let mut folk: Vec<&Pid> = versjoner.keys().collect();
    folk.sort_unstable();
    let varte = u32::try_from(slutt.duration_since(begynnelse).as_secs()).unwrap();
    let mut proevd = BTreeSet::new();
    let mut proever = 0;
    while proever < PROEVER {
        let pid = folk[liv.av(folk.len())];
        let da = begynnelse + SignedDuration::from_secs(i64::from(liv.rng.below(varte)));
        // Before they were in the register there is nothing to rebuild.
        let Some((_, dokument)) = versjoner[pid].range(..=da).next_back() else { continue };
        proevd.insert(dokument);
        proever += 1;
    }
    let ids: Vec<&String> = proevd.into_iter().collect();
    assert!(ids.len() > 1000, "the moments are of {} versions", ids.len());
    for (id, arkivert) in ids.iter().zip(arkivet(&register, &ids).await) {
        let rebuilt = &gjenoppbygd[*id];
        assert!(rebuilt.har_de_samme(&arkivert), "the version {id}: {rebuilt:#?} is not {arkivert:#?}");
    }
}

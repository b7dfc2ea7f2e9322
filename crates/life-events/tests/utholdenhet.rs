//! Neighbours that fail, and a process that is killed: each birth is decided once and has one letter.

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use clients::life_events::{Oppgavetype, Reiser, Stegstatus};
use common::{BASE, FOEDT, koder, stille_verden, verden};
use http::StatusCode;
use jiff::SignedDuration;
use jiff::civil::date;
use kernel::id::{Kjoenn, Pid};

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_whose_answer_got_lost_is_sent_again_and_lies_there_once() {
    let v = verden().await;
    let f = v.folk;
    v.feil.tapte_svar.store(2, Ordering::SeqCst);
    let barn = v.foedsel(f.mor).await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        v.clock.advance(SignedDuration::from_secs(60));
    }
    v.vent_paa_slutten(&barn).await;
    assert_eq!(v.feil.tapte_svar.load(Ordering::SeqCst), 0);
    assert_eq!(v.brev(f.mor).await.meldinger.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_goes_on_from_each_step_after_the_process_was_killed() {
    let mut v = stille_verden().await;
    let f = v.folk;
    let barn = v.foedsel(f.mor).await;
    // While facts are gathered.
    v.feil.folkeregister_nede.store(true, Ordering::SeqCst);
    v.start();
    tokio::time::sleep(Duration::from_millis(100)).await;
    v.kill().await;
    v.feil.folkeregister_nede.store(false, Ordering::SeqCst);
    // While the channel is looked for.
    v.feil.kontaktregister_nede.store(true, Ordering::SeqCst);
    v.start();
    v.vent(&barn, |reise| reise.steg.iter().any(|s| s.id == "fatt_vedtak" && s.status == Stegstatus::Ferdig))
        .await;
    v.kill().await;
    v.feil.kontaktregister_nede.store(false, Ordering::SeqCst);
    // While the letter is sent.
    v.feil.postkasse_nede.store(true, Ordering::SeqCst);
    v.clock.advance(SignedDuration::from_mins(10));
    v.start();
    v.vent(&barn, |reise| {
        reise.steg.iter().any(|s| s.id == "send_digitalt" && s.status == Stegstatus::Paagaar)
    })
    .await;
    v.stop().await;
    v.kill().await;
    v.feil.postkasse_nede.store(false, Ordering::SeqCst);
    v.clock.advance(SignedDuration::from_mins(10));
    v.start();
    v.vent_paa_slutten(&barn).await;
    assert_eq!(v.brev(f.mor).await.meldinger.len(), 1);
    let mine: Reiser = v.les(&format!("{BASE}/reiser"), &v.innbygger(f.mor)).await;
    assert_eq!(mine.reiser.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_births_and_many_kills_give_each_child_one_journey_one_decision_one_letter() {
    let mut v = stille_verden().await;
    let mothers: Vec<Pid> = (0..40)
        .map(|n| Pid::synthetic(date(1990, 1, 1 + n / 4), Kjoenn::Kvinne, n as usize % 4).unwrap())
        .collect();
    let loader = v.organisasjon(clients::orgs::FELLES.orgnr, "felles:innlasting");
    let lines: Vec<String> = mothers
        .iter()
        .map(|pid| serde_json::to_string(&common::person(*pid, date(1990, 1, 1), Kjoenn::Kvinne)).unwrap())
        .collect();
    let (status, _) = v
        .raw(
            "POST",
            "/folkeregisteret/innlasting/v1",
            &loader,
            "application/x-ndjson",
            lines.join("\n").into_bytes(),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    let mut children = Vec::new();
    for (n, mother) in mothers.iter().enumerate() {
        children.push(v.foedsel(*mother).await);
        if n % 4 == 3 {
            v.start();
            tokio::time::sleep(Duration::from_millis(u64::from(v.rng.below(25)))).await;
            v.kill().await;
        }
    }
    v.start();
    for barn in &children {
        v.vent_paa_slutten(barn).await;
    }
    // None has a mailbox: each letter lies in the print queue, once.
    let mut letters: Vec<_> = v.utskrift_alle().await.into_iter().map(|brev| brev.id).collect();
    letters.sort_unstable();
    letters.dedup();
    assert_eq!(letters.len(), mothers.len());
    assert_eq!(v.utskrift_alle().await.len(), mothers.len());
    for mother in &mothers {
        let mine: Reiser = v.les(&format!("{BASE}/reiser"), &v.innbygger(*mother)).await;
        assert_eq!(mine.reiser.len(), 1);
        assert_eq!(v.vedtak(*mother).await.perioder[0].fom, "2026-12");
    }
    assert!(FOEDT < date(2026, 12, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_that_never_succeeds_becomes_an_operators_task_and_goes_on_when_told() {
    let v = verden().await;
    let f = v.folk;
    v.feil.folkeregister_nede.store(true, Ordering::SeqCst);
    let mut stuck = None;
    let barn = {
        // The feed is read while the register's people do not answer: nothing is started, and nothing is lost.
        let barn = v.foedsel(f.mor).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(v.foelg(&barn).await.is_none());
        v.feil.folkeregister_nede.store(false, Ordering::SeqCst);
        v.feil.kontaktregister_nede.store(true, Ordering::SeqCst);
        barn
    };
    for _ in 0..400 {
        v.clock.advance(SignedDuration::from_mins(6));
        tokio::time::sleep(Duration::from_millis(25)).await;
        stuck = v.oppgaver("aapen").await.into_iter().find(|task| task.kind == Oppgavetype::Teknisk);
        if stuck.is_some() {
            break;
        }
        let by_hand =
            v.oppgaver("aapen").await.into_iter().find(|task| task.kind == Oppgavetype::ManuellUtsending);
        if by_hand.is_some() {
            stuck = by_hand;
            break;
        }
    }
    let task = stuck.expect("a task after the last attempt");
    assert_eq!((task.kind, koder(&task)), (Oppgavetype::ManuellUtsending, vec!["SENDING_IKKE_MULIG"]));
    assert_eq!(v.loes(task.id, "sendt", "Sendt i posten.").await.0, StatusCode::OK);
    v.vent_paa_slutten(&barn).await;
}

//! What a machine must not go past: each reaches a caseworker, with a reason that has a stable code.

mod common;

use std::sync::atomic::Ordering;

use clients::folkeregister::{MeldtForelder, Personnavn};
use clients::life_events::{Oppgavetype, Reisestatus, Stegstatus};
use common::{BASE, koder, verden};
use http::StatusCode;
use jiff::civil::date;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn each_guard_makes_a_caseworkers_task_and_sends_nothing() {
    let v = verden().await;
    let f = v.folk;
    for (mor, code) in [
        (f.kode6, "ADRESSEBESKYTTELSE"),
        (f.kode7, "ADRESSEBESKYTTELSE"),
        (f.verge, "MOR_HAR_VERGE"),
        (f.mann, "MOR_REGISTRERT_SOM_MANN"),
        (f.ung, "MOR_UNDER_18"),
        (f.nylig, "KORT_TID_MELLOM_BARN"),
        (f.uten_adresse, "MANGLER_OPPLYSNINGER"),
        (f.polsk, "EOS_SAK"),
    ] {
        let barn = v.foedsel(mor).await;
        let task = v.vent_paa_oppgave(&barn).await;
        assert_eq!(task.kind, Oppgavetype::ManuellVurdering);
        assert!(koder(&task).contains(&code), "{code}: {task:?}");
        assert!(task.grunner.iter().all(|grunn| grunn.tekst.ends_with('.')), "{task:?}");
        // 28 days after Monday 23 November.
        assert_eq!(task.frist, date(2026, 12, 21));
        let reise = v.foelg(&barn).await.unwrap();
        assert_eq!((reise.status, reise.brev), (Reisestatus::Venter, None));
        let step = reise.steg.iter().find(|steg| steg.status == Stegstatus::Oppgave).unwrap();
        assert_eq!(step.id, "manuell_vurdering");
        assert!(reise.steg.iter().any(|steg| steg.status == Stegstatus::Kommer));
        assert!(v.brev(mor).await.meldinger.is_empty());
    }
    assert!(v.utskrift().await.brev.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mother_whom_the_register_does_not_know_gets_no_decision_by_machine() {
    let v = verden().await;
    let navn = Personnavn { fornavn: "Anna".to_owned(), mellomnavn: None, etternavn: "Ukjent".to_owned() };
    let mor =
        MeldtForelder { navn: Some(navn), foedselsdato: Some(date(1990, 1, 1)), ..MeldtForelder::default() };
    let barn = v.foedsel_av(mor, None, "fødsel-1").await;
    let task = v.vent_paa_oppgave(&barn).await;
    assert!(koder(&task).contains(&"MOR_IKKE_FUNNET"), "{task:?}");
    let details = v.oppgave(task.id).await;
    assert_eq!(details.part.personidentifikator, barn);
    let ways: Vec<&str> = details.valg.iter().map(|valg| valg.utfall.as_str()).collect();
    assert_eq!(ways, ["henlegg"]);
    assert_eq!(v.loes(task.id, "innvilg", "Ja.").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(v.loes(task.id, "henlegg", "Moren er funnet i en annen sak.").await.0, StatusCode::OK);
    v.vent_paa_slutten(&barn).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_address_never_shows_and_its_letter_goes_by_hand() {
    let v = verden().await;
    let f = v.folk;
    for mor in [f.kode6, f.kode7] {
        let barn = v.foedsel(mor).await;
        let task = v.vent_paa_oppgave(&barn).await;
        let details = v.oppgave(task.id).await;
        let shown = serde_json::to_string(&details).unwrap();
        assert!(!shown.contains("Storgata") && !shown.contains("0184"), "{shown}");
        assert_eq!(
            v.loes(task.id, "innvilg", "Bostedet er avklart med vernetiltaket.").await.0,
            StatusCode::OK
        );

        let by_hand = v.vent_paa_oppgave(&barn).await;
        assert_eq!(
            (by_hand.kind, koder(&by_hand)),
            (Oppgavetype::ManuellUtsending, vec!["ADRESSEBESKYTTELSE"])
        );
        assert_eq!(by_hand.frist, date(2026, 11, 26));
        let vedtak = v.vedtak(mor).await;
        assert_eq!((vedtak.automatisk, vedtak.perioder[0].beloep, vedtak.melding), (false, 2012, None));
        let shown = serde_json::to_string(&vedtak).unwrap();
        assert!(!shown.contains("Storgata") && !shown.contains("0184"), "{shown}");
        let shielded = vedtak.fakta.iter().find(|faktum| faktum.kind == "adresse_beskyttet");
        assert!(shielded.is_none_or(|faktum| faktum.verdi == "skjermet"));

        assert_eq!(v.loes(by_hand.id, "sendt", "Sendt gjennom vernetiltaket.").await.0, StatusCode::OK);
        let reise = v.vent_paa_slutten(&barn).await;
        assert_eq!(reise.brev, None);
        assert_eq!(
            reise.steg.last().map(|steg| (steg.id.as_str(), steg.status)),
            Some(("manuell_utsending", Stegstatus::Ferdig))
        );
        assert!(v.brev(mor).await.meldinger.is_empty());
    }
    assert!(v.utskrift().await.brev.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mother_who_died_after_the_birth_and_a_child_who_died_reach_a_human() {
    let mut v = common::stille_verden().await;
    let f = v.folk;
    let (first, second) = (v.foedsel(f.mor).await, v.foedsel(f.reservert).await);
    v.doedsfall(f.mor, date(2026, 11, 21)).await;
    v.doedsfall(second, date(2026, 11, 22)).await;
    v.start();
    for (barn, code) in [(first, "MOR_DOED"), (second, "BARN_DOED")] {
        let task = v.vent_paa_oppgave(&barn).await;
        assert!(koder(&task).contains(&code), "{task:?}");
    }
    assert!(v.brev(f.mor).await.meldinger.is_empty() && v.utskrift().await.brev.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_who_dies_before_the_letter_goes_stops_it() {
    let v = verden().await;
    let f = v.folk;
    v.feil.kontaktregister_nede.store(true, Ordering::SeqCst);
    let barn = v.foedsel(f.mor).await;
    v.vent(&barn, |reise| reise.steg.iter().any(|s| s.id == "fatt_vedtak" && s.status == Stegstatus::Ferdig))
        .await;
    v.doedsfall(barn, date(2026, 11, 22)).await;
    // The death is read; then the register answers again, when the next attempt is due.
    while v.component.read_feed().await.unwrap() > 0 {}
    v.feil.kontaktregister_nede.store(false, Ordering::SeqCst);
    v.clock.advance(jiff::SignedDuration::from_mins(10));
    v.vent(&barn, |reise| reise.steg.iter().any(|s| s.id == "manuell_utsending")).await;
    assert!(v.brev(f.mor).await.meldinger.is_empty());
    let tasks = v.oppgaver("aapen").await;
    let kinds: Vec<_> = tasks.iter().map(|task| (task.kind, koder(task))).collect();
    assert!(kinds.contains(&(Oppgavetype::ManuellUtsending, vec!["BARN_DOED"])), "{kinds:?}");
    assert!(kinds.contains(&(Oppgavetype::ManuellVurdering, vec!["BARN_DOED"])), "{kinds:?}");
    let by_hand = tasks.iter().find(|task| task.kind == Oppgavetype::ManuellUtsending).unwrap();
    assert_eq!(v.loes(by_hand.id, "ikke_send", "Familien er kontaktet.").await.0, StatusCode::OK);
    v.vent_paa_slutten(&barn).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_who_dies_after_the_letter_gives_a_task_about_the_decision() {
    let v = verden().await;
    let f = v.folk;
    let barn = v.foedsel(f.mor).await;
    v.vent_paa_slutten(&barn).await;
    let vedtak = v.vedtak(f.mor).await.id;
    v.doedsfall(barn, date(2026, 11, 22)).await;
    while v.component.read_feed().await.unwrap() > 0 {}
    let mut tasks = Vec::new();
    for _ in 0..500 {
        tasks = v.oppgaver("aapen").await;
        if !tasks.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(tasks.len(), 1);
    assert_eq!(
        (tasks[0].kind, tasks[0].vedtak, koder(&tasks[0])),
        (Oppgavetype::ManuellVurdering, Some(vedtak), vec!["BARN_DOED"])
    );
    let details = v.oppgave(tasks[0].id).await;
    let ways: Vec<&str> = details.valg.iter().map(|valg| valg.utfall.as_str()).collect();
    assert_eq!(ways, ["oppretthold", "omgjoer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_does_not_exist_sends_the_letter_to_a_caseworker() {
    let v = verden().await;
    let mor = v.folk.feil_postkasse;
    let barn = v.foedsel(mor).await;
    let task = v.vent_paa_oppgave(&barn).await;
    assert_eq!((task.kind, koder(&task)), (Oppgavetype::ManuellUtsending, vec!["SENDING_IKKE_MULIG"]));
    assert_eq!(task.vedtak, Some(v.vedtak(mor).await.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_personal_number_stands_in_a_list_of_tasks() {
    let v = verden().await;
    let barn = v.foedsel(v.folk.verge).await;
    v.vent_paa_oppgave(&barn).await;
    let (_, list) = v.get(&format!("{BASE}/oppgaver"), &v.innbygger(v.folk.saksbehandler)).await;
    let text = list.to_string();
    assert!(!text.contains(v.folk.verge.as_str()) && !text.contains(barn.as_str()), "{text}");
    assert_eq!(list["oppgaver"][0]["status"], json!("aapen"));
}

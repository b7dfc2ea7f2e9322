//! The party asks, and a caseworker answers.

mod common;

use clients::life_events::{Meg, Oppgavetype, Reise, Reiser, Stegstatus, Vedtak, Vedtaksstatus};
use common::{BASE, Verden, koder, verden};
use http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

/// A decision made by machine for the mother.
async fn avgjort() -> (Verden, Vedtak) {
    let v = verden().await;
    let barn = v.foedsel_med(v.folk.mor, Some(v.folk.far), "fødsel-1").await;
    v.vent_paa_slutten(&barn).await;
    let vedtak = v.vedtak(v.folk.mor).await;
    (v, vedtak)
}

async fn spoer(v: &Verden, vedtak: Uuid, hva: &str, body: Value) -> (StatusCode, Value) {
    v.post(&format!("{BASE}/vedtak/{vedtak}/{hva}"), &v.innbygger(v.folk.mor), &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_makes_one_task_with_a_deadline_and_its_answer_reaches_the_party() {
    let (v, vedtak) = avgjort().await;
    let (status, receipt) =
        spoer(&v, vedtak.id, "klage", json!({"tekst": "  Jeg er uenig.\r\nBeløpet er feil. "})).await;
    assert_eq!(status, StatusCode::OK, "{receipt}");
    // 84 days, Monday 15 February.
    assert_eq!(receipt["frist"], "2027-02-15");
    let again = spoer(&v, vedtak.id, "klage", json!({"tekst": "Jeg er uenig.\nBeløpet er feil."})).await;
    assert_eq!(again, (StatusCode::OK, receipt.clone()));
    let seen = v.vedtak(v.folk.mor).await;
    assert_eq!((seen.status, seen.henvendelser.len()), (Vedtaksstatus::Paaklaget, 1));
    assert_eq!(seen.henvendelser[0].tekst.as_deref(), Some("Jeg er uenig.\nBeløpet er feil."));

    let tasks = v.oppgaver("aapen").await;
    assert_eq!((tasks.len(), tasks[0].kind, tasks[0].vedtak), (1, Oppgavetype::Klage, Some(vedtak.id)));
    let details = v.oppgave(tasks[0].id).await;
    assert_eq!(details.part.personidentifikator, v.folk.mor);
    assert_eq!(details.part.navn.as_deref(), Some("MÁRJÁ GAUP SÆTHRE"));
    assert!(!details.fakta.is_empty() && !details.vilkaar.is_empty() && details.spor.is_object());

    assert_eq!(v.loes(tasks[0].id, "oppretthold", "Satsen er riktig.").await.0, StatusCode::OK);
    let seen = v.vedtak(v.folk.mor).await;
    assert_eq!(seen.status, Vedtaksstatus::Gjeldende);
    assert_eq!(seen.henvendelser[0].svar.as_ref().unwrap().begrunnelse, "Satsen er riktig.");
    assert_eq!((v.oppgaver("aapen").await.len(), v.oppgaver("loest").await.len()), (0, 1));
    assert!(v.oppgave(tasks[0].id).await.valg.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_appeal_is_taken_and_says_so() {
    let (v, vedtak) = avgjort().await;
    v.clock.set("2027-01-05T09:00:00Z".parse().unwrap());
    assert_eq!(spoer(&v, vedtak.id, "klage", json!({"tekst": "Jeg klager."})).await.0, StatusCode::OK);
    assert_eq!(koder(&v.oppgaver("aapen").await[0]), ["KLAGE", "KLAGEFRIST_UTLOEPT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_fact_stands_under_correction_until_it_is_answered() {
    let (v, vedtak) = avgjort().await;
    let faktum = &vedtak.fakta.iter().find(|faktum| faktum.kind == "mor_bosatt").unwrap().id;
    let body = json!({"faktum": faktum, "tekst": "Jeg har flyttet."});
    let (status, receipt) = spoer(&v, vedtak.id, "feilmelding", body.clone()).await;
    assert_eq!((status, &receipt["frist"]), (StatusCode::OK, &json!("2026-12-23")));
    assert_eq!(spoer(&v, vedtak.id, "feilmelding", body).await.1, receipt);
    let seen = v.vedtak(v.folk.mor).await;
    assert_eq!(seen.status, Vedtaksstatus::UnderRetting);
    let under: Vec<&str> = seen.fakta.iter().filter(|f| f.under_retting).map(|f| f.id.as_str()).collect();
    assert_eq!(under, [faktum.as_str()]);
    let task = v.oppgaver("aapen").await.remove(0);
    assert_eq!(
        (task.kind, v.oppgave(task.id).await.faktum.as_deref()),
        (Oppgavetype::FeilIFaktum, Some(faktum.as_str()))
    );
    assert_eq!(v.loes(task.id, "oppretthold", "Opplysningen er riktig.").await.0, StatusCode::OK);
    let seen = v.vedtak(v.folk.mor).await;
    assert!(seen.status == Vedtaksstatus::Gjeldende && seen.fakta.iter().all(|f| !f.under_retting));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_human_looks_at_an_automatic_decision_when_asked_and_can_have_it_made_anew() {
    let (v, vedtak) = avgjort().await;
    let (status, receipt) = spoer(&v, vedtak.id, "manuell-kontroll", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(spoer(&v, vedtak.id, "manuell-kontroll", json!({})).await.1, receipt);
    let task = v.oppgaver("aapen").await.remove(0);
    assert_eq!(task.kind, Oppgavetype::ManuellKontroll);
    assert_eq!(v.loes(task.id, "omgjoer", "Faren har omsorgen.").await.0, StatusCode::OK);
    let token = v.innbygger(v.folk.mor);
    let old: Vedtak = v.les(&format!("{BASE}/vedtak/{}", vedtak.id), &token).await;
    assert_eq!(old.status, Vedtaksstatus::Omgjoeres);

    // The journey runs again, with a human who decides.
    let mut tasks = Vec::new();
    for _ in 0..500 {
        tasks = v.oppgaver("aapen").await;
        if !tasks.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!((tasks[0].kind, koder(&tasks[0])), (Oppgavetype::ManuellVurdering, vec!["OMGJOERING"]));
    assert_eq!(v.loes(tasks[0].id, "avslaa", "Barnet bor fast hos faren.").await.0, StatusCode::OK);
    let mut new = v.vedtak_eller(v.folk.mor).await;
    for _ in 0..500 {
        if new.as_ref().is_some_and(|new| new.melding.is_some()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        new = v.vedtak_eller(v.folk.mor).await;
    }
    let new = new.unwrap();
    assert_eq!((new.utfall.as_str(), new.automatisk, new.perioder.len()), ("avslag", false, 0));
    assert_eq!(new.begrunnelse.kort, "Barnet bor fast hos faren.");
    assert_ne!(new.id, vedtak.id);
    assert_eq!(v.brev(v.folk.mor).await.meldinger.len(), 2);
    // What a human has decided needs no human's control.
    assert_eq!(spoer(&v, new.id, "manuell-kontroll", json!({})).await.0, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_by_a_caseworker_is_a_decision_with_their_grounds_and_a_letter() {
    let v = verden().await;
    let mor = v.folk.verge;
    let barn = v.foedsel(mor).await;
    let task = v.vent_paa_oppgave(&barn).await;
    let ways: Vec<String> = v.oppgave(task.id).await.valg.into_iter().map(|valg| valg.utfall).collect();
    assert_eq!(ways, ["innvilg", "avslaa", "henlegg"]);
    let (status, answer) = v.loes(task.id, "innvilg", "Vergen er enig.").await;
    assert_eq!((status, &answer["loesning"]["utfall"]), (StatusCode::OK, &json!("innvilg")), "{answer}");
    let reise = v.vent_paa_slutten(&barn).await;
    let vedtak = v.vedtak(mor).await;
    assert_eq!((vedtak.utfall.as_str(), vedtak.automatisk), ("innvilget", false));
    assert_eq!(vedtak.perioder[0].beloep, 2012);
    assert_eq!(
        (vedtak.begrunnelse.kort.as_str(), vedtak.melding),
        ("Vergen er enig.", Some(reise.brev.unwrap().melding))
    );

    // The same again is fine, another is a conflict.
    assert_eq!(v.loes(task.id, "innvilg", "Vergen er enig.").await.0, StatusCode::OK);
    assert_eq!(v.loes(task.id, "avslaa", "Nei.").await.0, StatusCode::CONFLICT);
    assert_eq!(v.loes(task.id, "innvilg", "Andre ord.").await.0, StatusCode::CONFLICT);
    assert_eq!(v.brev(mor).await.meldinger.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_rests_on_the_caseworkers_findings_where_registers_are_silent() {
    let v = verden().await;
    let mor = v.folk.uten_adresse;
    let barn = v.foedsel(mor).await;
    let task = v.vent_paa_oppgave(&barn).await;
    assert_eq!(v.loes(task.id, "innvilg", "Mor og barn bor på krisesenter.").await.0, StatusCode::OK);
    let by_hand = v.vent_paa_oppgave(&barn).await;
    assert_eq!(koder(&by_hand), ["SENDING_IKKE_MULIG"]);
    let vedtak = v.vedtak(mor).await;
    let found = vedtak.fakta.iter().find(|faktum| faktum.kind == "barn_bor_med_mor").unwrap();
    assert_eq!(found.kilde.register, "saksbehandler");
    assert_eq!(vedtak.perioder[0].beloep, 2012);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_closed_ends_the_journey_without_a_decision() {
    let v = verden().await;
    let barn = v.foedsel(v.folk.mann).await;
    let task = v.vent_paa_oppgave(&barn).await;
    assert_eq!(v.loes(task.id, "henlegg", "Registrert ved en feil.").await.0, StatusCode::OK);
    let reise = v.vent_paa_slutten(&barn).await;
    assert!(reise.brev.is_none() && reise.steg.iter().all(|steg| steg.status == Stegstatus::Ferdig));
    let mine: Reiser = v.les(&format!("{BASE}/reiser"), &v.innbygger(v.folk.mann)).await;
    assert!(mine.reiser[0].steg.iter().all(|steg| steg.vedtak.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_caseworkers_of_the_agency_see_and_resolve_its_tasks() {
    let v = verden().await;
    let f = v.folk;
    let barn = v.foedsel(f.verge).await;
    let task = v.vent_paa_oppgave(&barn).await;
    let paths = [format!("{BASE}/oppgaver"), format!("{BASE}/oppgaver/{}", task.id)];
    let body = json!({"utfall": "henlegg", "begrunnelse": "x"});
    let resolve = format!("{}/loesning", paths[1]);
    for (token, expected) in [
        (String::new(), StatusCode::UNAUTHORIZED),
        (v.organisasjon(clients::orgs::NAV.orgnr, "felles:saker"), StatusCode::UNAUTHORIZED),
        (v.innlogget(f.saksbehandler, "openid"), StatusCode::FORBIDDEN),
        (v.innbygger(f.verge), StatusCode::FORBIDDEN),
    ] {
        for path in &paths {
            assert_eq!(v.get(path, &token).await.0, expected, "{path}");
        }
        assert_eq!(v.post(&resolve, &token, &body).await.0, expected);
    }
    let other = v.innbygger(f.annen_etat);
    assert_eq!(v.get(&paths[0], &other).await, (StatusCode::OK, json!({"oppgaver": []})));
    assert_eq!(v.get(&paths[1], &other).await.0, StatusCode::NOT_FOUND);
    assert_eq!(v.post(&resolve, &other, &body).await.0, StatusCode::NOT_FOUND);

    let me: Meg = v.les(&format!("{BASE}/meg"), &v.innbygger(f.saksbehandler)).await;
    assert_eq!(
        (me.saksbehandler, me.navn.as_deref(), me.etat.unwrap().navn.as_str()),
        (true, Some("Berit Behandler"), "Nav")
    );
    let me: Meg = v.les(&format!("{BASE}/meg"), &v.innbygger(f.mor)).await;
    assert!(!me.saksbehandler && me.etat.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caseworkers_reading_stands_in_the_persons_log_in_the_agencys_name() {
    let v = verden().await;
    let f = v.folk;
    let barn = v.foedsel(f.verge).await;
    let task = v.vent_paa_oppgave(&barn).await;
    v.oppgave(task.id).await;
    let entries = v.log.entries_about(&f.verge, None, 10).await.unwrap();
    let entry = &entries[0].access;
    assert_eq!(entry.what, "Saksbehandler i Nav så oppgaven «Vurder retten til barnetrygd»");
    assert_eq!(entry.actor.orgnr.unwrap().as_str(), clients::orgs::NAV.orgnr);
    // The person is shown the agency and the case; the caseworker's own number is not the person's to have.
    assert_eq!((entry.actor.pid, entry.sak.as_deref()), (None, Some(task.sak.as_str())));
    assert!(entry.hjemmel.contains('§'));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_name_the_field_and_change_nothing() {
    let (v, vedtak) = avgjort().await;
    let long = "x".repeat(10_001);
    for (what, body, field) in [
        ("klage", json!({"tekst": ""}), "tekst"),
        ("klage", json!({"tekst": " \n "}), "tekst"),
        ("klage", json!({"tekst": long}), "tekst"),
        ("klage", json!({"tekst": "a\u{0}b"}), "tekst"),
        ("klage", json!({"tekst": 7}), "tekst"),
        ("klage", json!({"tekst": "a", "mer": true}), "mer"),
        ("feilmelding", json!({"faktum": "finnes_ikke", "tekst": "Feil."}), "faktum"),
    ] {
        let (status, answer) = spoer(&v, vedtak.id, what, body).await;
        assert_eq!((status, answer["felt"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{answer}");
    }
    assert_eq!(spoer(&v, vedtak.id, "klage", json!("x")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(
        spoer(&v, vedtak.id, "klage", json!({"tekst": "x".repeat(1 << 20)})).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert!(v.oppgaver("aapen").await.is_empty());
    let stranger = v.innbygger(v.folk.reservert);
    let (status, _) =
        v.post(&format!("{BASE}/vedtak/{}/klage", vedtak.id), &stranger, &json!({"tekst": "x"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    spoer(&v, vedtak.id, "klage", json!({"tekst": "Jeg klager."})).await;
    let task = v.oppgaver("aapen").await.remove(0);
    let (status, answer) = v.loes(task.id, "innvilg", "x").await;
    assert_eq!((status, answer["felt"].as_str()), (StatusCode::BAD_REQUEST, Some("utfall")));
    let (status, answer) = v.loes(task.id, "oppretthold", " ").await;
    assert_eq!((status, answer["felt"].as_str()), (StatusCode::BAD_REQUEST, Some("begrunnelse")));
    let bad = v.get(&format!("{BASE}/oppgaver?status=alle"), &v.innbygger(v.folk.saksbehandler)).await;
    assert_eq!((bad.0, bad.1["felt"].as_str()), (StatusCode::BAD_REQUEST, Some("status")));
    let (_, reise): (_, Reise) =
        (0, v.les(&format!("{BASE}/reiser/{}", vedtak.reise), &v.innbygger(v.folk.far)).await);
    assert_eq!(reise.id, vedtak.reise);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_resolves_a_task_about_themselves() {
    let v = verden().await;
    let f = v.folk;
    let loader = v.organisasjon(clients::orgs::FELLES.orgnr, "felles:innlasting");
    let line =
        json!({"personidentifikator": f.verge, "rolle": "saksbehandler", "orgnr": clients::orgs::NAV.orgnr});
    let load = |line: String| {
        v.raw("POST", "/livshendelser/innlasting/v1", &loader, "application/x-ndjson", line.into_bytes())
    };
    assert_eq!(load(format!("{line}\n\n")).await, (StatusCode::OK, json!({"lest": 1})));
    let barn = v.foedsel(f.verge).await;
    let task = v.vent_paa_oppgave(&barn).await;
    let path = format!("{BASE}/oppgaver/{}/loesning", task.id);
    let body = json!({"utfall": "innvilg", "begrunnelse": "Jeg vil ha."});
    assert_eq!(v.post(&path, &v.innbygger(f.verge), &body).await.0, StatusCode::FORBIDDEN);

    for (bad, field) in [
        (
            json!({"personidentifikator": "1", "rolle": "saksbehandler", "orgnr": "310000027"}),
            "2:personidentifikator",
        ),
        (json!({"personidentifikator": f.mor, "rolle": "sjef", "orgnr": "310000027"}), "2:rolle"),
        (json!({"personidentifikator": f.mor, "rolle": "saksbehandler", "orgnr": "974760673"}), "2:orgnr"),
    ] {
        let (status, answer) = load(format!("{line}\n{bad}")).await;
        assert_eq!((status, answer["felt"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{answer}");
    }
    let me: Meg = v.les(&format!("{BASE}/meg"), &v.innbygger(f.mor)).await;
    assert!(!me.saksbehandler);
    let deadline = v.oppgaver("aapen").await[0].frist;
    assert_eq!(deadline, date(2026, 12, 21));
}

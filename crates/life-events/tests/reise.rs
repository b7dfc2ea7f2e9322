//! A child is born: the journey to the letter, by machine.

mod common;

use clients::life_events::{Kanal, Reise, Reiser, Reisestatus, Stegstatus, Vedtaksstatus, Vilkaarsresultat};
use common::{BASE, folk, koder, verden};
use http::StatusCode;
use jiff::civil::date;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_birth_leads_to_a_decision_with_its_grounds_and_a_letter_in_the_mothers_mailbox() {
    let v = verden().await;
    let f = v.folk;
    let barn = v.foedsel_med(f.mor, Some(f.far), "fødsel-1").await;
    let reise = v.vent_paa_slutten(&barn).await;

    let names: Vec<(&str, Stegstatus)> =
        reise.steg.iter().map(|steg| (steg.id.as_str(), steg.status)).collect();
    let done = |id| (id, Stegstatus::Ferdig);
    assert_eq!(
        names,
        [done("registrert"), done("hent_fakta"), done("vurder"), done("fatt_vedtak"), done("send_digitalt")]
    );
    assert!(
        reise
            .steg
            .iter()
            .all(|steg| steg.vedtak.is_none() && steg.melding.is_none() && steg.tidspunkt.is_some())
    );
    let brev = reise.brev.unwrap();
    assert_eq!((brev.kanal, brev.postkasseadresse.as_deref()), (Kanal::Digital, Some("mor#1")));

    let vedtak = v.vedtak(f.mor).await;
    assert_eq!(
        (vedtak.utfall.as_str(), vedtak.automatisk, vedtak.status),
        ("innvilget", true, Vedtaksstatus::Gjeldende)
    );
    assert_eq!(vedtak.etat.navn, "Nav");
    // rules.md § 15 no. 1: from the month after the birth, 2,012 kroner.
    let first = &vedtak.perioder[0];
    assert_eq!((first.fom.as_str(), first.beloep), ("2026-12", 2012));
    // The month before the 18th birthday is the last.
    assert_eq!(vedtak.perioder.last().unwrap().tom.as_deref(), Some("2044-10"));
    assert_eq!(vedtak.klagefrist, date(2027, 1, 4));
    assert_eq!((vedtak.regelverk.id.as_str(), vedtak.regelverk.as_of), ("barnetrygd", date(2026, 12, 1)));
    assert!(!vedtak.begrunnelse.kort.is_empty() && vedtak.begrunnelse.spor.is_object());
    assert!(vedtak.begrunnelse.vilkaar.iter().all(|vilkaar| vilkaar.resultat == Vilkaarsresultat::Oppfylt));
    assert!(
        vedtak
            .begrunnelse
            .vilkaar
            .iter()
            .all(|vilkaar| vilkaar.hjemmel.as_ref().is_some_and(|h| h.tekst.contains('§')))
    );
    let born = vedtak.fakta.iter().find(|faktum| faktum.kind == "barn_foedselsdato").unwrap();
    assert_eq!((born.verdi.as_str(), born.kilde.register.as_str()), ("20. november 2026", "Folkeregisteret"));
    assert_eq!(born.kilde.referanse.as_deref(), Some(vedtak.sak.as_str()));

    let brev = v.brev(f.mor).await.meldinger;
    assert_eq!(brev.len(), 1);
    assert_eq!((brev[0].id, brev[0].tittel.as_str()), (vedtak.melding.unwrap(), "Vedtak om barnetrygd"));
    assert_eq!(brev[0].avsender.orgnr.as_str(), clients::orgs::NAV.orgnr);
    assert!(v.dokument(f.mor, brev[0].id).await.starts_with(b"%PDF-1.7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_father_sees_the_journey_and_not_the_decision() {
    let v = verden().await;
    let f = v.folk;
    let barn = v.foedsel_med(f.mor, Some(f.far), "fødsel-1").await;
    v.vent_paa_slutten(&barn).await;
    let fathers: Reiser = v.les(&format!("{BASE}/reiser"), &v.innbygger(f.far)).await;
    let [reise] = fathers.reiser.as_slice() else { panic!("{fathers:?}") };
    assert_eq!((reise.tittel.as_str(), reise.hendelse.as_str()), ("Barn født 20. november 2026", "fødsel"));
    assert!(reise.steg.iter().all(|steg| steg.vedtak.is_none() && steg.melding.is_none()));
    let vedtak = v.vedtak(f.mor).await.id;
    for path in [format!("vedtak/{vedtak}"), "vedtak/rot".to_owned(), format!("reiser/{vedtak}")] {
        assert_eq!(
            v.get(&format!("{BASE}/{path}"), &v.innbygger(f.far)).await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let own: Reise = v.les(&format!("{BASE}/reiser/{}", reise.id), &v.innbygger(f.far)).await;
    assert_eq!(own.status, Reisestatus::Avsluttet);
    // Someone else has nothing to do with it.
    let strangers: Reiser = v.les(&format!("{BASE}/reiser"), &v.innbygger(f.reservert)).await;
    assert!(strangers.reiser.is_empty());
    assert_eq!(
        v.get(&format!("{BASE}/reiser/{}", reise.id), &v.innbygger(f.reservert)).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_use_of_the_mothers_data_stands_in_her_log_with_purpose_and_case() {
    let v = verden().await;
    let f = v.folk;
    let barn = v.foedsel_med(f.mor, None, "fødsel-1").await;
    v.vent_paa_slutten(&barn).await;
    let sak = v.vedtak(f.mor).await.sak;
    let entries = v.log.entries_about(&f.mor, None, 100).await.unwrap();
    let uses: Vec<(&str, &str)> = entries
        .iter()
        .filter(|entry| entry.access.sak.as_deref() == Some(&sak))
        .map(|entry| (entry.access.component.as_str(), entry.access.formaal.as_deref().unwrap_or_default()))
        .collect();
    let by = |component: &str, words: &str| {
        uses.iter().filter(|(c, f)| *c == component && f.contains(words)).count()
    };
    assert_eq!(by("folkeregister", "retten til barnetrygd"), 1, "{uses:?}");
    assert_eq!(by("kontaktregister", "Sende vedtak"), 1, "{uses:?}");
    assert_eq!(by("life-events", ""), 1, "{uses:?}");
    assert!(v.log.verify().await.unwrap().findings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_is_reserved_gets_paper_and_no_letter_in_the_mailbox() {
    let v = verden().await;
    let mor = v.folk.reservert;
    let barn = v.foedsel(mor).await;
    let reise = v.vent_paa_slutten(&barn).await;
    let brev = reise.brev.unwrap();
    assert_eq!((brev.kanal, brev.postkasseadresse), (Kanal::Utskrift, None));
    assert_eq!(reise.steg.last().unwrap().id, "send_utskrift");
    let queue = v.utskrift().await.brev;
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0].id, brev.melding);
    let address = &queue[0].mottaker;
    assert_eq!(
        (address.adresselinje1.as_str(), address.postnummer.as_deref()),
        ("Storgata 12B", Some("0184"))
    );
    assert_eq!(v.vedtak(mor).await.melding, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_birth_again_and_other_events_start_nothing() {
    let v = verden().await;
    let f = v.folk;
    let barn = v.foedsel_med(f.mor, None, "fødsel-1").await;
    v.vent_paa_slutten(&barn).await;
    assert_eq!(v.foedsel_med(f.mor, None, "fødsel-1").await, barn);
    // Someone who has moved here is new in the register and no newborn.
    let newcomer = common::person(
        kernel::id::Pid::synthetic(date(1980, 1, 2), kernel::id::Kjoenn::Mann, 0).unwrap(),
        date(1980, 1, 2),
        kernel::id::Kjoenn::Mann,
    );
    let loader = v.organisasjon(clients::orgs::FELLES.orgnr, "felles:innlasting");
    let line = serde_json::to_vec(&newcomer).unwrap();
    v.raw("POST", "/folkeregisteret/innlasting/v1", &loader, "application/x-ndjson", line).await;
    while v.component.read_feed().await.unwrap() > 0 {}
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let reiser: Reiser = v.les(&format!("{BASE}/reiser"), &v.innbygger(f.mor)).await;
    assert_eq!((reiser.reiser.len(), v.brev(f.mor).await.meldinger.len()), (1, 1));
    assert!(v.oppgaver("aapen").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_births_of_one_page_of_the_feed_each_reach_their_letter() {
    let mut v = common::stille_verden().await;
    let f = v.folk;
    let mut children = Vec::new();
    for mor in [f.mor, f.reservert, f.polsk, f.verge, f.ung, f.nylig] {
        children.push(v.foedsel(mor).await);
    }
    v.start();
    for barn in &children[..2] {
        assert!(v.vent_paa_slutten(barn).await.brev.is_some());
    }
    let codes = ["EOS_SAK", "MOR_HAR_VERGE", "MOR_UNDER_18", "KORT_TID_MELLOM_BARN"];
    for (barn, code) in children[2..].iter().zip(codes) {
        let task = v.vent_paa_oppgave(barn).await;
        assert!(koder(&task).contains(&code), "{code}: {task:?}");
    }
    let cases: std::collections::BTreeSet<String> =
        v.oppgaver("aapen").await.into_iter().map(|task| task.sak).collect();
    assert_eq!(
        cases.into_iter().collect::<Vec<_>>(),
        ["BT-2026-000003", "BT-2026-000004", "BT-2026-000005", "BT-2026-000006"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_is_for_organisations_with_the_scope_and_takes_only_a_number() {
    let v = verden().await;
    let path = format!("{BASE}/reiser/sok");
    let hospital = v.organisasjon(clients::orgs::SYKEHUS.orgnr, "felles:reise.les");
    let barn = folk().nyligs;
    assert_eq!(v.post(&path, &hospital, &json!({"barn": barn})).await.0, StatusCode::NOT_FOUND);
    for (body, field) in [
        (json!({"barn": "03851598731"}), Some("barn")),
        (json!({"barn": 7}), Some("barn")),
        (json!({}), None),
        (json!({"barn": barn, "mer": 1}), Some("mer")),
        (json!([]), None),
    ] {
        let (status, answer) = v.post(&path, &hospital, &body).await;
        assert_eq!((status, answer["felt"].as_str()), (StatusCode::BAD_REQUEST, field), "{answer}");
        assert!(!answer.to_string().contains("03851598731"));
    }
    let (status, _) = v.raw("POST", &path, &hospital, "application/json", vec![b' '; 20 << 20]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(v.post(&path, "", &json!({"barn": barn})).await.0, StatusCode::UNAUTHORIZED);
    let without = v.organisasjon(clients::orgs::SYKEHUS.orgnr, "felles:annet");
    assert_eq!(v.post(&path, &without, &json!({"barn": barn})).await.0, StatusCode::FORBIDDEN);
    let person = v.innbygger(v.folk.mor);
    assert_eq!(v.post(&path, &person, &json!({"barn": barn})).await.0, StatusCode::UNAUTHORIZED);
}

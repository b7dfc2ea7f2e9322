//! The letter: what it says, that it is tagged, and that it is the same bytes each time.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "runs in tests alone")]

mod common;

use std::process::Command;

use letters::{Brev, Del, render};
use life_events::brev::Maler;

/// What `program` says of the letter; `None`, said aloud, where it is not installed.
fn les(program: &str, arguments: &[&str], pdf: &[u8]) -> Option<String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("brev.pdf");
    std::fs::write(&path, pdf).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let arguments: Vec<&str> =
        arguments.iter().map(|argument| if *argument == "FILE" { path.as_str() } else { argument }).collect();
    let Ok(output) = Command::new(program).args(&arguments).output() else {
        println!("skipped: {program} is not installed, so the letter was not read with it");
        return None;
    };
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_letter_tells_the_decision_its_grounds_and_the_right_to_appeal() {
    let v = common::verden().await;
    let mor = v.folk.mor;
    let barn = v.foedsel(mor).await;
    let id = v.vent_paa_slutten(&barn).await.brev.unwrap().melding;
    let pdf = v.dokument(mor, id).await;
    if let Ok(path) = std::env::var("FELLES_KEEP_LETTER") {
        std::fs::write(path, &pdf).unwrap();
    }
    for number in [mor, barn] {
        assert!(!pdf.windows(11).any(|window| window == number.as_str().as_bytes()));
    }
    let Some(text) = les("pdftotext", &["-enc", "UTF-8", "FILE", "-"], &pdf) else { return };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "MÁRJÁ GAUP SÆTHRE",
        "Sak BT-2026-000001",
        "Du får barnetrygd",
        "født 20. november 2026",
        "Fra desember 2026",
        "2 012 kroner i måneden",
        "barnetrygdloven § 2",
        "Folkeregisteret",
        "Det er gjort automatisk",
        "Du kan klage",
        "seks uker",
        "4. januar 2027",
        "forvaltningsloven § 18",
        "side 1 av",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let Some(info) = les("pdfinfo", &["FILE"], &pdf) else { return };
    assert!(info.contains("Tagged:          yes") && info.contains("Du får barnetrygd"), "{info}");
    let Some(tree) = les("pdfinfo", &["-struct-text", "FILE"], &pdf) else { return };
    for part in ["Document", "H1 (block)", "H2 (block)", "L (block)", "LI (block)", "LBody (block)"] {
        assert!(tree.contains(part), "{part}: {tree}");
    }
}

#[test]
fn a_long_letter_has_several_pages_and_every_word_of_it_in_order() {
    Maler::load().unwrap();
    let paragraph = |n: usize| format!("Avsnitt {n}: {}", "blåbærsyltetøy på brødskive ".repeat(30));
    let mut deler: Vec<Del> =
        (0..12).flat_map(|n| [Del::Overskrift(format!("Del {n}")), Del::Avsnitt(paragraph(n))]).collect();
    deler.push(Del::Liste((0..60).map(|n| format!("Punkt {n} med (parentes) og \\ skråstrek")).collect()));
    let brev = Brev {
        tittel: "Prøve & <brev>".to_owned(),
        avsender: "NAV".to_owned(),
        sak: "BT-1".to_owned(),
        hode: vec!["Áile Čáhppe".to_owned()],
        deler,
    };
    let pdf = render(&brev);
    assert_eq!(pdf, render(&brev));
    let Some(text) = les("pdftotext", &["-enc", "UTF-8", "FILE", "-"], &pdf) else { return };
    assert!(
        text.contains("Áile Čáhppe")
            && text.contains("Punkt 59 med (parentes) og \\ skråstrek")
            && text.contains("side 4 av"),
        "{text}"
    );
    let mut last = 0;
    for n in 0..12 {
        let place = text.find(&format!("Avsnitt {n}:")).unwrap();
        assert!(place > last, "{n}");
        last = place;
    }
    let began = std::time::Instant::now();
    for _ in 0..100 {
        std::hint::black_box(render(&brev));
    }
    println!("a letter of four pages takes {} µs", began.elapsed().as_micros() / 100);
}

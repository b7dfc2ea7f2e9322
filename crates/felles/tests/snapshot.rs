//! `felles export` and `felles import`: what is exported is the same when it is imported, and a line that is broken is told while
//! the others are loaded.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests, too")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bench::{Hospital, Installation};
use jiff::civil::date;
use kernel::id::{Kjoenn, Pid};
use kernel::store::{Place, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

const FELLES: &str = env!("CARGO_BIN_EXE_felles");
const REGISTERS: [&str; 4] = ["folkeregister", "enhetsregister", "matrikkel", "kontaktregister"];

/// An installation, empty until it is used.
struct Here {
    felles: Installation,
    data: TempDir,
}

impl Here {
    fn new(population: u32) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let postgres = std::env::var("FELLES_TEST_POSTGRES").ok();
        let felles =
            Installation::new(FELLES, data.path(), population, postgres.as_deref()).expect("an installation");
        Self { felles, data }
    }

    /// A new directory for files.
    fn path(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> (bool, String, String) {
        self.felles.run(arguments).expect("the command runs")
    }

    /// Exports everything; gives where.
    fn export(&self, format: &str) -> PathBuf {
        let out = self.path(&format!("ut-{format}"));
        let (whole, said, complaint) = self.run(&["export", "--format", format, "--out", text(&out)]);
        assert!(whole, "{said}{complaint}");
        assert_eq!(said.lines().count(), REGISTERS.len(), "{said}");
        out
    }

    /// Imports what has to be taken whole.
    fn import(&self, arguments: &[&str]) -> String {
        let arguments: Vec<&str> = std::iter::once("import").chain(arguments.iter().copied()).collect();
        let (whole, said, complaint) = self.run(&arguments);
        assert!(whole && complaint.is_empty(), "{said}{complaint}");
        assert!(said.lines().all(|line| line.ends_with(" 0 refused")), "{said}");
        said
    }

    async fn count(&self, register: &str, sql: &str) -> i64 {
        let place = match std::env::var("FELLES_TEST_POSTGRES") {
            Ok(url) => Place::Database { url, prefix: self.felles.store_prefix() },
            Err(_) => Place::Directory(self.data.path().to_owned()),
        };
        let store = Store::open(&place.of(register), &[]).await.expect("the store opens");
        let row = store.query_opt(sql, &[]).await.expect("the statement runs").expect("a row");
        row.get(0).expect("a number")
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines(directory: &Path, register: &str) -> Vec<String> {
    read(&directory.join(format!("{register}.jsonl"))).lines().map(str::to_owned).collect()
}

/// The files of the nation that `felles up` makes.
fn nation(population: u32, out: &Path) {
    let made = Command::new(FELLES)
        .args(["nation", "--population", &population.to_string(), "--out", text(out)])
        .output()
        .expect("the command runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// A line whose lists stand in some order of their own.
fn in_order(line: &str) -> Value {
    fn sort(value: &mut Value) {
        match value {
            Value::Array(list) => {
                list.iter_mut().for_each(sort);
                list.sort_by_key(Value::to_string);
            }
            Value::Object(fields) => fields.values_mut().for_each(sort),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(line).expect("JSON");
    sort(&mut value);
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_the_same_when_it_is_imported() {
    // More than one request takes.
    const POPULATION: u32 = 2300;
    let first = Here::new(POPULATION);
    let (server, _) = first.felles.up().await.expect("felles serves");
    server.stop().expect("felles stops");
    let made = first.path("nasjon");
    nation(POPULATION, &made);
    let exported = first.export("jsonl");
    for register in ["matrikkel", "kontaktregister"] {
        assert!(lines(&exported, register) == lines(&made, register), "{register} is as the nation was made");
    }
    // What held stands after what holds.
    let people = |of: &Path| lines(of, "folkeregister").iter().map(|line| in_order(line)).collect::<Vec<_>>();
    assert!(people(&exported) == people(&made), "the people are as they were made");
    let units = |of: &Path| {
        let mut all: Vec<Value> = lines(of, "enhetsregister").iter().map(|line| in_order(line)).collect();
        for unit in &mut all {
            let unit = unit.as_object_mut().expect("an object");
            unit.remove("eiere");
            unit.remove("ansatte");
        }
        all.sort_by_key(|unit| unit["enhet"]["organisasjonsnummer"].to_string());
        all
    };
    assert!(
        units(&exported) == units(&made),
        "the units are as they were made, but for what is kept elsewhere"
    );

    // Something happens, so that there are documents with history that no nation was made with.
    let (server, _) = first.felles.up().await.expect("felles serves");
    let mother = read(&first.path("nation/moedre.txt")).lines().next().expect("a mother").to_owned();
    let hospital = Hospital::register(&first.felles).expect("a client");
    let mother = Pid::parse(&mother).expect("a number");
    hospital.register.meld_foedsel(&hospital.report("eksport", 0, mother)).await.expect("a receipt");
    server.stop().expect("felles stops");

    let (exported, parquet) = (first.export("jsonl"), first.export("parquet"));
    assert_eq!(lines(&exported, "folkeregister").len(), POPULATION as usize + 1, "the child is there");
    let found = first.count("folkeregister", "SELECT COUNT(*) FROM soekeord").await;
    for from in [&exported, &parquet] {
        let second = Here::new(10);
        let said = second.import(&[text(from)]);
        assert!(
            said.contains(&format!("folkeregister: {0} lines read, {0} taken", POPULATION + 1)),
            "{said}"
        );
        let (whole, said, _) = second.run(&["nation", "check"]);
        assert!(whole, "{said}");
        let rows = second.count("folkeregister", "SELECT COUNT(*) FROM soekeord").await;
        assert_eq!(rows, found, "everyone is found by search");
        let events = second.count("enhetsregister", "SELECT COUNT(*) FROM feed").await;
        second.import(&[text(from), "--register", "enhetsregister"]);
        assert_eq!(
            second.count("enhetsregister", "SELECT COUNT(*) FROM feed").await,
            events,
            "nothing is new"
        );
        // The imported nation is the installation's: none is made beside it.
        let (server, _) = second.felles.up().await.expect("felles serves");
        server.stop().expect("felles stops");
        let again = second.export("jsonl");
        for register in REGISTERS {
            assert!(lines(&again, register) == lines(&exported, register), "{register} is the same");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_nation_is_made_as_can_be_imported_also_into_one_that_is_served() {
    let here = Here::new(10);
    let made = here.path("nasjon");
    nation(150, &made);
    here.import(&[text(&made.join("matrikkel.jsonl"))]);
    let (server, _) = here.felles.up().await.expect("felles serves");
    let said = here.import(&[text(&made), "--url", &here.felles.base()]);
    assert_eq!(said.lines().count(), 7, "the mailboxes, caseworkers and test people too: {said}");
    let contacts = made.join("kontaktregister.jsonl");
    let base = here.felles.base();
    let file = ["--register", "folkeregister", "--url", &base];
    let (whole, said, complaint) = here.run(&[&["import", text(&contacts)][..], &file].concat());
    let wrong = lines(&made, "kontaktregister").len();
    assert!(!whole && said.contains(&format!("{wrong} lines read, 0 taken, {wrong} refused")), "{said}");
    assert_eq!(complaint.lines().count(), wrong + 1, "{complaint}");
    server.stop().expect("felles stops");

    let (whole, said, complaint) = here.run(&["import", text(&made), "--url", &base]);
    assert!(
        !whole && said.is_empty() && complaint.contains("Maskinporten gave no token"),
        "{said}{complaint}"
    );
    let (whole, said, _) = here.run(&["nation", "check"]);
    assert!(whole, "{said}");
    assert!(
        here.count("folkeregister", "SELECT COUNT(*) FROM soekeord").await > 150,
        "everyone is found by search"
    );
}

/// Puts lines in among those of a file; gives their numbers, from 1.
fn broken(path: &Path, broken: &[String]) -> Vec<usize> {
    let mut lines: Vec<String> = read(path).lines().map(str::to_owned).collect();
    let mut numbers = Vec::new();
    for (n, line) in broken.iter().enumerate() {
        let at = 7 + n * 11;
        // An empty line counts, but is none.
        lines.insert(at - 1, String::new());
        lines.insert(at, line.clone());
        numbers.push(at + 1);
    }
    fs::write(path, lines.join("\n")).expect("the file can be written");
    numbers
}

/// Which lines of a file were told, each with why.
fn told<'a>(complaint: &'a str, path: &Path) -> Vec<(usize, &'a str)> {
    let of_file = format!("{}:", path.display());
    let told = complaint.lines().filter_map(|line| line.strip_prefix(&of_file)?.split_once(": "));
    told.map(|(number, why)| (number.parse().expect("a number"), why)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_is_told_with_its_number_and_reason_and_the_rest_is_loaded() {
    let here = Here::new(10);
    let made = here.path("nasjon");
    nation(150, &made);
    let good: Vec<Vec<String>> = REGISTERS.iter().map(|register| lines(&made, register)).collect();
    let people = made.join("folkeregister.jsonl");
    let spare =
        |n| Pid::synthetic(date(1871, 2, 3), Kjoenn::Kvinne, n).expect("a number").as_str().to_owned();
    let person = |numbers: &[(&str, &str)]| {
        let entry = |(number, status): &(&str, &str)| {
            json!({ "foedselsEllerDNummer": number, "identifikatortype": "foedselsnummer", "status": status,
                "erGjeldende": *status == "iBruk" })
        };
        json!({ "identifikasjonsnummer": numbers.iter().map(entry).collect::<Vec<_>>() })
    };
    let (a, b, c) = (spare(0), spare(1), spare(2));
    // The second has a number that the first has had.
    let has = person(&[(&a, "iBruk"), (&b, "opphoert")]);
    let others = person(&[(&c, "iBruk"), (&b, "opphoert")]);
    let mut wrong_type = person(&[(&c, "iBruk")]);
    wrong_type["navn"] = json!(3);
    let mut control_digit = c.clone();
    let last = control_digit.pop().and_then(|digit| digit.to_digit(10)).expect("a digit");
    write!(control_digit, "{}", (last + 1) % 10).expect("a string");
    let bad = [
        "{\"identifikasjonsnummer\":".to_owned(),
        wrong_type.to_string(),
        person(&[(&control_digit, "iBruk")]).to_string(),
        has.to_string(),
        others.to_string(),
        format!("{{\"navn\":[],\"x\":\"{}\"}}", "x".repeat(64 << 20)),
        "[]".to_owned(),
    ];
    let mut numbers = broken(&people, &bad);
    let whose = numbers.remove(3);

    let units = made.join("enhetsregister.jsonl");
    let one: Value = serde_json::from_str(&good[1][30]).expect("JSON");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut unit = one.clone();
        change(&mut unit);
        unit.to_string()
    };
    let bad = [
        with(&|unit| unit["ukjent"] = json!(1)),
        with(&|unit| unit["enhet"]["organisasjonsnummer"] = json!("123456789")),
        with(&|unit| unit["enhet"]["navn"] = json!("X".repeat(201))),
    ];
    let of_units = broken(&units, &bad);

    let properties = made.join("matrikkel.jsonl");
    let first: Value = serde_json::from_str(good[2].last().expect("a property")).expect("JSON");
    let mut nowhere = first.clone();
    nowhere["eiendom"]["matrikkelnummer"]["kommunenummer"] = json!("9999");
    let of_properties = broken(&properties, &[nowhere.to_string(), json!({ "kommune": 3 }).to_string()]);

    let contacts = made.join("kontaktregister.jsonl");
    let long = format!("{{\"personidentifikator\":\"{a}\",\"x\":\"{}\"}}", "x".repeat(17 << 20));
    let of_contacts = broken(&contacts, &[long, "null".to_owned()]);

    let (whole, said, complaint) = here.run(&["import", text(&made)]);
    assert!(!whole, "{said}{complaint}");
    // A line that is too long is told when it is read, others when they have been answered.
    let mut people_told = told(&complaint, &people);
    people_told.sort_unstable();
    assert_eq!(people_told.iter().map(|(number, _)| *number).collect::<Vec<_>>(), numbers, "{complaint}");
    let reasons = [
        "feil form",
        "navn",
        "kontrollsiffer",
        "tilhører en annen person",
        "longer than any",
        "nummer i bruk",
    ];
    for ((number, why), reason) in people_told.iter().zip(reasons) {
        assert!(why.contains(reason) && !why.contains("inje"), "{number}: {why}");
    }
    for (path, numbers, reasons) in [
        (&units, of_units, &["ukjent", "organisasjonsnummer", "enhet.navn"][..]),
        (&properties, of_properties, &["kommunen 9999 er ikke lastet", "kommune"]),
        (&contacts, of_contacts, &["større", "expected"]),
    ] {
        let told = told(&complaint, path);
        assert_eq!(told.iter().map(|(number, _)| *number).collect::<Vec<_>>(), numbers, "{complaint}");
        for ((number, why), reason) in told.iter().zip(reasons) {
            assert!(why.contains(reason), "{number}: {why}");
        }
    }
    assert!(
        complaint.lines().last().is_some_and(|line| line.ends_with("13 lines were refused")),
        "{complaint}"
    );
    let read = good[0].len() + 7;
    assert!(
        said.contains(&format!("folkeregister: {read} lines read, {} taken, 6 refused", read - 6)),
        "{said}"
    );

    let exported = here.export("jsonl");
    for (register, good) in REGISTERS.iter().zip(&good).skip(2) {
        assert!(lines(&exported, register) == *good, "{register} has all that is good");
    }
    let mut expected: Vec<Value> = good[0].iter().map(|line| in_order(line)).collect();
    let more = lines(&exported, "folkeregister").into_iter().map(|line| in_order(&line));
    let (of_bad, loaded): (Vec<Value>, Vec<Value>) = more.partition(|line| line.to_string().contains(&a));
    expected.sort_by_key(Value::to_string);
    let mut loaded = loaded;
    loaded.sort_by_key(Value::to_string);
    assert!(loaded == expected, "everyone else is there");
    assert_eq!(of_bad.len(), 1, "and who has the number, of line {whose}");
    assert_eq!(lines(&exported, "enhetsregister").len(), good[1].len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parquet_file_that_is_not_whole_is_told_and_none_of_it_loaded() {
    let first = Here::new(10);
    let made = first.path("nasjon");
    nation(300, &made);
    first.import(&[text(&made)]);
    let exported = first.export("parquet");
    let whole = fs::read(exported.join("kontaktregister.parquet")).expect("the file");

    let second = Here::new(10);
    let cut = second.path("kontaktregister.parquet");
    fs::write(&cut, &whole[..whole.len() / 2]).expect("the file can be written");
    let (taken, said, complaint) = second.run(&["import", text(&exported), text(&cut)]);
    assert!(!taken && said.is_empty(), "{said}");
    assert!(complaint.contains(&format!("{} is not a whole Parquet file", cut.display())), "{complaint}");
    assert!(!second.path("felles.toml").exists(), "nothing has begun");

    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4000].fill(0xff);
    fs::write(&cut, &damaged).expect("the file can be written");
    let (taken, _, complaint) = second.run(&["import", text(&cut)]);
    assert!(
        !taken && complaint.contains(&format!("{} cannot be read to its end", cut.display())),
        "{complaint}"
    );

    let other = second.path("folkeregister.txt");
    fs::write(&other, "").expect("the file can be written");
    for (arguments, word) in [
        (vec!["import", text(&other)], "neither .jsonl nor .parquet"),
        (vec!["import", text(&second.path("ingen.jsonl"))], "--register"),
        (vec!["import", "--register", "matrikkel", text(&second.path("ingen.jsonl"))], "cannot read"),
        (vec!["import", "--register", "matrikkel", text(&made.join("summary.txt"))], "neither"),
    ] {
        let (taken, _, complaint) = second.run(&arguments);
        assert!(!taken && complaint.contains(word), "{complaint}");
    }
    fs::write(made.join("matrikkel.parquet"), "").expect("the file can be written");
    let (taken, _, complaint) = second.run(&["import", text(&made)]);
    assert!(!taken && complaint.contains("as .jsonl and as .parquet"), "{complaint}");
}

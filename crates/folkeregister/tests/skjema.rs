//! The documents fit the register's published schema, made strict: no element that the schema does not know.
//!
//! The schema lies beside the project ([`common::standard`]); without it the test names what it skips.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::folkeregister::*;
use common::*;
use serde_json::{Value, json};

const SCHEMA: &str = "registers/folkeregisteret/folkeregisterperson-strict.schema.json";

fn schema() -> Option<Value> {
    Some(serde_json::from_str(&standard(SCHEMA)?).unwrap())
}

/// What of the schema language the file uses: `$ref`, `type`, `enum`, `required`, `properties`, `additionalProperties: false`,
/// `items`, `format` of dates.
fn check(root: &Value, schema: &Value, value: &Value, path: &str, faults: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("no {name}"));
        return check(root, target, value, path, faults);
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        other => panic!("the schema's type {other:?} is not known at {path}"),
    };
    if !fits {
        faults.push(format!("{path}: not {}", schema["type"]));
        return;
    }
    if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        faults.push(format!("{path}: {value} is not in {}", schema["enum"]));
    }
    let readable = |text: &str| match schema["format"].as_str() {
        Some("date") => text.parse::<jiff::civil::Date>().is_ok(),
        Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
        _ => true,
    };
    if value.as_str().is_some_and(|text| !readable(text)) {
        faults.push(format!("{path}: {value} is no {}", schema["format"]));
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        check(root, &schema["items"], item, &format!("{path}[{n}]"), faults);
    }
    let Some(object) = value.as_object() else { return };
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(required) {
            faults.push(format!("{path}: {required} is missing"));
        }
    }
    for (name, field) in object {
        match schema["properties"].get(name) {
            Some(known) => check(root, known, field, &format!("{path}.{name}"), faults),
            None if schema["additionalProperties"] == false => {
                faults.push(format!("{path}.{name}: not in the schema"));
            }
            None => {}
        }
    }
}

fn faults(schema: &Value, document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, document, "", &mut faults);
    faults
}

/// A person with an entry in every element.
fn full() -> Persondokument {
    let o = opphav("2020-01-01T00:00:00Z".parse().unwrap(), "Synutopia", "Historisk");
    let id = || Personidentifikasjon {
        identifikasjonsnummer: "123".to_owned(),
        identifikasjonsnummertype: "socialSecurityNumber".to_owned(),
        utstederland: "SWE".to_owned(),
        ..Personidentifikasjon::fra(&o)
    };
    let day = jiff::civil::date(2020, 1, 1);
    Persondokument {
        foedsel_i_norge: vec![FoedselINorge { rekkefoelgenummer: Some(21), ..FoedselINorge::fra(&o) }],
        delt_bosted: vec![DeltBosted { startdato_for_kontrakt: Some(day), ..DeltBosted::fra(&o) }],
        oppholdsadresse: vec![Oppholdsadresse {
            opphold_annet_sted: Some("pendler".to_owned()),
            ..Oppholdsadresse::fra(&o)
        }],
        postadresse: vec![Postadresse {
            postboksadresse: Some(Postboksadresse {
                postboks: "7".to_owned(),
                poststed: Some(Poststed::default()),
                ..Postboksadresse::default()
            }),
            ..Postadresse::fra(&o)
        }],
        postadresse_i_utlandet: vec![PostadresseIUtlandet {
            utenlandsk_adresse: Some(UtenlandskAdresse {
                landkode: "SWE".to_owned(),
                ..UtenlandskAdresse::default()
            }),
            ..PostadresseIUtlandet::fra(&o)
        }],
        preferert_kontaktadresse: vec![PreferertKontaktadresse {
            valg: Adressevalg::PostadresseIUtlandet,
            ..PreferertKontaktadresse::fra(&o)
        }],
        adressebeskyttelse: vec![Adressebeskyttelse::fra(&o)],
        bibehold: vec![Bibehold { bibeholdstatus: "harBibehold".to_owned(), ..Bibehold::fra(&o) }],
        vergemaal: vec![Vergemaal {
            vergemaaltype: Some("voksen".to_owned()),
            verge: Verge {
                foedsels_eller_d_nummer: Some(folk().far),
                tjenesteomraade: vec![Tjenesteomraade {
                    verge_tjenestevirksomhet: "nav".to_owned(),
                    verge_tjenesteoppgave: Some("arbeid".to_owned()),
                }],
                ..Verge::default()
            },
            ..Vergemaal::fra(&o)
        }],
        utenlandsk_personidentifikasjon: vec![id()],
        utlendingsmyndighetenes_identifikasjonsnummer: vec![id()],
        legitimasjonsdokument: vec![Legitimasjonsdokument {
            identifikasjonsdokumenttype: "pass".to_owned(),
            utstederland: "SWE".to_owned(),
            ..Legitimasjonsdokument::fra(&o)
        }],
        innflytting: vec![Innflytting { fraflyttingsland: Some("SWE".to_owned()), ..Innflytting::fra(&o) }],
        utflytting: vec![Utflytting { utflyttingsdato: Some(day), ..Utflytting::fra(&o) }],
        opphold: vec![Opphold { oppholdstillatelse: "permanent".to_owned(), ..Opphold::fra(&o) }],
        kontaktinformasjon_for_doedsbo: vec![KontaktinformasjonForDoedsbo {
            skifteform: "annet".to_owned(),
            attestutstedelsesdato: Some(day),
            adresse: Some(KontaktadresseForDoedsbo {
                adresselinje: vec!["Storgata 1".to_owned()],
                postnummer: "0184".to_owned(),
                poststedsnavn: "OSLO".to_owned(),
                landkode: None,
            }),
            person: Some(PersonSomKontakt { foedsels_eller_d_nummer: Some(folk().mor), personnavn: None }),
            ..KontaktinformasjonForDoedsbo::fra(&o)
        }],
        bruk_av_samisk_spraak: vec![SamiskSpraak {
            spraak: vec!["nordsamisk".to_owned()],
            ..SamiskSpraak::fra(&o)
        }],
        forhold_til_sametingets_valgmanntall: vec![SametingetsValgmanntall {
            forhold: "innmeldt".to_owned(),
            vedtaksdato: Some(day),
            ..SametingetsValgmanntall::fra(&o)
        }],
        falsk_identitet: Some(FalskIdentitet { er_falsk: false, ..FalskIdentitet::fra(&o) }),
        doedsfall: Some(Doedsfall { doedsdato: Some(day), ..Doedsfall::fra(&o) }),
        ..person(kvinne(1980), jiff::civil::date(1980, 5, 16), kernel::id::Kjoenn::Kvinne)
    }
}

#[tokio::test]
async fn every_document_fits_the_published_schema() {
    let Some(schema) = schema() else { return };
    let register = register().await;
    let f = folk();
    assert_eq!(register.last_inn(&ndjson(&[full()])).await.status.as_u16(), 200);
    let mut asked: Vec<String> =
        dokumenter().iter().map(|one| one.pid().unwrap().as_str().to_owned()).collect();
    asked.push(kvinne(1980).as_str().to_owned());

    let mut twin = foedselsmelding("s-1", &f.gift);
    twin["foedsel"]["barn"]["rekkefoelgenummerVedFlerfoedsel"] = json!("21");
    let mut unknown = foedselsmelding("s-2", &f.kode7);
    unknown["foedsel"]["farEllerMedmor"] =
        json!({"navn": {"fornavn": "SVEN", "etternavn": "S"}, "foedselsdato": "1990-01-01"});
    let mut stillborn = foedselsmelding("s-3", &f.mor);
    stillborn["foedsel"]["barn"]["erLevendefoedt"] = json!(false);
    for melding in [twin, unknown, foedselsmelding("s-4", &f.d_nummer), stillborn] {
        asked.extend(
            register.foedsel(&melding).await.foedsels_eller_d_nummer.map(|pid| pid.as_str().to_owned()),
        );
    }
    let death = json!({"meldingsId": "s-5", "kilde": "helse", "doedPerson": {"foedselsnummer": f.ektemann, "doedsdato": "2026-11-22"}});
    assert_eq!(
        register.post(&format!("{MOTTAK}/doedsmelding"), SCOPE_DOEDSMELDING, &death).await.status.as_u16(),
        202
    );

    let everything: Vec<String> =
        Element::ALLE.iter().map(|element| format!("part={}", element.navn())).collect();
    let mut checked = 0;
    for number in &asked {
        let document = register
            .get(&format!("{BASE}/personer/{number}?part=historikk&{}", everything.join("&")))
            .await
            .json();
        assert_eq!(faults(&schema, &document), Vec::<String>::new());
        checked += 1;
    }
    assert_eq!(checked, dokumenter().len() + 4);
    let full = register
        .get(&format!("{BASE}/personer/{}?{}", kvinne(1980).as_str(), everything.join("&")))
        .await
        .json();
    let empty = ["familierelasjon", "foreldreansvar"];
    let missing: Vec<&str> =
        Element::ALLE.iter().map(|element| element.navn()).filter(|name| full.get(name).is_none()).collect();
    assert_eq!(missing, empty, "every other element was checked");
}

#[tokio::test]
async fn the_check_finds_what_does_not_fit() {
    let Some(schema) = schema() else { return };
    let good = serde_json::to_value(full()).unwrap();
    assert_eq!(faults(&schema, &good), Vec::<String>::new());
    for (change, fault) in [
        ("/kjoenn/0/kjoenn", ".kjoenn[0].kjoenn"),
        ("/foedsel/0/foedselsdato", ".foedsel[0].foedselsdato"),
        ("/bostedsadresse/0/vegadresse", ".bostedsadresse[0].vegadresse"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(change).unwrap() = json!("noe annet");
        assert!(faults(&schema, &bad).iter().any(|one| one.starts_with(fault)), "{change}");
    }
    let mut bad = good;
    bad["navn"][0]["kallenavn"] = json!("x");
    assert_eq!(faults(&schema, &bad), [".navn[0].kallenavn: not in the schema"]);
}

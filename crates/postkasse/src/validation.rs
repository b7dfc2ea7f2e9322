//! Whether a message is what the published schemas and the access point demand (spec `communication.md` B2–B4).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use clients::postkasse::{
    AUTHORITY, Adresse, Avsender, Digital, Fingeravtrykk, Melding, SHA256, StandardBusinessDocument,
    Utskrift, Varsler, Virksomhetsidentifikator, document_type, process,
};
use kernel::http::BadJson;
use serde_json::Value;

/// Where a message is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The path of the field.
    pub path: String,
    /// Why, in Bokmål. Never quotes the value.
    pub why: String,
}

type Checked = Result<(), Invalid>;

fn invalid<T>(path: impl Into<String>, why: impl Into<String>) -> Result<T, Invalid> {
    Err(Invalid { path: path.into(), why: why.into() })
}

fn ensure(holds: bool, path: impl FnOnce() -> String, why: &str) -> Checked {
    if holds { Ok(()) } else { invalid(path(), why) }
}

/// Reads and checks a message of type `digital` or `utskrift`.
pub fn read(body: &[u8]) -> Result<Melding, Invalid> {
    let bad = |bad: BadJson| Invalid { path: bad.path, why: bad.message };
    let value: Value = kernel::http::json(body).map_err(bad)?;
    // The schemas know absent fields, not null ones.
    if let Some(path) = null_at(&value) {
        return invalid(path, "kan ikke være null");
    }
    let melding: Melding = kernel::http::json(body).map_err(bad)?;
    check(&melding.standard_business_document)
        .map_err(|bad| Invalid { path: format!("standardBusinessDocument.{}", bad.path), ..bad })?;
    Ok(melding)
}

/// The path of the first null in a JSON document.
fn null_at(value: &Value) -> Option<String> {
    let join = |key: String, rest: String| {
        if rest.is_empty() || rest.starts_with('[') { key + &rest } else { format!("{key}.{rest}") }
    };
    match value {
        Value::Null => Some(String::new()),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(n, item)| null_at(item).map(|rest| join(format!("[{n}]"), rest))),
        Value::Object(fields) => {
            fields.iter().find_map(|(key, value)| null_at(value).map(|rest| join(key.clone(), rest)))
        }
        _ => None,
    }
}

fn check(sbd: &StandardBusinessDocument) -> Checked {
    const H: &str = "standardBusinessDocumentHeader";
    let header = &sbd.header;
    let at = |field: &str| format!("{H}.{field}");
    ensure(header.header_version == "1.0", || at("headerVersion"), "må være 1.0")?;
    for (name, parties) in [("sender", &header.sender), ("receiver", &header.receiver)] {
        let [party] = parties.as_slice() else { return invalid(at(name), "må ha nøyaktig én") };
        organisation(&party.identifier, &at(&format!("{name}[0].identifier")))?;
    }
    let document = &header.document_identification;
    let kind = document.kind.as_str();
    let known = matches!(kind, "digital" | "utskrift");
    ensure(known, || at("documentIdentification.type"), "kan bare være digital eller utskrift")?;
    let standard = document.standard == document_type(kind);
    ensure(standard, || at("documentIdentification.standard"), "passer ikke til meldingstypen")?;
    ensure(document.type_version == "1.0", || at("documentIdentification.typeVersion"), "må være 1.0")?;
    let mut conversations =
        header.business_scope.scope.iter().enumerate().filter(|(_, scope)| scope.kind == "ConversationId");
    let (Some((n, conversation)), None) = (conversations.next(), conversations.next()) else {
        return invalid(at("businessScope.scope"), "må ha nøyaktig én av type ConversationId");
    };
    let scope = |field: &str| at(&format!("businessScope.scope[{n}].{field}"));
    ensure(conversation.instance_identifier.is_some(), || scope("instanceIdentifier"), "mangler")?;
    let flow = conversation.identifier.as_deref() == Some(process(kind).as_str());
    ensure(flow, || scope("identifier"), "passer ikke til meldingstypen")?;

    let foreign = [
        ("leveringskvittering", sbd.leveringskvittering.is_some()),
        ("aapningskvittering", sbd.aapningskvittering.is_some()),
        ("mottakskvittering", sbd.mottakskvittering.is_some()),
        ("returpostkvittering", sbd.returpostkvittering.is_some()),
        ("feil", sbd.feil.is_some()),
        ("digital", sbd.digital.is_some() && kind != "digital"),
        ("utskrift", sbd.utskrift.is_some() && kind != "utskrift"),
    ];
    if let Some((name, _)) = foreign.iter().find(|(_, present)| *present) {
        return invalid(*name, "passer ikke til meldingstypen");
    }
    match (&sbd.digital, &sbd.utskrift) {
        (Some(message), None) => digital(message),
        (None, Some(message)) => utskrift(message),
        _ => invalid(kind, "mangler"),
    }
}

fn digital(message: &Digital) -> Checked {
    let at = |field: &str| format!("digital.{field}");
    avsender(&message.avsender, "digital.avsender")?;
    ensure(!message.mottaker.postkasseadresse.is_empty(), || at("mottaker.postkasseadresse"), "er tom")?;
    digest(&message.dokumentpakkefingeravtrykk, "digital.dokumentpakkefingeravtrykk")?;
    ensure(matches!(message.sikkerhetsnivaa, 3 | 4), || at("sikkerhetsnivaa"), "må være 3 eller 4")?;
    let title = (1..=255).contains(&message.ikkesensitivtittel.chars().count());
    ensure(title, || at("ikkesensitivtittel"), "må ha 1 til 255 tegn")?;
    let language = message.spraak.len() == 2 && message.spraak.bytes().all(|b| b.is_ascii_alphabetic());
    ensure(language, || at("spraak"), "må ha to bokstaver")?;
    message.varsler.as_ref().map_or(Ok(()), |varsler| notices(varsler, "digital.varsler"))
}

fn notices(varsler: &Varsler, path: &str) -> Checked {
    if let Some(email) = &varsler.epostvarsel {
        let at = |field: &str| format!("{path}.epostvarsel.{field}");
        let address = email.epostadresse.split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
        ensure(address, || at("epostadresse"), "er ikke en e-postadresse")?;
        let text = (1..=500).contains(&email.varslingstekst.chars().count());
        ensure(text, || at("varslingstekst"), "må ha 1 til 500 tegn")?;
        repetitions(&email.repetisjoner, at("repetisjoner"))?;
    }
    if let Some(sms) = &varsler.smsvarsel {
        let at = |field: &str| format!("{path}.smsvarsel.{field}");
        let number = &sms.mobiltelefonnummer;
        let rest = number.strip_prefix('+').unwrap_or(number);
        let phone = (8..=20).contains(&number.len())
            && !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_digit() || b"- _".contains(&b));
        ensure(phone, || at("mobiltelefonnummer"), "er ikke et mobiltelefonnummer")?;
        let text = (1..=160).contains(&sms.varslingstekst.chars().count());
        ensure(text, || at("varslingstekst"), "må ha 1 til 160 tegn")?;
        repetitions(&sms.repetisjoner, at("repetisjoner"))?;
    }
    Ok(())
}

fn repetitions(days: &[u8], path: String) -> Checked {
    let unique = days.iter().enumerate().all(|(n, day)| !days.iter().take(n).any(|before| before == day));
    let fits = (1..=10).contains(&days.len()) && days.iter().all(|day| *day <= 25) && unique;
    ensure(fits, || path, "må ha 1 til 10 ulike dager fra 0 til 25")
}

fn utskrift(message: &Utskrift) -> Checked {
    avsender(&message.avsender, "utskrift.avsender")?;
    address(&message.mottaker, "utskrift.mottaker")?;
    digest(&message.dokumentpakkefingeravtrykk, "utskrift.dokumentpakkefingeravtrykk")?;
    address(&message.retur.mottaker, "utskrift.retur.mottaker")
}

/// A Norwegian address has place and number; a foreign one has exactly one of country and country code; not both.
fn address(address: &Adresse, path: &str) -> Checked {
    let at = |field: &str| format!("{path}.{field}");
    let longest =
        |text: &Option<String>, most: usize| text.as_ref().is_none_or(|text| text.chars().count() <= most);
    ensure(address.adresselinje1.chars().count() <= 100, || at("adresselinje1"), "er lengre enn 100 tegn")?;
    let lines = [
        ("adresselinje2", &address.adresselinje2, 100),
        ("adresselinje3", &address.adresselinje3, 100),
        ("adresselinje4", &address.adresselinje4, 100),
        ("poststed", &address.poststed, 80),
        ("land", &address.land, 80),
    ];
    for (field, text, most) in lines {
        ensure(longest(text, most), || at(field), &format!("er lengre enn {most} tegn"))?;
    }
    let number = |text: &String| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    ensure(address.postnummer.as_ref().is_none_or(number), || at("postnummer"), "må ha fire siffer")?;
    let code = |text: &String| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    ensure(address.landkode.as_ref().is_none_or(code), || at("landkode"), "må ha to bokstaver")?;
    let norwegian = address.postnummer.is_some() && address.poststed.is_some();
    let foreign = address.land.is_some() != address.landkode.is_some();
    let why = "må være norsk (postnummer og poststed) eller utenlandsk (nøyaktig én av land og landkode)";
    ensure(norwegian != foreign, || path.to_owned(), why)
}

fn avsender(avsender: &Avsender, path: &str) -> Checked {
    let longest =
        |text: &Option<String>, most: usize| text.as_ref().is_none_or(|text| text.chars().count() <= most);
    organisation(&avsender.virksomhetsidentifikator, &format!("{path}.virksomhetsidentifikator"))?;
    let unit = longest(&avsender.avsenderidentifikator, 100);
    ensure(unit, || format!("{path}.avsenderidentifikator"), "er lengre enn 100 tegn")?;
    let invoice = longest(&avsender.faktura_referanse, 40);
    ensure(invoice, || format!("{path}.fakturaReferanse"), "er lengre enn 40 tegn")
}

fn organisation(identifier: &Virksomhetsidentifikator, path: &str) -> Checked {
    ensure(
        identifier.authority == AUTHORITY,
        || format!("{path}.authority"),
        "må være iso6523-actorid-upis",
    )?;
    ensure(
        identifier.orgnr().is_some(),
        || format!("{path}.value"),
        "må være 0192: og et gyldig organisasjonsnummer",
    )
}

fn digest(digest: &Fingeravtrykk, path: &str) -> Checked {
    ensure(digest.digest_method == SHA256, || format!("{path}.digestMethod"), "må være SHA-256")?;
    let value = BASE64.decode(&digest.digest_value).is_ok_and(|bytes| bytes.len() == 32);
    ensure(value, || format!("{path}.digestValue"), "må være base64 av 32 byte")
}

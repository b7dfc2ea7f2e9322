//! What a notice makes of a unit: the fields are checked one by one, then the rules of the form.

use std::collections::HashMap;

use clients::enhetsregister::{
    Adresse, Enhet, HistoriskNavn, Kapital, Kode, Rolle, Rolleenhet, Rollegruppe, Rollenavn, Rolleperson,
    Underenhet,
};
use clients::folkeregister::Persondokument;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kommunenummer, Orgnr, Pid};

use super::koder::{self, ROLLEGRUPPETYPER, ROLLETYPER};
use super::melding::{Endringsmelding, Kapitalmelding, Nyregistrering, Rollemelding, Underenhetsmelding};
use super::regler::{self, Brudd};

/// Employees, from which number on it is shown.
const VISES: i64 = 5;
/// Most roles of one notice.
pub const MAX_ROLLER: usize = 100;

/// What is known of those who are named in a notice.
#[derive(Debug, Default)]
pub struct Kjente {
    /// People, by the numbers that the notice has.
    pub personer: HashMap<Pid, Persondokument>,
    /// Units that are in the register: form and name.
    pub enheter: HashMap<Orgnr, (Kode, String)>,
    /// Municipalities of the addresses in the notice, by number: their names, which no notice changes.
    pub kommuner: HashMap<String, String>,
}

/// The moment as a day, where the register is.
pub fn dag(naa: Timestamp) -> Date {
    naa.to_zoned_datetime(kernel::clock::oslo()).date()
}

/// A new main unit with its roles.
pub fn ny(
    melding: &Nyregistrering,
    orgnr: Orgnr,
    kjente: &Kjente,
    i_dag: Date,
) -> Result<(Enhet, Vec<Rollegruppe>), Brudd> {
    let mut brudd = Brudd::default();
    let form = melding.organisasjonsform.as_str();
    let Some(known) = koder::organisasjonsform(form).filter(|_| regler::FORMER.contains(&form)) else {
        brudd.krev(false, "organisasjonsform", format!("Skal være en av {}", regler::FORMER.join(", ")));
        return Err(brudd);
    };
    let grupper = grupper(&mut brudd, form, &melding.roller, kjente, i_dag);
    regler::navn(&mut brudd, form, &melding.navn, &grupper);
    regler::rollene(&mut brudd, form, &grupper);
    let kapital = melding.kapital.map(|own| kapital(form, own, i_dag));
    regler::kapital(&mut brudd, form, kapital.as_ref());
    let place = forretningsadresse(&mut brudd, form, &melding.forretningsadresse, kjente);
    let post = melding.postadresse.as_ref().map(|post| adresse(&mut brudd, "postadresse", post, kjente));
    match melding.stiftelsesdato {
        None => {
            brudd.krev(form == "ENK", "stiftelsesdato", "Stiftelsesdato mangler (enhetsregisterloven § 5)");
        }
        Some(date) => brudd.krev(date <= i_dag, "stiftelsesdato", "Stiftelsesdatoen er ikke kommet ennå"),
    }
    linjer(&mut brudd, "aktivitet", &melding.aktivitet, 1);
    linjer(&mut brudd, "vedtektsfestetFormaal", &melding.vedtektsfestet_formaal, 0);
    felles(&mut brudd, melding.naeringskode.as_ref(), melding.hjemmeside.as_deref());
    let maalform = melding.maalform.as_deref().unwrap_or("Bokmål");
    brudd.krev(matches!(maalform, "Bokmål" | "Nynorsk"), "maalform", "Skal være Bokmål eller Nynorsk");
    if !brudd.0.is_empty() {
        return Err(brudd);
    }
    let business = !matches!(form, "ENK" | "FLI" | "STI");
    let enhet = Enhet {
        stiftelsesdato: melding.stiftelsesdato,
        forretningsadresse: Some(place),
        postadresse: post,
        naeringskode1: melding.naeringskode.clone(),
        aktivitet: melding.aktivitet.clone(),
        vedtektsfestet_formaal: melding.vedtektsfestet_formaal.clone(),
        kapital,
        hjemmeside: melding.hjemmeside.clone(),
        maalform: maalform.to_owned(),
        institusjonell_sektorkode: sektor(form),
        registrert_i_foretaksregisteret: business,
        foretaksregister_dato: business.then_some(i_dag),
        registrert_i_stiftelsesregisteret: form == "STI",
        ..Enhet::ny(orgnr, &stort(&melding.navn), Kode::ny(known.kode, known.beskrivelse), i_dag)
    };
    Ok((enhet, grupper))
}

/// Changes a main unit. Rules are asked of what the notice touches: what stands from before stays.
pub fn endre(
    melding: &Endringsmelding,
    mut enhet: Enhet,
    foer: Vec<Rollegruppe>,
    kjente: &Kjente,
    naa: Timestamp,
) -> Result<(Enhet, Vec<Rollegruppe>), Brudd> {
    let (mut brudd, i_dag) = (Brudd::default(), dag(naa));
    let form = enhet.organisasjonsform.kode.clone();
    let nye = grupper(&mut brudd, &form, &melding.roller, kjente, i_dag);
    for (n, group) in melding.roller_som_opphoerer.iter().enumerate() {
        let there = foer.iter().any(|known| known.kind.kode == *group);
        brudd.krev(there, &format!("rollerSomOpphoerer[{n}]"), "Enheten har ingen slik rollegruppe");
    }
    let ends = |group: &Rollegruppe| {
        let code = &group.kind.kode;
        melding.roller_som_opphoerer.contains(code) || nye.iter().any(|new| new.kind.kode == *code)
    };
    let mut roles: Vec<Rollegruppe> = foer.into_iter().filter(|group| !ends(group)).collect();
    roles.extend(nye.iter().cloned());
    if !melding.roller.is_empty() || !melding.roller_som_opphoerer.is_empty() {
        regler::rollene(&mut brudd, &form, &roles);
    }
    if let Some(navn) = &melding.navn {
        regler::navn(&mut brudd, &form, navn, &roles);
        let new = stort(navn);
        nytt_navn(&mut enhet.navn, &mut enhet.historiske_navn, enhet.registreringsdato, new, naa);
    }
    if let Some(own) = melding.kapital {
        enhet.kapital = Some(kapital(&form, own, i_dag));
        regler::kapital(&mut brudd, &form, enhet.kapital.as_ref());
    }
    if let Some(new) = &melding.forretningsadresse {
        enhet.forretningsadresse = Some(forretningsadresse(&mut brudd, &form, new, kjente));
    }
    if let Some(new) = &melding.postadresse {
        enhet.postadresse = Some(adresse(&mut brudd, "postadresse", new, kjente));
    }
    if let Some(lines) = &melding.aktivitet {
        linjer(&mut brudd, "aktivitet", lines, 1);
        enhet.aktivitet.clone_from(lines);
    }
    felles(&mut brudd, melding.naeringskode.as_ref(), melding.hjemmeside.as_deref());
    enhet.naeringskode1 = melding.naeringskode.clone().or(enhet.naeringskode1);
    enhet.hjemmeside = melding.hjemmeside.clone().or(enhet.hjemmeside);
    if let Some(count) = melding.antall_ansatte {
        (enhet.har_registrert_antall_ansatte, enhet.antall_ansatte) = ansatte(&mut brudd, count);
    }
    if let Some(ends) = melding.under_avvikling {
        enhet.under_avvikling = ends;
        enhet.under_avvikling_dato = ends.then(|| enhet.under_avvikling_dato.unwrap_or(i_dag));
    }
    if brudd.0.is_empty() { Ok((enhet, roles)) } else { Err(brudd) }
}

/// Changes a place of business.
pub fn endre_underenhet(
    melding: &Endringsmelding,
    mut under: Underenhet,
    kjente: &Kjente,
    naa: Timestamp,
) -> Result<Underenhet, Brudd> {
    let mut brudd = Brudd::default();
    brudd.krev(
        melding.roller.is_empty() && melding.roller_som_opphoerer.is_empty(),
        "roller",
        "En underenhet har ikke roller",
    );
    brudd.krev(melding.kapital.is_none(), "kapital", "En underenhet har ikke kapital");
    brudd.krev(melding.aktivitet.is_none(), "aktivitet", "En underenhets aktivitet er næringskoden");
    brudd.krev(
        melding.under_avvikling.is_none(),
        "underAvvikling",
        "En underenhet avvikles ikke, den slettes",
    );
    if let Some(navn) = &melding.navn {
        regler::navn(&mut brudd, "BEDR", navn, &[]);
        nytt_navn(&mut under.navn, &mut under.historiske_navn, under.registreringsdato, stort(navn), naa);
    }
    if let Some(new) = &melding.forretningsadresse {
        under.beliggenhetsadresse = Some(norsk(&mut brudd, "forretningsadresse", new, kjente));
    }
    if let Some(new) = &melding.postadresse {
        under.postadresse = Some(adresse(&mut brudd, "postadresse", new, kjente));
    }
    felles(&mut brudd, melding.naeringskode.as_ref(), melding.hjemmeside.as_deref());
    under.naeringskode1 = melding.naeringskode.clone().or(under.naeringskode1);
    under.hjemmeside = melding.hjemmeside.clone().or(under.hjemmeside);
    if let Some(count) = melding.antall_ansatte {
        (under.har_registrert_antall_ansatte, under.antall_ansatte) = ansatte(&mut brudd, count);
    }
    if brudd.0.is_empty() { Ok(under) } else { Err(brudd) }
}

/// A new place of business below a main unit.
pub fn ny_underenhet(
    melding: &Underenhetsmelding,
    over: &Enhet,
    orgnr: Orgnr,
    kjente: &Kjente,
    i_dag: Date,
) -> Result<Underenhet, Brudd> {
    let mut brudd = Brudd::default();
    regler::navn(&mut brudd, "BEDR", &melding.navn, &[]);
    let place = norsk(&mut brudd, "beliggenhetsadresse", &melding.beliggenhetsadresse, kjente);
    brudd.krev(melding.oppstartsdato <= i_dag, "oppstartsdato", "Oppstartsdatoen er ikke kommet ennå");
    felles(&mut brudd, melding.naeringskode.as_ref(), None);
    if !brudd.0.is_empty() {
        return Err(brudd);
    }
    // Whoever does no business has places of another form.
    let code = if over.organisasjonsform.kode == "FLI" { "AAFY" } else { "BEDR" };
    let text = koder::organisasjonsform(code).map_or("", |form| form.beskrivelse);
    Ok(Underenhet {
        beliggenhetsadresse: Some(place),
        oppstartsdato: Some(melding.oppstartsdato),
        naeringskode1: melding.naeringskode.clone(),
        registrert_i_mvaregisteret: over.registrert_i_mvaregisteret,
        ..Underenhet::ny(orgnr, &stort(&melding.navn), Kode::ny(code, text), over.organisasjonsnummer, i_dag)
    })
}

/// The groups of the roles of a notice.
fn grupper(
    brudd: &mut Brudd,
    form: &str,
    roller: &[Rollemelding],
    kjente: &Kjente,
    i_dag: Date,
) -> Vec<Rollegruppe> {
    let mut groups: Vec<Rollegruppe> = Vec::new();
    brudd.krev(roller.len() <= MAX_ROLLER, "roller", format!("En melding kan ha høyst {MAX_ROLLER} roller"));
    for (n, meldt) in roller.iter().enumerate().take(MAX_ROLLER) {
        let felt = format!("roller[{n}]");
        let text = |list: &[(&str, &str)], code: &str| {
            list.iter().find(|(known, _)| *known == code).map(|(code, text)| Kode::ny(code, text))
        };
        let group = regler::gruppe(&meldt.rolle);
        let (Some(group), Some(kind)) =
            (group.and_then(|group| text(ROLLEGRUPPETYPER, group)), text(ROLLETYPER, &meldt.rolle))
        else {
            brudd.krev(false, &format!("{felt}.rolle"), "Er ikke en rolle som kan meldes");
            continue;
        };
        // Associations may have minors on their boards, and no other form in any role without consent.
        let voksen = !(form == "FLI" && group.kode == "STYR");
        let Some((person, enhet)) = innehaver(brudd, &felt, meldt, kjente, voksen.then_some(i_dag)) else {
            continue;
        };
        let share = meldt.ansvarsandel.map(|share| {
            brudd.krev(
                share.nevner > 0 && share.teller > 0 && share.teller <= share.nevner,
                &format!("{felt}.ansvarsandel"),
                "Er ikke en andel av det hele",
            );
            format!("{}/{}", share.teller, share.nevner)
        });
        brudd.krev(
            share.is_none() || group.kode == "DELT",
            &format!("{felt}.ansvarsandel"),
            "Bare deltakere har ansvarsandel",
        );
        let at = groups.iter().position(|known| known.kind == group).unwrap_or_else(|| {
            groups.push(Rollegruppe { kind: group.clone(), sist_endret: i_dag, roller: Vec::new() });
            groups.len() - 1
        });
        let Some(roles) = groups.get_mut(at).map(|group| &mut group.roller) else { continue };
        let twice = roles
            .iter()
            .any(|role| role.kind.kode == kind.kode && role.person == person && role.enhet == enhet);
        brudd.krev(!twice, &felt, "Rollen er meldt to ganger for den samme");
        let rekkefolge = roles.len() as i64;
        roles.push(Rolle {
            kind,
            person,
            enhet,
            ansvarsandel: share,
            fratraadt: false,
            avregistrert: false,
            rekkefolge,
        });
    }
    groups
}

/// Who has a role, grown up on a day where one is given. What is said of a person never repeats the number.
fn innehaver(
    brudd: &mut Brudd,
    felt: &str,
    meldt: &Rollemelding,
    kjente: &Kjente,
    voksen: Option<Date>,
) -> Option<(Option<Rolleperson>, Option<Rolleenhet>)> {
    match (meldt.foedsels_eller_d_nummer, meldt.organisasjonsnummer) {
        (Some(pid), None) => {
            let felt = format!("{felt}.foedselsEllerDNummer");
            let found = kjente.personer.get(&pid);
            brudd.krev(found.is_some(), &felt, "Personen finnes ikke i Folkeregisteret");
            let found = found?;
            brudd.krev(!found.er_doed(), &felt, "Personen er død");
            let grown = voksen.is_none_or(|day| found.alder(day).is_some_and(|age| age >= 18));
            brudd.krev(grown, &felt, "Personen er under 18 år, og rollen er ikke i styret for en forening");
            let (name, born) = (found.gjeldende_navn(), found.foedselsdato());
            brudd.krev(
                name.is_some() && born.is_some(),
                &felt,
                "Personen mangler navn eller fødselsdato i Folkeregisteret",
            );
            let (name, born) = (name?, born?);
            let navn = Rollenavn {
                fornavn: name.fornavn.clone(),
                mellomnavn: name.mellomnavn.clone(),
                etternavn: name.etternavn.clone(),
            };
            let pid = found.pid().unwrap_or(pid);
            let person = Rolleperson { fodselsdato: born, navn, er_doed: false, fodselsnummer: Some(pid) };
            Some((Some(person), None))
        }
        (None, Some(orgnr)) => {
            let found = kjente.enheter.get(&orgnr);
            brudd.krev(
                found.is_some(),
                &format!("{felt}.organisasjonsnummer"),
                "Enheten finnes ikke i Enhetsregisteret",
            );
            let (form, navn) = found?.clone();
            Some((
                None,
                Some(Rolleenhet {
                    organisasjonsnummer: orgnr,
                    organisasjonsform: form,
                    navn: vec![navn],
                    er_slettet: false,
                }),
            ))
        }
        _ => {
            brudd.krev(false, felt, "Skal ha enten foedselsEllerDNummer eller organisasjonsnummer");
            None
        }
    }
}

fn kapital(form: &str, own: Kapitalmelding, i_dag: Date) -> Kapital {
    let kind = match form {
        "AS" | "ASA" => "Aksjekapital",
        "STI" => "Grunnkapital",
        _ => "Innskuddskapital",
    };
    let (kind, valuta) = (kind.to_owned(), "NOK".to_owned());
    Kapital { belop: own.belop, antall_aksjer: own.antall_aksjer, kind, valuta, innfort_dato: i_dag }
}

fn sektor(form: &str) -> Option<Kode> {
    match form {
        "ENK" => Some(Kode::ny("8200", "Personlig næringsdrivende")),
        "AS" => Some(Kode::ny("2100", "Private aksjeselskaper mv.")),
        "ANS" | "DA" => Some(Kode::ny("2300", "Personlige foretak")),
        "FLI" => Some(Kode::ny("7000", "Ideelle organisasjoner")),
        _ => None,
    }
}

fn stort(navn: &str) -> String {
    navn.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

/// A new name; the old one becomes historic.
fn nytt_navn(
    navn: &mut String,
    historiske: &mut Vec<HistoriskNavn>,
    registrert: Date,
    nytt: String,
    naa: Timestamp,
) {
    if *navn == nytt {
        return;
    }
    let til_dato = naa.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let fra_dato =
        historiske.last().map_or_else(|| format!("{registrert} 00:00:00"), |last| last.til_dato.clone());
    historiske.push(HistoriskNavn { navn: std::mem::replace(navn, nytt), fra_dato, til_dato });
}

fn ansatte(brudd: &mut Brudd, count: i64) -> (bool, Option<i64>) {
    brudd.krev((0..=1_000_000).contains(&count), "antallAnsatte", "Skal være et antall");
    (count > 0, (count >= VISES).then_some(count))
}

fn felles(brudd: &mut Brudd, naeringskode: Option<&Kode>, hjemmeside: Option<&str>) {
    let form = |code: &str| {
        let bytes = code.as_bytes();
        bytes.len() == 6
            && bytes
                .iter()
                .enumerate()
                .all(|(n, byte)| if n == 2 { *byte == b'.' } else { byte.is_ascii_digit() })
    };
    brudd.krev(
        naeringskode.is_none_or(|code| form(&code.kode)),
        "naeringskode.kode",
        "Skal ha formen 41.200",
    );
    let short = |text: &str| (1..=200).contains(&text.chars().count());
    brudd.krev(
        naeringskode.is_none_or(|code| short(&code.beskrivelse)),
        "naeringskode.beskrivelse",
        "Skal ha 1 til 200 tegn",
    );
    let page = |text: &str| short(text) && text.contains('.') && !text.contains(char::is_whitespace);
    brudd.krev(hjemmeside.is_none_or(page), "hjemmeside", "Er ikke en adresse på nettet");
}

fn linjer(brudd: &mut Brudd, felt: &str, lines: &[String], least: usize) {
    brudd.krev((least..=50).contains(&lines.len()), felt, format!("Skal ha {least} til 50 linjer"));
    let fit = lines.iter().all(|line| (1..=200).contains(&line.trim().chars().count()));
    brudd.krev(fit, felt, "En linje har 1 til 200 tegn");
}

/// A main unit's address of business: in Norway, but for foreign enterprises.
fn forretningsadresse(brudd: &mut Brudd, form: &str, own: &Adresse, kjente: &Kjente) -> Adresse {
    let felt = "forretningsadresse";
    if form == "NUF" { adresse(brudd, felt, own, kjente) } else { norsk(brudd, felt, own, kjente) }
}

/// An address in Norway, with municipality and post code.
fn norsk(brudd: &mut Brudd, felt: &str, own: &Adresse, kjente: &Kjente) -> Adresse {
    brudd.krev(own.kommunenummer.is_some(), &format!("{felt}.kommunenummer"), "Kommunenummer mangler");
    brudd.krev(own.postnummer.is_some(), &format!("{felt}.postnummer"), "Postnummer mangler");
    brudd.krev(er_norsk(own), &format!("{felt}.landkode"), "Adressen skal være i Norge");
    adresse(brudd, felt, own, kjente)
}

fn er_norsk(own: &Adresse) -> bool {
    own.landkode.as_deref().is_none_or(|code| code == "NO")
}

/// An address as it is registered: a municipality has the name that the register knows it by.
fn adresse(brudd: &mut Brudd, felt: &str, own: &Adresse, kjente: &Kjente) -> Adresse {
    linjer(brudd, &format!("{felt}.adresse"), &own.adresse, 0);
    let number = own.kommunenummer.as_deref();
    brudd.krev(
        number.is_none_or(|number| Kommunenummer::parse(number).is_ok()),
        &format!("{felt}.kommunenummer"),
        "Er ikke et gyldig kommunenummer",
    );
    let code = own.postnummer.as_deref().is_none_or(|code| {
        if er_norsk(own) {
            code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit())
        } else {
            code.chars().count() <= 20
        }
    });
    brudd.krev(code, &format!("{felt}.postnummer"), "Er ikke et gyldig postnummer");
    let short = [&own.land, &own.landkode, &own.poststed, &own.kommune];
    let fit = short.iter().all(|text| text.as_deref().is_none_or(|text| text.chars().count() <= 100));
    brudd.krev(fit, felt, "En del av adressen er for lang");
    let known = number.and_then(|number| kjente.kommuner.get(number));
    Adresse { kommune: known.or(own.kommune.as_ref()).cloned(), ..own.clone() }
}

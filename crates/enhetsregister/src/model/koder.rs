//! Code lists: forms of organisation, kinds of roles and groups of roles, as the register publishes them.

use super::Slag;

/// A form of organisation.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Code.
    pub kode: &'static str,
    /// In words.
    pub beskrivelse: &'static str,
    /// Of which units.
    pub slag: Slag,
}

const fn enhet(kode: &'static str, beskrivelse: &'static str) -> Form {
    Form { kode, beskrivelse, slag: Slag::Enhet }
}

const fn under(kode: &'static str, beskrivelse: &'static str) -> Form {
    Form { kode, beskrivelse, slag: Slag::Underenhet }
}

/// The forms, by code.
pub const ORGANISASJONSFORMER: &[Form] = &[
    under("AAFY", "Underenhet til ikke-næringsdrivende"),
    enhet("ADOS", "Administrativ enhet - offentlig sektor"),
    enhet("ANNA", "Annen juridisk person"),
    enhet("ANS", "Ansvarlig selskap med solidarisk ansvar"),
    enhet("AS", "Aksjeselskap"),
    enhet("ASA", "Allmennaksjeselskap"),
    enhet("BA", "Selskap med begrenset ansvar"),
    enhet("BBL", "Boligbyggelag"),
    under("BEDR", "Underenhet til næringsdrivende og offentlig forvaltning"),
    enhet("BO", "Andre bo"),
    enhet("BRL", "Borettslag"),
    enhet("DA", "Ansvarlig selskap med delt ansvar"),
    enhet("ENK", "Enkeltpersonforetak"),
    enhet("EOFG", "Europeisk økonomisk foretaksgruppe"),
    enhet("ESEK", "Eierseksjonssameie"),
    enhet("FKF", "Fylkeskommunalt foretak"),
    enhet("FLI", "Forening/lag/innretning"),
    enhet("FYLK", "Fylkeskommune"),
    enhet("GFS", "Gjensidig forsikringsselskap"),
    enhet("IKJP", "Andre ikke-juridiske personer"),
    enhet("IKS", "Interkommunalt selskap"),
    enhet("KBO", "Konkursbo"),
    enhet("KF", "Kommunalt foretak"),
    enhet("KIRK", "Den norske kirke"),
    enhet("KOMM", "Kommune"),
    enhet("KS", "Kommandittselskap"),
    enhet("KTRF", "Kontorfellesskap"),
    enhet("NUF", "Norskregistrert utenlandsk foretak"),
    enhet("OPMV", "Særskilt oppdelt enhet, jf. mval. § 2-2"),
    enhet("ORGL", "Organisasjonsledd"),
    enhet("PERS", "Andre enkeltpersoner som registreres i tilknyttet register"),
    enhet("PK", "Pensjonskasse"),
    enhet("PRE", "Partrederi"),
    enhet("SA", "Samvirkeforetak"),
    enhet("SAM", "Tingsrettslig sameie"),
    enhet("SE", "Europeisk selskap"),
    enhet("SF", "Statsforetak"),
    enhet("SPA", "Sparebank"),
    enhet("STAT", "Staten"),
    enhet("STI", "Stiftelse"),
    enhet("SÆR", "Annet foretak iflg. særskilt lov"),
    enhet("TVAM", "Tvangsregistrert for MVA"),
    enhet("UTLA", "Utenlandsk enhet"),
    enhet("VPFO", "Verdipapirfond"),
];

/// Kinds of roles: code and description.
pub const ROLLETYPER: &[(&str, &str)] = &[
    ("ADOS", "Administrativ enhet - offentlig sektor"),
    ("BEST", "Bestyrende reder"),
    ("BOBE", "Bostyrer"),
    ("DAGL", "Daglig leder"),
    ("DTPR", "Deltaker med delt ansvar"),
    ("DTSO", "Deltaker med fullt ansvar"),
    ("EIKM", "Eierkommune"),
    ("FFØR", "Forretningsfører"),
    ("INNH", "Innehaver"),
    ("KOMP", "Komplementar"),
    ("KONT", "Kontaktperson"),
    ("LEDE", "Styrets leder"),
    ("MEDL", "Styremedlem"),
    ("NEST", "Nestleder"),
    ("OBS", "Observatør"),
    ("ORGL", "Organisasjonsledd i offentlig sektor"),
    ("POFE", "Prokura i fellesskap"),
    ("POHV", "Prokura hver for seg"),
    ("PROK", "Prokura"),
    ("REGN", "Regnskapsfører"),
    ("REPR", "Norsk representant for utenlandsk enhet"),
    ("REVI", "Revisor"),
    ("SIFE", "Signatur i fellesskap"),
    ("SIGN", "Signatur"),
    ("SIHV", "Signatur hver for seg"),
    ("VARA", "Varamedlem"),
];

/// Groups of roles: code and description.
pub const ROLLEGRUPPETYPER: &[(&str, &str)] = &[
    ("ADOS", "Administrativ enhet - offentlig sektor"),
    ("BEST", "Bestyrende reder"),
    ("BOBE", "Bostyrer"),
    ("DAGL", "Daglig leder"),
    ("DELT", "Deltakere"),
    ("EIKM", "Eierkommune"),
    ("FFØR", "Forretningsfører"),
    ("INNH", "Innehaver"),
    ("KOMP", "Komplementar"),
    ("KONT", "Kontaktperson"),
    ("ORGL", "Organisasjonsledd i offentlig sektor"),
    ("PROK", "Prokura"),
    ("REGN", "Regnskapsfører"),
    ("REPR", "Norsk representant for utenlandsk enhet"),
    ("REVI", "Revisor"),
    ("SIGN", "Signatur"),
    ("STYR", "Styre"),
];

/// The form of this code.
pub fn organisasjonsform(kode: &str) -> Option<&'static Form> {
    ORGANISASJONSFORMER.iter().find(|form| form.kode == kode)
}

/// Where a form is described, without the host.
pub fn formlenke(kode: &str) -> String {
    format!("/enhetsregisteret/api/organisasjonsformer/{}", clients::encoded(kode))
}

/// Where a kind or a group of roles is described, without the host.
pub fn lenke(liste: &str, kode: &str) -> String {
    format!("/enhetsregisteret/api/roller/{liste}/{}", clients::encoded(kode))
}

//! The rows of a registration: what of a unit is searched by, and its answers as JSON.

use clients::enhetsregister::{
    Adresse, BorteEnhet, Enhet, FjernetEnhet, JuridiskRolle, Kode, Registrering, Rollegruppe, SlettetEnhet,
    Sletting, Underenhet,
};
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};

use super::{Mangel, Slag, Tilstand, flagg, json, koder, lenker, mangel};

/// A unit as the store keeps it: what can be asked for, and the answer as JSON.
#[derive(Debug, Clone)]
pub struct Rad {
    /// Number.
    pub orgnr: Orgnr,
    /// Main or sub.
    pub slag: Slag,
    /// Whether it is there.
    pub tilstand: Tilstand,
    /// Name.
    pub navn: String,
    /// Code of the form.
    pub form: String,
    /// Where it has its business, or lies.
    pub sted: Sted,
    /// Where its post goes.
    pub post: Sted,
    /// Industries, the main one first.
    pub naering: [Option<String>; 3],
    /// Address on the web, as it is searched by.
    pub hjemmeside: Option<String>,
    /// When it last changed owner.
    pub eierskifte: Option<Date>,
    /// When it was closed.
    pub nedlagt: Option<Date>,
    /// The unit above.
    pub overordnet: Option<Orgnr>,
    /// Employees, where shown.
    pub ansatte: Option<i64>,
    /// When it was registered; unknown where deleted.
    pub registrert: Option<Date>,
    /// When it was founded, or began.
    pub stiftet: Option<Date>,
    /// Institutional sector.
    pub sektor: Option<String>,
    /// Year of the last accounts.
    pub regnskap: Option<String>,
    /// See [`super::flagg`].
    pub flagg: i64,
    /// The answer to a look-up, its links without the host: [`super::med_vert`] puts it in.
    pub innhold: String,
    /// The roles, with numbers, as JSON; none where the unit has none.
    pub roller: Option<String>,
    /// Who has them.
    pub verv: Vec<Verv>,
    /// The units that have them: number, and the role as a list of a unit's roles shows it.
    pub enhetsverv: Vec<(Orgnr, String)>,
}

/// What an address can be searched by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sted {
    /// Municipality's number.
    pub kommune: Option<String>,
    /// Municipality's name.
    pub kommunenavn: Option<String>,
    /// Post code.
    pub postnummer: Option<String>,
    /// Post town, small.
    pub poststed: Option<String>,
    /// Country, in capitals.
    pub landkode: Option<String>,
    /// The words of its lines.
    pub ord: Vec<String>,
}

impl Sted {
    fn av(adresse: Option<&Adresse>) -> Self {
        adresse.map_or_else(Self::default, |adresse| Self {
            kommune: adresse.kommunenummer.clone(),
            kommunenavn: adresse.kommune.clone(),
            postnummer: adresse.postnummer.clone(),
            poststed: adresse.poststed.as_ref().map(|town| town.to_lowercase()),
            landkode: adresse.landkode.as_ref().map(|code| code.to_uppercase()),
            ord: super::ord(&adresse.adresse.join(" ")),
        })
    }
}

/// An address on the web as it is searched by: small, without scheme and without a slash at the end.
pub fn hjemmeside(text: &str) -> String {
    let small = text.trim().to_lowercase();
    let bare = small.strip_prefix("https://").or_else(|| small.strip_prefix("http://")).unwrap_or(&small);
    bare.trim_end_matches('/').to_owned()
}

/// A person's role in a unit.
#[derive(Debug, Clone)]
pub struct Verv {
    /// Who.
    pub pid: Pid,
    /// What.
    pub rolle: Kode,
    /// Whether resigned.
    pub fratraadt: bool,
    /// Whether struck.
    pub avregistrert: bool,
    /// Whether the person is dead.
    pub doed: bool,
}

/// The rows of a registration: the unit and its places of business.
///
/// Owners and employees are checked by their reader and left: other registers keep them.
pub fn rader(registrering: Registrering) -> Result<Vec<Rad>, Mangel> {
    let Registrering { enhet, underenheter, rollegrupper, slettet, eiere: _, ansatte: _ } = registrering;
    let orgnr = enhet.organisasjonsnummer;
    navn_og_form("enhet", &enhet.navn, &enhet.organisasjonsform, Slag::Enhet)?;
    for (n, under) in underenheter.iter().enumerate() {
        let felt = format!("underenheter[{n}]");
        navn_og_form(&felt, &under.navn, &under.organisasjonsform, Slag::Underenhet)?;
        if under.overordnet_enhet != orgnr {
            return mangel(format!("{felt}.overordnetEnhet"), "er en annen enhet");
        }
        if under.organisasjonsnummer == orgnr {
            return mangel(format!("{felt}.organisasjonsnummer"), "er enhetens eget nummer");
        }
    }
    if let Some(slettet) = slettet {
        let unit = borte(orgnr, Slag::Enhet, &enhet.navn, &enhet.organisasjonsform, slettet);
        let places = underenheter.iter().map(|under| slettet_underenhet(under, slettet));
        return Ok(std::iter::once(unit).chain(places).collect());
    }
    let mut unit = av_enhet(enhet);
    med_roller(&mut unit, rollegrupper)?;
    Ok(std::iter::once(unit).chain(underenheter.into_iter().map(av_underenhet)).collect())
}

/// The row of a sub-unit that has left the register.
pub fn slettet_underenhet(under: &Underenhet, slettet: Sletting) -> Rad {
    borte(under.organisasjonsnummer, Slag::Underenhet, &under.navn, &under.organisasjonsform, slettet)
}

/// The row of a unit that has left the register, by itself.
pub fn alene(unit: BorteEnhet) -> Result<Rad, Mangel> {
    let slag = if unit.underenhet { Slag::Underenhet } else { Slag::Enhet };
    let form = unit.organisasjonsform.unwrap_or_default();
    if !unit.slettet.fjernet {
        navn_og_form("borte", &unit.navn, &form, slag)?;
    }
    Ok(borte(unit.organisasjonsnummer, slag, &unit.navn, &form, unit.slettet))
}

fn borte(orgnr: Orgnr, slag: Slag, navn: &str, form: &Kode, slettet: Sletting) -> Rad {
    let lenker = lenker(&[("self", format!("/enhetsregisteret/api/{}/{orgnr}", slag.samling()))]);
    let innhold = if slettet.fjernet {
        json(&FjernetEnhet { organisasjonsnummer: orgnr, slettedato: slettet.dato, lenker })
    } else {
        let klasse = if slag == Slag::Enhet { "SlettetEnhet" } else { "SlettetUnderenhet" };
        json(&SlettetEnhet {
            organisasjonsnummer: orgnr,
            navn: navn.to_owned(),
            organisasjonsform: form_med_lenke(form),
            slettedato: slettet.dato,
            respons_klasse: klasse.to_owned(),
            lenker,
        })
    };
    let tilstand = if slettet.fjernet { Tilstand::Fjernet } else { Tilstand::Slettet };
    Rad { tilstand, ..bar(orgnr, slag, navn, form, innhold) }
}

fn navn_og_form(felt: &str, navn: &str, form: &Kode, slag: Slag) -> Result<(), Mangel> {
    if navn.trim().is_empty() || navn.chars().count() > 200 {
        return mangel(format!("{felt}.navn"), "skal ha 1 til 200 tegn");
    }
    let known = koder::organisasjonsform(&form.kode).is_some_and(|known| known.slag == slag);
    if known {
        Ok(())
    } else {
        mangel(format!("{felt}.organisasjonsform.kode"), "er ikke en form for slike enheter")
    }
}

fn bar(orgnr: Orgnr, slag: Slag, navn: &str, form: &Kode, innhold: String) -> Rad {
    Rad {
        orgnr,
        slag,
        tilstand: Tilstand::Aktiv,
        navn: navn.to_owned(),
        form: form.kode.clone(),
        sted: Sted::default(),
        post: Sted::default(),
        naering: [None, None, None],
        hjemmeside: None,
        eierskifte: None,
        nedlagt: None,
        overordnet: None,
        ansatte: None,
        registrert: None,
        stiftet: None,
        sektor: None,
        regnskap: None,
        flagg: 0,
        innhold,
        roller: None,
        verv: Vec::new(),
        enhetsverv: Vec::new(),
    }
}

/// The row of a main unit that is in the register.
pub fn av_enhet(mut enhet: Enhet) -> Rad {
    let mut links = vec![("self", format!("/enhetsregisteret/api/enheter/{}", enhet.organisasjonsnummer))];
    if let Some(over) = enhet.overordnet_enhet {
        links.push(("overordnetEnhet", format!("/enhetsregisteret/api/enheter/{over}")));
    }
    enhet.lenker = lenker(&links);
    enhet.organisasjonsform = form_med_lenke(&enhet.organisasjonsform);
    "Enhet".clone_into(&mut enhet.respons_klasse);
    let flags = [
        (enhet.konkurs, flagg::KONKURS),
        (enhet.under_avvikling, flagg::AVVIKLING),
        (enhet.under_tvangsavvikling_eller_tvangsopplosning, flagg::TVANG),
        (enhet.registrert_i_mvaregisteret, flagg::MVA),
        (enhet.registrert_i_foretaksregisteret, flagg::FORETAK),
        (enhet.registrert_i_stiftelsesregisteret, flagg::STIFTELSE),
        (enhet.registrert_i_frivillighetsregisteret, flagg::FRIVILLIGHET),
        (enhet.registrert_i_partiregisteret, flagg::PARTI),
        (enhet.har_registrert_antall_ansatte, flagg::ANSATTE),
    ];
    Rad {
        sted: Sted::av(enhet.forretningsadresse.as_ref()),
        post: Sted::av(enhet.postadresse.as_ref()),
        naering: [&enhet.naeringskode1, &enhet.naeringskode2, &enhet.naeringskode3]
            .map(|code| kode(code.as_ref())),
        hjemmeside: enhet.hjemmeside.as_deref().map(hjemmeside),
        overordnet: enhet.overordnet_enhet,
        ansatte: enhet.antall_ansatte,
        registrert: Some(enhet.registreringsdato),
        stiftet: enhet.stiftelsesdato,
        sektor: enhet.institusjonell_sektorkode.as_ref().map(|code| code.kode.clone()),
        regnskap: enhet.siste_innsendte_aarsregnskap.clone(),
        flagg: flags.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum(),
        ..bar(enhet.organisasjonsnummer, Slag::Enhet, &enhet.navn, &enhet.organisasjonsform, json(&enhet))
    }
}

/// The row of a sub-unit that is in the register.
pub fn av_underenhet(mut under: Underenhet) -> Rad {
    under.lenker = lenker(&[
        ("self", format!("/enhetsregisteret/api/underenheter/{}", under.organisasjonsnummer)),
        ("overordnetEnhet", format!("/enhetsregisteret/api/enheter/{}", under.overordnet_enhet)),
    ]);
    under.organisasjonsform = form_med_lenke(&under.organisasjonsform);
    "Underenhet".clone_into(&mut under.respons_klasse);
    let flags = [
        (under.registrert_i_mvaregisteret, flagg::MVA),
        (under.har_registrert_antall_ansatte, flagg::ANSATTE),
    ];
    Rad {
        sted: Sted::av(under.beliggenhetsadresse.as_ref()),
        post: Sted::av(under.postadresse.as_ref()),
        naering: [&under.naeringskode1, &under.naeringskode2, &under.naeringskode3]
            .map(|code| kode(code.as_ref())),
        hjemmeside: under.hjemmeside.as_deref().map(hjemmeside),
        eierskifte: under.dato_eierskifte,
        nedlagt: under.nedleggelsesdato,
        overordnet: Some(under.overordnet_enhet),
        ansatte: under.antall_ansatte,
        registrert: Some(under.registreringsdato),
        stiftet: under.oppstartsdato,
        flagg: flags.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum(),
        ..bar(
            under.organisasjonsnummer,
            Slag::Underenhet,
            &under.navn,
            &under.organisasjonsform,
            json(&under),
        )
    }
}

/// Gives a unit these roles.
pub fn med_roller(rad: &mut Rad, mut groups: Vec<Rollegruppe>) -> Result<(), Mangel> {
    for (g, group) in groups.iter_mut().enumerate() {
        group.kind.lenker = lenker(&[("self", koder::lenke("rollegruppetyper", &group.kind.kode))]);
        for (r, role) in group.roller.iter_mut().enumerate() {
            let felt = || format!("rollegrupper[{g}].roller[{r}]");
            role.kind.lenker = lenker(&[("self", koder::lenke("rolletyper", &role.kind.kode))]);
            match (&role.person, &mut role.enhet) {
                (Some(person), None) => rad.verv.push(Verv {
                    pid: person.fodselsnummer.ok_or_else(|| Mangel {
                        felt: format!("{}.person.fodselsnummer", felt()),
                        hva: "mangler",
                    })?,
                    rolle: Kode::ny(&role.kind.kode, &role.kind.beskrivelse),
                    fratraadt: role.fratraadt,
                    avregistrert: role.avregistrert,
                    doed: person.er_doed,
                }),
                (None, Some(unit)) => {
                    unit.organisasjonsform = form_med_lenke(&unit.organisasjonsform);
                    let holder = unit.organisasjonsnummer;
                    let shown = JuridiskRolle {
                        kind: role.kind.clone(),
                        ansvarsandel: role.ansvarsandel.clone(),
                        fratraadt: role.fratraadt,
                        avregistrert: role.avregistrert,
                    };
                    rad.enhetsverv.push((holder, json(&shown)));
                }
                _ => return mangel(felt(), "skal ha enten en person eller en enhet"),
            }
        }
    }
    rad.roller = (!groups.is_empty()).then(|| json(&groups));
    Ok(())
}

fn kode(kode: Option<&Kode>) -> Option<String> {
    kode.map(|kode| kode.kode.clone())
}

fn form_med_lenke(form: &Kode) -> Kode {
    Kode { lenker: lenker(&[("self", koder::formlenke(&form.kode))]), ..form.clone() }
}

/// The words of a unit's addresses, from the answer to a look-up.
pub fn adresseord(innhold: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Adresser {
        #[serde(alias = "beliggenhetsadresse")]
        forretningsadresse: Option<Adresse>,
        postadresse: Option<Adresse>,
    }
    let Ok(found) = serde_json::from_str::<Adresser>(innhold) else { return Vec::new() };
    let both = [found.forretningsadresse, found.postadresse];
    let mut words: Vec<String> = both.iter().flat_map(|one| Sted::av(one.as_ref()).ord).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// A row made again from what is stored of it; `None` where that cannot be read.
pub fn igjen(
    orgnr: Orgnr,
    slag: Slag,
    tilstand: Tilstand,
    navn: &str,
    innhold: String,
    roller: Option<String>,
) -> Option<Rad> {
    let mut rad = match (tilstand, slag) {
        (Tilstand::Aktiv, Slag::Enhet) => av_enhet(serde_json::from_str(&innhold).ok()?),
        (Tilstand::Aktiv, Slag::Underenhet) => av_underenhet(serde_json::from_str(&innhold).ok()?),
        _ => {
            let form = serde_json::from_str::<SlettetEnhet>(&innhold)
                .map_or_else(|_| Kode::default(), |gone| gone.organisasjonsform);
            Rad { tilstand, ..bar(orgnr, slag, navn, &form, innhold.clone()) }
        }
    };
    // The answer stays to the letter as it was.
    rad.innhold = innhold;
    if let Some(roller) = roller {
        med_roller(&mut rad, serde_json::from_str(&roller).ok()?).ok()?;
        rad.roller = Some(roller);
    }
    Some(rad)
}

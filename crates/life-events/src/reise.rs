//! The tasks of `content/journeys/fodsel.bpmn`.
//!
//! `hent_fakta`, `finn_kanal` and the two that send are effects: they may run again, and the second time changes nothing.
//! The others only compute from what is at hand or in the store, and run within the step that reaches them.

use std::sync::Arc;

use clients::folkeregister::{Del, Element};
use clients::kontaktregister::DigitalPost;
use clients::life_events::{Grunn, Kanal, Loesning, Oppgavetype, Vedtak, Vedtaksstatus};
use clients::postkasse::{Digitalbrev, Forsendelse, Retur, Returposthaandtering, Sendestatus};
use clients::{ClientError, Purpose};
use jiff::Timestamp;
use kernel::clock::oslo;
use kernel::id::Pid;
use kernel::store::StoreError;
use letters::Brev;
use process::{Answer, Call, Condition, Failure, Handlers, Incident, Statement, Vars};
use rules::{Expression, Scope, Type, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::fakta::{Grunnlag, Personer};
use crate::model::{self, NyOppgave, grunn, id_av, tittel};
use crate::vurdering::{self, Vurdering};
use crate::{Fag, store};

/// The process's id.
pub const FODSEL: &str = "fodsel";
/// The error that takes a letter to a human: something has happened after it was decided.
const STANSET: &str = "STANSET";
/// The error that takes a letter to a human: nobody knows where paper would reach the person.
const INGEN_ADRESSE: &str = "INGEN_ADRESSE";
/// The error that takes a letter to a human: no mailbox takes it.
const AVVIST: &str = "SENDING_AVVIST";
const GRUNNLAG: &str = "grunnlag";
const VURDERING: &str = "vurdering";
const BREV: &str = "brev";
/// Letters are opened at the high level of sign-in.
const HOEYT: u8 = 4;

/// The variables that a journey begins with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Reisevars {
    /// The journey.
    pub reise: Uuid,
    /// The case's number.
    pub sak: String,
    /// The child.
    pub barn: Pid,
    /// Who gave birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mor: Option<Pid>,
    /// The other parent, where they share the parental responsibility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annen: Option<Pid>,
    /// Whether an earlier decision is made anew, which a human does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub omgjoering: bool,
}

impl Reisevars {
    /// As the engine keeps them.
    pub fn into_vars(self) -> Vars {
        match serde_json::to_value(self) {
            Ok(Json::Object(vars)) => vars,
            // A structure of texts and a flag is always an object.
            _ => Vars::new(),
        }
    }

    fn of(vars: &Vars) -> Result<Self, Failure> {
        // Only its own members are copied, not the whole of the variables.
        let own = ["reise", "sak", "barn", "mor", "annen", "omgjoering"];
        let own = own.iter().filter_map(|name| Some(((*name).to_owned(), vars.get(*name)?.clone())));
        serde_json::from_value(Json::Object(own.collect())).map_err(damaged)
    }
}

/// Compiles a condition of the model: FEEL over the variables that the handlers set.
pub fn uttrykk(text: &str) -> Result<Condition, String> {
    let scope = Scope::new()
        .with("automatisk", Type::Boolean)
        .with("skjermet", Type::Boolean)
        .with("utfall", Type::String)
        .with("kanal", Type::String);
    let expression = Expression::compile(text, &scope).map_err(|error| error.to_string())?;
    Ok(Arc::new(move |vars: &Vars| {
        Ok(expression.eval_with(|name| vars.get(name).map_or(Value::Null, Value::from_json)).to_json())
    }))
}

/// The handlers that the model asks for.
pub fn handlers(fag: &Arc<Fag>) -> Handlers {
    macro_rules! run {
        ($handler:ident) => {{
            let fag = fag.clone();
            move |call: Call| {
                let fag = fag.clone();
                async move { fag.$handler(&call).await }
            }
        }};
    }
    let incidents = fag.clone();
    Handlers::new()
        .effect("hent_fakta", run!(hent_fakta))
        .pure("vurder", run!(vurder))
        .pure("manuell_vurdering", run!(manuell_vurdering))
        .pure("fatt_vedtak", run!(fatt_vedtak))
        .effect("finn_kanal", run!(finn_kanal))
        .effect("send_digitalt", run!(send_digitalt))
        .effect("send_utskrift", run!(send_utskrift))
        .pure("manuell_utsending", run!(manuell_utsending))
        .on_incident(move |incident, vars| incidents.stanset(incident, vars))
}

fn damaged(error: impl std::fmt::Display) -> Failure {
    Failure::permanent("SKADET", error.to_string())
}

fn stored(error: StoreError) -> Failure {
    Failure::transient(error.to_string())
}

/// What a failed call means. The texts of refusals stay out: they can quote the request.
fn refused(who: &str, error: &ClientError) -> Failure {
    match error {
        // A token or a right that is being renewed.
        ClientError::Status { status: status @ (401 | 403 | 404), .. } => {
            Failure::transient(format!("{who} answered {status}"))
        }
        error if error.is_transient() => Failure::transient(format!("{who}: {error}")),
        ClientError::Status { status, .. } => Failure::permanent(AVVIST, format!("{who} answered {status}")),
        error => Failure::permanent("UVENTET_SVAR", format!("{who}: {error}")),
    }
}

impl Fag {
    /// What an effect before this one passed on, or else what the store has.
    async fn grunnlag(&self, call: &Call, reise: Uuid) -> Result<Grunnlag, Failure> {
        match passed(call, GRUNNLAG)? {
            Some(passed) => Ok(passed),
            None => store::grunnlag(&self.ctx.store, reise)
                .await
                .map_err(stored)?
                .ok_or_else(|| damaged("no grunnlag")),
        }
    }

    async fn vurdering(&self, call: &Call, reise: Uuid) -> Result<Vurdering, Failure> {
        match passed(call, VURDERING)? {
            Some(passed) => Ok(passed),
            None => store::vurdering(&self.ctx.store, reise)
                .await
                .map_err(stored)?
                .ok_or_else(|| damaged("no vurdering")),
        }
    }

    /// Looks up the child, the parents and the mother's other children.
    async fn hent_fakta(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let purpose = formaal(&vars, "Avgjøre retten til barnetrygd (barnetrygdloven §§ 2, 4 og 11)");
        let asked: Vec<Pid> = [Some(vars.barn), vars.mor, vars.annen].into_iter().flatten().collect();
        let parts = [Del::PersonBasis, Del::RelasjonUtvidet];
        let register = &self.clients.folkeregister;
        let documents = register.personer(&asked, &parts, &purpose).await;
        let documents = documents.map_err(|error| refused("Folkeregisteret", &error))?;
        let mut people = Personer::fordel(documents, &vars.barn, vars.mor.as_ref(), vars.annen.as_ref());
        let others = people.andre_barn(&vars.barn);
        if !others.is_empty() {
            let parts = [Del::Element(Element::Foedsel)];
            let found = register.personer(&others, &parts, &purpose).await;
            people.soesken = found.map_err(|error| refused("Folkeregisteret", &error))?;
            people.ukjente_soesken = people.soesken.len() < others.len();
        }
        let now = self.ctx.clock.now();
        let grunnlag = people.grunnlag(&self.regler, &vars.sak, now);
        let json = serde_json::to_value(&grunnlag).map_err(damaged)?;
        Ok(Answer::new()
            .var("skjermet", grunnlag.skjermet)
            .statement(store::behold_grunnlag(vars.reise, json.to_string()))
            .pass(GRUNNLAG, json))
    }

    /// Runs the rules.
    async fn vurder(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let grunnlag = self.grunnlag(call, vars.reise).await?;
        let now = self.ctx.clock.now();
        let born = grunnlag.foedselsdato.unwrap_or_else(|| now.to_zoned_datetime(oslo()).date());
        let mut grunner = grunnlag.grunner.clone();
        if vars.omgjoering {
            grunner.push(grunn("OMGJOERING", "Et tidligere vedtak gjøres om."));
        }
        let day = vurdering::virkningsdag(born);
        let vurdering = vurdering::vurder(&self.regler, &grunnlag.fakta, &grunner, day, now)
            .map_err(|error| Failure::permanent("REGELFEIL", error.to_string()))?;
        let json = serde_json::to_value(&vurdering).map_err(damaged)?;
        Ok(Answer::new()
            .var("automatisk", vurdering.automatisk)
            .statement(store::behold_vurdering(vars.reise, json.to_string()))
            .pass(VURDERING, json))
    }

    /// Puts the case before a caseworker.
    async fn manuell_vurdering(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let vurdering = self.vurdering(call, vars.reise).await?;
        self.oppgave(call, &vars, Oppgavetype::ManuellVurdering, vurdering.grunner, None)
    }

    /// Puts the letter before a caseworker.
    async fn manuell_utsending(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let stopped = store::stanset(&self.ctx.store, vars.reise).await.map_err(stored)?;
        let mut grunner = Vec::new();
        if let Some(kode) = stopped {
            grunner.push(grunn(
                &kode,
                "Noe har skjedd etter at vedtaket ble gjort. Vurder om brevet skal sendes, og hvordan.",
            ));
        }
        if call.vars.get("skjermet") == Some(&Json::Bool(true)) {
            grunner.push(grunn(
                "ADRESSEBESKYTTELSE",
                "Adressen er skjermet. Send brevet på den måten som er avtalt.",
            ));
        }
        if grunner.is_empty() {
            grunner.push(grunn(
                "SENDING_IKKE_MULIG",
                "Brevet kunne ikke sendes av en maskin: ingen adresse, eller avvist.",
            ));
        }
        self.oppgave(call, &vars, Oppgavetype::ManuellUtsending, grunner, vedtak_i(&call.vars))
    }

    fn oppgave(
        &self,
        call: &Call,
        vars: &Reisevars,
        slag: Oppgavetype,
        grunner: Vec<Grunn>,
        vedtak: Option<Uuid>,
    ) -> Result<Answer, Failure> {
        let now = self.ctx.clock.now();
        let task = NyOppgave {
            id: id_av(&["oppgave", &call.key]),
            slag,
            etat: self.nav.orgnr,
            reise: vars.reise,
            sak: vars.sak.clone(),
            vedtak,
            part: vars.mor.unwrap_or(vars.barn),
            tittel: tittel(slag).to_owned(),
            grunner,
            frist: self.frister.siste_dag(model::frist(slag), now.to_zoned_datetime(oslo()).date(), now),
            opprettet: now,
            tekst: None,
            faktum: None,
            noekkel: Some(call.key.as_ref().to_owned()),
        };
        Ok(Answer::new().statement(store::ny_oppgave(&task).map_err(damaged)?))
    }

    /// Writes the decision and its letter.
    async fn fatt_vedtak(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let mor =
            vars.mor.ok_or_else(|| Failure::permanent("MANGLER_MOTTAKER", "the journey has no mother"))?;
        let grunnlag = self.grunnlag(call, vars.reise).await?;
        let vurdering = self.vurdering(call, vars.reise).await?;
        let loesning: Option<Loesning> = member(&call.vars, "loesning")?;
        let now = self.ctx.clock.now();
        let today = now.to_zoned_datetime(oslo()).date();
        let refused = loesning.as_ref().is_some_and(|loesning| loesning.utfall == model::AVSLAA);
        let vedtak = Vedtak {
            id: id_av(&["vedtak", &call.key]),
            reise: vars.reise,
            sak: vars.sak.clone(),
            etat: self.nav.clone(),
            ytelse: "barnetrygd".to_owned(),
            utfall: if refused { "avslag" } else { "innvilget" }.to_owned(),
            automatisk: loesning.is_none(),
            tidspunkt: now,
            perioder: if refused { Vec::new() } else { vurdering.perioder },
            regelverk: vurdering.regelverk,
            begrunnelse: clients::life_events::Begrunnelse {
                kort: match &loesning {
                    Some(loesning) => loesning.begrunnelse.clone(),
                    None => vurdering.kort,
                },
                vilkaar: vurdering.vilkaar,
                spor: vurdering.spor,
            },
            fakta: vurdering.fakta,
            klagefrist: self
                .regler
                .appeal_deadline(today)
                .ok_or_else(|| damaged("the rule set has no time to appeal"))?,
            melding: None,
            status: Vedtaksstatus::Gjeldende,
            henvendelser: Vec::new(),
        };
        let born = grunnlag.foedselsdato.ok_or_else(|| damaged("a decision without a date of birth"))?;
        let words = loesning.as_ref().map(|loesning| loesning.begrunnelse.as_str());
        let brev = self.maler.brev(&vedtak, grunnlag.navn.as_deref(), born, words);
        Ok(Answer::new()
            .var("vedtak", vedtak.id.to_string())
            .var("vedtatt", now.to_string())
            .var("utfall", vedtak.utfall.clone())
            .var("loesning", Json::Null)
            .statement(store::nytt_vedtak(&vedtak, &mor, &brev).map_err(damaged)?)
            .pass(BREV, serde_json::to_value(&brev).map_err(damaged)?))
    }

    /// Nothing goes out by machine after something has happened that a human must look at first.
    async fn ikke_stanset(&self, reise: Uuid) -> Result<(), Failure> {
        match store::stanset(&self.ctx.store, reise).await.map_err(stored)? {
            Some(kode) => Err(Failure::permanent(STANSET, kode)),
            None => Ok(()),
        }
    }

    /// Asks the contact register how the letter is to go. The answer is kept before anything is sent, so that a letter
    /// that is sent again goes the same way.
    async fn finn_kanal(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let mor = vars.mor.ok_or_else(|| Failure::permanent(INGEN_ADRESSE, "the journey has no mother"))?;
        self.ikke_stanset(vars.reise).await?;
        let purpose = formaal(&vars, "Sende vedtak om barnetrygd (eForvaltningsforskriften §§ 8 og 9)");
        let person = self.clients.kontaktregister.person(&mor, &purpose).await;
        let person = person.map_err(|error| refused("Kontaktregisteret", &error))?;
        if let Some(mailbox) = person.digital_kanal() {
            let mailbox = serde_json::to_value(mailbox).map_err(damaged)?;
            return Ok(Answer::new().var("kanal", "digital").var("postkasse", mailbox));
        }
        if self.grunnlag(call, vars.reise).await?.adresse.is_none() {
            return Err(Failure::permanent(INGEN_ADRESSE, "the register shows no postal address"));
        }
        Ok(Answer::new().var("kanal", "utskrift"))
    }

    async fn send_digitalt(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let mailbox: DigitalPost = member(&call.vars, "postkasse")?.ok_or_else(|| damaged("no mailbox"))?;
        let (letter, sending) = self.forsendelse(call, &vars).await?;
        let digital = Digitalbrev {
            postkasse: mailbox.clone(),
            tittel: "Vedtak om barnetrygd".to_owned(),
            sikkerhetsnivaa: HOEYT,
            spraak: "no".to_owned(),
            aapningskvittering: false,
            virkningsdato: None,
            varsler: None,
        };
        let sent = self.clients.postkasse.send_digital(&sending, &digital).await;
        self.kvittert(&sending, sent).await?;
        Ok(self.sendt(letter, Kanal::Digital, sending.melding, Some(&mailbox.postkasseadresse)))
    }

    async fn send_utskrift(&self, call: &Call) -> Result<Answer, Failure> {
        let vars = Reisevars::of(&call.vars)?;
        let grunnlag = self.grunnlag(call, vars.reise).await?;
        let address =
            grunnlag.adresse.ok_or_else(|| Failure::permanent(INGEN_ADRESSE, "no postal address"))?;
        let (letter, sending) = self.forsendelse(call, &vars).await?;
        let back = Retur {
            mottaker: self.maler.returadresse(&self.nav),
            returposthaandtering: Returposthaandtering::DirekteRetur,
        };
        let sent = self.clients.postkasse.send_print(&sending, &address, &back).await;
        self.kvittert(&sending, sent).await?;
        Ok(self.sendt(letter, Kanal::Utskrift, sending.melding, None))
    }

    /// The letter as it is sent, the same at every attempt.
    async fn forsendelse(&self, call: &Call, vars: &Reisevars) -> Result<(Uuid, Forsendelse), Failure> {
        self.ikke_stanset(vars.reise).await?;
        let vedtak = vedtak_i(&call.vars).ok_or_else(|| damaged("no decision to send"))?;
        let made: Timestamp =
            member(&call.vars, "vedtatt")?.ok_or_else(|| damaged("no moment of the decision"))?;
        let letter: Brev = match passed(call, BREV)? {
            Some(letter) => letter,
            None => store::brev(&self.ctx.store, vedtak)
                .await
                .map_err(stored)?
                .ok_or_else(|| damaged("no letter"))?,
        };
        let sending = Forsendelse {
            melding: id_av(&["melding", &call.key]),
            konversasjon: vars.reise,
            avsender: self.nav.orgnr,
            kanal: None,
            opprettet: made,
            pdf: letters::render(&letter),
        };
        Ok((vedtak, sending))
    }

    /// Whether the letter was taken. A refusal because of its id means that an earlier attempt, perhaps by another version
    /// of the program, has already brought it: the sender's own list of messages tells.
    async fn kvittert(
        &self,
        sending: &Forsendelse,
        sent: Result<Sendestatus, ClientError>,
    ) -> Result<(), Failure> {
        let error = match sent {
            Ok(Sendestatus::Feilet) => {
                return Err(Failure::permanent(AVVIST, "the letter could not be delivered"));
            }
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        if error.status() == Some(409) {
            let known = self.clients.postkasse.statuses(sending.melding).await;
            let known = known.map_err(|error| refused("Postkassen", &error))?.unwrap_or_default();
            if known.iter().any(|status| status.status == Sendestatus::Sendt) {
                return Ok(());
            }
        }
        Err(refused("Postkassen", &error))
    }

    fn sendt(&self, vedtak: Uuid, kanal: Kanal, melding: Uuid, mailbox: Option<&str>) -> Answer {
        let now = self.ctx.clock.now();
        Answer::new()
            .var("melding", melding.to_string())
            .var("sendt", now.to_string())
            .statement(store::sendt(vedtak, kanal, Some(melding), mailbox, now))
    }

    /// Something got stuck: an operator's task.
    fn stanset(&self, incident: &Incident, vars: &Vars) -> Vec<Statement> {
        let Ok(vars) = Reisevars::of(vars) else { return Vec::new() };
        let slag = Oppgavetype::Teknisk;
        let now = self.ctx.clock.now();
        let task = NyOppgave {
            id: id_av(&["stanset", &incident.key, &now.to_string()]),
            slag,
            etat: self.nav.orgnr,
            reise: vars.reise,
            sak: vars.sak,
            vedtak: None,
            part: vars.mor.unwrap_or(vars.barn),
            tittel: tittel(slag).to_owned(),
            grunner: vec![grunn(&incident.code, &format!("{}: {}", incident.element, incident.message))],
            frist: self.frister.siste_dag(model::frist(slag), now.to_zoned_datetime(oslo()).date(), now),
            opprettet: now,
            tekst: None,
            faktum: None,
            noekkel: Some(format!("{}/{}", incident.instance, incident.token)),
        };
        store::ny_oppgave(&task).into_iter().collect()
    }
}

/// Why a register is asked, and in which case: what the person reads in their log.
fn formaal(vars: &Reisevars, formaal: &str) -> Purpose {
    Purpose { formaal: formaal.to_owned(), sak: Some(vars.sak.clone()) }
}

/// What an effect before this one passed on.
fn passed<T: DeserializeOwned>(call: &Call, name: &str) -> Result<Option<T>, Failure> {
    call.passing.get(name).map(|value| T::deserialize(value.as_ref()).map_err(damaged)).transpose()
}

/// A variable.
fn member<T: DeserializeOwned>(vars: &Vars, name: &str) -> Result<Option<T>, Failure> {
    vars.get(name).map(|value| T::deserialize(value).map_err(damaged)).transpose()
}

/// The decision that the instance has made.
pub fn vedtak_i(vars: &Vars) -> Option<Uuid> {
    vars.get("vedtak")?.as_str()?.parse().ok()
}

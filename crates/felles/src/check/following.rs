//! Documents as who follows the feed has them.

use std::collections::HashMap;

use clients::folkeregister::{
    DokumentForHendelse, HendelseMedDokumentIdentifikatorer, Persondokument, hendelsetype,
};
use folkeregister::gjennomgang;
use kernel::id::Pid;
use kernel::store::Store;

use super::report::{Report, Rule};
use super::{Read, shown};

/// The events that lead to one version of a document.
struct Step {
    pid: Pid,
    version: String,
    /// The version before; `None` of one who is new.
    before: Option<String>,
    events: Vec<DokumentForHendelse>,
}

/// Steps that have been read and not looked at. The last may go on.
#[derive(Default)]
pub struct Following(Vec<Step>);

impl Following {
    /// Takes an event, in short and in full. `before` is the version that the newest event before has left of the person.
    pub fn take(
        &mut self,
        event: &HendelseMedDokumentIdentifikatorer,
        full: Option<&DokumentForHendelse>,
        before: Option<String>,
    ) {
        let (Some(version), Some(full)) = (&event.persondokument, full) else { return };
        if let Some(step) = self.0.last_mut().filter(|step| step.version == *version) {
            step.events.push(full.clone());
            return;
        }
        let new = event.hendelsetype == hendelsetype::PERSON_ER_OPPRETTET;
        // A further event of a version whose first could not be followed leads from it to itself, which says nothing.
        let goes_on = before.as_ref() == Some(version);
        if new || before.is_some() && !goes_on {
            let pid = event.folkeregisteridentifikator;
            let before = before.filter(|_| !new);
            self.0.push(Step { pid, version: version.clone(), before, events: vec![full.clone()] });
        }
    }

    /// Looks at the steps that are whole; at the end of the feed all are.
    pub async fn check(&mut self, store: &Store, end: bool, report: &mut Report) -> Read<()> {
        let whole = if end { self.0.len() } else { self.0.len().saturating_sub(1) };
        let steps: Vec<Step> = self.0.drain(..whole).collect();
        let mut ids: Vec<String> = steps.iter().map(|step| step.version.clone()).collect();
        ids.extend(steps.iter().filter_map(|step| step.before.clone()));
        ids.sort_unstable();
        ids.dedup();
        let documents = gjennomgang::dokumenter(store, &ids).await?;
        for step in steps {
            report.check(Rule::HendelseFoelger, leads(&step, &documents), || {
                let Step { pid, version, .. } = &step;
                format!("{}: what is told in full does not lead to version {version}", shown(pid))
            });
        }
        Ok(())
    }
}

fn leads(step: &Step, documents: &HashMap<String, Persondokument>) -> bool {
    let before =
        step.before.as_ref().map_or(Some(Persondokument::default()), |id| documents.get(id).cloned());
    let Some((mut person, wanted)) = before.zip(documents.get(&step.version)) else { return false };
    step.events.iter().all(|event| person.foelg(&event.hendelse).is_ok()) && person.har_de_samme(wanted)
}

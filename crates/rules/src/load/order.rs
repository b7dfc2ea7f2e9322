//! The order of a model's parts: each after those it builds on.

use std::collections::HashSet;

use super::xml::El;
use crate::LoadError;

/// Ids are unique in the document.
pub(super) fn check_ids(root: El<'_>) -> Result<(), LoadError> {
    let mut seen = HashSet::new();
    let mut rest: Vec<El<'_>> = vec![root];
    while let Some(el) = rest.pop() {
        if let Some(id) = el.attr("id")
            && !seen.insert(id)
        {
            return Err(el.err(format!("the id `{id}` is used twice")));
        }
        rest.extend(el.children());
    }
    Ok(())
}

/// The decisions, each after those it requires; otherwise in the document's order.
pub(super) fn decisions(root: El<'_>) -> Result<Vec<El<'_>>, LoadError> {
    sorted(root, "decision", "informationRequirement", "requiredDecision")
}

/// The functions (businessKnowledgeModel), each after those it calls.
pub(super) fn functions(root: El<'_>) -> Result<Vec<El<'_>>, LoadError> {
    sorted(root, "businessKnowledgeModel", "knowledgeRequirement", "requiredKnowledge")
}

fn sorted<'a>(
    root: El<'a>,
    tag: &'static str,
    requirement: &'static str,
    link: &'static str,
) -> Result<Vec<El<'a>>, LoadError> {
    let mut waiting: Vec<(El<'a>, Vec<&'a str>)> = Vec::new();
    let mut ids: HashSet<&str> = HashSet::new();
    for el in root.all(tag) {
        ids.insert(el.need("id")?);
    }
    for el in root.all(tag) {
        let mut needs = Vec::new();
        for req in el.all(requirement) {
            needs.extend(req.href(link)?.filter(|id| ids.contains(id)));
        }
        waiting.push((el, needs));
    }
    let mut done: Vec<El<'a>> = Vec::new();
    let mut done_ids: HashSet<&str> = HashSet::new();
    while !waiting.is_empty() {
        let Some(next) = waiting.iter().position(|(_, needs)| needs.iter().all(|id| done_ids.contains(id)))
        else {
            let circle = waiting.iter().filter_map(|(el, _)| el.attr("id")).collect::<Vec<_>>().join(", ");
            let at = waiting.first().map_or(root, |(el, _)| *el);
            return Err(at.err(format!("these build on each other in a circle: {circle}")));
        };
        let (el, _) = waiting.remove(next);
        done_ids.extend(el.attr("id"));
        done.push(el);
    }
    Ok(done)
}

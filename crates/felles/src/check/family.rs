//! Kinship and marriage.

use clients::folkeregister::{Familierolle, Sivilstandstype, alder};
use jiff::ToSpan as _;

use super::people::{People, Person, Tie};
use super::report::{Report, Rule};
use super::shown;

/// The youngest parent. Before twelve hardly anyone has become one, in Norway nobody in a hundred years of statistics that we
/// know of: younger than this a date or a relation is wrong.
const YOUNGEST: i16 = 12;
/// The oldest mother. Without help the last births are at about fifty; Norwegian law ends help at 46 (bioteknologiloven § 2-3 a),
/// but mothers who had it abroad, and those who adopt, are older. A father has no such limit.
const OLDEST_MOTHER: i16 = 60;
/// For how long after a parent's death a child can be born to them who did not give birth: the longest pregnancy, in days.
const PREGNANCY: i32 = 300;

/// Checks everyone's relations and marriages.
pub fn check(people: &People, ties: &mut [Tie], report: &mut Report) {
    ties.sort_unstable_by_key(|tie| (tie.of, tie.to));
    for tie in &*ties {
        let other = people.find(&tie.to);
        report.check(Rule::PersonFinnes, other.is_some(), || {
            format!("{} is related to {}, who is not there", shown(&tie.of), shown(&tie.to))
        });
        let Some(other) = other else { continue };
        report.check(Rule::Gjensidig, mutual(tie, other, ties), || {
            format!("{} has {} as {:?}, but not the other way", shown(&tie.of), shown(&tie.to), tie.role)
        });
        if tie.holds
            && is_parent(tie.role)
            && let Some(child) = people.find(&tie.of)
        {
            parent(tie.role, other, child, report);
        }
    }
    descent(people, ties, report);
    for person in people.all() {
        marriage(people, person, report);
    }
}

fn is_parent(role: Familierolle) -> bool {
    matches!(role, Familierolle::Mor | Familierolle::Far | Familierolle::Medmor)
}

/// The relations of one person; they stand together.
fn ties_of<'a>(ties: &'a [Tie], person: &Person) -> impl Iterator<Item = &'a Tie> + use<'a> {
    let pid = person.pid;
    let from = ties.partition_point(|tie| tie.of < pid);
    ties[from..].iter().take_while(move |tie| tie.of == pid)
}

/// Whether the other's document has the same relation, seen from there.
fn mutual(tie: &Tie, other: &Person, ties: &[Tie]) -> bool {
    ties_of(ties, other).any(|back| {
        back.to == tie.of
            && Some(back.role) == tie.own
            && back.own == Some(tie.role)
            && back.holds == tie.holds
    })
}

fn parent(role: Familierolle, parent: &Person, child: &Person, report: &mut Report) {
    let (Some(first), Some(born)) = (parent.born, child.born) else { return };
    report.check(Rule::FoedtEtterForelder, first < born, || {
        format!("{} was born before the parent {}", shown(&child.pid), shown(&parent.pid))
    });
    let mother = role == Familierolle::Mor;
    let years = alder(first, born);
    let old_enough = years >= YOUNGEST && !(mother && years > OLDEST_MOTHER);
    let longest = if mother { 0 } else { PREGNANCY };
    let lived = parent.died.is_none_or(|died| died.saturating_add(longest.days()) >= born);
    report.check(Rule::ForelderMulig, old_enough && lived, || {
        let state = if lived { "living" } else { "dead" };
        format!("{}: {role:?} {} was {years} and {state}", shown(&child.pid), shown(&parent.pid))
    });
}

/// Follows everyone's parents upwards. Whoever is met again on the way descends from themself.
fn descent(people: &People, ties: &[Tie], report: &mut Report) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        OnTheWay,
        Done,
    }
    let all = people.all();
    let mut seen = vec![Seen::Not; all.len()];
    let parents = |at: usize| {
        let ties = ties_of(ties, &all[at]).filter(|tie| tie.holds && is_parent(tie.role));
        ties.filter_map(|tie| people.place(&tie.to)).collect::<Vec<usize>>()
    };
    for start in 0..all.len() {
        let mut own = false;
        // The way up: each with the parents that are left to follow.
        let mut way = Vec::new();
        if seen[start] == Seen::Not {
            seen[start] = Seen::OnTheWay;
            way.push((start, parents(start)));
        }
        while let Some((at, left)) = way.last_mut() {
            match left.pop() {
                None => {
                    seen[*at] = Seen::Done;
                    way.pop();
                }
                Some(up) => match seen[up] {
                    Seen::Not => {
                        seen[up] = Seen::OnTheWay;
                        way.push((up, parents(up)));
                    }
                    Seen::OnTheWay => own = true,
                    Seen::Done => {}
                },
            }
        }
        report.check(Rule::EgenAne, !own, || {
            format!("{}, or an ancestor, descends from themself", shown(&all[start].pid))
        });
    }
}

/// Whether two with this status are married, separated or not.
fn is_married(status: Sivilstandstype) -> bool {
    use Sivilstandstype::{Gift, RegistrertPartner, Separert, SeparertPartner};
    matches!(status, Gift | Separert | RegistrertPartner | SeparertPartner)
}

fn is_widowed(status: Sivilstandstype) -> bool {
    matches!(status, Sivilstandstype::EnkeEllerEnkemann | Sivilstandstype::GjenlevendePartner)
}

/// A marriage, seen from one of the two. The dead keep the marital status that they died with, so that a marriage is over where
/// one of them is dead, and it is the other's status that tells of it. Who is divorced may have married anew.
fn marriage(people: &People, person: &Person, report: &mut Report) {
    let Some(spouse) = person.spouse.and_then(|pid| people.find(&pid)) else { return };
    let names = spouse.spouse.and_then(|pid| people.place(&pid)) == people.place(&person.pid);
    let pair = || {
        format!(
            "{} ({:?}) and {} ({:?})",
            shown(&person.pid),
            person.status,
            shown(&spouse.pid),
            spouse.status
        )
    };
    if is_widowed(person.status) {
        report.check(Rule::Ekteskap, spouse.dead, || format!("{}: widowed of one who lives", pair()));
    } else if is_married(person.status) && !person.dead {
        report.check(Rule::Ektefeller, names && spouse.status == person.status, pair);
        report.check(Rule::Ekteskap, !spouse.dead, || format!("{}: married to one who is dead", pair()));
    } else if is_married(person.status) {
        // Left behind, dead too, or married anew since.
        let left = names && (is_widowed(spouse.status) || (spouse.dead && is_married(spouse.status)));
        let anew = !names && person.died.is_none_or(|died| spouse.since.is_some_and(|since| since > died));
        report.check(Rule::Ektefeller, left || anew, pair);
    }
}

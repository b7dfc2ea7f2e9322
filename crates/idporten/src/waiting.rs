//! The waiting room before sign-in, for days when everybody comes at once.
//!
//! Every new sign-in takes the next slot of a timetable with `sign_ins_per_second` slots a second. Whose slot is now goes
//! straight in; everybody else gets a ticket, which is the moment of its slot, signed (HMAC-SHA-256) together with the
//! browser's cookie. So the order is that of arrival, the time until one's turn is known exactly, and waiting takes no
//! memory. A slot that nobody comes for is lost, which keeps the rate below what is configured, never above it.
//!
//! The sign-in itself is kept as always, under a handle that only we can make of the ticket's page and the browser's
//! cookie: before its turn nobody knows the address where it goes on. A ticket lets in one sign-in, in one browser.
//!
//! Each node has a timetable of its own; tickets of one hold at another, since the key is the installation's.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// How long after its turn a ticket holds; seconds.
pub const GRACE: i64 = 600;
/// How much of an idle timetable can be used at once; microseconds.
const BURST: i64 = 1_000_000;
/// The name of the secret that signs tickets.
pub const SECRET: &str = "idporten waiting room";

/// A place in line: the moment of its turn, microseconds of Unix time. No two are the same on one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(i64);

/// What becomes of who has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// In.
    Now,
    /// Waits.
    Wait {
        /// How many are before, and oneself.
        place: u64,
        /// How long; seconds, at least one.
        seconds: u64,
    },
    /// The ticket has been used by another sign-in, or its time is over.
    Over,
}

/// The timetable.
#[derive(Debug)]
pub struct Room {
    key: hmac::Key,
    /// Microseconds from one slot to the next.
    step: i64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The first slot that nobody has; microseconds.
    free: i64,
    /// The tickets that have let somebody in, with the page whose sign-in it was; as long as they hold.
    used: BTreeMap<Ticket, String>,
}

impl Room {
    /// A timetable with so many sign-ins a second.
    pub fn new(secret: &[u8], sign_ins_per_second: NonZeroU32) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
            step: (1_000_000 / i64::from(sign_ins_per_second.get())).max(1),
            state: Mutex::default(),
        }
    }

    /// The next free slot; `now` in microseconds.
    pub fn come(&self, now: i64) -> Ticket {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = state.free.max(now - BURST);
        state.free = slot + self.step;
        Ticket(slot)
    }

    /// What becomes of the sign-in of `page` with this ticket. Who is let in has used the ticket up, but for the same
    /// sign-in: its page may be loaded again.
    pub fn turn(&self, ticket: Ticket, page: &str, now: i64) -> Turn {
        let grace = GRACE * 1_000_000;
        if ticket.0 > now {
            let micros = ticket.0.abs_diff(now);
            let step = self.step.unsigned_abs();
            return Turn::Wait { place: micros.div_ceil(step), seconds: micros.div_ceil(1_000_000) };
        }
        if ticket.0 < now - grace - BURST {
            return Turn::Over;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.used = state.used.split_off(&Ticket(now - grace - BURST));
        let by = state.used.entry(ticket).or_insert_with(|| page.to_owned());
        if by.as_str() == page { Turn::Now } else { Turn::Over }
    }

    /// The place in line of the sign-in of `page`: with the ticket that its browser holds, or a new one where there is none or
    /// it is over.
    pub fn line(&self, held: Option<Ticket>, page: &str, now: i64) -> (Ticket, Turn) {
        let turn = |ticket| (ticket, self.turn(ticket, page, now));
        held.map(turn).filter(|(_, turn)| *turn != Turn::Over).unwrap_or_else(|| turn(self.come(now)))
    }

    /// The ticket as the browser whose cookie is `browser` keeps it.
    pub fn sign(&self, ticket: Ticket, browser: &str) -> String {
        let moment = ticket.0.to_string();
        let tag = hmac::sign(&self.key, ticket_text(&moment, browser).as_bytes());
        format!("{moment}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// The ticket that `kept` is, if it is one of ours for this browser.
    pub fn verify(&self, kept: &str, browser: &str) -> Option<Ticket> {
        let (moment, tag) = kept.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.key, ticket_text(moment, browser).as_bytes(), &tag).ok()?;
        moment.parse().ok().map(Ticket)
    }

    /// The handle of the sign-in that waits at `page` in this browser: 43 characters, as all handles.
    pub fn handle(&self, page: &str, browser: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, format!("handle\n{browser}\n{page}").as_bytes()))
    }
}

fn ticket_text(moment: &str, browser: &str) -> String {
    format!("ticket\n{browser}\n{moment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000_000;
    const SECOND: i64 = 1_000_000;

    fn room() -> Room {
        Room::new(&[7; 32], NonZeroU32::new(2).unwrap())
    }

    #[test]
    fn who_comes_first_is_served_first_at_the_rate_and_told_when() {
        let room = room();
        let tickets: Vec<Ticket> = (0..9).map(|_| room.come(NOW)).collect();
        assert!(tickets.is_sorted_by(|a, b| a < b));
        let turns = |now| -> Vec<Turn> {
            tickets.iter().enumerate().map(|(at, ticket)| room.turn(*ticket, &at.to_string(), now)).collect()
        };
        let first = turns(NOW);
        // What an idle second would have taken, and the slot that is now.
        assert_eq!(first[..3], [Turn::Now; 3]);
        assert_eq!(first[3], Turn::Wait { place: 1, seconds: 1 });
        assert_eq!(first[4], Turn::Wait { place: 2, seconds: 1 });
        assert_eq!(first[8], Turn::Wait { place: 6, seconds: 3 });
        // Time alone moves the line, by two a second; who comes later stands behind.
        let late = room.come(NOW + SECOND);
        assert_eq!(turns(NOW + SECOND)[8], Turn::Wait { place: 4, seconds: 2 });
        assert_eq!(room.turn(late, "late", NOW + SECOND), Turn::Wait { place: 5, seconds: 3 });
        assert_eq!(turns(NOW + 3 * SECOND), [Turn::Now; 9]);
        assert_ne!(room.turn(late, "late", NOW + 3 * SECOND), Turn::Now);
    }

    #[test]
    fn a_ticket_lets_in_one_sign_in_while_it_holds() {
        let room = room();
        let ticket = room.come(NOW);
        assert_eq!(room.turn(ticket, "a", NOW + GRACE * SECOND - 1), Turn::Now);
        assert_eq!(room.turn(ticket, "a", NOW + GRACE * SECOND - 1), Turn::Now);
        assert_eq!(room.turn(ticket, "b", NOW + GRACE * SECOND - 1), Turn::Over);
        let (again, _) = room.line(Some(ticket), "b", NOW);
        assert!(again > ticket, "at the end of the line");
        assert_eq!(room.turn(ticket, "a", NOW + (GRACE + 1) * SECOND), Turn::Over);
        room.turn(room.come(NOW + 9 * GRACE * SECOND), "c", NOW + 9 * GRACE * SECOND);
        assert_eq!(room.state.lock().unwrap().used.len(), 1, "what is over is forgotten");
    }

    #[test]
    fn a_ticket_is_ours_and_of_one_browser() {
        let room = room();
        let ticket = room.come(NOW);
        let kept = room.sign(ticket, "browser");
        assert_eq!(room.verify(&kept, "browser"), Some(ticket));
        assert_eq!(room.verify(&kept, "another"), None);
        assert_eq!(room.verify(&format!("1{kept}"), "browser"), None);
        assert_eq!(Room::new(&[8; 32], NonZeroU32::MIN).verify(&kept, "browser"), None);
        for forged in ["", ".", "1.", "x.y", "1.AAAA", &format!("{kept}A")] {
            assert_eq!(room.verify(forged, "browser"), None, "{forged}");
        }
        assert_eq!(room.handle("p", "browser").len(), 43);
        assert_ne!(room.handle("p", "browser"), room.handle("p", "another"));
    }
}

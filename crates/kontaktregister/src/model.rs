//! The rules of the register: what a scope opens, when a channel is fresh, what a person may enter.

use clients::kontaktregister::{
    Endring, FRESH_MONTHS, Kontaktinformasjon, Person, Reservasjon, Status, Varslingsstatus,
};
use jiff::{Span, Timestamp};
use kernel::auth::Claims;
use kernel::clock::oslo;
use kernel::id::Pid;

/// Longest e-mail address.
const MAX_EMAIL: usize = 50;
/// The languages one may choose.
pub const LANGUAGES: [&str; 4] = ["nb", "nn", "en", "se"];

/// A value that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field.
    pub field: &'static str,
    /// Why, in Bokmål.
    pub why: &'static str,
}

/// What a token opens of a person. Number, status and reservation are open to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opens {
    /// E-mail, phone, notification status, language.
    pub contact: bool,
    /// Mailbox and certificate.
    pub mailbox: bool,
}

/// Scopes that open contact information to organisations: today's, the delegated one, and those of old clients.
const GLOBAL_CONTACT: [&str; 5] = [
    "krr:global/kontaktinformasjon.read",
    "krr:global/kontaktinfo.read",
    "global/kontaktinformasjon.read",
    "global/spraak.read",
    "global/varslingsstatus.read",
];
/// Scopes that open the mailbox to organisations, likewise.
const GLOBAL_MAILBOX: [&str; 4] = [
    "krr:global/digitalpost.read",
    "krr:global/postkasse.read",
    "global/sikkerdigitalpost.read",
    "global/sertifikat.read",
];

impl Opens {
    /// What an organisation's token opens; `None` when it opens nothing at all.
    pub fn global(claims: &Claims) -> Option<Self> {
        let any = |scopes: &[&str]| scopes.iter().any(|scope| claims.has_scope(scope));
        let opens = Self { contact: any(&GLOBAL_CONTACT), mailbox: any(&GLOBAL_MAILBOX) };
        (opens != Self::default()).then_some(opens)
    }

    /// What a signed-in person's token opens of their own data; `None` when it opens nothing at all.
    pub fn user(claims: &Claims) -> Option<Self> {
        let writes = claims.has_scope(WRITE) || claims.has_scope(WRITE_LANGUAGE);
        let opens = Self {
            contact: writes || claims.has_scope("krr:user/kontaktinformasjon.read"),
            mailbox: claims.has_scope("krr:user/digitalpost.read"),
        };
        (opens != Self::default()).then_some(opens)
    }
}

/// The scope for changing one's own data.
pub const WRITE: &str = "krr:user/kontaktinformasjon.write";
/// The scope for changing one's own language.
pub const WRITE_LANGUAGE: &str = "krr:user/spraak.write";

/// The person as the caller may see them, at `now`. `sertifikat` is that of the mailboxes' provider: a mailbox that was chosen
/// with one of its own has that.
pub fn shown(mut person: Person, opens: Opens, now: Timestamp, sertifikat: Option<&str>) -> Person {
    person.varslingsstatus = opens.contact.then(|| notification_status(&person, now));
    if !opens.contact || person.status != Status::Aktiv {
        person.kontaktinformasjon = None;
        person.spraak = None;
        person.spraak_oppdatert = None;
    }
    if !opens.mailbox || person.status != Status::Aktiv {
        person.digital_post = None;
        person.sertifikat = None;
    } else if person.digital_post.is_some() && person.sertifikat.is_none() {
        person.sertifikat = sertifikat.map(str::to_owned);
    }
    person
}

/// Whether the person may be notified: active, not reserved, and with a fresh channel.
pub fn notification_status(person: &Person, now: Timestamp) -> Varslingsstatus {
    let fresh = person
        .kontaktinformasjon
        .as_ref()
        .is_some_and(|contact| email_fresh(contact, now) || phone_fresh(contact, now));
    if person.status == Status::Aktiv && person.reservasjon == Reservasjon::Nei && fresh {
        Varslingsstatus::KanVarsles
    } else {
        Varslingsstatus::KanIkkeVarsles
    }
}

/// Whether there is an e-mail address that may be used for notices.
pub fn email_fresh(contact: &Kontaktinformasjon, now: Timestamp) -> bool {
    contact.epostadresse.is_some()
        && (fresh(contact.epostadresse_oppdatert, now) || fresh(contact.epostadresse_sist_verifisert, now))
}

/// Whether there is a phone number that may be used for notices.
pub fn phone_fresh(contact: &Kontaktinformasjon, now: Timestamp) -> bool {
    contact.mobiltelefonnummer.is_some()
        && (fresh(contact.mobiltelefonnummer_oppdatert, now)
            || fresh(contact.mobiltelefonnummer_sist_verifisert, now))
}

/// Less than 18 calendar months ago in Norway. The day after the last one, and exactly 18 months, is too late.
fn fresh(moment: Option<Timestamp>, now: Timestamp) -> bool {
    let expires = |moment: Timestamp| {
        moment.to_zoned_datetime(oslo()).checked_add(Span::new().months(FRESH_MONTHS)).ok()
    };
    moment.and_then(expires).is_some_and(|expires| now < expires.timestamp())
}

/// The person with `change` made at `now`.
///
/// A channel that is sent counts as confirmed; it counts as changed only where it differs.
pub fn changed(mut person: Person, change: &Endring, now: Timestamp) -> Result<Person, Invalid> {
    person.status = Status::Aktiv;
    let mut contact = person.kontaktinformasjon.take().unwrap_or_default();
    if let Some(email) = &change.epostadresse {
        if let Some(email) = email {
            check_email(email)?;
        }
        if contact.epostadresse != *email {
            contact.epostadresse.clone_from(email);
            contact.epostadresse_oppdatert = Some(now);
        }
        contact.epostadresse_sist_verifisert = Some(now);
        if email.is_none() {
            contact.epostadresse_oppdatert = None;
            contact.epostadresse_sist_verifisert = None;
        }
    }
    if let Some(phone) = &change.mobiltelefonnummer {
        if let Some(phone) = phone {
            check_phone(phone)?;
        }
        if contact.mobiltelefonnummer != *phone {
            contact.mobiltelefonnummer.clone_from(phone);
            contact.mobiltelefonnummer_oppdatert = Some(now);
        }
        contact.mobiltelefonnummer_sist_verifisert = Some(now);
        if phone.is_none() {
            contact.mobiltelefonnummer_oppdatert = None;
            contact.mobiltelefonnummer_sist_verifisert = None;
        }
    }
    person.kontaktinformasjon = (contact != Kontaktinformasjon::default()).then_some(contact);
    if let Some(reserved) = change.reservasjon.filter(|reserved| *reserved != person.reservasjon) {
        person.reservasjon = reserved;
        person.reservasjonstidspunkt = (reserved == Reservasjon::Ja).then_some(now);
        person.reservasjon_oppdatert = Some(now);
    }
    if let Some(language) = &change.spraak {
        check_language(language)?;
        if person.spraak.as_ref() != Some(language) {
            person.spraak = Some(language.clone());
            person.spraak_oppdatert = Some(now);
        }
    }
    Ok(person)
}

/// The person with or without what ends with life. What a person had entered is kept, but not shown ([`shown`]), so that they
/// have it back where the report of their death was wrong.
pub fn alive(mut person: Person, alive: bool) -> Person {
    let has_entered = person.kontaktinformasjon.is_some() || person.spraak.is_some();
    match person.status {
        Status::Aktiv if !alive => person.status = Status::Slettet,
        Status::Slettet if alive && has_entered => person.status = Status::Aktiv,
        _ => {}
    }
    person
}

/// A person who has another number now: what is left under the earlier one, and what goes to `pid`; nothing goes twice.
pub fn renumbered(before: Person, pid: Pid) -> (Person, Option<Person>) {
    let left = Person {
        reservasjon: before.reservasjon,
        reservasjonstidspunkt: before.reservasjonstidspunkt,
        reservasjon_oppdatert: before.reservasjon_oppdatert,
        ..Person::bare(before.personidentifikator, Status::Slettet)
    };
    let moved = (before != left).then_some(Person { personidentifikator: pid, ..before });
    (left, moved)
}

/// A person as the bulk load brings them, made fit to keep.
pub fn loaded(mut person: Person) -> Result<Person, Invalid> {
    if person.status == Status::IkkeRegistrert {
        return Err(Invalid { field: "status", why: "kan bare være AKTIV eller SLETTET" });
    }
    if let Some(contact) = &person.kontaktinformasjon {
        contact
            .epostadresse
            .as_deref()
            .map_or(Ok(()), check_email)
            .map_err(|bad| bad.within("kontaktinformasjon.epostadresse"))?;
        let phone = contact.mobiltelefonnummer.as_deref().map_or(Ok(()), check_phone);
        phone.map_err(|bad| bad.within("kontaktinformasjon.mobiltelefonnummer"))?;
    }
    person.spraak.as_deref().map_or(Ok(()), check_language)?;
    person.varslingsstatus = None;
    Ok(person)
}

impl Invalid {
    fn within(self, field: &'static str) -> Self {
        Self { field, ..self }
    }
}

/// At most 50 characters; one @ with something on both sides; a domain with a dot; no spaces.
fn check_email(email: &str) -> Result<(), Invalid> {
    let bad = |why| Err(Invalid { field: "epostadresse", why });
    if email.chars().count() > MAX_EMAIL {
        return bad("er lengre enn 50 tegn");
    }
    let Some((local, domain)) = email.rsplit_once('@') else { return bad("er ikke en e-postadresse") };
    let local_ok = !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_ok = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if local_ok && domain.contains('.') && domain.split('.').all(label_ok) {
        Ok(())
    } else {
        bad("er ikke en e-postadresse")
    }
}

/// 8 to 20 of digits, space, hyphen and underscore, perhaps with a plus before; a Norwegian one begins with 4 or 9.
fn check_phone(phone: &str) -> Result<(), Invalid> {
    let bad = |why| Err(Invalid { field: "mobiltelefonnummer", why });
    if !(8..=20).contains(&phone.len()) {
        return bad("har ikke 8 til 20 tegn");
    }
    let rest = phone.strip_prefix('+').unwrap_or(phone);
    if !rest.chars().all(|c| c.is_ascii_digit() || "- _".contains(c)) {
        return bad("har andre tegn enn siffer");
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let norwegian = match (phone.starts_with('+'), digits.len()) {
        (true, _) => digits.strip_prefix("47"),
        (false, 8) => Some(digits.as_str()),
        (false, _) => digits.strip_prefix("0047"),
    };
    match norwegian {
        Some(number) if number.len() != 8 || !number.starts_with(['4', '9']) => {
            bad("er ikke et norsk mobilnummer")
        }
        None if digits.len() < 8 => bad("har for få siffer"),
        _ => Ok(()),
    }
}

/// One of [`LANGUAGES`].
fn check_language(language: &str) -> Result<(), Invalid> {
    let bad = Invalid { field: "spraak", why: "kan bare være nb, nn, en eller se" };
    LANGUAGES.contains(&language).then_some(()).ok_or(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn person(email: &str, phone: &str) -> Person {
        let mut person = Person::bare(Pid::parse("03851598730").unwrap(), Status::Aktiv);
        person.kontaktinformasjon = Some(Kontaktinformasjon {
            epostadresse: Some("kari@example.no".into()),
            epostadresse_oppdatert: Some(at(email)),
            mobiltelefonnummer: Some("+4799999999".into()),
            mobiltelefonnummer_oppdatert: Some(at(phone)),
            ..Kontaktinformasjon::default()
        });
        person
    }

    #[test]
    fn eighteen_months_are_calendar_months_in_norway_and_each_channel_stands_alone() {
        let now = at("2026-11-23T09:00:00Z");
        let old = "2020-01-01T00:00:00Z";
        // Exactly 18 months ago on the clock of Oslo, where summer time lay between: 09:00Z is 10:00 now and was 08:00Z then.
        let limit = at("2025-05-23T08:00:00Z");
        assert!(!fresh(Some(limit), now));
        assert!(fresh(Some(limit + jiff::SignedDuration::from_secs(1)), now));
        // 548 days would have said otherwise.
        assert!(now.duration_since(limit) < jiff::SignedDuration::from_hours(549 * 24 + 2));

        let person = person(old, "2026-01-01T00:00:00Z");
        let contact = person.kontaktinformasjon.clone().unwrap();
        assert!(!email_fresh(&contact, now) && phone_fresh(&contact, now));
        assert_eq!(notification_status(&person, now), Varslingsstatus::KanVarsles);
        let mut reserved = person.clone();
        reserved.reservasjon = Reservasjon::Ja;
        assert_eq!(notification_status(&reserved, now), Varslingsstatus::KanIkkeVarsles);
        let mut deleted = person;
        deleted.status = Status::Slettet;
        assert_eq!(notification_status(&deleted, now), Varslingsstatus::KanIkkeVarsles);
    }

    #[test]
    fn the_dead_are_deleted_and_come_back_where_the_report_was_wrong() {
        let person = person("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        let dead = alive(person.clone(), false);
        let opens = Opens { contact: true, mailbox: true };
        let seen = shown(dead.clone(), opens, at("2026-11-23T09:00:00Z"), Some("MIIC"));
        assert_eq!((seen.status, seen.kontaktinformasjon), (Status::Slettet, None));
        assert_eq!(alive(dead, true), person);
        let bare = Person::bare(person.personidentifikator, Status::Slettet);
        assert_eq!(alive(bare.clone(), true), bare, "who was deleted before has nothing to come back to");
    }

    #[test]
    fn a_new_number_takes_everything_along_once() {
        let mut person = person("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        person.reservasjon = Reservasjon::Ja;
        let (earlier, number) = (person.personidentifikator, Pid::parse("41819077906").unwrap());
        let (left, moved) = renumbered(person.clone(), number);
        assert_eq!((left.status, left.reservasjon), (Status::Slettet, Reservasjon::Ja));
        assert_eq!((left.personidentifikator, &left.kontaktinformasjon), (earlier, &None));
        assert_eq!(moved, Some(Person { personidentifikator: number, ..person }));
        assert_eq!(renumbered(left.clone(), number), (left, None));
    }

    #[test]
    fn the_end_of_a_month_does_not_run_over() {
        // 31 August + 18 months is the last of February.
        assert!(fresh(Some(at("2025-08-31T10:00:00Z")), at("2027-02-28T10:59:59Z")));
        assert!(!fresh(Some(at("2025-08-31T10:00:00Z")), at("2027-02-28T11:00:00Z")));
    }

    #[test]
    fn contact_details_are_checked() {
        for good in ["kari@example.no", "NULLstillt@default.digdir.no", "a.b+c@x-y.no", "åse@blåbær.no"] {
            assert_eq!(check_email(good), Ok(()), "{good}");
        }
        for bad in ["", "kari", "@x.no", "kari@", "kari@no", "ka ri@x.no", "kari@x..no", ".a@x.no", "a@-x.no"]
        {
            assert!(check_email(bad).is_err(), "{bad}");
        }
        assert!(check_email(&format!("{}@example.no", "a".repeat(40))).is_err());
        for good in ["+4799999999", "99999999", "0047 41 23 45 67", "+46701234567", "004670123456"] {
            assert_eq!(check_phone(good), Ok(()), "{good}");
        }
        for bad in [
            "1234567",
            "22334455",
            "+4722334455",
            "+47999",
            "abcdefgh",
            "+--------",
            "9999999999999999999999",
        ] {
            assert!(check_phone(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_change_tells_new_from_confirmed() {
        let now = at("2026-11-23T09:00:00Z");
        let before = person("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z");
        let change = Endring {
            epostadresse: Some(Some("kari@example.no".into())),
            mobiltelefonnummer: Some(None),
            reservasjon: Some(Reservasjon::Ja),
            spraak: None,
        };
        let after = changed(before, &change, now).unwrap();
        let contact = after.kontaktinformasjon.unwrap();
        assert_eq!(contact.epostadresse_oppdatert, Some(at("2020-01-01T00:00:00Z")));
        assert_eq!(contact.epostadresse_sist_verifisert, Some(now));
        assert_eq!((contact.mobiltelefonnummer, contact.mobiltelefonnummer_oppdatert), (None, None));
        assert_eq!((after.reservasjon, after.reservasjonstidspunkt), (Reservasjon::Ja, Some(now)));
    }
}

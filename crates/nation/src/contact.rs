//! How they are reached: what the contact register and the mailboxes know, with the gaps that real life has.

use clients::kontaktregister::{DigitalPost, Kontaktinformasjon, Person, Reservasjon, Status};
use clients::orgs;
use clients::postkasse::Postboks;
use clients::testpersoner::Kontakttrekk;
use jiff::Timestamp;
use kernel::id::Orgnr;

use crate::chance::Chance;
use crate::facts::{NORGE, Omraade, facts};
use crate::model::{Id, Standing, World};

/// One person's contact details, compact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// Days since the person opted out of digital decisions.
    pub reserved: Option<u16>,
    /// Days since the e-mail address was changed, and confirmed.
    pub email: Option<(u16, u16)>,
    /// Days since the phone number was changed, and confirmed.
    pub phone: Option<(u16, u16)>,
    /// Whether there is a digital mailbox.
    pub mailbox: bool,
    /// Language.
    pub language: Language,
}

/// A language of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Bokmål.
    Nb,
    /// Nynorsk.
    Nn,
    /// English.
    En,
    /// Northern Sámi.
    Se,
}

/// More days than 18 months have: contact details that old are stale.
const STALE: i32 = 560;

impl Contact {
    /// Whether details confirmed so many days ago are stale.
    fn old((changed, confirmed): (u16, u16)) -> bool {
        i32::from(changed.min(confirmed)) >= STALE
    }

    /// Whether there are details, and all of them stale.
    pub fn stale(&self) -> bool {
        (self.email.is_some() || self.phone.is_some())
            && self.email.into_iter().chain(self.phone).all(Self::old)
    }

    /// Whether a decision reaches the person in a digital mailbox.
    pub fn reached(&self) -> bool {
        self.reserved.is_none()
            && self.mailbox
            && self.email.into_iter().chain(self.phone).any(|channel| !Self::old(channel))
    }
}

/// Draws everyone's contact details; `None` for those whom the register does not know.
pub fn contacts(world: &World) -> Vec<Option<Contact>> {
    let mut chance = Chance::new(world.seed, 8);
    world.ids().map(|id| contact(world, id, &mut chance)).collect()
}

/// Of a thousand up to and with an age: registered, reserved, with mailbox (KRR covers 4.6 of 5.6 million people; the
/// reserved are few and old).
const SHARES: [(i32, [u32; 3]); 6] = [
    (12, [0, 0, 0]),
    (17, [620, 4, 120]),
    (49, [975, 14, 800]),
    (66, [960, 25, 690]),
    (79, [880, 90, 460]),
    (130, [620, 260, 160]),
];

fn contact(world: &World, id: Id, chance: &mut Chance) -> Option<Contact> {
    let person = world.person(id);
    let age = world.age(id);
    let [registered, reserved, mailbox] =
        SHARES.iter().find(|(up_to, _)| age <= *up_to).map_or([0; 3], |(_, shares)| *shares);
    let registered = match person.standing {
        Standing::Bosatt => registered,
        Standing::Utflyttet(..) => 600,
        Standing::Midlertidig(_) => 350,
        Standing::Inaktiv(_) => 80,
        Standing::Doed(_) => 0,
    };
    if !chance.permille(registered) {
        return None;
    }
    let reserved = chance.permille(reserved).then(|| chance.between(20, 3000) as u16);
    let stale = chance.permille(if age >= 67 { 90 } else { 35 });
    let channel = |chance: &mut Chance| {
        let confirmed = if stale { chance.between(STALE + 10, 1600) } else { chance.between(1, 330) };
        ((confirmed + chance.between(0, 1500)) as u16, confirmed as u16)
    };
    let email = chance.permille(930).then(|| channel(chance));
    let phone = chance.permille(970).then(|| channel(chance));
    let home = person.home.map(|home| &facts().kommuner[usize::from(world.homes[home as usize].kommune)]);
    let language = match home {
        Some(kommune) if ["55", "56"].contains(&kommune.fylke()) && chance.permille(25) => Language::Se,
        _ if person.land != NORGE
            && facts().land[usize::from(person.land)].omraade != Omraade::Norden
            && chance.permille(450) =>
        {
            Language::En
        }
        Some(kommune) if kommune.nynorsk && chance.permille(700) => Language::Nn,
        _ => Language::Nb,
    };
    // One who is reserved cannot choose a mailbox.
    let mailbox = reserved.is_none() && (email.is_some() || phone.is_some()) && chance.permille(mailbox);
    Some(Contact { reserved, email, phone, mailbox, language })
}

/// The person's line in the contact register's load.
pub fn line(world: &World, id: Id, contact: &Contact) -> Option<Person> {
    let mut person = Person::bare(world.person(id).number?, Status::Aktiv);
    let ago = |days| ago(world, id, days);
    if let Some(days) = contact.reserved {
        person.reservasjon = Reservasjon::Ja;
        person.reservasjonstidspunkt = Some(ago(days));
        person.reservasjon_oppdatert = Some(ago(days));
    }
    let channels = Kontaktinformasjon {
        epostadresse: contact.email.map(|_| email(world, id)),
        epostadresse_oppdatert: contact.email.map(|(changed, _)| ago(changed)),
        epostadresse_sist_verifisert: contact.email.map(|(_, confirmed)| ago(confirmed)),
        mobiltelefonnummer: contact.phone.map(|_| phone(id)),
        mobiltelefonnummer_oppdatert: contact.phone.map(|(changed, _)| ago(changed)),
        mobiltelefonnummer_sist_verifisert: contact.phone.map(|(_, confirmed)| ago(confirmed)),
    };
    person.kontaktinformasjon = (channels != Kontaktinformasjon::default()).then_some(channels);
    person.digital_post = digital(world, id, contact);
    let language = match contact.language {
        Language::Nb => "nb",
        Language::Nn => "nn",
        Language::En => "en",
        Language::Se => "se",
    };
    person.spraak = Some(language.to_owned());
    Some(person)
}

/// What test people are searched for by.
pub fn traits(world: &World, id: Id, contact: &Contact) -> Kontakttrekk {
    let channels = contact.email.into_iter().chain(contact.phone);
    let newest = channels.flat_map(|(changed, confirmed)| [changed, confirmed]).min();
    Kontakttrekk {
        reservert: contact.reserved.is_some(),
        epost: contact.email.is_some(),
        mobil: contact.phone.is_some(),
        postkasse: contact.mailbox,
        bekreftet: newest.map(|days| ago(world, id, days)),
    }
}

/// A moment of the person's own, so many days ago.
fn ago(world: &World, id: Id, days: u16) -> Timestamp {
    world.today.plus(-i32::from(days)).moment(id.wrapping_mul(2_654_435_761) >> 8)
}

/// The person's mailbox, as the mailbox supplier's load takes it.
pub fn mailbox(world: &World, id: Id, contact: &Contact) -> Option<Postboks> {
    let postkasseadresse = digital(world, id, contact)?.postkasseadresse;
    Some(Postboks { postkasseadresse, personidentifikator: world.person(id).number? })
}

fn digital(world: &World, id: Id, contact: &Contact) -> Option<DigitalPost> {
    if !contact.mailbox {
        return None;
    }
    let postkasseleverandoeradresse = Orgnr::parse(orgs::POSTKASSE.orgnr).ok()?;
    Some(DigitalPost {
        postkasseadresse: format!("{}#{}", handle(world, id, 30), tag(id)),
        postkasseleverandoeradresse,
    })
}

/// At most 50 characters; a domain that nobody can have.
fn email(world: &World, id: Id) -> String {
    format!("{}{id}@example.com", handle(world, id, 26))
}

/// One of a thousand numbers in a row that test environments use, so that nobody is called.
fn phone(id: Id) -> String {
    format!("+4799999{:03}", id % 1000)
}

/// `kari.nordmann`, in plain letters.
fn handle(world: &World, id: Id, longest: usize) -> String {
    let (name, names) = (world.person(id).name, &facts().navn);
    let mut text = plain(names[usize::from(name.first)]);
    text.push('.');
    text.push_str(&plain(names[usize::from(name.last)]));
    text.truncate(longest);
    text.trim_end_matches('.').to_owned()
}

/// Lower case ASCII letters; what is none and has no usual form is left out.
fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => text.push(letter),
            'æ' => text.push_str("ae"),
            'ø' | 'ö' | 'ó' | 'ő' => text.push('o'),
            'å' => text.push_str("aa"),
            'ä' | 'á' | 'à' | 'ą' | 'ā' => text.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ė' | 'ē' => text.push('e'),
            'ü' | 'ú' | 'ū' | 'ů' => text.push('u'),
            'ı' | 'í' | 'ī' | 'ï' => text.push('i'),
            'ç' | 'ć' | 'č' => text.push('c'),
            'ñ' | 'ń' | 'ņ' => text.push('n'),
            'ş' | 'š' | 'ś' => text.push('s'),
            'ž' | 'ż' | 'ź' => text.push('z'),
            'ł' | 'ļ' => text.push('l'),
            'ğ' | 'ģ' => text.push('g'),
            'ķ' => text.push('k'),
            'đ' => text.push('d'),
            _ => {}
        }
    }
    if text.is_empty() { "person".to_owned() } else { text }
}

/// Five characters that differ from person to person.
fn tag(id: Id) -> String {
    const DIGITS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    // An odd factor permutes the 2^25 tags.
    let mut rest = id.wrapping_mul(20_655_989) & 0x01ff_ffff;
    let mut tag = String::with_capacity(5);
    for _ in 0..5 {
        tag.push(char::from(DIGITS[(rest & 31) as usize]));
        rest >>= 5;
    }
    tag
}

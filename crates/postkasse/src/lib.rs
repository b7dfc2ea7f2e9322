//! Digital postkasse: takes letters from senders, keeps them in the person's mailbox or in the print queue, and gives
//! receipts.
//!
//! The sending side is the access point's API of Digital post til innbyggere as the senders' software calls it: a signed
//! message (JWS) with an encrypted, signed package (CMS, ASiC-E), and signed receipts. Beside it Felles' own senders use a plain
//! form, whose authenticity rests on the bearer token alone: the message as JSON, the document as a PDF. What is plainer for now:
//!
//! - notices that a message orders (`varsler`) are checked and kept, and not yet sent;
//! - the content of HTML documents is not checked by the profile's rules, but shown so that nothing in it runs;
//! - `data` of documents (`utvidelser`) is kept in the package and not shown.
//!
//! Which way a letter goes is the sender's to find out, from the contact register at the moment of sending: a `digital`
//! message names a mailbox and has no postal address, an `utskrift` message has the address and no person. A mailbox
//! that does not exist gives a `feil` receipt. Who gets another number in Folkeregisteret, whose feed is followed, keeps their
//! mailbox. The mailbox, the print queue and the bulk load have no public counterpart
//! and are ours.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use clients::folkeregister::{FeedError, Folkeregister};
use clients::maskinporten::Believed;
use clients::orgs;
use dokumentpakke::Pakkefeil;
use kernel::id::Orgnr;
use kernel::jose::Certified;
use kernel::{Context, feed};
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::pakkepost::Pakkepost;

mod api;
mod foelge;
pub mod model;
mod pakkepost;
mod store;
mod validation;

/// The name of the component and of its store.
pub const NAME: &str = clients::postkasse::NAME;
/// The mailboxes' tables.
pub const MIGRATIONS: &[&str] = &[
    feed::MIGRATION,
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_nummer.sql"),
    include_str!("../migrations/0003_pakke.sql"),
];
/// The longest pause between two looks at Folkeregisteret's feed. Not at each hint: few events are another number, and each page that is read
/// stands in the access log of everyone it is about.
const POLL: Duration = Duration::from_secs(5);

/// For which providers Felles takes letters: the receivers that a message's header may name.
#[derive(Debug, Clone)]
pub struct Config {
    /// Providers of digital mailboxes.
    pub leverandoerer: Vec<Orgnr>,
    /// Providers of printing.
    pub utskrift: Vec<Orgnr>,
}

impl Default for Config {
    /// Felles' own, and the real ones, whose numbers stand in published samples and in senders' settings.
    fn default() -> Self {
        let numbers =
            |numbers: &[&str]| numbers.iter().filter_map(|number| Orgnr::parse(number).ok()).collect();
        Self {
            leverandoerer: numbers(&[orgs::POSTKASSE.orgnr, "984661185", "922020175"]),
            utskrift: numbers(&[orgs::UTSKRIFT.orgnr, "974761076"]),
        }
    }
}

/// The mailboxes and the print queue. Clones share them.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
    config: Arc<Config>,
    pakkepost: Option<Arc<Pakkepost>>,
}

impl Component {
    /// The component over its context.
    pub fn new(ctx: Context, config: Config) -> Self {
        Self { ctx, config: Arc::new(config), pakkepost: None }
    }

    /// The same, that takes signed messages and encrypted packages and signs its receipts, with the certificates (RSA) of its
    /// mailboxes and of printing. `believed` is whose signatures count.
    pub fn certified(
        self,
        postkasse: Certified,
        utskrift: Certified,
        believed: Believed,
    ) -> Result<Self, Pakkefeil> {
        let pakkepost = Pakkepost::new(postkasse, utskrift, believed)?;
        Ok(Self { pakkepost: Some(Arc::new(pakkepost)), ..self })
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let large = OpenApiRouter::new()
            .routes(routes!(api::utgaaende::send))
            .routes(routes!(api::innlasting::load))
            .layer(DefaultBodyLimit::max(api::MAX_SENDING));
        OpenApiRouter::new()
            .routes(routes!(api::utgaaende::statuses))
            .routes(routes!(api::innkommende::list))
            .routes(routes!(api::innkommende::read))
            .routes(routes!(api::meldinger::list))
            .routes(routes!(api::meldinger::get))
            .routes(routes!(api::meldinger::document))
            .routes(routes!(api::meldinger::package))
            .routes(routes!(api::sertifikater::get))
            .routes(routes!(api::utskrift::list))
            .routes(routes!(api::utskrift::document))
            .routes(routes!(api::utskrift::status))
            .layer(DefaultBodyLimit::max(api::MAX_BODY))
            .merge(large)
            .with_state(self.clone())
    }

    /// Follows Folkeregisteret until told to stop.
    pub async fn run(self, people: Folkeregister, shutdown: watch::Receiver<bool>) {
        feed::follow(POLL, None, shutdown, || self.read_page(&people)).await;
    }

    /// Deals with the next page of its feed; gives how many events it had. What [`Self::run`] does over and over.
    pub async fn read_page(&self, people: &Folkeregister) -> Result<usize, FeedError> {
        foelge::read_page(self, people).await
    }
}

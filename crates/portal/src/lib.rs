//! The portal: pages for people and caseworkers, rendered here, working without scripts.
//!
//! It has no data of its own but sessions. All else comes from the components' public APIs by the typed clients, with
//! the signed-in person's own access token, so the portal may see nothing that the person may not. It is an ordinary
//! relying party of ID-porten.
//!
//! A request passes [`visit`] (who comes, in which language), one file of [`pages`], and leaves as a
//! [`design::Page`]. What goes wrong is a [`fault::Fault`], which becomes a page that says what to do.

use axum::extract::DefaultBodyLimit;
use axum::middleware;
use clients::ansattporten::Fullmakter;
use clients::enhetsregister::Enhetsregister;
use clients::idporten::{ClientAuth, RelyingParty};
use clients::kontaktregister::MinKontaktinformasjon;
use clients::life_events::MineLivshendelser;
use clients::postkasse::MinPostkasse;
use clients::selvbetjening::{Forvaltning, Selvbetjening};
use clients::transparency::Innsyn;
use clients::{Mesh, TokenSource};
use kernel::Context;
use utoipa_axum::router::OpenApiRouter;

mod fault;
mod form;
mod noekkel;
mod pages;
mod session;
mod store;
mod visit;

pub use session::SCOPES;

/// The name of the component and of its store.
pub const NAME: &str = "portal";
/// The tables of sessions.
pub const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_init.sql")];
/// Where ID-porten sends the browser back: `redirect_uris` of the registration is the base URL and this path.
pub const REDIRECT_PATH: &str = "/logg-inn/svar";
/// Where the browser comes to after it has signed out: `post_logout_redirect_uris` is the base URL and this path.
pub const POST_LOGOUT_PATH: &str = "/";

/// The largest form: 10,000 characters of four bytes, each written as three.
const MAX_FORM: usize = 256 * 1024;

/// The portal. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
    sessions: session::Sessions,
    cases: MineLivshendelser,
    post: MinPostkasse,
    uses: Innsyn,
    contact: MinKontaktinformasjon,
    businesses: Enhetsregister,
    self_service: Selvbetjening,
    maskinporten: Forvaltning,
    fullmakter: Fullmakter,
}

impl Component {
    /// The portal over its context; `auth` is its registration at ID-porten. `tokens` are for what no person's token opens: in
    /// which businesses somebody has a role, and the self-service of those that they may act for.
    pub fn new(ctx: Context, mesh: Mesh, auth: ClientAuth, tokens: TokenSource) -> Self {
        let redirect = format!("{}{REDIRECT_PATH}", ctx.base_url);
        let relying = RelyingParty::new(
            mesh.clone(),
            &ctx.base_url,
            auth,
            &redirect,
            ctx.clock.clone(),
            ctx.rng.clone(),
        );
        Self {
            sessions: session::Sessions::new(ctx.clone(), relying),
            cases: MineLivshendelser::new(mesh.clone()),
            post: MinPostkasse::new(mesh.clone()),
            uses: Innsyn::new(mesh.clone()),
            contact: MinKontaktinformasjon::new(mesh.clone()),
            businesses: Enhetsregister::new(mesh.clone(), tokens.clone()),
            self_service: Selvbetjening::new(mesh.clone(), tokens.clone()),
            fullmakter: Fullmakter::new(mesh.clone(), tokens.clone()),
            maskinporten: Forvaltning::new(mesh, clients::maskinporten::NAME, tokens),
            ctx,
        }
    }

    /// Every page, and the answer to every address that nobody has. Pages are no API: the document has no paths.
    pub fn router(&self) -> OpenApiRouter {
        pages::router()
            .layer(DefaultBodyLimit::max(MAX_FORM))
            .layer(middleware::from_fn_with_state(self.clone(), visit::visit))
            .with_state(self.clone())
    }
}

//! What the pages of Felles share: Digdir's design system, the layout of a page, the texts in every language.
//!
//! - [`Page`] makes a whole HTML document with its security headers; [`ui`] has the parts that pages are made of
//! - [`Lang`] gives the texts (`content/texts/`), dates and amounts
//! - [`routes`] serves style sheets, scripts and fonts, embedded in the program and fetched from npm when it is built
//!
//! A page works without scripts. No page has script or style in it, so the content security policy allows none.

mod assets;
mod page;
mod qr;
pub mod texts;
pub mod ui;

pub use assets::routes;
pub use maud;
pub use page::{NavLink, Page, User};
pub use qr::qr;
pub use texts::{Lang, key};

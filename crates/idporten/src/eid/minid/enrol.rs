//! Getting a MinID: the parts that are the same with a letter and with another eID.

use design::{Lang, qr, ui};
use kernel::id::Pid;
use kernel::store::StoreError;
use maud::{Markup, html};

use super::store::{Begin, Enrolment};
use super::{field, recovery_codes, store, totp};
use crate::Component;
use crate::api::refused::Refused;
use crate::model::hash;

/// How long a person has to set up their generator; seconds.
const SETUP: i64 = 15 * 60;

/// A MinID in the making, as its page shows it.
pub struct Setup {
    /// The handle, which the form carries as `oppsett`.
    pub handle: String,
    secret: Vec<u8>,
}

/// Begins: keeps the password, and makes a secret for the generator. `letter` is the hash of the code of the letter that
/// it rests on.
pub async fn begin(
    component: &Component,
    pid: Pid,
    password: &str,
    letter: Option<Vec<u8>>,
) -> Result<Setup, Refused> {
    let (ctx, minid) = (&component.ctx, &component.minid);
    let secret = ctx.rng.bytes::<20>().to_vec();
    let password = minid.hash(password, ctx.rng.bytes()).await?;
    let enrolment = Enrolment { pid, password, secret: minid.seal(pid, &secret)?, letter };
    let handle = ctx.rng.token();
    let (key, expires) = (hash(&handle), ctx.clock.now().as_second() + SETUP);
    let kept: Result<(), StoreError> = ctx
        .store
        .write(move |tx| Box::pin(async move { store::put_enrolment(tx, key, enrolment, expires).await }))
        .await;
    kept?;
    Ok(Setup { handle, secret })
}

/// What became of a code of the new generator.
pub enum Confirmed {
    /// The MinID is there; its recovery codes, to be shown once.
    Codes(Vec<String>),
    /// The code was wrong; the page again.
    Again(Setup),
}

/// The person shows a code of the new generator: the MinID is theirs from now on. `pid` is whose it must be, where that is
/// known.
pub async fn confirm(
    component: &Component,
    handle: &str,
    code: &str,
    pid: Option<Pid>,
) -> Result<Confirmed, Refused> {
    let ctx = &component.ctx;
    let now = ctx.clock.now().as_second();
    let over = || Refused::new("login_required", "The setup is over");
    let enrolment = store::enrolment(&ctx.store, hash(handle), now).await?.ok_or_else(over)?;
    if pid.is_some_and(|pid| pid != enrolment.pid) {
        return Err(over());
    }
    let secret = component.minid.open_secret(enrolment.pid, &enrolment.secret)?;
    let digits: String = code.chars().filter(|char| !char.is_whitespace()).collect();
    let Some(step) = totp::step_of(&secret, &digits, now) else {
        return Ok(Confirmed::Again(Setup { handle: handle.to_owned(), secret }));
    };
    let (codes, recovery) = recovery_codes(component);
    let begin = Begin { handle: hash(handle), step, recovery, now };
    let enrolled: Result<bool, StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::enrol(tx, enrolment, begin).await })).await;
    if !enrolled? {
        return Err(over());
    }
    tracing::info!("a MinID has been made");
    Ok(Confirmed::Codes(codes))
}

/// The generator's secret as a picture and as text, and the form for its first code. `hidden` are the form's own fields.
pub fn page(
    component: &Component,
    lang: Lang,
    setup: &Setup,
    action: &str,
    hidden: &Markup,
    errors: &[ui::FieldError],
) -> Markup {
    let account = url::Url::parse(&component.ctx.base_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    let text = super::grouped(&totp::text(&setup.secret)).replace('-', " ");
    html! {
        (ui::error_summary(lang, errors))
        p { (lang.t("minid-skann")) }
        (qr(&totp::address(&setup.secret, &account), &lang.t("minid-bilde")))
        p { (lang.t("minid-hemmelighet")) " " code { (text) } }
        form.f-stack method="post" action=(action) {
            (hidden)
            input type="hidden" name="oppsett" value=(setup.handle);
            (field(lang, "kode", "", errors))
            button.ds-button type="submit" { (lang.t("minid-bekreft")) }
        }
    }
}

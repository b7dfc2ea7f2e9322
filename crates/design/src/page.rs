//! A whole HTML document and the headers it goes out with.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, html};

use crate::assets::href;
use crate::texts::Lang;
use crate::ui;

/// A link of the navigation.
#[derive(Debug, Clone)]
pub struct NavLink {
    /// Its words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// Who is signed in, and the form that signs them out.
#[derive(Debug, Clone)]
pub struct User {
    /// The name to show, where it is known.
    pub name: Option<String>,
    /// Where the form posts to.
    pub sign_out: String,
    /// The form's synchroniser token, as the hidden field `csrf`.
    pub csrf: String,
}

/// A page in the making. It is never kept by browsers or others on the way (`no-store`).
#[derive(Debug, Clone)]
pub struct Page {
    lang: Lang,
    title: String,
    site: String,
    home: Option<String>,
    nav: Vec<NavLink>,
    user: Option<User>,
    sign_in: Option<(String, String)>,
    languages: Vec<(Lang, String)>,
    synthetic: bool,
    narrow: bool,
    status: StatusCode,
    form_targets: Vec<String>,
}

impl Page {
    /// A page of Felles with this title: what the page is, without the site's name.
    pub fn new(lang: Lang, title: impl Into<String>) -> Self {
        Self {
            lang,
            title: title.into(),
            site: "Felles".to_owned(),
            home: Some("/".to_owned()),
            nav: Vec::new(),
            user: None,
            sign_in: None,
            languages: Vec::new(),
            synthetic: false,
            narrow: false,
            status: StatusCode::OK,
            form_targets: Vec::new(),
        }
    }

    /// Another site than Felles: its name, and its front page where it has one.
    pub fn site(mut self, name: impl Into<String>, home: Option<&str>) -> Self {
        self.site = name.into();
        self.home = home.map(str::to_owned);
        self
    }

    /// The navigation.
    pub fn nav(mut self, links: Vec<NavLink>) -> Self {
        self.nav = links;
        self
    }

    /// Who is signed in.
    pub fn user(mut self, user: Option<User>) -> Self {
        self.user = user;
        self
    }

    /// A link to sign in, where nobody is.
    pub fn sign_in(mut self, text: impl Into<String>, href: impl Into<String>) -> Self {
        self.sign_in = Some((text.into(), href.into()));
        self
    }

    /// The languages to choose from, each with its link.
    pub fn languages(mut self, languages: Vec<(Lang, String)>) -> Self {
        self.languages = languages;
        self
    }

    /// Says at the top that all people are synthetic (`Context::test_mode`).
    pub fn synthetic(mut self, synthetic: bool) -> Self {
        self.synthetic = synthetic;
        self
    }

    /// A column of reading width, for letters and forms.
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }

    /// The status; 200 unless set.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets the page's forms end at another origin too, after redirects (`https://tjeneste.example`). An address that
    /// is not a plain origin is left out.
    pub fn form_target(mut self, origin: &str) -> Self {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_[]".contains(&byte);
        if origin.bytes().all(plain) {
            self.form_targets.push(origin.to_owned());
        }
        self
    }

    /// The finished answer, with `main` as the page's content. It holds the page's one `h1`.
    pub fn render(self, main: &Markup) -> Response {
        let mut response = (self.status, self.document(main)).into_response();
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'{}; frame-ancestors 'none'; base-uri 'none'",
            self.form_targets.iter().fold(String::new(), |all, origin| all + " " + origin)
        );
        let headers = response.headers_mut();
        // The origins hold only characters that a header may have.
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        for (name, value) in SECURITY_HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }

    fn document(&self, main: &Markup) -> Markup {
        let Self { lang, site, .. } = self;
        let title = lang.with(
            "side-tittel",
            &[("tittel", self.title.as_str().into()), ("nettsted", site.as_str().into())],
        );
        html! {
            (DOCTYPE)
            html lang=(lang.tag()) data-color-scheme="auto" data-color="brand1" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) }
                    link rel="icon" type="image/svg+xml" href=(href("felles.svg"));
                    link rel="preload" as="font" type="font/woff2" crossorigin href=(href("inter-latin.woff2"));
                    link rel="stylesheet" href=(href("felles.css"));
                    script type="module" src=(href("felles.js")) {}
                }
                body {
                    a.ds-skip-link href="#innhold" { (lang.t("hopp-til-innhold")) }
                    (self.header())
                    main #innhold .f-main tabindex="-1" data-width=[self.narrow.then_some("narrow")] {
                        div.f-wrap { (main) }
                    }
                    (self.footer())
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let Self { lang, site, .. } = self;
        html! {
            header {
                @if self.synthetic {
                    div.f-notice { div.f-wrap { (lang.t("syntetisk")) } }
                }
                div.f-header { div.f-wrap {
                    @if let Some(home) = &self.home {
                        a.f-brand href=(home) aria-label=(lang.with("til-forsiden", &[("nettsted", site.as_str().into())])) {
                            (ui::logo()) (site)
                        }
                    } @else {
                        span.f-brand { (ui::logo()) (site) }
                    }
                    @if !self.nav.is_empty() {
                        nav.f-nav aria-label=(lang.t("navigasjon")) { ul {
                            @for link in &self.nav {
                                li { a href=(link.href) aria-current=[link.current.then_some("page")] { (link.text) } }
                            }
                        } }
                    }
                    @if let Some(user) = &self.user {
                        div.f-user {
                            @if let Some(name) = &user.name {
                                span { span.ds-sr-only { (lang.t("logget-inn-som")) " " } (name) }
                            }
                            form method="post" action=(user.sign_out) {
                                (ui::csrf(&user.csrf))
                                button.ds-button type="submit" data-variant="tertiary" data-size="sm" { (lang.t("logg-ut")) }
                            }
                        }
                    } @else if let Some((text, href)) = &self.sign_in {
                        div.f-user { a.ds-button data-size="sm" href=(href) { (text) } }
                    }
                } }
            }
        }
    }

    fn footer(&self) -> Markup {
        let Self { lang, .. } = self;
        html! {
            footer.f-footer { div.f-wrap.f-row data-spread {
                p { (lang.t("bunntekst")) }
                @if self.languages.len() > 1 {
                    nav aria-label=(lang.t("spraakvalg")) { ul.f-list.f-row {
                        @for (other, href) in &self.languages {
                            li { a href=(href) lang=(other.tag()) hreflang=(other.tag()) aria-current=[(other == lang).then_some("true")] {
                                (other.t("spraaknavn"))
                            } }
                        }
                    } }
                }
            } }
        }
    }
}

/// Headers that every page has. `same-origin` and not `no-referrer`, which would take the origin from forms too.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn text(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_page_has_landmarks_a_title_and_escapes_what_it_is_given() {
        let page = Page::new(Lang::NB, "Innboks <b>").status(StatusCode::NOT_FOUND).synthetic(true).user(
            Some(User {
                name: Some("Kari & Ola".to_owned()),
                sign_out: "/logg-ut".to_owned(),
                csrf: "t".to_owned(),
            }),
        );
        let answer = page.render(&html! { h1 { "Innboks" } });
        assert_eq!(answer.status(), 404);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let page = text(answer).await;
        for part in [
            "<html lang=\"nb\"",
            "<title>Innboks &lt;b&gt; – Felles</title>",
            "<main",
            "id=\"innhold\"",
            "<header>",
            "<footer",
            "href=\"#innhold\"",
            "Kari &amp; Ola",
            "syntetiske",
        ] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        assert!(!page.contains("style="), "the policy allows no style in a page");
    }

    #[tokio::test]
    async fn forms_end_only_where_the_page_says() {
        let page = |target| Page::new(Lang::NB, "x").form_target(target).render(&html! {});
        let policy =
            |answer: Response| answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy(page("https://a.example")).contains("form-action 'self' https://a.example;"));
        assert!(policy(page("https://a.example; script-src *")).contains("form-action 'self';"));
    }
}

//! What a client asks for at `/authorize`, checked once.
//!
//! The order matters: first the client and where the answer goes ([`Destination::of`]); what is wrong with those is shown
//! to the person and never sent anywhere. Whatever is wrong after that ([`AuthorizeRequest::check`]) goes to the client.

use kernel::jose::Alg;
use kernel::jose::dpop::is_thumbprint;
use serde::{Deserialize, Serialize};

use super::client::{Client, CodeChallengeMethod, Scope};
use super::parameters::Parameters;
use super::rar::Asked;
use super::session::{EIDAS, Level};
use crate::api::refused::Refused;
use crate::portal::Portal;

/// The longest value of a parameter, many of which travel through addresses and tokens; bytes.
const LONGEST: usize = 4096;

/// How a pushed request's handle begins.
pub const REQUEST_URI: &str = "urn:idporten:";
/// The parameter that binds a code to a key (RFC 9449 § 10).
pub const DPOP_JKT: &str = "dpop_jkt";

/// How the answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ResponseMode {
    /// In the query.
    #[default]
    Query,
    /// As a form that the browser posts.
    FormPost,
    /// Signed, in the query (JARM).
    QueryJwt,
    /// Signed, as a form.
    FormPostJwt,
}

impl ResponseMode {
    /// All of them, in the order of the metadata.
    pub const ALL: [Self; 4] = [Self::Query, Self::FormPost, Self::QueryJwt, Self::FormPostJwt];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
            Self::QueryJwt => "query.jwt",
            Self::FormPostJwt => "form_post.jwt",
        }
    }
}

/// Where the answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// The client.
    pub client_id: String,
    /// A registered address.
    pub redirect_uri: String,
    /// How.
    pub mode: ResponseMode,
    /// Goes with it.
    pub state: Option<String>,
    /// What signs it, where it is signed.
    pub alg: Alg,
}

impl Destination {
    /// Where the answer to `parameters` goes; an error here is for the person's eyes.
    pub fn of(parameters: &Parameters, client: &Client) -> Result<Self, Refused> {
        let redirect_uri = parameters.required("redirect_uri")?;
        if !client.redirects_to(redirect_uri) {
            return Err(Refused::request("redirect_uri is not registered on the client"));
        }
        let mode = parameters.one("response_mode").ok().flatten();
        Ok(Self {
            client_id: client.client_id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            // What is wrong with these two is said later, in the plainest way.
            mode: ResponseMode::ALL.into_iter().find(|one| mode == Some(one.as_str())).unwrap_or_default(),
            state: parameters.one("state").ok().flatten().filter(|state| travels(state)).map(str::to_owned),
            alg: client.signing_alg(),
        })
    }

    /// The origin (or the scheme, of a native client), for the content security policy.
    pub fn origin(&self) -> String {
        match url::Url::parse(&self.redirect_uri) {
            Ok(url) if url.has_host() && matches!(url.scheme(), "http" | "https") => {
                url.origin().ascii_serialization()
            }
            Ok(url) => format!("{}:", url.scheme()),
            Err(_) => String::new(),
        }
    }
}

/// `prompt`, read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// No page is shown.
    pub none: bool,
    /// The person shows who they are, also where a session lives.
    pub login: bool,
    /// The person is asked to agree.
    pub consent: bool,
}

/// A request whose every part has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    /// Where the answer goes.
    pub destination: Destination,
    /// What is asked for; each is on the client and active.
    pub scopes: Vec<String>,
    /// Comes back in the id token.
    pub nonce: Option<String>,
    /// PKCE, S256; missing only where the client is registered without.
    pub code_challenge: Option<String>,
    /// The least level of an eID of this country; none where the client asks for others alone.
    pub level: Option<Level>,
    /// The least level of an eID of another country ([`EIDAS`]); none where the client does not ask for them.
    #[serde(default)]
    pub eidas: Option<Level>,
    /// Which pages are shown.
    pub prompt: Prompt,
    /// Longest time since the person last showed who they are; seconds.
    pub max_age: Option<i64>,
    /// The languages wanted.
    pub ui_locales: Option<String>,
    /// The supplier's customer.
    pub onbehalfof: Option<String>,
    /// For whom the access token is.
    pub resources: Vec<String>,
    /// On behalf of which business (Ansattporten).
    #[serde(default)]
    pub authorization_details: Option<Asked>,
    /// The browser, as it calls itself.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// Whether a session was enough, so that nobody showed who they are for this request.
    #[serde(default)]
    pub federated: bool,
    /// The thumbprint of the key that whoever brings the code must prove (RFC 9449 § 10).
    #[serde(default)]
    pub dpop_jkt: Option<String>,
    /// The hash of the handle that it was pushed under, which serves until one sign-in with it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<Vec<u8>>,
}

impl AuthorizeRequest {
    /// Checks everything but the destination. `scopes` are those of the catalogue that are active.
    pub fn check(
        parameters: &Parameters,
        destination: Destination,
        client: &Client,
        portal: Portal,
        catalogue: &[Scope],
    ) -> Result<Self, Refused> {
        if let Some(name) = parameters.longer_than(LONGEST) {
            return Err(Refused::request(format!("The parameter {name} is longer than {LONGEST} bytes")));
        }
        if parameters.one("response_mode")?.is_some_and(|mode| mode != destination.mode.as_str()) {
            return Err(Refused::request("response_mode is not supported"));
        }
        if parameters.all("request").next().is_some() {
            return Err(Refused::new("request_not_supported", "request is not supported"));
        }
        let authorization_details = authorization_details(parameters, portal)?;
        if parameters.required("response_type")? != "code" {
            return Err(Refused::new("unsupported_response_type", "response_type must be code"));
        }
        if parameters.all("registration").next().is_some() {
            return Err(Refused::new("registration_not_supported", "registration is not supported"));
        }
        let (state, nonce) = (parameters.one("state")?, parameters.one("nonce")?);
        for (name, value) in [("state", state), ("nonce", nonce)] {
            if !value.is_none_or(travels) {
                return Err(Refused::request(format!("{name} is not UTF-8")));
            }
        }
        if client.require_state_and_nonce || client.is_public() {
            if state.is_none() {
                return Err(Refused::request("The parameter state is missing"));
            }
            if nonce.is_none() {
                return Err(Refused::request("The parameter nonce is missing"));
            }
        }
        let (level, eidas) = levels(parameters.one("acr_values")?, client, portal)?;
        Ok(Self {
            scopes: scopes(parameters.one("scope")?, client, catalogue)?,
            nonce: nonce.map(str::to_owned),
            code_challenge: code_challenge(parameters, client)?,
            level,
            eidas,
            prompt: prompt(parameters.one("prompt")?)?,
            max_age: max_age(parameters.one("max_age")?)?,
            ui_locales: parameters.one("ui_locales")?.map(str::to_owned),
            onbehalfof: onbehalfof(parameters.one("onbehalfof")?, client)?,
            resources: resources(parameters)?,
            authorization_details,
            user_agent: None,
            federated: false,
            dpop_jkt: dpop_jkt(parameters.one(DPOP_JKT)?)?,
            pushed: None,
            destination,
        })
    }

    /// The least level of an eID that `amr` names; none where the client does not take it at all.
    pub fn least(&self, amr: &str) -> Option<Level> {
        if amr == EIDAS { self.eidas } else { self.level }
    }

    /// Whether the person chooses on behalf of whom they sign in.
    pub fn asks_for_whom(&self) -> bool {
        self.authorization_details.as_ref().is_some_and(Asked::has_choice) || self.asks_for_representation()
    }

    /// Whether the person may act for a child or a ward.
    pub fn asks_for_representation(&self) -> bool {
        self.scopes.iter().any(|scope| scope == clients::idporten::SCOPE_REPRESENTATION)
    }

    /// The scopes asked for, as the catalogue has them.
    pub fn scopes_of(&self, catalogue: &[Scope]) -> Vec<Scope> {
        catalogue.iter().filter(|scope| self.scopes.contains(&scope.scope)).cloned().collect()
    }
}

fn scopes(asked: Option<&str>, client: &Client, catalogue: &[Scope]) -> Result<Vec<String>, Refused> {
    let mut scopes: Vec<String> = Vec::new();
    for name in asked.unwrap_or_default().split_ascii_whitespace() {
        let known =
            client.scopes.iter().any(|own| own == name) && catalogue.iter().any(|scope| scope.scope == name);
        if !known {
            return Err(Refused::new(
                "invalid_scope",
                format!("The client may not ask for the scope {name}"),
            ));
        }
        if !scopes.iter().any(|before| before == name) {
            scopes.push(name.to_owned());
        }
    }
    if scopes.is_empty() {
        return Err(Refused::new("invalid_scope", "The parameter scope is missing"));
    }
    Ok(scopes)
}

/// Whether `text` is of base64url's characters.
fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether a value can go through addresses and tokens unchanged. What was not UTF-8 has been replaced by U+FFFD.
fn travels(value: &str) -> bool {
    value.len() <= LONGEST && !value.contains(char::REPLACEMENT_CHARACTER)
}

fn code_challenge(parameters: &Parameters, client: &Client) -> Result<Option<String>, Refused> {
    let downgraded = client.code_challenge_method == CodeChallengeMethod::None && !client.is_public();
    let sent = ["code_challenge", "code_challenge_method"];
    if downgraded && sent.iter().all(|name| parameters.all(name).next().is_none()) {
        // Without PKCE, only state tells the client that the answer is to its own request.
        return parameters.required("state").map(|_| None);
    }
    let challenge = parameters.required("code_challenge")?;
    if parameters.required("code_challenge_method")? != "S256" {
        return Err(Refused::request("code_challenge_method must be S256"));
    }
    if challenge.len() != 43 || !is_base64url(challenge) {
        return Err(Refused::request("code_challenge must be 43 characters of base64url without padding"));
    }
    Ok(Some(challenge.to_owned()))
}

/// The least levels of this country's eIDs and of others'.
fn levels(
    asked: Option<&str>,
    client: &Client,
    portal: Portal,
) -> Result<(Option<Level>, Option<Level>), Refused> {
    let Some(asked) = asked else { return Ok((Some(client.default_level(portal)), None)) };
    let least = |of: fn(Portal, &str) -> Option<Level>| {
        asked.split_ascii_whitespace().filter_map(|acr| of(portal, acr)).min()
    };
    match (least(Portal::level), least(Portal::eidas_level)) {
        (None, None) => Err(Refused::request("acr_values holds no value that is supported")),
        found => Ok(found),
    }
}

fn prompt(asked: Option<&str>) -> Result<Prompt, Refused> {
    let mut prompt = Prompt::default();
    for value in asked.unwrap_or_default().split_ascii_whitespace() {
        match value {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(Refused::request("prompt holds a value that is not supported")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(Refused::request("prompt cannot hold none and another value"));
    }
    Ok(prompt)
}

fn max_age(asked: Option<&str>) -> Result<Option<i64>, Refused> {
    let read = |text: &str| text.parse::<i64>().ok().filter(|seconds| *seconds >= 0);
    let wrong = || Refused::request("max_age is not a number of seconds");
    asked.map(|text| read(text).ok_or_else(wrong)).transpose()
}

fn onbehalfof(asked: Option<&str>, client: &Client) -> Result<Option<String>, Refused> {
    let Some(handle) = asked else { return Ok(None) };
    if !client.onbehalfof.iter().any(|customer| customer.onbehalfof == handle) {
        return Err(Refused::request("onbehalfof is not registered on the client"));
    }
    Ok(Some(handle.to_owned()))
}

fn authorization_details(parameters: &Parameters, portal: Portal) -> Result<Option<Asked>, Refused> {
    let Some(text) = parameters.one("authorization_details")? else { return Ok(None) };
    if portal != Portal::Ansattporten {
        let why = "authorization_details are not supported";
        return Err(Refused::new("invalid_authorization_details", why));
    }
    Asked::parse(text).map(Some)
}

fn resources(parameters: &Parameters) -> Result<Vec<String>, Refused> {
    let mut resources = Vec::new();
    for resource in parameters.all("resource") {
        if url::Url::parse(resource).is_err() || resource.contains('#') {
            return Err(Refused::new(
                "invalid_target",
                "resource must be an absolute URI without a fragment",
            ));
        }
        resources.push(resource.to_owned());
    }
    Ok(resources)
}

fn dpop_jkt(asked: Option<&str>) -> Result<Option<String>, Refused> {
    let Some(jkt) = asked else { return Ok(None) };
    if !is_thumbprint(jkt) {
        return Err(Refused::request("dpop_jkt is not the SHA-256 thumbprint of a key"));
    }
    Ok(Some(jkt.to_owned()))
}

/// Whether a verifier has the form that RFC 7636 § 4.1 gives it.
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

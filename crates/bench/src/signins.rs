//! Complete sign-ins (authorization request, sign-in page, code, token, userinfo), each in a browser of its own, against
//! the same with npm's oidc-provider.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bench::hospital::client_key;
use bench::load::{Connection, percentile};
use bench::{Installation, Server};
use bytes::Bytes;
use clients::{encoded, idporten};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::Full;
use kernel::clock::Clock;
use kernel::jose::SigningKey;
use kernel::rng::Rng;
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::report;

/// Where the relying party would be; nothing listens there.
const REDIRECT: &str = "http://127.0.0.1:9/callback";
/// A verifier and its challenge (RFC 7636), the same for all.
const PKCE: (&str, &str) =
    ("xyo94uhy3zKvgB0NJwLms86SwcjtWviEOpkBnGgaLlo", "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI");
/// A scope whose tokens are opaque.
const OPAQUE: &str = "felles:bench";
/// Sign-ins at once while throughput is measured, and for how long.
const AT_ONCE: usize = 32;
pub const TIME: Duration = Duration::from_secs(8);
/// Sign-ins a second that are held, and for how long.
const STEADY: (u64, Duration) = (350, Duration::from_mins(1));
/// Most redirects of one sign-in.
const HOPS: usize = 10;

pub async fn measure(felles: &Installation, server: &Server, data: &Path) -> anyhow::Result<()> {
    let party = Party::of(felles, data, &[])?;
    let before = server.processor_time()?;
    let times = at_once(&party).await?;
    let per_core = times.len() as f64 / (server.processor_time()? - before);
    report("sign_ins_per_second", times.len() as f64 / TIME.as_secs_f64(), "1/s");
    report("sign_ins_p99", percentile(times, 99), "ms");
    report("sign_ins_per_core_second", per_core, "1/s");

    report("sign_ins_steady_350_p99", percentile(steadily(&party).await?, 99), "ms");

    // As oidc-provider's: an access token that is looked up, so that the id token alone is signed.
    let told = ["--description", "benchmarks"];
    felles.run(&[&["scope", "add", "idporten", OPAQUE, "--opaque"], &told[..]].concat())?;
    let party = Party::of(felles, data, &["--scope", OPAQUE])?;
    let before = server.processor_time()?;
    let times = at_once(&party).await?;
    let per_core = times.len() as f64 / (server.processor_time()? - before);
    report("sign_ins_opaque_per_second", times.len() as f64 / TIME.as_secs_f64(), "1/s");
    report("sign_ins_opaque_per_core_second", per_core, "1/s");

    if let Some(peer) = Peer::start("sign-in-server.mjs", &[REDIRECT])? {
        let party = Arc::new(Party {
            address: peer.address(),
            base: peer.issuer(),
            issuer: peer.issuer(),
            authorize: "/auth",
            token: "/token",
            userinfo: "/me",
            client_id: "peer".to_owned(),
            key: peer.key.clone(),
            people: Vec::new(),
            scope: "openid profile".to_owned(),
        });
        let before = peer.processor_time()?;
        let times = at_once(&party).await?;
        let of_peer = times.len() as f64 / (peer.processor_time()? - before);
        report("sign_ins_oidc_provider_per_second", times.len() as f64 / TIME.as_secs_f64(), "1/s");
        report("sign_ins_oidc_provider_p99", percentile(times, 99), "ms");
        report("sign_ins_opaque_to_oidc_provider_per_core", per_core / of_peer, "ratio");
    }
    Ok(())
}

/// How long each sign-in took, of as many as [`AT_ONCE`] manage in [`TIME`].
pub async fn at_once(party: &Arc<Party>) -> anyhow::Result<Vec<Duration>> {
    let next = Arc::new(AtomicUsize::new(0));
    let begin = Instant::now();
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (party, next) = (Arc::clone(party), Arc::clone(&next));
            tokio::spawn(async move {
                let mut connection = Connection::open(&party.address).await?;
                let mut times = Vec::new();
                while begin.elapsed() < TIME {
                    let start = Instant::now();
                    party.sign_in(&mut connection, next.fetch_add(1, Ordering::Relaxed)).await?;
                    times.push(start.elapsed());
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await.context("a worker died")??);
    }
    Ok(times)
}

/// How long each sign-in took, of [`STEADY`] a second that begin whether the earlier ones have ended or not.
async fn steadily(party: &Arc<Party>) -> anyhow::Result<Vec<Duration>> {
    let (rate, time) = STEADY;
    let mut pace = tokio::time::interval(Duration::from_secs(1) / rate as u32);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let idle = Arc::new(std::sync::Mutex::new(Vec::<Connection>::new()));
    let mut begun = Vec::new();
    for n in 0..(rate * time.as_secs()) as usize {
        // What it waits beyond its turn counts.
        let due = pace.tick().await.into_std();
        let (party, idle) = (Arc::clone(party), Arc::clone(&idle));
        begun.push(tokio::spawn(async move {
            let kept = idle.lock().ok().and_then(|mut idle| idle.pop());
            let mut connection = match kept {
                Some(connection) => connection,
                None => Connection::open(&party.address).await?,
            };
            party.sign_in(&mut connection, n).await?;
            if let Ok(mut idle) = idle.lock() {
                idle.push(connection);
            }
            anyhow::Ok(due.elapsed())
        }));
    }
    let mut times = Vec::new();
    for one in begun {
        times.push(one.await.context("a sign-in died")??);
    }
    Ok(times)
}

/// A relying party of one of the providers.
pub struct Party {
    address: String,
    base: String,
    issuer: String,
    authorize: &'static str,
    token: &'static str,
    userinfo: &'static str,
    client_id: String,
    key: SigningKey,
    /// Who signs in; empty where the provider asks nobody.
    people: Vec<String>,
    /// What it asks for.
    scope: String,
}

impl Party {
    /// A new client of ID-porten, registered with these arguments besides.
    pub fn of(felles: &Installation, data: &Path, more: &[&str]) -> anyhow::Result<Arc<Self>> {
        let registered =
            felles.json(&[&["client", "add", "idporten", "--redirect-uri", REDIRECT], more].concat())?;
        let client = client_key(&registered)?;
        let people = std::fs::read_to_string(data.join("nation/moedre.txt"))?;
        let more = more.get(1).map_or(String::new(), |scope| format!(" {scope}"));
        Ok(Arc::new(Self {
            address: felles.address(),
            base: felles.base(),
            issuer: format!("{}/idporten", felles.base()),
            authorize: "/idporten/authorize",
            token: "/idporten/token",
            userinfo: "/idporten/userinfo",
            client_id: client.client_id,
            key: client.key,
            people: people.lines().map(str::to_owned).collect(),
            scope: format!("openid profile{more}"),
        }))
    }

    /// One whole sign-in, in a new browser, with a look at who it is.
    async fn sign_in(&self, connection: &mut Connection, n: usize) -> anyhow::Result<()> {
        let access = self.access_token(connection, n).await?;
        let request = self
            .request("GET", self.userinfo, &BTreeMap::new())
            .header(header::AUTHORIZATION, format!("Bearer {access}"))
            .body(Full::default())?;
        let person: Value = serde_json::from_slice(&self.success(connection, request).await?)?;
        anyhow::ensure!(person["sub"].is_string(), "no sub");
        Ok(())
    }

    /// Signs the n-th person in and gives the access token.
    pub async fn access_token(&self, connection: &mut Connection, n: usize) -> anyhow::Result<String> {
        let mut cookies = BTreeMap::new();
        let code = self.code(connection, &mut cookies, n).await?;
        let now = Clock::system().now().as_second();
        let claims = json!({ "iss": self.client_id, "sub": self.client_id, "aud": self.issuer, "iat": now, "exp": now + 60,
            "jti": Rng::system().uuid() });
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", PKCE.0),
            ("client_assertion_type", idporten::ASSERTION_TYPE),
            ("client_assertion", &self.key.sign_jwt(None, &claims)?),
        ];
        let request = self.request("POST", self.token, &BTreeMap::new()).body(written(&form))?;
        let tokens: Value = serde_json::from_slice(&self.success(connection, request).await?)?;
        anyhow::ensure!(tokens["id_token"].is_string(), "no id_token");
        Ok(tokens["access_token"].as_str().context("no access_token")?.to_owned())
    }

    /// From the authorization request to the code, as a browser goes.
    async fn code(
        &self,
        connection: &mut Connection,
        cookies: &mut BTreeMap<String, String>,
        n: usize,
    ) -> anyhow::Result<String> {
        let mut at = format!(
            "{}?response_type=code&client_id={}&redirect_uri={}&scope={}&state=s{n}&nonce=n{n}&code_challenge={}&code_challenge_method=S256",
            self.authorize,
            self.client_id,
            encoded(REDIRECT),
            encoded(&self.scope),
            PKCE.1
        );
        let mut form = None;
        for _ in 0..HOPS {
            let method = if form.is_some() { "POST" } else { "GET" };
            let request = self.request(method, &at, cookies).body(form.take().unwrap_or_default())?;
            let answer = connection.send(request).await?;
            keep(cookies, answer.headers());
            match answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()) {
                Some(to) => match to.strip_prefix(REDIRECT) {
                    Some(query) => {
                        let mut pairs = query.trim_start_matches('?').split('&');
                        let code = pairs
                            .find_map(|pair| pair.strip_prefix("code="))
                            .with_context(|| format!("sent back without a code: {query}"))?;
                        return Ok(code.to_owned());
                    }
                    None => at = to.strip_prefix(&self.base).unwrap_or(to).to_owned(),
                },
                // The sign-in page: its form goes to its own address.
                None if answer.status() == StatusCode::OK => {
                    let (page, query) = at.split_once('?').context("a page without its sign-in")?;
                    let id = query.split('&').find_map(|pair| pair.strip_prefix("id=")).context("no id")?;
                    let person =
                        self.people.get(n % self.people.len().max(1)).context("nobody to sign in")?;
                    form = Some(written(&[("id", id), ("personidentifikator", person)]));
                    at = page.to_owned();
                }
                None => anyhow::bail!(
                    "{at} answered {}: {}",
                    answer.status(),
                    String::from_utf8_lossy(answer.body())
                ),
            }
        }
        anyhow::bail!("sent round and round")
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        cookies: &BTreeMap<String, String>,
    ) -> http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.base.trim_start_matches("http://"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        request
    }

    async fn success(
        &self,
        connection: &mut Connection,
        request: Request<Full<Bytes>>,
    ) -> anyhow::Result<Bytes> {
        let answer = connection.send(request).await?;
        let (status, body) = (answer.status(), answer.into_body());
        anyhow::ensure!(status.is_success(), "answered {status}: {}", String::from_utf8_lossy(&body));
        Ok(body)
    }
}

/// Keeps the cookies that an answer sets, and forgets those that it ends.
fn keep(cookies: &mut BTreeMap<String, String>, headers: &HeaderMap) {
    for set in headers.get_all(header::SET_COOKIE) {
        let pair =
            set.to_str().ok().and_then(|set| set.split(';').next()).and_then(|pair| pair.split_once('='));
        match pair {
            Some((name, "")) => drop(cookies.remove(name)),
            Some((name, value)) => drop(cookies.insert(name.to_owned(), value.to_owned())),
            None => {}
        }
    }
}

fn written(form: &[(&str, &str)]) -> Full<Bytes> {
    let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Full::new(Bytes::from(pairs.join("&")))
}

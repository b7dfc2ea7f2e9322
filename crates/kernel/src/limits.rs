//! How often somebody may ask: by address before anything is known of them, by client and by person once they have shown
//! who they are – never by who they say that they are, or one could use up another's share.
//!
//! The algorithm is GCRA (crate `governor`), in memory, for each process by itself. Keys are kept as hashes, and forgotten
//! when their share is whole again. Calls within the process have no address and are never limited.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::ConnectInfo;
use axum::response::Response;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use http::{Extensions, HeaderValue, StatusCode, header};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// After so many questions what is whole again is forgotten.
const SWEEP: u32 = 8192;

/// So many a minute, evenly, and so many at once after a rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many a minute.
    pub per_minute: NonZeroU32,
    /// How many at once.
    pub burst: NonZeroU32,
}

const fn rate(per_minute: u32, burst: u32) -> Rate {
    match (NonZeroU32::new(per_minute), NonZeroU32::new(burst)) {
        (Some(per_minute), Some(burst)) => Rate { per_minute, burst },
        _ => Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::MIN },
    }
}

/// `[limits]`: what is left out has a default that only misuse meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// An address at the pages that people see. Many people share one: offices, mobile networks.
    pub address: Rate,
    /// An address at the endpoints that programs call.
    pub program_address: Rate,
    /// A client that has shown who it is.
    pub client: Rate,
    /// A person who has shown who they are.
    pub person: Rate,
    /// Addresses without any limit; this machine's own unless set.
    pub exempt: Vec<IpNet>,
}

impl Default for Limits {
    fn default() -> Self {
        let net = |address: IpAddr, bits| IpNet::new(address, bits).ok();
        let loopback = [net([127, 0, 0, 0].into(), 8), net(Ipv6Addr::LOCALHOST.into(), 128)];
        Self {
            address: rate(6_000, 2_000),
            program_address: rate(300_000, 20_000),
            client: rate(120_000, 10_000),
            person: rate(10, 30),
            exempt: loopback.into_iter().flatten().collect(),
        }
    }
}

/// Whose share is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// An address's, at pages.
    Address,
    /// An address's, at endpoints for programs.
    ProgramAddress,
    /// A client's.
    Client,
    /// A person's.
    Person,
}

impl Whose {
    /// As metrics name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address | Self::ProgramAddress => "address",
            Self::Client => "client",
            Self::Person => "person",
        }
    }
}

/// A share is used up; the answer is 429 (RFC 6585 § 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// Whose.
    pub whose: Whose,
    /// When there is something of it again; seconds from now, at least one.
    pub seconds: u64,
}

impl Exceeded {
    /// Makes `response` the 429 that it should be; metrics find `self` among its extensions.
    pub fn mark(self, mut response: Response) -> Response {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(self.seconds));
        response.extensions_mut().insert(self);
        response
    }
}

/// Our clock, as `governor` reads it.
#[derive(Debug, Clone)]
struct Time(Clock);

impl governor::clock::Clock for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(u64::try_from(self.0.now().as_nanosecond()).unwrap_or_default())
    }
}

type Keyed = RateLimiter<u64, HashMapStateStore<u64>, Time, NoOpMiddleware<Nanos>>;

/// Counts who asks. Clones share it.
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    time: Time,
    hasher: RandomState,
    exempt: Vec<IpNet>,
    address: Keyed,
    program_address: Keyed,
    client: Keyed,
    person: Keyed,
    asked: AtomicU32,
}

tokio::task_local! {
    /// Whether the present request comes from an address that has limits.
    static LIMITED: bool;
}

/// Runs what answers a request; `limited` as [`Limiter::address`] said.
pub async fn within<F: Future>(limited: bool, answer: F) -> F::Output {
    LIMITED.scope(limited, answer).await
}

/// Where a request comes from; nowhere, if from this process.
pub fn address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical())
}

/// What counts as one address: of IPv6 the first 64 bits, which one subscriber has.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Limiter {
    /// Counts by these limits.
    pub fn new(limits: &Limits, clock: Clock) -> Self {
        let time = Time(clock);
        let keyed = |rate: Rate| {
            let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
            Keyed::hashmap_with_clock(quota, time.clone())
        };
        Self(Arc::new(Inner {
            hasher: RandomState::new(),
            exempt: limits.exempt.clone(),
            address: keyed(limits.address),
            program_address: keyed(limits.program_address),
            client: keyed(limits.client),
            person: keyed(limits.person),
            asked: AtomicU32::new(0),
            time,
        }))
    }

    /// Counts a request from `address`, at a page or at an endpoint for programs. Whether its client and person are to be
    /// counted too ([`within`]).
    pub fn address(&self, address: Option<IpAddr>, program: bool) -> Result<bool, Exceeded> {
        let Some(address) = address else { return Ok(false) };
        if self.0.exempt.iter().any(|net| net.contains(&address)) {
            return Ok(false);
        }
        let whose = if program { Whose::ProgramAddress } else { Whose::Address };
        self.count(whose, &subscriber(address)).map(|()| true)
    }

    /// Counts what a client does that has shown who it is.
    pub fn client(&self, client_id: &str) -> Result<(), Exceeded> {
        self.count_within(Whose::Client, client_id)
    }

    /// Counts what a person does who has shown who they are.
    pub fn person(&self, personidentifikator: &str) -> Result<(), Exceeded> {
        self.count_within(Whose::Person, personidentifikator)
    }

    fn count_within(&self, whose: Whose, key: &str) -> Result<(), Exceeded> {
        if LIMITED.try_with(|limited| *limited).unwrap_or(false) { self.count(whose, key) } else { Ok(()) }
    }

    fn keyed(&self, whose: Whose) -> &Keyed {
        match whose {
            Whose::Address => &self.0.address,
            Whose::ProgramAddress => &self.0.program_address,
            Whose::Client => &self.0.client,
            Whose::Person => &self.0.person,
        }
    }

    fn count<K: Hash + ?Sized>(&self, whose: Whose, key: &K) -> Result<(), Exceeded> {
        if self.0.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            for keyed in [&self.0.address, &self.0.program_address, &self.0.client, &self.0.person] {
                keyed.retain_recent();
            }
        }
        self.keyed(whose).check_key(&self.0.hasher.hash_one(key)).map_err(|until| {
            let wait = until.wait_time_from(self.0.time.now());
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            Exceeded { whose, seconds: u64::try_from(seconds).unwrap_or(u64::MAX) }
        })
    }

    /// How many keys are remembered.
    pub fn remembered(&self) -> usize {
        [Whose::Address, Whose::ProgramAddress, Whose::Client, Whose::Person]
            .into_iter()
            .map(|whose| self.keyed(whose).len())
            .sum()
    }
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limiter")
    }
}

/// `[proxy]`: who stands between people and us.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Proxies {
    /// The addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted: Vec<IpNet>,
}

impl Proxies {
    /// Puts the address that a trusted proxy tells of where the peer's stood: the last in `X-Forwarded-For` that is no
    /// trusted proxy itself. What stands before it anybody could have written.
    pub fn look_through(&self, headers: &http::HeaderMap, extensions: &mut Extensions) {
        let trusted = |address: &IpAddr| self.trusted.iter().any(|net| net.contains(address));
        let Some(peer) = address(extensions).filter(trusted) else { return };
        let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        let mut from = peer;
        for hop in hops.into_iter().rev() {
            let bare = hop.parse().or_else(|_| hop.parse::<SocketAddr>().map(|address| address.ip()));
            let Ok(address) = bare else { break };
            from = address.to_canonical();
            if !trusted(&from) {
                break;
            }
        }
        extensions.insert(ConnectInfo(SocketAddr::new(from, 0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn limiter(limits: &Limits) -> (Limiter, Clock) {
        let clock = Clock::fixed("2026-11-25T00:00:00Z".parse().unwrap());
        (Limiter::new(limits, clock.clone()), clock)
    }

    #[expect(clippy::unnecessary_wraps, reason = "as a limiter takes it")]
    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn an_address_has_its_share_and_gets_it_back_with_time() {
        let (limiter, clock) = limiter(&Limits { address: rate(60, 3), ..Limits::default() });
        let ask = |address| limiter.address(ip(address), false);
        for _ in 0..3 {
            assert_eq!(ask("192.0.2.1"), Ok(true));
        }
        assert_eq!(ask("192.0.2.1"), Err(Exceeded { whose: Whose::Address, seconds: 1 }));
        // Mapped into IPv6 it is the same; others, programs, this machine and the process itself are not touched.
        assert!(ask("::ffff:192.0.2.1").is_err());
        assert_eq!(ask("192.0.2.2"), Ok(true));
        assert_eq!(limiter.address(ip("192.0.2.1"), true), Ok(true));
        for _ in 0..100 {
            assert_eq!(ask("127.0.0.1"), Ok(false));
            assert_eq!(limiter.address(None, false), Ok(false));
        }
        clock.advance(SignedDuration::from_secs(1));
        assert!(ask("192.0.2.1").is_ok());
        assert!(ask("192.0.2.1").is_err());
    }

    #[test]
    fn of_ipv6_a_subscriber_counts_as_one() {
        let (limiter, _) = limiter(&Limits { address: rate(60, 1), ..Limits::default() });
        assert!(limiter.address(ip("2001:db8:1:2::1"), false).is_ok());
        assert!(limiter.address(ip("2001:db8:1:2:ffff::9"), false).is_err());
        assert!(limiter.address(ip("2001:db8:1:3::1"), false).is_ok());
    }

    #[test]
    fn who_is_idle_is_forgotten() {
        let (limiter, clock) = limiter(&Limits { address: rate(60, 2), ..Limits::default() });
        for round in 0..4_u32 {
            for n in 0..SWEEP {
                let _ = limiter.address(
                    Some(std::net::Ipv4Addr::from_bits(0x0b00_0000 + round * SWEEP + n).into()),
                    false,
                );
            }
            clock.advance(SignedDuration::from_secs(10));
        }
        assert!(limiter.remembered() <= SWEEP as usize + 1, "{}", limiter.remembered());
    }

    #[tokio::test]
    async fn clients_and_people_count_where_the_address_does() {
        let (limiter, _) = limiter(&Limits { client: rate(60, 1), person: rate(60, 1), ..Limits::default() });
        for _ in 0..9 {
            assert!(limiter.client("en").is_ok());
            within(false, async { assert!(limiter.client("en").is_ok()) }).await;
        }
        within(true, async {
            assert!(limiter.client("en").is_ok());
            assert_eq!(limiter.client("en").unwrap_err().whose, Whose::Client);
            assert!(limiter.client("to").is_ok());
            assert!(limiter.person("en").is_ok());
            // A call within the process, on the way.
            within(false, async { assert!(limiter.client("en").is_ok()) }).await;
        })
        .await;
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_what_it_wrote() {
        let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()] };
        let from = |peer: &str, forwarded: &[&str]| {
            let mut headers = http::HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            proxies.look_through(&headers, &mut extensions);
            address(&extensions).unwrap().to_string()
        };
        assert_eq!(from("192.0.2.9", &["198.51.100.1"]), "192.0.2.9");
        assert_eq!(from("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &["203.0.113.66, 198.51.100.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &["tull, 10.0.0.3"]), "10.0.0.3");
        assert_eq!(from("10.0.0.1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(from("10.0.0.1", &["198.51.100.1:5000"]), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &[]), "10.0.0.1");
        let mut none = Extensions::new();
        proxies.look_through(&http::HeaderMap::new(), &mut none);
        assert_eq!(address(&none), None);
    }
}

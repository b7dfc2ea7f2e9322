//! How strict a client is treated: as ID-porten's clients are today, or by the FAPI 2.0 Security Profile.

use kernel::jose::Alg;
use serde::{Deserialize, Serialize};

use super::client::{ApplicationType, AuthMethod, CodeChallengeMethod, NewClient};
use super::{assertion, client::RefreshTokenUsage};

/// The algorithms that the provider signs with; it has a key for each, and each client gets one of them.
pub const SIGNING: [Alg; 3] = [Alg::RS256, Alg::ES256, Alg::EdDSA];
/// The algorithms of FAPI 2.0 (§ 5.4.1).
pub const FAPI: [Alg; 3] = [Alg::PS256, Alg::ES256, Alg::EdDSA];

/// What a client is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecurityProfile {
    /// What ID-porten demands of everybody.
    #[default]
    Standard,
    /// The FAPI 2.0 Security Profile: pushed requests only, assertions addressed to the issuer alone, tokens bound to a
    /// key (DPoP), no signature by RS256, refresh tokens that stay.
    Fapi2,
}

impl NewClient {
    /// Whether it is held to FAPI 2.0.
    pub fn is_fapi(&self) -> bool {
        self.security_profile == SecurityProfile::Fapi2
    }

    /// Whether its requests must be pushed.
    pub fn must_push(&self) -> bool {
        self.require_pushed_authorization_requests || self.is_fapi()
    }

    /// Whether its tokens are always bound to a key.
    pub fn must_prove(&self) -> bool {
        self.dpop_bound_access_tokens || self.is_fapi()
    }

    /// The algorithm that its tokens are signed with.
    pub fn signing_alg(&self) -> Alg {
        let usual = if self.is_fapi() { Alg::ES256 } else { Alg::RS256 };
        self.id_token_signed_response_alg.unwrap_or(usual)
    }

    /// The algorithms that its assertions may be signed with.
    pub fn assertion_algs(&self) -> &'static [Alg] {
        if self.is_fapi() { &FAPI } else { &assertion::ALGS }
    }

    /// Whether its refresh tokens are replaced when they are used. FAPI 2.0 (§ 5.3.2.1) forbids it: its clients show who
    /// they are each time, and would lose their authorization with every answer that does not come through.
    pub fn rotates(&self) -> bool {
        !self.is_fapi() && (self.is_public() || self.refresh_token_usage == RefreshTokenUsage::OneTime)
    }

    /// Whether the registration fits what the client is held to.
    pub fn check_profile(&self) -> Result<(), &'static str> {
        if !SIGNING.contains(&self.signing_alg()) {
            return Err("id_token_signed_response_alg is not supported");
        }
        if !self.is_fapi() {
            return Ok(());
        }
        if self.application_type != ApplicationType::Web || self.auth_method != AuthMethod::PrivateKeyJwt {
            return Err("the FAPI 2.0 profile is for web clients with private_key_jwt");
        }
        if self.code_challenge_method == CodeChallengeMethod::None {
            return Err("the FAPI 2.0 profile demands PKCE");
        }
        if !FAPI.contains(&self.signing_alg()) {
            return Err("the FAPI 2.0 profile does not allow RS256");
        }
        let allowed = |alg: &str| FAPI.iter().any(|known| known.as_str() == alg);
        if self.jwks.iter().any(|jwk| jwk.alg.as_deref().is_some_and(|alg| !allowed(alg))) {
            return Err("the FAPI 2.0 profile allows keys for PS256, ES256 and EdDSA");
        }
        Ok(())
    }
}

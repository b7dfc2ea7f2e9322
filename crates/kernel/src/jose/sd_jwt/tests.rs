use super::*;

/// The issuer of RFC 9901's examples (appendix A.5).
fn rfc_issuer() -> PublicKey {
    let jwk = json!({ "kty": "EC", "crv": "P-256",
        "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ", "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8" });
    PublicKey::from_jwk(&Jwk::from_value(&jwk).unwrap()).unwrap()
}

/// The presentation of RFC 9901 § 5.2.
const RFC_PRESENTATION: &str = "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0.eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJkdDJTSDVhVFkxc1VfTS1QZ2tqUEkiLCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIsICJQb3JGYnBLdVZ1Nnh5bUphZ3ZrRnNGWEFiUm9jMkpHbEFVQTJCQTRvN2NJIiwgIlRHZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnREc3JaemZVYW9tTG8iLCAiWFFfM2tQS3QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZSS0JNTSIsICJYekZyendzY002R242Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRFIiwgImdiT3NJNEVkcTJ4Mkt3LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNvUUw5Sk0iLCAianN1OXlWdWx3UVFsaEZsTV8zSmx6TWFTRnpnbGhRRzBEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVyLmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgzMDAwMDAwLCAic3ViIjogInVzZXJfNDIiLCAibmF0aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5kamtaX1ZDem15VGE2VWpsWm8zZGgta284YUlLUWM5RGxHemhhVllvIn0sIHsiLi4uIjogIjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0sICJfc2RfYWxnIjogInNoYS0yNTYiLCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJjcnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0dmZTVm9ISVAxSUxpbERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVjQ0U2dDRqVDlGMkhaUSJ9fX0.MczwjBFGtzf-6WMT-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY2uHz-CXo6R04b7jYrpj9mNRAvVssXou1iw~WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd~WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2FsaXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV0~WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd~WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0~eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImtiK2p3dCJ9.eyJub25jZSI6ICIxMjM0NTY3ODkwIiwgImF1ZCI6ICJodHRwczovL3ZlcmlmaWVyLmV4YW1wbGUub3JnIiwgImlhdCI6IDE3NDg1MzcyNDQsICJzZF9oYXNoIjogIjBfQWYtMkItRWhMV1g1eWRoX3cyeHp3bU82aU02NkJfMlFDRWFuSTRmVVkifQ.T3SIus2OidNl41nmVkTZVCKKhOAX97aOldMyHFiYjHm261eLiJ1YiuONFiMN8QlCmYzDlBLAdPvrXh52KaLgUQ";

#[test]
fn the_rfcs_hashes() {
    // RFC 9901 § 4.2.3, an object's member and an array's element.
    let member = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    assert_eq!(hash(member), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    assert!(matches!(Disclosure::read(member).unwrap(),
        Disclosure::Member(name, value) if name == "family_name" && value == "Möbius"));
    let element = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    assert_eq!(hash(element), "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs");
    assert!(matches!(Disclosure::read(element).unwrap(), Disclosure::Element(value) if value == "FR"));
}

#[test]
fn the_rfcs_presentation_verifies_and_shows_what_the_holder_chose() {
    let parsed = SdJwt::parse(RFC_PRESENTATION).unwrap();
    assert_eq!(parsed.unverified_issuer().unwrap(), "https://issuer.example.com");
    let verified = parsed.verify(&rfc_issuer(), &[Alg::ES256]).unwrap();
    let claims = Value::Object(verified.claims().clone());
    let expected = json!({
        "iss": "https://issuer.example.com", "iat": 1_683_000_000, "exp": 1_883_000_000, "sub": "user_42",
        "nationalities": ["US"], "given_name": "John", "family_name": "Doe",
        "address": { "street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US" },
        "cnf": { "jwk": { "kty": "EC", "crv": "P-256", "x": "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc",
            "y": "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ" } },
    });
    assert_eq!(claims, expected);
    let (audience, nonce, at) = ("https://verifier.example.org", "1234567890", 1_748_537_244);
    verified.bound(audience, nonce, at).unwrap();
    assert!(verified.lives(at) && !verified.lives(1_883_000_000));
    for (audience, nonce, at) in [
        ("https://other.example.org", nonce, at),
        (audience, "1234567891", at),
        (audience, nonce, at + WINDOW + 1),
        (audience, nonce, at - WINDOW - 1),
    ] {
        assert!(verified.bound(audience, nonce, at).is_err(), "{audience} {nonce} {at}");
    }
}

#[test]
fn what_is_added_taken_or_altered_is_found() {
    let issuer = rfc_issuer();
    let parts: Vec<&str> = RFC_PRESENTATION.split('~').collect();
    let (jwt, binding) = (parts[0], parts[parts.len() - 1]);
    let verify =
        |text: &str| SdJwt::parse(text).and_then(|one| one.verify(&issuer, &[Alg::ES256]).map(|_| ()));
    let bound = |text: &str| {
        let parsed = SdJwt::parse(text).unwrap();
        parsed.verify(&issuer, &[Alg::ES256]).unwrap().bound(
            "https://verifier.example.org",
            "1234567890",
            1_748_537_244,
        )
    };
    assert!(bound(RFC_PRESENTATION).is_ok());
    // A claim fewer is still the issuer's, but not what the holder signed.
    assert!(bound(&format!("{jwt}~{}~{binding}", parts[1])).is_err());
    assert!(bound(&format!("{jwt}~{}~", parts[1])).is_err());
    let forged = URL_SAFE_NO_PAD.encode(r#"["2GLC42sKQveCfGfryNRN9w", "given_name", "Jane"]"#);
    for text in [
        format!("{jwt}~{forged}~"),
        format!("{jwt}~{0}~{0}~", parts[1]),
        format!("{jwt}~~"),
        format!("{jwt}~{}~~", parts[1]),
        format!("{jwt}~%~"),
        format!("{jwt}~e30~"),
        jwt.to_owned(),
        String::new(),
        "~".to_owned(),
        format!("{jwt}x~"),
        format!("{jwt}~{}", "e30~".repeat(MOST + 1)),
    ] {
        assert!(verify(&text).is_err(), "{text}");
    }
    let other = SigningKey::generate(Alg::ES256).unwrap().public_key().unwrap();
    assert!(SdJwt::parse(RFC_PRESENTATION).unwrap().verify(&other, &[Alg::ES256]).is_err());
    assert!(SdJwt::parse(RFC_PRESENTATION).unwrap().verify(&issuer, &[Alg::EdDSA]).is_err());
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn what_is_issued_can_be_presented_by_its_holder_alone() {
    let (issuer, holder) =
        (SigningKey::generate(Alg::ES256).unwrap(), SigningKey::generate(Alg::ES256).unwrap());
    let rng = Rng::seeded(1);
    let open =
        object(json!({ "iss": "https://i", "vct": "v", "exp": 2000, "cnf": { "jwk": holder.public_jwk() } }));
    let hidden = object(json!({ "given_name": "Kari", "age": 30, "nationalities": ["NO"] }));
    let credential = issue(&issuer, &[], open, hidden, &rng).unwrap();
    assert!(credential.ends_with('~') && !credential.split('~').next().unwrap().contains("Kari"));
    let shown = present(&credential, &["given_name"], &holder, "https://rp", "n", 1000).unwrap();
    let key = issuer.public_key().unwrap();
    let verified = SdJwt::parse(&shown).unwrap().verify(&key, &[Alg::ES256]).unwrap();
    assert_eq!(verified.typ(), Some(TYP));
    assert_eq!(verified.claims()["given_name"], "Kari");
    assert!(!verified.claims().contains_key("age") && !verified.claims().contains_key("_sd"));
    assert!(verified.bound("https://rp", "n", 1000).is_ok());
    assert!(verified.lives(1999) && !verified.lives(2000));

    let thief = SigningKey::generate(Alg::ES256).unwrap();
    let stolen = present(&credential, &["given_name"], &thief, "https://rp", "n", 1000).unwrap();
    let verified = SdJwt::parse(&stolen).unwrap().verify(&key, &[Alg::ES256]).unwrap();
    assert!(matches!(verified.bound("https://rp", "n", 1000), Err(JoseError::Signature)));
}

#[test]
fn an_issuer_cannot_hide_what_must_stand_openly_nor_say_a_thing_twice() {
    let issuer = SigningKey::generate(Alg::ES256).unwrap();
    let key = issuer.public_key().unwrap();
    let verify = |payload: Value, disclosures: &[&str]| {
        let text = format!("{}~{}~", issuer.sign_jwt(Some(TYP), &payload).unwrap(), disclosures.join("~"));
        SdJwt::parse(&text)
            .and_then(|one| one.verify(&key, &[Alg::ES256]).map(|verified| verified.claims().clone()))
    };
    let made = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let (a, exp, element) = (made(json!(["s", "a", 1])), made(json!(["s", "exp", 1])), made(json!(["s", 1])));
    assert_eq!(verify(json!({ "_sd": [hash(&a)] }), &[&a]).unwrap()["a"], 1);
    assert_eq!(
        verify(json!({ "x": [{ "...": hash(&element) }, { "...": "decoy" }] }), &[&element]).unwrap()["x"],
        json!([1])
    );
    let inner = made(json!(["s", "b", { "_sd": [hash(&a)] }]));
    assert_eq!(verify(json!({ "_sd": [hash(&inner)] }), &[&inner, &a]).unwrap()["b"]["a"], 1);
    for (payload, disclosures) in [
        (json!({ "_sd": [hash(&exp)] }), vec![exp.as_str()]),
        (json!({ "_sd": [hash(&a)], "a": 2 }), vec![&a]),
        (json!({ "_sd": [hash(&a), hash(&a)] }), vec![&a]),
        (json!({ "_sd": [hash(&a)], "b": { "_sd": [hash(&a)] } }), vec![&a]),
        (json!({ "_sd": [hash(&element)] }), vec![&element]),
        (json!({ "x": [{ "...": hash(&a) }] }), vec![&a]),
        (json!({ "_sd": [1] }), vec![&a]),
        (json!({ "_sd": "x" }), vec![&a]),
        (json!({ "_sd": [hash(&a)], "_sd_alg": "sha-512" }), vec![&a]),
        (json!({ "_sd": [hash(&inner)] }), vec![&a]),
    ] {
        assert!(verify(payload.clone(), &disclosures).is_err(), "{payload}");
    }
    let mut deep = made(json!(["s", "a", 1]));
    let mut all = vec![deep.clone()];
    for _ in 0..DEEPEST + 2 {
        deep = made(json!(["s", "a", { "_sd": [hash(&deep)] }]));
        all.push(deep.clone());
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert!(verify(json!({ "_sd": [hash(&deep)] }), &all).is_err());
}

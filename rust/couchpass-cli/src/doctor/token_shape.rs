//! What can be seen of a JWT without its key: whether it is whole, signed, and what it claims.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// A token that is whole, as far as one can see.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TokenShape {
    /// A JWS: three parts.
    Signed { algorithm: String, claims: Map<String, Value> },
    /// A JWE: five parts; what it claims is for its reader alone.
    Encrypted,
}

/// What is wrong with one. Holds nothing of the token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Parts(usize),
    Signs,
    Header,
    Claims,
    Unsigned,
    CutOff { algorithm: String, bytes: usize },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parts(1) => f.write_str("is no JWT: it has no dots"),
            Self::Parts(count) => {
                write!(f, "has {count} parts, where a JWT has three or five: it is cut off, or is none")
            }
            Self::Signs => f.write_str("has signs in it that no JWT has, such as spaces or line breaks"),
            Self::Header => f.write_str("has a first part that is not the Base64 of JSON"),
            Self::Claims => f.write_str("has a second part that is not the Base64 of JSON"),
            Self::Unsigned => f.write_str("is not signed"),
            Self::CutOff { algorithm, bytes } => {
                write!(f, "is cut off: its signature has {bytes} bytes, and one by {algorithm} has others")
            }
        }
    }
}

/// Looks at a JWS or JWE in its compact form.
pub(super) fn look_at(token: &str) -> Result<TokenShape, Flaw> {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'.');
    if !token.bytes().all(is_known) {
        return Err(Flaw::Signs);
    }
    let parts: Vec<&str> = token.split('.').collect();
    match parts.as_slice() {
        [header, claims, signature] => {
            let header = object(header).ok_or(Flaw::Header)?;
            let claims = object(claims).ok_or(Flaw::Claims)?;
            let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
            if signature.is_empty() || algorithm.is_empty() || algorithm.eq_ignore_ascii_case("none") {
                return Err(Flaw::Unsigned);
            }
            let algorithm = algorithm.to_owned();
            match decode(signature).map(|signature| signature.len()) {
                Some(bytes) if is_signature(&algorithm, bytes) => {
                    Ok(TokenShape::Signed { algorithm, claims })
                }
                bytes => Err(Flaw::CutOff { algorithm, bytes: bytes.unwrap_or(signature.len() * 3 / 4) }),
            }
        }
        [header, _, _, text, tag] => {
            let header = object(header).ok_or(Flaw::Header)?;
            let is_whole = header.contains_key("enc") && !text.is_empty() && !tag.is_empty();
            if is_whole { Ok(TokenShape::Encrypted) } else { Err(Flaw::Parts(parts.len())) }
        }
        parts => Err(Flaw::Parts(parts.len())),
    }
}

/// Whether a signature by this algorithm (RFC 7518) has so many bytes; of an unknown one nobody can say.
fn is_signature(algorithm: &str, bytes: usize) -> bool {
    match algorithm {
        "HS256" => bytes == 32,
        "HS384" => bytes == 48,
        "HS512" | "ES256" | "EdDSA" => bytes == 64,
        "ES384" => bytes == 96,
        "ES512" => bytes == 132,
        // As long as the key: 2048 bits at least, and nobody makes odd sizes.
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => matches!(bytes, 256 | 384 | 512 | 1024),
        _ => bytes > 0,
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&decode(part)?).ok()
}

fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str, signature_bytes: usize) -> String {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        format!("{}.{}.{}", part(header.as_bytes()), part(claims.as_bytes()), part(&vec![7; signature_bytes]))
    }

    #[test]
    fn a_whole_token_tells_what_it_claims() {
        let Ok(TokenShape::Signed { algorithm, claims }) =
            look_at(&token(r#"{"alg":"RS256"}"#, r#"{"exp":5}"#, 256))
        else {
            panic!("it is not taken for one")
        };
        assert_eq!((algorithm.as_str(), claims["exp"].as_i64()), ("RS256", Some(5)));
        let encrypted =
            format!("{}.k.iv.text.tag", URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#));
        assert_eq!(look_at(&encrypted), Ok(TokenShape::Encrypted));
    }

    #[test]
    fn a_token_that_lost_its_end_is_noticed_wherever_it_was_cut() {
        for (algorithm, bytes) in [("HS256", 32), ("ES256", 64), ("RS256", 256), ("EdDSA", 64)] {
            let whole = token(&format!(r#"{{"alg":"{algorithm}"}}"#), r#"{"sub":"x"}"#, bytes);
            assert!(look_at(&whole).is_ok(), "{algorithm}");
            for end in 1..whole.len() {
                assert!(look_at(&whole[..end]).is_err(), "{algorithm}, cut at {end}");
            }
        }
    }

    #[test]
    fn each_flaw_has_its_name() {
        let unsigned = token(r#"{"alg":"none"}"#, "{}", 0);
        for (text, flaw) in [
            ("hello", Flaw::Parts(1)),
            ("a.b", Flaw::Parts(2)),
            ("a b.c.d", Flaw::Signs),
            ("x.e30.c2ln", Flaw::Header),
            ("e30.x.c2ln", Flaw::Claims),
            (unsigned.as_str(), Flaw::Unsigned),
        ] {
            assert_eq!(look_at(text), Err(flaw), "{text}");
        }
    }
}

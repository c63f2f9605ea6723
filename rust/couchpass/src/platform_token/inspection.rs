//! Looking into a platform token, as far as that goes without its key.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use device_auth::Timestamp;
use serde_json::{Map, Value};

use super::SsoOutcome;

/// What can be read of a token without its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(super) expires: Option<Timestamp>,
    /// Whom it is for: a digest, enough to tell one from another.
    pub(super) subject: Option<String>,
}

/// Looks into a JWS (three parts) or JWE (five), as far as that goes without a key.
pub(crate) fn inspect(token: &str) -> Result<Claims, SsoOutcome> {
    // Not all parts are decoded here, but each goes out: one that no header may hold would fail every call.
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'.');
    if !token.bytes().all(is_base64url) {
        return Err(SsoOutcome::Malformed);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let object = |part: &str| -> Option<Map<String, Value>> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
    };
    let header = parts.first().and_then(|part| object(part)).ok_or(SsoOutcome::Malformed)?;
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    match parts.as_slice() {
        [_, payload, signature] => {
            if signature.is_empty() || algorithm.is_empty() || algorithm.eq_ignore_ascii_case("none") {
                return Err(SsoOutcome::Unsigned);
            }
            object(payload).map(|payload| claims(&payload)).ok_or(SsoOutcome::Malformed)
        }
        [_, _, _, ciphertext, tag]
            if !ciphertext.is_empty() && !tag.is_empty() && header.contains_key("enc") =>
        {
            Ok(Claims::default())
        }
        _ => Err(SsoOutcome::Malformed),
    }
}

fn claims(payload: &Map<String, Value>) -> Claims {
    #[allow(clippy::cast_possible_truncation)] // Seconds that do not fit are as good as for ever.
    let seconds =
        payload.get("exp").and_then(|exp| exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64)));
    let digest = |subject: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, subject.as_bytes());
        URL_SAFE_NO_PAD.encode(digest)
    };
    Claims {
        expires: seconds.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000))),
        subject: payload.get("sub").and_then(Value::as_str).map(digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_signed_token_tells_its_expiry() {
        let token = format!("{}.{}.sig", part(r#"{"alg":"RS256"}"#), part(r#"{"exp":1700000000}"#));
        assert_eq!(inspect(&token).unwrap().expires, Some(Timestamp::from_millis(1_700_000_000_000)));
        let token = format!("{}.{}.sig", part(r#"{"alg":"RS256"}"#), part("{}"));
        assert_eq!(inspect(&token), Ok(Claims::default()));
    }

    #[test]
    fn an_encrypted_token_keeps_its_expiry_to_itself() {
        let token = format!("{}.k.iv.text.tag", part(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#));
        assert_eq!(inspect(&token), Ok(Claims::default()));
    }

    #[test]
    fn subjects_are_told_apart_and_not_kept() {
        let subject = |sub: &str| {
            let token =
                format!("{}.{}.sig", part(r#"{"alg":"RS256"}"#), part(&format!(r#"{{"sub":"{sub}"}}"#)));
            inspect(&token).unwrap().subject.unwrap()
        };
        assert_ne!(subject("a"), subject("b"));
        assert_eq!(subject("a"), subject("a"));
        assert!(!subject("somebody").contains("somebody"));
    }

    #[test]
    fn unsigned_and_malformed_tokens_are_told_apart() {
        for token in
            [format!("{}.e30.", part(r#"{"alg":"RS256"}"#)), format!("{}.e30.x", part(r#"{"alg":"none"}"#))]
        {
            assert_eq!(inspect(&token), Err(SsoOutcome::Unsigned), "{token}");
        }
        // The fuzzer's: the signature is not decoded, yet it is sent.
        for signature in ["s g", "s\ng", "s\0", "ß"] {
            let token = format!("{}.e30.{signature}", part(r#"{"alg":"RS256"}"#));
            assert_eq!(inspect(&token), Err(SsoOutcome::Malformed), "{token:?}");
        }
        for token in ["", "a", "a.b", "a.b.c", "....", "e30", "e30.e30.e30.e30.e30"] {
            assert_eq!(inspect(token), Err(SsoOutcome::Malformed), "{token}");
        }
    }
}

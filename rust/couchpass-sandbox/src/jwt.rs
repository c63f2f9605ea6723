//! Signed JSON Web Tokens (JWS, HS256): how statements and platform tokens are made here, and read again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The header of everything signed here.
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// The header of an unsigned token: two parts and a dangling dot.
const UNSIGNED: &str = r#"{"alg":"none","typ":"JWT"}"#;

/// A key that signs, and knows its own signatures.
#[derive(Clone, Debug)]
pub(crate) struct SigningKey(hmac::Key);

impl SigningKey {
    pub(crate) fn new(secret: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    /// The three parts of a signed token with these claims.
    pub(crate) fn sign<C: Serialize>(&self, claims: &C) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), payload(claims));
        format!("{signed}.{}", self.signature(&signed))
    }

    /// 32 bytes that depend on the text and the key alone.
    pub(crate) fn mac(&self, text: &str) -> Vec<u8> {
        hmac::sign(&self.0, text.as_bytes()).as_ref().to_vec()
    }

    /// A signature over any text, in URL-safe Base64.
    pub(crate) fn signature(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, text.as_bytes()))
    }

    /// The claims of a token that this key has signed; `None` for any other text.
    pub(crate) fn read<C: DeserializeOwned>(&self, token: &str) -> Option<C> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.0, signed.as_bytes(), &signature).ok()?;
        claims(signed.split_once('.')?.1)
    }
}

/// A token that nobody has signed.
pub(crate) fn unsigned<C: Serialize>(claims: &C) -> String {
    format!("{}.{}.", URL_SAFE_NO_PAD.encode(UNSIGNED), payload(claims))
}

fn payload<C: Serialize>(claims: &C) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).expect("claims are plain JSON"))
}

fn claims<C: DeserializeOwned>(payload: &str) -> Option<C> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The object that a text holds as JSON in plain Base64.
pub(crate) fn json_of_base64(text: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_slice(&base64::engine::general_purpose::STANDARD.decode(text).ok()?).ok()
}

//! Names that Adobe Pass gives to parties and things, each a type of its own so that none is taken for another.

use std::{fmt, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use device_auth::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Who asks: the channel or app as Adobe knows it. REST API v2 calls it the service provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestorId(String);

impl RequestorId {
    /// Takes a requestor id.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for an empty id, or one with spaces or control characters.
    pub fn new(id: impl Into<String>) -> Result<Self> {
        let id = id.into();
        if id.is_empty() || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Error::fix(
                format!("the requestor id {id:?} is not usable"),
                "use the requestor id (service provider id) that Adobe has set up for your channel, such as REF30",
            ));
        }
        Ok(Self(id))
    }

    /// The id as Adobe writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A TV provider, as Adobe names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MvpdId(String);

impl MvpdId {
    /// Takes the id of a TV provider.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as Adobe writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MvpdId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The code that the television shows and the viewer types on a second screen. v2 calls it the authentication code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationCode {
    /// The code as it is to be shown, 6 or 7 characters.
    pub code: String,
    /// When it stops working.
    pub expires: Timestamp,
}

/// The signed statement (a JWT) that Adobe's dashboard issues for an app; it registers the app's instances.
#[derive(Clone, PartialEq, Eq)]
pub struct SoftwareStatement(Secret);

impl SoftwareStatement {
    /// Takes the text of a statement; white space around it does not matter.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] when it is not a signed JWT. The error does not repeat it.
    pub fn new(text: &str) -> Result<Self> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('.').collect();
        let is_object = |part: &str| {
            URL_SAFE_NO_PAD
                .decode(part.trim_end_matches('='))
                .is_ok_and(|json| serde_json::from_slice::<serde_json::Map<_, _>>(&json).is_ok())
        };
        if !matches!(parts.as_slice(), [header, payload, signature] if is_object(header) && is_object(payload) && !signature.is_empty())
        {
            return Err(Error::fix(
                "the software statement is not a signed JWT (three parts of Base64 between dots)",
                "download the statement of your registered application again and pass it unchanged",
            ));
        }
        Ok(Self(Secret::new(text)))
    }

    /// Reads a statement from a file.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] when the file cannot be read or holds no statement.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::fix(
                format!("the software statement {} cannot be read: {error}", path.display()),
                "name the file that holds the statement of your registered application",
            )
        })?;
        Self::new(&text)
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }

    /// A short name for this statement that tells nothing of it: credentials belong to one statement.
    pub(crate) fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.0.expose().as_bytes());
        URL_SAFE_NO_PAD.encode(&digest.as_ref()[..12])
    }
}

impl fmt::Debug for SoftwareStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareStatement({})", self.fingerprint())
    }
}

/// An app instance's registration, as another SDK has made it before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCredentials {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

impl ClientCredentials {
    /// Takes `client_id` and `client_secret` of an existing registration.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] when one of them is empty.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Result<Self> {
        let (id, secret) = (client_id.into(), Secret::new(client_secret));
        if id.is_empty() || secret.is_empty() {
            return Err(Error::fix(
                "the client credentials to import are incomplete",
                "pass both client_id and client_secret as they were stored, or import nothing",
            ));
        }
        Ok(Self { id, secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_a_signed_jwt_and_nothing_else() {
        let good = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
        assert!(SoftwareStatement::new(&format!("  {good}\n")).is_ok());
        for bad in ["", "abc", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.", "eyJhbGciOiJSUzI1NiJ9.e30"] {
            let error = SoftwareStatement::new(bad).unwrap_err();
            assert!(matches!(error, Error::FixConfiguration { .. }), "{error:?}");
            assert!(bad.is_empty() || !format!("{error:?} {error}").contains(bad));
        }
    }

    #[test]
    fn a_missing_statement_file_is_named() {
        let error = SoftwareStatement::from_file("/nowhere/statement.jwt").unwrap_err();
        assert!(error.to_string().contains("/nowhere/statement.jwt"), "{error}");
    }

    #[test]
    fn an_empty_requestor_is_refused() {
        assert!(RequestorId::new("").is_err());
        assert!(RequestorId::new("REF 30").is_err());
        assert!(RequestorId::new("REF30").is_ok());
    }
}

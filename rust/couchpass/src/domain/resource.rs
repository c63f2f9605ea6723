//! What a viewer wants to watch: a plain id or an MRSS fragment.

use std::fmt;

use super::mrss;
use crate::{Error, Result};

/// Far above any real MRSS fragment; a URL with more would be refused on the way.
const LONGEST: usize = 8 * 1024;

/// A resource: the id of a channel, or an MRSS text that names one with ratings and titles.
///
/// Adobe's page: "Decisions", "Protected resources".
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Resource(String);

impl Resource {
    /// Takes an id, or MRSS where the text begins with `<`.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for an empty or overlong text, and for MRSS that is not well-formed or has no title.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.len() > LONGEST {
            return Err(Error::fix(
                format!("a resource has {} bytes", trimmed.len()),
                format!(
                    "use the resource id agreed with the TV providers, or MRSS of at most {LONGEST} bytes"
                ),
            ));
        }
        if trimmed.starts_with('<') {
            mrss::check(trimmed).map_err(|reason| {
                Error::fix(
                    format!("the MRSS resource is malformed: {reason}"),
                    "send <rss><channel><title>…</title>…</channel></rss>, with & written as &amp;",
                )
            })?;
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// Whether it is an MRSS text.
    #[must_use]
    pub fn is_mrss(&self) -> bool {
        self.0.starts_with('<')
    }

    /// The id or the MRSS text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resource({:?})", self.0)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MRSS: &str = r#"<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>REF30</title>
        <item><title>A &amp; B</title><media:rating scheme="urn:v-chip">tv-pg</media:rating></item></channel></rss>"#;

    #[test]
    fn ids_and_mrss_are_resources() {
        assert!(Resource::new("REF30").is_ok());
        assert!(Resource::new(MRSS).is_ok());
    }

    #[test]
    fn malformed_mrss_and_nothing_at_all_are_refused() {
        let error = Resource::new("<rss><channel><title>A</channel></rss>").unwrap_err().to_string();
        assert!(error.contains("malformed"), "{error}");
        assert!(Resource::new("").is_err());
        assert!(Resource::new("x".repeat(LONGEST + 1)).is_err());
    }
}

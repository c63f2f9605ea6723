//! What a viewer wants to watch: a plain id or an MRSS fragment.

use std::fmt;

use quick_xml::{Reader, events::Event};

use crate::{Error, Result};

/// Far above any real MRSS fragment; a URL with more would be refused on the way.
const LONGEST: usize = 8 * 1024;
const DEEPEST: usize = 32;

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
            check_mrss(trimmed).map_err(|reason| {
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

/// Well-formed, an `rss` outside, a `title` inside. What TV providers make of the rest is between them and the app.
fn check_mrss(text: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let mut open = Vec::new();
    let (mut closed, mut titled) = (false, false);
    loop {
        let at = reader.buffer_position();
        match reader.read_event().map_err(|error| format!("{error} (at byte {at})"))? {
            Event::Start(element) => {
                if closed {
                    return Err(format!("there is a second root element at byte {at}"));
                }
                let name = element.local_name().as_ref().to_owned();
                if open.is_empty() && name != "rss" {
                    return Err("its root is not <rss>".to_owned());
                }
                titled |= name == "title";
                open.push(name);
                if open.len() > DEEPEST {
                    return Err(format!("it is nested deeper than {DEEPEST} elements"));
                }
            }
            Event::End(_) => {
                open.pop();
                closed = open.is_empty();
            }
            Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
            Event::Eof if !open.is_empty() => return Err("it ends inside an element".to_owned()),
            Event::Eof if !closed => return Err("it has no <rss> element".to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    if titled { Ok(()) } else { Err("it has no <title>".to_owned()) }
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
    fn malformed_mrss_is_refused_with_its_reason() {
        for (bad, reason) in [
            ("<rss><channel><title>A</channel></rss>", "channel"),
            ("<rss><channel><title>A</title>", "ends inside"),
            ("<rss></rss>", "no <title>"),
            ("<feed><title>A</title></feed>", "not <rss>"),
            ("<rss><title>A</title></rss><rss></rss>", "second root"),
            ("<!DOCTYPE x><rss><title>A</title></rss>", "document type"),
            ("<", ""),
            ("", ""),
        ] {
            let error = Resource::new(bad).unwrap_err().to_string();
            assert!(error.contains(reason), "{bad}: {error}");
        }
        assert!(Resource::new("<a>".repeat(1000)).is_err());
    }
}

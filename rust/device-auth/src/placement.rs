//! Where a credential sits in a request: one description, used to put it there and to hide it in what is logged.

use url::Url;

use crate::Secret;

/// The text that stands where a secret was.
const MASK: &str = "[redacted]";

/// The place of a credential in an HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placement {
    /// A header, its value behind a scheme word where there is one (`Authorization: Bearer …`).
    Header {
        /// The header's name, in any case.
        name: &'static str,
        /// The word before the credential, without its space.
        scheme: Option<&'static str>,
    },
    /// A parameter of the query.
    Query(&'static str),
    /// A field of a form body (`application/x-www-form-urlencoded`).
    Form(&'static str),
}

/// A request under construction, as far as placing a credential on it goes.
pub trait Carrier {
    /// Sets a header. `scheme` is the word to stand before the secret.
    fn header(&mut self, name: &'static str, scheme: Option<&'static str>, secret: &Secret);
    /// Appends a parameter to the query.
    fn query(&mut self, name: &'static str, secret: &Secret);
    /// Appends a field to the form body.
    fn form(&mut self, name: &'static str, secret: &Secret);
}

impl Placement {
    /// Puts the credential where this placement says.
    pub fn place(self, secret: &Secret, on: &mut impl Carrier) {
        match self {
            Self::Header { name, scheme } => on.header(name, scheme, secret),
            Self::Query(name) => on.query(name, secret),
            Self::Form(name) => on.form(name, secret),
        }
    }
}

/// Hides, in what is shown of a request, everything that the placements say is a credential.
///
/// ```
/// use device_auth::{Placement, Redaction};
///
/// const PLACES: &[Placement] = &[Placement::Query("ast")];
/// let url = "https://api.example/authorize?requestor=A&ast=eyJhbGciOi".parse().unwrap();
/// assert_eq!(Redaction::of(PLACES).url(&url), "https://api.example/authorize?requestor=A&ast=[redacted]");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Redaction {
    places: &'static [Placement],
}

impl Redaction {
    /// Hides what sits at these places.
    #[must_use]
    pub const fn of(places: &'static [Placement]) -> Self {
        Self { places }
    }

    /// The URL with credentials replaced: in its query, and any user name or password before its host.
    #[must_use]
    pub fn url(&self, url: &Url) -> String {
        let mut shown = url.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        if !shown.username().is_empty() || shown.password().is_some() {
            // Both calls fail only for URLs that cannot have a user name, and this one has.
            let _ = shown.set_username("");
            let _ = shown.set_password(None);
        }
        let mut shown = String::from(shown);
        for (index, (name, value)) in url.query_pairs().enumerate() {
            shown.push(if index == 0 { '?' } else { '&' });
            shown.push_str(&name);
            shown.push('=');
            shown.push_str(self.query(&name, &value));
        }
        shown
    }

    /// A header's value as it may be shown.
    #[must_use]
    pub fn header<'v>(&self, name: &str, value: &'v str) -> &'v str {
        self.mask(
            value,
            |place| matches!(place, Placement::Header { name: held, .. } if held.eq_ignore_ascii_case(name)),
        )
    }

    /// A query parameter's value as it may be shown.
    #[must_use]
    pub fn query<'v>(&self, name: &str, value: &'v str) -> &'v str {
        self.mask(value, |place| matches!(place, Placement::Query(held) if *held == name))
    }

    /// A form field's value as it may be shown.
    #[must_use]
    pub fn form<'v>(&self, name: &str, value: &'v str) -> &'v str {
        self.mask(value, |place| matches!(place, Placement::Form(held) if *held == name))
    }

    fn mask<'v>(&self, value: &'v str, is_held: impl Fn(&Placement) -> bool) -> &'v str {
        if self.places.iter().any(is_held) { MASK } else { value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: &[Placement] = &[
        Placement::Header { name: "Authorization", scheme: Some("Bearer") },
        Placement::Query("ast"),
        Placement::Form("client_secret"),
    ];

    #[derive(Default)]
    struct Written(Vec<String>);

    impl Carrier for Written {
        fn header(&mut self, name: &'static str, scheme: Option<&'static str>, secret: &Secret) {
            let scheme = scheme.map(|word| format!("{word} ")).unwrap_or_default();
            self.0.push(format!("{name}: {scheme}{}", secret.expose()));
        }
        fn query(&mut self, name: &'static str, secret: &Secret) {
            self.0.push(format!("?{name}={}", secret.expose()));
        }
        fn form(&mut self, name: &'static str, secret: &Secret) {
            self.0.push(format!("{name}={}", secret.expose()));
        }
    }

    #[test]
    fn a_placement_puts_the_secret_where_it_says() {
        let mut written = Written::default();
        for place in PLACES {
            place.place(&Secret::new("s3"), &mut written);
        }
        assert_eq!(written.0, ["Authorization: Bearer s3", "?ast=s3", "client_secret=s3"]);
    }

    #[test]
    fn what_a_placement_carries_the_redaction_hides() {
        let hide = Redaction::of(PLACES);
        assert_eq!(hide.header("authorization", "Bearer s3"), MASK);
        assert_eq!(hide.query("ast", "s3"), MASK);
        assert_eq!(hide.form("client_secret", "s3"), MASK);
        assert_eq!(hide.header("Accept", "text/html"), "text/html");
        assert_eq!(hide.form("client_id", "c"), "c");
    }

    #[test]
    fn a_url_loses_its_user_information_and_its_fragment() {
        let url = Url::parse("https://me:s3@host/p?ast=s3&x=1#s3").unwrap();
        assert_eq!(Redaction::of(PLACES).url(&url), "https://host/p?ast=[redacted]&x=1");
    }
}

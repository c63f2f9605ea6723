//! Which endpoint an address leads to, and what the path says beyond its name.

use hyper::Method;

use crate::endpoint::{Endpoint, Origin};
use crate::render::Format;

/// Where an address leads.
#[derive(Debug)]
pub(crate) enum Route {
    /// To this endpoint.
    To(Target),
    /// To an endpoint, but not with this method.
    WrongMethod {
        /// Any endpoint with this path.
        endpoint: Endpoint,
        /// The methods that the path knows.
        allowed: &'static str,
    },
    /// Nowhere.
    Unknown,
}

/// An endpoint, and what the path said beyond its name.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) endpoint: Endpoint,
    /// The `{requestor}` of the path; v2 calls it `{serviceProvider}`.
    pub(crate) requestor: Option<String>,
    /// The `{code}` of the path.
    pub(crate) code: Option<String>,
    /// The `{mvpd}` of the path.
    pub(crate) mvpd: Option<String>,
    /// The format that a suffix asked for.
    pub(crate) suffix: Option<Format>,
}

impl Target {
    fn of(endpoint: Endpoint) -> Self {
        Self { endpoint, requestor: None, code: None, mvpd: None, suffix: None }
    }

    fn requestor(self, id: &str) -> Self {
        Self { requestor: Some(id.to_owned()), ..self }
    }

    fn code(self, code: &str) -> Self {
        Self { code: Some(code.to_owned()), ..self }
    }

    fn mvpd(self, id: &str) -> Self {
        Self { mvpd: Some(id.to_owned()), ..self }
    }
}

/// The methods of a path that knows one, and what it is then.
type Found = (&'static str, Target);

/// Finds the endpoint of an address.
pub(crate) fn route(origin: Origin, method: &Method, path: &str) -> Route {
    match origin {
        Origin::Web => Route::To(Target::of(web(method, path))),
        Origin::Api => {
            let (path, suffix) = Format::split_suffix(path);
            choose(method, api(method, &segments(path)), suffix)
        }
        Origin::Sp if path.starts_with("/o/") => {
            let (path, suffix) = Format::split_suffix(path);
            choose(method, dcr(&segments(path)), suffix)
        }
        // v2 knows one format: what looks like a suffix is part of a name.
        Origin::Sp => choose(method, v2(method, &segments(path)), None),
    }
}

/// A fault that strikes the second page should not strike the first page's stylesheet.
fn web(method: &Method, path: &str) -> Endpoint {
    let asset = path.starts_with("/logo/") || crate::web::asset(path).is_some();
    if asset && *method != Method::POST { Endpoint::Asset } else { Endpoint::Page }
}

/// The segments of a path, decoded. A slash at the end is forgiven.
fn segments(path: &str) -> Vec<String> {
    let mut segments: Vec<String> = path.split('/').skip(1).map(decoded).collect();
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    segments
}

fn choose(method: &Method, found: Option<Found>, suffix: Option<Format>) -> Route {
    match found {
        None => Route::Unknown,
        Some((allowed, target)) if allowed.split(", ").any(|one| one == method.as_str()) => {
            Route::To(Target { suffix, ..target })
        }
        Some((allowed, target)) => Route::WrongMethod { endpoint: target.endpoint, allowed },
    }
}

fn strs(segments: &[String]) -> Vec<&str> {
    segments.iter().map(String::as_str).collect()
}

fn dcr(path: &[String]) -> Option<Found> {
    Some(match strs(path).as_slice() {
        ["o", "client", "register"] => ("POST", Target::of(Endpoint::Register)),
        ["o", "client", "token"] => ("POST", Target::of(Endpoint::Token)),
        _ => return None,
    })
}

/// What stands on the `api` origin: registration codes and REST API v1.
fn api(method: &Method, path: &[String]) -> Option<Found> {
    Some(match strs(path).as_slice() {
        ["reggie", "v1", r, "regcode"] => ("POST", Target::of(Endpoint::CreateCode).requestor(r)),
        ["reggie", "v1", r, "regcode", c] => {
            let endpoint = if method == Method::DELETE { Endpoint::DeleteCode } else { Endpoint::ReadCode };
            ("GET, DELETE", Target::of(endpoint).requestor(r).code(c))
        }
        ["api", "v1", "config", r] => ("GET", Target::of(Endpoint::ProviderList).requestor(r)),
        ["api", "v1", "authenticate"] => ("GET", Target::of(Endpoint::Authenticate)),
        // A registration code has at most seven characters: this word cannot be one.
        ["api", "v1", "authenticate", "freepreview"] => ("POST", Target::of(Endpoint::FreePreview)),
        ["api", "v1", "authenticate", c] => ("GET", Target::of(Endpoint::AuthenticateCode).code(c)),
        ["api", "v1", "checkauthn"] => ("GET", Target::of(Endpoint::CheckAuthn)),
        ["api", "v1", "checkauthn", c] => ("GET", Target::of(Endpoint::CheckAuthnCode).code(c)),
        // POST is the exchange of an Apple profile, which no Fire TV sends.
        ["api", "v1", "tokens", "authn"] if method != Method::POST => {
            ("GET", Target::of(Endpoint::AuthnToken))
        }
        ["api", "v1", "tokens", "authz"] => ("GET", Target::of(Endpoint::AuthzToken)),
        ["api", "v1", "tokens", "media"] | ["api", "v1", "mediatoken"] => {
            ("GET", Target::of(Endpoint::MediaToken))
        }
        ["api", "v1", "tokens", "usermetadata"] => ("GET", Target::of(Endpoint::UserMetadata)),
        ["api", "v1", "authorize"] => ("GET", Target::of(Endpoint::Authorize)),
        ["api", "v1", "preauthorize"] => ("GET", Target::of(Endpoint::Preauthorize)),
        ["api", "v1", "preauthorize", c] => ("GET", Target::of(Endpoint::PreauthorizeCode).code(c)),
        ["api", "v1", "logout"] => ("DELETE", Target::of(Endpoint::Logout)),
        _ => return None,
    })
}

/// What stands on the `sp` origin beside DCR: REST API v2. Its calls for a partner, which is Apple, are not offered.
fn v2(method: &Method, path: &[String]) -> Option<Found> {
    Some(match strs(path).as_slice() {
        ["adobe-services", "logout"] => ("GET", Target::of(Endpoint::BrowserLogout)),
        ["api", "v2", "authenticate", sp, c] => {
            ("GET", Target::of(Endpoint::AuthenticateSession).requestor(sp).code(c))
        }
        ["api", "v2", sp, "configuration"] => ("GET", Target::of(Endpoint::Configuration).requestor(sp)),
        ["api", "v2", sp, "sessions"] => ("POST", Target::of(Endpoint::CreateSession).requestor(sp)),
        ["api", "v2", sp, "sessions", c] => {
            let endpoint =
                if method == Method::POST { Endpoint::ResumeSession } else { Endpoint::ReadSession };
            ("GET, POST", Target::of(endpoint).requestor(sp).code(c))
        }
        ["api", "v2", sp, "profiles"] => ("GET", Target::of(Endpoint::Profiles).requestor(sp)),
        ["api", "v2", sp, "profiles", "code", c] => {
            ("GET", Target::of(Endpoint::CodeProfile).requestor(sp).code(c))
        }
        ["api", "v2", sp, "profiles", mvpd] => {
            ("GET", Target::of(Endpoint::MvpdProfile).requestor(sp).mvpd(mvpd))
        }
        ["api", "v2", sp, "decisions", "preauthorize", mvpd] => {
            ("POST", Target::of(Endpoint::PreauthorizeDecisions).requestor(sp).mvpd(mvpd))
        }
        ["api", "v2", sp, "decisions", "authorize", mvpd] => {
            ("POST", Target::of(Endpoint::AuthorizeDecisions).requestor(sp).mvpd(mvpd))
        }
        ["api", "v2", sp, "logout", mvpd] => {
            ("GET", Target::of(Endpoint::MvpdLogout).requestor(sp).mvpd(mvpd))
        }
        _ => return None,
    })
}

/// A path segment with its percent escapes resolved.
pub(crate) fn decoded(segment: &str) -> String {
    // A form treats `+` as a space, a path does not.
    let escaped = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

//! One request over the wire: bounded in time and size, to the environment's hosts alone, logged without secrets.

use std::{
    net::IpAddr,
    time::{Duration, Instant, UNIX_EPOCH},
};

use device_auth::{Secret, Timestamp};
use reqwest::{
    Method, Proxy, Request,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue},
    redirect,
};
use rustls::pki_types::CertificateDer;
use url::Url;

use super::tls;
use crate::{
    DeviceInfo, Environment, Error, Result,
    endpoints::{Body, Call, Origin, REDACTION, Response, encode},
    failure::{Failure, TransportProblem},
};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Adobe's largest answer, a list of some hundred TV providers, has well under half of it.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The way to one environment.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    environment: Environment,
    device_info: HeaderValue,
    forwarded_for: Option<HeaderValue>,
}

impl Transport {
    pub(crate) fn new(
        environment: Environment,
        device_info: &DeviceInfo,
        added_roots: &[CertificateDer<'static>],
        forwarded_for: Option<IpAddr>,
        answer_within: Duration,
        proxy: Option<&str>,
    ) -> Result<Self> {
        device_info.check()?;
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::configuration(added_roots)?)
            .http1_only()
            // Adobe's calls redirect nowhere; a redirect comes from something in between, and gets no credential.
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(answer_within)
            .user_agent(concat!("couchpass/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = proxy {
            http = http.proxy(read_proxy(proxy)?);
        } else if environment.api().scheme() == "http" {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| {
            Error::fix(
                format!("no HTTP client can be made: {}", error.without_url()),
                "report it with your set-up",
            )
        })?;
        let device_info = HeaderValue::from_str(&device_info.header()).expect("Base64 is fit for a header");
        let forwarded_for = forwarded_for.map(|address| {
            HeaderValue::from_str(&address.to_string()).expect("an address is fit for a header")
        });
        Ok(Self { http, environment, device_info, forwarded_for })
    }

    /// Sends a call as it stands, and takes the whole answer.
    pub(crate) async fn send(&self, call: &Call) -> Result<Response, Failure> {
        let request = self.request(call)?;
        let shown = REDACTION.url(request.url());
        let started = Instant::now();
        let outcome = self.exchange(call.name, request).await;
        let millis = started.elapsed().as_millis();
        match &outcome {
            Ok(response) => log::debug!("{} {shown}: {} after {millis} ms", call.method, response.status),
            Err(problem) => log::debug!("{} {shown}: {problem} after {millis} ms", call.method),
        }
        outcome.map_err(|problem| Failure::Transport { call: call.name, problem })
    }

    async fn exchange(&self, call: &'static str, request: Request) -> Result<Response, TransportProblem> {
        let mut answer = self.http.execute(request).await.map_err(|error| problem(&error))?;
        let status = answer.status().as_u16();
        let date =
            answer.headers().get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        let date = date.and_then(|date| Some(date.duration_since(UNIX_EPOCH).ok()?.as_millis()));
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| problem(&error))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(TransportProblem::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        let date = date.and_then(|millis| i64::try_from(millis).ok()).map(Timestamp::from_millis);
        Ok(Response { call, status, date, body })
    }

    fn request(&self, call: &Call) -> Result<Request> {
        let mut request = Request::new(call.method.clone(), self.url_of(call));
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if call.device_info {
            headers.insert("x-device-info", self.device_info.clone());
        }
        if let Some(address) = &self.forwarded_for {
            headers.insert("x-forwarded-for", address.clone());
        }
        for (name, value) in &call.headers {
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_| {
                Error::fix(
                    format!("the value for the header {name} has characters that no header may have"),
                    "pass it unchanged",
                )
            })?;
            value.set_sensitive(true);
            headers.insert(*name, value);
        }
        let body = match &call.body {
            Body::Empty => String::new(),
            Body::Form(fields) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
                encode(exposed(fields))
            }
            Body::Json(json) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                json.expose().to_owned()
            }
        };
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        } else if call.method == Method::POST {
            // Not added by itself where there is no body, and servers may refuse a POST without it (411).
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(request)
    }

    /// An address of the environment, its path escaped.
    pub(crate) fn url(&self, origin: Origin, path: &[impl AsRef<str>]) -> Url {
        let mut url = match origin {
            Origin::Api => self.environment.api().clone(),
            Origin::Sp => self.environment.sp().clone(),
        };
        url.path_segments_mut().expect("an http address has a path").clear().extend(path);
        url
    }

    fn url_of(&self, call: &Call) -> Url {
        let mut url = self.url(call.origin, &call.path);
        if !call.query.is_empty() {
            url.set_query(Some(&encode(exposed(&call.query))));
        }
        url
    }
}

/// What it says may have a password in it, which no error repeats.
fn read_proxy(address: &str) -> Result<Proxy> {
    let wrong = || Error::fix("the proxy's address is none", "name it as http://host:port");
    let address =
        Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    Proxy::all(address.ok_or_else(wrong)?).map_err(|_| wrong())
}

fn exposed<'f>(fields: &'f [(&'static str, Secret)]) -> impl Iterator<Item = (&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.expose()))
}

/// The client's errors quote URLs; only their kind is taken over.
fn problem(error: &reqwest::Error) -> TransportProblem {
    if is_untrusted(error) {
        TransportProblem::Untrusted
    } else if error.is_connect() {
        // A connection that was not made in time is not made: nothing was sent.
        TransportProblem::NoConnection
    } else if error.is_timeout() {
        TransportProblem::TimedOut
    } else {
        TransportProblem::Broken
    }
}

/// Whether the way to the service failed at its certificate.
fn is_untrusted(error: &(dyn std::error::Error + 'static)) -> bool {
    let is_certificate = |error: &(dyn std::error::Error + 'static)| {
        matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
    };
    let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    is_certificate(error)
        || inside.is_some_and(|inside| is_certificate(inside) || is_untrusted(inside))
        || error.source().is_some_and(is_untrusted)
}

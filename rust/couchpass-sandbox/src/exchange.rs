//! One exchange: a request and what became of it, as an entry of the HTTP Archive format (HAR 1.2).

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::{HeaderMap, Response, Uri};
use serde_json::{Map, Value, json};

use crate::body::AnswerBody;
use crate::clock::Millis;
use crate::endpoint::{Endpoint, Origin};
use crate::request::Request;

/// The most of a body that is written down. No true answer comes near it.
const MOST: usize = 1024 * 1024;

const VERSION: &str = "HTTP/1.1";

/// An exchange under way.
pub(crate) struct Exchange {
    began: Instant,
    at: Millis,
    origin: Origin,
    endpoint: Option<Endpoint>,
    request: Value,
    response: Value,
}

impl Exchange {
    /// `unread` tells that the body was too large, and so is not here.
    pub(crate) fn begin(
        uri: &Uri,
        request: &Request,
        unread: bool,
        endpoint: Option<Endpoint>,
        at: Millis,
    ) -> Self {
        let host = request.header("host").unwrap_or("unknown");
        // Whether the line is TLS is no part of a request: all URLs read as plain HTTP.
        let url = format!("http://{host}{}", uri.path_and_query().map_or("/", |target| target.as_str()));
        let query: Vec<_> =
            request.query.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let mut entry = json!({
            "method": request.method.as_str(),
            "url": url,
            "httpVersion": VERSION,
            "cookies": [],
            "headers": headers(&request.headers),
            "queryString": query,
            "headersSize": -1,
            "bodySize": if unread { -1 } else { number(request.body.len()) },
        });
        if unread || !request.body.is_empty() {
            let mut data = Map::new();
            data.insert("mimeType".into(), text(&request.headers, "content-type").into());
            data.insert("params".into(), json!([]));
            put(&mut data, &request.body, "_encoding");
            if unread {
                data.insert("comment".into(), "left unread: larger than the limit".into());
            }
            entry["postData"] = data.into();
        }
        let (origin, response) = (request.origin, none());
        Self { began: Instant::now(), at, origin, endpoint, request: entry, response }
    }

    /// The request, as the entry will have it.
    pub(crate) fn begun(&self) -> Value {
        json!({ "request": self.request, "_origin": self.origin, "_endpoint": self.endpoint })
    }

    /// Notes the answer as it goes out.
    pub(crate) fn answered(&mut self, response: &Response<AnswerBody>) {
        let headers = response.headers();
        let mut content = Map::new();
        content.insert("mimeType".into(), text(headers, "content-type").into());
        let body = response.body().known();
        content.insert("size".into(), body.as_ref().map_or(-1, |body| number(body.len())).into());
        put(&mut content, &body.unwrap_or_default(), "encoding");
        self.response = json!({
            "status": response.status().as_u16(),
            "statusText": response.status().canonical_reason().unwrap_or_default(),
            "httpVersion": VERSION,
            "cookies": [],
            "headers": self::headers(headers),
            "content": content,
            "redirectURL": text(headers, "location"),
            "headersSize": -1,
            "bodySize": -1,
        });
    }

    /// The entry. Without an answer its status is 0, as where the connection was cut.
    pub(crate) fn entry(self, fault: Option<&'static str>) -> Value {
        let waited = self.began.elapsed().as_secs_f64() * 1000.0;
        let fault = fault.or_else(|| (self.response["status"] == 0).then_some("cut"));
        let mut entry = json!({
            "startedDateTime": instant(self.at),
            "time": waited,
            "request": self.request,
            "response": self.response,
            "cache": {},
            "timings": { "send": 0, "wait": waited, "receive": 0 },
            "_origin": self.origin,
            "_endpoint": self.endpoint,
        });
        if let Some(fault) = fault {
            entry["_fault"] = fault.into();
        }
        entry
    }
}

/// What HAR has in the place of an answer that never came.
fn none() -> Value {
    json!({
        "status": 0,
        "statusText": "",
        "httpVersion": VERSION,
        "cookies": [],
        "headers": [],
        "content": { "size": 0, "mimeType": "" },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn number(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn headers(headers: &HeaderMap) -> Vec<Value> {
    let pair = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| json!({ "name": name.as_str(), "value": String::from_utf8_lossy(value.as_bytes()) });
    headers.iter().map(pair).collect()
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}

/// Puts a body under `text`: as it is, or Base64 where it is not UTF-8, which the field named `encoding` then tells.
fn put(fields: &mut Map<String, Value>, body: &[u8], encoding: &str) {
    if body.len() > MOST {
        fields.insert("comment".into(), format!("cut after {MOST} bytes").into());
    }
    let body = &body[..body.len().min(MOST)];
    match std::str::from_utf8(body) {
        Ok(body) => fields.insert("text".into(), body.into()),
        Err(_) => {
            fields.insert(encoding.into(), "base64".into());
            fields.insert("text".into(), STANDARD.encode(body).into())
        }
    };
}

/// The instant as ISO 8601 writes it.
fn instant(at: Millis) -> String {
    // Days from the first of March of the year 0, for then a leap day is the last day of its year.
    let days = at / 86_400_000 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (at / 3_600_000 % 24, at / 60_000 % 60, at / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", at % 1000)
}

impl AnswerBody {
    /// What is known to come of a body before it has been sent.
    fn known(&self) -> Option<Bytes> {
        match self {
            Self::Whole(body) => Some(body.clone().unwrap_or_default()),
            Self::Cut { start, .. } => Some(start.clone().unwrap_or_default()),
            Self::Paced(pieces) => {
                Some(pieces.iter().flat_map(|piece| piece.bytes.iter().copied()).collect::<Vec<_>>().into())
            }
            Self::Oversized { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_calendar_has_them() {
        assert_eq!(instant(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(instant(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(instant(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
        assert_eq!(instant(1_735_689_599_999), "2024-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_body_is_bounded_and_one_that_is_no_text_is_in_base64() {
        let mut fields = Map::new();
        put(&mut fields, &[0xff; 3], "encoding");
        assert_eq!(Value::from(fields), json!({ "encoding": "base64", "text": "////" }));
        let mut fields = Map::new();
        put(&mut fields, &vec![b'x'; MOST + 1], "encoding");
        assert_eq!(fields["text"].as_str().map(str::len), Some(MOST));
        assert_eq!(fields["comment"], "cut after 1048576 bytes");
    }
}

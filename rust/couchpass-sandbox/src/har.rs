//! The exchanges of a sandbox as an HTTP Archive (HAR 1.2), which browsers and proxies open.

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::call::Addresses;
use crate::case::CaseAnswer;
use crate::cover::{Body, Cover};
use crate::journal::{Happened, Kept};

/// Headers that say nothing about anybody, beside those that a case keeps.
const HARMLESS: [&str; 9] = [
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-length",
    "host",
    "origin",
    "pragma",
    "referer",
];

/// An archive of the exchanges that have ended. Unless it is to be in clear, names stand in the place of secrets.
pub(crate) fn archive(kept: Kept, addresses: &Addresses, clear: bool) -> Value {
    let config = kept.world.as_ref().map(|world| world.config.clone()).unwrap_or_default();
    let mut cover = Cover::new(addresses, &config);
    let mut entries = Vec::new();
    let ended = kept.events.into_iter().filter_map(|event| match event.happened {
        Happened::Ended { number, entry, .. } => Some((number, entry)),
        _ => None,
    });
    for (number, mut entry) in ended {
        if !clear {
            covered(&mut cover, number, &mut entry);
        }
        entry["_number"] = number.into();
        entries.push(entry);
    }
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "couchpass-sandbox", "version": env!("CARGO_PKG_VERSION") },
            "pages": [],
            "entries": entries,
            "comment": if clear { "Secrets are in clear." } else { "Names stand in the place of secrets." },
        }
    })
}

fn covered(cover: &mut Cover<'_>, number: usize, entry: &mut Value) {
    let request = cover.request(&entry["request"], entry["_origin"] == "web");
    let answer = CaseAnswer::of(cover, number, entry);
    let pair = |(name, value): &(String, String)| json!({ "name": name, "value": value });
    let base = match entry["_origin"].as_str() {
        Some("api") => "{{api}}",
        Some("sp") => "{{sp}}",
        _ => "{{web}}",
    };
    let query = Serializer::new(String::new()).extend_pairs(&request.query).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    // An address has to be one, also where names stand in it.
    let url = format!("{}{}{mark}{query}", cover.veil.uncover(base), request.path);
    let others = entry["request"]["headers"].as_array().cloned().unwrap_or_default();
    let others = others
        .into_iter()
        .filter(|header| !request.headers.iter().any(|(name, _)| header["name"] == name.as_str()));
    let others = others.map(|mut header| {
        let harmless = header["name"].as_str().is_some_and(|name| HARMLESS.contains(&name));
        let value = header["value"].as_str().filter(|_| harmless).map(|value| cover.text(value));
        header["value"] = value.unwrap_or_else(|| "(left out)".to_owned()).into();
        header
    });
    let headers: Vec<_> = request.headers.iter().map(pair).chain(others).collect();
    entry["request"]["url"] = url.into();
    entry["request"]["headers"] = headers.into();
    entry["request"]["queryString"] = request.query.iter().map(pair).collect();
    if let Some(form) = request.form() {
        entry["request"]["postData"]["text"] =
            Serializer::new(String::new()).extend_pairs(form).finish().into();
    } else if let Some(Body::Text(text)) = &request.body {
        entry["request"]["postData"]["text"] = text.as_str().into();
    }
    // An index would put one in where there is none.
    if let Some(data) = entry["request"].get_mut("postData").and_then(Value::as_object_mut) {
        data.remove("_encoding");
    }
    let response = &mut entry["response"];
    for header in response["headers"].as_array_mut().into_iter().flatten() {
        let value = cover.text(header["value"].as_str().unwrap_or_default());
        header["value"] = value.into();
    }
    response["redirectURL"] = answer.location.into();
    let content = &mut response["content"];
    match answer.body {
        Some(body) => content["text"] = body.into(),
        None => {
            if let Some(content) = content.as_object_mut() {
                content.remove("text");
                content.remove("encoding");
                content.insert("comment".into(), "left out: no whole text".into());
            }
        }
    }
}

//! Names in the place of what is secret or random, so that a recording can be shown to anybody and still be replayed.
//!
//! Two kinds of values get names. What the sandbox has issued (ids, tokens, codes) is recognised by its shape and named after
//! the answer that brought it: `{{token-4.1}}` is the first token in the answer to request 4, in the recording as in
//! every replay. What a client has brought along (a device id, a statement) is named in the order of its coming, and a case
//! says what stands in for it.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded::byte_serialize;

use crate::random;
use crate::record::fingerprint;

/// A shorter text says nothing about anybody, and would be found by chance.
pub(crate) const SHORT: usize = 6;

/// The names known so far.
#[derive(Default)]
pub(crate) struct Veil {
    /// Names of what was issued, by value.
    issued: HashMap<String, String>,
    /// The same, by name.
    values: HashMap<String, String>,
    /// The ways in which something brought along is written, longest first, and the name in its place.
    forms: Vec<(String, String)>,
    /// Names of what was brought along, by kind and value.
    named: HashMap<(&'static str, String), String>,
    /// How many of a kind have been named.
    counts: BTreeMap<&'static str, usize>,
}

impl Veil {
    /// A name for something that a client has brought along; `kind` and a number, the same for the same text.
    pub(crate) fn name(&mut self, kind: &'static str, text: &str) -> (String, bool) {
        let key = (kind, text.to_owned());
        if let Some(name) = self.named.get(&key) {
            return (name.clone(), false);
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let name = format!("{kind}-{count}");
        self.named.insert(key, name.clone());
        (name, true)
    }

    /// From now on this name stands for `text`, wherever the name is used.
    pub(crate) fn bind(&mut self, name: &str, text: &str) {
        self.values.insert(name.to_owned(), text.to_owned());
    }

    /// From now on `text` is called by this name, also as the sandbox writes it in answers.
    pub(crate) fn give(&mut self, name: &str, text: &str) {
        self.bind(name, text);
        if text.len() < SHORT {
            return;
        }
        self.form(STANDARD.encode(text), name, ":base64");
        self.form(fingerprint(text), name, ":fingerprint");
        let encoded: String = byte_serialize(text.as_bytes()).collect();
        if encoded != text {
            self.form(encoded, name, ":encoded");
        }
        self.form(text.to_owned(), name, "");
    }

    /// Another way in which what has this name is written.
    pub(crate) fn form(&mut self, text: String, name: &str, suffix: &str) {
        if self.forms.iter().any(|(known, _)| *known == text) {
            return;
        }
        self.forms.push((text, format!("{{{{{name}{suffix}}}}}")));
        self.forms.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then(a.cmp(b)));
    }

    /// Names what the answer to request `number` has issued.
    pub(crate) fn learn(&mut self, number: usize, text: &str) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (token, kind) in tokens(text) {
            let Some(kind) = kind else { continue };
            if self.issued.contains_key(token) {
                continue;
            }
            let count = counts.entry(kind).or_default();
            *count += 1;
            let name = format!("{kind}-{number}.{count}");
            self.values.insert(name.clone(), token.to_owned());
            self.issued.insert(token.to_owned(), name.clone());
            // A client is also called by the fingerprint of its id.
            self.issued.entry(fingerprint(token)).or_insert(name);
        }
    }

    /// The name of an issued value.
    pub(crate) fn issued(&self, value: &str) -> Option<String> {
        self.issued.get(value).map(|name| format!("{{{{{name}}}}}"))
    }

    /// The text with names in the place of all that is known, and of what only looks like a secret.
    pub(crate) fn cover(&self, text: &str) -> String {
        let mut covered = text.to_owned();
        for (value, name) in &self.forms {
            covered = replaced(&covered, value, name);
        }
        let mut out = String::with_capacity(covered.len());
        let mut rest = 0;
        for (token, kind) in tokens(&covered) {
            let start = token.as_ptr() as usize - covered.as_ptr() as usize;
            let name = match (self.issued(token), kind) {
                (Some(name), _) => name,
                (None, Some(kind)) => format!("{{{{{kind}-unknown}}}}"),
                (None, None) => continue,
            };
            out.push_str(&covered[rest..start]);
            out.push_str(&name);
            rest = start + token.len();
        }
        out.push_str(&covered[rest..]);
        out
    }

    /// The text with values in the place of their names. A name without a value stays.
    pub(crate) fn uncover(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let Some(length) = rest[start..].find("}}") else { break };
            let inner = &rest[start + 2..start + length];
            let (name, form) = inner.split_once(':').unwrap_or((inner, ""));
            out.push_str(&rest[..start]);
            match (self.values.get(name), form) {
                (Some(value), "base64") => out.push_str(&STANDARD.encode(value)),
                (Some(value), "fingerprint") => out.push_str(&fingerprint(value)),
                (Some(value), "encoded") => out.extend(byte_serialize(value.as_bytes())),
                (Some(value), _) => out.push_str(value),
                (None, _) => out.push_str(&rest[start..start + length + 2]),
            }
            rest = &rest[start + length + 2..];
        }
        out.push_str(rest);
        out
    }
}

/// Replaces a value where it stands as a word of its own.
fn replaced(text: &str, value: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for (start, _) in text.match_indices(value) {
        let before = text[..start].chars().next_back();
        let after = text[start + value.len()..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        // A name that stands there already is no value.
        let named = text[..start].ends_with("{{");
        if start < rest || named || inside(before) || inside(after) {
            continue;
        }
        out.push_str(&text[rest..start]);
        out.push_str(name);
        rest = start + value.len();
    }
    out.push_str(&text[rest..]);
    out
}

/// The words of a text, and what a word of this shape is: something that a sandbox hands out, or nothing.
fn tokens(text: &str) -> Vec<(&str, Option<&'static str>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        // An escape is one sign, and no part of the word after it.
        if rest.starts_with('%')
            && rest.get(1..3).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            at += 3;
            continue;
        }
        let word = run(rest, |c| c.is_ascii_alphanumeric());
        if word == 0 {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let (length, kind) = shape(&text[..at], rest, word);
        found.push((&rest[..length], kind));
        at += length;
    }
    found
}

/// How long the token is that a text begins with, and its kind.
fn shape(before: &str, rest: &str, word: usize) -> (usize, Option<&'static str>) {
    let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let dashes = [8, 13, 18, 23];
    if let Some(uuid) = rest.get(..36)
        && uuid.bytes().enumerate().all(|(at, byte)| {
            if dashes.contains(&at) { byte == b'-' } else { hex(char::from(byte).encode_utf8(&mut [0; 4])) }
        })
    {
        return (36, Some("id"));
    }
    let encoded = run(rest, |c| c.is_ascii_alphanumeric() || "+/=".contains(c));
    // 256 bytes in Base64: encrypted metadata. Media tokens are XML in Base64.
    if encoded == 344 {
        return (encoded, Some("sealed"));
    }
    if rest.starts_with("PHNpZ25hdHVyZUluZm8") {
        return (encoded, Some("media-token"));
    }
    let signed = run(rest, |c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if rest.starts_with("eyJ") && rest[..signed].contains('.') {
        return (signed, Some("signed"));
    }
    match &rest[..word] {
        token if word == 40 && hex(token) => (word, Some("token")),
        code if random::is_code(code)
            && ["\"code\":\"", "<code>"].iter().any(|key| before.ends_with(key)) =>
        {
            (word, Some("code"))
        }
        _ => (word, None),
    }
}

fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !fits(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    #[test]
    fn what_was_issued_is_named_after_its_answer_and_found_again() {
        let mut veil = Veil::default();
        let token = "a".repeat(40);
        veil.learn(
            4,
            &format!(r#"{{"access_token":"{token}","id":"{ID}","code":"ABC2345","brand":"CABBAGE"}}"#),
        );
        let text = format!("Bearer {token}, /sessions%3DABC2345?x={ID}, CABBAGE");
        let covered = veil.cover(&text);
        assert_eq!(covered, "Bearer {{token-4.1}}, /sessions%3D{{code-4.1}}?x={{id-4.1}}, CABBAGE");
        assert_eq!(veil.uncover(&covered), text);
    }

    #[test]
    fn what_looks_like_a_secret_is_covered_even_if_nobody_has_issued_it() {
        let covered = Veil::default().cover(&format!("{} eyJh.eyJi.c {ID}", "0".repeat(40)));
        assert_eq!(covered, "{{token-unknown}} {{signed-unknown}} {{id-unknown}}");
    }

    #[test]
    fn what_was_brought_along_is_found_however_it_is_written() {
        let mut veil = Veil::default();
        assert_eq!(veil.name("device", "my living/room"), ("device-1".to_owned(), true));
        assert_eq!(veil.name("device", "my living/room"), ("device-1".to_owned(), false));
        veil.give("device-1", "my living/room");
        let text =
            format!("my living/room {} my+living%2Froom xmy living/room", STANDARD.encode("my living/room"));
        let covered = "{{device-1}} {{device-1:base64}} {{device-1:encoded}} xmy living/room";
        assert_eq!(veil.cover(&text), covered);
        assert_eq!(veil.uncover(covered), text);
        assert_eq!(veil.uncover("{{nobody-1}}"), "{{nobody-1}}");
    }

    #[test]
    fn a_value_that_is_called_like_a_name_is_no_trap() {
        let mut veil = Veil::default();
        veil.name("device", "device-1");
        veil.give("device-1", "device-1");
        let text = format!("{} device-1", STANDARD.encode("device-1"));
        assert_eq!(veil.cover(&text), "{{device-1:base64}} {{device-1}}");
    }
}

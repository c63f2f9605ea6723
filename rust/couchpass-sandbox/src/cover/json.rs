//! Covering JSON: it is read first, so that no secret in it escapes by being escaped.

use serde_json::Value;

use super::{Cover, Given};
use crate::jwt;
use crate::record::{self, SecretKind};
use crate::v1::generic_data;

impl Cover<'_> {
    /// The body of a call of the control API, which may be the first to speak of a device.
    pub(crate) fn control(&mut self, mut body: Value) -> Value {
        if let Some(Value::String(id)) = body.get("device_id").filter(|id| *id != "").cloned() {
            body["device_id"] = self.any("device", &id).into();
        }
        serde_json::from_str(&self.json_text(body, false)).unwrap_or_default()
    }

    /// Who the viewer is, as v1 reads it; a text that it cannot read may say it too.
    pub(super) fn identities(&mut self, sent: &str) -> String {
        let Some(fields) = generic_data::read(sent) else { return self.any("odd-viewer", sent) };
        let covered = self.nobody(fields.into()).to_string();
        let inner = covered.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.filter(|_| sent.trim_start().starts_with('('));
        inner.map(|inner| format!("({inner})")).unwrap_or(covered)
    }

    pub(super) fn viewer(&mut self, sent: &str) -> String {
        let Some(fields) = jwt::json_of_base64(sent) else { return self.any("odd-viewer", sent) };
        self.named("viewer", sent, |cover, _| Given::Base64(cover.nobody(fields.into())))
    }

    /// What tells who a viewer is, without telling it. Any text or number in it may, and any name but those that are asked for.
    fn nobody(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) if !text.is_empty() => self.any("viewer", &text).into(),
            Value::Number(_) => 0.into(),
            Value::Array(values) => values.into_iter().map(|one| self.nobody(one)).collect(),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(key, value)| {
                    let mut promotions = self.config.mvpds.iter().filter_map(|mvpd| mvpd.promotion.as_ref());
                    let asked_for = promotions.any(|promotion| promotion.key == key);
                    let key = if asked_for { key } else { self.any("viewer-key", &key) };
                    (key, self.nobody(value))
                })
                .collect(),
            other => other,
        }
    }

    /// JSON as it is written, with its secrets covered before they are escaped.
    pub(super) fn json_text(&mut self, json: Value, v2: bool) -> String {
        let covered = self.json(json, None, v2).to_string();
        self.veil.cover(&covered)
    }

    /// `kind` is that of the field in which the value is.
    fn json(&mut self, value: Value, kind: Option<SecretKind>, v2: bool) -> Value {
        match (value, kind) {
            (Value::String(text), Some(kind)) if !text.is_empty() => self.secret(kind, &text, v2).into(),
            (Value::String(text), _) => self.veil.cover(&text).into(),
            (Value::Number(_), Some(_)) => 0.into(),
            (Value::Array(values), kind) => values.into_iter().map(|one| self.json(one, kind, v2)).collect(),
            (Value::Object(fields), kind) => fields
                .into_iter()
                .map(|(name, value)| {
                    let kind = record::kind(&name).or(kind);
                    (self.veil.cover(&name), self.json(value, kind, v2))
                })
                .collect(),
            (other, _) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cover::Body;
    use crate::cover::tests::covering;

    #[test]
    fn whatever_json_says_who_a_viewer_is_nobody_learns_it() {
        covering(|cover| {
            for (sent, covered) in [
                (
                    r#"{"n":1,"email":"somebody@example.net"}"#,
                    r#"{"email":"{{viewer-1}}","{{viewer-key-1}}":0}"#,
                ),
                (r#" ("email":"somebody@example.net") "#, r#"("email":"{{viewer-1}}")"#),
                (r#"{"email":"some\"body\" lives here"}"#, r#"{"email":"{{viewer-2}}"}"#),
                (
                    r#"{"email":[{"email":"\u0073omebody@example.net"},null,""]}"#,
                    r#"{"email":[{"email":"{{viewer-1}}"},null,""]}"#,
                ),
                (r#"{"somebody":true}"#, r#"{"{{viewer-key-2}}":true}"#),
                (r#""somebody@example.net""#, "{{odd-viewer-1}}"),
                ("somebody@example.net", "{{odd-viewer-2}}"),
                (r#"{"email":"a\"b"}"#, r#"{"email":"{{viewer-3}}"}"#),
            ] {
                let secret = cover.secret(SecretKind::GenericData, sent, false);
                let sorted = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| text.into());
                assert_eq!(sorted(&secret), sorted(covered), "{sent}");
            }
            let given = json!(cover.given).to_string();
            assert!(!given.contains("body") && !given.contains("lives"), "{given}");
        });
    }

    #[test]
    fn a_secret_in_json_is_found_however_it_is_escaped() {
        covering(|cover| {
            let text = r#"{"deviceId":"the \"TV\" of \u0053omebody","client_secret":["a long secret",7],"x":{"deviceId":"my TV set"}}"#;
            let request = json!({ "method": "POST", "url": "http://127.0.0.1:1/", "headers": [], "postData": { "text": text } });
            let Some(Body::Text(body)) = cover.request(&request, false).body else { panic!("it has a text") };
            assert_eq!(
                serde_json::from_str::<Value>(&body).unwrap(),
                json!({ "deviceId": "{{device-1}}", "client_secret": ["{{client-secret-1}}", 0], "x": { "deviceId": "{{device-2}}" } })
            );
        });
    }
}

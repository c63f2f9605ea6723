//! One object of an answer, and its fields by type.

use std::borrow::Cow;

use device_auth::{Secret, Timestamp};
use serde_json::Value;

use super::xml;

/// An object of an answer.
pub(crate) struct Record<'a>(Cow<'a, Value>);

impl Record<'static> {
    /// Reads an answer's body, JSON or XML.
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8 text".to_owned())?;
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') {
            return xml::read(text).map(|value| match value {
                value @ Value::Object(_) => Self(Cow::Owned(value)),
                // An element that is empty, or holds text alone.
                _ => Self(Cow::Owned(Value::Object(serde_json::Map::new()))),
            });
        }
        // Out of bytes, as the store is read: for a text there would be another copy of the parser.
        match serde_json::from_slice(text.as_bytes()) {
            Ok(value @ Value::Object(_)) => Ok(Self(Cow::Owned(value))),
            Ok(_) => Err("it is JSON, but no object".to_owned()),
            // serde_json quotes nothing of the text, only where it stopped.
            Err(error) => Err(format!("it is not JSON ({error})")),
        }
    }
}

impl Record<'_> {
    /// A field as text; empty counts as absent.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        as_text(self.0.get(field)?)
    }

    /// A field that must be there.
    pub(crate) fn required(&self, field: &'static str) -> Result<String, String> {
        self.text(field).ok_or_else(|| format!("{field} is missing"))
    }

    /// A secret that must be there.
    pub(crate) fn secret(&self, field: &'static str) -> Result<Secret, String> {
        self.required(field).map(Secret::new)
    }

    /// A whole number that must be there.
    pub(crate) fn number(&self, field: &'static str) -> Result<i64, String> {
        // A fraction of a millisecond or second is nothing to refuse an answer for.
        let text = self.required(field)?;
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let is_fraction = fraction.bytes().all(|byte| byte.is_ascii_digit());
        whole.parse().ok().filter(|_| is_fraction).ok_or_else(|| format!("{field} is not a number"))
    }

    /// An instant that must be there, in milliseconds since 1970.
    pub(crate) fn instant(&self, field: &'static str) -> Result<Timestamp, String> {
        self.number(field).map(Timestamp::from_millis)
    }

    /// Yes or no; absent counts as no.
    pub(crate) fn flag(&self, field: &str) -> bool {
        self.text(field).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// An object inside.
    pub(crate) fn record(&self, field: &str) -> Option<Record<'_>> {
        self.0.get(field).filter(|value| value.is_object()).map(|value| Record(Cow::Borrowed(value)))
    }

    /// Fails where a field is missing, whatever its kind.
    pub(crate) fn require(&self, field: &'static str) -> Result<(), String> {
        self.field(field).map(|_| ()).ok_or_else(|| format!("{field} is missing"))
    }

    /// A field as it came.
    pub(crate) fn field(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// A map of objects: the names, in their order, and the objects.
    pub(crate) fn records_by_name(&self) -> impl Iterator<Item = (&str, Record<'_>)> {
        self.fields()
            .filter(|(_, value)| value.is_object())
            .map(|(name, value)| (name, Record(Cow::Borrowed(value))))
    }

    /// The fields, in the order of their names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    /// A list of objects: JSON's array under `list`, XML's elements `item` inside `list`, or inside the root where that is
    /// the list itself. One element is a list of one.
    pub(crate) fn records(&self, list: &str, item: &str) -> Vec<Record<'_>> {
        let value = self.0.get(list).or_else(|| self.0.get(item));
        let items = value.map(|value| as_items(value, item)).unwrap_or_default();
        items
            .into_iter()
            .filter(|value| value.is_object())
            .map(|value| Record(Cow::Borrowed(value)))
            .collect()
    }

    /// A list of texts, in whichever way it is written; absent counts as empty.
    pub(crate) fn texts(&self, list: &str) -> Vec<String> {
        self.0.get(list).map(texts_of).unwrap_or_default()
    }
}

/// The texts of a list: an array, one text for a list of one, or an element whose one kind of child are its items.
pub(crate) fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(as_text).collect(),
        Value::Object(children) if children.len() == 1 => children.values().flat_map(texts_of).collect(),
        value => as_text(value).into_iter().collect(),
    }
}

/// A number, a flag and a text are all text; empty counts as absent.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn as_items<'v>(value: &'v Value, item: &str) -> Vec<&'v Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(children) => match children.get(item) {
            Some(inner) => as_items(inner, item),
            None => vec![value],
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_as_numbers_or_as_text() {
        let record = Record::read(br#"{"a": 5, "b": "6", "c": null, "d": "x", "e": 7.5, "f": ""}"#).unwrap();
        assert_eq!(record.number("a"), Ok(5));
        assert_eq!(record.number("b"), Ok(6));
        assert_eq!(record.number("e"), Ok(7));
        assert_eq!(record.text("c"), None);
        assert_eq!(record.text("f"), None);
        assert_eq!(record.text("a").as_deref(), Some("5"));
        assert_eq!(record.number("d"), Err("d is not a number".to_owned()));
        assert_eq!(record.number("c"), Err("c is missing".to_owned()));
    }

    #[test]
    fn what_only_begins_like_a_number_is_none() {
        for value in [r#""1.7e12""#, "1.7e300", r#""1.2.3""#, r#""1.x""#, r#""1 2""#] {
            let record = Record::read(format!("{{\"a\": {value}}}").as_bytes()).unwrap();
            assert_eq!(record.number("a"), Err("a is not a number".to_owned()), "{value}");
        }
        assert_eq!(Record::read(br#"{"a": " 7.0 "}"#).unwrap().number("a"), Ok(7));
    }

    #[test]
    fn lists_are_lists_in_both_formats() {
        let ids = |body: &str| {
            let record = Record::read(body.as_bytes()).unwrap();
            record
                .records("resources", "resource")
                .iter()
                .filter_map(|item| item.text("id"))
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(r#"{"resources": [{"id": 1}, {"id": "2"}]}"#), ["1", "2"]);
        assert_eq!(
            ids("<resources><resource><id>1</id></resource><resource><id>2</id></resource></resources>"),
            ["1", "2"]
        );
        assert_eq!(ids("<resources><resource><id>1</id></resource></resources>"), ["1"]);
        assert_eq!(ids("<a><resources><resource><id>1</id></resource></resources></a>"), ["1"]);
        assert!(ids("<resources/>").is_empty());
        let record = Record::read(b"<m><zip><value>1</value><value>2</value></zip><one>x</one></m>").unwrap();
        assert_eq!(record.texts("zip"), ["1", "2"]);
        assert_eq!(record.texts("one"), ["x"]);
    }
}

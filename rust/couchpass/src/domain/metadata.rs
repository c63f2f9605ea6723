//! What the TV provider tells of the viewer: zip code, ratings, household and whatever else it has agreed to tell.

use std::{collections::BTreeMap, fmt};

use device_auth::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

use crate::wire::{as_text, texts_of};

/// The viewer's metadata, as of the latest sign-in or authorization. It says who somebody is, so it does not print itself.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserMetadata {
    /// When it last changed, by Adobe's clock.
    pub updated: Option<Timestamp>,
    /// By name, such as `zip` or `maxRating`; an open set.
    pub values: BTreeMap<String, Metadatum>,
}

/// One property.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadatum {
    /// What it is.
    pub value: MetadataValue,
    /// Whether the value is Base64 of RSA ciphertext. The programmer's backend has the key; a device has not.
    pub encrypted: bool,
}

/// The value of a property, in the type that it came in.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MetadataValue {
    /// One text; numbers and flags too come as such.
    Text(String),
    /// Several texts, such as channel ids.
    List(Vec<String>),
    /// Texts by name, such as ratings by rating system.
    Map(BTreeMap<String, String>),
}

impl MetadataValue {
    /// The texts of a list, or the one text as a list of one: XML does not tell the two apart.
    #[must_use]
    pub fn as_list(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(texts) => texts.iter().map(String::as_str).collect(),
            Self::Map(map) => map.values().map(String::as_str).collect(),
        }
    }
}

/// Not derived: what tries one kind after the other is larger than all that tells them apart.
impl<'de> Deserialize<'de> for MetadataValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn text(value: Value) -> Option<String> {
            if let Value::String(text) = value { Some(text) } else { None }
        }
        match Value::deserialize(deserializer)? {
            Value::String(text) => Some(Self::Text(text)),
            Value::Array(items) => items.into_iter().map(text).collect::<Option<_>>().map(Self::List),
            Value::Object(items) => {
                let texts = items.into_iter().map(|(name, value)| Some((name, text(value)?)));
                texts.collect::<Option<_>>().map(Self::Map)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
        .ok_or_else(|| D::Error::custom("neither a text, nor a list of texts, nor texts by name"))
    }
}

impl UserMetadata {
    /// From an answer: seconds since 1970, the names of encrypted properties, and the properties.
    pub(crate) fn read<'v>(
        updated: Option<i64>,
        encrypted: &[String],
        values: impl Iterator<Item = (&'v str, &'v Value)>,
    ) -> Self {
        let datum = |(name, value): (&str, &Value)| {
            Some((
                name.to_owned(),
                Metadatum { value: read(value)?, encrypted: encrypted.iter().any(|e| e == name) },
            ))
        };
        Self {
            updated: updated.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000))),
            values: values.filter_map(datum).collect(),
        }
    }
}

impl UserMetadata {
    /// From the attributes of a profile: name, value, and whether it is encrypted.
    pub(crate) fn of_attributes(attributes: impl Iterator<Item = (String, Value, bool)>) -> Self {
        let datum = |(name, value, encrypted): (String, Value, bool)| {
            Some((name, Metadatum { value: read(&value)?, encrypted }))
        };
        Self { updated: None, values: attributes.filter_map(datum).collect() }
    }

    /// The viewer's id at the TV provider, where it can be read.
    pub(crate) fn user_id(&self) -> Option<String> {
        match self.values.get("userID")? {
            Metadatum { value: MetadataValue::Text(id), encrypted: false } => Some(id.clone()),
            _ => None,
        }
    }
}

fn read(value: &Value) -> Option<MetadataValue> {
    match value {
        Value::Array(_) => Some(MetadataValue::List(texts_of(value))),
        // In XML, a list is an element whose children have no names of their own.
        Value::Object(map) if map.len() == 1 && map.contains_key("value") => {
            Some(MetadataValue::List(texts_of(value)))
        }
        Value::Object(map) => {
            let texts = map.iter().filter_map(|(name, value)| Some((name.clone(), as_text(value)?)));
            Some(MetadataValue::Map(texts.collect()))
        }
        value => as_text(value).map(MetadataValue::Text),
    }
}

impl fmt::Debug for UserMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.values.keys().collect();
        f.debug_struct("UserMetadata").field("updated", &self.updated).field("names", &names).finish()
    }
}

impl fmt::Debug for Metadatum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadatum").field("encrypted", &self.encrypted).finish_non_exhaustive()
    }
}

impl fmt::Debug for MetadataValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::List(_) => "List(…)",
            Self::Map(_) => "Map(…)",
        })
    }
}

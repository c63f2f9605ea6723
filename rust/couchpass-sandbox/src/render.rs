//! Answers as documents, written as JSON or as XML.
//!
//! Adobe's page: "REST API Reference". The same document serves both formats; XML is the default of REST API v1.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::request::Request;

/// The format of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Format {
    /// A path without its `.json` or `.xml`, and the format that this names.
    pub(crate) fn split_suffix(path: &str) -> (&str, Option<Self>) {
        if let Some(path) = path.strip_suffix(".json") {
            (path, Some(Self::Json))
        } else if let Some(path) = path.strip_suffix(".xml") {
            (path, Some(Self::Xml))
        } else {
            (path, None)
        }
    }

    /// What a call asks for: by suffix, else by the parameter `format`, else by `Accept`, else XML.
    pub(crate) fn wanted(suffix: Option<Self>, request: &Request) -> Self {
        let by_parameter = || match request.parameter("format")? {
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        };
        let by_header = || request.header("accept")?.contains("application/json").then_some(Self::Json);
        suffix.or_else(by_parameter).or_else(by_header).unwrap_or(Self::Xml)
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json;charset=UTF-8",
            Self::Xml => "application/xml;charset=UTF-8",
        }
    }
}

/// A value of a document. Instants that v1 writes as strings are [`Node::Text`].
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(u64),
    Text(String),
    /// A list, and the name that each of its items has in XML.
    List(&'static str, Vec<Node>),
    Map(Vec<(Cow<'static, str>, Node)>),
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Node {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => {
                number.as_u64().map_or_else(|| Self::Text(number.to_string()), Self::Number)
            }
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List("value", items.iter().map(Self::from).collect()),
            Value::Object(map) => {
                Self::Map(map.iter().map(|(name, value)| (name.clone().into(), value.into())).collect())
            }
        }
    }
}

/// A map with these fields.
pub(crate) fn map<const N: usize>(fields: [(&'static str, Node); N]) -> Node {
    Node::Map(fields.into_iter().map(|(name, node)| (name.into(), node)).collect())
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_u64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(_, items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Map(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, node) in fields {
                    map.serialize_entry(name, node)?;
                }
                map.end()
            }
        }
    }
}

/// The body of an answer, without its format.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The root element in XML.
    root: &'static str,
    /// The namespace of the root element, bound to `ns2` as Adobe's server does.
    namespace: Option<&'static str>,
    /// Whether the root element is the document's one field.
    list_as_root: bool,
    node: Node,
}

impl Document {
    pub(crate) fn new(root: &'static str, node: Node) -> Self {
        Self { root, namespace: None, list_as_root: false, node }
    }

    pub(crate) fn in_namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = Some(namespace);
        self
    }

    /// In XML, the root element is the one list of the document itself.
    pub(crate) fn list_as_root(mut self) -> Self {
        self.list_as_root = true;
        self
    }

    pub(crate) fn node_mut(&mut self) -> &mut Node {
        &mut self.node
    }

    pub(crate) fn write(&self, format: Format) -> String {
        match format {
            Format::Json => serde_json::to_string(&self.node).expect("a document is plain JSON"),
            Format::Xml => self.xml(),
        }
    }

    fn xml(&self) -> String {
        let mut xml = String::from(r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#);
        match self.namespace {
            Some(namespace) => {
                let _ = write!(xml, "<ns2:{} xmlns:ns2=\"{namespace}\">", self.root);
                content(&mut xml, &self.node);
                let _ = write!(xml, "</ns2:{}>", self.root);
            }
            None => match &self.node {
                Node::Map(fields) if self.list_as_root => {
                    fields.iter().for_each(|(name, node)| element(&mut xml, name, node));
                }
                node => element(&mut xml, self.root, node),
            },
        }
        xml
    }
}

fn element(xml: &mut String, name: &str, node: &Node) {
    // An absent value is an absent element.
    if matches!(node, Node::Null) {
        return;
    }
    let _ = write!(xml, "<{name}>");
    content(xml, node);
    let _ = write!(xml, "</{name}>");
}

fn content(xml: &mut String, node: &Node) {
    match node {
        Node::Null => {}
        Node::Bool(value) => _ = write!(xml, "{value}"),
        Node::Number(value) => _ = write!(xml, "{value}"),
        Node::Text(text) => escaped(xml, text),
        Node::List(name, items) => items.iter().for_each(|item| element(xml, name, item)),
        Node::Map(fields) => {
            for (name, node) in fields {
                match node {
                    // A list inside a map has one element for all, one inside it for each.
                    Node::List(item, items) if *item == name.as_ref() => {
                        items.iter().for_each(|node| element(xml, item, node));
                    }
                    node => element(xml, name, node),
                }
            }
        }
    }
}

fn escaped(xml: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            character => xml.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_document_is_written_as_json_and_as_xml() {
        let document = Document::new(
            "resources",
            map([(
                "resource",
                Node::List(
                    "resource",
                    vec![map([("id", "a<b".into()), ("none", Node::Null), ("n", 1.into())])],
                ),
            )]),
        );
        assert_eq!(document.write(Format::Json), r#"{"resource":[{"id":"a<b","none":null,"n":1}]}"#);
        assert!(
            document
                .write(Format::Xml)
                .ends_with("<resources><resource><id>a&lt;b</id><n>1</n></resource></resources>")
        );
    }
}

//! XML answers as the same tree that JSON gives: an element with elements is an object, repeated ones are a list, the rest
//! is text. Attributes and namespaces carry nothing in Adobe's answers and are passed over.

use quick_xml::{Reader, events::Event};
use serde_json::{Map, Value};

/// Deeper than any answer; whatever handles the tree recurses as deep as it is.
const DEEPEST: usize = 32;

/// The content of the root element.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let at = reader.buffer_position();
        match reader.read_event().map_err(|error| format!("it is not XML ({error}, at byte {at})"))? {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                if open.is_empty() && name.eq_ignore_ascii_case("html") {
                    return Err("it is an HTML page".to_owned());
                }
                if open.len() >= DEEPEST {
                    return Err(format!("it is nested deeper than {DEEPEST} elements"));
                }
                open.push(Element { name, ..Element::default() });
            }
            Event::Empty(tag) => match open.last_mut() {
                Some(parent) => parent.add(tag.local_name().as_ref(), Value::Null),
                None => return Ok(Value::Object(Map::new())),
            },
            Event::End(_) => {
                let Some(done) = open.pop() else { return Err("it closes what was never opened".to_owned()) };
                let (name, value) = done.finish();
                match open.last_mut() {
                    Some(parent) => parent.add(&name, value),
                    None => return Ok(value),
                }
            }
            Event::Text(text) => add_text(&mut open, &text),
            Event::CData(text) => add_text(&mut open, &text),
            Event::GeneralRef(reference) => {
                let text =
                    match reference.resolve_char_ref().map_err(|error| format!("it is not XML ({error})"))? {
                        Some(character) => character.to_string(),
                        None => predefined(&reference)
                            .ok_or("it uses an entity that XML does not know")?
                            .to_owned(),
                    };
                add_text(&mut open, &text);
            }
            Event::DocType(doctype) if doctype.trim_start().to_ascii_lowercase().starts_with("html") => {
                return Err("it is an HTML page".to_owned());
            }
            // A document type could define entities without end; no answer of Adobe's has one.
            Event::DocType(_) => return Err("it has a document type".to_owned()),
            Event::Eof => return Err("it ends before its root element does".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn add_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn predefined(entity: &str) -> Option<&'static str> {
    Some(match entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    })
}

/// An element that has not been closed yet.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    children: Map<String, Value>,
}

impl Element {
    fn add(&mut self, name: &str, value: Value) {
        match self.children.get_mut(name) {
            None => {
                self.children.insert(name.to_owned(), value);
            }
            Some(Value::Array(items)) => items.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }

    fn finish(self) -> (String, Value) {
        // White space between elements is layout, in an element without any it is text.
        let value = match (self.children.is_empty(), self.text.trim()) {
            (false, _) => Value::Object(self.children),
            (true, "") => Value::Null,
            (true, text) => Value::String(text.to_owned()),
        };
        (self.name, value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_become_objects_lists_and_text() {
        let xml = r#"<?xml version="1.0"?><ns2:regcode xmlns:ns2="model.mvc"><id> 1 </id><code a="b">A&amp;B&#33;</code>
            <info><deviceId>x</deviceId><empty/></info><r>1</r><r><![CDATA[<2>]]></r></ns2:regcode>"#;
        let tree = json!({
            "id": "1", "code": "A&B!", "info": {"deviceId": "x", "empty": null}, "r": ["1", "<2>"],
        });
        assert_eq!(read(xml), Ok(tree));
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        for (xml, reason) in [
            ("<html><body>hello</body></html>", "HTML"),
            ("<!DOCTYPE html><HTML></HTML>", "HTML"),
            ("<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>", "document type"),
            ("<a><b></a>", "not XML"),
            ("<a>", "ends before"),
            ("", "ends before"),
            ("<a>&unknown;</a>", "entity"),
            ("</a>", ""),
        ] {
            let error = read(xml).unwrap_err();
            assert!(error.contains(reason), "{xml}: {error}");
        }
        assert!(read(&"<a>".repeat(1_000)).unwrap_err().contains("deeper"));
    }
}

//! Answers that say the same in a way that a lenient client has to bear, and answers from a server whose clock is off.

use serde::{Deserialize, Serialize};

use crate::render::{Document, Node, map};

/// A way to write an answer otherwise than Adobe's samples have it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mangle {
    /// Numbers stand in quotes.
    NumbersAsStrings,
    /// Texts of nothing but digits are numbers. XML does not show it.
    StringsAsNumbers,
    /// `true` and `false` stand in quotes. XML does not show it.
    BooleansAsStrings,
    /// Every object has one more field, which nobody has heard of, with a value that is nested and has a `null`.
    UnknownFields,
    /// The fields of these names, wherever they are, are `null`; in XML they are absent.
    Nulls {
        /// Their names.
        fields: Vec<String>,
    },
    /// The fields of these names, wherever they are, are absent.
    Missing {
        /// Their names.
        fields: Vec<String>,
    },
}

/// Fields that hold an instant, and how many of their units a second has.
const INSTANTS: [(&str, i64); 8] = [
    ("expires", 1000),
    ("generated", 1000),
    ("created_at", 1000),
    ("notBefore", 1000),
    ("notAfter", 1000),
    ("expiration_date", 1000),
    ("updated", 1),
    ("client_id_issued_at", 1),
];

/// Objects of v2 whose keys are ids, and so no fields that Adobe could add to.
const BY_ID: [&str; 3] = ["profiles", "attributes", "logouts"];

/// The same document, mangled.
pub(crate) fn mangled(document: &mut Document, how: &Mangle) {
    mangle(document.node_mut(), how);
}

fn mangle(node: &mut Node, how: &Mangle) {
    match node {
        Node::Number(number) if *how == Mangle::NumbersAsStrings => *node = Node::Text(number.to_string()),
        Node::Bool(value) if *how == Mangle::BooleansAsStrings => *node = Node::Text(value.to_string()),
        Node::Text(text) if *how == Mangle::StringsAsNumbers => {
            // Digits that would not survive the change, as in "007", are no number.
            if let Some(number) = text.parse().ok().filter(|number: &u64| number.to_string() == *text) {
                *node = Node::Number(number);
            }
        }
        Node::List(_, items) => items.iter_mut().for_each(|item| mangle(item, how)),
        Node::Map(fields) => {
            match how {
                Mangle::Missing { fields: names } => {
                    fields.retain(|(name, _)| !names.iter().any(|missing| missing == name));
                }
                Mangle::Nulls { fields: names } => {
                    let nulled = fields.iter_mut().filter(|(name, _)| names.iter().any(|one| one == name));
                    nulled.for_each(|(_, node)| *node = Node::Null);
                }
                _ => {}
            }
            for (name, node) in fields.iter_mut() {
                match node {
                    Node::Map(entries) if *how == Mangle::UnknownFields && BY_ID.contains(&name.as_ref()) => {
                        entries.iter_mut().for_each(|(_, entry)| mangle(entry, how));
                    }
                    node => mangle(node, how),
                }
            }
            if *how == Mangle::UnknownFields {
                let news =
                    vec![Node::Number(1), Node::Null, map([("deeper", Node::List("value", Vec::new()))])];
                fields.insert(0, ("notYetInvented".into(), Node::List("value", news)));
            }
        }
        _ => {}
    }
}

/// The same document from a server whose clock is so many seconds ahead (or behind, below zero).
pub(crate) fn shifted(document: &mut Document, seconds: i64) {
    shift(document.node_mut(), seconds);
}

fn shift(node: &mut Node, seconds: i64) {
    match node {
        Node::List(_, items) => items.iter_mut().for_each(|item| shift(item, seconds)),
        Node::Map(fields) => {
            for (name, node) in fields {
                match INSTANTS.iter().find(|(instant, _)| instant == name) {
                    Some((_, units)) => moved(node, seconds.saturating_mul(*units)),
                    None => shift(node, seconds),
                }
            }
        }
        _ => {}
    }
}

fn moved(node: &mut Node, by: i64) {
    match node {
        Node::Number(instant) => *instant = instant.saturating_add_signed(by),
        Node::Text(text) => {
            if let Ok(instant) = text.parse::<u64>() {
                *text = instant.saturating_add_signed(by).to_string();
            }
        }
        // An attribute of v2.
        Node::Map(fields) => {
            fields.iter_mut().filter(|(name, _)| name == "value").for_each(|(_, node)| moved(node, by));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Format;

    fn document() -> Document {
        Document::new(
            "a",
            map([
                ("expires", "1000".into()),
                ("updated", 5.into()),
                ("ok", true.into()),
                ("zip", "012".into()),
            ]),
        )
    }

    fn json(change: impl FnOnce(&mut Document)) -> String {
        let mut document = document();
        change(&mut document);
        document.write(Format::Json)
    }

    #[test]
    fn each_mangle_changes_its_own_and_nothing_else() {
        for (how, expected) in [
            (Mangle::NumbersAsStrings, r#"{"expires":"1000","updated":"5","ok":true,"zip":"012"}"#),
            (Mangle::StringsAsNumbers, r#"{"expires":1000,"updated":5,"ok":true,"zip":"012"}"#),
            (Mangle::BooleansAsStrings, r#"{"expires":"1000","updated":5,"ok":"true","zip":"012"}"#),
            (
                Mangle::UnknownFields,
                r#"{"notYetInvented":[1,null,{"deeper":[]}],"expires":"1000","updated":5,"ok":true,"zip":"012"}"#,
            ),
            (
                Mangle::Nulls { fields: vec!["expires".into()] },
                r#"{"expires":null,"updated":5,"ok":true,"zip":"012"}"#,
            ),
            (
                Mangle::Missing { fields: vec!["ok".into(), "zip".into()] },
                r#"{"expires":"1000","updated":5}"#,
            ),
        ] {
            assert_eq!(json(|document| mangled(document, &how)), expected, "{how:?}");
        }
    }

    #[test]
    fn a_clock_that_is_off_shifts_instants_by_their_unit() {
        assert_eq!(
            json(|document| shifted(document, 2)),
            r#"{"expires":"3000","updated":7,"ok":true,"zip":"012"}"#
        );
        assert_eq!(
            json(|document| shifted(document, -9)),
            r#"{"expires":"0","updated":0,"ok":true,"zip":"012"}"#
        );
    }
}

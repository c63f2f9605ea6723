//! Whether a text is MRSS that a TV provider can read: well-formed, an `rss` outside, a `title` inside.
//!
//! The reader tells elements apart and leaves the rest to whoever wants it; here is the rest, as XML 1.0 has it, for a
//! malformed resource is refused far from the app, by somebody who does not say why. Namespaces are not looked at: apps
//! leave out their declaration, and providers let them.

use quick_xml::{Reader, events::Event};

const DEEPEST: usize = 32;
/// What XML itself counts as white space.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// Checks it; the reason says where it is wrong, for its author. What providers make of a good one is between them and the
/// app.
pub(super) fn check(text: &str) -> Result<(), String> {
    if let Some(character) = text.chars().find(|character| !is_xml(*character)) {
        return Err(format!("the character {character:?} is not allowed in XML"));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    // So that <title/> is the same as <title></title>.
    reader.config_mut().expand_empty_elements = true;
    let (mut depth, mut closed, mut titled) = (0_usize, false, false);
    loop {
        let at = reader.buffer_position();
        let wrong = |reason: &str| Err(format!("{reason} at byte {at}"));
        match reader.read_event().map_err(|error| format!("{error} (at byte {at})"))? {
            Event::Start(_) if closed => return wrong("there is a second root element"),
            Event::Start(tag) => {
                check_name(tag.name().as_ref())?;
                check_attributes(tag.attributes_raw())?;
                let name = tag.local_name();
                if depth == 0 && name.as_ref() != "rss" {
                    return Err("its root is not <rss>".to_owned());
                }
                titled |= name.as_ref() == "title";
                depth += 1;
                if depth > DEEPEST {
                    return Err(format!("it is nested deeper than {DEEPEST} elements"));
                }
            }
            Event::End(_) => {
                depth -= 1;
                closed = depth == 0;
            }
            Event::Text(text) if depth == 0 && !text.trim_matches(BLANK).is_empty() => {
                return wrong("there is text outside <rss>");
            }
            Event::Text(text) if text.contains("]]>") => return wrong("]]> stands in a text"),
            Event::CData(_) | Event::GeneralRef(_) if depth == 0 => {
                return wrong("there is text outside <rss>");
            }
            Event::GeneralRef(reference) => check_reference(&reference)?,
            Event::Decl(_) if at == 0 => {
                let inside = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
                check_declaration(inside.map_or("", |(content, _)| content))?;
            }
            Event::Decl(_) | Event::PI(_) => return wrong("an instruction is not allowed"),
            Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
            Event::Eof if depth > 0 => return Err("it ends inside an element".to_owned()),
            Event::Eof if !closed => return Err("it has no <rss> element".to_owned()),
            Event::Eof if !titled => return Err("it has no <title>".to_owned()),
            Event::Eof => return Ok(()),
            Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::Empty(_) => {}
        }
    }
}

fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// XML would allow letters of all scripts; no name in MRSS has any but these.
fn check_name(name: &str) -> Result<(), String> {
    let is_good = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    let (prefix, local) = name.split_once(':').unwrap_or(("_", name));
    if is_good(prefix) && is_good(local) { Ok(()) } else { Err(format!("{name:?} is not a name")) }
}

/// `name="value"` after white space, again and again, each name once.
fn check_attributes(text: &str) -> Result<(), String> {
    attributes(text)?.iter().try_for_each(|(name, value)| {
        check_name(name)?;
        if value.contains('<') {
            return Err(format!("the attribute {name} contains <"));
        }
        for after in value.split('&').skip(1) {
            let (reference, _) = after.split_once(';').ok_or(format!("the attribute {name} contains &"))?;
            check_reference(reference)?;
        }
        Ok(())
    })
}

fn check_declaration(content: &str) -> Result<(), String> {
    let found = attributes(content)?;
    let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
    let is_known = matches!(
        names.as_slice(),
        ["version"]
            | ["version", "encoding"]
            | ["version", "standalone"]
            | ["version", "encoding", "standalone"]
    );
    let is_good = found.iter().all(|(name, value)| match *name {
        "version" => *value == "1.0",
        "encoding" => value.eq_ignore_ascii_case("utf-8"),
        _ => matches!(*value, "yes" | "no"),
    });
    if is_known && is_good {
        Ok(())
    } else {
        Err("its declaration is not <?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned())
    }
}

fn attributes(mut rest: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    loop {
        let trimmed = rest.trim_start_matches(BLANK);
        if trimmed.is_empty() {
            return Ok(found);
        }
        let parsed = || {
            let (name, after) = trimmed.split_once('=')?;
            let after = after.trim_start_matches(BLANK);
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let (value, after) = after[1..].split_once(quote)?;
            Some((name.trim_end_matches(BLANK), value, after))
        };
        let Some((name, value, after)) = parsed().filter(|_| trimmed.len() < rest.len()) else {
            return Err("an attribute is not written as name=\"value\"".to_owned());
        };
        if found.iter().any(|(known, _)| *known == name) {
            return Err(format!("the attribute {name} is there twice"));
        }
        found.push((name, value));
        rest = after;
    }
}

/// What stands between `&` and `;`.
fn check_reference(reference: &str) -> Result<(), String> {
    let number = match reference.strip_prefix('#') {
        None if matches!(reference, "amp" | "lt" | "gt" | "quot" | "apos") => return Ok(()),
        None => None,
        Some(hexadecimal) if hexadecimal.starts_with('x') => number(&hexadecimal[1..], 16),
        Some(decimal) => number(decimal, 10),
    };
    match number.and_then(char::from_u32).filter(|character| is_xml(*character)) {
        Some(_) => Ok(()),
        None => Err(format!("&{reference}; stands for nothing; & is written as &amp;")),
    }
}

/// Digits alone: the standard library would take a sign, too.
fn number(digits: &str, radix: u32) -> Option<u32> {
    digits.chars().all(|digit| digit.is_digit(radix)).then(|| u32::from_str_radix(digits, radix).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apps_send_is_accepted() {
        for good in [
            "<rss version='2.0'><channel><title>A</title></channel></rss>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version = \"2.0\"\n><title>A &amp; B&#45;&#x2d;</title></rss>\n",
            // Without its declaration, a prefix means nothing to a parser, and the right thing to people.
            "<rss><title><![CDATA[a < b]]></title><!-- c --><media:rating scheme='urn:v-chip'/></rss>",
            "<rss><title/></rss>",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn malformed_mrss_is_refused_with_its_reason() {
        for (bad, reason) in [
            ("<rss><channel><title>A</channel></rss>", "channel"),
            ("<rss><channel><title>A</title>", "ends inside"),
            ("<rss></rss>", "no <title>"),
            ("<rss/>", "no <title>"),
            ("<feed><title>A</title></feed>", "not <rss>"),
            ("<rss><title>A</title></rss><rss></rss>", "second root"),
            ("<rss><title>A</title></rss><rss/>", "second root"),
            ("<!DOCTYPE x><rss><title>A</title></rss>", "document type"),
            ("<", ""),
        ] {
            let error = check(bad).unwrap_err();
            assert!(error.contains(reason), "{bad}: {error}");
        }
        assert!(check(&"<a>".repeat(1000)).is_err());
    }

    /// The fuzzer's: a parser of somebody else refuses each of these.
    #[test]
    fn what_the_reader_lets_pass_is_refused_too() {
        for (inside, reason) in [
            ("<rss a='<'><title/></rss>", "contains <"),
            ("<rss a='1' a='2'><title/></rss>", "twice"),
            ("<rss a='1'b='2'><title/></rss>", "name=\"value\""),
            ("<rss a=1><title/></rss>", "name=\"value\""),
            ("<rss a><title/></rss>", "name=\"value\""),
            ("<rss a='x & y'><title/></rss>", "contains &"),
            ("<rss a='&nbsp;'><title/></rss>", "stands for nothing"),
            ("<rss><title>&nbsp;</title></rss>", "stands for nothing"),
            ("<rss><title>&#0;</title></rss>", "stands for nothing"),
            ("<rss><title>&#+65;</title></rss>", "stands for nothing"),
            ("<rss><title>A & B</title></rss>", ""),
            ("<rss><title>]]></title></rss>", "]]>"),
            ("<rss><title>\u{1}</title></rss>", "not allowed in XML"),
            ("<rss><title/><1/></rss>", "not a name"),
            ("<rss><title/><a:b:c/></rss>", "not a name"),
            ("<rss><title/><!-- a -- b --></rss>", ""),
            ("<rss><title/></rss>after", "outside <rss>"),
            ("<rss><title/></rss>&amp;", "outside <rss>"),
            ("<rss><title/></rss><![CDATA[]]>", "outside <rss>"),
            ("<rss><title/><?php ?></rss>", "instruction"),
            ("<rss><title/><?xml version='1.0'?></rss>", "instruction"),
            ("<?xml version='1.0' encoding='latin1'?><rss><title/></rss>", "declaration"),
            ("<?xml encoding='utf-8'?><rss><title/></rss>", "declaration"),
        ] {
            let error = check(inside).unwrap_err();
            assert!(error.contains(reason), "{inside}: {error}");
        }
    }
}

//! Words for a shell: what a terminal prints, to be pasted into another one.

use std::path::{Path, absolute};

/// A file as one word, in whatever directory it is pasted.
pub(crate) fn file(path: &Path) -> String {
    let whole = absolute(path).unwrap_or_else(|_| path.to_owned());
    word(&whole.display().to_string())
}

/// In quotes, where it has to be.
fn word(text: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-+,:@%".contains(sign);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_for_what_needs_them() {
        assert_eq!(word("/srv/lantern-1.jwt"), "/srv/lantern-1.jwt");
        assert_eq!(word("/srv/a b"), "'/srv/a b'");
        assert_eq!(word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(word(""), "''");
        assert!(file(Path::new("lantern.jwt")).starts_with(['/', '\'']));
    }
}

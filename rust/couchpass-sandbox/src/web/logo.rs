//! Logos of providers that do not exist: each is drawn from its id, so that it looks the same wherever it is shown.

use maud::html;
use ring::digest;

/// A square picture: a ground, a figure on it, and the initials.
pub(super) fn draw(id: &str, name: &str) -> String {
    let digest = digest::digest(&digest::SHA256, id.as_bytes());
    let byte = |at: usize| u32::from(digest.as_ref()[at]);
    // Dark enough for white letters at any hue.
    let hue = (byte(14) * 256 + byte(15)) % 360;
    let ground = format!("hsl({hue},62%,24%)");
    let figure = format!("hsl({},52%,31%)", (hue + 30 + byte(2) % 40) % 360);
    let (x, y) = (byte(3) % 64, byte(4) % 64);
    let size = 18 + byte(5) % 16;
    let shape = match byte(6) % 4 {
        0 => html! { circle cx=(x) cy=(y) r=(size) fill=(figure) {} },
        1 => {
            html! { path d=(format!("M0 {y} Q32 {} 64 {y} V64 H0Z", y.saturating_sub(size))) fill=(figure) {} }
        }
        2 => html! { path d=(format!("M{x} 0 L64 {y} L64 0Z M0 64 L{x} 64 L0 {y}Z")) fill=(figure) {} },
        _ => {
            html! { circle cx=(x) cy=(y) r=(size) fill="none" stroke=(figure) stroke-width=(6 + byte(7) % 8) {} }
        }
    };
    let logo = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" {
            clipPath id="edge" { rect width="64" height="64" rx="14" {} }
            g clip-path="url(#edge)" {
                rect width="64" height="64" fill=(ground) {}
                (shape)
                text x="32" y="42" font-size="28" font-weight="700" font-family="system-ui,sans-serif"
                    text-anchor="middle" fill="#fff" { (initials(name)) }
            }
        }
    };
    logo.into_string()
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_depends_on_the_id_and_shows_the_initials() {
        assert_eq!(draw("Cedar", "Cedar Satellite"), draw("Cedar", "Cedar Satellite"));
        assert_ne!(draw("Cedar", "Cedar Satellite"), draw("Northwind", "Cedar Satellite"));
        assert_eq!(initials("Solo Cable (a sign-in in every app)"), "SC");
        assert_eq!(initials("élan"), "É");
        assert_eq!(initials("<>"), "");
    }
}

//! An address as a QR code that a terminal can show.

use qrcode::{QrCode, render::unicode::Dense1x2};

use crate::style::Style;

/// The code in half blocks, or nothing for an address too long to be one.
pub(crate) fn draw(address: &str, style: Style) -> Option<String> {
    let code = QrCode::new(address).ok()?;
    let mut picture = code.render::<Dense1x2>();
    if !style.is_on() {
        // Without colours the paper is drawn, not the ink: most terminals are dark.
        picture.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
    }
    let lines: Vec<String> =
        picture.build().lines().map(|line| format!("   {}", style.paper(line))).collect();
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_fits_into_a_terminal() {
        let drawn = draw("http://192.168.100.100:45678/activate?code=ABCDEF7", Style::plain()).unwrap();
        assert!(drawn.lines().count() < 24, "{drawn}");
        assert!(drawn.lines().all(|line| line.chars().count() < 60), "{drawn}");
        assert_eq!(draw(&"x".repeat(5000), Style::plain()), None);
    }
}

//! Identifiers, tokens and codes that nobody can guess.

use std::fmt::Write as _;

use ring::rand::{SecureRandom, SystemRandom};

/// Capitals and digits that a viewer cannot mistake for one another from the couch: no I, L, O, U, 0 or 1.
const CODE_ALPHABET: &[u8; 30] = b"ABCDEFGHJKMNPQRSTVWXYZ23456789";

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system hands out random bytes");
    bytes
}

/// A random UUID, version 4.
pub(crate) fn uuid() -> String {
    let mut raw: [u8; 16] = bytes();
    raw[6] = raw[6] & 0x0f | 0x40;
    raw[8] = raw[8] & 0x3f | 0x80;
    let hex = hex(&raw);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// An opaque token of 40 characters.
pub(crate) fn token() -> String {
    hex(&bytes::<20>())
}

/// A registration code of seven characters, as in Adobe's samples.
pub(crate) fn code() -> String {
    bytes::<7>()
        .iter()
        .map(|byte| char::from(CODE_ALPHABET[usize::from(*byte) % CODE_ALPHABET.len()]))
        .collect()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes what is written to it");
        hex
    })
}

/// Whether a text could be a registration code.
pub(crate) fn is_code(text: &str) -> bool {
    text.len() == 7 && text.bytes().all(|byte| CODE_ALPHABET.contains(&byte))
}

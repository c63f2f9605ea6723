//! What the library says of itself to whoever has nothing but the file: its version, and what has compiled it.

/// An ELF note, as `readelf --string-dump .note.couchpass` shows it.
#[repr(C, align(4))]
struct Note<const SIZE: usize> {
    owner_size: u32,
    text_size: u32,
    kind: u32,
    owner: [u8; 12],
    text: [u8; SIZE],
}

const TEXT: &str = match option_env!("COUCHPASS_BUILT_BY") {
    Some(compilers) => compilers,
    None => "an unnamed compiler",
};
const OWNER: &[u8] = b"couchpass\0";

#[used]
// SAFETY: a section of this name is read by nothing that runs; it is laid out as ELF has it.
#[unsafe(link_section = ".note.couchpass")]
static NOTE: Note<{ TEXT.len().next_multiple_of(4) }> = Note {
    owner_size: OWNER.len() as u32,
    text_size: TEXT.len() as u32,
    kind: 1,
    owner: padded(OWNER),
    text: padded(TEXT.as_bytes()),
};

/// Filled up with zeros.
const fn padded<const SIZE: usize>(bytes: &[u8]) -> [u8; SIZE] {
    let mut padded = [0; SIZE];
    let mut at = 0;
    while at < bytes.len() {
        padded[at] = bytes[at];
        at += 1;
    }
    padded
}

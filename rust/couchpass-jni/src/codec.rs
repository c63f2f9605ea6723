//! How a message crosses: the layout of Java's `DataOutput`, written once here and once in Kotlin (`Codec.kt`).
//!
//! Integers have their highest byte first. A text is its length in bytes (4) and its UTF-8; bytes are the same. What may be
//! absent is a flag (1 byte) and perhaps the thing. A list is its length (4) and its elements. A choice is its tag (1 byte) and
//! its fields. `messages.golden` holds one example of each message, and a test on either side holds its codec to them.

use std::fmt;

use device_auth::Secret;
use zeroize::Zeroizing;

/// A finished message. Wiped when dropped: it may hold a secret.
pub(crate) type Bytes = Zeroizing<Vec<u8>>;

/// A message that is not what the other side should have written; both sides come from one build, so this is a mistake of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a message from Kotlin is malformed: {}", self.0)
    }
}

/// What can cross.
pub(crate) trait Crosses: Sized {
    /// Appends it.
    fn write(&self, to: &mut Writer);
    /// Takes it from the front.
    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed>;
}

/// One message as bytes.
pub(crate) fn encode(message: &impl Crosses) -> Bytes {
    let mut writer = Writer(Zeroizing::new(Vec::new()));
    message.write(&mut writer);
    writer.0
}

/// The one message that these bytes are, with nothing after it.
pub(crate) fn decode<T: Crosses>(bytes: &[u8]) -> Result<T, Malformed> {
    let mut reader = Reader(bytes);
    let message = T::read(&mut reader)?;
    if reader.0.is_empty() { Ok(message) } else { Err(Malformed("something follows it")) }
}

/// A message in the making.
pub(crate) struct Writer(Bytes);

impl Writer {
    fn put(&mut self, bytes: &[u8]) {
        // A vector that grows by itself would leave copies of secrets in freed memory.
        if self.0.capacity() - self.0.len() < bytes.len() {
            let mut larger = Zeroizing::new(Vec::with_capacity((self.0.len() + bytes.len()).max(64) * 2));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }

    /// The tag of a choice.
    pub(crate) fn tag(&mut self, tag: u8) {
        self.put(&[tag]);
    }

    fn length(&mut self, length: usize) {
        // Nothing that is anywhere near this long gets here.
        i32::try_from(length).unwrap_or(i32::MAX).write(self);
    }

    fn sized(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.put(bytes);
    }
}

/// What is left of a message.
pub(crate) struct Reader<'m>(&'m [u8]);

impl<'m> Reader<'m> {
    fn take(&mut self, count: usize) -> Result<&'m [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(Malformed("it ends too early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    /// The tag of a choice.
    pub(crate) fn tag(&mut self) -> Result<u8, Malformed> {
        Ok(self.array::<1>()?[0])
    }

    fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(i32::read(self)?).map_err(|_| Malformed("a length is negative"))
    }

    fn sized(&mut self) -> Result<&'m [u8], Malformed> {
        let length = self.length()?;
        self.take(length)
    }

    fn text(&mut self) -> Result<&'m str, Malformed> {
        std::str::from_utf8(self.sized()?).map_err(|_| Malformed("a text is not UTF-8"))
    }
}

impl Crosses for bool {
    fn write(&self, to: &mut Writer) {
        to.tag(u8::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        match from.tag()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed("a flag is neither 0 nor 1")),
        }
    }
}

impl Crosses for i32 {
    fn write(&self, to: &mut Writer) {
        to.put(&self.to_be_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.array().map(Self::from_be_bytes)
    }
}

impl Crosses for i64 {
    fn write(&self, to: &mut Writer) {
        to.put(&self.to_be_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.array().map(Self::from_be_bytes)
    }
}

impl Crosses for String {
    fn write(&self, to: &mut Writer) {
        to.sized(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.text().map(str::to_owned)
    }
}

impl Crosses for Secret {
    fn write(&self, to: &mut Writer) {
        to.sized(self.expose().as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.text().map(Self::new)
    }
}

impl Crosses for Bytes {
    fn write(&self, to: &mut Writer) {
        to.sized(self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.sized().map(|bytes| Self::new(bytes.to_vec()))
    }
}

impl<T: Crosses> Crosses for Option<T> {
    fn write(&self, to: &mut Writer) {
        self.is_some().write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        if bool::read(from)? { T::read(from).map(Some) } else { Ok(None) }
    }
}

impl<T: Crosses> Crosses for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.length(self.len());
        for element in self {
            element.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let length = from.length()?;
        // Not reserved in advance: a wrong length must end in an error, not in memory.
        (0..length).map(|_| T::read(from)).collect()
    }
}

impl Crosses for () {
    fn write(&self, _to: &mut Writer) {}

    fn read(_from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(())
    }
}

/// Declares a message: its fields cross in the order in which they stand.
macro_rules! message {
    ($(#[$about:meta])* struct $name:ident { $($(#[$field_about:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) struct $name { $($(#[$field_about])* pub(crate) $field: $type,)* }

        impl $crate::codec::Crosses for $name {
            fn write(&self, to: &mut $crate::codec::Writer) {
                $($crate::codec::Crosses::write(&self.$field, to);)*
            }

            fn read(from: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::codec::Malformed> {
                Ok(Self { $($field: $crate::codec::Crosses::read(from)?,)* })
            }
        }
    };
    ($(#[$about:meta])* enum $name:ident {
        $($(#[$variant_about:meta])* $tag:literal => $variant:ident { $($field:ident: $type:ty),* $(,)? },)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$variant_about])* $variant { $($field: $type),* },)* }

        impl $crate::codec::Crosses for $name {
            fn write(&self, to: &mut $crate::codec::Writer) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        to.tag($tag);
                        $($crate::codec::Crosses::write($field, to);)*
                    })*
                }
            }

            fn read(from: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::codec::Malformed> {
                Ok(match from.tag()? {
                    $($tag => Self::$variant { $($field: $crate::codec::Crosses::read(from)?),* },)*
                    _ => return Err($crate::codec::Malformed(concat!("there is no such ", stringify!($name)))),
                })
            }
        }
    };
}
pub(crate) use message;

#[cfg(test)]
mod tests {
    use super::*;

    message! {
        /// Of everything something.
        struct Sample {
            flag: bool,
            number: i32,
            instant: i64,
            text: String,
            absent: Option<i32>,
            list: Vec<String>,
        }
    }

    fn sample() -> Sample {
        Sample {
            flag: true,
            number: -2,
            instant: 1 << 40,
            text: "é😀".to_owned(),
            absent: None,
            list: vec![String::new(), "a".to_owned()],
        }
    }

    #[test]
    fn the_layout_is_that_of_data_output() {
        let hex: String = encode(&sample()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "01fffffffe000001000000000000000006c3a9f09f98800000000002000000000000000161");
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(decode::<Sample>(&encode(&sample())), Ok(sample()));
    }

    #[test]
    fn a_message_that_is_cut_or_goes_on_is_refused() {
        let bytes = encode(&sample());
        for end in 0..bytes.len() {
            assert!(decode::<Sample>(&bytes[..end]).is_err(), "{end}");
        }
        assert!(decode::<Sample>(&[bytes.as_slice(), &[0]].concat()).is_err());
    }

    #[test]
    fn absurd_lengths_end_in_an_error() {
        assert!(decode::<Vec<String>>(&[0x7f, 0xff, 0xff, 0xff]).is_err());
        assert!(decode::<String>(&[0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(decode::<Bytes>(&[0x7f, 0xff, 0xff, 0xff, 0]).is_err());
    }
}

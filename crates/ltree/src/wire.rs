//! The binary format of all three types: a version byte, then the text. Not here: the drivers' traits.

#[cfg(feature = "diesel")]
use arrayvec::ArrayVec;

use crate::error::Error;

/// The only version that servers speak: `ltree_send` and `ltree_recv` in contrib/ltree/ltree_io.c.
pub(crate) const VERSION: u8 = 1;

/// The text of a binary value.
#[inline]
pub(crate) fn decode(bytes: &[u8]) -> Result<&str, Error> {
    let (&found, text) = bytes.split_first().ok_or(Error::MissingVersion)?;
    if found != VERSION {
        return Err(Error::UnknownVersion { found });
    }
    std::str::from_utf8(text).map_err(|error| Error::NotUtf8 { position: error.valid_up_to() + 1 })
}

/// Writes a binary value at once, which a buffer that grows with each write likes better.
#[cfg(feature = "diesel")]
pub(crate) fn encode(text: &str, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let mut message = ArrayVec::<u8, 128>::new();
    message.push(VERSION);
    if message.try_extend_from_slice(text.as_bytes()).is_ok() {
        return out.write_all(&message);
    }
    out.write_all(&[VERSION])?;
    out.write_all(text.as_bytes())
}

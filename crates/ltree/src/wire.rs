//! The binary format of all three types: a version byte, then the text. Not here: the drivers' traits.

use crate::error::Error;

/// The only version that servers speak: `ltree_send` and `ltree_recv` in contrib/ltree/ltree_io.c.
#[cfg_attr(not(any(feature = "diesel", feature = "postgres-types")), expect(dead_code))]
pub(crate) const VERSION: u8 = 1;

/// The text of a binary value.
#[cfg_attr(not(any(feature = "diesel", feature = "postgres-types")), expect(dead_code))]
pub(crate) fn decode(bytes: &[u8]) -> Result<&str, Error> {
    let (&found, text) = bytes.split_first().ok_or(Error::MissingVersion)?;
    if found != VERSION {
        return Err(Error::UnknownVersion { found });
    }
    std::str::from_utf8(text).map_err(|error| Error::NotUtf8 { position: error.valid_up_to() + 1 })
}

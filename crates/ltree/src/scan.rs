//! Loops over the bytes of a text, several at a time. Not here: what a byte means (`rule`).
//!
//! The compiler makes vector instructions of loops over chunks of a fixed size that have no branches. What does not fill
//! a chunk is covered by the last one, which overlaps its neighbour.

use arrayvec::ArrayVec;

/// Whether the text is ASCII letters, digits and underscores in labels none of which is empty, or is empty itself.
#[inline]
pub(crate) fn is_plain(text: &str) -> bool {
    let text = text.as_bytes();
    let Some((first, rest)) = text.split_first() else { return true };
    let Some((last, body)) = text.split_last() else { return true };
    *last != b'.' && !is_wrong(*first, b'.') && !any_is_wrong(rest, body)
}

/// Whether a byte must not stand in a plain text behind the one before it.
#[inline]
fn is_wrong(byte: u8, before: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    !(letter | digit | (byte == b'_') | ((byte == b'.') & (before != b'.')))
}

/// The same for bytes and those before them, in chunks that are as large as can be.
#[inline]
fn any_is_wrong(bytes: &[u8], before: &[u8]) -> bool {
    in_chunks::<64>(bytes, before)
        .or_else(|| in_chunks::<32>(bytes, before))
        .or_else(|| in_chunks::<16>(bytes, before))
        .unwrap_or_else(|| bytes.iter().zip(before).any(|(byte, before)| is_wrong(*byte, *before)))
}

/// `None` for less than a chunk.
#[inline]
fn in_chunks<const SIZE: usize>(bytes: &[u8], before: &[u8]) -> Option<bool> {
    let in_chunk = |bytes: &[u8; SIZE], before: &[u8; SIZE]| {
        bytes.iter().zip(before).fold(false, |any, (byte, before)| any | is_wrong(*byte, *before))
    };
    let end = in_chunk(bytes.last_chunk()?, before.last_chunk()?);
    let (bytes, _) = bytes.as_chunks();
    let (before, _) = before.as_chunks();
    Some(bytes.iter().zip(before).fold(end, |any, (bytes, before)| any | in_chunk(bytes, before)))
}

/// Whether a dot comes first, last or after a dot.
#[inline]
pub(crate) fn has_empty_label(text: &str) -> bool {
    text.starts_with('.') || text.ends_with('.') || text.contains("..")
}

/// How many labels a text has that is not empty.
pub(crate) fn count_dots(text: &[u8]) -> usize {
    // Sums of at most 255 ones stay in vector registers.
    let dots = |chunk: &[u8]| chunk.iter().map(|&byte| u8::from(byte == b'.')).sum::<u8>();
    text.chunks(255).map(|chunk| usize::from(dots(chunk))).sum()
}

/// How many labels are split at once.
pub(crate) const LABELS: usize = 63;

/// Room for the labels of most paths. It is filled where it lies, because moving it costs more than filling it.
pub(crate) type FewLabels<'a> = ArrayVec<&'a str, LABELS>;

/// Adds the labels of a text, of which an empty one has none; false when there is no room for all.
#[inline]
pub(crate) fn split<'a>(text: &'a str, labels: &mut FewLabels<'a>) -> bool {
    split_all(text, labels).is_some()
}

#[inline]
fn split_all<'a>(text: &'a str, labels: &mut FewLabels<'a>) -> Option<()> {
    let mut begin = 0;
    let mut add = |at: usize| {
        let label = text.get(begin..at)?;
        begin = at + 1;
        labels.try_push(label).ok()
    };
    for (index, block) in text.as_bytes().chunks(64).enumerate() {
        let mut dots = dots(block);
        while dots != 0 {
            add(index * 64 + dots.trailing_zeros() as usize)?;
            dots &= dots - 1;
        }
    }
    if text.is_empty() { Some(()) } else { add(text.len()) }
}

/// A bit for each of at most 64 bytes: whether it is a dot. Without branches, which nobody could predict.
#[inline]
fn dots(block: &[u8]) -> u64 {
    let (words, rest) = block.as_chunks();
    let dots = words
        .iter()
        .enumerate()
        .fold(0, |dots, (index, word)| dots | dots_of_word(*word) << (index * 8));
    let of_rest = match block.last_chunk() {
        // The last word overlaps the one before it by what does not belong to the rest.
        Some(last) => dots_of_word(*last) >> (8 - rest.len()),
        None => rest.iter().rev().fold(0, |dots, byte| dots << 1 | u64::from(*byte == b'.')),
    };
    dots | of_rest.checked_shl(words.len() as u32 * 8).unwrap_or(0)
}

/// The lowest 8 bits: whether each byte is a dot, the first byte's lowest.
#[inline]
fn dots_of_word(word: [u8; 8]) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    let difference = u64::from_le_bytes(word) ^ u64::from_ne_bytes([b'.'; 8]);
    // The highest bit of a byte is set when the byte is a dot; the product has all of them side by side on top.
    let highest = !((difference & LOW).wrapping_add(LOW) | difference | LOW);
    (highest >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_texts_are_found(text in "[a-zA-Z0-9_.é-]{0,70}|[a.]{0,40}|([a-z_]{1,9}\\.){0,9}[a-z]{1,9}") {
            let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let plain = text.is_empty() || text.split('.').all(label);
            prop_assert_eq!(is_plain(&text), plain);
            let empty = !text.is_empty() && text.split('.').any(str::is_empty);
            prop_assert_eq!(has_empty_label(&text), empty);
        }

        #[test]
        fn labels_are_split(text in "[a.é\u{ae}/-]{0,90}|([a-z_]{1,9}\\.){0,9}") {
            let split: Vec<_> = if text.is_empty() { vec![] } else { text.split('.').collect() };
            prop_assert_eq!(count_dots(text.as_bytes()), text.matches('.').count());
            let mut labels = FewLabels::new();
            match super::split(&text, &mut labels) {
                true => prop_assert_eq!(labels.as_slice(), split),
                false => prop_assert!(split.len() > LABELS),
            }
        }
    }
}

//! The server's order of paths: label by label and byte by byte, the shorter first. Not here: the traits that use it.

use std::cmp::Ordering;

/// Compares two paths in their text form.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let at = first_difference(left, right);
    match (left.get(at), right.get(at)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(left), Some(right)) => rank(*left).cmp(&rank(*right)),
    }
}

/// A label that ends comes before one that goes on, whatever goes on: `-` has a smaller byte than `.`.
const fn rank(byte: u8) -> u16 {
    if byte == b'.' { 0 } else { byte as u16 + 1 }
}

/// The index of the first byte that differs, or the length of the shorter.
fn first_difference(left: &[u8], right: &[u8]) -> usize {
    let common = left.len().min(right.len());
    let (left, right) =
        (left.get(..common).unwrap_or_default(), right.get(..common).unwrap_or_default());
    let (left_words, _) = left.as_chunks();
    let (right_words, _) = right.as_chunks();
    for (index, (left, right)) in left_words.iter().zip(right_words).enumerate() {
        if left != right {
            return index * 8 + first_in_word(*left, *right);
        }
    }
    // What does not fill a word is the end of one that overlaps its neighbour, which is the same in both.
    match (left.last_chunk(), right.last_chunk()) {
        (Some(left), Some(right)) if left == right => common,
        (Some(left), Some(right)) => common - 8 + first_in_word(*left, *right),
        _ => left.iter().zip(right).take_while(|(left, right)| left == right).count(),
    }
}

fn first_in_word(left: [u8; 8], right: [u8; 8]) -> usize {
    (u64::from_le_bytes(left) ^ u64::from_le_bytes(right)).trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_label_by_label() {
        let sorted = ["", "a", "a.b", "a.b.c", "a.c", "a-b", "a-b.c", "aB", "a_b", "ab", "b"];
        for (i, left) in sorted.iter().enumerate() {
            for (j, right) in sorted.iter().enumerate() {
                assert_eq!(compare(left, right), i.cmp(&j), "{left} {right}");
            }
        }
    }

    /// No server holds a null byte, but equality and order must agree on whatever there is. Found by fuzzing.
    #[test]
    fn a_null_byte_is_not_a_dot() {
        assert_eq!(compare("a.b", "a\0b"), Ordering::Less);
    }

    #[test]
    fn the_first_difference_is_found_at_any_offset() {
        for length in 0..40 {
            let left = vec![b'a'; length];
            for at in 0..length {
                let mut right = left.clone();
                right[at] = b'b';
                assert_eq!(first_difference(&left, &right), at);
                assert_eq!(first_difference(&left, &left[..at]), at);
                assert_eq!(first_difference(&left[..at], &left), at);
            }
            assert_eq!(first_difference(&left, &left), length);
        }
    }
}

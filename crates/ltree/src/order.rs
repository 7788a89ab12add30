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
const fn rank(byte: u8) -> u8 {
    if byte == b'.' { 0 } else { byte }
}

fn first_difference(left: &[u8], right: &[u8]) -> usize {
    let (left_words, left_rest) = left.as_chunks::<8>();
    let (right_words, right_rest) = right.as_chunks::<8>();
    for (index, (left, right)) in left_words.iter().zip(right_words).enumerate() {
        let difference = u64::from_le_bytes(*left) ^ u64::from_le_bytes(*right);
        if difference != 0 {
            return index * 8 + difference.trailing_zeros() as usize / 8;
        }
    }
    let common = left_words.len().min(right_words.len()) * 8;
    // Where one has words left, the other's rest is compared with the beginning of the next of them.
    let (left_rest, right_rest) = match left_words.len().cmp(&right_words.len()) {
        Ordering::Equal => (left_rest, right_rest),
        Ordering::Less => (left_rest, right.get(common..).unwrap_or_default()),
        Ordering::Greater => (left.get(common..).unwrap_or_default(), right_rest),
    };
    common + left_rest.iter().zip(right_rest).take_while(|(left, right)| left == right).count()
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

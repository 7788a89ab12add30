//! The server's messages, as far as they say how a connection stands.

use super::{Header, take};
use crate::backend::{State, Transaction};

/// More than this of one message is not kept: what matters in an error stands in front.
const KEPT: usize = 16 << 10;

/// Follows what the server sends.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The one byte that answers the question for encryption has no header.
    encryption: bool,
    header: Header,
    /// The message that is being read: its type, and how much of it is still to come.
    message: Option<(u8, usize)>,
    body: Vec<u8>,
}

impl Answers {
    pub(super) fn expect_encryption(&mut self) {
        self.encryption = true;
    }

    pub(super) fn follow(&mut self, mut bytes: &[u8], state: &mut State) {
        if self.encryption && !bytes.is_empty() {
            self.encryption = false;
            take(&mut bytes, 1);
        }
        loop {
            let (kind, rest) = match self.message.take() {
                Some(message) => message,
                None if self.header.fill(&mut bytes, 5) => self.header.take(),
                None => return,
            };
            let part = take(&mut bytes, rest);
            if part.len() == rest && self.body.is_empty() {
                // As nearly always, in one piece.
                understand(kind, part.get(..KEPT).unwrap_or(part), state);
                continue;
            }
            // Rows, by far most of what comes, are passed over.
            if matches!(kind, b'Z' | b'C' | b'E' | b'K') {
                let room = KEPT.saturating_sub(self.body.len());
                self.body.extend_from_slice(part.get(..room).unwrap_or(part));
            }
            if part.len() < rest {
                self.message = Some((kind, rest - part.len()));
                return;
            }
            understand(kind, &self.body, state);
            self.body.clear();
        }
    }
}

fn understand(kind: u8, body: &[u8], state: &mut State) {
    match kind {
        b'Z' => {
            state.unanswered.pop_front();
            state.transaction = match body.first() {
                Some(b'I') => Transaction::None,
                _ => Transaction::Open,
            };
        }
        b'C' => match until_zero(body) {
            b"COMMIT" => state.rolled_back = false,
            b"ROLLBACK" => state.rolled_back = true,
            // It is not told whether it was SET LOCAL.
            b"SET" | b"LISTEN" | b"DECLARE CURSOR" => state.altered = true,
            // The driver's prepared statements are gone, or others have come that may have the same names.
            b"DISCARD ALL" | b"DEALLOCATE" | b"DEALLOCATE ALL" | b"PREPARE" => state.spoiled = true,
            _ => {}
        },
        b'E' => {
            let field = |name| {
                let mut fields = body.split(|byte| *byte == 0);
                fields.find_map(|field| field.strip_prefix(&[name]))
            };
            if let Some(b"40001" | b"40P01") = field(b'C') {
                state.races_lost += 1;
            }
        }
        // It takes rows now, and passes over the end of the request that asked for them: their own end is what it answers.
        b'G' | b'W' => {
            state.unanswered.pop_front();
            // Unless it was given up before, and its end has been sent.
            state.sending |= state.unanswered.is_empty();
        }
        b'K' => {
            if let Some((process, _)) = body.split_first_chunk() {
                state.process = i32::from_be_bytes(*process);
            }
        }
        _ => {}
    }
}

fn until_zero(body: &[u8]) -> &[u8] {
    body.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes();
        [&[kind], &length[..], body].concat()
    }

    fn conversation() -> Vec<u8> {
        [
            message(b'K', &[0, 0, 1, 0, 9, 9, 9, 9]),
            message(b'Z', b"I"),
            message(b'D', &[0; 300]),
            message(b'C', b"SET\0"),
            message(b'E', b"SERROR\0VERROR\0C40001\0Mno way\0\0"),
            message(b'Z', b"E"),
            message(b'C', b"ROLLBACK\0"),
            message(b'Z', b"T"),
        ]
        .concat()
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_messages_are_cut(cuts in prop::collection::vec(1_usize..50, 1..50)) {
            let mut state = State::default();
            state.unanswered.extend([true; 3]);
            let mut answers = Answers::default();
            let mut cuts = cuts.into_iter().cycle();
            let whole = conversation();
            let mut rest = &whole[..];
            while !rest.is_empty() {
                answers.follow(take(&mut rest, cuts.next().unwrap_or(1)), &mut state);
            }
            prop_assert_eq!(state.process, 256);
            prop_assert!(state.unanswered.is_empty());
            prop_assert_eq!(state.races_lost, 1);
            prop_assert!(state.altered && state.rolled_back && !state.spoiled);
            prop_assert_eq!(state.transaction, Transaction::Open);
        }

        #[test]
        fn whatever_comes_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            Answers::default().follow(&bytes, &mut State::default());
        }
    }
}

//! The driver's messages, as far as they say what the server owes an answer to, and what a statement does to the session.

use super::{Header, take};

/// What the driver has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    /// It asked for encryption, which is answered by one byte.
    Encryption,
    /// A part of a request; more has to come before the server answers to the end.
    Part,
    /// A request is complete: the server owes a "ready for query".
    End {
        /// Whether there is more in it than the closing of prepared statements.
        statement: bool,
    },
    /// A statement is run that may leave something behind in the session.
    Alters,
}

/// Words of statements that leave something behind in the session, without a tag that says so.
const ALTERING: [&[u8]; 5] =
    [b"set_config", b"advisory_lock", b" temp ", b" temporary ", b" pg_temp."];

/// The code that stands where a client's first message has the version of the protocol.
const ENCRYPTION: [u8; 4] = 80_877_103_u32.to_be_bytes();

/// Follows what the driver sends.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// Behind the first message, which has no type, all have one.
    started: bool,
    header: Header,
    message: Option<(u8, usize)>,
    /// Zero bytes seen in the message: they end its texts.
    texts: usize,
    /// The text that names a prepared statement; of the first message, its code.
    name: Vec<u8>,
    words: Words,
    /// There was more than a Close since the last request.
    statement: bool,
    /// Prepared statements that may leave something behind, whenever they run.
    altering: Vec<Vec<u8>>,
}

impl Requests {
    pub(super) fn follow(&mut self, mut bytes: &[u8], mut tell: impl FnMut(Request)) {
        loop {
            let (kind, rest) = match self.message.take() {
                Some(message) => message,
                None if self.started => match self.header.fill(&mut bytes, 5) {
                    true => self.header.take(),
                    false => {
                        if self.header.length > 0 {
                            tell(Request::Part);
                        }
                        return;
                    }
                },
                None => {
                    if self.header.length == 0 {
                        // The first message has a length alone.
                        self.header.length = 1;
                    }
                    match self.header.fill(&mut bytes, 5) {
                        true => self.header.take(),
                        false => return,
                    }
                }
            };
            let part = take(&mut bytes, rest);
            self.read(kind, part);
            if part.len() < rest {
                self.message = Some((kind, rest - part.len()));
                // What belongs to the start of the session, the password too, is answered in another way.
                if !matches!(kind, 0 | b'p') {
                    tell(Request::Part);
                }
                return;
            }
            self.end(kind, &mut tell);
            (self.texts, self.words) = (0, Words::default());
            self.name.clear();
        }
    }

    fn read(&mut self, kind: u8, part: &[u8]) {
        let (name, statement) = match kind {
            0 => {
                let missing = 4_usize.saturating_sub(self.name.len());
                self.name.extend(part.iter().take(missing));
                return;
            }
            b'Q' => (None, Some(0)),
            b'P' => (Some(0), Some(1)),
            b'B' if !self.altering.is_empty() => (Some(1), None),
            b'C' if !self.altering.is_empty() => (Some(0), None),
            _ => return,
        };
        for byte in part {
            match byte {
                0 => self.texts += 1,
                _ if Some(self.texts) == name => self.name.push(*byte),
                _ if Some(self.texts) == statement => self.words.read(*byte),
                // The values of a Bind, the types of a Parse.
                _ if self.texts > 1 => return,
                _ => {}
            }
        }
    }

    fn end(&mut self, kind: u8, tell: &mut impl FnMut(Request)) {
        // A copy's end is one too: what it sets off may take long.
        self.statement |= matches!(kind, b'Q' | b'F' | b'P' | b'B' | b'D' | b'E' | b'c' | b'f');
        match kind {
            0 if self.name == ENCRYPTION => tell(Request::Encryption),
            0 => self.started = true,
            b'Q' => {
                if self.words.found {
                    tell(Request::Alters);
                }
                self.complete(tell);
            }
            b'S' | b'F' => self.complete(tell),
            b'P' => {
                // The name is another statement's from now on; that without a name is parsed at every call.
                self.altering.retain(|name| *name != self.name);
                if self.words.found {
                    tell(Request::Alters);
                    self.altering.push(self.name.clone());
                }
                tell(Request::Part);
            }
            b'B' => {
                if self.altering.contains(&self.name) {
                    tell(Request::Alters);
                }
                tell(Request::Part);
            }
            b'C' => {
                // Its first byte says what is closed: a statement or a portal.
                let closed = self.name.strip_prefix(b"S").unwrap_or_default();
                self.altering.retain(|name| name != closed);
                tell(Request::Part);
            }
            b'D' | b'E' | b'H' => tell(Request::Part),
            _ => {}
        }
    }

    fn complete(&mut self, tell: &mut impl FnMut(Request)) {
        tell(Request::End { statement: std::mem::take(&mut self.statement) });
    }
}

/// Looks for the words in a text that comes byte by byte.
#[derive(Debug, Default)]
struct Words {
    /// How much of each has been met. (None of them contains its own beginning, so nothing has to be looked at twice.)
    met: [usize; ALTERING.len()],
    found: bool,
}

impl Words {
    fn read(&mut self, byte: u8) {
        let byte = if byte.is_ascii_whitespace() { b' ' } else { byte.to_ascii_lowercase() };
        for (met, word) in self.met.iter_mut().zip(ALTERING) {
            *met = match word.get(*met) == Some(&byte) {
                true => *met + 1,
                false => usize::from(word.first() == Some(&byte)),
            };
            if *met == word.len() {
                self.found = true;
                *met = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const END: Request = Request::End { statement: true };

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes();
        [&[kind], &length[..], body].concat()
    }

    fn followed(requests: &mut Requests, bytes: &[u8]) -> Vec<Request> {
        let mut told = Vec::new();
        requests.follow(bytes, |request| told.push(request));
        told
    }

    fn started() -> Requests {
        let mut requests = Requests::default();
        let startup = [&12_u32.to_be_bytes()[..], &196_608_u32.to_be_bytes(), b"a\0b\0"].concat();
        assert_eq!(followed(&mut requests, &startup), []);
        assert!(requests.started);
        requests
    }

    #[test]
    fn the_question_for_encryption_is_told_from_the_start_of_a_session() {
        let mut requests = Requests::default();
        let question = [8_u32.to_be_bytes(), ENCRYPTION].concat();
        assert_eq!(followed(&mut requests, &question), [Request::Encryption]);
        assert!(!requests.started);
    }

    #[test]
    fn a_batch_is_complete_with_its_sync() {
        let batch =
            [message(b'P', b"s1\0SELECT 1\0\0\0"), message(b'D', b"Ss1\0"), message(b'S', b"")];
        let told = followed(&mut started(), &batch.concat());
        assert_eq!(told, [Request::Part, Request::Part, END]);
    }

    #[test]
    fn closing_a_prepared_statement_is_no_statement() {
        let close = [message(b'C', b"Ss1\0"), message(b'S', b"")].concat();
        let told = followed(&mut started(), &close);
        assert_eq!(told, [Request::Part, Request::End { statement: false }]);
    }

    #[test]
    fn statements_that_leave_something_behind_are_noticed_however_they_are_written() {
        for statement in [
            "select SET_CONFIG('a', 'b', false)",
            "SELECT pg_try_advisory_lock_shared(1)",
            "CREATE\nTEMP\tTABLE t (n int)",
            "create  temporary table t as select 1",
        ] {
            let query = message(b'Q', &[statement.as_bytes(), b"\0"].concat());
            let told = followed(&mut started(), &query);
            assert_eq!(told, [Request::Alters, END], "{statement}");
        }
        for statement in
            ["SELECT attempts FROM t", "SELECT pg_advisory_xact_lock(1)", "UPDATE t SET a = 1"]
        {
            let query = message(b'Q', &[statement.as_bytes(), b"\0"].concat());
            assert_eq!(followed(&mut started(), &query), [END], "{statement}");
        }
    }

    #[test]
    fn a_prepared_statement_that_leaves_something_behind_is_noticed_each_time() {
        let mut requests = started();
        let parse = message(b'P', b"s1\0SELECT set_config($1, $2, false)\0\0\0");
        assert_eq!(followed(&mut requests, &parse), [Request::Alters, Request::Part]);
        let bind = |name: &str| message(b'B', &[b"\0", name.as_bytes(), b"\0rest"].concat());
        assert_eq!(followed(&mut requests, &bind("s1")), [Request::Alters, Request::Part]);
        assert_eq!(followed(&mut requests, &bind("s2")), [Request::Part]);
        followed(&mut requests, &message(b'C', b"Ss1\0"));
        assert_eq!(followed(&mut requests, &bind("s1")), [Request::Part]);
    }

    #[test]
    fn a_name_that_is_parsed_again_is_another_statements() {
        let mut requests = started();
        let parse = |text: &str| message(b'P', &[b"\0", text.as_bytes(), b"\0\0\0"].concat());
        let bind = message(b'B', b"\0\0rest");
        followed(&mut requests, &parse("SELECT set_config('a', 'b', false)"));
        assert_eq!(followed(&mut requests, &bind), [Request::Alters, Request::Part]);
        followed(&mut requests, &parse("SELECT 1"));
        assert_eq!(followed(&mut requests, &bind), [Request::Part]);
    }

    #[test]
    fn the_end_of_a_copy_is_something_to_cancel() {
        let end = [message(b'c', b""), message(b'S', b"")].concat();
        assert_eq!(followed(&mut started(), &end), [END]);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_messages_are_cut(cuts in prop::collection::vec(1_usize..30, 1..30)) {
            let whole = [
                message(b'P', b"s1\0SELECT set_config($1, $2, false)\0\0\0"),
                message(b'S', b""),
                message(b'B', b"\0s1\0\0\0\0\0"),
                message(b'E', b"\0\0\0\0\0"),
                message(b'S', b""),
                message(b'Q', b"CREATE TEMP TABLE t (n int)\0"),
            ]
            .concat();
            let mut at_once = followed(&mut started(), &whole);
            let (mut requests, mut told) = (started(), Vec::new());
            let mut cuts = cuts.into_iter().cycle();
            let mut rest = &whole[..];
            while !rest.is_empty() {
                let part = take(&mut rest, cuts.next().unwrap_or(1));
                let of_part = followed(&mut requests, part);
                // From its first byte on a request is known to be under way.
                prop_assert!(!of_part.is_empty());
                told.extend(of_part);
            }
            at_once.retain(|request| *request != Request::Part);
            told.retain(|request| *request != Request::Part);
            prop_assert_eq!(told, at_once);
        }

        #[test]
        fn whatever_is_sent_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            followed(&mut Requests::default(), &bytes);
        }
    }
}

//! Arranges operands and operators into what is run, and writes their text. Not here: how one label is compared
//! (`label_pattern`).
//!
//! A condition becomes a row of tests; each says where to go on when some label passes it and when none does. Running it
//! is one loop, and no depth of nesting can exhaust the stack.

use memchr::memmem::Finder;

use crate::error::Error;
use crate::label_pattern::{LabelPattern, Test};
use crate::scan::{self, FewLabels};

/// The server's limits, in contrib/ltree/ltxtquery_io.c: `pushquery` holds the length of a label and its place among all
/// labels (each with a null byte) to one and two bytes, `findoprnd` the size of a right operand to 15 bits.
const MAX_LABEL_BYTES: usize = 0xff;
const MAX_PLACE: usize = 0xffff;
const MAX_RIGHT: usize = 0x7fff;
/// How many operators may stand within each other, as in `a & b & c` two do. The server's limit is its
/// `max_stack_depth`; with the default (2 MB) it reads some 8,500 parentheses, and writes more than 16,000 operators.
const MAX_HEIGHT: usize = 4_000;

/// What a condition consists of, operands before their operators.
#[derive(Debug, Clone)]
pub(crate) enum Token {
    Operand(LabelPattern),
    Not,
    And,
    Or,
}

#[derive(Debug)]
pub(crate) struct Program {
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    look: Look,
    passed: usize,
    failed: usize,
}

/// How an operand is looked for in a path.
#[derive(Debug)]
enum Look {
    /// In the text, which is faster than splitting it: a label that stands there as it is written, or a beginning of one.
    InText { finder: Finder<'static>, whole: bool },
    /// In each label.
    InLabels(Test),
}

impl Look {
    fn for_pattern(pattern: &LabelPattern) -> Self {
        match pattern.as_written() {
            Some(whole) => {
                Self::InText { finder: Finder::new(pattern.as_str()).into_owned(), whole }
            }
            None => Self::InLabels(Test::new(pattern)),
        }
    }
}

/// Whether the text of a path has a label that is (`whole`) or begins with what the finder looks for, in which no dot is:
/// no occurrence overlaps one at the beginning of a label.
fn has_label(path: &str, finder: &Finder<'_>, whole: bool) -> bool {
    let is_edge = |byte: Option<&u8>| matches!(byte, None | Some(b'.'));
    let (path, length) = (path.as_bytes(), finder.needle().len());
    finder.find_iter(path).any(|at| {
        let before = at.checked_sub(1).and_then(|before| path.get(before));
        is_edge(before) && (!whole || is_edge(path.get(at + length)))
    })
}

/// The ends of a program: whatever is no step.
const TRUE: usize = usize::MAX;
const FALSE: usize = usize::MAX - 1;

impl Program {
    pub(crate) fn matches(&self, path: &str) -> bool {
        let mut labels = FewLabels::new();
        // Split when first needed; false: there are too many to hold them all.
        let mut is_split = None;
        self.run(|look| match look {
            Look::InText { finder, whole } => has_label(path, finder, *whole),
            Look::InLabels(test) => {
                if *is_split.get_or_insert_with(|| scan::split(path, &mut labels)) {
                    labels.iter().any(|label| test.matches(label))
                } else {
                    path.split('.').any(|label| test.matches(label))
                }
            }
        })
    }

    #[inline]
    fn run(&self, mut is_found: impl FnMut(&Look) -> bool) -> bool {
        let mut at = 0;
        while let Some(Step { look, passed, failed }) = self.steps.get(at) {
            at = if is_found(look) { *passed } else { *failed };
        }
        at == TRUE
    }
}

/// A part of a condition: the operands from `first` to `last` (which stand beside each other) and what joins them.
struct Part {
    first: usize,
    last: usize,
    /// Operands and operators.
    size: usize,
    /// How many operators stand within each other.
    height: usize,
    kind: Kind,
    /// The steps that leave the part, being passed (true) or not, when the part is true, and when it is false.
    when_true: Vec<(usize, bool)>,
    when_false: Vec<(usize, bool)>,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Operand,
    Not,
    And,
    Or,
}

/// What is written around each operand.
#[derive(Default)]
struct Surroundings {
    /// Before it, the innermost first.
    before: Vec<&'static str>,
    /// How many parentheses close after it.
    closing: usize,
    /// The operator after those.
    operator: &'static str,
}

/// The text and the program of a condition; `strict` limits how deep it is nested.
pub(crate) fn arrange(tokens: Vec<Token>, strict: bool) -> Result<(String, Program), Error> {
    let mut arrangement = Arrangement::default();
    for token in tokens {
        match token {
            Token::Operand(pattern) => arrangement.operand(pattern)?,
            Token::Not => arrangement.negate(),
            Token::And => arrangement.combine(Kind::And)?,
            Token::Or => arrangement.combine(Kind::Or)?,
        }
    }
    let whole = arrangement.parts.pop().ok_or(Error::EmptyPattern)?;
    if strict && whole.height > MAX_HEIGHT {
        return Err(Error::PatternTooLarge { limit: "4,000 operators within each other" });
    }
    arrangement.lead(whole.when_true, TRUE);
    arrangement.lead(whole.when_false, FALSE);
    Ok((arrangement.text(), Program { steps: arrangement.steps }))
}

#[derive(Default)]
struct Arrangement {
    patterns: Vec<LabelPattern>,
    steps: Vec<Step>,
    surroundings: Vec<Surroundings>,
    /// Not yet part of another.
    parts: Vec<Part>,
    /// Where the next operand would be stored.
    place: usize,
}

impl Arrangement {
    fn operand(&mut self, pattern: LabelPattern) -> Result<(), Error> {
        let bytes = pattern.as_str().len();
        if bytes > MAX_LABEL_BYTES {
            return Err(Error::PatternTooLarge { limit: "255 bytes of each label" });
        }
        if self.place > MAX_PLACE {
            return Err(Error::PatternTooLarge { limit: "65,535 bytes before the last label" });
        }
        self.place += bytes + 1;
        let index = self.steps.len();
        self.steps.push(Step { look: Look::for_pattern(&pattern), passed: TRUE, failed: FALSE });
        self.patterns.push(pattern);
        self.surroundings.push(Surroundings::default());
        self.parts.push(Part {
            first: index,
            last: index,
            size: 1,
            height: 0,
            kind: Kind::Operand,
            when_true: vec![(index, true)],
            when_false: vec![(index, false)],
        });
        Ok(())
    }

    fn negate(&mut self) {
        let Some(mut part) = self.parts.pop() else { return };
        if part.kind != Kind::Operand {
            self.parenthesize(&part);
        }
        if let Some(first) = self.surroundings.get_mut(part.first) {
            first.before.push("!");
        }
        part.kind = Kind::Not;
        part.size += 1;
        part.height += 1;
        std::mem::swap(&mut part.when_true, &mut part.when_false);
        self.parts.push(part);
    }

    fn combine(&mut self, kind: Kind) -> Result<(), Error> {
        let (Some(mut right), Some(mut left)) = (self.parts.pop(), self.parts.pop()) else {
            return Ok(());
        };
        // It is stored before the left one, which is found by a distance of 15 bits.
        if right.size + 1 > MAX_RIGHT {
            return Err(Error::PatternTooLarge {
                limit: "32,766 labels and operators to the right of an operator",
            });
        }
        for part in [&left, &right] {
            if part.kind == Kind::Or {
                self.parenthesize(part);
            }
        }
        if let Some(last) = self.surroundings.get_mut(left.last) {
            last.operator = if kind == Kind::And { " & " } else { " | " };
        }
        let (undecided, decided) = if kind == Kind::And {
            (std::mem::take(&mut left.when_true), (&mut left.when_false, &mut right.when_false))
        } else {
            (std::mem::take(&mut left.when_false), (&mut left.when_true, &mut right.when_true))
        };
        // The shorter is moved, so that a long condition does not take quadratic time.
        if decided.0.len() > decided.1.len() {
            std::mem::swap(decided.0, decided.1);
        }
        decided.1.append(decided.0);
        self.lead(undecided, right.first);
        self.parts.push(Part {
            first: left.first,
            size: left.size + right.size + 1,
            height: left.height.max(right.height) + 1,
            kind,
            ..right
        });
        Ok(())
    }

    fn parenthesize(&mut self, part: &Part) {
        if let Some(first) = self.surroundings.get_mut(part.first) {
            first.before.push("( ");
        }
        if let Some(last) = self.surroundings.get_mut(part.last) {
            last.closing += 1;
        }
    }

    fn lead(&mut self, exits: Vec<(usize, bool)>, to: usize) {
        for (step, passed) in exits {
            if let Some(step) = self.steps.get_mut(step) {
                *(if passed { &mut step.passed } else { &mut step.failed }) = to;
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (pattern, around) in self.patterns.iter().zip(&self.surroundings) {
            text.extend(around.before.iter().rev().copied());
            text.push_str(&pattern.to_string());
            text.extend(std::iter::repeat_n(" )", around.closing));
            text.push_str(around.operator);
        }
        text
    }
}

//! What each writer does: its n-th step is a function of the seed alone, so that a client that was killed goes on where its
//! acknowledged steps end, and the checker knows what must be there.

use homeroom::{ChatSessionId, ClassId, FileId, GroupId, StorageReservationId, ToolId, UserId};
use uuid::Uuid;

/// Writers of each kind, in turn: chats, rosters, trees, files.
pub(crate) const WRITERS: usize = 8;
pub(crate) const CHATS: usize = 3;
pub(crate) const CLASSES: usize = 2;
pub(crate) const DISTRICTS: usize = 2;
/// Of each tree writer.
pub(crate) const SCHOOLS: usize = 3;
/// Of each roster writer. An enrolment has no key: a try that was given up may still be done behind the next one, and would undo a
/// later step for the same student. So many steps lie between them that none is as late, which may be the second by which the longest stop
/// outlasts the client's patience.
pub(crate) const STUDENTS: usize = 200;
/// Steps between two changes of a school, for the same reason.
const SCHOOL_STEPS: u64 = 120;

/// Numbers that look random and are the same for the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64, writer: usize, n: u64) -> Self {
        // SplitMix64, of numbers that are near to each other.
        let mut z = seed
            .wrapping_add((writer as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .wrapping_add(n.wrapping_mul(0xbf58_476d_1ce4_e5b9));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(z ^ (z >> 31))
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// One thing that a writer does, repeatably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Appends messages to a chat: their keys, which they also say.
    Say {
        chat: ChatSessionId,
        keys: Vec<String>,
    },
    Enrol {
        class: ClassId,
        student: UserId,
    },
    Leave {
        class: ClassId,
        student: UserId,
    },
    Create {
        group: GroupId,
        parent: GroupId,
        slug: String,
    },
    Move {
        group: GroupId,
        to: GroupId,
    },
    Rename {
        group: GroupId,
        slug: String,
    },
    Upload {
        file: FileId,
        reservation: StorageReservationId,
        person: UserId,
        bytes: i64,
    },
    Remove {
        file: FileId,
    },
}

/// The names of all that a run makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
}

impl Plan {
    fn id(self, what: &str, writer: usize, n: u64) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}:{what}:{writer}:{n}", self.seed).as_bytes())
    }

    pub(crate) fn person(self, writer: usize) -> UserId {
        self.id("person", writer, 0).into()
    }

    pub(crate) fn student(self, writer: usize, n: usize) -> UserId {
        self.id("student", writer, n as u64).into()
    }

    pub(crate) fn tool(self) -> ToolId {
        self.id("tool", 0, 0).into()
    }

    pub(crate) fn chat(self, n: usize) -> ChatSessionId {
        self.id("chat", 0, n as u64).into()
    }

    pub(crate) fn class(self, n: usize) -> ClassId {
        self.id("class", 0, n as u64).into()
    }

    pub(crate) fn district(self, n: usize) -> GroupId {
        self.id("district", 0, n as u64).into()
    }

    pub(crate) fn school(self, writer: usize, n: usize) -> GroupId {
        self.id("school", writer, n as u64).into()
    }

    /// The step with this number, from 1 on.
    pub(crate) fn step(self, writer: usize, n: u64) -> Step {
        let mut dice = Dice::new(self.seed, writer, n);
        match writer % 4 {
            0 => {
                let chat = self.chat(dice.below(CHATS));
                let length = 1 + dice.below(4);
                Step::Say { chat, keys: (0..length).map(|i| format!("{writer}:{n}:{i}")).collect() }
            }
            1 => {
                let class = self.class(dice.below(CLASSES));
                let student = self.student(writer, n as usize % STUDENTS);
                match dice.below(3) {
                    0 => Step::Leave { class, student },
                    _ => Step::Enrol { class, student },
                }
            }
            2 => self.step_in_tree(writer, n, &mut dice),
            _ => {
                let person = self.person(writer);
                match n % 4 {
                    0 => Step::Remove { file: self.id("file", writer, n - 1).into() },
                    _ => Step::Upload {
                        file: self.id("file", writer, n).into(),
                        reservation: self.id("reservation", writer, n).into(),
                        person,
                        bytes: 1 + dice.below(1_000) as i64,
                    },
                }
            }
        }
    }

    /// Departments come and move; now and then a school goes to the other district with all that is below it.
    fn step_in_tree(self, writer: usize, n: u64, dice: &mut Dice) -> Step {
        let school = self.school(writer, dice.below(SCHOOLS));
        if n.is_multiple_of(SCHOOL_STEPS) {
            return Step::Move { group: school, to: self.district(dice.below(DISTRICTS)) };
        }
        let group: GroupId = self.id("department", writer, n - n % 3).into();
        match n % 3 {
            // Behind a school's move there is no department of that number.
            _ if (n - n % 3).is_multiple_of(SCHOOL_STEPS) => {
                // Each another one.
                let group = self.school(writer, (n + n / SCHOOL_STEPS) as usize % SCHOOLS);
                Step::Rename { group, slug: format!("s-{writer}-{n}") }
            }
            0 => Step::Create { group, parent: school, slug: format!("d-{writer}-{n}") },
            1 => Step::Move { group, to: school },
            _ => Step::Rename { group, slug: format!("r-{writer}-{n}") },
        }
    }
}

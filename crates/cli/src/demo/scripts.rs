//! What is said in the demo's chats: written for it. A chat begins anew or leaves another one behind one of its messages.

use homeroom::NewMessage;

/// Which tool a chat uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    Tutor,
    Studio,
}

/// A chat of one of the class's people.
pub(super) struct Script {
    pub(super) title: &'static str,
    pub(super) with: With,
    /// Whose chat: the place in the class's list, in which the teacher is the first.
    pub(super) by: usize,
    /// The place in the tree of the chat that it leaves, and behind which message.
    pub(super) leaves: Option<(usize, i32)>,
    /// What is said from there on.
    pub(super) said: &'static [Said],
}

pub(super) enum Said {
    System(&'static str),
    User(&'static str),
    Tool(&'static str),
}

impl Said {
    pub(super) fn message(&self) -> NewMessage {
        match self {
            Self::System(text) => NewMessage::system(*text),
            Self::User(text) => NewMessage::user(*text),
            Self::Tool(text) => NewMessage::assistant(*text),
        }
    }
}

use Said::{System, Tool, User};

/// The trees of chats, the chats of each behind those that they leave. The first tree is the one that is shown.
pub(super) const TREES: &[&[Script]] = &[
    &[
        Script {
            title: "Adding fractions",
            with: With::Tutor,
            by: 1,
            leaves: None,
            said: &[
                System("You are a patient tutor. Ask a question before you explain."),
                User("Why is 1/2 + 1/3 not 2/5? I added the tops and the bottoms."),
                Tool("Good question! Before we compute: is 2/5 more or less than 1/2?"),
                User("Less… oh. But I added something, so it can’t get smaller."),
                Tool(
                    "Exactly. So what would both fractions need before we can count pieces together?",
                ),
                User("Pieces of the same size. Sixths! 3/6 + 2/6 = 5/6."),
                Tool("5/6 it is. Want to try 3/4 + 1/6 on your own?"),
            ],
        },
        Script {
            title: "Adding fractions, with pizza",
            with: With::Tutor,
            by: 1,
            leaves: Some((0, 3)),
            said: &[
                User("Can you show it with pizza instead?"),
                Tool(
                    "Cut one pizza in 2 and another in 3. 🍕 You take a piece of each. Are the pieces equal?",
                ),
                User("No, the halves are bigger."),
                Tool("Then cut all pieces until they are equal. How many cuts does the half need?"),
            ],
        },
        Script {
            title: "Pizza, but for three friends",
            with: With::Tutor,
            by: 2,
            leaves: Some((1, 5)),
            said: &[
                User("We are three friends. Does it work with ninths too?"),
                Tool("Try it: can you cut a half into ninths without breaking one?"),
                User("No! 9 is odd. So it has to be a number that 2 and 3 both go into."),
            ],
        },
        Script {
            title: "三个朋友分披萨",
            with: With::Tutor,
            by: 3,
            leaves: Some((2, 6)),
            said: &[
                User("可以用中文解释一下“公分母”吗？"),
                Tool("当然可以。公分母就是两个分母都能整除的数。2 和 3 的最小公倍数是多少？"),
                User("是 6！"),
            ],
        },
        Script {
            title: "On the number line",
            with: With::Tutor,
            by: 4,
            leaves: Some((0, 5)),
            said: &[
                User("Is there a way without finding sixths? With a number line maybe?"),
                Tool("Draw 0 to 1. Where is 1/2? Now walk 1/3 further: do you pass 3/4?"),
                User("Yes, a bit. It ends just before 1."),
                Tool("Just before 1 by how much? That missing piece has a name."),
            ],
        },
        Script {
            title: "For Monday’s lesson",
            with: With::Tutor,
            by: 0,
            leaves: Some((0, 7)),
            said: &[
                User(
                    "As their teacher: suggest three warm-up questions that lead to the same insight.",
                ),
                Tool(
                    "1. Which is larger, 2/5 or 1/2? 2. Can a sum be smaller than its parts? 3. What do 2 and 3 share?",
                ),
            ],
        },
    ],
    &[
        Script {
            title: "¿Qué es una razón?",
            with: With::Tutor,
            by: 5,
            leaves: None,
            said: &[
                User("No entiendo la diferencia entre razón y fracción."),
                Tool(
                    "Si en tu clase hay 12 niñas y 8 niños, ¿qué comparas con 12:8, y qué con 12/20?",
                ),
                User("12:8 compara los grupos, y 12/20 es una parte de todos."),
                Tool("¡Perfecto! ¿Puedes simplificar 12:8?"),
            ],
        },
        Script {
            title: "Razones en la receta de mi abuela",
            with: With::Tutor,
            by: 5,
            leaves: Some((0, 2)),
            said: &[
                User("Mejor con comida: 3 tazas de harina y 2 de agua."),
                Tool("Para 9 tazas de harina, ¿cuánta agua? ¿Cómo lo sabes?"),
            ],
        },
    ],
    &[Script {
        title: "Bus timetable project",
        with: With::Studio,
        by: 6,
        leaves: None,
        said: &[
            User("I want to find out if our school bus is late more often on Mondays."),
            Tool("Nice question. What would you write down each day, and for how many weeks?"),
            User("The planned time and the real time. For five weeks?"),
            Tool(
                "Good. Then “late on Mondays” is a ratio: late Mondays to all Mondays. Shall we sketch the table first?",
            ),
            User("Yes. Columns: date, weekday, planned, real, late (yes or no)."),
        ],
    }],
    &[Script {
        title: "مسألة النسبة المئوية",
        with: With::Tutor,
        by: 7,
        leaves: None,
        said: &[
            User("كم هو ٢٠٪ من ٤٥؟"),
            Tool("لنبدأ بسؤال: كم هو ١٠٪ من ٤٥؟"),
            User("٤٫٥، إذن ٢٠٪ هي ٩."),
        ],
    }],
    &[Script {
        title: "Check my homework",
        with: With::Tutor,
        by: 8,
        leaves: None,
        said: &[
            User("3/8 + 1/4 = 4/12. Right?"),
            Tool("Let’s test it: 4/12 is 1/3. Is 3/8 alone already more than 1/3?"),
            User("Hmm, yes. So 5/8."),
            Tool("5/8. What did you change?"),
            User("1/4 is 2/8, so I only had to change one of them."),
        ],
    }],
    &[Script {
        title: "문장제 도와주세요",
        with: With::Tutor,
        by: 9,
        leaves: None,
        said: &[
            User("물 3/4 리터를 컵 6개에 똑같이 나누면 한 컵에 얼마예요?"),
            Tool("먼저 그림을 그려 볼까요? 3/4을 6으로 나누면 조각은 몇 개가 되나요?"),
            User("24조각 중의 3… 1/8 리터!"),
        ],
    }],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_leaves_one_before_it_where_that_has_a_message() {
        for tree in TREES {
            let mut lengths: Vec<i32> = Vec::new();
            for (place, script) in tree.iter().enumerate() {
                let before = script.leaves.map_or(0, |(parent, seq)| {
                    assert!(
                        parent < place && (1..=lengths[parent]).contains(&seq),
                        "{}",
                        script.title
                    );
                    assert_eq!(tree[parent].with, script.with, "a fork keeps the tool");
                    seq
                });
                assert_eq!(script.leaves.is_none(), place == 0);
                lengths.push(before + i32::try_from(script.said.len()).unwrap());
            }
        }
    }

    #[test]
    fn the_tree_that_is_shown_has_forks_of_forks() {
        let tree = TREES[0];
        let depth = |place: usize| {
            std::iter::successors(Some(place), |place| {
                tree[*place].leaves.map(|(parent, _)| parent)
            })
            .count()
                - 1
        };
        assert_eq!((0..tree.len()).map(depth).collect::<Vec<_>>(), [0, 1, 2, 3, 1, 1]);
    }
}

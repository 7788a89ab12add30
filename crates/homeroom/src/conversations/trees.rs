//! Makes chats of trees: every leaf's path is one, and forks leave the chat that holds the messages they share.

use std::collections::HashMap;

use crate::codes::MessageRole;
use crate::conversations::error::LineFault;
use crate::conversations::lines::Line;

/// The longest title, in characters.
const MAX_TITLE: usize = 200;

/// A chat to be: a path from the beginning of a conversation to a leaf. Messages are places in the file's lines.
#[derive(Debug)]
pub(super) struct Path {
    pub(super) messages: Vec<usize>,
    /// The chat that this one leaves, and the number of messages that they share.
    pub(super) fork: Option<(usize, usize)>,
    /// The line whose author owns the chat.
    pub(super) owner: usize,
}

/// All conversations of a file.
#[derive(Debug, Default)]
pub(super) struct Forest {
    /// Each behind the one that it leaves.
    pub(super) paths: Vec<Path>,
    pub(super) trees: usize,
    /// How many messages have a parent that is not in the file.
    pub(super) orphans: usize,
    pub(super) is_orphan: Vec<bool>,
    pub(super) tombstones: usize,
    pub(super) left_out: usize,
}

impl Forest {
    /// # Errors
    /// A message that answers itself, over others.
    pub(super) fn of(lines: &[Line]) -> Result<Self, LineFault> {
        let tree = Tree::of(lines)?;
        let mut forest = Self { is_orphan: vec![false; lines.len()], ..Self::default() };
        for (place, line) in lines.iter().enumerate() {
            match (tree.is_kept(place), line.deleted) {
                (false, _) => forest.left_out += 1,
                (true, true) => forest.tombstones += 1,
                (true, false) => {}
            }
        }
        for root in &tree.roots {
            if lines.get(*root).is_some_and(|line| line.parent_id.is_some()) {
                forest.orphans += 1;
                if let Some(is_orphan) = forest.is_orphan.get_mut(*root) {
                    *is_orphan = true;
                }
            }
            if tree.is_kept(*root) {
                forest.trees += 1;
                forest.add_paths(&tree, lines, *root);
            }
        }
        Ok(forest)
    }

    /// Follows first children to a leaf; every other child on the way begins a path of its own, after this one.
    fn add_paths(&mut self, tree: &Tree, lines: &[Line], root: usize) {
        let owner = owner(tree, lines, root);
        let mut begun = vec![(vec![root], None)];
        while let Some((mut messages, fork)) = begun.pop() {
            let path = self.paths.len();
            while let Some((next, others)) =
                messages.last().and_then(|last| tree.children(*last).split_first())
            {
                for other in others {
                    let mut shared = messages.clone();
                    shared.push(*other);
                    begun.push((shared, Some((path, messages.len()))));
                }
                messages.push(*next);
            }
            self.paths.push(Path { messages, fork, owner });
        }
    }

    /// The first prompt of a path, or its first message, as one line cut to a title's length at a word.
    pub(super) fn title(path: &Path, lines: &[Line]) -> Option<String> {
        let mut said =
            path.messages.iter().filter_map(|place| lines.get(*place)).filter(|line| !line.deleted);
        let prompt =
            said.clone().find(|line| line.role == MessageRole::User).or_else(|| said.next())?;
        title(&prompt.text)
    }
}

/// The author of the first prompt on the way of first answers, else of the earliest prompt below, else of the first message.
fn owner(tree: &Tree, lines: &[Line], root: usize) -> usize {
    let is_prompt =
        |place: &usize| lines.get(*place).is_some_and(|line| line.role == MessageRole::User);
    let mut below = vec![root];
    let mut prompts = Vec::new();
    while let Some(place) = below.pop() {
        if is_prompt(&place) {
            prompts.push(place);
        } else {
            below.extend(tree.children(place));
        }
    }
    prompts
        .into_iter()
        .min_by_key(|place| lines.get(*place).map(|line| (line.created_at, &line.message_id)))
        .unwrap_or(root)
}

fn title(text: &str) -> Option<String> {
    let mut title = String::new();
    for word in text.split_whitespace() {
        let length = title.chars().count() + usize::from(!title.is_empty()) + word.chars().count();
        if length > MAX_TITLE {
            if title.is_empty() {
                title = word.chars().take(MAX_TITLE).collect();
            }
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(word);
    }
    (!title.is_empty()).then_some(title)
}

/// Who answers whom. Messages are places in the file's lines.
#[derive(Debug)]
struct Tree {
    /// In the order of the file.
    roots: Vec<usize>,
    /// Those that are kept, the first answer first.
    children: Vec<Vec<usize>>,
    kept: Vec<bool>,
}

impl Tree {
    fn of(lines: &[Line]) -> Result<Self, LineFault> {
        let places: HashMap<&str, usize> = lines
            .iter()
            .enumerate()
            .map(|(place, line)| (line.message_id.as_str(), place))
            .collect();
        let parents: Vec<Option<usize>> = lines
            .iter()
            .map(|line| line.parent_id.as_deref().and_then(|parent| places.get(parent).copied()))
            .collect();
        let mut children = vec![Vec::new(); lines.len()];
        let mut roots = Vec::new();
        for (place, parent) in parents.iter().enumerate() {
            match parent.and_then(|parent| children.get_mut(parent)) {
                Some(siblings) => siblings.push(place),
                None => roots.push(place),
            }
        }
        for siblings in &mut children {
            // No rank stands behind every rank.
            siblings.sort_by_key(|place| {
                lines
                    .get(*place)
                    .map(|line| (line.rank.is_none(), line.rank, line.created_at, &line.message_id))
            });
        }

        // From the roots down, so that whoever is not reached is in a circle; then back, children before parents.
        let mut reached = roots.clone();
        let mut next = 0;
        while let Some(place) = reached.get(next) {
            reached.extend(children.get(*place).into_iter().flatten());
            next += 1;
        }
        let mut seen = vec![false; lines.len()];
        for place in &reached {
            if let Some(seen) = seen.get_mut(*place) {
                *seen = true;
            }
        }
        if let Some((line, _)) = lines.iter().zip(&seen).find(|(_, seen)| !**seen) {
            let reason =
                format!("message_id {:?} answers itself, over its parents", line.message_id);
            return Err(LineFault { line: line.number, reason });
        }
        let mut kept = vec![false; lines.len()];
        for place in reached.iter().rev() {
            let answered = children.get(*place).is_some_and(|answers: &Vec<usize>| {
                answers.iter().any(|answer| kept.get(*answer).copied().unwrap_or_default())
            });
            let live = lines.get(*place).is_some_and(|line| !line.deleted);
            if let Some(kept) = kept.get_mut(*place) {
                *kept = live || answered;
            }
        }
        for answers in &mut children {
            answers.retain(|answer| kept.get(*answer).copied().unwrap_or_default());
        }
        Ok(Self { roots, children, kept })
    }

    fn is_kept(&self, place: usize) -> bool {
        self.kept.get(place).copied().unwrap_or_default()
    }

    fn children(&self, place: usize) -> &[usize] {
        self.children.get(place).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::DateTime;
    use proptest::prelude::*;
    use serde_json::Map;

    use super::*;

    /// Messages of which each answers an earlier one, one that is not there, or none; in any order.
    fn messages() -> impl Strategy<Value = Vec<Line>> {
        let message = (any::<prop::sample::Index>(), 0..8_u8, any::<bool>(), 0..3_i64);
        let messages = prop::collection::vec(message, 1..40).prop_map(|messages| {
            let line = |(place, (parent, kind, deleted, rank)): (usize, &(_, u8, bool, i64))| {
                let parent: &prop::sample::Index = parent;
                let parent_id = match kind {
                    0 => None,
                    1 => Some("not here".to_owned()),
                    _ => (place > 0).then(|| format!("m{}", parent.index(place))),
                };
                Line {
                    number: place + 1,
                    message_id: format!("m{place}"),
                    parent_id,
                    author: None,
                    created_at: DateTime::UNIX_EPOCH,
                    role: if kind % 2 == 0 { MessageRole::User } else { MessageRole::Assistant },
                    text: String::new(),
                    rank: (*rank > 0).then_some(*rank),
                    deleted: *deleted,
                    other: Map::new(),
                }
            };
            messages.iter().enumerate().map(line).collect::<Vec<_>>()
        });
        messages.prop_shuffle()
    }

    proptest! {
        #[test]
        fn every_way_to_a_leaf_is_one_path_and_a_fork_leaves_where_it_differs(lines in messages()) {
            let forest = Forest::of(&lines).unwrap();
            let place_of = |id: &str| lines.iter().position(|line| line.message_id == id);
            let parent =
                |place: usize| lines[place].parent_id.as_deref().and_then(place_of);
            // What is live, and all that it answers.
            let mut kept = HashSet::new();
            for place in (0..lines.len()).filter(|place| !lines[*place].deleted) {
                kept.extend(std::iter::successors(Some(place), |place| parent(*place)));
            }
            let answered: HashSet<usize> = kept.iter().filter_map(|place| parent(*place)).collect();
            let leaves: HashSet<usize> = kept.difference(&answered).copied().collect();
            prop_assert_eq!(forest.left_out, lines.len() - kept.len());

            let ends = forest.paths.iter().map(|path| *path.messages.last().unwrap());
            prop_assert_eq!(ends.collect::<HashSet<_>>(), leaves.clone());
            prop_assert_eq!(forest.paths.len(), leaves.len());
            for (index, path) in forest.paths.iter().enumerate() {
                prop_assert_eq!(parent(path.messages[0]), None);
                prop_assert!(path.messages.windows(2).all(|pair| parent(pair[1]) == Some(pair[0])));
                let Some((left, shared)) = path.fork else { continue };
                prop_assert!(left < index);
                let left = &forest.paths[left].messages;
                prop_assert_eq!(&left[..shared], &path.messages[..shared]);
                prop_assert!(left[shared] != path.messages[shared]);
            }
            let begun = forest.paths.iter().filter(|path| path.fork.is_none()).count();
            prop_assert_eq!(begun, forest.trees);
        }
    }

    #[test]
    fn a_title_is_one_line_cut_at_a_word() {
        assert_eq!(title("  What is\na  fraction? ").unwrap(), "What is a fraction?");
        assert_eq!(title(&"word ".repeat(60)).unwrap().chars().count(), 199);
        assert_eq!(title(&"ä".repeat(300)).unwrap().chars().count(), 200);
        assert_eq!(title(" \n"), None);
    }
}

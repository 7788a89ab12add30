//! Rules that hold while many write at once. Each has a checker that reads the whole history, and beside it a naive way that
//! the same checker is seen to find wrong.

mod deletes;
mod messages;
mod tree;

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom::testing::TestDatabase;
use homeroom::{Database, GroupId, PooledConnection, ltree::Ltree, schema::groups};
use tokio::task::JoinSet;

/// Connections that write at once; a test's pool has 20.
const WRITERS: usize = 16;

/// How many times a naive way is tried until it is seen to fail.
const CONTROLS: usize = 100;

/// Runs `work` on [`WRITERS`] connections at once and gives back what each returned.
async fn on_many_connections<T, F, W>(db: &Database, work: W) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
    W: Fn(usize, PooledConnection) -> F,
{
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        tasks.spawn(work(writer, db.conn().await.unwrap()));
    }
    tasks.join_all().await
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn new(writer: usize) -> Self {
        Self(writer as u64 + 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        // Knuth's MMIX generator; its high bits are the good ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// Reads the whole tree and tells what is wrong in it: a path that is not the parents' slugs, something live below something
/// archived, a group that nobody was told of or one that was acknowledged and is not there.
async fn faults_of_tree(db: &TestDatabase, acknowledged: &HashSet<GroupId>) -> Vec<String> {
    type Row = (GroupId, Option<GroupId>, String, Ltree, bool);
    let rows: Vec<Row> = groups::table
        .select((
            groups::id,
            groups::parent_id,
            groups::slug,
            groups::path,
            groups::deleted_at.is_not_null(),
        ))
        .load(&mut &*db.conn().await.unwrap())
        .await
        .unwrap();
    let tree: HashMap<GroupId, &Row> = rows.iter().map(|row| (row.0, row)).collect();
    let mut faults = Vec::new();
    for (id, _, _, path, archived) in &rows {
        let mut above = tree.get(id);
        let mut labels = Vec::new();
        while let Some((_, parent_id, slug, _, is_archived)) = above {
            labels.push(slug.replace('-', "_"));
            if *is_archived && !archived {
                faults.push(format!("{path} is live below an archived {slug}"));
            }
            above = parent_id.and_then(|id| tree.get(&id));
        }
        labels.reverse();
        let expected = labels.join(".");
        if path.to_string() != expected {
            faults.push(format!("{path} stands at {expected}"));
        }
        if !acknowledged.contains(id) {
            faults.push(format!("nobody was told of {path}"));
        }
    }
    let lost = acknowledged.iter().filter(|id| !tree.contains_key(id));
    faults.extend(lost.map(|id| format!("{id} was acknowledged and is not there")));
    faults
}

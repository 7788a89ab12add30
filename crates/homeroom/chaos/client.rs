//! The client: a process of its own, which the runner kills. Its writers do their steps one after the other, each until it is
//! acknowledged, and tell the runner of each acknowledgement in a line: `writer n first_seq`.

use std::io::Write;
use std::time::Duration;

use homeroom::{
    ClassMember, ClassRole, Connection, Database, DatabaseConfig, Error, File, Group, GroupType,
    Message, NewFile, NewGroup, NewMessage, NewStorageReservation, StorageBackend,
    StorageReservation,
};
use tokio::sync::watch;

use crate::plan::{Plan, Step, WRITERS};

/// As a server in front of the database has for its requests: what takes longer is dropped and done again.
const DEADLINE: Duration = Duration::from_secs(2);
/// Between two tries.
const REST: Duration = Duration::from_millis(10);

/// What the runner tells a client at its start.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) url: String,
    pub(crate) seed: u64,
    /// How many steps of each writer are acknowledged.
    pub(crate) done: [u64; WRITERS],
    /// Acknowledges one step in so many without doing it: what the checker must find. 0: none.
    pub(crate) lie: u64,
}

/// Writes until standard input ends, then brings the steps that are begun to their end.
pub(crate) async fn run(order: Order) {
    let config = DatabaseConfig::builder(&order.url)
        .pool_min(1)
        // Fewer than want one: the pool is full all the time.
        .pool_max(WRITERS / 2)
        .connect_timeout(Duration::from_secs(1))
        .acquire_timeout(Duration::from_secs(2))
        .statement_timeout(Duration::from_secs(2))
        .lock_timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let db = loop {
        match Database::connect(config.clone()).await {
            Ok(db) => break db,
            Err(_) => tokio::time::sleep(REST).await,
        }
    };
    let (stop, stopped) = watch::channel(false);
    let mut writers = tokio::task::JoinSet::new();
    for (writer, done) in order.done.into_iter().enumerate() {
        writers.spawn(write(db.clone(), order.clone(), writer, done, stopped.clone()));
    }
    // Also when the runner is gone.
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        stop.send_replace(true);
    });
    writers.join_all().await;
}

async fn write(
    db: Database,
    order: Order,
    writer: usize,
    done: u64,
    stopped: watch::Receiver<bool>,
) {
    let plan = Plan { seed: order.seed };
    let mut n = done;
    while !*stopped.borrow() {
        n += 1;
        let step = plan.step(writer, n);
        // Of those that no later step needs.
        let lie = order.lie > 0 && writer % 4 < 2 && n.is_multiple_of(order.lie);
        let seq = if lie { 1 } else { until_acknowledged(&db, &step).await };
        // One write, so that no other line comes between; and at once, as a promise is one from here on.
        let line = format!("{writer} {n} {seq}\n");
        if std::io::stdout().write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

async fn until_acknowledged(db: &Database, step: &Step) -> i32 {
    let mut surprised = false;
    loop {
        let attempt = async {
            let conn = db.conn().await?;
            perform(&conn, step).await
        };
        match tokio::time::timeout(DEADLINE, attempt).await {
            Ok(Ok(seq)) => return seq,
            Ok(Err(error)) => {
                if is_surprising(&error) && !surprised {
                    surprised = true;
                    let text = format!("{error:?}").replace('\n', " ");
                    let _ = writeln!(std::io::stderr(), "surprise: {step:?}: {text}");
                }
                tokio::time::sleep(REST).await;
            }
            Err(_) => {}
        }
    }
}

/// Whether no fault explains it: nobody but we writes here, so no rule may refuse a step.
fn is_surprising(error: &Error) -> bool {
    match error {
        // The same key is being written by the step's first try, whose client was killed.
        Error::Conflict { rule, .. } => rule != "messages_session_id_idempotency_key_key",
        Error::NotFound { .. }
        | Error::Invalid { .. }
        | Error::ForbiddenState { .. }
        | Error::Quota { .. } => true,
        _ => false,
    }
}

/// Does a step, which may have been done already by a try whose answer was lost.
async fn perform(conn: &Connection, step: &Step) -> homeroom::Result<i32> {
    match step {
        Step::Say { chat, keys } => {
            let new = |key: &String| NewMessage::user(key).idempotency_key(key);
            return match keys.as_slice() {
                [key] => Ok(Message::append(conn, *chat, &new(key)).await?.seq),
                keys => {
                    let turn: Vec<_> = keys.iter().map(new).collect();
                    Ok(Message::append_turn(conn, *chat, &turn).await?[0].seq)
                }
            };
        }
        Step::Enrol { class, student } => {
            ClassMember::enrol(conn, *class, *student, ClassRole::Student).await?;
        }
        Step::Leave { class, student } => {
            done_if_absent(ClassMember::delete(conn, *class, *student).await)?;
        }
        Step::Create { group, parent, slug } => {
            let new =
                NewGroup::new(GroupType::Department, *parent, slug.clone()).slug(slug.clone());
            let created = Group::create(conn, &NewGroup { id: *group, ..new }).await;
            done_if_conflicting(created, "groups_pkey")?;
        }
        Step::Move { group, to } => drop(Group::move_to(conn, *group, Some(*to)).await?),
        Step::Rename { group, slug } => drop(Group::rename(conn, *group, slug, slug).await?),
        Step::Upload { file, reservation, person, bytes } => {
            if File::find(conn, *file).await?.is_none() {
                let mut room = NewStorageReservation::new(*person, *bytes);
                room.id = *reservation;
                let reserved = StorageReservation::reserve(conn, &room).await;
                done_if_conflicting(reserved, "storage_reservations_pkey")?;
                let new = NewFile {
                    id: *file,
                    original_name: "answer.txt".to_owned(),
                    mime_type: "text/plain".to_owned(),
                    size_bytes: *bytes,
                    storage_backend: StorageBackend::Local,
                    storage_key: file.to_string(),
                    uploaded_by: *person,
                    group_id: None,
                    purpose: "homework".to_owned(),
                };
                let committed = StorageReservation::commit(conn, *reservation, &new).await;
                done_if_conflicting(committed, "files_pkey")?;
            }
            done_if_absent(StorageReservation::release(conn, *reservation).await)?;
        }
        Step::Remove { file } => done_if_absent(File::soft_delete(conn, *file).await)?,
    }
    Ok(0)
}

fn done_if_absent(outcome: homeroom::Result<()>) -> homeroom::Result<()> {
    match outcome {
        Err(Error::NotFound { .. }) => Ok(()),
        outcome => outcome,
    }
}

fn done_if_conflicting<T>(outcome: homeroom::Result<T>, key: &str) -> homeroom::Result<()> {
    match outcome {
        Err(error) if error.rule() == Some(key) => Ok(()),
        outcome => outcome.map(drop),
    }
}

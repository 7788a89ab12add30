//! What it costs to be observable while nobody observes: `cargo bench -p homeroom --features testing --bench observability_cost`.
//!
//! The same point read and the same append, as operations and without: within an outer operation, so that the inner ones pass
//! through. In alternating rounds on one connection, as two processes of a server are not equally fast.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected ends")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, ChatSessionId, Connection, Error, Message, NewChatSession, NewMessage, NewTool,
    NewUser, Tool, ToolDefinition, ToolType, User, UserId, UserStatus, observe,
};

const ROUNDS: usize = 400;
const OPERATIONS: usize = 100;

#[derive(Clone, Copy)]
enum Work {
    PointRead,
    Append,
}

async fn run(work: Work, conn: &Connection, user: UserId, chat: ChatSessionId) -> Duration {
    let start = Instant::now();
    for _ in 0..OPERATIONS {
        match work {
            Work::PointRead => drop(black_box(User::find(conn, user).await.unwrap())),
            Work::Append => {
                let new = NewMessage::user("What is a fraction?");
                drop(black_box(Message::append(conn, chat, &new).await.unwrap()));
            }
        }
    }
    start.elapsed()
}

fn at(values: &mut [f64], place: usize) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(place).copied().unwrap_or_default()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let ana = NewUser::named("Ana").status(UserStatus::Active);
    let user = User::create(&conn, &ana).await.unwrap().id;
    let tool = NewTool {
        id: homeroom::ToolId::generate(),
        group_id: None,
        kind: ToolType::Chat,
        name: "Explainer".to_owned(),
        version: "1.0.0".parse().unwrap(),
        definition: ToolDefinition::parse("prompt: Explain it.").unwrap(),
        created_by: None,
    };
    let tool = Tool::create(&conn, &tool).await.unwrap().id;
    for (name, work) in [("point read", Work::PointRead), ("append", Work::Append)] {
        // A chat each, which grow alike.
        let mut chats = Vec::new();
        for _ in 0..2 {
            let new = NewChatSession::new(user, tool);
            chats.push(ChatSession::create(&conn, &new).await.unwrap().id);
        }
        let (first, second) = (chats.pop().unwrap(), chats.pop().unwrap());
        let plain = async || {
            let plain = async { Ok::<_, Error>(run(work, &conn, user, second).await) };
            observe("benchmark", plain).await.unwrap()
        };
        let (mut with, mut without, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let (observable, not) = if round % 2 == 0 {
                (run(work, &conn, user, first).await, plain().await)
            } else {
                let not = plain().await;
                (run(work, &conn, user, first).await, not)
            };
            ratios.push(observable.as_secs_f64() / not.as_secs_f64());
            with.push(observable.as_secs_f64() * 1e6 / OPERATIONS as f64);
            without.push(not.as_secs_f64() * 1e6 / OPERATIONS as f64);
        }
        println!(
            "{name}: {:.2} µs observable, {:.2} µs not (medians); median ratio {:.3}; best {:.2} and {:.2} µs",
            at(&mut with, ROUNDS / 2),
            at(&mut without, ROUNDS / 2),
            at(&mut ratios, ROUNDS / 2),
            at(&mut with, 0),
            at(&mut without, 0),
        );
    }
    let start = Instant::now();
    let calls = 1_000_000;
    for _ in 0..calls {
        black_box(observe("nothing", async { Ok::<_, Error>(1) }).await.unwrap());
    }
    println!(
        "an operation that does nothing: {:.0} ns",
        start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
    );
}

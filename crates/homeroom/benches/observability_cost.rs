//! What it costs to be observable while nobody observes: `cargo bench -p homeroom --features testing --bench observability_cost`.
//!
//! The same point read and the same append, as operations of a connection of the pool and without any of it: on a connection whose
//! instrumentation does nothing, within an outer operation, so that the inner ones pass through. In alternating rounds.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected ends")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use diesel_async::AsyncConnection;
use homeroom::testing::TestDatabase;
use homeroom::{
    AsyncPgConnection, ChatSession, ChatSessionId, Error, Message, NewChatSession, NewMessage,
    NewTool, NewUser, Tool, ToolDefinition, ToolType, User, UserId, UserStatus, observe,
};

const ROUNDS: usize = 31;
const OPERATIONS: usize = 1_000;

#[derive(Clone, Copy)]
enum Work {
    PointRead,
    Append,
}

async fn run(work: Work, conn: &AsyncPgConnection, user: UserId, chat: ChatSessionId) -> Duration {
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

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let db = TestDatabase::create().await;
    let seen = db.conn().await.unwrap();
    let mut unseen = db.conn().await.unwrap();
    unseen.set_instrumentation(|_: diesel::connection::InstrumentationEvent<'_>| {});
    let ana = NewUser::named("Ana").status(UserStatus::Active);
    let user = User::create(&seen, &ana).await.unwrap().id;
    let tool = NewTool {
        id: homeroom::ToolId::generate(),
        group_id: None,
        kind: ToolType::Chat,
        name: "Explainer".to_owned(),
        version: "1.0.0".parse().unwrap(),
        definition: ToolDefinition::parse("prompt: Explain it.").unwrap(),
        created_by: None,
    };
    let tool = Tool::create(&seen, &tool).await.unwrap().id;
    for (name, work) in [("point read", Work::PointRead), ("append", Work::Append)] {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            // A chat each, as the longer one costs more.
            let mut chats = Vec::new();
            for _ in 0..2 {
                let new = NewChatSession::new(user, tool);
                chats.push(ChatSession::create(&seen, &new).await.unwrap().id);
            }
            let (first, second) = (chats.pop().unwrap(), chats.pop().unwrap());
            let observed = run(work, &seen, user, first).await;
            let plain = observe("benchmark", async {
                Ok::<_, Error>(run(work, &unseen, user, second).await)
            });
            let plain = plain.await.unwrap();
            // The first round warms up.
            if round > 0 {
                with.push(observed);
                without.push(plain);
            }
        }
        let [with, without] = [with, without].map(|mut times| {
            times.sort_unstable();
            times.get(ROUNDS / 2).copied().unwrap_or_default().as_secs_f64() * 1e6
                / OPERATIONS as f64
        });
        println!(
            "{name}: {with:.2} µs observable, {without:.2} µs not: {:+.1} %",
            100.0 * (with / without - 1.0)
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

//! How a fork is kept: a copy of the messages that it takes over (`src/chats/fork.sql`), or nothing but what it adds, with reads
//! that walk up to the parents. Plain tokio-postgres on a private server that keeps its data safe from crashes.
//!
//! `cargo bench -p homeroom --bench fork_design --features testing`

use std::error::Error;
use std::time::{Duration, Instant};

use homeroom::DatabaseConfig;
use homeroom_embed::{Server, ServerConfig};
use homeroom_migrate::UpOptions;
use serde_json::json;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How often each is measured.
const REPEATS: usize = 41;

/// Messages that a fork gets of its own before it is read.
const OWN: i32 = 2;

struct Design {
    name: &'static str,
    client: Client,
    user_id: Uuid,
    tool_id: Uuid,
    fork: Statement,
    append: Statement,
    last: Statement,
    page: Statement,
    whole: Statement,
}

/// The files of a design's statements.
struct Files {
    schema: &'static str,
    fork: &'static str,
    last: &'static str,
    page: &'static str,
    whole: &'static str,
}

impl Design {
    async fn open(server: &Server, name: &'static str, files: &Files) -> Result<Self> {
        server.create_database(name)?;
        let config = DatabaseConfig::builder(&server.url(name)).build()?;
        let mut client = config.connect_client().await?;
        homeroom::migrator()?.up(&mut client, &UpOptions::default()).await?;
        client.batch_execute(files.schema).await?;
        let (user_id, tool_id) = (Uuid::now_v7(), Uuid::now_v7());
        let user = "INSERT INTO users (id, name, status) VALUES ($1, 'A', 'active')";
        client.execute(user, &[&user_id]).await?;
        let tool = "INSERT INTO tools (id, type, name, version, definition) VALUES ($1, 'chat', 'T', '1.0.0', 'a: b')";
        client.execute(tool, &[&tool_id]).await?;
        let fork = [Type::UUID, Type::UUID, Type::INT4, Type::UUID];
        let append = [Type::UUID, Type::TEXT, Type::TEXT, Type::JSONB];
        let append_sql = include_str!("../src/messages/append.sql");
        Ok(Self {
            name,
            user_id,
            tool_id,
            fork: client.prepare_typed(files.fork, &fork).await?,
            append: client.prepare_typed(append_sql, &append).await?,
            last: client.prepare_typed(files.last, &[Type::UUID]).await?,
            page: client.prepare_typed(files.page, &[Type::UUID, Type::INT4]).await?,
            whole: client.prepare_typed(files.whole, &[Type::UUID]).await?,
            client,
        })
    }

    async fn create(&self, messages: i32) -> Result<Uuid> {
        let id = Uuid::now_v7();
        let chat = "INSERT INTO chat_sessions (id, user_id, tool_id, last_seq) VALUES ($1, $2, $3, $4::integer)";
        self.client.execute(chat, &[&id, &self.user_id, &self.tool_id, &messages]).await?;
        let fill = include_str!("fork_design/fill_chat.sql");
        let fill = self.client.prepare_typed(fill, &[Type::UUID, Type::INT4, Type::INT4]).await?;
        self.client.execute(&fill, &[&id, &1, &messages]).await?;
        Ok(id)
    }

    async fn fork(&self, parent: Uuid, seq: i32) -> Result<Uuid> {
        let id = Uuid::now_v7();
        self.client.query_one(&self.fork, &[&id, &parent, &seq, &self.user_id]).await?;
        Ok(id)
    }

    async fn append(&self, chat: Uuid) -> Result<()> {
        let meta = json!({ "tokens": 90 });
        let values: [&(dyn ToSql + Sync); 4] = [&chat, &"user", &"What is a third of 12?", &meta];
        self.client.query_one(&self.append, &values).await?;
        Ok(())
    }

    /// Reads and says how many rows there were.
    async fn read(&self, statement: &Statement, values: &[&(dyn ToSql + Sync)]) -> Result<usize> {
        Ok(self.client.query(statement, values).await?.len())
    }

    async fn bytes(&self) -> Result<i64> {
        let sizes =
            "SELECT pg_total_relation_size('messages') + pg_total_relation_size('chat_sessions')";
        Ok(self.client.query_one(sizes, &[]).await?.get(0))
    }

    /// Measures forks of a chat of so many messages and prints a row of the table.
    async fn measure(&self, messages: i32) -> Result<()> {
        let root = self.create(messages).await?;
        self.client.batch_execute("VACUUM ANALYZE").await?;
        let before = self.bytes().await?;
        let fork = measured(async || self.fork(root, messages).await.map(drop)).await?;
        let stored = (self.bytes().await? - before) / i64::try_from(REPEATS)?;
        self.client.batch_execute("VACUUM ANALYZE").await?;

        let mut row =
            format!("| {messages} | {} | {} | {} |", self.name, shown(fork), stored / 1024);
        let (mut chat, mut length) = (root, messages);
        for depth in 1..=5 {
            chat = self.fork(chat, length).await?;
            for _ in 0..OWN {
                self.append(chat).await?;
            }
            length += OWN;
            if depth == 1 || depth == 5 {
                let all = usize::try_from(length)?;
                assert_eq!(self.read(&self.whole, &[&chat]).await?, all);
                let last =
                    measured(async || self.read(&self.last, &[&chat]).await.map(drop)).await?;
                let middle = messages / 2;
                let page =
                    measured(async || self.read(&self.page, &[&chat, &middle]).await.map(drop))
                        .await?;
                let whole =
                    measured(async || self.read(&self.whole, &[&chat]).await.map(drop)).await?;
                row += &format!(" {} | {} | {} |", shown(last), shown(page), shown(whole));
            }
        }
        let append = measured(async || self.append(chat).await).await?;
        println!("{row} {} |", shown(append));
        Ok(())
    }
}

/// The median and the best.
async fn measured(work: impl AsyncFn() -> Result<()>) -> Result<(Duration, Duration)> {
    let mut times = Vec::with_capacity(REPEATS);
    for _ in 0..REPEATS {
        let start = Instant::now();
        work().await?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    Ok((at(REPEATS / 2), at(0)))
}

/// In milliseconds.
fn shown((median, best): (Duration, Duration)) -> String {
    format!("{:.2} ({:.2})", median.as_secs_f64() * 1_000.0, best.as_secs_f64() * 1_000.0)
}

#[tokio::main]
async fn main() -> Result<()> {
    // `cargo test --benches` only looks whether it runs.
    let sizes: &[i32] =
        if std::env::args().any(|arg| arg == "--bench") { &[50, 500, 5_000] } else { &[50] };
    let folder = tempfile::tempdir()?;
    let config = ServerConfig::persistent(folder.path().join("postgres"))
        .setting("shared_buffers", "256MB")
        .setting("max_wal_size", "4GB")
        .setting("min_wal_size", "1GB")
        .setting("autovacuum", "off");
    let server = Server::start(&config)?;
    let copied = Files {
        schema: "",
        fork: include_str!("../src/chats/fork.sql"),
        last: include_str!("fork_design/copied_last.sql"),
        page: include_str!("fork_design/copied_page.sql"),
        whole: include_str!("fork_design/copied_whole.sql"),
    };
    let shared = Files {
        schema: include_str!("fork_design/shared_schema.sql"),
        fork: include_str!("fork_design/shared_fork.sql"),
        last: include_str!("fork_design/shared_last.sql"),
        page: include_str!("fork_design/shared_page.sql"),
        whole: include_str!("fork_design/shared_whole.sql"),
    };
    let designs = [
        Design::open(&server, "copied", &copied).await?,
        Design::open(&server, "shared", &shared).await?,
    ];
    println!("ms, median (best); last 20, page of 50 and whole chat at depth 1, then at depth 5");
    println!(
        "| messages | design | fork | KiB a fork | last | page | whole | last | page | whole | append |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for messages in sizes {
        for design in &designs {
            design.measure(*messages).await?;
        }
    }
    drop(designs);
    server.stop()?;
    Ok(())
}

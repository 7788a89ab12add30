//! Whether cost stays flat while data grows: the same work on 100,000, 1,000,000 and 10,000,000 messages, in turn.

use std::sync::Arc;
use std::time::Duration;

use homeroom::{
    ChatSession, Database, DatabaseConfig, Group, Message, NewMessage, PageRequest, User,
};
use homeroom_embed::{Server, ServerConfig};
use serde::Serialize;

use crate::ids::{Ids, pick};
use crate::measure::{Round, median, round};
use crate::table::{Table, time};
use crate::{CONTENT, client, fill};

/// How many rows of each kind are used, spread over all of them: what is in use at a time does not grow with what is kept.
const IN_USE: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Append,
    PointRead,
    Page,
    Chat,
    Subtree,
}

impl Use {
    const ALL: [Self; 5] = [Self::PointRead, Self::Page, Self::Chat, Self::Subtree, Self::Append];

    const fn name(self) -> &'static str {
        match self {
            Self::Append => "append a message",
            Self::PointRead => "a user by e-mail",
            Self::Page => "20 messages of a chat",
            Self::Chat => "a chat with its 50 messages",
            Self::Subtree => "a school with its departments",
        }
    }
}

/// Seconds an operation at each size.
#[derive(Debug, Serialize)]
pub(crate) struct FlatRow {
    pub(crate) work: &'static str,
    pub(crate) messages: Vec<i64>,
    pub(crate) seconds: Vec<f64>,
}

/// The specification: at most so much longer on the largest than on the smallest.
const RATIO: f64 = 1.3;

impl FlatRow {
    fn ratio(&self) -> f64 {
        self.seconds[self.seconds.len() - 1] / self.seconds[0]
    }

    pub(crate) fn table(rows: &[Self]) -> Table {
        let mut table = Table::new(&[
            "messages",
            "smallest",
            "middle",
            "largest",
            "largest / smallest",
            "missed",
        ]);
        if let Some(row) = rows.first() {
            let cells = row.messages.iter().map(ToString::to_string);
            table.row(
                [String::new()].into_iter().chain(cells).chain([String::new(), String::new()]),
            );
        }
        for row in rows {
            let missed = if row.ratio() > RATIO { format!("> {RATIO}") } else { String::new() };
            let cells = row.seconds.iter().copied().map(time);
            table.row(
                [row.work.to_owned()]
                    .into_iter()
                    .chain(cells)
                    .chain([format!("{:.2}", row.ratio()), missed]),
            );
        }
        table
    }
}

#[derive(Clone)]
struct Size {
    db: Database,
    ids: Arc<Ids>,
    messages: i64,
}

impl Size {
    async fn open(server: &Server, number: usize, scale: f64) -> Self {
        let name = format!("size{number}");
        server.create_database(&name).unwrap();
        let url = format!(
            "postgresql://postgres@127.0.0.1:{}/{name}?sslmode=disable",
            server.port().unwrap()
        );
        fill(&url, scale, &[include_str!("fill.sql")]).await;
        let admin = client(&url).await;
        let mut ids = Ids::read(&admin, "public").await;
        for of in [&mut ids.chats, &mut ids.schools] {
            *of = (0..IN_USE).map(|n| of[n * of.len() / IN_USE]).collect();
        }
        ids.emails =
            (0..IN_USE).map(|n| ids.emails[n * ids.emails.len() / IN_USE].clone()).collect();
        let messages = admin.query_one("SELECT count(*) FROM messages", &[]).await.unwrap().get(0);
        let config = DatabaseConfig::builder(&url).pool_min(1).pool_max(1).build().unwrap();
        Self { db: Database::connect(config).await.unwrap(), ids: Arc::new(ids), messages }
    }

    async fn run(&self, what: Use, n: usize) -> usize {
        let conn = self.db.conn().await.unwrap();
        let chat = (*pick(&self.ids.chats, n)).into();
        match what {
            Use::Append => {
                let new = NewMessage::user(CONTENT);
                usize::from(Message::append(&conn, chat, &new).await.unwrap().seq > 0)
            }
            Use::PointRead => {
                let email = pick::<String>(&self.ids.emails, n);
                usize::from(User::find_by_email(&conn, email).await.unwrap().is_some())
            }
            Use::Page => {
                let page = PageRequest::first(20);
                Message::list_back(&conn, chat, &page).await.unwrap().items.len()
            }
            Use::Chat => ChatSession::get_with_messages(&conn, chat).await.unwrap().1.len(),
            Use::Subtree => {
                let school = (*pick(&self.ids.schools, n)).into();
                Group::descendants(&conn, school).await.unwrap().len()
            }
        }
    }
}

/// Fills three databases on a server of its own and measures them in alternating rounds. The data lies on disk, in the folder
/// for temporary files, and needs some 8 GB there at full size; it goes with the server.
pub(crate) async fn measure(scale: f64, rounds: usize, time: Duration) -> Vec<FlatRow> {
    let folder = tempfile::tempdir().unwrap();
    let config = ServerConfig::persistent(folder.path().join("postgres"))
        .setting("shared_buffers", "1GB")
        .setting("synchronous_commit", "off")
        .setting("fsync", "off")
        .setting("max_wal_size", "16GB")
        .setting("autovacuum", "off")
        .listen("host all all 127.0.0.1/32 trust")
        .unwrap();
    let server = Server::start(&config).unwrap();
    let pid = server.pid().unwrap();
    let mut sizes = Vec::new();
    for (number, times) in [0.1, 1.0, 10.0].into_iter().enumerate() {
        sizes.push(Size::open(&server, number, times * scale).await);
    }
    let mut rows = Vec::new();
    for what in Use::ALL {
        let mut measured: Vec<Vec<Round>> = sizes.iter().map(|_| Vec::new()).collect();
        for size in &sizes {
            for n in 0..IN_USE {
                size.run(what, n).await;
            }
        }
        for number in 0..rounds {
            for place in 0..sizes.len() {
                let place = (place + number) % sizes.len();
                let size = sizes[place].clone();
                let operation = move |n| {
                    let size = size.clone();
                    async move { size.run(what, n).await }
                };
                measured[place].push(round(pid, 1, time, operation).await);
            }
        }
        let seconds =
            measured.iter().map(|of| median(of.iter().map(Round::seconds).collect())).collect();
        let messages = sizes.iter().map(|size| size.messages).collect();
        rows.push(FlatRow { work: what.name(), messages, seconds });
        println!("{:?}", rows[rows.len() - 1]);
    }
    drop(sizes);
    server.stop().unwrap();
    rows
}

//! What the workloads are about: rows that fill.sql and earlier.sql have made.

use std::collections::HashMap;

use tokio_postgres::Client;
use uuid::Uuid;

/// The person whom erasure.sql makes.
pub(crate) const LEAVING: Uuid = Uuid::from_u128(0x000e_7a5e);

/// Rows of one of the two schemas.
#[derive(Debug)]
pub(crate) struct Ids {
    pub(crate) emails: Vec<String>,
    /// People with 20 chats and more.
    pub(crate) talkers: Vec<Uuid>,
    /// Chats of 50 messages, of 5,000, and of 10,000.
    pub(crate) chats: Vec<Uuid>,
    pub(crate) long_chats: Vec<Uuid>,
    pub(crate) longest_chat: Uuid,
    pub(crate) schools: Vec<Uuid>,
    pub(crate) departments: Vec<Uuid>,
    /// Whose chat each is.
    pub(crate) owners: HashMap<Uuid, Uuid>,
    /// Secrets of sessions as 64 hexadecimal digits; there are none in the earlier schema.
    pub(crate) tokens: Vec<String>,
    /// The class of 1,000; there are none in the earlier schema.
    pub(crate) large_class: Option<Uuid>,
}

impl Ids {
    /// Those of a schema, `public` or `earlier`, in the same order in both.
    pub(crate) async fn read(client: &Client, schema: &str) -> Self {
        client.batch_execute(&format!("SET search_path = {schema}, public")).await.unwrap();
        let ids = async |query: &str| -> Vec<Uuid> {
            client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
        };
        let texts = async |query: &str| -> Vec<String> {
            client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
        };
        let by_title = |titles: &str| {
            format!(
                "SELECT id FROM chat_sessions WHERE substr(title, 6)::integer {titles} ORDER BY substr(title, 6)::integer"
            )
        };
        let owners = client.query("SELECT id, user_id FROM chat_sessions", &[]).await.unwrap();
        let talkers = "SELECT users.id FROM users JOIN chat_sessions ON user_id = users.id
            GROUP BY users.id HAVING count(*) >= 20 ORDER BY md5(email)";
        let tokens = "SELECT encode(sha256(convert_to('token ' || id, 'UTF8')), 'hex') FROM users ORDER BY md5(email) LIMIT 500";
        let large_class = "SELECT id FROM public.classes WHERE name = 'Class of 1,000'";
        let read = Self {
            emails: texts("SELECT email FROM users ORDER BY md5(email)").await,
            talkers: ids(talkers).await,
            chats: ids(&by_title("> 11")).await,
            long_chats: ids(&by_title("BETWEEN 2 AND 11")).await,
            longest_chat: ids(&by_title("= 1")).await[0],
            schools: ids("SELECT id FROM groups WHERE type = 'school' ORDER BY path").await,
            departments: ids("SELECT id FROM groups WHERE type = 'department' ORDER BY path").await,
            owners: owners.iter().map(|row| (row.get(0), row.get(1))).collect(),
            tokens: texts(tokens).await,
            large_class: ids(large_class).await.first().copied(),
        };
        client.batch_execute("RESET search_path").await.unwrap();
        read
    }
}

/// One of them, spread over all of them.
pub(crate) fn pick<T>(all: &[T], n: usize) -> &T {
    // A prime number of steps, so that neighbours in time are none in the table.
    &all[n.wrapping_mul(7_919) % all.len()]
}

//! What the workloads are about: rows that fill.sql and earlier.sql have made.

use tokio_postgres::Client;
use uuid::Uuid;

/// Rows of one of the two schemas.
#[derive(Debug)]
pub(crate) struct Ids {
    pub(crate) emails: Vec<String>,
    pub(crate) users: Vec<Uuid>,
    /// Chats of 50 messages, of 5,000, and of 10,000.
    pub(crate) chats: Vec<Uuid>,
    pub(crate) long_chats: Vec<Uuid>,
    pub(crate) longest_chat: Uuid,
    pub(crate) schools: Vec<Uuid>,
    pub(crate) departments: Vec<Uuid>,
}

impl Ids {
    /// Those of a schema, `public` or `earlier`, in the same order in both.
    pub(crate) async fn read(client: &Client, schema: &str) -> Self {
        client.batch_execute(&format!("SET search_path = {schema}, public")).await.unwrap();
        let ids = async |query: &str| -> Vec<Uuid> {
            client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
        };
        let by_title = |titles: &str| {
            format!(
                "SELECT id FROM chat_sessions WHERE substr(title, 6)::integer {titles} ORDER BY substr(title, 6)::integer"
            )
        };
        let emails =
            client.query("SELECT email FROM users ORDER BY md5(email)", &[]).await.unwrap();
        let read = Self {
            emails: emails.iter().map(|row| row.get(0)).collect(),
            users: ids("SELECT id FROM users ORDER BY md5(email)").await,
            chats: ids(&by_title("> 11")).await,
            long_chats: ids(&by_title("BETWEEN 2 AND 11")).await,
            longest_chat: ids(&by_title("= 1")).await[0],
            schools: ids("SELECT id FROM groups WHERE type = 'school' ORDER BY path").await,
            departments: ids("SELECT id FROM groups WHERE type = 'department' ORDER BY path").await,
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

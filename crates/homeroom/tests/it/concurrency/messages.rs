//! Messages of a chat are 1, 2, 3 … whoever appends meanwhile.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::RunQueryDsl;
use homeroom::schema::messages;
use homeroom::testing::TestDatabase;
use homeroom::{ChatSession, ChatSessionId, Connection, Error, Message, NewMessage};

use super::{CONTROLS, Dice, WRITERS, on_many_connections};
use crate::{chat, operations, sql, user};

/// What a writer was told of a message: its chat, its seq and what it says.
type Said = (ChatSessionId, i32, String);

const CHATS: usize = 4;

async fn chats(conn: &Connection) -> Arc<[ChatSessionId]> {
    let mut chats = Vec::new();
    for _ in 0..CHATS {
        chats.push(chat(conn, user(conn, "A").await.id).await.id);
    }
    chats.into()
}

/// Reads every message of every chat and tells what is wrong: a gap, a duplicate, a message that nobody was told of, or one
/// that was acknowledged and says something else or is not there.
async fn faults_of_history(conn: &Connection, acknowledged: &[Vec<Said>]) -> Vec<String> {
    let stored: Vec<Said> = messages::table
        .select((messages::session_id, messages::seq, messages::content))
        .order((messages::session_id, messages::seq))
        .load(&mut &*conn)
        .await
        .unwrap();
    let mut faults = Vec::new();
    let mut last: HashMap<ChatSessionId, i32> = HashMap::new();
    for (chat, seq, content) in &stored {
        let last = last.entry(*chat).or_default();
        if *seq != *last + 1 {
            faults.push(format!("{content} of {chat} has seq {seq} behind {last}"));
        }
        *last = *seq;
    }
    let mut told: Vec<&Said> = acknowledged.iter().flatten().collect();
    told.sort_unstable();
    let mut stored: Vec<&Said> = stored.iter().collect();
    stored.sort_unstable();
    if told != stored {
        faults.push(format!(
            "{} messages were acknowledged, {} are there",
            told.len(),
            stored.len()
        ));
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_have_no_gap_and_no_duplicate_under_many_writers() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chats = chats(&conn).await;
    let each = operations().div_ceil(WRITERS);
    let acknowledged = on_many_connections(&db, |writer, conn| {
        let chats = chats.clone();
        async move {
            let mut dice = Dice::new(writer);
            let mut said = Vec::new();
            for n in 0..each {
                let chat = chats[dice.below(chats.len())];
                let message = |part: usize| {
                    let text = format!("{writer}:{n}:{part}");
                    NewMessage::user(&text).idempotency_key(text)
                };
                // A single message, or a turn of up to four; now and then as a client does that has lost the answer.
                let turn: Vec<_> = (0..dice.below(5)).map(message).collect();
                let append = async || match turn.is_empty() {
                    true => Message::append(&conn, chat, &message(0)).await.map(|one| vec![one]),
                    false => Message::append_turn(&conn, chat, &turn).await,
                };
                let written = append().await.unwrap();
                if dice.below(8) == 0 {
                    assert_eq!(
                        append().await.unwrap(),
                        written,
                        "a repetition returns the first rows"
                    );
                }
                let side_by_side = written.windows(2).all(|two| two[1].seq == two[0].seq + 1);
                assert!(side_by_side, "nobody gets into a turn");
                said.extend(written.into_iter().map(|one| (chat, one.seq, one.content)));
            }
            for chat in chats.iter() {
                let own = said.iter().filter(|(of, _, _)| of == chat).map(|(_, seq, _)| seq);
                assert!(own.is_sorted(), "a writer's own messages keep their order");
            }
            said
        }
    })
    .await;

    let faults = faults_of_history(&conn, &acknowledged).await;
    assert!(faults.is_empty(), "{faults:#?}");
    let mut counted = 0;
    for chat in chats.iter() {
        let last_seq = ChatSession::get(&conn, *chat).await.unwrap().last_seq;
        counted += usize::try_from(last_seq).unwrap();
    }
    let messages: usize = acknowledged.iter().map(Vec::len).sum();
    assert_eq!(counted, messages, "the counters say how many there are");
    println!("{} appends of {messages} messages", each * WRITERS);
}

/// As the earlier system had it: the highest seq is read, the next one inserted.
#[tokio::test(flavor = "multi_thread")]
async fn the_control_that_reads_the_highest_seq_first_writes_duplicates() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    // Without the rules that would refuse what it does.
    let lawless = "ALTER TABLE messages DISABLE TRIGGER USER; ALTER TABLE messages DROP CONSTRAINT messages_pkey";
    sql(&conn, lawless).await.unwrap();
    let chats = chats(&conn).await;
    let each = operations().div_ceil(WRITERS);
    let mut acknowledged = Vec::new();
    for _ in 0..CONTROLS {
        acknowledged.extend(
            on_many_connections(&db, |writer, conn| {
                let chats = chats.clone();
                async move {
                    let mut said = Vec::new();
                    for n in 0..each {
                        let chat = chats[n % chats.len()];
                        let content = format!("{writer}:{n}");
                        let naive = format!(
                            "INSERT INTO messages (session_id, seq, role, content)
                             SELECT '{chat}', coalesce(max(seq), 0) + 1, 'user', '{content}'
                             FROM messages WHERE session_id = '{chat}' RETURNING seq"
                        );
                        let row: Seq =
                            diesel::sql_query(naive).get_result(&mut &*conn).await.unwrap();
                        said.push((chat, row.seq, content));
                    }
                    said
                }
            })
            .await,
        );
        if !faults_of_history(&conn, &acknowledged).await.is_empty() {
            return;
        }
    }
    panic!("the naive way is seen to fail");
}

#[derive(QueryableByName)]
struct Seq {
    #[diesel(sql_type = Integer)]
    seq: i32,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_many_use_at_once_is_appended_once() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let chat = chats(&conn).await[0];
    let each = operations().div_ceil(WRITERS);
    on_many_connections(&db, |_, conn| async move {
        for n in 0..each {
            let turn = [0, 1].map(|part| {
                let text = format!("{n}:{part}");
                NewMessage::user(&text).idempotency_key(text)
            });
            // As the documentation says: who met another one is asked to repeat it.
            let written = loop {
                match Message::append_turn(&conn, chat, &turn).await {
                    Err(Error::Conflict { rule, .. }) => {
                        assert_eq!(rule, "messages_session_id_idempotency_key_key");
                    }
                    written => break written.unwrap(),
                }
            };
            let texts = written.iter().map(|message| &message.content);
            assert!(texts.eq(turn.iter().map(|new| &new.content)));
        }
    })
    .await;
    let (chat, messages) = ChatSession::get_with_messages(&conn, chat).await.unwrap();
    assert_eq!(usize::try_from(chat.last_seq).unwrap(), 2 * each);
    for (n, message) in messages.iter().enumerate() {
        assert_eq!(message.content, format!("{}:{}", n / 2, n % 2));
    }
}

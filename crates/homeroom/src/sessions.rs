//! Sign-in sessions (not chats): rows, queries and changes of `sessions`.

mod token;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use serde::Serialize;

use crate::codes::SessionContext;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::sessions;
use crate::sign_in::SessionPolicy;
use crate::statement::{only_row, statement};
pub use token::{SessionToken, TokenHash};

/// A person who is signed in somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Identifiable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct Session {
    /// Names the session without being its secret.
    pub id: SessionId,
    /// Who is signed in.
    pub user_id: UserId,
    /// SHA-256 of the token.
    #[serde(skip)]
    pub token_hash: TokenHash,
    /// The device or way of the sign-in.
    pub context: SessionContext,
    /// When the person signed in.
    pub created_at: DateTime<Utc>,
    /// When the session was last used.
    pub last_activity_at: DateTime<Utc>,
    /// From then on the session is void.
    pub expires_at: DateTime<Utc>,
}

/// A session to be created, where [`Session::sign_in`] and [`Session::start`] don't fit. Made by [`NewSession::new`], as its
/// token is not to be chosen.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = sessions)]
pub struct NewSession {
    id: SessionId,
    user_id: UserId,
    token_hash: TokenHash,
    context: SessionContext,
    expires_at: DateTime<Utc>,
}

impl NewSession {
    /// How long a person stays signed in.
    pub const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// How long a student does.
    pub const STUDENT_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
    /// How long anyone does on a shared device.
    pub const SHARED_LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);

    /// A session that begins now, by the clock of this process, and the token that stands for it.
    #[must_use]
    pub fn new(
        user_id: UserId,
        context: SessionContext,
        lifetime: Duration,
    ) -> (Self, SessionToken) {
        let token = SessionToken::generate();
        let new = Self {
            id: SessionId::generate(),
            user_id,
            token_hash: token.hash(),
            context,
            expires_at: Utc::now() + lifetime,
        };
        (new, token)
    }
}

statement! {
    PurgeExpired, "sessions/purge_expired.sql",
    binds { batch: i64 => sql_types::BigInt, },
    returns ()
}
statement! {
    PurgeIdle, "sessions/purge_idle.sql",
    binds {
        idle_timeout: TimeDelta => sql_types::Interval,
        batch: i64 => sql_types::BigInt,
    },
    returns ()
}

#[operations]
impl Session {
    /// Keeps a session: `INSERT INTO sessions … RETURNING *`.
    ///
    /// Locks the person FOR KEY SHARE. [`Session::start`] does more: it looks at the person's status and settles the
    /// lifetime.
    ///
    /// ```no_run
    /// # use homeroom::{NewSession, Session, SessionContext, UserId};
    /// # async fn example(db: &homeroom::Database, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let (new, token) = NewSession::new(person, SessionContext::Personal, NewSession::LIFETIME);
    /// let session = Session::create(&conn, &new).await?;
    /// println!("Set-Cookie: session={}", token.expose());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `sessions_user_id_fkey` without the person; [`Error::Invalid`] with rule
    /// `sessions_shared_lifetime_check` for more than two hours on a shared device, or `sessions_expires_at_check`.
    pub async fn create(mut conn: &Connection, new: &NewSession) -> Result<Self> {
        diesel::insert_into(sessions::table)
            .values(new)
            .returning(Self::as_returning())
            .load(&mut conn)
            .await
            .and_then(only_row)
            .map_err(Error::from)
    }

    /// Where a person is signed in, by the time of the sign-in.
    ///
    /// `SELECT … WHERE user_id = $1 AND expires_at > now() AND id > (the cursor's) ORDER BY id LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{PageRequest, Session, UserId};
    /// # async fn example(db: &homeroom::Database, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let page = Session::list(&conn, person, &PageRequest::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &Connection,
        user_id: UserId,
        page: &PageRequest,
    ) -> Result<Page<Self>> {
        let mut query = sessions::table
            .filter(sessions::user_id.eq(user_id).and(sessions::expires_at.gt(diesel::dsl::now)))
            .order(sessions::id)
            .limit(page.fetch_limit()?)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = page.key::<SessionId>()? {
            query = query.filter(sessions::id.gt(after));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |session: &Self| session.id))
    }

    /// Signs out here: `DELETE FROM sessions WHERE id = $1`. A rotation that runs meanwhile doesn't bring the session back.
    ///
    /// Locks the row until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{Session, SessionId};
    /// # async fn example(db: &homeroom::Database, session: SessionId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// Session::delete(&conn, session).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn delete(mut conn: &Connection, id: SessionId) -> Result<()> {
        let deleted = diesel::delete(sessions::table.find(id)).execute(&mut conn).await?;
        if deleted == 0 { Err(Error::not_found("session", id)) } else { Ok(()) }
    }

    /// Signs a person out everywhere, and returns from how many sessions: `DELETE FROM sessions WHERE user_id = $1`. A rotation
    /// that runs meanwhile doesn't bring any of them back.
    ///
    /// Locks these rows until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{Session, UserId};
    /// # async fn example(db: &homeroom::Database, person: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let devices = Session::delete_all(&conn, person).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn delete_all(mut conn: &Connection, user_id: UserId) -> Result<usize> {
        let all = sessions::table.filter(sessions::user_id.eq(user_id));
        diesel::delete(all).execute(&mut conn).await.map_err(Error::from)
    }

    /// Deletes sessions that have expired or, with an idle timeout, were idle for too long: at most `batch` of them. Returns how
    /// many; call it again until it returns 0.
    ///
    /// `DELETE FROM sessions USING (SELECT id … WHERE expires_at <= now() … LIMIT $1 FOR UPDATE SKIP LOCKED)`
    /// (`sessions/purge_expired.sql`, `purge_idle.sql`): short batches hold no lock for long, and wait for none. The index on `expires_at` finds what has expired; what is idle is
    /// found by reading all sessions, as an index would have to be written at each activity.
    ///
    /// ```no_run
    /// # use homeroom::{Session, SessionPolicy};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// while Session::purge_expired(&conn, &SessionPolicy::default(), 1_000).await? > 0 {}
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for an idle timeout beyond what an interval holds.
    pub async fn purge_expired(
        mut conn: &Connection,
        policy: &SessionPolicy,
        batch: u32,
    ) -> Result<usize> {
        let batch = i64::from(batch);
        if let Some(idle_timeout) = policy.idle_interval()? {
            let purge = PurgeIdle { idle_timeout, batch };
            return RunQueryDsl::execute(purge, &mut conn).await.map_err(Error::from);
        }
        RunQueryDsl::execute(PurgeExpired { batch }, &mut conn).await.map_err(Error::from)
    }
}

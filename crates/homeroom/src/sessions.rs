//! Sign-in sessions (not chats): rows, queries and changes of `sessions`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::codes::{SessionContext, UserStatus};
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{sessions, users};
use crate::users::User;

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

/// The secret that stands for a session: 256 random bits. Shown once, to the one who signed in; never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    fn generate() -> Self {
        let mut token = [0; 32];
        #[expect(
            clippy::expect_used,
            reason = "without random numbers no secret can be made, nor any id"
        )]
        getrandom::fill(&mut token).expect("the system gives random numbers");
        Self(token)
    }

    /// What the database keeps in its place.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).to_vec())
    }

    /// The token as 64 hexadecimal digits, for a cookie or a header.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromStr for SessionToken {
    type Err = Error;

    /// Reads what [`SessionToken::expose`] wrote.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::invalid("session token", "it is not 64 hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut token = [0; 32];
        for (byte, digits) in token.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(token))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(***)")
    }
}

/// SHA-256 of a [`SessionToken`].
#[derive(
    Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Binary)]
pub struct TokenHash(Vec<u8>);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(***)")
    }
}

impl diesel::deserialize::FromSql<diesel::sql_types::Binary, diesel::pg::Pg> for TokenHash {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self(value.as_bytes().to_vec()))
    }
}

impl diesel::serialize::ToSql<diesel::sql_types::Binary, diesel::pg::Pg> for TokenHash {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        <Vec<u8> as diesel::serialize::ToSql<diesel::sql_types::Binary, diesel::pg::Pg>>::to_sql(
            &self.0, out,
        )
    }
}

/// A session to be created. Made by [`NewSession::new`], as its token is not to be chosen.
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

    /// A session that begins now, and the token that stands for it.
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

impl Session {
    /// Keeps a session: `INSERT INTO sessions … RETURNING *`.
    ///
    /// # Errors
    /// [`Error::Conflict`] with rule `sessions_user_id_fkey` without the person; [`Error::Invalid`] with rule
    /// `sessions_shared_lifetime_check` for more than two hours on a shared device, or `sessions_expires_at_check`.
    pub async fn create(mut conn: &AsyncPgConnection, new: &NewSession) -> Result<Self> {
        diesel::insert_into(sessions::table)
            .values(new)
            .returning(Self::as_returning())
            .get_result(&mut conn)
            .await
            .map_err(Error::from)
    }

    /// The session that a token stands for, and its person, if it has not expired and the person is live and active. One
    /// round trip:
    /// `SELECT … JOIN users … WHERE token_hash = $1 AND expires_at > now() AND status = 'active' AND deleted_at IS NULL`.
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn find_by_token(
        mut conn: &AsyncPgConnection,
        token: &SessionToken,
    ) -> Result<Option<(Self, User)>> {
        sessions::table
            .inner_join(users::table)
            .filter(sessions::token_hash.eq(token.hash()))
            .filter(sessions::expires_at.gt(diesel::dsl::now))
            .filter(users::status.eq(UserStatus::Active).and(users::deleted_at.is_null()))
            .select((Self::as_select(), User::as_select()))
            .first(&mut conn)
            .await
            .optional()
            .map_err(Error::from)
    }

    /// Where a person is signed in, by the time of the sign-in.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of range or a cursor of another list.
    pub async fn list(
        mut conn: &AsyncPgConnection,
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

    /// Notes that a session is in use, and lets it last until `expires_at`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or it has expired; [`Error::Invalid`] with rule
    /// `sessions_shared_lifetime_check` on a shared device, which is never extended.
    pub async fn extend(
        mut conn: &AsyncPgConnection,
        id: SessionId,
        expires_at: DateTime<Utc>,
    ) -> Result<Self> {
        diesel::update(
            sessions::table
                .filter(sessions::id.eq(id).and(sessions::expires_at.gt(diesel::dsl::now))),
        )
        .set((sessions::last_activity_at.eq(diesel::dsl::now), sessions::expires_at.eq(expires_at)))
        .returning(Self::as_returning())
        .get_result(&mut conn)
        .await
        .optional()?
        .ok_or_else(|| Error::not_found("session", id))
    }

    /// Signs out here: `DELETE FROM sessions WHERE id = $1`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn delete(mut conn: &AsyncPgConnection, id: SessionId) -> Result<()> {
        let deleted = diesel::delete(sessions::table.find(id)).execute(&mut conn).await?;
        if deleted == 0 { Err(Error::not_found("session", id)) } else { Ok(()) }
    }

    /// Signs a person out everywhere, and returns from how many sessions.
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn delete_all(mut conn: &AsyncPgConnection, user_id: UserId) -> Result<usize> {
        let all = sessions::table.filter(sessions::user_id.eq(user_id));
        diesel::delete(all).execute(&mut conn).await.map_err(Error::from)
    }

    /// Deletes expired sessions, at most `batch` of them, and returns how many; call it again until it returns 0.
    ///
    /// `DELETE FROM sessions WHERE id IN (SELECT id … WHERE expires_at <= now() ORDER BY expires_at LIMIT $1)`: short batches
    /// hold no lock for long.
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn purge_expired(mut conn: &AsyncPgConnection, batch: u32) -> Result<usize> {
        let expired = diesel::alias!(sessions as expired);
        let batch = expired
            .filter(expired.field(sessions::expires_at).le(diesel::dsl::now))
            .order(expired.field(sessions::expires_at))
            .limit(i64::from(batch))
            .select(expired.field(sessions::id));
        let gone = sessions::table.filter(sessions::id.eq_any(batch));
        diesel::delete(gone).execute(&mut conn).await.map_err(Error::from)
    }
}

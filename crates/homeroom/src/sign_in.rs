//! Signing in, and what a signed-in request needs: the session of a token with its person and their roles.

use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Interval, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use homeroom_ltree::Ltree;
use homeroom_operations::operations;
use serde::Serialize;

use crate::codes::{GroupRole, SessionContext, UserStatus};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::ids::{GroupId, SessionId, UserId};
use crate::passwords::PasswordHash;
use crate::schema::{Ltree as LtreeSql, users};
use crate::sessions::{NewSession, Session, SessionToken, TokenHash};
use crate::statement::{only_row, statement};
use crate::users::User;

/// How long sessions last.
///
/// ```
/// use homeroom::SessionPolicy;
/// use std::time::Duration;
///
/// let policy = SessionPolicy { idle_timeout: Some(Duration::from_secs(8 * 60 * 60)), ..Default::default() };
/// assert_eq!(policy.student_lifetime, Duration::from_secs(7 * 24 * 60 * 60));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPolicy {
    /// From the sign-in on, and again from a request on that comes past half of it. 30 days.
    pub lifetime: Duration,
    /// The same for students: who is a student of a live group or class, and nothing else anywhere. 7 days.
    pub student_lifetime: Duration,
    /// On a shared device, from the sign-in on and never extended; the database allows no more than two hours. 2 hours.
    pub shared_lifetime: Duration,
    /// A session that was not used for so long is void; `None`: only its lifetime counts. `None`.
    pub idle_timeout: Option<Duration>,
    /// `last_activity_at` is written when it is older than this, so that not every request writes. Keep it well below the
    /// idle timeout. 1 minute.
    pub activity_resolution: Duration,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            lifetime: NewSession::LIFETIME,
            student_lifetime: NewSession::STUDENT_LIFETIME,
            shared_lifetime: NewSession::SHARED_LIFETIME,
            idle_timeout: None,
            activity_resolution: Duration::from_secs(60),
        }
    }
}

impl SessionPolicy {
    pub(crate) fn idle_interval(&self) -> Result<Option<TimeDelta>> {
        self.idle_timeout.map(|timeout| interval("idle timeout", timeout)).transpose()
    }
}

fn interval(what: &'static str, duration: Duration) -> Result<TimeDelta> {
    TimeDelta::from_std(duration)
        .map_err(|_| Error::invalid(what, format!("{duration:?} is too long")))
}

/// A signed-in request: its session, who it is, and what they are where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedIn {
    /// The session, its activity moved.
    pub session: Session,
    /// Its person, live and active.
    pub user: User,
    /// Their own roles in live groups, by path. Those of classes are not here, nor what a role above grants below: ask
    /// [`EffectiveRole`](crate::EffectiveRole).
    pub roles: Vec<Membership>,
}

/// A role that a person has in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// The group.
    pub group_id: GroupId,
    /// Its path.
    pub path: Ltree,
    /// What they are there.
    pub role: GroupRole,
}

type SessionSql = (SqlUuid, SqlUuid, Binary, Text, Timestamptz, Timestamptz, Timestamptz);
type UserSql = (
    SqlUuid,
    Nullable<Text>,
    Text,
    Nullable<Text>,
    Text,
    Timestamptz,
    Timestamptz,
    Nullable<Timestamptz>,
);
/// A row a role, or one without a role.
type SignedInRow = (Session, User, Option<GroupId>, Option<Ltree>, Option<GroupRole>);

statement! {
    Start<'a>, "sign_in/start.sql",
    binds {
        id: SessionId => SqlUuid,
        user_id: UserId => SqlUuid,
        password_hash: Option<&'a PasswordHash> => Nullable<Text>,
        token_hash: TokenHash => Binary,
        context: SessionContext => Text,
        lifetime: TimeDelta => Interval,
        student_lifetime: TimeDelta => Interval,
        shared_lifetime: TimeDelta => Interval,
    },
    returns (SessionSql, UserSql, Nullable<SqlUuid>, Nullable<LtreeSql>, Nullable<Text>,)
}
statement! {
    Authenticate<'a>, "sign_in/authenticate.sql",
    binds {
        token_hash: &'a TokenHash => Binary,
        idle_timeout: Option<TimeDelta> => Nullable<Interval>,
        activity_resolution: TimeDelta => Interval,
        lifetime: TimeDelta => Interval,
        student_lifetime: TimeDelta => Interval,
    },
    returns (SessionSql, UserSql, Nullable<SqlUuid>, Nullable<LtreeSql>, Nullable<Text>,)
}
statement! {
    Rotate, "sign_in/rotate.sql",
    binds {
        token_hash: TokenHash => Binary,
        new_token_hash: TokenHash => Binary,
        idle_timeout: Option<TimeDelta> => Nullable<Interval>,
    },
    returns (SqlUuid, SqlUuid, Binary, Text, Timestamptz, Timestamptz, Timestamptz,)
}

impl SignedIn {
    fn from_rows(rows: Vec<SignedInRow>) -> Option<Self> {
        let mut signed_in: Option<Self> = None;
        for (session, user, group_id, path, role) in rows {
            let signed_in =
                signed_in.get_or_insert_with(|| Self { session, user, roles: Vec::new() });
            if let (Some(group_id), Some(path), Some(role)) = (group_id, path, role) {
                signed_in.roles.push(Membership { group_id, path, role });
            }
        }
        signed_in
    }
}

#[operations]
impl Session {
    /// Signs a person in by e-mail address and password, and returns the token that stands for the session; `None`: the
    /// address, the password or the person's status is not right, and nobody is told which.
    ///
    /// Each of these takes the same time, as one password is verified in any case. (A hash that was made elsewhere with other
    /// parameters takes its own time, until the first sign-in replaces it.) How often somebody may try is not limited here.
    ///
    /// Two round trips around the verification: the person by address, then `sign_in/start.sql`, which locks the person's row
    /// FOR SHARE, counts the lifetime by the database's clock and inserts. A third one when the hash is weaker than
    /// [`PasswordHash::new`] makes it, and is replaced. The connection is kept meanwhile: let fewer sign in at once than the
    /// pool has connections, so that a flood of them leaves some to others.
    ///
    /// ```no_run
    /// # use homeroom::{Session, SessionContext, SessionPolicy};
    /// # async fn example(db: &homeroom::Database) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let policy = SessionPolicy::default();
    /// let signed_in =
    ///     Session::sign_in(&conn, "ana@example.org", "secret", SessionContext::Personal, &policy).await?;
    /// match signed_in {
    ///     Some((who, token)) => println!("{}: Set-Cookie: session={}", who.user.name, token.expose()),
    ///     None => println!("wrong address or password"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a policy that the database refuses (`sessions_shared_lifetime_check` for more than two hours on
    /// a shared device, `sessions_expires_at_check` for no time at all); [`Error::Unavailable`] as [`PasswordHash::verify`].
    pub async fn sign_in(
        conn: &Connection,
        email: &str,
        password: &str,
        context: SessionContext,
        policy: &SessionPolicy,
    ) -> Result<Option<(SignedIn, SessionToken)>> {
        // Twice, as the hash may be replaced between the two round trips, by another sign-in with the same password.
        for _ in 0..2 {
            // PostgreSQL's texts hold no NUL.
            let found = match email.contains('\0') {
                true => None,
                false => User::find_by_email(conn, email).await?,
            };
            let person = found.filter(|person| person.status == UserStatus::Active);
            let hash = person.as_ref().and_then(|person| person.password_hash.as_ref());
            let verified = PasswordHash::verify_of(hash, password).await?;
            let (Some(person), Some(hash), true) = (&person, hash, verified) else {
                return Ok(None);
            };
            let started = start(conn, person.id, Some(hash), context, policy).await?;
            let Some((mut signed_in, token)) = started else {
                continue;
            };
            if hash.needs_rehash() {
                let stronger = PasswordHash::new(password).await?;
                if replace_hash(conn, person.id, hash, &stronger).await? {
                    signed_in.user.password_hash = Some(stronger);
                }
            }
            return Ok(Some((signed_in, token)));
        }
        Ok(None)
    }

    /// Signs in a person whom somebody else has verified, such as Google; `None` unless they are live and active.
    ///
    /// One round trip (`sign_in/start.sql`), which locks the person's row FOR SHARE.
    ///
    /// ```no_run
    /// # use homeroom::{Session, SessionContext, SessionPolicy, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let policy = SessionPolicy::default();
    /// let signed_in = Session::start(&conn, id, SessionContext::OauthGoogle, &policy).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] as [`Session::sign_in`].
    pub async fn start(
        conn: &Connection,
        user_id: UserId,
        context: SessionContext,
        policy: &SessionPolicy,
    ) -> Result<Option<(SignedIn, SessionToken)>> {
        start(conn, user_id, None, context, policy).await
    }

    /// The signed-in request that a token stands for; `None` when there is no such session, it has expired or was idle for too
    /// long, or the person is not live and active.
    ///
    /// One statement (`sign_in/authenticate.sql`), one round trip. When the last activity is older than the policy's
    /// resolution it is moved, and a session past half of its life begins a new one, by the policy and the roles of now,
    /// whatever it was created with; on a shared device never. Then, and only then, it writes; it waits for no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Session, SessionPolicy};
    /// # async fn example(db: &homeroom::Database, cookie: &str) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// match Session::authenticate(&conn, &cookie.parse()?, &SessionPolicy::default()).await? {
    ///     Some(who) => println!("{} with {} roles", who.user.name, who.roles.len()),
    ///     None => println!("401"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a policy with a duration beyond what an interval holds.
    pub async fn authenticate(
        mut conn: &Connection,
        token: &SessionToken,
        policy: &SessionPolicy,
    ) -> Result<Option<SignedIn>> {
        let token_hash = token.hash();
        let authenticate = Authenticate {
            token_hash: &token_hash,
            idle_timeout: policy.idle_interval()?,
            activity_resolution: interval("activity resolution", policy.activity_resolution)?,
            lifetime: interval("lifetime", policy.lifetime)?,
            student_lifetime: interval("student lifetime", policy.student_lifetime)?,
        };
        let rows = RunQueryDsl::load(authenticate, &mut conn).await?;
        let signed_in = SignedIn::from_rows(rows);
        // The index compares byte by byte; what its timing tells is a prefix of a hash, of which no token can be made. The
        // decision is made here, in constant time, so that it doesn't rest on how the server compares.
        Ok(signed_in.filter(|signed_in| signed_in.session.token_hash == token_hash))
    }

    /// Gives a session another token, as one should when somebody's rights change; the old token is void from then on. `None`
    /// when the old one is: of many rotations of one token exactly one succeeds, and a session that was signed out stays so.
    ///
    /// `UPDATE sessions SET token_hash … WHERE token_hash = $1 AND expires_at > now() … RETURNING …` (`sign_in/rotate.sql`):
    /// locks the session's row until the transaction ends, and does not prolong its life. A client that never gets the
    /// answer has to sign in again.
    ///
    /// ```no_run
    /// # use homeroom::{Session, SessionPolicy, SessionToken};
    /// # async fn example(db: &homeroom::Database, old: SessionToken) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// if let Some((session, token)) = Session::rotate(&conn, &old, &SessionPolicy::default()).await? {
    ///     println!("Set-Cookie: session={}; expires {}", token.expose(), session.expires_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for an idle timeout beyond what an interval holds.
    pub async fn rotate(
        mut conn: &Connection,
        token: &SessionToken,
        policy: &SessionPolicy,
    ) -> Result<Option<(Self, SessionToken)>> {
        let new = SessionToken::generate();
        let rotate = Rotate {
            token_hash: token.hash(),
            new_token_hash: new.hash(),
            idle_timeout: policy.idle_interval()?,
        };
        let rotated: Option<Self> =
            RunQueryDsl::load(rotate, &mut conn).await.and_then(only_row).optional()?;
        Ok(rotated.map(|session| (session, new)))
    }
}

async fn start(
    mut conn: &Connection,
    user_id: UserId,
    password_hash: Option<&PasswordHash>,
    context: SessionContext,
    policy: &SessionPolicy,
) -> Result<Option<(SignedIn, SessionToken)>> {
    let token = SessionToken::generate();
    let start = Start {
        id: SessionId::generate(),
        user_id,
        password_hash,
        token_hash: token.hash(),
        context,
        lifetime: interval("lifetime", policy.lifetime)?,
        student_lifetime: interval("student lifetime", policy.student_lifetime)?,
        shared_lifetime: interval("shared lifetime", policy.shared_lifetime)?,
    };
    let rows = RunQueryDsl::load(start, &mut conn).await?;
    Ok(SignedIn::from_rows(rows).map(|signed_in| (signed_in, token)))
}

/// Whether the hash was still the old one, and is now the new one.
async fn replace_hash(
    mut conn: &Connection,
    id: UserId,
    old: &PasswordHash,
    new: &PasswordHash,
) -> Result<bool> {
    let person = users::table
        .filter(users::id.eq(id).and(users::deleted_at.is_null()))
        .filter(users::password_hash.eq(old));
    let replaced = diesel::update(person).set(users::password_hash.eq(new));
    Ok(replaced.execute(&mut conn).await? > 0)
}

//! Passwords: how they are hashed and verified, and how a person gets a new one.

use std::fmt;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_operations::operations;
use tokio::sync::Semaphore;

use crate::connection::Connection;
use crate::error::{Cause, Error, Result};
use crate::ids::UserId;
use crate::statement::{only_row, statement};
use crate::users::User;

/// OWASP, Password Storage Cheat Sheet: argon2id with at least 19 MiB of memory, 2 iterations and 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
/// RFC 9106, section 3.1: 16 bytes of salt are recommended for passwords.
const SALT_BYTES: usize = 16;
/// Nobody types more, and hashing a text of any length would be work that a stranger can order.
const MAX_PASSWORD_BYTES: usize = 1024;

/// A hash of no password: what is verified for those who have none, so that it takes the same time.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8gc3VjaCBwZXJzb24\
    $bm9ib2R5J3MgcGFzc3dvcmQgaGFzaCwgMzIgYnl0ZXM";

/// A hash takes 19 MiB and a core: more of them at once than there are cores would only take memory.
static HASHING: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, Into::into)));

/// An argon2id hash in PHC form. It is never shown: not by `Debug`, not in JSON.
#[derive(
    Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = sql_types::Text)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password: argon2id, 19 MiB, 2 iterations, 1 lane, a random salt of 16 bytes.
    ///
    /// Takes some 20 ms of a core, off the threads that run futures; no more are hashed at once than there are cores, others
    /// wait. Of the password only its length is looked at: what is too easy to guess is for the application to say.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> homeroom::Result<()> {
    /// use homeroom::PasswordHash;
    ///
    /// let hash = PasswordHash::new("correct horse battery staple").await?;
    /// assert!(hash.verify("correct horse battery staple").await?);
    /// assert!(!hash.verify("incorrect horse").await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the password has 1 to 1024 bytes; [`Error::Unavailable`] when the runtime is shut down.
    pub async fn new(password: &str) -> Result<Self> {
        if !is_allowed(password) {
            let reason = format!("it has {} bytes, not 1 to {MAX_PASSWORD_BYTES}", password.len());
            return Err(Error::invalid("password", reason));
        }
        let mut salt = [0; SALT_BYTES];
        #[expect(
            clippy::expect_used,
            reason = "without random numbers no secret can be made, nor any id"
        )]
        getrandom::fill(&mut salt).expect("the system gives random numbers");
        let password = password.to_owned();
        let hashed = off_the_async_threads(move || {
            let salt = SaltString::encode_b64(&salt)?;
            hasher()?.hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string())
        });
        hashed.await?.map(Self).map_err(|error| Error::invalid("password", error.to_string()))
    }

    /// Takes a hash that was made elsewhere. It does not hash: hand it no password.
    ///
    /// ```
    /// use homeroom::PasswordHash;
    ///
    /// let imported = PasswordHash::from_phc("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$RytDfPCTfGIMmSeyUYD0NA");
    /// assert_eq!(format!("{imported:?}"), "PasswordHash(***)");
    /// ```
    #[must_use]
    pub fn from_phc(hash: impl Into<String>) -> Self {
        Self(hash.into())
    }

    /// The hash, for keeping it elsewhere.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> homeroom::Result<()> {
    /// let hash = homeroom::PasswordHash::new("correct horse battery staple").await?;
    /// assert!(hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }

    /// Whether it is the hash of this password; the comparison takes the same time whether it is or not.
    ///
    /// Runs as [`PasswordHash::new`] does. A hash that is not argon2's (see [`PasswordHash::from_phc`]) is that of no
    /// password, as is any of a password that is empty or longer than 1024 bytes.
    ///
    /// ```no_run
    /// # async fn example(user: &homeroom::User) -> homeroom::Result<()> {
    /// if let Some(hash) = &user.password_hash {
    ///     println!("asked once more: {}", hash.verify("correct horse battery staple").await?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the runtime is shut down.
    pub async fn verify(&self, password: &str) -> Result<bool> {
        Self::verify_of(Some(self), password).await
    }

    /// As [`PasswordHash::verify`]; without a hash it takes the same time, and the answer is no.
    pub(crate) async fn verify_of(hash: Option<&Self>, password: &str) -> Result<bool> {
        if !is_allowed(password) {
            return Ok(false);
        }
        let hash = hash.filter(|hash| argon2::PasswordHash::new(&hash.0).is_ok());
        let is_somebodys = hash.is_some();
        let hash = hash.map_or_else(|| NOBODYS.to_owned(), |hash| hash.0.clone());
        let password = password.to_owned();
        let verified = off_the_async_threads(move || {
            // The parameters are those of the hash, not of `hasher`.
            argon2::PasswordHash::new(&hash)
                .and_then(|hash| Argon2::default().verify_password(password.as_bytes(), &hash))
                .is_ok()
        });
        let verified = verified.await?;
        #[cfg(feature = "testing")]
        VERIFICATIONS.with(|count| count.set(count.get() + 1));
        Ok(verified && is_somebodys)
    }

    /// Whether it was made with less than [`PasswordHash::new`] gives: less memory, fewer iterations, or not argon2id.
    ///
    /// [`Session::sign_in`](crate::Session::sign_in) then makes a new one.
    ///
    /// ```
    /// use homeroom::PasswordHash;
    ///
    /// let weak = PasswordHash::from_phc("$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$RytDfPCTfGIMmSeyUYD0NA");
    /// assert!(weak.needs_rehash());
    /// ```
    #[must_use]
    pub fn needs_rehash(&self) -> bool {
        let Ok(hash) = argon2::PasswordHash::new(&self.0) else {
            return true;
        };
        let Ok(params) = Params::try_from(&hash) else {
            return true;
        };
        hash.algorithm != Algorithm::Argon2id.ident()
            || hash.version != Some(Version::V0x13.into())
            || params.m_cost() < MEMORY_KIB
            || params.t_cost() < ITERATIONS
    }
}

#[cfg(feature = "testing")]
std::thread_local! {
    static VERIFICATIONS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How many passwords the futures on this thread have verified.
#[cfg(feature = "testing")]
pub(crate) fn verifications() -> u64 {
    VERIFICATIONS.with(std::cell::Cell::get)
}

const fn is_allowed(password: &str) -> bool {
    !password.is_empty() && password.len() <= MAX_PASSWORD_BYTES
}

fn hasher() -> argon2::password_hash::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let stopped = |error: Cause| Error::Unavailable {
        what: "hashing a password was stopped".to_owned(),
        source: Some(error),
    };
    let permit = HASHING.acquire().await.map_err(|error| stopped(Cause::new(error)))?;
    // The work can't be cancelled: it holds the permit to its end, also when nobody waits for it any more.
    let work = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    work.await.map_err(|error| stopped(Cause::new(error)))
}

statement! {
    SetPassword<'a>, "passwords/set.sql",
    binds {
        id: UserId => sql_types::Uuid,
        hash: &'a PasswordHash => sql_types::Text,
    },
    returns (sql_types::Nullable<sql_types::BigInt>,)
}

#[operations]
impl User {
    /// Gives a live person a new password and signs them out everywhere; returns of how many sessions.
    ///
    /// One statement (`SELECT set_user_password($1, $2)`), which locks the person's row until the transaction ends: a sign-in
    /// with the old password that is under way is either waited for and ended, or fails. To go on, sign in again.
    ///
    /// ```no_run
    /// # use homeroom::{User, UserId};
    /// # async fn example(db: &homeroom::Database, id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let signed_out = User::set_password(&conn, id, "correct horse battery staple").await?;
    /// println!("signed out of {signed_out} devices");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live person; [`Error::Invalid`] and [`Error::Unavailable`] as
    /// [`PasswordHash::new`]; [`Error::ForbiddenState`] with rule `users_isolation_check` in a transaction that is not READ
    /// COMMITTED, which would not see all sessions.
    pub async fn set_password(mut conn: &Connection, id: UserId, password: &str) -> Result<usize> {
        let hash = PasswordHash::new(password).await?;
        let (signed_out,): (Option<i64>,) =
            SetPassword { id, hash: &hash }.load(&mut conn).await.and_then(only_row)?;
        let signed_out = signed_out.ok_or_else(|| Error::not_found("user", id))?;
        Ok(usize::try_from(signed_out).unwrap_or_default())
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

impl diesel::deserialize::FromSql<sql_types::Text, diesel::pg::Pg> for PasswordHash {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        <String as diesel::deserialize::FromSql<sql_types::Text, diesel::pg::Pg>>::from_sql(value)
            .map(Self)
    }
}

impl diesel::serialize::ToSql<sql_types::Text, diesel::pg::Pg> for PasswordHash {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        <str as diesel::serialize::ToSql<sql_types::Text, diesel::pg::Pg>>::to_sql(&self.0, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_hash_costs_what_a_new_one_costs() {
        let nobodys = argon2::PasswordHash::new(NOBODYS).unwrap();
        let ours = hasher().unwrap();
        assert_eq!(Params::try_from(&nobodys).unwrap().m_cost(), ours.params().m_cost());
        assert_eq!(Params::try_from(&nobodys).unwrap().t_cost(), ours.params().t_cost());
        assert_eq!(Params::try_from(&nobodys).unwrap().p_cost(), ours.params().p_cost());
        assert_eq!(nobodys.hash.unwrap().len(), Params::DEFAULT_OUTPUT_LEN);
        assert!(!PasswordHash::from_phc(NOBODYS).needs_rehash());
    }
}

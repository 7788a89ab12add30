//! How long a sign-in takes here, by what is wrong with it: `cargo run -p homeroom --example sign_in_times --features testing`.
//!
//! All that fail are to take the same time, so that nobody learns who has an account.

use std::time::{Duration, Instant};

use homeroom::testing::TestDatabase;
use homeroom::{NewUser, Session, SessionContext, SessionPolicy, User, UserStatus};

const ROUNDS: usize = 101;

#[tokio::main]
async fn main() -> homeroom::Result<()> {
    let db = TestDatabase::create().await;
    let conn = db.conn().await?;
    for (email, status, has_password) in [
        ("active@example.org", UserStatus::Active, true),
        ("suspended@example.org", UserStatus::Suspended, true),
        ("without@example.org", UserStatus::Active, false),
    ] {
        let new = NewUser::named("Somebody").email(email).status(status);
        let id = User::create(&conn, &new).await?.id;
        if has_password {
            User::set_password(&conn, id, "right").await?;
        }
    }

    let attempts = [
        ("wrong password", "active@example.org", "wrong"),
        ("no such person", "nobody@example.org", "right"),
        ("no password", "without@example.org", "right"),
        ("suspended", "suspended@example.org", "right"),
        ("right password", "active@example.org", "right"),
    ];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); attempts.len()];
    let policy = SessionPolicy::default();
    // In turn, so that whatever slows the machine down slows all of them.
    for _ in 0..ROUNDS {
        for (times, (_, email, password)) in times.iter_mut().zip(attempts) {
            let begin = Instant::now();
            Session::sign_in(&conn, email, password, SessionContext::Personal, &policy).await?;
            times.push(begin.elapsed());
        }
    }
    for (times, (what, ..)) in times.iter_mut().zip(attempts) {
        times.sort();
        if let Some(median) = times.get(ROUNDS / 2) {
            println!("{what:14}  {median:.1?}");
        }
    }
    Ok(())
}

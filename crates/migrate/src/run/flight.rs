//! A migration in one transaction whose messages wait for no answer: the script, what records it and, while it is being committed, the
//! script of the next one.
//!
//! The commit alone is held back until the script has come to its end, and that of the next migration until this one is committed:
//! what is sent ahead can be rolled back. So a failed, killed or dropped run leaves what it would leave without this.

use futures_util::future::join;

use super::whole::{Opening, outcome, run_statements};
use super::{Run, Stop};
use crate::error::Error;
use crate::history::Recording;
use crate::lock;
use crate::script::Mode;
use crate::transaction::{OpenTransaction, Sent};

/// A migration that is sent, save its commit.
pub(super) struct Flight<'a> {
    transaction: OpenTransaction<'a>,
    script: Sent<'a, Result<(), Stop>>,
    recorded: Sent<'a, Result<(), tokio_postgres::Error>>,
}

impl<'a> Flight<'a> {
    /// Sends a migration, where nothing has to be asked or set between its statements and its commit.
    pub(super) fn start(run: Run<'a>) -> Option<Self> {
        let recording = recording(run)?;
        let client = run.client;
        // Whatever of it is under way when this is dropped, a ROLLBACK follows.
        let transaction = OpenTransaction::armed(client);
        let script = Sent::new(async move { run_statements(run, &Opening::of(run)).await });
        let recorded = Sent::new(async move { recording.write(client, false).await });
        Some(Self { transaction, script, recorded })
    }

    /// Waits for its end. `ahead` is sent with the commit, and comes back where that succeeded.
    pub(super) async fn land(
        self,
        run: Run<'a>,
        ahead: Option<Run<'a>>,
    ) -> Result<Option<Self>, Stop> {
        let Self { transaction, script, recorded } = self;
        if let Err(stop) = script.answer().await {
            give_up(transaction, recorded).await;
            return Err(sure_of_lock(run, stop).await);
        }
        // When the row could not be written, the server turns the commit into a rollback.
        let committed = Sent::new(transaction.commit());
        let ahead = ahead.and_then(Self::start);
        let (recorded, committed) = join(recorded.answer(), committed.answer()).await;
        let landed = outcome(run.task, recorded, committed);
        if let Err(stop) = landed {
            if let Some(Self { transaction, script, recorded }) = ahead {
                give_up(transaction, (script, recorded)).await;
            }
            return Err(sure_of_lock(run, stop).await);
        }
        Ok(ahead)
    }
}

/// Whether the lock is held, the server is asked with the last statement of a flight. One that did not come so far may have failed
/// because another migrator is at work.
async fn sure_of_lock(run: Run<'_>, stop: Stop) -> Stop {
    match lock::is_held(run.client).await {
        Ok(false) => Stop::Broken(Error::LockLost),
        // A broken connection has told already.
        Ok(true) | Err(_) => stop,
    }
}

/// Rolls back, whatever is still to be answered.
async fn give_up(transaction: OpenTransaction<'_>, unanswered: impl Sized) {
    // An answer that nobody takes keeps those after it from being read.
    drop(unanswered);
    // What went wrong first says more than an error of the rollback, which a broken connection needs not.
    let _ = transaction.roll_back().await;
}

/// What records the migration, where it can be sent without waiting.
fn recording(Run { history, task, .. }: Run<'_>) -> Option<Recording<'_>> {
    let script = &task.script;
    let alone = script.mode() == Mode::Transaction && task.progress.is_none();
    if !alone || script.may_change_session() || script.may_unlock() || script.may_forget_prepared()
    {
        return None;
    }
    history.recording(task.version, task.brings_up())
}

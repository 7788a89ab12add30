//! The server's side of one connection: how it stands, and the task that drives it and clears up after a dropped future.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_postgres::Connection;

use crate::cancel::Cancel;
use crate::error::Cause;

/// How long a cancelled statement may take to end before it is cancelled once more; twice as long each time, up to the last.
const CANCEL_AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// How long a connection that was given up is held for the answer that tells that its statement was cancelled. When it is closed before
/// that, the server notices within half a second (`client_connection_check_interval`).
const LAST_ANSWER: Duration = Duration::from_millis(350);

/// Whether a transaction is open on the server, one that has failed included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Transaction {
    #[default]
    None,
    Open,
}

/// Who has the connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Holder {
    #[default]
    Borrower,
    Pool,
    /// It was given up: what runs on it is cancelled, and it ends with that.
    Nobody,
}

/// What is known of the server's side, as [`Wire`](crate::wire::Wire) reads it off the messages.
#[derive(Debug)]
pub(crate) struct State {
    /// The server's process, as it told when the connection was opened. Behind a pooler it is the pooler's invention.
    pub(crate) process: i32,
    /// Requests that the server still owes an answer to, in order: whether there is a statement in them.
    pub(crate) unanswered: VecDeque<bool>,
    /// A request is being sent and is not complete.
    pub(crate) sending: bool,
    pub(crate) transaction: Transaction,
    /// Whether the last transaction was rolled back, though a COMMIT may have been asked for.
    pub(crate) rolled_back: bool,
    /// Something may be left behind in the session: a setting, a role, a lock, a temporary table.
    pub(crate) altered: bool,
    /// What can't be brought in order again.
    pub(crate) spoiled: bool,
    /// Errors that say that a transaction lost against another one.
    pub(crate) races_lost: usize,
    holder: Holder,
    /// The driver is asked to look for requests that it has not sent yet, and what it was asked when it looked last.
    asked: u64,
    looked: u64,
    /// What the last borrower left running was cancelled.
    cancelled: bool,
    /// A cancel request is under way, and may still hit what runs next.
    cancelling: bool,
    lost: bool,
    /// Somebody waits for a change of all this.
    awaited: bool,
    heard: Instant,
    returned: Instant,
}

impl Default for State {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            process: 0,
            unanswered: VecDeque::new(),
            sending: false,
            transaction: Transaction::None,
            rolled_back: false,
            altered: false,
            spoiled: false,
            races_lost: 0,
            holder: Holder::Borrower,
            asked: 0,
            looked: 0,
            cancelled: false,
            cancelling: false,
            lost: false,
            awaited: false,
            heard: now,
            returned: now,
        }
    }
}

impl State {
    fn is_busy(&self) -> bool {
        self.sending || !self.unanswered.is_empty()
    }

    /// Whether the driver has sent all, and the server has answered all.
    fn is_settled(&self) -> bool {
        self.looked == self.asked && !self.is_busy() && !self.cancelling
    }

    /// Whether there is a statement to cancel. (Closing a prepared statement is none.)
    fn has_work(&self) -> bool {
        self.sending || self.unanswered.contains(&true)
    }
}

/// The server's side of one connection, shared by its driver, its stream and whoever has the connection.
#[derive(Debug, Default)]
pub(crate) struct Backend {
    state: Mutex<State>,
    /// A request was given up, or one was made out of sight, that may wait for the driver.
    abandoned: AtomicBool,
    driver: AtomicWaker,
    changed: Notify,
}

impl Backend {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the server has sent.
    pub(crate) fn heard(&self, follow: impl FnOnce(&mut State)) {
        let mut state = self.state();
        follow(&mut state);
        state.heard = Instant::now();
    }

    /// Takes in what the driver has sent.
    pub(crate) fn said(&self, follow: impl FnOnce(&mut State)) {
        follow(&mut self.state());
    }

    pub(crate) fn process(&self) -> i32 {
        self.state().process
    }

    /// Whether the last transaction ended by a rollback.
    pub(crate) fn was_rolled_back(&self) -> bool {
        self.state().rolled_back
    }

    /// How many transactions on this connection have lost against others.
    pub(crate) fn races_lost(&self) -> usize {
        self.state().races_lost
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.state().lost
    }

    pub(crate) fn is_spoiled(&self) -> bool {
        self.state().spoiled
    }

    pub(crate) fn is_altered(&self) -> bool {
        self.state().altered
    }

    /// What was altered is in order again.
    pub(crate) fn mark_in_order(&self) {
        self.state().altered = false;
    }

    /// When the server was heard last.
    pub(crate) fn last_heard(&self) -> Instant {
        self.state().heard
    }

    /// How long nobody has had the connection.
    pub(crate) fn idle_for(&self) -> Duration {
        self.state().returned.elapsed()
    }

    /// A request may wait for the driver of which nothing on the wire tells.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// Somebody has the connection now. Returns whether a statement of the last borrower was cancelled: a request that came too late
    /// would hit the next one.
    pub(crate) fn lend(&self) -> bool {
        let mut state = self.state();
        state.holder = Holder::Borrower;
        std::mem::take(&mut state.cancelled)
    }

    /// Lends the connection where nothing is to be done before: it is settled, in order, and was heard since `heard_since`.
    pub(crate) fn lend_at_once(&self, heard_since: Option<Instant>) -> bool {
        let mut state = self.state();
        let is_fit = state.is_settled()
            && state.transaction == Transaction::None
            && heard_since.is_some_and(|since| state.heard > since)
            && !(state.lost || state.spoiled || state.altered || state.cancelled);
        if is_fit {
            state.holder = Holder::Borrower;
        }
        is_fit
    }

    /// The connection is back in the pool: whatever still runs on it was dropped, and is cancelled.
    pub(crate) fn give_back(&self, now: Instant) {
        let mut state = self.state();
        state.holder = Holder::Pool;
        state.returned = now;
        let is_settled = !self.abandoned.swap(false, Ordering::Relaxed)
            && !state.is_busy()
            && state.transaction == Transaction::None;
        // Waking the driver to find nothing would cost as much as the checkout.
        if !is_settled {
            self.ask(state);
        }
    }

    /// The connection is of no use any more: what runs on it is cancelled, and it is closed.
    pub(crate) fn give_up(&self) {
        let mut state = self.state();
        state.holder = Holder::Nobody;
        self.ask(state);
    }

    fn ask(&self, mut state: MutexGuard<'_, State>) {
        state.asked += 1;
        drop(state);
        self.driver.wake();
    }

    /// Waits until nothing runs on a connection that was given back. `false` when it is lost, or left in a transaction.
    pub(crate) async fn settled(&self) -> bool {
        self.until(|state| state.lost || state.is_settled()).await;
        let state = self.state();
        !state.lost && state.transaction == Transaction::None
    }

    async fn until(&self, is_so: impl Fn(&State) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if is_so(&state) {
                    return;
                }
                state.awaited = true;
            }
            changed.await;
        }
    }

    /// What the driver has to do next, having sent all that it was asked to when `asked` was read.
    fn next(&self, asked: u64) -> Next {
        let mut state = self.state();
        state.looked = asked;
        let next = match state.holder {
            _ if state.looked != state.asked => Next::Drive,
            Holder::Pool if state.has_work() && !state.cancelling => {
                (state.cancelled, state.cancelling) = (true, true);
                Next::Cancel
            }
            Holder::Pool if !state.is_busy() && state.transaction == Transaction::Open => {
                Next::Close
            }
            Holder::Nobody if state.has_work() => {
                Next::End { cancel: !std::mem::replace(&mut state.cancelling, true) }
            }
            _ => Next::Drive,
        };
        let is_awaited = std::mem::take(&mut state.awaited);
        drop(state);
        if is_awaited {
            self.changed.notify_waiters();
        }
        next
    }
}

enum Next {
    Drive,
    Cancel,
    Close,
    /// Nobody has the connection, which the driver ends by itself behind the last answer.
    End {
        cancel: bool,
    },
}

/// Cancels what runs, again and again: a request that comes before the server has begun with the statement hits nothing.
async fn cancel_until_it_ends(cancel: Cancel, backend: Arc<Backend>) {
    let (mut patience, longest) = CANCEL_AGAIN;
    loop {
        cancel.clone().run().await;
        let ended = backend.until(|state| state.lost || !state.has_work());
        if timeout(patience, ended).await.is_ok() {
            break;
        }
        patience = longest.min(patience * 2);
    }
    backend.state().cancelling = false;
    backend.changed.notify_waiters();
}

/// Carries a connection's messages until it ends. What a borrower leaves running is cancelled; with a transaction left open, the
/// connection is closed, which rolls it back.
pub(crate) async fn drive<S, T>(
    mut connection: Connection<S, T>,
    backend: Arc<Backend>,
    cancel: Cancel,
) where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let cancel_what_runs =
        || drop(tokio::spawn(cancel_until_it_ends(cancel.clone(), backend.clone())));
    let mut last_answer = None;
    poll_fn(|cx| {
        backend.driver.register(cx.waker());
        let asked = backend.state().asked;
        loop {
            match connection.poll_message(cx) {
                Poll::Pending => break,
                // Notices and notifications, which nobody here asks for.
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => {
                    tracing::debug!(error = %Cause::new(error), "a connection to the database was lost");
                    return Poll::Ready(());
                }
                Poll::Ready(None) => return Poll::Ready(()),
            }
        }
        match backend.next(asked) {
            Next::Drive => {}
            Next::Close => return Poll::Ready(()),
            Next::Cancel => cancel_what_runs(),
            Next::End { cancel } => {
                if cancel {
                    cancel_what_runs();
                }
                let patience = last_answer.get_or_insert_with(|| Box::pin(sleep(LAST_ANSWER)));
                return patience.as_mut().poll(cx);
            }
        }
        Poll::Pending
    })
    .await;
    backend.state().lost = true;
    backend.changed.notify_waiters();
}

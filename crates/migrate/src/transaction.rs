//! A transaction that rolls back when it is dropped, and whose messages can be sent without a wait between them.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;
use tokio_postgres::{Client, Error};

/// An open transaction of a session.
pub(crate) struct OpenTransaction<'a> {
    client: &'a Client,
    open: bool,
}

impl<'a> OpenTransaction<'a> {
    /// One that the next statement of the caller's opens.
    pub(crate) fn armed(client: &'a Client) -> Self {
        Self { client, open: true }
    }

    /// Opens it.
    pub(crate) async fn begin(client: &'a Client) -> Result<Self, Error> {
        Self::begin_with(client, "BEGIN").await
    }

    /// Opens it with a statement of the caller's.
    pub(crate) async fn begin_with(client: &'a Client, begin: &str) -> Result<Self, Error> {
        // Armed first: a future dropped between BEGIN and its answer must roll back as well.
        let mut transaction = Self { client, open: true };
        let begun = client.batch_execute(begin).await;
        transaction.open = begun.is_ok();
        begun.map(|()| transaction)
    }

    /// Commits it. After an error in the transaction the server rolls back instead, and says nothing of it here.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.end_with("COMMIT").await
    }

    /// Ends it with a statement of the caller's.
    pub(crate) async fn end_with(mut self, end: &str) -> Result<(), Error> {
        let ended = self.client.batch_execute(end).await;
        self.open = false;
        ended
    }

    /// Rolls it back and waits until the server has done so.
    pub(crate) async fn roll_back(self) -> Result<(), Error> {
        self.end_with("ROLLBACK").await
    }
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if self.open {
            send_without_waiting(self.client, "ROLLBACK");
        }
    }
}

/// Sends a statement and leaves its answer to the connection: what a destructor, which cannot wait, can do.
pub(crate) fn send_without_waiting(client: &Client, statement: &str) {
    // The first poll hands the statement to the connection, which sends it whether or not anybody reads the answer.
    let future = pin!(client.batch_execute(statement));
    let _ = future.poll(&mut Context::from_waker(Waker::noop()));
}

/// A question that is sent, whose answer is waited for later. Those of a session are answered in the order in which they were sent.
pub(crate) enum Sent<'a, T> {
    Answered(T),
    Underway(BoxFuture<'a, T>),
}

impl<'a, T> Sent<'a, T> {
    /// Sends what the future sends before it waits for the first time.
    pub(crate) fn new(question: impl Future<Output = T> + Send + 'a) -> Self {
        let mut question: BoxFuture<'a, T> = Box::pin(question);
        match question.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Self::Answered(answer),
            Poll::Pending => Self::Underway(question),
        }
    }

    /// Waits for the answer.
    pub(crate) async fn answer(self) -> T {
        match self {
            Self::Answered(answer) => answer,
            Self::Underway(question) => question.await,
        }
    }
}

//! Empty databases to try things on.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;

use tokio_postgres::Client;

/// Where empty databases come from: a private server of which nothing stays, never the server that is advised on.
pub trait Scratch: fmt::Debug + Send + Sync {
    /// Makes an empty database with a name of its own, and opens a session of a superuser of it.
    fn database(&self) -> ScratchDatabase<'_>;
}

/// A session of an empty database, to come.
pub type ScratchDatabase<'a> =
    Pin<Box<dyn Future<Output = Result<Client, Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

//! A private PostgreSQL server for programs; instant databases and a failing network for tests.
//!
//! ```no_run
//! use homeroom_embed::{Server, ServerConfig, default_data_dir};
//!
//! let server = Server::start(&ServerConfig::persistent(default_data_dir("homeroom")?))?;
//! server.create_database("homeroom")?;
//! println!("{}", server.url("homeroom"));
//! // Stopped when it is dropped, and when this program ends in whatever way.
//! # Ok::<(), homeroom_embed::Error>(())
//! ```
//!
//! # How long a server lives
//! The parent of the server is a shell that reads from a named pipe which every user of the server holds open for writing. When the
//! last of them is gone, on return, by a signal or by `kill -9`, the kernel closes the pipe, and the shell stops the server. No
//! unsafe code, no watchdog, nothing left behind.
//!
//! This crate knows nobody's tables, and its calls block: put them into `spawn_blocking` where that matters. Only [`testing`] is
//! async.

mod admin;
mod config;
mod error;
mod fetch;
mod installation;
mod owner;
mod paths;
mod server;
mod status;
mod supervisor;
pub mod testing;

pub use config::ServerConfig;
pub use error::Error;
pub use installation::{Installation, Version};
pub use paths::default_data_dir;
pub use server::Server;
pub use status::{Status, destroy, status, stop};

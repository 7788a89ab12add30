//! What the crate promises, held against a live server: a throw-away cluster that the tests share.

mod equality;
mod random;
mod server;

//! Ctrl-C and its kin: the work is dropped, which rolls its transaction back and stops its server.

use std::fmt;
use std::process::ExitCode;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

/// A signal ended the work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interrupted {
    signal: u8,
}

impl Interrupted {
    /// 128 and the signal's number, as shells have it: 130 after Ctrl-C.
    pub(crate) fn exit_code(self) -> ExitCode {
        ExitCode::from(128 + self.signal)
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Does the work unless SIGINT, SIGTERM or SIGHUP comes first.
pub(crate) async fn until_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let listen = |kind| signal(kind).context("can't listen to signals");
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    let signal = tokio::select! {
        result = work => return result,
        _ = interrupt.recv() => SignalKind::interrupt(),
        _ = terminate.recv() => SignalKind::terminate(),
        _ = hang_up.recv() => SignalKind::hangup(),
    };
    Err(Interrupted { signal: u8::try_from(signal.as_raw_value()).unwrap_or_default() }.into())
}

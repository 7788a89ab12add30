//! Signs of life on a terminal; elsewhere nothing at all.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line on the terminal that tells what is being done, gone when it is dropped. Clones are the same line.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins with what is being done.
    pub(crate) fn new(doing: &'static str) -> Self {
        let shown = std::io::stderr().is_terminal()
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target)
            .with_style(ProgressStyle::default_spinner())
            .with_message(doing);
        if shown {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar }
    }

    /// Tells what is being done now.
    pub(crate) fn doing(&self, doing: impl Into<String>) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.unset_length();
        self.bar.set_style(ProgressStyle::default_spinner());
        self.bar.set_message(doing.into());
    }

    /// Tells how far it is, of a total as far as that is known.
    pub(crate) fn at(&self, doing: impl Into<String>, done: u64, total: Option<u64>) {
        // Even what nobody sees takes its time.
        if self.bar.is_hidden() {
            return;
        }
        match total {
            Some(total) if total > 0 => {
                self.bar.set_length(total);
                self.bar.set_style(counted());
            }
            _ => self.bar.set_style(ProgressStyle::default_spinner()),
        }
        self.bar.set_message(doing.into());
        self.bar.set_position(done);
    }

    /// Lets something else be written.
    pub(crate) fn suspend(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Clears the line on the way out of a failed or interrupted command too.
pub(crate) struct Clearing(pub(crate) Progress);

impl Drop for Clearing {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn counted() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed:>4} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

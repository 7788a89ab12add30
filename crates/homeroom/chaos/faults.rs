//! What goes wrong: which fault comes next is the dice's, for as long as it lasts.

use std::time::Duration;

use homeroom_embed::testing::{Fault as NetworkFault, FaultProxy};

use crate::plan::Dice;
use crate::victim::{Victim, signal};

/// Longer than the client waits for an answer: it gives up, and what it gave up is done when this is over.
const LONG: Duration = Duration::from_secs(3);

/// One kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    KillBackend,
    TerminateBackend,
    CancelStatement,
    KillServer,
    StopBackend,
    StopServer,
    StopBackendLong,
    StopServerLong,
    FullDisk,
    FullLog,
    Delay,
    Stall,
    StallLong,
    BlackHole,
    LoseAnswers,
    Refuse,
    Cut,
    CutInAnswer,
    KillClient,
}

impl Fault {
    pub(crate) const ALL: [Self; 19] = [
        Self::KillBackend,
        Self::TerminateBackend,
        Self::CancelStatement,
        Self::KillServer,
        Self::StopBackend,
        Self::StopServer,
        Self::StopBackendLong,
        Self::StopServerLong,
        Self::FullDisk,
        Self::FullLog,
        Self::Delay,
        Self::Stall,
        Self::StallLong,
        Self::BlackHole,
        Self::LoseAnswers,
        Self::Refuse,
        Self::Cut,
        Self::CutInAnswer,
        Self::KillClient,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::KillBackend => "kill -9 of a backend",
            Self::TerminateBackend => "a backend terminated",
            Self::CancelStatement => "a statement cancelled",
            Self::KillServer => "kill -9 of the server, restart",
            Self::StopBackend => "a backend stopped for a while",
            Self::StopServer => "the server stopped for a while",
            Self::StopBackendLong => "a backend stopped for 3 s",
            Self::StopServerLong => "the server stopped for 3 s",
            Self::FullDisk => "disk full for a while",
            Self::FullLog => "disk full, for its log too",
            Self::Delay => "network: delay",
            Self::Stall => "network: stall",
            Self::StallLong => "network: stall of 3 s",
            Self::BlackHole => "network: black hole",
            Self::LoseAnswers => "network: answers lost",
            Self::Refuse => "network: connections refused",
            Self::Cut => "network: connections cut",
            Self::CutInAnswer => "network: cut in an answer",
            Self::KillClient => "kill -9 of the client",
        }
    }

    /// How often it comes: the dear ones more seldom.
    const fn weight(self) -> usize {
        match self {
            Self::StopServerLong | Self::StallLong => 1,
            Self::StopBackendLong
            | Self::KillServer
            | Self::BlackHole
            | Self::StopServer
            | Self::FullLog => 2,
            Self::KillBackend | Self::FullDisk | Self::Stall | Self::Delay | Self::Refuse => 4,
            Self::StopBackend | Self::KillClient | Self::CutInAnswer => 6,
            Self::TerminateBackend | Self::CancelStatement | Self::LoseAnswers | Self::Cut => 8,
        }
    }

    /// Whether it needs a disk that can be filled.
    pub(crate) const fn needs_disk(self) -> bool {
        matches!(self, Self::FullDisk | Self::FullLog)
    }

    pub(crate) fn next(dice: &mut Dice) -> Self {
        let all: usize = Self::ALL.iter().map(|fault| fault.weight()).sum();
        let mut left = dice.below(all);
        for fault in Self::ALL {
            match left.checked_sub(fault.weight()) {
                Some(rest) => left = rest,
                None => return fault,
            }
        }
        Self::Cut
    }

    /// Lets it happen, and is over when it is over. That of the client is the runner's.
    pub(crate) async fn strike(self, victim: &mut Victim, proxy: &FaultProxy, dice: &mut Dice) {
        let while_ = match self {
            Self::StopBackendLong | Self::StopServerLong | Self::StallLong => LONG,
            _ => Duration::from_millis(50 + dice.below(250) as u64),
        };
        let network = async |fault| {
            proxy.inject(fault);
            tokio::time::sleep(while_).await;
            proxy.heal();
        };
        match self {
            Self::KillBackend => signal_one("KILL", victim, dice),
            Self::TerminateBackend => signal_one("TERM", victim, dice),
            Self::CancelStatement => signal_one("INT", victim, dice),
            Self::KillServer => victim.kill().await,
            Self::StopBackend | Self::StopBackendLong => {
                let backends = victim.backends();
                if !backends.is_empty() {
                    stop(&[backends[dice.below(backends.len())]], while_).await;
                }
            }
            Self::StopServer | Self::StopServerLong => stop(&victim.processes(), while_).await,
            Self::FullDisk => victim.fill_disk(while_ * 3, false).await,
            Self::FullLog => victim.fill_disk(while_ * 3, true).await,
            Self::Delay => network(NetworkFault::Delay(while_ / 10)).await,
            Self::Stall | Self::StallLong => network(NetworkFault::Stall).await,
            Self::BlackHole => network(NetworkFault::BlackHole).await,
            Self::LoseAnswers => network(NetworkFault::LoseAnswers).await,
            Self::Refuse => {
                proxy.inject(NetworkFault::Refuse);
                proxy.cut();
                tokio::time::sleep(while_).await;
                proxy.heal();
            }
            Self::Cut => proxy.cut(),
            Self::CutInAnswer => network(NetworkFault::CutAfter(1 + dice.below(400))).await,
            Self::KillClient => {}
        }
    }
}

fn signal_one(name: &str, victim: &Victim, dice: &mut Dice) {
    let backends = victim.backends();
    if !backends.is_empty() {
        signal(name, &[backends[dice.below(backends.len())]]);
    }
}

async fn stop(processes: &[u32], time: Duration) {
    signal("STOP", processes);
    tokio::time::sleep(time).await;
    signal("CONT", processes);
}

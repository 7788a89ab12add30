//! The pieces of work that are measured, and what the specification asks of each.

/// A piece of work that an application does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    UserByEmail,
    RecentChats,
    ChatOf50,
    ChatOf5000,
    Append,
    Insert10000,
    Descendants,
    Ancestors,
    Rows10000,
    SignedIn,
    EffectiveSettings,
    RosterPage,
    ForkOf50,
    ForkOf5000,
    Erasure,
}

/// How much an operation takes and leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// As many as there is time for.
    Light,
    /// A tenth of the time, as each leaves rows behind that are cleared away.
    Medium,
    /// One a round, by one task.
    Heavy,
}

impl Work {
    /// In this order: what writes much comes late.
    pub(crate) const ALL: [Self; 15] = [
        Self::UserByEmail,
        Self::RecentChats,
        Self::ChatOf50,
        Self::ChatOf5000,
        Self::Rows10000,
        Self::Descendants,
        Self::Ancestors,
        Self::SignedIn,
        Self::EffectiveSettings,
        Self::RosterPage,
        Self::Append,
        Self::ForkOf50,
        Self::ForkOf5000,
        Self::Erasure,
        Self::Insert10000,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::UserByEmail => "W1 a user by e-mail",
            Self::RecentChats => "W2 20 recent chats with their tool",
            Self::ChatOf50 => "W3 a chat with its 50 messages",
            Self::ChatOf5000 => "W3L a chat with its 5,000 messages",
            Self::Append => "W4 append a message",
            Self::Insert10000 => "W5 insert 10,000 messages",
            Self::Descendants => "W6 descendants",
            Self::Ancestors => "W6 ancestors",
            Self::Rows10000 => "W7 10,000 rows decoded",
            Self::SignedIn => "session, user and roles of a token",
            Self::EffectiveSettings => "effective settings",
            Self::RosterPage => "50 of a roster of 1,000",
            Self::ForkOf50 => "fork 50 messages",
            Self::ForkOf5000 => "fork 5,000 messages",
            Self::Erasure => "erase a person with 10,000 messages",
        }
    }

    /// How many times faster than the earlier system the specification wants it to be; `None`: it is not compared.
    pub(crate) const fn target_over_earlier(self) -> Option<f64> {
        match self {
            Self::UserByEmail => Some(0.97),
            Self::RecentChats => Some(1.1),
            Self::ChatOf50 => Some(1.2),
            Self::ChatOf5000 | Self::Rows10000 => Some(1.3),
            Self::Append => Some(2.3),
            // At most 0.75 of its time.
            Self::Insert10000 => Some(1.0 / 0.75),
            Self::Descendants | Self::Ancestors => Some(1.0),
            _ => None,
        }
    }

    pub(crate) const fn weight(self) -> Weight {
        match self {
            Self::ForkOf50 => Weight::Medium,
            Self::Insert10000 | Self::ForkOf5000 | Self::Erasure => Weight::Heavy,
            _ => Weight::Light,
        }
    }

    /// What has to be there before each round, in plain SQL.
    pub(crate) const fn set_up(self) -> Option<&'static str> {
        match self {
            Self::Erasure => Some(include_str!("erasure.sql")),
            _ => None,
        }
    }

    /// Clears away what a round has left, so that the next one finds the same.
    pub(crate) const fn tear_down(self) -> Option<&'static str> {
        match self {
            Self::ForkOf50 | Self::ForkOf5000 => {
                Some("DELETE FROM chat_sessions WHERE parent_session_id IS NOT NULL")
            }
            _ => None,
        }
    }
}

//! What an import of conversations did: every message of the file is accounted for.

use serde::Serialize;

/// What an import of conversations did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConversationReport {
    /// The source in `external_ids`.
    pub source: String,
    /// Conversations, those of orphans among them.
    pub trees: u64,
    /// Messages whose parent is not in the file: each begins a conversation of its own.
    pub orphans: u64,
    /// Whether the tool of the chats was created.
    pub tool_created: bool,
    /// Owners of chats.
    pub users: UserCounts,
    /// Chats.
    pub chats: ChatCounts,
    /// Messages.
    pub messages: MessageCounts,
}

impl ConversationReport {
    /// Whether the import wrote nothing, as the second one of the same file does.
    #[must_use]
    pub const fn is_unchanged(&self) -> bool {
        !self.tool_created && self.users.created == 0 && self.chats.created == 0
    }
}

/// What became of the authors of first prompts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UserCounts {
    /// New.
    pub created: u64,
    /// Known already.
    pub unchanged: u64,
}

/// What became of the paths to leaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChatCounts {
    /// New.
    pub created: u64,
    /// New ones that are forks.
    pub forks: u64,
    /// Here already, and as the file has them.
    pub unchanged: u64,
    /// Here already, and not as the file has them now: left as they are.
    pub different: u64,
}

/// What became of the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MessageCounts {
    /// Lines of the file.
    pub read: u64,
    /// Messages that are in some chat.
    pub imported: u64,
    /// Deleted messages among them, which keep their place without their content.
    pub tombstones: u64,
    /// Deleted messages that nothing live follows: in no chat.
    pub left_out: u64,
    /// Rows written.
    pub created: u64,
    /// Rows among them that a fork has from its parent.
    pub copies: u64,
}

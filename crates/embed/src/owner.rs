//! Whose a server is: PostgreSQL refuses to run as root, so root lends it another user.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::error::Error;

/// The user that the server runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Whoever runs this program.
    Ourselves,
    /// As root: `postgres`, else `nobody`. Both have a passwd entry, which the server needs.
    Other { uid: u32, gid: u32 },
}

impl Owner {
    pub(crate) fn new() -> Self {
        if !rustix::process::geteuid().is_root() {
            return Self::Ourselves;
        }
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| find_user(&passwd, name))
            .map_or(Self::Ourselves, |(uid, gid)| Self::Other { uid, gid })
    }

    /// A command that runs as the owner, in a folder that it can enter, without the caller's PG* variables.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        // Messages that we show and read are to be English, whatever the caller's language.
        command.env("LC_ALL", "C");
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Gives a file or folder to the owner.
    pub(crate) fn give(self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(uid), Some(gid))
                .map_err(|source| Error::files("give to the server's user", path, source)),
        }
    }
}

/// The uid and gid of a user, of `name:password:uid:gid:…`.
fn find_user(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some((uid, gid))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgresql:x:7:8::/:\npostgres:x:105:107:,,,:/var/lib:/bin/sh\n";
        assert_eq!(find_user(passwd, "postgres"), Some((105, 107)));
        assert_eq!(find_user(passwd, "nobody"), None);
        assert_eq!(find_user("postgres:x:one:2", "postgres"), None);
    }
}

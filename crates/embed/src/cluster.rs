//! The data of a new server: a fresh cluster by `initdb`, or a copy of a running server's for a replica of it.

use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::installation::Installation;
use crate::owner::Owner;
use crate::paths::Paths;
use crate::server::ServerConfig;

/// Makes a cluster beside its place and then puts it there, so that there is never half of one.
pub(crate) fn make(
    config: &ServerConfig,
    paths: &Paths,
    owner: Owner,
    installation: &Installation,
) -> Result<(), Error> {
    let fresh = paths.base.join("data.new");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).map_err(|source| Error::files("remove", &fresh, source))?;
    }
    let program = installation.bin_dir().join(match config.primary {
        Some(_) => "pg_basebackup",
        None => "initdb",
    });
    let mut command = owner.command(&program);
    match &config.primary {
        Some(primary) => copy_of(primary, &mut command),
        None => fresh_one(&mut command),
    }
    if config.throwaway {
        command.arg("--no-sync");
    }
    let output = command
        .arg("-D")
        .arg(&fresh)
        .output()
        .map_err(|source| Error::Run { program: program.clone(), source })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Initdb { data_dir: paths.data.clone(), said });
    }
    if let Some(rules) = &config.host_rules {
        write_rules(&fresh.join("pg_hba.conf"), rules)?;
    }
    std::fs::rename(&fresh, &paths.data).map_err(|source| Error::files("make", &paths.data, source))
}

fn fresh_one(initdb: &mut Command) {
    initdb.args([
        "-U",
        "postgres",
        "--encoding=UTF8",
        "--no-locale",
        "--auth-local=trust",
        "--auth-host=reject",
    ]);
}

/// A base backup that follows the server when it is started: `-R` writes where to find it.
fn copy_of(primary: &str, basebackup: &mut Command) {
    basebackup.args(["-w", "-R", "-X", "stream", "--checkpoint=fast", "-d", primary]);
}

fn write_rules(file: &Path, rules: &str) -> Result<(), Error> {
    // Who reaches the socket may do all, streaming to a replica included.
    let rules = format!("local all all trust\nlocal replication all trust\n{rules}\n");
    std::fs::write(file, rules).map_err(|source| Error::files("write", file, source))
}

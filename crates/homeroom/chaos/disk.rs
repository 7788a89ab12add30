//! The disk under the server: a small one of its own, which can be full. Where this user may not mount one there is none.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the server and its log need in a long run, several times over.
const SIZE: &str = "size=1g";

/// A folder on a disk of its own (tmpfs), which goes with it.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// `None` where this user may not mount.
    pub(crate) fn mount(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let options = format!("{SIZE},mode=0755");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        mount.is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }

    /// Takes all room away that is not used. Not at once where the server takes some meanwhile.
    pub(crate) fn fill(&self) {
        for _ in 0..100 {
            let used = Command::new("df").args(["-k", "--output=used"]).arg(&self.0).output();
            let used = String::from_utf8(used.unwrap().stdout).unwrap();
            if self.resize(&format!("size={}k", used.split_whitespace().last().unwrap())) {
                return;
            }
        }
    }

    /// Gives the room back.
    pub(crate) fn free(&self) {
        assert!(self.resize(SIZE), "the disk stays full");
    }

    fn resize(&self, size: &str) -> bool {
        let remount = Command::new("mount")
            .args(["-o", &format!("remount,{size}")])
            .arg(&self.0)
            .stderr(Stdio::null())
            .status();
        remount.is_ok_and(|status| status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

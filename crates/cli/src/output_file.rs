//! Files that a command writes: whole, or not at all.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::failure::WayOut;

/// Counts what is written.
pub(crate) struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W> Counted<W> {
    pub(crate) const fn new(inner: W) -> Self {
        Self { inner, bytes: 0 }
    }

    /// How many bytes were written.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// A file that stands beside its place until it is whole, and is deleted when it never is.
pub(crate) struct Unfinished<'a> {
    file: File,
    /// Where it stands now; none once it is in its place.
    beside: Option<PathBuf>,
    place: &'a Path,
}

impl<'a> Unfinished<'a> {
    /// A file that may be read as the umask says.
    pub(crate) fn create(place: &'a Path) -> Result<Self> {
        Self::open(place, 0o666)
    }

    /// A file that nobody else may read, for what is about people.
    pub(crate) fn create_private(place: &'a Path) -> Result<Self> {
        Self::open(place, 0o600)
    }

    fn open(place: &'a Path, mode: u32) -> Result<Self> {
        // A device or a pipe is written to where it is.
        let is_special =
            std::fs::metadata(place).is_ok_and(|what| !what.is_file() && !what.is_dir());
        let beside = match is_special {
            true => None,
            false => {
                let mut name = place.file_name().unwrap_or_default().to_owned();
                name.push(format!(".{}.unfinished", std::process::id()));
                Some(place.with_file_name(name))
            }
        };
        let opened = match (&beside, place.is_dir()) {
            (_, true) => Err(std::io::ErrorKind::IsADirectory.into()),
            (Some(beside), _) => create_new(beside, mode),
            (None, _) => File::options().write(true).open(place),
        };
        let file = opened.map_err(|error| cannot_write_file(place, error))?;
        Ok(Self { file, beside, place })
    }

    /// What is to be written to.
    pub(crate) const fn file(&self) -> &File {
        &self.file
    }

    /// Tells why the file can't be written to.
    pub(crate) fn failed(&self, error: std::io::Error) -> anyhow::Error {
        cannot_write_file(self.place, error)
    }

    /// Puts the whole file in its place.
    pub(crate) fn finish(mut self) -> Result<()> {
        if let Some(beside) = &self.beside {
            let moved = self.file.sync_all().and_then(|()| std::fs::rename(beside, self.place));
            moved.map_err(|error| self.failed(error))?;
        }
        self.beside = None;
        Ok(())
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // What can't be deleted is told by its name.
            let _ = std::fs::remove_file(beside);
        }
    }
}

fn create_new(path: &Path, mode: u32) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

fn cannot_write_file(file: &Path, error: std::io::Error) -> anyhow::Error {
    anyhow::Error::new(error)
        .context(format!("can't write {}", file.display()))
        .context(WayOut("name a file that you can write to with --output".to_owned()))
}

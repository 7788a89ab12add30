//! A OneRoster package as it lies on disk: a folder or a zip archive with a manifest. What the rows mean is not known here.

use std::fmt;
use std::fs;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::ZipArchive;

use crate::roster::columns::{File, Version};
use crate::roster::error::RosterError;

const MANIFEST: &str = "manifest.csv";

/// A OneRoster bulk package: a folder or a zip archive, version 1.1 or 1.2 by its manifest.
///
/// Cheap to clone. Opening reads the manifest and the list of files, not the files.
#[derive(Clone)]
pub struct Package {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    zipped: bool,
    version: Version,
    entries: Vec<Entry>,
}

/// A file of the package.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its name beside the manifest.
    pub(super) name: String,
    /// Its name in the folder or archive.
    path: String,
    /// Its size in bytes, unpacked.
    pub(super) size: u64,
    /// What the manifest says of it.
    pub(super) mode: Mode,
}

/// How the manifest announces a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Bulk,
    Absent,
    /// Not at all.
    Unannounced,
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Package({}, OneRoster {})",
            self.inner.path.display(),
            self.inner.version.as_str()
        )
    }
}

impl Package {
    /// Opens a folder or a zip archive and reads its manifest. Blocks on the disk.
    ///
    /// # Errors
    /// [`RosterError::Read`] when the path can't be read, [`RosterError::Archive`] when it is no whole zip archive,
    /// [`RosterError::Manifest`] without a manifest, without a version in it, for another version than 1.1 and 1.2 and for
    /// delta files, [`RosterError::MissingFile`] for a file that the manifest promises.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RosterError> {
        let path = path.as_ref().to_owned();
        let zipped =
            !fs::metadata(&path).map_err(|source| cannot_read(path.display(), source))?.is_dir();
        let files = if zipped { list_archive(&path)? } else { list_folder(&path)? };

        let folder = folder_of_manifest(&files).ok_or_else(|| RosterError::Manifest {
            package: path.display().to_string(),
            reason: "there is none: a OneRoster package has one beside its files".to_owned(),
        })?;
        let mut entries: Vec<Entry> = files
            .into_iter()
            .map(|(path, size)| {
                let name = path.strip_prefix(&folder).unwrap_or(&path).to_owned();
                Entry { name, path, size, mode: Mode::Unannounced }
            })
            .collect();
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        let mut package = Inner { path, zipped, version: Version::V1_1, entries };
        package.read_manifest()?;
        Ok(Self { inner: Arc::new(package) })
    }

    /// The version of the specification: `1.1` or `1.2`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.inner.version.as_str()
    }

    /// Where the package is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    pub(super) fn spec(&self) -> Version {
        self.inner.version
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.inner.entries
    }

    /// The file if the manifest promises it.
    pub(super) fn bulk(&self, file: File) -> Option<&Entry> {
        self.inner
            .entries
            .iter()
            .find(|entry| entry.mode == Mode::Bulk && entry.name == file.name())
    }

    /// Hands a file's bytes to `read`, unpacked as they are read.
    pub(super) fn read<T>(
        &self,
        entry: &Entry,
        read: impl FnOnce(&mut dyn Read) -> Result<T, RosterError>,
    ) -> Result<T, RosterError> {
        self.inner.read(entry, read)
    }
}

impl Inner {
    fn read<T>(
        &self,
        entry: &Entry,
        read: impl FnOnce(&mut dyn Read) -> Result<T, RosterError>,
    ) -> Result<T, RosterError> {
        if !self.zipped {
            let path = self.path.join(&entry.path);
            let mut file =
                fs::File::open(&path).map_err(|source| cannot_read(path.display(), source))?;
            return read(&mut file);
        }
        let mut archive = open_archive(&self.path)?;
        let mut file = archive.by_name(&entry.path).map_err(|source| self.damaged(source))?;
        read(&mut file).map_err(|error| match error {
            // Not of the disk, but of what was unpacked.
            RosterError::Read { source, .. } if source.raw_os_error().is_none() => {
                self.damaged(source.into())
            }
            error => error,
        })
    }

    fn read_manifest(&mut self) -> Result<(), RosterError> {
        let manifest = self.entries.iter().find(|entry| entry.name == MANIFEST).cloned();
        let manifest = manifest.ok_or_else(|| self.manifest("there is none"))?;
        let rows = self.read(&manifest, |file| {
            let mut reader =
                csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
            let header = reader.headers().map_err(|error| self.unreadable(&error))?;
            if header.iter().ne(["propertyName", "value"]) {
                return Err(self.manifest("its header is not propertyName,value"));
            }
            reader
                .into_records()
                .map(|record| {
                    let record = record.map_err(|error| self.unreadable(&error))?;
                    let field = |place| record.get(place).unwrap_or_default().to_owned();
                    Ok((field(0), field(1)))
                })
                .collect::<Result<Vec<(String, String)>, RosterError>>()
        })?;

        let value = |wanted: &str| {
            rows.iter()
                .find(|(property, value)| property == wanted && !value.is_empty())
                .map(|(_, value)| value.as_str())
        };
        match value("manifest.version") {
            Some("1.0") => {}
            Some(other) => {
                return Err(self.manifest(format!("manifest.version is {other:?}, expected 1.0")));
            }
            None => return Err(self.manifest("it has no manifest.version (expected 1.0)")),
        }
        let version = match value("oneroster.version") {
            Some("1.1") => Version::V1_1,
            Some("1.2") => Version::V1_2,
            Some(other) => {
                return Err(self.manifest(format!(
                    "oneroster.version is {other:?}, 1.1 and 1.2 can be imported"
                )));
            }
            None => return Err(self.manifest("it has no oneroster.version (expected 1.1 or 1.2)")),
        };
        self.version = version;

        for (property, mode) in &rows {
            let Some(name) = property.strip_prefix("file.") else { continue };
            let file = format!("{name}.csv");
            let mode = match mode.as_str() {
                "bulk" => Mode::Bulk,
                "absent" | "" => Mode::Absent,
                "delta" => {
                    let reason = format!("{property} is delta: only bulk files can be imported");
                    return Err(self.manifest(reason));
                }
                other => {
                    let reason = format!("{property} is {other:?}, expected bulk or absent");
                    return Err(self.manifest(reason));
                }
            };
            let package = self.path.display().to_string();
            match self.entries.iter_mut().find(|entry| entry.name == file) {
                Some(entry) => entry.mode = mode,
                None if mode == Mode::Bulk => {
                    return Err(RosterError::MissingFile {
                        package,
                        file,
                        property: property.clone(),
                    });
                }
                None => {}
            }
        }
        if !self
            .entries
            .iter()
            .any(|entry| entry.name == File::Orgs.name() && entry.mode == Mode::Bulk)
        {
            return Err(self.manifest(
                "it promises no file.orgs,bulk: without organisations nothing has a place",
            ));
        }
        Ok(())
    }

    fn manifest(&self, reason: impl Into<String>) -> RosterError {
        RosterError::Manifest { package: self.path.display().to_string(), reason: reason.into() }
    }

    fn unreadable(&self, error: &csv::Error) -> RosterError {
        let reason = match error.kind() {
            csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
            _ => error.to_string(),
        };
        self.manifest(reason)
    }

    fn damaged(&self, source: zip::result::ZipError) -> RosterError {
        RosterError::Archive {
            path: self.path.clone(),
            what: "a damaged zip archive",
            source: Some(source),
        }
    }
}

pub(super) fn cannot_read(path: impl fmt::Display, source: io::Error) -> RosterError {
    RosterError::Read { path: path.to_string(), source }
}

fn open_archive(path: &Path) -> Result<ZipArchive<BufReader<fs::File>>, RosterError> {
    let mut file = fs::File::open(path).map_err(|source| cannot_read(path.display(), source))?;
    let mut start = Vec::new();
    let read = file.by_ref().take(4).read_to_end(&mut start);
    read.map_err(|source| cannot_read(path.display(), source))?;
    ZipArchive::new(BufReader::new(file)).map_err(|source| {
        // Every archive begins with the signature of its first file and ends with a directory.
        let what = match start.starts_with(b"PK\x03\x04") {
            true => "cut off or damaged: a zip archive without its directory at the end",
            false => "no OneRoster package: neither a folder nor a zip archive",
        };
        RosterError::Archive { path: path.to_owned(), what, source: Some(source) }
    })
}

fn list_archive(path: &Path) -> Result<Vec<(String, u64)>, RosterError> {
    let mut archive = open_archive(path)?;
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let file = archive.by_index_raw(place).map_err(|source| RosterError::Archive {
            path: path.to_owned(),
            what: "a damaged zip archive",
            source: Some(source),
        })?;
        if file.is_file() {
            files.push((file.name().to_owned(), file.size()));
        }
    }
    Ok(files)
}

fn list_folder(path: &Path) -> Result<Vec<(String, u64)>, RosterError> {
    let fault = |source| cannot_read(path.display(), source);
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        // Follows a link, as reading does.
        let metadata = fs::metadata(entry.path()).map_err(fault)?;
        if metadata.is_file() {
            files.push((entry.file_name().to_string_lossy().into_owned(), metadata.len()));
        }
    }
    Ok(files)
}

/// The folder of the manifest: the root, or one folder that was packed as a whole.
fn folder_of_manifest(files: &[(String, u64)]) -> Option<String> {
    let mut folders = files.iter().filter_map(|(path, _)| {
        let folder = path.strip_suffix(MANIFEST)?;
        (folder.is_empty() || folder.ends_with('/') && !folder.starts_with("__MACOSX"))
            .then_some(folder)
    });
    let first = folders.next()?;
    let shortest =
        folders.fold(
            first,
            |shortest, folder| if folder.len() < shortest.len() { folder } else { shortest },
        );
    Some(shortest.to_owned())
}

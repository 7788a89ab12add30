//! The files of the register.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use homeroom_advisor::{GIT_ATTRIBUTES, Register};

use super::today;
use crate::failure::{Refusal, WayOut};
use crate::output_file::Unfinished;

const PAGE: &str = "IMPROVEMENTS.md";

/// A register and where it is.
pub(super) struct File {
    path: PathBuf,
    /// The text as it was read.
    before: Option<String>,
    pub(super) register: Register,
}

/// What was written.
pub(super) struct Saved {
    /// Whether git was told how to merge the files.
    pub(super) attributes: Option<PathBuf>,
}

impl File {
    /// Reads the register where there is one.
    pub(super) fn find(path: &Path) -> Result<Option<Self>> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let register = Register::parse(&text)
                    .with_context(|| format!("the register {} can't be read", path.display()))?;
                Ok(Some(Self { path: path.to_owned(), before: Some(text), register }))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error)
                .with_context(|| format!("can't read {}", path.display()))
                .context(WayOut("name a file that you can read with --register".to_owned())),
        }
    }

    /// Reads the register, or begins one.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Ok(Self::find(path)?.unwrap_or_else(|| Self {
            path: path.to_owned(),
            before: None,
            register: Register::default(),
        }))
    }

    /// Reads the register, which has to be there.
    pub(super) fn get(path: &Path) -> Result<Self> {
        Self::find(path)?.ok_or_else(|| {
            let message = format!("there is no register {}", path.display());
            let help = "begin one with `homeroom advise register update` or `register import`, or name it with --register";
            Refusal::new(message, help).into()
        })
    }

    /// The page for people, beside the register.
    pub(super) fn page(&self) -> PathBuf {
        self.path.with_file_name(PAGE)
    }

    /// The register's own place, for people.
    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// Whether the page for people is another one than the register makes.
    pub(super) fn page_is_behind(&self) -> bool {
        let page = std::fs::read_to_string(self.page()).ok();
        page != Some(self.register.to_markdown(today()))
    }

    /// Writes both files, and tells git how to merge them when they are new.
    pub(super) fn save(&self) -> Result<Saved> {
        write(&self.path, &self.register.to_toml())?;
        write(&self.page(), &self.register.to_markdown(today()))?;
        let attributes = match self.before {
            None => self.tell_git()?,
            Some(_) => None,
        };
        Ok(Saved { attributes })
    }

    /// Adds what git should know, where the register is in a repository and nobody has said anything of it.
    fn tell_git(&self) -> Result<Option<PathBuf>> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let inside = Path::new(".")
            .join(folder)
            .canonicalize()
            .is_ok_and(|folder| folder.ancestors().any(|folder| folder.join(".git").exists()));
        let is_usual = self.path.file_name().is_some_and(|name| name == "improvements.toml");
        let attributes = folder.join(".gitattributes");
        let known = std::fs::read_to_string(&attributes).unwrap_or_default();
        if !inside || !is_usual || known.contains("improvements.toml") {
            return Ok(None);
        }
        let gap = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
        write(&attributes, &format!("{known}{gap}{GIT_ATTRIBUTES}"))?;
        Ok(Some(attributes))
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let file = Unfinished::create(path)?;
    file.file().write_all(text.as_bytes()).map_err(|error| file.failed(error))?;
    file.finish()
}

//! What is wrong with the settings.

use std::fmt;

/// What is wrong with the settings: all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<ConfigFault>,
}

impl ConfigError {
    pub(super) const fn new(faults: Vec<ConfigFault>) -> Self {
        Self { faults }
    }

    /// The faults, in the order of the variables.
    #[must_use]
    pub fn faults(&self) -> &[ConfigFault] {
        &self.faults
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.as_slice() {
            [fault] => write!(f, "the database configuration is not valid: {fault}"),
            faults => {
                write!(f, "the database configuration has {} faults:", faults.len())?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
        }
    }
}

impl std::error::Error for ConfigError {}

/// One setting that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    pub(super) name: &'static str,
    pub(super) value: Option<String>,
    pub(super) expected: String,
}

impl ConfigFault {
    /// The variable's name, such as `DATABASE_POOL_MAX`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, expected } = self;
        match value {
            Some(value) => write!(f, "{name} is {value:?}, but should be {expected}"),
            None => write!(f, "{name} is not set, but should be {expected}"),
        }
    }
}

//! Secrets come from a file or from the environment, and from nowhere else.

use std::path::Path;

use device_auth::Secret;

use crate::failure::Failure;

/// A secret that the command can be given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// In words, as in "the software statement".
    pub(crate) what: &'static str,
    /// The argument that names its file.
    pub(crate) argument: &'static str,
    /// The variable that holds it.
    pub(crate) variable: &'static str,
}

/// Where a secret was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File,
    Environment,
}

impl Source {
    /// The secret, with white space around it cut off: from the file where one is named, otherwise from the environment.
    pub(crate) fn read(self, file: Option<&Path>) -> Result<Option<(Secret, Place)>, Failure> {
        if let Some(file) = file {
            return Ok(Some((self.read_file(file)?, Place::File)));
        }
        match std::env::var(self.variable) {
            Ok(text) if text.trim().is_empty() => Ok(None),
            Ok(text) => Ok(Some((Secret::new(text.trim()), Place::Environment))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(Failure::configuration(
                format!("the variable {} is not text", self.variable),
                format!("put {} there as it was issued", self.what),
            )),
        }
    }

    fn read_file(self, file: &Path) -> Result<Secret, Failure> {
        if is_likely_secret(file) {
            // Not repeated: this line may end up in the log of a build.
            return Err(Failure::usage(
                format!(
                    "{} takes the name of a file, and was given what looks like {}",
                    self.argument, self.what
                ),
                format!(
                    "put it into a file, or into the variable {}; others on this machine may have seen it, so think of \
                     replacing it",
                    self.variable
                ),
            ));
        }
        let text = std::fs::read_to_string(file).map(Secret::new).map_err(|error| {
            Failure::configuration(
                format!("{} cannot be read from {}: {error}", self.what, file.display()),
                format!(
                    "name its file with {}, or put it into the variable {}",
                    self.argument, self.variable
                ),
            )
        })?;
        match text.expose().trim() {
            "" => Err(Failure::configuration(
                format!("{} is empty", file.display()),
                format!("it should hold {}", self.what),
            )),
            trimmed => Ok(Secret::new(trimmed)),
        }
    }
}

/// A long name with three parts or more that begins as Base64 of JSON does, and no such file.
fn is_likely_secret(file: &Path) -> bool {
    file.to_str().is_some_and(|name| name.starts_with("eyJ") && name.split('.').count() >= 3)
        && !file.exists()
}

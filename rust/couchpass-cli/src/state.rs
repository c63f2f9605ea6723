//! What outlives a command: one encrypted file, and the key to it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use device_auth::{FileStore, Secret, StoreKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::{
    event::Event,
    failure::Failure,
    output::Output,
    secrets::{Place, Source},
};

const KEY: Source = Source {
    what: "the key of the state (Base64 of 32 bytes)",
    argument: "--store-key-file",
    variable: "COUCHPASS_STORE_KEY",
};

/// Where the state is and what opens it.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is remembered")]
pub(crate) struct StateArguments {
    /// The directory of the state [default: couchpass in XDG_STATE_HOME or ~/.local/state]
    #[arg(long, value_name = "DIR", env = "COUCHPASS_STATE", hide_env_values = true)]
    state: Option<PathBuf>,

    /// The file with the key of the state; without one, COUCHPASS_STORE_KEY or a key made on first use in
    /// XDG_CONFIG_HOME or ~/.config
    #[arg(long, value_name = "FILE", env = "COUCHPASS_STORE_KEY_FILE", hide_env_values = true)]
    store_key_file: Option<PathBuf>,
}

impl StateArguments {
    /// The file that everything is in.
    pub(crate) fn file(&self) -> Result<PathBuf, Failure> {
        let directory = match &self.state {
            Some(directory) => directory.clone(),
            None => base_directory("XDG_STATE_HOME", ".local/state", "--state")?.join("couchpass"),
        };
        Ok(directory.join("store"))
    }

    /// Opens the state. A user who loses something by that is told.
    pub(crate) fn open(&self, output: Output) -> Result<Arc<FileStore>, Failure> {
        let file = self.file()?;
        let store = FileStore::open(&file, self.key()?)?;
        if let (Some(reason), Some(kept)) = (store.lost(), store.lost_to()) {
            let set_aside = kept.display().to_string();
            output.warn(
                &Event::StateLost { reason, set_aside: &set_aside },
                &format!(
                    "you have been signed out: the state could not be read, because {reason}. It is kept as {set_aside}. If it \
                     was the key, run this again with the former one, and the state that it protects comes back by itself."
                ),
            );
        }
        Ok(Arc::new(store))
    }

    /// The key, unless it is still to be made. Makes none.
    pub(crate) fn key_at_hand(&self) -> Result<Option<StoreKey>, Failure> {
        let is_to_be_made = KEY.read(self.store_key_file.as_deref())?.is_none() && !own_key_file()?.exists();
        if is_to_be_made { Ok(None) } else { self.key().map(Some) }
    }

    /// The file that the key is in; nothing where it comes from the environment.
    pub(crate) fn key_file(&self) -> Result<Option<PathBuf>, Failure> {
        if let Some(file) = &self.store_key_file {
            return Ok(Some(file.clone()));
        }
        if KEY.read(None)?.is_some() { Ok(None) } else { own_key_file().map(Some) }
    }

    fn key(&self) -> Result<StoreKey, Failure> {
        let (text, place) = match KEY.read(self.store_key_file.as_deref())? {
            Some((text, Place::File)) => (text, "the key file"),
            Some((text, Place::Environment)) => (text, KEY.variable),
            None => (own_key()?, "the key file"),
        };
        parse(&text).ok_or_else(|| {
            Failure::configuration(
                format!("{place} does not hold the Base64 of 32 bytes"),
                "make a key with: head -c 32 /dev/urandom | base64",
            )
        })
    }
}

fn parse(text: &Secret) -> Option<StoreKey> {
    let bytes = Zeroizing::new(STANDARD.decode(text.expose()).ok()?);
    <[u8; 32]>::try_from(bytes.as_slice()).ok().map(StoreKey::new)
}

fn own_key_file() -> Result<PathBuf, Failure> {
    Ok(base_directory("XDG_CONFIG_HOME", ".config", KEY.argument)?.join("couchpass/store.key"))
}

/// The key of this user on this machine, made on first use.
fn own_key() -> Result<Secret, Failure> {
    let file = own_key_file()?;
    if !file.exists() {
        make_key(&file).map_err(|error| {
            Failure::configuration(
                format!("no key can be made at {}: {error}", file.display()),
                format!("name a file with {}, or put a key into {}", KEY.argument, KEY.variable),
            )
        })?;
    }
    let key = KEY.read(Some(&file))?;
    Ok(key.map(|(key, _)| key).expect("a file that is named is read or refused"))
}

fn make_key(file: &Path) -> io::Result<()> {
    let mut key = Zeroizing::new([0; 32]);
    SystemRandom::new().fill(&mut *key).map_err(|_| io::Error::other("the system has no random numbers"))?;
    let text = Zeroizing::new(STANDARD.encode(*key) + "\n");
    let directory = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    // Written aside and linked into place: whoever sees the name sees a whole key, and of two first uses one wins.
    let draft = directory.join(format!("store.key.{}", std::process::id()));
    let linked = write_private(&draft, text.as_bytes()).and_then(|()| match fs::hard_link(&draft, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    });
    fs::remove_file(&draft).and(linked)
}

/// Writes a file that its owner alone may read, whatever it was before.
pub(crate) fn write_private(file: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file)?;
    #[cfg(unix)]
    opened.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    opened.write_all(content)
}

/// A directory of the XDG Base Directory Specification, which ignores relative ones.
fn base_directory(variable: &str, in_home: &str, argument: &str) -> Result<PathBuf, Failure> {
    let absolute =
        |variable: &str| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(in_home))).ok_or_else(|| {
        Failure::configuration(
            format!("neither {variable} nor HOME says where this user keeps such things"),
            format!("name a place with {argument}"),
        )
    })
}

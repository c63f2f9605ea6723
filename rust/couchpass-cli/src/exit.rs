//! How the command ends, for scripts. `couchpass --help` and `docs/command-line.md` list the same.

use std::process::ExitCode;

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It worked.
    Ok,
    /// The TV provider said no, or the viewer may not sign in.
    Denied,
    /// The command line is not right. The argument parser uses the same number.
    Usage,
    /// Nobody is signed in.
    SignIn,
    /// Something in the configuration has to be fixed.
    Configuration,
    /// It may work later.
    Later,
    /// Only support can help.
    Support,
    /// The user, or the system, has ended it.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Denied => 1,
            Self::Usage => 2,
            Self::SignIn => 3,
            Self::Configuration => 4,
            Self::Later => 5,
            Self::Support => 6,
            // What a shell reports for a process that Ctrl-C has ended.
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

//! Signing in: a stream of events for the screen, fed by a state machine that outlives the screen.

mod driver;
mod machine;
#[cfg(test)]
mod machine_properties;

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use tokio::sync::mpsc;

pub(crate) use self::{
    driver::{Command, Driver},
    machine::{Finding, Opening, Reason, Ticket},
};
use crate::{Error, Login, LoginPage, MvpdId, Profile, RegistrationCode, error::Report};

/// Where the viewer signs in with their TV provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInWith {
    /// On a second screen, by a code; the viewer chooses the TV provider there.
    #[default]
    Code,
    /// On a second screen, by a code, with the TV provider that was chosen on this device.
    CodeFor(Login),
    /// In a browser on this device, such as the app's own web view.
    Browser(Login),
}

impl SignInWith {
    /// What is known of the login before the viewer acts.
    pub(crate) fn login(&self) -> Option<&Login> {
        match self {
            Self::Code => None,
            Self::CodeFor(login) | Self::Browser(login) => Some(login),
        }
    }

    /// The TV provider that the viewer has chosen on this device.
    pub(crate) fn mvpd(&self) -> Option<&MvpdId> {
        self.login().map(Login::mvpd)
    }
}

/// What a sign-in tells the screen. After one of the last five nothing follows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInEvent {
    /// Looking for an authentication that can be used without the viewer's help. Takes a second or two.
    Checking,
    /// Show this code and where to type it. A second one replaces the first.
    Code(RegistrationCode),
    /// Open this page in a browser on this device, and call [`Client::redirect_reached`](crate::Client::redirect_reached) when
    /// it comes to its redirect URL. A second one replaces the first.
    Page(LoginPage),
    /// The code that was shown works no longer; another one follows.
    CodeExpired,
    /// The viewer is signed in.
    SignedIn(Profile),
    /// The viewer may not sign in, and trying again does not help: show the report's message.
    Denied(Box<Report>),
    /// Several codes have expired unused.
    Expired,
    /// The sign-in was cancelled.
    Cancelled,
    /// Something else went wrong; the error says what to do.
    Failed(Error),
}

impl SignInEvent {
    /// Whether nothing follows.
    #[must_use]
    pub fn is_last(&self) -> bool {
        !matches!(self, Self::Checking | Self::Code(_) | Self::Page(_) | Self::CodeExpired)
    }
}

/// The events of a sign-in, beginning with the latest one there was.
///
/// Dropping the stream does not end the sign-in, it pauses the polling: a screen may be recreated while a code is shown, and
/// goes on with the same code. [`Client::cancel_sign_in`](crate::Client::cancel_sign_in), closing the client and the code's
/// expiry end it.
#[derive(Debug)]
pub struct SignIn {
    events: mpsc::UnboundedReceiver<SignInEvent>,
    commands: mpsc::WeakUnboundedSender<Command>,
}

impl SignIn {
    pub(crate) fn new(
        events: mpsc::UnboundedReceiver<SignInEvent>,
        commands: mpsc::WeakUnboundedSender<Command>,
    ) -> Self {
        Self { events, commands }
    }

    /// Waits for the next event; `None` after the last.
    pub async fn next(&mut self) -> Option<SignInEvent> {
        self.events.recv().await
    }
}

impl Stream for SignIn {
    type Item = SignInEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<SignInEvent>> {
        self.events.poll_recv(context)
    }
}

impl Drop for SignIn {
    fn drop(&mut self) {
        self.events.close();
        if let Some(commands) = self.commands.upgrade() {
            // Without a driver there is nobody to be told.
            let _ = commands.send(Command::WatcherLeft);
        }
    }
}

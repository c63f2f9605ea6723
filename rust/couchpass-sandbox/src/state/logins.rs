//! Sign-ins under way in a browser, between the programmer's page and the MVPD's.

use super::State;
use crate::endpoint::Api;
use crate::random;

/// A browser that was sent to an MVPD.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) api: Api,
    pub(crate) code: String,
    pub(crate) mvpd: String,
    /// Where the browser goes in the end.
    pub(crate) redirect_url: String,
    /// The account, once name and password were right.
    pub(crate) account: Option<String>,
}

impl State {
    /// Keeps a login under a name that goes through the browser.
    pub(crate) fn begin_login(&mut self, login: Login) -> String {
        let name = random::token();
        self.logins.insert(name.clone(), login);
        name
    }

    pub(crate) fn login(&self, name: &str) -> Option<&Login> {
        self.logins.get(name)
    }

    pub(crate) fn login_as(&mut self, name: &str, account: &str) {
        if let Some(login) = self.logins.get_mut(name) {
            login.account = Some(account.to_owned());
        }
    }

    /// Ends a login and hands it out; it cannot be used again.
    pub(crate) fn end_login(&mut self, name: &str) -> Option<Login> {
        self.logins.remove(name)
    }
}

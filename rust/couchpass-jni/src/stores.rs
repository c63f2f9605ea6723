//! The files in which clients keep what they know. Clients over one file share the open store: they are one installation.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use couchpass::Report;
use device_auth::{FileStore, Store, StoreKey};
use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    messages::{self, KeyOrigin, StoreReport},
};

static OPEN: LazyLock<Mutex<HashMap<PathBuf, Open>>> = LazyLock::new(Mutex::default);

/// A store that somebody uses, and what was found when it was opened.
struct Open {
    store: Weak<FileStore>,
    report: StoreReport,
}

/// Opens a store, or joins the one that is open already: also one whose last client is closed, but has a call that has not
/// noticed yet. Whoever joins is told what was found in the beginning, whatever became of the key since.
pub(crate) fn open(file: &messages::StoreFile) -> Result<(Arc<dyn Store>, StoreReport), Failure> {
    let path = Path::new(&file.path);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|_, open| open.store.strong_count() > 0);
    if let Some(Open { store, report }) = open.get(path)
        && let Some(store) = store.upgrade()
    {
        return Ok((store, report.clone()));
    }
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(file.key.as_slice().try_into().map_err(|_| {
        fix("the key of the store does not have 32 bytes", "pass 32 random bytes, the same at every start")
    })?);
    let store = FileStore::open(path, StoreKey::new(*key)).map_err(|error| {
        fix(
            &error.to_string(),
            "open the client in one process of the app alone (android:process in the merged manifest says which there are); \
             elsewhere pass a path of its own for each process",
        )
    })?;
    if let Some(reason) = store.lost() {
        log::warn!("what was kept cannot be used, so nobody is signed in: {reason}");
    }
    let report = report(&file.key_origin, store.lost());
    let store = Arc::new(store);
    open.insert(path.to_owned(), Open { store: Arc::downgrade(&store), report: report.clone() });
    Ok((store, report))
}

/// A key that is gone says more than the file that it leaves unreadable, and one that is away for a while has lost nothing.
fn report(key: &KeyOrigin, lost: Option<&str>) -> StoreReport {
    match (key, lost) {
        (KeyOrigin::Temporary { reason }, _) => StoreReport::Temporary { reason: reason.clone() },
        (_, None) => StoreReport::Whole {},
        (KeyOrigin::Replaced { reason }, Some(_)) => StoreReport::Lost { reason: reason.clone() },
        (KeyOrigin::Lasting {}, Some(lost)) => StoreReport::Lost { reason: lost.to_owned() },
    }
}

fn fix(message: &str, remedy: &str) -> Failure {
    let mut report = Report::default();
    message.clone_into(&mut report.message);
    Failure::Client(couchpass::Error::FixConfiguration {
        remedy: remedy.to_owned(),
        report: Box::new(report),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_lost_and_why() {
        let because = |reason: &str| reason.to_owned();
        let replaced = KeyOrigin::Replaced { reason: because("no key") };
        let temporary = KeyOrigin::Temporary { reason: because("busy") };
        assert_eq!(report(&KeyOrigin::Lasting {}, None), StoreReport::Whole {});
        assert_eq!(
            report(&KeyOrigin::Lasting {}, Some("torn")),
            StoreReport::Lost { reason: because("torn") }
        );
        assert_eq!(report(&replaced, None), StoreReport::Whole {}, "there was nothing to lose");
        assert_eq!(report(&replaced, Some("another key")), StoreReport::Lost { reason: because("no key") });
        for lost in [None, Some("another key")] {
            assert_eq!(report(&temporary, lost), StoreReport::Temporary { reason: because("busy") });
        }
    }
}

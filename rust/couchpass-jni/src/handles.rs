//! Handles: what Kotlin holds of a Rust object. A number that is looked up, never a pointer that is believed.

use std::{
    collections::HashMap,
    sync::{
        Arc, LazyLock, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use crate::{
    failure::Failure,
    pass::{Pass, Watch},
};

/// What there is a handle for.
#[derive(Clone)]
pub(crate) enum Object {
    /// A client.
    Pass(Arc<Pass>),
    /// The events of a sign-in, or metrics.
    Watch(Arc<Watch>),
}

static OBJECTS: LazyLock<RwLock<HashMap<i64, Object>>> = LazyLock::new(RwLock::default);
/// No number is given twice, so a stale handle can never mean another object.
static NEXT: AtomicI64 = AtomicI64::new(1);

/// Keeps an object until [`remove`]; returns its handle, which is never 0.
pub(crate) fn keep(object: Object) -> i64 {
    let handle = NEXT.fetch_add(1, Ordering::Relaxed);
    OBJECTS.write().unwrap_or_else(PoisonError::into_inner).insert(handle, object);
    handle
}

/// The object behind a handle. It lives for as long as the caller needs it, even if it is closed meanwhile.
pub(crate) fn find(handle: i64) -> Result<Object, Failure> {
    OBJECTS.read().unwrap_or_else(PoisonError::into_inner).get(&handle).cloned().ok_or(Failure::Closed)
}

/// The client behind a handle.
pub(crate) fn find_pass(handle: i64) -> Result<Arc<Pass>, Failure> {
    match find(handle)? {
        Object::Pass(pass) => Ok(pass),
        Object::Watch(_) => Err(Failure::Closed),
    }
}

/// Forgets a handle. Only the first of those who call it gets the object.
pub(crate) fn remove(handle: i64) -> Option<Object> {
    OBJECTS.write().unwrap_or_else(PoisonError::into_inner).remove(&handle)
}

/// How many handles are open. For the tests.
pub(crate) fn count() -> usize {
    OBJECTS.read().unwrap_or_else(PoisonError::into_inner).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_that_was_never_given_is_closed() {
        for handle in [0, -1, i64::MIN, i64::MAX] {
            assert!(matches!(find(handle), Err(Failure::Closed)));
            assert!(remove(handle).is_none());
        }
    }
}

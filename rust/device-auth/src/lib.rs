//! What every device sign-in shares: secrets, placements, time, polling, rate and storage.
//!
//! A device that proves who is in front of it always does the same few things, whichever system it talks to.
//! It holds credentials that must not leak ([`Secret`]), puts them at a known place of a request and hides them
//! at the same place of a log line ([`Placement`]), asks again and again until a person has acted ([`Polling`]),
//! stays within the rate that the service allows ([`Governor`]) and keeps what it was given ([`Store`]).
//!
//! Nothing in here knows a particular service, opens a socket or starts a runtime.

mod clock;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod governor;
mod placement;
mod polling;
mod secret;
mod store;
#[cfg(feature = "virtual-clock")]
mod virtual_clock;

pub use clock::{Clock, SystemClock, Timestamp, Wait};
pub use governor::{Admission, Governor, Limits, Priority};
pub use placement::{Carrier, Placement, Redaction};
pub use polling::Polling;
pub use secret::{Secret, stored};
pub use store::{CredentialKey, Entry, MemoryStore, Revision, Store, StoreError};
#[cfg(feature = "file-store")]
pub use store::{FileStore, FileStoreState, StoreKey};
#[cfg(feature = "virtual-clock")]
pub use virtual_clock::VirtualClock;

//! The boundary to Kotlin: the native library that `io.couchpass.PassClient` loads.
//!
//! It holds no rule about Adobe Pass. A call comes in as an [export](exports) with a handle and a [message](codec); it becomes
//! a task on the one runtime, and its answer goes back by an upcall, under the id that Kotlin gave it. There are three
//! upcalls: complete a call, ask for the platform token, log.
//!
//! What holds whatever happens:
//! - A panic or an error becomes a Kotlin exception. No call stays without its answer: dropping one is what answers it.
//! - A handle is a number in a table. A stale one is found to be stale, and [closing](exports) is for any thread, at any time,
//!   any number of times.
//! - Two threads: the worker, and one for what blocks. No code of Kotlin's runs on the worker while the other is free.
//! - Classes and members are looked up when the library is loaded; what is missing is named then.
//!
//! This crate and the one for its tests are the only ones that may be `unsafe`; each place says why it is sound.

mod asking;
mod boundary;
#[cfg(target_os = "android")]
mod built_by;
mod calls;
mod codec;
mod convert;
mod delivery;
pub mod exports;
mod failure;
mod handles;
mod java;
mod logging;
mod lookups;
mod messages;
mod metering;
mod pass;
mod runtime;
mod stores;
#[doc(hidden)]
pub mod testing;

#[cfg(test)]
mod golden;

// What it exports to the standard library is all there is to it.
#[cfg(all(feature = "own-unwinder", target_os = "android", not(target_arch = "arm")))]
extern crate unwinding as _;

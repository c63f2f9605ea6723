//! The command as its users have it: the built binary, real sockets, real time, one process for each command.

#![allow(clippy::unwrap_used, clippy::panic)]

mod bad_input;
mod demo;
mod journey;
mod kill;
mod login;
mod sandbox;
mod support;

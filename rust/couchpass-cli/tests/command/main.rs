//! The command as its users have it: the built binary, real sockets, real time, one process for each command.

#![allow(clippy::unwrap_used, clippy::panic)]

mod bad_input;
mod catalogue;
mod demo;
mod doctor;
mod doctor_network;
mod guide;
mod journey;
mod kill;
mod load;
mod login;
mod pages;
mod sandbox;
mod shapes;
mod support;
mod terminal;

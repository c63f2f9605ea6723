# shellcheck shell=bash
# Rust for Android with an NDK: cargo-ndk, and the targets that rustup brings.
#
# Sourced by build, which sets MIN_API.

# cargo_for_android ABI COMMAND ARGUMENT…: that command of cargo's, for this ABI.
cargo_for_android() {
  local abi=$1
  shift
  cargo ndk --target "$abi" --platform "$MIN_API" "$@"
}

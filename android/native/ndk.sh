# shellcheck shell=bash
# Rust for Android with an NDK: cargo-ndk, and the targets that rustup brings.
#
# Sourced by build, which sets MIN_API.

# cargo_for_android ABI… -- ARGUMENT…: cargo build for these.
cargo_for_android() {
  local targets=()
  while [ "$1" != -- ]; do
    targets+=(--target "$1")
    shift
  done
  shift
  cargo ndk "${targets[@]}" --platform "$MIN_API" build "$@"
}

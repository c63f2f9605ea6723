# shellcheck shell=bash
# Rust for what is released: which one, and what it calls its sources.
#
# Sourced by what builds something to be released.

# released_rust: rustup's with an NDK, Debian's without one.
released_rust() {
  # Flags of the caller's have no business in what is released.
  unset RUSTFLAGS
  if [ -z "${ANDROID_NDK_HOME:-}" ]; then
    # Before rustup's, whose compiler is another and has no sources for Android.
    PATH=/usr/bin:$PATH
    unset RUSTUP_TOOLCHAIN
  fi
}

# prefixes TARGET_DIRECTORY: fills PREFIXES with one place=name for each place of sources: what is built names them so, and not by
# their place on the machine that has built it.
prefixes() {
  local sources standard
  PREFIXES=()
  prefix "$PWD" couchpass
  prefix "$1" target
  for sources in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do prefix "$sources" crates; done
  standard=$(rustc --print sysroot)/lib/rustlib/src/rust
  if [ -e "$standard" ]; then prefix "$standard" rust; fi
}

# prefix PLACE NAME: where a place is a link, either name of it may end up in what is built.
prefix() {
  local real
  real=$(realpath "$1")
  PREFIXES+=("$1=$2")
  if [ "$real" != "$1" ]; then PREFIXES+=("$real=$2"); fi
}

# remapping: PREFIXES as the compiler wants them, one flag after the other as cargo separates them.
remapping() {
  local flags
  printf -v flags -- '--remap-path-prefix=%s\x1f' "${PREFIXES[@]}"
  printf '%s' "${flags%$'\x1f'}"
}

# shellcheck shell=bash
# What is built names its sources as they are called here, and not by their place on the machine that has built it.
#
# Sourced by what builds something to be released.

# prefixes TARGET_DIRECTORY: fills PREFIXES with one place=name for each place of sources.
prefixes() {
  local sources standard
  PREFIXES=("$PWD=couchpass" "$1=target")
  for sources in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do PREFIXES+=("$sources=crates"); done
  standard=$(rustc --print sysroot)/lib/rustlib/src/rust
  # Debian's is a link, and either name may end up in what is built.
  if [ -e "$standard" ]; then PREFIXES+=("$standard=rust" "$(realpath "$standard")=rust"); fi
}

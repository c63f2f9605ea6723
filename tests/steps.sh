# shellcheck shell=bash
# The frame that every part of ./test runs in: named steps, their time, the one that failed.
#
# A part sources this first; it then stands at the top of the repository.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tests/setup.sh

part=$(basename "$0")
running=''

report_failure() {
  if [ "$1" -ne 0 ] && [ -n "$running" ]; then
    printf '\n--- %s: %s FAILED after %d s\n' "$part" "$running" $((SECONDS - began))
  fi
}
trap 'report_failure $?' EXIT

# step NAME COMMAND…: runs the command; the part ends where it fails.
step() {
  running=$1
  began=$SECONDS
  shift
  printf '\n=== %s: %s\n' "$part" "$running"
  "$@"
  printf -- '--- %s: %s done in %d s\n' "$part" "$running" $((SECONDS - began))
  running=''
}

# note TEXT: something that ./test repeats at its end, such as a check that could not be made here.
note() {
  printf '%s\n' "$*"
  if [ -n "${TEST_NOTES:-}" ]; then printf '%s: %s\n' "$part" "$*" >>"$TEST_NOTES"; fi
}

# shellcheck shell=bash
# How a part of ./test runs Maven: what counts as passed, and what Maven itself does not take for a failure.
#
# Sourced after steps.sh.

# maven_tests ARGUMENT…: the whole JVM side, from nothing, and all of its tests.
maven_tests() {
  local log status=0
  log=$(mktemp)
  # From nothing each time: Kotlin's compiler leaves the classes of files that are gone.
  mvn --batch-mode --no-transfer-progress "$@" clean verify 2>&1 | tee "$log" || status=$?
  total "$log" || status=1
  no_jni_warnings "$log" || status=1
  rm -f "$log"
  return "$status"
}

# version_of NAME: what the root pom.xml has in the property NAME.version.
version_of() {
  sed -n "s|^ *<$1\.version>\(.*\)</$1\.version>$|\1|p" pom.xml
}

# What -Xcheck:jni finds it prints, and goes on; Maven keeps what it cannot place in files of its own.
no_jni_warnings() {
  local status=0
  grep -rhE 'WARNING(: JNI| in native method)|FATAL ERROR in native method' "$1" tests/*/target/surefire-reports || status=$?
  case $status in
    0) echo 'the JVM has found fault with the native library (-Xcheck:jni), in the lines above' && return 1 ;;
    1) return 0 ;;
    *) echo 'there are no reports to look for the faults of -Xcheck:jni in' && return 1 ;;
  esac
}

# The sum over all modules. A run without a single test is a broken run, not a pass.
# shellcheck disable=SC2154 # part is of steps.sh
total() {
  awk -v part="$part" '
    # The line of a module; those of its classes go on with the time they took.
    /Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+$/ {
      match($0, /Tests run: .*/)
      split(substr($0, RSTART), count, /[^0-9]+/)
      failed += count[3] + count[4]
      skipped += count[5]
      passed += count[2] - count[3] - count[4] - count[5]
    }
    END {
      printf "\n%s: %d passed, %d failed, %d skipped\n", part, passed, failed, skipped
      if (passed + failed == 0) { print "no test ran"; exit 1 }
    }
  ' "$1"
}

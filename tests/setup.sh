# shellcheck shell=bash
# What a machine needs before it can build Couchpass, found or installed.
#
# Sourced by ./demo and by the parts of ./test. Each need_… returns at once where
# nothing is missing. All it says goes to standard error, so that the output of a
# program stays clean.

fail() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  if [ $# -gt 0 ]; then printf '       %s\n' "$@" >&2; fi
  exit 1
}

say() {
  printf '%s\n' "$*" >&2
}

# as_root COMMAND…: runs it as root, or returns 1 where this user cannot.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    return 1
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet --quiet --no-install-recommends "$@" >/dev/null
}

# apt_bring PACKAGE…: tries to install them, and leaves it to others to see whether they are there.
apt_bring() {
  say "Installing what is missing: $*"
  # The first try fails where the list of packages is missing or old.
  apt_install "$@" 2>/dev/null || { as_root apt-get update --quiet --quiet >&2 && apt_install "$@"; } || true
}

# need_command COMMAND PACKAGE…: the command, from these Debian packages if it is missing.
need_command() {
  local command=$1
  shift
  if command -v "$command" >/dev/null; then return 0; fi
  if command -v apt-get >/dev/null; then
    apt_bring "$@"
    hash -r
    if command -v "$command" >/dev/null; then return 0; fi
  fi
  fail "'$command' is missing and could not be installed here." \
    "Install it and run this again (on Debian: apt-get install $*)."
}

# Some of the crates we use are partly written in C.
need_c_compiler() {
  need_command cc gcc libc6-dev
}

# need_jdk: a Java compiler and the JVM beside it, new enough for what builds the Kotlin library.
need_jdk() {
  local wanted=17 found
  need_command javac openjdk-17-jdk-headless
  found=$(javac -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')
  if [ "$found" -lt "$wanted" ]; then
    fail "Java $found is too old; Couchpass needs a JDK $wanted or newer." \
      "Install one and set JAVA_HOME to it (on Debian: apt-get install openjdk-17-jdk-headless)."
  fi
}

# need_rust: cargo, no older than the workspace asks for.
need_rust() {
  local wanted found lowest
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  # A fresh rustup is on the PATH of new shells only.
  if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  fi
  if ! command -v cargo >/dev/null; then
    fail "Rust is missing; Couchpass needs $wanted or newer." \
      "Install it with rustup (https://rustup.rs):" \
      "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" \
      "then run this again."
  fi
  found=$(rustc --version | awk '{ print $2 }')
  lowest=$(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1)
  if [ "$lowest" != "$wanted" ]; then
    fail "Rust $found is too old; Couchpass needs $wanted or newer." \
      "With rustup:    rustup update stable && rustup default stable" \
      "Without rustup: install it from https://rustup.rs; the Rust of a distribution is often older."
  fi
}

# need_android_compilers: what makes native libraries for Android. With an NDK (ANDROID_NDK_HOME) that is cargo-ndk and the
# targets of rustup, and the sources of the standard library for the licences that are among them; without one it is Debian's
# Rust with these sources, and Debian's clang. It comes before need_rust, which is content with the Rust that this brings.
need_android_compilers() {
  local packages=(rustc-web cargo-web rust-web-src clang-16 lld-16 llvm-16 libgcc-12-dev-armel-cross)
  if [ -n "${ANDROID_NDK_HOME:-}" ]; then
    need_rust
    need_c_compiler
    need_cargo_tool cargo-ndk 4.1.2
    need_command rustup rustup
    rustup target add armv7-linux-androideabi aarch64-linux-android x86_64-linux-android >&2
    rustup component add rust-src >&2
    return 0
  fi
  if android_compilers; then return 0; fi
  if command -v apt-get >/dev/null; then
    apt_bring "${packages[@]}"
    hash -r
    if android_compilers; then return 0; fi
  fi
  fail "What builds the native libraries for Android is missing and could not be installed here." \
    "On Debian 12 with its security updates: apt-get install ${packages[*]}" \
    "Elsewhere: install an Android NDK and rustup, set ANDROID_NDK_HOME to the NDK, and run this again."
}

# android_compilers: whether all of Debian's are here, and its Rust is new enough.
android_compilers() {
  local file wanted
  for file in /usr/bin/{cargo,rustc,clang-16,ld.lld-16,llvm-ar-16,llvm-objcopy-16} \
    /usr/lib/rustlib/src/rust/library/std/Cargo.toml /usr/lib/gcc-cross/arm-linux-gnueabi/12/libgcc_eh.a; do
    if [ ! -e "$file" ]; then return 1; fi
  done
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  [ "$(printf '%s\n' "$wanted" "$(/usr/bin/rustc --version | awk '{ print $2 }')" | sort -V | head -n 1)" = "$wanted" ]
}

# need_rust_component NAME CARGO-COMMAND: rustfmt or clippy, which small rustup profiles leave out.
need_rust_component() {
  if cargo "$2" --version >/dev/null 2>&1; then return 0; fi
  if command -v rustup >/dev/null; then
    say "Installing the Rust component $1"
    rustup component add "$1" >&2 || true
  fi
  cargo "$2" --version >/dev/null 2>&1 ||
    fail "'cargo $2' is missing." "Install it and run this again: rustup component add $1"
}

# need_cargo_tool NAME VERSION: puts that version of a cargo tool first on the PATH. It is built
# once per user and kept apart from the tools that this user installed for other work.
need_cargo_tool() {
  local root="${CARGO_HOME:-$HOME/.cargo}/couchpass-tools/$1-$2"
  if [ ! -x "$root/bin/$1" ]; then
    say "Building $1 $2 (once; this takes a few minutes)"
    # The tool runs for seconds: quick to build matters more than quick to run.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
      cargo install "$1" --version "$2" --locked --root "$root" >&2 ||
      fail "$1 $2 could not be built." "See the messages above."
  fi
  PATH="$root/bin:$PATH"
}

# need_python_packages DIRECTORY REQUIREMENTS: an environment in that directory with exactly these packages. It is made once
# for each state of the file, and shares nothing with the machine's own packages.
need_python_packages() {
  need_command python3 python3
  if cmp --silent "$2" "$1/made-from.txt"; then return 0; fi
  say "Setting up the Python packages of $2"
  rm -rf "$1"
  # Debian keeps what makes an environment apart from Python itself.
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null && command -v apt-get >/dev/null; then
    apt_install python3-venv 2>/dev/null || { as_root apt-get update --quiet --quiet >&2 && apt_install python3-venv; } || true
  fi
  python3 -m venv "$1" >&2 ||
    fail "Python cannot make an environment here." "Install what is missing and run this again (on Debian: apt-get install python3-venv)."
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$2" >&2 ||
    fail "The Python packages of $2 could not be installed." "See the messages above; they need Python 3.11 or newer and a package index."
  cp "$2" "$1/made-from.txt"
}

# need_node_packages DIRECTORY PACKAGE-JSON: the packages that this file names, in node_modules of that directory. They are
# fetched once for each state of the file.
need_node_packages() {
  need_command npm npm
  if cmp --silent "$2" "$1/package.json"; then return 0; fi
  say "Setting up the Node packages of $2"
  rm -rf "$1"
  mkdir -p "$1.new"
  cp "$2" "$1.new/package.json"
  (cd "$1.new" && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error >&2) ||
    fail "The Node packages of $2 could not be fetched." "See the messages above; they need npm and its registry."
  mv "$1.new" "$1"
}

# need_browser: Chromium and what drives it, of the same version as Debian has them.
need_browser() {
  need_command chromium chromium
  need_command chromedriver chromium-driver
}

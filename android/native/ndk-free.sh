# shellcheck shell=bash
# Rust for Android without an NDK: what Debian has, and stubs of the libraries that every device has.
#
# Sourced by build, which sets MIN_API and target_dir. A stub defines what Android's own library had at the oldest API level, by bionic-symbols.tsv: linking
# against it says which library a symbol is from, and fails where an old device would.

# liblog of that age; it is no part of bionic.
LIBLOG='__android_log_assert __android_log_buf_write __android_log_print __android_log_vprint __android_log_write'

# cargo_for_android ABI COMMAND ARGUMENT…: that command of cargo's, for this ABI.
# shellcheck disable=SC2154 # target_dir is build's
cargo_for_android() {
  local abi=$1 command=$2 target name clang
  shift 2
  target=$(target_of "$abi")
  clang=$target$MIN_API
  if [ "$abi" = armeabi-v7a ]; then clang=armv7a-linux-androideabi$MIN_API; fi
  stubs "$abi" "$clang"
  name=${target//-/_}
  export "CARGO_TARGET_${name^^}_LINKER=$target_dir/stubs/$abi/linker" "CC_$name=clang-16" "AR_$name=llvm-ar-16"
  # ring is content with the headers of the compiler.
  export "CFLAGS_$name=--target=$clang -nostdlibinc -ffreestanding -DRING_CORE_NOSTDLIBINC=1 $(c_prefixes)"
  cargo "$command" --target "$target" "$@" --features couchpass-jni/own-unwinder
}

c_prefixes() {
  local prefix
  for prefix in "${PREFIXES[@]}"; do printf ' %q' "-ffile-prefix-map=$prefix"; done
}

# stubs ABI CLANG-TARGET: a folder with all that the linker needs besides what is linked.
stubs() {
  local library folder=$target_dir/stubs/$1 gcc=/usr/lib/gcc-cross/arm-linux-gnueabi/12
  rm -rf "$folder"
  mkdir -p "$folder"
  echo "$2" >"$folder/clang-target"
  ln -s "$PWD/android/native/linker" "$PWD/android/native/exports.map" "$folder/"
  for library in c m dl; do
    symbols "lib$library" "$1" | stub "$folder" "$2" "$library"
  done
  tr ' ' '\n' <<<"$LIBLOG" | stub "$folder" "$2" log
  if [ "$1" = armeabi-v7a ]; then
    # The unwinder of ARM's own exception tables; it finds them by a function of bionic's.
    cp "$gcc/libgcc_eh.a" "$gcc/libgcc.a" "$folder/"
    echo 'INPUT(-l:libgcc_eh.a -l:libgcc.a)' >"$folder/libunwind.so"
  else
    # Nothing: the crate unwinding has it. The unwinders that Debian has want glibc.
    llvm-ar-16 rc "$folder/libunwind.a"
  fi
}

# symbols LIBRARY ABI: what it had on that ABI at the oldest API level.
symbols() {
  awk -F '\t' -v library="$1" -v abi="$2" -v api="$MIN_API" '
    /^#/ { next }
    /^library\t/ { for (i = 1; i <= NF; i++) if ($i == abi) column = i; next }
    $1 == library && $column != "-" && $column <= api { print $3 }
  ' android/native/bionic-symbols.tsv
}

# stub FOLDER CLANG-TARGET NAME: lib<NAME>.so, with the symbols on standard input.
stub() {
  sed 's/.*/.globl "&"\n"&":/' |
    clang-16 "--target=$2" -nostdlib -shared -fuse-ld=lld-16 "-Wl,-soname,lib$3.so" -o "$1/lib$3.so" -x assembler -
}

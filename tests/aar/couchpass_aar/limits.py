"""What is released is held to this: the devices and desktops it has to run on, and what it may weigh."""

from dataclasses import dataclass

# Fire OS 5 is API 22.
MIN_API = 22

# 1 MB is 10⁶ bytes.
LARGEST_32_BIT_LIBRARY = 1_400_000
LARGEST_AAR = 3_200_000

PAGE = 16_384

LIBRARIES = ("libc.so", "libm.so", "libdl.so", "liblog.so")

# liblog is no part of bionic; this is what it has had since the oldest API. __android_log_buf_write is in a public header only
# since API 30, and has been there all along: Android's own Log writes by it.
LIBLOG = (
    "__android_log_assert",
    "__android_log_buf_write",
    "__android_log_print",
    "__android_log_vprint",
    "__android_log_write",
)

# Weak symbols that no device has to have; any other has to be there like a strong one, or what is behind it fails where it is called.
MAY_BE_MISSING = (
    # Rust's standard library asks the system itself where there is none.
    "getrandom",
    # Of C++, for its exceptions, which libgcc's unwinder on 32-bit ARM can carry. There is no C++ in the library.
    "__cxa_begin_cleanup",
    "__cxa_call_unexpected",
    "__cxa_type_match",
)

# The C library that a desktop has at least. Since 2.34 threads are in it, so nothing that is built with a later one runs with less;
# Debian 12, which builds, has 2.36.
GLIBC = (2, 34)


@dataclass(frozen=True)
class Abi:
    name: str
    bits: int
    machine: str


ABIS = (Abi("armeabi-v7a", 32, "EM_ARM"), Abi("arm64-v8a", 64, "EM_AARCH64"), Abi("x86_64", 64, "EM_X86_64"))

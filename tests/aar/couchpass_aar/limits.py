"""What the AAR is held to: the devices it has to run on, and what it may weigh."""

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


@dataclass(frozen=True)
class Abi:
    name: str
    bits: int
    machine: str


ABIS = (Abi("armeabi-v7a", 32, "EM_ARM"), Abi("arm64-v8a", 64, "EM_AARCH64"), Abi("x86_64", 64, "EM_X86_64"))

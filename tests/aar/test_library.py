"""Each thing that is wrong with a library is found, on every ABI, and by its name."""

import pytest

from breaking import Break, appended, named, padded, replaced, segment, strong, tagged
from couchpass_aar.archive import Aar
from couchpass_aar.library import Library
from couchpass_aar.limits import ABIS, LARGEST_32_BIT_LIBRARY, Abi
from couchpass_aar.source import version

NATIVE = "Java_io_couchpass_internal_Native_"

BREAKS: dict[str, tuple[Break, str]] = {
    "a symbol of a newer Android": (
        named(".dynstr", "getaddrinfo", "getentropy"),
        "calls getentropy, which API 22 does not have",
    ),
    "a weak symbol that nobody has": (named(".dynstr", "gettid", "getpit"), "calls getpit, which API 22 does not have"),
    "what may be missing, and here may not": (strong("getrandom"), "calls getrandom, which API 22 does not have"),
    "a library that is not for apps": (named(".dynstr", "liblog.so", "libbin.so"), "needs libbin.so, which is not for apps"),
    "a symbol whose library is not loaded": (
        tagged("DT_NEEDED", 0x6FFFFFF0),
        "which it does not load",
    ),
    "an entry point that is missing": (
        named(".dynstr", f"{NATIVE}signIn", f"{NATIVE}signOn"),
        f"does not export {NATIVE}signIn",
    ),
    "an export of a stranger's": (named(".dynstr", f"{NATIVE}signIn", "_Unwind_Resume"), "exports _Unwind_Resume, which nobody"),
    "an export for tests": (
        named(".dynstr", f"{NATIVE}answerToken", "Java_io_couchpass_internal_NativeTesting_x"),
        "exports Java_io_couchpass_internal_NativeTesting_x, which nobody looks for",
    ),
    "another name": (named(".dynstr", "libcouchpass.so", "libcouchpaws.so"), "calls itself libcouchpaws.so"),
    "a symbol table": (named(".shstrtab", ".rodata", ".symtab"), "is not stripped: it has .symtab"),
    "debugging information": (named(".shstrtab", ".note.couchpass", ".debug_line"), "is not stripped: it has .debug_line"),
    "a path of a build machine": (appended(f"{'/home'}/somebody/src/lib.rs"), f"{'/home'}/somebody/src/lib.rs"),
    "a path of a registry": (appended("registry/src/mirror-1949cf8c6b5b557f/ring-0.17"), "registry/src/mirror-1949cf8c6b5b557f"),
    "a path of this machine": (appended("/srv/checkout/couchpass/lib.rs"), "/srv/checkout/couchpass"),
    "a string of the tests": (appended("a panic on demand"), "has something for tests in it: on demand"),
    "a door for debuggers": (appended("SSLKEYLOGFILE"), "has something for debugging in it: SSLKEYLOGFILE"),
    "a stack that runs": (segment("PT_GNU_STACK", "p_flags", 7), "wants a stack that can be executed"),
    "code that can be written": (segment("PT_LOAD", "p_flags", 7), "that can be both written and executed"),
    "a segment in the wrong place": (segment("PT_LOAD", "p_offset", 64), "has a segment at 0x0 that cannot be mapped: 0x40, where"),
    "a segment in the right place for small pages alone": (segment("PT_LOAD", "p_align", 1 << 20), "that cannot be mapped"),
    "thread-local storage": (segment("PT_NOTE", "p_type", 7), "has thread-local storage of ELF's kind"),
    "relocations in code": (tagged("DT_FLAGS", 22), "has relocations in its code"),
    "a place of its own": (tagged("DT_FLAGS", 29), "looks for libraries in places of its own"),
    "a symbol table of another kind": (tagged("DT_HASH", 0x6FFFFFF0), "has no symbol table of the kind"),
    "relocations of another kind": (tagged("DT_FLAGS", 36), "has relocations of a kind"),
    "no build id": (replaced(b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0", b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNX\0"), "has no build id"),
    "another version": (replaced(f"couchpass {version()},".encode(), b"couchpass 9.9.9,"), "does not say that it is Couchpass"),
}


def complaints(aar: Aar, abi: Abi, data: bytes) -> list[str]:
    return list(Library.read(abi, data).complaints(aar.exports, version(), ("/srv/checkout/couchpass",)))


def library(aar: Aar, abi: Abi) -> bytes:
    return next(library.data for library in aar.libraries if library.abi == abi)


@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
def test_the_library_as_it_is_has_nothing_wrong(aar: Aar, abi: Abi) -> None:
    assert complaints(aar, abi, library(aar, abi)) == []


@pytest.mark.parametrize("what", BREAKS)
@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
def test_what_is_wrong_is_found(aar: Aar, abi: Abi, what: str) -> None:
    change, complaint = BREAKS[what]
    found = complaints(aar, abi, change(library(aar, abi)))
    assert any(complaint in line for line in found), found


def test_the_unwinder_of_32_bit_arm_needs_a_weak_symbol(aar: Aar) -> None:
    """Without it every panic would abort the app."""
    change = named(".dynstr", "__gnu_Unwind_Find_exidx", "__gnu_Unwind_Find_exidy")
    found = complaints(aar, ABIS[0], change(library(aar, ABIS[0])))
    assert found == ["calls __gnu_Unwind_Find_exidy, which API 22 does not have"]


@pytest.mark.parametrize("abi", [abi for abi in ABIS if abi.bits == 64], ids=lambda abi: abi.name)
def test_pages_of_4_kb_are_too_small(aar: Aar, abi: Abi) -> None:
    found = complaints(aar, abi, segment("PT_LOAD", "p_align", 4096)(library(aar, abi)))
    assert found == ["is aligned to 4096 bytes: devices with pages of 16384 do not load it"]


def test_a_32_bit_library_has_a_budget(aar: Aar) -> None:
    found = complaints(aar, ABIS[0], padded(LARGEST_32_BIT_LIBRARY + 1)(library(aar, ABIS[0])))
    assert found == ["1400001 bytes are more than the 1400000 of the budget"]


def test_a_library_for_another_processor_is_found(aar: Aar) -> None:
    found = complaints(aar, ABIS[1], library(aar, ABIS[2]))
    assert "not a shared library for arm64-v8a" in found

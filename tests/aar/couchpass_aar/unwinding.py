"""What a panic has to find its way through. The unwinder that is linked in does not know DWARF expressions."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO

from elftools.dwarf.callframe import FDE
from elftools.dwarf.constants import DW_CFA
from elftools.elf.elffile import ELFFile

_EXPRESSIONS = {DW_CFA.def_cfa_expression, DW_CFA.expression, DW_CFA.val_expression}

# Its assembler has some, and calls nothing that panics.
_NEVER_UNWOUND = "ring_core_"


def complaints(library: bytes, symbols: bytes) -> Iterator[str]:
    """Functions that only an unwinder with expressions gets out of. `symbols` know their names."""
    for address in _with_expressions(library):
        name = _functions(symbols).get(address, f"the function at {address:#x}")
        if not name.startswith(_NEVER_UNWOUND):
            yield f"a panic cannot leave {name}: what unwinds it is a DWARF expression"


@cache
def _functions(symbols: bytes) -> dict[int, str]:
    table = ELFFile(BytesIO(symbols)).get_section_by_name(".symtab").iter_symbols()
    return {symbol["st_value"]: symbol.name for symbol in table if symbol["st_info"]["type"] == "STT_FUNC"}


@cache
def _with_expressions(library: bytes) -> list[int]:
    """Where those functions begin. Reading some thousand frames takes its time, and the tests of the verifier ask often."""
    elf = ELFFile(BytesIO(library))
    # The 32-bit library has tables of ARM's own kind in its place.
    if elf.get_section_by_name(".eh_frame") is None:
        return []
    frames = [entry for entry in elf.get_dwarf_info().EH_CFI_entries() if isinstance(entry, FDE)]
    return [frame["initial_location"] for frame in frames if _has_expression(frame)]


def _has_expression(frame: FDE) -> bool:
    return any(instruction.opcode in _EXPRESSIONS for instruction in [*frame.cie.instructions, *frame.instructions])


"""Android's own libraries: which symbol is in which, from which API level on."""

from functools import cache
from pathlib import Path

from .limits import LIBLOG

TABLE = Path(__file__).resolve().parents[3] / "android" / "native" / "bionic-symbols.tsv"


@cache
def symbols(abi: str, api: int) -> dict[str, str]:
    """Each symbol that a device of that API level has, with its library."""
    found = {name: "liblog.so" for name in LIBLOG}
    columns: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        values = line.split("\t")
        if not columns:
            columns = values
            continue
        row = dict(zip(columns, values, strict=True))
        if row[abi] != "-" and int(row[abi]) <= api:
            found[row["symbol"]] = f"{row['library']}.so"
    return found

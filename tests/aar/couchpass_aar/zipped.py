"""A zip archive: what is in it, and whether that is what has to be."""

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO


@dataclass(frozen=True)
class Zipped:
    data: bytes

    @cached_property
    def _entries(self) -> list[tuple[str, bytes]]:
        with zipfile.ZipFile(BytesIO(self.data)) as archive:
            return [(entry.filename, archive.read(entry)) for entry in archive.infolist()]

    @cached_property
    def files(self) -> dict[str, bytes]:
        return {name: content for name, content in self._entries if not name.endswith("/")}

    def complaints(self, wanted: Iterable[str], others: Iterable[str] = ()) -> Iterator[str]:
        """`wanted` has to be there, `others` may, and nothing else."""
        wanted, found = set(wanted), self.files.keys()
        yield from (f"{name} is missing" for name in sorted(wanted - found))
        yield from (f"{name} does not belong there" for name in sorted(found - wanted - set(others)))
        # Which of the two a reader takes is up to the reader.
        for name, times in Counter(name for name, _ in self._entries).items():
            if times > 1:
                yield f"{name} is there {times} times"
        for name in sorted({name for name, _ in self._entries} - found):
            if not any(file.startswith(name) for file in found):
                yield f"{name} does not belong there"

    def differences(self, wanted: Mapping[str, bytes]) -> Iterator[str]:
        """`wanted` has to be there with that content, and nothing else."""
        yield from self.complaints(wanted)
        for name in sorted(wanted.keys() & self.files):
            if self.files[name] != wanted[name]:
                yield f"{name} is another"

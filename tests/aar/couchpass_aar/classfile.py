"""Java class files, as far as to name their native methods as JNI exports them."""

import struct
from dataclasses import dataclass

ACC_NATIVE = 0x0100

# How many bytes follow the tag of a constant; of 1, text, it is said in the file.
_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}


@dataclass(frozen=True)
class ClassFile:
    name: str
    major: int
    native_methods: tuple[str, ...]

    @property
    def exports(self) -> list[str]:
        """The names by which the JVM looks for its native methods. None of ours is overloaded."""
        return [f"Java_{_mangled(self.name)}_{_mangled(method)}" for method in self.native_methods]


def _mangled(name: str) -> str:
    letters = []
    for letter in name:
        if letter == "/":
            letters.append("_")
        elif letter == "_":
            letters.append("_1")
        elif letter.isascii() and letter.isalnum():
            letters.append(letter)
        else:
            letters.append(f"_0{ord(letter):04x}")
    return "".join(letters)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]


def parse(data: bytes) -> ClassFile:
    reader = _Reader(data)
    if reader.number(4) != 0xCAFEBABE:
        raise ValueError("not a class file")
    reader.number(2)
    major = reader.number(2)
    text: dict[int, str] = {}
    classes: dict[int, int] = {}
    index, count = 1, reader.number(2)
    while index < count:
        tag = reader.number(1)
        if tag == 1:
            text[index] = reader.take(reader.number(2)).decode("utf-8", "replace")
        else:
            content = reader.take(_SIZES[tag])
            if tag == 7:
                (classes[index],) = struct.unpack(">H", content)
        # The two wide ones take up two places.
        index += 2 if tag in (5, 6) else 1
    reader.number(2)
    name = text[classes[reader.number(2)]]
    reader.number(2)
    reader.take(2 * reader.number(2))
    _members(reader, text)
    return ClassFile(name, major, tuple(method for access, method in _members(reader, text) if access & ACC_NATIVE))


def _members(reader: _Reader, text: dict[int, str]) -> list[tuple[int, str]]:
    """Fields or methods, with their attributes skipped."""
    members = []
    for _ in range(reader.number(2)):
        access, name = reader.number(2), text[reader.number(2)]
        reader.number(2)
        for _ in range(reader.number(2)):
            reader.number(2)
            reader.take(reader.number(4))
        members.append((access, name))
    return members

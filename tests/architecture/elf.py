"""Which libraries a shared object asks for, read from its own header: no tool of the system is needed."""

import struct
from dataclasses import dataclass
from pathlib import Path

PT_LOAD, PT_DYNAMIC = 1, 2
DT_NEEDED, DT_STRTAB = 1, 5


@dataclass(frozen=True, slots=True)
class Segment:
    """One program header: where a part of the file lies and where it is loaded."""

    kind: int
    offset: int
    address: int
    size: int


def needed_libraries(path: Path) -> list[str]:
    """Return the names that a 64-bit little-endian ELF file wants loaded with it."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path.name} is no 64-bit little-endian ELF file")
    segments = _segments(data)
    entries = [entry for part in segments if part.kind == PT_DYNAMIC for entry in _dynamic(data, part)]
    [strings] = [_offset_of(value, segments) for tag, value in entries if tag == DT_STRTAB]
    return [_text(data, strings + value) for tag, value in entries if tag == DT_NEEDED]


def _segments(data: bytes) -> list[Segment]:
    (start,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    headers = [struct.unpack_from("<IIQQQQ", data, start + index * size) for index in range(count)]
    return [Segment(kind, offset, address, length) for kind, _, offset, address, _, length in headers]


def _dynamic(data: bytes, part: Segment) -> list[tuple[int, int]]:
    return [
        struct.unpack_from("<QQ", data, part.offset + place)
        for place in range(0, part.size - part.size % 16, 16)
    ]


def _offset_of(address: int, segments: list[Segment]) -> int:
    for part in segments:
        if part.kind == PT_LOAD and part.address <= address < part.address + part.size:
            return address - part.address + part.offset
    raise ValueError(f"address {address:#x} is in no loaded segment")


def _text(data: bytes, offset: int) -> str:
    return data[offset : data.index(b"\0", offset)].decode("ascii")

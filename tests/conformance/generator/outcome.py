"""What one oracle says about one case, and the memory a case starts from."""

from dataclasses import dataclass

from builder import pattern_byte

SEGMENT_ORDER = ("es", "cs", "ss", "ds", "fs", "gs")


@dataclass(frozen=True)
class Outcome:
    registers: tuple
    eip: int
    eflags: int
    selectors: tuple  # in SEGMENT_ORDER
    memory: tuple  # the bytes of each window
    exception: tuple  # (vector, error code or None), or () for none
    fault_address: int = 0  # CR2
    pages: tuple = ()  # the PTEs of the case's pages


def memory_before(case, pattern):
    """The bytes of each window before the instruction."""
    image = {}
    for address, length in case.windows:
        for a in range(address, address + length):
            image[a] = pattern_byte(pattern, case.fill, a)
    for address, run in case.pokes:
        for i, byte in enumerate(run):
            image[address + i] = byte
    return [bytes(image[a] for a in range(address, address + length)) for address, length in case.windows]

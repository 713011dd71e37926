"""The machine a vector runs on: modes, segments, the GDT, and where operands may lie in memory."""

from dataclasses import dataclass

GDT_ADDRESS = 0x98000

# (selector, base, limit, access byte, flags nibble); SDM vol. 3A, 3.4.5. Accessed bits are set, so loads write nothing.
DESCRIPTORS = [
    (0x08, 0x00000, 0xFFFFF, 0x9B, 0xC),  # code32, flat
    (0x10, 0x00000, 0xFFFFF, 0x93, 0xC),  # data, flat
    (0x18, 0x10000, 0x0FFFF, 0x9B, 0x0),  # code16
    (0x20, 0x20000, 0x0FFFF, 0x93, 0x0),  # data, 64 KiB
    (0x28, 0x30000, 0x0FFFF, 0x93, 0x0),  # data, 64 KiB
    (0x30, 0x40000, 0x0FFFF, 0x93, 0x0),  # stack16 (B = 0)
    (0x38, 0x50000, 0xFFFFF, 0x93, 0xC),  # data with a base, 4 GiB
    (0x40, 0x60000, 0xFFFFF, 0x93, 0xC),  # data with a base, 4 GiB
    (0x48, 0x20000, 0x00FFF, 0x13, 0x0),  # data, not present
    (0x50, 0x20000, 0x0FFFF, 0x91, 0x0),  # data, read-only
    (0x58, 0x10000, 0x0FFFF, 0x99, 0x0),  # code, execute-only
    (0x60, 0x00000, 0x0FFFF, 0x9F, 0xC),  # code32, conforming
    (0x68, 0x00000, 0x0FFFF, 0xF3, 0xC),  # data, DPL 3
    (0x70, 0x00000, 0x0FFFF, 0xFB, 0xC),  # code32, DPL 3
    (0x78, 0x20000, 0x00FFF, 0x97, 0x4),  # expand-down: offsets 1000h to FFFFFFFFh
]


def descriptor_bytes(base, limit, access, flags):
    return bytes(
        [
            limit & 0xFF,
            (limit >> 8) & 0xFF,
            base & 0xFF,
            (base >> 8) & 0xFF,
            (base >> 16) & 0xFF,
            access,
            (flags << 4) | (limit >> 16),
            base >> 24,
        ]
    )


def gdt_bytes():
    return bytes(8) + b"".join(descriptor_bytes(*row[1:]) for row in DESCRIPTORS)


SEGMENTS = ("es", "cs", "ss", "ds", "fs", "gs")
OVERRIDES = {"es": 0x26, "cs": 0x2E, "ss": 0x36, "ds": 0x3E, "fs": 0x64, "gs": 0x65}


@dataclass(frozen=True)
class Mode:
    name: str
    size: int  # default operand and address size in bits
    stack_size: int
    selectors: dict
    bases: dict
    is_protected: bool


REAL16 = Mode(
    "real16", 16, 16,
    dict(es=0x3000, cs=0x1000, ss=0x4000, ds=0x2000, fs=0x5000, gs=0x6000),
    dict(es=0x30000, cs=0x10000, ss=0x40000, ds=0x20000, fs=0x50000, gs=0x60000),
    False,
)
PROT16 = Mode(
    "prot16", 16, 16,
    dict(es=0x28, cs=0x18, ss=0x30, ds=0x20, fs=0x38, gs=0x40),
    dict(es=0x30000, cs=0x10000, ss=0x40000, ds=0x20000, fs=0x50000, gs=0x60000),
    True,
)
PROT32 = Mode(
    "prot32", 32, 32,
    dict(es=0x10, cs=0x08, ss=0x10, ds=0x10, fs=0x38, gs=0x40),
    dict(es=0, cs=0, ss=0, ds=0, fs=0x50000, gs=0x60000),
    True,
)
MODES = (REAL16, PROT32, PROT16)


def offset_range(mode, segment, address_size):
    """Offsets where a memory operand may be put, clear of code, of the GDT and of the test image."""
    if mode.bases[segment] != 0:
        return (0x0080, 0xFF00)
    return (0x8000, 0xFF00) if address_size == 16 else (0x20000, 0x3FF00)


def stack_range(mode):
    return (0x40100, 0x4FE00) if mode.stack_size == 32 else (0x0100, 0xFE00)


def code_range(mode):
    return (0x10100, 0x1FE00) if mode.bases["cs"] == 0 else (0x0100, 0xFE00)

"""The machine a vector runs on: modes, segments, the GDT, and where operands may lie in memory."""

import struct
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
    (0x80, 0x00000, 0xFFFFF, 0xFB, 0xC),  # code32, flat, DPL 3
    (0x88, 0x00000, 0xFFFFF, 0xF3, 0xC),  # data, flat, DPL 3
    (0x90, 0x50000, 0xFFFFF, 0xF3, 0xC),  # data with a base, DPL 3
    (0x98, 0x60000, 0xFFFFF, 0xF3, 0xC),  # data with a base, DPL 3
]

# (selector, code selector, offset, access byte, words or dwords to copy); SDM vol. 3A, 5.8.3
CALL_GATES = [
    (0xA0, 0x08, 0x12344, 0xEC, 2),  # 32-bit, DPL 3, to DPL 0
    (0xA8, 0x08, 0x12344, 0x8C, 0),  # DPL 0
    (0xB0, 0x08, 0x12344, 0x6C, 0),  # DPL 3, not present
    (0xB8, 0x08, 0x02344, 0xE4, 3),  # 16-bit, DPL 3, to DPL 0
    (0xC0, 0x60, 0x12344, 0xEC, 1),  # to conforming code
    (0xC8, 0x10, 0x12344, 0xEC, 0),  # to data
    (0xD0, 0x80, 0x12344, 0xEC, 0),  # to DPL 3
    (0xD8, 0x00, 0x12344, 0xEC, 0),  # to the null selector
]

# Types that only checks may meet; SDM vol. 3A, 3.5
SYSTEM_DESCRIPTORS = [
    (0xE0, 0x20000, 0x00007, 0xE2, 0x0),  # LDT
    (0xE8, 0x20000, 0x0002B, 0x63, 0x0),  # 16-bit TSS, busy, not present
    (0xF0, 0x20000, 0x00067, 0xEB, 0x0),  # 32-bit TSS, busy
    (0xF8, 0x20000, 0x00000, 0xE0, 0x0),  # reserved type
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


def gate_bytes(selector, offset, access, count):
    return struct.pack("<HHBBH", offset & 0xFFFF, selector, count, access, offset >> 16)


def gdt_bytes():
    rows = [(row[0], descriptor_bytes(*row[1:])) for row in DESCRIPTORS + SYSTEM_DESCRIPTORS]
    rows += [(row[0], gate_bytes(*row[1:])) for row in CALL_GATES]
    return bytes(8) + b"".join(content for _, content in sorted(rows))


SEGMENTS = ("es", "cs", "ss", "ds", "fs", "gs")
OVERRIDES = {"es": 0x26, "cs": 0x2E, "ss": 0x36, "ds": 0x3E, "fs": 0x64, "gs": 0x65}


CR0_PE, CR0_WP, CR0_AM, CR0_PG = 0x1, 0x10000, 0x40000, 0x80000000
EFLAGS_AC = 0x40000

# The inner stack of the guest's TSS, for what goes to CPL 0 by a gate.
INNER_STACK = (0x10, 0x4FF80)

# Page tables of the guest: one directory, one table, which maps the first 4 MiB to themselves as PTE_USUAL says.
PAGE_DIRECTORY, PAGE_TABLE, PTE_USUAL = 0x182000, 0x183000, 0x07


@dataclass(frozen=True)
class Mode:
    name: str
    size: int  # default operand and address size in bits
    stack_size: int
    selectors: dict
    bases: dict
    is_protected: bool  # segments come from the GDT
    cpl: int = 0
    cr0: int = 0  # beside PE, ET and TS
    is_virtual: bool = False  # virtual-8086 mode as such; real16 runs there, too, and what that adds is removed

    @property
    def is_paged(self):
        return bool(self.cr0 & CR0_PG)

    @property
    def is_real(self):
        return not self.is_protected and not self.is_virtual


SEGMENTS16 = dict(es=0x30000, cs=0x10000, ss=0x40000, ds=0x20000, fs=0x50000, gs=0x60000)
PARAGRAPHS = {name: base >> 4 for name, base in SEGMENTS16.items()}
FLAT = dict(es=0, cs=0, ss=0, ds=0, fs=0x50000, gs=0x60000)
SELECTORS0 = dict(es=0x10, cs=0x08, ss=0x10, ds=0x10, fs=0x38, gs=0x40)
SELECTORS3 = dict(es=0x8B, cs=0x83, ss=0x8B, ds=0x8B, fs=0x93, gs=0x9B)

REAL16 = Mode("real16", 16, 16, PARAGRAPHS, SEGMENTS16, False)
PROT16 = Mode("prot16", 16, 16, dict(es=0x28, cs=0x18, ss=0x30, ds=0x20, fs=0x38, gs=0x40), SEGMENTS16, True)
PROT32 = Mode("prot32", 32, 32, SELECTORS0, FLAT, True)
V86 = Mode("v86", 16, 16, PARAGRAPHS, SEGMENTS16, False, cpl=3, is_virtual=True)
USER32 = Mode("user32", 32, 32, SELECTORS3, FLAT, True, cpl=3)
ALIGNED32 = Mode("aligned32", 32, 32, SELECTORS3, FLAT, True, cpl=3, cr0=CR0_AM)
PAGED32 = Mode("paged32", 32, 32, SELECTORS0, FLAT, True, cr0=CR0_PG | CR0_WP)
USERPAGED32 = Mode("userpaged32", 32, 32, SELECTORS3, FLAT, True, cpl=3, cr0=CR0_PG)
MODES = (REAL16, PROT32, PROT16, V86, USER32, ALIGNED32, PAGED32, USERPAGED32)


def offset_range(mode, segment, address_size):
    """Offsets where a memory operand may be put, clear of code, of the GDT and of the test image."""
    if mode.bases[segment] != 0:
        return (0x0080, 0xFF00)
    return (0x8000, 0xFF00) if address_size == 16 else (0x20000, 0x3FF00)


def stack_range(mode):
    return (0x40100, 0x4FE00) if mode.stack_size == 32 else (0x0100, 0xFE00)


def code_range(mode):
    return (0x10100, 0x1FE00) if mode.bases["cs"] == 0 else (0x0100, 0xFE00)

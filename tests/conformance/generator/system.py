"""Instructions that only the system may use, at every privilege level; ports; what the coprocessor bits forbid."""

from builder import EAX, ECX, EDI, EDX, ESI
from families import little, operand
from segments import ALL_SELECTORS

# 0xEB and its neighbours belong to no device of the oracles; a read gives ones.
FREE_PORT = 0xEC
# A load of TR would take the vector's own TSS away, so only selectors that fault are tried.
NOT_A_TASK = tuple(s for s in ALL_SELECTORS if s & 0xFFFC != 0xE8)
# Of each opcode, ModRM bytes less C0h with a register and digits with memory that every x87 has; others may be #UD.
COPROCESSOR = {
    0xD8: (range(64), range(8)),
    0xD9: ((0, 1, 8, 15, 0x20, 0x28, 0x2E, 0x30, 0x3F), (0, 2, 3, 4, 5, 6, 7)),
    0xDA: ((0x29,), range(8)),
    0xDB: ((0x22, 0x23), (0, 2, 3, 5, 7)),
    0xDC: ((0, 8, 0x20, 0x28, 0x30, 0x38), range(8)),
    0xDD: ((0, 0x10, 0x18, 0x20, 0x28), (0, 2, 3, 4, 6, 7)),
    0xDE: ((0, 8, 0x19, 0x20, 0x28, 0x30, 0x38), range(8)),
    0xDF: ((0x20,), (0, 2, 3, 4, 5, 6, 7)),
}


def system_forms():
    for code, name in (("0f06", "clts"), ("0f08", "invd"), ("0f09", "wbinvd")):
        yield (f"{code} {name}", lambda b, code=code: None if b.mode.is_real else bytes.fromhex(code))
    for code, name in (("f4", "hlt"), ("0f30", "wrmsr"), ("0f32", "rdmsr"), ("0f35", "sysexit")):
        yield (f"{code} {name} of CPL 3", lambda b, code=code: None if b.mode.cpl == 0 else bytes.fromhex(code))
    for register in (0, 2, 3, 4):
        yield (f"0f20 mov r32,cr{register}", control(b"\x0f\x20", register))
        yield (f"0f22 mov cr{register},r32 of CPL 3", control(b"\x0f\x22", register))
    for register in (1, 5, 7):
        yield (f"0f20 mov r32,cr{register}", control(b"\x0f\x20", register))
    for opcode, text in ((b"\x0f\x21", "from"), (b"\x0f\x23", "to")):
        yield (f"{opcode.hex()} mov {text} dr of CPL 3", control(opcode, None))
    for digit, name in ((2, "lgdt"), (3, "lidt"), (7, "invlpg")):
        yield (f"0f01/{digit} {name} m of CPL 3", table(digit))
    for kind in "rm":
        yield (f"0f01/6 lmsw {kind}16 of CPL 3", word(b"\x0f\x01", 6, kind, None, lambda b: b.mode.cpl == 3))
        yield (f"0f00/2 lldt {kind}16", word(b"\x0f\x00", 2, kind, ALL_SELECTORS))
        yield (f"0f00/3 ltr {kind}16", word(b"\x0f\x00", 3, kind, NOT_A_TASK))
        for width in (16, 32):
            yield (f"0f00/0 sldt {kind}{width}", store(b"\x0f\x00", 0, kind, width))
            yield (f"0f01/4 smsw {kind}{width}", store(b"\x0f\x01", 4, kind, width))
    yield from port_forms()
    for opcode, (registers, digits) in COPROCESSOR.items():
        yield (f"{opcode:02x} esc r with TS", escape(opcode, registers, None))
        yield (f"{opcode:02x} esc m with TS", escape(opcode, None, digits))


def control(opcode, register):
    def build(b):
        is_absent = register in (1, 5, 7)  # at CPL 3 two faults compete, and the manual has no order for them
        if b.mode.is_real or is_absent != (b.mode.cpl == 0) and register not in (0, 2):
            return None
        if b.mode.cpl == 0 and opcode != b"\x0f\x20":
            return None
        number = b.rng.randrange(8) if register is None else register
        return opcode + bytes([0xC0 | (number << 3) | b.rng.randrange(8)])

    return build


def table(digit):
    """With a register the encodings belong to later instructions."""

    def build(b):
        return None if b.mode.cpl == 0 else b"\x0f\x01" + b.memory(digit, 6)[0]

    return build


def word(opcode, digit, kind, values, accept=lambda b: not b.mode.is_real):
    def build(b):
        if not accept(b):
            return None
        return opcode + operand(b, kind, digit, 16, b.rng.choice(values) if values else b.value(16))

    return build


def store(opcode, digit, kind, width):
    """In memory all of them store a word."""

    def build(b):
        if b.mode.is_real:
            return None
        b.width(width)
        if kind == "r":
            return opcode + bytes([0xC0 | (digit << 3) | b.rng.randrange(8)])
        return opcode + b.memory(digit, 2)[0]

    return build


def port_forms():
    for opcode, name, width in ((0xE4, "in", 8), (0xE5, "in", 16), (0xE5, "in", 32), (0xE6, "out", 8), (0xE7, "out", 16),
                                (0xE7, "out", 32)):
        yield (f"{opcode:02x} {name} imm8 w{width}", port(opcode, width, True))
        yield (f"{opcode + 8:02x} {name} dx w{width}", port(opcode + 8, width, False))
    for opcode, name in ((0x6C, "ins"), (0x6E, "outs")):
        for width in (8, 16, 32):
            code = opcode + (width != 8)
            yield (f"{code:02x} {name} w{width}", port_string(code, width, False))
            yield (f"{code:02x} rep {name} w{width}", port_string(code, width, True))


def may_use_ports(b):
    """In virtual-8086 mode and above IOPL the I/O bitmap decides, and the TSS has none."""
    return not b.mode.is_real


def port(opcode, width, is_immediate):
    def build(b):
        if not may_use_ports(b):
            return None
        b.width(width)
        if is_immediate:
            return bytes([opcode, FREE_PORT])
        b.lock(EDX, 16, FREE_PORT)
        return bytes([opcode])

    return build


def port_string(opcode, width, is_repeated):
    def build(b):
        if not may_use_ports(b):
            return None
        b.width(width)
        count = b.rng.choice((0, 1, 3, 5)) if is_repeated else 1
        if is_repeated:
            b.prefixes.append(0xF3)
            b.is_repeated = True
            b.lock(ECX, b.address_size, count)
        if b.rng.random() < 0.3:
            b.eflags |= 0x400
        b.lock(EDX, 16, FREE_PORT)
        register, segment = (EDI, "es") if opcode < 0x6E else (ESI, "ds")
        low = b._target(segment, 4, None)
        b.lock(register, b.address_size, low)
        reach = 8 * width // 8 + 8
        b.window(b.bases[segment] + low - reach, 2 * reach)
        return bytes([opcode])

    return build


def escape(opcode, registers, digits):
    """Every vector starts in a new task, so CR0.TS is set: #NM before anything else of the coprocessor."""

    def build(b):
        if b.mode.is_real:
            return None
        if digits is None:
            return bytes([opcode, 0xC0 | b.rng.choice(registers)])
        return bytes([opcode]) + b.memory(b.rng.choice(digits), 4)[0]

    return build

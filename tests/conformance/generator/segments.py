"""Segment loads, selector checks, and the exceptions an instruction can raise before it does anything."""

from builder import ECX, EDI, ESI, ESP
from families import ALU, little, operand

REGISTERS = ("es", "cs", "ss", "ds", "fs", "gs")
DATA_SELECTORS = (0x10, 0x20, 0x28, 0x38, 0x40, 0x08, 0x50, 0x60, 0x78, 0x68, 0x00, 0x01, 0x13)
FAULTING_SELECTORS = (0x48, 0x58, 0xFFF8, 0x14, 0x4B)
STACK_SELECTORS = (0x10, 0x30, 0x20, 0x40)
FAULTING_STACK_SELECTORS = (0x00, 0x08, 0x48, 0x50, 0x13, 0x68, 0xFFF8, 0x58)
USER_DATA_SELECTORS = (0x8B, 0x88, 0x93, 0x9B, 0x6B, 0x83, 0x63, 0x60, 0x73, 0x00, 0x03)
FAULTING_USER_SELECTORS = (0x10, 0x13, 0x48, 0x4B, 0x58, 0xFFFB, 0x08, 0x53, 0xE3, 0xA3)
USER_STACK_SELECTORS = (0x8B, 0x93, 0x6B)
FAULTING_USER_STACK_SELECTORS = (0x00, 0x03, 0x88, 0x13, 0x10, 0x83, 0x4B, 0xFFFB, 0xA3)
ALL_SELECTORS = tuple(range(0, 0x100, 8)) + (0x03, 0x13, 0x0B, 0x6B, 0x73, 0x63, 0x8B, 0x83, 0xA3, 0xE3, 0xF3, 0xFFF8, 0x14)
# LAR leaves result bits 16-19 undefined (SDM vol. 2A, LAR); these descriptors have ones there.
FLAT_SELECTORS = (0x08, 0x0B, 0x10, 0x13, 0x38, 0x40, 0x80, 0x83, 0x88, 0x8B, 0x90, 0x98)
REAL_SELECTORS = (0x0000, 0x1000, 0x2000, 0x1234, 0x4321, 0xFFFF, 0x8000)


def selector(b, register):
    if not b.mode.is_protected:
        return b.rng.choice(REAL_SELECTORS)
    is_stack = register == "ss"
    if b.mode.cpl == 3:
        if b.rng.random() < 0.4:
            return b.rng.choice(FAULTING_USER_STACK_SELECTORS if is_stack else FAULTING_USER_SELECTORS)
        return b.rng.choice(USER_STACK_SELECTORS if is_stack else USER_DATA_SELECTORS)
    if b.rng.random() < 0.4:
        return b.rng.choice(FAULTING_STACK_SELECTORS if is_stack else FAULTING_SELECTORS)
    return b.rng.choice(STACK_SELECTORS if is_stack else DATA_SELECTORS)


def segment_forms():
    for index, register in enumerate(REGISTERS):
        for kind in "rm":
            if register != "cs":
                yield (f"8e mov {register},{kind}16", load(index, register, kind))
            yield (f"8c mov {kind}16,{register}", store(index, kind, 16))
        yield (f"8c mov r32,{register}", store(index, "r", 32))
    for opcode, register in ((b"\x06", "es"), (b"\x0e", "cs"), (b"\x16", "ss"), (b"\x1e", "ds"), (b"\x0f\xa0", "fs"),
                             (b"\x0f\xa8", "gs")):
        for width in (16, 32):
            yield (f"{opcode.hex()} push {register} w{width}", push(opcode, width))
            if register != "cs":
                popped = bytes([*opcode[:-1], opcode[-1] + 1])
                yield (f"{popped.hex()} pop {register} w{width}", pop(popped, register, width))
    for opcode, register in ((b"\xc4", "es"), (b"\xc5", "ds"), (b"\x0f\xb2", "ss"), (b"\x0f\xb4", "fs"),
                             (b"\x0f\xb5", "gs")):
        for width in (16, 32):
            yield (f"{opcode.hex()} l{register} r{width},m", load_pointer(opcode, register, width))
    for kind in "rm":
        yield (f"63 arpl {kind}16,r16", adjust_rpl(kind))
        for digit, name in ((4, "verr"), (5, "verw")):
            yield (f"0f00/{digit} {name} {kind}16", check(b"\x0f\x00", kind, 16, digit))
        for opcode, name in ((b"\x0f\x02", "lar"), (b"\x0f\x03", "lsl")):
            for width in (16, 32):
                yield (f"{opcode.hex()} {name} r{width},{kind}16", check(opcode, kind, width))


def load(index, register, kind):
    return lambda b: b"\x8e" + operand(b, kind, index, 16, selector(b, register))


def store(index, kind, width):
    def build(b):
        b.width(width)
        if kind == "r":
            return b"\x8c" + bytes([0xC0 | (index << 3) | b.rng.randrange(8)])
        return b"\x8c" + b.memory(index, 2)[0]

    return build


def push(opcode, width):
    """A 32-bit push may write 16 or 32 bits (SDM vol. 2B, PUSH), so the slot holds zeros beforehand."""

    def build(b):
        b.width(width)
        b.stack()
        if width == 32:
            b.poke(b.stack_physical() - 4, 0, 32)
        return opcode

    return build


def pop(opcode, register, width):
    def build(b):
        b.width(width)
        b.stack()
        b.poke(b.stack_physical(), selector(b, register) | (b.value(16) << 16), width)
        return opcode

    return build


def load_pointer(opcode, register, width):
    def build(b):
        b.width(width)
        code, physical = b.memory(b.rng.randrange(8), width // 8 + 2)
        b.poke(physical, b.value(width) | (selector(b, register) << width), width + 16)
        return opcode + code

    return build


def adjust_rpl(kind):
    def build(b):
        reg = b.rng.randrange(8)
        code = operand(b, kind, reg, 16, b.value(16) & 0xFFFC | b.rng.randrange(4))
        b.set(reg, 16, b.value(16) & 0xFFFC | b.rng.randrange(4))
        return b"\x63" + code

    return build


def check(opcode, kind, width, digit=None):
    def build(b):
        b.width(width)
        reg = b.rng.randrange(8) if digit is None else digit
        allowed = [s for s in ALL_SELECTORS if s not in FLAT_SELECTORS] if opcode == b"\x0f\x02" else ALL_SELECTORS
        code = operand(b, kind, reg, 16, b.rng.choice(allowed))
        return opcode + code

    return build


# --- exceptions --------------------------------------------------------------------------------------------------


def fault_forms():
    for width in (16, 32):
        for text, opcode in (("load", 0x8B), ("store", 0x89), ("rmw", 0x01)):
            yield (f"{opcode:02x} {text} across limit w{width}", across_limit(opcode, width))
        yield (f"50 push across limit w{width}", push_across_limit(width))
        yield (f"a5 rep movs into limit w{width}", repeat_into_limit(width))
    yield ("66e9 jmp beyond limit", jump_beyond_limit)
    for text, settings in SEGMENT_FAULTS:
        for opcode, name in ((0x8B, "load"), (0x89, "store")):
            yield (f"{opcode:02x} {name} {text}", segment_fault(opcode, *settings))
    for name, code in INVALID:
        yield (f"ud {name}", invalid(code))
    for name, code in LOCKED:
        yield (f"lock {name}", locked(code))
    for i, name in enumerate(ALU[:7]):
        yield (f"f0 lock {name} m32,r32", locked_memory(i * 8 + 1))
    yield ("length over 15 bytes", lambda b: bytes([b.rng.choice((0x26, 0x66, 0x3E))]) * 15 + b"\x90")
    yield ("length of 15 bytes", lambda b: bytes([b.rng.choice((0x26, 0x3E))]) * 14 + b"\x90")


def needs_limit(b):
    return b.mode.bases["ds"] != 0


def across_limit(opcode, width):
    def build(b):
        if not needs_limit(b):
            return None
        b.width(width)
        size = width // 8
        b.override = b.choose_override("", 0.2, ("ss", "es")) or ""
        target = b.rng.choice([0x10000 - size - 1, 0x10000 - size] + [0x10000 - k for k in range(1, size)])
        code, physical = b.memory(b.rng.randrange(8), size, target=target, flip=0.3)
        return bytes([opcode]) + code

    return build


def push_across_limit(width):
    def build(b):
        if b.mode.stack_size == 32:
            return None
        b.width(width)
        b.lock(ESP, 16, b.rng.choice((0, 1, 2, 3, 4)))
        b.window(b.bases["ss"] + 0xFFF0, 16)
        b.window(b.bases["ss"], 8)
        return bytes([0x50 + b.rng.randrange(8)])

    return build


def repeat_into_limit(width):
    """Stops at the element that does not fit: earlier ones are done, the registers say which."""

    def build(b):
        if not needs_limit(b):
            return None
        b.width(width)
        if b.address_size == 16:
            b.flip_address_size()
        size = width // 8
        b.is_repeated = True
        b.prefixes.append(0xF3)
        b.lock(ECX, 32, 6)
        near, far = (ESI, EDI) if b.rng.random() < 0.5 else (EDI, ESI)
        b.lock(near, 32, 0x10000 - size * b.rng.randrange(0, 5) - b.rng.randrange(0, size))
        b.lock(far, 32, b.rng.randrange(0x100, 0xF000))
        for register, base in ((ESI, b.bases["ds"]), (EDI, b.bases["es"])):
            start = b.registers[register]
            b.window(base + start - 4, min(size * 6 + 8, 0x10000 - start + 4))
        return b"\xa5"

    return build


def jump_beyond_limit(b):
    if b.mode.size == 32:
        return None
    b.width(32)
    return b"\xe9" + little(b.rng.choice((0x10000, 0x20000, 0x7FFFFFFF)), 32)


# (text, (segment register, selector, offsets)); an offset of None means anywhere in the usual range
SEGMENT_FAULTS = (
    ("null segment", ("ds", 0x00, None)),
    ("read-only segment", ("ds", 0x50, None)),
    ("code segment", ("cs", None, None)),
    ("execute-only segment", ("cs", 0x58, None)),
    ("expand-down segment", ("ds", 0x78, (0x0FFC, 0x0FFD, 0x0FFF, 0x1000, 0x1001, 0x8000))),
)


def segment_fault(opcode, register, value, offsets):
    def build(b):
        if not b.mode.is_protected or (value == 0x58 and b.mode.size == 32):
            return None
        if b.mode.cpl == 3 and value:
            return None
        bases = {0x00: 0, 0x50: 0x20000, 0x58: 0x10000, 0x78: 0x20000, None: b.bases[register]}
        if value is not None:
            b.selectors[register] = value
        b.bases[register] = bases[value]
        b.width(32)
        if value == 0x78 and b.address_size == 16:
            b.flip_address_size()
        b.override = register
        b.prefixes.append({"ds": 0x3E, "cs": 0x2E}[register])
        offset = b.rng.choice(offsets) if offsets else b.rng.randrange(0x1000, 0xFE00)
        if register == "cs":
            offset = (offset & 0xFFF) + b.eip - 0x800 if 0x1000 < b.eip < 0x1F000 else offset
        code, physical = b.memory(b.rng.randrange(8), 4, target=offset, flip=0, guard=None if value == 0 else 4)
        return bytes([opcode]) + code

    return build


INVALID = (
    ("0f0b", b"\x0f\x0b"),
    ("fe/2", b"\xfe\xd0"),
    ("fe/7", b"\xfe\xf8"),
    ("ff/7", b"\xff\xf8"),
    ("8f/1", b"\x8f\xc8"),
    ("c6/1", b"\xc6\xc8\x00"),
    ("c7/1", b"\xc7\xc8\x00\x00\x00\x00"),
    ("8e/1 mov cs", b"\x8e\xc8"),
    ("8e/6", b"\x8e\xf0"),
    ("8e/7", b"\x8e\xf8"),
    ("8c/6", b"\x8c\xf0"),
    ("8d lea r,r", b"\x8d\xc0"),
    ("62 bound r,r", b"\x62\xc0"),
    ("0fb2 lss r,r", b"\x0f\xb2\xc0"),
    ("0fb4 lfs r,r", b"\x0f\xb4\xc0"),
    ("ff/3 call far r", b"\xff\xd8"),
    ("ff/5 jmp far r", b"\xff\xe8"),
    ("0fba/0", b"\x0f\xba\xc0\x00"),
    ("0fba/3", b"\x0f\xba\xd8\x00"),
    ("0fc7/1 cmpxchg8b r", b"\x0f\xc7\xc8"),
    ("0f00/7", b"\x0f\x00\xf8"),
)


def invalid(code):
    return lambda b: code


LOCKED = (
    ("nop", b"\xf0\x90"),
    ("mov r,r", b"\xf0\x89\xc0"),
    ("add r,r", b"\xf0\x01\xc0"),
    ("cmp m,r", b"\xf0\x39\x06\x00\x90"),
    ("lea", b"\xf0\x8d\x06\x00\x90"),
    ("inc r", b"\xf0\x40"),
    ("push", b"\xf0\x50"),
    ("bt m,imm8", b"\xf0\x0f\xba\x20\x00"),
    ("jmp", b"\xf0\xeb\x00"),
)


def locked(code):
    return lambda b: code


def locked_memory(opcode):
    def build(b):
        b.width(32)
        reg = b.rng.randrange(8)
        code, physical = b.memory(reg, 4)
        b.poke(physical, b.value(32), 32)
        b.set(reg, 32, b.value(32))
        return b"\xf0" + bytes([opcode]) + code

    return build

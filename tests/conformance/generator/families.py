"""Instruction forms of the data-processing families. A form is (name, function from Builder to the encoded body)."""

import undefined_flags as undefined
from builder import EAX, EBX, ECX, EDX

ALU = ("add", "or", "adc", "sbb", "and", "sub", "xor", "cmp")
WIDTHS = (8, 16, 32)
CONDITIONS = ("o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g")


def little(value, width):
    return (value & ((1 << width) - 1)).to_bytes(width // 8, "little")


def operand(b, kind, reg, width, value, **placing):
    """The r/m operand, holding `value`: kind 'r' or 'm'. Returns the ModRM encoding."""
    if kind == "r":
        rm = placing.get("rm", b.rng.randrange(8))
        b.set(rm, width, value)
        return bytes([0xC0 | (reg << 3) | rm])
    code, physical = b.memory(reg, width // 8)
    b.poke(physical, value, width)
    return code


def rm_reg(opcode, mnemonic, width, kind, swapped=False, source_width=None, flags=None):
    """`op r/m, r` or, swapped, `op r, r/m`."""

    def build(b):
        b.width(width)
        reg = b.rng.randrange(8)
        code = operand(b, kind, reg, source_width or width, b.value(source_width or width))
        b.set(reg, width, b.value(width))
        if b.rng.random() < 0.1 and kind == "r":
            code = bytes([0xC0 | (reg << 3) | reg])
        b.undefined = undefined.fixed(mnemonic) if flags is None else flags
        return opcode + code

    near, far = f"{kind}{source_width or width}", f"r{width}"
    return (f"{opcode.hex()} {mnemonic} " + (f"{far},{near}" if swapped else f"{near},{far}"), build)


def rm_only(opcode, digit, mnemonic, width, kind, immediate=0):
    def build(b):
        b.width(width)
        code = operand(b, kind, digit, width, b.value(width))
        b.undefined = undefined.fixed(mnemonic)
        return opcode + code + (little(b.value(immediate), immediate) if immediate else b"")

    tail = f",imm{immediate}" if immediate else ""
    return (f"{opcode.hex()}/{digit} {mnemonic} {kind}{width}{tail}", build)


def plain(opcode, mnemonic, width=0, immediate=0, setup=None):
    """No ModRM: implied operands, an optional operand-size prefix and an optional immediate."""

    def build(b):
        if width:
            b.width(width)
        b.undefined = undefined.fixed(mnemonic)
        if setup:
            setup(b)
        return opcode + (little(b.value(immediate), immediate) if immediate else b"")

    name = f"{opcode.hex()} {mnemonic}" + (f" w{width}" if width else "") + (f",imm{immediate}" if immediate else "")
    return (name, build)


def accumulator(width):
    return lambda b: b.set(EAX, width, b.value(width))


def alu_forms():
    for i, name in enumerate(ALU):
        for width in WIDTHS:
            wide = 0 if width == 8 else 1
            for kind in "rm":
                yield rm_reg(bytes([i * 8 + wide]), name, width, kind)
                yield rm_reg(bytes([i * 8 + 2 + wide]), name, width, kind, swapped=True)
                yield rm_only(bytes([0x80 + wide]), i, name, width, kind, immediate=width)
                if wide:
                    yield rm_only(b"\x83", i, name, width, kind, immediate=8)
            if width == 8:
                for kind in "rm":
                    yield rm_only(b"\x82", i, name, width, kind, immediate=8)
            yield plain(bytes([i * 8 + 4 + wide]), name, width, width, accumulator(width))
    for width in WIDTHS:
        wide = 0 if width == 8 else 1
        yield plain(bytes([0xA8 + wide]), "test", width, width, accumulator(width))
        for kind in "rm":
            yield rm_reg(bytes([0x84 + wide]), "test", width, kind)
            yield rm_only(bytes([0xF6 + wide]), 0, "test", width, kind, immediate=width)
            yield rm_only(bytes([0xF6 + wide]), 1, "test", width, kind, immediate=width)
            yield rm_only(bytes([0xF6 + wide]), 2, "not", width, kind)
            yield rm_only(bytes([0xF6 + wide]), 3, "neg", width, kind)
            yield rm_only(bytes([0xFE + wide]), 0, "inc", width, kind)
            yield rm_only(bytes([0xFE + wide]), 1, "dec", width, kind)
    for width in (16, 32):
        for name, start in (("inc", 0x40), ("dec", 0x48)):
            yield register_in_opcode(start, name, width)


def register_in_opcode(start, name, width, immediate=0, prefix=b""):
    def build(b):
        b.width(width)
        register = b.rng.randrange(8)
        b.set(register, width, b.value(width))
        if name == "xchg":
            b.set(EAX, width, b.value(width))
        return prefix + bytes([start + register]) + (little(b.value(immediate), immediate) if immediate else b"")

    return (f"{(prefix + bytes([start])).hex()}+r {name} r{width}" + (f",imm{immediate}" if immediate else ""), build)


def multiply_divide_forms():
    for width in WIDTHS:
        opcode = bytes([0xF6 if width == 8 else 0xF7])
        for kind in "rm":
            for digit, name in ((4, "mul"), (5, "imul")):
                yield (f"{opcode.hex()}/{digit} {name} {kind}{width}", multiply(opcode, digit, name, width, kind))
            for digit, name in ((6, "div"), (7, "idiv")):
                yield (f"{opcode.hex()}/{digit} {name} {kind}{width}", divide(opcode, digit, name, width, kind))
                yield (f"{opcode.hex()}/{digit} {name} {kind}{width} edge",
                       divide(opcode, digit, name, width, kind, is_edge=True))
    for width in (16, 32):
        for kind in "rm":
            yield rm_reg(b"\x0f\xaf", "imul", width, kind, swapped=True)
            for opcode, immediate in ((b"\x69", width), (b"\x6b", 8)):
                name, build = rm_reg(opcode, "imul", width, kind, swapped=True)
                yield (f"{name},imm{immediate}", with_immediate(build, immediate))
        yield plain(b"\x98", "cbw" if width == 16 else "cwde", width, 0, accumulator(width))
        yield plain(b"\x99", "cwd" if width == 16 else "cdq", width, 0, accumulator(width))


def with_immediate(build, immediate):
    return lambda b: build(b) + little(b.value(immediate), immediate)


def multiply(opcode, digit, name, width, kind):
    def build(b):
        b.width(width)
        code = operand(b, kind, digit, width, b.value(width))
        b.set(EAX, width, b.value(width))
        b.undefined = undefined.fixed(name)
        return opcode + code

    return build


def dividend(b, width, value):
    """Puts a double-width dividend in AX, DX:AX or EDX:EAX."""
    b.locked.update((EAX, EDX))
    for register in (EAX, EDX):
        b.locked.discard(register)
    if width == 8:
        b.set(EAX, 16, value)
    else:
        b.set(EAX, width, value & ((1 << width) - 1))
        b.set(EDX, width, value >> width)
    b.locked.update((EAX, EDX))


def divide(opcode, digit, name, width, kind, is_edge=False):
    """Quotients that fit, and at the edge: zero divisors and quotients just inside and outside the range."""

    def build(b):
        rng, limit = b.rng, 1 << width
        b.width(width)
        divisor = b.value(width)
        signed = name == "idiv"
        number = divisor - limit if signed and divisor >= limit // 2 else divisor
        if is_edge:
            quotient = rng.choice((limit // 2 - 1, limit // 2, -(limit // 2), -(limit // 2) - 1) if signed
                                  else (limit - 1, limit, limit + 1))
        else:
            quotient = rng.choice(b.pool.values) % (limit // 2)
            quotient = -quotient if signed and rng.random() < 0.5 else quotient
        remainder = rng.randrange(abs(number)) if number else 0
        if not signed:
            whole = quotient * number + remainder
        else:
            product = quotient * number
            whole = product - remainder if product < 0 else product + remainder
        dividend(b, width, whole % (limit * limit))
        b.undefined = undefined.fixed(name)
        if kind == "r":
            # Only registers that do not overlap the dividend can hold a chosen divisor.
            free = [1, 3, 5, 7] if width == 8 else [1, 3, 4, 5, 6, 7]
            if width == 8:
                b.locked.discard(EDX)
            rm = rng.choice(free if rng.random() < 0.9 else range(8))
            b.set(rm, width, divisor)
            return opcode + bytes([0xC0 | (digit << 3) | rm])
        code, physical = b.memory(digit, width // 8)
        b.poke(physical, divisor, width)
        return opcode + code

    return build


COUNTS = (0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 18, 24, 27, 30, 31, 32, 33, 63, 64, 128, 255)
SHIFTS = ("rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar")


def shift_forms():
    for digit, name in enumerate(SHIFTS):
        for width in WIDTHS:
            wide = 0 if width == 8 else 1
            for kind in "rm":
                for opcode, source in ((0xD0, "1"), (0xD2, "cl"), (0xC0, "imm8")):
                    yield (f"{opcode + wide:02x}/{digit} {name} {kind}{width},{source}",
                           shift(bytes([opcode + wide]), digit, name, width, kind, source))
    for opcode, name, source in ((0xA4, "shld", "imm8"), (0xA5, "shld", "cl"), (0xAC, "shrd", "imm8"),
                                 (0xAD, "shrd", "cl")):
        for width in (16, 32):
            for kind in "rm":
                yield (f"0f{opcode:02x} {name} {kind}{width},r{width},{source}",
                       double_shift(bytes([0x0F, opcode]), width, kind, source))


def shift(opcode, digit, name, width, kind, source):
    def build(b):
        count = 1 if source == "1" else b.rng.choice(COUNTS)
        if source == "cl":
            b.lock(ECX, 8, count)
        b.width(width)
        code = operand(b, kind, digit, width, b.value(width))
        if source == "cl":
            count = b.registers[ECX] & 0xFF
        b.undefined = undefined.shift(name, width, count)
        return opcode + code + (bytes([count]) if source == "imm8" else b"")

    return build


def double_shift(opcode, width, kind, source):
    def build(b):
        allowed = [c for c in COUNTS if c & 31 <= width]
        count = b.rng.choice(allowed)
        b.width(width)
        if source == "cl":
            b.lock(ECX, 8, count)
        reg = b.rng.randrange(8)
        code = operand(b, kind, reg, width, b.value(width))
        b.set(reg, width, b.value(width))
        b.undefined = undefined.double_shift(count)
        return opcode + code + (bytes([count]) if source == "imm8" else b"")

    return build


def bit_forms():
    for digit, name in ((4, "bt"), (5, "bts"), (6, "btr"), (7, "btc")):
        for width in (16, 32):
            for kind in "rm":
                yield rm_only(b"\x0f\xba", digit, name, width, kind, immediate=8)
                opcode = bytes([0x0F, 0x83 + digit * 8])
                yield (f"{opcode.hex()} {name} {kind}{width},r{width}", bit_test(opcode, name, width, kind))
    for opcode, name in ((b"\x0f\xbc", "bsf"), (b"\x0f\xbd", "bsr")):
        for width in (16, 32):
            for kind in "rm":
                yield rm_reg(opcode, name, width, kind, swapped=True)


def bit_test(opcode, name, width, kind):
    """With a memory operand the register is a signed bit offset that reaches beyond the operand."""

    def build(b):
        b.width(width)
        b.undefined = undefined.fixed(name)
        reg = b.rng.randrange(8)
        if kind == "r":
            code = operand(b, "r", reg, width, b.value(width))
            b.set(reg, width, b.value(width))
            return opcode + code
        offset = b.rng.choice((0, 1, width - 1, width, width + 1, -1, -width, 1000, -1000, b.rng.randrange(-1024, 1024)))
        b.lock(reg, width, offset & ((1 << width) - 1))
        code, physical = b.memory(reg, width // 8)
        actual = b.registers[reg] & ((1 << width) - 1)
        actual -= (1 << width) if actual >> (width - 1) else 0
        b.window(physical + (actual // width) * (width // 8) - 4, width // 8 + 8)
        return opcode + code

    return build


def move_forms():
    for width in WIDTHS:
        wide = 0 if width == 8 else 1
        for kind in "rm":
            yield rm_reg(bytes([0x88 + wide]), "mov", width, kind)
            yield rm_reg(bytes([0x8A + wide]), "mov", width, kind, swapped=True)
            yield rm_only(bytes([0xC6 + wide]), 0, "mov", width, kind, immediate=width)
            yield rm_reg(bytes([0x86 + wide]), "xchg", width, kind)
            yield rm_reg(bytes([0x0F, 0xC0 + wide]), "xadd", width, kind)
            yield (f"0f{0xB0 + wide:02x} cmpxchg {kind}{width},r{width}", compare_exchange(0xB0 + wide, width, kind))
        yield register_in_opcode(0xB0 if width == 8 else 0xB8, "mov", width, immediate=width)
        for opcode, name in ((0xA0, "load"), (0xA2, "store")):
            yield (f"{opcode + wide:02x} mov moffs {name} w{width}", memory_offset(opcode + wide, width))
    for width in (16, 32):
        yield register_in_opcode(0x90, "xchg", width)
        yield (f"8d lea r{width},m", load_effective(width))
        for kind in "rm":
            for opcode, name in ((0xB6, "movzx"), (0xBE, "movsx")):
                yield rm_reg(bytes([0x0F, opcode]), name, width, kind, swapped=True, source_width=8)
                yield rm_reg(bytes([0x0F, opcode + 1]), name, width, kind, swapped=True, source_width=16)
            for i, condition in enumerate(CONDITIONS):
                yield rm_reg(bytes([0x0F, 0x40 + i]), f"cmov{condition}", width, kind, swapped=True)
    for kind in "rm":
        for i, condition in enumerate(CONDITIONS):
            yield rm_only(bytes([0x0F, 0x90 + i]), 0, f"set{condition}", 8, kind)
    yield register_in_opcode(0xC8, "bswap", 32, prefix=b"\x0f")
    yield ("0fc7/1 cmpxchg8b m64", compare_exchange_8)
    yield ("d7 xlat", translate)


def compare_exchange(opcode, width, kind):
    def build(b):
        b.width(width)
        value = b.value(width)
        reg = b.rng.randrange(8)
        code = operand(b, kind, reg, width, value)
        b.set(EAX, width, value if b.rng.random() < 0.5 else b.value(width))
        b.set(reg, width, b.value(width))
        return bytes([0x0F, opcode]) + code

    return build


def compare_exchange_8(b):
    code, physical = b.memory(1, 8)
    value = b.value(32) | (b.value(32) << 32)
    if b.rng.random() < 0.5:
        value = b.registers[EAX] | (b.registers[EDX] << 32)
    b.poke(physical, value, 64)
    return b"\x0f\xc7" + code


def memory_offset(opcode, width):
    def build(b):
        b.width(width)
        if b.rng.random() < 0.25:
            b.flip_address_size()
        segment = b.choose_override("ds")
        offset = b._target(segment, width // 8, None)
        b._place(segment, offset, width // 8, 4)
        return bytes([opcode]) + little(offset, b.address_size)

    return build


def load_effective(width):
    """LEA reads no memory, so every register and displacement may be anything."""

    def build(b):
        rng = b.rng
        b.width(width)
        if rng.random() < 0.4:
            b.flip_address_size()
        return b"\x8d" + free_address(b, rng.randrange(8))

    return build


def free_address(b, reg, form=None):
    rng = b.rng
    mod, rm = form[:2] if form else (rng.randrange(3), rng.randrange(8))
    code, base = bytes([(mod << 6) | (reg << 3) | rm]), rm
    if b.address_size == 32 and rm == 4:
        sib = form[2] if form else rng.randrange(256)
        code, base = code + bytes([sib]), sib & 7
    if b.address_size == 32:
        size = 32 if mod == 2 or (mod == 0 and base == 5) else 8 * mod
    else:
        size = 16 if mod == 2 or (mod == 0 and rm == 6) else 8 * mod
    return code + (little(b.value(size), size) if size else b"")


def translate(b):
    if b.rng.random() < 0.3:
        b.flip_address_size()
    segment = b.choose_override("ds")
    offset = b._target(segment, 1, None)
    b.lock(EBX, b.address_size, offset - (b.registers[EAX] & 0xFF))
    b._place(segment, offset, 1, 4)
    return b"\xd7"


def adjust_forms():
    for opcode, name in ((0x27, "daa"), (0x2F, "das"), (0x37, "aaa"), (0x3F, "aas")):
        yield plain(bytes([opcode]), name, 0, 0, accumulator(16))
    for opcode, name in ((0xD4, "aam"), (0xD5, "aad")):
        yield plain(bytes([opcode]), name, 0, 8, accumulator(16))
        yield plain(bytes([opcode, 0x0A]), f"{name}", 0, 0, accumulator(16))


def flag_forms():
    for opcode, name in ((0xF5, "cmc"), (0xF8, "clc"), (0xF9, "stc"), (0xFA, "cli"), (0xFB, "sti"), (0xFC, "cld"),
                         (0xFD, "std"), (0x9E, "sahf"), (0x9F, "lahf"), (0x90, "nop"), (0xD6, "salc")):
        yield plain(bytes([opcode]), name, 0, 0, random_direction)


def random_direction(b):
    if b.rng.random() < 0.3:
        b.eflags |= 0x400


def address_forms():
    """Every ModRM and SIB combination once, through LEA and through a load."""
    for size in (16, 32):
        for mod in range(3):
            for rm in range(8):
                sibs = range(256) if size == 32 and rm == 4 else (0,)
                for sib in sibs:
                    yield (f"8d lea a{size} address", lea_of(size, (mod, rm, sib)))
                    if rm != 4 or sib % 5 == mod:
                        yield (f"8b mov r32,m32 a{size} address", load_of(size, (mod, rm, sib)))


def lea_of(size, form):
    def build(b):
        b.width(32)
        if b.address_size != size:
            b.flip_address_size()
        return b"\x8d" + free_address(b, b.rng.randrange(8), form)

    return build


def load_of(size, form):
    def build(b):
        b.width(32)
        if b.address_size != size:
            b.flip_address_size()
        code, physical = b.memory(b.rng.randrange(8), 4, flip=0, form=form)
        b.poke(physical, b.value(32), 32)
        return b"\x8b" + code

    return build


def data_forms():
    for family in (alu_forms, multiply_divide_forms, shift_forms, bit_forms, move_forms, adjust_forms, flag_forms):
        yield from family()

"""Instruction forms that move the stack, the string pointers or EIP."""

from builder import EAX, EBP, ECX, EDI, ESI, ESP
from families import CONDITIONS, little, operand
from layout import INNER_STACK, code_range, stack_range

# Images for POPF and IRET keep TF, VM and RF clear: the system oracles single-step with TF and run real mode as
# virtual-8086 mode. AC and ID are left out, for a processor without them.
FLAG_IMAGE = 0x7ED5
CODE_SELECTORS = ((0x08, 0x18, 0x60), None, None, (0x83, 0x80, 0x73, 0x60, 0x63))  # by CPL
BAD_CODE_SELECTORS = ((0x00, 0x03, 0x10, 0x70, 0xFFF8, 0x14, 0x20, 0xE0, 0xF8), None, None,
                      (0x00, 0x03, 0x08, 0x0B, 0x8B, 0x1B, 0xFFF8, 0x14, 0xE3, 0xFB))


def signed(value, width):
    return value - (1 << width) if value >> (width - 1) else value


def stack_forms():
    for width in (16, 32):
        for start, name in ((0x50, "push"), (0x58, "pop")):
            yield (f"{start:02x}+r {name} r{width}", push_pop_register(start, width))
            yield (f"{start + 4:02x} {name} sp w{width}", push_pop_register(start + 4, width, is_exact=True))
        yield (f"68 push imm{width}", push_immediate(0x68, width, width))
        yield (f"6a push imm8 w{width}", push_immediate(0x6A, width, 8))
        for kind in "rm":
            yield (f"ff/6 push {kind}{width}", push_pop_operand(0xFF, 6, width, kind))
            yield (f"8f/0 pop {kind}{width}", push_pop_operand(0x8F, 0, width, kind))
        yield (f"ff/6 push [esp+x] w{width}", push_pop_relative(0xFF, 6, width))
        yield (f"8f/0 pop [esp+x] w{width}", push_pop_relative(0x8F, 0, width))
        for opcode, name in ((0x60, "pusha"), (0x61, "popa")):
            yield (f"{opcode:02x} {name} w{width}", on_stack(opcode, width))
        yield (f"9c pushf w{width}", on_stack(0x9C, width))
        yield (f"9d popf w{width}", pop_flags(width))
        yield (f"c8 enter w{width}", enter(width))
        yield (f"c9 leave w{width}", leave(width))


def push_pop_register(opcode, width, is_exact=False):
    def build(b):
        b.width(width)
        b.stack()
        return bytes([opcode if is_exact else opcode + b.rng.randrange(8)])

    return build


def push_immediate(opcode, width, immediate):
    def build(b):
        b.width(width)
        b.stack()
        return bytes([opcode]) + little(b.value(immediate), immediate)

    return build


def push_pop_operand(opcode, digit, width, kind):
    def build(b):
        b.width(width)
        b.stack()
        return bytes([opcode]) + operand(b, kind, digit, width, b.value(width))

    return build


def push_pop_relative(opcode, digit, width):
    """POP computes an ESP-based address after the increment (SDM vol. 2B, POP)."""

    def build(b):
        b.width(width)
        if b.address_size != 32:
            b.flip_address_size()
        offset = b.stack(below=48, above=200)
        b.registers[ESP] = offset
        displacement = b.rng.randrange(0, 100)
        return bytes([opcode, 0x44 | (digit << 3), 0x24, displacement])

    return build


def on_stack(opcode, width):
    def build(b):
        b.width(width)
        b.stack()
        return bytes([opcode])

    return build


def poke_flags(b, physical, width):
    image = b.rng.getrandbits(32) if width == 32 else b.rng.getrandbits(16)
    b.poke(physical, (image & FLAG_IMAGE) | 2, width)


def pop_flags(width):
    def build(b):
        b.width(width)
        b.stack()
        poke_flags(b, b.stack_physical(), width)
        return b"\x9d"

    return build


def enter(width):
    def build(b):
        b.width(width)
        level = b.rng.choice((0, 0, 1, 2, 3, 5, 8, 31, 32, 33, 0x62))
        locals_size = b.rng.choice((0, 1, 2, 4, 16, 100, 0x1F0))
        low, high = stack_range(b.mode)
        b.stack(below=8 + 4 * 33, above=8, fixed=b.rng.randrange(low + 0x400, high) & ~1)
        frame = b.rng.randrange(low + 0x400, high)
        b.lock(EBP, b.mode.stack_size, frame)
        b.window(b.bases["ss"] + frame - 4 * 33, 4 * 33 + 8)
        return b"\xc8" + little(locals_size, 16) + bytes([level])

    return build


def leave(width):
    def build(b):
        b.width(width)
        low, high = stack_range(b.mode)
        frame = b.rng.randrange(low, high)
        b.lock(EBP, b.mode.stack_size, frame)
        b.window(b.bases["ss"] + frame - 4, 12)
        return b"\xc9"

    return build


def jump_forms():
    for i, condition in enumerate(CONDITIONS):
        yield (f"{0x70 + i:02x} j{condition} rel8", relative(bytes([0x70 + i]), None))
        for width in (16, 32):
            yield (f"0f{0x80 + i:02x} j{condition} rel{width}", relative(bytes([0x0F, 0x80 + i]), width))
    yield ("eb jmp rel8", relative(b"\xeb", None))
    for opcode, name in ((0xE0, "loopne"), (0xE1, "loope"), (0xE2, "loop"), (0xE3, "jcxz")):
        yield (f"{opcode:02x} {name} rel8", loop(opcode))
    for width in (16, 32):
        yield (f"e9 jmp rel{width}", relative(b"\xe9", width))
        yield (f"e8 call rel{width}", relative(b"\xe8", width, is_call=True))
        for kind in "rm":
            yield (f"ff/4 jmp {kind}{width}", indirect(4, width, kind))
            yield (f"ff/2 call {kind}{width}", indirect(2, width, kind))
        yield (f"c3 ret w{width}", near_return(b"\xc3", width, False))
        yield (f"c2 ret w{width},imm16", near_return(b"\xc2", width, True))


def target_offset(b, width):
    low, high = code_range(b.mode)
    offset = b.rng.randrange(low, high)
    return offset & 0xFFFF if width == 16 else offset


def relative(opcode, width, is_call=False):
    def build(b):
        if is_call:
            b.stack()
        if width is None:
            return opcode + bytes([b.value(8)])
        b.width(width)
        size = len(b.prefixes) + len(opcode) + width // 8
        return opcode + little(target_offset(b, width) - b.eip - size, width)

    return build


def loop(opcode):
    def build(b):
        if b.rng.random() < 0.4:
            b.flip_address_size()
        count = b.rng.choice((0, 1, 2, 0x7FFF, 0xFFFF, 0x10000, 0x10001, 0xFFFF0000, 0xFFFFFFFF))
        b.lock(ECX, 32, count)
        return bytes([opcode, b.value(8)])

    return build


def indirect(digit, width, kind):
    def build(b):
        b.width(width)
        if digit == 2:
            b.stack()
        if kind == "r":
            rm = b.rng.choice([r for r in range(8) if r not in b.locked])
            b.set(rm, width, target_offset(b, width))
            return b"\xff" + bytes([0xC0 | (digit << 3) | rm])
        code, physical = b.memory(digit, width // 8)
        b.poke(physical, target_offset(b, width), width)
        return b"\xff" + code

    return build


def near_return(opcode, width, has_immediate):
    def build(b):
        b.width(width)
        b.stack()
        b.poke(b.stack_physical(), target_offset(b, width), width)
        return opcode + (little(b.rng.choice((0, 2, 4, 8, 100)), 16) if has_immediate else b"")

    return build


def far_forms():
    for width in (16, 32):
        for is_bad in (False, True):
            tail = " bad selector" if is_bad else ""
            yield (f"ea jmp ptr16:{width}{tail}", far_pointer(0xEA, width, is_bad))
            yield (f"9a call ptr16:{width}{tail}", far_pointer(0x9A, width, is_bad))
            yield (f"ff/5 jmp m16:{width}{tail}", far_memory(5, width, is_bad))
            yield (f"ff/3 call m16:{width}{tail}", far_memory(3, width, is_bad))
            yield (f"cb retf w{width}{tail}", far_return(b"\xcb", width, is_bad))
            yield (f"ca retf w{width},imm16{tail}", far_return(b"\xca", width, is_bad))
            yield (f"cf iret w{width}{tail}", interrupt_return(width, is_bad))
        for is_bad in (False, True):
            tail = " bad stack" if is_bad else ""
            for opcode, name in ((b"\xcb", "retf"), (b"\xca", "retf imm16,"), (b"\xcf", "iret")):
                yield (f"{opcode.hex()} {name} w{width} to outer{tail}", return_outward(opcode, width, is_bad))
        for digit, name in ((3, "call"), (5, "jmp")):
            yield (f"ff/{digit} {name} m16:{width} gate", through_gate_in_memory(digit, width))
    yield ("9a call gate", through_gate(0x9A))
    yield ("ea jmp gate", through_gate(0xEA))


def far_target(b, width, is_bad, is_call=False):
    """(selector, offset); in real mode every selector is good. Both oracles let a CALL from CPL 3 to conforming code push to a
    page of the supervisor, which the manual doesn't, so with paging there is none."""
    if not b.mode.is_protected:
        if is_bad:
            return None
        return b.rng.choice((0x1000, 0x1001, 0x1234, 0x1800)), b.rng.randrange(0x100, 0x7000)
    selectors = (BAD_CODE_SELECTORS if is_bad else CODE_SELECTORS)[b.mode.cpl]
    if is_call and b.mode.cpl == 3 and b.mode.is_paged:
        selectors = [selector for selector in selectors if selector & 0xFFFC != 0x60]
    selector = b.rng.choice(selectors)
    return selector, b.rng.randrange(0x100, 0xFE00)


def far_pointer(opcode, width, is_bad):
    def build(b):
        target = far_target(b, width, is_bad, is_call=opcode == 0x9A)
        if target is None:
            return None
        b.width(width)
        b.stack()
        return bytes([opcode]) + little(target[1], width) + little(target[0], 16)

    return build


def far_memory(digit, width, is_bad):
    def build(b):
        target = far_target(b, width, is_bad, is_call=digit == 3)
        if target is None:
            return None
        b.width(width)
        b.stack()
        code, physical = b.memory(digit, width // 8 + 2)
        b.poke(physical, target[1] | (target[0] << width), width + 16)
        return b"\xff" + code

    return build


def far_return(opcode, width, is_bad):
    def build(b):
        target = far_target(b, width, is_bad)
        if target is None:
            return None
        b.width(width)
        b.stack()
        b.poke(b.stack_physical(), target[1], width)
        b.poke(b.stack_physical() + width // 8, target[0], width)
        return opcode + (little(b.rng.choice((0, 2, 4, 8, 100)), 16) if opcode == b"\xca" else b"")

    return build


OUTER_STACKS = (0x8B, 0x93)
BAD_OUTER_STACKS = (0x00, 0x03, 0x10, 0x88, 0x83, 0xFFFB, 0x4B, 0x8F)
GATES = (0xA0, 0xA3, 0xA8, 0xAB, 0xB3, 0xB8, 0xBB, 0xC0, 0xC3, 0xC8, 0xCB, 0xD0, 0xD3, 0xD8, 0xDB)


def return_outward(opcode, width, is_bad):
    """From CPL 0 to code of DPL 3: a stack comes from the frame, and segments too good for CPL 3 become null."""

    def build(b):
        if not b.mode.is_protected or b.mode.cpl != 0 or b.mode.stack_size != 32:
            return None
        b.width(width)
        b.stack()
        step, at = width // 8, b.stack_physical()
        b.poke(at, b.rng.randrange(0x100, 0xFE00), width)
        b.poke(at + step, b.rng.choice((0x83, 0x83, 0x73, 0x63)), width)
        at += 2 * step
        if opcode == b"\xcf":
            poke_flags(b, at, width)
            at += step
        released = b.rng.choice((0, 4, 8, 20)) if opcode == b"\xca" else 0
        at += released
        b.poke(at, b.value(width), width)
        b.poke(at + step, b.rng.choice(BAD_OUTER_STACKS if is_bad else OUTER_STACKS), width)
        for name in ("es", "ds", "fs", "gs"):
            b.selectors[name] = b.rng.choice((0x10, 0x38, 0x8B, 0x60, 0x00, 0x50))
        return opcode + (little(released, 16) if opcode == b"\xca" else b"")

    return build


def gates_of(b):
    """The one to conforming code is left out for the reason given at far_target."""
    return [gate for gate in GATES if not (b.mode.cpl == 3 and b.mode.is_paged and gate & 0xFFFC == 0xC0)]


def gate_state(b):
    """Room for what an inner stack gets, and for parameters on the outer one."""
    b.stack()
    if b.mode.cpl == 3:
        b.window(INNER_STACK[1] - 64, 64)


def through_gate(opcode):
    def build(b):
        if not b.mode.is_protected or b.mode.stack_size != 32:
            return None
        gate_state(b)
        return bytes([opcode]) + little(b.value(32), 32) + little(b.rng.choice(gates_of(b)), 16)

    return build


def through_gate_in_memory(digit, width):
    def build(b):
        if not b.mode.is_protected or b.mode.stack_size != 32:
            return None
        b.width(width)
        gate_state(b)
        code, physical = b.memory(digit, width // 8 + 2)
        b.poke(physical, b.value(width) | (b.rng.choice(gates_of(b)) << width), width + 16)
        return b"\xff" + code

    return build


def interrupt_return(width, is_bad):
    def build(b):
        target = far_target(b, width, is_bad)
        if target is None:
            return None
        b.width(width)
        b.stack()
        step, physical = width // 8, b.stack_physical()
        b.poke(physical, target[1], width)
        b.poke(physical + step, target[0], width)
        poke_flags(b, physical + 2 * step, width)
        return b"\xcf"

    return build


def interrupt_forms():
    # INT 1 is left out: the system oracles could not tell it from the step trap.
    vectors = (0, 3, 4, 5, 8, 13, 14, 0x10, 0x20, 0x21, 0x2F, 0x37)
    yield ("cd int imm8", software_interrupt(lambda b: b"\xcd" + bytes([b.rng.choice(vectors)])))
    yield ("cd int of DPL 0", software_interrupt(lambda b: None if b.mode.is_real else b"\xcd\x38"))
    yield ("cc int3", software_interrupt(lambda b: b"\xcc"))
    yield ("ce into", software_interrupt(lambda b: b"\xce"))
    for width in (16, 32):
        yield (f"62 bound r{width},m", bound(width))


def software_interrupt(encode):
    """With room for the handler's frame, though none is pushed in the vector: a target may deliver after it reports."""

    def build(b):
        b.lock(ESP, b.mode.stack_size, b.rng.randrange(*stack_range(b.mode)))
        return encode(b)

    return build


def bound(width):
    def build(b):
        b.width(width)
        lower = b.value(width)
        upper = b.value(width)
        if signed(lower, width) > signed(upper, width) and b.rng.random() < 0.7:
            lower, upper = upper, lower
        index = b.rng.choice((lower, upper, lower - 1, upper + 1, b.value(width))) & ((1 << width) - 1)
        reg = b.rng.randrange(8)
        b.lock(reg, width, index)
        code, physical = b.memory(reg, width // 4)
        b.poke(physical, lower | (upper << width), 2 * width)
        return b"\x62" + code

    return build


STRINGS = ((0xA4, "movs", True, True), (0xA6, "cmps", True, True), (0xAA, "stos", False, True),
           (0xAC, "lods", True, False), (0xAE, "scas", False, True))


def string_forms():
    for opcode, name, reads, writes in STRINGS:
        is_compare = name in ("cmps", "scas")
        for width in (8, 16, 32):
            for prefix, text in ((None, ""), (0xF3, "repe " if is_compare else "rep "), (0xF2, "repne ")):
                if prefix == 0xF2 and not is_compare:
                    continue
                code = opcode + (0 if width == 8 else 1)
                yield (f"{code:02x} {text}{name} w{width}", string(code, width, prefix, reads, writes, is_compare))


def string(opcode, width, prefix, uses_source, uses_destination, is_compare):
    size = width // 8

    def build(b):
        rng = b.rng
        b.width(width)
        if rng.random() < 0.35:
            b.flip_address_size()
        count = rng.choice((0, 1, 2, 3, 5, 8)) if prefix else 1
        if prefix:
            b.prefixes.append(prefix)
            b.is_repeated = True
            b.lock(ECX, b.address_size, count)
        if rng.random() < 0.4:
            b.eflags |= 0x400
        step = -size if b.eflags & 0x400 else size
        source = place_string(b, ESI, b.choose_override("ds"), count, size, step) if uses_source else None
        destination = place_string(b, EDI, "es", count, size, step) if uses_destination else None
        if is_compare:
            fill_compared(b, source, destination, count, width, step, prefix == 0xF2)
        return bytes([opcode])

    return build


def place_string(b, register, segment, count, size, step):
    offset = b._target(segment, 4, None)
    offset = min(max(offset, 0x100 if b.bases[segment] else 0x8100), 0x3FE00)
    b.lock(register, b.address_size, offset)
    physical = b.bases[segment] + offset
    reach = max(count, 1) * size
    low = physical - (reach - size if step < 0 else 0)
    b.window(low - 4, reach + 8)
    return physical


def fill_compared(b, source, destination, count, width, step, until_equal):
    """Makes the scan stop part of the way, or run to its end."""
    stop = b.rng.randrange(count + 1)
    value = b.value(width)
    other = value ^ (1 << b.rng.randrange(width))
    for i in range(count):
        is_equal = (i == stop) if until_equal else (i != stop)
        b.poke(destination + i * step, value if is_equal else other, width)
        if source is not None:
            b.poke(source + i * step, value, width)
    if source is None:
        b.lock(EAX, width, value)


def transfer_forms():
    for family in (stack_forms, jump_forms, far_forms, interrupt_forms, string_forms):
        yield from family()

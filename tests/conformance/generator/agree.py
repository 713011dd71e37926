"""Brings outcomes to one form and says where two of them differ."""

from dataclasses import replace


TF, IOPL, NT = 0x100, 0x3000, 0x4000
COMPARED = 0xED5 | IOPL | NT  # status flags, IF, DF
# Loads of SS delay the step trap by an instruction (SDM vol. 3A, 6.8.3); QEMU does so for LSS and STI, too.
DELAYS_TRAP = ("mov ss,", "pop ss ", "lss ", "fb sti")


def changed_flags_mask(case):
    return COMPARED & ~case.undefined & (~IOPL if not case.mode.is_protected else ~0)


def normalise(case, outcome, is_system):
    """Removes what single-stepping and virtual-8086 mode add: TF and IOPL, error codes, the step after a load of SS."""
    exception, eip, memory = outcome.exception, outcome.eip, outcome.memory
    if exception and not case.mode.is_protected:
        exception = (exception[0], None)
    following = case.eip + len(case.code)
    if is_system and any(text in case.form for text in DELAYS_TRAP) and eip == following + 1:
        eip = following
    if is_system and case.form.startswith("9c ") and not exception:
        memory = (clear_pushed_flags(case, outcome),)
    return replace(outcome, exception=exception, eip=eip, memory=memory)


def clear_pushed_flags(case, outcome):
    """The image PUSHF stored, as it would be without TF and, in real mode, IOPL 3."""
    (address, _), content = case.windows[0], bytearray(outcome.memory[0])
    mask = (1 << case.mode.stack_size) - 1
    base = case.mode.bases["ss"]
    at = base + (outcome.registers[4] & mask) + 1 - address
    content[at] &= ~(TF >> 8) & 0xFF
    if not case.mode.is_protected:
        content[at] &= ~(IOPL >> 8) & 0xFF
    return bytes(content)


NAMES = ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi")
SEGMENTS = ("es", "cs", "ss", "ds", "fs", "gs")


def differences(case, a, b, with_error_code=True):
    found = []
    if (a.exception[:1] != b.exception[:1]) or (with_error_code and a.exception != b.exception):
        found.append(f"exception {a.exception} / {b.exception}")
    for name, x, y in zip(NAMES, a.registers, b.registers):
        if x != y:
            found.append(f"{name} {x:08x} / {y:08x}")
    if a.eip != b.eip:
        found.append(f"eip {a.eip:08x} / {b.eip:08x}")
    mask = changed_flags_mask(case)
    if (a.eflags ^ b.eflags) & mask:
        found.append(f"eflags {a.eflags & mask:05x} / {b.eflags & mask:05x}")
    for name, x, y in zip(SEGMENTS, a.selectors, b.selectors):
        if x != y:
            found.append(f"{name} {x:04x} / {y:04x}")
    for (address, _), x, y in zip(case.windows, a.memory, b.memory):
        if x != y:
            at = next(i for i in range(len(x)) if x[i] != y[i])
            found.append(f"memory {address + at:05x} {x[at : at + 4].hex()} / {y[at : at + 4].hex()}")
    return found

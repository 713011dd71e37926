"""Brings outcomes to one form and says where two of them differ."""

from dataclasses import replace

from outcome import memory_before

TF, IOPL, NT = 0x100, 0x3000, 0x4000
COMPARED = 0xED5 | IOPL | NT  # status flags, IF, DF
# Loads of SS delay the step trap by an instruction (SDM vol. 3A, 6.8.3); QEMU does so for LSS and STI, too.
DELAYS_TRAP = ("mov ss,", "pop ss ", "lss ", "fb sti")


def changed_flags_mask(case):
    return COMPARED & ~case.undefined & (~IOPL if case.mode.is_real else ~0)


# What a fault of the last push leaves of those before it lies below ESP, where no program can count on it.
PUSHES_SEVERAL = ("60 ", "c8 ", "9a ", "ff/3 ")


def normalise(case, outcome, is_system, pattern):
    """Removes what single-stepping and virtual-8086 mode add: TF and IOPL, error codes, the step after a load of SS; and
    the beginnings of what a fault undoes."""
    exception, eip, memory = outcome.exception, outcome.eip, outcome.memory
    if exception and case.mode.is_real:
        exception = (exception[0], None)
    following = case.eip + len(case.code)
    if is_system and any(text in case.form for text in DELAYS_TRAP) and eip == following + 1:
        eip = following
    if is_system and case.form.startswith("9c ") and not exception:
        memory = (clear_pushed_flags(case, outcome),)
    if exception and case.form.startswith(PUSHES_SEVERAL):
        memory = tuple(memory_before(case, pattern))
    return replace(outcome, exception=exception, eip=eip, memory=memory)


def clear_pushed_flags(case, outcome):
    """The image PUSHF stored, as it would be without TF and, in real mode, IOPL 3."""
    (address, _), content = case.windows[0], bytearray(outcome.memory[0])
    mask = (1 << case.mode.stack_size) - 1
    base = case.mode.bases["ss"]
    at = base + (outcome.registers[4] & mask) + 1 - address
    content[at] &= ~(TF >> 8) & 0xFF
    if case.mode.is_real:
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
    if a.fault_address != b.fault_address:
        found.append(f"cr2 {a.fault_address:08x} / {b.fault_address:08x}")
    for (page, _), x, y in zip(case.pages, a.pages, b.pages):
        if x != y:
            found.append(f"pte of {page << 12:08x} {x:08x} / {y:08x}")
    for (address, _), x, y in zip(case.windows, a.memory, b.memory):
        if x != y:
            at = next(i for i in range(len(x)) if x[i] != y[i])
            found.append(f"memory {address + at:05x} {x[at : at + 4].hex()} / {y[at : at + 4].hex()}")
    return found

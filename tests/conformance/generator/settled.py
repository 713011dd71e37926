"""Where QEMU differs from Bochs and the manual, or a real processor, decides for Bochs."""

from dataclasses import replace

PAGE_FAULT, ALIGNMENT_CHECK, WRITING, ACCESSED = 14, 17, 0x2, 0x20

LIMITS = "QEMU's TCG checks no segment limit, type or null selector on an access; SDM vol. 3A, 5.3 to 5.5"

# (text in the form's name, reason)
FORMS = (
    ("across limit", LIMITS),
    ("into limit", LIMITS),
    ("null segment", LIMITS),
    ("read-only segment", LIMITS),
    ("code segment", LIMITS),
    ("execute-only segment", LIMITS),
    ("expand-down segment", LIMITS),
    ("jmp beyond limit", LIMITS),
    ("ud 8f/1", "8F has only /0; SDM vol. 2D, table A-6, group 1A"),
    ("ud c6/1", "C6 has only /0; SDM vol. 2D, table A-6, group 11"),
    ("ud c7/1", "C7 has only /0; SDM vol. 2D, table A-6, group 11"),
    ("ltr ", "a null selector is #GP(0); SDM vol. 2A, LTR"),
    ("lock ", "LOCK is #UD except before a listed instruction with a memory destination; SDM vol. 2A, LOCK"),
    ("f6/1 test", "/1 is an alias of /0 on every processor since the 8086; the SDM leaves it out, QEMU raises #UD"),
    ("f7/1 test", "/1 is an alias of /0 on every processor since the 8086; the SDM leaves it out, QEMU raises #UD"),
)


def checks_alignment(expected, other):
    """QEMU's TCG has no alignment check; SDM vol. 3A, 6.15, interrupt 17."""
    return expected.exception[:1] == (ALIGNMENT_CHECK,)


def modifies_in_one_access(expected, other):
    """What reads, changes and writes an operand is checked for writing at once. QEMU reads first, unless there is a LOCK, so it
    reports a read and sets the accessed bit. A real processor (AMD EPYC, native program, the error code of the signal)
    reports a write for ADD, SHL by 0, CMPXCHG, BTS, XADD, XCHG, NOT and INC, with and without LOCK."""
    if expected.exception[:1] != (PAGE_FAULT,) or other.exception[:1] != (PAGE_FAULT,):
        return False
    is_alike = expected.registers == other.registers and expected.memory == other.memory
    codes = expected.exception[1] ^ other.exception[1]
    entries = [a ^ b for a, b in zip(expected.pages, other.pages)]
    return bool(is_alike and expected.exception[1] & WRITING and codes in (0, WRITING) and set(entries) <= {0, ACCESSED, 0x60})


def enters_conforming_code(expected, other):
    """The RPL of CS becomes CPL whatever the gate's selector has; SDM vol. 2A, CALL and JMP."""
    return replace(expected, selectors=()) == replace(other, selectors=()) and all(
        a == b or a == b | 3 for a, b in zip(expected.selectors, other.selectors))


def is_overruled(case, expected):
    """Where Bochs errs, and QEMU has no alignment check. CALL from CPL 3 to conforming code pushes with CPL 3's rights; POP of a segment
    register reads its whole operand (a real processor, AMD EPYC, native program)."""
    if case.mode.name != "aligned32" or checks_alignment(expected, None):
        return False
    is_pop = " pop " in case.form and case.form.endswith("s w32") and case.registers[4] & 3 != 0
    return is_pop or (case.form.startswith(("9a call ptr", "ff/3 call m")) and expected.selectors[1] & 0xFFFC == 0x60)


def is_settled(case, expected, other):
    if case.mode.name == "aligned32" and checks_alignment(expected, other):
        return True
    if case.form.endswith(" gate") and enters_conforming_code(expected, other):
        return True
    return modifies_in_one_access(expected, other) or any(text in case.form for text, _ in FORMS)

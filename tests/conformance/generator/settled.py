"""Forms where QEMU differs from Bochs and the manual decides for Bochs: (text in the form's name, reason)."""

LIMITS = "QEMU's TCG checks no segment limit, type or null selector on an access; SDM vol. 3A, 5.3 to 5.5"

SETTLED = (
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
    ("lock ", "LOCK is #UD except before a listed instruction with a memory destination; SDM vol. 2A, LOCK"),
    ("f6/1 test", "/1 is an alias of /0 on every processor since the 8086; the SDM leaves it out, QEMU raises #UD"),
    ("f7/1 test", "/1 is an alias of /0 on every processor since the 8086; the SDM leaves it out, QEMU raises #UD"),
)

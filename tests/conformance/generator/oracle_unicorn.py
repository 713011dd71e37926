"""Runs cases on Unicorn. Unicorn gives no error codes and no segment limits; see README.md for what is taken from it."""

import multiprocessing

import unicorn
from unicorn import x86_const as x86

from layout import GDT_ADDRESS, gdt_bytes
from outcome import SEGMENT_ORDER, Outcome, memory_before
from system import system_forms

GENERAL = [x86.UC_X86_REG_EAX, x86.UC_X86_REG_ECX, x86.UC_X86_REG_EDX, x86.UC_X86_REG_EBX,
           x86.UC_X86_REG_ESP, x86.UC_X86_REG_EBP, x86.UC_X86_REG_ESI, x86.UC_X86_REG_EDI]
SEGMENT = {"es": x86.UC_X86_REG_ES, "cs": x86.UC_X86_REG_CS, "ss": x86.UC_X86_REG_SS, "ds": x86.UC_X86_REG_DS,
           "fs": x86.UC_X86_REG_FS, "gs": x86.UC_X86_REG_GS}
TRAPS = (1, 3, 4)
MEMORY_SIZE = 0x100000
BATCH = 300
NOT_RUN = "not run"
LOADS_FLAGS = ("9d ", "cf ")  # POPF, IRET
# What it has no tables, ports or rings for.
UNSUITABLE = frozenset(name for name, _ in system_forms())


class Unicorn:
    def __init__(self, mode):
        self.mode = mode
        self.machine = unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_32 if mode.is_protected else unicorn.UC_MODE_16)
        self.machine.mem_map(0, MEMORY_SIZE)
        self.machine.hook_add(unicorn.UC_HOOK_INTR, self._exception)
        self.machine.hook_add(unicorn.UC_HOOK_INSN_INVALID, self._invalid)
        self.machine.hook_add(unicorn.UC_HOOK_MEM_WRITE, self._write)
        if mode.is_protected:
            table = gdt_bytes()
            self.machine.mem_write(GDT_ADDRESS, table)
            self.machine.reg_write(x86.UC_X86_REG_GDTR, (0, GDT_ADDRESS, len(table) - 1, 0))
        self.vector = None
        self.writes = set()

    def _exception(self, machine, vector, _user):
        self.vector = vector
        machine.emu_stop()

    def _invalid(self, machine, _user):
        self.vector = 6
        machine.emu_stop()
        return True

    def _write(self, _machine, _access, address, size, _value, _user):
        self.writes.update(range(address, address + size))

    def run(self, case, pattern):
        """The outcome, or a string that says why Unicorn has none."""
        if self.mode.name not in ("real16", "prot32") or case.form in UNSUITABLE or case.form.endswith((" gate", " to outer", " to outer bad stack")):
            return NOT_RUN
        machine = self.machine
        before = memory_before(case, pattern)
        start = case.mode.bases["cs"] + case.eip
        for (address, _), content in zip(case.windows, before):
            machine.mem_write(address, content)
        machine.mem_write(start, case.code + b"\x90" * 4)
        machine.ctl_remove_cache(start, start + len(case.code) + 4)
        self.vector, self.writes = None, set()
        try:
            # SS first: in protected mode the privilege checks of the others use it.
            for name in ("ss", "cs", "ds", "es", "fs", "gs"):
                machine.reg_write(SEGMENT[name], case.selectors[name])
            for register, value in zip(GENERAL, case.registers):
                machine.reg_write(register, value)
            machine.reg_write(x86.UC_X86_REG_EFLAGS, case.eflags)
            for _ in range(16 if case.is_repeated else 1):
                machine.reg_write(x86.UC_X86_REG_EIP, case.eip)
                machine.emu_start(start, MEMORY_SIZE, count=1)
                if (machine.reg_read(x86.UC_X86_REG_EIP) - case.eip) & 0xFFFF or self.vector is not None:
                    break
        except unicorn.UcError as error:
            if self.vector is None:
                return f"Unicorn: {error}"
        return self._outcome(case)

    def _outcome(self, case):
        machine = self.machine
        # In real mode Unicorn's EIP may be linear; the segment bases here are multiples of 64 KiB unless CS was loaded.
        eip = machine.reg_read(x86.UC_X86_REG_EIP)
        if not case.mode.is_protected:
            if machine.reg_read(SEGMENT["cs"]) != case.selectors["cs"]:
                return NOT_RUN
            eip &= 0xFFFF
        exception = ()
        if self.vector is not None:
            exception = (self.vector, None)
            is_trap = self.vector in TRAPS or case.form.startswith("cd ")
            eip = case.eip + len(case.code) if is_trap else case.eip
        outside = {a for a in self.writes if not any(s <= a < s + n for s, n in case.windows)}
        if outside:
            return f"writes outside the windows: {sorted(map(hex, outside))[:4]}"
        return Outcome(tuple(machine.reg_read(r) for r in GENERAL), eip, machine.reg_read(x86.UC_X86_REG_EFLAGS),
                       tuple(machine.reg_read(SEGMENT[s]) for s in SEGMENT_ORDER),
                       tuple(bytes(machine.mem_read(a, n)) for a, n in case.windows), exception)


def run_batch(cases, pattern, pipe):
    machines = {}
    for case in cases:
        key = case.mode.name
        if key not in machines:
            machines[key] = Unicorn(case.mode)
        outcome = machines[key].run(case, pattern)
        # Unicorn remembers an exception and makes the next one a double fault, so it does not outlive the first.
        if isinstance(outcome, str) or outcome.exception:
            machines.pop(key)
        pipe.send(outcome)


def is_asked(case, index):
    """A fifth of the cases, since it is slow; always where it alone tells IOPL."""
    return index % 5 == 0 or (case.mode.is_real and case.form.startswith(LOADS_FLAGS))


def run_all(cases, pattern):
    asked = [index for index, case in enumerate(cases) if is_asked(case, index)]
    outcomes = [NOT_RUN] * len(cases)
    for index, outcome in zip(asked, run_asked([cases[index] for index in asked], pattern)):
        outcomes[index] = outcome
    return outcomes


def run_asked(cases, pattern):
    """In child processes: some encodings abort the whole process ("tcg fatal error")."""
    outcomes = []
    while len(outcomes) < len(cases):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        batch = cases[len(outcomes) : len(outcomes) + BATCH]
        child = multiprocessing.Process(target=run_batch, args=(batch, pattern, sender))
        child.start()
        sender.close()
        done = 0
        try:
            while done < len(batch):
                outcomes.append(receiver.recv())
                done += 1
        except EOFError:
            outcomes.append("Unicorn aborts")
        child.join()
    return outcomes

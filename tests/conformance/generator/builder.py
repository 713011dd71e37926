"""Builds one vector's input: encodes the instruction and chooses the state it runs in."""

from dataclasses import dataclass, field

from layout import EFLAGS_AC, CR0_AM, OVERRIDES, PTE_USUAL, code_range, offset_range, stack_range

EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI = range(8)
PATTERN_SIZE = 256
FILLS = (0, 37, 111, 158, 203)
FORBIDDING = (0x00, 0x06, 0x05, 0x05, 0x03, 0x01)  # PTE bits: present 1, writable 2, of the user 4

CORNERS = {
    8: [0, 1, 2, 0x0F, 0x10, 0x7F, 0x80, 0x81, 0x99, 0x9A, 0xFE, 0xFF],
    16: [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFE, 0x7FFF, 0x8000, 0x8001, 0xFF80, 0xFFFE, 0xFFFF],
    32: [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0x80000001,
         0xFFFF8000, 0xFFFFFF80, 0xFFFFFFFE, 0xFFFFFFFF],
}

# base and index of the 16-bit addressing forms; SDM vol. 2A, table 2-1
FORMS16 = [(EBX, ESI), (EBX, EDI), (EBP, ESI), (EBP, EDI), (ESI, None), (EDI, None), (EBP, None), (EBX, None)]


class Unsolvable(Exception):
    """No register value brings this addressing form to the wanted offset; choose another."""


@dataclass(frozen=True)
class Pool:
    """What vectors share, which keeps the file small: numbers, and whole sets of the eight registers."""

    values: list
    files: list


@dataclass(frozen=True)
class Case:
    form: str
    mode: object
    code: bytes
    file: int  # index of the pool's registers that `registers` are a variation of
    registers: tuple
    eip: int
    eflags: int
    selectors: dict
    fill: int
    windows: tuple  # (physical address, length), ascending, disjoint
    pokes: tuple  # (physical address, bytes) over the fill pattern
    undefined: int
    is_repeated: bool
    pages: tuple  # (number, PTE) of the pages that the windows and the code lie in, where paging is on

    @property
    def code_physical(self):
        base = self.selectors["cs"] * 16 if not self.mode.is_protected else self.mode.bases["cs"]
        return base + self.eip


def pattern_byte(pattern, fill, address):
    return pattern[(address + fill) % PATTERN_SIZE]


@dataclass
class Builder:
    rng: object
    mode: object
    form: str
    pool: Pool
    registers: list = field(default_factory=list)
    locked: set = field(default_factory=set)
    prefixes: list = field(default_factory=list)
    pokes: dict = field(default_factory=dict)
    bytes_used: set = field(default_factory=set)
    undefined: int = 0
    is_repeated: bool = False
    operand_size: int = 0
    address_size: int = 0
    override: str = ""

    def __post_init__(self):
        rng = self.rng
        self.file = rng.randrange(len(self.pool.files))
        self.registers = list(self.pool.files[self.file])
        self.operand_size = self.address_size = self.mode.size
        self.fill = rng.choice(FILLS)
        self.eflags = 0x0002 | (rng.getrandbits(12) & 0x8D5) | (0x200 if rng.random() < 0.3 else 0)
        if self.mode.cpl == 3:
            self.eflags |= rng.choice((0x0000, 0x3000) if self.mode.is_virtual else (0x0000, 0x1000, 0x3000))
        if self.mode.cr0 & CR0_AM:
            self.eflags |= EFLAGS_AC
        low, _ = code_range(self.mode)
        self.eip = low + 0x100 * rng.randrange(0, 0x80, 8) + rng.choice((0, 0, 1, 2, 3, 7))
        if self.mode.is_paged and rng.random() < 0.1:
            self.eip = (self.eip | 0xFFF) - rng.randrange(6)
        self.selectors = dict(self.mode.selectors)
        self.bases = dict(self.mode.bases)

    # --- state -------------------------------------------------------------------------------------------------

    def value(self, width):
        if self.rng.random() < 0.5:
            return self.rng.choice(CORNERS[width])
        return self.rng.choice(self.pool.values) & ((1 << width) - 1)

    def set(self, register, width, value):
        """Sets a register's low bits unless the addressing form has claimed it. 8-bit registers 4-7 are AH, CH, DH, BH."""
        shift = 0
        if width == 8 and register >= 4:
            register, shift = register - 4, 8
        if register in self.locked:
            return False
        mask = ((1 << width) - 1) << shift
        self.registers[register] = (self.registers[register] & ~mask & 0xFFFFFFFF) | ((value << shift) & mask)
        return True

    def lock(self, register, width, value):
        self.set(register, width, value)
        self.locked.add(register & 3 if width == 8 else register)

    def window(self, physical, length):
        self.bytes_used.update(range(physical, physical + length))

    def poke(self, physical, value, width):
        for i in range(width // 8):
            self.pokes[physical + i] = (value >> (8 * i)) & 0xFF

    def stack(self, below=40, above=40, fixed=None):
        """Points the stack pointer into the stack area and returns its offset."""
        low, high = stack_range(self.mode)
        offset = fixed if fixed is not None else self.rng.randrange(low, high)
        if fixed is None and self.mode.is_paged and self.rng.random() < 0.4:
            offset = (offset & ~0xFFF | 0x1000) + self.rng.choice((-8, -4, -2, 0, 2, 4, 8))
        if fixed is None and self.rng.random() < 0.7:
            offset &= ~3
        self.lock(ESP, self.mode.stack_size, offset)
        base = self.bases["ss"]
        self.window(base + offset - below, below + above)
        return offset

    def stack_physical(self):
        mask = (1 << self.mode.stack_size) - 1
        return self.bases["ss"] + (self.registers[ESP] & mask)

    # --- encoding ----------------------------------------------------------------------------------------------

    def width(self, width):
        if width != 8 and width != self.operand_size:
            self.prefixes.append(0x66)
            self.operand_size = width

    def flip_address_size(self):
        self.prefixes.append(0x67)
        self.address_size = 48 - self.address_size

    def choose_override(self, default, chance=0.15, allowed=("es", "ss", "ds", "fs", "gs")):
        if self.rng.random() < chance:
            self.override = self.rng.choice(allowed)
            self.prefixes.append(OVERRIDES[self.override])
            return self.override
        return default

    def memory(self, reg, size, flip=0.25, target=None, guard=4, form=None):
        """A ModRM memory operand of `size` bytes; returns (encoding, physical address)."""
        if self.rng.random() < flip:
            self.flip_address_size()
        for _ in range(100):
            saved = list(self.registers)
            try:
                return self._memory32(reg, size, target, guard, form) if self.address_size == 32 else self._memory16(
                    reg, size, target, guard, form)
            except Unsolvable:
                self.registers = saved
        raise Unsolvable(self.form)

    def _target(self, segment, size, target):
        if target is not None:
            return target
        low, high = offset_range(self.mode, segment, self.address_size)
        offset = self.rng.randrange(low, high - size)
        boundary = offset & ~0xFFF
        if self.mode.is_paged and boundary > low + size and self.rng.random() < 0.4:
            return boundary - self.rng.randrange(size + 2)
        return offset & ~(size - 1) if self.rng.random() < 0.5 and size & (size - 1) == 0 else offset

    def _segment_for(self, base):
        default = "ss" if base in (ESP, EBP) else "ds"
        return self.override or self.choose_override(default)

    def _memory32(self, reg, size, target, guard, form):
        rng = self.rng
        mod, rm, sib = form if form else (rng.randrange(3), rng.randrange(8), rng.randrange(256))
        base, index, scale = rm, None, 0
        if rm == 4:
            base, index, scale = sib & 7, (sib >> 3) & 7, sib >> 6
            index = None if index == 4 else index
        if mod == 0 and base == 5:
            base = None
        segment = self._segment_for(base)
        offset = self._target(segment, size, target)
        displacement_size = 4 if mod == 2 or base is None else mod
        displacement = self.value(8) if displacement_size == 1 else rng.choice(self.pool.values) if displacement_size == 4 else 0
        signed = displacement - 0x100 if displacement_size == 1 and displacement & 0x80 else displacement
        terms = [(register, factor) for register, factor in ((base, 1), (index, 1 << scale)) if register is not None]
        if displacement_size == 4 and (base is None or rng.random() < 0.5 or all(t[0] in self.locked for t in terms)):
            displacement = (offset - sum(self.registers[r] * f for r, f in terms)) & 0xFFFFFFFF
        else:
            self._solve(terms, (offset - signed) & 0xFFFFFFFF, 32)
        self.locked.update(r for r, _ in terms)
        code = bytes([(mod << 6) | (reg << 3) | rm]) + (bytes([sib]) if rm == 4 else b"")
        code += displacement.to_bytes(displacement_size, "little")
        return code, self._place(segment, offset, size, guard)

    def _memory16(self, reg, size, target, guard, form):
        rng = self.rng
        mod, rm = form[:2] if form else (rng.randrange(3), rng.randrange(8))
        base, index = FORMS16[rm]
        if mod == 0 and rm == 6:
            base = None
        segment = self._segment_for(base)
        offset = self._target(segment, size, target)
        displacement_size = 2 if mod == 2 or base is None else mod
        displacement = self.value(8) if displacement_size == 1 else self.value(16) if displacement_size == 2 else 0
        signed = displacement - 0x100 if displacement_size == 1 and displacement & 0x80 else displacement
        terms = [(register, 1) for register in (base, index) if register is not None]
        if displacement_size == 2 and (base is None or rng.random() < 0.5 or all(t[0] in self.locked for t in terms)):
            displacement = (offset - sum(self.registers[r] for r, _ in terms)) & 0xFFFF
        else:
            self._solve(terms, (offset - signed) & 0xFFFF, 16)
        self.locked.update(r for r, _ in terms)
        code = bytes([(mod << 6) | (reg << 3) | rm]) + displacement.to_bytes(displacement_size, "little")
        return code, self._place(segment, offset, size, guard)

    def _solve(self, terms, wanted, bits):
        """Gives one free register the value that makes the sum of register * factor equal `wanted`."""
        factors = {}
        for register, factor in terms:
            factors[register] = factors.get(register, 0) + factor
        modulus = 1 << bits
        free = sorted((f, r) for r, f in factors.items() if r not in self.locked and (f % 2 == 1 or f == 2))
        odd = [pair for pair in free if pair[0] != 2]
        if not free:
            raise Unsolvable(self.form)
        factor, register = odd[0] if odd else free[0]
        wanted = (wanted - sum(self.registers[r] * f for r, f in factors.items() if r != register)) % modulus
        if factor == 2 and wanted % 2 == 1:
            raise Unsolvable(self.form)
        value = wanted // 2 if factor == 2 else wanted * pow(factor, -1, modulus) % modulus
        self.registers[register] = (self.registers[register] & ~(modulus - 1) & 0xFFFFFFFF) | value

    def _place(self, segment, offset, size, guard):
        physical = self.bases[segment] + offset
        if guard is not None:
            self.window(physical - guard, size + 2 * guard)
        return physical

    # --- result ------------------------------------------------------------------------------------------------

    def finish(self, body):
        code = bytes(self.prefixes) + body
        windows = []
        for address in sorted(self.bytes_used):
            if windows and windows[-1][0] + windows[-1][1] == address:
                windows[-1][1] += 1
            else:
                windows.append([address, 1])
        code_start = self.bases["cs"] + self.eip
        if any(a < code_start + len(code) + 8 and code_start - 8 < a + n for a, n in windows):
            raise Unsolvable(self.form)
        pages = self._pages(range(code_start, code_start + len(code)))
        runs = []
        for address in sorted(a for a in self.pokes if a in self.bytes_used):
            if runs and runs[-1][0] + len(runs[-1][1]) == address:
                runs[-1][1].append(self.pokes[address])
            else:
                runs.append([address, bytearray([self.pokes[address]])])
        return Case(self.form, self.mode, code, self.file, tuple(self.registers), self.eip, self.eflags, dict(self.selectors),
                    self.fill, tuple(tuple(w) for w in windows), tuple((a, bytes(b)) for a, b in runs), self.undefined,
                    self.is_repeated, pages)

    def _pages(self, code):
        """The pages of the windows and of the code; six times in ten one of them forbids something."""
        if not self.mode.is_paged:
            return ()
        data = sorted({address >> 12 for address in self.bytes_used})
        numbers = sorted({*data, *(address >> 12 for address in code)})
        entries = {number: (number << 12) | PTE_USUAL for number in numbers}
        if self.rng.random() < 0.6:
            number = self.rng.choice(data if data and self.rng.random() < 0.85 else numbers)
            entries[number] = (number << 12) | self.rng.choice(FORBIDDING)
        return tuple(entries.items())

"""Cases for the x87: every instruction, with hard operands, all rounding and precision modes and masks, and stack faults."""
import random

from pools import extended, extended_pool, floats32, floats64, packed

BINARY = ['d8%02x' % (0xc0 + 8 * d + 1) for d in range(8)] + ['dc%02x' % (0xc0 + 8 * d + 1) for d in range(8)] + \
    ['de%02x' % (0xc0 + 8 * d + 1) for d in (0, 1, 2, 4, 5, 6, 7)] + \
    ['ded9', 'dde1', 'dde9', 'dae9', 'dbe9', 'dbf1', 'dfe9', 'dff1', 'd9f5', 'd9f8', 'd9fd', 'd9c9', 'ddc9', 'dfc9']
UNARY = ['d9e0', 'd9e1', 'd9e4', 'd9e5', 'd9f4', 'd9fa', 'd9fc', 'd8c0', 'd8c8', 'd8f0', 'ddd2', 'ddda', 'd9db', 'dfd3', 'dfdb', 'd9c0', 'd9c1']
TRANSCENDENTAL_ONE = ['d9f0', 'd9f2', 'd9fb', 'd9fe', 'd9ff']
TRANSCENDENTAL_TWO = ['d9f1', 'd9f3', 'd9f9']
CONSTANTS = ['d9%02x' % b for b in range(0xe8, 0xef)]
CONTROL = ['d9d0', 'd9f6', 'd9f7', 'ddc1', 'ddc0', 'dfc1', 'dbe2', 'dbe3', 'dfe0', '9b', 'dbe0', 'dbe1', 'dbe4']
MOVES = ['da%02x' % (0xc1 + 8 * d) for d in range(4)] + ['db%02x' % (0xc1 + 8 * d) for d in range(4)]
STORES = {'d917': 4, 'd91f': 4, 'dd17': 8, 'dd1f': 8, 'db3f': 10, 'df17': 2, 'df1f': 2, 'db17': 4, 'db1f': 4, 'df3f': 8, 'df37': 10}
TRUNCATIONS = {'df0f': 2, 'db0f': 4, 'dd0f': 8}
CONTROL_STORES = {'d93f': 2, 'dd3f': 2}


def memory_forms():
    for digit in range(8):
        modrm = '%02x' % (digit * 8 + 7)
        for opcode, kind in (('d8', 'f32'), ('dc', 'f64'), ('da', 'i32'), ('de', 'i16')):
            yield opcode + modrm, kind
    for code, kind in (('d907', 'f32'), ('dd07', 'f64'), ('db2f', 'f80'), ('df07', 'i16'), ('db07', 'i32'), ('df2f', 'i64'), ('df27', 'bcd')):
        yield code, kind


def integers(rng, size):
    edge = [0, 1, -1, 2, 10, (1 << (8 * size - 1)) - 1, -(1 << (8 * size - 1)), 1 - (1 << (8 * size - 1))]
    return [n.to_bytes(size, 'little', signed=True) for n in edge + [rng.randrange(-(1 << (8 * size - 1)), 1 << (8 * size - 1)) for _ in range(8)]]


def decimals(rng):
    out = [bytes(10), bytes(9) + b'\x80', b'\x99' * 9 + b'\x00', b'\x99' * 9 + b'\x80', b'\x01' + bytes(8) + b'\x80']
    for _ in range(10):
        digits = bytes((rng.randrange(10) << 4) | rng.randrange(10) for _ in range(9))
        out.append(digits + bytes([rng.choice((0, 0x80))]))
    return out


class Cases:
    """A case: code, control word, status word, the stack (None is an empty register), memory, eflags, ax."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.pool = extended_pool(seed)
        self.cases = []

    def control(self):
        rng = self.rng
        masks = 0x3f if rng.random() < 0.65 else rng.choice((0, rng.getrandbits(6), 0x3f ^ (1 << rng.randrange(6))))
        precision = rng.choice((3, 3, 3, 0, 2, 2))
        return (rng.choice((0, 0, 1, 2, 3)) << 10) | (precision << 8) | 0x40 | masks

    def add(self, code, stack, memory=b'', control=None, eflags=0, status=None):
        control = self.control() if control is None else control
        if status is None:
            status = (self.rng.getrandbits(3) << 11) | (self.rng.getrandbits(16) & 0x4700)
        self.cases.append({'code': bytes.fromhex(code), 'control': control, 'status': status, 'stack': stack,
                           'memory': memory, 'eflags': eflags, 'eax': 0x12345678})

    def value(self):
        return self.rng.choice(self.pool)

    def near(self, value):
        """Another value of about the same size: results near 0, ratios near 1."""
        top = int.from_bytes(value[8:], 'little')
        exponent = min(max((top & 0x7fff) + self.rng.choice((-1, 0, 0, 1)), 1), 0x7ffe)
        return extended(exponent, (1 << 63) | self.rng.choice((self.rng.getrandbits(63), int.from_bytes(value[:8], 'little') ^ 1)), self.rng.getrandbits(1))

    def pairs(self, count):
        for _ in range(count):
            a = self.value()
            yield a, (self.near(a) if self.rng.random() < 0.25 else self.value())

    def build(self):
        rng = self.rng
        for code in BINARY:
            for a, b in self.pairs(230):
                self.add(code, [a, b], eflags=rng.choice((0, 0x8d5)))
        for code in UNARY:
            for value in self.pool[::2] if code[:2] == 'dd' or code[:2] == 'df' else self.pool:
                self.add(code, [value, self.value()])
        for code, kind in memory_forms():
            sources = {'f32': packed(floats32(1), 'I'), 'f64': packed(floats64(2), 'Q'), 'f80': self.pool, 'i16': integers(rng, 2),
                       'i32': integers(rng, 4), 'i64': integers(rng, 8), 'bcd': decimals(rng)}[kind]
            loads = code[2:] in ('07', '2f', '27') and code[:2] in ('d9', 'dd', 'db', 'df')
            for _ in range(130):
                stack = [] if loads else [self.value()]
                self.add(code, stack, rng.choice(sources))
        for code, size in STORES.items():
            for value in self.pool:
                self.add(code, [value, None, value], bytes([0xa5] * size))
        for code, size in CONTROL_STORES.items():
            for _ in range(8):
                self.add(code, [self.value()], bytes([0xa5] * size))
        for code in CONSTANTS:
            for rounding in range(4):
                for precision in (0, 2, 3):
                    self.add(code, [], control=(rounding << 10) | (precision << 8) | 0x7f)
        for code in MOVES:
            for flags in (0, 1, 4, 0x40, 0x45, 0x8d5):
                self.add(code, [self.value(), self.value()], eflags=flags)
        for code in CONTROL:
            for _ in range(6):
                self.add(code, [self.value(), self.value(), None, self.value()])
        for word in [0, 0xffff, 0x37f, 0xf7f, 0x1040] + [rng.getrandbits(16) for _ in range(12)]:
            self.add('d92f', [self.value()], word.to_bytes(2, 'little'))
        self.stack_faults()
        self.transcendental()
        self.truncations()
        return self.cases

    def truncations(self):
        for code, size in TRUNCATIONS.items():
            for value in self.pool:
                self.add(code, [value, None, value], bytes([0xa5] * size))
            for control in (0x37f, 0x37e, 0x340):
                for stack in ([], [None, self.pool[3]]):
                    self.add(code, stack, bytes([0xa5] * size), control)

    def stack_faults(self):
        codes = BINARY + UNARY + TRANSCENDENTAL_ONE + TRANSCENDENTAL_TWO + CONSTANTS + MOVES + list(STORES)
        full = [self.pool[20 + i] for i in range(8)]
        for code in codes:
            memory = bytes([0xa5] * STORES.get(code, 0))
            for control in (0x37f, 0x37e, 0x340):
                for stack in ([], [None, full[0]], [full[1], None], full):
                    self.add(code, stack, memory, control)
        for code, kind in memory_forms():
            memory = bytes(10)[:{'f32': 4, 'f64': 8, 'f80': 10, 'i16': 2, 'i32': 4, 'i64': 8, 'bcd': 10}[kind]]
            for control in (0x37f, 0x37e):
                for stack in ([], full):
                    self.add(code, stack, memory, control)

    def transcendental(self):
        rng = self.rng
        for code in TRANSCENDENTAL_ONE:
            for value in self.pool:
                self.add(code, [value])
            for _ in range(200):
                low, high = (-70, -1) if code == 'd9f0' else (-70, 62)
                exponent = rng.choice((rng.randrange(low, high + 1), rng.randrange(-4, 0), rng.randrange(-4, 5)))
                exponent = min(exponent, high)
                self.add(code, [extended(exponent + 16383, (1 << 63) | rng.getrandbits(63), rng.getrandbits(1))])
        for code in TRANSCENDENTAL_TWO:
            for a, b in self.pairs(250):
                self.add(code, [a, b])
            for _ in range(200):
                sign = 0 if code == 'd9f1' else rng.getrandbits(1)
                low, high = (-60, -3) if code == 'd9f9' else (-60, 60)
                a = extended(rng.choice((rng.randrange(low, high + 1), rng.randrange(-6, -2), -2 if code == 'd9f9' else 0)) + 16383, (1 << 63) | (rng.getrandbits(63) >> (2 if code == 'd9f9' else 0)), sign)
                b = extended(rng.randrange(-30, 30) + 16383, (1 << 63) | rng.getrandbits(63), rng.getrandbits(1))
                self.add(code, [a, b])

"""Cases for MMX, SSE, SSE2 and SSE3: every instruction with a register and with memory, hard operands, all rounding modes and masks."""
import random
import struct

from pools import floats32, floats64

REGISTERS, MEMORY = 'ca', '0f'  # ModRM of (1, 2) and of (1, [edi])

MMX_AND_XMM = ['60', '61', '62', '63', '64', '65', '66', '67', '68', '69', '6a', '6b', '74', '75', '76', 'd1', 'd2', 'd3', 'd4', 'd5',
               'd8', 'd9', 'da', 'db', 'dc', 'dd', 'de', 'df', 'e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e8', 'e9', 'ea', 'eb', 'ec', 'ed', 'ee',
               'ef', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f8', 'f9', 'fa', 'fb', 'fc', 'fd', 'fe']
SHIFT_COUNTS = {'d1', 'd2', 'd3', 'e1', 'e2', 'f1', 'f2', 'f3'}
IMMEDIATE_SHIFTS = [('71', d) for d in (2, 4, 6)] + [('72', d) for d in (2, 4, 6)] + [('73', d) for d in (2, 6)]
FLOATS = ['51', '58', '59', '5c', '5d', '5e', '5f']
PREFIXES = (('', 'single', 16), ('66', 'double', 16), ('f3', 'single', 4), ('f2', 'double', 8))

# prefix, opcode, kind of the source, bytes of it in memory, forms (r register, m memory), immediates
OTHERS = [
    ('', '10', 'int', 16, 'rm'), ('66', '10', 'int', 16, 'rm'), ('f3', '10', 'int', 4, 'rm'), ('f2', '10', 'int', 8, 'rm'),
    ('', '11', 'int', 16, 'rm'), ('66', '11', 'int', 16, 'rm'), ('f3', '11', 'int', 4, 'rm'), ('f2', '11', 'int', 8, 'rm'),
    ('', '12', 'int', 8, 'rm'), ('66', '12', 'int', 8, 'm'), ('', '13', 'int', 8, 'm'), ('66', '13', 'int', 8, 'm'),
    ('', '14', 'int', 16, 'rm'), ('66', '14', 'int', 16, 'rm'), ('', '15', 'int', 16, 'rm'), ('66', '15', 'int', 16, 'rm'),
    ('', '16', 'int', 8, 'rm'), ('66', '16', 'int', 8, 'm'), ('', '17', 'int', 8, 'm'), ('66', '17', 'int', 8, 'm'),
    ('', '28', 'int', 16, 'rm'), ('66', '28', 'int', 16, 'rm'), ('', '29', 'int', 16, 'rm'), ('66', '29', 'int', 16, 'rm'),
    ('', '2b', 'int', 16, 'm'), ('66', '2b', 'int', 16, 'm'), ('', '54', 'int', 16, 'rm'), ('66', '54', 'int', 16, 'rm'),
    ('', '55', 'int', 16, 'rm'), ('66', '55', 'int', 16, 'rm'), ('', '56', 'int', 16, 'rm'), ('66', '56', 'int', 16, 'rm'),
    ('', '57', 'int', 16, 'rm'), ('66', '57', 'int', 16, 'rm'), ('66', '6c', 'int', 16, 'rm'), ('66', '6d', 'int', 16, 'rm'),
    ('', '6f', 'int', 8, 'rm'), ('66', '6f', 'int', 16, 'rm'), ('f3', '6f', 'int', 16, 'rm'),
    ('', '7f', 'int', 8, 'rm'), ('66', '7f', 'int', 16, 'rm'), ('f3', '7f', 'int', 16, 'rm'),
    ('f3', '7e', 'int', 8, 'rm'), ('66', 'd6', 'int', 8, 'rm'), ('f3', 'd6', 'int', 16, 'r'), ('f2', 'd6', 'int', 16, 'r'),
    ('', 'e7', 'int', 8, 'm'), ('66', 'e7', 'int', 16, 'm'), ('', 'f7', 'int', 8, 'r'), ('66', 'f7', 'int', 16, 'r'), ('', '77', 'int', 8, '-'),
]
CONVERSIONS = [
    ('', '2a', 'int', 8, 'rm'), ('66', '2a', 'int', 8, 'rm'), ('', '2c', 'single', 8, 'rm'), ('66', '2c', 'double', 16, 'rm'),
    ('', '2d', 'single', 8, 'rm'), ('66', '2d', 'double', 16, 'rm'), ('', '5a', 'single', 8, 'rm'), ('66', '5a', 'double', 16, 'rm'),
    ('f3', '5a', 'single', 4, 'rm'), ('f2', '5a', 'double', 8, 'rm'), ('', '5b', 'int', 16, 'rm'), ('66', '5b', 'single', 16, 'rm'),
    ('f3', '5b', 'single', 16, 'rm'), ('66', 'e6', 'double', 16, 'rm'), ('f3', 'e6', 'int', 8, 'rm'), ('f2', 'e6', 'double', 16, 'rm'),
    ('', '2e', 'single', 4, 'rm'), ('66', '2e', 'double', 8, 'rm'), ('', '2f', 'single', 4, 'rm'), ('66', '2f', 'double', 8, 'rm'),
    ('', '52', 'single', 16, 'rm'), ('f3', '52', 'single', 4, 'rm'), ('', '53', 'single', 16, 'rm'), ('f3', '53', 'single', 4, 'rm'),
]
SHUFFLES = [('', '70', 8), ('66', '70', 16), ('f3', '70', 16), ('f2', '70', 16), ('', 'c6', 16), ('66', 'c6', 16)]


class Cases:
    """A case: code, MXCSR, values of register 1 and 2 (XMM, and MMX by their lower halves), memory, eax, eflags, x87 top and tags."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        single, double = floats32(seed), floats64(seed)
        edge = [0, 0xff, 0x80, 0x7f, 1, 0xffff, 0x8000, 0x7fff]
        self.pool = {
            'single': [struct.pack('<4I', *(rng.choice(single) for _ in range(4))) for _ in range(260)],
            'double': [struct.pack('<2Q', *(rng.choice(double) for _ in range(2))) for _ in range(260)],
            'int': [bytes(rng.choice(edge) & 0xff if rng.random() < 0.5 else rng.getrandbits(8) for _ in range(16)) for _ in range(90)] +
                   [struct.pack('<4I', *(rng.choice((0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x1000001, 0x7fff8000, 33554433)) for _ in range(4)))
                    for _ in range(30)],
            'count': [struct.pack('<QQ', n, rng.getrandbits(64)) for n in (0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 128, 255, 256, 1 << 32, 1 << 63)],
        }
        self.cases = []

    def mxcsr(self):
        rng = self.rng
        masks = 0x3f if rng.random() < 0.7 else rng.choice((0, rng.getrandbits(6), 0x3f ^ (1 << rng.randrange(6))))
        flags = rng.choice((0, 0, rng.getrandbits(6)))
        return (rng.choice((0, 0, 1, 2, 3)) << 13) | (rng.choice((0, 0, 0, 1)) << 15) | (rng.choice((0, 0, 0, 1)) << 6) | (masks << 7) | flags

    def add(self, code, kind, source=None, offset=0):
        rng = self.rng
        source = source or kind
        a = rng.choice(self.pool[kind])
        b = rng.choice(self.pool[source])
        if kind in ('single', 'double') and rng.random() < 0.15:
            a = b
        self.cases.append({'code': bytes.fromhex(code), 'mxcsr': self.mxcsr(), 'a': a, 'b': b, 'memory': b,
                           'eax': rng.choice((0, 1, 0x80000000, 0x7fffffff, 0xffffffff, rng.getrandbits(32))), 'eflags': rng.choice((0, 0x8d5)),
                           'top': rng.randrange(8), 'tags': rng.getrandbits(8)})

    def both(self, prefix, opcode, kind, count, forms='rm', source=None, immediate=''):
        for form in forms:
            modrm = {'r': REGISTERS, 'm': MEMORY, '-': ''}[form]
            for _ in range(count if form == 'r' else max(count // 3, 4)):
                tail = '%02x' % self.rng.getrandbits(8) if immediate == 'any' else immediate
                self.add(prefix + '0f' + opcode + modrm + tail, kind, source)

    def build(self):
        rng = self.rng
        for opcode in MMX_AND_XMM:
            source = 'count' if opcode in SHIFT_COUNTS else 'int'
            for prefix in ('', '66'):
                self.both(prefix, opcode, 'int', 20, source=source)
        for opcode, digit in IMMEDIATE_SHIFTS + [('73', 3), ('73', 7)]:
            for prefix in ('66',) if digit in (3, 7) else ('', '66'):
                for count in (0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255):
                    self.add('%s0f%s%02x%02x' % (prefix, opcode, 0xc0 | (digit << 3) | 2, count), 'int')
        for prefix, kind, _ in PREFIXES:
            for opcode in FLOATS:
                self.both(prefix, opcode, kind, 260)
            for predicate in range(8):
                self.both(prefix, 'c2', kind, 40, immediate='%02x' % predicate)
        for prefix, opcode, kind, _, forms in OTHERS:
            self.both(prefix, opcode, kind, 10, forms)
        for prefix, opcode, kind, _, forms in CONVERSIONS:
            self.both(prefix, opcode, kind, 40 if kind == 'int' else 180, forms)
        for prefix, opcode, _ in SHUFFLES:
            self.both(prefix, opcode, 'int', 30, immediate='any')
        for code in ('0f6ec8', '660f6ec8', '0f7ec8', '660f7ec8', '0f6e0f', '660f6e0f', '0f7e0f', '660f7e0f', '0fc307', '0f50c2', '660f50c2',
                     '0fd7c2', '660fd7c2', '0fae1f', '0faee8', '0faef0', '0faef8', '0f1807', '0fae3f'):
            for _ in range(6):
                self.add(code, 'int')
        for code in ('0fc4c8', '660fc4c8', '0fc5c2', '660fc5c2', '0fc40f', '660fc40f'):
            for number in (0, 1, 2, 3, 4, 7, 8, 255):
                self.add(code + '%02x' % number, 'int')
        for prefix, kind in (('f3', 'single'), ('f2', 'double')):
            for code in ('2ac8', '2a0f'):
                for _ in range(30):
                    self.add(prefix + '0f' + code, 'int')
            for opcode in ('2c', '2d'):
                for _ in range(150):
                    self.add(prefix + '0f' + opcode + 'c2', kind)
                for _ in range(20):
                    self.add(prefix + '0f' + opcode + '07', kind)
        for value in (0x1f80, 0, 0xffff, 0x9fc0, 0x5a5a, 0x40):
            self.add('0fae17', 'int')
            self.cases[-1]['memory'] = struct.pack('<I', value) + bytes(12)
        # prefixes that don't go with the opcode
        for code in ('f30ffcca', 'f20ffcca', 'f30f28ca', 'f20f28ca', 'f30f54ca', 'f20f57ca', 'f30f14ca', 'f20f2eca', 'f30fc6ca00', 'f30f60ca',
                     '660f77', '660f12ca', '660f16ca', '0f13ca', '660f13ca', '0f17ca', '0f2bca', '0fe7ca', '660fe7ca', '0f6cca', '0f6dca', '0fd6ca', '0f7107',
                     '0fc3c8', '0ff70f', '660f710f01'):
            self.add(code, 'int')
        self.sse3()
        return self.cases

    def sse3(self):
        for opcode in ('d0', '7c', '7d'):
            for prefix, kind in (('f2', 'single'), ('66', 'double')):
                self.both(prefix, opcode, kind, 260)
        for prefix, opcode, forms in (('f3', '12', 'rm'), ('f3', '16', 'rm'), ('f2', '12', 'rm'), ('f2', 'f0', 'm')):
            self.both(prefix, opcode, 'int', 20, forms)
        for code in ('0fd0ca', 'f30fd0ca', '0f7cca', 'f30f7dca', 'f20f16ca', 'f20ff0ca', '0ff007', '660ff007'):
            self.add(code, 'int')

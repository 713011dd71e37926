"""Hard operands: patterns at the edges of every format, and some plain and random ones."""
import random
import struct

TOP, QUIET = 1 << 63, 1 << 62


def extended(exponent, significand, sign=0):
    return significand.to_bytes(8, 'little') + ((sign << 15) | exponent).to_bytes(2, 'little')


def f80(text_exponent, significand=TOP, sign=0):
    """A number by its unbiased exponent."""
    return extended(text_exponent + 16383, significand, sign)


def extended_pool(seed):
    rng = random.Random(seed)
    pool = []
    for sign in (0, 1):
        pool += [
            extended(0, 0, sign), extended(0, 1, sign), extended(0, TOP - 1, sign), extended(0, 0x4000000000000001, sign),
            extended(0, TOP, sign), extended(0, TOP | 1, sign),  # pseudo-denormals
            extended(1, TOP, sign), extended(1, 2 * TOP - 1, sign), extended(2, TOP | 3, sign), extended(0x41, TOP | 9, sign),
            f80(0, TOP, sign), f80(0, TOP | 1, sign), f80(-1, 2 * TOP - 1, sign), f80(0, 3 << 62, sign), f80(1, 3 << 62, sign),
            f80(1, 0xC90FDAA22168C235, sign), f80(0, 0xC90FDAA22168C235, sign), f80(-2, TOP, sign), f80(-64, TOP, sign),
            f80(-1, TOP, sign), f80(1, TOP, sign), f80(3, 10 << 60, sign), f80(63, TOP, sign), f80(62, 2 * TOP - 1, sign),
            extended(0x7ffe, 2 * TOP - 1, sign), extended(0x7ffe, TOP, sign), extended(0x7fff, TOP, sign),
            extended(0x7fff, 3 << 62, sign), extended(0x7fff, TOP | QUIET | 0x12345, sign),
            extended(0x7fff, TOP | 1, sign), extended(0x7fff, TOP | 0x2abcdef000000000, sign), extended(0x7fff, 2 * TOP - 1, sign),
            extended(0x7fff, 0, sign), extended(0x7fff, 1, sign), extended(0x7fff, QUIET, sign),  # pseudo-infinity, pseudo-NaN
            extended(0x4000, TOP - 1, sign), extended(1, 0, sign), extended(0x3fff, QUIET, sign),  # unnormals
        ]
    for bits in (15, 16, 31, 32, 63, 64):  # limits of integers, and their halves
        for sign in (0, 1):
            pool += [f80(bits - 1, TOP, sign), f80(bits - 1, TOP | 1, sign), f80(bits - 2, 2 * TOP - 1, sign)]
            if bits < 62:
                one = 1 << (64 - bits)
                pool += [f80(bits - 1, TOP | (one >> 1), sign), f80(bits - 2, 2 * TOP - (one >> 1), sign),
                         f80(bits - 2, 2 * TOP - one, sign), f80(bits - 1, TOP | one, sign)]
    for exponent in (-1, 0, 1, 2, 30):  # halfway cases of integers
        pool.append(f80(exponent, 3 << 62))
        pool.append(f80(exponent, 5 << 61, 1))
    for precision, low, high in ((24, -126, 127), (53, -1022, 1023)):  # halfway cases and limits of the shorter formats
        unit = 1 << (64 - precision)
        for sign in (0, 1):
            for tail in (unit // 2, unit // 2 + 1, unit // 2 - 1, 3 * unit // 2, 1):
                pool.append(f80(rng.choice((0, 5, -7)), TOP | tail, sign))
            pool += [f80(high, 2 * TOP - unit, sign), f80(high, 2 * TOP - unit // 2, sign), f80(high, 2 * TOP - unit // 2 - 1, sign),
                     f80(high + 1, TOP, sign), f80(low, TOP, sign), f80(low - 1, 2 * TOP - 1, sign), f80(low - 1, 2 * TOP - unit // 2, sign),
                     f80(low - 1, 2 * TOP - unit, sign), f80(low - precision + 1, TOP, sign), f80(low - precision, TOP, sign),
                     f80(low - precision, TOP | 1, sign), f80(low - precision - 1, 3 << 62, sign), f80(low - 3, TOP | 5 * unit, sign)]
    for _ in range(40):
        pool.append(f80(rng.randrange(-20, 21), TOP | rng.getrandbits(63), rng.getrandbits(1)))
    for _ in range(12):
        pool.append(f80(rng.randrange(-16380, 16380), TOP | rng.getrandbits(63), rng.getrandbits(1)))
    for _ in range(16):
        pool.append(f80(rng.randrange(0, 24), TOP | (rng.getrandbits(16) << 47), rng.getrandbits(1)))
    return pool


def floats32(seed):
    rng = random.Random(seed)
    pool = []
    for sign in (0, 1 << 31):
        pool += [sign | bits for bits in (
            0, 1, 0x7fffff, 0x400001, 0x800000, 0x800001, 0xffffff, 0x3f800000, 0x3f800001, 0x3f7fffff, 0x3f000000, 0x40400000, 0x40490fdb,
            0x7f7fffff, 0x7f000000, 0x7f800000, 0x7fc00000, 0x7fc12345, 0x7f800001, 0x7fa55555, 0x7fffffff, 0x1f800000, 0x20000001, 0x5f800000,
            0x4effffff, 0x4f000000, 0x4f000001, 0x4b000001, 0x4a800001, 0x3fc00000, 0x40200000, 0x34000000, 0x33800000, 0x33800001, 0x00c00001,
            0x5effffff, 0x5f000000, 0x46fffe00, 0x47000000, 0x477fff00)]
    pool += [rng.getrandbits(32) for _ in range(10)]
    pool += [(rng.randrange(110, 145) << 23) | rng.getrandbits(23) | (rng.getrandbits(1) << 31) for _ in range(30)]
    return pool


def floats64(seed):
    rng = random.Random(seed)
    pool = []
    for sign in (0, 1 << 63):
        pool += [sign | bits for bits in (
            0, 1, 0xfffffffffffff, 0x8000000000001, 0x10000000000000, 0x10000000000001, 0x1fffffffffffff, 0x3ff0000000000000,
            0x3ff0000000000001, 0x3fefffffffffffff, 0x3fe0000000000000, 0x4008000000000000, 0x400921fb54442d18, 0x7fefffffffffffff,
            0x7fe0000000000000, 0x7ff0000000000000, 0x7ff8000000000000, 0x7ff8000012345678, 0x7ff0000000000001, 0x7ff4abcdef000000,
            0x7fffffffffffffff, 0x1ff0000000000000, 0x2000000000000001, 0x5ff0000000000000, 0x41dfffffffc00000, 0x41dfffffffe00000,
            0x41e0000000000000, 0x41e0000000100000, 0x41dfffffffffffff, 0x43dfffffffffffff, 0x43e0000000000000, 0x4330000000000001,
            0x4320000000000001, 0x3ff8000000000000, 0x4004000000000000, 0x47efffffe0000000, 0x47effffff0000000, 0x47efffffefffffff,
            0x3810000000000000, 0x380fffffffffffff, 0x380fffffe0000000, 0x36a0000000000000, 0x3690000000000000, 0x3690000000000001,
            0x3ff0000010000000, 0x3ff0000030000000, 0x3ff0000010000001, 0x3cb0000000000000, 0x3ca0000000000000, 0x0018000000000001)]
    pool += [rng.getrandbits(64) for _ in range(10)]
    pool += [(rng.randrange(1005, 1045) << 52) | rng.getrandbits(52) | (rng.getrandbits(1) << 63) for _ in range(30)]
    return pool


def packed(values, letter):
    return [struct.pack('<' + letter, value) for value in values]

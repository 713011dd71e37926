#!/usr/bin/env python3
"""Writes transcendental.txt.gz: correctly rounded results of the x87's transcendental instructions by mpmath (python3-mpmath)."""
import gzip
import os
import random

from mpmath import atan2, cos, expm1, floor, frexp, log, log1p, mp, mpf, sin

HERE = os.path.dirname(os.path.abspath(__file__))
mp.prec = 2000
PI = mpf(0x3243f6a8885a308d3) * mpf(2) ** -64  # the 66 bits that processors reduce arguments by

# code, exponents of ST(0), exponents of ST(1); signs where they are free
KINDS = (('d9f0', (-80, -1), None), ('d9f1', (-16000, 16000), (-300, 300)), ('d9f1', (-2, 2), (-5, 5)), ('d9f1', (0, 0), (0, 0)),
         ('d9f1', (-1, -1), (0, 0)), ('d9f2', (-70, 62), None), ('d9f2', (-3, 5), None), ('d9f3', (-5, 5), (-5, 5)),
         ('d9f3', (-200, 200), (-200, 200)), ('d9f9', (-80, -3), (-10, 10)), ('d9fe', (-70, 62), None), ('d9fe', (-3, 6), None),
         ('d9ff', (-70, 62), None), ('d9ff', (-3, 6), None))


def value(number):
    sign, exponent, significand = number
    return (-1) ** sign * mpf(significand) * mpf(2) ** (exponent - 63)


def exact(code, x, y):
    if code == 'd9f0':
        return expm1(x * log(2))
    if code == 'd9f1':
        return y * log(x) / log(2)
    if code == 'd9f9':
        return y * log1p(x) / log(2)
    if code == 'd9f3':
        return atan2(y, x)
    quarters = int(floor(x / (PI / 2) + mpf(1) / 2))
    rest = x - quarters * PI / 2
    s, c = [(sin(rest), cos(rest)), (cos(rest), -sin(rest)), (-sin(rest), -cos(rest)), (-cos(rest), sin(rest))][quarters & 3]
    return {'d9f2': lambda: s / c, 'd9fe': lambda: s, 'd9ff': lambda: c}[code]()


def rounded(v, mode):
    """The 80-bit number next to v, none of which is denormal or too large here."""
    sign = 1 if v < 0 else 0
    exponent = frexp(abs(v))[1] - 1
    scaled = abs(v) * mpf(2) ** (63 - exponent)
    whole = int(floor(scaled))
    left = scaled - whole
    assert abs(left - mpf(1) / 2) > mpf(2) ** -200 and left != 0
    up = left > mpf(1) / 2 if mode == 0 else mode == 2 - sign  # 1 is down, 2 up, 3 to zero
    whole += up and mode != 3
    if whole == 1 << 64:
        whole, exponent = 1 << 63, exponent + 1
    return sign, exponent, whole


def text(number):
    sign, exponent, significand = number
    return significand.to_bytes(8, 'little').hex() + ((sign << 15) | (exponent + 16383)).to_bytes(2, 'little').hex()


def main():
    rng = random.Random(387)
    lines = []
    for code, first, second in KINDS:
        for n in range(90):
            def pick(exponents, sign):
                near = n % 5 == 0
                bits = (1 << 63) | (rng.randrange(16) if near else rng.getrandbits(63))
                return (sign, rng.randint(*exponents), bits)
            a = pick(first, 0 if code == 'd9f1' else rng.getrandbits(1))
            b = pick(second or (0, 0), rng.getrandbits(1))
            mode = rng.randrange(4)
            if code == 'd9f1' and a[2] == 1 << 63:  # exact
                continue
            lines.append(f'{code} {mode} {text(a)} {text(b)} {text(rounded(exact(code, value(a), value(b)), mode))}')
    packed = gzip.compress(('\n'.join(lines) + '\n').encode(), 9, mtime=0)
    open(os.path.join(HERE, 'transcendental.txt.gz'), 'wb').write(packed)
    print(len(lines), 'vectors,', len(packed), 'bytes')


main()

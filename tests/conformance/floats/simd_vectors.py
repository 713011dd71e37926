#!/usr/bin/env python3
"""Writes simd.txt.gz: what the processor of this computer makes of each case of simd_cases.py."""
import gzip
import os
import struct

from native import processor, run
from simd_cases import Cases

HERE = os.path.dirname(os.path.abspath(__file__))


def registers(case):
    """R0-R7 of the x87 before."""
    values = [bytes(10)] * 8
    values[1] = case['a'][:8] + b'\xff\x3f'
    values[2] = case['b'][:8] + b'\x00\x40'
    return values


def fxrstor(case):
    image = bytearray(512)
    struct.pack_into('<HHB', image, 0, 0x37f, case['top'] << 11, case['tags'])
    struct.pack_into('<I', image, 24, case['mxcsr'])
    for i in range(8):
        image[32 + 16 * i:42 + 16 * i] = registers(case)[(case['top'] + i) & 7]
    image[176:192] = case['a']
    image[192:208] = case['b']
    return bytes(image)


def text(case, outcome, index):
    image = outcome['floats']
    control, status, tags = struct.unpack_from('<HHB', image, 0)
    top = (status >> 11) & 7
    mxcsr, = struct.unpack_from('<I', image, 24)
    changes = []
    for i in range(8):
        place = 32 + 16 * ((i - top) & 7)
        if image[place:place + 10] != registers(case)[i]:
            changes.append('r%d:%s' % (i, image[place:place + 10].hex()))
        before = {1: case['a'], 2: case['b']}.get(i, bytes(16))
        if image[160 + 16 * i:176 + 16 * i] != before:
            changes.append('x%d:%s' % (i, image[160 + 16 * i:176 + 16 * i].hex()))
    exception = outcome['exception'] or 0
    eax = case['eax'] if exception else outcome['eax']
    eflags = case['eflags'] if exception else outcome['eflags'] & 0x8d5
    memory = outcome['memory'][:16]
    return ' '.join([
        case['code'].hex(), '%x' % case['mxcsr'], index[case['a']], index[case['b']], index[case['memory']], '%x' % case['eax'], '%x' % case['eflags'],
        '%x' % case['top'], '%x' % case['tags'], '=', '%x' % exception, '%x' % (mxcsr ^ case['mxcsr']), ','.join(changes) or '.',
        '=' if memory == case['memory'] else memory.hex(), '=' if eax == case['eax'] else '%x' % eax, '=' if eflags == case['eflags'] else '%x' % eflags,
        '=' if (top, tags) == (case['top'], case['tags']) else '%x%02x' % (top, tags)])


def main():
    cases = Cases(686).build()
    natives = [{**case, 'isFxsave': 1, 'floats': fxrstor(case)} for case in cases]
    values = sorted({case[key] for case in cases for key in ('a', 'b', 'memory')})
    index = {value: '%x' % number for number, value in enumerate(values)}
    lines = ['# ' + processor(), ' '.join(value.hex() for value in values)]
    lines += [text(case, outcome, index) for case, outcome in zip(cases, run(natives))]
    packed = gzip.compress(('\n'.join(lines) + '\n').encode(), 9, mtime=0)
    open(os.path.join(HERE, 'simd.txt.gz'), 'wb').write(packed)
    print(len(cases), 'vectors,', len(packed), 'bytes')


if __name__ == '__main__':
    main()

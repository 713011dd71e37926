#!/usr/bin/env python3
"""Writes x87.txt.gz: what the processor of this computer makes of each case of x87_cases.py."""
import gzip
import os
import struct

from native import processor, run
from x87_cases import Cases

HERE = os.path.dirname(os.path.abspath(__file__))
SAVED = struct.Struct('<7I')


def frstor(case):
    top = (case['status'] >> 11) & 7
    tags, registers = 0xffff, b''
    for i in range(8):
        value = case['stack'][i] if i < len(case['stack']) else None
        if value is not None:
            tags &= ~(3 << (2 * ((top + i) & 7)))
        registers += value if value is not None else bytes(10)
    return SAVED.pack(case['control'], case['status'], tags, 0, 0, 0, 0) + registers


def hexed(value):
    return value.hex()


def text(case, outcome, index):
    """A line: code control status stack memory eflags = status in-use changed registers, memory, eax and flags."""
    control, status, tags, *_ = SAVED.unpack_from(outcome['floats'])
    top_before, top = (case['status'] >> 11) & 7, (status >> 11) & 7
    in_use = sum(1 << i for i in range(8) if (tags >> (2 * i)) & 3 != 3)
    stack = ','.join('-' if value is None else index[value] for value in case['stack'])
    after = []
    for i in range(8):
        register = (top + i) & 7
        value = outcome['floats'][28 + 10 * i:38 + 10 * i]
        place = (register - top_before) & 7
        before = case['stack'][place] if place < len(case['stack']) else None
        if value != (before if before is not None else bytes(10)):
            after.append('%d:%s' % (register, value.hex()))
    words = [case['code'].hex(), '%x' % case['control'], '%x' % case['status'], stack or '.', case['memory'].hex() or '.', '%x' % case['eflags'], '=',
             '%x' % (control & 0xffff), '%x' % (status & 0xffff), '%x' % in_use, ','.join(after) or '.']
    memory = outcome['memory'][:len(case['memory'])]
    words.append('=' if memory == case['memory'] else memory.hex())
    words.append('%x' % (outcome['eflags'] & 0x8d5))
    words.append('%x' % (outcome['eax'] & 0xffff))
    return ' '.join(words)


def main():
    cases = Cases(80387).build()
    natives = [{**case, 'isFxsave': 0, 'floats': frstor(case)} for case in cases]
    outcomes = list(run(natives))
    assert all(outcome['exception'] is None for outcome in outcomes), [c['code'].hex() for c, o in zip(cases, outcomes) if o['exception'] is not None]
    values = sorted({value for case in cases for value in case['stack'] if value is not None})
    index = {value: '%x' % number for number, value in enumerate(values)}
    lines = ['# ' + processor(), ' '.join(value.hex() for value in values)]
    lines += [text(case, outcome, index) for case, outcome in zip(cases, outcomes)]
    packed = gzip.compress(('\n'.join(lines) + '\n').encode(), 9, mtime=0)
    open(os.path.join(HERE, 'x87.txt.gz'), 'wb').write(packed)
    print(len(cases), 'vectors,', len(packed), 'bytes')


if __name__ == '__main__':
    main()

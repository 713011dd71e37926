#!/usr/bin/env python3
"""Runs cases on the processor of this computer (native.c), which has to be an x86-64 one; needs gcc."""
import os
import struct
import subprocess
import tempfile

CASE = struct.Struct('<BB14sII8x512s512s')
OUTCOME = struct.Struct('<IIII512s512s')


def run(cases):
    """`cases` have code, eax, eflags, memory, isFxsave and floats (bytes of FRSTOR or FXRSTOR). Gives outcomes in order."""
    folder = tempfile.mkdtemp()
    program = os.path.join(folder, 'native')
    subprocess.run(['gcc', '-O1', '-o', program, os.path.join(os.path.dirname(__file__), 'native.c')], check=True)
    blob = b''.join(
        CASE.pack(case['isFxsave'], len(case['code']), case['code'], case['eax'], case['eflags'], case['floats'], case['memory'])
        for case in cases)
    done = subprocess.run([program], input=blob, stdout=subprocess.PIPE, check=True).stdout
    assert len(done) == OUTCOME.size * len(cases), (len(done), len(cases))
    for at in range(0, len(done), OUTCOME.size):
        has_fault, vector, eax, eflags, floats, memory = OUTCOME.unpack_from(done, at)
        yield {'exception': vector if has_fault else None, 'eax': eax, 'eflags': eflags, 'floats': floats, 'memory': memory}


def processor():
    """Vendor, family, model and stepping, for the provenance of what it decided."""
    wanted = {'vendor_id', 'cpu family', 'model', 'stepping', 'model name'}
    found = {}
    for line in open('/proc/cpuinfo'):
        key, _, value = line.partition(':')
        if key.strip() in wanted:
            found.setdefault(key.strip(), value.strip())
    return ', '.join(f'{key} {value}' for key, value in sorted(found.items()))

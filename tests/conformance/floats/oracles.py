#!/usr/bin/env python3
"""
Asks QEMU and Bochs about every sixth case, with runner.asm, and writes disagreements.txt: where they differ from the vectors,
which a real processor gave. Needs nasm, qemu-system-i386, bochs with its `term` display and script(1).
"""
import os
import struct
import subprocess
import tempfile
from collections import OrderedDict

import simd_vectors
import x87_vectors
from native import run
from simd_cases import Cases as SimdCases
from x87_cases import Cases as X87Cases

HERE = os.path.dirname(os.path.abspath(__file__))
EVERY = 6
RECORD, SECTOR, CHUNK, HEAD = 384, 512, 64, 8
CYLINDER = 16 * 63 * SECTOR


def build_image(cases, folder):
    head = os.path.join(folder, 'runner.bin')
    subprocess.run(['nasm', '-f', 'bin', '-o', head, os.path.join(HERE, 'runner.asm')], check=True)
    image = bytearray(open(head, 'rb').read())
    records = b''.join(
        (struct.pack('<BB14sII8x', case['isFxsave'], len(case['code']), case['code'], case['eax'], case['eflags'] | 2) +
         case['memory'].ljust(32, b'\0') + case['floats'][:320]).ljust(RECORD, b'\0') for case in cases)
    chunks = -(-len(records) // (CHUNK * SECTOR))
    struct.pack_into('<II', image, 4, chunks, len(cases))
    image += records.ljust(chunks * CHUNK * SECTOR, b'\0')
    path = os.path.join(folder, 'disk.img')
    open(path, 'wb').write(bytes(image) + bytes(-len(image) % CYLINDER))
    return path, -(-len(image) // CYLINDER)


def run_qemu(disk, folder):
    output = os.path.join(folder, 'qemu.txt')
    subprocess.run(['qemu-system-i386', '-drive', f'file={disk},format=raw,if=ide', '-display', 'none', '-m', '64', '-no-reboot',
                    '-cpu', 'max', '-debugcon', f'file:{output}', '-device', 'isa-debug-exit,iobase=0xf4'], timeout=300)
    return open(output, encoding='latin1').read()


def run_bochs(disk, cylinders, folder):
    configuration, commands, output = (os.path.join(folder, name) for name in ('bochsrc', 'commands', 'bochs.txt'))
    open(configuration, 'w').write('\n'.join([
        'megs: 64', 'romimage: file=/usr/share/bochs/BIOS-bochs-latest', 'vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest',
        f'ata0-master: type=disk, path="{disk}", mode=flat, cylinders={cylinders}, heads=16, spt=63', 'boot: disk',
        'port_e9_hack: enabled=1', 'cpu: model=core2_penryn_t9600', f'log: {folder}/bochs.log', 'panic: action=fatal', 'error: action=ignore', 'info: action=ignore',
        'debug: action=ignore', 'clock: sync=none', 'sound: waveoutdrv=dummy', 'display_library: term']))
    open(commands, 'w').write('c\nq\n')
    subprocess.run(['script', '-q', '-c', f'bochs -q -f {configuration} -rc {commands}', output], env={**os.environ, 'TERM': 'vt100'},
                   stdout=subprocess.DEVNULL, timeout=600)
    return open(output, encoding='latin1').read()


def outcomes(text):
    for line in text.split('\n'):
        if '~' not in line:
            continue
        data = bytes.fromhex(line[line.rindex('~') + 1:].strip().split('\x1b')[0])
        vector, eax, eflags = struct.unpack_from('<BII', data)
        yield {'exception': None if vector == 0xff else vector, 'eax': eax, 'eflags': eflags,
               'memory': data[9:25].ljust(512, b'\0'), 'floats': data[25:].ljust(512, b'\0')}


def ask(cases):
    with tempfile.TemporaryDirectory() as folder:
        disk, cylinders = build_image(cases, folder)
        for name, text in (('qemu', run_qemu(disk, folder)), ('bochs', run_bochs(disk, cylinders, folder))):
            found = list(outcomes(text))
            assert len(found) == len(cases), (name, len(found), len(cases))
            yield name, found


def values(line):
    """Registers and memory of an outcome, without status words."""
    return [word for word in line.partition(' = ')[2].split(' ')[2:] if ':' in word or len(word) > 4]


def main():
    lines = []
    for vectors, cases, prepare in ((x87_vectors, X87Cases(80387).build(), lambda case: {**case, 'isFxsave': 0, 'floats': x87_vectors.frstor(case)}),
                                    (simd_vectors, SimdCases(686).build(), lambda case: {**case, 'isFxsave': 1, 'floats': simd_vectors.fxrstor(case)})):
        chosen = cases[::EVERY]
        prepared = [prepare(case) for case in chosen]
        index = AnyIndex()
        natives = [vectors.text(case, outcome, index) for case, outcome in zip(chosen, run(prepared))]
        for name, found in ask(prepared):
            differing = OrderedDict()
            for case, native, outcome in zip(chosen, natives, found):
                theirs = vectors.text(case, outcome, index)
                if theirs != native:
                    differing.setdefault(case['code'].hex(), []).append((native, theirs))
            total = sum(len(each) for each in differing.values())
            in_values = sum(values(native) != values(theirs) for each in differing.values() for native, theirs in each)
            lines.append(f'{name}: {total} of {len(chosen)} cases differ, {in_values} of them in a register or in memory')
            for code, each in sorted(differing.items()):
                native, theirs = each[0]
                head, _, expected = native.partition(' = ')
                lines.append(f'  {code} | {len(each)} | {head} | {expected} | {theirs.partition(" = ")[2]}')
    open(os.path.join(HERE, 'disagreements.txt'), 'w').write('\n'.join(lines) + '\n')
    print('\n'.join(line for line in lines if not line.startswith('  ')))


class AnyIndex(dict):
    """Values stand for themselves."""

    def __missing__(self, value):
        return value.hex()


if __name__ == '__main__':
    main()

"""Runs cases on a whole emulated PC (QEMU or Bochs) through the bare-metal image; see image.asm."""

import os
import struct
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

from layout import INNER_STACK, gdt_bytes
from outcome import Outcome, memory_before

FIRST_SECTOR = 32
VECTOR_SIZE = 1024
MAGIC = 0x31434556
TF, VM, IOPL3 = 0x100, 0x20000, 0x3000
HERE = os.path.dirname(os.path.abspath(__file__))

BOCHS_CONFIGURATION = """
megs: 32
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=disk, path="{disk}", mode=flat, cylinders={cylinders}, heads=16, spt=63
boot: disk
port_e9_hack: enabled=1
log: {log}
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
clock: sync=none
sound: waveoutdrv=dummy
display_library: term
"""


def padded(address, content):
    return struct.pack("<II", address, len(content)) + content + bytes(-len(content) % 4)


def record(case, pattern):
    mode = case.mode
    eflags = case.eflags | TF | (0 if mode.is_protected else VM) | (IOPL3 if mode.is_real else 0)
    values = [case.eip, eflags, *case.registers]
    values += [case.selectors[s] for s in ("es", "cs", "ss", "ds", "fs", "gs")]
    blocks = [padded(case.code_physical, case.code + b"\x90\xcc\xcc\xcc")]
    blocks += [padded(address, content) for (address, _), content in zip(case.windows, memory_before(case, pattern))]
    pages = [number for page in case.pages for number in page]
    data = struct.pack("<II16I4I", MAGIC, int(case.is_repeated), *values, mode.cr0, *INNER_STACK, len(case.pages))
    data += struct.pack(f"<{len(pages)}II", *pages, len(blocks)) + b"".join(blocks)
    assert len(data) <= VECTOR_SIZE, case
    return data.ljust(VECTOR_SIZE, b"\0")


def build_disk(cases, pattern, folder):
    table = os.path.join(folder, "gdt.bin")
    with open(table, "wb") as file:
        file.write(gdt_bytes())
    image = os.path.join(folder, "image.bin")
    subprocess.run(["nasm", "-f", "bin", f"-DGDT_FILE='{table}'", "-o", image, os.path.join(HERE, "image.asm")],
                   check=True)
    with open(image, "rb") as file:
        content = file.read().ljust(FIRST_SECTOR * 512, b"\0")
    content += b"".join(record(case, pattern) for case in cases) + bytes(VECTOR_SIZE)
    cylinder = 16 * 63 * 512
    content += bytes(-len(content) % cylinder)
    path = os.path.join(folder, "disk.img")
    with open(path, "wb") as file:
        file.write(content)
    return path, len(content) // cylinder


def run_qemu(disk, _cylinders, folder):
    output = os.path.join(folder, "qemu.txt")
    subprocess.run(["qemu-system-i386", "-drive", f"file={disk},format=raw,if=ide", "-display", "none", "-m", "32",
                    "-debugcon", f"file:{output}", "-no-reboot", "-device", "isa-debug-exit,iobase=0x501,iosize=1"],
                   timeout=600)
    with open(output, "rb") as file:
        return file.read()


def run_bochs(disk, cylinders, folder):
    configuration = os.path.join(folder, "bochsrc")
    output = os.path.join(folder, "bochs.txt")
    with open(configuration, "w") as file:
        file.write(BOCHS_CONFIGURATION.format(disk=disk, cylinders=cylinders, log=os.path.join(folder, "bochs.log")))
    commands = os.path.join(folder, "commands")
    with open(commands, "w") as file:
        file.write("c\n")
    # The `term` display wants a terminal; script(1) gives it one.
    subprocess.run(["script", "-q", "-c", f"bochs -q -f {configuration} -rc {commands}", output],
                   timeout=1200, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={**os.environ, "TERM": "vt100"})
    with open(output, "rb") as file:
        return file.read()


def outcome_of(words, case):
    """The outcome a line tells, or None if it isn't whole."""
    count = len(case.pages)
    try:
        numbers = [int(word, 16) for word in words[: 21 + count]]
        windows = tuple(bytes.fromhex(word.decode()) for word in words[21 + count :])
    except ValueError:
        return None
    if len(numbers) < 21 + count or len(windows) != len(case.windows):
        return None
    _, eip, eflags, *rest = numbers
    vector, has_code, code, fault_address = rest[14:18]
    exception = () if vector == 1 else (vector, code if has_code else None)
    return Outcome(tuple(rest[:8]), eip, eflags, tuple(v & 0xFFFF for v in rest[8:14]), windows, exception,
                   fault_address if vector == 14 else 0, tuple(rest[18:]))


def parse(text, cases):
    outcomes = [None] * len(cases)
    for line in text.split(b"\n"):
        start = line.find(b"V ")
        if start < 0:
            continue
        words = line[start + 2 :].split()
        try:
            index = (int(words[0], 16) - FIRST_SECTOR) // 2
        except (ValueError, IndexError):
            continue
        if 0 <= index < len(cases):
            outcomes[index] = outcome_of(words, cases[index]) or outcomes[index]
    return outcomes


BATCH = 20_000


def run_all(cases, pattern, runner):
    """In batches, which run on all cores."""
    batches = [cases[start : start + BATCH] for start in range(0, len(cases), BATCH)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [outcome for found in pool.map(lambda batch: run_batch(batch, pattern, runner), batches) for outcome in found]


def run_batch(cases, pattern, runner):
    with tempfile.TemporaryDirectory() as folder:
        disk, cylinders = build_disk(cases, pattern, folder)
        return parse(runner(disk, cylinders, folder), cases)

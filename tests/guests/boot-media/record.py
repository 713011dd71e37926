"""Boots each medium of this folder on QEMU and writes what it printed to NAME.txt. Needs nasm and qemu-system-i386.

The machine has a diskette (floppy.bin, 1.44 MB), a hard disk (disk.bin, 2 MiB) and a CD (cd-plain.bin), padded with zeros; the medium that is
booted takes the place of its kind and comes first in the boot order.
"""

import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KIB = {"floppy": 1440, "disk": 2048, "cd": 64}
MEDIA = {"floppy": "floppy", "disk": "disk", "cd-plain": "cd", "cd-diskette": "cd"}
ORDER = {"floppy": "a", "disk": "c", "cd": "d"}


def assemble(name):
    binary = os.path.join(HERE, name + ".bin")
    subprocess.run(["nasm", "-f", "bin", "-I", HERE + "/", "-o", binary, os.path.join(HERE, name + ".asm")], check=True)


def record(booted):
    kind = MEDIA[booted]
    with tempfile.TemporaryDirectory() as folder:
        path = {each: os.path.join(folder, each) for each in KIB}
        for each, kib in KIB.items():
            name = booted if each == kind else {"cd": "cd-plain"}.get(each, each)
            with open(os.path.join(HERE, name + ".bin"), "rb") as source, open(path[each], "wb") as target:
                target.write(source.read().ljust(kib * 1024, b"\0"))
        log = os.path.join(folder, "log")
        subprocess.run(
            ["qemu-system-i386", "-display", "none", "-boot", ORDER[kind],
             "-drive", f"file={path['disk']},format=raw", "-drive", f"file={path['floppy']},format=raw,if=floppy",
             "-cdrom", path["cd"], "-debugcon", f"file:{log}"],
            check=True, timeout=60,
        )
        with open(log) as file, open(os.path.join(HERE, booted + ".txt"), "w") as target:
            target.write(file.read())


for each in MEDIA:
    assemble(each)
for each in MEDIA:
    record(each)

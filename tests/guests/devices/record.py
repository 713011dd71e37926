"""Runs every guest of this folder on QEMU and writes what it printed to NAME.txt. Needs nasm and qemu-system-i386.

Each guest is booted with `-kernel` in 16 MiB and has a disk of 2 MiB, a diskette of 1.44 MB and a CD of 512 KiB. Their dwords are their own
offset, on the diskette with 0x01000000 added, on the CD 0x02000000.
"""

import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NO_DISKETTE = {"no-diskette"}
MEDIA = {"disk": (2 * 1024 * 1024, 0), "floppy": (1440 * 1024, 0x01000000), "cd": (512 * 1024, 0x02000000)}


def medium(kind):
    size, base = MEDIA[kind]
    return b"".join(struct.pack("<I", base + offset) for offset in range(0, size, 4))


def record(name):
    binary = os.path.join(HERE, name + ".bin")
    subprocess.run(["nasm", "-f", "bin", "-I", HERE + "/", "-o", binary, os.path.join(HERE, name + ".asm")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        path = {kind: os.path.join(folder, kind) for kind in MEDIA}
        for kind in MEDIA:
            with open(path[kind], "wb") as file:
                file.write(medium(kind))
        floppy = [] if name in NO_DISKETTE else ["-drive", f"file={path['floppy']},format=raw,if=floppy"]
        subprocess.run(
            ["qemu-system-i386", "-display", "none", "-m", "16", "-kernel", binary,
             "-drive", f"file={path['disk']},format=raw", *floppy, "-cdrom", path["cd"], "-debugcon", f"file:{log}"],
            check=True, timeout=60,
        )
        with open(log) as file, open(os.path.join(HERE, name + ".txt"), "w") as target:
            target.write(file.read())


names = sys.argv[1:] or sorted(file[:-4] for file in os.listdir(HERE) if file.endswith(".asm"))
for each in names:
    record(each)

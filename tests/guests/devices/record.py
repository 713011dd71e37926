"""Runs every guest of this folder on QEMU and writes what it printed to NAME.txt. Needs nasm and qemu-system-i386.

Each guest gets a disk of 2 MiB whose dwords are their own offset, and its own image with `-kernel`; the disk is a copy.
"""

import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DISK_BYTES = 2 * 1024 * 1024


def disk():
    return b"".join(struct.pack("<I", offset) for offset in range(0, DISK_BYTES, 4))


def record(name):
    binary = os.path.join(HERE, name + ".bin")
    subprocess.run(["nasm", "-f", "bin", "-I", HERE + "/", "-o", binary, os.path.join(HERE, name + ".asm")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "disk.img")
        log = os.path.join(folder, "log")
        with open(image, "wb") as file:
            file.write(disk())
        subprocess.run(
            ["qemu-system-i386", "-display", "none", "-nic", "none", "-kernel", binary,
             "-drive", f"file={image},format=raw", "-debugcon", f"file:{log}"],
            check=True, timeout=60,
        )
        with open(log) as file, open(os.path.join(HERE, name + ".txt"), "w") as target:
            target.write(file.read())


names = sys.argv[1:] or sorted(file[:-4] for file in os.listdir(HERE) if file.endswith(".asm"))
for each in names:
    record(each)

"""Boots each boot sector of this folder on QEMU, from a disk or a diskette of 1.44 MB, and writes what it printed to NAME.txt.

Needs nasm and qemu-system-i386.
"""

import os
import subprocess
import tempfile

FROM_DISKETTE = {"diskette"}
HERE = os.path.dirname(os.path.abspath(__file__))


def record(name):
    binary = os.path.join(HERE, name + ".bin")
    subprocess.run(["nasm", "-f", "bin", "-I", HERE + "/", "-o", binary, os.path.join(HERE, name + ".asm")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        image = os.path.join(folder, "image")
        with open(binary, "rb") as source, open(image, "wb") as target:
            target.write(source.read().ljust(1440 * 1024, b"\0"))
        interface = "floppy" if name in FROM_DISKETTE else "ide"
        subprocess.run(
            ["qemu-system-i386", "-display", "none", "-debugcon", f"file:{log}",
             "-drive", f"file={image},format=raw,if={interface}"],
            check=True, timeout=60,
        )
        with open(log) as file, open(os.path.join(HERE, name + ".txt"), "w") as target:
            target.write(file.read())


for file in sorted(os.listdir(HERE)):
    if file.endswith(".asm"):
        record(file[:-4])

"""Boots each boot sector of this folder on QEMU, as a disk, and writes what it printed to NAME.txt. Needs nasm and qemu-system-i386."""

import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def record(name):
    binary = os.path.join(HERE, name + ".bin")
    subprocess.run(["nasm", "-f", "bin", "-o", binary, os.path.join(HERE, name + ".asm")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        subprocess.run(
            ["qemu-system-i386", "-display", "none", "-nic", "none", "-debugcon", f"file:{log}",
             "-drive", f"file={binary},format=raw,snapshot=on"],
            check=True, timeout=60,
        )
        with open(log) as file, open(os.path.join(HERE, name + ".txt"), "w") as target:
            target.write(file.read())


for file in sorted(os.listdir(HERE)):
    if file.endswith(".asm"):
        record(file[:-4])

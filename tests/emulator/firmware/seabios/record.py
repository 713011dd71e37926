"""Runs probe.asm on QEMU's PC with SeaBIOS, once for each batch of calls: answers.txt and probe.img.gz are the first one,
services.txt and services.img.gz the second, and so on. Needs nasm and qemu-system-i386.

Each line: vector, registers before, the registers that changed, CF and ZF, and bytes of memory (or, at segment fffd,
CRTC registers) afterwards. The calls follow each other on one machine with a disk of 65536 bytes and 16 MiB of RAM.
"""

import gzip
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
REGISTERS = ["ax", "bx", "cx", "dx", "si", "di", "bp", "es"]
DISK_BYTES = 65536
PACKETS = 0xB000
SMAP = 0x534D4150
entries = []


def call(vector, ax=0, dump=None, **registers):
    entries.append((vector, {"ax": ax, **registers}, dump))


def bda(offset, length):
    return (0x40, offset, length)


def text(offset, length):
    return (0xB800, offset, length)


def crtc(index, length):
    return (0xFFFD, index, length)


def packet(count, segment, lba, size=16):
    return struct.pack("<BBHHHQ", size, 0, count, 0, segment, lba)


packets = [
    packet(1, 0x2000, 0), packet(2, 0x2000, 1), packet(0, 0x2000, 1), packet(200, 0x2000, 1),
    packet(1, 0x2000, 5000), packet(127, 0x2000, 1), packet(3, 0x2000, 126), packet(1, 0x2000, 1 << 33),
    struct.pack("<H", 26), struct.pack("<H", 25),
]


def disk_calls():
    call(0x13, 0x0000, dx=0x80)
    call(0x13, 0x0100, dx=0x80)
    call(0x13, 0x0201, bx=0x1000, cx=1, dx=0x80, dump=(0, 0x11FE, 2))
    call(0x13, 0x0201, bx=0x1000, cx=0, dx=0x80)
    call(0x13, 0x01FF, dx=0x80, dump=bda(0x74, 1))
    call(0x13, 0x0200, bx=0x1000, cx=1, dx=0x80)
    call(0x13, 0x0281, bx=0x1000, cx=1, dx=0x80)
    call(0x13, 0x0280, es=0x2000, cx=1, dx=0x80)
    call(0x13, 0x0220, bx=0xFF00, es=0x3080, cx=1, dx=0x80)
    for drive in (0x81, 0x00):
        for ax in (0x0201, 0x0800, 0x1500, 0x4100):
            call(0x13, ax, bx=0x1000, cx=1, dx=drive)
    call(0x13, 0x0100, dx=0)
    call(0x13, 0x0201, bx=0x1000, cx=0x3F, dx=0x0180)
    call(0x13, 0x0201, bx=0x1000, cx=0x0101, dx=0x80)
    call(0x13, 0x0201, bx=0x1000, cx=0x0201, dx=0x80)
    call(0x13, 0x0201, bx=0x1000, cx=0x01, dx=0x1080)
    call(0x13, 0x0203, es=0x3000, cx=1, dx=0x0280)
    call(0x13, 0x0204, es=0x3000, cx=1, dx=0x0280)
    call(0x13, 0x0401, bx=0x1000, cx=1, dx=0x80)
    call(0x13, 0x0400, bx=0x1000, cx=1, dx=0x80)
    call(0x13, 0x0800, bx=0x1234, dx=0x80, es=0x1111, di=0x2222)
    for ah in (0x09, 0x0C, 0x0D, 0x10, 0x11, 0x14, 0x15, 0x45, 0x46, 0x49, 0x99, 0x16, 0x17, 0x06):
        call(0x13, ah << 8, dx=0x80)
    call(0x13, 0x4100, bx=0x55AA, dx=0x80)
    for number in range(8):
        at = PACKETS + 32 * number
        call(0x13, 0x4200, dx=0x80, si=at, dump=(0, at, 4))
    call(0x13, 0x4400, dx=0x80, si=PACKETS + 32)
    call(0x13, 0x4700, dx=0x80, si=PACKETS + 32)
    for number in (8, 9):
        at = PACKETS + 32 * number
        call(0x13, 0x4800, dx=0x80, si=at, dump=(0, at, 26))


def system_calls():
    call(0x12)
    for ax in (0x2400, 0x2402, 0x2401, 0x2402, 0x2403, 0x2404):
        call(0x15, ax)
    call(0x15, 0xE881)
    for index in range(3):
        call(0x15, 0xE820, bx=index, cx=24, dx=SMAP, di=0x800, dump=(0, 0x800, 20))
    call(0x15, 0xE820, bx=0, cx=12, dx=SMAP, di=0x800)
    call(0x15, 0xE820, bx=0, cx=24, dx=SMAP + 1, di=0x800)
    call(0x15, 0xE820, bx=99, cx=24, dx=SMAP, di=0x800)
    call(0x15, 0x8600, cx=0, dx=1000)
    for ax in (0xC000, 0xC100, 0x4F1E, 0x9000, 0x9100, 0x9900, 0xE802, 0xC900, 0x8000, 0x2000):
        call(0x15, ax)


def keyboard_calls():
    for ax in (0x0100, 0x0200, 0x1100, 0x1200, 0x0305):
        call(0x16, ax)
    for key in (0x1E61, 0x4BE0, 0x8500, 0xE00D, 0xE02F, 0xF000, 0x48F0):
        call(0x16, 0x0500, cx=key)
        for ax in (0x0100, 0x1100):
            call(0x16, ax)
        call(0x16, 0x0500, cx=key)
        for ax in (0x0000, 0x1000, 0x0100):
            call(0x16, ax)
    for _ in range(16):
        call(0x16, 0x0500, cx=0x1E61)


def video_calls():
    call(0x10, 0x0003, dump=bda(0x49, 30))
    call(0x10, 0x0003, dump=crtc(0, 25))
    call(0x10, 0x0083, dump=bda(0x87, 1))
    call(0x10, 0x0F00)
    call(0x10, 0x0003)
    call(0x10, 0x0F00)
    shapes = (0x0607, 0x0007, 0x2607, 0x000F, 0x0D0E, 0x2000, 0x0506, 0x0407, 0x0700, 0x4607, 0x0606, 0x1F07, 0x060C)
    for shape in shapes:
        call(0x10, 0x0100, cx=shape, dump=crtc(0x0A, 2))
    call(0x10, 0x0100, cx=0x0607)
    call(0x10, 0x0200, bx=0, dx=0x0A05, dump=crtc(0x0E, 2))
    call(0x10, 0x0300)
    call(0x10, 0x0200, bx=0x0100, dx=0x0302, dump=bda(0x50, 4))
    call(0x10, 0x0300, bx=0x0100)
    call(0x10, 0x0300, bx=0x0900)
    call(0x10, 0x0400)
    call(0x10, 0x0501, dump=crtc(0x0C, 4))
    call(0x10, 0x0F00)
    call(0x10, 0x0E41, bx=7, dump=text(0x1000 + 3 * 160 + 4, 4))
    call(0x10, 0x0300, bx=0x0100, dump=crtc(0x0C, 4))
    call(0x10, 0x0509, dump=bda(0x4E, 2))
    call(0x10, 0x0500, dump=crtc(0x0C, 4))
    call(0x10, 0x0200, dx=0x3060, dump=crtc(0x0E, 2))
    call(0x10, 0x0E41, bx=7, dump=crtc(0x0E, 2))
    call(0x10, 0x0300)
    cells_calls()
    window_calls()
    string_calls()
    call(0x10, 0x1130, bx=0x0600)
    call(0x10, 0x1200, bx=0x10)
    call(0x10, 0x1A00)


def cells_calls():
    call(0x10, 0x0003)
    call(0x10, 0x0E41, bx=7, dump=text(0, 4))
    call(0x10, 0x0942, bx=0x1E, cx=3, dump=text(0, 10))
    call(0x10, 0x0A43, bx=0x44, cx=2, dump=text(0, 10))
    call(0x10, 0x0800)
    for character in (0x08, 0x08, 0x0A, 0x09, 0x07, 0x0D, 0x1B):
        call(0x10, 0x0E00 | character, bx=7)
        call(0x10, 0x0300)
    call(0x10, 0x0200, dx=0x184F)
    call(0x10, 0x0947, bx=0x2F, cx=1, dump=text(3996, 6))
    call(0x10, 0x0E48, bx=7, dump=text(3836, 6))
    call(0x10, 0x0300)
    call(0x10, 0x0800)
    call(0x10, 0x0200, dx=0x174E)
    call(0x10, 0x0941, bx=0x35, cx=5, dump=text(23 * 160 + 156, 14))


def window_calls():
    call(0x10, 0x0600, bx=0x1E00, dx=0x184F)
    call(0x10, 0x0200, dx=0x1800)
    call(0x10, 0x0E0A, bx=7, dump=text(24 * 160, 4))
    call(0x10, 0x0601, bx=0x4E00, dx=0x184F, dump=text(24 * 160, 4))
    call(0x10, 0x0701, bx=0x5D00, cx=0x0101, dx=0x0203, dump=text(160, 10))
    call(0x10, 0x0600, bx=0x2700, dx=0xFFFF, dump=text(3996, 4))
    call(0x10, 0x0630, bx=0x3D00, cx=0x0303, dx=0x0505, dump=text(3 * 160 + 4, 10))
    call(0x10, 0x0601, bx=0x4D00, cx=0x5000, dx=0x5505, dump=text(3 * 160 + 4, 10))


def string_calls():
    call(0x10, 0x0200, dx=0x0B00)
    for ax, count in ((0x1300, 3), (0x1301, 3), (0x1302, 2), (0x1303, 2)):
        call(0x10, ax, bx=0x1F, cx=count, dx=0x0203, bp=0x7DFE, dump=text(2 * 160 + 4, 10))
        call(0x10, 0x0300)
    call(0x10, 0x1300, bx=0x2F, cx=6, dx=0x184E, bp=0x7DF0, dump=text(23 * 160 + 156, 8))


def serial_calls():
    for port in range(5):
        for ax in (0x00E3, 0x0300):
            call(0x14, ax, dx=port)
    for ax in (0x0400, 0x0500, 0x0600):
        call(0x14, ax, dx=0)


def printer_calls():
    for ax in (0x0000, 0x0100, 0x0200, 0x0300):
        for port in (0, 3):
            call(0x17, ax, dx=port)


def rare_system_calls():
    for ax in (0x8800, 0xE801):
        call(0x15, ax)
    for index in range(3, 7):
        call(0x15, 0xE820, bx=index, cx=24, dx=SMAP, di=0x800, dump=(0, 0x800, 20))
    for ax in (0x2405, 0x4100, 0x8301, 0x8302, 0x8400, 0x8500, 0x8A00, 0xC300, 0xC400, 0xD800, 0xE800, 0xE8FF):
        call(0x15, ax)
    for dx in (0, 1, 2):
        call(0x15, 0x8400, dx=dx)
    call(0x15, 0x8300, cx=0xFF, dx=1000, es=0, bx=0x900, dump=bda(0xA0, 1))
    call(0x15, 0x8300, cx=0xFF, dx=1000, es=0, bx=0x900)
    call(0x15, 0x8301, dump=bda(0xA0, 1))
    call(0x15, 0xC000, dump=(0xF000, 0xE6F5, 10))


def rare_keyboard_calls():
    for ax in (0x0300, 0x0304, 0x0306, 0x0400, 0x0900, 0x0A00, 0x1300, 0x2000, 0x6F00, 0x6F08, 0x9200, 0xA200):
        call(0x16, ax)
    for bx in (0x0000, 0x031F, 0x0420):
        call(0x16, 0x0305, bx=bx)


def rare_clock_calls():
    for ax in (0x0800, 0x0900, 0x0A00, 0x0B00, 0x8000, 0xB000):
        call(0x1A, ax)
    call(0x1A, 0x0600, cx=0x1234, dx=0x5600)
    call(0x1A, 0x0600, cx=0x1234, dx=0x5600)
    call(0x1A, 0x0700)


def pci_calls():
    call(0x1A, 0xB101)
    for device, vendor in ((0x1237, 0x8086), (0x7000, 0x8086), (0x7010, 0x8086), (0x7113, 0x8086), (0x1111, 0x1234)):
        call(0x1A, 0xB102, cx=device, dx=vendor)
    call(0x1A, 0xB102, cx=0x1237, dx=0x8086, si=1)
    call(0x1A, 0xB102, cx=0x1237, dx=0xFFFF)
    for code in (0x060000, 0x060100, 0x010180, 0x030000, 0x020000):
        call(0x1A, 0xB103, cx=code)
    for ax in (0xB108, 0xB109, 0xB10A):
        for register in (0, 1, 8, 0x0E):
            call(0x1A, ax, bx=0x0009, di=register)
    call(0x1A, 0xB108, bx=0x00F8, di=0)
    call(0x1A, 0xB10B, bx=0x0009, di=0x3C, cx=0x0B)
    call(0x1A, 0xB108, bx=0x0009, di=0x3C)
    call(0x1A, 0xB10A, bx=0x0009, di=0x100)
    for ax in (0xB104, 0xB106, 0xB111):
        call(0x1A, ax)


def mode_calls():
    for mode in (0, 1, 4, 5, 6, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13):
        call(0x10, mode, dump=bda(0x49, 30))
        call(0x10, mode, dump=bda(0x84, 7))
        call(0x10, mode, dump=crtc(0, 25))
        call(0x10, 0x0F00)
        call(0x10, 0x0501, dump=crtc(0x0C, 2))
    call(0x10, 0x0014)
    call(0x10, 0x0093, dump=bda(0x87, 1))


def graphics_calls():
    for mode, segment in ((0x13, 0xA000), (0x12, 0xA000), (0x04, 0xB800), (0x06, 0xB800), (0x0D, 0xA000)):
        call(0x10, mode)
        call(0x10, 0x0E41, bx=5, dump=(segment, 0, 48))
        call(0x10, 0x0300)
        call(0x10, 0x0985, bx=0x0083, cx=2, dump=(segment, 0, 48))
        call(0x10, 0x0800)
        call(0x10, 0x0C07, cx=9, dx=1, dump=(segment, 0, 80))
        call(0x10, 0x0D00, cx=9, dx=1)
        call(0x10, 0x0C83, cx=9, dx=1)
        call(0x10, 0x0D00, cx=9, dx=1)
        call(0x10, 0x0601, bx=0x0200, cx=0, dx=0x0305, dump=(segment, 0, 48))
        call(0x10, 0x0701, bx=0x0100, cx=0, dx=0x0305, dump=(segment, 0, 48))
        call(0x10, 0x0200, dx=0x1800)
        call(0x10, 0x0A42, bx=3, cx=1)
        call(0x10, 0x0800)
        call(0x10, 0x1303, bx=0, cx=2, dx=0x0101, bp=0x7DF0, dump=(segment, 0, 48))


def palette_calls():
    call(0x10, 0x0003)
    for ax, bx in ((0x1000, 0x2A03), (0x1007, 3), (0x1001, 0x0500), (0x1008, 0), (0x1007, 0x14), (0x1000, 0x0120)):
        call(0x10, ax, bx=bx)
    call(0x10, 0x1002, es=0x07E0, dx=0x200)
    call(0x10, 0x1009, dx=0x900, dump=(0, 0x900, 17))
    call(0x10, 0x1010, bx=9, cx=0x1234, dx=0x3F00)
    call(0x10, 0x1015, bx=9)
    call(0x10, 0x1012, bx=20, cx=3, es=0x07E0, dx=0x200)
    call(0x10, 0x1017, bx=19, cx=5, dx=0x900, dump=(0, 0x900, 15))
    for bx in (0x0100, 0x0301, 0x0000, 0x0201):
        call(0x10, 0x1013, bx=bx)
        call(0x10, 0x101A)
    call(0x10, 0x1018, bx=0x0F)
    call(0x10, 0x1019)
    call(0x10, 0x101B, bx=0, cx=16)
    call(0x10, 0x1017, bx=0, cx=16, dx=0x900, dump=(0, 0x900, 48))
    call(0x10, 0x0004)
    for bx in (0x0101, 0x0012, 0x0100):
        call(0x10, 0x0B00, bx=bx)
        call(0x10, 0x1009, dx=0x900, dump=(0, 0x900, 17))


def font_calls():
    for ax in (0x1112, 0x1111, 0x1114, 0x1102, 0x1101, 0x1104):
        call(0x10, 0x0003)
        call(0x10, ax, dump=bda(0x84, 3))
        call(0x10, ax, dump=bda(0x4C, 2))
        call(0x10, ax, dump=crtc(0x09, 3))
        call(0x10, 0x0F00)
    call(0x10, 0x0003)
    call(0x10, 0x1110, bx=0x0A00, cx=1, dx=0x41, bp=0x7DF0, dump=bda(0x84, 3))
    call(0x10, 0x1103, bx=0x04)
    for bx, ax in ((1, 0x1122), (2, 0x1123), (3, 0x1124), (0, 0x1122)):
        call(0x10, 0x0012)
        call(0x10, ax, bx=bx, dx=33, dump=bda(0x84, 3))
    call(0x10, 0x1121, bx=2, cx=10, bp=0x7DF0, dump=(0, 0x43 * 4, 2))
    call(0x10, 0x0003)


def setting_calls():
    for bl in (0x30, 0x31, 0x33, 0x34, 0x36):
        for al in (0, 1, 2, 3):
            call(0x10, 0x1200 | al, bx=bl, dump=bda(0x87, 3))
        call(0x10, 0x1200, bx=bl)
    call(0x10, 0x1201, bx=0x30)
    call(0x10, 0x1A01, bx=0x0008)
    call(0x10, 0x1A02)
    call(0x10, 0x0003)
    call(0x10, 0x1B00, di=0x904, dump=(0, 0x908, 56))
    call(0x10, 0x1B01, di=0x904)


def vbe_calls():
    call(0x10, 0x4F00, di=0x900, dump=(0, 0x912, 2))
    call(0x10, 0x4F00, di=0x900, dump=(0, 0x922, 48))
    for mode in (0x03, 0x04, 0x06, 0x12, 0x13, 0x100, 0x102, 0x111, 0x112, 0x144, 0x17E, 0x4144):
        call(0x10, 0x4F01, cx=mode, di=0x900, dump=(0, 0x900, 12))
        call(0x10, 0x4F01, cx=mode, di=0x900, dump=(0, 0x910, 48))
    call(0x10, 0x4F01, cx=0x1FF, di=0x900)
    call(0x10, 0x4F02, bx=0x1FF)
    call(0x10, 0x4F03)
    for ax, bx in ((0x4F05, 0x0100), (0x4F06, 1), (0x4F07, 1), (0x4F08, 1)):
        call(0x10, ax, bx=bx)
    for mode in (0x101, 0x4111, 0x144, 0x0102, 0xC115):
        call(0x10, 0x4F02, bx=mode, dump=bda(0x49, 4))
        call(0x10, 0x4F03, dump=bda(0x84, 2))
        call(0x10, 0x4F05, bx=0, dx=3)
        call(0x10, 0x4F05, bx=0x0100)
        call(0x10, 0x4F05, bx=1)
        call(0x10, 0x4F06, bx=1)
        call(0x10, 0x4F06, bx=0, cx=1000)
        call(0x10, 0x4F06, bx=2, cx=4096)
        call(0x10, 0x4F06, bx=3)
        call(0x10, 0x4F06, bx=1)
        call(0x10, 0x4F07, bx=0, cx=8, dx=5)
        call(0x10, 0x4F07, bx=1)
        call(0x10, 0x4F08, bx=0x0800)
        call(0x10, 0x4F08, bx=1)
    call(0x10, 0x0F00)
    call(0x10, 0x4F02, bx=3, dump=bda(0x49, 4))
    call(0x10, 0x4F03)
    for al in (0x0A, 0x20):
        call(0x10, 0x4F00 | al)


def power_calls():
    for bx in (0, 1):
        call(0x15, 0x5300, bx=bx)
    for ax in (0x5304, 0x5301, 0x5302, 0x5303, 0x5305, 0x5306):
        call(0x15, ax)
    for bx, cx in ((0, 1), (1, 1), (1, 2), (0x0200, 3)):
        call(0x15, 0x5307, bx=bx, cx=cx)
    for ax in (0x5308, 0x5309, 0x530A, 0x530B, 0x530C, 0x530D, 0x530E, 0x530F, 0x5310, 0x5311, 0x5312, 0x5380):
        call(0x15, ax, bx=1, cx=0x0102)


def mouse_calls():
    def ask(ax, bx, es=0):
        call(0x15, ax, bx=bx, es=es, dump=(0x9FC0, 0x22, 8))

    ask(0xC201, 0)
    for ax in (0xC200, 0xC202, 0xC203, 0xC205, 0xC206):
        for bh in (0, 1, 2, 3, 4, 6, 7):
            ask(ax, bh << 8)
            ask(0xC206, 0)
    for ax in (0xC201, 0xC204, 0xC208, 0xC2FF):
        ask(ax, 0)
    ask(0xC205, 0x0300)
    ask(0xC207, 0x5678, es=0x1234)
    for ax, bx in ((0xC200, 0x0100), (0xC206, 0), (0xC200, 0), (0xC206, 0), (0xC200, 0x0100), (0xC207, 0), (0xC206, 0)):
        ask(ax, bx)
    ask(0xC207, 0x5678, es=0x1234)
    ask(0xC205, 0x0300)


def drive_calls():
    for at in EDD_TABLES:
        call(0x13, 0x4800, dx=0x80, si=at, dump=(0, at, 26))
        call(0x13, 0x4800, dx=0x80, si=at, dump=(0, at + 30, 44))
    for ax in (0x0A01, 0x0B01, 0x1200, 0x1300, 0x1800, 0x1900, 0x4502, 0x4A00, 0x4B01, 0x4C00, 0x4D00, 0x4E00, 0x5000):
        call(0x13, ax, dx=0x80, bx=0x1000, cx=1, dump=bda(0x74, 1))
    for ax in (0x0201, 0x0801, 0x1501, 0x1700, 0x1800):
        call(0x13, ax, dx=1, bx=0x1000, cx=1, dump=bda(0x41, 1))


def state_calls():
    call(0x10, 3)
    for cx in (0, 1, 2, 4, 7, 8):
        call(0x10, 0x1C00, cx=cx)
    for cx, first, length in ((1, 5, 61), (2, 0, 34), (4, 3, 80), (7, 70, 34), (7, 117, 80)):
        call(0x10, 0x1C01, cx=cx, es=0x2000, dump=(0x2000, first, length))
    call(0x10, 0x0013)
    call(0x10, 0x1010, bx=9, cx=0x1234, dx=0x3F00)
    call(0x10, 0x1C02, cx=7, es=0x2000, dump=bda(0x49, 30))
    call(0x10, 0x0F00, dump=crtc(0, 25))
    call(0x10, 0x1015, bx=9)
    call(0x10, 0x1C03, cx=7, es=0x2000)


# Room for tables of int 13h/48h: 30, 66 and 74 bytes.
EDD_TABLES = [PACKETS + 96 * index for index in range(3)]
edd_packets = [struct.pack("<H", size).ljust(96, b"\0") for size in (30, 66, 74)]


def build(folder, name, packets):
    table = b""
    for vector, registers, dump in entries:
        r = {name: registers.get(name, 0) for name in REGISTERS}
        segment, offset, length = dump or (0, 0, 0)
        order = [r[name] for name in ("ax", "bx", "cx", "dx", "si", "di", "bp")]
        table += struct.pack("<BBH7IHHH", vector, 0, r["es"], *order, length, offset, segment)
    with open(os.path.join(folder, "table.bin"), "wb") as file:
        file.write(table)
    with open(os.path.join(folder, "packets.bin"), "wb") as file:
        file.write(b"".join(one.ljust(32, b"\0") for one in packets))
    image = os.path.join(folder, "probe.img")
    subprocess.run(["nasm", os.path.join(HERE, "probe.asm"), "-o", image], cwd=folder, check=True)
    with open(image, "rb") as file, open(os.path.join(HERE, f"{name}.img.gz"), "wb") as packed:
        packed.write(gzip.compress(file.read(), mtime=0))
    os.truncate(image, DISK_BYTES)
    return image


def run(image, log):
    qemu = ["qemu-system-i386", "-M", "pc", "-m", "16", "-nodefaults", "-vga", "std", "-serial", "null"]
    qemu += ["-drive", f"file={image},format=raw,snapshot=on", "-display", "none", "-debugcon", f"file:{log}"]
    subprocess.run(qemu + ["-device", "isa-debug-exit,iobase=0xf4,iosize=1"], timeout=30)
    with open(log) as file:
        return file.read().splitlines()


def line_of(entry, printed):
    vector, registers, dump = entry
    values = printed.split(" ")
    after = dict(zip(REGISTERS, (int(value, 16) for value in values)))
    flags = int(values[9], 16)
    given = " ".join(f"{name}={value:x}" for name, value in registers.items() if value or name == "ax")
    changed = [f"{name}={after[name]:x}" for name in REGISTERS if after[name] != registers.get(name, 0)]
    changed += [f"cf={flags & 1}", f"zf={flags >> 6 & 1}"]
    memory = f" | {dump[0]:04x}:{dump[1]:04x} {values[10]}" if dump else ""
    return f"{vector:02x} {given} | {' '.join(changed)}{memory}"


def record(calls, texts, name, packets=packets):
    entries.clear()
    for group in calls:
        group()
    with tempfile.TemporaryDirectory() as folder:
        printed = run(build(folder, name, packets), os.path.join(folder, "log.txt"))
    if len(printed) != len(entries):
        sys.exit(f"{len(printed)} answers to {len(entries)} calls")
    with open(os.path.join(HERE, f"{texts}.txt"), "w") as file:
        for entry, answer in zip(entries, printed):
            print(line_of(entry, answer), file=file)


record((disk_calls, system_calls, keyboard_calls, video_calls), "answers", "probe")
rare = (serial_calls, printer_calls, rare_system_calls, rare_keyboard_calls, rare_clock_calls,
        pci_calls)
record(rare, "services", "services")
record((mode_calls, graphics_calls, palette_calls, font_calls, setting_calls), "video", "video")
record((vbe_calls,), "vbe", "vbe")
record((power_calls, mouse_calls, drive_calls, state_calls), "power", "power", edd_packets)

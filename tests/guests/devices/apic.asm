; Interrupts by every way: the 8259A pair through virtual wire, the local APIC's timer, the PIT through the I/O APIC, messages to itself,
; priorities, and the registers that a kernel looks at first.
%include "guest.inc"
%define LAPIC 0xfee00000
%define IOAPIC 0xfec00000

main:
  mov ebx, 0x20
  mov eax, pic_tick
  call set_gate
  mov ebx, 0x40
  mov eax, apic_tick
  call set_gate
  mov ebx, 0x50
  mov eax, io_tick
  call set_gate
  mov ebx, 0x61
  mov eax, message61
  call set_gate
  mov ebx, 0x72
  mov eax, message72
  call set_gate
  print "registers "
  mov eax, [LAPIC + 0x20]
  call hex8
  mov eax, [LAPIC + 0x30]
  and eax, 0xff00ff
  call hex8
  mov eax, [LAPIC + 0xf0]
  call hex8
  mov eax, [LAPIC + 0x320]
  call hex8
  mov eax, [LAPIC + 0x350]
  and eax, ~0x5000
  call hex8
  mov eax, [LAPIC + 0x360]
  and eax, ~0x5000
  call hex8
  mov eax, [LAPIC + 0x370]
  call hex8
  mov dword [IOAPIC], 1
  mov eax, [IOAPIC + 0x10]
  call hex8
  mov dword [IOAPIC], 0x14
  mov eax, [IOAPIC + 0x10]
  call hex8
  call newline

  print "virtual wire "
  mov al, 0x34 ; 1000 Hz
  out 0x43, al
  mov al, 0xa9
  out 0x40, al
  mov al, 0x04
  out 0x40, al
  mov al, 0xfe
  out 0x21, al
  sti
.wire:
  cmp dword [pic_ticks], 3
  jb .wire
  print "ticks"
  call newline

  print "lint0 masked "
  mov dword [LAPIC + 0x350], 0x10700
  mov dword [pic_ticks], 0
  mov ecx, 60000
.silence: loop .silence
  mov eax, [pic_ticks]
  call hex8
  mov al, 0xff
  out 0x21, al
  call newline

  print "one-shot "
  mov dword [LAPIC + 0x3e0], 0x0b
  mov dword [LAPIC + 0x320], 0x40
  mov dword [LAPIC + 0x380], 100000
.shot:
  cmp dword [apic_ticks], 1
  jb .shot
  mov eax, [LAPIC + 0x390]
  call hex8
  mov ecx, 40000
.still: loop .still
  mov eax, [apic_ticks]
  call hex8
  call newline

  print "periodic "
  mov dword [LAPIC + 0x3e0], 0x01 ; by 8
  mov dword [LAPIC + 0x320], 0x20040
  mov dword [LAPIC + 0x380], 20000
.period:
  cmp dword [apic_ticks], 5
  jb .period
  mov dword [LAPIC + 0x320], 0x10040
  mov eax, [LAPIC + 0x320]
  call hex8
  mov dword [LAPIC + 0x380], 0
  mov eax, [LAPIC + 0x390]
  call hex8
  call newline

  print "i/o apic "
  mov dword [IOAPIC], 0x15
  mov dword [IOAPIC + 0x10], 0
  mov dword [IOAPIC], 0x14
  mov dword [IOAPIC + 0x10], 0x50
.io:
  cmp dword [io_ticks], 3
  jb .io
  mov dword [IOAPIC + 0x10], 0x10050
  mov eax, [IOAPIC + 0x10]
  call hex8
  call newline

  print "messages "
  cli
  mov dword [LAPIC + 0x300], 0x44061 ; itself
  mov dword [LAPIC + 0x310], 0
  mov dword [LAPIC + 0x300], 0x4072
  mov eax, [LAPIC + 0x230]
  call hex8
  mov dword [LAPIC + 0x80], 0x60
  sti
  nop
  nop
  mov eax, [order]
  call hex8
  mov dword [LAPIC + 0x80], 0
  mov ecx, 20000
.lower: loop .lower
  mov eax, [order]
  call hex8
  mov eax, [LAPIC + 0xa0]
  call hex8
  call newline
  print "destination "
  mov dword [LAPIC + 0xd0], 0x12345678
  mov eax, [LAPIC + 0xd0]
  call hex8
  mov dword [LAPIC + 0xe0], 0x0fffffff
  mov eax, [LAPIC + 0xe0]
  call hex8
  call newline
  print "base "
  mov eax, 1
  cpuid
  mov eax, edx
  and eax, 0x200
  call hex8
  mov ecx, 0x1b
  rdmsr
  call hex8
  and eax, ~0x800
  wrmsr
  rdmsr
  call hex8
  mov eax, 1
  cpuid
  mov eax, edx
  and eax, 0x200
  call hex8
  call newline
  ret

pic_tick:
  push eax
  inc dword [pic_ticks]
  mov al, 0x20
  out 0x20, al
  pop eax
  iret
apic_tick:
  inc dword [apic_ticks]
  mov dword [LAPIC + 0xb0], 0
  iret
io_tick:
  inc dword [io_ticks]
  mov dword [LAPIC + 0xb0], 0
  iret
message61:
  shl dword [order], 8
  or dword [order], 0x61
  mov dword [LAPIC + 0xb0], 0
  iret
message72:
  shl dword [order], 8
  or dword [order], 0x72
  mov dword [LAPIC + 0xb0], 0
  iret

align 4
pic_ticks: dd 0
apic_ticks: dd 0
io_ticks: dd 0
order: dd 0
%include "guest-end.inc"

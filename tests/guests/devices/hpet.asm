; The HPET: registers, its counter against the PIT, single and periodic interrupts by IRQ 0 and 8, level status, 32 bits.
%include "guest.inc"

HPET equ 0xfed00000
CONFIGURATION equ HPET + 0x10
STATUS equ HPET + 0x20
COUNTER equ HPET + 0xf0
%define TIMER(n) (HPET + 0x100 + 0x20 * (n))
%define VALUE(n) (HPET + 0x108 + 0x20 * (n))

%macro show 1
  mov eax, [%1]
  call hex8
%endmacro
%macro store 2
  mov dword [%1], %2
%endmacro

main:
  mov ebx, 0x20
  mov eax, irq0
  call set_gate
  mov ebx, 0x28
  mov eax, irq8
  call set_gate
  print "registers "
  show HPET
  show HPET + 4
  show CONFIGURATION
  show STATUS
  show COUNTER
  show COUNTER + 4
  show TIMER(0)
  show TIMER(0) + 4
  show VALUE(0)
  show VALUE(0) + 4
  show TIMER(2)
  show TIMER(3)
  show HPET + 0x400
  call newline
  print "written "
  store HPET, 0
  store TIMER(0), -1
  show HPET
  show TIMER(0)
  store TIMER(0), 0
  show TIMER(0)
  show VALUE(0)
  show VALUE(0) + 4
  store TIMER(1) + 4, 0
  show TIMER(1) + 4
  store VALUE(1), 0x12345678
  store VALUE(1) + 4, 0x9abcdef0
  show VALUE(1)
  show VALUE(1) + 4
  store TIMER(1), 0x100
  show VALUE(1)
  show VALUE(1) + 4
  store VALUE(1), -1
  store VALUE(1) + 4, -1
  show VALUE(1) + 4
  store COUNTER, 0xfffffff0
  store COUNTER + 4, 7
  show COUNTER
  show COUNTER + 4
  store CONFIGURATION, -1
  show CONFIGURATION
  show COUNTER + 4
  store CONFIGURATION, 0
  show CONFIGURATION
  call newline
  print "against the PIT "
  ; 20 ms of channel 2
  in al, 0x61
  and al, 0xfc
  out 0x61, al
  mov al, 0xb0
  out 0x43, al
  mov al, 23864 & 0xff
  out 0x42, al
  mov al, 23864 >> 8
  out 0x42, al
  store COUNTER, 0
  store COUNTER + 4, 0
  in al, 0x61
  or al, 1
  out 0x61, al
  store CONFIGURATION, 1
.out:
  in al, 0x61
  test al, 0x20
  jz .out
  mov eax, [COUNTER]
  xor edx, edx
  mov ecx, 500000 ; 5 ms
  div ecx
  call hex2
  store CONFIGURATION, 0
  ; it stands
  mov eax, [COUNTER]
  mov ecx, 1000
.stand:
  in al, 0x80
  loop .stand
  mov ebx, [COUNTER]
  cmp ebx, [COUNTER]
  sete al
  call hex2
  call newline

  print "once "
  mov al, 0xfa
  out 0x21, al ; IRQ 0 and the cascade
  mov al, 0xfe
  out 0xa1, al
  sti
  call clear
  store TIMER(0), 0
  store VALUE(0), 1000000
  store VALUE(0) + 4, 0
  store TIMER(0), 4
  store CONFIGURATION, 3
  mov ebx, 3000000
  call until
  call counts
  store VALUE(0), 4000000
  mov ebx, 5000000
  call until
  call counts
  ; too late
  store VALUE(0), 1000
  mov ebx, 5500000
  call until
  call counts
  call newline

  print "again and again "
  call clear
  store TIMER(0), 0x4c ; periodic, its value is set, on
  store VALUE(0), 1000000
  store VALUE(0), 1000000
  show TIMER(0)
  store CONFIGURATION, 3
  mov ebx, 5500000
  call until
  call counts
  store TIMER(0), 8
  mov ebx, 8000000
  call until
  call counts
  call newline

  print "IRQ 8 "
  call clear
  store TIMER(0), 0
  store TIMER(1), 0x4c
  store VALUE(1), 2000000
  store VALUE(1), 2000000
  store CONFIGURATION, 3
  mov ebx, 7000000
  call until
  call counts
  store TIMER(1), 0
  call newline

  print "level "
  cli
  call clear
  store VALUE(2), 1000000
  store VALUE(2) + 4, 0
  store TIMER(2), 6
  store CONFIGURATION, 3
  show STATUS
  mov ebx, 2000000
  call until
  show STATUS
  store STATUS, 3
  show STATUS
  store STATUS, 4
  show STATUS
  store TIMER(2), 0
  sti
  call newline

  print "32 bits "
  call clear
  store COUNTER, 0xfff00000
  store TIMER(0), 0x104
  store VALUE(0), 0x00080000
  store CONFIGURATION, 3
.wrap:
  cmp dword [COUNTER + 4], 1
  jne .wrap
  mov ebx, 0x00040000
  call until
  call counts
  mov ebx, 0x00180000
  call until
  call counts
  show VALUE(0)
  show VALUE(0) + 4
  call newline

  print "the PIT again "
  store TIMER(0), 0
  store CONFIGURATION, 0
  mov dword [ticks], 0
  mov al, 0x34
  out 0x43, al
  mov al, 11932 & 0xff ; 10 ms
  out 0x40, al
  mov al, 11932 >> 8
  out 0x40, al
.pit:
  cmp dword [ticks], 3
  jb .pit
  cli
  print "came", 10
  ret

; stops and clears the counter and the counts
clear:
  store CONFIGURATION, 0
  store COUNTER, 0
  store COUNTER + 4, 0
  mov dword [ticks], 0
  mov dword [alarms], 0
  ret

until:
  cmp [COUNTER], ebx
  jb until
  ret

counts:
  mov al, [ticks]
  call hex2
  mov al, [alarms]
  jmp hex2

irq0:
  push eax
  inc dword [ticks]
  mov al, 0x20
  out 0x20, al
  pop eax
  iret

irq8:
  push eax
  inc dword [alarms]
  mov al, 0x20
  out 0xa0, al
  out 0x20, al
  pop eax
  iret

ticks: dd 0
alarms: dd 0
%include "guest-end.inc"

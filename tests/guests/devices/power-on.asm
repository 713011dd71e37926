; What firmware leaves: tables in the ROM and at the end of RAM, CMOS, data areas, registers of chips, CPUID and MSRs.
%include "guest.inc"

main:
  print "tables", 10
  mov esi, 0xf59d0
  mov ecx, 0x330
  call dump
  mov esi, 0xf6040
  mov ecx, 0x10
  call dump
  mov esi, 0xf6060
  mov ecx, 0x20
  call dump
  ; the VGA's ROM: header, IBM's mark, names, PCI data; date and model
  mov esi, 0xc0000
  mov ecx, 3
  call dump
  mov esi, 0xc0018
  mov ecx, 10
  call dump
  mov esi, 0xc5a30
  mov ecx, 66
  call dump
  mov esi, 0xc99dc
  mov ecx, 24
  call dump
  mov esi, 0xffff0
  mov ecx, 15
  call dump
  ; ACPI: FACS and the DSDT's header but for its checksum, then what is behind the DSDT
  mov esi, 0x00fe0000
  mov ecx, 0x48
  call dump
  mov esi, 0x00fe004a
  mov ecx, 0x1a
  call dump
  mov esi, 0x00fe198c
  mov ecx, 0x180
  call dump
  print "data area", 10
  mov esi, 0x400
  mov ecx, 0x50
  call dump
  mov esi, 0x470
  mov ecx, 0x30
  call dump
  mov esi, 0x9fc00
  mov ecx, 0x60
  call dump
  mov esi, 0x41 * 4
  mov ecx, 4
  call dump
  print "CMOS", 10
  mov bl, 0x0a
.cmos:
  cmp bl, 0x0c ; flags come whether they interrupt or not
  je .skip
  cmp bl, 0x32
  je .skip
  mov al, bl
  out 0x70, al
  in al, 0x71
  and al, 0x7f
  call hex2
.skip:
  inc bl
  cmp bl, 0x80
  jb .cmos
  call newline
  print "ports", 10
  mov esi, ports
.port:
  movzx edx, word [esi]
  test edx, edx
  jz .ported
  in al, dx
  call hex2
  add esi, 2
  jmp .port
.ported:
  call newline
  ; 8042: command byte, input and output port
  mov bl, 0x20
  call ask
  mov bl, 0xc0
  call ask
  mov bl, 0xd0
  call ask
  call newline
  ; COM1's divisor
  mov dx, 0x3fb
  mov al, 0x80
  out dx, al
  mov dx, 0x3f8
  in al, dx
  call hex2
  inc dx
  in al, dx
  call hex2
  call newline
  print "LPT1", 10
  mov esi, strobes
  mov dx, 0x37a
.strobe:
  mov al, [esi]
  out dx, al
  mov ecx, 4
.status:
  dec dx
  in al, dx
  call hex2
  inc dx
  loop .status
  in al, dx
  call hex2
  inc esi
  cmp esi, strobes_end
  jb .strobe
  call newline
  print "CPUID", 10
  mov esi, leaves
.leaf:
  mov eax, [esi]
  mov ecx, [esi + 4]
  cpuid
  call hex8
  mov eax, ebx
  call hex8
  mov eax, ecx
  call hex8
  mov eax, edx
  call hex8
  call newline
  add esi, 8
  cmp esi, leaves_end
  jb .leaf
  print "MSRs", 10
  mov esi, registers
.register:
  mov ecx, [esi]
  rdmsr
  call hex8
  mov eax, edx
  call hex8
  add esi, 4
  cmp esi, registers_end
  jb .register
  call newline
  ret

; ECX bytes at ESI, 32 in a line
dump:
  xor ebp, ebp
.byte:
  lodsb
  call hex2
  inc ebp
  test ebp, 31
  jnz .same
  call newline
.same:
  loop .byte
  jmp newline

; the 8042's answer to command BL
ask:
  mov al, bl
  out 0x64, al
.wait:
  in al, 0x64
  test al, 1
  jz .wait
  in al, 0x60
  jmp hex2

ports: dw 0x64, 0x92, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3ff, 0x378, 0x379, 0x37a, 0x37b, 0x37f
  dw 0x4d0, 0x4d1, 0x3f2, 0x3f4, 0x43, 0xafe0, 0xafe1, 0xafe2, 0xafe3, 0x602, 0x604, 0x60c, 0
strobes: db 0xcd, 0xcc, 0xdd, 0xdc, 0x04, 0xc8, 0xcc
strobes_end:
leaves: dd 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 4, 1, 4, 2, 4, 3, 4, 4, 5, 1, 0x40000000, 0, 0x40000001, 0, 0x40000002, 0
  dd 0x80000000, 0, 0x80000001, 0, 0x80000002, 0, 0x80000003, 0, 0x80000004, 0, 0x80000005, 2
leaves_end:
registers: dd 0x1b, 0x35, 0x8b, 0xfe, 0x174, 0x179, 0x198, 0x1a0, 0x277, 0x2ff, 0x400, 0xc0000080, 0xc0000100
registers_end:
%include "guest-end.inc"

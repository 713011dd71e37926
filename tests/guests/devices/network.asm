; The network card: registers after reset and what they keep, EEPROM both ways, PHY, transmit descriptors, interrupt by PIRQC.
%include "guest.inc"

NIC equ 0xfebc0000
RING equ 0x180000
BUFFER equ 0x190000

%macro show 1
  mov eax, [%1]
  call hex8
%endmacro
%macro store 2
  mov dword [%1], %2
%endmacro
%macro phy 1
  store NIC + 0x20, %1
  show NIC + 0x20
%endmacro

main:
  print "after reset", 10
  mov esi, NIC
.register:
  mov eax, [esi]
  test eax, eax
  jz .zero
  push eax
  lea eax, [esi - NIC]
  call hex8
  pop eax
  call hex8
  call newline
.zero:
  add esi, 4
  cmp esi, NIC + 0x20000
  jb .register

  print "address by bytes and words "
  mov ecx, 8
  mov esi, NIC + 0x5400
.byte:
  lodsb
  call hex2
  loop .byte
  mov ecx, 4
  mov esi, NIC + 0x5400
.word:
  xor eax, eax
  lodsw
  call hex8
  loop .word
  mov byte [NIC + 0x5409], 0x77
  show NIC + 0x5408
  mov dx, 0xc000
  mov eax, 0x5400
  out dx, eax
  add dx, 4
  in eax, dx
  call hex8
  call newline

  print "kept ones", 10
  mov esi, kept
.kept:
  lodsd
  lea edi, [eax + NIC]
  call hex8
  mov ebx, [edi]
  mov dword [edi], -1
  mov eax, [edi]
  mov [edi], ebx
  call hex8
  call newline
  cmp esi, kept_end
  jb .kept

  print "EEPROM", 10
  xor ebx, ebx
.read:
  mov eax, ebx
  shl eax, 8
  or eax, 1
  mov [NIC + 0x14], eax
  show NIC + 0x14
  inc ebx
  cmp ebx, 66
  jb .read
  call newline
  ; by wires: words 0, 2 and 3Fh
  mov ebp, 0x180
  call wires
  mov ebp, 0x182
  call wires
  mov ebp, 0x1bf
  call wires
  show NIC + 0x10
  call newline

  print "PHY", 10
  xor ebx, ebx
.phy:
  mov eax, ebx
  shl eax, 16
  or eax, 0x08200000
  mov [NIC + 0x20], eax
  show NIC + 0x20
  inc ebx
  cmp ebx, 32
  jb .phy
  phy 0x08400000
  phy 0x0421ffff
  phy 0x04241234
  phy 0x08240000
  call newline

  print "transmit", 10
  mov edi, RING
  xor eax, eax
  mov ecx, 64
  rep stosd
  store RING, BUFFER
  store RING + 8, 0x0b00003c
  store RING + 0x10, BUFFER
  store RING + 0x18, 0x0300003c ; no report
  store RING + 0x20, BUFFER
  store RING + 0x28, 0x0b00003c
  store NIC + 0x3800, RING
  store NIC + 0x3808, 128
  store NIC + 0x3810, 0
  store NIC + 0x3818, 0
  store NIC + 0x400, 0x0104010a
  store NIC + 0x3818, 1
  call ring ; not a bus master yet
  mov eax, 0x80001804
  mov dx, 0xcf8
  out dx, eax
  mov dx, 0xcfc
  in eax, dx
  or al, 4
  out dx, eax
  store NIC + 0x3810, 0
  store NIC + 0x3818, 1
  call ring
  store NIC + 0x3818, 3
  call ring
  store RING + 0x2c, 0
  store NIC + 0x3818, 2 ; around the ring
  call ring
  show NIC + 0xc8
  show NIC + 0xc0
  show NIC + 0xc0
  call newline

  print "interrupts "
  mov ebx, 0x2b
  mov eax, irq
  call set_gate
  mov al, 0xfb
  out 0x21, al
  mov al, 0xf7
  out 0xa1, al
  sti
  store NIC + 0xd0, 3
  store NIC + 0xc8, 4
  call pause
  show count
  store NIC + 0xc8, 1
  call pause
  show count
  show NIC + 0xd0
  store NIC + 0xd8, 1
  show NIC + 0xd0
  show NIC + 0xd8
  store NIC + 0xc8, 1
  call pause
  show count
  show NIC + 0xc0
  call newline

  print "negotiation "
  store NIC + 0xd0, 4
  phy 0x04201340
  show NIC + 8
  phy 0x08210000
.negotiate:
  mov eax, [NIC + 8]
  test al, 2
  jz .negotiate
  call pause
  phy 0x08210000
  phy 0x08250000
  phy 0x08200000
  show count
  call newline

  print "reset "
  store NIC, 0x04140241
  show NIC
  show NIC + 0x400
  show NIC + 0x3810
  store NIC + 4, 0x140240
  show NIC
  call newline
  ret

ring:
  show NIC + 0x3810
  show NIC + 0x3818
  show RING + 0x0c
  show RING + 0x1c
  show RING + 0x2c
  show NIC + 0xc8
  jmp newline

; the word that command EBP of nine bits reads
wires:
  store NIC + 0x10, 0x40 ; request
  store NIC + 0x10, 0x42 ; select
  mov ecx, 9
.bit:
  mov eax, 0x42
  bt ebp, 8
  jnc .low
  or eax, 4
.low:
  shl ebp, 1
  mov [NIC + 0x10], eax
  or eax, 1
  mov [NIC + 0x10], eax
  and eax, ~1
  mov [NIC + 0x10], eax
  loop .bit
  xor ebx, ebx
  mov ecx, 16
.out:
  store NIC + 0x10, 0x43
  mov eax, [NIC + 0x10]
  shr eax, 4
  rcl ebx, 1
  store NIC + 0x10, 0x42
  loop .out
  store NIC + 0x10, 0
  mov eax, ebx
  jmp hex8

pause:
  mov ecx, 1000
.more:
  in al, 0x80
  loop .more
  ret

irq:
  push eax
  mov eax, [NIC + 0xc0]
  inc dword [count]
  mov al, 0x20
  out 0xa0, al
  out 0x20, al
  pop eax
  iret

count: dd 0
kept: dd 0x08, 0x38, 0xc4, 0x100, 0x458, 0xe00, 0x1000, 0x2800, 0x2804, 0x2808, 0x2810, 0x2818, 0x2820, 0x282c
  dd 0x3800, 0x3804, 0x3808, 0x3828, 0x382c, 0x5200, 0x5400, 0x5600, 0x5800, 0x5840, 0x1234
kept_end:
%include "guest-end.inc"

; Bus-master DMA on the first disk: a read into two pieces, a write that is read back, status bits and interrupts.
%include "guest.inc"

main:
  mov ebx, 0x2e
  mov eax, irq14
  call set_gate
  mov al, 0xfb
  out 0x21, al
  mov al, 0xbf
  out 0xa1, al
  sti
  ; bus master on, and its ports
  mov eax, 0x80000904
  mov dx, 0xcf8
  out dx, eax
  mov dx, 0xcfc
  in eax, dx
  or eax, 4
  out dx, eax
  mov eax, 0x80000920
  mov dx, 0xcf8
  out dx, eax
  mov dx, 0xcfc
  in eax, dx
  and eax, 0xfffc
  mov [base], eax
  print "read "
  mov eax, table_read
  mov bl, 8 ; to memory
  mov ecx, 0xc8
  call transfer
  mov eax, [piece1]
  call hex8
  mov eax, [piece1 + 252]
  call hex8
  mov eax, [piece2]
  call hex8
  mov eax, [piece2 + 764]
  call hex8
  call newline
  print "write "
  mov edi, piece1
  mov ecx, 256
  mov eax, 0xcafe0000
.fill:
  stosd
  inc eax
  loop .fill
  mov eax, table_write
  mov bl, 0
  mov ecx, 0xca
  call transfer
  mov eax, table_read
  mov bl, 8
  mov ecx, 0xc8
  call transfer
  mov eax, [piece2 + 764]
  call hex8
  call newline
  print "short "
  mov eax, table_short
  mov bl, 8
  mov ecx, 0xc8
  mov byte [patience], 1
  call transfer
  call newline
  ret

; table EAX, direction BL, command CL: sectors 40 and 41
transfer:
  mov byte [flag], 0
  mov edx, [base]
  add edx, 4
  out dx, eax
  sub edx, 2
  mov al, 6
  out dx, al ; clears error and interrupt
  mov edx, [base]
  mov al, bl
  out dx, al
  mov dx, 0x1f6
  mov al, 0xe0
  out dx, al
  mov dx, 0x1f2
  mov al, 2
  out dx, al
  inc edx
  mov al, 40
  out dx, al
  inc edx
  xor eax, eax
  out dx, al
  inc edx
  out dx, al
  mov dx, 0x1f7
  mov al, cl
  out dx, al
  mov edx, [base]
  mov al, bl
  or al, 1
  out dx, al
  mov ecx, 300000
.wait:
  cmp byte [flag], 0
  jne .done
  cmp byte [patience], 0
  je .wait
  push edx
  mov edx, [base]
  add edx, 2
  in al, dx
  pop edx
  test al, 1
  jz .done
  loop .wait
.done:
  mov edx, [base]
  add edx, 2
  in al, dx
  and al, 7
  call hex2
  mov edx, [base]
  mov al, 0
  out dx, al
  mov dx, 0x1f7
  in al, dx
  call hex2
  mov al, [flag]
  jmp hex2

irq14:
  push eax
  push edx
  mov dx, 0x1f7
  in al, dx
  mov al, 0x20
  out 0xa0, al
  out 0x20, al
  inc byte [flag]
  pop edx
  pop eax
  iret

base: dd 0
flag: db 0
patience: db 0
align 8
table_read:
  dd piece1, 256, piece2, 0x80000000 + 768
table_write:
  dd piece1, 0x80000000 + 1024
table_short:
  dd piece1, 0x80000000 + 512
align 4
piece1: times 1024 db 0
piece2: times 1024 db 0
%include "guest-end.inc"

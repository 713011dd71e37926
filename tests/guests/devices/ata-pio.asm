; Programmed I/O on the first disk: IDENTIFY, polled and interrupted reads, multiple sectors, a write that is read back, errors, reset.
%include "guest.inc"

main:
  mov ebx, 0x2e
  mov eax, irq14
  call set_gate
  mov al, 0xfb ; the cascade
  out 0x21, al
  mov al, 0xbf ; IRQ 14
  out 0xa1, al
  sti
  print "signature "
  mov dx, 0x1f6
  mov al, 0xa0
  out dx, al ; QEMU leaves the selection as it is
  mov dx, 0x3f6
  mov al, 6
  out dx, al
  mov al, 2
  out dx, al
  call wait_ready
  mov edx, 0x1f1
.signature:
  in al, dx
  call hex2
  inc edx
  cmp edx, 0x1f8
  jb .signature
  call newline
  print "slave "
  mov dx, 0x1f6
  mov al, 0xb0
  out dx, al
  mov dx, 0x1f7
  mov al, 0xec
  out dx, al
  in al, dx
  call hex2
  call newline
  mov al, 0xe0
  mov dx, 0x1f6
  out dx, al
  print "identify "
  mov al, 0xec
  call command
  call wait_ready
  call hex2
  call read_sector
  mov esi, words
.word:
  movzx eax, word [esi]
  add esi, 2
  cmp ax, 0xffff
  je .identified
  mov ax, [buffer + eax * 2]
  shl eax, 16
  rol eax, 16
  call hex8
  jmp .word
.identified:
  call newline
  print "read "
  mov dx, 0x3f6
  xor eax, eax
  out dx, al ; interrupts on
  mov dword [count], 0
  mov eax, 3
  mov bl, 2
  mov cl, 0x20
  call lba_command
  call wait_interrupt
  call read_sector
  mov eax, [buffer]
  call hex8
  call wait_interrupt
  call read_sector
  mov eax, [buffer]
  call hex8
  mov ecx, 20000
.quiet: loop .quiet
  mov eax, [count]
  call hex8
  call status
  call newline
  print "multiple "
  mov dx, 0x1f2
  mov al, 4
  out dx, al
  mov al, 0xc6
  call command
  call wait_interrupt
  mov dword [count], 0
  mov eax, 10
  mov bl, 6
  mov cl, 0xc4
  call lba_command
  call wait_interrupt
  mov ecx, 4
.four:
  call read_sector
  mov eax, [buffer]
  call hex8
  loop .four
  call wait_interrupt
  mov ecx, 2
.two:
  call read_sector
  mov eax, [buffer]
  call hex8
  loop .two
  mov eax, [count]
  call hex8
  call status
  call newline
  print "write "
  mov dword [count], 0
  mov eax, 20
  mov bl, 2
  mov cl, 0x30
  call lba_command
  mov ecx, 256
  mov eax, 0x12345678
  mov edi, buffer
  rep stosd
  mov esi, buffer
  mov ecx, 256
  mov dx, 0x1f0
  rep outsw
  call wait_interrupt
  mov ecx, 256
  rep outsw
  call wait_interrupt
  mov eax, [count]
  call hex8
  call status
  mov al, 0xe7
  call command
  call wait_interrupt
  mov eax, 19
  mov bl, 4
  mov cl, 0x20
  call lba_command
  mov ecx, 4
.back:
  call wait_interrupt
  call read_sector
  mov eax, [buffer + 508]
  call hex8
  loop .back
  call newline
  print "lba48 "
  mov esi, wide
  mov ecx, 10
.wide:
  movzx edx, word [esi]
  mov al, [esi + 2]
  out dx, al
  add esi, 3
  loop .wide
  call wait_interrupt
  call read_sector
  mov eax, [buffer]
  call hex8
  call status
  call newline
  print "errors "
  mov al, 0x00
  call command
  call wait_interrupt
  call status
  mov dx, 0x1f1
  in al, dx
  call hex2
  mov al, 0xb0
  call command
  call wait_interrupt
  call status
  mov dx, 0x1f1
  in al, dx
  call hex2
  call newline
  print "diagnostic "
  mov al, 0x90
  call command
  call wait_interrupt
  mov edx, 0x1f1
.diagnostic:
  in al, dx
  call hex2
  inc edx
  cmp edx, 0x1f6
  jb .diagnostic
  call status
  call newline
  ret

; command AL to the selected drive
command:
  push edx
  mov dx, 0x1f7
  out dx, al
  pop edx
  ret

; sectors EAX.. of number BL, command CL
lba_command:
  push eax
  mov dx, 0x1f2
  mov al, bl
  out dx, al
  pop eax
  mov dx, 0x1f3
  out dx, al
  shr eax, 8
  mov dx, 0x1f4
  out dx, al
  shr eax, 8
  mov dx, 0x1f5
  out dx, al
  mov dx, 0x1f6
  mov al, 0xe0
  out dx, al
  mov al, cl
  jmp command

; alternate status in AL once BSY is clear
wait_ready:
  push edx
  mov dx, 0x3f6
.again:
  in al, dx
  test al, 0x80
  jnz .again
  pop edx
  ret

status:
  push edx
  mov dx, 0x1f7
  in al, dx
  pop edx
  jmp hex2

wait_interrupt:
  cmp byte [flag], 0
  je wait_interrupt
  mov byte [flag], 0
  ret

read_sector:
  push ecx
  push edi
  mov edi, buffer
  mov ecx, 256
  mov dx, 0x1f0
  rep insw
  pop edi
  pop ecx
  ret

irq14:
  push eax
  push edx
  mov dx, 0x1f7
  in al, dx
  mov al, 0x20
  out 0xa0, al
  out 0x20, al
  mov byte [flag], 1
  inc dword [count]
  pop edx
  pop eax
  iret

words: dw 0, 1, 3, 6, 10, 27, 28, 47, 49, 53, 54, 55, 56, 60, 61, 63, 64, 88, 100, 0xffff
wide:
  dw 0x1f6
  db 0xe0
  dw 0x1f2
  db 0
  dw 0x1f3
  db 0
  dw 0x1f4
  db 0
  dw 0x1f5
  db 0
  dw 0x1f2
  db 1
  dw 0x1f3
  db 100
  dw 0x1f4
  db 0
  dw 0x1f5
  db 0
  dw 0x1f7
  db 0x24
flag: db 0
count: dd 0
align 4
buffer: times 512 db 0
%include "guest-end.inc"

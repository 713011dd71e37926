; The CD drive on the second channel: signature, IDENTIFY, packets with data in blocks of the guest's choice, errors and sense, DMA.
%include "guest.inc"

main:
  mov ebx, 0x2f
  mov eax, irq15
  call set_gate
  mov al, 0xfb
  out 0x21, al
  mov al, 0x7f
  out 0xa1, al
  sti
  print "signature "
  mov dx, 0x176
  mov al, 0xa0
  out dx, al
  mov dx, 0x376
  mov al, 4
  out dx, al
  xor eax, eax
  out dx, al
.settle:
  in al, dx
  test al, 0x80
  jnz .settle
  mov edx, 0x171
.register:
  in al, dx
  call hex2
  inc edx
  cmp edx, 0x178
  jb .register
  call newline
  print "not a disk "
  mov al, 0xec
  call command
  call wait_interrupt
  mov edx, 0x171
  in al, dx
  call hex2
  mov edx, 0x174
  in al, dx
  call hex2
  mov edx, 0x175
  in al, dx
  call hex2
  call newline
  print "identify "
  mov al, 0xa1
  call command
  call wait_interrupt
  mov ecx, 256
  call words_in
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 54]
  call hex8
  mov eax, [buffer + 98]
  call hex8
  call newline
  print "inquiry "
  mov esi, inquiry
  mov eax, 36
  call packet
  call blocks
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 8]
  call hex8
  mov eax, [buffer + 32]
  call hex8
  call newline
  print "capacity "
  mov esi, capacity
  mov eax, 8
  call packet
  call blocks
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 4]
  call hex8
  call newline
  print "read "
  mov esi, read
  mov eax, 2048
  call packet
  call blocks
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 2048]
  call hex8
  mov eax, [buffer + 4092]
  call hex8
  call newline
  print "small blocks "
  mov esi, read
  mov eax, 1000
  call packet
  call blocks
  mov eax, [buffer + 4092]
  call hex8
  call newline
  print "large blocks "
  mov esi, read
  mov eax, 0xfffe
  call packet
  call blocks
  mov esi, read
  mov eax, 3001
  call packet
  call blocks
  mov eax, [buffer + 4092]
  call hex8
  call newline
  print "contents "
  mov esi, toc
  mov eax, 100
  call packet
  call blocks
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 4]
  call hex8
  mov eax, [buffer + 12]
  call hex8
  mov eax, [buffer + 16]
  call hex8
  mov esi, toc_frames
  mov eax, 100
  call packet
  call blocks
  mov eax, [buffer + 8]
  call hex8
  mov eax, [buffer + 16]
  call hex8
  call newline
  print "ready "
  mov esi, ready
  xor eax, eax
  call packet
  call blocks
  call newline
  print "unknown "
  mov esi, unknown
  xor eax, eax
  call packet
  call blocks
  mov dx, 0x171
  in al, dx
  call hex2
  mov esi, sense
  mov eax, 18
  call packet
  call blocks
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 12]
  and eax, 0xff
  call hex8
  call newline
  print "beyond "
  mov esi, beyond
  mov eax, 2048
  call packet
  call blocks
  mov esi, sense
  mov eax, 18
  call packet
  call blocks
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 12]
  and eax, 0xff
  call hex8
  call newline
  print "dma "
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
  lea edx, [eax + 12]
  mov eax, table
  out dx, eax
  sub edx, 2
  mov al, 6
  out dx, al
  sub edx, 2
  mov al, 8
  out dx, al
  push edx
  mov edi, buffer
  mov ecx, 1024
  xor eax, eax
  rep stosd
  mov dx, 0x171
  mov al, 1
  out dx, al
  mov esi, read
  xor eax, eax
  call packet
  pop edx
  mov al, 9
  out dx, al
  call wait_interrupt
  mov al, [last_status]
  call hex2
  add edx, 2
  in al, dx
  and al, 7
  call hex2
  mov eax, [buffer]
  call hex8
  mov eax, [buffer + 4092]
  call hex8
  call newline
  ret

command:
  push edx
  mov dx, 0x177
  out dx, al
  pop edx
  ret

; the packet at ESI with a byte count of EAX
packet:
  mov dx, 0x174
  out dx, al
  shr eax, 8
  inc edx
  out dx, al
  mov al, 0xa0
  call command
.wait:
  mov dx, 0x376
  in al, dx
  test al, 0x80
  jnz .wait
  test al, 8
  jz .wait
  mov dx, 0x170
  mov ecx, 6
  rep outsw
  ret

; takes what comes until the command is over, and shows each block: reason and length, then reason and status
blocks:
  mov edi, buffer
.next:
  call wait_interrupt
  mov dx, 0x172
  in al, dx
  and al, 3
  call hex2
  test byte [last_status], 8
  jz .over
  mov dx, 0x175
  in al, dx
  shl eax, 8
  dec edx
  in al, dx
  movzx ecx, ax
  mov eax, ecx
  call hex8
  inc ecx
  shr ecx, 1
  mov dx, 0x170
  rep insw
  jmp .next
.over:
  mov al, [last_status]
  jmp hex2

words_in:
  mov edi, buffer
  mov dx, 0x170
  rep insw
  ret

wait_interrupt:
  cmp byte [flag], 0
  je wait_interrupt
  mov byte [flag], 0
  ret

irq15:
  push eax
  push edx
  mov dx, 0x177
  in al, dx
  mov [last_status], al
  mov al, 0x20
  out 0xa0, al
  out 0x20, al
  mov byte [flag], 1
  pop edx
  pop eax
  iret

flag: db 0
last_status: db 0
inquiry: db 0x12, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0
capacity: db 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
read: db 0x28, 0, 0, 0, 0, 5, 0, 0, 2, 0, 0, 0
beyond: db 0xa8, 0, 0, 0, 0, 255, 0, 0, 0, 2, 0, 0
toc: db 0x43, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0
toc_frames: db 0x43, 2, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0
ready: db 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
unknown: db 0xc7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
sense: db 0x03, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
align 8
table: dd buffer, 0x80000000 + 4096
align 4
buffer: times 4096 db 0
%include "guest-end.inc"

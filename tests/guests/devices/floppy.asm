; The floppy controller: reset, seeks, reads and writes by DMA over both heads, identification, status, errors.
%include "guest.inc"
%define BUFFER 0x80000

main:
  mov ebx, 0x26
  mov eax, irq6
  call set_gate
  mov al, 0xbf
  out 0x21, al
  sti
  print "version "
  mov al, 0x10
  call put
  call get
  call hex2
  call newline
  print "reset "
  mov dx, 0x3f2
  mov al, 0
  out dx, al
  mov al, 0x1c
  out dx, al
  call wait_interrupt
  mov ebp, 4
.sense:
  call sense
  dec ebp
  jnz .sense
  call newline
  mov dx, 0x3f7
  mov al, 0
  out dx, al
  mov esi, specify
  call send
  mov esi, configure
  call send
  print "recalibrate "
  mov esi, seek5
  call send
  call wait_interrupt
  call sense
  mov esi, recalibrate
  call send
  call wait_interrupt
  call sense
  call sense_nothing
  call newline
  print "drive status "
  mov esi, drive_status
  call send
  call get
  call hex2
  call newline
  print "read "
  mov al, 0x46 ; single, to memory, channel 2
  mov ecx, 1023
  call program
  mov esi, read_end
  call send
  call wait_interrupt
  call results
  mov eax, [BUFFER]
  call hex8
  mov eax, [BUFFER + 512]
  call hex8
  mov eax, [BUFFER + 1020]
  call hex8
  in al, 8
  call hex2
  call newline
  print "seek "
  mov esi, seek
  call send
  call wait_interrupt
  call sense
  mov esi, read_id
  call send
  call wait_interrupt
  mov ebp, 3
  call some_results
  call get
  call hex2
  call get
  call hex2
  call get ; the sector under the head is anybody's guess
  call get
  call hex2
  call newline
  print "write "
  mov edi, BUFFER
  mov ecx, 256
  mov eax, 0xfacade00
.fill:
  stosd
  inc eax
  loop .fill
  mov al, 0x4a
  mov ecx, 1023
  call program
  mov esi, write
  call send
  call wait_interrupt
  call results
  mov edi, BUFFER
  mov ecx, 512
  xor eax, eax
  rep stosd
  mov al, 0x46
  mov ecx, 2047
  call program
  mov esi, read_back
  call send
  call wait_interrupt
  call results
  mov eax, [BUFFER]
  call hex8
  mov eax, [BUFFER + 512]
  call hex8
  mov eax, [BUFFER + 1532]
  call hex8
  mov eax, [BUFFER + 1536]
  call hex8
  call newline
  print "registers "
  mov al, 0x94
  call put
  call get
  call hex2
  mov al, 0x0e
  call put
  mov ebp, 4
  call some_results
  call get ; what SPECIFY said: QEMU tells it otherwise
  call get
  mov ebp, 4
  call some_results
  mov al, 0x14
  call put
  call get
  call hex2
  call newline
  print "unknown "
  mov al, 0x1f
  call put
  call get
  call hex2
  mov dx, 0x3f4
  in al, dx
  call hex2
  mov dx, 0x3f2
  in al, dx
  call hex2
  call newline
  ret

; bytes at ESI: how many, then they
send:
  movzx ecx, byte [esi]
  inc esi
.byte:
  mov al, [esi]
  inc esi
  call put
  loop .byte
  ret

put:
  push edx
  push eax
  mov dx, 0x3f4
.ready:
  in al, dx
  and al, 0xc0
  cmp al, 0x80
  jne .ready
  pop eax
  inc edx
  out dx, al
  pop edx
  ret

get:
  push edx
  mov dx, 0x3f4
.ready:
  in al, dx
  and al, 0xc0
  cmp al, 0xc0
  jne .ready
  inc edx
  in al, dx
  pop edx
  ret

sense:
  mov al, 8
  call put
  call get
  call hex2
  call get
  jmp hex2

sense_nothing:
  mov al, 8
  call put
  call get
  jmp hex2

results:
  mov ebp, 7
some_results:
  call get
  call hex2
  dec ebp
  jnz some_results
  ret

; channel 2: mode AL, count ECX, to or from BUFFER
program:
  push eax
  mov al, 6
  out 0x0a, al
  out 0x0c, al
  xor eax, eax
  out 0x04, al
  out 0x04, al
  mov al, BUFFER >> 16
  out 0x81, al
  out 0x0c, al
  mov al, cl
  out 0x05, al
  mov al, ch
  out 0x05, al
  pop eax
  out 0x0b, al
  mov al, 2
  out 0x0a, al
  ret

wait_interrupt:
  cmp byte [flag], 0
  je wait_interrupt
  mov byte [flag], 0
  ret

irq6:
  push eax
  mov al, 0x20
  out 0x20, al
  mov byte [flag], 1
  pop eax
  iret

flag: db 0
specify: db 3, 0x03, 0xdf, 0x02
configure: db 4, 0x13, 0x00, 0x17, 0x00
recalibrate: db 2, 0x07, 0
seek5: db 3, 0x0f, 0, 5
drive_status: db 2, 0x04, 0
read_end: db 9, 0xe6, 0, 0, 0, 18, 2, 18, 0x1b, 0xff
seek: db 3, 0x0f, 0, 7
read_id: db 2, 0x4a, 0
write: db 9, 0xc5, 4, 7, 1, 3, 2, 18, 0x1b, 0xff
read_back: db 9, 0xe6, 4, 7, 1, 2, 2, 18, 0x1b, 0xff
%include "guest-end.inc"

; Runs bytes that a test puts at file offset C0h in real mode, under a fast timer. Each exception's handler skips one
; byte of the code that raised it; every eighth tick starts the code again elsewhere, since random code runs away.
bits 16
org 0x7c00

CODE equ 0x7cc0

start:
  cli
  xor ax, ax
  mov ds, ax
  mov es, ax
  xor di, di
  mov cx, 8
vectors:
  mov ax, skip
  stosw
  xor ax, ax
  stosw
  loop vectors
  mov word [0x08 * 4], tick
  mov word [0x08 * 4 + 2], ax
  mov word [0x0c * 4], skip
  mov word [0x0c * 4 + 2], ax
  mov word [0x0d * 4], skip
  mov word [0x0d * 4 + 2], ax
  mov al, 0x34              ; PIT counter 0: mode 2, 80 clocks
  out 0x43, al
  mov al, 80
  out 0x40, al
  mov al, 0
  out 0x40, al

start_again:
  xor ax, ax
  mov ss, ax
  mov sp, 0x7000
  add byte [cs:place], 37
  movzx eax, byte [cs:place]
  add ax, CODE - 37
  sti
  jmp ax

; The frame is IP, CS, FLAGS.
skip:
  push bp
  mov bp, sp
  inc word [bp + 2]
  pop bp
  iret

tick:
  push ax
  mov al, 0x20
  out 0x20, al
  pop ax
  inc byte [cs:ticks]
  test byte [cs:ticks], 7
  jz start_again
  iret

place db 0
ticks db 0

times 0xc0 - ($ - $$) db 0x90
times 510 - ($ - $$) db 0x90
dw 0xaa55

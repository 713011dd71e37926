; The BIOS's mouse: a handler set by int 15h/C207h gets whole packets. Their bytes come from the 8042's command D3h, so
; that nobody has to move a mouse. Prints to port E9h, ends by APM.
bits 16
org 0x7c00
  xor ax, ax
  mov ds, ax
  mov ss, ax
  mov sp, 0x7c00
  mov ax, 0xc205
  mov bh, 3
  call ask
  mov ax, 0xc207
  xor bx, bx
  mov es, bx
  mov bx, handler
  call ask
  mov ax, 0xc200
  mov bh, 1
  call ask
  mov si, bytes
  mov cx, bytes.end - bytes
.next:
  lodsb
  call inject
  loop .next
  mov ax, 0xc207
  xor bx, bx
  mov es, bx
  call ask
  mov ax, 0xc206
  mov bh, 0
  call ask
  mov al, 0x08
  call inject ; nobody takes it
%include "power-off.inc"
  jmp $

bytes:
  db 0x08, 5, 0xfb, 0x29, 0xfe, 3, 0x0c, 0, 0
.end:

ask:
  int 0x15
  pushf
  call hex4
  pop ax
  and ax, 1
  call hex4
  jmp newline

; AL comes as if from the mouse; two ticks are time enough for it to be taken.
inject:
  push ax
  mov al, 0xd3
  out 0x64, al
  pop ax
  out 0x60, al
  sti
  mov bx, [0x46c]
.wait:
  hlt
  mov ax, [0x46c]
  sub ax, bx
  cmp ax, 2
  jb .wait
  ret

handler:
  mov bp, sp
  mov di, 10
.word:
  mov ax, [bp + di]
  call hex4
  sub di, 2
  cmp di, 4
  jae .word
  call newline
  retf

%include "hex4.inc"

newline:
  mov al, 10
  out 0xe9, al
  ret

times 510 - ($ - $$) db 0
dw 0xaa55

; MC146818 with interrupts: 32 periods against the timer, then an alarm at midnight that is also a leap day's.
%include "guest.inc"

main:
  mov ebx, 0x28
  mov eax, rang
  call set_gate
  mov al, 0x34              ; counter 0 measures
  out 0x43, al
  mov al, 0
  out 0x40, al
  out 0x40, al
  mov al, 0xfb
  out 0x21, al
  mov al, 0xfe
  out 0xa1, al

  mov ax, 0x820b
  call put_register
  mov ax, 0x260a            ; 1024 a second
  call put_register
  mov ax, 0x420b
  call put_register
  call wait_ring
  call read_timer
  push eax
  mov ecx, 32
.period:
  call wait_ring
  call tell_first
  loop .period
  call read_timer
  pop edx
  sub edx, eax
  movzx eax, dx             ; 37286 clocks
  shr eax, 15
  call hex2
  call newline

  mov esi, time
.set:
  lodsw
  call put_register
  cmp esi, time.end
  jb .set
  mov al, 0x0c
  call get_register
  mov ax, 0x320b            ; the clock goes, alarm and update interrupt
  call put_register
  call wait_ring
  mov al, [flags]
  call hex2
  mov bl, 0
.register:
  mov al, bl
  call get_register
  call hex2
  inc bl
  cmp bl, 10
  jb .register
  mov al, 0x32
  call get_register
  call hex2
  jmp newline

; Until the next interrupt.
wait_ring:
  mov byte [flags], 0
.wait:
  sti
  hlt
  cli
  cmp byte [flags], 0
  je .wait
  ret

tell_first:
  cmp ecx, 32
  jne .done
  mov al, [flags]
  and al, 0xc0
  call hex2
.done:
  ret

rang:
  push eax
  mov al, 0x0c
  call get_register
  mov [flags], al
  mov al, 0x20
  out 0xa0, al
  out 0x20, al
  pop eax
  iret

; Register AL is AH.
put_register:
  out 0x70, al
  mov al, ah
  out 0x71, al
  ret

get_register:
  out 0x70, al
  in al, 0x71
  ret

read_timer:
  mov al, 0
  out 0x43, al
  in al, 0x40
  mov ah, al
  in al, 0x40
  xchg al, ah
  ret

flags: db 0
time:                       ; 23:59:59 on 28 February 2024; rings at 0 o'clock, in any minute, at second 0
  dw 0x820b, 0x200a
  dw 0x5900, 0x5902, 0x2304, 0x0406, 0x2807, 0x0208, 0x2409, 0x2032
  dw 0x0001, 0xff03, 0x0005
.end:
%include "guest-end.inc"

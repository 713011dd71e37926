; 8259A pair, interrupts taken: requests that are gone before the processor asks for their vector. Each line: IRR of both
; before the line falls or is masked, and after; then the vectors that come.
%include "guest.inc"

main:
  mov ebx, 0x20
.gate:
  mov eax, ebx
  sub eax, 0x20
  lea eax, [came + eax * 8]
  call set_gate
  inc ebx
  cmp ebx, 0x30
  jb .gate
  mov al, 0x0a              ; reads give the IRR
  out 0x20, al
  out 0xa0, al

  ; the timer's output goes low
  call timer_request
  mov al, 0x30
  out 0x43, al
  call requests
  mov al, 0xfe
  call serve

  ; IRQ 0 masked while it asks
  call timer_request
  mov al, 0xff
  out 0x21, al
  call requests
  call serve
  mov al, 0xfe
  call serve

  ; the clock's flags read: IRQ 8 goes low
  call clock_request
  mov al, 0x0c
  out 0x70, al
  in al, 0x71
  call requests
  mov al, 0xfb
  call serve

  ; IRQ 8 masked at the slave while it asks
  call clock_request
  mov al, 0xff
  out 0xa1, al
  call requests
  mov al, 0xfb
  call serve
  mov al, 0xfe
  out 0xa1, al
  mov al, 0xfb
  call serve

  ; IRQ 1: the byte read before
  mov al, 0xfd
  out 0x21, al
  mov al, 0xd2
  out 0x64, al
  mov al, 0x55
  out 0x60, al
  call pause
  call requests
  in al, 0x60
  call requests
  mov al, 0xfd
  call serve
  ret

; IRQ 0 asks, alone unmasked.
timer_request:
  mov al, 0xfe
  out 0x21, al
  mov al, 0x30
  out 0x43, al
  mov al, 0x20
  out 0x40, al
  mov al, 0
  out 0x40, al
  call pause
  jmp requests

; IRQ 8 asks: 1024 times a second.
clock_request:
  mov al, 0xfb
  out 0x21, al
  mov al, 0xfe
  out 0xa1, al
  mov al, 0x0c
  out 0x70, al
  in al, 0x71
  mov al, 0x0b
  out 0x70, al
  mov al, 0x42
  out 0x71, al
.wait:
  in al, 0xa0
  test al, 1
  jz .wait
  mov al, 0x0b              ; no further ones
  out 0x70, al
  mov al, 0x02
  out 0x71, al
  jmp requests

requests:
  in al, 0x20
  and al, 0x07
  call hex2
  in al, 0xa0
  and al, 0x01
  jmp hex2

; Takes what interrupts come with AL as the master's mask, ends them and masks all.
serve:
  out 0x21, al
  sti
  nop
  nop
  nop
  cli
  mov al, 0xff
  out 0x21, al
  jmp newline

pause:
  mov ecx, 1000
.look:
  in al, 0x61
  loop .look
  ret

align 8
came:
%assign vector 0x20
%rep 16
  push dword vector
  jmp strict near tell
  align 8
%assign vector vector + 1
%endrep

tell:
  mov eax, [esp]
  call hex2
  mov al, 0x0b              ; in service
  out 0x20, al
  out 0xa0, al
  in al, 0x20
  call hex2
  in al, 0xa0
  call hex2
  mov al, 0x0a
  out 0x20, al
  out 0xa0, al
  mov al, 0x20
  out 0xa0, al
  out 0x20, al
  add esp, 4
  iret
%include "guest-end.inc"

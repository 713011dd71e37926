; The time-stamp counter against the timer: ten ticks measured by it, then ten ticks' time waited by it, then 300 million counts.
%include "guest.inc"

main:
  mov eax, tick
  mov ebx, 0x20
  call set_gate
  mov al, 0x34              ; channel 0, rate generator: 1000 Hz
  out 0x43, al
  mov ax, 1193
  out 0x40, al
  mov al, ah
  out 0x40, al
  mov al, 0xfe
  out 0x21, al
  sti
  mov eax, 1                ; from one tick's beginning
  call wait_ticks
  rdtsc
  mov esi, eax
  mov edi, edx
  mov eax, 10
  call wait_ticks
  rdtsc
  sub eax, esi
  sbb edx, edi
  mov [ten_ticks], eax
  cmp eax, 1000000          ; in 10 ms: 100 MHz
  setae al
  call hex2

  mov ecx, [ten_ticks]
  xor ebx, ebx
  call wait_stamps
  mov eax, [ticks]
  cmp eax, 5
  setae bl
  cmp eax, 20
  setbe al
  and al, bl
  call hex2

  mov ecx, 300000000
  call wait_stamps
  mov eax, [ticks]
  cmp eax, 50
  setae al
  call hex2
  call newline
  cli
  ret

; EAX ticks from now
wait_ticks:
  mov dword [ticks], 0
.again:
  cmp [ticks], eax
  jb .again
  ret

; until the counter is ECX further
wait_stamps:
  mov dword [ticks], 0
  rdtsc
  mov esi, eax
  mov edi, edx
.again:
  rdtsc
  sub eax, esi
  sbb edx, edi
  pause
  jnz .done
  cmp eax, ecx
  jb .again
.done:
  ret

tick:
  push eax
  inc dword [ticks]
  mov al, 0x20
  out 0x20, al
  pop eax
  iret

align 4
ticks: dd 0
ten_ticks: dd 0
%include "guest-end.inc"

; Configuration space of the chips that every PC here has: identity, command, status, class, windows, interrupt, routing.
%include "guest.inc"

main:
  mov esi, functions
.function:
  lodsd
  cmp eax, -1
  je .done
  mov edi, eax
  call hex8
  mov ecx, 16
  xor ebx, ebx
.register:
  call read
  call hex8
  add ebx, 4
  loop .register
  mov ebx, 0x60
  call read
  call hex8
  call newline
  jmp .function
.done:
  ; sizes of windows: ones come back but for the bits below the size
  mov edi, 0x80000900
  mov ebx, 0x20
  call size
  mov edi, 0x80001000
  mov ebx, 0x10
  call size
  mov ebx, 0x14
  call size
  mov ebx, 0x30
  call size
  call newline
  ; nobody there
  mov edi, 0x8000f800
  xor ebx, ebx
  call read
  call hex8
  ; bytes and words of the data register
  mov eax, 0x80000900
  mov dx, 0xcf8
  out dx, eax
  mov dx, 0xcfe
  xor eax, eax
  in ax, dx
  call hex8
  xor eax, eax
  mov dx, 0xcff
  in al, dx
  call hex8
  call newline
  ret

; EBX of function EDI
read:
  lea eax, [edi + ebx]
  mov dx, 0xcf8
  out dx, eax
  mov dx, 0xcfc
  in eax, dx
  ret

size:
  call read
  push eax
  mov eax, -1
  out dx, eax
  in eax, dx
  call hex8
  pop eax
  out dx, eax
  ret

functions: dd 0x80000000, 0x80000800, 0x80000900, 0x80000b00, 0x80001000, 0x80001800, -1
%include "guest-end.inc"

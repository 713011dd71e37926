; APM by its entry for protected mode, in segments as int 15h/5302h and 5303h give them: from 32-bit and from 16-bit code. Prints to
; port E9h, ends by APM.
bits 16
org 0x7c00
CODE32 equ 0x08
CODE16 equ 0x10
DATA equ 0x18
FLAT_CODE equ 0x20
FLAT_CODE16 equ 0x28
FLAT_DATA equ 0x30
  cli
  xor ax, ax
  mov ds, ax
  mov ss, ax
  mov sp, 0x7c00
  mov ax, 0x5302
  xor bx, bx
  int 0x15
  jc $
  mov [entry16], bx
  mov ax, 0x5303
  xor bx, bx
  int 0x15
  jc $
  mov [entry], ebx
  mov [limits], esi
  mov [limits + 4], di
  mov bp, ax
  mov si, gdt.code32
  mov di, limits
  call describe
  mov bp, cx
  mov si, gdt.code16
  mov di, limits + 2
  call describe
  mov bp, dx
  mov si, gdt.data
  mov di, limits + 4
  call describe
  lgdt [gdt.pointer]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  jmp FLAT_CODE:protected

; The descriptor at SI: segment BP of real mode, its length from DI.
describe:
  movzx eax, bp
  shl eax, 4
  mov [si + 2], ax
  shr eax, 16
  mov [si + 4], al
  mov ax, [di]
  mov [si], ax
  ret

bits 32
protected:
  mov ax, FLAT_DATA
  mov ds, ax
  mov ss, ax
  mov esp, 0x7c00
  mov esi, functions
.next:
  movzx eax, word [esi]
  mov ebx, 1
  xor ecx, ecx
  xor edx, edx
  push ax
  mov ax, DATA
  mov ds, ax
  pop ax
  push esi ; 530Ah gives it to the caller
  call far [ss:entry]
  pop esi
  call tell
  add esi, 2
  cmp esi, functions.end
  jb .next
  jmp FLAT_CODE16:in16

bits 16
in16:
  mov ax, 0x5309
  mov bx, 1
  call far [entry16]
  mov ax, 0xffff
  adc ax, 0 ; CF was set
  jz .failed
  jmp $
.failed:
  mov ax, 0x530e
  mov cx, 0x0102
  call far [entry16]
  jmp dword FLAT_CODE:last

bits 32
last:
  call tell
  mov eax, 0x5307
  mov ebx, 1
  mov ecx, 3
  call far [ss:entry]
  jmp $

; AX, BX, CX, DX and CF.
tell:
  pushf
  push edx
  push ecx
  push ebx
  push eax
  mov ax, FLAT_DATA
  mov ds, ax
  mov ebp, 4
.word:
  pop eax
  call hex4
  dec ebp
  jnz .word
  pop eax
  and eax, 1
  call hex4
  mov al, 10
  out 0xe9, al
  ret

hex4:
  mov dl, 4
.digit:
  rol ax, 4
  push eax
  and al, 15
  add al, '0'
  cmp al, '9'
  jbe .out
  add al, 7
.out:
  out 0xe9, al
  pop eax
  dec dl
  jnz .digit
  mov al, ' '
  out 0xe9, al
  ret

functions:
  dw 0x5300, 0x530a, 0x530b, 0x530c, 0x530e
.end:
entry:
  dd 0
  dw CODE32
entry16:
  dw 0, CODE16
limits:
  dw 0, 0, 0
gdt:
  dq 0
.code32:
  dw 0, 0, 0x9a00, 0x0040
.code16:
  dw 0, 0, 0x9a00, 0
.data:
  dw 0, 0, 0x9200, 0
  dw 0xffff, 0, 0x9a00, 0x00cf
  dw 0xffff, 0, 0x9a00, 0
  dw 0xffff, 0, 0x9200, 0x00cf
.pointer:
  dw .pointer - gdt - 1
  dd gdt

times 510 - ($ - $$) db 0
dw 0xaa55

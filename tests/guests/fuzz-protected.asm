; Runs code that a test puts into this image under 32-bit paging, a fast timer and handlers for every exception.
; The test fills the parameters (file offset 200h) and the code (file offset 400h, 1 KiB), which straddles two pages of
; linear memory and is mapped twice. A handler records the exception; it maps the page that a page fault asks for, and
; otherwise skips one byte of the code. Code that has run away starts again elsewhere.
bits 16
org 0x7c00

CODE_LINEAR equ 0x400e00
CODE_BYTES equ 0x400
DIRECTORY equ 0x10000
LOW_TABLE equ 0x11000       ; linear 0-3FFFFFh: physical memory as it is
HIGH_TABLE equ 0x12000      ; linear 400000h-7FFFFFh: 64 pages from physical 20000h, twice
KERNEL_STACK equ 0x50000
RECORD equ 0x60000          ; a ring of 64 KiB
CODE_PHYSICAL equ 0x20e00
MAX_EXCEPTIONS equ 3000
STUB_BYTES equ 12

FLAT_CODE equ 0x08
FLAT_DATA equ 0x10
TASK equ 0x28
FAULT_TASK equ 0x30

boot:
  cli
  xor ax, ax
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov sp, 0x7c00
  mov ax, 0x0200 + (image_end - boot) / 512 - 1
  mov bx, 0x7e00
  mov cx, 2
  mov dx, 0x80
  int 0x13
  jc failed
  mov al, 0x11              ; PICs: vectors 20h and 28h, only the timer open
  out 0x20, al
  out 0xa0, al
  mov al, 0x20
  out 0x21, al
  mov al, 0x28
  out 0xa1, al
  mov al, 4
  out 0x21, al
  mov al, 2
  out 0xa1, al
  mov al, 1
  out 0x21, al
  out 0xa1, al
  mov al, 0xfe
  out 0x21, al
  mov al, 0xff
  out 0xa1, al
  mov al, 0x34              ; PIT counter 0: mode 2
  out 0x43, al
  mov ax, [timer_clocks]
  out 0x40, al
  mov al, ah
  out 0x40, al
  lgdt [gdt_pointer]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  jmp dword FLAT_CODE:protected
failed:
  mov al, 0xff
  out 0xf4, al
  hlt

times 510 - ($ - $$) db 0
dw 0xaa55

; ---- parameters, filled by the test
parameters:
target_cs dd 0x08
target_eip dd CODE_LINEAR
target_eflags dd 0x202
target_esp dd 0x420800          ; with the next, what LSS takes
target_ss dd 0x10
target_ds dd 0x10
target_es dd 0x10
target_fs dd 0x10
target_gs dd 0x10
target_registers times 8 dd 0   ; EDI ESI EBP - EBX EDX ECX EAX, as POPAD takes them
timer_clocks dd 25
extra_cr0 dd 0                  ; WP and the like
times 0x400 - ($ - $$) db 0
code times CODE_BYTES db 0x90

; ---- kernel
bits 32
protected:
  mov ax, FLAT_DATA
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov esp, KERNEL_STACK
  mov esi, code
  mov edi, CODE_PHYSICAL
  mov ecx, CODE_BYTES / 4
  rep movsd
  call build_tables
  mov eax, DIRECTORY
  mov cr3, eax
  mov eax, cr0
  or eax, 0x80000000
  or eax, [extra_cr0]
  mov cr0, eax
  call build_idt
  mov word [gdt + TASK + 2], task
  mov word [gdt + FAULT_TASK + 2], fault_task
  mov ax, TASK
  ltr ax
  jmp start_again

build_tables:
  mov edi, DIRECTORY
  xor eax, eax
  mov ecx, 3 * 1024
  rep stosd
  mov dword [DIRECTORY], LOW_TABLE + 7
  mov dword [DIRECTORY + 4], HIGH_TABLE + 7
  mov edi, LOW_TABLE
  mov eax, 3
  mov ecx, 256
.low:
  stosd
  add eax, 0x1000
  loop .low
  mov ebx, HIGH_TABLE
  call .window
  mov ebx, HIGH_TABLE + 64 * 4
.window:                    ; 64 pages; every third is absent, every fifth read-only, every seventh the supervisor's
  xor ecx, ecx
.page:
  mov edi, ecx
  and edi, 31
  shl edi, 12
  add edi, 0x20000 + 7
  cmp ecx, 2
  jb .done                  ; the code itself
  mov eax, ecx
  xor edx, edx
  mov esi, 3
  div esi
  cmp edx, 0
  jne .present
  and edi, ~1
.present:
  mov eax, ecx
  xor edx, edx
  mov esi, 5
  div esi
  cmp edx, 0
  jne .writable
  and edi, ~2
.writable:
  mov eax, ecx
  xor edx, edx
  mov esi, 7
  div esi
  cmp edx, 0
  jne .done
  and edi, ~4
.done:
  mov [ebx + ecx * 4], edi
  inc ecx
  cmp ecx, 64
  jb .page
  ret

build_idt:
  mov edi, idt
  mov ebx, stubs
  mov ecx, 33
.gate:
  mov eax, ebx
  and eax, 0xffff
  or eax, FLAT_CODE << 16
  stosd
  mov eax, ebx
  and eax, 0xffff0000
  or eax, 0xee00            ; interrupt gate, open to INT n of level 3
  stosd
  add ebx, STUB_BYTES
  loop .gate
  mov dword [idt + 8 * 8], FAULT_TASK << 16
  mov dword [idt + 8 * 8 + 4], 0x8500
  mov dword [idt + 3 * 8 + 4], 0xef00 ; a trap gate for INT3
  lidt [idt_pointer]
  ret

align 16
stubs:
%assign vector 0
%rep 33
  %if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17
  %else
    push strict byte 0
  %endif
  push strict byte vector
  jmp strict near handler
  times STUB_BYTES - ($ - (stubs + vector * STUB_BYTES)) nop
  %assign vector vector + 1
%endrep

; EBP points at: ES DS EDI ESI EBP ESP EBX EDX ECX EAX vector error EIP CS EFLAGS
FRAME_VECTOR equ 40
FRAME_ERROR equ 44
FRAME_EIP equ 48
FRAME_CS equ 52

handler:
  pushad
  push ds
  push es
  mov ebp, esp
  mov ax, FLAT_DATA
  mov ds, ax
  mov es, ax
  cld
  cmp dword [ebp + FRAME_VECTOR], 32
  je timer
  inc dword [exceptions]
  cmp dword [exceptions], MAX_EXCEPTIONS
  ja finished
  call record
  mov eax, [ebp + FRAME_VECTOR]
  cmp eax, 14
  je page_fault
  cmp eax, 1
  je resume
  cmp eax, 3
  je resume
  cmp eax, 4
  je resume
skip:
  mov eax, [ebp + FRAME_EIP]
  mov edx, eax
  sub edx, CODE_LINEAR
  cmp edx, CODE_BYTES
  jb .inside
  mov edx, eax
  sub edx, CODE_LINEAR - 0x400000 ; 16-bit code has the window's start as base
  cmp edx, CODE_BYTES
  jae start_again
.inside:
  inc dword [ebp + FRAME_EIP]
resume:
  pop es
  pop ds
  popad
  add esp, 8
  iretd

record:
  mov edi, [record_offset]
  add dword [record_offset], 16
  and dword [record_offset], 0xffff
  add edi, RECORD
  mov eax, [ebp + FRAME_VECTOR]
  stosd
  mov eax, [ebp + FRAME_ERROR]
  stosd
  mov eax, [ebp + FRAME_EIP]
  stosd
  mov eax, cr2
  stosd
  ret

page_fault:
  mov eax, cr2
  mov ebx, eax
  shr ebx, 12
  sub ebx, 0x400
  cmp ebx, 128
  jae skip
  mov edx, [HIGH_TABLE + ebx * 4]
  mov ecx, edx
  or ecx, 7
  cmp ecx, edx
  je skip
  mov [HIGH_TABLE + ebx * 4], ecx
  invlpg [eax]
  jmp resume

; Every fourth tick makes a page absent; which translation is dropped alternates between INVLPG and a CR3 load. Every
; sixteenth skips a byte, or a REP could take all the time there is.
timer:
  mov al, 0x20
  out 0x20, al
  inc dword [ticks]
  mov eax, [ticks]
  test eax, 15
  jz skip
  test eax, 3
  jnz resume
  shr eax, 2
  mov ebx, eax
  and ebx, 127
  and dword [HIGH_TABLE + ebx * 4], ~1
  test eax, 1
  jz .all
  shl ebx, 12
  invlpg [ebx + 0x400000]
  jmp resume
.all:
  mov eax, cr3
  mov cr3, eax
  jmp resume

; The double fault's task: takes the busy task's place and starts again.
fault_entry:
  mov ax, FLAT_DATA
  mov ds, ax
  mov es, ax
  inc dword [exceptions]
  cmp dword [exceptions], MAX_EXCEPTIONS
  ja finished
  and byte [gdt + TASK + 5], ~2
  and byte [gdt + FAULT_TASK + 5], ~2
  mov ax, TASK
  ltr ax
  jmp start_again

finished:
  mov al, 1
  out 0xf4, al
  hlt

; Enters the test's code, each time a little further on.
start_again:
  cli
  mov esp, KERNEL_STACK
  push dword 2
  popfd
  inc dword [restarts]
  mov eax, [restarts]
  imul eax, 37
  and eax, CODE_BYTES - 1
  add eax, [target_eip]
  sub eax, 37
  mov ebx, eax
  mov es, [target_es]
  mov fs, [target_fs]
  mov gs, [target_gs]
  test byte [target_cs], 3
  jz .same_level
  push dword [target_ss]
  push dword [target_esp]
  jmp .enter
.same_level:
  lss esp, [target_esp]
.enter:
  push dword [target_eflags]
  push dword [target_cs]
  push ebx
  mov eax, [target_registers + 28]
  mov ecx, [target_registers + 24]
  mov edx, [target_registers + 20]
  mov ebx, [target_registers + 16]
  mov ebp, [target_registers + 8]
  mov esi, [target_registers + 4]
  mov edi, [target_registers]
  mov ds, [target_ds]
  iretd

align 8
gdt:
  dq 0
  dq 0x00cf9a000000ffff     ; 08 code, level 0
  dq 0x00cf92000000ffff     ; 10 data, level 0
  dq 0x00cffa000000ffff     ; 18 code, level 3
  dq 0x00cff2000000ffff     ; 20 data, level 3
  dq 0x0000890000000067     ; 28 task
  dq 0x0000890000000067     ; 30 the double fault's task
  dq 0x0040f240000027ff     ; 38 data, level 3: base 400000h, limit 27FFh
  dq 0x00c0f60000000400     ; 40 data, level 3: expands down to 401000h
  dq 0x0040f04000001fff     ; 48 data, level 3, read-only: base 400000h, limit 1FFFh
  dq 0x00009a400000ffff     ; 50 16-bit code, level 0: base 400000h
  dq 0x0000fa400000ffff     ; 58 16-bit code, level 3: base 400000h
  dq 0x000092420000ffff     ; 60 16-bit stack, level 0: base 420000h
  dq 0x0000f2420000ffff     ; 68 16-bit stack, level 3: base 420000h
gdt_end:

task:
  dd 0, KERNEL_STACK, FLAT_DATA
  times 25 - 3 dd 0
  dd 0x680000
fault_task:
  dd 0, KERNEL_STACK, FLAT_DATA, 0, 0, 0, 0
  dd DIRECTORY, fault_entry, 2
  dd 0, 0, 0, 0, KERNEL_STACK - 0x1000, 0, 0, 0
  dd FLAT_DATA, FLAT_CODE, FLAT_DATA, FLAT_DATA, FLAT_DATA, FLAT_DATA
  dd 0, 0x680000

gdt_pointer:
  dw gdt_end - gdt - 1
  dd gdt
idt_pointer:
  dw 33 * 8 - 1
  dd idt

align 4
exceptions dd 0
restarts dd 0
ticks dd 0
record_offset dd 0
idt times 33 dq 0

times 0x1000 - ($ - $$) db 0
image_end:

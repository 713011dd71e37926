; Call gates, conforming code, task switches by every path, and what LAR, LSL, VERR and VERW say of every descriptor.
%define SECTORS 60
%include "kit.inc"

GATE equ SPARE                      ; further ones at SPARE + 8 ...
CONFORMING equ SPARE + 8
NEW_TASK equ SPARE + 16
TASK_GATE equ SPARE + 24
DATA16 equ SPARE + 32
LOCAL equ SPARE + 40
CODE1 equ SPARE + 48
INNER equ 57000h                    ; a stack
NT equ 4000h

; A gate: descriptor, type byte, selector, offset, count.
%macro gate 5
    mov eax, %4
    mov [gdt + (%1)], ax
    mov word [gdt + (%1) + 2], %3
    mov word [gdt + (%1) + 4], (%2) << 8 | (%5)
    shr eax, 16
    mov [gdt + (%1) + 6], ax
%endmacro

; A segment: descriptor, base (below 16 MiB), limit, access byte, flags.
%macro segment_at 5
    mov dword [gdt + (%1)], ((%2) & 0ffffh) << 16 | ((%3) & 0ffffh)
    mov dword [gdt + (%1) + 4], (%2) >> 16 | (%4) << 8 | ((%3) & 0f0000h) | (%5) << 20
%endmacro

%macro show_word 1
    movzx eax, word %1
    show eax
%endmacro

; Where gates lead: tells CS, SS and six words of the stack's top, and goes back.
target:
    push ds
    push eax
    mov ax, UDATA
    mov ds, ax
    pop eax
    say " target"
    mov bx, cs
    movzx ebx, bx
    show ebx
    mov bx, ss
    movzx ebx, bx
    show ebx
    show dword [ss:esp + 8]
    show dword [ss:esp + 12]
    show dword [ss:esp + 16]
    show dword [ss:esp + 20]
    show dword [ss:esp + 24]
    mov ebx, TSS + 4
    sub ebx, esp
    pop ds
    retf 8
conforming_target:
    mov bx, cs
    movzx ebx, bx
    retf

; A fresh TSS at OTHER: where it begins.
%macro new_task 1
    mov edi, OTHER
    mov ecx, 26
    xor eax, eax
    rep stosd
    mov dword [OTHER + 4], KERNEL_STACK - 12288
    mov dword [OTHER + 8], KDATA
    mov dword [OTHER + 20h], %1
    mov dword [OTHER + 24h], 2
    mov dword [OTHER + 28h], 0a0a0a0ah
    mov dword [OTHER + 38h], INNER
    mov dword [OTHER + 48h], KDATA
    mov dword [OTHER + 4ch], KCODE
    mov dword [OTHER + 50h], KDATA
    mov dword [OTHER + 54h], KDATA
    mov dword [OTHER + 58h], KDATA
    mov dword [OTHER + 5ch], KDATA
    mov dword [OTHER + 64h], 680000h
    segment_at NEW_TASK, OTHER, 67h, 89h, 0
%endmacro

; Tells of a task switch: EAX, flags, TR, back link, the busy bytes of both, CR0.TS.
%macro tell_task 0
    show eax
    pushfd
    pop eax
    and eax, PRIVATE_FLAGS
    show eax
    str ax
    movzx eax, ax
    show eax
    show_word [OTHER]
    movzx eax, byte [gdt + TASK + 5]
    show eax
    movzx eax, byte [gdt + NEW_TASK + 5]
    show eax
    mov eax, cr0
    and eax, 8
    show eax
    clts
%endmacro

; Back to the first task, whatever happened.
reset_tasks:
    pushfd
    and dword [esp], ~NT
    popfd
    mov byte [gdt + TASK + 5], 89h
    mov eax, TASK
    ltr ax
    clts
    ret

%macro task_fault 2+                ; text, what spoils the TSS
    new_task task_entry
    %2
    try %1
    call NEW_TASK:0
    end_try
    call reset_tasks
%endmacro

task_entry:
    say " entered"
    ud2

main:
    gate GATE, 8ch, KCODE, target, 0
    try "call gate, same level"
    push dword 22222222h
    push dword 11111111h
    call GATE:0
    end_try
    try "call gate of DPL 0 from ring 3"
    go_user .user1
.user1:
    call GATE:0
    end_try
    gate GATE, 0ech, KCODE, target, 0
    try "call gate from ring 3, nothing to copy"
    go_user .user2
.user2:
    push dword 22222222h
    push dword 11111111h
    call GATE:0
    mov eax, esp
    mov bx, ds
    ud2
    end_try
    gate GATE, 0ech, KCODE, target, 2
    try "call gate from ring 3, two parameters"
    mov dword [hook], .tell_esp
    go_user .user3
.user3:
    push dword 22222222h
    push dword 11111111h
    call GATE:0
    ud2
    end_try
    gate GATE, 0e4h, KCODE, target, 2
    try "16-bit call gate from ring 3, two parameters"
    go_user .user4
.user4:
    push dword 44443333h
    push dword 22221111h
    call GATE:0
    ud2
    end_try
    gate GATE, 0ech, KCODE, target, 0
    try "the gate's RPL counts"
    call GATE + 3:0
    end_try
    try "JMP through a gate, inwards"
    go_user .user5
.user5:
    jmp GATE:0
    end_try
    gate GATE, 06ch, KCODE, target, 0
    try "call gate that isn't present"
    go_user .user6
.user6:
    call GATE:0
    end_try
    gate GATE, 0ech, KDATA, target, 0
    try "call gate to data"
    call GATE:0
    end_try
    gate GATE, 0ech, 0, target, 0
    try "call gate to nothing"
    call GATE:0
    end_try
    gate GATE, 0ech, UCODE, target, 0
    try "call gate outwards"
    call GATE:0
    end_try
    segment_at CODE1, 0, 0fffffh, 0bah, 0ch
    gate GATE, 0ech, CODE1, target, 0
    mov dword [TSS + 0ch], INNER
    segment_at DATA16, 0, 0fffffh, 0b2h, 0ch
    mov word [TSS + 10h], DATA16 + 1
    try "to ring 1"
    go_user .inner0
.inner0:
    call GATE:0
    ud2
    end_try
    mov word [TSS + 10h], DATA16 + 2
    try "inner stack with the wrong RPL"
    go_user .inner1
.inner1:
    call GATE:0
    ud2
    end_try
    mov word [TSS + 10h], 0
    try "inner stack null"
    go_user .inner2
.inner2:
    call GATE:0
    ud2
    end_try
    mov word [TSS + 10h], KDATA + 1
    try "inner stack of the wrong DPL"
    go_user .inner3
.inner3:
    call GATE:0
    ud2
    end_try
    mov word [TSS + 10h], 0fff9h
    try "inner stack beyond the table"
    go_user .inner4
.inner4:
    call GATE:0
    ud2
    end_try
    segment_at DATA16, 0, 0fffffh, 0b0h, 0ch
    mov word [TSS + 10h], DATA16 + 1
    try "inner stack read-only"
    go_user .inner5
.inner5:
    call GATE:0
    ud2
    end_try
    segment_at DATA16, 0, 0fffffh, 32h, 0ch
    try "inner stack not present"
    go_user .inner6
.inner6:
    call GATE:0
    ud2
    end_try
    segment_at DATA16, 0, 5fh, 0b2h, 4
    try "inner stack beyond its limit"
    go_user .inner7
.inner7:
    call GATE:0
    ud2
    end_try
    segment_at CONFORMING, 0, 0fffffh, 9eh, 0ch
    try "CALL to conforming code from ring 3"
    go_user .user11
.user11:
    call CONFORMING:conforming_target
    mov eax, ebx
    ud2
    end_try
    try "CALL to inner code from ring 3"
    go_user .user12
.user12:
    call KCODE:conforming_target
    end_try
    try "RETF to an outer level drops segments"
    push dword UDATA
    push dword USER_STACK
    push dword UCODE
    push dword .outer
    mov dword [hook], .tell_segments
    retf
.outer:
    mov ax, ds
    mov bx, es
    mov cx, gs
    ud2
    end_try
    try "RETF inwards"
    go_user .user13
.user13:
    push dword KCODE
    push dword .outer
    retf
    end_try
    try "RETF to null"
    push dword 0
    push dword .outer
    retf
    end_try
    jmp .after_gates
.tell_esp:
    show dword [esp + 60]
    show dword [esp + 64]
    ret
.tell_segments:
    movzx eax, word [esp + 32]
    show eax
    movzx eax, word [esp + 20]
    show eax
    movzx eax, word [esp + 28]
    show eax
    ret
.after_gates:

    ; ---- descriptors
    try "LAR, LSL, VERR, VERW by access byte, ring 0"
    call every_descriptor
    end_try
    try "LAR, LSL, VERR, VERW by access byte, RPL 3"
    mov byte [selector_rpl], 3
    call every_descriptor
    end_try
    try "LSL of page-granular limits, byte limits"
    segment_at LOCAL, 0, 12345h, 93h, 8
    mov cx, LOCAL
    lsl eax, cx
    show eax
    lsl ax, cx
    show eax
    lar eax, cx
    show eax
    mov eax, -1
    lar ax, cx
    show eax
    segment_at LOCAL, 0, 2345h, 93h, 0
    lsl eax, cx
    show eax
    end_try

    ; ---- tasks
    new_task .task1
    try "CALL to a TSS, and IRET back"
    mov eax, 1
    call NEW_TASK:0
    tell_task
    end_try
    jmp .after1
.task1:
    tell_task
    iretd
.after1:
    try "and again: it goes on where it left"
    mov dword [OTHER + 20h], .task1
    call NEW_TASK:0
    show dword [OTHER + 20h]
    end_try
    call reset_tasks
    new_task .task2
    try "JMP to a TSS, and JMP back"
    jmp NEW_TASK:0
.back2:
    tell_task
    end_try
    jmp .after2
.task2:
    tell_task
    jmp TASK:0
.after2:
    call reset_tasks
    try "JMP to the current task, which is busy"
    jmp TASK:0
    end_try
    new_task .task3
    gate TASK_GATE, 85h, NEW_TASK, 0, 0
    try "CALL through a task gate"
    call TASK_GATE:0
    tell_task
    end_try
    jmp .after3
.task3:
    tell_task
    iretd
.after3:
    call reset_tasks
    new_task .task4
    mov word [idt + 20h * 8 + 2], NEW_TASK
    mov word [idt + 20h * 8 + 4], 8500h
    try "INT through a task gate"
    int 20h
    tell_task
    end_try
    jmp .after4
.task4:
    tell_task
    iretd
.after4:
    call reset_tasks
    new_task .task5
    mov eax, [idt + 13 * 8]
    mov [saved_gate], eax
    mov eax, [idt + 13 * 8 + 4]
    mov [saved_gate + 4], eax
    mov word [idt + 13 * 8 + 2], NEW_TASK
    mov word [idt + 13 * 8 + 4], 8500h
    try "an exception through a task gate pushes its error code"
    mov ax, 1234h
    mov ds, ax
    end_try
    jmp .after5
.task5:
    say " error"
    pop eax
    show eax
    show esp
    mov eax, [TSS + 20h]
    sub eax, [origin]
    show eax
    mov eax, [TSS + 24h]
    and eax, PRIVATE_FLAGS
    show eax
    mov eax, [resume]
    mov [TSS + 20h], eax
    iretd
.after5:
    call reset_tasks
    mov eax, [saved_gate]
    mov [idt + 13 * 8], eax
    mov eax, [saved_gate + 4]
    mov [idt + 13 * 8 + 4], eax
    new_task .task6
    try "CALL to a TSS from ring 3: DPL 0"
    go_user .user20
.user20:
    call NEW_TASK:0
    end_try
    segment_at NEW_TASK, OTHER, 66h, 89h, 0
    try "TSS too short"
    call NEW_TASK:0
    end_try
    segment_at NEW_TASK, OTHER, 67h, 09h, 0
    try "TSS not present"
    call NEW_TASK:0
    end_try
    segment_at NEW_TASK, OTHER, 67h, 89h, 0
    mov word [TSS], NEW_TASK
    try "IRET with NT to a task that isn't busy"
    pushfd
    or dword [esp], NT
    popfd
    iretd
    end_try
    mov word [TSS], 0
    try "IRET with NT and a null link"
    pushfd
    or dword [esp], NT
    popfd
    iretd
    end_try
.task6:
    call reset_tasks
    task_fault "task with a null CS", mov word [OTHER + 4ch], 0
    task_fault "task with data in CS", mov word [OTHER + 4ch], KDATA
    task_fault "task with CS of the wrong RPL", mov word [OTHER + 4ch], KCODE + 3
    task_fault "task with EIP beyond CS", mov dword [OTHER + 4ch], KCODE16
    task_fault "task with a null DS", mov word [OTHER + 54h], 0
    task_fault "task with a TSS in DS", mov word [OTHER + 54h], TASK
    task_fault "task with FS beyond the table", mov word [OTHER + 58h], 0fff8h
    task_fault "task with a bad LDT", mov word [OTHER + 60h], KDATA
    task_fault "task with an LDT in the LDT", mov word [OTHER + 60h], 4 + 8
    task_fault "task with TF", mov dword [OTHER + 24h], 102h

    mov edi, OTHER
    mov ecx, 16
    xor eax, eax
    rep stosd
    mov word [OTHER + 0eh], .task7 - 10000h
    mov word [OTHER + 10h], 2
    mov word [OTHER + 12h], 0a0ah
    mov word [OTHER + 1ah], 0f00h
    mov word [OTHER + 22h], KDATA
    mov word [OTHER + 24h], KCODE16
    mov word [OTHER + 26h], KDATA
    mov word [OTHER + 28h], KDATA
    segment_at NEW_TASK, OTHER, 2bh, 81h, 0
    try "16-bit TSS: CALL and IRET"
    mov eax, -1
    mov ebx, -1
    call NEW_TASK:0
    show_word [OTHER + 12h]
    show_word [OTHER + 14h]
    show_word [OTHER + 0eh]
    movzx eax, byte [gdt + NEW_TASK + 5]
    show eax
    end_try
    jmp .after7
bits 16
.task7:
    inc ax
    mov cx, fs
    iret
bits 32
.after7:
    call reset_tasks

    ; ---- faults on the way to a handler
    mov byte [idt + 13 * 8 + 5], 0eh
    try "the gate of #GP isn't present"
    mov ax, 1234h
    mov ds, ax
    end_try
    mov byte [idt + 13 * 8 + 5], 8eh
    mov byte [idt + 6 * 8 + 5], 0eh
    try "the gate of #UD isn't present"
    ud2
    end_try
    mov byte [idt + 6 * 8 + 5], 8eh
    mov byte [idt + 21h * 8 + 5], 0eh
    try "INT 21h, the gate isn't present"
    int 21h
    end_try
    mov word [idt + 21h * 8 + 4], 8e00h
    mov word [idt + 21h * 8 + 2], KDATA
    try "INT 21h, the gate leads to data"
    int 21h
    end_try
    mov word [idt + 21h * 8 + 2], 0
    try "INT 21h, the gate leads nowhere"
    int 21h
    end_try
    mov word [idt + 6 * 8 + 2], KDATA
    try "#UD, the gate leads to data"
    ud2
    end_try
    mov word [idt + 6 * 8 + 2], KCODE
    lidt [short_idtr]
    try "INT beyond the table"
    int 80h
    end_try
    lidt [idtr]
    ret

every_descriptor:
    mov dword [digest], 0
    xor edx, edx
.next:
    segment_at LOCAL, 0, 2345h, 0, 4
    mov [gdt + LOCAL + 5], dl
    mov ecx, LOCAL
    or cl, [selector_rpl]
    mov esi, 77h
    lar esi, cx
    call .mix
    mov esi, 77h
    lsl esi, cx
    call .mix
    xor esi, esi
    verr cx
    call .mix
    verw cx
    call .mix
    test dl, 15
    jnz .more
    push dword [digest]
    call print_hex
.more:
    inc dl
    jnz .next
    ret
.mix:
    setz al
    movzx eax, al
    add eax, esi
    rol dword [digest], 5
    add [digest], eax
    ret
digest: dd 0
selector_rpl: dd 0
align 8
saved_gate: dq 0
short_idtr:
    dw 40h * 8 - 1
    dd idt

end_guest

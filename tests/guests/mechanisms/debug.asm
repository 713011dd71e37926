; Debug exceptions: breakpoints, single step, RF, general detect, the T bit of a task.
%include "kit.inc"

FRAME_EFLAGS equ 56                 ; of the handler's frame as a hook sees it
RF equ 10000h
TF equ 100h

; Arms a breakpoint: number, linear address, R/W and LEN as four bits; globally enabled.
%macro arm 3
    mov eax, %2
    mov dr%1, eax
    mov eax, (2 << (2 * %1)) | ((%3) << (16 + 4 * %1))
    mov dr7, eax
%endmacro

%macro disarm 0
    xor eax, eax
    mov dr7, eax
    mov dr6, eax
%endmacro

set_rf:
    or dword [esp + FRAME_EFLAGS], RF
    ret

main:
    disarm
    try "registers with all bits set"
    mov eax, -1
    mov dr0, eax
    mov dr3, eax
    mov dr6, eax
    mov eax, 0ffffdfffh
    mov dr7, eax
    mov eax, dr7
    xor ecx, ecx
    mov dr7, ecx
    show eax
    mov eax, dr6
    show eax
    mov eax, dr0
    show eax
    mov eax, dr4
    show eax
    end_try
    disarm

    try "code breakpoint, once"
    arm 0, .code1, 0
    mov dword [going_on], 1
    mov dword [hook], set_rf
    nop
.code1:
    nop
    mov eax, dr6
    show eax
    end_try
    disarm

    try "code breakpoint, the handler leaves RF clear"
    arm 1, .code2, 0
    nop
.code2:
    nop
    end_try
    disarm

    try "code breakpoint at an instruction that faults"
    mov dword [going_on], 1
    mov dword [hook], .skip_ud
    arm 2, .code3, 0
.code3:
    ud2
    mov dword [hook], 0
    end_try
    disarm
    jmp .after3
.skip_ud:
    or dword [esp + FRAME_EFLAGS], RF
    cmp dword [esp + 40], 6
    jne .not_ud
    add dword [esp + 48], 2
.not_ud:
    ret
.after3:

    try "code breakpoint in the middle of an instruction"
    arm 0, .code4 + 1, 0
.code4:
    mov eax, 12345678h
    end_try
    disarm

    try "code breakpoint at REP, the handler sets RF"
    mov dword [going_on], 1
    mov dword [hook], set_rf
    mov edi, OTHER
    mov ecx, 3
    arm 0, .code5, 0
.code5:
    rep stosb
    show ecx
    end_try
    disarm

    mov dword [OTHER], 0
    try "write breakpoint, four bytes"
    mov dword [going_on], 1
    arm 0, OTHER, 0dh
    mov eax, [OTHER]
    mov [OTHER + 4], eax
    mov byte [OTHER + 3], 1
    mov [OTHER - 3], eax
    mov [OTHER - 4], eax
    inc dword [OTHER]
    end_try
    disarm

    try "write breakpoint, two bytes, address odd"
    mov dword [going_on], 1
    arm 3, OTHER + 3, 5
    mov byte [OTHER + 1], 1
    mov byte [OTHER + 2], 1
    mov byte [OTHER + 3], 1
    mov byte [OTHER + 4], 1
    end_try
    disarm

    try "access breakpoint, one byte"
    mov dword [going_on], 1
    arm 1, OTHER + 1, 3
    mov eax, [OTHER]
    mov al, [OTHER]
    mov al, [OTHER + 1]
    mov [OTHER + 1], al
    mov ax, [OTHER + 2]
    end_try
    disarm

    try "a breakpoint that isn't enabled shows beside one that is"
    mov dword [going_on], 1
    mov eax, OTHER
    mov dr0, eax
    mov dr2, eax
    mov eax, 0d0d0002h
    mov dr7, eax
    mov [OTHER], eax
    end_try
    disarm

    try "breakpoint on what PUSH and CALL store"
    mov dword [going_on], 1
    sub esp, 64                     ; the frames of exceptions lie elsewhere
    arm 0, KERNEL_STACK - 72, 0dh
    push eax
    pop eax
    call .called
    add esp, 64
    end_try
    disarm
    jmp .after_called
.called:
    ret
.after_called:

    try "breakpoint in REP MOVSB"
    mov dword [going_on], 1
    mov esi, OTHER
    mov edi, OTHER + 256
    mov ecx, 4
    arm 0, OTHER + 257, 1
    rep movsb
    show ecx
    end_try
    disarm

    try "a fault after the breakpoint was met"
    mov dword [going_on], 0
    arm 0, OTHER, 0fh
    push dword [OTHER]
    mov dword [OTHER], 7
    cmpxchg8b [OTHER]
    mov ecx, 0
    div dword [OTHER + 256 * 1024 * 1024]
    end_try
    disarm

    try "single step: NOP, PUSHF, POPF that clears TF"
    mov dword [going_on], 1
    push dword 2
    pushfd
    or dword [esp], TF
    popfd
    nop
    pushfd
    pop eax
    popfd
    nop
    and eax, TF
    show eax
    end_try

    try "single step over REP STOSB"
    mov dword [going_on], 1
    mov edi, OTHER
    mov ecx, 3
    push dword 2
    pushfd
    or dword [esp], TF
    popfd
    rep stosb
    popfd
    end_try

    try "single step over MOV SS, POP SS, LSS"
    mov dword [going_on], 1
    mov bx, ss
    push dword 2
    pushfd
    or dword [esp], TF
    popfd
    mov ss, bx
    nop
    push ss
    pop ss
    nop
    popfd
    nop
    end_try

    try "single step over STI and CLI"
    mov al, 0ffh
    out 21h, al
    out 0a1h, al
    mov dword [going_on], 1
    push dword 2
    pushfd
    or dword [esp], TF
    popfd
    sti
    nop
    cli
    popfd
    end_try

    try "single step over INT3 and ICEBP"
    mov dword [going_on], 1
    push dword 2
    pushfd
    or dword [esp], TF
    popfd
    int3
    nop
    db 0f1h
    nop
    popfd
    end_try

    try "a breakpoint in the shadow of MOV SS waits"
    mov dword [going_on], 1
    mov [OTHER], ss
    arm 0, OTHER, 7
    mov ss, [OTHER]
    nop
    nop
    end_try
    disarm

    try "a code breakpoint in the shadow of MOV SS"
    mov bx, ss
    arm 0, .code6, 0
    mov ss, bx
.code6:
    nop
    end_try
    disarm

    try "IRETD loads RF for one instruction"
    arm 0, .code7, 0
    pushfd
    or dword [esp], RF
    push cs
    push dword .code7
    iretd
.code7:
    nop
    pushfd
    pop eax
    and eax, RF
    show eax
    end_try
    disarm

    try "IRETD and TF"
    mov dword [going_on], 1
    pushfd
    or dword [esp], TF
    push cs
    push dword .code8
    iretd
.code8:
    nop
    push dword 2
    popfd
    end_try

    try "general detect"
    mov eax, 2000h
    mov dr7, eax
    mov eax, dr0
    end_try
    mov eax, dr7
    try "general detect is off in the handler"
    show eax
    end_try
    disarm

    try "DR4 with CR4.DE"
    mov eax, 8
    mov cr4, eax
    mov eax, dr4
    end_try

    try "port breakpoint"
    mov dword [going_on], 1
    arm 0, 80h, 2
    out 80h, al
    in al, 80h
    mov dx, 7fh
    in ax, dx
    out 84h, al
    end_try
    disarm
    xor eax, eax
    mov cr4, eax

    try "debug registers in ring 3"
    go_user .user
.user:
    mov eax, dr7
    end_try

    try "data breakpoint in ring 3"
    mov dword [going_on], 1
    arm 0, OTHER, 0dh
    go_user .user2
.user2:
    mov dword [ss:OTHER], 3
    nop
    leave_user
    end_try
    disarm

    try "the T bit of a task"
    mov dword [going_on], 1
    mov edi, OTHER
    mov dword [edi + 20h], .in_task
    mov dword [edi + 24h], 2
    mov dword [edi + 38h], KERNEL_STACK - 8192
    mov word [edi + 4ch], KCODE
    mov ax, KDATA
    mov [edi + 48h], ax
    mov [edi + 50h], ax
    mov [edi + 54h], ax
    mov dword [edi + 64h], 680001h
    mov dword [gdt + SPARE], 10000067h
    mov dword [gdt + SPARE + 4], 8905h
    mov eax, 155h
    mov dr7, eax
    jmp SPARE:0
.in_task:
    nop
    mov eax, dr7
    show eax
    str ax
    movzx eax, ax
    show eax
    end_try
    ret

end_guest

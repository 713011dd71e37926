; Instructions of the system: model and counters, fast calls, alignment, invalid forms, ports in ring 3 and V86 mode, shadows.
%define SECTORS 60
%include "kit.inc"

V86_SEGMENT equ 5200h               ; code and stack of V86 mode
AC equ 40000h

%macro v86_try 3+                   ; text, IOPL, code
    try %1
    mov esi, %%code
    mov edi, V86_SEGMENT * 16
    mov ecx, %%end - %%code
    rep movsb
    mov dword [v86_flags], 20002h | ((%2) << 12)
    jmp enter_v86
bits 16
%%code:
    %3
    int 30h
%%end:
bits 32
    end_try
%endmacro

enter_v86:
    xor eax, eax
    push eax
    push eax
    push dword V86_SEGMENT          ; DS
    push dword V86_SEGMENT          ; ES
    push dword V86_SEGMENT          ; SS
    push dword 0fff0h
    push dword [v86_flags]
    push dword V86_SEGMENT
    push eax
    iretd
v86_flags: dd 0
ticks: dd 0
even_gdtr:
    dw gdt_end - gdt - 1
    dd gdt
odd_gdtr:
    dw gdt_end - gdt - 1
    dd OTHER + 801h

main:
    mov esi, gdt
    mov edi, OTHER + 801h
    mov ecx, gdt_end - gdt
    rep movsb
    try "CPUID is there: EFLAGS.ID can be changed"
    pushfd
    xor dword [esp], 200000h
    popfd
    pushfd
    pop eax
    and eax, 200000h
    show eax
    end_try
    try "CPUID 0"
    xor eax, eax
    cpuid
    show ebx
    show edx
    show ecx
    end_try
    try "CPUID 1: what every model of class 6 has"
    mov eax, 1
    cpuid
    and edx, 0a931h
    show edx
    shr eax, 8
    and eax, 15
    show eax
    end_try

    try "RDTSC counts"
    rdtsc
    mov ebx, eax
    mov ecx, edx
    nop
    rdtsc
    cmp eax, ebx
    seta al
    movzx eax, al
    show eax
    end_try
    try "WRMSR sets the counter"
    mov ecx, 10h
    mov edx, 5
    mov eax, -1
    wrmsr
    rdtsc
    show edx
    mov ecx, 10h
    rdmsr
    show edx
    end_try
    try "RDTSC in ring 3"
    go_user .user_tsc
.user_tsc:
    rdtsc
    leave_user
    end_try
    mov eax, 4
    mov cr4, eax
    try "RDTSC in ring 3 with CR4.TSD"
    go_user .user_tsd
.user_tsd:
    rdtsc
    end_try
    try "RDTSC in ring 0 with CR4.TSD"
    rdtsc
    end_try
    xor eax, eax
    mov cr4, eax
    try "an MSR that isn't there"
    mov ecx, 12345h
    rdmsr
    end_try
    try "RDMSR in ring 3"
    go_user .user_msr
.user_msr:
    mov ecx, 10h
    rdmsr
    end_try

    try "SYSENTER without a selector"
    mov ecx, 174h
    xor eax, eax
    xor edx, edx
    wrmsr
    sysenter
    end_try
    mov ecx, 174h
    mov eax, KCODE
    xor edx, edx
    wrmsr
    mov ecx, 175h
    mov eax, KERNEL_STACK - 256
    wrmsr
    mov ecx, 176h
    mov eax, .entered
    wrmsr
    try "SYSENTER from ring 3"
    go_user .user_enter, 3202h
.user_enter:
    sysenter
    jmp .not_entered
.entered:
    mov ax, cs
    movzx eax, ax
    show eax
    mov ax, ss
    movzx eax, ax
    show eax
    show esp
    pushfd
    pop eax
    and eax, PRIVATE_FLAGS
    show eax
    mov ax, KDATA
    mov ds, ax
    mov es, ax
.not_entered:
    end_try
    try "SYSEXIT"
    mov edx, .exited
    mov ecx, USER_STACK
    sysexit
.exited:
    mov eax, esp
    mov bx, cs
    mov cx, ss
    hlt
    end_try
    try "SYSEXIT in ring 3"
    go_user .user_exit
.user_exit:
    sysexit
    end_try

    mov eax, cr0
    or eax, 40000h
    mov cr0, eax
%macro ac_try 2+
    try %1
    mov dword [hook], 0
    go_user %%user, 2 + AC
%%user:
    %2
    leave_user
    end_try
%endmacro
    ac_try "AC: word at an odd address", mov ax, [ss:OTHER + 1]
    ac_try "AC: word at an even address", mov ax, [ss:OTHER + 2]
    ac_try "AC: dword at an odd address", mov eax, [ss:OTHER + 3]
    ac_try "AC: dword at a multiple of 2", mov [ss:OTHER + 2], eax
    ac_try "AC: dword at a multiple of 4", add [ss:OTHER + 4], eax
    ac_try "AC: byte", mov al, [ss:OTHER + 3]
    ac_try "AC: read and write", add [ss:OTHER + 2], eax
    try "AC: PUSH on an odd stack"
    go_user .user_push, 2 + AC
.user_push:
    dec esp
    push eax
    end_try
    try "AC: POP of an odd stack"
    go_user .user_pop, 2 + AC
.user_pop:
    sub esp, 6
    pop eax
    end_try
    try "AC: PUSHA on an odd stack"
    go_user .user_pusha, 2 + AC
.user_pusha:
    sub esp, 2
    pusha
    end_try
    ac_try "AC: 16-bit PUSHA, aligned", {o16 pusha}
    ac_try "AC: SGDT, the base at a multiple of 4", {sgdt [ss:OTHER + 2]}
    ac_try "AC: SGDT, the limit at a multiple of 4", {sgdt [ss:OTHER + 4]}
    ac_try "AC: BOUND", {bound eax, [ss:OTHER + 2]}
    ac_try "AC: far pointer", {lfs eax, [ss:OTHER + 2]}
%macro load_fs 0
    push ss
    pop fs
%endmacro
    lgdt [odd_gdtr]
    ac_try "AC: descriptor tables don't count", load_fs
    lgdt [even_gdtr]
    try "AC in ring 0"
    pushfd
    or dword [esp], AC
    popfd
    mov eax, [OTHER + 1]
    end_try
    try "AC in ring 3, the flag is clear"
    go_user .user_noac
.user_noac:
    mov eax, [ss:OTHER + 1]
    leave_user
    end_try
    mov eax, cr0
    and eax, ~40000h
    mov cr0, eax
    ac_try "AC in ring 3, CR0.AM is clear", mov eax, [ss:OTHER + 1]

%macro bytes_try 2+
    try %1
    mov ebx, OTHER
    db %2
    end_try
%endmacro
    bytes_try "UD2", 0fh, 0bh
    bytes_try "UD1", 0fh, 0b9h, 0c0h
    bytes_try "LOCK CMPXCHG8B with a register", 0f0h, 0fh, 0c7h, 0c8h
    bytes_try "LOCK MOV", 0f0h, 89h, 03h
    bytes_try "LOCK ADD to a register", 0f0h, 01h, 0d8h
    bytes_try "LOCK CMP", 0f0h, 39h, 03h
    bytes_try "LOCK BT", 0f0h, 0fh, 0a3h, 03h
    bytes_try "LOCK BTS", 0f0h, 0fh, 0abh, 03h
    bytes_try "LOCK XCHG", 0f0h, 87h, 03h
    bytes_try "LOCK NOP", 0f0h, 90h
    bytes_try "LOCK INC of memory", 0f0h, 0ffh, 03h
    bytes_try "LOCK PUSH", 0f0h, 0ffh, 33h
    bytes_try "15 bytes", 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 90h
    bytes_try "16 bytes", 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 90h
    bytes_try "15 bytes, invalid", 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 66h, 0fh, 0bh
    bytes_try "LES with a register", 0c4h, 0c0h
    bytes_try "LEA with a register", 8dh, 0c0h
    bytes_try "BOUND with a register", 62h, 0c0h
    bytes_try "MOV CS", 8eh, 0c8h
    bytes_try "MOV to segment register 6", 8eh, 0f0h
    bytes_try "MOV from segment register 7", 8ch, 0f8h
    bytes_try "FF /7", 0ffh, 0f8h
    bytes_try "FE /2", 0feh, 0d0h
    bytes_try "8F /1", 8fh, 0c8h
    bytes_try "C6 /1", 0c6h, 0c8h, 0
    bytes_try "0F BA /3", 0fh, 0bah, 0d8h, 0
    bytes_try "CALL far with a register", 0ffh, 0d8h
    bytes_try "JMP far with a register", 0ffh, 0e8h
    bytes_try "SGDT with a register", 0fh, 01h, 0c0h
    bytes_try "0F 00 /6", 0fh, 00h, 0f0h
    bytes_try "0F 04", 0fh, 04h
    bytes_try "RSM", 0fh, 0aah
    bytes_try "PAUSE", 0f3h, 90h
    bytes_try "hint NOPs", 0fh, 19h, 03h, 0fh, 1fh, 80h, 0, 0, 0, 70h
    bytes_try "SALC with CF clear", 0f8h, 0d6h

    try "ARPL of read-only memory that needs no change"
    mov dword [gdt + SPARE], 0000ffffh
    mov dword [gdt + SPARE + 4], 00cf9100h
    mov ax, SPARE
    mov ds, ax
    mov word [es:OTHER], 3
    mov ax, 1
    arpl [OTHER], ax
    end_try
    try "ARPL of read-only memory"
    mov ax, SPARE
    mov ds, ax
    mov word [es:OTHER], 0
    mov ax, 1
    arpl [OTHER], ax
    end_try

    try "IN in ring 3 with an open bitmap"
    go_user .user_in
.user_in:
    in al, 80h
    end_try
    mov word [TSS + 66h], 68h       ; ports 0 to 3fffh or so are open now, but for what follows
    mov byte [TSS + 68h + 10h], 1   ; 80h
    mov byte [TSS + 68h + 12h], 80h ; 97h
    try "IN of a port that the bitmap closes"
    go_user .user_in1
.user_in1:
    in al, 80h
    end_try
    try "OUT of a port that it opens"
    go_user .user_in2
.user_in2:
    out 0edh, al
    leave_user
    end_try
    try "IN of a word whose second port is closed"
    go_user .user_in3
.user_in3:
    mov dx, 7fh
    in ax, dx
    end_try
    try "IN of a port far up in the bitmap"
    go_user .user_in4
.user_in4:
    mov dx, 0f000h
    in al, dx
    end_try
    try "OUTSB in ring 3, closed"
    go_user .user_outs
.user_outs:
    mov dx, 80h
    ss outsb
    end_try
    try "IN in ring 3 with IOPL 3"
    go_user .user_in5, 3002h
.user_in5:
    mov dx, 80h
    in al, dx
    leave_user
    end_try
    try "CLI in ring 3"
    go_user .user_cli
.user_cli:
    cli
    end_try
    try "CLI in ring 3 with IOPL 3"
    go_user .user_cli2, 3002h
.user_cli2:
    cli
    leave_user
    end_try
    try "HLT in ring 3"
    go_user .user_hlt
.user_hlt:
    hlt
    end_try
    try "POPF in ring 3 changes neither IOPL nor IF"
    go_user .user_popf
.user_popf:
    push dword 3202h
    popfd
    ud2
    end_try
    try "INT 20h in ring 3"
    go_user .user_int
.user_int:
    int 20h
    end_try
    try "INT3 in ring 3"
    go_user .user_int3
.user_int3:
    int3
    end_try
    try "ICEBP in ring 3"
    go_user .user_icebp
.user_icebp:
    db 0f1h
    end_try

    v86_try "V86: NOP", 0, nop
    v86_try "V86: CLI, IOPL 0", 0, cli
    v86_try "V86: CLI, IOPL 3", 3, cli
    v86_try "V86: PUSHF, IOPL 0", 0, pushf
    v86_try "V86: POPF, IOPL 0", 0, popf
    v86_try "V86: INT 21h, IOPL 0", 0, int 21h
    v86_try "V86: INT 21h, IOPL 3", 3, int 21h
    v86_try "V86: INT3, IOPL 0", 0, int3
    v86_try "V86: ICEBP, IOPL 0", 0, db 0f1h
    v86_try "V86: IRET, IOPL 0", 0, iret
    v86_try "V86: HLT", 3, hlt
    v86_try "V86: IN, closed, IOPL 3", 3, in al, 80h
    v86_try "V86: IN, open, IOPL 0", 0, in al, 0edh
    v86_try "V86: MOV from CR0", 3, {mov eax, cr0}
    v86_try "V86: SMSW", 0, smsw ax
    v86_try "V86: LAR", 3, {lar ax, bx}
    v86_try "V86: SLDT", 3, sldt ax
    v86_try "V86: ARPL", 3, {db 63h, 0c0h}
    v86_try "V86: LGDT", 3, lgdt [0]
    v86_try "V86: UD2", 3, ud2
    v86_try "V86: a word at the limit", 3, {mov ax, [0ffffh]}
    v86_try "V86: a jump beyond the limit", 3, {o32 jmp near $ + 20000h}
%macro push_and_stop 0
    pushfd
    pop eax
    ud2
%endmacro
    v86_try "V86: PUSHFD", 3, push_and_stop

    try "STI casts a shadow over the next instruction"
    mov al, 0feh
    out 21h, al
    mov dword [hook], .tick
    mov al, 36h
    out 43h, al
    xor al, al
    out 40h, al
    mov al, 4
    out 40h, al
    mov dword [quiet], 1
    mov dword [going_on], 1
    mov ecx, 400000h
    xor ebx, ebx
.shadows:
    cli
    times 3 nop
    sti
    inc ebx                         ; in the shadow
.behind:
    times 3 nop
    dec ecx
    jz .no_tick
    cmp dword [ticks], 0
    je .shadows
.no_tick:
    cli
    show dword [ticks]
    end_try
    jmp .after_tick
.tick:
    cmp dword [esp + 40], 8
    jne .not_tick
    mov dword [count], 0
    mov eax, [esp + 48]
    sub eax, .behind - 1
    jz .in_shadow
    inc dword [ticks]
    jmp .told
.in_shadow:
    mov dword [ticks], 666h
.told:
    mov al, 0ffh
    out 21h, al
    mov al, 20h
    out 20h, al
.not_tick:
    ret

.after_tick:
    mov dword [quiet], 0
    ret

end_guest

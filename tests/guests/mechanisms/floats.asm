; x87, MMX and SSE: who may use them, how their exceptions are reported, what their images hold.
%define SECTORS 32
%include "kit.inc"

AREA equ OTHER                      ; 16-byte aligned room
CR0_MP equ 2
CR0_EM equ 4
CR0_TS equ 8
CR0_NE equ 20h
CR4_OSFXSR equ 200h
CR4_OSXMMEXCPT equ 400h

%macro set_cr0 1                    ; of EM, TS, MP and NE exactly these
    mov eax, cr0
    and eax, ~(CR0_MP | CR0_EM | CR0_TS | CR0_NE)
    or eax, %1
    mov cr0, eax
%endmacro

%macro set_cr4 1
    mov eax, %1
    mov cr4, eax
%endmacro

%macro control 1
    mov word [word_at], %1
    fldcw [word_at]
%endmacro

%macro show_status 0
    fnstsw [word_at]
    movzx eax, word [word_at]
    show eax
%endmacro

%macro show_mxcsr 0
    stmxcsr [word_at]
    show dword [word_at]
%endmacro

; An attempt that ends in a fresh unit whatever it did.
%macro try_float 1
    set_cr0 CR0_NE | CR0_MP
    set_cr4 CR4_OSFXSR | CR4_OSXMMEXCPT
    fninit
    mov dword [word_at], 1f80h
    ldmxcsr [word_at]
    try %1
%endmacro

; The environment at AREA, in 32-bit protected format: the instruction's place as an offset from the attempt's beginning.
%macro show_environment 0
    movzx eax, word [AREA]
    show eax
    movzx eax, word [AREA + 4]
    show eax
    movzx eax, word [AREA + 8]
    show eax
    mov eax, [AREA + 12]
    sub eax, [origin]
    show eax
    movzx eax, word [AREA + 16]
    show eax
    mov eax, [AREA + 20]
    show eax
    movzx eax, word [AREA + 24]
    show eax
%endmacro

%macro show_words 2                 ; address, count
%assign at 0
%rep %2
    show dword [%1 + at]
%assign at at + 4
%endrep
%endmacro

skip_two:                           ; the handler's frame: EIP at 48
    add dword [esp + 48], 2
    ret
skip_three:
    add dword [esp + 48], 3
    ret

acknowledge:                        ; IRQ 13: takes it back, clears the exception
    xor al, al
    out 0f0h, al
    fnclex
    mov al, 20h
    out 0a0h, al
    out 20h, al
    ret

main:
    try_float "registers and words after FNINIT"
    fnsave [AREA]
    show_environment
    end_try

    try_float "a zero divide shows at the next waiting instruction, with its place"
    control 37bh
    fld1
    fldz
    fdivp st1, st0
    nop
    fnstsw ax
    movzx eax, ax
    show eax
    fnstenv [AREA]
    show_environment
    show_status
    fldenv [AREA]
    fwait
    end_try

    try_float "an exception of an operand in memory: its address and selector"
    control 37eh
    fld1
    fadd dword [signalling]
    fnstenv [AREA]
    show_environment
    fld st0
    end_try

    try_float "FNSTCW, FNSTSW, FNCLEX, FNINIT don't wait"
    control 37bh
    fld1
    fldz
    fdivp st1, st0
    fnstcw [word_at]
    fnstsw [word_at]
    show_status
    fnclex
    show_status
    fwait
    end_try

    try_float "FLDCW that unmasks what has been raised"
    fld1
    fldz
    fdivp st1, st0
    show_status
    control 37bh
    show_status
    fnop
    end_try

    try_float "an unmasked invalid operation keeps both registers, unmasked inexact doesn't"
    control 37eh
    fldz
    fldz
    fdivp st1, st0
    fnclex
    show_status
    control 35fh
    fld1
    fld dword [three]
    fdivp st1, st0
    fnstsw [word_at]
    movzx eax, word [word_at]
    show eax
    fnclex
    fstp tword [AREA]
    show_words AREA, 3
    end_try

    try_float "unmasked overflow and underflow wrap the exponent"
    control 367h
    fld tword [huge]
    fadd st0, st0
    fnclex
    fstp tword [AREA]
    show_words AREA, 3
    fld tword [tiny]
    fmul dword [half]
    fnclex
    fstp tword [AREA]
    show_words AREA, 3
    end_try

    try_float "unmasked overflow of a store leaves memory and stack"
    control 377h
    mov dword [AREA], 12345678h
    fld tword [huge]
    fstp dword [AREA]
    show_status
    show dword [AREA]
    end_try

    try_float "stack overflow and underflow"
    fld1
    fld1
    fld1
    fld1
    fld1
    fld1
    fld1
    fld1
    fld1
    show_status
    fninit
    fadd st0, st1
    show_status
    fnsave [AREA]
    show_environment
    end_try

%macro availability 2               ; CR0 bits, name
    try_float %2
    mov dword [going_on], 1
    set_cr0 %1 | CR0_NE
    mov dword [hook], skip_two
    fld1
    show 1
    fnstsw ax
    show 2
    mov dword [hook], 0
    mov dword [hook], %%one
    fwait
    show 3
    mov dword [hook], skip_three
    movq mm0, mm1
    show 4
    emms
    nop
    show 5
    xorps xmm0, xmm1
    show 6
    fxsave [edi]
    show 7
    mov dword [edi], 1f80h
    ldmxcsr [edi]
    show 8
    sfence
    prefetchnta [edi]
    movnti [edi], eax
    jmp %%after
%%one:
    inc dword [esp + 48]
    ret
%%after:
    end_try
%endmacro

    mov edi, AREA
    mov dword [AREA + 24], 1f80h
    availability 0, "available with no bit of CR0"
    mov dword [AREA + 24], 1f80h
    availability CR0_EM, "available with CR0.EM"
    mov dword [AREA + 24], 1f80h
    availability CR0_TS, "available with CR0.TS"
    mov dword [AREA + 24], 1f80h
    availability CR0_TS | CR0_MP, "available with CR0.TS and MP"
    mov dword [AREA + 24], 1f80h
    availability CR0_MP, "available with CR0.MP"
    try_float "without CR4.OSFXSR: MMX"
    set_cr4 0
    pxor mm0, mm0
    pavgb mm0, mm1
    pshufw mm0, mm1, 1
    sfence
    emms
    end_try
    try_float "without CR4.OSFXSR: SSE"
    set_cr4 0
    xorps xmm0, xmm0
    end_try
    try_float "without CR4.OSFXSR: SSE2"
    set_cr4 0
    movdqa xmm0, xmm1
    end_try
    try_float "without CR4.OSFXSR: LDMXCSR"
    set_cr4 0
    ldmxcsr [AREA]
    end_try
    try_float "without CR4.OSFXSR: CVTPI2PS"
    set_cr4 0
    cvtpi2ps xmm0, mm0
    end_try

    try_float "an unmasked SSE exception"
    mov dword [word_at], 1d80h
    ldmxcsr [word_at]
    movss xmm0, [three]
    xorps xmm1, xmm1
    divss xmm0, xmm1
    end_try
    try_float "an unmasked SSE exception: MXCSR and the destination"
    mov dword [going_on], 1
    mov dword [hook], .skip_four
    mov dword [word_at], 1d80h
    ldmxcsr [word_at]
    movss xmm0, [three]
    xorps xmm1, xmm1
    divss xmm0, xmm1
    show_mxcsr
    movd eax, xmm0
    show eax
    end_try
    jmp .no_handler
.skip_four:
    add dword [esp + 48], 4
    ret
.no_handler:
    try_float "an unmasked SSE exception without CR4.OSXMMEXCPT"
    set_cr4 CR4_OSFXSR
    mov dword [word_at], 1d80h
    ldmxcsr [word_at]
    movss xmm0, [three]
    xorps xmm1, xmm1
    divss xmm0, xmm1
    end_try
    try_float "LDMXCSR with a reserved bit"
    mov dword [AREA], 11f80h
    ldmxcsr [AREA]
    end_try
    try_float "LDMXCSR that unmasks a flag that is set raises nothing"
    mov dword [AREA], 3fh
    ldmxcsr [AREA]
    show_mxcsr
    end_try

    try_float "MOVAPS off 16 bytes"
    movaps xmm0, [AREA + 8]
    end_try
    try_float "MOVUPS off 16 bytes"
    movups xmm0, [AREA + 8]
    movdqu [AREA + 17], xmm0
    end_try
    try_float "ADDPS with memory off 16 bytes"
    addps xmm0, [AREA + 4]
    end_try
    try_float "FXSAVE off 16 bytes"
    fxsave [AREA + 8]
    end_try
    try_float "MOVNTPS, MOVNTDQ off 16 bytes"
    movntdq [AREA + 8], xmm0
    end_try

    try_float "FXSAVE: words, tags, registers"
    mov edi, AREA
    mov ecx, 128
    mov eax, 0aaaaaaaah
    rep stosd
    fld1
    fldpi
    pcmpeqd xmm1, xmm1
    fxsave [AREA]
    show dword [AREA]
    movzx eax, byte [AREA + 4]
    show eax
    show dword [AREA + 24]
    show_words AREA + 32, 8
    show_words AREA + 160, 8
    end_try
    try_float "FXRSTOR takes it back"
    fxrstor [AREA]
    fnstsw [word_at]
    show_status
    fstp tword [AREA + 512]
    show_words AREA + 512, 2
    movd eax, xmm1
    show eax
    end_try
    try_float "FXRSTOR with a reserved bit of MXCSR"
    mov dword [AREA + 24], 0ffff1f80h
    fxrstor [AREA]
    end_try

    try_float "MMX marks every register in use, EMMS none"
    fld1
    pcmpeqd mm3, mm3
    fnstenv [AREA]
    movzx eax, word [AREA + 4]
    show eax
    movzx eax, word [AREA + 8]
    show eax
    emms
    fnstenv [AREA]
    movzx eax, word [AREA + 4]
    show eax
    movzx eax, word [AREA + 8]
    show eax
    end_try
    try_float "an x87 exception comes before an MMX instruction"
    control 37bh
    fld1
    fldz
    fdivp st1, st0
    movq mm0, mm1
    end_try
    try_float "an x87 exception doesn't come before an SSE instruction"
    control 37bh
    fld1
    fldz
    fdivp st1, st0
    xorps xmm0, xmm0
    cvttss2si eax, xmm0
    show eax
    end_try

    try_float "FNSTENV and FNSAVE of 16 bits"
    fld1
    fldpi
    fadd st0, st1
    mov edi, AREA
    mov ecx, 32
    mov eax, 0aaaaaaaah
    rep stosd
    o16 fnstenv [AREA]
    movzx eax, word [AREA]
    show eax
    movzx eax, word [AREA + 2]
    show eax
    movzx eax, word [AREA + 4]
    show eax
    show dword [AREA + 12]
    o16 fnsave [AREA]
    show_words AREA + 14, 4
    o16 frstor [AREA]
    show_status
    end_try

    try_float "a store beyond the limit changes nothing"
    mov dword [going_on], 1
    mov dword [hook], skip_seven
    fld1
    fstp tword [0fffffffch]
    nop
    show_status
    end_try

    try_float "CR0.NE = 0: IRQ 13 comes at the next waiting instruction, port F0h takes it back"
    call remap
    set_cr0 CR0_MP
    mov dword [going_on], 1
    mov dword [hook], acknowledge
    control 37bh
    fld1
    fldz
    fdivp st1, st0
    sti
    nop
    nop
    fld1
    nop
    cli
    show_status
    end_try
    set_cr0 CR0_MP
    ret

skip_seven:
    add dword [esp + 48], 6
    ret

remap:
    mov al, 11h
    out 20h, al
    out 0a0h, al
    mov al, 20h
    out 21h, al
    mov al, 28h
    out 0a1h, al
    mov al, 4
    out 21h, al
    mov al, 2
    out 0a1h, al
    mov al, 1
    out 21h, al
    out 0a1h, al
    mov al, 0fbh
    out 21h, al
    mov al, 0dfh
    out 0a1h, al
    ret

align 16
word_at: dd 0
three: dd 3.0
half: dd 0.5
signalling: dd 7fa00000h
huge: dd 0, 80000000h
    dw 7ffeh
tiny: dd 1, 80000000h
    dw 1
    end_guest

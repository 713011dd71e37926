; The 8254: six modes of counter 2, whose gate and output are port 61h's, beside counter 0, which measures the time.
%include "kit.inc"

%macro control 1
    mov al, %1
    out 43h, al
%endmacro
%macro count 1                      ; both bytes
    mov al, (%1) & 255
    out 42h, al
    mov al, (%1) >> 8
    out 42h, al
%endmacro
%macro gate 1
    mov al, %1
    out 61h, al
%endmacro
%macro show_output 0
    in al, 61h
    shr al, 5
    and eax, 1
    show eax
%endmacro
%macro show_status 0                ; of counter 2, by the read-back command
    control 0e8h
    in al, 42h
    movzx eax, al
    show eax
%endmacro
%macro pass 1                       ; clocks go by
    mov ecx, %1
    call wait_clocks
%endmacro
; How far is the counter from a value, in steps of 256? Where they round to the same, 0.
%macro show_near 1
    call read_2
    mov edx, %1
    call near_to
    show eax
%endmacro
%macro show_still 0                 ; does it stand still?
    call read_2
    mov ebx, eax
    pass 600
    call read_2
    sub eax, ebx
    show eax
%endmacro

main:
    mov al, 34h
    out 43h, al
    mov al, 0
    out 40h, al
    out 40h, al

    try "mode 0: output, status, near the end, beyond:"
    gate 1
    control 0b0h
    show_output
    count 1000h
    pass 200h
    show_output
    show_status
    show_near 1000h - 200h
    pass 1000h
    show_output
    show_status
    show_near 10000h - 200h
    end_try

    try "mode 0: the gate low, and high again:"
    gate 1
    control 0b0h
    count 4000h
    pass 800h
    gate 0
    show_output
    show_still
    show_near 4000h - 800h
    gate 1
    pass 800h
    show_near 4000h - 1000h
    end_try

    try "mode 0: a new count, and its first byte alone:"
    gate 1
    control 0b0h
    count 300h
    pass 800h
    show_output
    mov al, 0
    out 42h, al
    show_output
    mov al, 30h
    out 42h, al
    pass 800h
    show_output
    show_near 3000h - 800h
    end_try

    try "mode 1: waits for the gate, runs, and again:"
    gate 0
    control 0b2h
    show_output
    count 1000h
    pass 400h
    show_output
    gate 1
    pass 400h
    show_output
    show_status
    show_near 1000h - 400h
    gate 0
    pass 400h
    show_near 1000h - 800h
    gate 1
    pass 200h
    show_output
    show_near 1000h - 200h
    pass 1000h
    show_output
    end_try

    try "mode 2: repeats:"
    gate 1
    control 0b4h
    show_output
    count 1000h
    pass 400h
    show_output
    show_status
    show_near 1000h - 400h
    pass 1000h
    show_near 1000h - 400h
    end_try

    try "mode 2: a new count waits for the end of the period:"
    gate 1
    control 0b4h
    count 2000h
    pass 400h
    count 1000h
    pass 400h
    show_near 2000h - 800h
    pass 1800h
    show_near 1000h - 0
    end_try

    try "mode 2: the gate stops it and begins anew:"
    gate 1
    control 0b4h
    count 2000h
    pass 800h
    gate 0
    show_output
    show_still
    gate 1
    pass 400h
    show_near 2000h - 400h
    end_try

    try "mode 3: two halves, in steps of two:"
    gate 1
    control 0b6h
    show_output
    count 2000h
    pass 400h
    show_output
    show_status
    show_near 2000h - 800h
    pass 1000h
    show_output
    show_near 2000h - 800h
    pass 1000h
    show_output
    end_try

    try "mode 3: the gate stops it, its output is high, and begins anew:"
    gate 1
    control 0b6h
    count 2000h
    pass 1400h
    show_output
    gate 0
    show_output
    gate 1
    pass 400h
    show_output
    show_near 2000h - 800h
    end_try

    try "mode 4: high, and beyond:"
    gate 1
    control 0b8h
    show_output
    count 1000h
    pass 400h
    show_output
    show_status
    show_near 1000h - 400h
    pass 1000h
    show_output
    show_near 10000h - 400h
    end_try

    try "mode 4: the gate low:"
    gate 1
    control 0b8h
    count 4000h
    pass 400h
    gate 0
    show_still
    gate 1
    pass 400h
    show_near 4000h - 800h
    end_try

    try "mode 5: waits for the gate, and again:"
    gate 0
    control 0bah
    count 1000h
    pass 400h
    show_output
    gate 1
    pass 400h
    show_status
    show_near 1000h - 400h
    gate 0
    gate 1
    pass 200h
    show_near 1000h - 200h
    show_output
    end_try

    try "modes 6 and 7 are 2 and 3:"
    gate 1
    control 0bch
    count 1000h
    pass 400h
    show_status
    show_near 1000h - 400h
    control 0beh
    count 1000h
    pass 200h
    show_near 1000h - 400h
    end_try

    try "digits:"
    gate 1
    control 0b1h
    count 9000h
    pass 1000
    call read_2
    mov edx, eax
    shr edx, 8
    show edx
    show_status
    count 0
    pass 1000
    call read_2
    shr eax, 8
    show eax
    end_try

    try "latches: the first one stays, and is read in two bytes:"
    gate 1
    control 0b0h
    count 4000h
    pass 100h
    control 80h
    pass 800h
    control 80h
    in al, 42h
    in al, 42h
    movzx eax, al
    show eax
    in al, 42h
    in al, 42h
    movzx eax, al
    show eax
    end_try

    try "read back, status before count, and the status of a command without a count:"
    gate 1
    control 0b0h
    count 4080h
    pass 40h
    control 0c8h
    pass 800h
    in al, 42h
    and al, 0bfh
    movzx eax, al
    show eax
    in al, 42h
    in al, 42h
    movzx eax, al
    show eax
    control 0b4h
    show_status
    end_try

    try "null count:"
    gate 0
    control 0b2h
    show_status
    count 1000h
    show_status
    gate 1
    pass 100
    show_status
    end_try

    try "one byte, the low one or the high one:"
    gate 1
    control 90h
    mov al, 80h
    out 42h, al
    show_output
    pass 100h
    show_output
    control 0a0h
    mov al, 10h
    out 42h, al
    pass 80h
    in al, 42h
    movzx eax, al
    show eax
    show_output
    pass 1000h
    show_output
    end_try
    gate 0
    ret

read_2:                             ; the counter, now
    control 80h
    in al, 42h
    mov ah, al
    in al, 42h
    xchg al, ah
    movzx eax, ax
    ret

near_to:
    sub eax, edx
    movsx eax, ax
    add eax, 80h
    sar eax, 8
    ret

wait_clocks:
    push ebx
    call read_0
    mov ebx, eax
.look:
    call read_0
    mov edx, ebx
    sub edx, eax
    movzx edx, dx
    cmp edx, ecx
    jb .look
    pop ebx
    ret

read_0:
    mov al, 0
    out 43h, al
    in al, 40h
    mov ah, al
    in al, 40h
    xchg al, ah
    movzx eax, ax
    ret

end_guest

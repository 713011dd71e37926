; Counts to three, greets, and waits for interrupts: a boot sector that is a kernel of nobody's.
        bits 16
        section .text
        global start
start:
        cld
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov ax, 0xb800
        mov es, ax
        call count
        call greet
        sti
.wait:
        hlt
        jmp .wait

count:
        inc word [counter]
        cmp word [counter], 3
        jne count
        ret

greet:
        mov si, greeting
        xor di, di
        mov ah, 7
.next:
        lodsb
        stosw
        cmp byte [si], 0
        jne .next
        ret

greeting: db "ready>", 0
        align 2
counter: dw 0
        times 510 - ($ - $$) db 0
        dw 0xaa55

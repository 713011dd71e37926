; A task in ring 0 that gives every general register a value of its own and watches them. It never gives up the
; processor, so ticks take it away, and what it finds changed a switch has lost.

extern sentry_alarm

section .text
bits 32

; void sentry(uint32_t argument)
global sentry:function (sentry.end - sentry)
sentry:
    mov eax, 0A11CE5h
    mov ebx, 0B0B0B0Bh
    mov ecx, 0C0FFEEh
    mov edx, 0D0D0D0Dh
    mov esi, 051051h
    mov edi, 0D1D1D1h
    mov ebp, 0
.watch:
    cmp eax, 0A11CE5h
    jne .lost
    cmp ebx, 0B0B0B0Bh
    jne .lost
    cmp ecx, 0C0FFEEh
    jne .lost
    cmp edx, 0D0D0D0Dh
    jne .lost
    cmp esi, 051051h
    jne .lost
    cmp edi, 0D1D1D1h
    jne .lost
    test ebp, ebp
    jz .watch
.lost:
    xor ebp, ebp
    call sentry_alarm
.forever:
    jmp .forever
.end:

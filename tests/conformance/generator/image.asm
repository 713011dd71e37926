; Bare-metal image: runs each vector on the disk as one hardware task and prints the state it leaves.
;
; A task switch loads every register from a TSS, so a vector starts in exactly its state, whatever ESP holds. EFLAGS.TF
; ends it after one instruction. Every exception goes through a task gate, so the processor saves the state without
; touching the vector's stack. real16 vectors run in virtual-8086 mode with IOPL 3 (SDM vol. 3A, chapters 8 and 21).
;
; Disk: this image in sectors 0-31; from sector 32 on, one vector per two sectors (see system_image.py). An ATA PIO read
; brings in each. The result goes to port E9h as text: registers, exception, window contents.

BASE        equ 0x90000
GDT         equ 0x98000
IDT         equ 0x99000
TSS_MAIN    equ 0x99400
TSS_GUEST   equ 0x99480
TSS_HANDLER equ 0x99500        ; 64 of them, 104 bytes each
STACKS      equ 0x9C000        ; 64 handler stacks, 64 bytes each
VECTOR      equ 0x70000
PD_MAIN     equ 0x180000       ; page tables: the image's own, which map 4 MiB to themselves, and the vector's
PT_MAIN     equ 0x181000
PD_GUEST    equ 0x182000
PT_GUEST    equ 0x183000
CR0_USUAL   equ 0x11           ; PE, ET
SELECTOR_MAIN  equ 0x100
SELECTOR_GUEST equ 0x108
SELECTOR_HANDLER equ 0x110
HANDLERS    equ 64
FIRST_SECTOR equ 32

        org 0x7C00
        bits 16
boot:   cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7C00
        mov [drive], dl
        mov si, packet
        mov ah, 0x42
        int 0x13
        jc $
        in al, 0x92
        or al, 2
        and al, 0xFE
        out 0x92, al
        mov al, 0xFF            ; no hardware interrupt may reach a vector with IF set
        out 0x21, al
        out 0xA1, al
        lgdt [boot_gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 0x08:BASE + (main - stage2)

        align 4
packet: db 16, 0
        dw 16                   ; sectors
        dw 0, BASE >> 4
        dq 1
drive:  db 0
        align 8
boot_gdt:
        dq 0
        dq 0x00CF9B000000FFFF
        dq 0x00CF93000000FFFF
boot_gdtr:
        dw 23
        dd boot_gdt
        times 510 - ($ - $$) db 0
        dw 0xAA55

; --- protected mode, at BASE -----------------------------------------------------------------------------------------
        section second vstart=BASE follows=.text align=1
        bits 32
stage2:
main:   mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov fs, ax
        mov gs, ax
        mov esp, 0x8FFF0
        call fill_code_area
        call make_tables
        call make_page_tables
        mov eax, PD_MAIN
        mov [TSS_MAIN + 0x1C], eax
        mov cr3, eax
        mov eax, CR0_USUAL
        mov cr0, eax
        lgdt [gdtr]
        lidt [idtr]
        mov ax, SELECTOR_MAIN
        ltr ax
        mov dword [sector], FIRST_SECTOR
next:   call read_vector
        cmp dword [VECTOR], 0x31434556
        jne finished
        call run_vector
        call print_result
        add dword [sector], 2
        jmp next
finished:
        mov esi, text_end
        call print_text
        mov dx, 0x8900          ; Bochs's shutdown port
        mov esi, text_shutdown
.bochs: lodsb
        test al, al
        jz .qemu
        out dx, al
        jmp .bochs
.qemu:  mov dx, 0x501           ; QEMU's isa-debug-exit
        xor eax, eax
        out dx, al
        cli
        hlt
        jmp $

; INT3 everywhere, so that a jump that is not trapped is still caught.
fill_code_area:
        mov edi, 0x10000
        mov ecx, 0x10000 / 4
        mov eax, 0xCCCCCCCC
        rep stosd
        ret

; eax = TSS address, edi = descriptor
make_tss_descriptor:
        mov word [edi], 103
        mov [edi + 2], ax
        shr eax, 16
        mov [edi + 4], al
        mov byte [edi + 5], 0x89
        mov byte [edi + 6], 0
        mov [edi + 7], ah
        ret

make_tables:
        mov esi, gdt_template
        mov edi, GDT
        mov ecx, gdt_template_end - gdt_template
        rep movsb
        mov edi, GDT + SELECTOR_MAIN
        mov eax, TSS_MAIN
        call make_tss_descriptor
        mov edi, GDT + SELECTOR_GUEST
        mov eax, TSS_GUEST
        call make_tss_descriptor
        xor ebx, ebx
.gate:  mov eax, ebx
        imul eax, eax, 104
        add eax, TSS_HANDLER
        lea edi, [GDT + SELECTOR_HANDLER + ebx * 8]
        call make_tss_descriptor
        lea edi, [IDT + ebx * 8]
        lea eax, [SELECTOR_HANDLER + ebx * 8]
        mov word [edi], 0
        mov [edi + 2], ax
        mov word [edi + 4], 0xE500      ; present, DPL 3, task gate
        mov al, bl
        and al, 0xF8
        cmp al, 0x38
        jne .user
        mov word [edi + 4], 0x8500      ; 38h to 3Fh: DPL 0
.user:
        mov word [edi + 6], 0
        call reset_handler
        inc ebx
        cmp ebx, HANDLERS
        jb .gate
        ret

make_page_tables:
        mov edi, PD_MAIN
        xor eax, eax
        mov ecx, 0x4000 / 4
        rep stosd
        mov dword [PD_MAIN], PT_MAIN + 7
        mov dword [PD_GUEST], PT_GUEST + 7
        mov edi, PT_MAIN
        call fill_page_table
; The vector's table: every page present, writable, of the user, neither accessed nor dirty.
reset_guest_pages:
        mov dword [PD_GUEST], PT_GUEST + 7
        mov edi, PT_GUEST
fill_page_table:
        mov eax, 7
        mov ecx, 1024
.entry: stosd
        add eax, 0x1000
        loop .entry
        ret

; ebx = vector. Gives the handler's TSS its entry state again.
reset_handler:
        imul edi, ebx, 104
        add edi, TSS_HANDLER
        push edi
        xor eax, eax
        mov ecx, 26
        rep stosd
        pop edi
        mov dword [edi + 0x1C], PD_MAIN
        lea eax, [stubs + ebx * 8]
        mov [edi + 0x20], eax
        mov dword [edi + 0x24], 2
        mov eax, ebx
        shl eax, 6
        add eax, STACKS + 0x40
        mov [edi + 0x38], eax
        mov dword [edi + 0x48], 0x10
        mov dword [edi + 0x4C], 0x08
        mov dword [edi + 0x50], 0x10
        mov dword [edi + 0x54], 0x10
        mov dword [edi + 0x58], 0x10
        mov dword [edi + 0x5C], 0x10
        mov dword [edi + 0x64], 104 << 16
        and byte [GDT + SELECTOR_HANDLER + ebx * 8 + 5], 0xFD
        ret

        align 8
stubs:
%assign vector 0
%rep HANDLERS
        push byte vector
        jmp near caught
        align 8, db 0x90
%assign vector vector + 1
%endrep

; Stack: the vector, then the error code if there is one (the stack started at the end of its 64 bytes).
caught: pop eax
        mov [exception_vector], eax
        mov dword [has_error_code], 0
        mov ebx, esp
        and ebx, 0x3F
        jz .done
        mov dword [has_error_code], 1
        pop dword [error_code]
.done:  mov ebx, eax
        jmp SELECTOR_MAIN:0

; --- one vector ------------------------------------------------------------------------------------------------------

; Vector layout: magic, flags (bit 0: repeat while EIP stays), 16 dwords from EIP to GS in TSS order, CR0 beside its usual
; bits, SS0, ESP0, page count, for each page its number and its PTE, window count; then for code and each window: address and length
; as dwords, bytes padded to 4.
run_vector:
        mov edi, TSS_GUEST
        xor eax, eax
        mov ecx, 26
        rep stosd
        mov dword [TSS_GUEST + 0x64], 104 << 16
        mov esi, VECTOR + 8
        mov edi, TSS_GUEST + 0x20
        mov ecx, 16
        rep movsd
        mov dword [TSS_GUEST + 0x1C], PD_GUEST
        lodsd
        mov [guest_cr0], eax
        test eax, eax
        jns .unpaged
        push esi
        call reset_guest_pages
        pop esi
.unpaged:
        lodsd
        mov [TSS_GUEST + 0x08], eax
        lodsd
        mov [TSS_GUEST + 0x04], eax
        lodsd
        mov [page_count], eax
        mov [pages], esi
        mov ecx, eax
        jecxz .mapped
.page:  lodsd
        mov edi, eax
        lodsd
        mov [PT_GUEST + edi * 4], eax
        loop .page
.mapped:
        mov [blocks], esi
        lodsd
        mov ebp, eax
.window:
        lodsd
        mov edi, eax
        lodsd
        mov ecx, eax
        rep movsb
        add esi, 3
        and esi, ~3
        dec ebp
        jnz .window
        mov dword [iterations], 0
.again: and byte [GDT + SELECTOR_GUEST + 5], 0xFD
        mov dword [exception_vector], 0xFF
        xor eax, eax
        mov cr2, eax
        mov eax, [guest_cr0]
        or eax, CR0_USUAL
        mov cr0, eax
        jmp .switch             ; QEMU writes its pending flags state over the new task's, unless a block starts here
.switch:
        jmp SELECTOR_GUEST:0
        mov eax, CR0_USUAL
        mov cr0, eax
        inc dword [iterations]
        mov ebx, [exception_vector]
        call reset_handler
        test byte [VECTOR + 4], 1
        jz .done
        cmp dword [exception_vector], 1
        jne .done
        mov eax, [TSS_GUEST + 0x20]
        cmp eax, [VECTOR + 8]
        jne .done
        cmp dword [iterations], 100
        jb .again
.done:  ret

print_result:
        mov al, 'V'
        call print_character
        mov eax, [sector]
        call print_hex
        mov esi, TSS_GUEST + 0x20
        mov ecx, 16
.register:
        lodsd
        call print_hex
        loop .register
        mov eax, [exception_vector]
        call print_hex
        mov eax, [has_error_code]
        call print_hex
        mov eax, [error_code]
        call print_hex
        mov eax, cr2
        call print_hex
        mov esi, [pages]
        mov ecx, [page_count]
        jecxz .no_pages
.page:  lodsd
        mov eax, [PT_GUEST + eax * 4]
        call print_hex
        lodsd
        loop .page
.no_pages:
        mov esi, [blocks]
        lodsd
        mov ebp, eax
        xor ebx, ebx            ; the first range is the code, not printed
.window:
        mov edi, [esi]
        mov ecx, [esi + 4]
        lea esi, [esi + ecx + 11]
        and esi, ~3
        test ebx, ebx
        jz .skip
        push ecx
        mov al, ' '
        call print_character
        pop ecx
.byte:  mov al, [edi]
        inc edi
        call print_byte
        loop .byte
.skip:  inc ebx
        cmp ebx, ebp
        jb .window
        mov al, 10
        jmp print_character

print_text:
        lodsb
        test al, al
        jz print_character.done
        call print_character
        jmp print_text

print_hex:
        push ecx
        push eax
        mov al, ' '
        call print_character
        pop eax
        mov ecx, 4
.byte:  rol eax, 8
        call print_byte
        loop .byte
        pop ecx
        ret

print_byte:
        push eax
        shr al, 4
        call .digit
        pop eax
        push eax
        and al, 15
        call .digit
        pop eax
        ret
.digit: cmp al, 10
        sbb al, 0x69
        das
print_character:
        out 0xE9, al
.done:  ret

; ATA PIO, primary master, LBA28; two sectors to VECTOR.
read_vector:
        mov dx, 0x1F6
        mov eax, [sector]
        shr eax, 24
        or al, 0xE0
        out dx, al
        mov dx, 0x1F2
        mov al, 2
        out dx, al
        mov eax, [sector]
        inc edx
        out dx, al
        shr eax, 8
        inc edx
        out dx, al
        shr eax, 8
        inc edx
        out dx, al
        mov dx, 0x1F7
        mov al, 0x20
        out dx, al
        mov edi, VECTOR
        mov ebx, 2
.sector:
        mov dx, 0x1F7
.wait:  in al, dx
        test al, 0x80
        jnz .wait
        test al, 8
        jz .wait
        mov dx, 0x1F0
        mov ecx, 256
        rep insw
        dec ebx
        jnz .sector
        ret

        align 8
gdt_template:
        incbin GDT_FILE
gdt_template_end:
gdtr:   dw SELECTOR_HANDLER + HANDLERS * 8 - 1
        dd GDT
idtr:   dw HANDLERS * 8 - 1
        dd IDT
text_end: db "END", 10, 0
text_shutdown: db "Shutdown", 0
        align 4
sector: dd 0
iterations: dd 0
exception_vector: dd 0
has_error_code: dd 0
error_code: dd 0
guest_cr0: dd 0
page_count: dd 0
pages:  dd 0                    ; the list in the vector
blocks: dd 0                    ; what follows it
        times 16 * 512 - ($ - $$) db 0

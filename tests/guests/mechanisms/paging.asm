; Paging: error codes, accessed and dirty bits, CR0.WP, 4 MiB pages, reserved bits, global pages, page boundaries.
%define SECTORS 60
%include "kit.inc"
%include "paging.inc"

DIRECTORY equ 200000h
TABLE equ 201000h                   ; of the first 4 MiB, which lie where they are
WINDOW_TABLE equ 202000h            ; of 800000h to bfffffh
WINDOW equ 800000h
FRAME equ 203000h                   ; 16 pages
BIG equ 0c00000h                    ; a 4 MiB page

; Entry of the window's page, its flags, and INVLPG.
%macro page 2
    mov dword [WINDOW_TABLE + 4 * (%1)], FRAME + 4096 * (%1) + (%2)
    invlpg [WINDOW + 4096 * (%1)]
%endmacro

%macro show_entry 1
    say "~..."
    mov eax, [WINDOW_TABLE + 4 * (%1)]
    and eax, 0fffh
    show eax
    call end_line
%endmacro

main:
    mov edi, DIRECTORY
    mov ecx, 3 * 1024
    xor eax, eax
    rep stosd
    mov dword [DIRECTORY], TABLE + P_ + W_ + U_
    mov dword [DIRECTORY + 4 * (WINDOW >> 22)], WINDOW_TABLE + P_ + W_ + U_
    mov edi, TABLE
    mov eax, P_ + W_ + U_
.identity:
    stosd
    add eax, 4096
    cmp eax, 400000h + P_ + W_ + U_
    jne .identity
    mov eax, DIRECTORY
    mov cr3, eax
    mov eax, cr0
    or eax, 80000000h
    mov cr0, eax

    fault_of "kernel reads, nothing there", 0, {mov eax, [WINDOW + 4096 + 4]}
    fault_of "kernel writes, nothing there", 0, {mov [WINDOW + 4096 + 8], eax}
    fault_of "kernel reads and writes, nothing there", 0, {inc dword [WINDOW + 4096]}
    fault_of "kernel reads", P_, {mov eax, [WINDOW + 4096]}
    fault_of "kernel writes read-only, WP clear", P_, {mov [WINDOW + 4096], eax}
    fault_of "kernel writes", P_ + W_, {mov [WINDOW + 4096], eax}
    set_wp
    fault_of "kernel writes read-only, WP set", P_, {mov [WINDOW + 4096], eax}
    fault_of "kernel writes the user's read-only, WP set", P_ + U_, {mov [WINDOW + 4096], eax}
    fault_of "kernel exchanges with read-only, WP set", P_, {xchg [WINDOW + 4096], eax}
    fault_of "kernel tests bits of read-only, WP set", P_, {bt [WINDOW + 4096], ecx}
    fault_of "kernel CMPXCHG that fails, read-only, WP set", P_, {cmpxchg [WINDOW + 4096], esp}
    clear_wp
    user_fault_of "user reads, nothing there", 0, {mov eax, [WINDOW + 4096]}
    user_fault_of "user writes, nothing there", 0, {mov [WINDOW + 4096], eax}
    user_fault_of "user reads the kernel's", P_, {mov eax, [WINDOW + 4096]}
    user_fault_of "user writes the kernel's", P_ + W_, {mov [WINDOW + 4096], eax}
    user_fault_of "user reads", P_ + U_, {mov eax, [WINDOW + 4096]}
    user_fault_of "user writes read-only", P_ + U_, {mov [WINDOW + 4096], eax}
    user_fault_of "user reads and writes read-only", P_ + U_, {add [WINDOW + 4096], eax}
    user_fault_of "user writes", P_ + W_ + U_, {mov [WINDOW + 4096], eax}
    user_fault_of "user calls the kernel's code", P_, {call WINDOW + 4096}
    user_fault_of "user calls what isn't there", 0, {call WINDOW + 4096}
    and dword [DIRECTORY + 4 * (WINDOW >> 22)], ~U_
    flush
    user_fault_of "user reads, the directory is the kernel's", P_ + U_, {mov eax, [WINDOW + 4096]}
    or dword [DIRECTORY + 4 * (WINDOW >> 22)], U_
    and dword [DIRECTORY + 4 * (WINDOW >> 22)], ~W_
    flush
    user_fault_of "user writes, the directory is read-only", P_ + W_ + U_, {mov [WINDOW + 4096], eax}
    or dword [DIRECTORY + 4 * (WINDOW >> 22)], W_
    flush

    page 1, P_ + W_
    page 2, 0
    mov dword [WINDOW + 4096 + 4092], 11223344h
    try "a store across pages, the second isn't there"
    mov dword [WINDOW + 4096 + 4094], -1
    end_try
    try "what is left of it"
    show dword [WINDOW + 4096 + 4092]
    end_try
    page 1, 0
    try "a store across pages, neither is there"
    mov dword [WINDOW + 4096 + 4094], -1
    end_try
    page 2, P_ + W_
    try "a store across pages, the first isn't there"
    mov dword [WINDOW + 4096 + 4094], -1
    end_try
    page 1, P_
    page 2, P_
    set_wp
    try "both are read-only"
    mov dword [WINDOW + 4096 + 4093], -1
    end_try
    clear_wp
    page 1, P_ + W_
    page 2, 0
    try "an instruction across pages"
    mov byte [WINDOW + 4096 + 4094], 0b8h
    mov eax, WINDOW + 4096 + 4094
    jmp eax
    end_try
    try "an instruction that ends with its page"
    mov byte [WINDOW + 4096 + 4094], 0fh
    mov byte [WINDOW + 4096 + 4095], 0bh
    mov eax, WINDOW + 4096 + 4094
    jmp eax
    end_try
    page 3, P_ + W_
    try "PUSHA into a page that isn't there, on a stack that faults go on with"
    mov dword [hook], .tell_registers
    mov eax, 1234h
    mov ebx, WINDOW + 3 * 4096 + 16
    go_user .user_pusha
.user_pusha:
    mov esp, ebx
    pushad
    end_try
    try "POPA from a page that isn't there"
    mov dword [hook], .tell_registers
    mov eax, 1234h
    mov ebx, WINDOW + 8192 - 8
    mov ecx, 5
    mov esi, 77h
    mov edi, 88h
    go_user .user_popa
.user_popa:
    mov esp, ebx
    popad
    end_try
    try "REP MOVSD into a page that isn't there"
    mov esi, WINDOW + 4096
    mov edi, WINDOW + 8192 - 8
    mov ecx, 5
    mov ebx, 0
    mov eax, 0
    mov dword [hook], .tell_registers
    rep movsd
    end_try
    jmp .after_string
.tell_registers:
    show dword [esp + 4]            ; EDI
    show dword [esp + 8]            ; ESI
    show dword [esp + 28]           ; ECX
    show dword [esp + 32]           ; EAX
    ret
.after_string:
    mov dword [hook], 0

    mov eax, 10h
    mov cr4, eax
    mov dword [DIRECTORY + 4 * (BIG >> 22)], P_ + W_ + LARGE_
    try "a 4 MiB page"
    mov eax, [BIG + 10000h]
    cmp eax, [10000h]
    setne al
    movzx eax, al
    show eax
    show dword [DIRECTORY + 4 * (BIG >> 22)]
    mov [BIG + FRAME], eax
    show dword [DIRECTORY + 4 * (BIG >> 22)]
    end_try
    try "user reads a 4 MiB page of the kernel's"
    go_user .user_big
.user_big:
    mov eax, [ss:BIG]
    end_try
    mov dword [DIRECTORY + 4 * (BIG >> 22)], P_ + W_ + LARGE_ + 200000h
    invlpg [BIG]
    try "a 4 MiB page with a reserved bit: read"
    mov eax, [BIG]
    end_try
    try "a 4 MiB page with a reserved bit: write"
    mov [BIG], eax
    end_try
    mov dword [DIRECTORY + 4 * (BIG >> 22)], W_ + LARGE_ + 200000h
    invlpg [BIG]
    try "a 4 MiB page with a reserved bit that isn't present"
    mov eax, [BIG]
    end_try
    xor eax, eax
    mov cr4, eax
    mov dword [DIRECTORY + 4 * (BIG >> 22)], TABLE + P_ + W_ + LARGE_
    try "the size bit without CR4.PSE"
    mov eax, [BIG + 10000h]
    cmp eax, [10000h]
    setne al
    movzx eax, al
    show eax
    end_try

    page 4, P_ + W_
    page 5, P_ + W_
    mov dword [WINDOW + 4 * 4096], 1
    mov dword [WINDOW + 5 * 4096], 2
    mov eax, 80h
    mov cr4, eax
    page 4, P_ + W_ + GLOBAL_
    try "global pages outlive a load of CR3"
    show dword [WINDOW + 4 * 4096]
    mov dword [WINDOW_TABLE + 16], FRAME + 5 * 4096 + P_ + W_ + GLOBAL_
    flush
    show dword [WINDOW + 4 * 4096]
    invlpg [WINDOW + 4 * 4096]
    show dword [WINDOW + 4 * 4096]
    end_try
    try "and not a change of CR4.PGE"
    mov dword [WINDOW_TABLE + 16], FRAME + 4 * 4096 + P_ + W_ + GLOBAL_
    xor eax, eax
    mov cr4, eax
    show dword [WINDOW + 4 * 4096]
    end_try

    try "CR0: paging without protection"
    mov eax, cr0
    and eax, ~1
    mov cr0, eax
    end_try
    try "CR0: NW without CD"
    mov eax, cr0
    or eax, 20000000h
    and eax, ~40000000h
    mov cr0, eax
    end_try
    try "CR0: reserved bits"
    mov eax, cr0
    or eax, 1ff8ffc0h
    mov cr0, eax
    mov eax, cr0
    and eax, 9fffffffh
    show eax
    end_try
    mov eax, 80000011h
    mov cr0, eax
    try "CR4: a reserved bit"
    mov eax, 80000000h
    mov cr4, eax
    end_try
    try "CR1"
    db 0fh, 20h, 0c8h
    end_try
    try "CR3 keeps PWT and PCD"
    mov eax, DIRECTORY + 18h
    mov cr3, eax
    mov eax, cr3
    show eax
    mov eax, DIRECTORY
    mov cr3, eax
    end_try
    try "LMSW can't clear PE"
    smsw eax
    and eax, 0fffeh
    lmsw ax
    smsw ax
    and eax, 1
    show eax
    end_try
    try "INVLPG in ring 3"
    go_user .user_invlpg
.user_invlpg:
    invlpg [ss:0]
    end_try
    try "MOV from CR0 in ring 3"
    go_user .user_cr0
.user_cr0:
    mov eax, cr0
    end_try
    try "MOV from CR1 in ring 3"
    go_user .user_cr1
.user_cr1:
    db 0fh, 20h, 0c8h
    end_try
    try "SMSW in ring 3"
    go_user .user_smsw
.user_smsw:
    smsw eax
    leave_user
    end_try
    mov eax, cr0
    and eax, 7fffffffh
    mov cr0, eax
    ret

end_guest

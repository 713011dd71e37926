; PAE paging: three levels, entries of 64 bits, 2 MiB pages, reserved bits, and when the directory pointers are taken in.
%define SECTORS 60
%include "kit.inc"
%include "paging.inc"

POINTERS equ 200020h                ; aligned to 32 bytes, not to a page
DIRECTORY equ 201000h               ; of the first GiB
OTHER_DIRECTORY equ 202000h         ; of the last GiB
TABLE equ 203000h                   ; of the window
OTHER_TABLE equ 204000h
FRAME equ 210000h                   ; 16 pages
SPARE_POINTERS equ 200040h
WINDOW equ 800000h
HIGH equ 0c0000000h                 ; the last GiB: its first 2 MiB are those of the window
BIG equ 0a00000h                    ; a 2 MiB page

; Entry of the window's page, its flags, and INVLPG.
%macro page 2
    mov dword [TABLE + 8 * (%1)], FRAME + 4096 * (%1) + (%2)
    mov dword [TABLE + 8 * (%1) + 4], 0
    invlpg [WINDOW + 4096 * (%1)]
%endmacro

%macro show_entry 1
    say "~..."
    mov eax, [TABLE + 8 * (%1)]
    and eax, 0fffh
    show eax
    show dword [TABLE + 8 * (%1) + 4]
    call end_line
%endmacro

main:
    mov edi, 200000h
    mov ecx, 6 * 1024
    xor eax, eax
    rep stosd
    mov dword [POINTERS], DIRECTORY + P_
    mov dword [POINTERS + 24], OTHER_DIRECTORY + P_
    mov dword [DIRECTORY], 0 + P_ + W_ + U_ + LARGE_
    mov dword [DIRECTORY + 8], 200000h + P_ + W_ + LARGE_
    mov dword [DIRECTORY + 8 * (WINDOW >> 21)], TABLE + P_ + W_ + U_
    mov dword [OTHER_DIRECTORY], TABLE + P_ + W_ + U_

    try "CR3 before PAE keeps its low bits"
    mov eax, POINTERS
    mov cr3, eax
    mov eax, cr3
    show eax
    end_try
    mov eax, 20h
    mov cr4, eax
    mov eax, cr0
    or eax, 80000000h
    mov cr0, eax
    try "paging is on"
    mov eax, cr4
    show eax
    show dword [DIRECTORY]
    end_try

    fault_of "kernel reads, nothing there", 0, {mov eax, [WINDOW + 4096 + 4]}
    fault_of "kernel writes, nothing there", 0, {mov [WINDOW + 4096 + 8], eax}
    fault_of "kernel reads", P_, {mov eax, [WINDOW + 4096]}
    fault_of "kernel writes read-only, WP clear", P_, {mov [WINDOW + 4096], eax}
    fault_of "kernel writes", P_ + W_, {mov [WINDOW + 4096], eax}
    set_wp
    fault_of "kernel writes read-only, WP set", P_, {mov [WINDOW + 4096], eax}
    clear_wp
    user_fault_of "user reads the kernel's", P_, {mov eax, [WINDOW + 4096]}
    user_fault_of "user reads", P_ + U_, {mov eax, [WINDOW + 4096]}
    user_fault_of "user writes read-only", P_ + U_, {mov [WINDOW + 4096], eax}
    user_fault_of "user writes", P_ + W_ + U_, {mov [WINDOW + 4096], eax}
    and dword [DIRECTORY + 8 * (WINDOW >> 21)], ~U_
    flush
    user_fault_of "user reads, the directory is the kernel's", P_ + U_, {mov eax, [WINDOW + 4096]}
    or dword [DIRECTORY + 8 * (WINDOW >> 21)], U_
    flush

    page 2, P_ + W_
    mov dword [WINDOW + 8192], 55667788h
    try "the last GiB by the fourth pointer"
    show dword [HIGH + 8192]
    end_try
    try "a GiB without a directory: read"
    mov eax, [40000000h]
    end_try
    try "a GiB without a directory: write"
    mov [80000000h], eax
    end_try
    try "user reads a GiB without a directory"
    go_user .user_gap
.user_gap:
    mov eax, [ss:40000123h]
    end_try
    try "an entry that isn't present may hold anything"
    mov dword [TABLE + 8 * 3 + 4], -1
    mov dword [TABLE + 8 * 3], -2
    mov eax, [WINDOW + 3 * 4096]
    end_try
    try "a page's entry with bit 62: read"
    mov dword [TABLE + 8 * 3 + 4], 40000000h
    mov dword [TABLE + 8 * 3], FRAME + P_ + W_
    invlpg [WINDOW + 3 * 4096]
    mov eax, [WINDOW + 3 * 4096]
    end_try
    try "a page's entry with bit 62: write"
    mov [WINDOW + 3 * 4096], eax
    end_try
    try "a page's entry with execute-disable, which nobody has turned on"
    mov dword [TABLE + 8 * 3 + 4], 80000000h
    invlpg [WINDOW + 3 * 4096]
    mov eax, [WINDOW + 3 * 4096]
    end_try
    mov dword [TABLE + 8 * 3], 0
    mov dword [TABLE + 8 * 3 + 4], 0
    try "a directory's entry with bit 55"
    mov dword [DIRECTORY + 8 * (WINDOW >> 21) + 4], 800000h
    flush
    mov eax, [WINDOW + 8192]
    end_try
    mov dword [DIRECTORY + 8 * (WINDOW >> 21) + 4], 0
    flush

    try "a 2 MiB page"
    mov dword [DIRECTORY + 8 * (BIG >> 21)], 200000h + P_ + W_ + LARGE_
    mov eax, [BIG + FRAME - 200000h + 8192]
    show eax
    show dword [DIRECTORY + 8 * (BIG >> 21)]
    mov [BIG + FRAME - 200000h + 8196], eax
    show dword [DIRECTORY + 8 * (BIG >> 21)]
    show dword [WINDOW + 8196]
    end_try
    try "user reads a 2 MiB page of the kernel's"
    go_user .user_big
.user_big:
    mov eax, [ss:BIG]
    end_try
    try "a 2 MiB page with a reserved bit: read"
    mov dword [DIRECTORY + 8 * (BIG >> 21)], 200000h + P_ + W_ + LARGE_ + 100000h
    invlpg [BIG]
    mov eax, [BIG]
    end_try
    try "a 2 MiB page with a reserved bit: write"
    mov [BIG], eax
    end_try
    try "a 2 MiB page with bit 60"
    mov dword [DIRECTORY + 8 * (BIG >> 21)], 200000h + P_ + W_ + LARGE_
    mov dword [DIRECTORY + 8 * (BIG >> 21) + 4], 10000000h
    invlpg [BIG]
    mov eax, [BIG]
    end_try
    mov dword [DIRECTORY + 8 * (BIG >> 21) + 4], 0
    mov dword [DIRECTORY + 8 * (BIG >> 21)], 200000h + P_ + W_ + LARGE_
    invlpg [BIG]
    mov eax, [BIG]
    try "INVLPG of one 2 MiB page"
    mov dword [DIRECTORY + 8 * (BIG >> 21)], 0
    invlpg [BIG + 12345h]
    mov eax, [BIG + 5000h]
    end_try

    page 4, P_ + W_
    page 5, P_ + W_
    mov dword [WINDOW + 4 * 4096], 1
    mov dword [WINDOW + 5 * 4096], 2
    try "global pages outlive a load of CR3, and not a change of CR4.PGE"
    mov eax, 0a0h
    mov cr4, eax
    page 4, P_ + W_ + GLOBAL_
    show dword [WINDOW + 4 * 4096]
    mov dword [TABLE + 8 * 4], FRAME + 5 * 4096 + P_ + W_ + GLOBAL_
    flush
    show dword [WINDOW + 4 * 4096]
    mov eax, 20h
    mov cr4, eax
    show dword [WINDOW + 4 * 4096]
    end_try

    try "a pointer taken away counts from the next load of CR3"
    mov dword [POINTERS + 24], 0
    flush
    mov eax, [HIGH + 8192]
    end_try
    try "CR3 with other pointers"
    mov dword [SPARE_POINTERS], DIRECTORY + P_ + 18h
    mov dword [SPARE_POINTERS + 8], OTHER_DIRECTORY + P_
    mov eax, SPARE_POINTERS
    mov cr3, eax
    show dword [40000000h + 8192]
    mov eax, cr3
    show eax
    end_try
    try "pointers with a reserved bit"
    mov dword [POINTERS + 16], OTHER_DIRECTORY + P_ + W_
    mov eax, POINTERS
    mov cr3, eax
    end_try
    try "pointers with reserved bits that aren't present"
    mov dword [POINTERS + 16], OTHER_DIRECTORY + 1e6h
    mov eax, POINTERS
    mov cr3, eax
    mov eax, [80000000h]
    end_try
    mov dword [POINTERS + 16], 0

    mov eax, cr0
    and eax, 7fffffffh
    mov cr0, eax
    try "paging off, PAE off, with two levels again"
    xor eax, eax
    mov cr4, eax
    mov dword [OTHER_TABLE], P_ + W_ + LARGE_
    mov dword [OTHER_TABLE + 4], 400000h + P_ + W_ + LARGE_
    mov dword [OTHER_TABLE + 8], 0
    mov eax, OTHER_TABLE
    mov cr3, eax
    mov eax, 10h
    mov cr4, eax
    mov eax, cr0
    or eax, 80000000h
    mov cr0, eax
    show dword [TABLE + 8 * 2]
    mov eax, [WINDOW]
    end_try
    mov eax, cr0
    and eax, 7fffffffh
    mov cr0, eax
    ret

end_guest

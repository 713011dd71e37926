; The firmware's tables for kernels with APICs: found, added up, and what a kernel takes from them.
%include "guest.inc"

main:
  mov esi, 0xf0000
.mp:
  cmp dword [esi], '_MP_'
  je .found
  add esi, 16
  cmp esi, 0x100000
  jb .mp
  print "no MP table"
  ret
.found:
  mov ecx, 16
  call sum
  call hex2
  mov al, [esi + 9]
  call hex2
  mov al, [esi + 12]
  call hex2
  mov esi, [esi + 4]
  movzx ecx, word [esi + 4]
  call sum
  call hex2
  mov eax, [esi]
  call hex8
  mov eax, [esi + 36]
  call hex8
  call newline
  movzx ebp, word [esi + 34]
  add esi, 44
.entry:
  mov al, [esi]
  cmp al, 0
  je .processor
  cmp al, 2
  je .io
  cmp al, 3
  je .interrupt
  jmp .eight
.processor:
  print "processor "
  mov al, [esi + 1]
  call hex2
  mov al, [esi + 3]
  call hex2
  call newline
  add esi, 20
  jmp .next
.io:
  print "i/o apic "
  mov al, [esi + 1]
  call hex2
  mov eax, [esi + 4]
  call hex8
  call newline
  jmp .eight
.interrupt:
  cmp byte [esi + 5], 0
  jne .eight
  print "irq 0 at "
  mov al, [esi + 7]
  call hex2
  call newline
.eight:
  add esi, 8
.next:
  dec ebp
  jnz .entry
  mov esi, 0xe0000
.rsdp:
  cmp dword [esi], 'RSD '
  je .root
  add esi, 16
  cmp esi, 0x100000
  jb .rsdp
  print "no RSDP"
  ret
.root:
  mov ecx, 20
  call sum
  call hex2
  mov esi, [esi + 16]
  mov ecx, [esi + 4]
  call sum
  call hex2
  mov eax, [esi]
  call hex8
  call newline
  mov ebp, [esi + 4]
  add ebp, esi
  lea ebx, [esi + 36]
.table:
  mov esi, [ebx]
  cmp dword [esi], 'FACP'
  jne .madt
  print "FADT "
  mov ecx, [esi + 4]
  call sum
  call hex2
  movzx eax, word [esi + 46]
  call hex8
  mov eax, [esi + 56]
  call hex8
  mov eax, [esi + 64]
  call hex8
  mov eax, [esi + 76]
  call hex8
  mov eax, [esi + 40]
  mov esi, eax
  mov ecx, [esi + 4]
  call sum
  call hex2
  mov eax, [esi]
  call hex8
  call newline
  jmp .following
.madt:
  cmp dword [esi], 'APIC'
  jne .following
  print "MADT "
  mov ecx, [esi + 4]
  call sum
  call hex2
  mov eax, [esi + 36]
  call hex8
  mov al, [esi + 44]
  call hex2
  mov al, [esi + 48]
  call hex2
  mov al, [esi + 52]
  call hex2
  mov eax, [esi + 56]
  call hex8
  call newline
.following:
  add ebx, 4
  cmp ebx, ebp
  jb .table
  ret

; AL = the sum of ECX bytes at ESI
sum:
  push esi
  push edx
  xor edx, edx
.add:
  lodsb
  add dl, al
  loop .add
  mov al, dl
  pop edx
  pop esi
  ret
%include "guest-end.inc"

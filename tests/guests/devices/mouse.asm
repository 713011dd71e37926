; PS/2 mouse: its commands, by way of the 8042's D4h, and the knock for the wheel.
%include "guest.inc"
%include "script.inc"

%macro tell 2             ; tell BYTE, ANSWERS
  put 0x64, 0xd4
  put 0x60, %1
  answers %2
%endmacro

script:
  put 0x64, 0xad
  put 0x64, 0xa8
  put 0x64, 0x60
  put 0x60, 0x54
  tell 0xff, 4
  tell 0xf2, 3
  tell 0xe9, 5
  line
  tell 0xe8, 1
  tell 3, 2
  tell 0xf3, 1
  tell 40, 2
  tell 0xe7, 2
  tell 0xe9, 5
  tell 0xe6, 2
  line
  tell 0xf4, 2
  tell 0xe9, 5
  tell 0xf5, 2
  tell 0xf0, 2
  tell 0xeb, 5
  tell 0xe9, 5
  tell 0xea, 2
  line
  tell 0xee, 2
  tell 0x12, 2
  tell 0xf2, 2
  tell 0xec, 2
  line
  tell 0xf3, 1
  tell 200, 1
  tell 0xf3, 1
  tell 100, 1
  tell 0xf3, 1
  tell 80, 1
  tell 0xf2, 3
  tell 0xeb, 6
  tell 0xf3, 1
  tell 200, 1
  tell 0xf3, 1
  tell 200, 1
  tell 0xf3, 1
  tell 80, 1
  tell 0xf2, 3
  line
  tell 0xf6, 2
  tell 0xf2, 3
  tell 0xe9, 5
  tell 0xff, 4
  tell 0xf2, 3
  line
  done
%include "guest-end.inc"

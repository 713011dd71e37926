; 16550A: registers after reset, divisor latch, FIFOs, interrupts and modem lines in loopback.
%include "guest.inc"
%include "script.inc"

BASE equ 0x3f8

%macro registers 0
  get BASE + 1
  get BASE + 2
  get BASE + 3
  get BASE + 4
  get BASE + 5
  get BASE + 6
  get BASE + 7
%endmacro

script:
  put BASE + 1, 0
  put BASE + 2, 0
  put BASE + 3, 3
  put BASE + 4, 0
  registers
  line
  put BASE + 3, 0x83
  put BASE, 0x0c
  put BASE + 1, 0x01
  get BASE
  get BASE + 1
  put BASE + 3, 0x03
  get BASE + 1
  put BASE + 7, 0xa5
  get BASE + 7
  put BASE + 1, 0xff
  get BASE + 1
  put BASE + 4, 0xff
  get BASE + 4
  put BASE + 1, 0
  put BASE + 4, 0x10
  line
  skip BASE + 6             ; loopback: modem lines, without what changed, which QEMU doesn't tell
  get BASE + 6
  put BASE + 4, 0x11
  skip BASE + 6
  get BASE + 6
  put BASE + 4, 0x12
  skip BASE + 6
  get BASE + 6
  put BASE + 4, 0x1c
  skip BASE + 6
  get BASE + 6
  put BASE + 4, 0x10
  skip BASE + 6
  get BASE + 6
  line
  put BASE + 1, 1           ; received
  put BASE, 0x41
  wait
  registers
  get BASE
  registers
  line
  put BASE + 1, 7           ; overrun without FIFO
  put BASE, 0x41
  wait
  put BASE, 0x42
  wait
  get BASE + 2
  get BASE + 5
  get BASE + 5
  get BASE + 2
  get BASE
  get BASE + 2
  get BASE + 2
  line
  put BASE + 1, 0
  put BASE + 2, 0x87        ; FIFOs with a trigger of eight
  get BASE + 2
  put BASE + 1, 1
  put BASE, 1, 2, 3
  wait
  wait
  get BASE + 5
  put BASE, 4, 5, 6, 7, 8
  wait
  wait
  get BASE
  get BASE
  get BASE
  get BASE + 5
  put BASE + 2, 0x03        ; clears what was received
  get BASE + 5
  put BASE + 2, 0x00
  get BASE + 2
  line
  put BASE + 1, 2           ; transmitter empty
  get BASE + 2
  get BASE + 2
  put BASE, 0x55
  wait
  get BASE + 2
  get BASE
  put BASE + 1, 0
  put BASE + 1, 2
  get BASE + 2
  line
  put 0x20, 0x0a            ; the line to the 8259A: whatever OUT2 and loopback say
  put BASE + 1, 0
  put BASE + 2, 0
  put BASE + 4, 0x00
  skip BASE + 6
  get 0x20
  put BASE + 1, 2
  get 0x20
  get BASE + 2
  put BASE + 4, 0x18
  skip BASE + 6
  put BASE + 2, 1           ; an emptied FIFO says so
  get BASE + 2
  get BASE + 2
  put BASE + 2, 5
  get BASE + 2
  put BASE + 2, 3
  get BASE + 2
  get BASE + 2
  put BASE + 2, 0
  get BASE + 2
  line
  done
%include "guest-end.inc"

; A hard disk.
org 0x7c00
%include "probe.inc"
times 1024 - ($ - $$) db 0x77


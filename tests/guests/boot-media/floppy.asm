; The beginning of a diskette of 1.44 MB: the rest is zeros.
org 0x7c00
%include "probe.inc"
times 1024 - ($ - $$) db 0x55

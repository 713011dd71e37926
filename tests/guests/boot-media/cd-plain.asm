; A CD that boots without emulation.
%define MEDIA 0
%define COUNT 4
%include "cd.inc"
section body follows=head vstart=0x7c00
%include "probe.inc"
times 2048 - ($ - $$) db 0x33
times 4096 - ($ - $$) db 0x44

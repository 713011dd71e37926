; A CD that boots as a diskette of 1.44 MB.
%define MEDIA 2
%define COUNT 1
%include "cd.inc"
section body follows=head vstart=0x7c00
%include "probe.inc"
times 2048 - ($ - $$) db 0x33
times 4096 - ($ - $$) db 0x44

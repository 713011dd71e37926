; What floppy.asm finds in a drive without a diskette.
%include "floppy.asm"

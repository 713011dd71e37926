/** Bits of status register 0 (82077AA data sheet, 6.1): abnormal end, seek done, equipment check, not ready after a reset. */
export const [ABNORMAL, SEEK_END, EQUIPMENT, AFTER_RESET] = [0x40, 0x20, 0x10, 0xc0];
/** Bits of status 1. */
export const [NO_DATA, NOT_WRITABLE, NO_ADDRESS_MARK] = [0x04, 0x02, 0x01];

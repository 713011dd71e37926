"""EFLAGS bits that each instruction leaves undefined. Source: Intel SDM vol. 2, "Flags Affected" of each entry."""

CF, PF, AF, ZF, SF, OF = 0x001, 0x004, 0x010, 0x040, 0x080, 0x800
STATUS = CF | PF | AF | ZF | SF | OF

FIXED = {
    "and": AF, "or": AF, "xor": AF, "test": AF,
    "mul": SF | ZF | AF | PF, "imul": SF | ZF | AF | PF,
    "div": STATUS, "idiv": STATUS,
    "aaa": OF | SF | ZF | PF, "aas": OF | SF | ZF | PF,
    "aam": OF | AF | CF, "aad": OF | AF | CF,
    "daa": OF, "das": OF,
    "bt": OF | SF | AF | PF, "bts": OF | SF | AF | PF, "btr": OF | SF | AF | PF, "btc": OF | SF | AF | PF,
    "bsf": CF | OF | SF | AF | PF, "bsr": CF | OF | SF | AF | PF,
}


def fixed(mnemonic):
    return FIXED.get(mnemonic, 0)


def shift(mnemonic, width, count):
    """`count` is the raw count; the processor takes it modulo 32."""
    count &= 31
    if count == 0:
        return 0
    mask = 0 if count == 1 else OF
    if mnemonic in ("rol", "ror", "rcl", "rcr"):
        return mask
    mask |= AF
    if mnemonic in ("shl", "shr", "sal") and count >= width:
        mask |= CF
    return mask


def double_shift(count):
    """Counts above the operand's width leave everything undefined and are not generated."""
    count &= 31
    if count == 0:
        return 0
    return AF | (0 if count == 1 else OF)

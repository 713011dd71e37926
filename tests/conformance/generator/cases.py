"""All cases, in a fixed order, from a fixed seed."""

import random

from builder import Builder, CORNERS, PATTERN_SIZE, Unsolvable
from families import address_forms, data_forms
from layout import MODES, PROT32
from segments import fault_forms, segment_forms
from transfers import transfer_forms

SEED = 539
COUNT_PER_FORM = {"real16": 8, "prot32": 10, "prot16": 3}
# Forms whose answer hangs on more than two operands get more cases.
EXTRA = {"edge": 2, "rep": 2, "daa": 12, "das": 12, "aaa": 12, "aas": 12, "aam": 4, "aad": 4, "sahf": 3}


def pools(rng):
    values = [rng.getrandbits(32) for _ in range(40)] + CORNERS[32]
    pattern = bytes(rng.getrandbits(8) for _ in range(PATTERN_SIZE))
    return values, pattern


def build_case(rng, mode, name, build, pool):
    for _ in range(50):
        builder = Builder(rng, mode, name, pool)
        try:
            body = build(builder)
            return None if body is None else builder.finish(body)
        except Unsolvable:
            continue
    raise Unsolvable(name)


def count_for(mode, name):
    words = name.replace(",", " ").split()
    factor = max([EXTRA.get(word, 1) for word in words])
    return COUNT_PER_FORM[mode.name] * factor


def all_cases():
    rng = random.Random(SEED)
    pool, pattern = pools(rng)
    cases = []
    forms = [*data_forms(), *transfer_forms(), *segment_forms(), *fault_forms()]
    for name, build in forms:
        for mode in MODES:
            for _ in range(count_for(mode, name)):
                case = build_case(rng, mode, name, build, pool)
                if case is not None:
                    cases.append(case)
    for name, build in address_forms():
        cases.append(build_case(rng, PROT32, name, build, pool))
    return cases, pattern

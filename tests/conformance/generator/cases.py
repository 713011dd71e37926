"""All cases, in a fixed order, from a fixed seed."""

import random

from builder import CORNERS, PATTERN_SIZE, Builder, Pool, Unsolvable
from families import address_forms, data_forms
from layout import MODES, PROT32
from segments import fault_forms, segment_forms
from system import system_forms
from transfers import transfer_forms

SEED = 539
REGISTER_FILES = 48
COUNT_PER_FORM = {"real16": 24, "prot32": 37, "prot16": 16, "v86": 12, "user32": 22, "aligned32": 8, "paged32": 28,
                  "userpaged32": 34}
# Forms whose answer hangs on more than two operands get more cases.
EXTRA = {"edge": 2, "rep": 2, "daa": 6, "das": 6, "aaa": 6, "aas": 6, "aam": 3, "aad": 3, "sahf": 2, "gate": 3}


def pools(rng):
    values = [rng.getrandbits(32) for _ in range(40)] + CORNERS[32]
    files = [[rng.choice(values) for _ in range(8)] for _ in range(REGISTER_FILES)]
    pattern = bytes(rng.getrandbits(8) for _ in range(PATTERN_SIZE))
    return Pool(values, files), pattern


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
    forms = [*data_forms(), *transfer_forms(), *segment_forms(), *fault_forms(), *system_forms()]
    for name, build in forms:
        for mode in MODES:
            for _ in range(count_for(mode, name)):
                case = build_case(rng, mode, name, build, pool)
                if case is not None:
                    cases.append(case)
    for name, build in address_forms():
        cases.append(build_case(rng, PROT32, name, build, pool))
    return cases, pool, pattern

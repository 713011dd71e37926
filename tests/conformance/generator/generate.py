"""Writes ../vectors.json.gz and ../disagreements.txt: `/usr/bin/python3 tests/conformance/generator/generate.py`.

Bochs decides, QEMU and Unicorn confirm. Where QEMU disagrees the vector stays only if its form is in SETTLED, with
the manual's reason. Needs bochs, bochs-term, qemu-system-i386, nasm, script(1) and python3-unicorn.
"""

import gzip
import json
import os

import oracle_unicorn
import system_image
from agree import IOPL, changed_flags_mask, differences, normalise
from cases import SEED, all_cases
from layout import GDT_ADDRESS, MODES, gdt_bytes
from outcome import SEGMENT_ORDER, memory_before
from settled import SETTLED

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CONFIRMED_BY_QEMU, CONFIRMED_BY_UNICORN = 1, 2
ALL_FLAGS = 0x7FD5  # status flags, TF, IF, DF, IOPL, NT


def flags_after(case, expected, unicorn):
    """(EFLAGS, undefined bits). Virtual-8086 mode cannot tell IOPL, so real mode takes it from Unicorn."""
    mask, undefined = changed_flags_mask(case), case.undefined
    after = (case.eflags & ~mask) | (expected.eflags & mask)
    if case.mode.is_protected:
        return after, undefined
    may_load = case.form.startswith(("9d ", "cf "))
    if may_load and unicorn is None:
        return after, undefined | IOPL
    return (after & ~IOPL) | (unicorn.eflags & IOPL if may_load else 0), undefined


def is_settled(form):
    return any(text in form for text, _ in SETTLED)


def judge(cases, outcomes):
    """Pairs (case, expected, confirmation, EFLAGS after, undefined flags), and the lines of disagreements.txt."""
    vectors, lines = [], {}
    for case, bochs, qemu, unicorn in zip(cases, *outcomes):
        expected = normalise(case, bochs, True)
        confirmed, agreeing = 0, None
        against = differences(case, expected, normalise(case, qemu, True))
        if against:
            lines.setdefault(("qemu", case.form), []).append((case, against))
            if not is_settled(case.form):
                continue
        else:
            confirmed |= CONFIRMED_BY_QEMU
        if isinstance(unicorn, str):
            if unicorn != oracle_unicorn.NOT_RUN:
                lines.setdefault(("unicorn", case.form), []).append((case, [unicorn]))
        else:
            other = normalise(case, unicorn, False)
            against = differences(case, expected, other, with_error_code=False)
            if against:
                lines.setdefault(("unicorn", case.form), []).append((case, against))
            else:
                confirmed |= CONFIRMED_BY_UNICORN
                agreeing = unicorn
        vectors.append((case, expected, confirmed, *flags_after(case, expected, agreeing)))
    return vectors, lines


def changes(before, after):
    return [x for i, (a, b) in enumerate(zip(before, after)) if a != b for x in (i, b)]


def memory_changes(case, expected, pattern):
    found = []
    for (address, _), before, after in zip(case.windows, memory_before(case, pattern), expected.memory):
        at = 0
        while at < len(before):
            end = at
            while end < len(before) and before[end] != after[end]:
                end += 1
            if end > at:
                found += [address + at, after[at:end].hex()]
            at = end + 1
    return found


def columns(vectors, pattern):
    forms = list(dict.fromkeys(case.form for case, *_ in vectors))
    names = [mode.name for mode in MODES]
    table = {name: [] for name in (
        "form", "mode", "code", "registers", "eip", "eflags", "segments", "fill", "windows", "pokes", "isRepeated",
        "registersAfter", "eipAfter", "eflagsAfter", "segmentsAfter", "memoryAfter", "exception", "undefinedFlags",
        "confirmed")}
    for case, expected, confirmed, eflags, undefined in vectors:
        segments = [case.selectors[s] for s in SEGMENT_ORDER]
        usual = [case.mode.selectors[s] for s in SEGMENT_ORDER]
        row = (forms.index(case.form), names.index(case.mode.name), case.code.hex(), list(case.registers), case.eip,
               case.eflags, changes(usual, segments), case.fill, [x for w in case.windows for x in w],
               [x for a, b in case.pokes for x in (a, b.hex())], int(case.is_repeated),
               changes(case.registers, expected.registers), expected.eip - case.eip, eflags,
               changes(segments, expected.selectors), memory_changes(case, expected, pattern),
               [x for x in expected.exception if x is not None], undefined, confirmed)
        for name, value in zip(table, row):
            table[name].append(value)
    return {
        "format": 1,
        "seed": SEED,
        "pattern": pattern.hex(),
        "gdtAddress": GDT_ADDRESS,
        "gdt": gdt_bytes().hex(),
        "modes": [{"name": m.name, "segments": [m.selectors[s] for s in SEGMENT_ORDER]} for m in MODES],
        "forms": forms,
        "columns": table,
    }


def write_disagreements(lines, total):
    with open(os.path.join(FOLDER, "disagreements.txt"), "w") as file:
        file.write(f"# Written by generator/generate.py: where an oracle differs from Bochs, by form. {total} cases.\n")
        file.write("# oracle, form, cases, fate of the vectors; then the first case (values: Bochs / the other).\n")
        for (oracle, form), found in sorted(lines.items()):
            fate = "kept" if oracle == "unicorn" or is_settled(form) else "dropped"
            case, against = found[0]
            file.write(f"{oracle} | {form} | {len(found)} | {fate}\n")
            file.write(f"    {case.mode.name} {case.code.hex()}: {'; '.join(against[:3])}\n")


def main():
    cases, pattern = all_cases()
    outcomes = (
        system_image.run_all(cases, pattern, system_image.run_bochs),
        system_image.run_all(cases, pattern, system_image.run_qemu),
        oracle_unicorn.run_all(cases, pattern),
    )
    vectors, lines = judge(cases, outcomes)
    text = json.dumps(columns(vectors, pattern), separators=(",", ":")).encode()
    content = gzip.compress(text, 9, mtime=0)
    with open(os.path.join(FOLDER, "vectors.json.gz"), "wb") as file:
        file.write(content)
    write_disagreements(lines, len(cases))
    by_qemu = sum(bool(v[2] & CONFIRMED_BY_QEMU) for v in vectors)
    by_unicorn = sum(bool(v[2] & CONFIRMED_BY_UNICORN) for v in vectors)
    print(f"{len(vectors)} of {len(cases)} cases kept, {len({v[0].form for v in vectors})} forms, "
          f"{by_qemu} confirmed by QEMU, {by_unicorn} by Unicorn, {len(content)} bytes")


if __name__ == "__main__":
    main()

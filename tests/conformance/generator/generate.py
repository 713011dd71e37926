"""Writes ../vectors.json.br and ../disagreements.txt: `/usr/bin/python3 tests/conformance/generator/generate.py`.

Bochs decides, QEMU and Unicorn confirm. Where QEMU disagrees the vector stays only if its form is in SETTLED, with
the manual's reason. Needs bochs, bochs-term, qemu-system-i386, nasm, script(1) and python3-unicorn.
"""

import json
import os
import subprocess

import oracle_unicorn
import system_image
from agree import IOPL, changed_flags_mask, differences, normalise
from cases import SEED, all_cases
from layout import GDT_ADDRESS, INNER_STACK, MODES, PAGE_DIRECTORY, PAGE_TABLE, gdt_bytes
from outcome import SEGMENT_ORDER, memory_before
from settled import is_overruled, is_settled

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CONFIRMED_BY_QEMU, CONFIRMED_BY_UNICORN = 1, 2
ALL_FLAGS = 0x7FD5  # status flags, TF, IF, DF, IOPL, NT


def flags_after(case, expected, unicorn):
    """(EFLAGS, undefined bits). Virtual-8086 mode cannot tell IOPL, so real mode takes it from Unicorn."""
    mask, undefined = changed_flags_mask(case), case.undefined
    after = (case.eflags & ~mask) | (expected.eflags & mask)
    if not case.mode.is_real:
        return after, undefined
    may_load = case.form.startswith(oracle_unicorn.LOADS_FLAGS)
    if may_load and unicorn is None:
        return after, undefined | IOPL
    return (after & ~IOPL) | (unicorn.eflags & IOPL if may_load else 0), undefined


def judge(cases, outcomes, pattern):
    """Pairs (case, expected, confirmation, EFLAGS after, undefined flags), and the lines of disagreements.txt."""
    vectors, lines = [], {}
    for case, bochs, qemu, unicorn in zip(cases, *outcomes):
        expected = normalise(case, bochs, True, pattern)
        confirmed, agreeing = 0, None
        other = normalise(case, qemu, True, pattern)
        against = differences(case, expected, other)
        if against:
            is_kept = is_settled(case, expected, other)
            lines.setdefault(("qemu", case.form, "kept" if is_kept else "dropped"), []).append((case, against))
            if not is_kept:
                continue
        else:
            confirmed |= CONFIRMED_BY_QEMU
        if isinstance(unicorn, str):
            if unicorn != oracle_unicorn.NOT_RUN:
                lines.setdefault(("unicorn", case.form, "kept"), []).append((case, [unicorn]))
        else:
            other = normalise(case, unicorn, False, pattern)
            against = differences(case, expected, other, with_error_code=False)
            if against:
                lines.setdefault(("unicorn", case.form, "kept"), []).append((case, against))
            else:
                confirmed |= CONFIRMED_BY_UNICORN
                agreeing = unicorn
        if is_overruled(case, expected):
            lines.setdefault(("bochs, by a real processor or the manual", case.form, "dropped"), []).append((case, against))
            continue
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


def row_of(case, expected, confirmed, eflags, undefined, pool, pattern):
    segments = [case.selectors[s] for s in SEGMENT_ORDER]
    usual = [case.mode.selectors[s] for s in SEGMENT_ORDER]
    vector = [x for x in expected.exception if x is not None]
    return {
        "form": case.form,
        "mode": [mode.name for mode in MODES].index(case.mode.name),
        "code": case.code.hex(),
        "file": case.file,
        "registers": changes(pool.files[case.file], case.registers),
        "eip": case.eip,
        "eflags": case.eflags,
        "segments": changes(usual, segments),
        "fill": case.fill,
        "windows": [x for window in case.windows for x in window],
        "pokes": [x for address, content in case.pokes for x in (address, content.hex())],
        "pages": [x for number, entry in case.pages for x in (number, entry & 0xFFF)],
        "isRepeated": int(case.is_repeated),
        "registersAfter": changes(case.registers, expected.registers),
        "eipAfter": expected.eip - case.eip,
        "eflagsAfter": eflags - case.eflags,
        "segmentsAfter": changes(segments, expected.selectors),
        "memoryAfter": memory_changes(case, expected, pattern),
        "pagesAfter": [entry & 0xFFF for entry in expected.pages],
        "exception": vector + [expected.fault_address] if len(vector) == 2 and vector[0] == 14 else vector,
        "undefinedFlags": undefined,
        "confirmed": confirmed,
    }


def content_of(vectors, pool, pattern):
    """Everything the file says; columns, which compress better than rows."""
    rows = [row_of(*vector, pool, pattern) for vector in vectors]
    forms = list(dict.fromkeys(row["form"] for row in rows))
    numbers = {form: number for number, form in enumerate(forms)}
    table = {name: [row[name] for row in rows] for name in rows[0]}
    table["form"] = [numbers[form] for form in table["form"]]
    return {
        "format": 2,
        "seed": SEED,
        "pattern": pattern.hex(),
        "files": pool.files,
        "gdtAddress": GDT_ADDRESS,
        "gdt": gdt_bytes().hex(),
        "modes": [{"name": m.name, "segments": [m.selectors[s] for s in SEGMENT_ORDER], "cpl": m.cpl, "cr0": m.cr0}
                  for m in MODES],
        "innerStack": INNER_STACK,
        "pageDirectory": PAGE_DIRECTORY,
        "pageTable": PAGE_TABLE,
        "forms": forms,
        "columns": table,
    }


def compressed(text):
    """Brotli, which node has and Python hasn't."""
    script = """
      const { brotliCompressSync, constants } = require('node:zlib');
      const text = require('node:fs').readFileSync(0);
      const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
      process.stdout.write(brotliCompressSync(text, { params }));"""
    return subprocess.run(["node", "-e", script], input=text, stdout=subprocess.PIPE, check=True).stdout


def write_disagreements(lines, total):
    with open(os.path.join(FOLDER, "disagreements.txt"), "w") as file:
        file.write(f"# Written by generator/generate.py: where an oracle differs from Bochs, by form. {total} cases.\n")
        file.write("# oracle, form, cases, fate of the vectors; then the first case (values: Bochs / the other).\n")
        for (oracle, form, fate), found in sorted(lines.items()):
            case, against = found[0]
            file.write(f"{oracle} | {form} | {len(found)} | {fate}\n")
            file.write(f"    {case.mode.name} {case.code.hex()}: {'; '.join(against[:3])}\n")


def main():
    cases, pool, pattern = all_cases()
    outcomes = (
        system_image.run_all(cases, pattern, system_image.run_bochs),
        system_image.run_all(cases, pattern, system_image.run_qemu),
        oracle_unicorn.run_all(cases, pattern),
    )
    vectors, lines = judge(cases, outcomes, pattern)
    content = compressed(json.dumps(content_of(vectors, pool, pattern), separators=(",", ":")).encode())
    with open(os.path.join(FOLDER, "vectors.json.br"), "wb") as file:
        file.write(content)
    write_disagreements(lines, len(cases))
    by_qemu = sum(bool(v[2] & CONFIRMED_BY_QEMU) for v in vectors)
    by_unicorn = sum(bool(v[2] & CONFIRMED_BY_UNICORN) for v in vectors)
    print(f"{len(vectors)} of {len(cases)} cases kept, {len({v[0].form for v in vectors})} forms, "
          f"{by_qemu} confirmed by QEMU, {by_unicorn} by Unicorn, {len(content)} bytes")


if __name__ == "__main__":
    main()

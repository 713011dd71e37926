"""Reads a trace with nothing but FORMAT.md and a MessagePack library, and prints it as JSON."""

import json
import sys
import zlib

import msgpack

MASK = 0xFFFFFFFF


def unpacked(packed):
    size, content = packed
    if len(content) == size:
        return content
    raw = zlib.decompress(content, -15)
    assert len(raw) == size
    return raw


def varints(raw):
    value = shift = 0
    for byte in raw:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def residuals(raw, count):
    rows = []
    numbers = varints(raw)
    while len(rows) < count:
        rows += [0] * next(numbers)
        if len(rows) < count:
            coded = next(numbers)
            rows.append(-(coded + 1) // 2 if coded & 1 else coded // 2)
    assert next(numbers, None) is None
    return rows


class Slot:
    def __init__(self, eip, origin, position):
        self.eip, self.origin, self.position = eip, origin, position
        self.next, self.use_gap, self.size = self, True, 4
        self.pace = self.linear = self.step = self.delta = self.gap = 0
        self.offset = self.value = self.vstep = self.vdelta = self.range = 0


def controls(raw, count):
    """The control byte of each record; a 0 is followed by how many more there are."""
    control = []
    at = 0
    while at < len(raw):
        byte = raw[at]
        at += 1
        if byte:
            control.append(byte)
            continue
        zeros = shift = 0
        while True:
            zeros |= (raw[at] & 0x7F) << shift
            shift += 7
            at += 1
            if raw[at - 1] < 0x80:
                break
        control += [0] * (zeros + 1)
    assert len(control) == count
    return control


def dense(raw, control, shift, widest):
    """Residuals whose width the control bytes tell."""
    rows = []
    at = 0
    for byte in control:
        width = [0, 1, 2, widest][byte >> shift & 3]
        coded = int.from_bytes(raw[at : at + width], 'little')
        rows.append(-(coded + 1) // 2 if coded & 1 else coded // 2)
        at += width
    assert at == len(raw)
    return rows


def record_columns(packed, count):
    """Residuals of icount, EIP, linear, physical, size, value, origin and range, and the listed values."""
    if len(packed) == 7:  # versions 1 and 2
        return [residuals(unpacked(column), count) for column in packed] + [[0] * count], b''
    records, *packed = packed
    raw = [unpacked(column) for column in packed]
    control = controls(raw[0], records)
    icount, eip, linear, value = (
        dense(raw[at + 1], control, 2 * at, widest) for at, widest in enumerate([8, 4, 4, 4])
    )
    physical, size, origin, extent = (residuals(column, records) for column in raw[5:9])
    return [icount, eip, linear, physical, size, value, origin, extent], raw[9]


def write_rows(body):
    first, count, icount, icount_last, low, high, packed = body
    assert all(type(number) is int for number in body[:6])
    columns, listed = record_columns(packed, count)
    made = at = 0
    slots = {}

    def slot(*key):
        if key not in slots:
            slots[key] = Slot(*key)
        return slots[key]

    p, previous = slot(0, 0, 0), 0
    for late, jump, miss, moved, wider, wrong, change, longer in zip(*columns):
        d = p.pace + late
        icount += d
        p.pace = d
        eip = (p.next.eip + jump) & MASK
        origin = p.next.origin + change
        position = min(p.position + 1, 7) if d == 0 and eip == p.eip else 0
        s = slot(eip, origin, position)
        p.next = s
        gap, step = (previous + s.gap) & MASK, (s.linear + s.step) & MASK
        linear = ((gap if s.use_gap else step) + miss) & MASK
        if (gap == linear) != (step == linear):
            s.use_gap = gap == linear
        delta = (linear - s.linear) & MASK
        if delta == s.delta:
            s.step = delta
        s.delta, s.gap, s.linear = delta, (linear - previous) & MASK, linear
        s.offset = (s.offset + moved) & MASK
        s.size += wider
        value = (s.value + s.vstep + wrong) & MASK
        delta = (value - s.value) & MASK
        if delta == s.vdelta:
            s.vstep = delta
        s.vdelta, s.value = delta, value
        s.range += longer
        length = 1 if s.range == 0 else (s.range - 1 >> 2) + 2
        is_down, is_listed = s.range and s.range - 1 >> 1 & 1, s.range and s.range - 1 & 1
        for element in range(length):
            place = (linear + (-s.size if is_down else s.size) * element) & MASK
            if is_listed and element:
                value = int.from_bytes(listed[at : at + s.size], 'little')
                at += s.size
            yield [icount + element, eip, place, (place + s.offset) & MASK, s.size, value, origin]
        icount += length - 1
        made += length
        p, previous = s, linear
    assert icount == icount_last and made == count and at == len(listed)


FIELDS = [3, 2, 4, 3, 6, 3, 4, 2, 1, 2, 1, 2, 1, 3, 2, 5, 3]


def event_items(packed):
    if len(packed) == 2:  # until version 4
        yield from msgpack.unpackb(unpacked(packed))
        return
    kinds, coded, others = (unpacked(column) for column in packed)
    coded, others = varints(coded), iter(msgpack.unpackb(others))
    columns = {}
    for kind, fields in enumerate(FIELDS):
        for item in range(2 + fields):
            last, column = 0, []
            for _ in range(kinds.count(kind)):
                code = next(coded)
                last += (code - 1) // 2 if code & 1 else -code // 2
                column.append(last if code else None)
            columns[kind, item] = iter(column)
    for kind in kinds:
        items = [next(columns[kind, item]) for item in range(2 + FIELDS[kind])]
        yield [kind, *(next(others) if item is None else item for item in items)]
    assert next(coded, None) is None and next(others, None) is None


def event_rows(body):
    icount = writes = 0
    for kind, later, more, *fields in event_items(body[5]):
        icount, writes = icount + later, writes + more
        assert type(icount) is int and type(writes) is int
        yield [kind, icount, writes, *fields]


def main(path):
    trace = {'files': {}, 'writes': [], 'events': []}
    with open(path, 'rb') as file:
        stream = msgpack.Unpacker(file, max_buffer_size=1 << 30)
        assert next(stream) == ['gilt-trace', 4]
        for kind, body, crc in stream:
            head = bytes([0x93, kind, 0xC6]) + len(body).to_bytes(4, 'big')
            assert zlib.crc32(head + body) == crc
            body = msgpack.unpackb(body)
            if kind == 1:
                trace['header'] = body
            elif kind == 2:
                trace['files'][body[0]] = trace['files'].get(body[0], b'') + unpacked(body[2])
            elif kind == 3:
                trace['writes'] += write_rows(body)
            elif kind == 4:
                trace['events'] += event_rows(body)
            elif kind == 5:
                trace['index'] = body
            elif kind == 6:
                trace['footer'] = body
    json.dump(trace, sys.stdout, default=lambda content: {'hex': content.hex()})


main(sys.argv[1])

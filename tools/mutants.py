#!/usr/bin/env python3
"""Gives damaged logs to the program and looks how it takes them.

Each mutant is a log with one to three mutations: bits flipped, bytes overwritten, the file cut, blocks
copied or zeroed, fields of headers and records set to awkward numbers, chunks swapped. A third of the
mutants gets its checksums made right again, so that the damage is not given away by them. Number and seed
determine a mutant: `--only 4711` makes the same one again.

The logs are those of the corpus, or where there is none, those of the example. Commands take turns: dump
as XML, as JSON lines and with several threads, info, verify, recover, diagnose. None may use more than 1 GiB
of address space, take longer than the time limit, be ended by a signal, give another exit code than those
that docs/cli.md names for damaged input (0, 1, 3), or speak of an internal error or of memory. What dump and
recover write must be well-formed XML, or JSON in every line.

usage: tools/mutants.py [PROGRAM]   default: build/release/apps/cli/dropscope
Exit code: 0 without a finding, 1 with one, 2 if the run could not start.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import xml.parsers.expat
import zlib

TREE = pathlib.Path(__file__).resolve().parent.parent
ADDRESS_SPACE = 1 << 30
DOCUMENTED = {0, 1, 3}

# FORMAT.md in src/formats/evtx.
BLOCK = 4096
CHUNK = 65536
CHUNK_HEADER = 512
RECORD_MAGIC = b"**\0\0"
FILE_FIELDS = ((8, 8), (16, 8), (24, 8), (32, 4), (36, 2), (38, 2), (40, 2), (42, 2), (120, 4), (124, 4))
CHUNK_FIELDS = (
    ((8, 8), (16, 8), (24, 8), (32, 8), (40, 4), (44, 4), (48, 4), (52, 4), (120, 4), (124, 4))
    + tuple((offset, 4) for offset in range(128, CHUNK_HEADER, 4))
)
RECORD_FIELDS = ((0, 4), (4, 4), (8, 8), (16, 8))

# Arguments before the path, and how standard output is to be checked.
COMMANDS = (
    (("evtx", "dump", "--format", "xml"), "xml"),
    (("evtx", "dump", "--format", "jsonl"), "jsonl"),
    (("evtx", "info", "--all"), None),
    (("evtx", "verify"), None),
    (("evtx", "recover"), "xml"),
    (("diagnose",), None),
    (("evtx", "dump", "--format", "xml", "--recovered", "--threads", "3"), "xml"),
    (("evtx", "recover", "--format", "jsonl"), "jsonl"),
)


# ---- mutations: each changes `log` in place ----


def awkward_number(draw, size, old):
    top = 1 << (8 * size)
    return draw.choice((0, 1, 7, top - 1, top >> 1, (top >> 1) - 1, old + 1, old - 1, old * 2, old ^ 8,
                        CHUNK, CHUNK - 1, draw.randrange(top), draw.randrange(256))) % top


def set_field(log, draw, offset, size):
    if offset + size > len(log):
        return
    old = int.from_bytes(log[offset:offset + size], "little")
    log[offset:offset + size] = awkward_number(draw, size, old).to_bytes(size, "little")


def chunk_offsets(log):
    return range(BLOCK, len(log), CHUNK)


def used_place(log, draw):
    """An offset that is not among zeros, as most of a preallocated log is."""
    for _ in range(50):
        place = draw.randrange(len(log))
        if any(log[place:place + 64]):
            break
    return place


def some_record(log, draw):
    """Offset of a record, or of whatever has its signature; None if there is none."""
    start = used_place(log, draw)
    place = log.find(RECORD_MAGIC, start)
    return place if place >= 0 else (log.rfind(RECORD_MAGIC) if RECORD_MAGIC in log else None)


def flip_bits(log, draw):
    for _ in range(draw.choice((1, 1, 2, 8, 64, 512))):
        log[used_place(log, draw)] ^= 1 << draw.randrange(8)


def overwrite_run(log, draw):
    start = used_place(log, draw)
    size = min(draw.choice((1, 4, 16, 64, 1024, 5000)), len(log) - start)
    kind = draw.randrange(3)
    if kind == 0:
        log[start:start + size] = draw.randbytes(size)
    elif kind == 1:
        log[start:start + size] = bytes([draw.randrange(256)]) * size
    else:
        source = used_place(log, draw)
        taken = log[source:source + size]
        log[start:start + len(taken)] = taken


def cut(log, draw):
    del log[draw.choice((used_place(log, draw), draw.randrange(len(log)), draw.randrange(BLOCK + CHUNK))):]


def remove_or_insert(log, draw):
    start = used_place(log, draw)
    size = draw.choice((1, 2, 8, 24, 512, BLOCK))
    if draw.randrange(2):
        del log[start:start + size]
    else:
        log[start:start] = draw.randbytes(size)


def zero_block(log, draw):
    size = draw.choice((512, BLOCK, CHUNK))
    start = used_place(log, draw) // size * size
    size = min(size, len(log) - start)
    log[start:start + size] = bytes(size)


def copy_block(log, draw):
    size = draw.choice((512, BLOCK, CHUNK))
    source = used_place(log, draw) // size * size
    target = used_place(log, draw) // size * size
    taken = log[source:source + size]
    if draw.randrange(2):
        log[target:target] = taken
    else:
        log[target:target + len(taken)] = taken


def edit_file_header(log, draw):
    for _ in range(draw.choice((1, 1, 3))):
        set_field(log, draw, *draw.choice(FILE_FIELDS))


def edit_chunk_header(log, draw):
    chunks = chunk_offsets(log)
    if chunks:
        chunk = draw.choice(chunks)
        for _ in range(draw.choice((1, 1, 3, 20))):
            offset, size = draw.choice(CHUNK_FIELDS)
            set_field(log, draw, chunk + offset, size)


def edit_record_header(log, draw):
    record = some_record(log, draw)
    if record is None:
        return
    offset, size = draw.choice(RECORD_FIELDS)
    if draw.randrange(4) == 0 and record + 8 <= len(log):
        # The copy of the size at the record's end.
        offset = int.from_bytes(log[record + 4:record + 8], "little") - 4
        size = 4
    set_field(log, draw, record + offset, size)


def edit_binxml(log, draw):
    """Numbers and tokens in the first bytes of an event: template, descriptors, elements."""
    record = some_record(log, draw)
    if record is None:
        return
    for _ in range(draw.choice((1, 2, 5))):
        place = record + 24 + draw.randrange(draw.choice((32, 128, 1024)))
        if place < len(log) and draw.randrange(2):
            log[place] = draw.choice((*range(0x10), 0x21, 0x23, 0x41, 0x46, 0x81, 0x95, 0xff))
        else:
            set_field(log, draw, place, draw.choice((2, 4)))


def swap_chunks(log, draw):
    chunks = chunk_offsets(log)
    if len(chunks) < 2:
        return
    first, second = draw.choice(chunks), draw.choice(chunks)
    kept, other = log[first:first + CHUNK], log[second:second + CHUNK]
    if len(kept) == len(other) == CHUNK:
        log[first:first + CHUNK], log[second:second + CHUNK] = other, kept


MUTATIONS = (flip_bits, overwrite_run, cut, remove_or_insert, zero_block, copy_block, edit_file_header,
             edit_chunk_header, edit_record_header, edit_binxml, edit_binxml, swap_chunks)


def make_checksums_right(log):
    if len(log) >= 128:
        struct.pack_into("<I", log, 124, zlib.crc32(log[:120]))
    for chunk in chunk_offsets(log):
        if len(log) - chunk < CHUNK:
            break
        free = int.from_bytes(log[chunk + 48:chunk + 52], "little")
        if CHUNK_HEADER <= free <= CHUNK:
            struct.pack_into("<I", log, chunk + 52, zlib.crc32(log[chunk + CHUNK_HEADER:chunk + free]))
        header = zlib.crc32(log[chunk + 128:chunk + CHUNK_HEADER], zlib.crc32(log[chunk:chunk + 120]))
        struct.pack_into("<I", log, chunk + 124, header)


def mutant(sources, seed, number):
    """The bytes, and a line that tells how they were made."""
    draw = random.Random(f"{seed}:{number}")
    source = draw.choice(sources)
    log = bytearray(source.read_bytes())
    made = [source.name]
    for _ in range(draw.choice((1, 1, 2, 3))):
        mutation = draw.choice(MUTATIONS)
        if log:
            mutation(log, draw)
            made.append(mutation.__name__)
    if draw.randrange(3) == 0:
        make_checksums_right(log)
        made.append("make_checksums_right")
    return log, ", ".join(made)


# ---- running ----


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def complaint_about_text(path, kind):
    if kind == "xml":
        parser = xml.parsers.expat.ParserCreate()
        try:
            with open(path, "rb") as text:
                parser.ParseFile(text)
        except xml.parsers.expat.ExpatError as error:
            return f"not well-formed XML: {error}"
    if kind == "jsonl":
        with open(path, encoding="utf-8") as text:
            try:
                for number, line in enumerate(text, 1):
                    json.loads(line)
            except ValueError as error:  # Also what is not UTF-8.
                return f"JSON line {number}: {error}"
    return None


Outcome = collections.namedtuple("Outcome", "number command made code seconds output_bytes memory_kib complaints")


def run(program, sources, seed, number, time_limit, keep):
    log, made = mutant(sources, seed, number)
    # The command is drawn apart from the mutant, so that each meets every kind.
    arguments, kind = COMMANDS[number % len(COMMANDS)]
    with tempfile.TemporaryDirectory(prefix="mutant") as folder:
        path = os.path.join(folder, "mutant.evtx")
        with open(path, "wb") as file:
            file.write(log)
        output, errors = os.path.join(folder, "out"), os.path.join(folder, "err")
        with open(output, "wb") as out, open(errors, "wb") as err:
            began = time.monotonic()
            process = subprocess.Popen([program, *arguments, path], stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=err, preexec_fn=limit, env={"LC_ALL": "C.UTF-8"})
            late = False
            while True:
                done, status, usage = os.wait4(process.pid, os.WNOHANG)
                seconds = time.monotonic() - began
                if done:
                    break
                if seconds > time_limit and not late:
                    late = True
                    process.kill()
                time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        code = process.returncode
        complaints = []
        if late:
            complaints.append(f"took longer than {time_limit} s")
        elif code < 0:
            complaints.append(f"ended by {signal.Signals(-code).name}")
        elif code not in DOCUMENTED:
            complaints.append(f"exit code {code}")
        with open(errors, encoding="utf-8", errors="replace") as text:
            said = text.read()
        for phrase in ("internal error", "out of memory"):
            if phrase in said.lower():
                complaints.append(f"said: {said.strip()[:200]}")
        # Without a log there is no output to check.
        if not complaints and code in (0, 1):
            complaint = complaint_about_text(output, kind)
            if complaint:
                complaints.append(complaint)
        outcome = Outcome(number, " ".join(arguments), made, code, seconds, os.path.getsize(output),
                          usage.ru_maxrss, complaints)
    if complaints and keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"mutant-{seed}-{number}.evtx").write_bytes(log)
    return outcome


def find_sources(corpus):
    for folder in (corpus, TREE / "examples" / "idle-60min" / "evidence"):
        found = sorted(folder.rglob("*.evtx"))
        if found:
            return folder, found
    return None, []


def whole_number(text):
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("expected a number that is not negative")
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], allow_abbrev=False)
    parser.add_argument("program", nargs="?", type=pathlib.Path,
                        default=TREE / "build" / "release" / "apps" / "cli" / "dropscope")
    parser.add_argument("--mutants", type=whole_number, default=10_000, help="how many (%(default)s)")
    parser.add_argument("--seed", type=whole_number, default=1, help="%(default)s")
    parser.add_argument("--only", type=whole_number, help="run this mutant alone")
    parser.add_argument("--corpus", type=pathlib.Path,
                        default=pathlib.Path(os.environ.get("DROPSCOPE_CORPUS_DIR") or TREE.parent / "shared" / "corpus"),
                        help="folder of logs; default: $DROPSCOPE_CORPUS_DIR, or ../shared/corpus")
    parser.add_argument("--keep", type=pathlib.Path, default=TREE / "build" / "mutants",
                        help="where mutants with a finding are kept (build/mutants)")
    parser.add_argument("--time-limit", type=float, default=20, help="seconds for one run (%(default)s)")
    parser.add_argument("--jobs", type=whole_number, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()

    if not os.access(arguments.program, os.X_OK):
        print(f"mutants: {arguments.program} is no program; `make build` makes it", file=sys.stderr)
        return 2
    folder, sources = find_sources(arguments.corpus)
    if not sources:
        print("mutants: no logs in the corpus nor in examples/idle-60min/evidence", file=sys.stderr)
        return 2
    numbers = range(arguments.mutants) if arguments.only is None else [arguments.only]
    print(f"mutants: {len(numbers)} of {len(sources)} logs in {folder}, seed {arguments.seed}", flush=True)

    began = time.monotonic()
    outcomes = []
    with concurrent.futures.ProcessPoolExecutor(max(1, arguments.jobs)) as pool:
        pending = [pool.submit(run, arguments.program.resolve(), sources, arguments.seed, number,
                               arguments.time_limit, arguments.keep) for number in numbers]
        for future in concurrent.futures.as_completed(pending):
            outcome = future.result()
            outcomes.append(outcome)
            for complaint in outcome.complaints:
                print(f"FINDING mutant {outcome.number} ({outcome.made})\n"
                      f"        {outcome.command}: {complaint}", flush=True)
            if len(outcomes) % 1000 == 0:
                print(f"mutants: {len(outcomes)} done, {time.monotonic() - began:.0f} s", flush=True)

    table = collections.defaultdict(collections.Counter)
    for outcome in outcomes:
        table[outcome.command][outcome.code] += 1
    codes = sorted({outcome.code for outcome in outcomes})
    print(f"{'exit code':52}" + "".join(f"{code:>8}" for code in codes))
    for command in sorted(table):
        print(f"{command:52}" + "".join(f"{table[command][code]:>8}" for code in codes))
    totals = collections.Counter(outcome.code for outcome in outcomes)
    print(f"{'all':52}" + "".join(f"{totals[code]:>8}" for code in codes))
    for what, key, text in (
        ("slowest", "seconds", lambda o: f"{o.seconds:.2f} s"),
        ("most memory", "memory_kib", lambda o: f"{o.memory_kib / 1024:.0f} MiB"),
        ("largest output", "output_bytes", lambda o: f"{o.output_bytes / 1e6:.1f} MB"),
    ):
        if outcomes:
            most = max(outcomes, key=lambda o: (getattr(o, key), -o.number))
            print(f"{what:15} {text(most)}: mutant {most.number}, {most.command} ({most.made})")
    findings = sum(1 for outcome in outcomes if outcome.complaints)
    print(f"mutants: {len(outcomes)} run in {time.monotonic() - began:.0f} s, {findings} with a finding"
          + (f", kept in {arguments.keep}" if findings else ""))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Packs the IANA time zone rules of this machine into one C++ source.

Input is a folder of TZif files (RFC 9636) as zic installs them, and the table of Windows zone
names. Output is the data behind src/base/zone_rules.h.

Choices:
- Only what happens from 1970 on is kept; no evidence is older. Before, a zone has the setting that
  was in force when 1970 began.
- Whether zic wrote "fat" or "slim" files should not matter. So the changes at the end of a file
  that its footer (a POSIX TZ string) yields as well are dropped. (It still matters for Palestine
  after 2072, whose remaining predictions zic itself leaves out of slim files.)
- Footers are parsed here and not in the program: a mistake then stops the build, not the user.
- Files that come out the same share one set of rules, so links cost a name only.
"""

import argparse
import calendar
import datetime
import pathlib
import re
import struct
import sys
import tomllib

# Not zones of places: copies of the tree with other conventions (posix, right, leap seconds) and
# names that stand for "this machine's zone" or "not set yet".
SKIPPED = {"posix", "right", "posixrules", "localtime", "Factory", "leapseconds"}

EPOCH = 0  # 1970-01-01 as a Unix second.


class BadInput(Exception):
    """A file that is not what it should be; the text names the file."""


# --- POSIX TZ strings (IEEE 1003.1 chapter 8.3, with the extension of RFC 9636 section 3.3.1) ---

_NAME = r"(<[A-Za-z0-9+\-]{3,}>|[A-Za-z]{3,})"
_TIME = r"([+-]?\d{1,3}(?::\d{1,2}(?::\d{1,2})?)?)"
_DATE = r"(M\d{1,2}\.[1-5]\.[0-6]|J\d{1,3}|\d{1,3})(?:/" + _TIME + r")?"
_FOOTER = re.compile(rf"{_NAME}{_TIME}(?:{_NAME}{_TIME}?,{_DATE},{_DATE})?\Z")


def _seconds(text):
    sign = -1 if text.startswith("-") else 1
    parts = [int(p) for p in text.lstrip("+-").split(":")] + [0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def _date(text, time):
    seconds = _seconds(time) if time else 2 * 3600  # POSIX: 02:00 when no time is given.
    if text[0] == "M":
        month, week, day = (int(p) for p in text[1:].split("."))
        return ("MonthWeekDay", month, week, day, seconds)
    if text[0] == "J":
        return ("Julian", 1, 1, int(text[1:]), seconds)
    return ("YearDay", 1, 1, int(text), seconds)


def parse_footer(text, source):
    """(standard setting, daylight setting or None, date to daylight, date to standard)."""
    match = _FOOTER.match(text)
    if not match:
        raise BadInput(f"{source}: the footer {text!r} is not a POSIX TZ string")
    name, offset, dst_name, dst_offset, d1, t1, d2, t2 = match.groups()
    standard = (-_seconds(offset), name.strip("<>"))  # POSIX counts west of Greenwich.
    if not dst_name:
        return (standard, None, None, None)
    daylight = (-_seconds(dst_offset) if dst_offset else standard[0] + 3600, dst_name.strip("<>"))
    return (standard, daylight, _date(d1, t1), _date(d2, t2))


def _day_of(date, year):
    """Unix day of a yearly date."""
    kind, month, week, day, _ = date
    first = datetime.date(year, 1, 1).toordinal() - datetime.date(1970, 1, 1).toordinal()
    if kind == "Julian":
        return first + day - 1 + (1 if calendar.isleap(year) and day >= 60 else 0)
    if kind == "YearDay":
        return first + day
    start = datetime.date(year, month, 1)
    ahead = (day - (start.weekday() + 1)) % 7
    in_month = 1 + ahead + 7 * (week - 1)
    while in_month > calendar.monthrange(year, month)[1]:
        in_month -= 7
    return datetime.date(year, month, in_month).toordinal() - datetime.date(1970, 1, 1).toordinal()


def footer_transitions(footer, from_year, to_year):
    """[(unix second, setting)] that the footer makes, ascending."""
    standard, daylight, to_daylight, to_standard = footer
    if daylight is None:
        return []
    found = []
    for year in range(from_year, to_year + 1):
        found.append((_day_of(to_daylight, year) * 86400 + to_daylight[4] - standard[0], 1))
        found.append((_day_of(to_standard, year) * 86400 + to_standard[4] - daylight[0], 0))
    # All-year daylight time is written as an end that meets the next start: the start wins.
    return [(at, daylight if is_dst else standard) for at, is_dst in sorted(found)]


# --- TZif files ---


def read_tzif(path):
    """(first setting, [(unix second, setting)], footer or None) of one file, from 1970 on."""
    try:
        return _read_tzif(path, path.read_bytes())
    except (struct.error, IndexError, ValueError) as error:
        raise BadInput(f"{path}: the file ends early or counts wrongly ({error})") from error


def _read_tzif(path, data):

    def header(offset):
        if data[offset : offset + 4] != b"TZif" or len(data) < offset + 44:
            raise BadInput(f"{path} @ {offset}: expected a TZif header")
        return struct.unpack(">6I", data[offset + 20 : offset + 44])

    isut, isstd, leap, times, types, chars = header(0)
    if data[4:5] < b"2":
        raise BadInput(f"{path}: TZif version 1 has no 64-bit times; install a newer tzdata")
    second = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    isut, isstd, leap, times, types, chars = header(second)
    if leap:
        raise BadInput(f"{path}: the file counts leap seconds; give the folder of POSIX zones")
    at = second + 44
    moments = struct.unpack(f">{times}q", data[at : at + times * 8])
    at += times * 8
    indices = data[at : at + times]
    at += times
    kinds = [struct.unpack(">iBB", data[at + 6 * i : at + 6 * i + 6]) for i in range(types)]
    at += types * 6
    letters = data[at : at + chars]
    at += chars + leap * 12 + isstd + isut
    if data[at : at + 1] != b"\n" or data.find(b"\n", at + 1) < 0:
        raise BadInput(f"{path} @ {at}: expected the footer")
    footer_text = data[at + 1 : data.index(b"\n", at + 1)].decode("ascii")

    def setting(index):
        offset, _, name_at = kinds[index]
        return (offset, letters[name_at : letters.index(b"\0", name_at)].decode("ascii"))

    first = setting(0)
    transitions = []
    for moment, index in zip(moments, indices):
        if moment <= EPOCH:
            first = setting(index)
        else:
            transitions.append((moment, setting(index)))
    footer = parse_footer(footer_text, path) if footer_text else None
    return first, transitions, footer


def without_repeats(first, transitions):
    """Leaves out transitions that change neither offset nor abbreviation."""
    kept = []
    before = first
    for moment, setting in transitions:
        if setting != before:
            kept.append((moment, setting))
        before = setting
    return kept


def year_of(moment):
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).year


def drop_what_the_footer_yields(first, transitions, footer):
    """The shortest list after which the footer alone gives the same local times."""
    transitions = without_repeats(first, transitions)
    if footer is None or footer[1] is None or not transitions:
        return transitions
    # First the list is made longer, so that it does not matter where zic stopped.
    last = transitions[-1][0]
    generated = footer_transitions(footer, year_of(transitions[0][0]) - 1, year_of(last) + 2)
    kept = without_repeats(first, transitions + [c for c in generated if c[0] > last])
    # Then its end is dropped as long as footer and list change alike.
    changes = dict(generated)
    while len(kept) > 1:
        (start, start_setting), (moment, setting) = kept[-2:]
        in_force = [c for c in generated if c[0] < moment][-1]
        if changes.get(moment) != setting or in_force[0] > start or in_force[1] != start_setting:
            break
        kept.pop()
    return kept


# --- Output ---


def quoted(text):
    if not re.fullmatch(r"[\x20-\x7e]*", text) or '"' in text or "\\" in text:
        raise BadInput(f"the name {text!r} has characters that zone names do not have")
    return f'"{text}"'


def version_of(folder):
    zi = folder / "tzdata.zi"
    if zi.is_file():
        with zi.open(encoding="utf-8") as lines:
            match = re.match(r"# version (\S+)", lines.readline())
            if match:
                return match.group(1)
    plain = folder / "+VERSION"  # Where BSD and macOS keep it.
    if plain.is_file():
        return plain.read_text(encoding="utf-8").strip()
    return "unknown"


def zone_files(folder):
    """[(name, path)] of every TZif file that is a zone, sorted by lower-case name."""
    found = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if name.parts[0] in SKIPPED or not path.is_file():
            continue
        with path.open("rb") as file:
            if file.read(4) == b"TZif":
                found.append((name.as_posix(), path))
    return sorted(found, key=lambda item: item[0].lower())


class Interned:
    """Values in the order they first came, each with its index."""

    def __init__(self):
        self.values = []
        self._index = {}

    def __call__(self, value):
        if value not in self._index:
            self._index[value] = len(self.values)
            self.values.append(value)
        return self._index[value]


def yearly_date(date):
    kind, month, week, day, seconds = date
    return f"{{YearlyDate::Kind::{kind}, {month}, {week}, {day}, {seconds}}}"


def pack(folder, windows_table):
    files = zone_files(folder)
    if not files:
        raise BadInput(
            f"{folder}: no time zone files here; install tzdata or name another folder "
            "with -DDROPSCOPE_ZONEINFO="
        )
    settings = Interned()
    tails = Interned()
    zones = Interned()
    names = []
    for name, path in files:
        first, transitions, footer = read_tzif(path)
        transitions = drop_what_the_footer_yields(first, transitions, footer)
        tail = None
        if footer:
            standard, daylight, d1, d2 = footer
            if daylight is None:
                tail = tails((settings(standard), settings(standard), None, None))
            else:
                tail = tails((settings(standard), settings(daylight), d1, d2))
        key = (settings(first), tuple((at, settings(s)) for at, s in transitions), tail)
        names.append((name, zones(key)))

    with windows_table.open("rb") as file:
        table = tomllib.load(file)
    if table.get("schema") != 1 or not isinstance(table.get("zones"), dict):
        raise BadInput(f"{windows_table}: expected schema = 1 and a table [zones]")
    known = {name for name, _ in names}
    windows = sorted(table["zones"].items(), key=lambda item: item[0].lower())
    for windows_name, iana in windows:
        if iana not in known:
            raise BadInput(
                f"{windows_table}: {windows_name!r} names {iana!r}, which {folder} lacks"
            )

    out = [
        "// Made by tools/pack_zones.py at build time. Changes here are lost.",
        '#include "base/zone_rules.h"',
        "namespace dropscope::zone_rules {",
        "namespace {",
        "constexpr Setting kSettings[] = {",
    ]
    out += [f"{{{offset}, {quoted(text)}}}," for offset, text in settings.values]
    out += ["};", "constexpr Transition kTransitions[] = {", "{0, 0},"]
    spans = []
    count = 1  # The entry above keeps the array from being empty.
    for _, transitions, _ in zones.values:
        spans.append((count, len(transitions)))
        out += [f"{{{at}, {s}}}," for at, s in transitions]
        count += len(transitions)
    out += ["};", "constexpr Tail kTails[] = {"]
    for standard, daylight, d1, d2 in tails.values:
        dates = f", {yearly_date(d1)}, {yearly_date(d2)}" if d1 else ", {}, {}"
        out.append(f"{{{standard}, {daylight}{dates}}},")
    out += ["};", "constexpr Zone kZones[] = {"]
    for (first, _, tail), (begin, size) in zip(zones.values, spans):
        tail_text = "nullptr" if tail is None else f"kTails + {tail}"
        out.append(f"{{{first}, {{kTransitions + {begin}, {size}}}, {tail_text}}},")
    out += ["};", "constexpr Name kNames[] = {"]
    out += [f"{{{quoted(name)}, {index}}}," for name, index in names]
    out += ["};", "constexpr WindowsName kWindowsNames[] = {"]
    out += [f"{{{quoted(name)}, {quoted(iana)}}}," for name, iana in windows]
    out += [
        "};",
        "}  // namespace",
        f"std::string_view version() {{ return {quoted(version_of(folder))}; }}",
        "std::span<const Setting> settings() { return kSettings; }",
        "std::span<const Zone> zones() { return kZones; }",
        "std::span<const Name> names() { return kNames; }",
        "std::span<const WindowsName> windows_names() { return kWindowsNames; }",
        "}  // namespace dropscope::zone_rules",
        "",
    ]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoneinfo", type=pathlib.Path, required=True)
    parser.add_argument("--windows", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    try:
        text = pack(options.zoneinfo, options.windows)
    except (BadInput, OSError, tomllib.TOMLDecodeError) as error:
        sys.exit(f"pack_zones.py: {error}")
    options.out.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

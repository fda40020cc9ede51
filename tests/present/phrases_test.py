"""Every text of the HTML report has an entry in each language that is complete, and no entry is left over.

Usage: phrases_test.py SOURCE_DIR

Reads the texts from the sources: what say(), count(), header_row() and their like are given; and from the data
files what a report shows of timers, causes, events and things to collect, whole or sentence by sentence. An entry that is
none of those has to be made of words that the program or a data file says; else it was left behind by a
sentence that changed, and would never be used again.
"""
import pathlib
import re
import sys
import tomllib

COMPLETE = ["de"]
LITERAL = r'"(?:[^"\\]|\\.)*"'
RUN = rf"{LITERAL}(?:\s*{LITERAL})*"
# Calls that put a text into the page's language, and tables whose texts are.
CALLS = re.compile(r"\b(?:say|header_row|tile|row|cell|reasons|term)\(")
TABLES = re.compile(r"\b(?:kNotes\[\]|parties|kDays|kDayNames|kMonths)\s*=\s*\{")
COUNTS = re.compile(rf"\bcount\(\s*[^\"]*?({RUN})\s*,\s*({RUN})")
# Names of HTML, not texts.
NO_TEXT = re.compile(r"docs/.*|https?:.*|[a-z-]+|[A-Z-]+|\w+ \d+")
# Share of the pairs of neighbouring words that some source has; sentences are put together from pieces, and
# where two meet a pair stands in none.
MOSTLY = 0.5
# Shorter entries say too little to be looked for.
FEW = 5


def unquote(run):
    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', run))
    return text.replace('\\"', '"').replace("\\\\", "\\")


def without_comments(source):
    source = re.sub(r"^#include[^\n]*", "", source, flags=re.M)
    return re.sub(rf"{LITERAL}|//[^\n]*", lambda m: m.group(0) if m.group(0)[0] == '"' else "", source)


def bracketed(source, at):
    """The code up to the bracket that closes what was opened before `at`."""
    depth, begin = 1, at
    while depth:
        if source[at] == '"':
            at = re.compile(LITERAL).match(source, at).end()
            continue
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(source[at], 0)
        at += 1
    return source[begin:at - 1]


def outside_braces(code):
    """Without the values of a phrase, which stand in braces and have calls of their own."""
    out, depth = [], 0
    for token in re.findall(rf"{LITERAL}|[^\"]", code):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth == 0:
            out.append(token)
    return "".join(out)


def asked_for(source):
    source = without_comments(source)
    texts = set()
    for call in CALLS.finditer(source):
        body = bracketed(source, call.end())
        # The names of columns stand in braces; those of a phrase's values do not count.
        code = body if call.group(0).startswith("header_row") else outside_braces(body)
        found = [unquote(m.group(0)) for m in re.finditer(RUN, code)]
        texts.update(found if call.group(0).startswith(("say", "header_row")) else
                     [t for t in found if not NO_TEXT.fullmatch(t)])
    for table in TABLES.finditer(source):
        texts.update(unquote(m.group(0)) for m in re.finditer(RUN, bracketed(source, table.end()))
                     if not NO_TEXT.fullmatch(unquote(m.group(0))))
    for call in COUNTS.finditer(source):
        texts.update(unquote(call.group(i)) for i in (1, 2))
    return {text for text in texts if re.search(r"[a-z]{2}", text.replace("{}", ""))}


def sentences(text):
    return [s if s.endswith(".") or i + 1 == len(parts) else s + "."
            for parts in [text.split(". ")] for i, s in enumerate(parts)]


def told_from_data(root):
    """Texts of data files that a report shows, whole."""
    def tables(pattern, key):
        for path in sorted(root.glob(pattern)):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            yield from (data[key] if key else [data])
    shown = [(tables("data/event_map/*.toml", "event"), ("note",)),
             (tables("data/timers.toml", "timer"), ("confirm", "change", "confidence")),
             (tables("data/collection.toml", "item"), ("title", "why", "cost")),
             (tables("data/causes/*.toml", None), ("title", "summary", "title_without_loss", "summary_without_loss",
                                                   "owner", "confirm", "verify"))]
    return {entry[field] for entries, fields in shown for entry in entries for field in fields if entry.get(field)}


def is_told(text, phrases):
    def has(part):
        if part in phrases or part.removesuffix(".") in phrases:
            return True
        return any(re.fullmatch(".+".join(map(re.escape, entry.split("{}"))), part)
                   for entry in phrases if "{}" in entry and len(entry.replace("{}", "")) >= 12)
    return has(text) or all(has(part) for part in sentences(text))


def main():
    root = pathlib.Path(sys.argv[1])
    pages = [p for folder in ("html", "svg") for p in sorted((root / "src/present" / folder).glob("*.cc"))]
    pages += [root / "src/present/text" / name for name in ("certainty.cc", "speech.cc")]
    needed = set()
    for path in pages:
        needed |= asked_for(path.read_text(encoding="utf-8"))
    said = []
    for folder in ("src/present", "src/verdict", "src/analysis", "src/evidence", "src/formats", "src/base"):
        for path in sorted((root / folder).rglob("*.cc")):
            source = without_comments(path.read_text(encoding="utf-8"))
            said += [re.sub(r"\{[^}]*\}", "{}", unquote(m.group(0))) for m in re.finditer(RUN, source)]
    for path in sorted((root / "data").rglob("*.toml")):
        if path.parent.name != "text":
            said.append(path.read_text(encoding="utf-8"))
    said = "\n".join(said)
    from_data = told_from_data(root)
    failures = []
    for language in COMPLETE:
        name = f"data/text/{language}.toml"
        phrases = tomllib.loads((root / name).read_text(encoding="utf-8"))["report"]["phrases"]
        failures += [f"{name} has no entry for: {text}" for text in sorted(needed - set(phrases))]
        failures += [f"{name} has no entry for a text of a data file: {text}"
                     for text in sorted(from_data) if not is_told(text, phrases)]
        for text in sorted(set(phrases) - needed):
            words = re.findall(r"[^\s{}]+", text)
            pairs = [" ".join(pair) for pair in zip(words, words[1:])] or words
            if len(words) >= FEW and sum(pair in said for pair in pairs) < MOSTLY * len(pairs):
                failures.append(f"{name}: nothing says any more: {text}")
    for failure in failures:
        print(failure)
    if len(from_data) < 200:
        print(f"only {len(from_data)} texts were found in the data files")
        return 1
    if len(needed) < 100:
        print(f"only {len(needed)} texts were found in the sources")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

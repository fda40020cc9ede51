# `evtx dump --format xml` gives Windows' own values: all 366 records of a real log against the XML
# that Windows exported from it, but for RenderingInfo, which is not in the log.
. "$(dirname "$0")/lib.sh"
need python3
need_corpus evtx/windows-truth

run evtx dump --format xml "$corpus/evtx/windows-truth/Application.evtx"
expect_code 0
expect_no_err
python3 - "$work/out" "$corpus/evtx/windows-truth/Application.xml" <<'PY' || fail "the values differ"
import sys
import xml.etree.ElementTree as ET

NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"


def events(path):
    found = {}
    for event in ET.parse(path).getroot().iter(NAMESPACE + "Event"):
        for rendering in event.findall(NAMESPACE + "RenderingInfo"):
            event.remove(rendering)
        found[event.find(f"{NAMESPACE}System/{NAMESPACE}EventRecordID").text] = event
    return found


def compare(ours, theirs, where):
    assert ours.tag == theirs.tag, (where, ours.tag, theirs.tag)
    assert ours.attrib == theirs.attrib, (where, ours.tag, ours.attrib, theirs.attrib)
    assert (ours.text or "") == (theirs.text or ""), (where, ours.tag, ours.text, theirs.text)
    assert (ours.tail or "").strip() == (theirs.tail or "").strip(), (where, ours.tag)
    assert len(ours) == len(theirs), (where, ours.tag, len(ours), len(theirs))
    for a, b in zip(ours, theirs):
        compare(a, b, where)


ours, theirs = events(sys.argv[1]), events(sys.argv[2])
assert len(theirs) == 366, len(theirs)
assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
for record, event in theirs.items():
    compare(ours[record], event, record)
PY

# A package holds what a vendor asks for, says what the evidence says, hides names on request, and
# can be checked by who receives it.
. "$(dirname "$0")/lib.sh"
need python3
cd "$work" || exit 1

simulated four-losses
mkdir -p "logs/PC01"
cp four-losses/evidence/PC01/*.evtx logs/PC01/
cp four-losses/evidence/clients.csv logs/
user=$(sed -n '2s/^[^,]*,\([^,]*\),.*/\1/p' logs/clients.csv)
head -1 logs/clients.csv | grep -q '^computer,user,' || fail "clients.csv has other columns"
# Names where they are easily missed: in a path, in a URL, percent-encoded, in UTF-16.
printf 'a note\n' >"logs/note-of-$user.txt"
{
  printf '#Software: Microsoft Internet Information Services 10.0\r\n'
  printf '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip sc-status time-taken\r\n'
  printf '2025-09-01 08:00:00 10.9.8.7 POST /mapi/emsmdb/ mailboxId=%s%%40corp.example&u=%%75%s 443 CORP\\%s 10.1.2.3 200 15\r\n' \
    "$user" "${user#u}" "$user"
  printf '2025-09-01 08:00:01 10.9.8.7 GET /notcorp.examples/ - 443 - 10.1.2.3 200 15\r\n'
} >"logs/u_ex250901-$user.log"
python3 - "$user" <<'PY'
import sys
user = sys.argv[1]
status = ("CID\tSMTP Address\tDisplay Name\tProxy Server\tServer Name\tStatus\tProtocol\n"
          f"7\t{user}@corp.example\t\t\tex01.corp.example\tEstablished\tRPC/TCP\n")
open("logs/PC01/connection-status.txt", "wb").write(status.encode("utf-16"))
PY

run escalate logs --out case.zip
expect_code 0
expect_err "Package: case.zip"
expect_err "Missing: A screen shot of the pop-up"
expect_err "Left out:"
cp case.zip first.zip
run escalate logs --out case.zip --threads 1 --quiet
expect_code 0
expect_no_err
cmp -s case.zip first.zip || fail "the same evidence gave another package"
run escalate --verify case.zip
expect_code 0
expect_out "sound"

# The package says what the evidence says.
cause_of() {
  run diagnose "$1" --format csv --table causes --quiet
  expect_code 0
  sed -n 2p "$work/out"
}
[ "$(cause_of logs)" = "$(cause_of case.zip)" ] || fail "the package has another verdict"
run diagnose case.zip --json again.json --quiet
python3 - <<'PY' || fail "the package's own result is another than that of its evidence"
import json, zipfile
z = zipfile.ZipFile("case.zip")
inside, again = json.load(z.open("diagnosis.json")), json.load(open("again.json", encoding="utf-8"))
assert z.namelist()[0] == "manifest.json" and z.namelist()[1:] == sorted(z.namelist()[1:])
for name in ("cause", "probability", "candidates", "interval_s", "headline"):
    assert inside["verdict"][name] == again["verdict"][name], name
assert inside["computers"][0]["outages"] == again["computers"][0]["outages"]
assert b"<Event " in z.read("records/PC01/Application.evtx.xml")
PY

# Redacted: no name and no address is left anywhere, the key stays beside it.
cp "$source_dir/docs/images/"*.png . 2>/dev/null
picture=$(ls ./*.png 2>/dev/null | head -1)
[ -n "$picture" ] && cp "$picture" "logs/PC01/window.png"
run escalate logs --out red.zip --redact
expect_code 0
expect_err "Key: red.zip.key.json"
cp red.zip red-first.zip
run escalate logs --out red.zip --redact --quiet
expect_code 0
cmp -s red.zip red-first.zip || fail "the same evidence gave another redacted package"
python3 - "$user" <<'PY' || fail "a name is left"
import json, sys, zipfile, urllib.parse
user = sys.argv[1]
key = json.load(open("red.zip.key.json"))
names = ["pc01", "corp.example", "ex01", "10.9.8.7", "10.1.2.3", user, key["secret"]]
assert {t["original"] for t in key["tokens"]} >= {"pc01", "corp.example", user}
z = zipfile.ZipFile("red.zip")
for member in z.namelist():
    data = z.read(member)
    for text in (data.lower(), urllib.parse.unquote_to_bytes(data).lower(), member.lower().encode()):
        for name in names:
            assert name.encode() not in text, (member, name)
            assert name.encode("utf-16-le") not in text, (member, name)
assert any("u_ex250901" in name for name in z.namelist()), "the log is not there"
assert not any(name.endswith(".png") for name in z.namelist())
PY
verdict=$(cause_of logs | cut -d, -f1-5)
[ "$verdict" = "$(cause_of red.zip | cut -d, -f1-5)" ] || fail "redaction changed the verdict"

follows() {
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/$1.schema.json" "$2" >problems
  case $? in 0 | 77) ;; *) fail "$2 does not follow its schema: $(cat problems)" ;; esac
}
follows redaction-key red.zip.key.json
for zip in case red; do
  python3 -c 'import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' $zip.zip manifest.json >manifest.json
  follows package manifest.json
  python3 -c 'import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' $zip.zip diagnosis.json >diagnosis.json
  follows diagnosis diagnosis.json
done

# Another key gives other tokens, the same key the same.
run escalate logs --out other.zip --redact --key red.zip.key.json --quiet
expect_code 0
cmp -s other.zip red.zip || fail "the same key gave other tokens"
printf '{"schema": "dropscope.redaction-key/1", "secret": "mine", "tokens": []}' >mine.json
run escalate logs --out other.zip --redact --key mine.json --quiet
expect_code 0
cmp -s other.zip red.zip && fail "another key gave the same tokens"

# What cannot be rewritten is left out, and the sender is told which file and why.
mkdir binary
cp logs/clients.csv logs/PC01/connection-status.txt binary/
cp "$source_dir/tests/corpus/capture/le.pcapng" "$source_dir/tests/corpus/client/NTUSER.DAT" \
  "$source_dir/tests/corpus/client/profile.reg" "$source_dir/tests/corpus/log/dirty.evt" binary/
run escalate binary --out binary.zip --redact
for file in le.pcapng NTUSER.DAT profile.reg dirty.evt; do
  expect_err "Left out: binary/$file: its names and addresses stand in a binary form"
done
[ -e binary.zip ] || fail "the package of what can be rewritten was not written"
mkdir many
cp logs/clients.csv many/
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
  cp "$source_dir/tests/corpus/capture/le.pcapng" many/$i.pcapng
done
run escalate many --out many.zip --redact
expect_err "more: manifest.json in the package lists all"

# A name that is left in a picture stops it, loudly, and no package is there.
if [ -n "$picture" ]; then
  printf '%s' "$user" >>logs/PC01/window.png
  run escalate logs --out leak.zip --redact --with-pictures
  expect_code 1
  expect_err "names are left in the package, so it was not written"
  expect_err "\"$user\""
  [ ! -e leak.zip ] || fail "the leaking package was written"
  [ ! -e leak.zip.key.json ] || fail "a key was written without a package"
fi

# What was changed on the way is told.
python3 - <<'PY'
import zipfile
with zipfile.ZipFile("case.zip") as old, zipfile.ZipFile("bad.zip", "w") as new:
    for name in old.namelist():
        data = old.read(name)
        if name == "cover.md":
            continue
        new.writestr(name, data + b"!" if name == "report.html" else data)
    new.writestr("extra.txt", "surplus")
PY
run escalate --verify bad.zip
expect_code 1
expect_out "not sound: 3 problems"
expect_err "cover.md: missing"
expect_err "report.html: changed"
expect_err "extra.txt: not listed"
run escalate --verify logs/clients.csv
expect_code 3

# What no log tells is said as for diagnose, and the package says that it was said.
run escalate logs --out told.zip --protocol mapi-http --mode cached
expect_code 0
run diagnose logs --protocol mapi-http --mode cached --json told.json --quiet
expect_code 0
python3 - <<'PY' || fail "the facts that were given are not in the package"
import json, zipfile
inside = json.load(zipfile.ZipFile("told.zip").open("diagnosis.json"))
beside = json.load(open("told.json", encoding="utf-8"))
assert inside["command_line"] == "dropscope escalate --protocol mapi-http --mode cached"
assert inside["protocol"] == beside["protocol"] and inside["mode"] == beside["mode"], inside["protocol"]
assert inside["protocol"]["value"] == "MAPI/HTTP" and inside["mode"]["value"] == "cached"
assert inside["verdict"]["candidates"] == beside["verdict"]["candidates"]
PY
run escalate logs --out told.zip --protocol smoke-signal
expect_code 2
expect_err "is no protocol"
run escalate logs --out told.zip --profile no-such
expect_code 2
expect_err "there is no profile"

run escalate logs
expect_code 2
expect_err "--out case.zip"
mkdir empty
run escalate empty --out none.zip
expect_code 3
[ ! -e none.zip ] || fail "a package of nothing was written"

# `init` writes three tables that are read as they are, and touches nothing that exists.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

run init site/case1
expect_code 0
expect_out "clients.csv: written"
expect_out "dropscope diagnose site/case1"
for name in networks clients servers; do [ -s "site/case1/$name.csv" ] || fail "no $name.csv"; done

# As they are, they are read whole and say nothing.
simulated idle-60min
run diagnose site/case1 "$work/idle-60min/evidence" --format json
expect_code 0
refuse_err "csv"

printf 'mine\n' >site/case1/servers.csv
rm site/case1/networks.csv
run init site/case1
expect_code 0
expect_out "servers.csv: exists and stays as it is"
expect_out "networks.csv: written"
[ "$(cat site/case1/servers.csv)" = mine ] || fail "servers.csv was overwritten"

mkdir here && cd here || exit 1
run init
expect_code 0
[ -e clients.csv ] || fail "nothing in the current folder"
touch file
run init file
[ "$code" != 0 ] || fail "a file was taken for a folder"

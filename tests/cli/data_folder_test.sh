# --data: a folder that does not exist, and a data file with a mistake, are mistakes of use that name
# file, line and column.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

run diagnose . --data missing_folder
expect_code 2
expect_err "missing_folder"

mkdir -p data/text
printf 'schema = 1\nlanguage = \n' >data/text/xx.toml
run diagnose . --data data
expect_code 2
expect_err "xx.toml:2:"

# --fail-on turns named outcomes into exit code 10, for scripts.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
simulated healthy
run diagnose "$work/idle-60min/evidence" --quiet --fail-on any-disconnect
expect_code 10
run diagnose "$work/idle-60min/evidence" --quiet --fail-on fixed-age,idle-timer
expect_code 10
run diagnose "$work/idle-60min/evidence" --quiet --fail-on fixed-age
expect_code 0
run diagnose "$work/healthy/evidence" --quiet --fail-on any-disconnect
expect_code 0
run diagnose "$work" --data "$work/none" --fail-on any-disconnect
expect_code 2

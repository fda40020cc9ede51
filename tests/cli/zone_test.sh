# --tz sets the wall clock of all times, which is always named; Windows' names and offsets will do.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)
for zone in Europe/Berlin "W. Europe Standard Time" +02:00; do
  run diagnose "$log" --tz "$zone"
  expect_code 0
done
run diagnose "$log" --tz Asia/Tokyo
expect_out "Asia/Tokyo"

run events "$log" --tz Asia/Tokyo
expect_out "Time (Asia/Tokyo)"
tokyo=$(sed -n 2p "$work/out" | cut -c 12-13)
run events "$log"
expect_out "Time (UTC)"
utc=$(sed -n 2p "$work/out" | cut -c 12-13)
[ $(((10#$utc + 9) % 24)) = $((10#$tokyo)) ] || fail "$utc in UTC is $tokyo in Tokyo"

// Any bytes as the record of a probe: every refusal has a sentence, what is read can be judged and
// planned with, and is the same after it was written and read again.
#include <cmath>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "probe/finding.h"
#include "probe/plan.h"
#include "probe/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace probe = dropscope::probe;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = probe::read_record(text);
  if (!record) {
    dropscope::check(!record.error().message.empty(), "an error without a sentence");
    return 0;
  }
  const auto written = [](const probe::Record& of) {
    return probe::to_json(of, probe::judge(of.options, of.seen, true), "1");
  };
  // Writing rounds, so only what was written once is the same for ever.
  const std::string once = written(*record);
  const auto again = probe::read_record(once);
  dropscope::check(again.has_value(), "what was written is not read");
  const std::string twice = written(*again);
  const auto third = probe::read_record(twice);
  dropscope::check(third.has_value() && written(*third) == twice, "writing changes the record");
  // What the command line allows at most; a plan has as many idle times.
  if (again->options.connections > 64) return 0;
  const auto times = probe::next_times(again->options, {}, again->seen);
  dropscope::check(times.size() <= static_cast<std::size_t>(again->options.connections) + 1,
                   "more idle times than connections");
  for (const double time : times) dropscope::check(std::isfinite(time), "an idle time without end");
  const probe::Forecast forecast = probe::forecast(again->options, {}, again->seen);
  dropscope::check(std::isfinite(forecast.longest), "a forecast without end");
  return 0;
}

#pragma once

// Diagnoses made by hand, so that the writers are tested without the floors that judge.
// Deterministic: a small generator of its own makes the times, and no figure depends on the
// analysis.

#include <string>

#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"
#include "present/present.h"
#include "verdict/verdict.h"

namespace dropscope::testing {

struct Sample {
  Evidence evidence;
  Catalogue catalogue;
  Diagnosis diagnosis;

  [[nodiscard]] ReportInput input() const {
    return {evidence, catalogue, diagnosis, "dropscope diagnose logs --tz Europe/Berlin", false};
  }
};

/// One computer with about a hundred outages behind a 60-minute inactivity timer, two healthy ones.
[[nodiscard]] Sample idle_timer_sample();
/// One computer, four losses.
[[nodiscard]] Sample not_enough_sample();
/// Nothing could be read: a text file named .evtx, and a picture.
[[nodiscard]] Sample no_log_sample();
/// Forty computers, thirty-one of them with losses, a damaged log, unknown texts.
[[nodiscard]] Sample fleet_sample();
/// idle_timer_sample() in which every text that comes from evidence or data tries to break out:
/// markup, terminal sequences, broken UTF-8, template braces.
[[nodiscard]] Sample hostile_sample();

}  // namespace dropscope::testing

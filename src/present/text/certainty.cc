#include "present/text/certainty.h"

namespace dropscope {

Certainty certainty_words(const Verdict& verdict, const Speech& speech) {
  Certainty out;
  if (verdict.decision.named()) out.cause = speech.say("How sure of the cause:");
  if (!verdict.probability) return out;
  out.interval = speech.say("How sure of the kind of interval:");
  out.note = speech.say(
      "The kind of interval and its cause are two questions, each with a probability of its own: "
      "several causes make the same kind of interval.");
  return out;
}

std::string certainty_text(const Verdict& verdict, const Speech& speech) {
  const Certainty words = certainty_words(verdict, speech);
  if (words.interval.empty()) return {};
  std::string text;
  if (!words.cause.empty()) {
    text = words.cause + " " + speech.percent(verdict.decision.probability) + ". ";
  }
  return text + words.interval + " " + speech.percent(*verdict.probability) + ". " + words.note;
}

}  // namespace dropscope

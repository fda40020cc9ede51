"""The laboratory's table: verdict beside truth."""

import dataclasses

# From here on a wrong name is a contradiction: who reads the verdict would act on it.
SURE = 0.9
# An interval is right within this part of the truth; the scale makes milliseconds into minutes.
INTERVAL_TOLERANCE = 0.05


@dataclasses.dataclass
class Verdict:
    cause: str
    probability: float
    interval_s: float | None
    scope: dict

    @classmethod
    def of(cls, document):
        verdict = document["verdict"]
        return cls(verdict["cause"], verdict["probability"], verdict["interval_s"], verdict["scope"] or {})

    def cause_right(self, truth):
        return self.cause in truth["cause"]

    def interval_right(self, truth):
        if "interval_min" not in truth:
            return None
        expected = 60 * truth["interval_min"]
        return self.interval_s is not None and abs(self.interval_s - expected) <= INTERVAL_TOLERANCE * expected

    def scope_right(self, truth):
        if truth["scope"] == "none":
            # Without losses no scope is looked for.
            return self.scope.get("scope", "none") == "none"
        if truth["scope"] != "localised":
            return self.scope.get("scope") == truth["scope"]
        # What cannot be told apart from the named place counts as named.
        named = list(self.scope.get("causes", []))
        for detail in self.scope.get("details", []):
            named += detail.get("equivalents", [])
        # Of several causes the verdict is one, and each has a place of its own.
        where = truth["where_of"].get(self.cause) if "where_of" in truth else truth["where"]
        return self.scope.get("scope") == "localised" and where in named

    def text(self, truth):
        words = f"{self.cause} {100 * self.probability:.0f} %"
        if self.interval_s:
            words += f", {self.interval_s / 60:.1f} min"
        scope = self.scope.get("scope", "-")
        if self.scope.get("causes"):
            scope = "; ".join(" ".join(map(str, cause.values())) for cause in self.scope["causes"])
        marks = [("cause", self.cause_right(truth)), ("interval", self.interval_right(truth)),
                 ("scope", self.scope_right(truth))]
        wrong = [name for name, right in marks if right is False]
        return f"{words}, {scope}" + (f" (wrong: {', '.join(wrong)})" if wrong else "")


class Row:
    """verdicts: documents of `diagnose` on the clients' logs, with the balancer's too, with a capture instead (or None)."""

    def __init__(self, name, truth, losses, late_s, verdicts, verified=None):
        self.name = name
        self.truth = truth
        self.losses = losses
        self.late_s = late_s
        self.clients, self.everything, self.captured = (document and Verdict.of(document) for document in verdicts)
        self.verified = verified and verified["outcome"]

    def contradicts(self):
        """A wrong name that is believed."""
        return any(not verdict.cause_right(self.truth) and verdict.cause != "undetermined"
                   and verdict.probability >= SURE for verdict in (self.clients, self.everything, self.captured) if verdict)

    def truth_text(self):
        if "where_of" in self.truth:
            return " or ".join(f"{cause} {' '.join(where.values())}" for cause, where in self.truth["where_of"].items())
        words = " or ".join(self.truth["cause"])
        if "interval_min" in self.truth:
            words += f", {self.truth['interval_min']} min"
        return words + ", " + (" ".join(self.truth["where"].values()) if "where" in self.truth else self.truth["scope"])


def share(rows, right):
    judged = [right(row) for row in rows]
    judged = [one for one in judged if one is not None]
    return f"{sum(judged)} of {len(judged)}"


def text(rows):
    lines = ["| script | truth | losses | late | from client logs | with the balancer's log | with a capture instead |",
             "| --- | --- | ---: | ---: | --- | --- | --- |"]
    for row in rows:
        can = "" if row.truth.get("clients_can_tell", True) else " (cannot tell)"
        lines.append(f"| {row.name} | {row.truth_text()} | {row.losses} | {1000 * row.late_s:.0f} ms | {row.clients.text(row.truth)}{can} | "
                     f"{row.everything.text(row.truth)} | {row.captured.text(row.truth) if row.captured else '-'} |")
    for row in rows:
        if row.verified:
            lines += ["", f"{row.name}: the change is followed by “{row.verified}”, the truth is “{row.truth['outcome']}”."]
    able = [row for row in rows if row.truth.get("clients_can_tell", True)]
    captured = [row for row in rows if row.captured]
    lines += ["",
              f"Cause right from client logs, where they can tell: {share(able, lambda r: r.clients.cause_right(r.truth))}.",
              f"Cause right with the balancer's log: {share(rows, lambda r: r.everything.cause_right(r.truth))}.",
              f"Cause right with a capture: {share(captured, lambda r: r.captured.cause_right(r.truth))}.",
              "Scope right from client logs: " + share(rows, lambda r: r.clients.scope_right(r.truth)) +
              "; with the balancer's log: " + share(rows, lambda r: r.everything.scope_right(r.truth)) + ".",
              "Wrong name at 90 % or more: " + (", ".join(r.name for r in rows if r.contradicts()) or "none") + "."]
    return "\n".join(lines)

#!/usr/bin/env python3
"""Fits the constants of src/analysis/rhythm to simulated clients and writes forest_constants.cc.

usage: rhythm_fit.py EXAMPLES OUTPUT.cc [--count N] [--keep FOLDER]

EXAMPLES is the program rhythm_examples. Trees are fitted to N (240,000) clients of each world with seed 101, those for
few uptimes to such ones of N + N/4 further clients too, those that judge worlds left out to an eighth of them; gates,
widths and the map of confidence are set on 50,000 (N, if that is less) with seed 202. With seed 303 the result is only
measured. rhythm_quality measures with a seed of its own.
Same input, same output: nothing is drawn at random.

Needs numpy and scikit-learn (Debian: python3-numpy python3-sklearn).
"""

import argparse
import os
import subprocess
import sys
import tempfile

# Idle threads that spin slow each other down where there are few processors.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: E402

WORLDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
FIT, TUNE, MEASURE = 101, 202, 303
FEATURES, CLASSES, MEASURES, BANDS = 153, 9, 4, 6
IDLE, AGE, CLOCK, PERIOD, OUTAGE, MODULATED, RANDOM, BURST, MIXED = range(CLASSES)
REGULAR = np.isin(np.arange(CLASSES), (IDLE, AGE, CLOCK, PERIOD, MIXED))
NULLS = (MODULATED, RANDOM, BURST)
WITHOUT = (OUTAGE, *NULLS)  # Classes without a timer.

EDGES = 63  # Of a feature, at most.
SETTINGS = {"learning_rate": 0.1, "max_leaf_nodes": 20, "min_samples_leaf": 60, "l2_regularization": 1.0,
            "max_bins": EDGES + 1, "early_stopping": False, "random_state": FIT}
CLASS_STEPS, MEASURE_STEPS = 170, 60
FEW_BANDS = 4  # Bands below this one have a judge of their own, as in judge_of.

# A client whose probability of a timer is between these two is in doubt: other trees, fitted to such clients alone,
# judge it again. They know that probability. As in gated_probability.
DOUBT = (0.5, 0.999)
DOUBT_STEPS, DOUBT_RATE = 300, 0.06

# The gate that a client has to pass to be called regular goes by its look: which class without a timer is the
# likeliest one for it. Chance is the same everywhere; people's habits and bursts differ from world to world.
LOOKS = {OUTAGE: 0, RANDOM: 0, MODULATED: 1, BURST: 2}
# False alarms in any one of the worlds, below what is promised so that the upper bound keeps the promise: of all
# clients without a timer, of those with three to five uptimes (bands 0 and 1), of those with six to eight (band 2), of
# those who resume at eight.
FALSE = {"all": 0.004, "few": 0.004, "some": 0.006, "resume": 0.012}
RESUME = 3  # Examples.null of those.

# How far a measure is trusted, by its odds to be within 1 %: as in trust_of.
TRUSTS = (0.6, 0.9)
# Of a thousand errors that are no gross ones; of all errors these are 95 in 100, on average of the worlds.
WITHIN_WIDTH = 970
BY_FAR = 0.1  # As in measured_as.

# Two or three worlds at a time are left out, and judged by trees of the others.
LEFT_OUT = ((0, 3), (1, 4), (2, 5), (6, 7, 8))
SHARE_IF_LEFT_OUT = 8  # One of so many clients fits the trees that judge them.


class Examples:
    def __init__(self, rows):
        self.features = rows[:, :FEATURES]
        self.truth = rows[:, FEATURES].astype(int)
        self.band = rows[:, FEATURES + 1].astype(int)
        self.null = rows[:, FEATURES + 2].astype(int)
        self.intervals = rows[:, FEATURES + 3:FEATURES + 5].astype(float)
        measures = rows[:, FEATURES + 5:].astype(float)
        self.seconds = measures[:, 0::2]
        self.errors = measures[:, 1::2]
        # By example and measure: the distance to the nearest true interval, as a part of the measure.
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.abs(self.seconds[:, :, None] / self.intervals[:, None, :] - 1)
        self.off = np.where(np.isfinite(distance), distance, 9).min(axis=2)
        self.is_null = np.isin(self.truth, NULLS)
        self.has_timer = REGULAR[self.truth]

    def some(self, which):
        """Those of a slice or a mask."""
        out = object.__new__(Examples)
        for name, values in vars(self).items():
            setattr(out, name, values[which])
        return out

    def part(self, of):
        """The first of so many parts."""
        return self.some(slice(len(self.truth) // of))

    def has_few(self):
        return self.band < FEW_BANDS


def examples_of(program, world, seed, first, last, folder, *few):
    path = os.path.join(folder, "-".join([world, str(seed), str(first), str(last), *few]) + ".f32")
    if not os.path.exists(path):
        subprocess.run([program, world, str(seed), str(first), str(last), path, *few], check=True)
    return Examples(np.fromfile(path, dtype=np.float32).reshape(-1, FEATURES + 5 + 2 * MEASURES))


def joined(parts):
    out = object.__new__(Examples)
    for name in vars(parts[0]):
        setattr(out, name, np.concatenate([getattr(part, name) for part in parts]))
    return out


def edges_of(features):
    """Quantiles, to five digits, so that what is printed is what was used."""
    out = []
    for column in features.T:
        places = np.quantile(column, np.linspace(0, 1, EDGES + 2)[1:-1], method="inverted_cdf")
        out.append(np.unique([np.float32(f"{place:.5g}") for place in places]))
    return out


def probability_of_timer(posterior):
    """In 32 bits, as bins are found."""
    return posterior[:, REGULAR].sum(axis=1).astype(np.float32)


def in_doubt(probability):
    return (probability > DOUBT[0]) & (probability < DOUBT[1])


class Judge:
    """Of clients with about as many uptimes: edges, trees of the classes, of the measures, of those in doubt."""

    def __init__(self, fit):
        self.edges = edges_of(fit.features)
        bins = self.bins(fit)
        self.classes = HistGradientBoostingClassifier(max_iter=CLASS_STEPS, **SETTINGS).fit(bins, fit.truth)
        self.measures = []
        timers = bins[fit.has_timer]
        for m in range(MEASURES):
            near = fit.off[fit.has_timer, m] <= 0.01
            self.measures.append(HistGradientBoostingClassifier(max_iter=MEASURE_STEPS, **SETTINGS).fit(timers, near))
        probability = probability_of_timer(self.classes.predict_proba(bins))
        doubtful = in_doubt(probability)
        self.edges_of_doubt = edges_of(probability[doubtful, None])[0]
        settings = {**SETTINGS, "learning_rate": DOUBT_RATE}
        self.doubt = HistGradientBoostingClassifier(max_iter=DOUBT_STEPS, **settings).fit(
            self.with_doubt(bins[doubtful], probability[doubtful]), fit.has_timer[doubtful])

    def with_doubt(self, bins, probability):
        return np.column_stack([bins, np.searchsorted(self.edges_of_doubt, probability)]).astype(np.float32)

    def bins(self, examples):
        return np.stack([np.searchsorted(edges, column).astype(np.float32)
                         for edges, column in zip(self.edges, examples.features.T)], axis=1)

    def odds_of(self, examples):
        """By example: the posterior of the classes, the probability that the gate asks for, the measures' odds."""
        bins = self.bins(examples)
        posterior = self.classes.predict_proba(bins)
        regular = probability_of_timer(posterior)
        doubtful = in_doubt(regular)
        regular[doubtful] = self.doubt.predict_proba(self.with_doubt(bins[doubtful], regular[doubtful]))[:, 1]
        return posterior, regular, np.stack([one.predict_proba(bins)[:, 1] for one in self.measures], axis=1)


class Model:
    """A judge of few uptimes and one of many."""

    def __init__(self, fit):
        few = fit.has_few()
        self.few, self.many = Judge(fit.some(few)), Judge(fit.some(~few))

    def judge(self, examples):
        few = examples.has_few()
        of_few, of_many = self.few.odds_of(examples.some(few)), self.many.odds_of(examples.some(~few))
        odds = []
        for one, other in zip(of_few, of_many):
            both = np.empty((len(few), *one.shape[1:]), dtype=one.dtype)
            both[few], both[~few] = one, other
            odds.append(both)
        return Judged(examples, *odds)


class Judged:
    def __init__(self, examples, posterior, regular, odds):
        self.examples, self.posterior, self.regular = examples, posterior, regular
        rows = np.arange(len(posterior))
        odds = np.where(examples.seconds > 0, odds, -1)
        # By class: the measure that tells its interval, as measured_as has it.
        self.by = np.full((len(posterior), CLASSES), -1)
        for c in (IDLE, AGE, CLOCK, PERIOD, MIXED):
            raised = odds.copy()
            if c < MEASURES:
                raised[:, c] += np.where(odds[:, c] >= 0, BY_FAR, 0)
            self.by[:, c] = np.where(raised.max(axis=1) > 0, raised.argmax(axis=1), -1)
        self.rows = rows
        self.odds = odds
        looks = np.array([LOOKS[c] for c in WITHOUT])
        self.look = looks[posterior[:, WITHOUT].argmax(axis=1)]

    def choose(self, gates):
        """The class of each example, and the measure that tells its interval (−1: none)."""
        called = self.regular > gates[self.look, self.examples.band]
        allowed = np.where(called[:, None], REGULAR[None, :] & (self.by >= 0), ~REGULAR[None, :])
        score = np.where(allowed, self.posterior, -1)
        best = np.where(score.max(axis=1) < 0, RANDOM, score.argmax(axis=1))
        return best, self.by[self.rows, best]

    def trust(self, rows, by):
        return np.searchsorted(TRUSTS, self.odds[rows, by], side="right")


def gates_of(judged_worlds):
    """The least probability, by look and band, from which a client is called regular: those with which the most
    clients with a timer are, while no world has more false alarms than allowed. Each false alarm has a price by world
    and sort, the same in all cells of the table; the prices rise where there are too many and fall where there are
    few (method of multipliers)."""
    steps = 1 - np.geomspace(0.5, 0.001, 160)  # At most the end of doubt.
    shape = (len(set(LOOKS.values())) * BANDS, len(steps), len(judged_worlds))
    found, false = np.zeros(shape), np.zeros((*shape, len(FALSE)))
    for w, judged in enumerate(judged_worlds):
        of = judged.examples
        sorts = (of.is_null, of.is_null & (of.band <= 1), of.is_null & (of.band == 2), of.null == RESUME)
        cell = judged.look * BANDS + of.band

        def passing(mask, at):
            scores = np.sort(judged.regular[mask & (cell == at)])
            return (len(scores) - np.searchsorted(scores, steps, side="right")) / max(1, mask.sum())

        for at in range(shape[0]):
            found[at, :, w] = passing(of.has_timer, at)
            for i, sort in enumerate(sorts):
                false[at, :, w, i] = passing(sort, at)
    found = found.mean(axis=2)
    limits = np.array(list(FALSE.values()))
    prices = np.ones(shape[2:] + (len(FALSE),))
    cells = np.arange(shape[0])
    best, most = np.full(shape[0], len(steps) - 1), -1
    for turn in range(600):
        chosen = (found - (false * prices).sum(axis=(2, 3))).argmax(axis=1)
        spent = false[cells, chosen].sum(axis=0)
        gained = found[cells, chosen].sum()
        if np.all(spent <= limits) and gained > most:
            best, most = chosen, gained
        prices = np.maximum(1e-3, prices * np.exp(0.2 / (1 + turn / 100) * np.clip(spent / limits - 1, -2, 2)))
    # Steps are coarse, so something is left to spend: one gate after the other goes down by what finds the most.
    while True:
        spent = false[cells, best].sum(axis=0)
        moves = [(found[at, to] - found[at, best[at]], at, to)
                 for at in cells for to in range(max(0, best[at] - 10), best[at])
                 if np.all(spent - false[at, best[at]] + false[at, to] <= limits)]
        gain, at, to = max(moves, default=(0, 0, 0))
        if gain <= 0:
            return steps[best].reshape(-1, BANDS)
        best[at] = to


def widths_of(judged, gates):
    """By measure, band and trust: the factor on the standard error."""
    best, by = judged.choose(gates)
    of = judged.examples
    picked = np.flatnonzero(REGULAR[best] & of.has_timer & (by >= 0))
    by, band = by[picked], of.band[picked]
    off = of.off[picked, by]
    seconds, errors = of.seconds[picked, by], of.errors[picked, by]
    trust = judged.trust(picked, by)
    good = (off < 0.06) & (errors > 0)
    miss = off * seconds / np.maximum(errors, 1e-9)
    widths = np.full((MEASURES, BANDS, len(TRUSTS) + 1), 3.0)
    for m in range(MEASURES):
        for b in range(BANDS):
            here = good & (by == m) & (band == b)
            for t in range(len(TRUSTS) + 1):
                some = here & (trust == t)
                if some.sum() < 100:
                    some = here
                if some.sum() >= 20:
                    sorted_miss = np.sort(miss[some])
                    widths[m, b, t] = sorted_miss[len(sorted_miss) * WITHIN_WIDTH // 1000]
    return widths


def confidence_of(sure, right):
    """Pool adjacent violators over 40 equal groups: pairs of (raw, calibrated)."""
    order = np.argsort(sure, kind="stable")
    blocks = []
    for group in np.array_split(order, 40):
        blocks.append([sure[group].sum(), right[group].sum(), len(group)])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] > blocks[-1][1] / blocks[-1][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last)]
    return np.array([[raw / n, min(0.999, ok / n)] for raw, ok, n in blocks])


def report(name, judged, gates, widths, confidence):
    of = judged.examples
    best, by = judged.choose(gates)
    f1 = []
    for c in range(CLASSES):
        both = np.sum((best == c) & (of.truth == c))
        f1.append(2 * both / max(1, np.sum(best == c) + np.sum(of.truth == c)))
    rows = np.arange(len(best))
    called = REGULAR[best]
    hit = called & of.has_timer & (by >= 0)
    off = np.where(hit, of.off[rows, by], 9)
    trust = judged.trust(rows, by)
    half = widths[by, of.band, trust] * of.errors[rows, by] / np.maximum(of.seconds[rows, by], 1e-9)
    raw = judged.posterior[rows, best]
    p = np.interp(raw, confidence[:, 0], confidence[:, 1])
    right = best == of.truth
    error = sum(abs(np.sum(p[some]) - np.sum(right[some])) for some in
                (np.minimum(9, (p * 10).astype(int)) == b for b in range(10))) / len(p)
    few = of.band <= 1
    print(f"{name:24} strict {np.mean(f1):.3f}  false {100 * np.mean(called[of.is_null]):.2f} %"
          f" (few {100 * np.mean(called[of.is_null & few]):.2f}, resume {100 * np.mean(called[of.null == RESUME]):.2f})"
          f"  detected {100 * np.mean(called[of.has_timer]):.1f}  within 1 % {100 * np.mean(off[of.has_timer] <= 0.01):.1f}"
          f"  covered {100 * np.mean(off[hit] <= half[hit] + 1e-12):.1f}  calibration {error:.3f}", flush=True)


def nodes_of(predictor):
    """The nodes of a tree in the order root, left side, right side, as (feature, edge, value)."""
    nodes = predictor.nodes
    out = []

    def walk(at):
        node = nodes[at]
        if node["is_leaf"]:
            out.append((255, 0, round(1000 * float(node["value"]))))
            return
        here = len(out)
        out.append(None)
        walk(node["left"])
        out[here] = (int(node["feature_idx"]), int(np.floor(node["num_threshold"])), len(out) - here)
        walk(node["right"])

    walk(0)
    return [(255, 0, len(out) + 1), *out]


def write(path, model, gates, widths, confidence):
    lines = ["// Written by bench/rhythm_fit.py; change that instead.", "// clang-format off", "", "#include <array>", "",
             '#include "analysis/rhythm/forest.h"', "", "namespace dropscope::rhythm {", "namespace {", ""]

    def put(kind, name, items, shown):
        texts = [shown(item) for item in items]
        lines.append(f"constexpr std::array<{kind}, {len(texts)}> {name} = {{{{")
        row = ""
        for text in texts:
            if len(row) + len(text) + 1 > 98:
                lines.append(row)
                row = ""
            row += text + ","
        lines.extend([row, "}};", ""])

    def real(value):
        text = f"{value:.5g}"
        return text + ("F" if any(c in text for c in ".e") else ".0F")

    def put_forest(name, base, predictors):
        put("float", f"k{name}Base", base, real)
        nodes = [node for tree in predictors for node in nodes_of(tree)]
        put("Node", f"k{name}Nodes", nodes, lambda node: "{%d,%d,%d}" % node)
        print(f"{name}: {len(predictors)} trees, {len(nodes)} nodes")

    def put_judge(name, judge):
        inputs = [*judge.edges, judge.edges_of_doubt]
        put("float", f"k{name}Edges", np.concatenate(inputs), real)
        put("std::uint16_t", f"k{name}First", np.cumsum([0] + [len(edges) for edges in inputs]), str)
        put_forest(f"{name}Class", judge.classes._baseline_prediction.ravel(),
                   [tree for step in judge.classes._predictors for tree in step])
        put_forest(f"{name}Measure", [one._baseline_prediction.ravel()[0] for one in judge.measures],
                   [one._predictors[step][0] for step in range(MEASURE_STEPS) for one in judge.measures])
        put_forest(f"{name}Doubt", judge.doubt._baseline_prediction.ravel(),
                   [step[0] for step in judge.doubt._predictors])
        return (f"{{k{name}Edges, k{name}First, {{k{name}ClassBase, k{name}ClassNodes}},",
                f" {{k{name}MeasureBase, k{name}MeasureNodes}}, {{k{name}DoubtBase, k{name}DoubtNodes}}}},")

    judges = [*put_judge("Few", model.few), *put_judge("Many", model.many)]
    put("float", "kGates", gates.ravel(), real)
    put("float", "kWidths", widths.ravel(), real)
    put("float", "kConfidence", confidence.ravel(), real)
    lines += ["}  // namespace", "", "FittedConstants fitted_constants() {",
              "  return {" + judges[0], *("          " + line for line in judges[1:]),
              "          kGates, kWidths, kConfidence};", "}", "",
              "}  // namespace dropscope::rhythm", ""]
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1][7:])
    parser.add_argument("program")
    parser.add_argument("output")
    parser.add_argument("--count", type=int, default=240_000)
    parser.add_argument("--keep", help="a folder that keeps the examples for the next run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = arguments.keep or own
        def load(seed, first, last, *few):
            return [examples_of(arguments.program, world, seed, first, last, folder, *few) for world in WORLDS]
        count, fewer = arguments.count, min(arguments.count, 50_000)
        # By world: all sizes, and those of few uptimes alone.
        fit = list(zip(load(FIT, 0, count), load(FIT, count, 2 * count + count // 4, "few")))
        tune, measure = load(TUNE, 0, fewer), load(MEASURE, 0, fewer)
    model = Model(joined([one for parts in fit for one in parts]))
    tuned = [model.judge(one) for one in tune]
    gates = gates_of(tuned)
    widths = widths_of(model.judge(joined(tune)), gates)

    # How sure to be is learnt from clients like those of the fit, and as many from worlds that the trees never saw.
    sure, right, unseen = [], [], {}
    for left_out in LEFT_OUT:
        others = Model(joined([one.part(SHARE_IF_LEFT_OUT)
                               for i, parts in enumerate(fit) if i not in left_out for one in parts]))
        for i in left_out:
            unseen[i] = others.judge(measure[i])
            for judged in (tuned[i], others.judge(tune[i])):
                best, _ = judged.choose(gates)
                sure.append(judged.posterior[judged.rows, best])
                right.append(best == judged.examples.truth)
    confidence = confidence_of(np.concatenate(sure), np.concatenate(right))

    for i, world in enumerate(WORLDS):
        report(world, model.judge(measure[i]), gates, widths, confidence)
    for i, world in enumerate(WORLDS):
        report(world + ", not seen", unseen[i], gates, widths, confidence)
    write(arguments.output, model, gates, widths, confidence)
    return 0


if __name__ == "__main__":
    sys.exit(main())

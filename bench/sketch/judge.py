"""From features to answers: networks, a gate before the regular classes, calibrated confidence, widened bounds.

Steps 9 to 11 of the method. What the gates, the confidence and the widths are set by are out-of-fold posteriors, so
nothing is judged by a network that was fitted to it.
"""

import math
import multiprocessing
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from basics import CLASSES, IDLE, MIXED, NULLS, PERIOD, REGULAR, WITHOUT
from features import ERRORS, EVIDENCE, FEATURES, FEWEST_UPTIMES, LIKELIEST, PROCESSES, SECONDS, UPTIMES

BAND_EDGES = (3.5, 5.5, 12.5, 60.5)  # Of uptimes.
BANDS = len(BAND_EDGES) + 1
FOLDS = 5
NETWORKS = 4
FALSE = 0.004  # Of the clients without a timer in a band, called regular.
LEAST_EVIDENCE = (-8.0, *np.arange(-4, 8.1, 0.5))
WIDEST = 20.0  # Times two standard errors.


class Networks:
    """The mean of some networks that differ in where they began."""

    def __init__(self, features, classes, seed):
        self.mean, self.spread = features.mean(0), features.std(0) + 1e-6
        self.networks = []
        for i in range(NETWORKS):
            network = MLPClassifier((24,), activation="tanh", alpha=3.0, solver="lbfgs", max_iter=400,
                                    random_state=seed * 10 + i)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # It is close enough after these steps.
                self.networks.append(network.fit(self.standardised(features), classes))

    def standardised(self, features):
        return np.clip((features - self.mean) / self.spread, -5, 5)

    def posterior(self, features):
        inputs = self.standardised(features)
        out = np.zeros((len(features), len(CLASSES)))
        for network in self.networks:
            out[:, network.classes_] += network.predict_proba(inputs) / len(self.networks)
        return out


def band_of(rows):
    return np.searchsorted(BAND_EDGES, rows[:, UPTIMES])


def log_odds(posterior):
    """Of a timer."""
    regular = posterior[:, REGULAR].sum(1)
    return np.log((regular + 1e-12) / (1 - regular + 1e-12))


def intervals_of(rows, called):
    """Seconds and standard error by the class that was called; of a mixture, of its likeliest mechanism."""
    by = np.where(called == MIXED, rows[:, LIKELIEST], np.clip(called, IDLE, PERIOD)).astype(int)
    at = np.arange(len(rows))
    return rows[:, SECONDS][at, by], rows[:, ERRORS][at, by]


def never_falling(raw, right):
    """Pool adjacent violators: a map from raw confidence to how often it was right."""
    ends, shares, weights = [], [], []
    order = np.argsort(raw)
    for value, hit in zip(raw[order], right[order].astype(float)):
        ends.append([value, value])
        shares.append(hit)
        weights.append(1.0)
        while len(shares) > 1 and shares[-2] >= shares[-1]:
            weight = weights[-2] + weights[-1]
            shares[-2] = (shares[-2] * weights[-2] + shares[-1] * weights[-1]) / weight
            weights[-2] = weight
            ends[-2][1] = ends[-1][1]
            for pooled in (ends, shares, weights):
                pooled.pop()
    return np.array(ends).ravel(), np.repeat(shares, 2)


def least_odds(nulls, count):
    """The log-odds that few enough pass of `count` clients without a timer; `nulls` are those of the ones that pass the
    gate of evidence, descending."""
    tail = max(int(0.12 * count), 8)
    if count >= 1_000 or len(nulls) < tail + 1:
        allowed = int(math.floor(FALSE * count + 0.5))
        least = nulls[allowed] + 1e-9 if len(nulls) > allowed else 0.0
    else:  # So few say little about the few highest; the tail is taken for exponential.
        least = nulls[tail] + (nulls[:tail] - nulls[tail]).mean() * math.log(tail / count / FALSE)
    return max(least, 0.0)


def gates_of(rows, posterior, classes):
    """By band the least evidence and the least log-odds that find the most timers, while false alarms are few."""
    band, odds, evidence = band_of(rows), log_odds(posterior), rows[:, EVIDENCE]
    is_null, is_regular = np.isin(classes, NULLS), np.isin(classes, REGULAR)
    gates = np.zeros((2, BANDS))
    for b in range(BANDS):
        nulls = is_null & (band == b)
        if nulls.sum() < 60:
            nulls = is_null & (np.abs(band - b) <= 1)
        most = -1
        for least_evidence in LEAST_EVIDENCE:
            passing = evidence > least_evidence
            least = least_odds(np.sort(odds[nulls & passing])[::-1], nulls.sum())
            found = ((band == b) & is_regular & passing & (odds > least)).sum()
            if found > most:
                most, gates[:, b] = found, (least_evidence, least)
    return gates


class Truth:
    """What is true of clients, as arrays, from lines of TRUTH.jsonl."""

    def __init__(self, lines):
        self.classes = np.array([CLASSES.index(line["class"]) for line in lines])
        self.accepted = np.array([[name in (line["class"], *line["also"]) for name in CLASSES] for line in lines])
        self.intervals = np.array([(line["intervals"] + [math.nan] * 2)[:2] for line in lines])


def widths_of(rows, called, passed, truth):
    """By band: the factor on two standard errors with which bounds hold the truth in 95 %."""
    seconds, errors = intervals_of(rows, called)
    with np.errstate(invalid="ignore"):
        off = np.fmin.reduce(np.abs(seconds[:, None] - truth.intervals), axis=1)
    band, use = band_of(rows), passed & np.isin(truth.classes, REGULAR)
    widths = np.ones(BANDS)
    for b in range(BANDS):
        some = use & (band == b)
        if some.sum() > 10:
            widths[b] = min(max(np.quantile(off[some] / (2 * errors[some]), 0.95), 1.0), WIDEST)
    return widths


class Judge:
    def __init__(self, rows, lines):
        enough = rows[:, UPTIMES] >= FEWEST_UPTIMES
        rows = rows[enough]
        truth = Truth([line for line, some in zip(lines, enough) if some])
        fold = np.random.default_rng(0).permutation(len(rows)) % FOLDS
        features = rows[:, :FEATURES]
        parts = [np.full(len(rows), True), *(fold != f for f in range(FOLDS))]
        with multiprocessing.Pool(PROCESSES) as pool:
            self.networks, *others = pool.starmap(
                Networks, [(features[part], truth.classes[part], seed) for seed, part in enumerate(parts)], chunksize=1)
        posterior = np.zeros((len(rows), len(CLASSES)))
        for f, networks in enumerate(others):
            posterior[fold == f] = networks.posterior(features[fold == f])
        self.gates = gates_of(rows, posterior, truth.classes)
        called, raw, passed = self.decide(rows, posterior)
        self.confidence = never_falling(raw, truth.accepted[np.arange(len(rows)), called])
        self.widths = widths_of(rows, called, passed, truth)

    def decide(self, rows, posterior):
        """The class of each, its raw confidence, and whether it passed the gate of the regular classes."""
        band = band_of(rows)
        passed = (log_odds(posterior) > self.gates[1][band]) & (rows[:, EVIDENCE] > self.gates[0][band])
        called = np.where(passed, REGULAR[posterior[:, REGULAR].argmax(1)], WITHOUT[posterior[:, WITHOUT].argmax(1)])
        return called, posterior[np.arange(len(rows)), called], passed

    def answers(self, ids, rows):
        """In the form of `dropscope rhythm`."""
        enough = rows[:, UPTIMES] >= FEWEST_UPTIMES
        out = [{"id": name, "class": "not-enough", "interval_s": None, "lo": None, "hi": None, "confidence": 0.0}
               for name in ids]
        rows = rows[enough]
        called, raw, passed = self.decide(rows, self.networks.posterior(rows[:, :FEATURES]))
        seconds, errors = intervals_of(rows, called)
        half = 2 * errors * self.widths[band_of(rows)]
        confidence = np.interp(raw, *self.confidence)
        for i, at in enumerate(np.flatnonzero(enough)):
            out[at].update({"class": CLASSES[called[i]], "confidence": float(confidence[i])})
            if passed[i]:
                out[at].update(interval_s=float(seconds[i]), lo=float(seconds[i] - half[i]),
                               hi=float(seconds[i] + half[i]))
        return out

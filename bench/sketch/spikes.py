"""A spike in the lengths of connections: a fixed age or an idle time-out, in a smooth background.

Steps 2 to 5 of the method, on x = ln u, u being the length in seconds. A background that knows of nights and days comes
first: it is what keeps computers that resume every morning from being called an age of a day. Each mechanism is then a
mixture whose weights are found by expectation maximisation, and its evidence is the ratio to the background, less the
price of its free parameters.
"""

import math
from dataclasses import dataclass

import numpy as np

from basics import DAY, TINY, bell

GRID = 0.05  # Of x, for the background.
SMOOTHING = bell(np.arange(-60, 61) * GRID, 0.5)
SPREADS = np.array([0.001, 0.004, 0.015, 0.035])  # Of a spike, in x.
WINDOWS = (0.0006, 0.002, 0.006, 0.02, 0.06)  # In which the most values are sought, in x.
CLOCK_SECOND = 1.2  # No spike is narrower than the second that logs are kept in.
CANDIDATES = 8  # Looked at closely.
STEPS = 14  # Of expectation maximisation.
EFOLDS = 7  # Of lengths that a timer may have, a priori.

# Of an idle timer's tail: use per time-out, the probability that one passes without use, the tail's rate beyond 2 T.
USE = np.array([0.3, 0.7, 1.2, 2.0, 3.0])
QUIET = np.exp(-USE)
RATE = USE * QUIET / (1 - QUIET * (1 + USE))


@dataclass
class Spike:
    evidence: float  # Logarithm of the Bayes factor against the background.
    length: float  # T, seconds.
    spread: float  # Of x about ln T.
    weights: np.ndarray  # The spike's first, the background's last.
    usual: bool  # T is as likely as it is because products have such a timer.
    hits: np.ndarray  # Which lengths lie on the spike.
    explained: np.ndarray  # Which are accounted for: those, multiples and tails.
    below: float  # Shares of lengths well below T and above.
    above: float
    estimate: float  # Seconds.
    error: float  # Its standard error.


def background(x):
    """The density of x where there is no timer, and the weight of daily lags in it."""
    low = x.min() - 3.2
    size = int((x.max() + 3.2 - low) / GRID) + 2
    place = (x - low) / GRID
    left = place.astype(int)
    part = place - left
    counts = np.bincount(left, 1 - part, size) + np.bincount(left + 1, part, size)
    smooth = np.convolve(counts, SMOOTHING, "same") / len(x)
    density = 0.92 * np.interp(x, low + GRID * np.arange(size), smooth, 0, 0) + 0.08 * bell(x - 8, 2.5) + TINY
    if (x > math.log(40_000)).sum() < 2:
        return density, 0.0
    parts = [density]
    for days in (1, 2, 3):
        parts += [bell(x - math.log(days * DAY), spread / (days * DAY)) for spread in (900, 2_700, 7_200)]
    parts.append(bell(x - math.log(54_000.0), 3_600 / 54_000.0))  # From leaving to the next morning.
    parts = np.array(parts)
    weights = np.full(len(parts), 0.5 / (len(parts) - 1))
    weights[0] = 0.5
    for _ in range(STEPS):
        weights = weights * (parts @ (1 / (weights @ parts + TINY))) + 0.02
        weights /= weights.sum()
    return np.maximum(density, weights @ parts), 1 - weights[0]


def densest(values, widths, most):
    """Of ascending values: for each width up to `most` ranges (first, end) that hold the most, and none twice."""
    out = []
    for width in widths:
        ends = np.searchsorted(values, values + width, "right")
        counts = (ends - np.arange(len(values))).astype(float)
        for _ in range(most):
            first = int(counts.argmax())
            if counts[first] < 2:
                break
            out.append((first, ends[first]))
            counts[(values > values[first] - width) & (values < values[first] + width)] = 0
    return out


def mix(parts, weights, concentration):
    """Weights of a mixture's parts, the likeliest with a Dirichlet prior, and its density. By candidate."""
    for _ in range(STEPS):
        density = (weights[:, None, :] @ parts)[:, 0, :] + TINY
        counts = weights * (parts @ (1 / density)[:, :, None])[:, :, 0]
        weights = np.maximum(counts + concentration - 1, 1e-9)
        weights /= weights.sum(1, keepdims=True)
    return weights, (weights[:, None, :] @ parts)[:, 0, :] + TINY


def price_of_length(log_length, spread, hits, usual):
    """Logarithm of the prior volume that a length takes up: free, or one of the logarithms `usual`."""
    free = np.log(0.5 * 2.5 * spread / np.sqrt(np.maximum(hits, 1)) / EFOLDS)
    tolerance = np.maximum(spread / np.sqrt(np.maximum(hits, 1)) * 2, 1.5 * np.exp(-log_length)) + 0.001
    near = np.abs(log_length[:, None] - usual).min(1) <= tolerance
    known = np.where(near, math.log(0.5 / len(usual)), -1e9)
    return np.maximum(free, known), near & (known > free)


def find_age(x, density, downtime, starts, usual):
    """Ends every connection at T; where a loss was missed, at k T and the downtimes between."""
    log_length = np.repeat(starts, len(SPREADS))
    spread = np.maximum(np.tile(SPREADS, len(starts)), CLOCK_SECOND * np.exp(-log_length))
    off = x[None] - log_length[:, None]
    ratio = bell(off, spread[:, None]) / density
    weight = np.clip((np.abs(off) < 2.5 * spread[:, None]).mean(1) * 0.95, 0.02, 0.95)
    score = np.log1p(weight[:, None] * (ratio - 1)).sum(1) + 3 * np.log(weight) + np.log(spread)
    best = np.argsort(-score)[:CANDIDATES]
    log_length, spread = log_length[best], spread[best]
    for _ in range(2):  # To the middle of what lies about it.
        off = x[None] - log_length[:, None]
        pull = np.exp(-0.5 * (off / spread[:, None]) ** 2)
        log_length = log_length + np.clip((pull * off).sum(1) / (pull.sum(1) + 1e-9), -spread, spread)

    length = np.exp(log_length)
    parts = np.empty((len(length), 4, len(x)))
    parts[:, 3] = 1
    for k in (1, 2, 3):
        middle = np.log(k * length + (k - 1) * downtime)
        parts[:, k - 1] = bell(x[None] - middle[:, None], spread[:, None]) / density
    weights, mixed = mix(parts, np.tile([0.5, 0.1, 0.05, 0.35], (len(length), 1)), np.array([6, 1.2, 1.05, 1.3]))
    price, is_usual = price_of_length(log_length, spread, weights[:, 0] * len(x), usual)
    evidence = (np.log(mixed).sum(1) + 6 * np.log(1 - weights[:, 3] + 1e-9) + price - math.log(len(SPREADS))
                - 0.5 * math.log(len(x) + 1))

    b = int(evidence.argmax())
    hits = weights[b, 0] * parts[b, 0] / mixed[b] > 0.5
    explained = (weights[b, :3, None] * parts[b, :3]).sum(0) / mixed[b] > 0.5
    estimate, error = length[b], spread[b] * length[b]
    if hits.any():
        on = np.exp(x[hits])
        estimate = np.median(on)
        scatter = 1.4826 * np.median(np.abs(on - estimate)) if len(on) > 3 else spread[b] * estimate
        error = 1.25 * max(scatter, 0.3) / math.sqrt(len(on))
    return Spike(evidence[b], length[b], spread[b], weights[b], is_usual[b], hits, explained,
                 below=(x < log_length[b] - 3 * spread[b]).mean(), above=(x > log_length[b] + 3 * spread[b]).mean(),
                 estimate=estimate, error=error)


def idle_tails(x, density, starts):
    """Ratios to the background of what an idle timer does to connections in use, by T and amount of use."""
    past = (np.exp(x)[None] / np.exp(starts)[:, None] - 1)[:, None, :]
    per_log = np.exp(x[None] - starts[:, None])[:, None, :]
    flat, rate = (USE * QUIET)[None, :, None], RATE[None, :, None]
    tail = np.where(past < 0, 0, np.where(past < 1, flat, flat * np.exp(-rate * (past - 1))))
    return tail / (1 - QUIET)[None, :, None] * per_log / density


def find_idle(x, density, starts, usual):
    """Ends a connection when it was unused for T: nothing below T, an atom on it, a tail of those in use."""
    tails = idle_tails(x, density, starts)
    at = np.repeat(np.arange(len(starts)), len(SPREADS))
    log_length = starts[at]
    floor = CLOCK_SECOND * np.exp(-log_length)
    spread = np.maximum(np.tile(SPREADS, len(starts)), floor)
    under = np.maximum(0.3 * spread, floor)  # The edge is sharp on this side.
    off = x[None] - log_length[:, None]
    atom = (np.exp(-0.5 * (off / np.where(off < 0, under[:, None], spread[:, None])) ** 2)
            * (0.79788456 / (spread + under))[:, None] / density)

    share = np.clip(((off > -2 * under[:, None]) & (off < 2.5 * spread[:, None])).mean(1), 0.05, 0.85)
    lower = np.clip((off < -2 * under[:, None]).mean(1) + 0.05, 0.05, 0.95)
    tail_share = np.maximum(1 - share - lower, 0.02)
    with_tail = np.log(share[:, None] * atom + tail_share[:, None] * (0.7 * tails[at, 2] + 0.3 * tails[at, 0])
                       + lower[:, None]).sum(1) + 5 * np.log(1 - lower)
    without = np.log(share[:, None] * atom + 0.3 * (1 - share[:, None]) * tails[at, 0]
                     + 0.7 * (1 - share[:, None])).sum(1) + 5 * np.log(0.3 + 0.7 * share)
    score = np.maximum(with_tail, without) + (3 * np.log(share) + np.log(spread))
    best = np.argsort(-score)[:CANDIDATES]

    parts = np.empty((len(best), 7, len(x)))
    parts[:, 0] = atom[best]
    parts[:, 1:6] = tails[at[best]]
    parts[:, 6] = 1
    weights, mixed = mix(parts, np.tile([0.3, 0.12, 0.12, 0.12, 0.1, 0.1, 0.14], (len(best), 1)),
                         np.array([2, 1.3, 1.3, 1.3, 1.2, 1.1, 1.3]))
    log_length, spread = log_length[best], spread[best]
    price, is_usual = price_of_length(log_length, spread, weights[:, 0] * len(x), usual)
    evidence = (np.log(mixed).sum(1) + 5 * np.log(1 - weights[:, 6] + 1e-9) - math.log(len(x) + 1) + price
                - math.log(len(SPREADS)))

    b = int(evidence.argmax())
    hits = weights[b, 0] * parts[b, 0] / mixed[b] > 0.5
    length = math.exp(log_length[b])
    on = np.exp(x[hits]) if hits.any() else np.array([length])
    return Spike(evidence[b], length, spread[b], weights[b], is_usual[b], hits,
                 explained=weights[b, 6] / mixed[b] < 0.5, below=(x < log_length[b] - 2 * spread[b]).mean(),
                 above=(x > log_length[b] + 2 * spread[b]).mean(),
                 estimate=on.min() if len(on) <= 6 else np.quantile(on, 0.08),
                 error=max(np.std(on) if len(on) > 1 else spread[b] * on[0], 0.5) / math.sqrt(len(on)))


def find_spikes(x, density, downtime, usual):
    """The best age and the best idle time-out. `usual`: logarithms of lengths that timers are known to have."""
    ascending = np.sort(x)
    ranges = densest(ascending, WINDOWS, 3)
    ends = list(ascending[:3]) + list(np.quantile(ascending, [0.05, 0.1, 0.2]))
    middles = np.unique(np.array([np.median(ascending[first:end]) for first, end in ranges] + ends))
    edges = np.unique(np.array([ascending[first] for first, _ in ranges] + ends))
    return find_age(x, density, downtime, middles, usual), find_idle(x, density, edges, usual)

"""Losses at one phase of a cycle, in a background that knows people's days: what clock.py and period.py have in common.

Steps 6 and 7 of the method. Losses that follow another closely are left out first, for bursts would pass for a phase.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from basics import DAY, bell

SPREADS = (1.5, 5, 15, 45, 100)  # Of a phase, seconds.
ROUND = 300  # Schedules are made on phases that are multiples of this, seconds.
BINS = 64  # Of a cycle, for a day that is folded onto it.


@dataclass
class PhaseFit:
    """A share of the losses comes at one phase. As it is made: of nothing found."""

    evidence: float = -12.0  # Logarithm of the Bayes factor against the background.
    cycle: float = 3_600.0  # P, seconds.
    spread: float = 100.0  # Seconds.
    share: float = 0.0  # Of the losses.
    hits: np.ndarray = None  # Which of the losses that were looked at are at the phase.
    cycles: np.ndarray = None  # Numbers of the cycles that those fall in.
    penalty: float = 0.0  # For hits in some slots of the day alone: they follow habits.
    is_round: bool = False  # The phase is a multiple of ROUND.
    looked_at: np.ndarray = None  # Indices of those losses among all.
    per_day: int = 0  # Marks a day, if there are several.
    estimate: float = 3_600.0  # Of the cycle by least squares, seconds.
    error: float = 1.0  # Its standard error.
    multiple: int = 1  # The cycle may be so many times longer.
    mask: np.ndarray = None  # Of all losses: which are at the phase.

    def is_found(self):
        return self.hits is not None

    def marked(self, count):
        """With its mask, of so many losses."""
        self.mask = np.zeros(count, bool)
        if self.is_found():
            self.mask[self.looked_at[self.hits]] = True
        return self


@functools.lru_cache(maxsize=64)
def smoothing(cycle, width, bins):
    distance = np.arange(bins) * (cycle / bins)
    kernel = np.exp(-0.5 * (np.minimum(distance, cycle - distance) / width) ** 2)
    return np.fft.rfft(kernel / (kernel.sum() * (cycle / bins)))


def circular_density(phases, cycle, width, bins):
    counts = np.bincount((phases * (bins / cycle)).astype(int) % bins, minlength=bins) / len(phases)
    return np.maximum(np.fft.irfft(np.fft.rfft(counts) * smoothing(cycle, width, bins), bins), 0)


def at_phase(density, phases, cycle):
    place = phases * (len(density) / cycle) - 0.5
    left = np.floor(place).astype(int)
    part = place - left
    return density[left % len(density)] * (1 - part) + density[(left + 1) % len(density)] * part


class DayProfile:
    """When in the day losses come, from local seconds."""

    def __init__(self, local):
        apart = local[np.r_[True, np.diff(local) > 900]]
        self.density = 0.9 * circular_density(apart % DAY, DAY, 2_700.0, 288) + 0.1 / DAY

    def folded(self, cycle, span):
        """The density of phases of a cycle that begins at local time 0, if a day's losses come as ever. `span`: local
        times of the first and the last loss; not asked for where the cycle is one of the clock."""
        if span is None:
            count, begin = int(round(DAY / cycle)), 0
        else:
            count, begin = max(1, int((span[1] - span[0]) / cycle) + 1), math.floor(span[0] / cycle) * cycle
        k = np.arange(count) if count <= 60 else np.round(np.linspace(0, count - 1, 60))
        times = begin + k[:, None] * cycle + (np.arange(BINS) + 0.5)[None] * (cycle / BINS)
        density = at_phase(self.density, times.ravel() % DAY, DAY).reshape(times.shape).mean(0) + 1e-12
        return density / (density.sum() * cycle / BINS)


def apart(times, cycle):
    """Which losses do not follow another closely."""
    return np.r_[True, np.diff(times) >= min(0.4 * cycle, 2_400.0)]


def background(times, cycle, profile, span=None, local=0.0):
    """The density at each time's phase if there is no timer. `span`: local times of the first and the last loss where
    the cycle is not one of the clock; `local`: local time of the time 0."""
    if cycle < 3_600:
        return np.full(len(times), 1 / cycle)
    if cycle < DAY * 0.99:
        return at_phase(profile.folded(cycle, span), (times + local) % cycle, cycle)
    phases = times % cycle
    width = 9_000.0 if cycle > 3 * DAY else 2_700.0
    # Stretched to whole days, so that there are few kernels.
    days = cycle if span is None else DAY * max(1, round(cycle / DAY))
    stretch = cycle / days
    bins = 576 if days <= 3 * DAY else 2_016
    density = np.maximum(circular_density(phases / stretch, days, width, bins),
                         circular_density(phases / stretch, days, 600.0, bins)) / stretch
    return 0.92 * at_phase(density, phases, cycle) + 0.08 / cycle


def likeliest_share(share, ratio, count):
    """Of a spike among `count` losses, of which those with a `ratio` to the background are near it."""
    for _ in range(3):
        share = min(max((share * ratio / (1 - share + share * ratio)).sum() / count, 0.01), 0.995)
    return share


def densest_arc(phases, cycle, width):
    """The middle of the arc that holds the most phases, and how many."""
    ascending = np.sort(phases)
    twice = np.r_[ascending, ascending + cycle]
    ends = np.searchsorted(twice, ascending + width, "right")
    counts = ends - np.arange(len(ascending))
    first = int(counts.argmax())
    return twice[first:ends[first]].mean(), counts[first]


def is_round(phase, tolerance):
    return abs((phase + ROUND / 2) % ROUND - ROUND / 2) <= max(tolerance, 2)


def penalty_of_slots(cycles, cycle, phase, hits):
    """Hits in few slots of the day are people's habit and no timer."""
    first, last = cycles.min(), cycles.max()
    possible = np.arange(int(first), int(last) + 1) if last - first < 4_000 else np.linspace(first, last, 4_000)
    slots = 8 if cycle <= 10_800 else max(2, int(round(DAY / cycle)))

    def shares(numbers):
        of_day = (((numbers * cycle + phase) % DAY) * (slots / DAY)).astype(int) % slots
        counts = np.bincount(of_day, minlength=slots)
        return counts / counts.sum()

    hit, could = shares(np.unique(cycles)), shares(possible)
    some = hit > 0
    divergence = (hit[some] * np.log(hit[some] / np.maximum(could[some], 1e-9))).sum()
    return 0.5 * hits * max(0, divergence - 0.35)


def fit_phase(times, cycle, density, of_clock):
    """The best phase and spread. `times`: seconds, those apart; `density`: the background's at each."""
    count = len(times)
    phases = times % cycle
    best = None
    for spread in SPREADS:
        if spread > cycle / 12:
            break
        middle, most = densest_arc(phases, cycle, 3.0 * spread)
        if most < 3:
            continue
        off = (phases - middle + cycle / 2) % cycle - cycle / 2
        inner = np.abs(off) < 4 * spread
        ratio = bell(off[inner], spread) / density[inner]
        share = likeliest_share(min(0.97, most / count), ratio, count)
        gain = np.log(1 - share + share * ratio).sum() + (count - inner.sum()) * math.log(1 - share)
        hits = np.abs(off) < 3 * spread
        cycles = np.round((times[hits] - middle) / cycle)
        distinct, hit_count = len(np.unique(cycles)), int(hits.sum())
        if distinct < 3:
            continue
        middle %= cycle
        round_phase = is_round(middle, 1.5 * spread / math.sqrt(hit_count) * 2)
        volume = math.log(min(1, 2.5 * spread / math.sqrt(hit_count) / cycle))
        if of_clock and round_phase:
            volume = max(volume, math.log(min(1, ROUND / cycle)))
        penalty = penalty_of_slots(cycles, cycle, middle, hit_count) if cycle < DAY * 0.99 else 0.0
        evidence = gain * (distinct / hit_count if gain > 0 else 1) + 3 * math.log(share) + volume - penalty
        if best is None or evidence > best.evidence:
            best = PhaseFit(evidence, cycle, spread, share, hits, cycles, penalty, round_phase)
    return best

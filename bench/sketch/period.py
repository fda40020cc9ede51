"""Losses every T, in step with no clock (step 7): a period is sought that is exact over all cycles at once."""

import math

import numpy as np

from phases import PhaseFit, SPREADS, apart, background, fit_phase
from spikes import EFOLDS, WINDOWS, densest

SHORTEST = 45  # Seconds.
FINALISTS = 6
STRETCH = 12  # Losses in the first stretch; it doubles.
ROUNDS = 4  # Of phase and period in turn.


def power(times, periods):
    """Of the harmonics 1, 2 and 4, per loss."""
    first = np.exp((2j * math.pi) * (times[None] / periods[:, None]))
    second = first * first
    return sum(np.abs(one.sum(1)) ** 2 for one in (first, second, second * second)) / (3 * len(times))


def seeds_of(times):
    """Periods worth a look: gaps that are frequent, and their halves and thirds."""
    gaps = np.diff(times)
    gaps = gaps[gaps > SHORTEST]
    if len(gaps) < 3:
        return []
    logs = np.sort(np.log(gaps))
    if len(times) > 13:
        logs = np.array([np.median(logs[first:end]) for first, end in densest(logs, WINDOWS, 2)])
    out = []
    for seed in np.exp(np.sort(np.concatenate([logs, logs - math.log(2), logs - math.log(3)]))):
        if seed >= 60 and seed < (times[-1] - times[0]) / 1.9 and (not out or seed / out[-1] > 1.004):
            out.append(seed)
    return out


def steadiest_stretch(times, seed):
    """Where the most gaps in a row are multiples of the seed."""
    if len(times) <= STRETCH:
        return 0
    gaps = np.diff(times) / seed
    good = (np.abs(gaps - np.round(gaps)) < 0.03 * np.maximum(1, np.round(gaps))) & (gaps < 3.5)
    sums = np.r_[0, np.cumsum(good)]
    return int((sums[STRETCH - 1:] - sums[:-(STRETCH - 1)]).argmax())


def first_look(times, seed):
    """(score, period, where its stretch begins, how long that is), or None."""
    kept = times[apart(times, seed)]
    if len(kept) < 4:
        return None
    first = steadiest_stretch(kept, seed)
    count = min(STRETCH, len(kept))
    stretch = kept[first:first + count]
    step = 0.02 * seed * seed / (stretch[-1] - stretch[0])
    steps = min(int(0.03 * seed / step) + 1, 150)
    periods = seed + step * np.arange(-steps, steps + 1)
    periods = periods[periods > SHORTEST]
    powers = power(stretch - stretch[0], periods)
    best = int(powers.argmax())
    score = powers[best] - 0.25 * math.log(len(periods)) / 3 + 0.02 * math.log(periods[best])
    return score, periods[best], first, count


def finalists_of(times):
    looks = [look for look in (first_look(times, seed) for seed in seeds_of(times)) if look is not None]
    out = []
    for look in sorted(looks, key=lambda look: -look[0]):
        if all(abs(math.log(look[1] / other[1])) > 0.004 for other in out):
            out.append(look)
        if len(out) >= FINALISTS:
            break
    return out


def refined(times, period, first, count):
    """The period, in stretches twice as long each time: the number of cycles between two losses is never in doubt."""
    kept = times[apart(times, period)]
    if first + count > len(kept):
        first = max(0, len(kept) - count)
    span = kept[min(first + count, len(kept)) - 1] - kept[first]
    while count < len(kept):
        longer = min(2 * count, len(kept))
        first = max(0, min(first - (longer - count) // 2, len(kept) - longer))
        count = longer
        stretch = kept[first:first + count]
        wider = max(stretch[-1] - stretch[0], period)
        step = 0.02 * period * period / wider
        steps = min(int(0.08 * period * period / max(span, period) / step) + 2, max(8, min(200, 60_000 // count)))
        periods = period + step * np.arange(-steps, steps + 1)
        period = periods[int(power(stretch - stretch[0], periods).argmax())]
        span = wider
    return period


def possible_multiple(cycles):
    """How many times longer the period may be: nearly all cycles that were hit lie in one residue class."""
    for multiple in (6, 5, 4, 3, 2):
        counts = np.bincount(np.mod(cycles, multiple).astype(int), minlength=multiple)
        if len(cycles) >= 3 and counts.max() >= 0.88 * len(cycles) and counts.max() >= 3:
            return multiple
    return 1


def fit_at(times, period, begin, profile, usual):
    """The phase at a period, and least squares of the period on the numbers of the cycles."""
    some = apart(times, period)
    kept = times[some]
    if len(kept) < 3 or period > times[-1] / 1.9:
        return None
    density = background(kept, period, profile, (begin, begin + times[-1]), begin)
    fit = fit_phase(kept, period, density, of_clock=False)
    if fit is None:
        return None
    at = kept[fit.hits]
    fit.multiple = possible_multiple(fit.cycles)
    number = fit.cycles - fit.cycles.mean()
    squares = (number * number).sum()
    slope = (number * at).sum() / squares if squares > 0 else period
    rest = at - at.mean() - slope * number
    fit.estimate = slope
    fit.error = max(math.sqrt((rest ** 2).mean()), 0.3) / math.sqrt(squares)
    volume = 0.5 * 2.5 * fit.spread * math.sqrt(12) / (len(at) ** 1.5) / period / EFOLDS
    is_usual = np.abs(math.log(slope) - usual).min() < 2 * max(fit.error, 0.3) / slope + 2e-4
    fit.evidence += max(math.log(volume), math.log(0.5 / len(usual)) if is_usual else -99) - math.log(len(SPREADS))
    fit.looked_at = np.flatnonzero(some)
    return fit


def settled(times, period, begin, profile, usual):
    """Phase and period in turn, until the period stays; longer where it may be a multiple."""
    best = None
    for turn in range(ROUNDS):
        fit = fit_at(times, period, begin, profile, usual)
        if fit is None:
            break
        if best is None or fit.evidence > best.evidence:
            best = fit
        elif fit.cycle > best.cycle * 1.5 and best.multiple > 1:
            # The longer one says all that the shorter one says, and less that is false.
            fit.evidence = best.evidence
            best = fit
        if fit.multiple > 1:
            period = fit.estimate * fit.multiple
            continue
        if abs(fit.estimate / period - 1) < 1e-7 or turn == ROUNDS - 1:
            break
        period = fit.estimate
    return best


def find_period(times, begin, profile, usual):
    """`times`: seconds since the first loss, ascending; `begin`: local time of that one."""
    best = PhaseFit()
    for _, period, first, count in finalists_of(times):
        fit = settled(times, refined(times, period, first, count), begin, profile, usual)
        if fit is not None and fit.evidence > best.evidence:
            best = fit
    best.cycle = best.estimate
    return best.marked(len(times))

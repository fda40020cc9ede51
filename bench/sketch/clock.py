"""Losses at fixed times of the local wall clock (step 6)."""

import dataclasses
import math

import numpy as np

from basics import DAY, WEEK, bell
from phases import PhaseFit, ROUND, SPREADS, apart, background, densest_arc, fit_phase, is_round, likeliest_share

CYCLES = (900, 1_200, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400, 604_800)
DAILY_SPREADS = (15.0, 45.0, 100.0)  # Of several marks a day.
MOST_A_DAY = 4


def several_a_day(times, density):
    """Fits of two to four marks a day that share a spread."""
    phases = times % DAY
    out = []
    for spread in DAILY_SPREADS:
        left = np.ones(len(times), bool)
        hits = np.zeros(len(times), bool)
        spikes = np.zeros(len(times))
        volume = 0.0
        for marks in range(1, MOST_A_DAY + 1):
            if left.sum() < 3:
                break
            middle, most = densest_arc(phases[left], DAY, 3 * spread)
            if most < 3:
                break
            off = (phases - middle + DAY / 2) % DAY - DAY / 2
            round_phase = is_round(middle, spread)
            free = math.log(2.5 * spread / DAY)
            volume += max(free, math.log(ROUND / DAY)) if round_phase else free
            spikes = (spikes * (marks - 1) + bell(off, spread)) / marks
            left &= np.abs(off) > 3 * spread
            hits |= np.abs(off) <= 3 * spread
            if marks < 2:
                continue
            ratio = spikes / density
            share = likeliest_share(min(0.97, hits.mean()), ratio, len(times))
            gain = np.log(1 - share + share * ratio).sum()
            hit_count = int(hits.sum())
            distinct = min(hit_count, len(np.unique(np.round(times[hits] / 1_800.0))))
            evidence = (gain * (distinct / hit_count if gain > 0 else 1) + 3 * math.log(share) + volume
                        - math.log(len(CYCLES) * len(DAILY_SPREADS) * (MOST_A_DAY - 1)))
            if len(np.unique(np.floor(times[hits] / DAY))) >= 3:
                out.append(PhaseFit(evidence, 86_400, spread, share, hits.copy(), is_round=round_phase, per_day=marks))
    return out


def lifted(fit, tried):
    """To the longest cycle whose slot nearly all hits fall in, or to some marks a day."""
    cycle, cycles = fit.cycle, fit.cycles
    for longer in reversed(CYCLES):
        if longer <= cycle or longer % cycle or longer not in tried:
            continue
        times = longer // cycle
        slots = np.mod(cycles, times).astype(int)
        counts = np.bincount(slots)
        if (counts.max() >= 0.85 * len(cycles) and len(cycles) >= 3
                and len(np.unique(np.floor(cycles[slots == counts.argmax()] / times))) >= 3):
            return dataclasses.replace(fit, cycle=longer)
    if cycle >= 28_800:
        return fit
    counts = np.sort(np.bincount(np.mod(cycles, round(DAY / cycle)).astype(int)))[::-1]
    for marks in range(2, MOST_A_DAY + 1):
        if (marks <= DAY / cycle / 4 and len(counts) >= marks and counts[marks - 1] >= 2
                and counts[:marks].sum() >= 0.85 * len(cycles)
                and len(np.unique(np.floor(cycles * cycle / DAY))) >= 3):
            return dataclasses.replace(fit, cycle=86_400, per_day=marks)
    return fit


def find_clock(local, profile):
    """`local`: local seconds of the losses, ascending."""
    times = local - math.floor(local[0] / WEEK) * WEEK
    fits, several = {}, []
    for cycle in CYCLES:
        if times[-1] - times[0] < 2 * cycle * 0.98:
            continue
        some = apart(times, cycle)
        kept = times[some]
        if len(kept) < 3:
            continue
        density = background(kept, cycle, profile)
        fit = fit_phase(kept, cycle, density, of_clock=True)
        if fit is None:
            continue
        fit.evidence -= math.log(len(CYCLES)) + math.log(len(SPREADS))
        fits[cycle] = fit
        fit.looked_at = np.flatnonzero(some)
        if cycle == 86_400 and len(kept) >= 8:
            several = several_a_day(kept, density)
            for one in several:
                one.looked_at = fit.looked_at
    best = max([PhaseFit(), *several, *fits.values()], key=lambda fit: fit.evidence)
    if best.is_found() and not best.per_day:
        best = lifted(best, fits)
    best.error = 1e-4 * best.cycle
    return best.marked(len(local))

#!/usr/bin/env python3
"""What the sketch measures on each client: 46 features and the four intervals that they go with.

usage: features.py CASES.jsonl OUT.npy [--timers FILE]

Reads clients as `dropscope rhythm` does and writes a row for each: the features, then the columns below. Works with two
processes. FILE (data/timers.toml) tells the lengths that timers are known to have.
"""

import argparse
import datetime
import functools
import json
import math
import multiprocessing
import os
import sys
import time
import zoneinfo

# Processes share the processors; threads of numpy would slow them.
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.dont_write_bytecode = True

import numpy as np  # noqa: E402

from basics import AGE, CLOCK, DAY, IDLE, PERIOD, TIMERS, TINY, usual_lengths  # noqa: E402
from clock import find_clock  # noqa: E402
from period import find_period  # noqa: E402
from phases import DayProfile  # noqa: E402
from spikes import USE, background, find_spikes  # noqa: E402

FEATURES = 46
# Columns after the features. Seconds and standard errors are by mechanism: idle, age, clock, period.
UPTIMES = FEATURES
SECONDS = slice(FEATURES + 1, FEATURES + 5)
ERRORS = slice(FEATURES + 5, FEATURES + 9)
EVIDENCE = FEATURES + 9  # Of the likeliest mechanism, the logarithm of its Bayes factor.
LIKELIEST = FEATURES + 10
PROCESSOR_S = FEATURES + 11
PROCESSES = 2
FEWEST_UPTIMES = 3


def cleaned(events):
    """Ascending times of losses and of restores (nan where unknown), losses within 2 s merged."""
    lost, restored = [], []
    for event in sorted(events, key=lambda event: event["lost"]):
        back = math.nan if event["restored"] is None else event["restored"]
        if lost and event["lost"] - lost[-1] <= 2:
            restored[-1] = np.fmax(restored[-1], back)
            continue
        lost.append(event["lost"])
        restored.append(back)
    return np.array(lost, float), np.array(restored, float)


@functools.cache
def zone_of(name):
    return zoneinfo.ZoneInfo(name)


def offsets_of(times, name):
    """Seconds that local time is ahead at each time."""
    zone = zone_of(name)

    def offset(at):
        return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).astimezone(zone).utcoffset().total_seconds()

    first, last = offset(times[0]), offset(times[-1])
    if first == last and times[-1] - times[0] < 60 * DAY:
        return np.full(len(times), first)
    return np.array([offset(at) for at in times])


def two_exponentials(u):
    """Of lengths: gain of two exponentials over one, logarithm of the ratio of their means, share of the short one."""
    mean = u.mean()
    one = -len(u) * (math.log(mean) + 1)
    short, long, share = np.quantile(u, 0.25) * 0.5 + 1, mean * 1.6, 0.5
    for _ in range(15):
        of_short = share / short * np.exp(-u / short)
        part = of_short / (of_short + (1 - share) / long * np.exp(-u / long) + TINY)
        total = part.sum()
        share = min(max(total / len(u), 0.02), 0.98)
        short = max((part * u).sum() / max(total, 1e-6), 1)
        long = max(((1 - part) * u).sum() / max(len(u) - total, 1e-6), 1)
    both = np.log(share / short * np.exp(-u / short) + (1 - share) / long * np.exp(-u / long) + TINY).sum()
    return both - one - math.log(len(u) + 1), math.log(long / short), share


def day_habits(local):
    """Evidence that losses prefer some hours of the day, and how far they avoid weekends."""
    times = local[np.r_[True, np.diff(local) > 900]]
    counts = np.bincount(((times % DAY) / 10_800).astype(int) % 8, minlength=8)
    evidence = (math.lgamma(8) - math.lgamma(8 + counts.sum()) + sum(math.lgamma(1 + count) for count in counts)
                + counts.sum() * math.log(8))
    weekend = ((np.floor(times / DAY) + 3) % 7 >= 5).mean()  # Day 0 was a Thursday.
    first, last = math.floor(times[0] / DAY), math.floor(times[-1] / DAY)
    expected = ((np.arange(first, min(last, first + 4_000) + 1) + 3) % 7 >= 5).mean()
    return evidence, (expected - weekend) * math.sqrt(min(counts.sum(), 200)) / 0.45


def shared_losses(times, peers):
    """Share of the losses that more peers have within a minute than chance gives, and how many more on average."""
    if not peers:
        return 0.0, 0.0
    counts = np.zeros(len(times))
    expected = variance = 0.0
    for losses in peers:
        losses = np.sort(np.asarray(losses, float))
        if not len(losses):
            continue
        counts += np.searchsorted(losses, times + 60, "right") > np.searchsorted(losses, times - 60)
        span = max(times[-1] + 3_600, losses[-1]) - min(times[0] - 3_600, losses[0])
        chance = 1 - math.exp(-min(50, len(losses) * 120 / max(span, 3_600)))
        expected += chance
        variance += chance * (1 - chance)
    many = max(1.5 if len(peers) > 3 else 0.5, expected + 3 * math.sqrt(variance + 0.05), 0.12 * len(peers))
    return (counts > many).mean(), ((counts - expected) / len(peers)).mean()


def squeezed(evidence):
    return math.asinh(evidence / 3.0)


def scatter(values):
    return np.median(np.abs(values - np.median(values)))


def rest_of(likeliest, age, idle, clock, period):
    """Which losses the likeliest mechanism leaves unexplained, and the share that it explains."""
    if likeliest in (IDLE, AGE):
        explained = idle.hits if likeliest == IDLE else age.explained
        return np.r_[True, ~explained], explained.mean()
    mask = (clock if likeliest == CLOCK else period).mask
    return ~mask, mask.mean()


def features_of(client, usual):
    """A row without its processor time: `usual` are logarithms of lengths. Not-a-number where there are too few."""
    lost, restored = cleaned(client["events"])
    row = np.full(PROCESSOR_S, math.nan)
    count = len(lost) - 1
    row[UPTIMES] = max(count, 0)
    if count < FEWEST_UPTIMES:
        row[:FEATURES] = 0
        return row
    down = restored - lost
    known = ~np.isnan(down) & (down >= 0)
    downtime = float(np.median(down[known])) if known.any() else 0.0
    restored = np.where(known, restored, lost + downtime)
    u, gaps = np.maximum(lost[1:] - restored[:-1], 1.0), np.maximum(np.diff(lost), 1.0)
    x = np.log(u)
    local = lost + offsets_of(lost, client["tz"])
    ascending = np.sort(local)  # A clock that was set back repeats an hour.

    density, daily = background(x)
    age, idle = find_spikes(x, density, downtime, usual)
    profile = DayProfile(ascending)
    clock = find_clock(ascending, profile)
    period = find_period(lost - lost[0], float(local[0]), profile, usual)
    evidence = np.array([idle.evidence, age.evidence, clock.evidence, period.evidence])
    likeliest = int(evidence.argmax())

    # A second mechanism in what the likeliest one leaves.
    rest, share = rest_of(likeliest, age, idle, clock, period)
    more_of_lengths = more_of_clock = -8.0
    if rest[1:].sum() >= 3:
        others = x[rest[1:]]
        more_of_lengths = max(one.evidence for one in find_spikes(others, background(others)[0], downtime, usual))
    if rest.sum() >= 4:
        more_of_clock = find_clock(ascending[rest], profile).evidence

    bunching, ratio, short_share = two_exponentials(u)
    of_day, of_weekend = day_habits(ascending)
    peers = client.get("peers") or []
    shared, excess = shared_losses(lost, peers)
    on = age.hits if age.hits.sum() >= 3 else period.mask[1:] if period.mask[1:].sum() >= 3 else np.ones(count, bool)
    steadier = math.log((scatter(u[on]) + 0.5) / (scatter(gaps[on]) + 0.5))  # Age against period.
    tails = idle.weights[1:6]
    row[:FEATURES] = [
        math.log(count), *map(squeezed, evidence), squeezed(evidence[IDLE] - evidence[AGE]),
        squeezed(evidence[CLOCK] - evidence[PERIOD]),
        squeezed(max(evidence[IDLE], evidence[AGE]) - max(evidence[CLOCK], evidence[PERIOD])), evidence.max() / count,
        age.weights[0], age.weights[3], age.weights[1] + age.weights[2],
        idle.weights[0], idle.weights[6], (tails @ USE) / (tails.sum() + 1e-6),
        math.log(age.spread), math.log(idle.spread), age.usual, idle.usual, math.log(age.length),
        math.log(idle.length), age.below, age.above, idle.below,
        clock.share, math.log(clock.cycle), math.log(clock.spread), squeezed(clock.penalty), clock.per_day,
        period.share, math.log(period.cycle), math.log(period.spread / period.cycle), period.is_round,
        squeezed(bunching), ratio, (u < 300).mean(), squeezed(of_day), of_weekend,
        shared, excess, math.log1p(len(peers)), steadier,
        squeezed(more_of_lengths), squeezed(more_of_clock), share, daily]
    row[SECONDS] = [idle.estimate, age.estimate, clock.cycle, period.estimate]
    row[ERRORS] = [idle.error, age.error, clock.error, period.error]
    row[EVIDENCE], row[LIKELIEST] = evidence.max(), likeliest
    return row


def row_of(line, usual):
    begin = time.process_time()
    with np.errstate(all="ignore"):
        row = features_of(json.loads(line), usual)
    return np.r_[row, time.process_time() - begin]


def rows_of(path, timers=TIMERS):
    """By client of a file: its row."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    work = functools.partial(row_of, usual=np.log(np.array(usual_lengths(timers))))
    with multiprocessing.Pool(PROCESSES) as pool:
        return np.array(pool.map(work, lines, chunksize=50))


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1][7:])
    parser.add_argument("cases")
    parser.add_argument("output")
    parser.add_argument("--timers", default=TIMERS)
    arguments = parser.parse_args()
    rows = rows_of(arguments.cases, arguments.timers)
    np.save(arguments.output, rows)
    print(f"{arguments.cases}: {len(rows)} clients, {1e3 * rows[:, PROCESSOR_S].mean():.1f} ms of processor time each")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the parts of the sketch share: classes, units, a bell curve, the lengths that timers of products have."""

import pathlib
import tomllib

import numpy as np

CLASSES = ("idle", "age", "clock", "period", "outage", "modulated", "random", "burst", "mixed")
IDLE, AGE, CLOCK, PERIOD, OUTAGE, MODULATED, RANDOM, BURST, MIXED = range(len(CLASSES))
REGULAR = np.array([IDLE, AGE, CLOCK, PERIOD, MIXED])
WITHOUT = np.array([OUTAGE, MODULATED, RANDOM, BURST])  # Classes without a timer.
NULLS = np.array([MODULATED, RANDOM, BURST])  # Of those, what must not be called regular.

DAY, WEEK = 86_400.0, 604_800.0
TINY = 1e-300  # Densities are floored here before their logarithm is taken.

TIMERS = pathlib.Path(__file__).resolve().parents[2] / "data" / "timers.toml"


def usual_lengths(path=TIMERS):
    """Seconds that timers of products are known to have, ascending, each once."""
    with open(path, "rb") as file:
        timers = tomllib.load(file)["timer"]
    return sorted({float(timer["seconds"]) for timer in timers if timer.get("seconds")})


def bell(distance, sigma):
    return np.exp(-0.5 * (distance / sigma) ** 2) / (sigma * 2.5066282746)

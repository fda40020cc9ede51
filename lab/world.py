"""The laboratory's world: its clock against the real one, and what scripts say about it."""

import dataclasses
import datetime
import json


@dataclasses.dataclass
class Clock:
    """The world's time against real time, both in seconds since 1970."""
    world_begin: float
    real_begin: float
    scale: float

    def world(self, real):
        seconds = self.world_begin + (real - self.real_begin) * self.scale
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)

    def world_ns(self, real_ns):
        """The same in nanoseconds since 1970, exact to what real time was known to."""
        since_ns = real_ns - round(self.real_begin * 1e9)
        return round(self.world_begin * 1e9) + round(since_ns * self.scale)

    def real(self, seconds_into_world):
        return self.real_begin + seconds_into_world / self.scale


def toml_text(values, name=""):
    """A table as TOML: scalars, lists of them, tables and lists of tables."""
    text = f"[{name}]\n" if name else ""
    later = ""
    for key, value in values.items():
        inner = f"{name}.{key}" if name else key
        if isinstance(value, dict):
            later += toml_text(value, inner)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            later += "".join(toml_text(one, inner).replace(f"[{inner}]", f"[[{inner}]]", 1) for one in value)
        else:
            # JSON's texts, numbers, truth values and lists are TOML's.
            text += f"{key} = {json.dumps(value)}\n"
    return text + later


def merged(base, changes):
    out = dict(base)
    for key, value in changes.items():
        out[key] = merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    return out


def matches(where, computer):
    return all(computer[key] == value for key, value in where.items())


def seconds_of(text):
    hours, minutes = text.split(":")
    return 3600 * int(hours) + 60 * int(minutes)


def times_of(action, days):
    """Seconds after the world's begin: "2 10:15" is on the third day, and daily = ["03:00"] on each."""
    times = [86400 * day + seconds_of(time_of_day) for time_of_day in action.get("daily", []) for day in range(days)]
    for at in action.get("at", []):
        day, time_of_day = at.split()
        times.append(86400 * int(day) + seconds_of(time_of_day))
    return sorted(times)

#!/usr/bin/env python3
"""The laboratory: real clients, a real balancer, a real packet filter and real servers in network namespaces; a
fault from a script; and what dropscope makes of the logs, beside what was really done.

usage: lab.py [SCRIPT.toml ...] --client PROGRAM --dropscope PROGRAM [--output FOLDER] [--hour SECONDS] [--jobs N]
              [--capture]
       lab.py --clean

Without scripts, all of lab/scripts. N of them (40) run at the same time, each in namespaces of its own. One whose
programs came too late to their turns, as the machine was busy, is run once more. --clean removes what a laboratory that
was killed has left; so does each start. Exit code 0 when no script contradicts its truth, 1 when one does, could not be
run or was late twice, 77 when the rights for namespaces are missing. docs/lab.md has the rest.
"""

import argparse
import concurrent.futures
import contextlib
import pathlib
import shutil
import signal
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
import network  # noqa: E402
import run  # noqa: E402
import table  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
# Scripts wait most of the time, so all of them run at once (docs/lab.md has how much they need).
JOBS = 40
# A client or a server that came later than this to its turn has not lived in the world's time. A client that is so late,
# and its server, still leave room within the quarter of a second for which an answer is waited for (lab/player.cc).
LATEST_S = 0.1
ROUNDS = 2
# How often the main thread looks whether it was sent a signal.
LOOK_S = 0.2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", nargs="*", type=pathlib.Path)
    parser.add_argument("--client", type=pathlib.Path)
    parser.add_argument("--dropscope", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("build/lab"))
    parser.add_argument("--hour", type=float, default=2.0, help="real seconds that an hour of the world takes")
    parser.add_argument("--jobs", type=int, default=JOBS, help="scripts at the same time (%(default)s)")
    parser.add_argument("--capture", action="store_true", help="packets of every script, not only where it asks for them")
    parser.add_argument("--clean", action="store_true")
    options = parser.parse_args()
    if not options.clean and not (options.client and options.dropscope):
        parser.error("--client and --dropscope are needed")
    return options


def main():
    options = arguments()
    missing = [name for name in ("ip", "nft") if shutil.which(name) is None]
    problem = "not installed: " + ", ".join(missing) if missing else network.why_not()
    if problem:
        print("lab: skipped; it needs network namespaces (root, or CAP_NET_ADMIN and CAP_SYS_ADMIN) and nftables: "
              + problem)
        return SKIPPED
    for name in network.remove_left_over():
        print(f"lab: removed {name}, which an earlier run had left")
    if options.clean:
        return 0
    scripts = []
    for path in options.scripts or sorted((HERE / "scripts").glob("*.toml")):
        if missing := run.missing_for(path, options.capture):
            print(f"lab: {path.stem} is left out; not installed: {', '.join(missing)}")
        else:
            scripts.append(path)
    if not scripts:
        return SKIPPED
    stop = stop_on_signals()
    rows, failures = play_all(options, scripts, stop)
    for failure in failures:
        print("lab: " + failure)
    if stop.is_set():
        print("lab: stopped; everything is taken down")
        return 1
    rows.sort(key=lambda row: row.name)
    print(table.text(rows))
    with contextlib.suppress(OSError):
        (options.output / "table.md").write_text(table.text(rows) + "\n", encoding="utf-8")
    return 1 if failures or any(row.contradicts() for row in rows) else 0


def stop_on_signals():
    """An event that the first of the signals sets. Python has them handled in the main thread, which only waits; the runs
    then take down what is theirs."""
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stopped(*_):
        # One that came while the event is being set would wait for the event's lock, which this thread holds. A function
        # and not SIG_IGN, which the programs that are started later would inherit.
        for one in signals:
            signal.signal(one, lambda *_: None)
        stop.set()

    for one in signals:
        signal.signal(one, stopped)
    return stop


def in_order_of_ending(futures):
    """As concurrent.futures.as_completed, but the main thread wakes now and then: a signal may reach another thread, and is
    handled only when the main one runs."""
    waiting = set(futures)
    while waiting:
        done, waiting = concurrent.futures.wait(waiting, LOOK_S, concurrent.futures.FIRST_COMPLETED)
        yield from done


def play_all(options, scripts, stop):
    """The rows of the table and what went wrong. A script that ran late is played again, as what it shows may be the
    machine's doing."""
    rows = []
    failures = []
    for _ in range(ROUNDS):
        late = {}
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            runs = {pool.submit(run_one, options, number, path, stop): path for number, path in enumerate(scripts)}
            for future in in_order_of_ending(runs):
                path = runs[future]
                try:
                    row = future.result()
                except run.Stopped:
                    continue
                except (network.LabError, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
                    failures.append(f"{path.stem}: {error}")
                    continue
                if row.late_s > LATEST_S:
                    late[path] = row
                else:
                    rows.append(row)
                print(f"lab: {row.name} is done, at most {1000 * row.late_s:.0f} ms late", flush=True)
        scripts = sorted(late)
        if not scripts or stop.is_set():
            break
    rows += late.values()
    failures += [f"{row.name}: a program came {1000 * row.late_s:.0f} ms late to its turn, where {1000 * LATEST_S:.0f} ms "
                 "are allowed: the machine is too busy; run this script again when it is not" for row in late.values()]
    return rows, failures


def run_one(options, number, path, stop):
    if stop.is_set():
        raise run.Stopped
    return run.Run(options, number, path, stop)()


if __name__ == "__main__":
    sys.exit(main())

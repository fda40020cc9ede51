"""The parts of the laboratory that need no network: logs and captures in the world's time, the comparison with the
simulator, and what the table calls right.

usage: lab_parts_test.py PRINT_CLOSES (which is not used)
"""

import pathlib
import signal
import struct
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lab"))
import balancer  # noqa: E402
import capture  # noqa: E402
import compare  # noqa: E402
import lab  # noqa: E402
import nginx  # noqa: E402
import run  # noqa: E402
import table  # noqa: E402
from world import Clock, times_of  # noqa: E402

# The world begins on 1 September 2025, 00:00 UTC; an hour of it takes 2 s.
CLOCK = Clock(1756684800, 1790000000, 1800)
SCRIPTS = pathlib.Path(run.HERE) / "scripts"


def verdict(cause, scope, probability=0.5):
    return {"verdict": {"cause": cause, "probability": probability, "interval_s": None, "scope": scope}}


class Stopping(unittest.TestCase):
    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def test_a_second_signal_while_the_first_is_handled(self):
        before = [signal.getsignal(one) for one in self.SIGNALS]
        try:
            stop = lab.stop_on_signals()
            set_once = stop.set
            handled = []

            def set_and_be_interrupted():
                handled.append(True)
                for one in self.SIGNALS:
                    signal.raise_signal(one)
                set_once()

            stop.set = set_and_be_interrupted
            signal.raise_signal(signal.SIGTERM)
            self.assertTrue(stop.is_set())
            self.assertEqual(len(handled), 1)
        finally:
            for one, handler in zip(self.SIGNALS, before):
                signal.signal(one, handler)


class Times(unittest.TestCase):
    def test_actions_of_a_script(self):
        self.assertEqual(times_of({"daily": ["03:00"], "at": ["1 00:01"]}, 2), [10800, 86460, 97200])

    def test_haproxy(self):
        log = ("<134>1 2026-09-21T14:13:22.000000+00:00 host haproxy 7 - - 10.20.0.4:40000 "
               "[21/Sep/2026:14:13:20.500] exchange exchange/ex01 1/0/1500 20 cD 1/1/0/0/0 0/0\n"
               "no line of the log\n")
        self.assertEqual(
            balancer.in_world_time(log, CLOCK),
            "<134>1 2025-09-01T01:00:00.000000+00:00 lb1 haproxy 7 - - 10.20.0.4:40000 [01/Sep/2025:00:15:00.000] "
            "exchange exchange/ex01 1800/0/2700000 20 cD 1/1/0/0/0 0/0\n")

    def test_nginx(self):
        stream = ('5 msec=1790000002.000 remote_addr=10.20.0.4 remote_port=40000 protocol=TCP status=200 bytes_sent=1 '
                  'bytes_received=2 session_time=1.500 upstream_addr="10.9.0.11:2500"\n')
        about = 'client: 10.20.0.4, server: 10.9.0.5:3000, upstream: "10.9.0.11:2500"'
        error = ("2026/09/21 14:13:20 [info] 7#7: *5 client 10.20.0.4:40000 connected to 10.9.0.5:3000\n"
                 "2026/09/21 14:13:21 [info] 7#7: *6 client 10.20.0.5:40000 connected to 10.9.0.5:3000\n"
                 f"2026/09/21 14:13:22 [info] 7#7: *5 connection timed out (110: Connection timed out), {about}\n")
        sessions, messages = nginx.in_world_time(stream, error, CLOCK)
        self.assertEqual(sessions, stream[2:].replace("1790000002.000", "1756688400.000").replace("=1.500", "=2700.000"))
        # The line of a connection that has no end is left out; the others get times to the second.
        self.assertEqual([line[:19] for line in messages.splitlines()], ["2025/09/01 00:15:00", "2025/09/01 01:00:00"])

    def test_capture(self):
        for order in "<>":
            head = struct.pack(order + "IHHIIII", capture.MAGIC, 2, 4, 0, 0, 128, 1)
            packets = [struct.pack(order + "IIII", 1790000000 + second, 500_000_000, 3, 60) + b"abc" for second in (0, 1)]
            cut_off = packets[0][:-1]
            done = capture.in_world_time(head + b"".join(packets) + cut_off, CLOCK)
            self.assertEqual(done, head + b"".join(
                struct.pack(order + "IIII", 1756684800 + 1800 * second + 900, 0, 3, 60) + b"abc" for second in (0, 1)))
        with self.assertRaises(ValueError):
            capture.in_world_time(b"no capture at all, but long enough", CLOCK)


class Comparison(unittest.TestCase):
    def test_distance(self):
        many = list(range(100))
        self.assertEqual(compare.distance(many, many), (0, 1))
        largest, probability = compare.distance(many, [value + 1000 for value in many])
        self.assertEqual(largest, 1)
        self.assertLess(probability, 1e-6)
        # Tables of two samples of 100 have 0.192 for 5 % (1.36 times the root of 2/100).
        _, probability = compare.distance(many, [value + 19.5 for value in many])
        self.assertAlmostEqual(probability, 0.035, delta=0.01)

    def test_pairs(self):
        def loss(computer, time):
            return {"computer": computer, "lost": f"2025-09-01T{time}:00.1234567Z"}
        one = [loss("A", "10:00"), loss("A", "10:04"), loss("B", "12:00")]
        self.assertEqual(compare.pairs(one, one), 3)
        # Each is taken once, of its computer, and not from far away.
        self.assertEqual(compare.pairs(one, [loss("A", "10:05"), loss("B", "12:11"), loss("C", "10:00")]), 1)

    def test_only_one_timer_is_compared(self):
        self.assertEqual(compare.cause_of({"balancer": {"idle_min": 60}})["seconds"], 3600)
        self.assertTrue(compare.cause_of({"filter": {"forget_min": 30}})["silent"])
        for script in ({}, {"balancer": {"idle_min": 1}, "server": {"age_min": 2}},
                       {"balancer": {"idle_min": 1}, "action": [{}]}):
            with self.assertRaises(ValueError):
                compare.cause_of(script)


class Table(unittest.TestCase):
    TRUTH = {"cause": ["link"], "scope": "localised", "where": {"segment": "S"}}
    PLACE = {"scope": "localised", "causes": [{"segment": "S"}]}

    def row(self, *verdicts):
        return table.Row("one", self.TRUTH, 3, 0.0123, verdicts)

    def test_right_and_wrong(self):
        row = self.row(verdict("link", self.PLACE), verdict("wifi", {"scope": "global"}), None)
        text = table.text([row])
        self.assertIn("| one | link, S | 3 | 12 ms | link 50 %, S | wifi 50 %, global (wrong: cause, scope) | - |", text)
        self.assertIn("Cause right from client logs, where they can tell: 1 of 1.", text)
        self.assertIn("Cause right with the balancer's log: 0 of 1.", text)
        self.assertIn("Cause right with a capture: 0 of 0.", text)

    def test_a_wrong_name_that_is_believed(self):
        right = verdict("link", self.PLACE)
        self.assertFalse(self.row(right, verdict("wifi", self.PLACE, 0.89), None).contradicts())
        self.assertFalse(self.row(right, verdict("undetermined", self.PLACE, 0.95), None).contradicts())
        self.assertTrue(self.row(right, right, verdict("wifi", self.PLACE, 0.9)).contradicts())

    def test_scripts_say_what_is_known(self):
        for path in sorted(SCRIPTS.glob("*.toml")):
            with self.subTest(path.name):
                script = run.read_script(path)
                truth = script["truth"]
                self.assertEqual(truth["scope"] == "localised", "where" in truth or "where_of" in truth)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

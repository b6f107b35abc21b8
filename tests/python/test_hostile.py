"""Thousands of calls with arguments drawn at random, right and wrong ones mixed: each returns or
raises, none ends the process, hangs or writes to its standard streams."""
import os
import subprocess
import sys
import unittest

import support

CALLS = 6000
CHILD = r"""
import random, sys, warnings
import numpy as np
import synthgrad as sg

warnings.simplefilter("ignore")
rng = random.Random(int(sys.argv[1]))
x = np.array([[1.0, 2.0], [2.0, -1.0], [3.0, 0.5], [4.0, 1.0]])
y, soft = np.array([1.0, 3.0, 2.0, 5.0]), np.full((4, 2), 0.5)
D, M = sg.Dense, sg.Module
net = sg.Net(2, [D(3), "relu", D(2)], modules=[M(2), M(3)])
fit, factor = sg.Fit(x, y), sg.Factorisation(x.T, 3, "everywhere")
w, phi = net.start_w(1), net.start_phi()
sim = sg.Simulation(net, x, soft, w, phi, 0.01, 0.01)

def strange():
    dtype = rng.choice(["f8", ">f4", "f2", "i8", "u1", "?", "c16", "O", "U2", "M8[s]", "f4"])
    shape = rng.choice([(), (0,), (1,), (2,), (3,), (4,), (0, 2), (4, 2), (2, 4), (2, 2), (3, 3),
                        (1, 1), (2, 1, 2), (len(w),), (len(phi),)])
    a = np.zeros(shape, dtype)
    if a.dtype.kind == "f" and a.size:
        a[...] = rng.choice([0.5, -1, 1e300, 1e-300, np.nan, np.inf, 0])
    return a

class Odd:
    def __len__(self): return 2
    def __getitem__(self, i): raise RuntimeError("odd")
    def __index__(self): return 1
    def __array__(self, *a, **k): return np.ones((4, 2))
    def __fspath__(self): return "/nowhere"

def anything():
    return rng.choice([
        lambda: rng.choice([None, True, False, 0, 1, 2, 3, 5, -1, 2**64, -2**63, 10**30]),
        lambda: rng.choice([0.5, -0.0, np.nan, np.inf, -np.inf, 1e308, 5e-324, 1.0, 0.01]),
        lambda: rng.choice(["", "linear", "mse", "hy1", "everywhere", "adam", "x", "\0", "\ud800",
                            "relu", "batchnorm", "logistic", b"", b"a\0b", "/", "/dev/null"]),
        lambda: rng.choice([[], [1], [1, 2], [[1, 2], [3]], (), {}, {1: "direct"}, {2: "feedback"},
                            [None], ["relu"], [D(1)], [D(2), "sigmoid", D(2)], [M(1)], [M(2), M(1)],
                            object(), Odd(), sg, net, fit, sim, factor, D(-1), M(0), D, len]),
        strange, strange])()

GOOD = {
    sg.Fit: ([x, soft], [y, soft]), sg.rates: ([[2.0, 1.0], fit.lambda_x],),
    sg.delay_limit: ([0, 3],), fit.backprop: ([[1.0, 2.0]], [0.1], [3, 10**9]),
    fit.spectrum: ([0.1], [0.2]), fit.radius: ([0.1], [0.2]),
    fit.momentum_spectrum: ([0.1], [0.2], [0.5]),
    sg.joint_jacobian: ([x], [y], [[1.0, 2.0]], [[1.0, 2.0, 3.0]], [0.1], [0.1]),
    sg.Factorisation: ([x, soft], [1, 3, 33], [None, "everywhere", 1, [1, 2]], [0.5], [1.0, 0],
                       [None, [1, 2]]),
    factor.weights: ([[2, 2], [3, 5]], [1]), factor.kernel: ([1, 3],),
    factor.sharpness: ([np.eye(2)],),
    sg.Net: ([2, 3], [[D(1)], [D(3, True), "relu", "batchnorm", D(2)]], ["mse", "softmax", "abs"],
             [[], [M(1)], [M(1, "mlp", hidden=2)], [M(1, "sigmoid_linear")]],
             [None, {1: "kickback"}, {1: "feedback"}], ["float64", "float32"], [3]),
    net.start_w: ([1], ["he"]), net.start_phi: ([1],), net.layer: ([w], [0, 2]),
    net.module: ([phi], [0, 1]),
    net.evaluate: ([w], [phi], [x], [soft], [None], [True, False]),
    sg.Simulation: ([net], [x], [soft], [w], [phi], [0.01, 2.0], [0.01, 2.0],
                    ["simultaneous", "sg_first"], [None, "stale_sg"], [0, 3],
                    ["gd", "momentum", "adam"], [0.9], [0.9], [1e-8], ["fixed", "normalised"]),
    sim.run: ([0, 3, 100],), sim.restart: ([w], [phi], [0.01], [0.01]), sim.jacobian: (),
    sg.read_table: (["/dev/null", "/nowhere", sys.argv[0]], [None, ["a"]], [None, ["b"]], [True]),
    sg.find_case: (["dy1_backprop"],),
    sg.run_case: (["/dev/null", sys.argv[0], "dy1_backprop"], [None, "DY1", "DY3"], [None, 3],
                  [False], [1, 3]),
}
M_FIELDS = (["linear", "mlp"], ["hy1", "h"], ["true"], [1.0], [0, 2])
calls = list(GOOD)
tally = {"returned": 0, "raised": 0}
for _ in range(int(sys.argv[2])):
    function = rng.choice(calls)
    good = GOOD[function]
    wrong = rng.choice([0, 0, 0.15, 0.5, 1])
    arguments = [anything() if rng.random() < wrong else rng.choice(choices) for choices in good]
    arguments = arguments[:rng.choice([len(good), len(good), rng.randint(0, len(good))])]
    if function is sg.Net and rng.random() < 0.3:
        arguments[3:4] = [[M(anything(), *(anything() if rng.random() < 0.3 else rng.choice(c)
                                           for c in M_FIELDS))]]
        arguments[1:2] = [[D(anything(), anything()), "relu", D(2)]]
    if "-v" in sys.argv:
        print(function, arguments, file=sys.stderr, flush=True)
    try:
        function(*arguments)
        tally["returned"] += 1
    except Exception as problem:
        tally["raised"] += 1
        if isinstance(problem, (IndexError, AttributeError, AssertionError)):
            raise SystemExit(f"{function} {arguments}: {problem!r}")
if sim.run(0).time < 0 or sg.Fit(x, y).rank != 2:
    raise SystemExit("the library is no longer itself")
print(tally["returned"], tally["raised"])
"""


class Hostile(unittest.TestCase):
    def test_calls(self):
        for seed in 1, 2:
            with self.subTest(seed=seed):
                out = subprocess.run([sys.executable, "-c", CHILD, str(seed), str(CALLS // 2)],
                                     capture_output=True, text=True, check=False, timeout=300,
                                     env={**os.environ,
                                          "PYTHONPATH": os.path.join(support.ROOT, "python")})
                self.assertEqual((out.returncode, out.stderr), (0, ""), out.stdout[-500:])
                returned, raised = map(int, out.stdout.split())
                self.assertGreater(returned, CALLS // 20)
                self.assertGreater(raised, CALLS // 20)


if __name__ == "__main__":
    support.run()

"""Bad arguments are exceptions, said before the library is called; what the library says arrives
whole; nothing that is asked of the module ends the process."""
import copy
import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import unittest

import numpy as np

import support
import synthgrad as sg

x = np.array([[1.0, 2.0], [2.0, -1.0], [3.0, 0.5], [4.0, 1.0]])
y = np.array([1.0, 3.0, 2.0, 5.0])
NET = sg.Net(2, [sg.Dense(1)], modules=[sg.Module(1)])
W, PHI = np.zeros(2), np.zeros(3)


class Errors(unittest.TestCase):
    def refused(self, kind, words, function, *arguments, **named):
        with self.assertRaises(kind) as caught:
            function(*arguments, **named)
        self.assertIn(words, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))

    def test_arrays(self):
        nan, big = x.copy(), np.array([[2**53 + 1, 1]])
        nan[2, 1] = np.nan
        for kind, words, bad in (
                (TypeError, "x has dtype complex128; give real numbers", x + 0j),
                (TypeError, "x has dtype object", x.astype(object)),
                (TypeError, "x has dtype <U1", [["a", "b"]]),
                (TypeError, "x has dtype object", None),
                (TypeError, "x has dtype datetime64", np.zeros((4, 2), "M8[D]")),
                (TypeError, "x has dtype float128 and float64 is wanted", x.astype("longdouble")),
                (TypeError, "x is a masked array", np.ma.masked_greater(x, 2)),
                (ValueError, "x is no array", [[1, 2], [3]]),
                (ValueError, "x has shape (2, 2, 2); (any, any) is wanted", x.reshape(2, 2, 2)),
                (ValueError, "x has shape (); (any, any) is wanted", 3.0),
                (ValueError, "x has shape (0, 2)", x[:0]),
                (ValueError, "x has shape (4, 0)", x[:, :0]),
                (ValueError, "x[2, 1] is nan; numbers have to be finite", nan),
                (ValueError, "x[0, 0] is inf", np.full((4, 2), np.inf)),
                (ValueError, "x holds integers that no float64 can hold", big)):
            self.refused(kind, words, sg.Fit, bad, y)
        self.refused(ValueError, "y has shape (3, 1); (4, any) is wanted", sg.Fit, x, y[:3])
        self.assertEqual(sg.Fit(x.tolist(), y.astype(int)).n, 4)     # what loses nothing is taken
        self.assertEqual(sg.Fit(np.asfortranarray(x)[::-1], y[::-1]).rank, 2)
        self.assertEqual(sg.Fit(x.astype(">f4"), y > 2).n, 4)

    def test_numbers(self):
        fit = sg.Fit(x, y)
        self.refused(ValueError, "mu is nan", fit.spectrum, np.nan, 1)
        self.refused(ValueError, "mu has shape (2,); a number is wanted", fit.spectrum, [1, 2], 1)
        self.refused(TypeError, "mu has dtype <U1", fit.spectrum, "1", 1)
        self.refused(ValueError, "w has shape (3, 1); (2, 1) is wanted", fit.backprop, PHI, 0.1, 1)
        self.refused(ValueError, "steps is -1; it is from 0", fit.backprop, W, 0.1, -1)
        self.refused(TypeError, "steps is a float; give an integer", fit.backprop, W, 0.1, 1.0)
        self.refused(TypeError, "steps is True; give an integer", fit.backprop, W, 0.1, True)
        self.refused(ValueError, "beta is 1; it is below 1", fit.momentum_spectrum, 1, 1, 1)
        self.refused(ValueError, "tau is -1", sg.delay_limit, -1)
        self.refused(ValueError, "eigenvalues has shape (0,)", sg.rates, [])
        self.refused(ValueError, "no eigenvalue is positive", sg.rates, [0.0, -1.0])
        self.refused(ValueError, "phi has shape (2, 1); (3, 1) is wanted", sg.joint_jacobian, x, y,
                     W, W, 1, 1)

    def test_factorisations(self):
        f = sg.Factorisation(x, 3)
        self.refused(ValueError, "n_layers is 34; it is from 1 to 33", sg.Factorisation, x, 34)
        self.refused(ValueError, "sg_at is 3; it is from 1 to 2", sg.Factorisation, x, 3, 3)
        self.refused(ValueError, "sg_at is 'all'; it is one of everywhere", sg.Factorisation, x, 3,
                     "all")
        self.refused(ValueError, "kappa is 0", sg.Factorisation, x, 3, 1, 0)
        self.refused(ValueError, "kappa is 1e-310", sg.Factorisation, x, 3, 1, 1e-310)
        self.refused(ValueError, "mix is 2", sg.Factorisation, x, 3, 1, 1, 2)
        self.refused(ValueError, "pull has shape (3,); (2,) is wanted", sg.Factorisation, x, 3,
                     pull=[1, 2, 3])
        self.refused(ValueError, "pull holds a negative", sg.Factorisation, x, 3, pull=[1, -2])
        self.refused(ValueError, "no hidden layer", sg.Factorisation, x, 1, 1)
        self.refused(ValueError, "hidden has 1 widths; 2 are wanted", f.weights, [3], 1)
        self.refused(ValueError, "hidden is 1; it is from 2", f.weights, [3, 1], 1)
        self.refused(ValueError, "s is not symmetric", f.sharpness, np.arange(16.0).reshape(4, 4))
        self.refused(ValueError, "layer is 4", f.kernel, 4)
        self.assertTrue((sg.Factorisation(np.zeros((2, 2)), 2).layers == 0).all())

    def test_nets(self):
        D, M = sg.Dense, sg.Module
        for kind, words, arguments, named in (
                (ValueError, "layers is empty", ([],), {}),
                (TypeError, "layers is one layer", (D(1),), {}),
                (ValueError, "layer is 'tanh'; it is one of", (["tanh"],), {}),
                (ValueError, "write Dense(width)", (["dense"],), {}),
                (ValueError, "width is 0", ([D(0)],), {}),
                (TypeError, "width is a str", ([D("1")],), {}),
                (TypeError, "bias is 1; give True or False", ([D(1, 1)],), {}),
                (ValueError, "weights are more than", ([D(2**20), D(2**20)],), {}),
                (ValueError, "loss is 'l2'", ([D(1)], "l2"), {}),
                (ValueError, "the last layer has width 2; logistic wants 1", ([D(2)], "logistic"),
                 {}),
                (ValueError, "softmax wants 2 or more", ([D(1)], "softmax"), {}),
                (ValueError, "dtype is 'float16'", ([D(1)],), {"dtype": "float16"}),
                (ValueError, "dtype is <class 'float'>", ([D(1)],), {"dtype": float}),
                (TypeError, "modules holds a int", ([D(1)],), {"modules": [1]}),
                (ValueError, "at is 2; it is from 1 to 1", ([D(1)],), {"modules": M(2)}),
                (ValueError, "boundaries have to ascend", ([D(1), D(1)],),
                 {"modules": [M(2), M(1)]}),
                (ValueError, "boundaries have to ascend", ([D(1)],), {"modules": [M(1), M(1)]}),
                (ValueError, "terms is 'hh'", ([D(1)],), {"modules": [M(1, terms="hh")]}),
                (ValueError, "terms is ''", ([D(1)],), {"modules": [M(1, terms="")]}),
                (ValueError, "sigmoid_linear needs h", ([D(1)],),
                 {"modules": [M(1, "sigmoid_linear", "y1")]}),
                (ValueError, "hidden goes with", ([D(1)],), {"modules": [M(1, "mlp")]}),
                (ValueError, "hidden goes with", ([D(1)],), {"modules": [M(1, hidden=3)]}),
                (ValueError, "target is 'sg'", ([D(1)],), {"modules": [M(1, target="sg")]}),
                (ValueError, "mix is 1.5", ([D(1)],), {"modules": [M(1, mix=1.5)]}),
                (ValueError, "credit is 2; it is from 1 to 1", ([D(1)],), {"credit": {2: "true"}}),
                (ValueError, "credit is 'bp'", ([D(1)],), {"credit": {1: "bp"}}),
                (ValueError, "direct is for boundaries below", ([D(1)],),
                 {"credit": {1: "direct"}}),
                (ValueError, "feedback at 1 wants a dense layer above", ([D(1), "relu"],),
                 {"credit": {1: "feedback"}}),
                (ValueError, "the matrix of direct at 1 is too large",
                 ([D(2**18), D(1), D(2**18)],), {"credit": {1: "direct"}}),
                (ValueError, "seed is -1", ([D(1)],), {"seed": -1})):
            self.refused(kind, words, sg.Net, 2, *arguments, **named)
        self.refused(TypeError, "w has dtype float32, the net float64", NET.evaluate,
                     W.astype("f4"), PHI, x, y)
        self.refused(TypeError, "w has dtype int64, the net float64", NET.evaluate, [0, 0], PHI, x,
                     y)
        self.refused(ValueError, "phi has shape (2,); (3,) is wanted", NET.evaluate, W, W, x, y)
        self.refused(ValueError, "x has shape (4, 1); (any, 2) is wanted", NET.evaluate, W, PHI, y,
                     y)
        single = sg.Net(2, [sg.Dense(1)], dtype="float32")
        self.refused(TypeError, "x has dtype float64 and float32 is wanted", single.evaluate,
                     np.zeros(2, "f4"), np.zeros(0, "f4"), x, y)
        labels = sg.Net(2, [sg.Dense(1)], "logistic")
        self.refused(ValueError, "logistic wants labels in [0, 1]", labels.evaluate, W, W[:0], x, y)
        soft = sg.Net(2, [sg.Dense(2)], "softmax")
        self.refused(ValueError, "a row of y does not add up to 1", soft.evaluate, np.zeros(4),
                     W[:0], x, np.abs(x))
        norm = sg.Net(2, ["batchnorm", sg.Dense(1)])
        self.refused(ValueError, "batch norm reads aux", norm.evaluate, norm.start_w(1), W[:0], x,
                     y, train=False)
        fixed = norm.start_aux()
        fixed.flags.writeable = False
        self.refused(ValueError, "aux cannot be written to", norm.evaluate, norm.start_w(1), W[:0],
                     x, y, fixed)
        self.refused(ValueError, "layer 0 is batchnorm", norm.layer, norm.start_w(1), 0)
        self.refused(ValueError, "w is to be an array of shape (6,)", norm.layer, W, 1)

    def test_simulations(self):
        for kind, words, named in (
                (ValueError, "order is 'random'", {"order": "random"}),
                (ValueError, "delay is 'late'", {"delay": "late"}),
                (ValueError, "tau goes with a delay", {"tau": 3}),
                (ValueError, "tau is 10001", {"tau": 10001}),
                (ValueError, "goes with the simultaneous order",
                 {"order": "sg_first", "delay": "stale_sg"}),
                (ValueError, "optimiser is 'sgd'", {"optimiser": "sgd"}),
                (ValueError, "beta1 and beta2 are below 1", {"beta1": 1}),
                (ValueError, "sg_step line_search is for linear SGs under gd",
                 {"sg_step": "line_search", "optimiser": "adam"})):
            self.refused(kind, words, sg.Simulation, NET, x, y, W, PHI, 0.1, 0.1, **named)
        self.refused(TypeError, "net is a int", sg.Simulation, 1, x, y, W, PHI, 0.1, 0.1)
        sim = sg.Simulation(NET, x, y, W, PHI, 0.01, 0.01, optimiser="adam")
        self.refused(ValueError, "the Jacobian is known", sim.jacobian)
        self.refused(ValueError, "steps is -1", sim.run, -1)
        self.assertEqual(sim.run(0).time, 0)

    # ---- what the library says ----------------------------------------------------------------

    def test_messages(self):
        with self.assertRaises(sg.Error) as caught:
            sg.run_case("/nowhere/x.cfg")
        self.assertEqual(caught.exception.status, "SG_IO")
        self.assertEqual(str(caught.exception), "/nowhere/x.cfg: cannot be read: No such file or "
                         "directory; name a readable case file")
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((again.status, str(again)), ("SG_IO", str(caught.exception)))
        with self.assertRaises(sg.Error) as caught:
            sg.Fit(x * 1e200, y)                            # squares beyond the largest double
        self.assertEqual(caught.exception.status, "SG_NOT_FINITE")
        self.assertIn("a NaN or an infinity", str(caught.exception))
        self.refused(ValueError, "which is no path", sg.read_table, "a\0b")
        self.refused(TypeError, "path is a NoneType", sg.read_table, None)
        self.refused(TypeError, "only is a text", sg.read_table, "a.csv", only="ab")
        self.refused(FileNotFoundError, "no case nothing", sg.run_case, "nothing")
        self.refused(ValueError, "'..' is no name of a case", sg.run_case, "..")
        self.refused(ValueError, "there is no claim 'DY99'", sg.run_case, "dy1_backprop", "DY99")
        self.refused(ValueError, "jobs is 0", sg.run_case, "dy1_backprop", jobs=0)
        self.refused(TypeError, "full is 1", sg.run_case, "dy1_backprop", full=1)

    def test_import(self):
        """A library that is not there, or is none of ours, is an ImportError of one line."""
        import ctypes.util
        for named, words in (("/nowhere/lib.so", "cannot be loaded"),
                             (ctypes.util.find_library("z"), "lacks sg_base_build")):
            out = subprocess.run([sys.executable, "-c", "import synthgrad"], text=True,
                                 capture_output=True, check=False,
                                 env={**os.environ, "SYNTHGRAD_LIBRARY": named,
                                      "PYTHONPATH": os.path.join(support.ROOT, "python")})
            self.assertEqual(out.returncode, 1)
            self.assertRegex(out.stderr.splitlines()[-1], "^ImportError: synthgrad: .*" + words)

    # ---- objects ------------------------------------------------------------------------------

    def test_copies(self):
        for thing in (sg.Fit(x, y), NET, sg.Factorisation(x, 2),
                      sg.Simulation(NET, x, y, W, PHI, 0.1, 0.1)):
            for action in copy.copy, copy.deepcopy, pickle.dumps:
                self.refused(TypeError, "cannot be copied or pickled", action, thing)

    def test_lifetimes(self):
        """Arrays and nets may go before what was made of them; results are one's own."""
        fit = sg.Fit(x.copy(), y.copy())
        lam = fit.lambda_x.copy()
        fit.lambda_x[:] = 0
        self.assertGreater(fit.spectrum(0.1, 0.1).max(), 0)
        sim = sg.Simulation(sg.Net(2, [sg.Dense(1)], modules=[sg.Module(1)]), x.copy(), y.copy(),
                            W.copy(), PHI.copy(), 0.01, 0.01, delay="stale_sg", tau=2)
        gc.collect()
        junk = [np.full(1000, np.nan) for _ in range(100)]
        self.assertTrue(np.isfinite(sim.run(500).w).all())
        self.assertEqual(len(junk), 100)
        for _ in range(3000):                               # nothing piles up: checked below
            sg.Fit(x, y)
            sg.Simulation(NET, x, y, W, PHI, 0.1, 0.1)

        def size():
            with open("/proc/self/statm", encoding="ascii") as file:
                return int(file.read().split()[1])
        before = size()
        for _ in range(3000):
            sg.Fit(x, y)
            sg.Simulation(NET, x, y, W, PHI, 0.1, 0.1)
        self.assertLess(size() - before, 500)               # pages; a leak of 700 bytes a turn
        self.assertTrue(np.array_equal(lam, sg.Fit(x, y).lambda_x))

    def test_threads(self):
        """One simulation stepped by eight threads takes every step once."""
        many = np.tile(x, (2000, 1)), np.tile(y, 2000)      # steps long enough to meet
        sim = sg.Simulation(NET, *many, W, PHI, 0.01, 0.01)
        threads = [threading.Thread(target=lambda: [sim.run(5) for _ in range(10)])
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sim.time, 400)
        alone = sg.Simulation(NET, *many, W, PHI, 0.01, 0.01).run(400)
        self.assertTrue(np.array_equal(sim.w, alone.w))

    def test_interrupt(self):
        """Ctrl-C ends a long call within a second, and the next call works."""
        # A background job of a shell ignores the signal, and Python then leaves it so.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        sim = sg.Simulation(NET, x, y, W, PHI, 0.01, 0.01)
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            sim.run(2**60)
        self.assertLess(time.monotonic() - start, 10)       # 0.3 s on a machine that is idle
        self.assertGreater(sim.time, 0)
        before = sim.time
        self.assertEqual(sim.run(100).time, before + 100)
        threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with self.assertRaises(KeyboardInterrupt):
            for seed in range(10**6):
                sg.run_case("dy3_joint_spectrum", seed=seed)
        self.assertEqual(sg.run_case("dy1_backprop").verdict, "holds")


if __name__ == "__main__":
    support.run()

"""What the library computes against NumPy's own results.

Tolerances are C n u kappa scale with the size n of the sums, u = 2^-53, the condition number kappa
of the problem and a C of at most 10; each is derived where it stands."""
import unittest

import numpy as np

import support
import synthgrad as sg

U = support.U


def data(seed, n=60, d=5, m=2, noise=0.7):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)
    return x, x @ rng.normal(size=(d, m)) + noise * rng.normal(size=(n, m)), rng


class Numbers(unittest.TestCase):
    def near(self, got, want, tolerance, what=""):
        """|got - want| <= tolerance, entry by entry; a NaN fails."""
        got, want = np.asarray(got), np.asarray(want)
        self.assertEqual(got.shape, want.shape, what)
        self.assertTrue(np.all(np.abs(got - want) <= tolerance),
                        f"{what}: off by {np.abs(got - want).max()} of {np.max(tolerance)}")

    # ---- least squares ------------------------------------------------------------------------

    def test_fit(self):
        for seed in range(20):
            m = 1 + seed % 3
            x, y, _ = data(seed, n=20 + 10 * seed, d=1 + seed % 6, m=m)
            n, d = x.shape
            fit = sg.Fit(x, y)
            w, _, rank, sigma = np.linalg.lstsq(x, y, rcond=None)
            kappa, r = sigma[0] / sigma[-1], np.linalg.norm(x @ w - y)
            # Wedin: cond (|w| + cond |r| / |x|), each solver backward stable to n u
            error = 10 * n * U * kappa * (np.linalg.norm(w) + kappa * r / sigma[0])
            self.near(fit.w, w, error, "w")
            self.assertEqual((fit.n, fit.d, fit.m, fit.q, fit.rank), (n, d, m, 2 * m + 1, rank))
            self.assertFalse(fit.realizable)
            z = np.c_[x @ w, y, np.ones(n)]
            size = np.abs(x).max() * d * error + 10 * d * U * np.abs(z).max()
            self.near(fit.residual, x @ w - y, size, "residual")
            self.near(fit.z, z, size, "z")
            self.near(fit.s_x, x.T @ x / n, 10 * n * U * np.abs(x).max() ** 2, "s_x")
            for got, want in ((fit.s_z, z.T @ z / n), (fit.x_z, x.T @ z / n)):
                self.near(got, want, 10 * n * U * np.abs(np.c_[x, z]).max() ** 2 +
                          2 * size * np.abs(np.c_[x, z]).max(), "moments of z")
            # Weyl: no eigenvalue moves by more than the matrix
            for values, vectors, s in ((fit.lambda_x, fit.v_x, fit.s_x),
                                       (fit.lambda_z, fit.v_z, fit.s_z)):
                scale = 10 * n * U * values[0]
                self.near(values, np.linalg.eigvalsh(s)[::-1], scale, "eigenvalues")
                self.near(vectors.T @ vectors, np.eye(len(s)), 10 * n * U, "orthonormal")
                self.near(vectors @ np.diag(values) @ vectors.T, s, 2 * scale, "v lambda v^T")

    def test_degenerate_fits(self):
        x, y, _ = data(3, d=3, m=1)
        fit = sg.Fit(np.c_[x, x[:, :1]], y)
        self.assertEqual(fit.rank, 3)
        self.assertEqual(fit.rates_x().zeros, 1)
        self.assertTrue(sg.Fit(x, x @ np.ones((3, 1))).realizable)
        self.assertEqual(sg.Fit(x[:, 0], y[:, 0]).w.shape, (1, 1))
        wide = sg.Fit(x[:2], y[:2])                         # fewer rows than columns
        self.near(wide.w, np.linalg.lstsq(x[:2], y[:2], rcond=None)[0],
                  100 * U * np.linalg.cond(x[:2]) ** 2 * np.abs(wide.w).max(), "minimum norm")

    def test_rates(self):
        for values in ([3.0, 0.5, 2.0], [7.25], [1.0, 0.0, 0.0], [2.0, 1e-17]):
            got, positive = sg.rates(values), [v for v in values if v > 1e-16]
            a, b = max(positive), min(positive)
            self.assertEqual(got[:3], (a, b, len(values) - len(positive)))
            self.near(got[3:], [2 / a, 2 / (a + b), (a - b) / (a + b), 2 * b / (a + b)], 4 * U)
        self.assertEqual(sg.delay_limit(0), 2 * np.sin(np.pi / 2))
        # tau = 1: the roots of l^2 - l + a are on the unit circle at a = 1
        self.near(sg.delay_limit(1), 1, 4 * U)
        for tau in 2, 5, 11:
            limit = sg.delay_limit(tau)
            for factor in 0.999, 1.001:
                roots = np.roots([1, -1] + [0] * (tau - 1) + [factor * limit])
                self.assertEqual(np.abs(roots).max() < 1, factor < 1, tau)

    def test_backprop(self):
        x, y, rng = data(5)
        fit, start = sg.Fit(x, y), rng.normal(size=(5, 2))
        mu = 0.4 * fit.rates_x().critical
        w = start.copy()
        for _ in range(50):
            w -= mu * x.T @ (x @ w - y) / len(x)
        # 50 steps that contract, n u of the size of the terms each; the closed form cond u
        self.near(fit.backprop(start, mu, 50), w, 50 * 10 * len(x) * U * np.abs(x).max() ** 2 *
                  np.abs(np.r_[start, w]).max() * mu + 10 * U * np.linalg.cond(x) * np.abs(w).max())
        late = fit.backprop(start, mu, 10**15)
        self.near(late, fit.w, 10 * len(x) * U * np.linalg.cond(x) * np.abs(fit.w).max())

    # ---- spectra ------------------------------------------------------------------------------

    @staticmethod
    def step(x, y, w, phi, mu, nu):
        """A simultaneous step by NumPy: the definition."""
        p = x @ w
        z = np.c_[p, y, np.ones(len(x))]
        s = z @ phi
        return w - mu * x.T @ s / len(x), phi - nu * z.T @ (s - (p - y)) / len(x)

    def test_jacobian_and_spectrum(self):
        for seed in range(5):
            m = 1 + seed % 2
            x, y, rng = data(seed, m=m, d=4)
            fit = sg.Fit(x, y)
            mu, nu = 0.7 * fit.rates_x().critical, 0.4 * fit.rates_z().critical
            q, n_w = 2 * m + 1, 4 * m
            w, phi = fit.w + 0.1 * rng.normal(size=(4, m)), rng.normal(size=(q, m))
            jacobian = sg.joint_jacobian(x, y, w, phi, mu, nu)
            flat, h = np.r_[w.ravel(), phi.ravel()], 1e-5
            columns = []
            for k in range(len(flat)):
                ends = []
                for sign in 1, -1:
                    at = flat.copy()
                    at[k] += sign * h
                    ends.append(np.concatenate([part.ravel() for part in self.step(
                        x, y, at[:n_w].reshape(4, m), at[n_w:].reshape(q, m), mu, nu)]))
                columns.append((ends[0] - ends[1]) / (2 * h))
            size = max(1, np.abs(ends[0]).max(), np.abs(jacobian).max(), np.abs(x).max() ** 2)
            # the map is of degree 3 in the state: h^2 times the third derivative, and u / h
            self.near(jacobian, np.array(columns).T, (10 * h**2 * len(flat) + 10 * len(x) * U / h) *
                      size**2, "Jacobian")
            at_rest = sg.joint_jacobian(x, y, fit.w, fit.exact_sg(), mu, nu)
            found, theory = np.linalg.eigvals(at_rest), fit.spectrum(mu, nu)
            # m-fold eigenvalues are semisimple where no 1 - mu a is a 1 - nu b: Bauer-Fike
            _, vectors = np.linalg.eig(at_rest)
            error = 10 * len(at_rest) * U * np.linalg.norm(at_rest, 2) * np.linalg.cond(vectors)
            self.assertLess(error, 1e-6)
            self.near(np.sort(found.real), theory, error, "spectrum")
            self.near(np.abs(found.imag), 0 * theory, error, "imaginary parts")
            self.near(fit.radius(mu, nu), np.abs(theory).max(), 0, "radius")
            beta = 0.6
            pairs = np.concatenate([np.roots([1, -(1 + beta - (1 - value)), beta])
                                    for value in theory])
            got = fit.momentum_spectrum(mu, nu, beta)
            self.assertEqual(got.shape, pairs.shape)
            # roots of a quadratic: sqrt(u) where they meet
            key = lambda v: np.sort_complex(np.round(v, 6))
            self.near(key(got), key(pairs), 2e-6, "momentum")

    def test_exact_sg(self):
        self.near(sg.Fit(*data(2)[:2]).exact_sg(), np.r_[np.eye(2), -np.eye(2), [[0, 0]]], 0)

    # ---- factorisation ------------------------------------------------------------------------

    def test_factorisation(self):
        for seed in range(10):
            rng = np.random.default_rng(seed)
            d, m, n = 2 + seed % 4, 1 + seed % 3, 2 + seed % 4
            target = rng.normal(size=(d, m))
            kappa, mix = 0.2 + seed / 5, 1 - 0.05 * seed
            f = sg.Factorisation(target, n, "everywhere", kappa, mix)
            u, sigma, vt = np.linalg.svd(target, full_matrices=False)
            modes = min(d, m)
            self.assertEqual((f.n_layers, f.d, f.m, f.modes), (n, d, m, modes))
            error = 10 * (d + m) * U * sigma[0]
            self.near(f.sigma, sigma, error, "sigma")
            self.near(f.u @ np.diag(f.sigma) @ f.v.T, target, error, "u sigma v^T")
            self.near(f.pull, np.full(n - 1, 2 * mix / kappa), 0, "pull")
            # relative error of a layer's value: 4 N u (N + |ln sigma^2| + sum |ln pull|)
            relative = 4 * n * U * (n + np.abs(np.log(sigma**2)) + (n - 1) * abs(np.log(f.pull[0])))
            self.near(np.prod(f.layers, axis=0) / sigma, np.ones(modes), n * relative + error,
                      "product")
            above = np.ones(modes)
            for i in range(n - 1, 0, -1):                   # the equation of layers i and i + 1
                above = above * f.layers[i]
                want = f.layers[i] ** 2 + f.pull[i - 1] * above**2
                self.near(f.layers[i - 1] ** 2 / want, np.ones(modes), 4 * n * relative, "pull")
            self.near(sg.Factorisation(target, n).layers, np.tile(sigma ** (1 / n), (n, 1)),
                      n * relative.max() * sigma[0] + error, "balanced")
            one = sg.Factorisation(target, n, 1, kappa)
            self.near(one.pull, [2 / kappa] + [0] * (n - 2), 0)
            matrices = f.weights([modes + 2] * (n - 1), seed)
            self.assertEqual([W.shape for W in matrices],
                             list(zip([d] + [modes + 2] * (n - 1), [modes + 2] * (n - 1) + [m])))
            product = matrices[0]
            for i, W in enumerate(matrices):
                product = product @ W if i else W
                self.near(np.linalg.svd(W, compute_uv=False)[:modes], f.layers[i],
                          100 * U * f.layers[i].max() + error, f"layer {i}")
            scale = np.prod([np.abs(f.layers[i]).max() for i in range(n)])
            self.near(product, target, 100 * n * U * scale, "product of weights")
            self.near(f.kernel(n), f.sigma**2, 4 * n * relative * sigma**2 + error * sigma[0] * 2)
            again = f.weights([modes + 2] * (n - 1), seed)
            self.assertTrue(all(np.array_equal(a, b) for a, b in zip(matrices, again)))

    def test_sharpness(self):
        """Against the Hessian of the loss, by differences of NumPy's gradient."""
        x, y, _ = data(8, n=40, d=3, m=2)
        fit = sg.Fit(x, y)
        f = sg.Factorisation(fit.w, 3, "everywhere", 1.0)
        shapes = [(3, 2), (2, 2), (2, 2)]
        w = np.concatenate([W.ravel() for W in f.weights([2, 2], 1)])

        def gradient(flat):
            a, b, c = (part.reshape(s) for part, s in zip(np.split(flat, [6, 10]), shapes))
            r = x.T @ (x @ a @ b @ c - y) / len(x)
            return np.concatenate([(r @ (b @ c).T).ravel(), (a.T @ r @ c.T).ravel(),
                                   ((a @ b).T @ r).ravel()])
        h = 1e-5
        hessian = np.array([(gradient(w + h * e) - gradient(w - h * e)) / (2 * h)
                            for e in np.eye(len(w))])
        largest = np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1]
        self.near(f.sharpness(fit.s_x), largest, 1e-7 * largest, "sharpness")

    # ---- nets ---------------------------------------------------------------------------------

    def test_evaluate(self):
        """A net with a ReLU and an SG in its middle, by NumPy from the definition."""
        x, y, rng = data(4, n=30, d=3, m=2)
        for mix in 0.0, 0.25, 1.0:
            net = sg.Net(3, [sg.Dense(4, bias=True), "relu", sg.Dense(2)],
                         modules=[sg.Module(2, mix=mix)])
            w, phi = net.start_w(7), rng.normal(size=net.n_phi)
            (W, b), (V, none) = net.layer(w, 0), net.layer(w, 2)
            self.assertIsNone(none)
            b += rng.normal(size=4)                         # views: w has it
            h = np.maximum(x @ W + b, 0)
            g = h @ V - y
            A, B, C = np.split(net.module(phi, 0).reshape(-1, 4), [4, 6])
            s, true = h @ A + y @ B + C, g @ V.T
            delta = ((1 - mix) * true + mix * s) * (h > 0)
            n, size = len(x), np.abs(np.c_[x, h, s, true, g, delta]).max()
            got, tolerance = net.evaluate(w, phi, x, y), 10 * 40 * U * size**2 * 4
            self.near(got.loss, (g**2).sum() / 2 / n, tolerance)
            self.near(got.sg_loss, ((s - true) ** 2).sum() / 2 / n, tolerance)
            self.near(got.dw, np.concatenate([(x.T @ delta / n).ravel(), delta.mean(axis=0),
                                              (h.T @ g / n).ravel()]), tolerance, "dw")
            z = np.c_[h, y, np.ones(n)]
            self.near(got.dphi, (z.T @ (s - true) / n).ravel(), tolerance, "dphi")

    def test_losses_and_types(self):
        x, _, rng = data(6, n=25, d=3)
        p = x @ (w := rng.normal(size=(3, 2)))
        soft = rng.dirichlet([1, 2], size=25)
        label = (rng.random((25, 1)) > 0.4).astype(float)
        tolerance = 100 * U * np.abs(p).max() ** 2          # 50 terms of size |p|^2
        top = p.max(axis=1, keepdims=True)
        log_sum = top + np.log(np.exp(p - top).sum(axis=1, keepdims=True))
        for loss, y, want in (
                ("mse", soft, ((p - soft) ** 2).sum() / 50),
                ("abs", soft, np.abs(p - soft).sum() / 25),
                ("softmax", soft, (soft * (log_sum - p)).sum() / 25)):
            net = sg.Net(3, [sg.Dense(2)], loss=loss)
            self.near(net.evaluate(w.ravel(), net.start_phi(), x, y).loss, want, tolerance, loss)
        net = sg.Net(3, [sg.Dense(1)], loss="logistic")
        q = p[:, :1]
        self.near(net.evaluate(w[:, 0].copy(), net.start_phi(), x, label).loss,
                  np.mean(np.logaddexp(0, q) - label * q), tolerance, "logistic")
        single = sg.Net(3, [sg.Dense(2)], dtype="float32")
        got = single.evaluate(w.ravel().astype("f4"), single.start_phi(), x.astype("f4"),
                              soft.astype("f4"))
        self.assertEqual(got.dw.dtype, np.float32)
        self.near(got.loss, ((p - soft) ** 2).sum() / 50, 2**29 * tolerance)

    def test_batch_norm(self):
        x, y, rng = data(9, n=20, d=3, m=1)
        net = sg.Net(3, ["batchnorm", sg.Dense(1)])
        w, aux = net.start_w(1), net.start_aux()
        self.near(aux, [0, 0, 0, 1, 1, 1], 0)
        V = net.layer(w, 1)[0]
        h = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)
        want = ((h @ V - y) ** 2).mean() / 2
        self.near(net.evaluate(w, net.start_phi(), x, y, aux).loss, want, 1e-13 * want * 100)
        moved = np.r_[0.1 * x.mean(0), 0.9 + 0.1 * x.var(0)]
        # the running variance may be the sample's, n / (n - 1)
        unbiased = np.r_[0.1 * x.mean(0), 0.9 + 0.1 * x.var(0, ddof=1)]
        self.assertTrue(np.abs(aux - moved).max() < 1e-12 or np.abs(aux - unbiased).max() < 1e-12)
        h = (x - aux[:3]) / np.sqrt(aux[3:] + 1e-5)
        want = ((h @ V - y) ** 2).mean() / 2
        before = aux.copy()
        self.near(net.evaluate(w, net.start_phi(), x, y, aux, train=False).loss, want,
                  1e-13 * want * 100)
        self.assertTrue(np.array_equal(aux, before))

    # ---- time ---------------------------------------------------------------------------------

    def test_orders_and_delays(self):
        """Each order and delay against a loop over NumPy's step."""
        x, y, rng = data(10, n=40, d=3, m=1)
        fit = sg.Fit(x, y)
        net = sg.Net(3, [sg.Dense(1)], modules=[sg.Module(1)])
        mu, nu = 0.1 * fit.rates_x().critical, 0.1 * fit.rates_z().critical
        w, phi = rng.normal(size=(3, 1)), 0.3 * rng.normal(size=(3, 1))
        reads = {("simultaneous", None): lambda t: (t, t, t, t), ("sg_first", None): None,
                 ("network_first", None): None,
                 ("simultaneous", "stale_backprop"): lambda t: (t - 3, t - 3, t, t),
                 ("simultaneous", "delayed_pairs"): lambda t: (t, t, t - 3, t),
                 ("simultaneous", "stale_sg"): lambda t: (t, t, t - 3, t - 3)}
        results = []
        for (order, delay), read in reads.items():
            sim = sg.Simulation(net, x, y, w.ravel(), phi.ravel(), mu, nu, order=order, delay=delay,
                                tau=3 if delay else 0).run(40)
            past = [(w, phi)]
            for t in range(40):
                at, sg_at = past[-1]
                if read:
                    net_w, net_phi, sg_w, sg_phi = (max(k, 0) for k in read(t))
                    dw = self.step(x, y, past[net_w][0], past[net_phi][1], mu, nu)[0] - \
                        past[net_w][0]
                    dphi = self.step(x, y, past[sg_w][0], past[sg_phi][1], mu, nu)[1] - \
                        past[sg_phi][1]
                    past.append((at + dw, sg_at + dphi))
                elif order == "sg_first":
                    new = self.step(x, y, at, sg_at, mu, nu)[1]
                    past.append((self.step(x, y, at, new, mu, nu)[0], new))
                else:
                    new = self.step(x, y, at, sg_at, mu, nu)[0]
                    past.append((new, self.step(x, y, new, sg_at, mu, nu)[1]))
            self.assertEqual(sim.time, 40)
            # 40 steps of n u of the size of what is added, which no step enlarges by more than 2
            size = max(np.abs(np.r_[a, b]).max() for a, b in past) * np.abs(x).max()
            self.near(sim.w, past[-1][0].ravel(), 40 * 40 * 10 * U * size**2, f"{order} {delay}")
            self.near(sim.phi, past[-1][1].ravel(), 40 * 40 * 10 * U * size**2, f"{order} {delay}")
            results.append(sim.w)
        for a in range(len(results)):                       # they are six different things
            for b in range(a):
                self.assertGreater(np.abs(results[a] - results[b]).max(), 1e-9, (a, b))

    def test_optimisers(self):
        x, y, rng = data(12, n=40, d=3, m=1)
        net = sg.Net(3, [sg.Dense(1)])
        start, mu = rng.normal(size=3), 0.02
        m, v, w = {}, {}, {}
        for name in "gd", "momentum", "rmsprop", "adam":
            m[name], v[name], w[name] = np.zeros(3), np.zeros(3), start.copy()
            for t in range(1, 31):
                g = (x.T @ (x @ w[name][:, None] - y) / len(x)).ravel()
                if name == "momentum":
                    m[name] = 0.8 * m[name] + g
                    g = m[name]
                elif name != "gd":
                    v[name] = 0.99 * v[name] + 0.01 * g**2
                    m[name] = 0.8 * m[name] + 0.2 * g
                    g = g / (np.sqrt(v[name]) + 1e-3) if name == "rmsprop" else \
                        m[name] / (1 - 0.8**t) / (np.sqrt(v[name] / (1 - 0.99**t)) + 1e-3)
                w[name] = w[name] - mu * g
            sim = sg.Simulation(net, x, y, start, net.start_phi(), mu, 0, optimiser=name, beta1=0.8,
                                beta2=0.99, epsilon=1e-3)
            # roundings of 30 steps; a division by sqrt(v) + 1e-3 enlarges those of g by 1e3
            self.near(sim.run(30).w, w[name], 30 * 1e3 * 100 * U * np.abs(x).max() ** 2, name)

    def test_restart_and_jacobian(self):
        x, y, rng = data(13, n=40, d=3, m=1)
        fit = sg.Fit(x, y)
        net = sg.Net(3, [sg.Dense(1)], modules=[sg.Module(1)])
        mu, nu = 0.5 * fit.rates_x().critical, 0.5 * fit.rates_z().critical
        w, phi = fit.w.ravel() + 0.01, fit.exact_sg().ravel()
        sim = sg.Simulation(net, x, y, w, phi, mu, nu)
        first = sim.run(100).w
        jacobian, bound = sim.jacobian()
        self.assertTrue(np.array_equal(sim.w, first) and sim.time == 100)     # not disturbed
        want = sg.joint_jacobian(x, y, first, sim.phi, mu, nu)
        self.near(jacobian, want, 10 * bound, "Jacobian")
        self.assertLess(bound, 1e-5)
        sim.restart(w, phi, mu, nu)
        self.assertEqual(sim.time, 0)
        self.assertTrue(np.array_equal(sim.run(100).w, first))
        with self.assertRaises(sg.Error) as caught:
            sg.Simulation(net, x, y, w, phi, 3 * mu, nu).run(100000)
        self.assertEqual(caught.exception.status, "SG_DIVERGED")
        line = sg.Simulation(net, x, y, w, phi, mu, 1.0, sg_step="line_search").run(3)
        self.assertTrue(np.isfinite(line.phi).all())


if __name__ == "__main__":
    support.run()

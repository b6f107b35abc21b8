"""A tour of synthgrad from Python, as a notebook in cells (# %%): what theory says of a regression
with a synthetic gradient (SG), and the training runs that it says it of.  Runs in seconds.

    python3 tour.py
"""
import numpy as np

import synthgrad as sg

# %% Data.  Two features and a column of ones; a target that they explain in part.
t = np.arange(200)
x = np.column_stack([np.sin(t), np.cos(1.7 * t), np.ones(200)])
y = 2 * x[:, 0] - x[:, 1] + np.sin(3.1 * t**2)

# %% The fit.  All rates follow from two matrices of moments: s_x of the features, for the weights,
# and s_z of z = (p*, y, 1), for the SG.  Below the critical rates the joint step settles.
fit = sg.Fit(x, y)
mu, nu = fit.rates_x().critical, fit.rates_z().critical
print(f"stable for mu < {mu:.4f} and nu < {nu:.4f}")

# %% The spectrum.  Near the fixed point (w*, phi*) a step of weights and SG together multiplies
# errors by a matrix.  Theory has its eigenvalues; the real step's are found by differences.
net = sg.Net(3, [sg.Dense(1)], modules=[sg.Module(at=1)])
w, phi = fit.w.ravel(), fit.exact_sg().ravel()
jacobian, bound = sg.Simulation(net, x, y, w, phi, 0.9 * mu, 0.5 * nu).jacobian()
theory = fit.spectrum(0.9 * mu, 0.5 * nu)
measured = np.sort(np.linalg.eigvals(jacobian).real)
print("eigenvalues", theory.round(4), "in theory")
print("           ", measured.round(4), "of the step as it runs")

# %% Training.  From a small displacement, 1 % below the limit and 1 % above it.
for factor in 0.99, 1.01:
    sim = sg.Simulation(net, x, y, w + 1e-6, phi, factor * mu, 0.5 * nu)
    back = np.abs(sim.run(500).w - w).max() < 1e-6
    print(f"mu at {factor} of the limit:", "returns" if back else "leaves")

# %% From nothing: w = 0, phi = 0.  The SG learns what the gradient is while the weights follow it.
sim = sg.Simulation(net, x, y, np.zeros(3), np.zeros(3), 0.2 * mu, 0.2 * nu)
for steps in 0, 10, 100, 1000:
    now = net.evaluate(sim.run(steps - sim.time).w, sim.phi, x, y)
    print(f"step {steps:4d}: loss {now.loss:.6f}, SG's own {now.sg_loss:.2e}")
print(f"least squares: {np.mean(fit.residual**2) / 2:.6f}")

# %% A deep linear net.  An SG does not change the map that is learnt, but how layers share it out.
kappa = 0.5
shared = sg.Factorisation(fit.w, 3, sg_at="everywhere", kappa=kappa)
alone = sg.Factorisation(fit.w, 3)
print("norms of three layers:", alone.layers[:, 0].round(3), "by backprop,")
print("     with SGs, in theory:", shared.layers[:, 0].round(3))

# %% Trained from a small start, each SG taught by what arrives from the next: the norms that theory
# says.
deep = sg.Net(3, [sg.Dense(2), sg.Dense(2), sg.Dense(1)],
              modules=[sg.Module(1, target="arriving"), sg.Module(2)])
small = np.concatenate([W.ravel() for W in
                        sg.Factorisation(1e-3 * fit.w, 3).weights([2, 2], seed=1)])
sim = sg.Simulation(deep, x, y, small, deep.start_phi(), 0.02, 0.02 * kappa).run(10000)
norms = [np.linalg.norm(deep.layer(sim.w, i)[0], 2) for i in range(3)]
print("              as trained:", np.round(norms, 3))

# %% A verdict: a claim's case, its evidence row by row, and the control that has to fail.
verdict = sg.run_case("dy3_joint_spectrum")
print(verdict.claim, verdict.verdict, "- control:", verdict.control.verdict)
for row in verdict.rows[:3]:
    print(f"  {row.id}: {row.measured:.6g}, predicted {row.predicted:.6g}, margin {row.margin:.2g}")

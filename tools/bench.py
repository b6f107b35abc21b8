#!/usr/bin/env python3
"""Speed as ratios within one run: synthgrad's stepper against straightforward loops in NumPy on the same machine, one thread each."""
import json
import os
import subprocess
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
PROGRAM = "build/synthgrad"


def synthgrad(*arguments):
    return json.loads(subprocess.run([PROGRAM, "bench", *arguments, "--json"], check=True, capture_output=True, text=True).stdout)


def numpy_linear_regression(samples, features, steps):
    """The loop that anyone would write: full-batch linear regression with a linear SG at the output."""
    import numpy as np
    rng = np.random.default_rng(1)
    x = np.hstack([rng.standard_normal((samples, features - 1)), np.ones((samples, 1))])
    y = x @ rng.standard_normal(features) + 0.5 * rng.standard_normal(samples)
    w, a, b, c, rate = np.zeros(features), 0.0, 0.0, 0.0, 1e-3
    start = time.perf_counter()
    for _ in range(steps):
        p = x @ w
        s = a * p + b * y + c
        e = s - (p - y)
        grad_w = x.T @ s / samples
        grad_a, grad_b, grad_c = p @ e / samples, y @ e / samples, e.mean()
        w -= rate * grad_w
        a -= rate * grad_a
        b -= rate * grad_b
        c -= rate * grad_c
    return steps / (time.perf_counter() - start)


def main():
    try:
        import numpy  # noqa: F401
    except ImportError:
        sys.exit("bench: the peer is NumPy, a peer to measure against and no dependency: apt-get install python3-numpy")
    samples, features = 1000, 101
    print(f"linear regression with a linear SG, n = {samples}, d = {features}, float64, one thread; median of 5 pairs")
    for form, floor in (("sample", 1.5), ("compressed", 12), ("spectral", 500)):
        ratios = []
        for _ in range(5):
            ours = synthgrad("linear-regression", "--samples", str(samples), "--features", str(features), "--form", form)
            peer = numpy_linear_regression(samples, features, 4000)
            ratios.append(ours["steps_per_second"] / peer)
        ratio = sorted(ratios)[2]
        print(f"  {form:<11} {1e6 / ours['steps_per_second']:9.3f} us a step   {ratio:8.1f} x NumPy ({1e6 / peer:.1f} us)   "
              f"aim {floor} x   {ours['gflops']:.1f} of {ours['limit_gflops']:.0f} gflops")


if __name__ == "__main__":
    main()

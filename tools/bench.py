#!/usr/bin/env python3
"""Speed as ratios within one run: synthgrad's steppers against loops in NumPy and PyTorch on the same machine.

usage: bench.py [linear-regression] [deep-linear] [mlp]      all three without a name

"By the products alone" is the ratio of a step that is nothing but its matrix products by the fastest GEMM that was found: no program that makes
these products can have a larger one."""
import importlib.util
import json
import os
import subprocess
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
PROGRAM = "build/synthgrad"
PAIRS = 5
MLP_PAIRS = 3


def synthgrad(*arguments):
    return json.loads(subprocess.run([PROGRAM, "bench", *arguments, "--json"], check=True, capture_output=True, text=True).stdout)


def numpy_linear_regression(samples, features, steps):
    """The loop that anyone would write: full-batch linear regression with a linear SG at the output.  Steps a second of processor time, as ours."""
    import numpy as np
    rng = np.random.default_rng(1)
    x = np.hstack([rng.standard_normal((samples, features - 1)), np.ones((samples, 1))])
    y = x @ rng.standard_normal(features) + 0.5 * rng.standard_normal(samples)
    w, a, b, c, rate = np.zeros(features), 0.0, 0.0, 0.0, 1e-3
    start = time.process_time()
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
    return steps / (time.process_time() - start)


def median(values):
    return sorted(values)[len(values) // 2]


def linear_regression():
    try:
        import numpy  # noqa: F401
    except ImportError:
        print("linear regression: the peer is NumPy, a peer to measure against and no dependency: apt-get install python3-numpy")
        return
    samples, features = 1000, 101
    print(f"linear regression with a linear SG, n = {samples}, d = {features}, float64, one thread; median of {PAIRS} pairs")
    for form, floor in (("sample", 1.5), ("compressed", 12), ("spectral", 500)):
        ratios = []
        for _ in range(PAIRS):
            ours = synthgrad("linear-regression", "--samples", str(samples), "--features", str(features), "--form", form)
            peer = numpy_linear_regression(samples, features, 4000)
            ratios.append(ours["steps_per_second"] / peer)
        print(f"  {form:<11} {1e6 / ours['steps_per_second']:9.3f} us a step   {median(ratios):8.1f} x NumPy ({1e6 / peer:.1f} us)   "
              f"aim {floor} x   {ours['gflops']:.1f} of {ours['limit_gflops']:.0f} gflops")


def torch_deep_linear(samples, width, layers, outputs, threads):
    """Seconds a step of both loops of bench_torch.py; a process of its own, where the number of threads is set before the BLAS starts."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
    words = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench_torch.py"), *map(str, (samples, width, layers, outputs, threads, 1))]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout)


def deep_linear():
    if importlib.util.find_spec("torch") is None:
        print("deep linear nets: the peer is PyTorch, a peer to measure against and no dependency: apt-get install python3-torch")
        return
    layers, outputs, cores = 10, 2, os.cpu_count() or 1
    for samples, width, floor in ((1000, 100, 12), (100, 2, 100)):
        print(f"{layers} hidden linear layers of {width}, one linear SG in their middle, n = {samples}, inputs of {width} and ones, {outputs} outputs, float64, "
              f"one thread; median of {PAIRS} pairs")
        ours, peers = {"compressed": [], "sample": []}, []
        for _ in range(PAIRS):
            for form, runs in ours.items():
                runs.append(synthgrad("deep-linear", "--samples", str(samples), "--width", str(width), "--layers", str(layers), "--outputs", str(outputs),
                                      "--form", form))
            peers.append(torch_deep_linear(samples, width, layers, outputs, 1))
        best = [min(p["manual"], p["autograd"]) for p in peers]
        for form, runs in ours.items():
            rates = [r["steps_per_second"] for r in runs]
            ratio = median([a * b for a, b in zip(rates, best)])
            aim = f"   aim {floor} x" if form == "compressed" else ""
            print(f"  {form:<11} {1e6 / median(rates):9.3f} us a step   {ratio:8.1f} x PyTorch   {median([r['gflops'] for r in runs]):.1f} of "
                  f"{median([r['limit_gflops'] for r in runs]):.0f} gflops{aim}")
        many = torch_deep_linear(samples, width, layers, outputs, cores)
        print(f"  PyTorch {peers[0]['torch']}: {1e6 * median([p['manual'] for p in peers]):.1f} us a step by hand, "
              f"{1e6 * median([p['autograd'] for p in peers]):.1f} us by autograd, {1e6 * min(many['manual'], many['autograd']):.1f} us on {cores} threads; "
              "the ratios are to the faster loop")


def torch_mlp(width, layers, batch, rule, threads, core):
    """Seconds a step of the fastest loop of bench_torch_mlp.py, and which.  core: the kernels OpenBLAS takes, since Debian's does not know newer processors."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads), **({"OPENBLAS_CORETYPE": core} if core else {}))
    words = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench_torch_mlp.py"), *map(str, (width, layers, batch, rule, threads, 1))]
    answer = json.loads(subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout)
    return min((seconds, f"{name}{', OPENBLAS_CORETYPE=' + core if core else ''}") for name, seconds in answer.items() if isinstance(seconds, float))


def mlp():
    width, layers, batch, rule, cores = 512, 20, 256, "sg", min(2, os.cpu_count() or 1)
    sizes = ("--width", str(width), "--layers", str(layers), "--batch", str(batch), "--rule", rule)
    with open("/proc/cpuinfo", encoding="ascii") as file:
        kinds = (None, "SkylakeX") if "avx512f" in file.read() else (None,)
    print(f"{layers} hidden ReLU layers of {width}, one linear SG in their middle, batch {batch}, float32, Adam; median of {MLP_PAIRS} pairs; "
          f"one thread by processor time, {cores} by the clock, load {os.getloadavg()[0]:.1f}")
    torch = importlib.util.find_spec("torch") is not None
    if not torch:
        print("  the peer is PyTorch, a peer to measure against and no dependency: apt-get install python3-torch")
    best, products = {}, {}
    for threads in range(1, cores + 1):
        runs, peers = [], {kind: [] for kind in kinds}
        for _ in range(MLP_PAIRS):
            runs.append(synthgrad("mlp", *sizes, "--threads", str(threads)))
            for kind in kinds if torch else ():
                peers[kind].append(torch_mlp(width, layers, batch, rule, threads, kind))
        seconds = [1 / r["steps_per_second"] for r in runs]
        best[threads] = [median(seconds)]
        products[threads] = median([r["gemm_seconds"] for r in runs])
        print(f"  {threads} thread{'s' if threads > 1 else ' '}   {1e3 * median(seconds):8.2f} ms a step, {batch / median(seconds):.0f} samples_per_second   "
              f"{median([r['gflops'] for r in runs]):.0f} of {median([r['limit_gflops'] for r in runs]):.0f} gflops   ideal "
              f"{1e3 * median([r['ideal_seconds'] for r in runs]):.2f} ms: GEMM {1e3 * products[threads]:.2f} ms and "
              f"{1e-6 * runs[0]['copied_bytes']:.0f} MB at {1e-9 * median([r['copy_bytes_per_second'] for r in runs]):.1f} GB/s; a step takes "
              f"{1 / median([r['share_of_ideal'] for r in runs]):.2f} of it   aim at most 1.05")
        rates = {name: median([r["gemm_gflops"].get(name, 0) for r in runs]) for name in runs[0]["gemm_gflops"]}
        print("               its products by " + ", ".join(f"{name} {rate:.0f} gflops ({rate / max(rates.values()):.2f} of the best)" for name, rate in rates.items()))
        for kind in kinds if torch else ():
            ratio = median([peer[0] / ours for peer, ours in zip(peers[kind], seconds)])
            middle = sorted(peers[kind])[MLP_PAIRS // 2]
            best[threads].append(middle[0])
            aim = "   aim 1.5 x" if threads == 1 else ""
            print(f"               {ratio:8.2f} x PyTorch ({1e3 * middle[0]:.1f} ms: {middle[1]}); by the products alone "
                  f"{middle[0] / products[threads]:.2f} x{aim}")
    if torch:
        theirs = min(min(b[1:]) for b in best.values())
        print(f"  best setting to best setting {theirs / min(b[0] for b in best.values()):.2f} x PyTorch; by the products alone "
              f"{theirs / min(products.values()):.2f} x   aim 2.7 x")


PARTS = {"linear-regression": linear_regression, "deep-linear": deep_linear, "mlp": mlp}


def main():
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()

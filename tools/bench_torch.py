#!/usr/bin/env python3
"""The peer of `bench deep-linear`: a full-batch loop in PyTorch, float64, written twice; prints seconds a step of each as JSON.

usage: bench_torch.py SAMPLES WIDTH LAYERS OUTPUTS THREADS SECONDS

Both loops do what a step of the benchmark does: hidden layers without biases, MSE, one linear SG s = h A + y B + C in the middle that is
taught the true gradient, weights below it driven by s, all updates from the same state.
  manual    matrix products into buffers kept from step to step, the update fused into the product (addmm_), transposed views made once
  autograd  the same step by .backward() through a detached boundary, as most people would write it"""
import json
import sys
import time

import torch


def setup(samples, width, layers, outputs):
    torch.manual_seed(1)
    x = torch.cat([torch.randn(samples, width), torch.ones(samples, 1)], 1)
    y = torch.randn(samples, outputs)
    sizes = [width + 1] + layers * [width] + [outputs]
    weights = [torch.randn(a, b) / max(a, b) ** 0.5 for a, b in zip(sizes, sizes[1:])]
    at = (layers + 1) // 2
    phi = [torch.zeros(sizes[at], sizes[at]), torch.zeros(outputs, sizes[at]), torch.zeros(1, sizes[at])]
    return x, y, weights, at, phi


def manual(x, y, weights, at, phi, rate):
    """One step as a closure; nothing is allocated inside."""
    top, scale = len(weights), -rate / len(x)
    h = [x] + [torch.empty(len(x), w.shape[1]) for w in weights]
    g = [None] + [torch.empty_like(a) for a in h[1:]]
    s, ones = torch.empty_like(h[at]), torch.ones(len(x), 1)
    down, up, yt, onest = [w.t() for w in weights], [a.t() for a in h], y.t(), ones.t()

    def step():
        for i, w in enumerate(weights):
            torch.mm(h[i], w, out=h[i + 1])
        torch.sub(h[top], y, out=g[top])
        for i in range(top, 0, -1):
            delta = g[i]
            if i == at:
                torch.addmm(phi[2], y, phi[1], out=s)
                s.addmm_(h[i], phi[0])
                error = torch.sub(s, g[i], out=g[i])
                phi[0].addmm_(up[i], error, alpha=scale)
                phi[1].addmm_(yt, error, alpha=scale)
                phi[2].addmm_(onest, error, alpha=scale)
                delta = s
            if i > 1:
                torch.mm(delta, down[i - 1], out=g[i - 1])
            weights[i - 1].addmm_(up[i - 1], delta, alpha=scale)
    return step


def autograd(x, y, weights, at, phi, rate):
    weights, phi, n = [w.clone().requires_grad_() for w in weights], [p.clone().requires_grad_() for p in phi], len(x)
    everything = weights + phi

    def step():
        below = x
        for w in weights[:at]:
            below = below @ w
        h = below.detach().requires_grad_()
        p = h
        for w in weights[at:]:
            p = p @ w
        loss = (p - y).square().sum() / 2
        gradients = torch.autograd.grad(loss, [h] + weights[at:])
        s = torch.addmm(phi[2], y, phi[1]).addmm(h.detach(), phi[0])
        gradients_phi = torch.autograd.grad((s - gradients[0]).square().sum() / 2, phi)
        gradients_below = torch.autograd.grad(below, weights[:at], s.detach())
        with torch.no_grad():
            torch._foreach_add_(everything, [*gradients_below, *gradients[1:], *gradients_phi], alpha=-rate / n)
    return step


def time_step(make, arguments, seconds):
    """Seconds a step, the fastest of the rounds that fit into `seconds`; on one thread processor time, which other users of the machine do not lengthen."""
    x, y, weights, at, phi = setup(*arguments)
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    with torch.no_grad() if make is manual else torch.enable_grad():
        step, best, rounds, steps = make(x, y, weights, at, phi, 1e-4), float("inf"), 0, 1
        stop = time.perf_counter() + seconds
        while rounds < 3 or time.perf_counter() < stop:
            start = clock()
            for _ in range(steps):
                step()
            best, rounds = min(best, (clock() - start) / steps), rounds + 1
            steps = max(1, int(2e-3 / best))
    return best


def main():
    samples, width, layers, outputs, threads = map(int, sys.argv[1:6])
    torch.set_num_threads(threads)
    torch.set_default_dtype(torch.float64)
    arguments, seconds = (samples, width, layers, outputs), float(sys.argv[6])
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(),
                      "manual": time_step(manual, arguments, seconds), "autograd": time_step(autograd, arguments, seconds)}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The peer of `bench mlp`: minibatch training in PyTorch, float32, ReLU, softmax, Adam; prints seconds a step of each way to write it as JSON.

usage: bench_torch_mlp.py WIDTH LAYERS BATCH RULE THREADS SECONDS

A step does what a step of the benchmark does (rule sg: one linear SG s = h A + y B + C in the middle that is taught the true gradient and drives the
layers below it; bp: none), but has its one minibatch as rows from the start and reads no loss.
  manual    products into buffers kept from step to step, gradients by hand
  autograd  by torch.autograd through a detached boundary, as most people would write it
each with torch.optim.Adam over lists of tensors (foreach) and tensor by tensor (single)."""
import json
import sys
import time

import torch
from torch.nn import functional

PIXELS, CLASSES = 784, 10


class Net:
    def __init__(self, width, layers, batch, rule, foreach):
        torch.manual_seed(1)
        self.x, self.label = torch.rand(batch, PIXELS), torch.randint(CLASSES, (batch,))
        self.y = functional.one_hot(self.label, CLASSES).float()
        sizes = [PIXELS] + layers * [width] + [CLASSES]
        self.w = [torch.randn(a, b) * (2 / a) ** 0.5 for a, b in zip(sizes, sizes[1:])]
        self.b = [torch.zeros(b) for b in sizes[1:]]
        self.at = (layers + 1) // 2 if rule == "sg" else 0
        self.phi = [torch.zeros(width, width), torch.zeros(CLASSES, width), torch.zeros(width)] if self.at else []
        self.everything = self.w + self.b + self.phi
        for p in self.everything:
            p.requires_grad_()
        self.adam = torch.optim.Adam(self.everything, lr=1e-5, foreach=foreach)


def layer(h, w, b, last):
    z = torch.addmm(b, h, w)
    return z if last else z.relu_()


def autograd(net):
    top, at = len(net.w), net.at

    def step():
        below = net.x
        for i in range(at):
            below = layer(below, net.w[i], net.b[i], False)
        h = below.detach().requires_grad_() if at else net.x
        p = h
        for i in range(at, top):
            p = layer(p, net.w[i], net.b[i], i + 1 == top)
        loss = functional.cross_entropy(p, net.label)
        if not at:
            net.adam.zero_grad(set_to_none=True)
            loss.backward()
            net.adam.step()
            return
        upper = net.w[at:] + net.b[at:]
        g, *gradients = torch.autograd.grad(loss, [h] + upper)
        s = torch.addmm(net.phi[2], h.detach(), net.phi[0]).addmm(net.y, net.phi[1])
        error = torch.autograd.grad((s - len(net.x) * g).square().sum() / (2 * len(net.x)), net.phi)
        lower = net.w[:at] + net.b[:at]
        down = torch.autograd.grad(below, lower, s.detach() / len(net.x))
        for p, d in zip(upper + net.phi + lower, [*gradients, *error, *down]):
            p.grad = d
        net.adam.step()
    return step


def manual(net):
    top, at, n = len(net.w), net.at, len(net.x)
    w, b, phi = ([p.detach() for p in group] for group in (net.w, net.b, net.phi))
    h = [net.x] + [torch.empty(n, a.shape[1]) for a in w]
    g = [None] + [torch.empty_like(a) for a in h[1:]]
    for p in net.everything:
        p.grad = torch.zeros_like(p)
    dw, db, dphi = ([p.grad for p in group] for group in (net.w, net.b, net.phi))
    s = torch.empty_like(h[at]) if at else None
    down, up, yt = [a.t() for a in w], [a.t() for a in h], net.y.t()

    def step():
        for i in range(top):
            torch.addmm(b[i], h[i], w[i], out=h[i + 1])
            if i + 1 < top:
                h[i + 1].relu_()
        torch.softmax(h[top], 1, out=g[top])
        g[top].sub_(net.y).div_(n)
        for i in range(top, 0, -1):
            delta = g[i]
            if i < top:
                torch.ops.aten.threshold_backward(g[i], h[i], 0, grad_input=g[i])
            if i == at:
                torch.addmm(phi[2], h[i], phi[0], out=s).addmm_(net.y, phi[1])
                error = truth.mul_(-n).add_(s).div_(n)
                torch.mm(up[i], error, out=dphi[0])
                torch.mm(yt, error, out=dphi[1])
                torch.sum(error, 0, out=dphi[2])
                delta = s.div_(n)
                torch.ops.aten.threshold_backward(s, h[i], 0, grad_input=s)
            if i > 1:
                torch.mm(delta, down[i - 1], out=g[i - 1])
                if i - 1 == at:
                    truth = g[i - 1].clone()
            torch.mm(up[i - 1], delta, out=dw[i - 1])
            torch.sum(delta, 0, out=db[i - 1])
        net.adam.step()
    return step


def time_step(make, net, seconds):
    """Seconds a step, the fastest; on one thread processor time, which other users of the machine do not lengthen."""
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    with torch.no_grad() if make is manual else torch.enable_grad():
        step, best, rounds = make(net), float("inf"), 0
        stop = time.perf_counter() + seconds
        while rounds < 2 or time.perf_counter() < stop:      # on a busy machine a step on two threads takes seconds
            start = clock()
            step()
            best, rounds = min(best, clock() - start), rounds + 1
    return best


def main():
    width, layers, batch = map(int, sys.argv[1:4])
    rule, threads, seconds = sys.argv[4], int(sys.argv[5]), float(sys.argv[6])
    torch.set_num_threads(threads)
    result = {"torch": torch.__version__, "threads": torch.get_num_threads()}
    for make in (manual, autograd):
        for foreach in (True, False):
            result[f"{make.__name__} {'foreach' if foreach else 'single'}"] = time_step(make, Net(width, layers, batch, rule, foreach), seconds)
    print(json.dumps(result))


if __name__ == "__main__":
    main()

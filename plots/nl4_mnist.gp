# NL4 at the size of the paper, on MNIST: the same figure from another case.
load 'plots/nl4_probes.gp'

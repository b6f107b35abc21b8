# NL5 at the size of the paper, on MNIST: the same figure from another case.
load 'plots/nl5_weight_norms.gp'

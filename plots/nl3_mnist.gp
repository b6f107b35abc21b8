# NL3 at the size of the paper, on MNIST: the same figure from another case.
load 'plots/nl3_dissimilarity.gp'

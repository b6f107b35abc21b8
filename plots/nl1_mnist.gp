# NL1 at the size of the paper, on MNIST: the same figure from another case.
load 'plots/nl1_learning_curves.gp'

# NL6 on MNIST: the same figure from another case.
load 'plots/nl6_one_framework.gp'

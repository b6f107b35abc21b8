# NL6 on MNIST: the same figure from another case.
finding = "MNIST, one rate for all: the SG rules end where backprop does, or a little ahead"
load 'plots/nl6_one_framework.gp'

# NL1 at the size of the paper, on MNIST, relu: the same figure from another case.
finding = "At the paper's size depth hurts backprop, and less so a net with one SG"
rates = ", one rate for all"
names_x = 0.36
load 'plots/nl1_learning_curves.gp'

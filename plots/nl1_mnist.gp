# NL1 at the size of the paper, on MNIST, relu: left, training loss under backprop (solid) and with one SG (dashed), means over five starts; right, test accuracy at
# the end, means and 95 % intervals. Drawn from the columns in proofs/results where the case has not been run.
finding = "At the paper's size depth hurts backprop, and less so a net with one SG"
rates = ", one rate for all"
names_x = 0.36
load 'plots/nl1_learning_curves.gp'

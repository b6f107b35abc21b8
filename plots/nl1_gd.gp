# NL1 under plain gradient descent: left, training loss under backprop (solid) and with one SG (dashed); right, test accuracy at the end, means and 95 % intervals over seeds.
finding = "Under SGD one SG is slower at first, and behind where the net is shallow"
load 'plots/nl1_learning_curves.gp'

# NL1 with sigmoids: left, training loss under backprop (solid) and with one SG (dashed); right, test accuracy at the end, means and 95 % intervals over seeds.
finding = "With sigmoids one SG is slower at first, and behind at the end"
units = "sigmoid"
load 'plots/nl1_learning_curves.gp'

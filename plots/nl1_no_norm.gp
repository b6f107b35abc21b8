# NL1 without batch norm: left, training loss under backprop (solid) and with one SG (dashed); right, test accuracy at the end, means and 95 % intervals over seeds.
finding = "Without batch norm one SG is slower at first"
load 'plots/nl1_learning_curves.gp'

# NL1 without batch norm: left, training loss under backprop (solid) and with one SG (dashed); right, test accuracy at the end, means and 95 % intervals over seeds.
finding = "Without batch norm one SG trains slower to the end, and tests alike"
load 'plots/nl1_learning_curves.gp'

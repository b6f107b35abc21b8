# NL1 with sigmoids, the same figure from another case.
finding = "sigmoid, each rule at its best rates: one SG is slower at first, and behind at the end"
load 'plots/nl1_learning_curves.gp'

# NL4 at the size of the paper, on MNIST: test error of a linear probe on each block, under four rules from the same starts: means and, shaded for two of them,
# least and largest over seeds. Black: with one SG the error four blocks below it, and at the end.
# Drawn from the columns in proofs/results where the case has not been run.
finding = "With one SG the digits are read as well four blocks below it as at the end"
errors = 4
load 'plots/nl4_probes.gp'

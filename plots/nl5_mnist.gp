# NL5 at the size of the paper, on MNIST: the same figure from another case.
# Drawn from the columns in proofs/results where the case has not been run.
finding = "Adam, the paper's size: below one SG norms rise, and start again above it"
load 'plots/nl5_weight_norms.gp'

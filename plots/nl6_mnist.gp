# NL6 on MNIST: ten ways to give the layers of one net their error, ordered by the test error that they end with; beside each name what an update waits for. Shaded: within a
# point of backprop.
# Drawn from the columns in proofs/results where the case has not been run.
finding = "MNIST, one rate for all: every SG rule ends within a point of backprop"
within = 1
load 'plots/nl6_one_framework.gp'

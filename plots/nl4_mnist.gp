# NL4 at the size of the paper, on MNIST, 20 blocks of 512, five starts: left, the training loss over the epochs, means; right, test accuracy of a linear probe on each
# block, means and, shaded, least and largest. SGs everywhere (green) are not at rest. Drawn from the columns in proofs/results where the case has not been run.
finding = "With one SG the digits are read as well four blocks below it as at the end"
load 'plots/nl4_probes.gp'

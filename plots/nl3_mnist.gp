# NL3 at the size of the paper, on MNIST, 20 blocks of 512, five starts: left, between-class share of the variance, means and, shaded, least and largest. Right, from
# above: how alike blocks are (CKA) within nets of each rule, and between backprop's and each other rule's; how unlike two images are in the block below the SG,
# images sorted by their digit. SGs everywhere (green) are not at rest. Drawn from the columns in proofs/results where the case has not been run.
load 'plots/nl3_dissimilarity.gp'

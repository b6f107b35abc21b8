# NL5 at the size of the paper, on MNIST, 20 blocks of 512, five starts: norms of the weights over those of the start, and the ledger, which Adam does not keep.
# Drawn from the columns in proofs/results where the case has not been run.
finding = "Adam at the paper's size: norms rise to the SG and start again above it"
load 'plots/nl5_weight_norms.gp'

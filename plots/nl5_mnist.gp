# NL5 at the size of the paper, on MNIST: the same figure from another case.
finding = "Adam at the paper's size: norms rise to the SG and start again above it"
load 'plots/nl5_weight_norms.gp'

# NL8: the same figure from another case.
where = "MNIST: "
load 'plots/nl8_ledger.gp'

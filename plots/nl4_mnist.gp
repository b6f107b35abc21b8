# NL4 at the size of the paper, on MNIST: the same figure from another case.
finding = "With one SG the digits are read as well four blocks below it as at the end"
load 'plots/nl4_probes.gp'

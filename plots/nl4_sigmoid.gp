# NL4 in another scope: the same figure from another case.
load 'plots/nl4_probes.gp'

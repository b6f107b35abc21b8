# NL3 in another scope: the same figure from another case.
load 'plots/nl3_dissimilarity.gp'

# NL3 where all rules have learned what they will: the same figure from another case.
load 'plots/nl3_dissimilarity.gp'

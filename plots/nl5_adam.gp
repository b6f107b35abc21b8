# NL5 under Adam: the same figure from another case.
load 'plots/nl5_weight_norms.gp'

# NL5 where all rules have learned what they will: the same figure from another case.
load 'plots/nl5_weight_norms.gp'

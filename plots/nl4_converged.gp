# NL4 where all rules have learned what they will: the same figure from another case.
load 'plots/nl4_probes.gp'

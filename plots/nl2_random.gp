# NL2, the same figure from another case.
load 'plots/nl2_seen_loss.gp'

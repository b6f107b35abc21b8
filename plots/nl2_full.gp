# NL2 at full size: the true loss of label 1 over a plane of inputs beside what the SGs see of it, and how well it agrees.
load 'plots/nl2_seen_loss.gp'

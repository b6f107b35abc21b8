# NL2 where every SG is applied: the true loss of label 1 over a plane of inputs beside what the SGs of six relu layers see of it, and how well it agrees.
finding = "Driven by SGs, a net stays where linear SGs see its loss"
load 'plots/nl2_seen_loss.gp'

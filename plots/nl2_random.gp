# NL2 where the labels are fair coins: the true loss of label 1 over a plane of inputs beside what the SGs of six relu layers see of it, and how well it agrees.
finding = "Labels by fair coins: far below the loss and late, none of it is seen"
load 'plots/nl2_seen_loss.gp'

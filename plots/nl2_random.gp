# NL2, the same figure from another case.
finding = "Labels by fair coins: seen near the loss, late not even three layers below it (loss of label 1, six relu layers)"
load 'plots/nl2_seen_loss.gp'

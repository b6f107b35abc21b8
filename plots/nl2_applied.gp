# NL2, the same figure from another case.
finding = "Every SG applied: the net stays where linear SGs see its loss, early and late (loss of label 1, six relu layers)"
load 'plots/nl2_seen_loss.gp'

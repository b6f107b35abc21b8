# DY1 with a null space: the same figure from another case.
load 'plots/dy1_backprop.gp'

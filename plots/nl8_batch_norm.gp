# NL8: the same figure from another case.
load 'plots/nl8_ledger.gp'

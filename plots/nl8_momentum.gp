# NL8: the same figure from another case.
where = "Momentum too: "
load 'plots/nl8_ledger.gp'

# A case as one replicate without its control: `sed -f tests/one_replicate.sed cases/NAME.cfg`.
/^control/d
s/replicates = [0-9]*/replicates = 1/

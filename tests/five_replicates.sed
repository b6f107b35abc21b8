# A case in five replicates at most, without its control: `sed -f tests/five_replicates.sed FILE`.
/^control/d
s/replicates = [1-9][0-9][0-9]*/replicates = 5/
s/replicates = [6-9]/replicates = 5/

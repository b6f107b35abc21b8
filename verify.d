verify.o: src/cli/verify.c src/cli/cases.h include/synthgrad/base.h \
 src/cli/cli.h include/synthgrad/claim.h include/synthgrad/case.h \
 include/synthgrad/images.h include/synthgrad/data.h \
 include/synthgrad/sim.h include/synthgrad/net.h \
 include/synthgrad/report.h
src/cli/cases.h:
include/synthgrad/base.h:
src/cli/cli.h:
include/synthgrad/claim.h:
include/synthgrad/case.h:
include/synthgrad/images.h:
include/synthgrad/data.h:
include/synthgrad/sim.h:
include/synthgrad/net.h:
include/synthgrad/report.h:

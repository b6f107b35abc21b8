json.o: src/report/json.c include/synthgrad/report.h \
 include/synthgrad/claim.h include/synthgrad/case.h \
 include/synthgrad/images.h include/synthgrad/data.h \
 include/synthgrad/base.h include/synthgrad/sim.h include/synthgrad/net.h
include/synthgrad/report.h:
include/synthgrad/claim.h:
include/synthgrad/case.h:
include/synthgrad/images.h:
include/synthgrad/data.h:
include/synthgrad/base.h:
include/synthgrad/sim.h:
include/synthgrad/net.h:

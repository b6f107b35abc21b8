page.o: src/report/page.c src/report/html.h include/synthgrad/base.h \
 include/synthgrad/report.h include/synthgrad/claim.h \
 include/synthgrad/case.h include/synthgrad/images.h \
 include/synthgrad/data.h include/synthgrad/sim.h include/synthgrad/net.h
src/report/html.h:
include/synthgrad/base.h:
include/synthgrad/report.h:
include/synthgrad/claim.h:
include/synthgrad/case.h:
include/synthgrad/images.h:
include/synthgrad/data.h:
include/synthgrad/sim.h:
include/synthgrad/net.h:

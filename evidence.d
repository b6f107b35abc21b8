evidence.o: src/judge/evidence.c src/judge/judge.h \
 include/synthgrad/claim.h include/synthgrad/case.h \
 include/synthgrad/images.h include/synthgrad/data.h \
 include/synthgrad/base.h include/synthgrad/sim.h include/synthgrad/net.h
src/judge/judge.h:
include/synthgrad/claim.h:
include/synthgrad/case.h:
include/synthgrad/images.h:
include/synthgrad/data.h:
include/synthgrad/base.h:
include/synthgrad/sim.h:
include/synthgrad/net.h:

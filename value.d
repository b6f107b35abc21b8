value.o: src/case/value.c src/case/schema.h include/synthgrad/case.h \
 include/synthgrad/images.h include/synthgrad/data.h \
 include/synthgrad/base.h include/synthgrad/sim.h include/synthgrad/net.h
src/case/schema.h:
include/synthgrad/case.h:
include/synthgrad/images.h:
include/synthgrad/data.h:
include/synthgrad/base.h:
include/synthgrad/sim.h:
include/synthgrad/net.h:

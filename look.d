look.o: src/claim/nl2/look.c src/claim/nl2/parts.h src/lab/statistics.h \
  src/lab/lab.h include/synthgrad/claim.h include/synthgrad/case.h \
  include/synthgrad/images.h include/synthgrad/data.h \
  include/synthgrad/base.h include/synthgrad/sim.h \
  include/synthgrad/net.h include/synthgrad/closed.h

src/claim/nl2/parts.h:

src/lab/statistics.h:

src/lab/lab.h:

include/synthgrad/claim.h:

include/synthgrad/case.h:

include/synthgrad/images.h:

include/synthgrad/data.h:

include/synthgrad/base.h:

include/synthgrad/sim.h:

include/synthgrad/net.h:

include/synthgrad/closed.h:

rules.o: src/claim/nl6/rules.c src/claim/nl6/parts.h src/lab/nl.h \
  src/lab/statistics.h src/lab/lab.h include/synthgrad/claim.h \
  include/synthgrad/case.h include/synthgrad/images.h \
  include/synthgrad/data.h include/synthgrad/base.h \
  include/synthgrad/sim.h include/synthgrad/net.h \
  include/synthgrad/train.h

src/claim/nl6/parts.h:

src/lab/nl.h:

src/lab/statistics.h:

src/lab/lab.h:

include/synthgrad/claim.h:

include/synthgrad/case.h:

include/synthgrad/images.h:

include/synthgrad/data.h:

include/synthgrad/base.h:

include/synthgrad/sim.h:

include/synthgrad/net.h:

include/synthgrad/train.h:

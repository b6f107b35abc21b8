nl_trained.o: src/lab/nl_trained.c src/lab/nl_trained.h src/lab/nl.h \
  src/lab/statistics.h src/lab/lab.h include/synthgrad/claim.h \
  include/synthgrad/case.h include/synthgrad/images.h \
  include/synthgrad/data.h include/synthgrad/base.h \
  include/synthgrad/sim.h include/synthgrad/net.h \
  include/synthgrad/train.h

src/lab/nl_trained.h:

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

nl.o: src/lab/nl.c src/judge/judge.h include/synthgrad/claim.h \
  include/synthgrad/case.h include/synthgrad/images.h \
  include/synthgrad/data.h include/synthgrad/base.h \
  include/synthgrad/sim.h include/synthgrad/net.h src/lab/nl.h \
  src/lab/statistics.h src/lab/lab.h include/synthgrad/train.h

src/judge/judge.h:

include/synthgrad/claim.h:

include/synthgrad/case.h:

include/synthgrad/images.h:

include/synthgrad/data.h:

include/synthgrad/base.h:

include/synthgrad/sim.h:

include/synthgrad/net.h:

src/lab/nl.h:

src/lab/statistics.h:

src/lab/lab.h:

include/synthgrad/train.h:

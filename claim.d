claim.o: src/claim/nl7/claim.c src/lab/lab.h include/synthgrad/claim.h \
  include/synthgrad/case.h include/synthgrad/images.h \
  include/synthgrad/data.h include/synthgrad/base.h \
  include/synthgrad/sim.h include/synthgrad/net.h

src/lab/lab.h:

include/synthgrad/claim.h:

include/synthgrad/case.h:

include/synthgrad/images.h:

include/synthgrad/data.h:

include/synthgrad/base.h:

include/synthgrad/sim.h:

include/synthgrad/net.h:

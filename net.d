net.o: src/net/net.c src/net/internal.h src/net/ops.h \
  include/synthgrad/net.h include/synthgrad/data.h \
  include/synthgrad/base.h

src/net/internal.h:

src/net/ops.h:

include/synthgrad/net.h:

include/synthgrad/data.h:

include/synthgrad/base.h:

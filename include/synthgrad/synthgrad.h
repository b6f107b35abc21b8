/* synthgrad.h - everything: every public header. */
#ifndef SYNTHGRAD_SYNTHGRAD_H
#define SYNTHGRAD_SYNTHGRAD_H

#include "synthgrad/analyze.h"
#include "synthgrad/base.h"
#include "synthgrad/case.h"
#include "synthgrad/cert.h"
#include "synthgrad/claim.h"
#include "synthgrad/closed.h"
#include "synthgrad/data.h"
#include "synthgrad/deep.h"
#include "synthgrad/images.h"
#include "synthgrad/logloss.h"
#include "synthgrad/net.h"
#include "synthgrad/report.h"
#include "synthgrad/search.h"
#include "synthgrad/sim.h"
#include "synthgrad/study.h"
#include "synthgrad/train.h"

#endif

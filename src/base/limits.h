/* limits.h - private: is there room to work in? */
#ifndef SG_BASE_LIMITS_H
#define SG_BASE_LIMITS_H

#include "synthgrad/base.h"

/* Looks at the limits of this process before it works on `threads` threads.  SG_BAD_INPUT, with a
 * line that says which is too low and what to change: the stack, or the address space.  Where the
 * address space is limited it takes the BLAS's buffers at once.  Call it before sg_base_init. */
enum sg_status sg_base_check_limits(size_t threads, struct sg_error *err) SG_MUST_CHECK;

#endif

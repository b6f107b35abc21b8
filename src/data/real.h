/* real.h - private: arrays in a type that is known when the program runs. */
#ifndef SG_DATA_REAL_H
#define SG_DATA_REAL_H

#include "synthgrad/data.h"

/* Bytes of an entry. */
static inline size_t sg_real_size(enum sg_dtype dtype)
{
    return dtype == SG_F32 ? sizeof(float) : sizeof(double);
}

/* Entry i. */
static inline double sg_real_at(const void *array, size_t i, enum sg_dtype dtype)
{
    return dtype == SG_F32 ? (double)((const float *)array)[i] : ((const double *)array)[i];
}

#endif

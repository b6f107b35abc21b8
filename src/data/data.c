/* A data set's memory. */
#include <stdlib.h>

#include "synthgrad/data.h"

void sg_data_alloc(struct sg_data *data, size_t n, size_t d, size_t m)
{
    SG_REQUIRE(data);
    *data = (struct sg_data){.n = n,
                             .d = d,
                             .m = m,
                             .x = SG_NEW(n * d, double),
                             .y = SG_NEW(n * m, double),
                             .one = SG_NEW(n, double)};
    for (size_t i = 0; i < n; i++)
        data->one[i] = 1.0;
}

void sg_data_free(struct sg_data *data)
{
    if (!data)
        return;
    free(data->x);
    free(data->y);
    free(data->one);
    *data = (struct sg_data){0};
}

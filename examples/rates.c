/* rates DATA.csv TARGET: at which learning rates does linear regression on these data settle, with
 * the true gradient and with a linear synthetic gradient in its place (DY3)?
 *
 *     cc rates.c $(pkg-config --cflags --libs synthgrad) -o rates */
#include <stdio.h>
#include <synthgrad/synthgrad.h>

static int fail(const struct sg_error *err)
{
    fprintf(stderr, "rates: %s\n", err->text);
    return 2;
}

int main(int argc, char **argv)
{
    const struct sg_design_options options = {.standardise = true, .intercept = true};
    struct sg_table table;
    struct sg_design design;
    struct sg_data data;
    struct sg_fit *fit;
    struct sg_error err;
    if (argc != 3) {
        fprintf(stderr, "usage: rates DATA.csv TARGET\n");
        return 2;
    }
    const char *const targets[] = {argv[2]};
    sg_base_init();
    if (sg_data_read_csv(&table, argv[1], &err) != SG_OK)
        return fail(&err);
    if (sg_data_make_design(&data, &design, &table, argv[1], targets, 1, &options, &err) != SG_OK)
        return fail(&err);
    const enum sg_status status = sg_closed_fit_alloc(&fit, &data);
    if (status != SG_OK) {
        fprintf(stderr, "rates: %s\n", sg_base_status_text(status));
        return 1;
    }
    const struct sg_rates mu = sg_closed_rates(fit->lambda_x, fit->d),
                          nu = sg_closed_rates(fit->lambda_z, fit->q);
    printf("%zu rows, %zu features\n", table.rows, design.features);
    printf("weights settle for mu < %.6g, fastest at %.6g\n", mu.critical, mu.optimal);
    printf("the SG settles for nu < %.6g, fastest at %.6g\n", nu.critical, nu.optimal);
    sg_closed_fit_free(fit);
    sg_data_free(&data);
    sg_data_design_free(&design);
    sg_data_table_free(&table);
    return 0;
}

/* verdict CASE.cfg: judges a case as `synthgrad run` does and reads its evidence: each row with what
 * was measured, what was predicted and how much of the tolerance was needed.
 *
 *     cc verdict.c $(pkg-config --cflags --libs synthgrad) -o verdict */
#include <stdio.h>
#include <synthgrad/synthgrad.h>

int main(int argc, char **argv)
{
    const struct sg_judge_options options = {.out = NULL};
    struct sg_case *c;
    struct sg_judgement j;
    struct sg_error err;
    if (argc != 2) {
        fprintf(stderr, "usage: verdict CASE.cfg\n");
        return 2;
    }
    sg_base_init();
    if (sg_case_open(&c, argv[1], &err) != SG_OK ||
        sg_claim_judge(&j, c, &options, &err) != SG_OK) {
        fprintf(stderr, "verdict: %s\n", err.text);
        return 2;
    }
    for (size_t i = 0; i < j.evidence.n_rows; i++) {
        const struct sg_row *row = &j.evidence.row[i];
        printf("%-24s %12.6g %12.6g  margin %.2g\n", row->id, row->measured, row->predicted,
               sg_claim_margin(row));
    }
    printf("%s %s\n", j.claim->id, sg_claim_verdict_name(j.verdict));
    const int code = j.ok ? 0 : 1;
    sg_claim_judgement_free(&j);
    sg_case_close(c);
    return code;
}

/* merge: the results of shards, put together. */
#include "cli/cli.h"
#include "synthgrad/report.h"

static int merge(const struct sg_command *command, size_t n_args, char **args)
{
    (void)command;
    struct sg_error err;
    struct json_t *all;
    enum sg_status status = sg_report_gather(&all, n_args, args, &err);
    if (status == SG_OK)
        status = sg_report_write_json("-", all, &err);
    return sg_cli_fail(status, &err);
}

static struct sg_option options[] = {{.name = "json", .help = "as JSON (it always is)"}, {0}};
struct sg_command sg_command_merge = {
    .name = "merge",
    .summary = "the verdicts of several result folders as one JSON array",
    .arguments = "DIR...",
    .options = options,
    .min_args = 1,
    .max_args = 100000,
    .run = merge,
    .examples = "  synthgrad verify --shard 1/2 --out a; synthgrad verify --shard 2/2 --out b\n  "
                "synthgrad merge a b > all.json\n",
};

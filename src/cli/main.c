/* synthgrad: one program, one file a subcommand. */
#include <fenv.h>
#include <jansson.h>
#include <lapacke.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/manual.h"
#include "cli/parse.h"

static struct sg_command *const commands[] = {
    &sg_command_verify, &sg_command_run,     &sg_command_list,  &sg_command_explain,
    &sg_command_new,    &sg_command_analyze, &sg_command_bench, &sg_command_merge,
    &sg_command_plots,  &sg_command_report,  &sg_command_search,  &sg_command_train,
};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* Does the command that runs keep what it has finished, and end in good order? */
static volatile sig_atomic_t keeps;

/* A first Ctrl-C ends long work in good order, where that keeps something.  A second one, or a
 * SIGTERM after it, ends the process wherever it is. */
static void on_interrupt(int signal_number)
{
    static const char line[] = "synthgrad: interrupted\n";
    (void)signal_number;
    if (!keeps || sg_base_interrupted()) {
        const ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
        (void)written;                   /* there is nobody else to tell */
        _exit(SG_EXIT_INTERRUPTED);
    }
    sg_base_interrupt();
}

static void *await_signals(void *set)
{
    for (int number; sigwait(set, &number) == 0;)
        on_interrupt(number);
    return NULL;
}

/* Threads that compute hold signals back for whole evaluations (base/signals.h).  So that Ctrl-C is
 * heard at once, one that only waits takes them. */
static void wait_beside(void)
{
    enum { STACK = 1 << 18 };            /* libraries keep thread-local data in it */
    static sigset_t set;
    pthread_attr_t attributes;
    pthread_t thread;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);      /* and of all threads that this one starts */
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, await_signals, &set) != 0)
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);    /* the system has no thread to give */
    pthread_attr_destroy(&attributes);
}

static void catch_signals(void)
{
    const struct sigaction action = {.sa_handler = on_interrupt},
                           ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);   /* a file grown to its limit is a write that fails */
    wait_beside();
}

/* LAPACKE says on standard output, among the results, that it found no memory. */
__attribute__((visibility("default"))) void LAPACKE_xerbla(const char *name, lapack_int info);
void LAPACKE_xerbla(const char *name, lapack_int info)
{
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        sg_base_exhausted(1, 1);
    fprintf(stderr, "synthgrad: %s: argument %d is wrong\n", name, (int)-info);
}

/* jansson 2.14 drops letters of the text that it reads when it finds no memory, without a word. */
static void *json_memory(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        sg_base_exhausted(1, size);
    return memory;
}

/* libgomp, for one, says itself that it found no memory, and exits with 1, which would read as a
 * claim that fell short.  What ends before main does has that status no more. */
static bool ended;

static void end_early(void)
{
    if (!ended)
        _exit(SG_EXIT_INTERNAL);
}

static const struct sg_manual manual = {
    .about = "theory verification and numerical analysis of synthetic gradients",
    .exit_status =
        "0 fine, 1 a claim fell short, 2 usage or bad input, 3 internal error, 130 interrupted.",
    .examples =
        "  synthgrad verify                       every claim: verdict, bound, measured value, "
        "margin\n"
        "  synthgrad run cases/dy3_joint_spectrum.cfg\n"
        "  synthgrad train cases/train_digits.cfg --against backprop   a net of your own with SGs\n"
        "  synthgrad analyze data.csv --target y  which learning rates are stable on your data\n",
    .n = COMMANDS,
    .command = commands,
};

static void print_help(void)
{
    printf("synthgrad %s - %s\n\nusage: synthgrad COMMAND [OPTIONS] [ARGUMENTS]\n\ncommands:\n",
           sg_base_build()->version, manual.about);
    for (size_t i = 0; i < COMMANDS; i++)
        sg_cli_print_entry(commands[i]->name, 12, commands[i]->summary);
    char *status = sg_base_format("exit status: %s", manual.exit_status);
    putchar('\n');
    sg_cli_wrap_text(stdout,
                     "`synthgrad COMMAND --help` gives the options and examples of one.", 0, 2,
                     sg_cli_width());
    sg_cli_wrap_text(stdout, status, 0, 2, sg_cli_width());
    printf("\nexamples:\n%s", manual.examples);
    free(status);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_help();
        return SG_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return SG_EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("synthgrad %s (%s)\n", sg_base_build()->version, sg_base_build()->commit);
        return SG_EXIT_OK;
    }
    /* For `make man`, not for people: not in --help. */
    if (strcmp(argv[1], "--help-man") == 0 || strcmp(argv[1], "--help-bash") == 0) {
        (strcmp(argv[1], "--help-man") == 0 ? sg_cli_print_man
                                            : sg_cli_print_completion)(stdout, &manual);
        return SG_EXIT_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0) {
            keeps = commands[i]->keeps;
            return sg_cli_run(commands[i], argc - 2, argv + 2);
        }
    return sg_cli_refuse("there is no command %.60s; `synthgrad --help` lists them", argv[1]);
}

int main(int argc, char **argv)
{
    struct sg_error err;
    atexit(end_early);
    catch_signals();
    const enum sg_status room = sg_base_check_limits(1, &err);
    if (room != SG_OK)                   /* OpenBLAS would look for address space at exit too */
        _exit(sg_cli_fail(room, &err));
    sg_base_init();
    json_set_alloc_funcs(json_memory, free);
#ifdef SG_TRAP_FLOATING_POINT
    feenableexcept(FE_INVALID | FE_DIVBYZERO);
#endif
    const int code = dispatch(argc, argv);
    /* A full disk behind > is not a success. */
    const bool written = fflush(stdout) == 0 && !ferror(stdout);
    ended = true;
    return written || (code != SG_EXIT_OK && code != SG_EXIT_SHORT)
               ? code
               : sg_cli_refuse("cannot write to standard output");
}

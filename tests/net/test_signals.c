/* A signal that a thread takes while it multiplies finds the stack register on that thread's stack,
 * where the kernel puts the handler's frame: never in the heap, where oneDNN's products leave it
 * while they compute.  The handler has a stack of its own, so that a failure overwrites nothing. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <ucontext.h>

#include "support.h"

enum { SIGNALS = 20, PRODUCTS = 20000 };

static pthread_t tester;
static uintptr_t lowest, highest;                    /* its stack */
static volatile sig_atomic_t taken, astray;

static uintptr_t stack_register(const ucontext_t *at)
{
#if defined __x86_64__
    return (uintptr_t)at->uc_mcontext.gregs[REG_RSP];
#elif defined __aarch64__
    return (uintptr_t)at->uc_mcontext.sp;
#else
    (void)at;
    return lowest;                                   /* oneDNN makes no code for others */
#endif
}

/* Also for threads of a BLAS, which take what this one does not. */
static void on_signal(int number, siginfo_t *info, void *at)
{
    (void)number;
    (void)info;
    if (!pthread_equal(pthread_self(), tester))
        return;
    const uintptr_t top = stack_register(at);
    taken++;
    astray += top < lowest || top >= highest;
}

static void find_stack(void)
{
    pthread_attr_t attributes;
    void *base;
    size_t size;
    tester = pthread_self();
    CHECK(pthread_getattr_np(tester, &attributes) == 0);
    CHECK(pthread_attr_getstack(&attributes, &base, &size) == 0);
    pthread_attr_destroy(&attributes);
    lowest = (uintptr_t)base;
    highest = lowest + size;
}

static void listen(struct sigaction *before)
{
    static char alternative[1 << 16];
    const stack_t stack = {.ss_sp = alternative, .ss_size = sizeof alternative};
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    find_stack();
    taken = astray = 0;
    sigemptyset(&action.sa_mask);
    CHECK(sigaltstack(&stack, NULL) == 0);
    CHECK(sigaction(SIGALRM, &action, before) == 0);
}

static void ring_every(int microseconds)
{
    const struct itimerval every = {{0, microseconds}, {0, microseconds}};
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
}

static float *floats(size_t n)
{
    float *a = SG_NEW(n, float);
    for (size_t i = 0; i < n; i++)
        a[i] = (float)(i % 7) - 3.0f;
    return a;
}

/* Most of the time in this product of oneDNN 2.6 on AVX-512 the register was in the heap. */
static void multiply(size_t times)
{
    enum { M = 50, K = 784, N = 64 };
    float *a = floats(M * K), *b = floats(K * N), *c = floats(M * N);
    for (size_t i = 0; i < times && taken < SIGNALS; i++)
        sg_net_product(c, a, b, SG_NN, M, K, N, SG_F32);
    free(a);
    free(b);
    free(c);
}

static void test_products(void **state)
{
    struct sigaction before;
    (void)state;
    listen(&before);
    multiply(1);                                     /* the code for it is made here */
    ring_every(200);
    multiply(PRODUCTS);
    ring_every(0);
    CHECK(sigaction(SIGALRM, &before, NULL) == 0);
    CHECK(taken > 0);
    CHECK(astray == 0);
}

/* The same in a step: what is held for a whole evaluation is given back at its end. */
static void test_evaluation(void **state)
{
    enum { D = 784, ROWS = 50, OUT = 32 };
    struct sigaction before;
    struct sg_layer layer[] = {{SG_DENSE, OUT, false}};
    const struct sg_arch arch = {.dtype = SG_F32, .loss = SG_MSE, .inputs = D, .labels = OUT,
                                 .n_layers = 1, .layers = layer};
    struct sg_net *net = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, ROWS);
    float *w = floats(D * OUT), *dw = floats(D * OUT), *x = floats(ROWS * D),
          *y = floats(ROWS * OUT), *one = floats(ROWS);
    const struct sg_batch batch = {.n = ROWS, .x = x, .y = y, .one = one};
    (void)state;
    listen(&before);
    sg_net_eval(dw, NULL, NULL, net, w, NULL, &batch, SG_WANT_W, work);
    ring_every(200);
    for (size_t i = 0; i < PRODUCTS && taken < SIGNALS; i++)
        sg_net_eval(dw, NULL, NULL, net, w, NULL, &batch, SG_WANT_W, work);
    ring_every(0);
    CHECK(sigaction(SIGALRM, &before, NULL) == 0);
    CHECK(taken > 0);
    CHECK(astray == 0);
    sg_net_work_free(work);
    sg_net_free(net);
    free(w);
    free(dw);
    free(x);
    free(y);
    free(one);
}

/* A thread's own mask is as it was, also where it blocks some signals itself. */
static void test_mask(void **state)
{
    sigset_t mine, after;
    (void)state;
    sigemptyset(&mine);
    sigaddset(&mine, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &mine, NULL) == 0);
    taken = 0;
    multiply(2);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &mine, &after) == 0);
    CHECK(sigismember(&after, SIGUSR1) == 1);
    CHECK(sigismember(&after, SIGALRM) == 0);
    CHECK(sigismember(&after, SIGINT) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_products), TEST(test_evaluation), TEST(test_mask)};
    return RUN(tests);
}

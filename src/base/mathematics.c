/* Formulas in letters that a terminal has, for those whose terminal has them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "synthgrad/base.h"

/* A word stands alone: "mu" in "mu limit" and in "mu_x", not in "train.mu" or "simultaneous". */
static const struct {
    const char *ascii, *letter;
} word[] = {{"alpha", "α"},  {"beta", "β"}, {"gamma", "γ"}, {"delta", "δ"},  {"eps", "ε"},
            {"epsilon", "ε"}, {"theta", "θ"}, {"kappa", "κ"}, {"lambda", "λ"}, {"mu", "μ"},
            {"nu", "ν"},     {"rho", "ρ"},  {"sigma", "σ"}, {"tau", "τ"},    {"phi", "φ"},
            {"psi", "ψ"},    {"Phi", "Φ"},  {"Psi", "Ψ"},   {"Sigma", "Σ"},  {"Gamma", "Γ"},
            {"grad", "∇"},   {"sqrt", "√"}, {"infinity", "∞"}};

static const struct {
    const char *ascii, *sign;
} sign[] = {{"+-", "±"}, {">=", "≥"},  {"<=", "≤"},
            {"!=", "≠"}, {"<->", "↔"}, {"->", "→"}};

static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴",
                                     "⁵", "⁶", "⁷", "⁸", "⁹"};
static const char *const lowered[] = {"₀", "₁", "₂", "₃", "₄",
                                      "₅", "₆", "₇", "₈", "₉"};

struct writer {
    char *text;
    size_t used;
};

/* No sign here has more than three bytes, nor more than thrice those of what it stands for. */
static void put(struct writer *w, const char *bytes, size_t n)
{
    memcpy(w->text + w->used, bytes, n);
    w->used += n;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) != 0;
}

/* Between `begin` and s: an index of one letter, "F_" in "F_phi", goes on with a letter. */
static bool word_begins(const char *begin, const char *s)
{
    if (s == begin)
        return true;
    if (s[-1] == '_')
        return s - begin >= 2 && is_letter(s[-2]) && (s - begin == 2 || !is_letter(s[-3]));
    return !is_letter(s[-1]) && s[-1] != '.';
}

/* Each returns how much of s it took, 0 when it is no such thing. */
static size_t put_word(struct writer *w, const char *begin, const char *s)
{
    if (!isalpha((unsigned char)*s) || !word_begins(begin, s))
        return 0;
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        const size_t n = strlen(word[i].ascii);
        if (strncmp(s, word[i].ascii, n) != 0 || is_letter(s[n]))
            continue;
        put(w, word[i].letter, strlen(word[i].letter));
        /* "grad L" is one symbol */
        return n + (strcmp(word[i].ascii, "grad") == 0 && s[n] == ' ');
    }
    return 0;
}

static size_t put_sign(struct writer *w, const char *s)
{
    for (size_t i = 0; i < sizeof sign / sizeof *sign; i++)
        if (strncmp(s, sign[i].ascii, strlen(sign[i].ascii)) == 0) {
            put(w, sign[i].sign, strlen(sign[i].sign));
            return strlen(sign[i].ascii);
        }
    return 0;
}

/* ^2, ^-1, ^{-1}, ^+, ^T; _0.  Anything longer stays as it is: half of it raised would mislead. */
static size_t put_power(struct writer *w, const char *s)
{
    if (s[0] != '^')
        return 0;
    const bool braces = s[1] == '{', minus = s[1 + braces] == '-';
    const char *power = s + 1 + braces + minus;
    const char after = power[0] ? power[1] : '\0';
    if (braces ? after != '}' : is_letter(after) || after == '.')
        return 0;
    const char *high = *power >= '0' && *power <= '9' ? raised[*power - '0']
                       : *power == 'T' && !minus      ? "ᵀ"
                       : *power == '+' && !minus      ? "⁺"
                                                      : NULL;
    if (!high)
        return 0;
    if (minus)
        put(w, "⁻", strlen("⁻"));
    put(w, high, strlen(high));
    return (size_t)(power - s) + 1 + braces;
}

static size_t put_index(struct writer *w, const char *begin, const char *s)
{
    if (s[0] != '_' || s[1] < '0' || s[1] > '9' || is_letter(s[2]) || s == begin ||
        !is_letter(s[-1]))
        return 0;
    put(w, lowered[s[1] - '0'], strlen(lowered[0]));
    return 2;
}

char *sg_base_mathematics(const char *ascii)
{
    SG_REQUIRE(ascii);
    struct writer w = {.text = SG_NEW(3 * strlen(ascii) + 1, char)};
    for (const char *s = ascii; *s;) {
        size_t taken = put_word(&w, ascii, s);
        if (taken == 0)
            taken = put_sign(&w, s);
        if (taken == 0)
            taken = put_power(&w, s);
        if (taken == 0)
            taken = put_index(&w, ascii, s);
        if (taken == 0) {
            put(&w, s, 1);
            taken = 1;
        }
        s += taken;
    }
    w.text[w.used] = '\0';
    return w.text;
}

/* By the rules of setlocale: the first of the three that is set, and not empty, counts. */
bool sg_base_utf8(void)
{
    static const char *const name[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        const char *value = getenv(name[i]);
        if (!value || !*value)
            continue;
        const char *charset = strchr(value, '.');
        return charset && (strncasecmp(charset, ".UTF-8", 6) == 0 ||
                           strncasecmp(charset, ".utf8", 5) == 0);
    }
    return false;
}

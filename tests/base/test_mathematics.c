/* Formulas in letters and signs: what is one becomes one, what only looks like one stays. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

static void formulas(void **state)
{
    (void)state;
    static const struct {
        const char *ascii, *shown;
    } all[] = {
        {"mu < 2/lambda_max(S_x)", "μ < 2/λ_max(S_x)"},
        {"|grad L| <= rho |grad L|", "|∇L| ≤ ρ |∇L|"},
        {"sqrt((1 - R^2)^2 + 4 R^4)", "√((1 - R²)² + 4 R⁴)"},
        {"kappa_0 of -G^+ D", "κ₀ of -G⁺ D"},
        {"W_1^T W_1 != A^{-1}", "W₁ᵀ W₁ ≠ A⁻¹"},
        {"R^2 -> 1, x^-1, 1 +- 2, a <-> b", "R² → 1, x⁻¹, 1 ± 2, a ↔ b"},
        {"-E[x^T z] S_z^+ F_phi", "-E[xᵀ z] S_z⁺ F_φ"},
        {"eps K >= epsilon, infinity", "ε K ≥ ε, ∞"},
        /* not these */
        {"train.mu and simultaneous menus", "train.mu and simultaneous menus"},
        {"sigma^(1/(k+1)), rho^k, 10^-13, x^2.5", "σ^(1/(k+1)), ρ^k, 10^-13, x^2.5"},
        {"S_10, W_{b+1}[j,:], b_kj^2", "S_10, W_{b+1}[j,:], b_kj²"},
        {"^", "^"}, {"_", "_"}, {"x^{", "x^{"}, {"x^-", "x^-"}, {"^{-", "^{-"}, {"mu_", "μ_"},
        {"μ already", "μ already"}, {"", ""}};
    for (size_t i = 0; i < COUNT(all); i++) {
        char *shown = sg_base_mathematics(all[i].ascii);
        context("%s -> %s", all[i].ascii, shown);
        CHECK(strcmp(shown, all[i].shown) == 0);
        free(shown);
    }
}

static void locales(void **state)
{
    (void)state;
    static const struct {
        const char *all, *ctype, *lang;
        bool utf8;
    } each[] = {{"C.UTF-8", "C", "C", true},     {"C", "C.UTF-8", "C.UTF-8", false},
                {"", "de_DE.utf8", "C", true},   {"", "", "en_US.UTF-8", true},
                {"", "", "", false},             {"", "", "en_US.ISO-8859-1", false},
                {"", "POSIX", "C.UTF-8", false}, {"", "", "tr_TR.UTF-8@euro", true}};
    for (size_t i = 0; i < COUNT(each); i++) {
        context("%s %s %s", each[i].all, each[i].ctype, each[i].lang);
        CHECK(setenv("LC_ALL", each[i].all, 1) == 0);
        CHECK(setenv("LC_CTYPE", each[i].ctype, 1) == 0);
        CHECK(setenv("LANG", each[i].lang, 1) == 0);
        CHECK(sg_base_utf8() == each[i].utf8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(formulas), TEST(locales)};
    return RUN(tests);
}

#!/bin/sh
# Perturbed formulas: one change in each claim's key formula, and `synthgrad verify` has to end with status 1.  One line a row.
#
# The perturbed copy of one file is compiled with the build's own command and linked in front of the archive; the working tree is
# not touched.  A claim of `synthgrad list` without a row fails, as does a row whose sed expression changes nothing.
# A case is judged in five replicates at most and without its control: the claim's own rows have to notice.
#
#   B=build/release sh tests/perturb.sh [K/N] [CLAIM...]        K/N: every N-th row and case, beginning with the K-th
B=${B:-build/release}
program=$B/synthgrad

# claim | file | sed expression | case
rows() { cat <<'END'
CP1  | src/closed/chain.c       | s/phi\[i\] = -v\[/phi[i] = v[/                                      | cp1_preservation
CP2  | src/closed/chain.c       | s/gradient\[i\] -= product/gradient[i] += product/                   | cp2_equivalence
CP2  | src/closed/chain.c       | s/f_phi\[j\] \/ o->sigma_min :/f_phi[j] * o->sigma_min :/            | cp2_equivalence
CP2  | src/closed/chain.c       | s/phi\[i\] = -v\[/phi[i] = v[/                                      | cp2_depth
CP3  | src/claim/cp3/exact.c    | s/= -map\[i\]/= map[i]/                                             | cp3_zero_loss
CP4  | src/closed/spurious.c    | s/llabs(b) < llabs(a)/llabs(b) <= llabs(a)/                        | cp4_spurious
DY1  | src/closed/backprop.c    | s/1 - mu \* fit->lambda_x\[i\]/1 + mu * fit->lambda_x[i]/          | dy1_backprop
DY1  | src/closed/backprop.c    | s/(double)t)/(double)t + 1)/                                       | dy1_backprop
DY1  | src/closed/backprop.c    | s/i < fit->rank ? 0.0 : 1.0/i < fit->rank ? 0.0 : 1.001/           | dy1_rank_deficient
DY3  | src/closed/joint.c       | s/= 1 - nu \* fit->lambda_z\[j\];/= 1 - mu * fit->lambda_z[j];/    | dy3_joint_spectrum
DY3  | src/closed/joint.c       | s/top.value - 1 + nu/top.value - 1 - nu/                           | dy3_joint_spectrum
DY3  | src/closed/rates.c       | s/r.critical = 2 \//r.critical = 2.02 \//                          | dy3_joint_spectrum
DY3  | src/closed/rates.c       | s/r.optimal = 2 \//r.optimal = 1.99 \//                              | dy3_joint_spectrum
DY3  | src/closed/momentum.c    | s/return (1 + beta) \* critical/return (1 + 1.01 * beta) * critical/ | dy3_momentum
DY3  | src/closed/momentum.c    | s/half = (1 + beta - a) \/ 2/half = (1 + beta - 1.001 * a) \/ 2/    | dy3_momentum
DY3  | src/closed/explained.c   | s/r2 \* u \/ lambda/r2 * u * 1.0001 \/ lambda/ | dy3_joint_spectrum
DY5  | src/sim/line_search.c    | s/slope \/ sg_sim_curv/2 * slope \/ sg_sim_curv/                   | dy5_line_search
DY5  | src/cert/iteration.c    | s/arb_add(v, v, w->error, bits);/arb_sub(v, v, w->error, bits);/     | dy5_line_search
DY6  | src/closed/inexact.c     | s/fast = (1 + rho)/fast = (1 - rho)/                               | dy6_tracking
DY6  | src/closed/inexact.c     | s/slow = 1 - (1 - rho)/slow = 1 - 0.9999 * (1 - rho)/                | dy6_tracking
DY7  | src/sim/tracking.c       | s/error > t->spec.rho/error > 2 * t->spec.rho/                     | dy7_chosen_rates
DY8  | src/closed/deep_joint.c  | s/n_w\] = -dV\[/n_w] = dV[/                                        | dy8_repelling_minima
DY8  | src/closed/deep_reduced.c | s/beta, p->PT, d, l, K, -kappa/beta, p->PT, d, l, K, kappa/        | dy8_repelling_minima
DY8  | src/data/moments.c        | s/c = sqrt((double)pairs)/c = 1.001 * sqrt((double)pairs)/          | dy8_two_layers
DY8  | src/claim/dy8/minimum.c   | s/const double re = s->mu/const double re = 1.02 * s->mu/     | dy8_four_layers
DY8  | src/search/instance.c     | s/f->R, P, d, m/f->S, P, d, m/                                      | dy8_share
DY8  | src/closed/deep_hessian.c | s/right\[e \* B + b\];/right[e * B + b] * 1.0001;/                  | dy8_repelling_minima
DY8  | src/closed/deep_reduced.c | s/v, v, p->S, psi, d, d, K, K, -1.0/v, v, p->S, psi, d, d, K, K, -0.5/ | dy8_repelling_minima
DY9  | src/closed/fast_sg.c     | s/out\[i\] = -out\[i\]/out[i] = -1.01 * out[i]/                     | dy9_fast_sg
DY9  | src/cert/deep_apart.c   | s/arb_set_d(nu, c->ask->nu);/arb_set_d(nu, 1.0001 * c->ask->nu);/   | dy9_fast_sg
DY10 | src/closed/saxe.c        | s/2 \* sigma \* t - 1.5/2 * sigma * t - 1.4/                        | dy10_mode_trajectories
DY10 | src/closed/saxe.c        | s/exp(-2 \* sigma \* t)/exp(-2.001 * sigma * t)/                    | dy10_mode_trajectories
DY10 | src/cert/mode.c         | s/arb_sub(shift, shift, v, bits);/arb_add(shift, shift, v, bits);/   | dy10_mode_trajectories
DY15 | src/closed/factorisation.c | s/= log(pull\[i\]) + sum/= log(1.01 * pull[i]) + sum/               | dy15_factorisation
DY15 | src/closed/factorisation.c | s/above \*= f->layer\[(i - 1) \* r\] \*/above *= 1.001 */              | dy15_one_sg
DY15 | src/closed/deep_several.c  | s/-= kappa \* c->gamma/-= 1.01 * kappa * c->gamma/                    | dy15_factorisation
DY15 | src/closed/deep_several.c  | s/-= kappa \* c->gamma/-= 1.01 * kappa * c->gamma/                    | dy15_flight
DY11 | src/closed/rates.c       | s/(double)tau + 1.0/(double)tau + 2.0/                             | dy11_delay
DY12 | src/closed/sequential.c  | s/sg_first ? net : sg, sg_first ? sg : net/sg_first ? sg : net, sg_first ? net : sg/ | dy12_order
DY12 | src/closed/transient.c   | s/+ mu \* fit->lambda_x\[0\] \* corner/+ 0.5 * mu * fit->lambda_x[0] * corner/ | dy12_order
DY12 | src/closed/transient.c   | s/fmax(fabs(1 - rate \* lambda\[0\]), fabs(1 - rate \* lambda\[n - 1\]))/0.99 * fabs(1 - rate * lambda[n - 1])/ | dy12_order
DY13 | src/net/step.c           | s/return 1 \/ N;/return 2.01 \/ N;/                                | dy13_realizable
DY13 | src/net/step.c           | s/slope \/ along : 0/1.01 * slope \/ along : 0/                     | dy13_line_search
DY13 | src/claim/dy13/lemma.c   | s/-2 \* nu \* look->error/-1.99 * nu * look->error/                | dy13_global_convergence
DY13 | src/cert/iteration.c    | s/arb_div(w->nu, w->slope, w->curve, bits);/arb_div(w->nu, w->curve, w->slope, bits);/ | dy13_line_search
NL1  | src/lab/nl.c           | s/n_modules = spec->n_sg/n_modules = 0/                              | nl1_learning_curves
NL6  | src/net/eval.c          | s/- 1\], below->fixed, NULL)/- 1], NULL, NULL)/                     | nl6_one_framework
NL6  | src/train/halves.c      | s/&h->lower, 0, h->n_lower/\&h->lower, 0, h->n_lower - 1/            | nl6_unlocked
NL3  | src/lab/representation.c | s/: 1 - d\[i\]/: 1 + d[i]/                                       | nl3_dissimilarity
NL3  | src/lab/representation.c | s/\*between += count\[c\] \*/*between += 0.99 * count[c] */        | nl3_dissimilarity
NL4  | src/lab/nl_probes.c   | s/\/ n - total\[i\]/\/ n + total[i]/                                | nl4_probes
NL5  | src/lab/ledger.c        | s/squares\[j\] += 2 \* SG_BATCHNORM_EPS/squares[j] -= 2 * SG_BATCHNORM_EPS/ | nl5_weight_norms
NL5  | src/lab/ledger_sides.c  | s/sg\[i\] = 2 \* share/sg[i] = 1.98 * share/                            | nl5_weight_norms
NL8  | src/lab/ledger_sides.c  | s/sg\[i\] = 2 \* share/sg[i] = 1.98 * share/                            | nl8_ledger
NL8  | src/lab/ledger.c        | s/squares\[e\] += below\[e\]/squares[e] += 0.99 * below[e]/            | nl8_ledger
NL8  | src/lab/ledger_ball.c   | s/now - beta \* beta \* ball/now - beta * ball/                         | nl8_momentum
NL2  | src/closed/potential.c | s/(p \* above + q \* below)/(q * above + p * below)/                    | nl2_seen_loss
NL2  | src/closed/potential.c | s/p \* q \/ both/2 * p * q \/ both/                                     | nl2_seen_loss
NL7  | src/net/eval.c          | s/return base(k, i);/return j == SG_NO_MODULE ? base(k, i) : k->work->s[i];/ | nl7_observe_only
DY2  | src/closed/frozen.c     | s/2 \* creal(a\[j\]) \//2.01 * creal(a[j]) \//                        | dy2_frozen_sg
DY2  | src/closed/frozen.c     | s/l = m; l < q/l = m; l < q - 1/                                   | dy2_one_output
DY4  | src/closed/line.c       | s/s \* s - 4 \* mu/s * s - 4.01 * mu/                             | dy4_fixed_line
DY4  | src/closed/line.c       | s/kappa_a \* (1 - mu)/kappa_a * (1 + mu)/                        | dy4_two_columns
CP5  | src/closed/no_labels.c  | s/left \* (ray.tau - ray.c)/left * (ray.tau + ray.c)/              | cp5_no_labels
CP5  | src/closed/no_labels.c  | s/diameter\[i\] \/ 2 + scale/diameter[i] \/ 3 + scale/             | cp5_bias
CP5  | src/closed/no_labels.c  | s/exp(-fit->lambda_x/exp(fit->lambda_x/                            | cp5_unwhitened
CP6  | src/closed/log_point.c   | s/features\[i \* \*f + c\] = data->one\[i\];/features[i * *f + c] = data->one[i] + 0.01 * p[i * m] * p[i * m];/ | cp6_log_loss
CP6  | src/closed/log_plane.c   | s/- g \* (s->m\[0\]/- 1.01 * g * (s->m[0]/                           | cp6_no_bias
CP6  | src/closed/regression.c  | s/x - log1p(x));/x - 0.99 * log1p(x));/                             | cp6_log_loss
AD1  | src/closed/log_gap.c     | s/= data->one\[i\];/= data->one[i] + 0.01 * p[i] * p[i];/   | ad1_artificial_data
CP7  | src/claim/cp7/rows.c | s/= i == j ? -1 : 0;/= i == j ? -0.999 : 0;/                 | cp7_matching_module
DY2  | src/closed/frozen.c     | s/- mu \* fit->lambda_x\[i\]/+ mu * fit->lambda_x[i]/              | dy2_rank_deficient
DY4  | src/closed/line.c       | s/= nu \* creal(c) \*/= mu * creal(c) */                           | dy4_no_ones
DY8  | src/closed/deep_joint.c | s/dV_VT\[a \* s.K + o\] + dV_VT/dV_VT[a * s.K + o] - dV_VT/        | dy8_repelling_minima
DY8  | src/closed/deep_normal.c | s/-2 \* creal/-2.03 * creal/                                        | dy8_map
DY8  | src/closed/deep_normal.c | s/= -sum \/ f->gamma\[j\]/= -1.001 * sum \/ f->gamma[j]/              | dy8_three_scalar
DY8  | src/closed/deep_normal.c | s/= -sum \/ f->gamma\[j\]/= sum \/ f->gamma[j]/                       | dy8_four_layers_rests
DY12 | src/closed/deep_normal.c | s/entry \*= 1 - nu/entry *= 1 + nu/                                 | dy12_deep
DY14 | src/lab/ledger_sides.c  | s/share = cut->mix/share = 1.001 * cut->mix/                     | dy14_ledger
DY14 | src/lab/ledger_sides.c  | s/above\[e\] \*= cut->square;/above[e] *= 0.999 * cut->square;/   | dy14_mixed
DY14 | src/lab/ledger_sides.c  | s/2 : cut->in + cut->bias;/2 : cut->in;/                          | dy14_relu
DY14 | src/lab/ledger.c        | s/+= 2 \* SG_BATCHNORM_EPS/+= 1.9 * SG_BATCHNORM_EPS/             | dy14_batch_norm
DY14 | src/cert/ledger.c       | s/module->arriving ? delta : truth/module->arriving ? truth : delta/ | dy14_all_cut
DY14 | src/claim/dy14/flow.c   | s/log2(drift/1.01 * log2(drift/                                     | dy14_ledger
NL6  | src/lab/ledger_sides.c  | s/+= 2 \* sg_base_dot(W + j/+= 1.99 * sg_base_dot(W + j/          | nl6_one_framework
NL6  | src/claim/nl6/ledger.c   | s/direct = spec->credit == SG_DIRECT/direct = spec->credit == SG_FEEDBACK/ | nl6_one_framework
END
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
bad=0
complain() { printf 'perturb: %s\n' "$*"; bad=1; }

part=1 parts=1
case $1 in [0-9]*/[0-9]*) part=${1%/*} parts=${1#*/}; shift ;; esac
only=" $* "
rows | while IFS='|' read -r claim file expression name; do
    set -f; set -- $claim "$expression" $file $name; set +f
    [ "$only" = "  " ] || case $only in *" $1 "*) ;; *) continue ;; esac
    printf '%s|%s|%s|%s\n' "$1" "$3" "$2" "$4" | sed 's/| */|/g; s/ *|/|/g'
done > "$work/rows"
"$program" list > "$work/list" || { complain "$program list fails; build it first"; exit 1; }
for claim in $(awk '/^[A-Z]/ { print $1 }' "$work/list"); do
    [ "$only" != "  " ] || grep -q "^$claim|" "$work/rows" || complain "$claim has no perturbed formula; add a row to tests/perturb.sh"
done
[ -s "$work/rows" ] || complain "no row is left to run"

# The commands that compile and link, as make prints them.
make -n -B "FLAVOUR=${B##*/}" "$program" 2> "$work/make.log" | grep -e ' -o ' > "$work/commands"

# build N FILE EXPRESSION: the program with FILE perturbed, in $work/N/synthgrad; the reason on failure.
build() {
    object=$B/${2%.c}.o copy=$work/$1/${2##*/}
    sed -e "$3" "$2" > "$copy" 2> "$work/$1/log" || { head -n 1 "$work/$1/log"; return 1; }
    cmp -s "$2" "$copy" && { echo "the expression changes nothing in $2"; return 1; }
    compile=$(grep -F -e " -o $object " "$work/commands" | sed -e "s| -o $object | -o $work/$1/perturbed.o -iquote ${2%/*} -w -g0 |; s| $2\$| $copy|")
    link=$(grep -F -e " -o $program " "$work/commands" | sed -e "s| -o $program | -s -o $work/$1/synthgrad $work/$1/perturbed.o |")
    [ -n "$compile" ] && [ -n "$link" ] || { echo "make prints no command for $object"; return 1; }
    eval "$compile" > "$work/$1/log" 2>&1 || { echo "does not compile: $(grep -m 1 error "$work/$1/log")"; return 1; }
    eval "$link" > "$work/$1/log" 2>&1 || { echo "does not link: $(tail -n 1 "$work/$1/log")"; return 1; }
}

# perturb N CLAIM FILE EXPRESSION CASE: the verdict in $work/N/line, and $work/N/bad when it is a bad one.
perturb() {
    mkdir "$work/$1"
    if why=$(build "$1" "$3" "$4"); then
        "$work/$1/synthgrad" verify "$work/cases/$5.cfg" --out "$work/$1/results" > "$work/$1/log" 2>&1
        code=$?
        case $code in
        1) verdict=noticed ;;
        0) verdict="NOT NOTICED: verify $5 still passes" ;;
        *) verdict="NOT A VERDICT: verify $5 ends with $code: $(tail -n 1 "$work/$1/log")" ;;
        esac
    else
        verdict="NO PERTURBATION: $why"
    fi
    [ "$verdict" = noticed ] || : > "$work/$1/bad"
    printf '%-5s %-24s %s: %s\n' "$2" "$3" "$4" "$verdict" > "$work/$1/line"
}

# unperturbed N CASE
unperturbed() {
    mkdir "$work/$1"
    "$program" verify "$work/cases/$2.cfg" --out "$work/$1/results" > "$work/$1/log" 2>&1 && return
    : > "$work/$1/bad"
    printf '%-5s verify %s fails without any change: %s\n' "" "$2" "$(tail -n 1 "$work/$1/log")" > "$work/$1/line"
}

mkdir "$work/cases"
cut -d '|' -f 4 "$work/rows" | sort -u > "$work/names"
# mine: every N-th line, beginning with the K-th, after its number.
mine() { awk -v k="$part" -v n="$parts" '(NR - k) % n == 0 { print NR "|" $0 }' "$1"; }
while read -r name; do
    sed -f tests/five_replicates.sed "cases/$name.cfg" > "$work/cases/$name.cfg"
done < "$work/names"
mine "$work/names" > "$work/mine"
while IFS='|' read -r n name; do unperturbed "case$n" "$name"; done < "$work/mine"
mine "$work/rows" > "$work/mine"
while IFS='|' read -r n claim file expression name; do
    perturb "row$n" "$claim" "$file" "$expression" "$name"
done < "$work/mine"

for line in "$work"/case*/line; do
    [ ! -e "$line" ] || cat "$line"
done
while IFS='|' read -r n row; do
    cat "$work/row$n/line" 2> /dev/null || complain "no verdict on $row"
done < "$work/mine"
for job in "$work"/*/bad; do
    [ ! -e "$job" ] || bad=1
done
exit $bad

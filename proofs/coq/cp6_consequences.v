(* CP6, part 2: where the SG's point is the optimum, and the loss above an optimum.  The loss is Lam(p) - y p in the    *)
(* mean; for the log loss Lam(p) = log(1 + e^p), whose derivative is sigma.  Only the tangents of Lam enter.            *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow cp6_log_loss cp6_existence.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Consequences.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (y : 'cV[R]_n) (sigma Lam : R -> R).
Local Notation one := (const_mx 1 : 'cV[R]_n).
Local Notation g := (logit_grad y sigma).
Add Ring R_ring : (comRing_ring R).
Implicit Types (p s : 'cV[R]_n) (w : 'cV[R]_d).

Definition loss w := n%:R^-1 * \sum_i (Lam ((X *m w) i 0) - y i 0 * (X *m w) i 0).                         (* E[l] *)

(* Bregman's divergence of Lam, with sigma for its slope; the Kullback-Leibler divergence for the log loss (cp6_kl).    *)
Definition bregman u v := Lam u - Lam v - (u - v) * sigma v.

(* The loss above a point where backprop's gradient is 0.  C: gaps are computed so, without a difference of losses.     *)
Theorem cp6_excess w w0 : E X (g (X *m w0)) = 0 ->
  loss w - loss w0 = n%:R^-1 * \sum_i bregman ((X *m w) i 0) ((X *m w0) i 0).
Proof.
move=> grad0; rewrite /loss -mulrBr -sumrB; congr (_ * _).
have cross : \sum_i (X *m w - X *m w0) i 0 * g (X *m w0) i 0 = 0.
  by rewrite -/(dot _ _) -mulmxBr (orth _ grad0).
transitivity (\sum_i (bregman ((X *m w) i 0) ((X *m w0) i 0) + (X *m w - X *m w0) i 0 * g (X *m w0) i 0)).
  apply: eq_bigr => i _; rewrite /bregman /logit_grad; move: (X *m w) (X *m w0) => p p0; rewrite !mxE.
  by move: (p i 0) (p0 i 0) (y i 0) (sigma _) (Lam _) (Lam _) => u v z c a b; mcring R.
by rewrite big_split /= cross addr0.
Qed.

(* Bernoulli's KL, for any function ln.  The log loss has these: the logit of sigma is the identity, 1 - sigma(u) is    *)
(* 1/(1 + e^u). *)
Definition kl (ln : R -> R) a b := a * (ln a - ln b) + (1 - a) * (ln (1 - a) - ln (1 - b)).

Theorem cp6_kl (ln : R -> R) : (forall u, ln (sigma u) - ln (1 - sigma u) = u) -> (forall u, Lam u = - ln (1 - sigma u)) ->
  forall u v, bregman u v = kl ln (sigma v) (sigma u).
Proof.
move=> logit LamE u v; rewrite /bregman /kl !LamE.
have -> : u - v = (ln (sigma u) - ln (1 - sigma u)) - (ln (sigma v) - ln (1 - sigma v)) by rewrite !logit.
by move: (sigma v) => b; move: (ln b) (ln (1 - b)) (ln (sigma u)) (ln (1 - sigma u)) => lb mb la ma; mcring R.
Qed.

(* Strictly separable data: losses as small as wished, and none 0.  C: separation is certified by such a v.             *)
Theorem cp6_infimum (v : 'cV[R]_d) : (forall i, (y i 0 = 1 -> 0 < (X *m v) i 0) /\ (y i 0 = 0 -> (X *m v) i 0 < 0)) ->
  (forall i, y i 0 = 0 \/ y i 0 = 1) ->
  (forall e, 0 < e -> exists M, forall u, (u <= - M -> Lam u <= e) /\ (M <= u -> Lam u - u <= e)) ->
  forall e, 0 < e -> exists w, loss w <= e.
Proof.
move=> sep y01 tails e e0; have [M0 low] := tails _ e0; pose M := `|M0| + 1.
have M_gt0 : 0 < M by rewrite ltr_paddl.
have MM0 : M0 <= M by rewrite (le_trans (ler_norm _)) // ler_addl.
pose p := X *m v; have p0 i : 0 < `|p i 0|.
  by rewrite normr_gt0; case: (y01 i) => yi; [rewrite lt_eqF // (sep i).2|rewrite gt_eqF // (sep i).1].
pose t := \sum_i M / `|p i 0|; have far i : M <= t * `|p i 0|.
  rewrite -ler_pdivr_mulr // /t (bigD1 i) //= ler_addl; apply: sumr_ge0 => j _.
  by rewrite divr_ge0 // ltW.
have small i : Lam (t * p i 0) - y i 0 * (t * p i 0) <= e.
  have := far i; case: (y01 i) => yi; rewrite yi ?mul0r ?subr0 ?mul1r => ti.
    apply: (low _).1; have pi : p i 0 < 0 := (sep i).2 yi.
    by move: ti; rewrite ltr0_norm // mulrN ler_oppr => /le_trans; apply; rewrite ler_opp2.
  by apply: (low _).2; move: ti; rewrite gtr0_norm ?(sep i).1 //; apply: le_trans.
exists (t *: v); rewrite /loss -scalemxAr; have [n0|n0] := posnP n.
  have -> : n%:R = 0 :> R by rewrite n0.
  by rewrite invr0 mul0r ltW.
rewrite mulrC ler_pdivr_mulr ?ltr0n // [e * _]mulrC -sumr_const_n.
have tE i : (t *: p) i 0 = t * p i 0 by rewrite mxE.
by apply: ler_sum => i _; rewrite -/p tE.
Qed.

Theorem cp6_loss_gt0 w : (0 < n)%N -> (forall i, y i 0 = 0 \/ y i 0 = 1) -> (forall u, 0 < Lam u /\ u < Lam u) -> 0 < loss w.
Proof.
move=> n0 y01 Lam0; rewrite /loss mulr_gt0 ?invr_gt0 ?ltr0n // (bigD1 (Ordinal n0)) //=.
have term i : 0 < Lam ((X *m w) i 0) - y i 0 * (X *m w) i 0.
  by have [a b] := Lam0 ((X *m w) i 0); case: (y01 i) => ->; rewrite ?mul0r ?subr0 // mul1r subr_gt0.
by apply: ltr_spaddl; [apply: term|apply: sumr_ge0 => i _; apply: ltW].
Qed.

(* With tangents of slope sigma below Lam, such a point is a global minimum. *)
Hypothesis convex : forall u v, Lam v + (u - v) * sigma v <= Lam u.

Theorem cp6_minimum w w0 : E X (g (X *m w0)) = 0 -> loss w0 <= loss w.
Proof.
move/(cp6_excess w) => lE; rewrite -subr_ge0 lE mulr_ge0 ?invr_ge0 ?ler0n //.
by apply: sumr_ge0 => i _; rewrite /bregman -addrA -opprD subr_ge0.
Qed.

Hypothesis y01 : forall i, y i 0 = 0 \/ y i 0 = 1.
Hypothesis sigma01 : forall x, 0 < sigma x /\ sigma x < 1.
Hypothesis sigma_incr : forall u v, u < v -> sigma u < sigma v.

Variables (e wls : 'cV[R]_d).
Hypothesis one_in : X *m e = one.
Hypothesis ls : E X (X *m wls - y) = 0.                                             (* p_LS = X wls is least squares *)
Local Notation p_LS := (X *m wls).
Hypothesis ls_var : ~ constant p_LS.

(* At most one vector of scores is SG-critical.  C: the joint equations solved from several starts. *)
Theorem cp6_one_point w1 w2 : sg_critical X y sigma w1 -> sg_critical X y sigma w2 -> X *m w1 = X *m w2.
Proof.
move/(cp6_critical y01 sigma01 sigma_incr one_in ls ls_var) => [[t1 [c1 [_ E1]]] sol1].
move/(cp6_critical y01 sigma01 sigma_incr one_in ls ls_var) => [[t2 [c2 [_ E2]]] sol2].
apply: (cp6_unique sigma_incr (X := X) (wls := wls)) sol1 sol2.
exists (t1 - t2), (c1 - c2); rewrite E1 E2.
by move: p_LS => A; mxring R.
Qed.

(* The SG's parameters at such a point, but for their scale: alpha = - beta / t, gamma = beta c / t.                    *)
(* C: the predicted (alpha, beta, gamma) against those of the joint equations.                                          *)
Theorem cp6_coefficients w t c al be ga : 0 < t -> X *m w = t *: p_LS + c *: one ->
  net_dir X y w (col_mx (col_mx al%:M be%:M) ga%:M) = 0 -> al = - be / t /\ ga = be * c / t.
Proof.
move=> t0 wE /(critical_fit one_in ls) fit; have tn : t != 0 by rewrite gt_eqF.
have line : (al * t + be) *: p_LS + (al * c + ga) *: one = 0.
  by rewrite -[RHS]fit wE; move: p_LS => A; mxring R.
have k0 : al * t + be = 0.
  apply/eqP; apply: contraT => k0; exfalso; apply: ls_var; exists (- ((al * c + ga) / (al * t + be))).
  apply: (scalerI k0); rewrite scalerA mulrN mulrCA divff // mulr1 scaleNr; apply/eqP.
  by rewrite -addr_eq0 line.
have alE : al = - be / t by apply: (mulIf tn); rewrite divfK //; apply/eqP; rewrite -addr_eq0 k0.
split=> //; move: line; rewrite k0 scale0r add0r => /eqP; rewrite scaler_eq0 => /orP[/eqP gaE|/eqP one0].
  by apply/eqP; rewrite -subr_eq0 -[X in _ == X]gaE alE; apply/eqP; move: (t^-1) => u; mcring R.
exfalso; apply: ls_var; exists 0; apply/colP => i.
by have /colP/(_ i) := one0; rewrite !mxE => /eqP; rewrite oner_eq0.
Qed.

(* One feature and ones: col X is span {p_LS, 1}, the SG-critical points are backprop's, so a minimum of the loss.      *)
Theorem cp6_one_feature : (forall w, exists t c, X *m w = t *: p_LS + c *: one) ->
  forall w, sg_critical X y sigma w <-> E X (g (X *m w)) = 0.
Proof.
move=> span w; split=> [/(cp6_critical y01 sigma01 sigma_incr one_in ls ls_var)[_ [og lg]]|grad0].
  by apply/E_eq0/eqP; rewrite -nrm2_eq0 /nrm2 -dot_mulmx dotC; have [t [c ->]] := span (X^T *m g (X *m w));
    rewrite dotDl !dotZl og lg !mulr0 addr0.
have sol : normal2 p_LS (g (X *m w)) by split; rewrite -?one_in (orth _ grad0).
have out := no_fit y01 ls ls_var (normal2_separates y01 sigma01 sol).
apply/(cp6_reduction y01 sigma01 sigma_incr one_in ls out); first exact: (solution_varies one_in ls ls_var sol).
by split.
Qed.

End Consequences.

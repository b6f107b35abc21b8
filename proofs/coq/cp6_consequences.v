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

(* Bregman's divergence of Lam, with sigma for its slope; the Kullback-Leibler divergence where Lam is log(1 + e^p).    *)
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

(* CP2 at depth.  What cp2_deep.v calls the gradient is the derivative of the loss, and its critical points are where   *)
(* that is zero.                                                                                                        *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import gram shallow cp2_deep.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Gradient.
Variables (R : realFieldType) (n L : nat) (k : nat -> nat).
Variables (X : 'M[R]_(n, k 0)) (Y : 'M[R]_(n, k L)).
Implicit Types (W U : forall l, 'M[R]_(k l, k l.+1)).

Definition loss W : R := (n%:R * 2%:R)^-1 * \tr ((h X W L - Y)^T *m (h X W L - Y)).         (* E|h_L - y|^2 / 2 *)

(* A matrix of polynomials in t: its value and its slope at t = 0. *)
Definition value p q (P : 'M[{poly R}]_(p, q)) : 'M[R]_(p, q) := map_mx (horner_eval 0) P.
Definition slope p q (P : 'M[{poly R}]_(p, q)) : 'M[R]_(p, q) := map_mx (fun f => f^`().[0]) P.

Lemma deriv_sum m (F : 'I_m -> {poly R}) : (\sum_i F i)^`() = \sum_i (F i)^`().
Proof. exact: raddf_sum. Qed.

Lemma slopeM p q r (P : 'M_(p, q)) (Q : 'M_(q, r)) :
  slope (P *m Q) = slope P *m value Q + value P *m slope Q.
Proof.
apply/matrixP => i j; rewrite !mxE deriv_sum horner_sum -big_split /=; apply: eq_bigr => l _.
by rewrite (derivM (P i l)) hornerD !hornerM !mxE.
Qed.

Lemma slopeC p q (A : 'M[R]_(p, q)) : slope (map_mx polyC A) = 0.
Proof. by apply/matrixP => i j; rewrite !mxE derivC hornerC. Qed.

Lemma value_tr p q (P : 'M_(p, q)) : value P^T = (value P)^T.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

Lemma slope_tr p q (P : 'M_(p, q)) : slope P^T = (slope P)^T.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

(* The net along the line W + t U, as polynomials in t. *)
Definition line W U l : 'M[{poly R}]_(k l, k l.+1) := map_mx polyC (W l) + 'X *: map_mx polyC (U l).
Definition h_line W U l : 'M[{poly R}]_(n, k l) := h (map_mx polyC X) (line W U) l.

Lemma at_polyC t p q (A : 'M[R]_(p, q)) : map_mx (horner_eval t) (map_mx polyC A) = A.
Proof. by apply/matrixP => i j; rewrite !mxE horner_evalE hornerC. Qed.

Lemma line_at t W U l : map_mx (horner_eval t) (line W U l) = W l + t *: U l.
Proof. by apply/matrixP => i j; rewrite !mxE horner_evalE hornerD hornerM hornerX !hornerC. Qed.

Lemma h_line_at t W U l : map_mx (horner_eval t) (h_line W U l) = h X (fun l => W l + t *: U l) l.
Proof. by elim: l => [|l IH] /=; rewrite ?at_polyC // map_mxM IH line_at. Qed.

Lemma h_ext W U l : (forall l, W l = U l) -> h X W l = h X U l.
Proof. by move=> eq_W; elim: l => //= l ->; rewrite eq_W. Qed.

Lemma h_value W U l : value (h_line W U l) = h X W l.
Proof. by rewrite /value h_line_at; apply: h_ext => j; rewrite scale0r addr0. Qed.

Lemma h_slope W U l : slope (h_line W U l.+1) = slope (h_line W U l) *m W l + h X W l *m U l.
Proof.
rewrite slopeM h_value /value line_at scale0r addr0; congr (_ + _ *m _).
by apply/matrixP => i j; rewrite !mxE derivD derivM !derivC derivX mul1r mulr0 addr0 add0r hornerC.
Qed.

(* The change of the loss of first order, layer by layer. *)
Lemma chain_rule W U l : (l <= L)%N ->
  \tr ((G X Y W l)^T *m slope (h_line W U l)) =
  \sum_(j < l) \tr (((h X W j)^T *m G X Y W j.+1)^T *m U j) :> R.
Proof.
elim: l => [|l IH] l_lt; first by rewrite slopeC mulmx0 mxtrace0 big_ord0.
rewrite h_slope mulmxDr mxtraceD big_ord_recr; congr (_ + _); last by rewrite trmx_mul trmxK mulmxA.
transitivity (\tr ((G X Y W l)^T *m slope (h_line W U l))); last exact: IH (ltnW l_lt).
by rewrite (G_below X Y W l_lt) trmx_mul trmxK mulmxA mxtrace_mulC mulmxA.
Qed.

(* The loss along W + t U is a polynomial in t whose slope at 0 is the inner product of U with what backprop gives. *)
Theorem cp2_backprop_is_gradient W U : exists p : {poly R},
  (forall t, loss (fun l => W l + t *: U l) = p.[t]) /\
  p^`().[0] = \sum_(l < L) \tr ((loss_grad X Y W l)^T *m U l).
Proof.
pose r := h_line W U L - map_mx polyC Y; have rE t : map_mx (horner_eval t) r = h X (fun l => W l + t *: U l) L - Y.
  by rewrite map_mxB h_line_at at_polyC.
exists ((n%:R * 2%:R)^-1%:P * \tr (r^T *m r)); split=> [t|].
  by rewrite hornerM hornerC -[_.[t]]/(horner_eval t _) -trace_map_mx map_mxM -map_trmx rE.
have trE (A : 'M[{poly R}]_(k L)) : (\tr A)^`().[0] = \tr (slope A).
  by rewrite /mxtrace deriv_sum horner_sum; apply: eq_bigr => i _; rewrite mxE.
have r0 : value r = h X W L - Y by rewrite /value rE; congr (_ - _); apply: h_ext => l; rewrite scale0r addr0.
have rS : slope r = slope (h_line W U L) by apply/matrixP => i j; rewrite !mxE derivB derivC subr0.
rewrite derivM derivC mul0r add0r hornerM hornerC trE slopeM slope_tr value_tr r0 rS.
rewrite mxtraceD -[X in X + _]mxtrace_tr trmx_mul trmxK -mulr2n -(G_output X Y) (chain_rule W U (leqnn L)).
rewrite -[X in _ * X = _]mulr_natl mulrA invfM mulfVK ?pnatr_eq0 // mulr_sumr; apply: eq_bigr => l _.
by rewrite /loss_grad /E linearZ -scalemxAl mxtraceZ.
Qed.

(* Over an infinite field a polynomial is its values. *)
Lemma poly_ext (p q : {poly R}) : (forall t, p.[t] = q.[t]) -> p = q.
Proof.
move=> pq; apply/eqP; rewrite -subr_eq0; apply: contraT => d_neq0.
pose ts : seq R := [seq i%:R | i <- iota 0 (size (p - q))].
have : (size ts < size (p - q)%R)%N.
  apply: max_poly_roots d_neq0 _ _; first by apply/allP => t _; rewrite rootE hornerD hornerN pq subrr.
  by rewrite map_inj_uniq ?iota_uniq // => i j /eqP; rewrite eqr_nat => /eqP.
by rewrite size_map size_iota ltnn.
Qed.

Lemma trace_sqr p q (A : 'M[R]_(p, q)) : \tr (A^T *m A) = 0 -> A = 0.
Proof.
have ge0 j : 0 <= (A^T *m A) j j by rewrite mxE; apply: sumr_ge0 => i _; rewrite mxE -expr2 sqr_ge0.
move/psumr_eq0P => A0; apply/matrixP => i j; have := A0 (fun j _ => ge0 j) j isT; rewrite mxE.
move/psumr_eq0P/(_ i isT); rewrite !mxE -expr2 => sq0; apply/eqP; rewrite -sqrf_eq0 sq0 // => l _.
by rewrite mxE -expr2 sqr_ge0.
Qed.

(* Critical is what it says: in every direction U the loss has slope 0. *)
Theorem cp2_critical W : critical X Y W <->
  forall U (p : {poly R}), (forall t, loss (fun l => W l + t *: U l) = p.[t]) -> p^`().[0] = 0.
Proof.
split=> [cr U p pE|flat l l_lt]; last first.
  pose U := put (T := fun l => 'M[R]_(k l, k l.+1)) (loss_grad X Y W l) (fun l => 0).
  have [p [pE p0]] := cp2_backprop_is_gradient W U; apply: trace_sqr.
  rewrite -[RHS](flat U p pE) p0 (bigD1 (Ordinal l_lt)) //= /U put_at big1 ?addr0 // => j j_neq.
  by rewrite put_off ?mulmx0 ?mxtrace0 //; apply: j_neq.
have [p1 [p1E p1_0]] := cp2_backprop_is_gradient W U.
have -> : p = p1 by apply: poly_ext => t; rewrite -pE p1E.
by rewrite p1_0 big1 // => l _; rewrite cr // trmx0 mul0mx mxtrace0.
Qed.

End Gradient.

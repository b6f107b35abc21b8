(* DY8, items 1 and 2, for two layers and an SG without a constant (or centred data): the gradients' derivative at a      *)
(* global minimum, and that the linearised flow, seen through (u, v, b), is the reduced system of T1.                    *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow dy8_repelling_minima.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Reduction.
Variables (R : realFieldType) (n d k m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Variables (W1 : 'M[R]_(d, k)) (W2 : 'M[R]_(k, m)) (kappa : R).
Add Ring R_ring : (comRing_ring R).
Local Notation S := (E X X).
Local Notation P := (W1 *m W2).
Local Notation r := (X *m P - Y).
Local Notation T := (E r r).
Hypothesis least_squares : E X r = 0.

(* The net's gradients at weights V1, V2. *)
Definition grad1 (V1 : 'M[R]_(d, k)) (V2 : 'M[R]_(k, m)) := E X ((X *m (V1 *m V2) - Y) *m V2^T).
Definition grad2 (V1 : 'M[R]_(d, k)) (V2 : 'M[R]_(k, m)) := E (X *m V1) (X *m (V1 *m V2) - Y).

Variables (U1 : 'M[R]_(d, k)) (U2 : 'M[R]_(k, m)) (a : 'M[R]_k) (b : 'M[R]_(m, k)).
Local Notation u := (U1 *m W2 + W1 *m U2).
Local Notation v := (W1 *m a + P *m b).
Local Notation z := (row_mx (X *m W1) Y).

Let residual t : X *m ((W1 + t *: U1) *m (W2 + t *: U2)) - Y = r + t *: (X *m u) + t ^+ 2 *: (X *m (U1 *m U2)).
Proof.
rewrite mulmxDl !mulmxDr -!scalemxAl -!scalemxAr scalerA -expr2.
by move: (X *m (W1 *m W2)) (X *m (W1 *m U2)) (X *m (U1 *m W2)) (X *m (U1 *m U2)) => p q e f; mxring R.
Qed.

(* 1.  The Hessian along (U1, U2): S u W2^T and W1^T S u.  C: analytic Jacobian against finite differences. *)
Theorem dy8_hessian : tangent (fun t => grad1 (W1 + t *: U1) (W2 + t *: U2)) 0 (S *m u *m W2^T) /\
  tangent (fun t => grad2 (W1 + t *: U1) (W2 + t *: U2)) 0 (W1^T *m (S *m u)).
Proof.
have r0 q (M : 'M_(m, q)) : E X (r *m M) = 0 by rewrite EMr least_squares mul0mx.
have r1 q (M : 'M_(d, q)) : E (X *m M) r = 0 by rewrite EMl least_squares mulmx0.
have -> : S *m u *m W2^T = E X (X *m u *m W2^T) by rewrite !EMr.
have -> : W1^T *m (S *m u) = E (X *m W1) (X *m u) by rewrite EMl EMr.
split.
  exists (E X (X *m (U1 *m U2) *m W2^T) + E X (X *m u *m U2^T)), (E X (X *m (U1 *m U2) *m U2^T)) => t.
  rewrite /grad1 residual [(W2 + _)^T]linearD /= [(t *: U2)^T]linearZ /=.
  move: r r0 (X *m u) (X *m (U1 *m U2)) {r1} => rr r0 uu qq.
  rewrite !mulmxDl !mulmxDr -!scalemxAl -!scalemxAr !EDr !EZr !r0.
  by move: (E X (uu *m W2^T)) (E X (uu *m U2^T)) (E X (qq *m W2^T)) (E X (qq *m U2^T)) => e f g h; mxring R.
exists (E (X *m W1) (X *m (U1 *m U2)) + E (X *m U1) (X *m u)), (E (X *m U1) (X *m (U1 *m U2))) => t.
rewrite /grad2 residual; move: r r1 (X *m u) (X *m (U1 *m U2)) {r0} => rr r1 uu qq.
rewrite mulmxDr -scalemxAr EDl EZl !EDr !EZr !r1.
by move: (E (X *m W1) uu) (E (X *m W1) qq) (E (X *m U1) uu) (E (X *m U1) qq) => e f g h; mxring R.
Qed.

(* 2.  The linearised flow of item 1: Q psi = E[x^T z psi] moves the lower layer, D the SG's target with the upper one.  *)
Definition lin_w1 := - (S *m u *m W2^T) - E X (z *m col_mx a b).
Definition lin_w2 := - (W1^T *m S *m u).
Definition lin_a := - (kappa *: E (X *m W1) (z *m col_mx a b)) - (lin_w2 *m W2^T + W2 *m lin_w2^T).
Definition lin_b := - (kappa *: E Y (z *m col_mx a b)) + lin_w2^T.

(* C: the reduced spectrum against the full one, off zero. *)
Theorem dy8_reduction : lin_w1 *m W2 + W1 *m lin_w2 = flow_u S W1 W2 u v b /\
  W1 *m lin_a + P *m lin_b = flow_v S T W1 W2 kappa u v b /\ lin_b = flow_b S T W1 W2 kappa u v b.
Proof.
have EXY : E X Y = S *m P by move/eqP: least_squares; rewrite EDr ENr EMr subr_eq0 => /eqP ->.
have ErX : E r X = 0 by rewrite -E_tr least_squares trmx0.
have zP : z *m col_mx a b = X *m W1 *m a + Y *m b by rewrite mul_row_col.
have EXz : E X (z *m col_mx a b) = S *m v by rewrite zP EDr !EMr EXY mulmxDr !mulmxA.
have S_sym : S^T = S by rewrite E_tr.
have YE : Y = X *m P - r by rewrite opprB addrC subrK.
have Erz : E r (z *m col_mx a b) = - (T *m b).
  rewrite zP EDr !EMr ErX !mul0mx add0r; have -> : E r Y = - T; last by rewrite mulNmx.
  by rewrite {2}YE EDr ENr EMr ErX mul0mx add0r.
have EYz : E Y (z *m col_mx a b) = P^T *m (S *m v) + T *m b.
  by rewrite {1}YE EDl -scaleN1r EZl scaleN1r EMl EXz Erz opprK.
have w2T : lin_w2^T = - (u^T *m S *m W1) by rewrite /lin_w2 linearN /= !trmx_mul trmxK S_sym mulmxA.
have bE : lin_b = flow_b S T W1 W2 kappa u v b.
  rewrite /lin_b EYz w2T /flow_b scalerDr opprD mulmxA addrC addrA.
  by rewrite scalemxAl.
split; [|split] => //.
  rewrite /lin_w1 EXz /lin_w2 /flow_u mulmxBl mulNmx mulmxN !mulmxA addrAC.
  by [].
rewrite bE /lin_a EMl EXz w2T /flow_v /flow_b /lin_w2; move: (E r r) (E X X) u v => TT SS uu vv.
rewrite !(mulmxBr, mulmxDr, mulmxN, mulmxDl, mulNmx) -?scalemxAr -?scalemxAl !(mulmxDl, scalerDr, mulmxA).
move: (W1 *m W1^T *m SS *m uu *m W2^T) (P *m uu^T *m SS *m W1) (kappa *: (W1 *m W1^T *m SS *m vv))
  (kappa *: (P *m P^T *m SS *m vv)) (kappa *: (P *m TT *m b)) => e f g h i.
by mxring R.
Qed.

End Reduction.

(* Column vectors over an ordered field: the inner product, the Gram lemma, least squares. *)
From mathcomp Require Import all_ssreflect all_algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Dot.
Variable R : realFieldType.

Lemma ge0_eq (u v : R) : 0 <= u -> v = u -> 0 <= v.
Proof. by move=> u_ge0 ->. Qed.

Definition dot n (u v : 'cV[R]_n) : R := \sum_i u i 0 * v i 0.
Definition nrm2 n (u : 'cV[R]_n) : R := dot u u.

Lemma dotE n (u v : 'cV[R]_n) : dot u v = (u^T *m v) 0 0.
Proof. by rewrite mxE; apply: eq_bigr => i _; rewrite mxE. Qed.

Lemma dotC n (u v : 'cV[R]_n) : dot u v = dot v u.
Proof. by apply: eq_bigr => i _; rewrite mulrC. Qed.

Lemma dotDr n (u v w : 'cV[R]_n) : dot u (v + w) = dot u v + dot u w.
Proof. by rewrite !dotE mulmxDr mxE. Qed.

Lemma dotZr n a (u v : 'cV[R]_n) : dot u (a *: v) = a * dot u v.
Proof. by rewrite !dotE -scalemxAr mxE. Qed.

Lemma dotDl n (u v w : 'cV[R]_n) : dot (u + v) w = dot u w + dot v w.
Proof. by rewrite ![dot _ w]dotC dotDr. Qed.

Lemma dotZl n a (u v : 'cV[R]_n) : dot (a *: u) v = a * dot u v.
Proof. by rewrite ![dot _ v]dotC dotZr. Qed.

Lemma dotNr n (u v : 'cV[R]_n) : dot u (- v) = - dot u v.
Proof. by rewrite -scaleN1r dotZr mulN1r. Qed.

Lemma dot0r n (u : 'cV[R]_n) : dot u 0 = 0.
Proof. by rewrite dotE mulmx0 mxE. Qed.

Lemma dot_mulmx m n (A : 'M[R]_(m, n)) u v :
  dot u (A *m v) = dot (A^T *m u) v.
Proof. by rewrite !dotE trmx_mul trmxK mulmxA. Qed.

Lemma nrm2_ge0 n (u : 'cV[R]_n) : 0 <= nrm2 u.
Proof. by apply: sumr_ge0 => i _; rewrite -expr2 sqr_ge0. Qed.

Lemma nrm2_eq0 n (u : 'cV[R]_n) : (nrm2 u == 0) = (u == 0).
Proof.
apply/eqP/eqP => [u0|->]; last by rewrite /nrm2 dot0r.
apply/colP => i; rewrite mxE; apply/eqP; rewrite -sqrf_eq0 expr2.
by move/psumr_eq0P: u0 => -> // j _; rewrite -expr2 sqr_ge0.
Qed.

Lemma nrm2_gt0 n (u : 'cV[R]_n) : (0 < nrm2 u) = (u != 0).
Proof. by rewrite lt_def nrm2_ge0 nrm2_eq0 andbT. Qed.

Lemma nrm2D n (u v : 'cV[R]_n) :
  nrm2 (u + v) = nrm2 u + dot u v *+ 2 + nrm2 v.
Proof.
by rewrite /nrm2 dotDl !dotDr (dotC v u) mulr2n !addrA.
Qed.

Lemma nrm2Z n a (u : 'cV[R]_n) : nrm2 (a *: u) = a ^+ 2 * nrm2 u.
Proof. by rewrite /nrm2 dotZl dotZr mulrA expr2. Qed.

Lemma nrm2N n (u : 'cV[R]_n) : nrm2 (- u) = nrm2 u.
Proof. by rewrite -scaleN1r nrm2Z sqrrN expr1n mul1r. Qed.

(* The Gram lemma, for one vector and for a matrix of unknowns. *)
Lemma gram_ker1 m n (A : 'M[R]_(m, n)) (u : 'cV_n) :
  A^T *m (A *m u) = 0 -> A *m u = 0.
Proof.
by move=> AAu; apply/eqP; rewrite -nrm2_eq0 /nrm2 dot_mulmx AAu dotC dot0r.
Qed.

Lemma gram_ker m n k (A : 'M[R]_(m, n)) (U : 'M_(n, k)) :
  A^T *m (A *m U) = 0 -> A *m U = 0.
Proof.
move=> AAU; apply/matrixP => i j.
have /colP/(_ i) : A *m col j U = 0.
  by apply: gram_ker1; rewrite colE !mulmxA -(mulmxA A^T) AAU mul0mx.
by rewrite colE mulmxA -colE !mxE.
Qed.

(* Least squares: a parameter is a global minimiser iff it is stationary. *)
Lemma lsq_minP m n (A : 'M[R]_(m, n)) (g : 'cV_m) (u : 'cV_n) :
  (forall v, nrm2 (A *m u - g) <= nrm2 (A *m v - g)) <->
  A^T *m (A *m u - g) = 0.
Proof.
set r := A *m u - g; have expand h :
    nrm2 (A *m (u + h) - g) = nrm2 r + dot (A^T *m r) h *+ 2 + nrm2 (A *m h).
  by rewrite mulmxDr addrAC nrm2D dot_mulmx.
split=> [min_u|grad0 v]; last first.
  have -> : v = u + (v - u) by rewrite addrC subrK.
  by rewrite expand grad0 dotC dot0r mul0rn addr0 ler_addl nrm2_ge0.
set G := A^T *m r; apply/eqP; apply: contraT => G_neq0.
set q := nrm2 (A *m G); have q_ge0 : 0 <= q by apply: nrm2_ge0.
have GG : 0 < nrm2 G by rewrite nrm2_gt0.
pose t := nrm2 G / (nrm2 G + q); have D0 : 0 < nrm2 G + q by rewrite ltr_paddr.
have t0 : 0 < t by rewrite divr_gt0.
have := min_u (u - t *: G); rewrite expand -addrA ler_addl.
rewrite -scaleNr dotZr -scalemxAr nrm2Z sqrrN -/(nrm2 G) -/q mulNr mulNrn addrC.
rewrite subr_ge0 leNgt => /negP[].
rewrite expr2 -mulrA -mulrnAr ltr_pmul2l //.
apply: (@le_lt_trans _ _ (nrm2 G)); last by rewrite mulr2n ltr_addl.
by rewrite mulrAC ler_pdivr_mulr // ler_wpmul2l ?ler_addr // ltW.
Qed.

End Dot.

(* DY5. The constants K and sigma that the linear rate asks of X always exist. *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Constants.
Variable R : realFieldType.
Add Ring R_ring : (comRing_ring R).

Lemma cauchy_schwarz n (u v : 'cV[R]_n) : dot u v ^+ 2 <= nrm2 u * nrm2 v.
Proof.
have [->|v0] := eqVneq v 0; first by rewrite /nrm2 !dot0r expr0n mulr0.
have v_gt0 : 0 < nrm2 v by rewrite nrm2_gt0.
rewrite -subr_ge0 -(pmulr_rge0 _ v_gt0).
have := nrm2_ge0 (nrm2 v *: u + - dot u v *: v).
rewrite nrm2D !nrm2Z dotZl dotZr; congr (is_true (0 <= _)); mcring R.
Qed.

(* A bound on the operator norm, from the entries.  C: its constants are singular values by LAPACK. *)
Theorem dy5_norm_bound m n (A : 'M[R]_(m, n)) :
  exists2 K, 0 <= K & forall u : 'cV_n, nrm2 (A *m u) <= K * nrm2 u.
Proof.
exists (\sum_i nrm2 (row i A)^T) => [|u]; first by apply: sumr_ge0 => i _; apply: nrm2_ge0.
rewrite mulr_suml; apply: ler_sum => i _; rewrite -expr2.
apply: le_trans (cauchy_schwarz _ _); rewrite dotE trmxK -row_mul [row _ _ _ _]mxE.
exact: lexx.
Qed.

(* X^T is bounded below on the range of X: no spectral theorem needed.  C: as above. *)
Theorem dy5_range_bound n d (X : 'M[R]_(n, d)) :
  exists2 s, 0 < s &
    forall u : 'cV_d, s * nrm2 (X *m u) <= nrm2 (X^T *m (X *m u)).
Proof.
have /submxP[B XB] : (X <= X^T *m X)%MS.
  by rewrite submxE; apply/eqP/gram_ker; rewrite mulmxA mulmx_coker.
have [K K_ge0 BK] := dy5_norm_bound B; have K1 : 0 < K + 1 by rewrite ltr_paddl ?ltr01.
exists (K + 1)^-1 => [|u]; first by rewrite invr_gt0.
rewrite ler_pdivr_mull // {1}XB -!mulmxA; apply: le_trans (BK _) _.
by rewrite mulrDl mul1r ler_addl nrm2_ge0.
Qed.

End Constants.

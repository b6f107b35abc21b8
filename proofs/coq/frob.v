(* Matrices over an ordered field with the inner product tr(A^T B): Cauchy-Schwarz, |A B| <= |A| |B|, the triangle     *)
(* inequality.  There are no square roots in such a field, so everything is said of squares.                            *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Frob.
Variable R : realFieldType.
Add Ring R_ring : (comRing_ring R).

Definition ip p q (A B : 'M[R]_(p, q)) : R := \tr (A^T *m B).
Definition sq p q (A : 'M[R]_(p, q)) : R := ip A A.

Lemma ipE p q (A B : 'M[R]_(p, q)) : ip A B = \sum_j \sum_i A i j * B i j.
Proof. by apply: eq_bigr => j _; rewrite mxE; apply: eq_bigr => i _; rewrite mxE. Qed.

Lemma ipC p q (A B : 'M[R]_(p, q)) : ip A B = ip B A.
Proof. by rewrite /ip -mxtrace_tr trmx_mul trmxK. Qed.

Lemma ipDr p q (A B C : 'M[R]_(p, q)) : ip A (B + C) = ip A B + ip A C.
Proof. by rewrite /ip mulmxDr mxtraceD. Qed.

Lemma ipZr p q a (A B : 'M[R]_(p, q)) : ip A (a *: B) = a * ip A B.
Proof. by rewrite /ip -scalemxAr mxtraceZ. Qed.

Lemma ipDl p q (A B C : 'M[R]_(p, q)) : ip (A + B) C = ip A C + ip B C.
Proof. by rewrite ![ip _ C]ipC ipDr. Qed.

Lemma ipZl p q a (A B : 'M[R]_(p, q)) : ip (a *: A) B = a * ip A B.
Proof. by rewrite ![ip _ B]ipC ipZr. Qed.

Lemma ip0r p q (A : 'M[R]_(p, q)) : ip A 0 = 0.
Proof. by rewrite /ip mulmx0 mxtrace0. Qed.

(* The adjoint of a multiplication. *)
Lemma ip_mull p q r (A : 'M[R]_(p, r)) (B : 'M_(p, q)) (C : 'M_(q, r)) : ip A (B *m C) = ip (B^T *m A) C.
Proof. by rewrite /ip trmx_mul trmxK mulmxA. Qed.

Lemma sq_ge0 p q (A : 'M[R]_(p, q)) : 0 <= sq A.
Proof. by rewrite /sq ipE; apply: sumr_ge0 => j _; apply: sumr_ge0 => i _; rewrite -expr2 sqr_ge0. Qed.

Lemma sq_cols p q (A : 'M[R]_(p, q)) : sq A = \sum_j nrm2 (col j A).
Proof. by rewrite /sq ipE; apply: eq_bigr => j _; apply: eq_bigr => i _; rewrite !mxE. Qed.

Lemma sq_tr p q (A : 'M[R]_(p, q)) : sq A^T = sq A.
Proof. by rewrite /sq /ip trmxK mxtrace_mulC. Qed.

Lemma sq0 p q : sq (0 : 'M[R]_(p, q)) = 0.
Proof. exact: ip0r. Qed.

Lemma sq_eq0 p q (A : 'M[R]_(p, q)) : (sq A == 0) = (A == 0).
Proof.
apply/eqP/eqP => [|->]; last exact: sq0.
rewrite sq_cols => /psumr_eq0P A0; apply/matrixP => i j; rewrite mxE.
have /eqP := A0 (fun j _ => nrm2_ge0 (col j A)) j isT.
by rewrite nrm2_eq0 => /eqP/colP/(_ i); rewrite !mxE.
Qed.

Lemma sqD p q (A B : 'M[R]_(p, q)) : sq (A + B) = sq A + ip A B *+ 2 + sq B.
Proof. by rewrite /sq ipDl !ipDr (ipC B A) mulr2n !addrA. Qed.

Lemma sqZ p q a (A : 'M[R]_(p, q)) : sq (a *: A) = a ^+ 2 * sq A.
Proof. by rewrite /sq ipZl ipZr mulrA expr2. Qed.

Lemma sqN p q (A : 'M[R]_(p, q)) : sq (- A) = sq A.
Proof. by rewrite -scaleN1r sqZ sqrrN expr1n mul1r. Qed.

Lemma sqB_step p q t (A B : 'M[R]_(p, q)) : sq (A - t *: B) = sq A - t * ip A B *+ 2 + t ^+ 2 * sq B.
Proof. by rewrite -scaleNr sqD sqZ ipZr; mcring R. Qed.

Lemma ip_cs p q (A B : 'M[R]_(p, q)) : ip A B ^+ 2 <= sq A * sq B.
Proof.
have [->|B0] := eqVneq B 0; first by rewrite ip0r sq0 expr0n mulr0.
have B_gt0 : 0 < sq B by rewrite lt_def sq_eq0 B0 sq_ge0.
rewrite -subr_ge0 -(pmulr_rge0 _ B_gt0); have := sq_ge0 (sq B *: A + - ip A B *: B).
by move/ge0_eq; apply; rewrite sqD !sqZ ipZl ipZr; mcring R.
Qed.

(* A bound on columns is a bound on matrices. *)
Lemma sq_mul_bound p q r (A : 'M[R]_(p, q)) L :
  (forall u : 'cV_q, nrm2 (A *m u) <= L * nrm2 u) -> forall B : 'M_(q, r), sq (A *m B) <= L * sq B.
Proof.
move=> AL B; rewrite !sq_cols mulr_sumr; apply: ler_sum => j _.
by rewrite colE -mulmxA -colE; apply: AL.
Qed.

Lemma sq_mul p q r (A : 'M[R]_(p, q)) (B : 'M_(q, r)) : sq (A *m B) <= sq A * sq B.
Proof.
apply: sq_mul_bound => u; rewrite -[sq A]sq_tr sq_cols mulr_suml; apply: ler_sum => i _.
rewrite mxE -expr2; have dot_ip (a b : 'cV_q) : dot a b = ip a b by rewrite dotE /ip /mxtrace big_ord1.
have -> : \sum_j A i j * u j 0 = dot (col i A^T) u by apply: eq_bigr => j _; rewrite !mxE.
by rewrite /nrm2 !dot_ip; apply: ip_cs.
Qed.

(* If A is bounded by L, so is its adjoint. *)
Lemma sq_adjoint p q r (A : 'M[R]_(p, q)) L : 0 <= L ->
  (forall B : 'M_(q, r), sq (A *m B) <= L * sq B) -> forall B : 'M_(p, r), sq (A^T *m B) <= L * sq B.
Proof.
move=> L_ge0 AL B; set C := A^T *m B; have [->|C0] := eqVneq C 0.
  by rewrite sq0 mulr_ge0 ?sq_ge0.
have C_gt0 : 0 < sq C by rewrite lt_def sq_eq0 C0 sq_ge0.
have adj : sq C = ip B (A *m C) by rewrite ip_mull.
rewrite -(ler_pmul2r C_gt0) -expr2 {1}adj; apply: le_trans (ip_cs _ _) _.
by rewrite mulrAC [_ * sq B]mulrC ler_wpmul2l ?sq_ge0.
Qed.

(* The triangle inequality, with bounds in place of roots and a common factor c. *)
Lemma sq_triangle p q (A B : 'M[R]_(p, q)) c x y : 0 <= c -> 0 <= x -> 0 <= y ->
  sq A <= c * x ^+ 2 -> sq B <= c * y ^+ 2 -> sq (A + B) <= c * (x + y) ^+ 2.
Proof.
move=> c0 x0 y0 Ax By; have cxy0 : 0 <= c * (x * y) by rewrite !mulr_ge0.
have AB : ip A B <= c * (x * y).
  apply: le_trans (ler_norm _) _; rewrite -(@ler_pexpn2r _ 2) ?nnegrE // real_normK ?num_real //.
  apply: le_trans (ip_cs _ _) _; have -> : (c * (x * y)) ^+ 2 = (c * x ^+ 2) * (c * y ^+ 2) by mcring R.
  by rewrite ler_pmul ?sq_ge0.
by rewrite sqD sqrrD 2!mulrDr mulrnAr ler_add // ler_add // ler_muln2r.
Qed.

Lemma sq_sum_triangle p q T (A : nat -> 'M[R]_(p, q)) c (x : nat -> R) :
  0 <= c -> (forall t, 0 <= x t) -> (forall t, sq (A t) <= c * x t ^+ 2) ->
  sq (\sum_(t < T) A t) <= c * (\sum_(t < T) x t) ^+ 2.
Proof.
move=> c0 x0 Ax; elim: T => [|T IH]; first by rewrite !big_ord0 sq0 expr0n mulr0.
by rewrite !big_ord_recr; apply: sq_triangle => //; apply: sumr_ge0.
Qed.

(* |A + B|^2 with a free weight, and sums of T terms. *)
Lemma sq_weighted p q c (A B : 'M[R]_(p, q)) : 0 < c -> sq (A + B) <= (1 + c) * sq A + (1 + c^-1) * sq B.
Proof.
move=> c0; rewrite -subr_ge0 -(pmulr_rge0 _ c0); have cc : c * c^-1 = 1 by rewrite divff ?gt_eqF.
have := sq_ge0 (c *: A + - 1 *: B); rewrite (sqD (c *: A)) !sqZ ipZl ipZr => /ge0_eq; apply.
rewrite sqD; have -> : c * ((1 + c) * sq A + (1 + c^-1) * sq B - (sq A + ip A B *+ 2 + sq B)) =
  c ^+ 2 * sq A + c * c^-1 * sq B - c * ip A B *+ 2 by mcring R.
by rewrite cc; mcring R.
Qed.

Lemma sq_sum p q T (A : nat -> 'M[R]_(p, q)) : sq (\sum_(t < T) A t) <= T%:R * \sum_(t < T) sq (A t).
Proof.
case: T => [|T]; first by rewrite !big_ord0 sq0 mulr0.
elim: T => [|T IH]; first by rewrite !big_ord1 mul1r.
rewrite big_ord_recr [X in _ <= _ * X]big_ord_recr /=.
have T0 : 0 < (T.+1%:R : R) by rewrite ltr0n.
have T0' : 0 < (T.+1%:R^-1 : R) by rewrite invr_gt0.
apply: le_trans (sq_weighted _ _ T0') _; rewrite invrK mulrDr ler_add2r.
have -> : 1 + T.+1%:R^-1 = T.+2%:R / T.+1%:R :> R.
  have T1 : (T.+1%:R : R) != 0 by rewrite gt_eqF.
  by apply: (mulIf T1); rewrite mulrDl mulVf // divfK // mul1r -mulrSr.
by rewrite -mulrA ler_wpmul2l ?ler0n // ler_pdivr_mull.
Qed.

End Frob.

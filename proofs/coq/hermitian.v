(* Complex matrices with a conjugate transpose: norms, and the spectral theorem for hermitian ones.                   *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Adjoint.
Variable C : numClosedFieldType.
Add Ring C_ring : (comRing_ring C).

Definition adj p q (A : 'M[C]_(p, q)) : 'M[C]_(q, p) := map_mx (fun x => x^* ) A^T.

Lemma adjM p q r (A : 'M[C]_(p, q)) (B : 'M[C]_(q, r)) : adj (A *m B) = adj B *m adj A.
Proof. by rewrite /adj trmx_mul map_mxM. Qed.

Lemma adj_adj p q (A : 'M[C]_(p, q)) : adj (adj A) = A.
Proof. by apply/matrixP => i j; rewrite !mxE conjCK. Qed.

Lemma adj_real p q (A : 'M[C]_(p, q)) : A \is a mxOver Num.real -> adj A = A^T.
Proof. by move=> /mxOverP AR; apply/matrixP => i j; rewrite !mxE conj_Creal. Qed.

Lemma adj_tr_real p q (A : 'M[C]_(p, q)) : A \is a mxOver Num.real -> adj A^T = A.
Proof. by move=> /mxOverP AR; apply/matrixP => i j; rewrite !mxE conj_Creal. Qed.

(* |A|^2                                                                                                              *)
Definition sq p q (A : 'M[C]_(p, q)) : C := \tr (A *m adj A).

Lemma sqE p q (A : 'M[C]_(p, q)) : sq A = \sum_i \sum_j A i j * (A i j)^*.
Proof. by apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _; rewrite !mxE. Qed.

Lemma sq_ge0 p q (A : 'M[C]_(p, q)) : 0 <= sq A.
Proof. by rewrite sqE; apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; rewrite mul_conjC_ge0. Qed.

Lemma sq_gt0 p q (A : 'M[C]_(p, q)) : (0 < sq A) = (A != 0).
Proof.
rewrite lt_def sq_ge0 andbT; congr (~~ _); apply/eqP/eqP => [|->]; last first.
  by rewrite /sq mul0mx mxtrace0.
rewrite sqE => /psumr_eq0P A0; apply/matrixP => i j; rewrite mxE; apply/eqP; rewrite -mul_conjC_eq0; apply/eqP.
have rows l : 0 <= \sum_j A l j * (A l j)^* by apply: sumr_ge0 => j' _; rewrite mul_conjC_ge0.
have /psumr_eq0P := A0 (fun l _ => rows l) i isT; apply=> // j' _; exact: mul_conjC_ge0.
Qed.

Lemma sq_row q (x : 'rV[C]_q) : sq x = (x *m adj x) 0 0.
Proof. by rewrite /sq /mxtrace big_ord1. Qed.

(* Cauchy-Schwarz for a real row.                                                                                     *)
Lemma cauchy q (w x : 'rV[C]_q) (y := (w *m x^T) 0 0) : w \is a mxOver Num.real -> y * y^* <= sq w * sq x.
Proof.
move=> wR; have [w0|w_neq0] := eqVneq w 0.
  by rewrite /y w0 mul0mx mxE mul0r /sq mul0mx mxtrace0 mul0r.
have t_gt0 : 0 < sq w by rewrite sq_gt0.
have tR : (sq w)^* = sq w := conj_Creal (gtr0_real t_gt0).
rewrite -subr_ge0 -(pmulr_rge0 _ t_gt0); have := sq_ge0 (sq w *: x - y *: w).
suff -> : sq (sq w *: x - y *: w) = sq w * (sq w * sq x - y * y^* ) by [].
have E (a b : 'rV[C]_q) : adj (a - b) = adj a - adj b by apply/matrixP => i j; rewrite !mxE rmorphB.
have Z c (a : 'rV[C]_q) : adj (c *: a) = c^* *: adj a by apply/matrixP => i j; rewrite !mxE rmorphM.
have xw : (x *m adj w) 0 0 = y.
  by rewrite adj_real // /y !mxE; apply: eq_bigr => j _; rewrite !mxE mulrC.
have wx : (w *m adj x) 0 0 = y^*.
  by rewrite -xw -[w *m adj x]adj_adj adjM adj_adj !mxE.
rewrite [LHS]sq_row E !Z tR mulmxBl !mulmxBr -!scalemxAl -!scalemxAr [sq x]sq_row.
have ww := sq_row w; move: (sq w) (y) ww xw wx {tR t_gt0} => t z ww xw wx.
move: (x *m adj x) (x *m adj w) (w *m adj x) (w *m adj w) ww xw wx => a b c e -> <- cE.
rewrite -cE !mxE {cE}; move: (a 0 0) (b 0 0) (c 0 0) (e 0 0) => {}a {}b {}c {}e; mcring C.
Qed.

End Adjoint.

Section Spectral.
Variables (C : numClosedFieldType) (n : nat) (A : 'M[C]_n).
Hypothesis A_adj : adj A = A.

(* A space that A keeps, not 0, has a unit eigenvector of A.                                                          *)
Lemma unit_eigenvector r (V : 'M[C]_(r, n)) : (0 < \rank V)%N -> (V *m A <= V)%MS ->
  exists x : 'rV[C]_n, exists a : C, [/\ (x <= V)%MS, x *m adj x = 1%:M & x *m A = a *: x].
Proof.
move=> V_gt0 VA; have : (row_base V *m A <= row_base V)%MS.
  by rewrite eq_row_base (eqmxMr A (eq_row_base V)).
have := row_base_free V; have := eq_row_base V; move: (row_base V) V_gt0; move: (\rank V) => q B q_gt0 BV Bfree.
case/submxP => M BA.
have /closed_rootP[a] : size (char_poly M) != 1%N by rewrite size_char_poly eqSS -lt0n.
rewrite -eigenvalue_root_char => /eigenvalueP[y yM y_neq0].
pose z := y *m B; have z_neq0 : z != 0.
  by apply: contraNneq y_neq0 => z0; apply/eqP; apply: (row_free_inj Bfree); rewrite mul0mx.
have zA : z *m A = a *: z by rewrite -mulmxA BA mulmxA yM scalemxAl.
have s_gt0 : 0 < sq z by rewrite sq_gt0.
pose t := sqrtC (sq z); have tt : t * t = sq z by rewrite -expr2 sqrtCK.
have t_gt0 : 0 < t by rewrite sqrtC_gt0.
exists (t^-1 *: z), a; split.
- by rewrite scalemx_sub // -BV submxMl.
- have -> : adj (t^-1 *: z) = t^-1 *: adj z.
    apply/matrixP => i j; rewrite !mxE rmorphM fmorphV; congr (_^-1 * _); exact: conj_Creal (gtr0_real t_gt0).
  rewrite -scalemxAl -scalemxAr scalerA [z *m _]mx11_scalar -sq_row -tt scale_scalar_mx.
  by rewrite mulrACA mulVf ?lt0r_neq0 // mulr1.
- by rewrite -scalemxAl zA !scalerA mulrC.
Qed.

Lemma orthonormal r : (r <= n)%N -> exists U : 'M[C]_(r, n), exists d : 'rV[C]_r,
  U *m adj U = 1%:M /\ U *m A = diag_mx d *m U.
Proof.
elim: r => [_|r IH r_lt]; first by exists 0, 0; split; apply/matrixP => -[].
have [U [d [UU UA]]] := IH (ltnW r_lt); pose V := kermx (adj U).
have V_gt0 : (0 < \rank V)%N by rewrite mxrank_ker subn_gt0 (leq_ltn_trans _ r_lt) // rank_leq_col.
have VA : (V *m A <= V)%MS.
  have AU : A *m adj U = adj U *m adj (diag_mx d) by rewrite -{1}A_adj -adjM UA adjM.
  apply/sub_kermxP; rewrite -mulmxA AU mulmxA.
  by have /sub_kermxP -> := submx_refl V; rewrite mul0mx.
have [x [a [/sub_kermxP xV xx xA]]] := unit_eigenvector V_gt0 VA.
suff [] : col_mx x U *m adj (col_mx x U) = 1%:M /\ col_mx x U *m A = diag_mx (row_mx (a%:M : 'rV_1) d) *m col_mx x U.
  by move=> e1 e2; exists (col_mx x U), (row_mx a%:M d).
split.
  have -> : adj (col_mx x U) = row_mx (adj x) (adj U) by rewrite /adj tr_col_mx map_row_mx.
  have Ux : U *m adj x = 0 by rewrite -[LHS]adj_adj adjM adj_adj xV; apply/matrixP => i j; rewrite !mxE rmorph0.
  by rewrite mul_col_row xx UU xV Ux -scalar_mx_block.
rewrite diag_mx_row mul_block_col !mul0mx addr0 add0r mul_col_mx xA UA; congr (col_mx _ _).
have -> : diag_mx (a%:M : 'rV_1) = a%:M by apply/matrixP => i j; rewrite !mxE !ord1.
by rewrite mul_scalar_mx.
Qed.

(* The spectral theorem.                                                                                              *)
Theorem spectral : exists U : 'M[C]_n, exists d : 'rV[C]_n,
  [/\ U *m adj U = 1%:M, adj U *m U = 1%:M & U *m A = diag_mx d *m U].
Proof. by have [U [d [UU UA]]] := orthonormal (leqnn n); exists U, d; split=> //; exact: mulmx1C. Qed.

End Spectral.

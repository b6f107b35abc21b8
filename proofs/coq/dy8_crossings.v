(* DY8, items 3 and 9: where a real eigenvalue crosses zero, and the parity of the number of positive real eigenvalues,   *)
(* counted as roots of the characteristic polynomial over a real closed field.                                          *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* 9.  The flow on the quotient: L = Lambda, A = V^T Q U, B = U^T D V, G = Gamma of the page.  Nothing is inverted.       *)
(* C: the eigenvalues kappa_0 against the sign changes of the spectrum. *)
Section Crossing.
Variables (K : comRingType) (r s : nat) (L : 'M[K]_r) (A : 'M[K]_(r, s)) (B : 'M[K]_(s, r)) (G : 'M[K]_s).

Definition flow kappa : 'M[K]_(r + s) := block_mx (- L) (- A) (B *m L) (- (kappa *: G)).

Theorem dy8_crossing kappa : \det (flow kappa) = (-1) ^+ (r + s) * (\det L * \det (kappa *: G + B *m A)).
Proof.
transitivity (\det (block_mx 1%:M 0 B 1%:M *m flow kappa)).
  by rewrite det_mulmx det_lblock !det1 !mul1r.
rewrite mulmx_block !mul1mx !mul0mx !addr0 !mulmxN addNr det_ublock -opprD [_ + kappa *: G]addrC.
by rewrite -scaleN1r detZ -[- (_ + _)]scaleN1r detZ exprD !mulrA; congr (_ * _); rewrite mulrAC.
Qed.

End Crossing.

(* Monic polynomials over a real closed field: positive roots, with multiplicity. *)
Section Parity.
Variable R : rcfType.
Implicit Types (p q : {poly R}).

Lemma monic_large p : p \is monic -> exists b, forall y, b <= y -> 2%:R^-1 <= p.[y].
Proof.
have h0 : 0 <= 2%:R^-1 :> R by rewrite invr_ge0 ler0n.
have h1 : 2%:R^-1 <= 1 :> R by rewrite invf_le1 ?ltr0n // ler1n.
elim/poly_ind: p => [|p c IH] mon; first by move: mon; rewrite monicE lead_coef0 eq_sym oner_eq0.
have [p0|p0] := eqVneq p 0.
  move: mon; rewrite p0 mul0r add0r monicE lead_coefC => /eqP ->; exists 0 => y _; by rewrite hornerC.
have mon_p : p \is monic.
  move: mon; rewrite !monicE lead_coefDl ?lead_coefMX //.
  by rewrite size_mulX // (leq_ltn_trans (size_polyC_leq1 c)) // ltnS size_poly_gt0.
have [b pb] := IH mon_p; pose b' := Num.max b (1 + `|c| *+ 2); exists b' => y; rewrite /b' le_maxl => /andP[by_ y1].
have y0 : 0 <= y by apply: le_trans y1; rewrite addr_ge0 ?ler01 ?mulrn_wge0.
rewrite !hornerE; apply: le_trans (_ : 2%:R^-1 * y + c <= _); last by rewrite ler_add2r ler_wpmul2r // pb.
have : 2%:R^-1 * (1 + `|c| *+ 2) <= 2%:R^-1 * y by rewrite ler_wpmul2l.
rewrite mulrDr mulr1 -[`|c| *+ 2]mulr_natl mulKf ?pnatr_eq0 // => le1.
apply: le_trans (ler_add le1 (lexx c)); rewrite -addrA ler_addl -ler_subl_addr sub0r.
by rewrite -normrN ler_norm.
Qed.

(* No root from a on: positive there. *)
Lemma monic_pos p a : p \is monic -> (forall x, a <= x -> ~~ root p x) -> forall x, a <= x -> 0 < p.[x].
Proof.
move=> mon noroot x ax; rewrite ltNge; apply/negP => px.
have [b pb] := monic_large mon; pose y := Num.max b x.
have xy : x <= y by rewrite le_maxr lexx orbT.
have py : 0 <= p.[y] by apply: le_trans (pb y _); rewrite ?invr_ge0 ?ler0n // le_maxr lexx.
have [||z /andP[xz _] rz] := @poly_ivt R p x y; rewrite ?px //.
by have := noroot z (le_trans ax xz); rewrite rz.
Qed.

(* rs: the positive roots of p, each as often as it is one (q has none left).  Their number is even iff p 0 > 0.         *)
(* C: the number of positive real eigenvalues in random instances. *)
Theorem dy8_parity p (rs : seq R) q : p \is monic -> p.[0] != 0 -> p = (\prod_(r <- rs) ('X - r%:P)) * q ->
  all (fun r => 0 < r) rs -> (forall x, 0 < x -> ~~ root q x) -> (0 < p.[0]) = ~~ odd (size rs).
Proof.
move=> mon p0 pE pos noroot; have mon_q : q \is monic.
  have := mon; rewrite pE monicMl //; exact: monic_prod_XsubC.
have q0 : q.[0] != 0 by apply: contraNneq p0 => z; rewrite pE hornerM z mulr0.
have q_pos : 0 < q.[0].
  apply: (monic_pos mon_q _ (lexx 0)) => x; rewrite le_eqVlt => /predU1P[<-|]; last exact: noroot.
  by rewrite rootE.
rewrite pE hornerM pmulr_lgt0 // {pE}; elim: rs pos => [|r rs IH] /=; first by rewrite big_nil hornerC ltr01.
move=> /andP[r0 pos]; rewrite big_cons hornerM !hornerE nmulr_rgt0 ?oppr_lt0 // -(IH pos).
have [lt|gt|e] := ltgtP (\prod_(j <- rs) ('X - j%:P)).[0] 0 => //.
exfalso; move/eqP: e; rewrite -[_ == 0]/(root _ 0) root_prod_XsubC => r_in.
by have /allP/(_ _ r_in) := pos; rewrite ltxx.
Qed.

Lemma char_poly_at n (M : 'M[R]_n) k : (char_poly M).[k] = \det (k%:M - M).
Proof.
rewrite /char_poly -[LHS]/(horner_eval k _) -det_map_mx; congr (\det _); apply/matrixP => i j.
by rewrite !mxE /= /horner_eval hornerD hornerN hornerMn hornerX hornerC.
Qed.

(* 3.  Where no eigenvalue is ever zero (T1, for two layers) the number of positive real eigenvalues is even, at every   *)
(* kappa > 0.  C: the number over thirteen values of kappa. *)
Theorem dy8_even r s (L : 'M[R]_r) (A : 'M[R]_(r, s)) (B : 'M[R]_(s, r)) (G : 'M[R]_s) kappa (rs : seq R) q :
  0 < \det L -> 0 < \det G -> (forall k, 0 < k -> \det (flow L A B G k) != 0) -> 0 < kappa ->
  char_poly (flow L A B G kappa) = (\prod_(r <- rs) ('X - r%:P)) * q -> all (fun r => 0 < r) rs ->
  (forall x, 0 < x -> ~~ root q x) -> ~~ odd (size rs).
Proof.
move=> L0 G0 never k0 pE pos noroot; have G_unit : G \in unitmx by rewrite unitmxE unitfE gt_eqF.
have detE k : \det (k *: G + B *m A) = \det G * (char_poly (- (invmx G *m B *m A))).[k].
  by rewrite char_poly_at opprK -det_mulmx mulmxDr mul_mx_scalar !mulmxA mulmxV // mul1mx.
have sgn2 : (-1) ^+ (r + s) * (-1) ^+ (r + s) = 1 :> R by rewrite -expr2 sqrr_sign.
have at0 k : (char_poly (flow L A B G k)).[0] = \det L * \det (k *: G + B *m A).
  by rewrite horner_coef0 char_poly_det dy8_crossing mulrA sgn2 mul1r.
have d0 : 0 < \det (kappa *: G + B *m A).
  rewrite detE pmulr_rgt0 //; apply: (monic_pos (char_poly_monic _) _ (lexx kappa)) => x kx.
  have := never x (lt_le_trans k0 kx); rewrite dy8_crossing detE !mulf_eq0 !negb_or rootE.
  by move=> /andP[_ /andP[_ /andP[_ ->]]].
rewrite -(dy8_parity (char_poly_monic _) _ pE pos noroot) at0; last by rewrite mulf_neq0 // gt_eqF.
exact: mulr_gt0.
Qed.

End Parity.

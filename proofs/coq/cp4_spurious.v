(* CP4. A spurious stationary point.  Data {-2,-1,1,2}, loss                   *)
(* L(a,b) = sum_i |a x_i + b|, and a synthetic-gradient module that outputs   *)
(* one constant c.  At b = c = 0 and any a != 0 the module and the network    *)
(* driven by it are both stationary, yet L is affine near (a,0) with gradient *)
(* (6 sgn a, 0), which is not zero.                                           *)
From mathcomp Require Import all_ssreflect all_algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Spurious.
Variable R : realFieldType.

Definition data : seq R := [:: -2%:R; -1; 1; 2%:R].
Definition loss (a b : R) : R := \sum_(x <- data) `|a * x + b|.

(* d|u|/du at the outputs: the labels of the constant module. *)
Definition out_grad (a b x : R) : R := Num.sg (a * x + b).

Definition sg_stationary (c a b : R) :=
  \sum_(x <- data) (c - out_grad a b x) = 0.
Definition main_stationary (c : R) :=
  \sum_(x <- data) c * x = 0 /\ \sum_(x <- data) c * 1 = 0.

Let sumE (F : R -> R) :
  \sum_(x <- data) F x = F (- 2%:R) + (F (- 1) + (F 1 + F 2%:R)).
Proof. by rewrite /data !big_cons big_nil addr0. Qed.

Let sg2 : Num.sg 2%:R = 1 :> R.
Proof. by rewrite gtr0_sg ?ltr0n. Qed.

Lemma out_gradE a x : out_grad a 0 x = Num.sg a * Num.sg x.
Proof. by rewrite /out_grad addr0 sgrM. Qed.

Lemma sum_out_grad a : \sum_(x <- data) out_grad a 0 x = 0.
Proof.
by rewrite sumE !out_gradE !sgrN sgr1 sg2 !mulrN mulr1 addKr addNr.
Qed.

Lemma sum_x_out_grad a : \sum_(x <- data) x * out_grad a 0 x = 6%:R * Num.sg a.
Proof.
rewrite sumE !out_gradE !sgrN sgr1 sg2 !mulrN !mulNr !opprK !mulr1 mul1r.
by rewrite !mulr_natl -!mulrS -mulrnDr.
Qed.

(* The module is stationary at (a,0) exactly when its constant is zero.       *)
(* C: every point of an integer grid, both directions of the statement.       *)
Theorem cp4_c_is_zero c a : sg_stationary c a 0 <-> c = 0.
Proof.
rewrite /sg_stationary sumrB sum_out_grad subr0 sumE.
rewrite (_ : c + _ = c *+ 4); last by rewrite !mulrS mulr0n addr0.
by split=> [/eqP|->]; rewrite ?mul0rn // mulrn_eq0 /= => /eqP.
Qed.

(* C: all directions vanish on the grid's points of the wedge, exactly.       *)
Theorem cp4_spurious a : sg_stationary 0 a 0 /\ main_stationary 0.
Proof.
split; first exact/cp4_c_is_zero.
by split; apply: big1 => x _; rewrite mul0r.
Qed.

(* An absolute value is affine as long as its argument keeps its sign. *)
Lemma norm_near (u v : R) : `|v| < `|u| -> `|u + v| = `|u| + Num.sg u * v.
Proof.
have [u_lt0|u_gt0|->] := ltrgtP u 0; last by rewrite normr0 normr_lt0.
- rewrite (ltr0_norm u_lt0) ltr_norml opprK => /andP[_ v_lt].
  by rewrite ltr0_sg // ltr0_norm -?ltr_subr_addl ?sub0r // opprD mulN1r.
- rewrite (gtr0_norm u_gt0) ltr_norml => /andP[v_gt _].
  by rewrite gtr0_sg // mul1r gtr0_norm // -ltr_subl_addl sub0r.
Qed.

(* C: the loss on the grid, its slopes by exact differences.                  *)
(* L is affine on a neighbourhood of (a,0), so its gradient there is          *)
(* (6 sgn a, 0) in every sense of the word.                                   *)
Theorem cp4_loss_is_affine a h k :
  2%:R * `|h| + `|k| < `|a| ->
  loss (a + h) k = loss a 0 + 6%:R * Num.sg a * h + 0 * k.
Proof.
move=> small; rewrite -sum_x_out_grad -[in 0 * k](sum_out_grad a) !mulr_suml.
rewrite -!big_split; apply: eq_big_seq => x x_data /=.
have [x_ge1 x_le2] : 1 <= `|x| /\ `|x| <= 2%:R.
  by move: x_data; rewrite !inE => /or4P[]/eqP->;
     rewrite ?normrN ?normr1 ?normr_nat ?ler_nat ?ler1n ?lexx.
rewrite addr0 mulrDl -addrA norm_near /out_grad ?addr0.
  rewrite mulrDr !addrA; congr (_ + _ + _).
  by rewrite [RHS]mulrAC [LHS]mulrC [x * h]mulrC.
apply: le_lt_trans (ler_norm_add _ _) _; rewrite !normrM.
apply: (@lt_le_trans _ _ `|a|); last by rewrite ler_pemulr.
by apply: le_lt_trans small; rewrite ler_add2r mulrC ler_wpmul2r.
Qed.

Corollary cp4_slope_neq0 a : a != 0 -> 6%:R * Num.sg a != 0 :> R.
Proof. by move=> a0; rewrite mulf_neq0 ?pnatr_eq0 // sgr_eq0. Qed.

(* C: a shorter slope has a smaller loss, on the grid.                        *)
(* In particular (a,0) is not a critical point: a shorter slope is better. *)
Corollary cp4_not_a_minimum a h :
  a != 0 -> 0 < h -> 2%:R * h < `|a| ->
  loss (a - Num.sg a * h) 0 = loss a 0 - 6%:R * h.
Proof.
move=> a0 h0 small; have sg_a : `|Num.sg a| = 1 by rewrite normr_sg a0.
rewrite cp4_loss_is_affine; last by rewrite normr0 addr0 normrN normrM sg_a mul1r gtr0_norm.
by rewrite mul0r addr0 mulrN -mulrA (mulrA (Num.sg a)) -expr2 sqr_sg a0 mul1r.
Qed.

End Spurious.

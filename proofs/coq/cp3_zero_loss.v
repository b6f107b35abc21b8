(* CP3.  At zero loss every per-sample loss is at its minimum, so every gradient is 0, and an SG that can be silent      *)
(* keeps the point: any differentiable loss, any net, any family.  Where the loss is not zero, which families of SG     *)
(* keep a least-squares point.                                                                                          *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow cp1_preservation.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section ZeroLoss.
Variable R : realFieldType.
Add Ring R_ring : (comRing_ring R).

(* l has the gradient g at p: along every direction v, l (p + t v) - l p - t g.v is small against t. *)
Definition gradient_at m (l : 'cV[R]_m -> R) (p g : 'cV[R]_m) :=
  forall v eps, 0 < eps -> exists2 del, 0 < del &
    forall t, `|t| <= del -> `|l (p + t *: v) - l p - t * dot g v| <= eps * `|t|.

(* A loss that is nowhere negative has gradient 0 where it is 0. *)
Lemma gradient_min m (l : 'cV[R]_m -> R) p g : (forall q, 0 <= l q) -> l p = 0 -> gradient_at l p g -> g = 0.
Proof.
move=> l0 lp diff; apply/eqP; rewrite -nrm2_eq0; apply/negP => /negP g0.
have G0 : 0 < nrm2 g by rewrite lt_def g0 nrm2_ge0.
have [|del del0 near] := diff g (nrm2 g / 2%:R); first by rewrite divr_gt0 ?ltr0n.
have := near (- del); rewrite normrN gtr0_norm // lexx lp subr0 -/(nrm2 g) => /(_ isT).
move/(le_trans (ler_norm _)); rewrite mulNr opprK => le.
have : del * nrm2 g <= nrm2 g / 2%:R * del by apply: le_trans le; rewrite ler_addr.
rewrite [X in _ <= X]mulrC ler_pmul2l // => /le_lt_trans; have half : nrm2 g / 2%:R < nrm2 g.
  by rewrite ltr_pdivr_mulr ?ltr0n // ltr_pmulr // ltr1n.
by move/(_ _ half); rewrite ltxx.
Qed.

(* Any net as in CP1: D i is the derivative of sample i's activation h_i in the weights below the SG, U i that of the    *)
(* output p_i in those above it, V i that of p_i in h_i, B i that of the synthetic gradient in the SG's parameters.      *)
Variables (n m h N M q : nat).
Variables (D : 'I_n -> 'M[R]_(h, N)) (U : 'I_n -> 'M[R]_(m, M)) (V : 'I_n -> 'M[R]_(m, h)) (B : 'I_n -> 'M[R]_(h, q)).
Variables (l : 'I_n -> 'cV[R]_m -> R) (p r : 'I_n -> 'cV[R]_m).             (* loss, output and dl/dp of each sample *)

(* The true gradient at h_i is V_i^T r_i; what arrives there from SGs above that are silent is 0 too.  C: all updates   *)
(* exactly 0 at Phi = 0, and no bit changes in 100 steps on integers.                                                   *)
Theorem cp3_zero_loss (s : 'I_n -> 'cV[R]_h) (g := fun i => (V i)^T *m r i) :
  (forall i x, 0 <= l i x) -> (forall i, gradient_at (l i) (p i) (r i)) -> (n%:R^-1 * \sum_i l i (p i))%R = 0 ->
  (forall i, s i = 0) ->
  [/\ forall i, g i = 0, lower_dir D s = 0, lower_dir U r = 0 & sg_update B s g = 0].
Proof.
move=> l0 diff L0 s0; have r0 i : r i = 0.
  have li : l i (p i) = 0; last exact: gradient_min (l0 i) li (diff i).
  move/eqP: L0; rewrite mulf_eq0 invr_eq0 pnatr_eq0 => /orP[/eqP n0|/eqP].
    by case: i => i lt_i; exfalso; rewrite n0 in lt_i.
  by move/psumr_eq0P => -> //.
have g0 i : g i = 0 by rewrite /g r0 mulmx0.
split=> //; rewrite /lower_dir /sg_update big1 ?scaler0 // => i _.
- by rewrite s0 mulmx0.
- by rewrite r0 mulmx0.
- by rewrite s0 g0 subrr mulmx0.
Qed.

(* |p - y|^2 / 2 is such a loss. *)
Lemma squared_loss k (y x : 'cV[R]_k) : gradient_at (fun x => nrm2 (x - y) / 2%:R) x (x - y).
Proof.
move=> v eps eps0; have V1 : 0 < nrm2 v + 1 by rewrite ltr_paddl ?nrm2_ge0 ?ltr01.
exists (eps / (nrm2 v + 1)); first exact: divr_gt0.
move=> t t_le; have -> : nrm2 (x + t *: v - y) / 2%:R - nrm2 (x - y) / 2%:R - t * dot (x - y) v =
    t ^+ 2 * (nrm2 v / 2%:R).
  rewrite [x + _ - y]addrAC nrm2D dotZr nrm2Z; have h1 : 2%:R^-1 + 2%:R^-1 = 1 :> R by rewrite [RHS]splitr mul1r.
  move: (nrm2 (x - y)) (dot (x - y) v) (nrm2 v) 2%:R^-1 h1 => a b c w w1.
  have z : t * b * (w + w - 1) = 0 by rewrite w1 subrr mulr0.
  apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite -[RHS]z. mcring R.
have V2 : 0 <= nrm2 v / 2%:R by rewrite divr_ge0 ?nrm2_ge0 ?ler0n.
rewrite normrM normrX expr2 [_ * `|_ / _|]mulrC mulrA ler_wpmul2r ?normr_ge0 // ger0_norm //.
apply: le_trans (_ : (nrm2 v + 1) * `|t| <= _); last by rewrite mulrC -ler_pdivl_mulr.
rewrite ler_wpmul2r ?normr_ge0 // {2}[nrm2 v]splitr -addrA ler_addl.
by rewrite addr_ge0 ?ler01.
Qed.

End ZeroLoss.

(* Linear regression at a least-squares point, whatever the loss there: the families with p and, beside it, y, or y and *)
(* a constant, keep it, and so does p alone.  C: the table of the seven families.      *)
Section Families.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)) (W : 'M[R]_(d, m)).
Hypothesis W_opt : loss_grad X Y W = 0.

Definition keeps k (Z : 'M[R]_(n, k)) := exists Phi, E X (Z *m Phi) = 0 /\ E Z (Z *m Phi - grad X Y W) = 0.

Theorem cp3_families k (Q : 'M[R]_(n, k)) : keeps (X *m W) /\ keeps (row_mx (row_mx (X *m W) Y) Q).
Proof.
split; first by exists 0; rewrite mulmx0 E0r sub0r ENr EMl -/(loss_grad X Y W) W_opt mulmx0 oppr0.
exists (col_mx (col_mx 1%:M (- 1%:M)) 0).
have -> : row_mx (row_mx (X *m W) Y) Q *m col_mx (col_mx 1%:M (- 1%:M)) 0 = grad X Y W.
  by rewrite !mul_row_col mulmx0 addr0 mulmxN !mulmx1.
by rewrite subrr E0r -/(loss_grad X Y W) W_opt.
Qed.

End Families.

(* CP1.  Critical points survive an SG that can produce their gradient. *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* Any net, any SG, as the code evaluates them: D i is the derivative of sample i's activation in the lower weights,    *)
(* B i that of its synthetic gradient in the SG's parameters; g i the true and s i the synthetic gradient.  By the      *)
(* chain rule the lower part of grad L is the mean of D i^T g i; the upper part is the same with and without an SG.     *)
Section AnyNet.
Variables (R : realFieldType) (n h N q : nat).
Variables (D : 'I_n -> 'M[R]_(h, N)) (B : 'I_n -> 'M[R]_(h, q)).

Definition lower_dir (s : 'I_n -> 'cV[R]_h) : 'cV_N := n%:R^-1 *: \sum_i (D i)^T *m s i.
Definition sg_update (s g : 'I_n -> 'cV[R]_h) : 'cV_q := n%:R^-1 *: \sum_i (B i)^T *m (s i - g i).

(* C: all update norms at rounding level where the gradient is. *)
Theorem cp1_preserved_any_net s g : (forall i, s i = g i) -> lower_dir g = 0 ->
  lower_dir s = 0 /\ sg_update s g = 0.
Proof.
move=> s_g g0; split; first by rewrite -g0; congr (_ *: _); apply: eq_bigr => i _; rewrite s_g.
by rewrite /sg_update big1 ?scaler0 // => i _; rewrite s_g subrr mulmx0.
Qed.

End AnyNet.

Section Linear.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Implicit Types (W : 'M[R]_(d, m)).

(* Linear regression: Phi_true produces the gradient at every W, so every critical point is kept, whatever the rank. *)
Theorem cp1_preserved W : loss_grad X Y W = 0 ->
  net_dir X Y W (Phi_true R m) = 0 /\ sg_dir X Y W (Phi_true R m) = 0.
Proof. by move=> W_opt; rewrite /net_dir sg_true; split=> //; apply/sg_dir0; rewrite sg_true. Qed.

(* What Phi_true may be replaced by.  C: updates at Phi_true + Psi, Psi drawn from the null space of z. *)
Theorem cp1_all_parameters W Phi : sg_dir X Y W Phi = 0 <-> reg X Y W *m (Phi - Phi_true R m) = 0.
Proof.
rewrite sg_dir0 -sg_errE; split=> [->|/eqP]; first by rewrite subrr.
by rewrite subr_eq0 => /eqP.
Qed.

(* The converse is false: with ones in col X an SG without labels, z = (p, 1), keeps every critical point by Phi = 0,   *)
(* also where it cannot produce g.  C: the tests of the families without labels.                                        *)
Theorem cp1_kept_without_labels W (e : 'cV[R]_d) (z := row_mx (X *m W) (const_mx 1) : 'M_(n, m + 1)) :
  X *m e = const_mx 1 -> loss_grad X Y W = 0 -> E X (z *m 0) = 0 :> 'M_(d, m) /\ E z (z *m 0 - grad X Y W) = 0.
Proof.
move=> ones W_opt; rewrite mulmx0 E0r sub0r ENr; split=> //.
have -> : z = X *m row_mx W e by rewrite mul_mx_row ones.
by rewrite EMl -/(loss_grad X Y W) W_opt mulmx0 oppr0.
Qed.

End Linear.

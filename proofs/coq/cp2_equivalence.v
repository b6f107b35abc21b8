(* CP2.  With labels, the joint critical points are the critical points: none is lost and none is added, for linear     *)
(* regression, whatever the ranks.  cp2_deep.v has the deep linear nets.                                                *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section OneLayer.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Implicit Types (W : 'M[R]_(d, m)).

(* The identity, at every state: the true gradient from the two updates, without a backward pass.  Psi is any solution  *)
(* of S_z Psi = F_Phi, the pseudo-inverse's for instance.  C: at random states against plain backprop.                  *)
Theorem cp2_identity W Phi Psi : E (reg X Y W) (reg X Y W) *m Psi = sg_dir X Y W Phi ->
  loss_grad X Y W = net_dir X Y W Phi - E X (reg X Y W) *m Psi.
Proof.
move=> PsiE; have same : reg X Y W *m Psi = sg X Y W Phi - grad X Y W.
  apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite sg_errE -mulmxBr; apply: E_gram.
  by rewrite mulmxBr EDr ENr EMr PsiE -sg_errE subrr.
by rewrite -EMr same EDr ENr /net_dir opprD opprK addrA subrr add0r.
Qed.

(* C: solutions of F = 0 found by Levenberg-Marquardt, the gradient there by plain backprop; and the converse. *)
Theorem cp2_one_layer W :
  (exists Phi, net_dir X Y W Phi = 0 /\ sg_dir X Y W Phi = 0) <-> loss_grad X Y W = 0.
Proof.
split=> [[Phi [net0 /sg_dir0 s_g]]|W_opt]; first by rewrite -net0 /net_dir s_g.
exists (Phi_true R m); split; first by rewrite /net_dir sg_true.
by apply/sg_dir0; rewrite sg_true.
Qed.

End OneLayer.

(* Those are the global minima.  C: p at the solutions against LAPACK's least squares. *)
Theorem cp2_minima (R : realFieldType) n d (X : 'M[R]_(n, d)) (y : 'cV_n) w :
  (exists phi, net_dir X y w phi = 0 /\ sg_dir X y w phi = 0) <->
  forall v, nrm2 (X *m w - y) <= nrm2 (X *m v - y).
Proof. by rewrite cp2_one_layer lsq_minP E_eq0. Qed.

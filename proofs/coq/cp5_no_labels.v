(* CP5.  Linear regression, one output, SG without labels, s = alpha p.  The SG-critical weights form the sphere over   *)
(* [0, w*]; on whitened inputs with the best alpha in every step the weights stay on the ray of their start and tend    *)
(* geometrically to its point next to w*, whose excess loss is |w*|^2 sin^2 / 2.                                        *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section NoLabels.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (y : 'cV[R]_n) (ws : 'cV[R]_d).
Add Ring R_ring : (comRing_ring R).
Implicit Types (w : 'cV[R]_d) (alpha : R).

Definition p w : 'cV[R]_n := X *m w.
Definition r w : 'cV[R]_n := p w - y.
Definition mean (u v : 'cV[R]_n) : R := n%:R^-1 * dot u v.                                                  (* E[u v] *)
Definition loss w : R := 2%:R^-1 * mean (r w) (r w).

(* The two directions: E[x^T s] and E[p (s - r)], s = alpha p. *)
Definition net_dir w alpha : 'cV_d := E X (alpha *: p w).
Definition sg_dir w alpha : R := mean (p w) (alpha *: p w - r w).

Hypothesis n0 : (0 < n)%N.
Hypothesis ws_opt : E X (r ws) = 0.                                                           (* w* is least squares *)

Lemma n_neq0 : n%:R^-1 != 0 :> R. Proof. by rewrite invr_eq0 pnatr_eq0 -lt0n. Qed.

Lemma meanE (u : 'cV_d) v : mean (X *m u) v = dot u (E X v).
Proof. by rewrite /mean /E dotZr dotC dot_mulmx [in RHS]dotC. Qed.

Lemma grad_split w : E X (r w) = E X X *m (w - ws).
Proof. by rewrite -EMr mulmxBr -[LHS](subr0) -{1}ws_opt -ENr -EDr /r opprB addrA subrK. Qed.

(* C: both updates at random points of the sphere, and one per cent inside, outside and beside it. *)
Theorem cp5_critical_set w : (forall u : 'cV_d, X *m u = 0 -> u = 0) ->
  (exists alpha, net_dir w alpha = 0 /\ sg_dir w alpha = 0) <-> mean (p w) (r w) = 0.
Proof.
move=> X_inj; split=> [[al [net0 sg0]]|pr0]; last first.
  exists 0; rewrite /net_dir /sg_dir scale0r E0r sub0r; split=> //.
  by rewrite /mean dotNr mulrN -/(mean _ _) pr0 oppr0.
have p0 : al *: p w = 0 by move: net0; rewrite /net_dir /p scalemxAr => /E_gram.
by move/eqP: sg0; rewrite /sg_dir p0 sub0r /mean dotNr mulrN oppr_eq0 => /eqP.
Qed.

(* C: the points it draws on the sphere. *)
Theorem cp5_sphere w : mean (p w) (r w) = dot w (E X X *m (w - ws)).
Proof. by rewrite /p meanE grad_split. Qed.

(* Whitened inputs.  The step of the C code with alpha at its optimum E[p r] / E[p^2]; it is undefined at p = 0. *)
Hypothesis white : E X X = 1%:M.

Definition best_alpha w : R := mean (p w) (r w) / mean (p w) (p w).
Definition best_step mu w : 'cV_d := w - mu *: net_dir w (best_alpha w).

Variables (mu : R) (w : nat -> 'cV[R]_d).
Hypothesis run : forall t, w t.+1 = best_step mu (w t).

Definition c : R := dot (w 0%N) ws / nrm2 (w 0%N).             (* the ray's point next to w* is c w_0 *)

Lemma best_alphaE v : best_alpha v = dot v (v - ws) / nrm2 v.
Proof. by rewrite /best_alpha /p !meanE grad_split EMr white !mul1mx. Qed.

Lemma best_stepE v : best_step mu v = v - mu *: (best_alpha v *: v).
Proof. by rewrite /best_step /net_dir EZr EMr white mul1mx. Qed.

(* C: every step, the end, and both signs of w_0 . w*, against this formula. *)
Theorem cp5_ray t : (forall k, (k <= t)%N -> w k != 0) ->
  w t = (c + (1 - mu) ^+ t * (1 - c)) *: w 0%N.
Proof.
elim: t => [|t IH] nz; first by rewrite expr0 mul1r addrC subrK scale1r.
have w0 : nrm2 (w 0%N) != 0 by rewrite nrm2_eq0 nz.
have := nz t (leqnSn t); rewrite run best_stepE best_alphaE {}IH => [|k k_le]; last by rewrite nz // leqW.
have [tau tauE] : exists tau, tau = c + (1 - mu) ^+ t * (1 - c) by exists (c + (1 - mu) ^+ t * (1 - c)).
rewrite -tauE scaler_eq0 negb_or => /andP[tau0 _].
have -> : dot (tau *: w 0%N) (tau *: w 0%N - ws) / nrm2 (tau *: w 0%N) = 1 - c / tau.
  rewrite nrm2Z; apply: (@mulIf _ (tau ^+ 2 * nrm2 (w 0%N))); rewrite ?divfK ?mulf_neq0 ?expf_neq0 //.
  rewrite dotDr dotNr !dotZl dotZr -/(nrm2 _) /c.
  have jt := mulVf tau0; have iN := mulVf w0; move: (dot _ _) (nrm2 _) (_^-1) tau^-1 iN jt => D N i j iN jt.
  have -> : (1 - D * i * j) * (tau ^+ 2 * N) = tau ^+ 2 * N - D * tau * (i * N) * (j * tau) by mcring R.
  by rewrite iN jt; mcring R.
rewrite !scalerA -scalerBl; congr (_ *: _).
rewrite mulrBr mulr1 mulrBl mulrA divfK // tauE exprS; mcring R.
Qed.

(* So the distance from c w_0 shrinks by 1 - mu in every step, the ray is never left, and the excess loss there is      *)
(* |w*|^2 sin^2 / 2, sin^2 = 1 - <w_0, w*>^2 / (|w_0|^2 |w*|^2): zero only on the line of w* itself.                       *)
Definition limit : 'cV[R]_d := c *: w 0%N.

(* C: the distance along the line, step by step. *)
Theorem cp5_contraction t : (forall k, (k <= t)%N -> w k != 0) ->
  nrm2 (w t - limit) = ((1 - mu) ^+ t) ^+ 2 * nrm2 (w 0%N - limit).
Proof.
move=> nz; rewrite (cp5_ray nz) /limit.
have -> : w 0%N - c *: w 0%N = (1 - c) *: w 0%N by rewrite scalerBl scale1r.
rewrite -scalerBl !nrm2Z mulrA -exprMn; congr (_ ^+ _ * _).
by move: (_ ^+ t) => k; mcring R.
Qed.

Lemma excessE v : loss v - loss ws = 2%:R^-1 * nrm2 (v - ws).
Proof.
have split_r : r v = r ws + X *m (v - ws) 
  by rewrite mulmxBr /r /p; move: (X *m v) (X *m ws) => a b; mxring R.
have cross : n%:R^-1 * dot (r ws) (X *m (v - ws)) = 0 by rewrite dotC -/(mean _ _) meanE ws_opt dot0r.
have quad : n%:R^-1 * nrm2 (X *m (v - ws)) = nrm2 (v - ws) by rewrite -/(mean _ _) meanE EMr white mul1mx.
rewrite /loss -mulrBr split_r /mean -!/(nrm2 _) nrm2D -quad; congr (_ * _).
move: (nrm2 (r ws)) (dot (r ws) (X *m (v - ws))) (nrm2 (X *m (v - ws))) n%:R^-1 cross => a b e i ib.
have -> : i * (a + b *+ 2 + e) - i * a = (i * b) *+ 2 + i * e by mcring R.
by rewrite ib mul0rn add0r.
Qed.

(* C: the loss at the end of a run. *)
Theorem cp5_excess_loss : w 0%N != 0 -> ws != 0 ->
  loss limit - loss ws =
  2%:R^-1 * nrm2 ws * (1 - dot (w 0%N) ws ^+ 2 / (nrm2 (w 0%N) * nrm2 ws)).
Proof.
rewrite -!nrm2_eq0 => w0 ws0; rewrite excessE /limit -mulrA; congr (_ * _).
rewrite nrm2D nrm2N nrm2Z dotNr dotZl /c invfM.
move: (dot (w 0%N) ws) (nrm2 (w 0%N)) (nrm2 ws) (mulVf w0) (mulVf ws0) => a b f.
move: b^-1 f^-1 => i j ib jf.
have -> : (a * i) ^+ 2 * b + - (a * i * a) *+ 2 + f = a * a * i * (i * b) - (a * a * i) *+ 2 + f by mcring R.
have -> : f * (1 - a ^+ 2 * (i * j)) = f - a * a * i * (j * f) by mcring R.
by rewrite ib jf; mcring R.
Qed.

(* |grad L|^2 / 2 is the same number.  C: the true gradient at rest. *)
Theorem cp5_gradient_at_rest v : nrm2 (E X (r v)) = nrm2 (v - ws).
Proof. by rewrite grad_split white mul1mx. Qed.

End NoLabels.

(* DY14.  The ledger: what training moves from one side of a layer to the other.  One hidden layer h = h0 W1 with the   *)
(* weights W1 below and W2 above; u is what arrives above W2 (any loss, any net and any SGs there), g = u W2^T what      *)
(* arrives at h, s what is handed down.  c is the weight of the mean (1/n).  Any commutative ring: only sums, products. *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring.
From SG Require shallow cp2_deep.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

(* A linear identity between matrices, products being atoms. *)
Ltac mxlinear R :=
  repeat match goal with
  | |- context [@mulmx ?S ?a ?b ?c ?A ?B] => let x := fresh in set x := (@mulmx S a b c A B); clearbody x
  end; mxring R.

Section Cut.
Variable R : comRingType.
Add Ring R_ring : (comRing_ring R).

Definition mean (c : R) n p q (A : 'M[R]_(n, p)) (B : 'M[R]_(n, q)) : 'M[R]_(p, q) := c *: (A^T *m B).           (* E[a^T b] *)
Definition sym p (A : 'M[R]_p) : 'M[R]_p := A + A^T.

Lemma symD p (A B : 'M[R]_p) : sym (A + B) = sym A + sym B.
Proof. by rewrite /sym linearD addrACA. Qed.

Lemma symZ p a (A : 'M[R]_p) : sym (a *: A) = a *: sym A.
Proof. by rewrite /sym linearZ scalerDr. Qed.

Lemma symB_step p a (A B : 'M[R]_p) : sym (A - a *: B) = sym A - a *: sym B.
Proof. by rewrite -!scaleNr symD symZ. Qed.

Lemma sqstep p q t (A B : 'M[R]_(p, q)) : (A - t *: B)^T *m (A - t *: B) = A^T *m A - t *: sym (A^T *m B) + t ^+ 2 *: (B^T *m B).
Proof.
have -> : (A - t *: B)^T = A^T - t *: B^T by rewrite linearB linearZ.
rewrite /sym trmx_mul trmxK mulmxBl !mulmxBr -!scalemxAl -!scalemxAr scalerA -expr2.
mxlinear R.
Qed.

Lemma sqstep_tr p q t (A B : 'M[R]_(p, q)) : (A - t *: B) *m (A - t *: B)^T = A *m A^T - t *: sym (B *m A^T) + t ^+ 2 *: (B *m B^T).
Proof.
have := sqstep t A^T B^T; rewrite -[t *: B^T]linearZ -linearB /= !trmxK => ->.
by rewrite /sym !trmx_mul !trmxK [A *m B^T + _]addrC.
Qed.

Section OneStep.
Variables (c : R) (n p k q : nat).
Variables (h0 : 'M[R]_(n, p)) (W1 : 'M[R]_(p, k)) (W2 : 'M[R]_(k, q)) (u : 'M[R]_(n, q)) (s : 'M[R]_(n, k)).

(* A bias below is a row of W1 with ones in h0. *)
Definition hidden : 'M_(n, k) := h0 *m W1.
Definition arriving : 'M_(n, k) := u *m W2^T.
Definition dW1 : 'M_(p, k) := mean c h0 s.
Definition dW2 : 'M_(k, q) := mean c hidden u.
Definition G_A : 'M_k := mean c hidden (s - arriving).                     (* the gradient of an SG s = h A + ... for A *)
Definition balance (W1 : 'M[R]_(p, k)) (W2 : 'M[R]_(k, q)) : 'M_k := W1^T *m W1 - W2 *m W2^T.                  (* D *)

(* W1^T dW1 = E[h^T s], dW2 W2^T = E[h^T g]: the two sides of the ledger. *)
Theorem dy14_sides : W1^T *m dW1 = mean c hidden s /\ dW2 *m W2^T = mean c hidden arriving.
Proof. by rewrite /dW1 /dW2 /mean /hidden /arriving trmx_mul -scalemxAr -scalemxAl !mulmxA. Qed.

(* What unbalances the cut is the gradient for A.  C: the identity, step by step, over 10^4 steps. *)
Theorem dy14_imbalance : W1^T *m dW1 - dW2 *m W2^T = G_A.
Proof. by rewrite !dy14_sides.1 !dy14_sides.2 /G_A /mean mulmxBr scalerBr. Qed.

(* Any step of gradient descent, whatever is handed down. *)
Lemma balance_step mu : balance (W1 - mu *: dW1) (W2 - mu *: dW2) =
  balance W1 W2 - mu *: sym G_A + mu ^+ 2 *: (dW1^T *m dW1 - dW2 *m dW2^T).
Proof.
rewrite /balance sqstep sqstep_tr -dy14_imbalance.
have -> : sym (W1^T *m dW1 - dW2 *m W2^T) = sym (W1^T *m dW1) - sym (dW2 *m W2^T) by rewrite symD -scaleN1r symZ scaleN1r.
rewrite /sym; mxlinear R.
Qed.

(* Backprop hands down what arrives.  C: the row without an SG. *)
Theorem dy14_backprop mu : s = arriving -> balance (W1 - mu *: dW1) (W2 - mu *: dW2) =
  balance W1 W2 + mu ^+ 2 *: (dW1^T *m dW1 - dW2 *m dW2^T).
Proof.
move=> s_g; rewrite balance_step /G_A s_g subrr /mean mulmx0 scaler0 /sym trmx0 addr0 scaler0 subr0.
by [].
Qed.

(* An SG s = h A + rest, trained on what arrives with rate nu; lambda = mu / nu.  The step of the ledger, exactly.      *)
Theorem dy14_step mu nu lambda (A : 'M[R]_k) : lambda * nu = mu ->
  balance (W1 - mu *: dW1) (W2 - mu *: dW2) - lambda *: sym (A - nu *: G_A) =
  balance W1 W2 - lambda *: sym A + mu ^+ 2 *: (dW1^T *m dW1 - dW2 *m dW2^T).
Proof.
move=> mu_nu; rewrite balance_step symB_step (scalerBr lambda) scalerA mu_nu.
rewrite /sym; move: (balance W1 W2) G_A => a g; mxlinear R.
Qed.

(* The flow (lambda kappa = 1): velocities in place of steps, nothing is left over.  C: drift of order mu. *)
Theorem dy14_flow kappa lambda : lambda * kappa = 1 ->
  let (V1, V2) := (- dW1, - dW2) in
  (V1^T *m W1 + W1^T *m V1) - (V2 *m W2^T + W2 *m V2^T) - lambda *: sym (- (kappa *: G_A)) = 0.
Proof.
have symN B : sym (- (kappa *: B)) = - (kappa *: sym B) by rewrite -!scaleNr symZ.
move=> lk; rewrite symN scalerN scalerA lk scale1r opprK -dy14_imbalance /sym.
have -> : (W1^T *m dW1 - dW2 *m W2^T)^T = dW1^T *m W1 - W2 *m dW2^T by rewrite linearB /= !trmx_mul !trmxK.
have -> : (- dW1)^T = - dW1^T by rewrite linearN.
have -> : (- dW2)^T = - dW2^T by rewrite linearN.
rewrite !mulNmx !mulmxN.
mxlinear R.
Qed.

End OneStep.

(* Mix: mix s + (1 - mix) g is handed down, the SG is trained as before. *)
Theorem dy14_mix c n p k q (h0 : 'M[R]_(n, p)) (W1 : 'M_(p, k)) (W2 : 'M_(k, q)) u s mix mu nu lambda (A : 'M[R]_k)
    (down := mix *: s + (1 - mix) *: arriving W2 u) (d1 := dW1 c h0 down) (d2 := dW2 c h0 W1 u) : lambda * nu = mu ->
  balance (W1 - mu *: d1) (W2 - mu *: d2) - (mix * lambda) *: sym (A - nu *: G_A c h0 W1 W2 u s) =
  balance W1 W2 - (mix * lambda) *: sym A + mu ^+ 2 *: (d1^T *m d1 - d2 *m d2^T).
Proof.
move=> mu_nu; have GE : G_A c h0 W1 W2 u down = mix *: G_A c h0 W1 W2 u s.
  rewrite /G_A /mean scalerA [mix * c]mulrC -scalerA; congr (_ *: _).
  by rewrite scalemxAr; congr (_ *m _); rewrite /down; move: (arriving W2 u) => g; mxring R.
rewrite /d1 /d2 balance_step GE symB_step symZ (scalerBr (mix * lambda)) !scalerA -[mix * lambda * nu]mulrA mu_nu [mu * mix]mulrC.
rewrite /sym; move: (balance W1 W2) (G_A c h0 W1 W2 u s) => a g; mxlinear R.
Qed.

(* Any length, minibatches (n t, h0 t, u t, s t are the batch's), whatever the net above and below does.  W1, W2, A are *)
(* where training takes them.  C: 10^4 steps, to rounding. *)
Theorem dy14_any_length (c : nat -> R) (n : nat -> nat) p k q (h0 : forall t, 'M[R]_(n t, p)) (u : forall t, 'M[R]_(n t, q))
    (s : forall t, 'M[R]_(n t, k)) (W1 : nat -> 'M_(p, k)) (W2 : nat -> 'M_(k, q)) (A : nat -> 'M_k) mu nu lambda
    (d1 := fun t => dW1 (c t) (h0 t) (s t)) (d2 := fun t => dW2 (c t) (h0 t) (W1 t) (u t)) : lambda * nu = mu ->
  (forall t, W1 t.+1 = W1 t - mu *: d1 t) -> (forall t, W2 t.+1 = W2 t - mu *: d2 t) ->
  (forall t, A t.+1 = A t - nu *: G_A (c t) (h0 t) (W1 t) (W2 t) (u t) (s t)) ->
  forall T, balance (W1 T) (W2 T) - lambda *: sym (A T) =
    balance (W1 0%N) (W2 0%N) - lambda *: sym (A 0%N) + mu ^+ 2 *: \sum_(t < T) ((d1 t)^T *m d1 t - d2 t *m (d2 t)^T).
Proof.
move=> mu_nu run1 run2 runA; elim=> [|T IH]; first by rewrite big_ord0 scaler0 addr0.
by rewrite run1 run2 runA (dy14_step _ _ _ _ _ _ _ mu_nu) IH big_ord_recr -addrA -scalerDr.
Qed.

(* One ledger for all rules: M stands in for W2^T on the way down, s = u M. *)
Section Rules.
Variables (c : R) (n p k q : nat).
Variables (h0 : 'M[R]_(n, p)) (W1 : 'M[R]_(p, k)) (W2 : 'M[R]_(k, q)) (u : 'M[R]_(n, q)) (M : 'M[R]_(q, k)) (mu : R).
Local Notation d1 := (dW1 c h0 (u *m M)).
Local Notation d2 := (dW2 c h0 W1 u).

(* C: the table of rules in NL6, each row to rounding. *)
Theorem dy14_rule : W1^T *m d1 = d2 *m M.
Proof. by rewrite (dy14_sides c h0 W1 W2 u _).1 /dW2 /mean -scalemxAl mulmxA. Qed.

(* Feedback alignment, M fixed: W1^T W1 - (W2 M + (W2 M)^T) moves by mu^2 dW1^T dW1 alone (Robertson and Koyejo 2023). *)
Theorem dy14_feedback :
  (W1 - mu *: d1)^T *m (W1 - mu *: d1) - sym ((W2 - mu *: d2) *m M) =
  W1^T *m W1 - sym (W2 *m M) + mu ^+ 2 *: (d1^T *m d1).
Proof.
rewrite sqstep dy14_rule mulmxBl -scalemxAl symB_step /sym; mxlinear R.
Qed.

(* No propagation, M = 0: W1 stands still. *)
Theorem dy14_no_propagation : M = 0 -> W1 - mu *: d1 = W1.
Proof. by move=> ->; rewrite /dW1 /mean !mulmx0 !scaler0 subr0. Qed.

End Rules.

(* Homogeneous units: a = F v before the unit, h = r a after it, r the slope (relu, leaky relu, linear: phi(a) = phi'(a) a).        *)
(* F is what the unit's own parameters multiply: (h0, 1) with v = (W_k[:,j], b_j), or (the normalised activation, 1)   *)
(* with v = (gamma_j, beta_j).  w is row j of the weights above, s and g the unit's columns of the synthetic and the   *)
(* arriving gradient.  A_jj is what keeps the unit's balance.                                                          *)
Section Unit.
Variables (c : R) (n p q : nat).
Variables (F : 'M[R]_(n, p)) (v : 'cV[R]_p) (r : 'cV[R]_n) (w : 'rV[R]_q) (u : 'M[R]_(n, q)) (s : 'cV[R]_n) (mix : R).

Definition slopes : 'M[R]_n := diag_mx r^T.
Definition unit_h : 'cV[R]_n := slopes *m (F *m v).
Definition unit_g : 'cV[R]_n := u *m w^T.
Definition unit_dv (down : 'cV[R]_n) : 'cV[R]_p := mean c F (slopes *m down).
Definition unit_dw : 'rV[R]_q := mean c unit_h u.
Definition unit_G : R := mean c unit_h (s - unit_g) 0 0.                                                (* the gradient for A_jj *)
Definition unit_balance (v : 'cV[R]_p) (w : 'rV[R]_q) : R := (v^T *m v) 0 0 - (w *m w^T) 0 0.

Lemma unit_entries i : unit_h i 0 = r i 0 * (F *m v) i 0.
Proof. by rewrite /unit_h /slopes mul_diag_mx !mxE. Qed.

Theorem dy14_unit_sides down : v^T *m unit_dv down = mean c unit_h down /\ unit_dw *m w^T = mean c unit_h unit_g.
Proof.
rewrite /unit_dv /unit_dw /unit_g /mean -scalemxAr -scalemxAl; split; last by rewrite mulmxA.
by rewrite /unit_h !trmx_mul /slopes tr_diag_mx !mulmxA.
Qed.

(* One step, the SG mixed in by mix, biases or batch norm's two parameters among v.  C: unit by unit, to rounding. *)
Theorem dy14_unit_step mu nu lambda a (down := mix *: s + (1 - mix) *: unit_g) (dv := unit_dv down) : lambda * nu = mu ->
  unit_balance (v - mu *: dv) (w - mu *: unit_dw) - mix * lambda * (a - nu * unit_G) *+ 2 =
  unit_balance v w - mix * lambda * a *+ 2 + mu ^+ 2 * ((dv^T *m dv) 0 0 - (unit_dw *m unit_dw^T) 0 0).
Proof.
move=> mu_nu; rewrite /unit_balance sqstep sqstep_tr /dv (dy14_unit_sides down).1 (dy14_unit_sides down).2.
have -> : mean c unit_h down = mean c unit_h unit_g + mix *: mean c unit_h (s - unit_g).
  rewrite /mean scalerA [mix * c]mulrC -scalerA -scalerDr; congr (_ *: _).
  by rewrite scalemxAr -mulmxDr; congr (_ *m _); rewrite /down; move: unit_g => g; mxring R.
rewrite -mu_nu /sym /unit_G; move: (mean c unit_h unit_g) (mean c unit_h (s - unit_g)) => b g.
move: (v^T *m v) (w *m w^T) (_^T *m unit_dv down) (unit_dw *m _) => V W DV DW.
rewrite !mxE; move: (V 0 0) (W 0 0) (DV 0 0) (DW 0 0) (b 0 0) (g 0 0) => a1 a2 a3 a4 a5 a6; mcring R.
Qed.

End Unit.

(* Batch norm itself: x = its normalised values (mean 0, variance 1: its epsilon is 0), y what comes down to it, t what *)
(* it hands down; a = al 1 + be x is its input F v.  t is orthogonal to a, so |v| moves by mu^2 |dv|^2 alone.           *)
(* C: |W_k[:,j]| under batch norm. *)
Theorem dy14_batch_norm c n p (F : 'M[R]_(n, p)) (v : 'cV[R]_p) (x y : 'cV[R]_n) (al be i m1 m2 mu : R)
    (one := const_mx 1 : 'cV[R]_n) (t := i *: (y - m1 *: one - m2 *: x)) (dv := mean c F t) :
  F *m v = al *: one + be *: x ->
  one^T *m x = 0 -> x^T *m x = n%:R%:M -> one^T *m y = (n%:R * m1)%:M -> x^T *m y = (n%:R * m2)%:M ->
  (v - mu *: dv)^T *m (v - mu *: dv) = v^T *m v + mu ^+ 2 *: (dv^T *m dv).
Proof.
move=> a_in x0 x1 y1 xy; have one1 : one^T *m one = n%:R%:M.
  by apply/matrixP => a b; rewrite !mxE (eq_bigr (fun _ => 1)) => [|j _]; rewrite ?mxE ?mulr1 // sumr_const card_ord !ord1.
have x0' : x^T *m one = 0 by rewrite -[LHS]trmxK trmx_mul trmxK x0 trmx0.
suff vdv : v^T *m dv = 0 by rewrite sqstep vdv /sym trmx0 addr0 scaler0 subr0.
have oner : one^T *m t = 0.
  rewrite /t -scalemxAr !mulmxBr -!scalemxAr y1 one1 x0 scaler0 subr0 scale_scalar_mx mulrC subrr scaler0.
  by [].
have xr : x^T *m t = 0.
  by rewrite /t -scalemxAr !mulmxBr -!scalemxAr xy x1 x0' scaler0 subr0 scale_scalar_mx mulrC subrr scaler0.
rewrite /dv /mean -scalemxAr mulmxA -trmx_mul a_in; have -> : (al *: one + be *: x)^T = al *: one^T + be *: x^T.
  by rewrite linearD !linearZ.
by rewrite mulmxDl -!scalemxAl oner xr !scaler0 addr0 scaler0.
Qed.

End Cut.

(* The same on the step of a whole deep linear net with SGs after any layers (cp2_deep.v: what the C code takes), each  *)
(* trained on what arrives.  Layers are counted from 0: W l leads from layer l to layer l + 1.                          *)
Section Deep.
Variables (R : realFieldType) (n L : nat) (k : nat -> nat).
Variables (X : 'M[R]_(n, k 0)) (Y : 'M[R]_(n, k L)) (sg_at at_target : pred nat) (q : nat -> nat) (Q : forall l, 'M[R]_(n, q l)).
Variables (W : forall l, 'M[R]_(k l, k l.+1)) (Phi : forall l, 'M[R]_(k l + k L + q l, k l)) (mu nu lambda : R).

Local Notation dW := (cp2_deep.net_dir X Y sg_at Q W Phi).
Local Notation dPhi := (cp2_deep.sg_dir X Y sg_at at_target Q W Phi).
Definition A_of l (P : 'M[R]_(k l + k L + q l, k l)) : 'M_(k l) := usubmx (usubmx P).

Lemma A_of_step l a (P P' : 'M[R]_(k l + k L + q l, k l)) : A_of (P - a *: P') = A_of P - a *: A_of P'.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

(* C: 1, 2 and all boundaries cut. *)
Theorem dy14_deep l (next := fun j => W j - mu *: dW j) (moved := mu ^+ 2 *: ((dW l)^T *m dW l - dW l.+1 *m (dW l.+1)^T)) :
  lambda * nu = mu -> (l.+1 < L)%N -> at_target l.+1 ->
  if sg_at l.+1
  then balance (next l) (next l.+1) - lambda *: sym (A_of (Phi l.+1 - nu *: dPhi l.+1)) =
       balance (W l) (W l.+1) - lambda *: sym (A_of (Phi l.+1)) + moved
  else balance (next l) (next l.+1) = balance (W l) (W l.+1) + moved.
Proof.
move=> mu_nu l_lt tgt; rewrite /next /moved /cp2_deep.net_dir; set s := cp2_deep.S _ _ _ _ _ _ l.+1; set u := cp2_deep.S _ _ _ _ _ _ l.+2.
case: ifP => at_l; last first.
  apply: dy14_backprop; rewrite /s cp2_deep.S_below // at_l.
  by [].
rewrite -(dy14_step n%:R^-1 (cp2_deep.h X W l) (W l) (W l.+1) u s (A_of (Phi l.+1)) mu_nu); congr (_ - _ *: sym _).
rewrite A_of_step; congr (_ - _ *: _).
rewrite /A_of /cp2_deep.sg_dir /shallow.E /cp2_deep.target l_lt tgt /cp2_deep.z !tr_row_mx !mul_col_mx !scale_col_mx !col_mxKu /G_A /mean.
by congr (_ *: (_ *m (_ - _))); rewrite /s cp2_deep.S_below // at_l.
Qed.

End Deep.

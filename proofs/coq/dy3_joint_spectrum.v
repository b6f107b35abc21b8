(* DY3.  At the noisy fixed point the derivative of the step is block triangular, so the characteristic polynomial of   *)
(* the joint Jacobian is the product of those of I - mu S_x and I - nu S_z, m-fold for m outputs.                       *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma char_poly_ublock (K : comRingType) p q (A : 'M[K]_p) (B : 'M_(p, q)) (D : 'M_q) :
  char_poly (block_mx A B 0 D) = char_poly A * char_poly D.
Proof.
rewrite /char_poly /char_poly_mx map_block_mx map_mx0 scalar_mx_block.
by rewrite opp_block_mx add_block_mx oppr0 addr0 det_ublock.
Qed.

Section JointSpectrum.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)) (mu nu : R).
Implicit Types (W : 'M[R]_(d, m)).

Definition S_x : 'M_d := E X X.
Definition S_z W : 'M_(m + m + 1) := E (reg X Y W) (reg X Y W).

(* S_z nonsingular is part of the hypotheses of DY3: then (W, Phi_true) with least-squares W are all fixed points.      *)
(* C: the fixed point is found by least squares (LAPACK) and the simulated step does not move it.                       *)
Theorem dy3_fixed_points W Phi : mu != 0 -> nu != 0 -> S_z W \in unitmx ->
  step X Y mu nu (W, Phi) = (W, Phi) <-> loss_grad X Y W = 0 /\ Phi = Phi_true R m.
Proof.
move=> mu0 nu0 Sz_unit; rewrite step_fixed //; split=> -[W_opt Psi0]; split=> //; last by rewrite Psi0 subrr mulmx0.
apply/eqP; rewrite -subr_eq0 -(mulKmx Sz_unit (Phi - _)); apply/eqP.
by rewrite -EMr Psi0 E0r mulmx0.
Qed.

(* The joint Jacobian acts on the columns (dW; dPhi), one for each output, by one and the same matrix. *)
Definition joint_jacobian W : 'M[R]_(d + (m + m + 1)) :=
  block_mx (1%:M - mu *: S_x) (- mu *: E X (reg X Y W))
           0                  (1%:M - nu *: S_z W).

(* C: the analytic Jacobian against central differences of the step that the simulator runs. *)
Theorem dy3_jacobian W : loss_grad X Y W = 0 ->
  derivative (step X Y mu nu) (W, Phi_true R m)
    (fun h => let c := joint_jacobian W *m col_mx h.1 h.2 in (usubmx c, dsubmx c)).
Proof.
move=> W_opt; have := @step_derivative _ n d m X Y mu nu W 0 W_opt (mulmx0 _ _); rewrite addr0 => step_t h.
rewrite /joint_jacobian mul_block_col mul0mx add0r col_mxKu col_mxKd.
have := step_t h; rewrite /jacobian head0 mulmx0 add0r addr0 mulmx1.
by rewrite !mulmxBl !mul1mx -!scalemxAl scaleNr scalerDr opprD addrA.
Qed.

(* C: the spectrum from the singular values of X and Z against dgeev of the Jacobian. *)
Theorem dy3_char_poly W :
  char_poly (joint_jacobian W) = char_poly (1%:M - mu *: S_x) * char_poly (1%:M - nu *: S_z W).
Proof. exact: char_poly_ublock. Qed.

(* An eigenvalue of a diagonal block is 1 - rate times a Rayleigh quotient; it lies strictly inside the unit disc as    *)
(* soon as the rate is below 2 over that quotient.  C: the limits found by bisecting on whether a start returns.        *)
Theorem dy3_rate (k : nat) (A : 'M[R]_(n, k)) rate l (v : 'cV[R]_k) :
  (1%:M - rate *: E A A) *m v = l *: v -> v != 0 ->
  l = 1 - rate * (n%:R^-1 * nrm2 (A *m v) / nrm2 v).
Proof.
move=> eig; rewrite -nrm2_gt0 => v0; apply: (mulIf (lt0r_neq0 v0)).
rewrite mulrBl mul1r -[rate * _ * _]mulrA divfK ?lt0r_neq0 // -[l * _]dotZr -eig mulmxBl mul1mx dotDr dotNr -scalemxAl dotZr.
by rewrite /E -scalemxAl dotZr -mulmxA dot_mulmx trmxK.
Qed.

(* 3.  All eigenvalues of a block are strictly inside the unit disc iff the rate is below 2 / b, b = lambda_max of       *)
(* E[a^T a] (nonsingular; b is attained at an eigenvector, and no vector exceeds it).  C: the limits, by bisection.     *)
Theorem dy3_inside (k : nat) (A : 'M[R]_(n, k)) rate b : 0 < rate -> (forall u : 'cV_k, A *m u = 0 -> u = 0) ->
  (exists2 v : 'cV[R]_k, v != 0 & E A A *m v = b *: v) -> (forall u : 'cV_k, n%:R^-1 * nrm2 (A *m u) <= b * nrm2 u) ->
  (forall l (v : 'cV_k), v != 0 -> (1%:M - rate *: E A A) *m v = l *: v -> `|l| < 1) <-> rate * b < 2%:R.
Proof.
move=> rate0 A_inj [v v0 eig] top; have N0 : 0 < nrm2 v by rewrite nrm2_gt0.
have n0 : 0 < n%:R^-1 :> R.
  rewrite invr_gt0 ltr0n lt0n; apply: contraNneq v0 => n0; apply/eqP/A_inj/matrixP => -[j lt_j]; exfalso.
  by rewrite n0 in lt_j.
have bE : b = n%:R^-1 * nrm2 (A *m v) / nrm2 v.
  apply: (mulIf (lt0r_neq0 N0)); rewrite divfK ?lt0r_neq0 // -[b * _]dotZr -eig /E -scalemxAl dotZr.
  by rewrite -mulmxA dot_mulmx trmxK.
have b0 : 0 < b by rewrite bE divr_gt0 // mulr_gt0 // nrm2_gt0; apply: contraNneq v0 => /A_inj ->.
split=> [inside|small l u u0 eig_u].
  have : (1%:M - rate *: E A A) *m v = (1 - rate * b) *: v.
    by rewrite mulmxBl mul1mx -scalemxAl eig scalerA scalerBl scale1r.
  by move/(inside _ _ v0); rewrite ltr_norml => /andP[]; rewrite ltr_subr_addl addrC -ltr_subr_addl opprK.
have U0 : 0 < nrm2 u by rewrite nrm2_gt0.
rewrite (dy3_rate eig_u u0); set q := _ / nrm2 u.
have q0 : 0 < q by rewrite divr_gt0 // mulr_gt0 // nrm2_gt0; apply: contraNneq u0 => /A_inj ->.
have qb : q <= b by rewrite ler_pdivr_mulr.
have rq : 0 < rate * q by apply: mulr_gt0.
rewrite ltr_norml; apply/andP; split; last by rewrite ltr_subl_addl ltr_addr.
rewrite ltr_subr_addl addrC -ltr_subr_addl opprK; apply: le_lt_trans small.
by rewrite ler_wpmul2l // ltW.
Qed.

End JointSpectrum.

(* DY4.  Realizable data, Y = X W*: the fixed points are a family (W*, Phi* + (C; -C; 0)), and the derivative of the    *)
(* step there is not block triangular: C couples the weights back into the SG.                                          *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section FixedLine.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Ws : 'M[R]_(d, m)) (mu nu : R).
Local Notation Y := (X *m Ws).
Local Notation Z := (reg X Y Ws).
Implicit Types (C D : 'M[R]_m).

Definition along C : 'M[R]_(m + m + 1, m) := col_mx (col_mx C (- C)) 0.

Lemma reg_along C : Z *m along C = 0.
Proof. by rewrite !mul_row_col mulmx0 addr0 mulmxN subrr. Qed.

(* C: one simulated step from the family does not move, and the null space of J - I has m^2 dimensions. *)
Theorem dy4_fixed_points W Phi : mu != 0 -> nu != 0 ->
  (forall U : 'M_(d, m), X *m U = 0 -> U = 0) ->
  (forall (U : 'M_m) (v : 'rV_m), Y *m U + const_mx 1 *m v = 0 -> U = 0 /\ v = 0) ->
  step X Y mu nu (W, Phi) = (W, Phi) <-> W = Ws /\ exists C, Phi = Phi_true R m + along C.
Proof.
move=> mu0 nu0 X_inj Y1_inj; rewrite step_fixed //; split=> [[W_opt Psi0]|[-> [C ->]]]; last first.
  by rewrite addrAC subrr add0r reg_along /loss_grad /grad subrr E0r.
have WWs : W = Ws.
  have: E X (X *m (W - Ws)) = 0 by rewrite mulmxBr.
  by move/E_gram/X_inj/eqP; rewrite subr_eq0 => /eqP.
split=> //; move: Psi0; rewrite {}WWs; set Psi := Phi - _ => Psi0.
exists (usubmx (usubmx Psi)); rewrite addrC; apply/eqP; rewrite -subr_eq -/Psi; apply/eqP.
move: Psi0; rewrite -{1 2}(vsubmxK Psi) -{1 2}(vsubmxK (usubmx Psi)) !mul_row_col -mulmxDr => /Y1_inj[AB ->].
by move/eqP: AB; rewrite addrC addr_eq0 => /eqP ->.
Qed.

(* C: the analytic Jacobian against central differences of the simulated step. *)
Definition line_jacobian C (h : 'M[R]_(d, m) * 'M[R]_(m + m + 1, m)) :=
  (h.1 - mu *: (E X X *m h.1 *m (1%:M + C) + E X Z *m h.2),
   h.2 - nu *: (E Z X *m h.1 *m C + E Z Z *m h.2)).

Theorem dy4_jacobian C : derivative (step X Y mu nu) (Ws, Phi_true R m + along C) (line_jacobian C).
Proof.
have W_opt : loss_grad X Y Ws = 0 by rewrite /loss_grad /grad subrr E0r.
move=> h; have := step_derivative mu nu W_opt (reg_along C) h.
by rewrite /jacobian /head /along !col_mxKu.
Qed.

(* Along the family the eigenvalue is 1.  C: the null space of J - I, counted. *)
Theorem dy4_neutral C D : line_jacobian C (0, along D) = (0, along D).
Proof. by rewrite /line_jacobian /= -!EMr !(reg_along, mulmx0, mul0mx, E0r, addr0, scaler0, subr0). Qed.

End FixedLine.

(* One output, whitened inputs. *)
Section Whitened.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (ws : 'cV[R]_d) (mu nu c : R).
Local Notation y := (X *m ws).
Local Notation Z := (reg X y ws).
Local Notation J := (line_jacobian X ws mu nu c%:M).
Hypothesis white : E X X = 1%:M.
Add Ring R_ring : (comRing_ring R).

(* Weights that y and 1 do not see: the modulus passes 1 exactly at c = -1 (and at 2/mu - 1).                           *)
(* C: the closed spectrum against dgeev; the limits bisected on returning to the family.                                *)
Theorem dy4_free_mode (u : 'cV_d) : E Z X *m u = 0 -> J (u, 0) = ((1 - mu * (1 + c)) *: u, 0).
Proof.
move=> Zu; rewrite /line_jacobian /= Zu white mul1mx mul0mx !mulmx0 !addr0 scaler0 subr0.
by rewrite -raddfD /= mul_mx_scalar scalerBl scale1r scalerA.
Qed.

(* With the constant among the columns of X (X E[x^T z] = z on every sample) each eigenvector e of S_z spans an         *)
(* invariant plane with (E[x^T z] e, 0), on which the step is I - [[mu (1 + c), mu], [nu a c, nu a]].                   *)
(* C: the closed spectrum against dgeev. *)
Theorem dy4_pair (e : 'cV_(1 + 1 + 1)) a p q : X *m E X Z = Z -> E Z Z *m e = a *: e ->
  J (p *: (E X Z *m e), q *: e) =
  ((p - mu * ((1 + c) * p + q)) *: (E X Z *m e), (q - nu * (a * c * p + a * q)) *: e).
Proof.
move=> ones eig; rewrite /line_jacobian /= white mul1mx.
have ZXXZ : E Z X *m (E X Z *m e) = a *: e by rewrite mulmxA -EMr ones.
rewrite -!scalemxAr ZXXZ eig -[1%:M + c%:M]raddfD /= !mul_mx_scalar.
by congr (_, _); [move: (E X Z *m e) => v|]; mxring R.
Qed.

End Whitened.

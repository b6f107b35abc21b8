(* DY11.  Delay.  Training the SG on late pairs adds zero eigenvalues and nothing else: the characteristic polynomial   *)
(* is that of DY3 times a power of the variable.  Backprop with a stale gradient, and an SG with a stale one, get the   *)
(* factor det(x^tau (x - 1) + rate S), whose roots leave the unit disc early.                                           *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow dy3_joint_spectrum.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* A linear step with memory, z_{t+1} = J z_t + K z_{t - tau}, as one matrix on the state with its history.             *)
Section History.
Variables (R : idomainType) (N : nat).
Implicit Types (J K : 'M[R]_N).

Fixpoint past tau := if tau is tau'.+1 then (N + past tau')%N else 0%N.

(* What reads the oldest entry; what copies the newest one; what shifts the rest. *)
Fixpoint oldest tau K : 'M[R]_(N, past tau) :=
  if tau is tau'.+1 then if tau' is 0 then row_mx K 0 else row_mx 0 (oldest tau' K) else 0.
Definition newest tau : 'M[R]_(past tau, N) := if tau is tau'.+1 then col_mx 1%:M 0 else 0.
Fixpoint shift tau : 'M[R]_(past tau) :=
  if tau is tau'.+1 then block_mx 0 0 (newest tau') (shift tau') else 0.

Definition with_history tau J K : 'M[R]_(N + past tau) :=
  block_mx (if tau is 0 then J + K else J) (oldest tau K) (newest tau) (shift tau).

(* It does what it says (dy11_history_step): on z_t, z_{t-1}, ..., z_{t - tau} stacked. *)
Fixpoint stack tau (z : nat -> 'cV[R]_N) : 'cV[R]_(past tau) :=
  if tau is tau'.+1 then col_mx (z 0%N) (stack tau' (z \o succn)) else 0.

End History.

Section HistoryFacts.
Variables (R : idomainType) (N : nat).
Implicit Types (J K : 'M[R]_N).

Lemma oldest_stack tau K z : oldest tau.+1 K *m stack tau.+1 z = K *m z tau.
Proof.
elim: tau z => [|tau IH] z; first by rewrite /= mul_row_col mul0mx addr0.
by rewrite [oldest _ _]/= [stack _ _]/= mul_row_col mul0mx add0r IH.
Qed.

Lemma shift_stack tau z : newest R N tau *m z 0%N + shift R N tau *m stack tau (z \o succn) = stack tau z.
Proof.
elim: tau z => [|tau IH] z; first by apply/matrixP => -[].
rewrite /= mul_col_mx mul_block_col mul1mx !mul0mx add_col_mx !addr0 add0r; congr col_mx; exact: (IH (z \o succn)).
Qed.

(* z 0 is the present, z i what was i steps ago.  C: the history that the simulator keeps. *)
Theorem dy11_history_step tau J K z : with_history tau J K *m col_mx (z 0%N) (stack tau (z \o succn)) =
  col_mx (J *m z 0%N + K *m z tau) (stack tau z).
Proof.
rewrite mul_block_col shift_stack; congr col_mx.
case: tau => [|tau]; first by rewrite mul0mx addr0 mulmxDl.
by rewrite oldest_stack.
Qed.

(* The factorisation: det(x - M) = det(x^tau (x - J) - K). *)
Local Notation "A ^P" := (map_mx (@polyC R) A) (at level 2).

Definition shift_char tau : 'M[{poly R}]_(past N tau) := 'X%:M - (shift R N tau)^P.

Fixpoint powers tau : 'M[{poly R}]_(past N tau, N) :=
  if tau is tau'.+1 then col_mx ('X^tau')%:M (powers tau') else 0.

Lemma shift_charS tau : shift_char tau.+1 = block_mx 'X%:M 0 (- (newest R N tau)^P) (shift_char tau).
Proof.
by rewrite /shift_char /= map_block_mx !map_mx0 scalar_mx_block opp_block_mx add_block_mx !subr0 sub0r.
Qed.

Lemma det_shift tau : \det (shift_char tau) = 'X^(tau * N).
Proof.
elim: tau => [|tau IH]; first by rewrite mul0n expr0 det_mx00.
by rewrite shift_charS det_lblock det_scalar IH -exprD mulSn.
Qed.

Lemma shift_powers tau : shift_char tau *m powers tau = 'X^tau *: (newest R N tau)^P.
Proof.
elim: tau => [|tau IH]; first by apply/matrixP => -[].
rewrite shift_charS /= mul_block_col mul0mx addr0 IH map_col_mx map_mx1 map_mx0 scale_col_mx scaler0.
by rewrite scalemx1 -scalar_mxM -exprS mulNmx mul_mx_scalar addNr.
Qed.

Lemma oldest_powers tau K : (oldest tau.+1 K)^P *m powers tau.+1 = K^P.
Proof.
elim: tau => [|tau IH]; first by rewrite /= map_row_mx mul_row_col expr0 mulmx1 map_mx0 mul0mx addr0.
by rewrite [oldest _ _]/= [powers _]/= map_row_mx map_mx0 mul_row_col mul0mx add0r IH.
Qed.

(* C: roots of the polynomials against the growth of simulated modes. *)
Theorem dy11_char_poly_history tau J K :
  char_poly (with_history tau J K) = \det ('X^tau *: ('X%:M - J^P) - K^P).
Proof.
case: tau => [|tau].
  rewrite /char_poly /char_poly_mx map_block_mx scalar_mx_block opp_block_mx add_block_mx.
  have -> : 0 - (newest R N 0)^P = 0 by apply/matrixP => -[].
  rewrite det_ublock det_mx00 mulr1 expr0 scale1r.
  by rewrite map_mxD opprD addrA.
apply: (@mulIf _ 'X^(tau.+1 * N)); first by rewrite expf_neq0 // polyX_eq0.
pose L := (newest R N tau.+1)^P; pose B := (oldest tau.+1 K)^P.
have -> : char_poly (with_history tau.+1 J K) =
    \det (block_mx ('X%:M - J^P) (- B) (- L) (shift_char tau.+1)).
  rewrite /char_poly /char_poly_mx /with_history map_block_mx scalar_mx_block opp_block_mx add_block_mx.
  by rewrite !sub0r.
have {1}-> : 'X^(tau.+1 * N) = \det (block_mx ('X^tau.+1)%:M 0 (powers tau.+1) 1%:M) :> {poly R}.
  by rewrite det_lblock det_scalar det1 mulr1 exprM.
rewrite -det_mulmx mulmx_block !mulmx0 !mulmx1 !add0r !mulNmx oldest_powers shift_powers -/L.
rewrite !mul_mx_scalar addNr det_ublock det_shift.
by congr (\det _ * _).
Qed.

End HistoryFacts.

(* The three systems, linearised.  One output (m columns evolve alike); J and K from the derivative of the steps.       *)
Section Systems.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)) (mu nu : R) (W : 'M[R]_(d, m)).
Local Notation Z := (reg X Y W).
Local Notation "A ^P" := (map_mx (@polyC R) A) (at level 2).
Hypothesis W_opt : loss_grad X Y W = 0.

(* The error of a late pair is that of the present SG: s - g = z_{t - tau} (Phi_t - Phi* ) exactly, at every state.     *)
(* C: what the step with late pairs evaluates. *)
Theorem dy11_error_is_present W0 Phi : sg X Y W0 Phi - grad X Y W0 = reg X Y W0 *m (Phi - Phi_true R m).
Proof. exact: sg_errE. Qed.

(* Delayed pairs: in the derivative at the noisy fixed point the old weights W + t U0 do not occur.                   *)
(* C: the limits found do not depend on tau. *)
Theorem dy11_pairs_derivative U P U0 (c := joint_jacobian X Y mu nu W *m col_mx U P)
    
    (z := fun t => pair_step X Y mu nu (W + t *: U, Phi_true R m + t *: P) (W + t *: U0)) :
  tangent (fun t => (z t).1) W (usubmx c) /\ tangent (fun t => (z t).2) (Phi_true R m) (dsubmx c).
Proof.
have Psi0 : reg X Y W *m (0 : 'M_(m + m + 1, m)) = 0 := mulmx0 _ _.
rewrite /z /c /joint_jacobian mul_block_col mul0mx add0r col_mxKu col_mxKd; split.
  have := @net_tangent _ n d m X Y mu W 0 W_opt Psi0 U P; rewrite addr0 head0 addr0 mulmx1.
  by rewrite !mulmxBl !mul1mx -!scalemxAl scaleNr scalerDr opprD addrA.
have := @sg_tangent _ n d m X Y nu W 0 Psi0 U0 P; rewrite addr0 head0 mulmx0 add0r.
by rewrite mulmxBl mul1mx -scalemxAl.
Qed.

(* C: the limits of mu and nu by bisection, tau up to 50: those of DY3. *)
Theorem dy11_pairs_char_poly tau :
  char_poly (with_history tau (joint_jacobian X Y mu nu W) 0) =
  'X^(tau * (d + (m + m + 1))) * (char_poly (1%:M - mu *: S_x X) * char_poly (1%:M - nu *: S_z X Y W)).
Proof.
rewrite dy11_char_poly_history map_mx0 subr0 detZ -exprM; congr (_ * _).
exact: dy3_char_poly.
Qed.

(* Stale backprop: w_{t+1} = w_t - mu S_x w_{t - tau} (minus w* ).  C: the limit against 2 sin(pi / (2 (2 tau + 1))). *)
Theorem dy11_stale_backprop_char_poly tau :
  char_poly (with_history tau 1%:M (- mu *: S_x X)) = \det (('X^tau * ('X - 1))%:M + (mu *: S_x X)^P).
Proof.
rewrite dy11_char_poly_history map_mx1 -raddfB /= scale_scalar_mx; congr (\det (_ + _)).
by rewrite scaleNr map_mxN opprK.
Qed.

(* An SG with a stale gradient: block triangular, the SG's factor alone has the delay.  C: the limit of nu. *)
Theorem dy11_stale_sg_char_poly tau :
  char_poly (with_history tau (block_mx (1%:M - mu *: S_x X) (- mu *: E X Z) 0 1%:M)
                              (block_mx 0 0 0 (- nu *: S_z X Y W))) =
  'X^(tau * d) * char_poly (1%:M - mu *: S_x X) * \det (('X^tau * ('X - 1))%:M + (nu *: S_z X Y W)^P).
Proof.
rewrite dy11_char_poly_history !map_block_mx !map_mx0 scalar_mx_block opp_block_mx add_block_mx scale_block_mx opp_block_mx add_block_mx.
rewrite !oppr0 !addr0 scaler0 det_ublock detZ -exprM; congr (_ * \det _).
by rewrite map_mx1 -raddfB /= scale_scalar_mx scaleNr map_mxN opprK.
Qed.

End Systems.

Lemma det_mx2 (K : comRingType) (A : 'M[K]_(1 + 1)) :
  \det A = A 0 0 * A (rshift 1 0) (rshift 1 0) - A 0 (rshift 1 0) * A (rshift 1 0) 0.
Proof.
rewrite (expand_det_row _ 0) !big_ord_recl big_ord0 addr0 /cofactor !det_mx11 !mxE /= expr0 mul1r expr1 mulN1r mulrN.
by congr (_ * A _ _ - A _ _ * A _ _); apply: val_inj.
Qed.

(* Realizable data, whitened inputs, ones in col X (DY4's pair), delayed pairs: C couples the old weights in, and the   *)
(* delay enters through c alone.  al = mu (1 + c), be = nu a.  C: the c at which a mode neither grows nor decays.       *)
Theorem dy11_realizable_char_poly (R : realFieldType) (mu nu a c : R) tau
    (al := mu * (1 + c)) (be := nu * a) :
  char_poly (with_history tau (block_mx (1 - al)%:M (- mu)%:M 0 (1 - be)%:M : 'M_(1 + 1))
                              (block_mx 0 0 (- (be * c))%:M 0)) =
  'X^tau * ('X^tau * ('X - (1 - al)%:P) * ('X - (1 - be)%:P) - (mu * be * c)%:P).
Proof.
rewrite dy11_char_poly_history det_mx2 !map_block_mx !map_mx0 !map_scalar_mx scalar_mx_block opp_block_mx add_block_mx.
rewrite scale_block_mx opp_block_mx add_block_mx.
have -> : 0 = lshift 1 0 :> 'I_(1 + 1) by apply: val_inj.
rewrite block_mxEul block_mxEdr block_mxEur block_mxEdl !mxE /= !mulr1n !polyCN.
have -> : (mu * be * c)%:P = mu%:P * (be * c)%:P by rewrite -polyCM mulrA.
rewrite !subr0 mulr0 !sub0r !opprK; move: 'X^tau ('X - _) ('X - _) => x p q.
by rewrite mulrBr !mulrA [x * _ * x]mulrAC.
Qed.

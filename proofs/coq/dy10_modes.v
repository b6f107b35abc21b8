(* DY10.  Two linear layers on whitened inputs from a balanced aligned start: backprop's step keeps the form, each mode  *)
(* moves by a recursion of its own, and an SG at its optimum takes the same steps.                                      *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow cp2_deep.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* The recursion of one mode, a = b^2 the singular value of W_1 W_2 and b that of either layer. *)
Section Mode.
Variables (R : realFieldType) (mu : R).
Add Ring R_ring : (comRing_ring R).

Definition layer_step sigma b : R := b * (1 + mu * (sigma - b ^+ 2)).
Definition mode_step sigma a : R := a * (1 + mu * (sigma - a)) ^+ 2.

Lemma layer_mode sigma b : layer_step sigma b ^+ 2 = mode_step sigma (b ^+ 2).
Proof. by rewrite /layer_step /mode_step; mcring R. Qed.

(* What is missing to sigma shrinks by the factor 1 - v, v = 2 mu a + mu^2 a (sigma - a).  C: the recursion that every step is held to. *)
Theorem dy10_mode_gap sigma a :
  sigma - mode_step sigma a = (sigma - a) * (1 - (mu * a *+ 2 + mu ^+ 2 * a * (sigma - a))).
Proof. by rewrite /mode_step; mcring R. Qed.

(* For mu sigma <= 1/2 a mode rises from any start below sigma and stays below it; the gap falls at least geometrically. *)
Theorem dy10_mode_rises sigma a0 : 0 < mu -> 0 < a0 -> a0 <= sigma -> mu * sigma *+ 2 <= 1 ->
  forall t, let a := iter t (mode_step sigma) a0 in
    a0 <= a /\ a <= sigma /\ a <= mode_step sigma a /\ sigma - a <= (1 - mu * a0 *+ 2) ^+ t * (sigma - a0).
Proof.
move=> mu0 a00 a0s small; have up a : a0 <= a -> a <= sigma -> a <= mode_step sigma a /\ mode_step sigma a <= sigma /\
    sigma - mode_step sigma a <= (1 - mu * a0 *+ 2) * (sigma - a).
  move=> a0a as_; have a_gt0 : 0 < a by apply: lt_le_trans a0a.
  have s0 : 0 <= sigma - a by rewrite subr_ge0.
  have ms : 0 <= mu * (sigma - a) by rewrite mulr_ge0 // ltW.
  have mas : 0 <= mu ^+ 2 * a * (sigma - a) by rewrite !mulr_ge0 // ltW // exprn_gt0.
  have vv : mu * a *+ 2 + mu ^+ 2 * a * (sigma - a) <= 1.
    have ma : 0 <= mu * a by rewrite mulr_ge0 // ltW.
    have x1 : 0 <= 1 - mu * sigma *+ 2 by rewrite subr_ge0.
    have sum := addr_ge0 x1 (mulr_ge0 ms (addr_ge0 x1 (addr_ge0 ler01 (addr_ge0 (addr_ge0 ms ms) ma)))).
    by rewrite -subr_ge0; apply: (ge0_eq sum); mcring R.
  split; [|split].
  - by rewrite /mode_step ler_pemulr ?(ltW a_gt0) // exprn_ege1 // ler_addl.
  - by rewrite -subr_ge0 dy10_mode_gap mulr_ge0 // subr_ge0.
  rewrite dy10_mode_gap mulrC ler_wpmul2r // ler_add2l ler_opp2 ler_paddr // ler_muln2r //= ler_pmul2l //.
elim=> [|t [a0a [as_ [_ gap]]]] /=; first by rewrite expr0 mul1r !lexx; have [? _] := up _ (lexx _) a0s.
have [u1 [u2 u3]] := up _ a0a as_; have a0a' := le_trans a0a u1; have [v1 _] := up _ a0a' u2.
split=> //; split=> //; split=> //; apply: le_trans u3 _; rewrite exprS -mulrA ler_wpmul2l // subr_ge0.
by apply: le_trans small; rewrite ler_muln2r ler_pmul2l.
Qed.

(* In the limit of small steps a' = 2 a (sigma - a).  With e for e^{2 sigma t}, so e' = 2 sigma e, the solution is        *)
(* a = sigma e / (e - 1 + sigma/a_0): its derivative, written out by the quotient rule, and its start at e = 1.           *)
Theorem dy10_flow sigma a0 e (p := sigma *: 'X : {poly R}) (q := 'X + (sigma / a0 - 1)%:P) (a := p.[e] / q.[e]) :
  a0 != 0 -> sigma != 0 -> q.[e] != 0 ->
  (p^`().[e] * q.[e] - p.[e] * q^`().[e]) / q.[e] ^+ 2 * (2%:R * sigma * e) = 2%:R * a * (sigma - a) /\
  p.[1] / q.[1] = a0.
Proof.
move=> a00 s0; have cE : 1 + (sigma / a0 - 1) = sigma / a0 by rewrite addrC subrK.
rewrite /a /p /q; move: (sigma / a0 - 1) cE => c cE; rewrite !(derivZ, derivX, derivD, derivC) !hornerE => q0; split; last first.
  by rewrite cE invf_div mulrCA divff ?mulr1.
have qV : (e + c) / (e + c) = 1 by rewrite divff.
move: (e + c) qV => Q; rewrite expr2 invfM; move: Q^-1 => V QV.
have : 2%:R * sigma * sigma * e * V * (Q * V - 1) = 0 by rewrite QV subrr mulr0.
by move=> z; apply/eqP; rewrite /= -subr_eq0; apply/eqP; rewrite -[RHS]z; mcring R.
Qed.

End Mode.

(* The two layers.  U and V: singular vectors of E[x^T y], any number of them; rest: what is orthogonal to them.        *)
Section Layers.
Variables (R : realFieldType) (n d m k r : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Variables (U : 'M[R]_(d, r)) (V : 'M[R]_(m, r)) (Q : 'M[R]_(k, r)) (sigma : 'rV[R]_r) (rest : 'M[R]_(d, m)) (mu : R).
Add Ring R_ring1 : (comRing_ring R).
Implicit Types (b : 'rV[R]_r).

Hypothesis white : E X X = 1%:M.
Hypotheses (U_orth : U^T *m U = 1%:M) (V_orth : V^T *m V = 1%:M) (Q_orth : Q^T *m Q = 1%:M).
Hypothesis svd : E X Y = U *m diag_mx sigma *m V^T + rest.
Hypotheses (rest_U : U^T *m rest = 0) (rest_V : rest *m V = 0).

(* The gradient at the hidden layer h = x W_1, and one step with s in its place. *)
Definition hidden_grad (W1 : 'M[R]_(d, k)) (W2 : 'M[R]_(k, m)) : 'M_(n, k) := (X *m W1 *m W2 - Y) *m W2^T.
Definition lower (W1 : 'M[R]_(d, k)) (s : 'M_(n, k)) := W1 - mu *: E X s.
Definition upper (W1 : 'M[R]_(d, k)) (W2 : 'M[R]_(k, m)) := W2 - mu *: E (X *m W1) (X *m W1 *m W2 - Y).
Definition backprop (W1 : 'M[R]_(d, k)) (W2 : 'M[R]_(k, m)) := (lower W1 (hidden_grad W1 W2), upper W1 W2).

Definition aligned b := (U *m diag_mx b *m Q^T, Q *m diag_mx b *m V^T).
Definition next b : 'rV_r := \row_i layer_step mu (sigma 0 i) (b 0 i).

Lemma diag_mul (b c : 'rV[R]_r) : diag_mx b *m diag_mx c = diag_mx (\row_i (b 0 i * c 0 i)).
Proof.
apply/matrixP => i j; rewrite mul_diag_mx !mxE; case: eqP => [->|_]; last by rewrite !mulr0n mulr0.
by rewrite !mulr1n.
Qed.

Lemma product b : (aligned b).1 *m (aligned b).2 = U *m diag_mx (\row_i b 0 i ^+ 2) *m V^T.
Proof.
rewrite /aligned /= !mulmxA -[_ *m Q^T *m Q]mulmxA Q_orth mulmx1 -[U *m _ *m diag_mx b]mulmxA diag_mul.
by congr (_ *m diag_mx _ *m _); apply/rowP => i; rewrite !mxE expr2.
Qed.

(* 1.  C: W_1 W_2 in every step against the recursion. *)
Theorem dy10_keeps_form b : backprop (aligned b).1 (aligned b).2 = aligned (next b).
Proof.
pose c : 'rV[R]_r := \row_i (b 0 i * (sigma 0 i - b 0 i ^+ 2)).
have err : E X (X *m (aligned b).1 *m (aligned b).2 - Y) =
    U *m diag_mx (\row_i (b 0 i ^+ 2 - sigma 0 i)) *m V^T - rest.
  rewrite EDr ENr -mulmxA EMr white mul1mx svd product opprD addrA -mulmxBl -mulmxBr -raddfB.
  by congr (_ *m diag_mx _ *m _ - _); apply/rowP => i; rewrite !mxE.
have step_diag : diag_mx b + mu *: diag_mx c = diag_mx (next b).
  rewrite -linearZ -raddfD /=; congr diag_mx; apply/rowP => i; rewrite !mxE /layer_step.
  by move: (sigma 0 i) (b 0 i) => x y; mcring R.
have c_left : diag_mx (\row_i (b 0 i ^+ 2 - sigma 0 i)) *m diag_mx b = - diag_mx c.
  by rewrite diag_mul -raddfN; congr diag_mx; apply/rowP => i; rewrite !mxE; move: (sigma 0 i) (b 0 i) => x y; mcring R.
have c_right : diag_mx b *m diag_mx (\row_i (b 0 i ^+ 2 - sigma 0 i)) = - diag_mx c.
  by rewrite diag_mul -raddfN; congr diag_mx; apply/rowP => i; rewrite !mxE; move: (sigma 0 i) (b 0 i) => x y; mcring R.
rewrite /backprop /lower /upper /hidden_grad EMr EMl err /aligned /=; congr (_, _).
  rewrite !trmx_mul trmxK tr_diag_mx !mulmxA mulmxBl -[_ *m V^T *m V]mulmxA V_orth mulmx1 rest_V subr0.
  by rewrite -[U *m _ *m diag_mx b]mulmxA c_left mulmxN mulNmx scalerN opprK scalemxAl -mulmxDl scalemxAr -mulmxDr step_diag.
rewrite !trmx_mul trmxK tr_diag_mx -!mulmxA [U^T *m _]mulmxBr rest_U subr0 [U^T *m _]mulmxA U_orth mul1mx.
by rewrite [diag_mx b *m (_ *m _)]mulmxA c_right mulNmx mulmxN scalerN opprK scalemxAr -mulmxDr scalemxAl -mulmxDl step_diag.
Qed.

(* Every step, and the modes on their own. *)
Definition run (W : nat -> 'M[R]_(d, k) * 'M[R]_(k, m)) := forall t, W t.+1 = backprop (W t).1 (W t).2.

Theorem dy10_trajectory W b0 : run W -> W 0%N = aligned b0 -> forall t,
  W t = aligned (iter t next b0) /\
  (W t).1 *m (W t).2 = U *m diag_mx (\row_i iter t (mode_step mu (sigma 0 i)) (b0 0 i ^+ 2)) *m V^T.
Proof.
move=> W_run W0 t; have WE : W t = aligned (iter t next b0).
  by elim: t => [|t IH] //=; rewrite W_run IH dy10_keeps_form.
split=> //; rewrite WE product; congr (_ *m diag_mx _ *m _); apply/rowP => i; rewrite !mxE.
by elim: t {WE} => [|t IH] //=; rewrite mxE layer_mode IH.
Qed.

(* 4.  An SG of the terms h, y and any others, at its optimum on the true gradient (its own gradient is 0), whether its *)
(* parameters are unique or not: the step is backprop's.  C: the SG trained to its optimum in each step (dgelsd).       *)
Theorem dy10_adiabatic q (Q1 : 'M[R]_(n, q)) (W1 : 'M[R]_(d, k)) (W2 : 'M[R]_(k, m)) Phi (z := row_mx (row_mx (X *m W1) Y) Q1) :
  E z (z *m Phi - hidden_grad W1 W2) = 0 -> (lower W1 (z *m Phi), upper W1 W2) = backprop W1 W2.
Proof.
move=> st; congr (lower _ _, _); apply: (stationary_exact (Phi0 := col_mx (col_mx (W2 *m W2^T) (- W2^T)) 0)) st.
by rewrite /z !mul_row_col mulmx0 addr0 mulmxN mulmxA /hidden_grad mulmxBl.
Qed.

End Layers.

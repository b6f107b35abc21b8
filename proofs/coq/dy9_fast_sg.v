(* DY9.  A fast SG follows backprop.  At the output, started exact, it is backprop, whatever its rate.  At a hidden       *)
(* layer: the error of the SG is driven by the motion of its target alone, and two recursions make the distance from     *)
(* backprop a constant over kappa.                                                                                      *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* 3.  Any net p = net W under any update of the weights that sees the SG only through s (upd W s; backprop is s = g).    *)
(* C: weights and SG bit for bit, rates up to three times the stable one. *)
Section AtTheOutput.
Variables (R : realFieldType) (n m : nat) (weights : Type) (net : weights -> 'M[R]_(n, m)) (Y : 'M[R]_(n, m)).
Variables (upd : weights -> 'M[R]_(n, m) -> weights) (nu : nat -> R).
Local Notation z W := (row_mx (row_mx (net W) Y) (const_mx 1) : 'M[R]_(n, m + m + 1)).

Theorem dy9_at_the_output (W B : nat -> weights) (Phi : nat -> 'M[R]_(m + m + 1, m)) :
  (forall t, W t.+1 = upd (W t) (z (W t) *m Phi t)) ->
  (forall t, Phi t.+1 = Phi t - nu t *: E (z (W t)) (z (W t) *m Phi t - (net (W t) - Y))) ->
  (forall t, B t.+1 = upd (B t) (net (B t) - Y)) -> W 0%N = B 0%N -> Phi 0%N = Phi_true R m ->
  forall t, W t = B t /\ Phi t = Phi_true R m.
Proof.
move=> W_run Phi_run B_run W0 Phi0; have exact w : z w *m Phi_true R m = net w - Y.
  by rewrite !mul_row_col mulmx0 addr0 mulmxN !mulmx1.
elim=> [|t [Wt Pt]] //; rewrite W_run B_run Phi_run Pt exact Wt; split=> //.
by rewrite subrr E0r scaler0 subr0.
Qed.

End AtTheOutput.

(* 1.  At any layer: with psi = Phi - Phi*(W), Phi* the exact parameters, the SG's step is a contraction of psi minus     *)
(* what the target moves; nothing else enters. *)
Theorem dy9_error_recursion (R : realFieldType) n q k (Z : 'M[R]_(n, q)) (G : 'M[R]_(n, k)) (Phi Star Star' : 'M[R]_(q, k)) nu
    (Phi' := Phi - nu *: E Z (Z *m Phi - G)) : G = Z *m Star ->
  Phi' - Star' = (1%:M - nu *: E Z Z) *m (Phi - Star) - (Star' - Star).
Proof.
move=> GE; rewrite /Phi' GE -mulmxBr EMr mulmxBl mul1mx -scalemxAl; move: (nu *: _) => v.
by rewrite opprB addrA [Phi - Star - v]addrAC subrK.
Qed.

(* The two recursions: e_t the root mean square of s - g, del_t the distance from backprop at the same step.  The SG     *)
(* contracts by q < 1 and its target moves by C1 mu at most; the weights move apart by the Hessian's c and by the SG's   *)
(* error.  Over the time T mu <= time the distance is a constant over kappa = nu / mu: order 1.  C: the slope over the   *)
(* last decade of kappa.                                                                                                *)
Section Orders.
Variables (R : realFieldType) (q c C1 C2 time : R) (pieces : nat).
Add Ring R_ring : (comRing_ring R).
Hypotheses (q_ge0 : 0 <= q) (q_lt1 : q < 1) (c_ge0 : 0 <= c) (C1_ge0 : 0 <= C1) (C2_ge0 : 0 <= C2) (time_ge0 : 0 <= time).
Hypothesis enough : c * time *+ 2 <= pieces%:R.                                    (* pieces: a bound on 2 c time; below, 2^pieces for e^{c time} *)

Lemma bernoulli (x : R) T : 0 <= x -> x * T%:R *+ 2 <= 1 -> (1 + x) ^+ T <= 2%:R.
Proof.
move=> x0 small; have x1 : 0 < 1 + x by rewrite ltr_paddr ?ltr01.
have key : (1 + x) ^+ T * (1 - x * T%:R) <= 1.
  elim: T small => [|T IH] small; first by rewrite expr0 mulr0 subr0 mulr1.
  have small' : x * T%:R *+ 2 <= 1.
    by apply: le_trans small; rewrite ler_muln2r /= ler_wpmul2l // ler_nat.
  apply: le_trans (IH small'); rewrite exprS -mulrA mulrCA ler_wpmul2l ?exprn_ge0 ?(ltW x1) // -subr_ge0.
  have h : 0 <= x * x * T.+1%:R by rewrite !mulr_ge0 ?ler0n.
  by apply: (ge0_eq h); rewrite -[T.+1%:R]/(1 *+ T.+1) !mulrSr; mcring R.
have half : 1 <= (1 - x * T%:R) *+ 2.
  by rewrite mulrnBl -subr_ge0 (_ : _ - 1 = 1 - x * T%:R *+ 2) ?subr_ge0 //; mcring R.
have p0 : 0 <= (1 + x) ^+ T by rewrite exprn_ge0 // ltW.
apply: le_trans (_ : (1 + x) ^+ T * ((1 - x * T%:R) *+ 2) <= _); first by rewrite ler_pemulr.
by rewrite mulrnAr -[2%:R]/(1 *+ 2) ler_muln2r.
Qed.

Theorem dy9_order (nu kappa : R) (mu := nu / kappa) T (e del : nat -> R) :
  0 < nu -> 0 < kappa -> (0 < pieces)%N -> mu * T%:R <= time -> (forall t, 0 <= e t) -> del 0%N = 0 ->
  (forall t, e t.+1 <= q * e t + C1 * mu) -> (forall t, del t.+1 <= (1 + mu * c) * del t + mu * C2 * e t) ->
  del T <= 2%:R ^+ pieces * C2 * nu * (e 0%N + C1 * time) / (1 - q) / kappa.
Proof.
move=> nu0 kappa0 p0 mT e0 del0 e_run del_run; have mu0 : 0 < mu by rewrite divr_gt0.
have q1 : 0 < 1 - q by rewrite subr_gt0.
(* the sum of the errors *)
have sum_e S : \sum_(t < S) e t * (1 - q) <= e 0%N + C1 * mu * S%:R.
  suff : e S + \sum_(t < S) e t * (1 - q) <= e 0%N + C1 * mu * S%:R by apply: le_trans; rewrite ler_addr.
  elim: S => [|S IH]; first by rewrite big_ord0 mulr0 !addr0.
  have a := e_run S; rewrite -subr_ge0 in a; rewrite -subr_ge0 in IH.
  rewrite big_ord_recr /= -subr_ge0; apply: (ge0_eq (addr_ge0 a IH)).
  by rewrite -[S.+1%:R]/(1 *+ S.+1) mulrSr; move: (\sum_(_ < _) _) => s; mcring R.
have x0 : 0 <= mu * c by rewrite mulr_ge0 // ltW.
have m0 : 0 <= mu * C2 by rewrite mulr_ge0 // ltW.
have grow S : del S <= (1 + mu * c) ^+ S * (mu * C2 * \sum_(t < S) e t).
  elim: S => [|S IH]; first by rewrite big_ord0 !mulr0 del0.
  apply: le_trans (del_run S) _; rewrite big_ord_recr /= exprS.
  have one : 1 <= (1 + mu * c) ^+ S.+1 by rewrite exprn_ege1 // ler_addl.
  have f0 : 0 <= 1 + mu * c by rewrite addr_ge0 ?ler01.
  have a := ler_wpmul2l f0 IH; have b : mu * C2 * e S <= (1 + mu * c) ^+ S.+1 * (mu * C2 * e S).
    by rewrite ler_pemull // mulr_ge0.
  by apply: le_trans (ler_add a b) _; rewrite exprS le_eqVlt; apply/orP; left; apply/eqP; move: (\sum_(_ < _) _) ((1 + mu * c) ^+ S) => s p; mcring R.
have two : (1 + mu * c) ^+ T <= 2%:R ^+ pieces.
  have P0 : 0 < pieces%:R :> R by rewrite ltr0n.
  have x1 : 0 <= mu * c / pieces%:R by rewrite divr_ge0 ?ler0n.
  have root : 1 + mu * c <= (1 + mu * c / pieces%:R) ^+ pieces.
    have bern k x : 0 <= x -> 1 + x * k%:R <= (1 + x) ^+ k :> R.
      move=> xx; elim: k => [|k IH]; first by rewrite mulr0 addr0 expr0.
      rewrite exprS; apply: le_trans (ler_wpmul2l (addr_ge0 ler01 xx) IH); rewrite -subr_ge0.
      have h : 0 <= x * x * k%:R by rewrite !mulr_ge0 ?ler0n.
      by apply: (ge0_eq h); rewrite -[k.+1%:R]/(1 *+ k.+1) mulrSr; mcring R.
    by apply: le_trans (bern pieces _ x1); rewrite divfK // gt_eqF.
  apply: le_trans (_ : ((1 + mu * c / pieces%:R) ^+ pieces) ^+ T <= _).
    by rewrite ler_expn2r ?nnegrE ?exprn_ge0 ?addr_ge0 ?ler01.
  rewrite exprAC ler_expn2r ?nnegrE ?exprn_ge0 ?addr_ge0 ?ler01 ?ler0n //; apply: bernoulli => //.
  have -> : mu * c / pieces%:R * T%:R *+ 2 = (mu * c * T%:R *+ 2) / pieces%:R.
    by move: (pieces%:R^-1) => v; mcring R.
  rewrite ler_pdivr_mulr // mul1r; apply: le_trans enough; rewrite ler_muln2r /=.
  by rewrite [mu * c]mulrC -mulrA ler_wpmul2l.
have sumT : \sum_(t < T) e t <= (e 0%N + C1 * time) / (1 - q).
  rewrite ler_pdivl_mulr // mulr_suml; apply: le_trans (sum_e T) _.
  by rewrite ler_add2l -mulrA ler_wpmul2l.
have s0 : 0 <= \sum_(t < T) e t by apply: sumr_ge0.
apply: le_trans (grow T) _; apply: le_trans (_ : 2%:R ^+ pieces * (mu * C2 * ((e 0%N + C1 * time) / (1 - q))) <= _).
  apply: ler_pmul => //; [by rewrite exprn_ge0 // addr_ge0 ?ler01|exact: mulr_ge0|by rewrite ler_wpmul2l].
rewrite /mu le_eqVlt; apply/orP; left; apply/eqP; move: (2%:R ^+ _) kappa^-1 (1 - q)^-1 => p v w; mcring R.
Qed.

End Orders.

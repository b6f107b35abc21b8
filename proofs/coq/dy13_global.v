(* DY13 (a), (d), (e).  A linear SG with labels and constant at the output of any net fits one fixed target: g = p - y   *)
(* = z Phi* with z = (p, y, 1), whatever p is.  So the distance |Phi - Phi*| is governed by the SG's steps alone, and   *)
(* the net may go where it likes.  Times t have samples of their own (P t, Y t): one data set, batches, late pairs.     *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram frob shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* One step, in Psi = Phi - Phi*: e = s - g = z Psi, G = E[z^T e]. *)
Section Step.
Variables (R : realFieldType) (n k m : nat).
Implicit Types (Z : 'M[R]_(n, k)) (Psi : 'M[R]_(k, m)).
Add Ring R_ring : (comRing_ring R).

Definition size2 Z : R := n%:R^-1 * sq Z.                                                             (* N = E|z|^2 *)
Definition err2 Z Psi : R := n%:R^-1 * sq (Z *m Psi).                                                     (* E|e|^2 *)
Definition sg_gradient Z Psi : 'M_(k, m) := E Z (Z *m Psi).                                                   (* G *)
Definition psi_step nu Z Psi : 'M_(k, m) := Psi - nu *: sg_gradient Z Psi.

(* The two rates.  Division by 0 gives 0 here: no step where there is nothing to fit, or nothing to gain. *)
Definition normalised theta Z : R := theta / size2 Z.
Definition line_search Z Psi : R := sq (sg_gradient Z Psi) / err2 Z (sg_gradient Z Psi).                 (* |G|^2 / E|z G|^2 *)

Lemma ninv_ge0 : 0 <= n%:R^-1 :> R. Proof. by rewrite invr_ge0 ler0n. Qed.
Lemma size2_ge0 Z : 0 <= size2 Z. Proof. by rewrite mulr_ge0 ?ninv_ge0 ?sq_ge0. Qed.
Lemma err2_ge0 Z Psi : 0 <= err2 Z Psi. Proof. by rewrite mulr_ge0 ?ninv_ge0 ?sq_ge0. Qed.

Lemma ip_gradient Z Psi Psi' : ip Psi' (sg_gradient Z Psi) = n%:R^-1 * ip (Z *m Psi') (Z *m Psi).
Proof. by rewrite /sg_gradient /E ipZr ip_mull trmxK. Qed.

(* C: |Psi| along the runs. *)
Theorem dy13_step_identity nu Z Psi :
  sq (psi_step nu Z Psi) = sq Psi - nu * err2 Z Psi *+ 2 + nu ^+ 2 * sq (sg_gradient Z Psi).
Proof. by rewrite sqB_step ip_gradient. Qed.

(* |G|^2 <= lambda_max(S_z) E|e|^2, lambda_max in words: E|z u|^2 <= L |u|^2. *)
Theorem dy13_gradient_bound L Z Psi : 0 <= L -> (forall u : 'cV_k, n%:R^-1 * nrm2 (Z *m u) <= L * nrm2 u) ->
  sq (sg_gradient Z Psi) <= L * err2 Z Psi.
Proof.
move=> L_ge0 ZL; set G := sg_gradient Z Psi; have [->|G0] := eqVneq G 0.
  by rewrite sq0 mulr_ge0 ?err2_ge0.
have G_gt0 : 0 < sq G by rewrite lt_def sq_eq0 G0 sq_ge0.
have ZG : n%:R^-1 * sq (Z *m G) <= L * sq G.
  rewrite !sq_cols !mulr_sumr; apply: ler_sum => j _; rewrite colE -mulmxA -colE; exact: ZL.
have GG : sq G = n%:R^-1 * ip (Z *m G) (Z *m Psi) by rewrite -ip_gradient.
rewrite -(ler_pmul2r G_gt0) -expr2 {1}GG exprMn.
apply: le_trans (_ : n%:R^-1 ^+ 2 * (sq (Z *m G) * sq (Z *m Psi)) <= _).
  by rewrite ler_wpmul2l ?sqr_ge0 ?ip_cs.
have := ler_wpmul2r (err2_ge0 Z Psi) ZG; rewrite /err2; move: n%:R^-1 => v; congr (is_true (_ <= _)); mcring R.
Qed.

(* lambda_max(S_z) <= E|z|^2. *)
Theorem dy13_trace_bound Z Psi : sq (sg_gradient Z Psi) <= size2 Z * err2 Z Psi.
Proof.
apply: dy13_gradient_bound (size2_ge0 Z) _ => u; rewrite -mulrA ler_wpmul2l ?ninv_ge0 //.
have nrm_sq q (v : 'cV[R]_q) : nrm2 v = sq v by rewrite sq_cols big_ord1; congr nrm2; apply/colP => i; rewrite mxE.
by rewrite !nrm_sq sq_mul.
Qed.

Lemma gradient0 Z Psi : sg_gradient Z Psi = 0 -> err2 Z Psi = 0.
Proof. by move=> G0; have := ip_gradient Z Psi Psi; rewrite G0 ip0r. Qed.

(* The exact line search: no other rate makes the error after the step smaller; it gains as much as the lemma needs,    *)
(* and it is never below 1/N.  C: the rates of the line-search runs. *)
Theorem dy13_line_search_exact Z Psi nu :
  err2 Z (psi_step (line_search Z Psi) Z Psi) <= err2 Z (psi_step nu Z Psi).
Proof.
rewrite /line_search; set G := sg_gradient Z Psi; set q := err2 Z G.
have errB a : err2 Z (psi_step a Z Psi) = err2 Z Psi - a * sq G *+ 2 + a ^+ 2 * q.
  have GG : sq G = n%:R^-1 * ip (Z *m G) (Z *m Psi) by rewrite -ip_gradient.
  rewrite /q /err2 /psi_step -/G mulmxBr -scalemxAr sqB_step GG [ip (Z *m G) (Z *m Psi)]ipC.
  move: n%:R^-1 (sq (Z *m Psi)) (sq (Z *m G)) (ip _ _) => v e2 g2 eg; mcring R.
rewrite !errB; have [q0|q0] := eqVneq q 0.
  rewrite q0 invr0 !mulr0 !mul0r mul0rn !addr0 subr0.
  have -> : sq G = 0; last by rewrite mulr0 mul0rn subr0.
  have := ip_gradient Z Psi G; rewrite -/G -/(sq G) => GG.
  apply/eqP; rewrite -sqrf_eq0 eq_le sqr_ge0 GG exprMn andbT.
  apply: le_trans (_ : n%:R^-1 ^+ 2 * (sq (Z *m G) * sq (Z *m Psi)) <= _).
    by rewrite ler_wpmul2l ?sqr_ge0 ?ip_cs.
  have -> : n%:R^-1 ^+ 2 * (sq (Z *m G) * sq (Z *m Psi)) = q * err2 Z Psi by rewrite /q /err2; move: n%:R^-1 => v; mcring R.
  by rewrite q0 mul0r.
have q_gt0 : 0 < q by rewrite lt_def q0 err2_ge0.
have qV : q * q^-1 = 1 by rewrite divff.
rewrite -subr_ge0; have := mulr_ge0 (ltW q_gt0) (sqr_ge0 (nu - sq G / q)); move/ge0_eq; apply.
have -> : q * (nu - sq G / q) ^+ 2 = q * nu ^+ 2 - (q * q^-1) * nu * sq G *+ 2 + (q * q^-1) * q^-1 * sq G ^+ 2 by mcring R.
rewrite qV; have -> : (sq G / q) ^+ 2 * q = (q * q^-1) * q^-1 * sq G ^+ 2 by mcring R.
by rewrite qV; mcring R.
Qed.

Theorem dy13_line_search_gain Z Psi : line_search Z Psi * sq (sg_gradient Z Psi) <= err2 Z Psi.
Proof.
rewrite /line_search; set G := sg_gradient Z Psi; set q := err2 Z G.
have [q0|q0] := eqVneq q 0; first by rewrite q0 invr0 mulr0 mul0r err2_ge0.
have q_gt0 : 0 < q by rewrite lt_def q0 err2_ge0.
rewrite mulrAC ler_pdivr_mulr // -expr2.
have -> : sq G = n%:R^-1 * ip (Z *m G) (Z *m Psi) by rewrite -ip_gradient.
rewrite exprMn; apply: le_trans (_ : n%:R^-1 ^+ 2 * (sq (Z *m G) * sq (Z *m Psi)) <= _).
  by rewrite ler_wpmul2l ?sqr_ge0 ?ip_cs.
by rewrite /q /err2 le_eqVlt; apply/orP; left; apply/eqP; move: n%:R^-1 => v; mcring R.
Qed.

Theorem dy13_line_search_rate Z Psi : sg_gradient Z Psi != 0 -> (size2 Z)^-1 <= line_search Z Psi.
Proof.
set G := sg_gradient Z Psi => G0; have G_gt0 : 0 < sq G by rewrite lt_def sq_eq0 G0 sq_ge0.
have qN : err2 Z G <= size2 Z * sq G by rewrite -mulrA ler_wpmul2l ?ninv_ge0 ?sq_mul.
have q_gt0 : 0 < err2 Z G.
  rewrite lt_def err2_ge0 andbT; apply: contra_neq G0 => q0.
  apply/eqP; rewrite -sq_eq0; have := ip_gradient Z Psi G; rewrite -/G -/(sq G) => GG.
  rewrite -sqrf_eq0 eq_le sqr_ge0 GG exprMn andbT.
  apply: le_trans (_ : n%:R^-1 ^+ 2 * (sq (Z *m G) * sq (Z *m Psi)) <= _).
    by rewrite ler_wpmul2l ?sqr_ge0 ?ip_cs.
  have -> : n%:R^-1 ^+ 2 * (sq (Z *m G) * sq (Z *m Psi)) = err2 Z G * err2 Z Psi by rewrite /err2; move: n%:R^-1 => v; mcring R.
  by rewrite q0 mul0r.
have N_gt0 : 0 < size2 Z by rewrite -(pmulr_lgt0 _ G_gt0); apply: lt_le_trans q_gt0 qN.
by rewrite /line_search -/G -[_^-1]mul1r ler_pdivr_mulr // mulrAC ler_pdivl_mulr // mul1r mulrC.
Qed.

(* What a step gains, for each rate. *)
Lemma gain_normalised theta Z Psi : 0 <= theta ->
  sq (psi_step (normalised theta Z) Z Psi) <= sq Psi - theta * (2%:R - theta) * (err2 Z Psi / size2 Z).
Proof.
move=> theta0; rewrite dy13_step_identity /normalised; set N := size2 Z; set e2 := err2 Z Psi.
have [N0|N0] := eqVneq N 0; first by rewrite N0 invr0 !mulr0 !mul0r mul0rn expr0n mul0r addr0.
have N_gt0 : 0 < N by rewrite lt_def N0 size2_ge0.
have NV : N * N^-1 = 1 by rewrite divff.
have := ler_wpmul2l (sqr_ge0 (theta / N)) (dy13_trace_bound Z Psi); rewrite -/N -/e2 -subr_ge0 => slack.
rewrite -subr_ge0; apply: (ge0_eq slack).
have -> : (theta / N) ^+ 2 * (N * e2) = theta ^+ 2 * (N * N^-1) * N^-1 * e2 by mcring R.
by rewrite NV; mcring R.
Qed.

Lemma gain_line_search Z Psi :
  sq (psi_step (line_search Z Psi) Z Psi) <= sq Psi - err2 Z Psi / size2 Z.
Proof.
set nu := line_search Z Psi; have nu_ge0 : 0 <= nu by rewrite divr_ge0 ?sq_ge0 ?err2_ge0.
apply: (@le_trans _ _ (sq Psi - nu * err2 Z Psi)).
  rewrite dy13_step_identity -subr_ge0; have := ler_wpmul2l nu_ge0 (dy13_line_search_gain Z Psi); rewrite -subr_ge0.
  by move/ge0_eq; apply; rewrite -/nu; mcring R.
rewrite ler_add2l ler_opp2 mulrC; have [G0|G0] := eqVneq (sg_gradient Z Psi) 0.
  by rewrite (gradient0 G0) !mulr0.
by rewrite ler_wpmul2r ?err2_ge0 ?dy13_line_search_rate.
Qed.

(* |Psi| never grows. *)
Theorem dy13_monotone theta Z Psi : 0 <= theta -> theta <= 2%:R ->
  sq (psi_step (normalised theta Z) Z Psi) <= sq Psi /\ sq (psi_step (line_search Z Psi) Z Psi) <= sq Psi.
Proof.
move=> theta0 theta2; have q0 : 0 <= err2 Z Psi / size2 Z by rewrite divr_ge0 ?err2_ge0 ?size2_ge0.
split; first by apply: le_trans (gain_normalised _ _ theta0) _; rewrite ler_subl_addr ler_addl mulr_ge0 // mulr_ge0 // subr_ge0.
by apply: le_trans (gain_line_search _ _) _; rewrite ler_subl_addr ler_addl.
Qed.

(* One step moves the SG by at most theta eps, eps^2 = E|e|^2 / N. *)
Theorem dy13_move theta Z Psi :
  sq (psi_step (normalised theta Z) Z Psi - Psi) <= theta ^+ 2 * (err2 Z Psi / size2 Z).
Proof.
rewrite /psi_step addrAC subrr add0r sqN sqZ /normalised exprMn -mulrA ler_wpmul2l ?sqr_ge0 //.
have [N0|N0] := eqVneq (size2 Z) 0; first by rewrite N0 invr0 expr0n mul0r mulr0.
have N_gt0 : 0 < size2 Z by rewrite lt_def N0 size2_ge0.
rewrite expr2 -mulrA [err2 _ _ / _]mulrC ler_wpmul2l ?invr_ge0 ?size2_ge0 //.
by rewrite ler_pdivr_mull // dy13_trace_bound.
Qed.

End Step.

(* One sample attains every bound above, so that the range 0 < theta < 2 is sharp: |Psi| grows for theta > 2.           *)
(* C: the control theta = 2.02. *)
Section OneSample.
Variable R : realFieldType.
Add Ring R_ring1 : (comRing_ring R).

Theorem dy13_one_sample k m theta (Z : 'M[R]_(1, k)) (Psi : 'M_(k, m)) :
  sq (psi_step (normalised theta Z) Z Psi) = sq Psi - theta * (2%:R - theta) * (err2 Z Psi / size2 Z).
Proof.
have G2 : sq (sg_gradient Z Psi) = size2 Z * err2 Z Psi.
  rewrite /sg_gradient /E /size2 /err2 invr1 scale1r !mul1r /sq /ip trmx_mul trmxK -mulmxA.
  rewrite [Z *m (Z^T *m _)]mulmxA [Z *m Z^T]mx11_scalar mul_scalar_mx -scalemxAr mxtraceZ; congr (_ * _).
  by rewrite mxtrace_mulC /mxtrace big_ord1.
rewrite dy13_step_identity G2 /normalised; set N := size2 Z; set e2 := err2 Z Psi.
have [N0|N0] := eqVneq N 0; first by rewrite N0 invr0 !mulr0 !mul0r mul0rn expr0n mul0r addr0.
have NV : N * N^-1 = 1 by rewrite divff.
have -> : (theta / N) ^+ 2 * (N * e2) = theta ^+ 2 * (N * N^-1) * N^-1 * e2 by mcring R.
by rewrite NV; mcring R.
Qed.

End OneSample.

(* Runs: any sequence of samples, outputs of whatever net, whatever batch, however late. *)
Section Runs.
Variables (R : realFieldType) (m : nat) (n : nat -> nat).
Variables (P Y : forall t, 'M[R]_(n t, m)) (Phi : nat -> 'M[R]_(m + m + 1, m)).
Add Ring R_ring2 : (comRing_ring R).

Definition z t : 'M[R]_(n t, m + m + 1) := row_mx (row_mx (P t) (Y t)) (const_mx 1).                      (* (p, y, 1) *)
Definition Psi t : 'M[R]_(m + m + 1, m) := Phi t - Phi_true R m.
Definition e2 t : R := err2 (z t) (Psi t) / size2 (z t).                                                    (* E|e_t|^2 / N_t *)

(* What the SG's update does with the sample at t. *)
Definition sg_runs (nu : nat -> R) :=
  forall t, Phi t.+1 = Phi t - nu t *: E (z t) (z t *m Phi t - (P t - Y t)).

(* One fixed Phi* for every net.  C: the run's Phi* is never computed from W. *)
Theorem dy13_fixed_target t : z t *m Phi_true R m = P t - Y t.
Proof. by rewrite /z /Phi_true !mul_row_col mulmx0 addr0 mulmxN !mulmx1. Qed.

Lemma psi_runs nu : sg_runs nu -> forall t, Psi t.+1 = psi_step (nu t) (z t) (Psi t).
Proof. by move=> run t; rewrite /Psi /psi_step /sg_gradient run mulmxBr dy13_fixed_target addrAC. Qed.

Lemma e2_ge0 t : 0 <= e2 t.
Proof. by rewrite divr_ge0 ?err2_ge0 ?size2_ge0. Qed.

Lemma sum_gain a : (forall t, sq (Psi t.+1) <= sq (Psi t) - a * e2 t) ->
  forall t T, sq (Psi (t + T)) + a * (\sum_(s < T) e2 (t + s)) <= sq (Psi t).
Proof.
move=> step t; elim=> [|T IH]; first by rewrite big_ord0 mulr0 addr0 addn0.
rewrite big_ord_recr /= mulrDr (addnS t T); apply: le_trans IH.
by rewrite [a * _ + a * _]addrC addrA ler_add2r -ler_subr_addr.
Qed.

(* The two kinds of run. *)
Definition normalised_run nu theta := forall t, nu t = normalised theta (z t).
Definition line_search_run nu := forall t, nu t = line_search (z t) (Psi t).

(* The sums: along any path, sum_t E|e_t|^2 / N_t is below |Psi_0|^2 / (theta (2 - theta)), or |Psi_0|^2 by line search. *)
(* C: the sum against its bound. *)
Theorem dy13_sum_normalised nu theta T : sg_runs nu -> normalised_run nu theta -> 0 < theta -> theta < 2%:R ->
  \sum_(t < T) e2 t <= sq (Psi 0) / (theta * (2%:R - theta)).
Proof.
move=> run rate theta0 theta2; have a0 : 0 < theta * (2%:R - theta) by rewrite mulr_gt0 ?subr_gt0.
rewrite ler_pdivl_mulr // mulrC; apply: le_trans (_ : sq (Psi (0 + T)) + _ <= _); last first.
  by apply: sum_gain => t; rewrite (psi_runs run) rate; apply: gain_normalised (ltW theta0).
by rewrite ler_addr sq_ge0.
Qed.

Theorem dy13_sum_line_search nu T : sg_runs nu -> line_search_run nu -> \sum_(t < T) e2 t <= sq (Psi 0).
Proof.
move=> run rate; have gain t : sq (Psi t.+1) <= sq (Psi t) - 1 * e2 t.
  by rewrite mul1r (psi_runs run) rate; apply: gain_line_search.
apply: le_trans (sum_gain gain 0 T); rewrite mul1r ler_addr; exact: sq_ge0.
Qed.

Lemma count_le (x : nat -> R) S eps T : (forall t, 0 <= x t) -> \sum_(t < T) x t <= S ->
  (\sum_(t < T) (eps < x t)%R)%:R * eps <= S.
Proof.
move=> x0; apply: le_trans; rewrite natr_sum mulr_suml; apply: ler_sum => t _.
by case: (ltP eps (x t)) => [/ltW|_]; rewrite ?mul1r ?mul0r.
Qed.

(* At most |Psi_0|^2 / (theta (2 - theta) eps) steps have E|e|^2 / N > eps (|Psi_0|^2 / eps by line search), however    *)
(* long the run.  C: the number of such steps. *)
Theorem dy13_count nu eps T (steps := (\sum_(t < T) (eps < e2 t)%R)%N) : sg_runs nu ->
  (forall theta, normalised_run nu theta -> 0 < theta -> theta < 2%:R ->
     steps%:R * eps <= sq (Psi 0) / (theta * (2%:R - theta))) /\
  (line_search_run nu -> steps%:R * eps <= sq (Psi 0)).
Proof.
move=> run; split=> [theta rate theta0 theta2|rate]; apply: count_le e2_ge0 _.
  exact: (dy13_sum_normalised _ run rate).
exact: (dy13_sum_line_search _ run rate).
Qed.

(* (e) Psi = 0 is absorbing: the SG stays exact for every batch and every rate. *)
Theorem dy13_absorbing nu : sg_runs nu -> Psi 0 = 0 -> forall t, Psi t = 0 /\ z t *m Phi t = P t - Y t.
Proof.
move=> run Psi0 t; have PsiT : Psi t = 0.
  by elim: t => // t IH; rewrite (psi_runs run) /psi_step /sg_gradient IH mulmx0 E0r scaler0 subr0.
by split=> //; rewrite -dy13_fixed_target; congr (_ *m _); apply/eqP; rewrite -subr_eq0 -/(Psi t) PsiT.
Qed.

(* (d) Late pairs.  q is what the net uses now: the error on another sample (Z, N) than the one trained on at t + tau.  *)
(* rms(z_t Psi_t) / sqrt N_t <= eps_{t+tau} + theta sum_{s = t}^{t+tau-1} eps_s, eps_s any numbers with E|e_s|^2 / N_s <= eps_s^2. *)
Theorem dy13_delayed nu theta tau t (eps : nat -> R) k (Z : 'M[R]_(k, m + m + 1)) :
  sg_runs nu -> normalised_run nu theta -> 0 <= theta ->
  (forall s, 0 <= eps s) -> (forall s, e2 s <= eps s ^+ 2) ->
  err2 Z (Psi (t + tau)) <= eps (t + tau)%N ^+ 2 * size2 Z ->
  err2 Z (Psi t) <= (eps (t + tau)%N + theta * \sum_(s < tau) eps (t + s)%N) ^+ 2 * size2 Z.
Proof.
move=> run rate theta0 eps0 eps2 late.
have far s : sq (Psi (t + s).+1 - Psi (t + s)) <= 1 * (theta * eps (t + s)%N) ^+ 2.
  rewrite mul1r (psi_runs run) rate exprMn; apply: le_trans (dy13_move _ _ _) _.
  by rewrite ler_wpmul2l ?sqr_ge0 //; apply: eps2.
have moved : Psi (t + tau) - Psi t = \sum_(s < tau) (Psi (t + s).+1 - Psi (t + s)).
  elim: (tau) => [|T IH]; first by rewrite big_ord0 addn0 subrr.
  by rewrite big_ord_recr /= -IH (addnS t T) [RHS]addrC subrKA.
have steps_ge0 s : 0 <= theta * eps (t + s)%N by rewrite mulr_ge0.
have := sq_sum_triangle tau ler01 steps_ge0 far; rewrite -moved mul1r -mulr_sumr.
set y := theta * _ => near; have y0 : 0 <= y by rewrite mulr_ge0 ?sumr_ge0.
have [k0|k_gt0] := posnP k; first by rewrite /err2 /size2 (_ : k%:R^-1 = 0) ?mul0r ?mulr0 // k0 invr0.
have kV : 0 < k%:R^-1 :> R by rewrite invr_gt0 ltr0n.
move: late; rewrite /err2 /size2 ![_ ^+ 2 * _]mulrCA !(ler_pmul2l kV) ![_ * sq Z]mulrC => late.
have -> : Z *m Psi t = Z *m Psi (t + tau) + - (Z *m (Psi (t + tau) - Psi t)) by rewrite -mulmxBr opprB addrC subrK.
apply: sq_triangle => //; first exact: sq_ge0.
by rewrite sqN; apply: le_trans (sq_mul _ _) _; rewrite ler_wpmul2l ?sq_ge0.
Qed.

(* The same in squares, ready to be summed. *)
Lemma delayed_squares nu theta tau t k (Z : 'M[R]_(k, m + m + 1)) :
  sg_runs nu -> normalised_run nu theta ->
  err2 Z (Psi t) <= (err2 Z (Psi (t + tau)) + size2 Z * (theta ^+ 2 * tau%:R * \sum_(s < tau) e2 (t + s))) *+ 2.
Proof.
move=> run rate; have moved : Psi (t + tau) - Psi t = \sum_(s < tau) (Psi (t + s).+1 - Psi (t + s)).
  elim: (tau) => [|T IH]; first by rewrite big_ord0 addn0 subrr.
  by rewrite big_ord_recr /= -IH (addnS t T) [RHS]addrC subrKA.
have near : sq (Psi (t + tau) - Psi t) <= theta ^+ 2 * tau%:R * \sum_(s < tau) e2 (t + s).
  rewrite moved; apply: le_trans (sq_sum _ (fun s => Psi (t + s).+1 - Psi (t + s))) _.
  rewrite [theta ^+ 2 * _]mulrC -mulrA ler_wpmul2l ?ler0n // mulr_sumr; apply: ler_sum => s _.
  by rewrite (psi_runs run) rate; apply: dy13_move.
have split_e : Z *m Psi t = Z *m Psi (t + tau) + - (Z *m (Psi (t + tau) - Psi t)) by rewrite -mulmxBr opprB addrC subrK.
have kV : 0 <= k%:R^-1 :> R by rewrite invr_ge0 ler0n.
rewrite {1}/err2 split_e; apply: le_trans (ler_wpmul2l kV (sq_weighted _ _ ltr01)) _.
rewrite invr1 -mulrDr mulrCA -[1 + 1]mulr2n mulr_natl ler_muln2r /= sqN mulrDr ler_add2l /size2.
rewrite -[_ * sq Z * _]mulrA ler_wpmul2l //.
by apply: le_trans (sq_mul _ _) _; rewrite ler_wpmul2l ?sq_ge0.
Qed.

End Runs.

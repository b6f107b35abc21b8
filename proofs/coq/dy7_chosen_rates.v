(* DY7.  SG steps until the direction is within rho of the gradient, then a step whose rate is halved until the loss     *)
(* falls enough: the SG gets there in finitely many steps, the rates stay away from 0, the gradients have a finite sum. *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram frob shallow cp2_deep dy6_tracking dy13_global.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* 1.  The SG at fixed weights of a deep linear net, terms h_l, y and any others, on the true gradient of any layer, by  *)
(* exact line search.  For every eps > 0 some step below (|Psi_0|^2 / eps) + 1 has E|s - g|^2 <= eps E|z|^2.             *)
Section Reach.
Variables (R : realFieldType) (n L : nat) (k : nat -> nat) (X : 'M[R]_(n, k 0)) (Y : 'M[R]_(n, k L)).
Variables (q : nat -> nat) (Q : forall l, 'M[R]_(n, q l)) (W : forall l, 'M[R]_(k l, k l.+1)) (l : nat).
Local Notation zl := (cp2_deep.z X Y Q W l).
Local Notation gl := (cp2_deep.G X Y W l).
Variable Phi : nat -> 'M[R]_(k l + k L + q l, k l).

(* The line search's rate, from what the code has: the SG's gradient F = E[z^T (s - g)] alone. *)
Definition sg_grad P := E zl (zl *m P - gl).
Definition line_search_steps :=
  forall t, Phi t.+1 = Phi t - (sq (sg_grad (Phi t)) / (n%:R^-1 * sq (zl *m sg_grad (Phi t)))) *: sg_grad (Phi t).

(* C: conjugate gradients, about one step per iteration; steepest descent is slower and has this bound. *)
Theorem dy7_sg_arrives : (l <= L)%N -> line_search_steps -> exists B, forall eps T, B < T%:R * eps ->
  exists2 t, (t < T)%N & n%:R^-1 * sq (zl *m Phi t - gl) / (n%:R^-1 * sq zl) <= eps.
Proof.
move=> l_le run; have [P0 gE] := G_span X Y Q W l_le; pose Psi t := Phi t - P0.
have errE P : zl *m P - gl = zl *m (P - P0) by rewrite gE mulmxBr.
have gain t : sq (Psi t.+1) <= sq (Psi t) - err2 zl (Psi t) / size2 zl.
  have -> : Psi t.+1 = psi_step (line_search zl (Psi t)) zl (Psi t).
    by rewrite /Psi run /psi_step /line_search /sg_gradient /err2 /sg_grad errE addrAC.
  exact: gain_line_search.
have total T : sq (Psi T) + \sum_(t < T) err2 zl (Psi t) / size2 zl <= sq (Psi 0%N).
  elim: T => [|T IH]; first by rewrite big_ord0 addr0.
  rewrite big_ord_recr /=; apply: le_trans IH; rewrite [_ + err2 _ _ / _]addrC addrA ler_add2r -ler_subr_addr.
  exact: gain.
exists (sq (Psi 0%N)) => eps T big.
have [/existsP[t small]|] := boolP [exists t : 'I_T, err2 zl (Psi t) / size2 zl <= eps].
  by exists t => //; rewrite errE.
rewrite negb_exists => /forallP all_big; exfalso.
have : T%:R * eps <= \sum_(t < T) err2 zl (Psi t) / size2 zl.
  rewrite mulr_natl -{1}[T]card_ord -sumr_const; apply: ler_sum => t _.
  by have := all_big t; rewrite -ltNge => /ltW.
move/le_trans/(_ (le_trans _ (total T))); rewrite ler_addr sq_ge0 => /(_ isT) le.
by have := le_lt_trans le big; rewrite ltxx.
Qed.

End Reach.

(* Now the weights, as one vector; g the gradient of the loss f there, e the error of the direction. *)
Section Descent.
Variable R : realFieldType.
Add Ring R_ring : (comRing_ring R).

(* A rate up to 1 / ((1 + rho) Lip) passes the test, from the descent lemma of DY6; the loss is asked to be smooth at    *)
(* the point tried only. *)
Theorem dy7_test_passes n (f : 'cV[R]_n -> R) (x g e : 'cV_n) Lip rho mu : 0 < Lip -> 0 <= rho -> rho < 1 -> 0 <= mu ->
  mu * ((1 + rho) * Lip) <= 1 ->
  (let v := x - mu *: (g + e) in f v <= f x + dot g (v - x) + Lip / 2%:R * nrm2 (v - x)) -> nrm2 e <= rho ^+ 2 * nrm2 g ->
  f (x - mu *: (g + e)) <= f x - (1 - rho) / 2%:R * mu * nrm2 g.
Proof.
move=> Lip0 rho0 rho1 mu0 small at_v error; set v0 := x - _ in at_v *.
pose f' v := if v == v0 then f v0 else f x + dot g (v - x) + Lip / 2%:R * nrm2 (v - x).
have f'x : f' x = f x.
  by rewrite /f'; case: eqP => [<-|_] //; rewrite subrr dot0r [nrm2 0]dot0r mulr0 !addr0.
have smooth v : f' v <= f' x + dot g (v - x) + Lip / 2%:R * nrm2 (v - x).
  by rewrite f'x /f'; case: eqP => [->|_].
have := dy6_descent (ltW Lip0) rho0 mu0 smooth error; rewrite -/v0 f'x {1}/f' eqxx => /le_trans; apply.
rewrite ler_add2l ler_opp2 ler_wpmul2r ?nrm2_ge0 // /rate.
have [h2 dE] := decE Lip mu (1 - rho); have [_ dE'] := decE Lip mu (1 + rho).
have half : (1 - rho) / 2%:R *+ 2 = 1 - rho by rewrite -mulr_natr divfK ?pnatr_eq0.
have twice (D h m : R) : (D - h * m) *+ 2 = D *+ 2 - (h *+ 2) * m by mcring R.
have m1 : 0 <= 1 - rho by rewrite subr_ge0 ltW.
have h_small : 0 <= 1 - mu * ((1 + rho) * Lip) by rewrite subr_ge0.
have ml : 0 <= mu * Lip by rewrite mulr_ge0 // ltW.
have rr : 0 <= mu * rho * Lip *+ 2 by rewrite mulrn_wge0 // !mulr_ge0 // ltW.
rewrite le_minr; apply/andP; split.
  have c : 0 <= mu * (1 - rho) * (1 - mu * ((1 + rho) * Lip) + mu * rho * Lip *+ 2).
    by apply: mulr_ge0; [exact: mulr_ge0|exact: addr_ge0].
  rewrite -subr_ge0 -(pmulrn_lge0 _ (isT : (0 < 2)%N)); apply: (ge0_eq c); rewrite twice half dE.
  by rewrite [in RHS]h2; mcring R.
have c : 0 <= mu * (1 + rho) * (1 - mu * ((1 + rho) * Lip)).
  by apply: mulr_ge0 => //; apply: mulr_ge0 => //; apply: addr_ge0 => //; exact: ler01.
have c2 : 0 <= mu * rho *+ 2 by rewrite mulrn_wge0 // mulr_ge0.
rewrite -subr_ge0 -(pmulrn_lge0 _ (isT : (0 < 2)%N)); apply: (ge0_eq (addr_ge0 c c2)); rewrite twice half dE'.
by rewrite [in RHS]h2; mcring R.
Qed.

(* 2.  The run: W_t the weights, gh_t the direction within rho of the gradient g_t, mu_t the rate.  A rate is either     *)
(* the first one tried, min(2 mu_before, mu_max), or half of one that did not pass the test.                            *)
Section Run.
Variables (n : nat) (f : 'cV[R]_n -> R) (grad : 'cV[R]_n -> 'cV[R]_n) (Lip rho mu_max : R).
Variables (x e : nat -> 'cV[R]_n) (mu : nat -> R).
Definition passes t r := f (x t - r *: (grad (x t) + e t)) <= f (x t) - (1 - rho) / 2%:R * r * nrm2 (grad (x t)).

Hypotheses (Lip0 : 0 < Lip) (rho0 : 0 <= rho) (rho1 : rho < 1) (max0 : 0 < mu_max) (mu_gt0 : forall t, 0 < mu t).
Hypothesis step : forall t, x t.+1 = x t - mu t *: (grad (x t) + e t).
Hypothesis accepted : forall t, passes t (mu t).
Hypothesis halved : forall t, mu t.+1 = Num.min (mu t *+ 2) mu_max \/ (mu t.+1 *+ 2 <= mu_max /\ ~ passes t.+1 (mu t.+1 *+ 2)).
Hypothesis error : forall t, nrm2 (e t) <= rho ^+ 2 * nrm2 (grad (x t)).
(* Lip: the smoothness of f at the points that may be tried (bounded iterates have one, f being a polynomial). *)
Hypothesis smooth : forall t r, 0 <= r -> r <= mu_max -> let v := x t - r *: (grad (x t) + e t) in
  f v <= f (x t) + dot (grad (x t)) (v - x t) + Lip / 2%:R * nrm2 (v - x t).
Hypothesis f_ge0 : forall v, 0 <= f v.

Definition least := Num.min (Num.min (mu 0%N) mu_max) ((1 + rho) * Lip *+ 2)^-1.

Lemma least_gt0 : 0 < least.
Proof. by rewrite !lt_minr mu_gt0 max0 invr_gt0 pmulrn_lgt0 // mulr_gt0 // ltr_paddr ?ltr01. Qed.

(* The rates stay above a number that is known beforehand.  C: the smallest rate, in the verdict's note. *)
Theorem dy7_rates_bounded t : least <= mu t.
Proof.
elim: t => [|t IH]; first by rewrite /least !le_minl lexx.
have [->|[tried fails]] := halved t.
  rewrite le_minr; apply/andP; split; last by rewrite /least !le_minl lexx !orbT.
  by apply: le_trans IH _; rewrite mulr2n ler_addl ltW.
rewrite leNgt; apply/negP => small; apply: fails.
have s : mu t.+1 < ((1 + rho) * Lip *+ 2)^-1 by move: small; rewrite /least lt_minr => /andP[].
have c0 : 0 < (1 + rho) * Lip by rewrite mulr_gt0 // ltr_paddr ?ltr01.
have r0 : 0 <= mu t.+1 *+ 2 by rewrite mulrn_wge0 // ltW.
rewrite /passes; apply: (dy7_test_passes Lip0 rho0 rho1 r0 _ (smooth t.+1 r0 tried) (error t.+1)).
rewrite mulrnAl -mulrnAr -ler_pdivl_mulr ?pmulrn_lgt0 // mul1r; exact: ltW.
Qed.

(* Every step lowers the loss, and the squared gradients have a finite sum: so they tend to 0, and every limit point is  *)
(* critical.  C: |grad L| at the end, depths 2 to 10. *)
Theorem dy7_gradients_summable T :
  (forall t, f (x t.+1) <= f (x t)) /\ \sum_(t < T) nrm2 (grad (x t)) <= f (x 0%N) / ((1 - rho) / 2%:R * least).
Proof.
have a0 : 0 < (1 - rho) / 2%:R by rewrite divr_gt0 ?subr_gt0 ?ltr0n.
have b0 : 0 < (1 - rho) / 2%:R * least by rewrite mulr_gt0 ?least_gt0.
have down t : f (x t.+1) <= f (x t) - (1 - rho) / 2%:R * least * nrm2 (grad (x t)).
  rewrite step; apply: le_trans (accepted t) _; rewrite ler_add2l ler_opp2 ler_wpmul2r ?nrm2_ge0 //.
  by rewrite ler_pmul2l ?dy7_rates_bounded.
split=> [t|]; first by apply: le_trans (down t) _; rewrite ger_addl oppr_le0 mulr_ge0 ?nrm2_ge0 // ltW.
rewrite ler_pdivl_mulr // mulrC.
suff : f (x T) + (1 - rho) / 2%:R * least * (\sum_(t < T) nrm2 (grad (x t))) <= f (x 0%N).
  by apply: le_trans; rewrite ler_addr.
elim: T => [|T IH]; first by rewrite big_ord0 mulr0 addr0.
rewrite big_ord_recr /=; apply: le_trans IH.
have h := down T; rewrite -subr_ge0 in h; rewrite -subr_ge0; apply: (ge0_eq h).
move: (\sum_(t < T) _) (f (x T.+1)) (f (x T)) ((1 - rho) / _ * _) (nrm2 _) => a b c w v; mcring R.
Qed.

End Run.

End Descent.

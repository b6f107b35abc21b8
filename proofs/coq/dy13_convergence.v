(* DY13 (b), (d).  Linear regression through an SG at its output, with the normalised rate (pairs as late as one likes)  *)
(* or the exact line search, and any fixed mu below 2 / lambda_max(S_x): from every start, on every data set, the       *)
(* squared distances |W_t - W*|^2 have a finite sum.  W* is the least-squares solution that backprop reaches from W_0.  *)
(* R is any archimedean ordered field: no roots, no limits, no axioms.                                                  *)
From Coq Require Import ClassicalFacts.
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram frob shallow dy5_constants dy13_global.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* Bounded sums of nonnegative terms. *)
Section Sums.
Variable R : archiFieldType.
Add Ring R_ring : (comRing_ring R).

Definition summable (x : nat -> R) := exists C, forall T, \sum_(t < T) x t <= C.

Lemma term_le (x : nat -> R) S t : (forall t, 0 <= x t) -> (forall T, \sum_(t < T) x t <= S) -> x t <= S.
Proof. by move=> x0 /(_ t.+1); apply: le_trans; rewrite big_ord_recr /= ler_addr sumr_ge0. Qed.

Lemma shift_le (x : nat -> R) S s T : (forall t, 0 <= x t) -> (forall T, \sum_(t < T) x t <= S) ->
  \sum_(t < T) x (t + s)%N <= S.
Proof.
move=> x0 /(_ (s + T)%N); apply: le_trans; rewrite big_split_ord /=.
have -> : \sum_(t < T) x (t + s)%N = \sum_(t < T) x (s + t)%N by apply: eq_bigr => t _; rewrite addnC.
by rewrite ler_addr sumr_ge0.
Qed.

(* The recursion of the distances.  No exponential is needed: the factor 1 + a e_t matters in finitely many steps.      *)
Theorem dy13_recursion (D e : nat -> R) k a b :
  0 < k -> 0 <= a -> 0 <= b -> (forall t, 0 <= D t) -> (forall t, 0 <= e t) -> summable e ->
  (forall t, D t.+1 <= D t - k * D t + e t * (a * D t + b)) -> summable D.
Proof.
move=> k0 a0 b0 D0 e0 [S eS] step.
have S0 : 0 <= S by have := eS 0%N; rewrite big_ord0.
pose c t := (\sum_(s < t) (k < a * e s)%R)%N; pose g := 1 + a * S.
have g1 : 1 <= g by rewrite ler_addl mulr_ge0.
have grow t : D t <= g ^+ c t * (D 0%N + b * \sum_(s < t) e s).
  elim: t => [|t IH]; first by rewrite /c !big_ord0 mulr0 addr0 expr0 mul1r.
  have gc j : 1 <= g ^+ j by apply: exprn_ege1.
  rewrite /c !big_ord_recr /= -/(c t) [b * _]mulrDr addrA mulrDr; apply: le_trans (step t) _.
  have [big|small] := ltP k (a * e t).
    rewrite addn1 exprS; apply: (@le_trans _ _ (g * D t + b * e t)).
      rewrite -subr_ge0; have aeS : 0 <= a * S - a * e t by rewrite subr_ge0 ler_wpmul2l // (term_le _ e0).
      apply: (ge0_eq (addr_ge0 (mulr_ge0 (ltW k0) (D0 t)) (mulr_ge0 aeS (D0 t)))); rewrite /g; mcring R.
    rewrite ler_add //; first by rewrite -mulrA ler_pmul2l //; apply: lt_le_trans g1; rewrite ltr01.
    by rewrite ler_pemull ?mulr_ge0 // -exprS gc.
  rewrite addn0; apply: (@le_trans _ _ (D t + b * e t)).
    rewrite -subr_ge0; rewrite -subr_ge0 in small; apply: (ge0_eq (mulr_ge0 small (D0 t))); mcring R.
  by rewrite ler_add // ler_pemull ?mulr_ge0.
pose B := Num.bound (a * S / k); pose M := g ^+ B * (D 0%N + b * S).
have cB t : (c t <= B)%N.
  have sumS : \sum_(s < t) a * e s <= a * S by rewrite -mulr_sumr ler_wpmul2l // eS.
  have := count_le k (fun s => mulr_ge0 a0 (e0 s)) sumS; rewrite -ler_pdivl_mulr // => c_le.
  rewrite -(ler_nat R); apply: le_trans c_le _; apply/ltW/archi_boundP.
  by rewrite divr_ge0 ?mulr_ge0 // ltW.
have DM t : D t <= M.
  apply: le_trans (grow t) _; apply: ler_pmul.
  - by rewrite exprn_ge0 // (le_trans ler01).
  - by rewrite addr_ge0 ?mulr_ge0 ?sumr_ge0.
  - exact: ler_weexpn2l.
  by rewrite ler_add2l ler_wpmul2l.
exists ((D 0%N + (a * M + b) * S) / k) => T; rewrite ler_pdivl_mulr //.
have aMb : 0 <= a * M + b by rewrite addr_ge0 // mulr_ge0 // (le_trans (D0 0%N) (DM 0%N)).
apply: (@le_trans _ _ (D 0%N + (a * M + b) * \sum_(t < T) e t)); last by rewrite ler_add2l ler_wpmul2l // eS.
suff : D T + (\sum_(t < T) D t) * k <= D 0%N + (a * M + b) * \sum_(t < T) e t.
  by apply: le_trans; rewrite ler_addr.
elim: T => [|T IH]; first by rewrite !big_ord0 mul0r mulr0.
rewrite !big_ord_recr /= -subr_ge0; rewrite -subr_ge0 in IH.
have aD : 0 <= a * M - a * D T by rewrite subr_ge0 ler_wpmul2l.
have sT := step T; rewrite -subr_ge0 in sT.
apply: (ge0_eq (addr_ge0 (addr_ge0 IH sT) (mulr_ge0 (e0 T) aD))).
move: (\sum_(i < T) D i) (\sum_(i < T) e i) (D T.+1) => p q r; mcring R.
Qed.

(* What a finite sum means: for each eps > 0 at most so many steps exceed eps; and, with the excluded middle as a       *)
(* premise, the usual limit: from some step on none does. *)
Lemma summable_count (x : nat -> R) : (forall t, 0 <= x t) -> summable x ->
  forall eps, 0 < eps -> exists B : nat, forall T, (\sum_(t < T) (eps < x t)%R <= B)%N.
Proof.
move=> x0 [C xC] eps eps0; exists (Num.bound (C / eps)) => T.
have := count_le eps x0 (xC T); rewrite -ler_pdivl_mulr // => c_le.
rewrite -(ler_nat R); apply: le_trans c_le _; apply/ltW/archi_boundP.
by rewrite divr_ge0 ?(ltW eps0) //; have := xC 0%N; rewrite big_ord0.
Qed.

Theorem dy13_summable_limit (x : nat -> R) : excluded_middle -> (forall t, 0 <= x t) -> summable x ->
  forall eps, 0 < eps -> exists T0, forall t, (T0 <= t)%N -> x t <= eps.
Proof.
move=> em x0 x_sum eps eps0; have [B cB] := summable_count x0 x_sum eps0.
have [//|never] := em (exists T0, forall t, (T0 <= t)%N -> x t <= eps); exfalso.
have later T0 : exists t, (T0 <= t)%N /\ eps < x t.
  have [//|none] := em (exists t, (T0 <= t)%N /\ eps < x t); exfalso; apply: never; exists T0 => t le_t.
  by rewrite leNgt; apply/negP => lt_eps; apply: none; exists t.
have many j : exists T, (j <= \sum_(t < T) (eps < x t)%R)%N.
  elim: j => [|j [T le_j]]; first by exists 0%N.
  have [t [le_t lt_eps]] := later T; exists t.+1; rewrite big_ord_recr /= lt_eps addn1 ltnS.
  by apply: leq_trans le_j _; rewrite -(subnKC le_t) big_split_ord leq_addr.
by have [T] := many B.+1; rewrite ltnNge cB.
Qed.

End Sums.

Section Regression.
Variables (R : archiFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Hypothesis n_gt0 : (0 < n)%N.
Add Ring R_ring1 : (comRing_ring R).
Implicit Types (W U : 'M[R]_(d, m)).

(* Where backprop goes from W0: the least-squares solution that differs from W0 in the rows of X only.                  *)
Definition limit_of W0 Ws := loss_grad X Y Ws = 0 /\ exists V, W0 - Ws = X^T *m V.

(* It exists, there is one, and it minimises the loss.  C: dgelsd, and the null-space part of W_0. *)
Theorem dy13_limit W0 : exists Ws, limit_of W0 Ws /\ (forall W, limit_of W0 W -> W = Ws) /\
  (forall W, sq (X *m Ws - Y) <= sq (X *m W - Y)).
Proof.
have /submxP[B XB] : (X <= X *m X^T *m X)%MS.
  rewrite submxE; apply/eqP; set K := cokermx _.
  have : X *m X^T *m X *m K = 0 by apply: mulmx_coker.
  rewrite -!mulmxA -{1}[X]trmxK => /gram_ker; rewrite mulmxA => /(congr1 (mulmx 1%:M)).
  by rewrite mulmx0 mul1mx -mulmxA; apply: gram_ker.
have XtB : X^T = X^T *m X *m X^T *m B^T by rewrite {1}XB !trmx_mul trmxK !mulmxA.
pose V := B^T *m (X *m W0 - Y); pose Ws := W0 - X^T *m V.
have opt : loss_grad X Y Ws = 0.
  rewrite /loss_grad; have -> : grad X Y Ws = (X *m W0 - Y) - X *m (X^T *m V) by rewrite /grad /Ws mulmxBr addrAC.
  apply/E_eq0; rewrite mulmxBr; apply/eqP; rewrite subr_eq0; apply/eqP.
  by rewrite {1}XtB /V !mulmxA.
exists Ws; split; [|split] => [|W [W_opt [U WU]]|W].
- by split=> //; exists V; rewrite opprB addrC subrK.
- have diff : W - Ws = X^T *m (V - U).
    by rewrite mulmxBr -WU /Ws; move: (X^T *m V) => v; mxring R.
  have : X^T *m (X *m (W - Ws)) = 0.
    have -> : X *m (W - Ws) = grad X Y W - grad X Y Ws by rewrite /grad mulmxBr opprB addrA subrK.
    have a := (E_eq0 _ _).1 W_opt; have b := (E_eq0 _ _).1 opt.
    by rewrite (mulmxBr X^T) a b subrr.
  move/gram_ker; rewrite {1}diff -{1}[X]trmxK => /gram_ker; rewrite -diff => /eqP.
  by rewrite subr_eq0 => /eqP.
clearbody Ws; have -> : X *m W - Y = grad X Y Ws + X *m (W - Ws) by rewrite /grad mulmxBr; move: (X *m W) (X *m Ws) => a b; mxring R.
by rewrite (sqD (grad X Y Ws)) ip_mull ((E_eq0 _ _).1 opt) ipC ip0r mul0rn addr0 ler_addl sq_ge0.
Qed.

(* The contraction of backprop on the range of X^T, and the size of what the SG's error adds. *)
Section Step.
Variables (L mu : R).
Hypotheses (L_ge0 : 0 <= L) (mu_gt0 : 0 < mu) (mu_lt : mu * L < 2%:R).
Hypothesis XL : forall u : 'cV_d, n%:R^-1 * nrm2 (X *m u) <= L * nrm2 u.

Lemma contraction : exists2 k, 0 < k & forall U V, U = X^T *m V -> sq (psi_step mu X U) <= (1 - k) * sq U.
Proof.
have [s s0 sX] := dy5_range_bound X^T.
have nV : 0 < n%:R^-1 :> R by rewrite invr_gt0 ltr0n.
exists (mu * (2%:R - mu * L) * (n%:R^-1 * s)) => [|U V UV]; first by rewrite !mulr_gt0 ?subr_gt0.
have low : n%:R^-1 * s * sq U <= err2 X U.
  rewrite /err2 -mulrA (ler_pmul2l nV) UV !sq_cols mulr_sumr; apply: ler_sum => j _.
  by move: (sX (col j V)); rewrite trmxK !colE !mulmxA.
rewrite dy13_step_identity; have := ler_wpmul2l (sqr_ge0 mu) (dy13_gradient_bound U L_ge0 XL).
have mu0 : 0 <= mu * (2%:R - mu * L) by rewrite mulr_ge0 ?subr_ge0 ?ltW.
have a1 := ler_wpmul2l mu0 low; rewrite -subr_ge0 in a1; rewrite -subr_ge0 => a2.
rewrite -subr_ge0; apply: (ge0_eq (addr_ge0 a1 a2)); move: n%:R^-1 (err2 _ _) (sq (sg_gradient _ _)) (sq U) => v p q r; mcring R.
Qed.

Local Notation z W := (reg X Y W).

Lemma size2_row p q (A : 'M[R]_(n, p)) (B : 'M_(n, q)) : size2 (row_mx A B) = size2 A + size2 B.
Proof.
rewrite /size2 -mulrDr !sq_cols; congr (_ * _); rewrite big_split_ord /=; congr (_ + _); apply: eq_bigr => j _; congr nrm2.
  by rewrite colKl.
by rewrite colKr.
Qed.

Lemma size2_ones : size2 (const_mx 1 : 'M[R]_(n, 1)) = 1.
Proof.
rewrite /size2 sq_cols big_ord1 /nrm2 /dot (eq_bigr (fun _ => 1)) => [|i _]; last by rewrite !mxE mulr1.
by rewrite sumr_const card_ord mulVf // pnatr_eq0 -lt0n.
Qed.

(* The net's run, whatever the SG does, as long as its errors on the present pairs have a finite sum. *)
Section Run.
Variables (W : nat -> 'M[R]_(d, m)) (Phi : nat -> 'M[R]_(m + m + 1, m)) (Ws : 'M[R]_(d, m)).
Hypothesis run : forall t, W t.+1 = W t - mu *: net_dir X Y (W t) (Phi t).
Hypothesis lim : limit_of (W 0%N) Ws.

Definition q t : R := err2 (z (W t)) (Phi t - Phi_true R m) / size2 (z (W t)).

Lemma size2_gt0 U : 0 < size2 (z U).
Proof. by rewrite size2_row size2_ones ltr_paddl ?size2_ge0 ?ltr01. Qed.

Lemma in_range t : exists V, W t - Ws = X^T *m V.
Proof.
elim: t => [|t [V WV]]; first by case: lim.
exists (V - (mu * n%:R^-1) *: sg X Y (W t) (Phi t)).
by rewrite run addrAC WV mulmxBr -scalemxAr /net_dir /E scalerA.
Qed.

(* W+ - W* = (I - mu S_x)(W - W* ) - mu E[x^T e]. *)
Lemma net_step t : W t.+1 - Ws = psi_step mu X (W t - Ws) + - (mu *: E X (z (W t) *m (Phi t - Phi_true R m))).
Proof.
have gE : grad X Y (W t) = grad X Y Ws + X *m (W t - Ws).
  by rewrite /grad mulmxBr; move: (X *m W t) (X *m Ws) => a b; mxring R.
have opt : E X (grad X Y Ws) = 0 by case: lim.
rewrite run /net_dir -[sg _ _ _ _](subrK (grad X Y (W t))) sg_errE EDr gE EDr opt add0r /psi_step /sg_gradient.
by rewrite scalerDr opprD addrA addrAC [W t - _ - Ws]addrAC [LHS]addrAC.
Qed.

Theorem dy13_weights_summable : summable q -> summable (fun t => sq (W t - Ws)).
Proof.
move=> q_sum; have [k k0 shrink] := contraction; pose sX := size2 X; pose D t := sq (W t - Ws).
have sX0 : 0 <= sX by apply: size2_ge0.
pose b0 := (size2 (X *m Ws)) *+ 2 + size2 Y + 1; have b00 : 0 <= b0 by rewrite /b0 addr_ge0 ?ler01 // addr_ge0 ?size2_ge0 // mulrn_wge0 ?size2_ge0.
pose c := (1 + k^-1) * mu ^+ 2 * sX; have c0 : 0 <= c by rewrite /c mulr_ge0 // mulr_ge0 ?sqr_ge0 // addr_ge0 ?ler01 // invr_ge0 ltW.
have q0 t : 0 <= q t by rewrite divr_ge0 ?err2_ge0 ?size2_ge0.
apply: (@dy13_recursion _ D q (k ^+ 2) (c * sX *+ 2) (c * b0)) => // [||||t].
- exact: exprn_gt0.
- by apply/mulrn_wge0/mulr_ge0.
- exact: mulr_ge0.
- by move=> t; apply: sq_ge0.
have N_le : size2 (z (W t)) <= sX * D t *+ 2 + b0.
  have -> : sX * D t *+ 2 + b0 = (sX * D t + size2 (X *m Ws)) *+ 2 + size2 Y + 1.
    by rewrite /b0; move: (D t) (size2 _) (size2 _) => u v w; mcring R.
  rewrite !size2_row size2_ones ler_add2r ler_add2r.
  have -> : X *m W t = X *m (W t - Ws) + X *m Ws by rewrite mulmxBr subrK.
  rewrite {1}/size2; apply: le_trans (ler_wpmul2l (ninv_ge0 R n) (sq_weighted _ _ ltr01)) _.
  rewrite invr1 -mulrDr mulrCA -[1 + 1]mulr2n mulr_natl ler_muln2r /= mulrDr ler_add2r /sX /size2 -mulrA.
  by rewrite ler_wpmul2l ?ninv_ge0 ?sq_mul.
have e_le : sq (E X (z (W t) *m (Phi t - Phi_true R m))) <= sX * (q t * size2 (z (W t))).
  rewrite /q divfK ?gt_eqF ?size2_gt0 // /E sqZ /sX /size2 /err2.
  have := ler_wpmul2l (sqr_ge0 (n%:R^-1 : R)) (sq_mul X^T (z (W t) *m (Phi t - Phi_true R m))).
  rewrite sq_tr; move: n%:R^-1 (sq X) (sq (z _ *m _)) => v a b le_ab; apply: le_trans le_ab _.
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; mcring R.
rewrite {1}/D net_step; apply: le_trans (sq_weighted _ _ k0) _; have [V WV] := in_range t.
have k1 : 0 <= 1 + k by rewrite addr_ge0 ?ler01 ?ltW.
apply: (@le_trans _ _ ((1 + k) * ((1 - k) * D t) + (1 + k^-1) * (mu ^+ 2 * (sX * (q t * (sX * D t *+ 2 + b0)))))).
  apply: ler_add; first by rewrite ler_wpmul2l //; apply: shrink WV.
  have k1' : 0 <= 1 + k^-1 by rewrite addr_ge0 ?ler01 // invr_ge0 ltW.
  rewrite sqN sqZ ler_wpmul2l // ler_wpmul2l ?sqr_ge0 //; apply: le_trans e_le _.
  by rewrite ler_wpmul2l // ler_wpmul2l.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite /c; mcring R.
Qed.

End Run.
(* The two schemes, on the step that the C code takes (pair_step of shallow.v); st t is the state (W_t, Phi_t).         *)
Section Schemes.
Variables (st : nat -> 'M[R]_(d, m) * 'M[R]_(m + m + 1, m)) (Ws : 'M[R]_(d, m)).
Hypothesis lim : limit_of (st 0%N).1 Ws.

Definition normalised_scheme theta tau := forall t, let W0 := (st (t - tau)%N).1 in
  st t.+1 = pair_step X Y mu (normalised theta (z W0)) (st t) W0.
Definition line_search_scheme := forall t,
  st t.+1 = step X Y mu (line_search (z (st t).1) ((st t).2 - Phi_true R m)) (st t).

(* C: final weights against dgelsd for tau up to 200 and mu over the open interval. *)
Theorem dy13_normalised_converges theta tau : 0 < theta -> theta < 2%:R ->
  normalised_scheme theta tau -> summable (fun t => sq ((st t).1 - Ws)).
Proof.
move=> theta0 theta2 run; apply: (@dy13_weights_summable _ (fun t => (st t).2)) => // [t|]; first by rewrite run.
pose P t := X *m (st (t - tau)%N).1; pose nu t := normalised theta (z (st (t - tau)%N).1).
have sg_run : sg_runs P (fun _ => Y) (fun t => (st t).2) nu by move=> t; rewrite run.
have rate : normalised_run P (fun _ => Y) nu theta by [].
pose S := sq ((st 0%N).2 - Phi_true R m) / (theta * (2%:R - theta)).
pose e := e2 P (fun _ => Y) (fun t => (st t).2).
have e0 t : 0 <= e t by apply: e2_ge0.
have eS T : \sum_(t < T) e t <= S by apply: (dy13_sum_normalised _ sg_run rate).
pose c := theta ^+ 2 * tau%:R; have c0 : 0 <= c by rewrite mulr_ge0 ?sqr_ge0 ?ler0n.
have q_le t : q (fun t => (st t).1) (fun t => (st t).2) t <= (e (t + tau)%N + c * \sum_(s < tau) e (t + s)%N) *+ 2.
  rewrite /q ler_pdivr_mulr ?size2_gt0 //; apply: le_trans (delayed_squares tau t (z (st t).1) sg_run rate) _.
  rewrite mulrnAl ler_muln2r /= mulrDl [e _ * _]mulrC.
  have -> : size2 (z (st t).1) * e (t + tau)%N = err2 (z (st t).1) ((st (t + tau)%N).2 - Phi_true R m).
    by rewrite /e /e2 /dy13_global.z /P /Psi addnK mulrC divfK ?gt_eqF ?size2_gt0.
  by rewrite ler_add2l [X in _ <= X]mulrC.
exists ((S + c * (tau%:R * S)) *+ 2) => T; apply: (@le_trans _ _ (\sum_(t < T) (e (t + tau)%N + c * \sum_(s < tau) e (t + s)%N) *+ 2)).
  by apply: ler_sum => t _; apply: q_le.
rewrite sumrMnl ler_muln2r /= big_split /=; apply: ler_add; first exact: shift_le.
rewrite -mulr_sumr ler_wpmul2l // exchange_big /=.
apply: (@le_trans _ _ (\sum_(s < tau) S)); last by rewrite sumr_const card_ord mulr_natl.
by apply: ler_sum => s _; apply: shift_le.
Qed.

(* C: the same for the exact line search. *)
Theorem dy13_line_search_converges : line_search_scheme -> summable (fun t => sq ((st t).1 - Ws)).
Proof.
move=> run; apply: (@dy13_weights_summable _ (fun t => (st t).2)) => // [t|]; first by rewrite run.
pose P t := X *m (st t).1; pose nu t := line_search (z (st t).1) ((st t).2 - Phi_true R m).
have sg_run : sg_runs P (fun _ => Y) (fun t => (st t).2) nu by move=> t; rewrite run.
exists (sq ((st 0%N).2 - Phi_true R m)) => T.
by apply: (dy13_sum_line_search _ sg_run).
Qed.

(* What that says about the limit. *)
Definition converges (x : nat -> R) :=
  (forall eps, 0 < eps -> exists B : nat, forall T, (\sum_(t < T) (eps < x t)%R <= B)%N) /\
  (excluded_middle -> forall eps, 0 < eps -> exists T0, forall t, (T0 <= t)%N -> x t <= eps).

Theorem dy13_weights_converge :
  line_search_scheme \/ (exists theta tau, 0 < theta /\ theta < 2%:R /\ normalised_scheme theta tau) ->
  converges (fun t => sq ((st t).1 - Ws)).
Proof.
move=> scheme; have x0 t : 0 <= sq ((st t).1 - Ws) by apply: sq_ge0.
have fin : summable (fun t => sq ((st t).1 - Ws)).
  case: scheme => [|[theta [tau [theta0 [theta2]]]]]; first exact: dy13_line_search_converges.
  exact: dy13_normalised_converges.
split=> [|em]; first exact: summable_count x0 fin.
exact: dy13_summable_limit em x0 fin.
Qed.

End Schemes.

(* Backprop from the same W_0 ends at the same W*: it is the scheme with Phi = Phi*.  C: the same final weights.        *)
Theorem dy13_backprop_same_limit (W : nat -> 'M[R]_(d, m)) Ws : limit_of (W 0%N) Ws ->
  (forall t, W t.+1 = W t - mu *: loss_grad X Y (W t)) -> summable (fun t => sq (W t - Ws)).
Proof.
move=> lim run; apply: (@dy13_weights_summable _ (fun _ => Phi_true R m)) => // [t|]; first by rewrite run /net_dir sg_true.
by exists 0 => T; rewrite big1 // => t _; rewrite /q subrr /err2 mulmx0 sq0 mulr0 mul0r.
Qed.

End Step.
End Regression.

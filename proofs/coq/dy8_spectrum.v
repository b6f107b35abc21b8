(* DY8, T3 and T2 on the reduced system itself: its eigenvectors (u, v, b), complex, and that their eigenvalues are   *)
(* within 60 degrees of the negative axis.  dy8_sector has the scalar equations; here is how they come about.         *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring hermitian dy8_repelling_minima dy8_sector.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* T3.  One feature, x in R: S = s, T = rho I.                                                                        *)
Section OneFeature.
Variable C : numClosedFieldType.
Add Ring C_ring1 : (comRing_ring C).
Variables (k m : nat) (s rho kappa : C) (W1 : 'M[C]_(1, k)) (W2 : 'M[C]_(k, m)).
Hypotheses (s_gt0 : 0 < s) (rho_gt0 : 0 < rho) (kappa_gt0 : 0 < kappa).
Hypotheses (W1_real : W1 \is a mxOver Num.real) (W2_real : W2 \is a mxOver Num.real) (W1_neq0 : W1 != 0).
Local Notation P := (W1 *m W2).
Variables (l : C) (u : 'M[C]_(1, m)) (v : 'M[C]_(1, k)) (b : 'M[C]_(m, k)).
Hypothesis eigen_u : flow_u s%:M W1 W2 u v b = l *: u.
Hypothesis eigen_v : flow_v s%:M rho%:M W1 W2 kappa u v b = l *: v.
Hypothesis eigen_b : flow_b s%:M rho%:M W1 W2 kappa u v b = l *: b.

Local Notation tau := (sq W1).
Local Notation theta := (sq P).
Local Notation eta := ((W1 *m (u *m W2^T)^T) 0 0).
Local Notation Delta := ((l + kappa * rho) * (l + kappa * s * tau) + kappa * s * theta * l).

Let P_real : P \is a mxOver Num.real.
Proof. exact: mxOverM. Qed.

Let gram_row q (w : 'rV[C]_q) : w \is a mxOver Num.real -> w *m w^T = (sq w)%:M.
Proof. by move=> wR; rewrite [LHS]mx11_scalar sq_row adj_real. Qed.

(* The page's  v Delta = ...                                                                                          *)
Lemma one_feature_v : Delta *: v = ((l + kappa * rho) * s * tau) *: (u *m W2^T) + (kappa * rho * s * eta) *: W1.
Proof.
have eta_mx : P *m u^T = eta%:M by rewrite [LHS]mx11_scalar trmx_mul trmxK mulmxA.
have Pb : l *: (P *m b) = - (s * eta) *: W1 - (kappa * s * theta) *: v - (kappa * rho) *: (P *m b).
  rewrite scalemxAr -eigen_b /flow_b !mulmxBr mulmxN; congr (_ - _ - _).
  - by rewrite mul_mx_scalar -scalemxAl -scalemxAr mulmxA eta_mx mul_scalar_mx scalerA scaleNr.
  - by rewrite mul_mx_scalar -scalemxAl -!scalemxAr mulmxA gram_row // mul_scalar_mx !scalerA.
  - by rewrite mul_scalar_mx -!scalemxAr scalerA.
have vE : l *: v = (s * tau) *: (u *m W2^T) - (kappa * s * (tau + theta)) *: v - (kappa * rho) *: (P *m b).
  rewrite -eigen_v /flow_v; congr (_ - _ - _).
  - by rewrite gram_row // -scalar_mxM mul_scalar_mx -scalemxAl mulrC.
  - by rewrite !gram_row // -raddfD -scalar_mxM mul_scalar_mx scalerA mulrCA mulrC.
  - by rewrite mul_mx_scalar -scalemxAl scalerA.
apply/eqP; rewrite -subr_eq0; apply/eqP.
transitivity ((l + kappa * rho) *: (l *: v - ((s * tau) *: (u *m W2^T) - (kappa * s * (tau + theta)) *: v -
  (kappa * rho) *: (P *m b))) - (kappa * rho) *: (l *: (P *m b) - (- (s * eta) *: W1 - (kappa * s * theta) *: v -
  (kappa * rho) *: (P *m b)))); last by rewrite vE Pb !subrr !scaler0 subrr.
move: (P *m b) (u *m W2^T) tau theta eta {Pb vE eta_mx} => pb A t h e.
by mxring C.
Qed.

Theorem dy8_T3 : (u, v, b) != (0, 0, 0) -> 'Re l *+ 2 < - `|l|.
Proof.
move=> nz.
have tau_gt0 : 0 < tau by rewrite sq_gt0.
have theta_ge0 : 0 <= theta := sq_ge0 P.
have f_gt0 : 0 < kappa * s * tau by do 2?apply: mulr_gt0.
have r_gt0 : 0 < kappa * rho by apply: mulr_gt0.
have [u0|u_neq0] := eqVneq u 0.
  have vD : Delta *: v = 0.
    by rewrite one_feature_v u0 !mul0mx trmx0 mulmx0 mxE mulr0 !scaler0 scale0r addr0.
  have one_gt0 : 0 < 1 :> C by exact: ltr01.
  have [D0|D_neq0] := eqVneq Delta 0.
    apply: (@dy8_sector _ 1 (kappa * s * tau) 0 0 _ _ _ _ _ (kappa * rho) (kappa * s * theta)) => //.
    - by rewrite mul0rn mulr1 ler01.
    - by rewrite mulr_ge0 // mulr_ge0 // ltW.
    - rewrite /cubic /D; transitivity ((l + 1) * Delta); last by rewrite D0 mulr0.
      by move: tau theta => t h; mcring C.
  have v0 : v = 0 by move/eqP: vD; rewrite scaler_eq0 (negPf D_neq0) => /eqP.
  have b_neq0 : b != 0 by apply: contraNneq nz => b0; rewrite u0 v0 b0.
  have lE : l + kappa * rho = 0.
    move/eqP: eigen_b; rewrite /flow_b u0 v0 trmx0 !(mul0mx, mulmx0, scaler0, oppr0, addr0, sub0r, add0r).
    rewrite mul_scalar_mx scalerA -scaleNr -subr_eq0 -scalerBl scaler_eq0 (negPf b_neq0) orbF -opprD oppr_eq0.
    by rewrite addrC => /eqP.
  apply: (@dy8_sector _ 1 1 0 0 _ _ _ _ _ (kappa * rho) 0) => //.
  - by rewrite mul0rn mulr1 ler01.
  - by rewrite /cubic /D lE mulr0 !mul0r !addr0.
have n_gt0 : 0 < sq u by rewrite sq_gt0.
have n_neq0 := lt0r_neq0 n_gt0.
pose mb := sq (u *m W2^T); have mb_ge0 : 0 <= mb := sq_ge0 _.
pose h := eta * eta^*; have h_ge0 : 0 <= h by rewrite mul_conjC_ge0.
have h_le : h <= tau * mb by apply: cauchy.
pose q := (v *m W2 *m adj u) 0 0.
have mbE : (u *m W2^T *m W2 *m adj u) 0 0 = mb.
  by rewrite /mb sq_row adjM adj_tr_real // -!mulmxA.
have E (A B : 'M[C]_1) : (A - B) 0 0 = A 0 0 - B 0 0 by rewrite !mxE.
have N (A : 'M[C]_1) : (- A) 0 0 = - A 0 0 by rewrite mxE.
have Z x (A : 'M[C]_1) : (x *: A) 0 0 = x * A 0 0 by rewrite mxE.
have uE : l * sq u = - (s * mb) - s * tau * sq u - s * q.
  have := congr1 (fun x => (x *m adj u) 0 0) eigen_u.
  rewrite /flow_u gram_row // -scalar_mxM !mul_scalar_mx !mulmxBl mulNmx -!scalemxAl !mulmxA.
  by rewrite !E N !Z -sq_row mbE [tau * s]mulrC => ->.
have vE : Delta * q = (l + kappa * rho) * s * tau * mb + kappa * rho * s * h.
  have := congr1 (fun x => (x *m W2 *m adj u) 0 0) one_feature_v.
  rewrite !mulmxDl -!scalemxAl.
  have W : (W1 *m W2 *m adj u) 0 0 = eta^*.
    have -> : eta = (u *m adj P) 0 0 by rewrite adj_real // -[u *m P^T]trmxK [RHS]mxE !trmx_mul !trmxK mulmxA.
    by rewrite -[P *m _]adj_adj adjM adj_adj !mxE.
  have D (A B : 'M[C]_1) : (A + B) 0 0 = A 0 0 + B 0 0 by rewrite !mxE.
  by rewrite D !Z mbE W => ->; rewrite /h !mulrA.
pose a := s * s * (tau * (mb / sq u)); pose c := s * (tau + mb / sq u).
have mn_ge0 : 0 <= mb / sq u by rewrite divr_ge0 // ltW.
have ss_ge0 : 0 <= s * s := ltW (mulr_gt0 s_gt0 s_gt0).
apply: (@dy8_sector _ c (kappa * s * tau) a (s * s * (h / sq u)) _ _ _ _ _ (kappa * rho) (kappa * s * theta)) => //.
- by apply: mulr_gt0 => //; apply: ltr_paddr.
- by rewrite mulr_ge0 // divr_ge0 // ltW.
- by rewrite /a ler_wpmul2l // mulrA ler_wpmul2r // invr_ge0 ltW.
- rewrite /a /c; move: tau (mb / sq u) tau_gt0 mn_ge0 => t x t_gt0 x_ge0; rewrite -subr_ge0.
  have -> : s * (t + x) * (s * (t + x)) - (s * s * (t * x)) *+ 4 = s * s * ((t - x) * (t - x)) by mcring C.
  by apply: mulr_ge0 => //; apply: square_ge0; apply: rpredB; [exact: gtr0_real | exact: ger0_real].
- by rewrite mulr_ge0 // mulr_ge0 // ltW.
apply: (mulIf n_neq0); rewrite mul0r.
transitivity (Delta * (l * sq u - (- (s * mb) - s * tau * sq u - s * q)) -
  s * (Delta * q - ((l + kappa * rho) * s * tau * mb + kappa * rho * s * h)));
  last by rewrite uE vE !subrr !mulr0 subrr.
have cancel x : x = x / sq u * sq u by rewrite divfK.
rewrite /cubic /D /a /c [mb in RHS]cancel [h in RHS]cancel; move: (mb / sq u) (h / sq u) (sq u) tau theta => x y n t th.
by mcring C.
Qed.

End OneFeature.

(* T2 in the eigenbasis of W1^T W1.                                                                                   *)
Section Modes.
Variable C : numClosedFieldType.
Add Ring C_ring2 : (comRing_ring C).

(* What no eigenvalue may be.                                                                                         *)
Definition bad (l : C) := (0 < l) || ((l^* != l) && wide l).

Lemma bad_plus l c : bad l -> 0 <= c -> l + c != 0.
Proof.
move=> /orP[l_gt0|/andP[l_neq _]] c_ge0; first by rewrite lt0r_neq0 // ltr_paddr.
apply: contra_neq l_neq => lc; have -> : l = - c by apply/eqP; rewrite -subr_eq0 opprK lc.
by rewrite rmorphN /= (conj_Creal (ger0_real c_ge0)).
Qed.

Lemma not_bad l : l != 0 -> ~ bad l -> 'Re l *+ 2 < - `|l|.
Proof.
move=> l0 /negP; rewrite negb_or negb_and => /andP[l_le0 far]; apply: in_sector => [l_real|l_neq].
  have lR : l \is Num.real by apply/CrealP.
  by rewrite lt_def eq_sym l0 /= real_leNgt ?real0.
by move: far; rewrite l_neq.
Qed.

Variables (n : nat) (sigma rho kappa beta l X : C) (g w f q : 'I_n -> C).
Hypotheses (sigma_gt0 : 0 < sigma) (rho_gt0 : 0 < rho) (kappa_gt0 : 0 < kappa) (g_ge0 : forall i, 0 <= g i).
Hypotheses (betaE : beta = \sum_i w i * (w i)^* ) (X0 : beta = 0 -> X = 0).
Hypothesis mode_f : forall i, (l + sigma * (beta + g i)) * f i = - (sigma * g i * q i).
Hypothesis mode_q : forall i, (l + kappa * sigma * g i) * q i = sigma * beta * f i + w i * X.
Hypothesis mode_X : (l + kappa * rho) * X =
  kappa * rho * sigma * (\sum_i (w i)^* * f i) - l * kappa * sigma * (\sum_i (w i)^* * (g i * q i)).
Hypothesis l_bad : bad l.

Let c i := sigma * (beta + g i).
Let ff i := kappa * sigma * g i.
Let a i := sigma * sigma * beta * g i.
Let gg i := kappa * sigma * beta * g i.
Let r := kappa * rho.
Local Notation Di i := (D (c i) (ff i) (a i) l).
Local Notation Ki i := (cubic (c i) (ff i) (a i) (a i) r (gg i) l).

Let p_ge0 i : 0 <= w i * (w i)^*.
Proof. exact: mul_conjC_ge0. Qed.
Let beta_ge0 : 0 <= beta.
Proof. by rewrite betaE sumr_ge0. Qed.
Let c_ge0 i : 0 <= c i.
Proof. exact: mulr_ge0 (ltW sigma_gt0) (addr_ge0 beta_ge0 (g_ge0 i)). Qed.
Let ff_ge0 i : 0 <= ff i.
Proof. exact: mulr_ge0 (ltW (mulr_gt0 kappa_gt0 sigma_gt0)) (g_ge0 i). Qed.
Let a_ge0 i : 0 <= a i.
Proof. exact: mulr_ge0 (mulr_ge0 (ltW (mulr_gt0 sigma_gt0 sigma_gt0)) beta_ge0) (g_ge0 i). Qed.
Let gg_ge0 i : 0 <= gg i.
Proof. exact: mulr_ge0 (mulr_ge0 (ltW (mulr_gt0 kappa_gt0 sigma_gt0)) beta_ge0) (g_ge0 i). Qed.
Let r_gt0 : 0 < r.
Proof. exact: mulr_gt0. Qed.
Let a_le i : a i *+ 4 <= c i * c i.
Proof.
have R : beta - g i \is Num.real by apply: rpredB; exact: ger0_real.
rewrite -subr_ge0; have -> : c i * c i - a i *+ 4 = sigma * sigma * ((beta - g i) * (beta - g i)).
  by rewrite /c /a; move: (g i) => x; mcring C.
exact: mulr_ge0 (ltW (mulr_gt0 sigma_gt0 sigma_gt0)) (square_ge0 R).
Qed.
Let g_zero i : g i = 0 -> [/\ ff i = 0, a i = 0 & gg i = 0].
Proof. by move=> g0; rewrite /ff /a /gg g0 !mulr0. Qed.
Let g_pos i : g i != 0 -> 0 < c i /\ 0 < ff i.
Proof.
move=> gn; have gp : 0 < g i by rewrite lt_def gn g_ge0.
by split; rewrite /c /ff !mulr_gt0 // ltr_paddl.
Qed.

Let D_neq0 i : Di i != 0.
Proof.
have [g0|gn] := eqVneq (g i) 0.
  have [f0 a0 _] := g_zero g0; rewrite /D f0 a0 !addr0 mulf_neq0 ?bad_plus //.
  by rewrite -[l]addr0 bad_plus.
have [cp fp] := g_pos gn; case/orP: (l_bad) => [l_gt0|/andP[l_neq far]].
  have lc : 0 < (l + c i) * (l + ff i) by rewrite mulr_gt0 // addr_gt0.
  by rewrite /D lt0r_neq0 // ltr_paddr.
have := DD_gt0 (fun _ : 'I_1 => cp) (fun _ => fp) (fun _ => a_ge0 i) (fun _ => a_le i) 0 l_neq far.
by move/lt0r_neq0; rewrite mulf_eq0 negb_or => /andP[].
Qed.

Let s_neq0 i : l + c i != 0.
Proof. exact: bad_plus. Qed.

Let Dq i : Di i * q i = w i * (l + c i) * X.
Proof.
have -> : Di i * q i = (l + c i) * ((l + kappa * sigma * g i) * q i) + sigma * beta * (sigma * g i * q i).
  by rewrite /D /a /ff; move: (q i) (g i) (c i) => x y z; mcring C.
rewrite mode_q -[sigma * g i * q i]opprK -mode_f /c; move: (f i) (g i) (w i) => x y z; mcring C.
Qed.

Let Df i : Di i * f i = - (sigma * g i * (w i * X)).
Proof.
apply: (mulfI (s_neq0 i)); transitivity (Di i * ((l + sigma * (beta + g i)) * f i)); first by rewrite mulrCA.
rewrite mode_f; transitivity (- (sigma * g i * (Di i * q i))); first by move: (Di i) => d; mcring C.
by rewrite Dq; move: (c i) (g i) (w i) => x y z; mcring C.
Qed.

(* The weighted sum of the gammas, which is not 0.                                                                    *)
Let X_sum : X * (\sum_i w i * (w i)^* * (Ki i / Di i)) = 0.
Proof.
have term i : X * (w i * (w i)^* * (Ki i / Di i)) =
    w i * (w i)^* * ((l + r) * X) + kappa * sigma * beta * (l * ((w i)^* * (g i * q i)) - rho * ((w i)^* * f i)).
  apply: (mulIf (D_neq0 i)); transitivity (X * (w i * (w i)^* ) * (Ki i / Di i * Di i)); first by rewrite !mulrA.
  rewrite divfK //; transitivity (w i * (w i)^* * ((l + r) * X) * Di i +
      kappa * sigma * beta * (l * ((w i)^* * (g i * (Di i * q i))) - rho * ((w i)^* * (Di i * f i)))); last first.
    by move: (Di i) ((w i)^* ) (w i) (g i) (q i) (f i) => d z y x t v; mcring C.
  rewrite Dq Df /cubic /gg /a; move: ((w i)^* ) (w i) (g i) (Di i) (c i) => z y x d t; rewrite /r; mcring C.
rewrite mulr_sumr (eq_bigr _ (fun i _ => term i)) big_split /= -mulr_suml -betaE -mulr_sumr sumrB -!mulr_sumr /r mode_X.
by move: (\sum_i _) (\sum_i _) => x y; mcring C.
Qed.

Let X_eq0 : X = 0.
Proof.
have [b0|bn] := eqVneq beta 0; first exact: X0.
have b_gt0 : 0 < beta by rewrite lt_def bn.
move/eqP: X_sum; rewrite mulf_eq0 => /orP[/eqP //|/eqP sum0]; exfalso; move: l_bad => /orP[l_gt0|/andP[l_neq far]].
  have pos i : 0 < Ki i / Di i.
    have lc x : 0 <= x -> 0 < l + x by move=> x_ge0; rewrite ltr_paddr.
    have d : 0 < Di i by rewrite /D ltr_paddr // mulr_gt0 ?lc.
    have gl : 0 <= gg i * (l * (l + c i)) by rewrite mulr_ge0 // ltW // mulr_gt0 ?lc.
    have ra : 0 <= r * a i by rewrite mulr_ge0 // ltW.
    by rewrite divr_gt0 // /cubic ltr_paddr // ltr_paddr // mulr_gt0 // lc // ltW.
  have z i : 0 <= w i * (w i)^* * (Ki i / Di i) by rewrite mulr_ge0 // ltW.
  suff beta0 : beta = 0 by rewrite beta0 ltxx in b_gt0.
  rewrite betaE big1 // => i _; move/psumr_eq0P: sum0 => /(_ (fun i _ => z i))/(_ i isT)/eqP.
  by rewrite mulf_eq0 [Ki i / _ == 0]gt_eqF // orbF => /eqP.
pose zero i := g i == 0.
pose p' i := if zero i then 0 else w i * (w i)^*; pose c' i := if zero i then 1 else c i.
pose f' i := if zero i then 1 else ff i.
pose p0 := \sum_(i | zero i) w i * (w i)^*.
have := @dy8_sector_mean C n p' c' f' a gg p0 r _ _ _ _ _ _ _ _ _ l l_neq far; move=> mean.
have same : p0 * (l + r) + \sum_i p' i * (cubic (c' i) (f' i) (a i) (a i) r (gg i) l / D (c' i) (f' i) (a i) l) = 0.
  rewrite -[RHS]sum0 [RHS](bigID zero) /= mulr_suml; congr (_ + _).
    apply: eq_bigr => i zi; have [f0 a0 g0] := g_zero (eqP zi); congr (_ * _).
    by apply: (mulIf (D_neq0 i)); rewrite divfK // /cubic g0 a0 mul0r mulr0 !addr0.
  rewrite (bigID zero) /= big1 ?add0r => [|i zi]; last by rewrite /p' zi mul0r.
  by apply: eq_bigr => i zi; rewrite /p' /c' /f' (negPf zi).
suff : p0 * (l + r) + \sum_i p' i * (cubic (c' i) (f' i) (a i) (a i) r (gg i) l / D (c' i) (f' i) (a i) l) != 0.
  by rewrite same eqxx.
apply: mean => // [i|i|i|i||].
- by rewrite /c'; case: ifP => [_|/negbT h]; [exact: ltr01 | case: (g_pos h)].
- by rewrite /f'; case: ifP => [_|/negbT h]; [exact: ltr01 | case: (g_pos h)].
- rewrite /c'; case: ifP => [zi|_]; last exact: a_le.
  by have [_ -> _] := g_zero (eqP zi); rewrite mul0rn mulr1 ler01.
- by rewrite /p'; case: ifP => [_|_]; [exact: lexx | exact: p_ge0].
- by apply: sumr_ge0.
- have -> : p0 + \sum_i p' i = beta; last by [].
  rewrite betaE [RHS](bigID zero) /=; congr (_ + _).
  rewrite (bigID zero) /= big1 ?add0r => [|i zi]; last by rewrite /p' zi.
  by apply: eq_bigr => i zi; rewrite /p' (negPf zi).
Qed.

Lemma modes_zero i : f i = 0 /\ q i = 0.
Proof.
have := Df i; have := Dq i; rewrite X_eq0 !mulr0 oppr0 => /eqP + /eqP.
by rewrite !mulf_eq0 (negPf (D_neq0 i)) => /eqP -> /eqP ->.
Qed.

End Modes.

(* T2.  One output, S = sigma I, T = rho.                                                                             *)
Section OneOutput.
Variable C : numClosedFieldType.
Add Ring C_ring3 : (comRing_ring C).
Variables (d k : nat) (sigma rho kappa : C) (W1 : 'M[C]_(d, k)) (W2 : 'M[C]_(k, 1)).
Hypotheses (sigma_gt0 : 0 < sigma) (rho_gt0 : 0 < rho) (kappa_gt0 : 0 < kappa).
Hypotheses (W1_real : W1 \is a mxOver Num.real) (W2_real : W2 \is a mxOver Num.real).
Local Notation w := W2.
Local Notation P := (W1 *m w).
Local Notation G := (W1^T *m W1).
Variables (l : C) (u : 'M[C]_(d, 1)) (v : 'M[C]_(d, k)) (b : 'M[C]_(1, k)).
Hypothesis eigen_u : flow_u sigma%:M W1 W2 u v b = l *: u.
Hypothesis eigen_v : flow_v sigma%:M rho%:M W1 W2 kappa u v b = l *: v.
Hypothesis eigen_b : flow_b sigma%:M rho%:M W1 W2 kappa u v b = l *: b.
Hypotheses (l_neq0 : l != 0) (nz : (u, v, b) != (0, 0, 0)).

Local Notation beta := (sq w).
Local Notation f := (W1^T *m u).

Let ww : w^T *m w = beta%:M.
Proof. by rewrite [LHS]mx11_scalar /sq adj_real // mxtrace_mulC /mxtrace big_ord1. Qed.

Let uE : l *: u = - ((sigma * beta) *: u) - sigma *: (W1 *m f) - sigma *: (v *m w).
Proof.
rewrite -eigen_u /flow_u ww; congr (- _ - _ - _).
- by rewrite mul_scalar_mx mul_mx_scalar scalerA mulrC.
- by rewrite mul_mx_scalar -scalemxAl mulmxA.
- by rewrite mul_scalar_mx -scalemxAl.
Qed.

Let vE : l *: v = sigma *: (W1 *m (f *m w^T)) - (kappa * sigma) *: (W1 *m (W1^T *m v)) -
  (kappa * sigma) *: (P *m (P^T *m v)) - (kappa * rho) *: (P *m b).
Proof.
rewrite -eigen_v /flow_v; rewrite mulmxDl mulmxDl scalerDr opprD addrA; congr (_ - _ - _ - _).
- by rewrite mul_mx_scalar -!scalemxAl !mulmxA.
- by rewrite mul_mx_scalar -!scalemxAl scalerA !mulmxA.
- by rewrite mul_mx_scalar -!scalemxAl scalerA !mulmxA.
- by rewrite mul_mx_scalar -!scalemxAl scalerA.
Qed.

Let bE : l *: b = - (sigma *: f^T) - (kappa * sigma) *: (P^T *m v) - (kappa * rho) *: b.
Proof.
rewrite -eigen_b /flow_b; congr (- _ - _ - _).
- by rewrite mul_mx_scalar -scalemxAl trmx_mul trmxK.
- by rewrite mul_mx_scalar -!scalemxAl scalerA.
- by rewrite mul_scalar_mx scalerA.
Qed.

Let q := l^-1 *: (sigma *: (f *m w^T) - (kappa * sigma) *: (W1^T *m v) + sigma *: (w *m f^T) + l *: (w *m b)).

Let qE : l *: q = sigma *: (f *m w^T) - (kappa * sigma) *: (W1^T *m v) + sigma *: (w *m f^T) + l *: (w *m b).
Proof. by rewrite /q scalerA mulfV // scale1r. Qed.

Let v_q : v = W1 *m q.
Proof.
apply: (scalerI l_neq0); rewrite scalemxAr qE !mulmxDr mulmxN -!scalemxAr [W1 *m (w *m _)]mulmxA [W1 *m (w *m b)]mulmxA.
have := congr1 (mulmx P) bE; rewrite !mulmxBr mulmxN -!scalemxAr => Pb; rewrite Pb vE.
move: (W1 *m (f *m w^T)) (W1 *m (W1^T *m v)) (P *m (P^T *m v)) (P *m b) (P *m f^T) => x y z t s.
by mxring C.
Qed.

Local Notation Q := (q *m w).
Let F := (f^T *m w) 0 0.
Let B := (b *m w) 0 0.
Let X := sigma * F + l * B.

Let vw : W1^T *m v *m w = G *m Q.
Proof. by rewrite v_q !mulmxA. Qed.

Let fE : l *: f = - ((sigma * beta) *: f) - sigma *: (G *m f) - sigma *: (G *m Q).
Proof.
by rewrite scalemxAr uE !mulmxBr mulmxN -!scalemxAr -vw !mulmxA.
Qed.

Let QE : l *: Q = (sigma * beta) *: f - (kappa * sigma) *: (G *m Q) + X *: w.
Proof.
move: (vw) (qE); move: (q) => p vwp qp; rewrite [LHS]scalemxAl qp -vwp.
rewrite !mulmxDl mulNmx -!scalemxAl -!mulmxA ww mul_mx_scalar.
rewrite [f^T *m w]mx11_scalar [b *m w]mx11_scalar !mul_mx_scalar -/F -/B /X scalerA scalerDl -!scalerA.
by rewrite -scalemxAr addrA.
Qed.

Let BE : l * B = - (sigma * F) - kappa * sigma * (w^T *m (G *m Q)) 0 0 - kappa * rho * B.
Proof.
move: (vw); move: (q) => p vwp; have := congr1 (fun x => (x *m w) 0 0) bE; rewrite !mulmxBl mulNmx -!scalemxAl.
have -> : P^T *m v *m w = w^T *m (G *m (p *m w)) by rewrite -vwp trmx_mul !mulmxA.
have E (x y : 'M[C]_1) : (x - y) 0 0 = x 0 0 - y 0 0 by rewrite !mxE.
have N (x : 'M[C]_1) : (- x) 0 0 = - x 0 0 by rewrite mxE.
have Z c (x : 'M[C]_1) : (c *: x) 0 0 = c * x 0 0 by rewrite mxE.
by rewrite !E N !Z.
Qed.

(* With u = 0 the SG's error decays: its modes are real.                                                              *)
Let frozen : u = 0 -> ~ bad l.
Proof.
move=> u0 l_bad; have f0 : f = 0 by rewrite u0 mulmx0.
pose a := q - w *m b.
have va : v = W1 *m a + P *m b by rewrite /a mulmxBr -v_q mulmxA subrK.
have aE : l *: a = - (kappa * sigma) *: (W1^T *m v).
  rewrite /a scalerBr qE f0 mul0mx trmx0 mulmx0 !scaler0 sub0r addr0 addrK scaleNr; by [].
have bE' : l *: b = - (kappa * sigma) *: (P^T *m v) - (kappa * rho) *: b.
  by rewrite bE f0 trmx0 scaler0 oppr0 sub0r scaleNr.
have ea : l * sq a = - (kappa * sigma) * \tr (v *m adj (W1 *m a)).
  rewrite /sq -mxtraceZ scalemxAl aE -scalemxAl mxtraceZ adjM (adj_real W1_real) mulmxA [in RHS]mxtrace_mulC.
  by rewrite mulmxA.
have eb : l * sq b = - (kappa * sigma) * \tr (v *m adj (P *m b)) - kappa * rho * sq b.
  rewrite {1}/sq -mxtraceZ scalemxAl bE' mulmxBl -!scalemxAl raddfB /= !mxtraceZ adjM.
  rewrite (adj_real (mxOverM W1_real W2_real)) mulmxA [in RHS]mxtrace_mulC; by rewrite mulmxA.
have energy : l * (sq a + sq b) = - (kappa * sigma * sq v + kappa * rho * sq b).
  have vv : sq v = \tr (v *m adj (W1 *m a)) + \tr (v *m adj (P *m b)).
    rewrite -mxtraceD -mulmxDr {1}/sq {2}va; congr (\tr (_ *m _)).
    by apply/matrixP => i j; rewrite !mxE rmorphD.
  rewrite mulrDr ea eb vv; move: (\tr _) (\tr _) (sq b) => x y z; mcring C.
have ks : 0 < kappa * sigma := mulr_gt0 kappa_gt0 sigma_gt0.
have kr : 0 < kappa * rho := mulr_gt0 kappa_gt0 rho_gt0.
have right_ge0 : 0 <= kappa * sigma * sq v + kappa * rho * sq b.
  by apply: addr_ge0; apply: mulr_ge0 (sq_ge0 _); exact: ltW.
have [sum0|sum_neq0] := eqVneq (sq a + sq b) 0.
  move/eqP: sum0; rewrite paddr_eq0 ?sq_ge0 // => /andP[/eqP a0 /eqP b0].
  have zero p r (A : 'M[C]_(p, r)) : sq A = 0 -> A = 0.
    by move=> A0; apply/eqP; apply/negPn; rewrite -sq_gt0 A0 ltxx.
  by move/eqP: nz; apply; rewrite u0 va (zero _ _ _ a0) (zero _ _ _ b0) !mulmx0 addr0.
have sum_gt0 : 0 < sq a + sq b by rewrite lt_def sum_neq0 addr_ge0 ?sq_ge0.
have lE : l + (kappa * sigma * sq v + kappa * rho * sq b) / (sq a + sq b) = 0.
  move: energy sum_neq0; move: (kappa * sigma * sq v + _) (sq a + sq b) => x y e y_neq0.
  by apply: (mulIf y_neq0); rewrite mulrDl divfK // e addNr mul0r.
by move/eqP: (bad_plus l_bad (divr_ge0 right_ge0 (ltW sum_gt0))); apply.
Qed.

Let G_adj : adj G = G.
Proof. by rewrite adjM adj_tr_real // adj_real. Qed.

Theorem dy8_T2 : 'Re l *+ 2 < - `|l|.
Proof.
apply: not_bad => // l_bad; have [U [g [UU UU' UG]]] := spectral G_adj.
have inner (x y : 'cV[C]_k) : \sum_i ((U *m x) i 0)^* * (U *m y) i 0 = (adj x *m y) 0 0.
  transitivity ((adj (U *m x) *m (U *m y)) 0 0).
    by rewrite [RHS]mxE; apply: eq_bigr => i _; rewrite /adj [in RHS]mxE [in RHS]mxE.
  by rewrite adjM mulmxA -(mulmxA (adj x)) UU' mulmx1.
have entry (x : 'cV[C]_k) i : (U *m (G *m x)) i 0 = g 0 i * (U *m x) i 0.
  by rewrite mulmxA UG -mulmxA mul_diag_mx mxE.
have wT (x : 'cV[C]_k) : adj w *m x = w^T *m x by rewrite adj_real.
have g_ge0 i : 0 <= g 0 i.
  pose M := U *m W1^T; have MM : M *m adj M = diag_mx g.
    by rewrite /M adjM adj_tr_real // mulmxA -(mulmxA U) UG -mulmxA UU mulmx1.
  have <- : (M *m adj M) i i = g 0 i by rewrite MM mxE eqxx mulr1n.
  by rewrite mxE; apply: sumr_ge0 => j _; rewrite /adj !mxE mul_conjC_ge0.
have E i (x y : 'cV[C]_k) : (x - y) i 0 = x i 0 - y i 0 by rewrite !mxE.
have D i (x y : 'cV[C]_k) : (x + y) i 0 = x i 0 + y i 0 by rewrite !mxE.
have N i (x : 'cV[C]_k) : (- x) i 0 = - x i 0 by rewrite mxE.
have Z i c (x : 'cV[C]_k) : (c *: x) i 0 = c * x i 0 by rewrite mxE.
have mode_f i : (l + sigma * (beta + g 0 i)) * (U *m f) i 0 = - (sigma * g 0 i * (U *m Q) i 0).
  have := congr1 (fun x => (U *m x) i 0) fE; rewrite !mulmxBr !mulmxN -!scalemxAr !E N !Z !entry.
  move: ((U *m f) i 0) ((U *m Q) i 0) (g 0 i) beta => x y z t e.
  apply/eqP; rewrite -subr_eq0; apply/eqP.
  by transitivity (l * x - (- (sigma * t * x) - sigma * (z * x) - sigma * (z * y))); [mcring C | rewrite e subrr].
have mode_q i : (l + kappa * sigma * g 0 i) * (U *m Q) i 0 = sigma * beta * (U *m f) i 0 + (U *m w) i 0 * X.
  have := congr1 (fun x => (U *m x) i 0) QE; rewrite mulmxDr mulmxBr -!scalemxAr D E !Z !entry.
  move: ((U *m f) i 0) ((U *m Q) i 0) ((U *m w) i 0) (g 0 i) beta => x y z t s e.
  apply/eqP; rewrite -subr_eq0; apply/eqP.
  by transitivity (l * y - (sigma * s * x - kappa * sigma * (t * y) + X * z)); [mcring C | rewrite e subrr].
have FE : F = (w^T *m f) 0 0 by rewrite /F -[f^T *m w]trmxK [LHS]mxE trmx_mul trmxK.
have mode_X : (l + kappa * rho) * X = kappa * rho * sigma * (\sum_i ((U *m w) i 0)^* * (U *m f) i 0) -
    l * kappa * sigma * (\sum_i ((U *m w) i 0)^* * (g 0 i * (U *m Q) i 0)).
  rewrite inner wT -FE; under eq_bigr do rewrite -entry.
  rewrite inner wT; apply/eqP; rewrite -subr_eq0; apply/eqP; move: BE; rewrite /X.
  move: ((w^T *m (G *m Q)) 0 0) => y e.
  by transitivity (l * (l * B - (- (sigma * F) - kappa * sigma * y - kappa * rho * B)));
    [mcring C | rewrite e subrr mulr0].
have betaE : beta = \sum_i (U *m w) i 0 * ((U *m w) i 0)^*.
  under eq_bigr do rewrite mulrC; rewrite inner wT ww mxE eqxx mulr1n; by [].
have X0 : beta = 0 -> X = 0.
  move=> b0; have w0 : w = 0 by apply/eqP; apply/negPn; rewrite -sq_gt0 b0 ltxx.
  by rewrite /X /F /B w0 !mulmx0 !mxE !mulr0 addr0.
have zero i := modes_zero sigma_gt0 rho_gt0 kappa_gt0 g_ge0 betaE X0 mode_f mode_q mode_X l_bad i.
have back (x : 'cV[C]_k) : (forall i, (U *m x) i 0 = 0) -> x = 0.
  move=> x0; rewrite -[x]mul1mx -UU' -mulmxA; have -> : U *m x = 0 by apply/colP => i; rewrite x0 mxE.
  by rewrite mulmx0.
have f0 : f = 0 by apply: back => i; case: (zero i).
have Q0 : Q = 0 by apply: back => i; case: (zero i).
apply: (frozen _ l_bad); apply/eqP; have := uE; rewrite f0 mulmx0 scaler0 subr0 v_q -mulmxA Q0 mulmx0 scaler0 subr0.
move/eqP; rewrite -subr_eq0 opprK -scalerDl scaler_eq0 => /orP[|//].
by rewrite (negPf (bad_plus l_bad _)) // mulr_ge0 ?sq_ge0 // ltW.
Qed.

End OneOutput.

(* DY8, T3 and T2 on the reduced system itself: its eigenvectors (u, v, b), complex, and that their eigenvalues are      *)
(* within 60 degrees of the negative axis.  dy8_sector has the scalar equations; here is how they come about.           *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram dy8_repelling_minima dy8_sector.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Adjoint.
Variable C : numClosedFieldType.
Add Ring C_ring : (comRing_ring C).

Definition adj p q (A : 'M[C]_(p, q)) : 'M[C]_(q, p) := map_mx (fun x => x^* ) A^T.

Lemma adjM p q r (A : 'M[C]_(p, q)) (B : 'M[C]_(q, r)) : adj (A *m B) = adj B *m adj A.
Proof. by rewrite /adj trmx_mul map_mxM. Qed.

Lemma adj_adj p q (A : 'M[C]_(p, q)) : adj (adj A) = A.
Proof. by apply/matrixP => i j; rewrite !mxE conjCK. Qed.

Lemma adj_real p q (A : 'M[C]_(p, q)) : A \is a mxOver Num.real -> adj A = A^T.
Proof. by move=> /mxOverP AR; apply/matrixP => i j; rewrite !mxE conj_Creal. Qed.

Lemma adj_tr_real p q (A : 'M[C]_(p, q)) : A \is a mxOver Num.real -> adj A^T = A.
Proof. by move=> /mxOverP AR; apply/matrixP => i j; rewrite !mxE conj_Creal. Qed.

(* |A|^2 *)
Definition sq p q (A : 'M[C]_(p, q)) : C := \tr (A *m adj A).

Lemma sqE p q (A : 'M[C]_(p, q)) : sq A = \sum_i \sum_j A i j * (A i j)^*.
Proof. by apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _; rewrite !mxE. Qed.

Lemma sq_ge0 p q (A : 'M[C]_(p, q)) : 0 <= sq A.
Proof. by rewrite sqE; apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; rewrite mul_conjC_ge0. Qed.

Lemma sq_gt0 p q (A : 'M[C]_(p, q)) : (0 < sq A) = (A != 0).
Proof.
rewrite lt_def sq_ge0 andbT; congr (~~ _); apply/eqP/eqP => [|->]; last first.
  by rewrite /sq mul0mx mxtrace0.
rewrite sqE => /psumr_eq0P A0; apply/matrixP => i j; rewrite mxE; apply/eqP; rewrite -mul_conjC_eq0; apply/eqP.
have rows l : 0 <= \sum_j A l j * (A l j)^* by apply: sumr_ge0 => j' _; rewrite mul_conjC_ge0.
have /psumr_eq0P := A0 (fun l _ => rows l) i isT; apply=> // j' _; exact: mul_conjC_ge0.
Qed.

Lemma sq_row q (x : 'rV[C]_q) : sq x = (x *m adj x) 0 0.
Proof. by rewrite /sq /mxtrace big_ord1. Qed.

(* Cauchy-Schwarz for a real row. *)
Lemma cauchy q (w x : 'rV[C]_q) (y := (w *m x^T) 0 0) : w \is a mxOver Num.real -> y * y^* <= sq w * sq x.
Proof.
move=> wR; have [w0|w_neq0] := eqVneq w 0.
  by rewrite /y w0 mul0mx mxE mul0r /sq mul0mx mxtrace0 mul0r.
have t_gt0 : 0 < sq w by rewrite sq_gt0.
have tR : (sq w)^* = sq w := conj_Creal (gtr0_real t_gt0).
rewrite -subr_ge0 -(pmulr_rge0 _ t_gt0); have := sq_ge0 (sq w *: x - y *: w).
suff -> : sq (sq w *: x - y *: w) = sq w * (sq w * sq x - y * y^* ) by [].
have E (a b : 'rV[C]_q) : adj (a - b) = adj a - adj b by apply/matrixP => i j; rewrite !mxE rmorphB.
have Z c (a : 'rV[C]_q) : adj (c *: a) = c^* *: adj a by apply/matrixP => i j; rewrite !mxE rmorphM.
have xw : (x *m adj w) 0 0 = y.
  by rewrite adj_real // /y !mxE; apply: eq_bigr => j _; rewrite !mxE mulrC.
have wx : (w *m adj x) 0 0 = y^*.
  by rewrite -xw -[w *m adj x]adj_adj adjM adj_adj !mxE.
rewrite [LHS]sq_row E !Z tR mulmxBl !mulmxBr -!scalemxAl -!scalemxAr [sq x]sq_row.
have ww := sq_row w; move: (sq w) (y) ww xw wx {tR t_gt0} => t z ww xw wx.
move: (x *m adj x) (x *m adj w) (w *m adj x) (w *m adj w) ww xw wx => a b c e -> <- cE.
rewrite -cE !mxE {cE}; move: (a 0 0) (b 0 0) (c 0 0) (e 0 0) => {}a {}b {}c {}e; mcring C.
Qed.

End Adjoint.

(* T3.  One feature, x in R: S = s, T = rho I.                                                                          *)
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

(* The page's  v Delta = ... *)
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
  s * (Delta * q - ((l + kappa * rho) * s * tau * mb + kappa * rho * s * h))); last by rewrite uE vE !subrr !mulr0 subrr.
have cancel x : x = x / sq u * sq u by rewrite divfK.
rewrite /cubic /D /a /c [mb in RHS]cancel [h in RHS]cancel; move: (mb / sq u) (h / sq u) (sq u) tau theta => x y n t th.
by mcring C.
Qed.

End OneFeature.

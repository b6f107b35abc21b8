(* DY8, T4 on the reduced system itself: one unit before the SG, any S and T.  Every nonzero eigenvalue has negative  *)
(* real part.  No eigenbasis and no continuity: two quadratic forms and Cauchy-Schwarz.                               *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring hermitian dy8_repelling_minima dy8_sector.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* l = x + j, j j = - W; chi = c + e j, g = A - s j.  E(chi, g) of the page, times the conjugate of 1 + g, is         *)
(* Zr + Zi j.                                                                                                         *)
Section Half.
Variable C : numClosedFieldType.
Add Ring C_ring : (comRing_ring C).
Variables (x W gamma kappa beta c e A s : C).
Hypotheses (x_ge0 : 0 <= x) (gamma_gt0 : 0 < gamma) (kappa_gt0 : 0 < kappa) (beta_gt0 : 0 < beta) (W_ge0 : 0 <= W).
Hypotheses (c_ge0 : 0 <= c) (e_ge0 : 0 <= e) (A_ge0 : 0 <= A) (s_ge0 : 0 <= s).
Hypotheses (chi_disc : c * c + W * (e * e) <= c) (g_disc : A * A + W * (s * s) <= gamma * s).

Definition M : C := (1 + A) * (1 + A) + W * (s * s).
Definition Tr : C := (gamma - x * A - s * W) * (1 + A) + (A - x * s) * s * W.
Definition Ti : C := (A - x * s) * (1 + A) - (gamma - x * A - s * W) * s.
Definition Zr : C := (x + kappa * gamma * (1 + beta * c)) * M + (2%:R - c) * Tr - e * Ti * W.
Definition Zi : C := (1 + kappa * gamma * beta * e) * M - (2%:R - c) * Ti - e * Tr.

Lemma half_plane : Zr = 0 -> Zi = 0 -> False.
Proof.
move=> zr zi; pose al := 2%:R - c; pose K := al * al + W * (e * e).
have WE : 0 <= W * (e * e) by rewrite !mulr_ge0.
have WS : 0 <= W * (s * s) by rewrite !mulr_ge0.
have c_le1 : c <= 1.
  have [->|c_neq0] := eqVneq c 0; first exact: ler01.
  have c_gt0 : 0 < c by rewrite lt_def c_neq0.
  rewrite -(ler_pmul2l c_gt0) mulr1; apply: le_trans chi_disc; by rewrite ler_addl.
have al_gt0 : 0 < al.
  have -> : al = (1 - c) + 1 by rewrite /al; mcring C.
  by rewrite ltr_paddl ?ltr01 // subr_ge0.
have K_gt0 : 0 < K by rewrite /K ltr_paddr // mulr_gt0.
have M_gt0 : 0 < M.
  have A1 : 0 < 1 + A by rewrite ltr_paddr ?ltr01.
  by rewrite /M ltr_paddr // mulr_gt0.
have D1 : 0 < M - Ti *+ 2.
  have -> : M - Ti *+ 2 = (gamma * s - (A * A + W * (s * s))) + (gamma * s + (x * s) *+ 2) + 1.
    by rewrite /M /Ti; mcring C.
  have gs : 0 <= gamma * s by rewrite mulr_ge0 // ltW.
  have xs : 0 <= (x * s) *+ 2 by rewrite mulrn_wge0 // mulr_ge0.
  by rewrite ltr_paddl ?ltr01 // addr_ge0 ?subr_ge0 // addr_ge0.
have D2 : 0 <= al *+ 2 - K.
  have -> : al *+ 2 - K = (c - (c * c + W * (e * e))) + c by rewrite /K /al; mcring C.
  by rewrite addr_ge0 // subr_ge0.
have kg : 0 <= kappa * gamma := ltW (mulr_gt0 kappa_gt0 gamma_gt0).
have B : 0 <= al * (kappa * gamma * beta * e) + e * (x + kappa * gamma * (1 + beta * c)).
  have bb := ltW beta_gt0; have aa := ltW al_gt0; have bc : 0 <= 1 + beta * c by rewrite addr_ge0 ?ler01 ?mulr_ge0.
  by rewrite addr_ge0 // mulr_ge0 // ?addr_ge0 // mulr_ge0 // mulr_ge0.
have : 0 < M * (al * (kappa * gamma * beta * e) + e * (x + kappa * gamma * (1 + beta * c))) *+ 2 +
    M * (al *+ 2 - K) + (M - Ti *+ 2) * K.
  rewrite ltr_paddl ?mulr_gt0 //; apply: addr_ge0; last by rewrite mulr_ge0 // ltW.
  by rewrite mulrn_wge0 // mulr_ge0 // ltW.
suff -> : M * (al * (kappa * gamma * beta * e) + e * (x + kappa * gamma * (1 + beta * c))) *+ 2 +
    M * (al *+ 2 - K) + (M - Ti *+ 2) * K = (al * Zi + e * Zr) *+ 2.
  by rewrite zr zi !mulr0 addr0 mul0rn ltxx.
by rewrite /Zi /Zr /K /al; move: M Tr Ti => a b d; mcring C.
Qed.

End Half.

(* chi and g as quadratic forms: beta chi = l (l^* n + kappa t), g = l^* s + beta q.                                  *)
Section Forms.
Variable C : numClosedFieldType.
Add Ring C_ring1 : (comRing_ring C).
Variables (l chi g gamma kappa beta n t s q : C).
Hypotheses (gamma_gt0 : 0 < gamma) (kappa_gt0 : 0 < kappa) (beta_gt0 : 0 < beta).
Hypotheses (n_ge0 : 0 <= n) (t_ge0 : 0 <= t) (s_ge0 : 0 <= s) (q_ge0 : 0 <= q).
Hypotheses (chiE : beta * chi = l * (l^* * n + kappa * t)) (gE : g = l^* * s + beta * q).
Hypothesis cs_chi : (l^* * n + kappa * t) * (l^* * n + kappa * t)^* <= beta * n.
Hypothesis cs_g : g * g^* <= gamma * s.
Hypotheses (l_right : 0 <= 'Re l) (l_neq0 : l != 0).

Lemma one_plus_g : 1 + g != 0.
Proof.
have re_ge0 : 0 <= 'Re g.
  rewrite gE raddfD /= ['Re (beta * q)](Creal_ReP _ _) ?ger0_real ?mulr_ge0 ?(ltW beta_gt0) //.
  by rewrite ReMr ?ger0_real // Re_conj addr_ge0 ?mulr_ge0 // ltW.
apply/eqP => g1; have : 'Re (1 + g) = 0 by rewrite g1 raddf0.
rewrite raddfD /= (Creal_ReP _ _) ?real1 // => h.
by have := ltr_paddr re_ge0 (@ltr01 C); rewrite h ltxx.
Qed.

(* The equation that T4 comes to has no root in the closed half plane but 0.                                          *)
Lemma no_root : (l + kappa * gamma * (1 + beta * chi)) * (1 + g) + (2%:R - chi) * (gamma - l * g) != 0.
Proof.
apply/eqP => E0; pose x := 'Re l; pose j := 'i * 'Im l; pose W := 'Im l * 'Im l.
have lE : l = x + j by rewrite [LHS]Crect.
have lcE : l^* = x - j by rewrite {1}[l]Crect conjC_rect ?Creal_Re ?Creal_Im.
have jj : j * j = - W by rewrite /j mulrACA -expr2 sqrCi mulN1r.
have W_ge0 : 0 <= W by rewrite square_ge0 ?Creal_Im.
have jc : j^* = - j.
  by rewrite /j rmorphM /= conjCi (conj_Creal (Creal_Im l)) mulNr.
have xc : x^* = x by rewrite conj_Creal ?Creal_Re.
have real_c y : 0 <= y -> y^* = y by move=> y0; rewrite conj_Creal ?ger0_real.
have xx : 0 <= x by [].
have j_neq0 : W != 0 -> j != 0 by apply: contra_neq => j0; apply/eqP; rewrite -oppr_eq0 -jj j0 mulr0.
clearbody j W x.
have beta_neq0 := lt0r_neq0 beta_gt0.
pose c := ((x * x + W) * n + kappa * x * t) / beta; pose e := kappa * t / beta; pose A := x * s + beta * q.
have bc : beta * c = (x * x + W) * n + kappa * x * t by rewrite mulrC divfK.
have be : beta * e = kappa * t by rewrite mulrC divfK.
have bi : 0 <= beta^-1 by rewrite invr_ge0 ltW.
have kk := ltW kappa_gt0; have bb := ltW beta_gt0.
have N_ge0 : 0 <= x * x + W by rewrite addr_ge0 // mulr_ge0.
have e_ge0 : 0 <= e by rewrite !mulr_ge0.
have c_ge0 : 0 <= c by rewrite mulr_ge0 // addr_ge0 // !mulr_ge0.
have A_ge0 : 0 <= A by rewrite addr_ge0 // mulr_ge0.
have chi2 : chi = c + e * j.
  apply: (mulfI beta_neq0); rewrite chiE [RHS]mulrDr [beta * (e * j)]mulrA bc be lcE lE.
  transitivity ((x * x - j * j) * n + kappa * x * t + kappa * t * j); first by mcring C.
  by rewrite jj opprK.
have g2 : g = A - s * j by rewrite gE lcE /A; mcring C.
have gc : g^* = A + s * j by rewrite g2 rmorphB rmorphM /= jc !real_c // mulrN opprK.
have g_disc : A * A + W * (s * s) <= gamma * s.
  move: cs_g; rewrite gc g2; have -> // : (A - s * j) * (A + s * j) = A * A - (j * j) * (s * s) by mcring C.
  by rewrite jj mulNr opprK.
have chi_disc : c * c + W * (e * e) <= c.
  have nc : n^* = n by exact: real_c.
  have kc : kappa^* = kappa by exact: real_c.
  have tc : t^* = t by exact: real_c.
  have := cs_chi; rewrite rmorphD !rmorphM /= conjCK nc kc tc lcE lE => cs.
  rewrite -(ler_pmul2l (mulr_gt0 beta_gt0 beta_gt0)) -subr_ge0.
  have -> : beta * beta * c - beta * beta * (c * c + W * (e * e)) =
      (x * x + W) * (beta * n - ((x - j) * n + kappa * t) * ((x + j) * n + kappa * t)) + beta * (kappa * x * t).
    transitivity (beta * (beta * c) - ((beta * c) * (beta * c) + W * ((beta * e) * (beta * e)))); first by mcring C.
    rewrite bc be; have -> : W = - (j * j) by rewrite jj opprK.
    by mcring C.
  have kxt : 0 <= kappa * x * t by rewrite !mulr_ge0.
  by rewrite addr_ge0 ?mulr_ge0 // subr_ge0.
have [W0|W_neq0] := eqVneq W 0.
  have j0 : j = 0 by apply/eqP; move/eqP: jj; rewrite W0 oppr0 mulf_eq0 => /orP[].
  have x_gt0 : 0 < x by rewrite lt_def xx andbT; apply: contra_neq l_neq0 => x0; rewrite lE x0 j0 addr0.
  have c_le1 : c <= 1.
    have [->|c_neq0] := eqVneq c 0; first exact: ler01.
    have c_gt0 : 0 < c by rewrite lt_def c_neq0.
    by move: chi_disc; rewrite W0 mul0r addr0 -{3}[c]mulr1 ler_pmul2l.
  have xA : 0 <= gamma - x * A.
    have [->|A_neq0] := eqVneq A 0; first by rewrite mulr0 subr0 ltW.
    have A_gt0 : 0 < A by rewrite lt_def A_neq0.
    rewrite -(pmulr_rge0 _ A_gt0).
    have -> : A * (gamma - x * A) = x * (gamma * s - (A * A + W * (s * s))) + gamma * (beta * q).
      by rewrite W0 /A; mcring C.
    by rewrite addr_ge0 ?mulr_ge0 ?subr_ge0 // ?mulr_ge0 // ltW.
  have pos : 0 < (x + kappa * gamma * (1 + beta * c)) * (1 + A).
    have bc0 : 0 <= beta * c by exact: mulr_ge0.
    have kg : 0 <= kappa * gamma := ltW (mulr_gt0 kappa_gt0 gamma_gt0).
    rewrite mulr_gt0 //; last by rewrite ltr_paddr ?ltr01.
    by rewrite ltr_paddr // mulr_ge0 // addr_ge0 // ler01.
  have two : 0 <= (2%:R - c) * (gamma - x * A).
    by rewrite mulr_ge0 // subr_ge0 (le_trans c_le1) // ler1n.
  have := ltr_paddr two pos;
    suff -> : (x + kappa * gamma * (1 + beta * c)) * (1 + A) + (2%:R - c) * (gamma - x * A) = 0.
    by rewrite ltxx.
  by move: E0; rewrite g2 chi2 lE j0 !mulr0 !addr0 subr0.
pose zr := Zr x W gamma kappa beta c e A s; pose zi := Zi x W gamma kappa beta c e A s.
have WE : W = - (j * j) by rewrite jj opprK.
have Z0 : zr + zi * j = 0.
  transitivity (((l + kappa * gamma * (1 + beta * chi)) * (1 + g) + (2%:R - chi) * (gamma - l * g)) * (1 + g^* )).
    rewrite gc g2 chi2 lE /zr /zi /Zr /Zi /M /Tr /Ti; move: (c) (e) (A) => c' e' A'.
    by rewrite WE; mcring C.
  by rewrite E0 mul0r.
have chic : chi^* = c - e * j by rewrite chi2 rmorphD rmorphM /= jc !real_c // mulrN.
have E1 : (l^* + kappa * gamma * (1 + beta * chi^* )) * (1 + g^* ) + (2%:R - chi^* ) * (gamma - l^* * g^* ) = 0.
  have := congr1 (fun z => z^* ) E0; rewrite !(rmorphD, rmorphB, rmorphM, rmorphN) /= !(rmorph1, rmorph0, rmorph_nat).
  have gamma_c : gamma^* = gamma by apply: real_c; exact: ltW.
  have kappa_c : kappa^* = kappa by exact: real_c.
  have beta_c : beta^* = beta by exact: real_c.
  by rewrite kappa_c gamma_c beta_c.
have Z1 : zr - zi * j = 0.
  transitivity (((l^* + kappa * gamma * (1 + beta * chi^* )) * (1 + g^* ) + (2%:R - chi^* ) * (gamma - l^* * g^* )) *
    (1 + g)).
    rewrite gc g2 chic lcE /zr /zi /Zr /Zi /M /Tr /Ti; move: (c) (e) (A) => c' e' A'.
    by rewrite WE; mcring C.
  by rewrite E1 mul0r.
have twice (z : C) : z *+ 2 = 0 -> z = 0 by move/eqP; rewrite mulrn_eq0 /= => /eqP.
have zr0 : zr = 0.
  apply: twice; transitivity ((zr + zi * j) + (zr - zi * j)); last by rewrite Z0 Z1 addr0.
  by move: (zr) (zi) => a b; mcring C.
have zi0 : zi = 0.
  apply: (mulIf (j_neq0 W_neq0)); rewrite mul0r; apply: twice.
  transitivity ((zr + zi * j) - (zr - zi * j)); last by rewrite Z0 Z1 subrr.
  by move: (zr) (zi) => a b; mcring C.
exact: (half_plane xx gamma_gt0 kappa_gt0 beta_gt0 W_ge0 c_ge0 e_ge0 A_ge0 s_ge0 chi_disc g_disc zr0 zi0).
Qed.

End Forms.

Section OneUnit.
Variable C : numClosedFieldType.
Add Ring C_ring2 : (comRing_ring C).

Definition form n (A : 'M[C]_n) (x : 'cV[C]_n) : C := (adj x *m A *m x) 0 0.
Definition positive n (A : 'M[C]_n) := forall x, x != 0 -> 0 < form A x.

Lemma form_ge0 n (A : 'M[C]_n) x : positive A -> 0 <= form A x.
Proof.
move=> A_pos; have [->|x_neq0] := eqVneq x 0; last by rewrite ltW // A_pos.
by rewrite /form mulmx0 mxE.
Qed.

Variables (d m : nat) (kappa : C) (S : 'M[C]_d) (T : 'M[C]_m) (W1 : 'M[C]_(d, 1)) (W2 : 'M[C]_(1, m)).
Hypotheses (kappa_gt0 : 0 < kappa) (W1_real : W1 \is a mxOver Num.real) (W2_real : W2 \is a mxOver Num.real).
Hypotheses (S_real : S \is a mxOver Num.real) (S_sym : S^T = S) (S_pos : positive S).
Hypotheses (T_real : T \is a mxOver Num.real) (T_sym : T^T = T) (T_pos : positive T) (W1_neq0 : W1 != 0).
Local Notation p := W1.
Local Notation w := W2.
Local Notation P := (p *m w).
Variables (l : C) (u : 'M[C]_(d, m)) (v : 'M[C]_(d, 1)) (b : 'M[C]_(m, 1)).
Hypothesis eigen_u : flow_u S W1 W2 u v b = l *: u.
Hypothesis eigen_v : flow_v S T W1 W2 kappa u v b = l *: v.
Hypothesis eigen_b : flow_b S T W1 W2 kappa u v b = l *: b.
Hypotheses (l_neq0 : l != 0) (l_right : 0 <= 'Re l).

Let gamma := (p^T *m S *m p) 0 0.
Let beta := sq w.

Let plus c : 0 < c -> l + c != 0.
Proof.
move=> c_gt0; apply/eqP => lc; have : 'Re (l + c) = 0 by rewrite lc raddf0.
rewrite raddfD /= ['Re c](Creal_ReP _ _) ?gtr0_real // => h.
by have := ltr_paddl l_right c_gt0; rewrite h ltxx.
Qed.

Let EB (x y : 'M[C]_1) : (x - y) 0 0 = x 0 0 - y 0 0. Proof. by rewrite !mxE. Qed.
Let ED (x y : 'M[C]_1) : (x + y) 0 0 = x 0 0 + y 0 0. Proof. by rewrite !mxE. Qed.
Let EN (x : 'M[C]_1) : (- x) 0 0 = - x 0 0. Proof. by rewrite mxE. Qed.
Let EZ c (x : 'M[C]_1) : (c *: x) 0 0 = c * x 0 0. Proof. by rewrite mxE. Qed.

Let resolvent n (A : 'M[C]_n) c : positive A -> 0 < c -> l%:M + c *: A \in unitmx.
Proof.
move=> A_pos c_gt0; rewrite -row_free_unit -kermx_eq0; apply/rowV0P => x /sub_kermxP xA.
apply/eqP; apply/negPn/negP => x_neq0; have n_gt0 : 0 < sq x by rewrite sq_gt0.
have x'_neq0 : adj x != 0.
  by apply: contra_neq x_neq0 => x0; rewrite -[x]adj_adj x0; apply/matrixP => i j; rewrite !mxE rmorph0.
have f_gt0 := A_pos _ x'_neq0.
have e : l * sq x + c * form A (adj x) = 0.
  have := congr1 (fun z => (z *m adj x) 0 0) xA; rewrite mul0mx [RHS]mxE mulmxDr mulmxDl mul_mx_scalar.
  by rewrite -scalemxAr -!scalemxAl ED !EZ sq_row /form adj_adj.
move/eqP: (plus (divr_gt0 (mulr_gt0 c_gt0 f_gt0) n_gt0)); apply; apply: (mulIf (lt0r_neq0 n_gt0)).
by rewrite mul0r mulrDl divfK ?lt0r_neq0.
Qed.

Let gamma_gt0 : 0 < gamma.
Proof. by have := S_pos W1_neq0; rewrite /form adj_real. Qed.
Let ww : w *m w^T = beta%:M.
Proof. by rewrite [LHS]mx11_scalar /beta sq_row adj_real. Qed.
Let S_adj : adj S = S.
Proof. by rewrite adj_real. Qed.
Let T_adj : adj T = T.
Proof. by rewrite adj_real. Qed.

Let Z := p^T *m S *m u *m w^T - kappa *: (p^T *m S *m v) - kappa *: (w *m P^T *m S *m v) - kappa *: (w *m T *m b).
Let q := l^-1 * Z 0 0.

Let v_q : v = q *: p.
Proof.
apply: (scalerI l_neq0); rewrite /q scalerA mulrA mulfV // mul1r -[RHS]mul_mx_scalar -mx11_scalar -eigen_v /flow_v /Z.
by rewrite !mulmxBr -!scalemxAr !mulmxDl scalerDr opprD !mulmxA addrA.
Qed.

Let qE : l * q =
  (p^T *m S *m u *m w^T) 0 0 - kappa * (q * gamma) - kappa * (beta * (q * gamma)) - kappa * (w *m T *m b) 0 0.
Proof.
transitivity (Z 0 0); first by rewrite /q mulrA mulfV // mul1r.
rewrite /Z !EB !EZ.
have sv : p^T *m S *m v = (q * gamma)%:M.
  by rewrite v_q -scalemxAr [p^T *m S *m p]mx11_scalar -/gamma scale_scalar_mx.
have wv : w *m P^T *m S *m v = (beta * (q * gamma))%:M.
  by rewrite trmx_mul mulmxA ww -!mulmxA [p^T *m _]mulmxA sv -scalar_mxM.
by rewrite sv wv !mxE.
Qed.

Lemma nothing_right : (u, v, b) = (0, 0, 0).
Proof.
suff [-> q0 ->] : [/\ u = 0, q = 0 & b = 0] by rewrite v_q q0 scale0r.
pose y := p^T *m S *m u.
have sv : p^T *m S *m v = (q * gamma)%:M.
  by rewrite v_q -scalemxAr [p^T *m S *m p]mx11_scalar -/gamma scale_scalar_mx.
have pp : p^T *m S *m p = gamma%:M by rewrite [LHS]mx11_scalar.
pose a := (p^T *m S *m (S *m u *m w^T + S *m v)) 0 0; pose h0 := - (a / (l + gamma)).
have lu : l *: u = - ((S *m u *m w^T + S *m v) *m w) - p *m y.
  rewrite -eigen_u /flow_u mulmxDl opprD /y !mulmxA addrAC; by [].
have y_w : y = h0 *: w.
  apply: (scalerI (plus gamma_gt0)); rewrite scalerA /h0 mulrN mulrC divfK ?plus // scaleNr.
  have : l *: y = - (a *: w) - gamma *: y.
    rewrite /y scalemxAr lu mulmxBr mulmxN mulmxA [p^T *m S *m (_ + _)]mx11_scalar -/a mul_scalar_mx.
    by rewrite [p^T *m S *m (p *m _)]mulmxA pp mul_scalar_mx.
  by rewrite scalerDl => ->; rewrite subrK.
pose z0 := - (l^-1 *: (S *m u *m w^T + h0 *: p + S *m v)).
have u_z : u = z0 *m w.
  apply: (scalerI l_neq0); rewrite /z0 mulNmx -scalemxAl scalerN scalerA mulfV // scale1r lu y_w -scalemxAr.
  by rewrite !mulmxDl -!scalemxAl !opprD addrAC.
have [w0|w_neq0] := eqVneq w 0.
  have u0 : u = 0 by rewrite u_z w0 mulmx0.
  have q0 : q = 0.
    have e : (l + kappa * gamma) * q = 0.
      rewrite mulrDl qE u0 !(mulmx0, mul0mx) w0 !mul0mx /beta w0 /sq mul0mx mxtrace0 !mxE mul0r !(mulr0, subr0) sub0r.
      by rewrite mulrA mulrAC addNr.
    by move/eqP: e; rewrite mulf_eq0 (negPf (plus (mulr_gt0 kappa_gt0 gamma_gt0))) => /eqP.
  split=> //; have e : (l%:M + kappa *: T) *m b = 0.
    rewrite mulmxDl mul_scalar_mx -eigen_b /flow_b u0 v_q q0 scale0r trmx0 !(mul0mx, mulmx0) oppr0 scaler0 subr0 sub0r.
    by rewrite -scalemxAl addNr.
  by rewrite -[b](mulKmx (resolvent T_pos kappa_gt0)) e mulmx0.
have beta_gt0 : 0 < beta by rewrite /beta sq_gt0.
pose phi := (p^T *m S *m z0) 0 0.
have pz : p^T *m S *m z0 = phi%:M by rewrite [LHS]mx11_scalar.
have h0E : h0 = phi.
  apply/eqP; rewrite -subr_eq0; have : (h0 - phi) *: w = 0.
    by rewrite scalerBl -y_w /y u_z mulmxA pz mul_scalar_mx subrr.
  by move/eqP; rewrite scaler_eq0 (negPf w_neq0) orbF.
have zE : (l%:M + beta *: S) *m z0 = - (phi *: p) - q *: (S *m p).
  rewrite mulmxDl mul_scalar_mx {1}/z0 scalerN scalerA mulfV // scale1r h0E -scalemxAl.
  rewrite {1}u_z -!mulmxA ww mul_mx_scalar -scalemxAr v_q -scalemxAr.
  by move: (S *m z0) (S *m p) => s t; mxring C.
have RU := resolvent S_pos beta_gt0; pose y1 := invmx (l%:M + beta *: S) *m p.
have y1E : (l%:M + beta *: S) *m y1 = p by rewrite /y1 mulKVmx.
have SR (x : 'cV[C]_d) : S *m ((l%:M + beta *: S) *m x) = (l%:M + beta *: S) *m (S *m x).
  by rewrite !mulmxDl !mul_scalar_mx mulmxDr -!scalemxAl -!scalemxAr.
have z_y : z0 = - (phi *: y1) - q *: (S *m y1).
  apply: (can_inj (mulKmx RU)); rewrite zE mulmxBr mulmxN -!scalemxAr -SR y1E; by [].
pose g := (p^T *m S *m y1) 0 0; pose k1 := (p^T *m S *m (S *m y1)) 0 0.
have phiE : phi = - (phi * g) - q * k1.
  by rewrite {1}/phi z_y mulmxBr mulmxN -!scalemxAr EB EN !EZ.
have k1E : beta * k1 = gamma - l * g.
  have := congr1 (fun x => (p^T *m S *m x) 0 0) y1E; rewrite mulmxDl mul_scalar_mx -scalemxAl mulmxDr -!scalemxAr.
  by rewrite ED !EZ -/g -/k1 -/gamma => <-; rewrite addrC addKr.
have RT := resolvent T_pos kappa_gt0; pose zt := invmx (l%:M + kappa *: T) *m w^T.
have ztE : (l%:M + kappa *: T) *m zt = w^T by rewrite /zt mulKVmx.
pose om := (w *m zt) 0 0; pose h := phi + kappa * gamma * q.
have zS : z0^T *m (S *m p) = phi%:M.
  have -> : z0^T *m (S *m p) = (p^T *m S *m z0)^T by rewrite !trmx_mul trmxK S_sym.
  by rewrite pz tr_scalar_mx.
have uS : u^T *m S *m p = phi *: w^T by rewrite u_z trmx_mul -!mulmxA zS mul_mx_scalar.
have PS : P^T *m S *m v = (q * gamma) *: w^T by rewrite trmx_mul -!mulmxA [p^T *m _]mulmxA sv mul_mx_scalar.
have bE : (l%:M + kappa *: T) *m b = - (h *: w^T).
  rewrite mulmxDl mul_scalar_mx -eigen_b /flow_b uS PS -scalemxAl subrK scalerA -opprD -scalerDl.
  by congr (- (_ *: _)); rewrite /h -mulrA [gamma * q]mulrC.
have b_z : b = - (h *: zt) by apply: (can_inj (mulKmx RT)); rewrite bE mulmxN -scalemxAr ztE.
have wb : (w *m b) 0 0 = - (h * om) by rewrite b_z mulmxN -scalemxAr EN EZ.
have wTb : l * (w *m b) 0 0 + kappa * (w *m T *m b) 0 0 = - (h * beta).
  have := congr1 (fun x => (w *m x) 0 0) bE; rewrite mulmxDl mul_scalar_mx -scalemxAl.
  rewrite mulmxDr mulmxN -!scalemxAr mulmxA ww.
  by rewrite ED EN !EZ => ->; rewrite mxE.
have pSu : (p^T *m S *m u *m w^T) 0 0 = phi * beta.
  by rewrite u_z mulmxA pz mul_scalar_mx -scalemxAl ww EZ mxE.
pose chi := l * om / beta; have bchi : beta * chi = l * om by rewrite mulrC divfK ?lt0r_neq0.
have E1 : (l + kappa * gamma * (1 + beta * chi)) * q = (2%:R - chi) * (beta * phi).
  apply/eqP; rewrite -subr_eq0; apply/eqP.
  have e1 : l * q - (phi * beta - kappa * (q * gamma) - kappa * (beta * (q * gamma)) - kappa * (w *m T *m b) 0 0) = 0.
    by rewrite qE pSu subrr.
  have e2 : l * - (h * om) + kappa * (w *m T *m b) 0 0 + h * beta = 0 by rewrite -wb wTb addNr.
  move: e1 e2; move: ((w *m T *m b) 0 0) => tb e1 e2.
  transitivity ((l * q - (phi * beta - kappa * (q * gamma) - kappa * (beta * (q * gamma)) - kappa * tb)) -
    (l * - (h * om) + kappa * tb + h * beta) + h * (beta * chi - l * om));
    last by rewrite e1 e2 bchi !subrr mulr0 addr0.
  by rewrite /h; move: (chi) (q) (phi) (beta) (gamma) (om) => c' q' f' b' g' o'; mcring C.
have E2 : beta * phi * (1 + g) + q * (gamma - l * g) = 0.
  rewrite -k1E; transitivity (beta * (phi - (- (phi * g) - q * k1))); last by rewrite {1}phiE subrr mulr0.
  by move: (k1) (g) (q) (phi) (beta) => k' g' q' f' b'; mcring C.
have E3 : ((l + kappa * gamma * (1 + beta * chi)) * (1 + g) + (2%:R - chi) * (gamma - l * g)) * q = 0.
  transitivity ((2%:R - chi) * (beta * phi * (1 + g) + q * (gamma - l * g)) + (1 + g) *
    ((l + kappa * gamma * (1 + beta * chi)) * q - (2%:R - chi) * (beta * phi)));
    last by rewrite E1 E2 subrr !mulr0 addr0.
  by move: (chi) (g) (q) (phi) (beta) (gamma) => c' g' q' f' b' a'; mcring C.
have AD r s (x x' : 'M[C]_(r, s)) : adj (x + x') = adj x + adj x' by apply/matrixP => i j; rewrite !mxE rmorphD.
have AZ r s c (x : 'M[C]_(r, s)) : adj (c *: x) = c^* *: adj x by apply/matrixP => i j; rewrite !mxE rmorphM.
have kc : kappa^* = kappa by rewrite conj_Creal ?gtr0_real.
have bc : beta^* = beta by rewrite conj_Creal ?gtr0_real.
have gc : gamma^* = gamma by rewrite conj_Creal ?gtr0_real.
pose n := (adj zt *m zt) 0 0; pose t := form T zt; pose s := form S y1; pose qq := sq (adj (S *m y1)).
have omE : om = l^* * n + kappa * t.
  have wE : w = l^* *: adj zt + kappa *: (adj zt *m T).
    by rewrite -[LHS](adj_tr_real W2_real) -ztE mulmxDl mul_scalar_mx -scalemxAl AD !AZ adjM T_adj kc.
  by rewrite /om {1}wE mulmxDl -!scalemxAl ED !EZ.
have gE : g = l^* * s + beta * qq.
  have pE : p^T = l^* *: adj y1 + beta *: (adj y1 *m S).
    by rewrite -[LHS](adj_real W1_real) -{1}y1E mulmxDl mul_scalar_mx -scalemxAl AD !AZ adjM S_adj bc.
  rewrite /g {1}pE !mulmxDl -!scalemxAl ED !EZ /s /form /qq sq_row adj_adj adjM S_adj; by rewrite !mulmxA.
have nE : n = sq zt^T by rewrite sq_row /n !mxE; apply: eq_bigr => i _; rewrite !mxE mulrC.
have n_ge0 : 0 <= n by rewrite nE sq_ge0.
have cs_chi : om * om^* <= beta * n by have := cauchy zt^T W2_real; rewrite trmxK nE.
have cs_g : g * g^* <= gamma * s.
  have := form_ge0 (gamma *: y1 - g *: p) S_pos.
  have gp : (adj p *m S *m y1) 0 0 = g by rewrite adj_real.
  have gp' : (adj y1 *m S *m p) 0 0 = g^*.
    have -> : adj y1 *m S *m p = adj (adj p *m S *m y1) by rewrite !adjM adj_adj S_adj mulmxA.
    by rewrite -gp; move: (adj p *m S *m y1) => N; rewrite !mxE.
  have gg : (adj p *m S *m p) 0 0 = gamma by rewrite adj_real.
  have -> : form S (gamma *: y1 - g *: p) = gamma * (gamma * s - g * g^* ).
    rewrite /form -scaleNr AD !AZ gc !mulmxDl !mulmxDr -!scalemxAl -!scalemxAr !ED !EZ gp gp' gg -/(form S y1) -/s.
    by rewrite rmorphN; move: (g) (g^* ) (s) => x y' z; mcring C.
  by rewrite pmulr_rge0 // subr_ge0.
have t_ge0 : 0 <= t := form_ge0 zt T_pos.
have s_ge0 : 0 <= s := form_ge0 y1 S_pos.
have chiE : beta * chi = l * (l^* * n + kappa * t) by rewrite bchi omE.
rewrite omE in cs_chi.
have E4 := no_root gamma_gt0 kappa_gt0 beta_gt0 n_ge0 t_ge0 s_ge0 (sq_ge0 _) chiE gE cs_chi cs_g l_right l_neq0.
have q0 : q = 0 by move/eqP: E3; rewrite mulf_eq0 (negPf E4) => /eqP.
have g1 := one_plus_g beta_gt0 s_ge0 (sq_ge0 _) gE l_right.
have phi0 : phi = 0.
  move/eqP: E2; rewrite q0 mul0r addr0 !mulf_eq0 (negPf g1) (negPf (lt0r_neq0 beta_gt0)) orbF => /eqP; by [].
split=> //; first by rewrite u_z z_y phi0 q0 !scale0r !oppr0 addr0 mul0mx.
by rewrite b_z /h phi0 q0 mulr0 addr0 scale0r oppr0.
Qed.

End OneUnit.

(* T4.  S, T symmetric and positive definite: form S x > 0 for every complex x but 0.                                 *)
Theorem dy8_T4 (C : numClosedFieldType) (d m : nat) (kappa : C) (S : 'M[C]_d) (T : 'M[C]_m)
    (W1 : 'M[C]_(d, 1)) (W2 : 'M[C]_(1, m)) : 0 < kappa ->
  W1 \is a mxOver Num.real -> W2 \is a mxOver Num.real ->
  S \is a mxOver Num.real -> S^T = S -> positive S -> T \is a mxOver Num.real -> T^T = T -> positive T -> W1 != 0 ->
  forall (l : C) (u : 'M[C]_(d, m)) (v : 'M[C]_(d, 1)) (b : 'M[C]_(m, 1)),
  flow_u S W1 W2 u v b = l *: u -> flow_v S T W1 W2 kappa u v b = l *: v -> flow_b S T W1 W2 kappa u v b = l *: b ->
  l != 0 -> (u, v, b) != (0, 0, 0) -> 'Re l < 0.
Proof.
move=> k_gt0 W1R W2R SR SS Sp TR TT Tp W1_neq0 l u v b eu ev eb l_neq0 nz.
rewrite real_ltNge ?real0 ?Creal_Re //; apply/negP => l_right; move/eqP: nz; apply.
exact: (nothing_right k_gt0 W1R W2R SR SS Sp TR TT Tp W1_neq0 eu ev eb l_neq0 l_right).
Qed.

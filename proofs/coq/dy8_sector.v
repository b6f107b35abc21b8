(* DY8, item 10: the cubic of T3, and so the scalar case of T2, T3 and T4, has its roots within 60 degrees of the        *)
(* negative axis.  For l not real let k = l^*, S = l + k, N = l k: a root makes  r Q + g N (N + c S + c^2 - a)  vanish,  *)
(* which is positive where S >= 0 or S^2 <= N.                                                                          *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram dy8_repelling_minima.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* R(z) of the page, times l - l^*: for l not real, a real-linear measure of z that is 0 at z = l.                       *)
Section Wide.
Variable C : numClosedFieldType.
Implicit Types (l x : C).

Definition wide l := (0 <= l + l^* ) || ((l + l^* ) * (l + l^* ) <= l * l^* ).

Lemma square_ge0 x : x \is Num.real -> 0 <= x * x.
Proof. by move=> xR; rewrite -expr2 real_exprn_even_ge0. Qed.

Lemma sum_real l : l + l^* \is Num.real.
Proof. by apply/CrealP; rewrite rmorphD /= conjCK addrC. Qed.

Lemma norm2_gt0 l : l^* != l -> 0 < l * l^*.
Proof.
move=> l_neq; rewrite -normCK exprn_gt0 // normr_gt0.
by apply: contra_neq l_neq => ->; rewrite rmorph0.
Qed.

(* What is neither a negative real nor wide is in the sector.                                                           *)
Lemma in_sector l : (l^* = l -> l < 0) -> (l^* != l -> ~~ wide l) -> 'Re l *+ 2 < - `|l|.
Proof.
move=> negative narrow.
have -> : 'Re l *+ 2 = l + l^* by rewrite ReE -mulr_natr divfK ?pnatr_eq0.
have [l_real|l_neq] := eqVneq l^* l.
  by rewrite l_real ltr0_norm ?negative // opprK gtr_addl negative.
rewrite real_ltNge ?realN ?normr_real ?sum_real //; apply/negP => far.
move/negP: (narrow l_neq); apply; rewrite /wide.
have [//|/= nS] := boolP (0 <= l + l^* ).
have S_lt0 : l + l^* < 0 by rewrite real_ltNge ?real0 ?sum_real.
have -> : (l + l^* ) * (l + l^* ) = (- (l + l^* )) ^+ 2 by rewrite sqrrN expr2.
by rewrite -normCK ler_sqr ?nnegrE ?oppr_ge0 ?normr_ge0 ?(ltW S_lt0) // ler_oppl.
Qed.

End Wide.

Section Sector.
Variable C : numClosedFieldType.
Add Ring C_ring : (comRing_ring C).

(* c, f > 0, 0 <= eta <= a <= c^2/4.  D(l) = l^2 + e l + k with e = c + f, k = a + c f = (l + c)(l + f) + a.             *)
Variables (c f a eta : C).
Hypotheses (c_gt0 : 0 < c) (f_gt0 : 0 < f) (eta_ge0 : 0 <= eta) (eta_le : eta <= a) (a_le : a *+ 4 <= c * c).
Local Notation e := (c + f).
Local Notation k := (a + c * f).

(* The left side of (i) of the page, in S and N.                                                                               *)
Definition Q S N : C :=
  N * N + S * e * N + (e * e - k *+ 2 - eta) * N + S * S * (k + eta) + S * e * (k + eta) + k * (k + eta).

Let a_ge0 : 0 <= a := le_trans eta_ge0 eta_le.
Let k_gt0 : 0 < k.
Proof. by rewrite ltr_paddl // mulr_gt0. Qed.
Let ke_gt0 : 0 < k + eta.
Proof. by rewrite ltr_paddr. Qed.
Let e_gt0 : 0 < e.
Proof. exact: addr_gt0. Qed.

(* e^2 >= 2 k + 2 a + f^2.                                                                                              *)
Let gap_ge0 : 0 <= e * e - k *+ 2 - a *+ 2 - f * f.
Proof.
have -> : e * e - k *+ 2 - a *+ 2 - f * f = c * c - a *+ 4 by mcring C.
by rewrite subr_ge0.
Qed.

Let ff_gt0 : 0 < f * f.
Proof. exact: mulr_gt0. Qed.
Let ae_ge0 : 0 <= a - eta.
Proof. by rewrite subr_ge0. Qed.
Let keta_gt0 : 0 < k *+ 2 - eta.
Proof.
have -> : k *+ 2 - eta = (a - eta) + (a + (c * f) *+ 2) by mcring C.
by rewrite ltr_paddl // ltr_paddl // mulrn_wgt0 // mulr_gt0.
Qed.

Lemma N_coefficient_gt0 : 0 < e * e - k *+ 2 - eta.
Proof.
have -> : e * e - k *+ 2 - eta = (e * e - k *+ 2 - a *+ 2 - f * f) + ((a - eta) + (a + f * f)) by mcring C.
by rewrite ltr_paddl // ltr_paddl // ltr_paddl.
Qed.

Lemma discriminant_lt0 : 0 < e * e * (k *+ 2 - eta) - k * k *+ 4.
Proof.
have -> : e * e * (k *+ 2 - eta) - k * k *+ 4 =
    (e * e - k *+ 2 - a *+ 2 - f * f + (a - eta) *+ 2) * (k *+ 2 - eta) +
    ((eta * (a - eta + c * f)) *+ 2 + f * f * (k *+ 2 - eta)) by mcring C.
have cf := ltW (mulr_gt0 c_gt0 f_gt0); have kk := ltW keta_gt0.
rewrite ltr_paddl //; first by rewrite mulr_ge0 // addr_ge0 // mulrn_wge0.
rewrite ltr_paddl ?mulr_gt0 // mulrn_wge0 // mulr_ge0 // addr_ge0 //.
Qed.

Let alpha : C := e * e *+ 3 - k *+ 4.
Let alpha_gt0 : 0 < alpha.
Proof.
have -> : alpha = (e * e - k *+ 2 - a *+ 2 - f * f) *+ 3 + ((a *+ 8 + (c * f) *+ 2) + (f * f) *+ 3).
  by rewrite /alpha; mcring C.
have cf := ltW (mulr_gt0 c_gt0 f_gt0).
by rewrite ltr_paddl ?mulrn_wge0 // ltr_paddl ?addr_ge0 ?mulrn_wge0 // mulrn_wgt0.
Qed.

Theorem dy8_Q_gt0 S N : S \is Num.real -> 0 < N -> (0 <= S) || (S * S <= N) -> 0 < Q S N.
Proof.
move=> SR N_gt0; have [S_ge0 _|nS /= wide] := boolP (0 <= S).
  rewrite /Q ltr_paddl ?mulr_gt0 //.
  have m := ltW N_coefficient_gt0; have n := ltW N_gt0; have ee := ltW e_gt0; have kk := ltW ke_gt0.
  by rewrite !addr_ge0 // !mulr_ge0.
pose w := N - S * S.
have w_ge0 : 0 <= w by rewrite subr_ge0.
pose b := e * (k + eta).
have eR : e \is Num.real := gtr0_real e_gt0.
have positive : 0 < (k + eta) * (e * e * (k *+ 2 - eta) - k * k *+ 4) by rewrite mulr_gt0 // discriminant_lt0.
have scaled : 0 < alpha *+ 4 * Q S N.
  have -> : alpha *+ 4 * Q S N =
      alpha * ((N *+ 2 + S * e) * (N *+ 2 + S * e)) + alpha *+ 4 * (w * (e * e - k *+ 2 - eta)) +
      (alpha * S + b *+ 2) * (alpha * S + b *+ 2) +
      ((k + eta) * (e * e * (k *+ 2 - eta) - k * k *+ 4)) *+ 4.
    by rewrite /Q /alpha /w /b; mcring C.
  rewrite ltr_paddl ?mulrn_wgt0 //.
  have aR : alpha \is Num.real := gtr0_real alpha_gt0.
  have bR : b \is Num.real by apply: realM => //; exact: gtr0_real.
  have NR : N \is Num.real := gtr0_real N_gt0.
  have sq1 : 0 <= (N *+ 2 + S * e) * (N *+ 2 + S * e).
    by apply: square_ge0; apply: realD; [exact: rpredMn | exact: realM].
  have sq2 : 0 <= (alpha * S + b *+ 2) * (alpha * S + b *+ 2).
    by apply: square_ge0; apply: realD; [exact: realM | exact: rpredMn].
  have al := ltW alpha_gt0; have nc := ltW N_coefficient_gt0.
  apply: addr_ge0 => //; apply: addr_ge0; first exact: mulr_ge0.
  by apply: mulr_ge0; [exact: mulrn_wge0 | exact: mulr_ge0].
by move: scaled; rewrite pmulr_rgt0 // mulrn_wgt0.
Qed.

Lemma shifted_gt0 S N : S \is Num.real -> 0 < N -> (0 <= S) || (S * S <= N) -> 0 < N + c * S + c * c - a.
Proof.
move=> SR N_gt0; have ca : 0 <= c * c - a *+ 4 by rewrite subr_ge0.
have cc : 0 < c * c by rewrite mulr_gt0.
have [S_ge0 _|nS /= wide] := boolP (0 <= S).
  have -> : N + c * S + c * c - a = (c * S + ((c * c - a *+ 4) + a *+ 3)) + N by mcring C.
  have cS := mulr_ge0 (ltW c_gt0) S_ge0.
  by rewrite ltr_paddl // addr_ge0 // addr_ge0 // mulrn_wge0.
have w_ge0 : 0 <= N - S * S by rewrite subr_ge0.
have : 0 < (N + c * S + c * c - a) *+ 4.
  have -> : (N + c * S + c * c - a) *+ 4 =
      (N - S * S) *+ 4 + (S *+ 2 + c) * (S *+ 2 + c) + (c * c - a *+ 4) + (c * c) *+ 2 by mcring C.
  have sq : 0 <= (S *+ 2 + c) * (S *+ 2 + c).
    by apply: square_ge0; apply: realD; [exact: rpredMn | exact: gtr0_real].
  rewrite ltr_paddl ?mulrn_wgt0 //; apply: addr_ge0 => //; apply: addr_ge0 => //; exact: mulrn_wge0.
by rewrite pmulrn_lgt0.
Qed.

(* The cubic (l + r) D(l) + g l (l + c) + r eta.  T3 has f = kappa s tau, r = kappa rho, g = kappa s |theta|^2,          *)
(* a = s^2 tau m, c = s (tau + m), eta = s^2 h; the scalar case eta = a.                                                 *)
Variables (r g : C).
Hypotheses (r_gt0 : 0 < r) (g_ge0 : 0 <= g).

Definition D l : C := (l + c) * (l + f) + a.
Definition cubic l : C := (l + r) * D l + g * (l * (l + c)) + r * eta.

Lemma cubic_conj l : cubic l = 0 -> cubic l^* = 0.
Proof.
move=> root; have := congr1 (fun z => z^* ) root.
rewrite /cubic /D !(rmorphD, rmorphM) /= rmorph0.
rewrite (conj_Creal (gtr0_real c_gt0)) (conj_Creal (gtr0_real f_gt0)) (conj_Creal (gtr0_real r_gt0)).
by rewrite (conj_Creal (ger0_real a_ge0)) (conj_Creal (ger0_real g_ge0)) (conj_Creal (ger0_real eta_ge0)).
Qed.

(* r Q + g N (N + c S + c^2 - a): what a root makes vanish.                                                             *)
Definition tilt l : C :=
  r * Q (l + l^* ) (l * l^* ) + g * (l * l^* * (l * l^* + c * (l + l^* ) + c * c - a)).

Lemma tilt_gt0 l : l^* != l -> wide l -> 0 < tilt l.
Proof.
move=> l_neq far; have SR := sum_real l; have N_gt0 := norm2_gt0 l_neq.
have q := dy8_Q_gt0 SR N_gt0 far; have s := shifted_gt0 SR N_gt0 far.
by rewrite /tilt ltr_paddr ?mulr_gt0 // mulr_ge0 // mulr_ge0 ?(ltW N_gt0) ?(ltW s).
Qed.

Lemma tiltE l : (l - l^* ) * tilt l = l * cubic l^* * D l - l^* * cubic l * D l^*.
Proof. by rewrite /tilt; move: (l^* ) => k'; rewrite /Q /cubic /D; mcring C. Qed.

Theorem dy8_sector l : cubic l = 0 -> 'Re l *+ 2 < - `|l|.
Proof.
move=> root; apply: in_sector => [l_real|l_neq]; last first.
  apply/negP => far; have := tilt_gt0 l_neq far; suff -> : tilt l = 0 by rewrite ltxx.
  have dl : l - l^* != 0 by rewrite subr_eq0 eq_sym.
  by apply: (mulfI dl); rewrite mulr0 tiltE root (cubic_conj root) !mulr0 !mul0r subrr.
have lR : l \is Num.real by apply/CrealP.
rewrite real_ltNge ?real0 //; apply/negP => l_ge0.
suff : 0 < cubic l by rewrite root ltxx.
have cc := ltW c_gt0; have ff := ltW f_gt0.
have rest : 0 <= g * (l * (l + c)) by rewrite !mulr_ge0 // addr_ge0.
have reta : 0 <= r * eta by rewrite mulr_ge0 // ltW.
have plus x : 0 < x -> 0 < l + x by move=> x_gt0; rewrite ltr_paddl.
have D_gt0 : 0 < D l.
  have lcf : 0 < (l + c) * (l + f) by apply: mulr_gt0; exact: plus.
  by rewrite /D ltr_paddr.
have main : 0 < (l + r) * D l by apply: mulr_gt0 => //; exact: plus.
by rewrite /cubic ltr_paddr // ltr_paddr.
Qed.

End Sector.

(* T2: with weights p_i >= 0, not all 0, the mean of gamma_i = cubic_i / D_i is not 0 at a wide l.  c_i = beta + g_i,      *)
(* f_i = kappa g_i, a_i = beta g_i = eta_i, r = kappa rho, g = kappa a_i.  p0 is the weight of g_i = 0, gamma = l + r.   *)
Section Mean.
Variable C : numClosedFieldType.
Add Ring C_ring1 : (comRing_ring C).
Variables (n : nat) (p c f a g : 'I_n -> C) (p0 r : C).
Hypotheses (c_gt0 : forall i, 0 < c i) (f_gt0 : forall i, 0 < f i) (a_ge0 : forall i, 0 <= a i).
Hypotheses (a_le : forall i, a i *+ 4 <= c i * c i) (g_ge0 : forall i, 0 <= g i) (r_gt0 : 0 < r).
Hypotheses (p_ge0 : forall i, 0 <= p i) (p0_ge0 : 0 <= p0) (some : 0 < p0 + \sum_i p i).

Local Notation Di i l := (D (c i) (f i) (a i) l).
Local Notation gamma i l := (cubic (c i) (f i) (a i) (a i) r (g i) l / Di i l).

Lemma D_conj i l : (Di i l)^* = Di i l^*.
Proof.
rewrite /D !(rmorphD, rmorphM) /=.
by rewrite (conj_Creal (gtr0_real (c_gt0 i))) (conj_Creal (gtr0_real (f_gt0 i))) (conj_Creal (ger0_real (a_ge0 i))).
Qed.

Lemma cubic_conjE i l : (cubic (c i) (f i) (a i) (a i) r (g i) l)^* = cubic (c i) (f i) (a i) (a i) r (g i) l^*.
Proof.
rewrite /cubic /D !(rmorphD, rmorphM) /=.
rewrite (conj_Creal (gtr0_real (c_gt0 i))) (conj_Creal (gtr0_real (f_gt0 i))) (conj_Creal (gtr0_real r_gt0)).
by rewrite (conj_Creal (ger0_real (a_ge0 i))) (conj_Creal (ger0_real (g_ge0 i))).
Qed.

Lemma DD_gt0 i l : l^* != l -> wide l -> 0 < Di i l * Di i l^*.
Proof.
move=> l_neq far.
have -> : Di i l * Di i l^* = Q (c i) (f i) (a i) 0 (l + l^* ) (l * l^* ).
  by move: (l^* ) => k'; rewrite /Q /D; mcring C.
by apply: dy8_Q_gt0; rewrite ?lexx ?sum_real ?norm2_gt0.
Qed.

Lemma over (x y d1 d2 : C) : d2 != 0 -> x * (y / d2) * (d1 * d2) = x * y * d1.
Proof.
move=> d2_neq0; have -> : x * (y / d2) * (d1 * d2) = x * y * d1 * (d2^-1 * d2) by mcring C.
by rewrite mulVf // mulr1.
Qed.

Theorem dy8_sector_mean l : l^* != l -> wide l -> p0 * (l + r) + \sum_i p i * gamma i l != 0.
Proof.
move=> l_neq far; apply/eqP => sum0.
have dl : l - l^* != 0 by rewrite subr_eq0 eq_sym.
pose t i := tilt (c i) (f i) (a i) (a i) r (g i) l / (Di i l * Di i l^* ).
have t_gt0 i : 0 < t i by rewrite divr_gt0 ?DD_gt0 // tilt_gt0.
have gE i : l * (gamma i l)^* - l^* * gamma i l = (l - l^* ) * t i.
  have /lt0r_neq0 := DD_gt0 i l_neq far; rewrite mulf_eq0 negb_or => /andP[d1 d2].
  rewrite /t [(l - l^* ) * (_ / _)]mulrA tiltE rmorphM fmorphV /= cubic_conjE D_conj.
  apply: (mulIf (mulf_neq0 d1 d2)); rewrite mulfVK ?mulf_neq0 // mulrBl; congr (_ - _).
    exact: over.
  by rewrite [Di i l * _]mulrC; exact: over.
have : p0 * r + \sum_i p i * t i = 0.
  apply: (mulfI dl); rewrite mulr0.
  transitivity (l * (p0 * (l + r) + \sum_i p i * gamma i l)^* - l^* * (p0 * (l + r) + \sum_i p i * gamma i l)).
    rewrite rmorphD rmorphM rmorphD /= (conj_Creal (ger0_real p0_ge0)) (conj_Creal (gtr0_real r_gt0)) rmorph_sum /=.
    rewrite !mulrDr opprD addrACA; congr (_ + _); first by move: (l^* ) => k'; mcring C.
    rewrite !mulr_sumr -sumrB; apply: eq_bigr => i _.
    rewrite rmorphM /= (conj_Creal (ger0_real (p_ge0 i))) mulrCA -gE mulrBr; congr (_ - _); exact: mulrCA.
  by rewrite sum0 rmorph0 !mulr0 subrr.
move/eqP; rewrite paddr_eq0 ?mulr_ge0 ?(ltW r_gt0) //; last first.
  by apply: sumr_ge0 => i _; rewrite mulr_ge0 // ltW.
rewrite mulf_eq0 (gt_eqF r_gt0) orbF => /andP[/eqP p00 /eqP].
move/psumr_eq0P => h; move: some; rewrite p00 add0r big1 ?ltxx // => i _.
have /eqP := h (fun j _ => mulr_ge0 (p_ge0 j) (ltW (t_gt0 j))) i isT.
by rewrite mulf_eq0 (gt_eqF (t_gt0 i)) orbF => /eqP.
Qed.

End Mean.

(* T4, arc and chord: (l + r) D' + b l (l + y) + r z l with D' = (l + A)(l + y) + z l.                                    *)
Section Mixed.
Variable C : numClosedFieldType.
Add Ring C_ring3 : (comRing_ring C).
Variables (A y z b r : C).
Hypotheses (A_gt0 : 0 < A) (y_ge0 : 0 <= y) (z_ge0 : 0 <= z) (b_gt0 : 0 < b) (r_ge0 : 0 <= r).
Local Notation e := (A + y + z).
Local Notation k := (A * y).
Local Notation alpha := (e * e *+ 3 + z * e *+ 2 - z * z - k *+ 4).

Definition mixed l : C := (l + r) * ((l + A) * (l + y) + z * l) + b * (l * (l + y)) + r * (z * l).
Definition P S N : C := N * N + (e + z) * S * N + (e * e + z * e - k *+ 2) * N + S * S * k + e * k * S + k * k.

Let Ay_ge0 : 0 <= A * y := mulr_ge0 (ltW A_gt0) y_ge0.
Let Az_ge0 : 0 <= A * z := mulr_ge0 (ltW A_gt0) z_ge0.
Let yz_ge0 : 0 <= y * z := mulr_ge0 y_ge0 z_ge0.
Let zz_ge0 : 0 <= z * z := mulr_ge0 z_ge0 z_ge0.
Let e_gt0 : 0 < e.
Proof. by rewrite ltr_paddr // ltr_paddr. Qed.
Let A_real : A \is Num.real := gtr0_real A_gt0.
Let y_real : y \is Num.real := ger0_real y_ge0.
Let z_real : z \is Num.real := ger0_real z_ge0.

Let slack : C := (A - y) * (A - y) + (A * z + y * z) *+ 2 + z * z.
Let slack_ge0 : 0 <= slack.
Proof.
have sq : 0 <= (A - y) * (A - y) by apply: square_ge0; exact: rpredB.
by apply: addr_ge0 => //; apply: addr_ge0 => //; apply: mulrn_wge0; exact: addr_ge0.
Qed.
Let N_term_ge0 : 0 <= e * e + z * e - k *+ 2.
Proof.
have -> : e * e + z * e - k *+ 2 = slack + (k *+ 2 + (A * z + y * z + z * z)) by rewrite /slack; mcring C.
by apply: addr_ge0 => //; apply: addr_ge0; [exact: mulrn_wge0 | apply: addr_ge0 => //; exact: addr_ge0].
Qed.
Let disc_gt0 : 0 < alpha - e * e.
Proof.
have -> : alpha - e * e = (slack + ((A * z + y * z + z * z) + (A * z + y * z))) + e * e by rewrite /slack; mcring C.
by rewrite ltr_paddl ?mulr_gt0 //; apply: addr_ge0 => //; do ![apply: addr_ge0 => //].
Qed.
Let alpha_gt0 : 0 < alpha.
Proof.
have ee := mulr_gt0 e_gt0 e_gt0; have := addr_gt0 disc_gt0 ee.
by rewrite subrK.
Qed.

Theorem dy8_P_gt0 S N : S \is Num.real -> 0 < N -> (0 <= S) || (S * S <= N) -> 0 < P S N.
Proof.
move=> SR N_gt0; have n := ltW N_gt0; have ee := ltW e_gt0.
have [S_ge0 _|nS /= far] := boolP (0 <= S).
  have NN := mulr_gt0 N_gt0 N_gt0.
  have -> : P S N = ((e + z) * S * N + (e * e + z * e - k *+ 2) * N + S * S * k + e * k * S + k * k) + N * N.
    by rewrite /P; mcring C.
  rewrite ltr_paddl //.
  have ez : 0 <= e + z by exact: addr_ge0.
  have t1 : 0 <= (e + z) * S * N := mulr_ge0 (mulr_ge0 ez S_ge0) n.
  have t2 : 0 <= (e * e + z * e - k *+ 2) * N := mulr_ge0 N_term_ge0 n.
  have t3 : 0 <= S * S * k := mulr_ge0 (mulr_ge0 S_ge0 S_ge0) Ay_ge0.
  have t4 : 0 <= e * k * S := mulr_ge0 (mulr_ge0 ee Ay_ge0) S_ge0.
  have t5 : 0 <= k * k := mulr_ge0 Ay_ge0 Ay_ge0.
  exact: addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 t1 t2) t3) t4) t5.
have w_ge0 : 0 <= N - S * S by rewrite subr_ge0.
have kR : k \is Num.real := ger0_real Ay_ge0.
have eR : e \is Num.real := gtr0_real e_gt0.
have aR : alpha \is Num.real := gtr0_real alpha_gt0.
pose sq1 := (N *+ 2 + (e + z) * S) * (N *+ 2 + (e + z) * S).
have sq1_ge0 : 0 <= sq1.
  apply: square_ge0; apply: realD; first by apply: rpredMn; exact: gtr0_real.
  by apply: realM => //; exact: realD.
pose sq2 := (alpha * S + (e * k) *+ 2) * (alpha * S + (e * k) *+ 2).
have sq2_ge0 : 0 <= sq2.
  by apply: square_ge0; apply: realD; [exact: realM | apply: rpredMn; exact: realM].
have last_gt0 : 0 < sq2 + (k * k * (alpha - e * e)) *+ 4.
  have [k0|k_neq0] := eqVneq k 0; last first.
    have kk : 0 < k by rewrite lt_def k_neq0.
    by rewrite ltr_paddl // mulrn_wgt0 // mulr_gt0 // mulr_gt0.
  have -> : sq2 + (k * k * (alpha - e * e)) *+ 4 = (alpha * S) * (alpha * S).
    by rewrite /sq2 k0 !mulr0 !mul0r !mul0rn !addr0.
  have S_neq0 : S != 0 by apply: contraNneq nS => ->.
  by rewrite lt_def mulf_neq0 ?mulf_neq0 ?(lt0r_neq0 alpha_gt0) //= square_ge0 // realM.
have scaled : 0 < alpha *+ 4 * P S N.
  have -> : alpha *+ 4 * P S N = (alpha * sq1 + alpha *+ 4 * ((N - S * S) * (e * e + z * e - k *+ 2))) +
      (sq2 + (k * k * (alpha - e * e)) *+ 4) by rewrite /P /sq1 /sq2; mcring C.
  have al := ltW alpha_gt0.
  rewrite ltr_paddl //; apply: addr_ge0; first exact: mulr_ge0.
  by apply: mulr_ge0; [exact: mulrn_wge0 | exact: mulr_ge0].
by move: scaled; rewrite pmulr_rgt0 // mulrn_wgt0.
Qed.

Theorem dy8_sector_mixed l : l != 0 -> mixed l = 0 -> 'Re l *+ 2 < - `|l|.
Proof.
move=> l0 root.
have conj0 : mixed l^* = 0.
  have := congr1 (fun x => x^* ) root; rewrite /mixed !(rmorphD, rmorphM) /= rmorph0.
  rewrite (conj_Creal A_real) (conj_Creal y_real) (conj_Creal z_real).
  by rewrite (conj_Creal (gtr0_real b_gt0)) (conj_Creal (ger0_real r_ge0)).
apply: in_sector => [l_real|l_neq]; last first.
  apply/negP => far; have SR := sum_real l; have N_gt0 := norm2_gt0 l_neq.
  have p := dy8_P_gt0 SR N_gt0 far.
  have q : 0 < l * l^* + y * (l + l^* ) + y * y + y * z.
    have [S_ge0|nS] := boolP (0 <= l + l^* ).
      rewrite -!addrA ltr_paddr //.
      by do ![apply: addr_ge0]; do ?[apply: mulr_ge0].
    move: (far); rewrite /wide (negPf nS) /= -subr_ge0 => w_ge0.
    have yS_real : (l + l^* ) + y *+ 2 \is Num.real by apply: realD => //; exact: rpredMn.
    have : 0 < (l * l^* + y * (l + l^* ) + y * y + y * z) *+ 4.
      have -> : (l * l^* + y * (l + l^* ) + y * y + y * z) *+ 4 =
          ((l * l^* - (l + l^* ) * (l + l^* )) + ((l + l^* ) + y *+ 2) * ((l + l^* ) + y *+ 2) + (y * z) *+ 4) +
          (l * l^* ) *+ 3 by move: (l^* ) => k'; mcring C.
      rewrite ltr_paddl ?mulrn_wgt0 //.
      by apply: addr_ge0; [apply: addr_ge0 => //; exact: square_ge0 | exact: mulrn_wge0].
    by rewrite pmulrn_lgt0.
  have dl : l - l^* != 0 by rewrite subr_eq0 eq_sym.
  suff G0 : r * P (l + l^* ) (l * l^* ) + b * (l * l^* * (l * l^* + y * (l + l^* ) + y * y + y * z)) = 0.
    have : 0 < r * P (l + l^* ) (l * l^* ) + b * (l * l^* * (l * l^* + y * (l + l^* ) + y * y + y * z)).
      exact: ltr_paddl (mulr_ge0 r_ge0 (ltW p)) (mulr_gt0 b_gt0 (mulr_gt0 N_gt0 q)).
    by rewrite G0 ltxx.
  move: (l^* ) conj0 dl => k' conj0 dl; apply: (mulfI dl); rewrite mulr0.
  have -> : (l - k') * (r * P (l + k') (l * k') + b * (l * k' * (l * k' + y * (l + k') + y * y + y * z))) =
      l * mixed k' * ((l + A) * (l + y) + z * l) - k' * mixed l * ((k' + A) * (k' + y) + z * k').
    by rewrite /P /mixed; mcring C.
  by rewrite conj0 root !mulr0 !mul0r subrr.
have lR : l \is Num.real by apply/CrealP.
rewrite real_ltNge ?real0 //; apply/negP => l_ge0.
have l_gt0 : 0 < l by rewrite lt_def l0.
suff : 0 < mixed l by rewrite root ltxx.
have -> : mixed l = l * (l + A) * (l + y) + (r * ((l + A) * (l + y)) + (l + r) * (z * l) + b * (l * (l + y)) + r * (z * l)).
  by rewrite /mixed; mcring C.
have aa := ltW A_gt0; have bb := ltW b_gt0.
have la : 0 < l + A by exact: addr_gt0.
have ly : 0 < l + y by rewrite ltr_paddr.
have main : 0 < l * (l + A) * (l + y) by apply: mulr_gt0 => //; exact: mulr_gt0.
have lr : 0 <= l + r by exact: addr_ge0.
have zl : 0 <= z * l by exact: mulr_ge0.
rewrite ltr_paddr //; apply: addr_ge0; last exact: mulr_ge0.
apply: addr_ge0; last by apply: mulr_ge0 => //; apply: mulr_ge0 => //; exact: ltW.
by apply: addr_ge0; [apply: mulr_ge0 => //; apply: mulr_ge0; exact: ltW | exact: mulr_ge0].
Qed.

End Mixed.

(* One feature, one unit, one output: every eigenvalue of the reduced flow is in the sector.                             *)
Section Scalar.
Variable C : numClosedFieldType.
Add Ring C_ring2 : (comRing_ring C).
Variables (s rho kappa w1 w2 : C).
Hypotheses (s_gt0 : 0 < s) (rho_gt0 : 0 < rho) (kappa_gt0 : 0 < kappa).
Hypotheses (w1_real : w1 \is Num.real) (w2_real : w2 \is Num.real) (w1_neq0 : w1 != 0).

Theorem dy8_scalar_sector (l u v b : C) : (u, v, b) != (0, 0, 0) ->
  - (s * u * (w2 * w2)) - w1 * w1 * s * u - s * v * w2 = l * u ->
  w1 * w1 * s * u * w2 - kappa * ((w1 * w1 + w1 * w2 * (w1 * w2)) * s * v) - kappa * (w1 * w2 * rho * b) = l * v ->
  - (u * s * w1) - kappa * (w1 * w2 * s * v) - kappa * (rho * b) = l * b ->
  'Re l *+ 2 < - `|l|.
Proof.
move=> nz e1 e2 e3; have root := scalar_cubic nz e1 e2 e3.
pose t := w1 * w1; pose m := w2 * w2; rewrite -/t -/m in root.
have t_gt0 : 0 < t by rewrite /t -expr2 lt_def expf_neq0 // real_exprn_even_ge0.
have m_ge0 : 0 <= m := square_ge0 w2_real.
have tm_real : t - m \is Num.real by apply: rpredB; [exact: gtr0_real | exact: ger0_real].
have tm_ge0 : 0 <= t * m by rewrite mulr_ge0 // ltW.
pose a := s * s * (t * m).
apply: (@dy8_sector _ (s * (t + m)) (kappa * s * t) a a _ _ _ _ _ (kappa * rho) (kappa * s * (t * m))) => //.
- by apply: mulr_gt0 => //; apply: ltr_paddr.
- exact: mulr_gt0 (mulr_gt0 kappa_gt0 s_gt0) t_gt0.
- exact: mulr_ge0 (ltW (mulr_gt0 s_gt0 s_gt0)) tm_ge0.
- rewrite -subr_ge0; have -> : s * (t + m) * (s * (t + m)) - a *+ 4 = s * s * ((t - m) * (t - m)).
    by rewrite /a; mcring C.
  exact: mulr_ge0 (ltW (mulr_gt0 s_gt0 s_gt0)) (square_ge0 tm_real).
- exact: mulr_gt0.
- exact: mulr_ge0 (ltW (mulr_gt0 kappa_gt0 s_gt0)) tm_ge0.
- by rewrite -{}root /cubic /D /a; mcring C.
Qed.

End Scalar.

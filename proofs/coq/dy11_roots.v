(* DY11.  Where the roots lie.  Delayed pairs on realizable data: with c >= -1/2 every root is inside the unit circle,   *)
(* for every delay.  Stale backprop: every root is inside for a < |1 - w|, w = e^{i pi / (2 tau + 1)}, which is           *)
(* 2 sin(pi / (2 (2 tau + 1))), and w itself is a root at that a.  C is any closed field with complex numbers.          *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Realizable.
Variable C : numClosedFieldType.
Add Ring C_ring : (comRing_ring C).
Implicit Types (l : C).

(* Far from 1 - a, for a in (0, 1]: a number outside the unit disc is at least a away, and exactly a only at 1.          *)
Lemma away a l : 0 < a -> a <= 1 -> 1 <= `|l| -> a <= `|l - 1 + a|.
Proof.
move=> a0 a1 l1; have b0 : 0 <= 1 - a by rewrite subr_ge0.
have -> : l - 1 + a = l - (1 - a) by rewrite opprB addrA addrAC.
apply: le_trans (ler_sub_dist l (1 - a)); rewrite (ger0_norm b0) -[a in X in X <= _](subKr 1).
by rewrite ler_add2r.
Qed.

Lemma away_eq a l : 0 < a -> a < 1 -> 1 <= `|l| -> `|l - 1 + a| = a -> l = 1.
Proof.
move=> a0 a1 l1 e; have b0 : 0 < 1 - a by rewrite subr_gt0.
have lE : l - 1 + a = l - (1 - a) by rewrite opprB addrA addrAC.
have n1 : `|l| = 1.
  apply/eqP; rewrite eq_le l1 andbT; have := ler_sub_dist l (1 - a).
  by rewrite -lE e (gtr0_norm b0) ler_subl_addr addrC subrK.
(* |l|^2 = 1 and |l - b|^2 = (1 - b)^2 give Re l = 1. *)
have := congr1 (fun x => x ^+ 2) e; rewrite lE !normCK rmorphB (conj_Creal (gtr0_real b0)).
have ll : l * l^* = 1 by rewrite -normCK n1 expr1n.
move=> e2; move: (l^* ) ll e2 => k ll e2; have re : l + k = 2%:R.
  have : (1 - a) * (l + k - 2%:R) = 0; last first.
    by move/eqP; rewrite mulf_eq0 (negPf (lt0r_neq0 b0)) subr_eq0 => /eqP.
  have -> : (1 - a) * (l + k - 2%:R) = (l * k - 1) - ((l - (1 - a)) * (k - (1 - a)) - a ^+ 2) by mcring C.
  by rewrite ll e2 !subrr.
have : (l - 1) * (k - 1) = 0; last first.
  move/eqP; rewrite mulf_eq0 !subr_eq0 => /orP[/eqP//|/eqP k1]; move: re; rewrite k1.
  by move/eqP; rewrite -[2%:R]/(1 + 1 : C) (inj_eq (addIr _)) => /eqP.
have -> : (l - 1) * (k - 1) = (l * k - 1) - (l + k - 2%:R) by mcring C.
by rewrite ll re !subrr.
Qed.

(* The equation of the page: al = mu (1 + c), be = nu a.  C: the roots at c = -1/2 inside, and the simulated mode there decays.    *)
Theorem dy11_realizable_inside tau (mu be c l : C) (al := mu * (1 + c)) : 0 < mu -> 0 < al -> al <= 1 -> 0 < be -> be <= 1 ->
  (al != 1) || (be != 1) -> 0 <= c *+ 2 + 1 -> l ^+ tau * (l - 1 + al) * (l - 1 + be) = mu * be * c -> `|l| < 1.
Proof.
move=> mu0 al0 al1 be0 be1 not_both c_half root; rewrite real_ltNge ?normr_real ?real1 //; apply/negP => l1.
have c_real : c \is Num.real.
  have : c *+ 2 \is Num.real by rewrite -[c *+ 2](addrK 1) rpredB ?real1 ?ger0_real.
  by rewrite -mulr_natr => h; rewrite -[c](mulfK (_ : 2%:R != 0)) ?pnatr_eq0 // rpredM ?rpredV ?realn.
have c_le : `|c| <= 1 + c.
  rewrite real_ler_norml //; apply/andP; split; last by rewrite ler_addr ler01.
  by rewrite -subr_ge0; apply: le_trans c_half _; rewrite opprK le_eqVlt; apply/orP; left; apply/eqP; mcring C.
have le_right : `|mu * be * c| <= al * be.
  rewrite !normrM (gtr0_norm mu0) (gtr0_norm be0) /al -!mulrA [(1 + c) * be]mulrC.
  by rewrite !ler_pmul2l.
have A := away al0 al1 l1; have B := away be0 be1 l1.
have T : 1 <= `|l| ^+ tau by apply: exprn_ege1.
have chain : `|l - 1 + al| * `|l - 1 + be| <= al * be.
  apply: le_trans le_right; rewrite -root !normrM normrX -mulrA ler_pemull // mulr_ge0 ?normr_ge0 //.
have l_1 : l = 1.
  have Aeq : `|l - 1 + al| = al.
    apply/eqP; rewrite eq_le A andbT -(ler_pmul2r be0); apply: le_trans chain.
    by rewrite ler_wpmul2l ?normr_ge0.
  have Beq : `|l - 1 + be| = be.
    apply/eqP; rewrite eq_le B andbT -(ler_pmul2l al0); apply: le_trans chain.
    by rewrite ler_wpmul2r ?normr_ge0.
  case/orP: not_both => ne; [apply: (away_eq al0 _ l1 Aeq)|apply: (away_eq be0 _ l1 Beq)]; by rewrite lt_neqAle ne.
move: root; rewrite l_1 expr1n subrr !add0r mul1r /al => e.
have : mu * be = 0 by have -> : mu * be = mu * (1 + c) * be - mu * be * c by [mcring C]; rewrite e subrr.
by move/eqP; rewrite mulf_eq0 !gt_eqF.
Qed.

End Realizable.

(* Stale backprop: the roots of l^tau (l - 1) + a. *)
Section Stale.
Variables (C : numClosedFieldType) (tau : nat).
Add Ring C_ring1 : (comRing_ring C).
Implicit Types (l m w a : C).

(* w = e^{i pi / (2 tau + 1)}: of the numbers with w^(2 tau + 1) = -1 the one whose powers before stay above the real    *)
(* axis.  |1 - w| = 2 sin(pi / (2 (2 tau + 1))).                                                                         *)
Definition first_root w := w ^+ (tau.*2.+1) = - 1 /\ forall j, (0 < j < tau.*2.+1)%N -> 0 < 'Im (w ^+ j).

(* Twice the imaginary part. *)
Let im x : C := 'i * (x^* - x).
Let im_Im x : im x = 'Im x *+ 2.
Proof. by rewrite ImE -mulr_natr divfK ?pnatr_eq0. Qed.
Let im_real x : im x \is Num.real.
Proof. by rewrite im_Im rpredMn // Creal_Im. Qed.

(* Where the circle is crossed.  C: the largest root at a* against 1. *)
Theorem dy11_crossings a l : 0 < a -> `|l| = 1 -> l ^+ tau * (l - 1) + a = 0 -> l ^+ (tau.*2.+1) = - 1 /\ a = `|1 - l|.
Proof.
move=> a0 l1 root; have ll : l * l^* = 1 by rewrite -normCK l1 expr1n.
have aE : a = l ^+ tau * (1 - l) by rewrite -opprB mulrN; apply/eqP; rewrite -addr_eq0 addrC root.
have conj : a = l^* ^+ tau * (1 - l^* ).
  by rewrite -[a](conj_Creal (gtr0_real a0)) {1}aE rmorphM rmorphX rmorphB rmorph1.
split; last by rewrite -[LHS](gtr0_norm a0) {1}aE normrM normrX l1 expr1n mul1r.
have l_neq : 1 - l != 0 by apply: contraTneq a0 => z; rewrite aE z mulr0 ltxx.
have lp : l ^+ tau * l^* ^+ tau = 1 by rewrite -exprMn ll expr1n.
apply: (mulfI l_neq); move: conj; rewrite aE; rewrite -addnn -addSn exprD exprS.
move: (l ^+ tau) (l^* ^+ tau) lp => p q pq e.
have -> : (1 - l) * (l * p * p) = p * (1 - l) * p * l by mcring C.
rewrite e; have -> : q * (1 - l^* ) * p * l = (p * q) * (l - l * l^* ) by mcring C.
by rewrite pq ll; mcring C.
Qed.

(* At a = |1 - w| the root w is on the circle. *)
Theorem dy11_at_the_limit w : first_root w -> `|w| = 1 /\ w ^+ tau * (w - 1) + `|1 - w| = 0.
Proof.
move=> [w_root w_up]; have w1 : `|w| = 1.
  have : `|w| ^+ (tau.*2.+1) = 1 by rewrite -normrX w_root normrN1.
  by move/eqP; rewrite pexpr_eq1 ?normr_ge0 // => /eqP.
split=> //; have ww : w * w^* = 1 by rewrite -normCK w1 expr1n.
have wp : w ^+ tau * w^* ^+ tau = 1 by rewrite -exprMn ww expr1n.
pose x := w ^+ tau + (w ^+ tau)^*.
have xE : w ^+ tau * (1 - w) = x.
  rewrite /x rmorphX; have := w_root; rewrite -addnn -addSn exprD exprS.
  move: (w ^+ tau) (w^* ^+ tau) wp => p q pq e.
  have -> : p * (1 - w) = p - (w * p * p) * q + (w * p) * (p * q - 1) by mcring C.
  by rewrite e pq; mcring C.
have x_real : x \is Num.real by apply/CrealP; rewrite rmorphD conjCK addrC.
have x_gt0 : 0 < x.
  have [t0|t_gt0] := posnP tau; first by rewrite /x t0 expr0 rmorph1 addr_gt0 ?ltr01.
  have i1 : 0 < im (w ^+ tau).
    by rewrite im_Im pmulrn_lgt0 // w_up // t_gt0 ltnS -addnn leq_addr.
  have i2 : 0 < im (w ^+ (tau + tau)).
    by rewrite im_Im pmulrn_lgt0 // w_up // addn_gt0 t_gt0 addnn ltnSn.
  move: i2; have -> : im (w ^+ (tau + tau)) = im (w ^+ tau) * x; last by rewrite pmulr_rgt0.
  by rewrite /im /x exprD rmorphM; move: (w ^+ tau) ((w ^+ tau)^* ) => p q; mcring C.
have -> : `|1 - w| = x by rewrite -[RHS](gtr0_norm x_gt0) -xE normrM normrX w1 expr1n mul1r.
by rewrite -xE -mulrDr addrA subrK subrr mulr0.
Qed.

Lemma im_next m j : m * m^* = 1 -> im (m ^+ j.+2) = (m + m^* ) * im (m ^+ j.+1) - im (m ^+ j).
Proof.
rewrite /im !rmorphX !exprS; move: (m^* ) (m ^+ j) (m^* ^+ j) => n p q mn.
have z : 'i * (m * n - 1) * (q - p) = 0 by rewrite mn subrr mulr0 mul0r.
by apply/eqP; rewrite -subr_eq0 -oppr_eq0; apply/eqP; rewrite -[RHS]z; mcring C.
Qed.

Lemma im_squares m t : m * m^* = 1 -> im (m ^+ t.+1) ^+ 2 - im (m ^+ t) ^+ 2 = im (m ^+ (t + t).+1) * im m.
Proof.
rewrite /im !rmorphX !exprS !exprD; move: (m^* ) (m ^+ t) (m^* ^+ t) => n p q mn.
have z : 'i * 'i * (m * n - 1) * (q * q + p * p - (p * q) *+ 2) = 0 by rewrite mn subrr mulr0 mul0r.
by apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite -[RHS]z; mcring C.
Qed.

Lemma im1 x : x \is Num.real -> im x = 0.
Proof. by move=> xR; rewrite /im (conj_Creal xR) subrr mulr0. Qed.

(* Powers on the circle of a number nearer to 1 than w stay above the axis longer (Christoffel and Darboux).             *)
Lemma powers_above w m : first_root w -> w * w^* = 1 -> m * m^* = 1 -> w + w^* < m + m^* -> 0 < im m ->
  forall j, (j <= tau.*2)%N -> 0 < im (m ^+ j.+1).
Proof.
move=> [w_root w_up] ww mm near m_gt0 j j_le.
have up i : (0 < i < tau.*2.+1)%N -> 0 < im (w ^+ i) by move=> i_lt; rewrite im_Im pmulrn_lgt0 // w_up.
suff [] : 0 < im (m ^+ j.+1) /\ 0 <= im (m ^+ j.+1) * im (w ^+ j) - im (w ^+ j.+1) * im (m ^+ j) by [].
elim: j j_le => [|j IH] j_le; first by rewrite expr1 !expr0 !(im1 (rpred1 _)) !mulr0 subrr.
have [I0 D0] := IH (ltnW j_le); have J0 : 0 < im (w ^+ j.+1) by apply: up; rewrite /= ltnS.
have D1 : 0 < im (m ^+ j.+2) * im (w ^+ j.+1) - im (w ^+ j.+2) * im (m ^+ j.+1).
  rewrite !im_next //; have p : 0 < (m + m^* - (w + w^* )) * (im (m ^+ j.+1) * im (w ^+ j.+1)).
    by rewrite mulr_gt0 ?subr_gt0 // mulr_gt0.
  have := ltr_paddr D0 p; move: (m + m^* ) (w + w^* ) (im _) (im _) (im _) (im _) => x y a b c d.
  by congr (0 < _); mcring C.
split; last exact: ltW.
have J1 : 0 <= im (w ^+ j.+2).
  move: j_le; rewrite leq_eqVlt => /predU1P[e|lt]; first by rewrite e w_root im1 // rpredN rpred1.
  by apply/ltW/up; rewrite /= ltnS.
rewrite -(pmulr_lgt0 _ J0) -[X in 0 < X](subrK (im (w ^+ j.+2) * im (m ^+ j.+1))).
by rewrite ltr_paddr // mulr_ge0 // ltW.
Qed.

Lemma upper_half w a r m : first_root w -> 0 < a -> a < `|1 - w| -> 1 <= r -> m * m^* = 1 -> 0 <= im m ->
  (r * m) ^+ tau * (r * m - 1) + a != 0.
Proof.
move=> fr a0 a_lt r1 mm m_up; apply/eqP => root; have [w1 _] := dy11_at_the_limit fr.
have r0 : 0 < r := lt_le_trans ltr01 r1; have r10 : 0 <= r - 1 by rewrite subr_ge0.
have ww : w * w^* = 1 by rewrite -normCK w1 expr1n.
set x := m + m^*; have x_real : x \is Num.real by apply/CrealP; rewrite rmorphD conjCK addrC.
have y_real : w + w^* \is Num.real by apply/CrealP; rewrite rmorphD conjCK addrC.
have m1 : `|m| = 1 by apply/eqP; rewrite -(@pexpr_eq1 _ _ 2) ?normr_ge0 // normCK mm.
have rootE : (r * m) ^+ tau * (r * m - 1) = - a by apply/eqP; rewrite -addr_eq0 root.
have [far|near] := real_leP x_real y_real.
  have : `|1 - w| <= a; last by move/(lt_le_trans a_lt); rewrite ltxx.
  have -> : a = r ^+ tau * `|r * m - 1|.
    rewrite -[LHS](gtr0_norm a0) -normrN -rootE !normrM normrX normrM m1 mulr1 (gtr0_norm r0); by [].
  apply: (@le_trans _ _ `|r * m - 1|); last by rewrite ler_pemull ?normr_ge0 // exprn_ege1.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 // !normCK !rmorphB rmorph1 rmorphM (conj_Creal (gtr0_real r0)).
  have x2 : 0 <= 2%:R - x.
    have : 0 <= (1 - m) * (1 - m)^* by rewrite -normCK exprn_ge0 ?normr_ge0.
    rewrite rmorphB rmorph1; have -> : (1 - m) * (1 - m^* ) = 1 - x + m * m^* by rewrite /x; mcring C.
    by rewrite mm; congr (0 <= _); mcring C.
  rewrite -subr_ge0; have -> : (r * m - 1) * (r * m^* - 1) - (1 - w) * (1 - w^* ) =
    (r - 1) * (r - 1) + (r - 1) * (2%:R - x) + (w + w^* - x) + (r * r - 1) * (m * m^* - 1) + (m * m^* - 1) - (w * w^* - 1).
    by rewrite /x; mcring C.
  by rewrite mm ww !subrr mulr0 subr0 !addr0; apply: addr_ge0; [apply: addr_ge0; exact: mulr_ge0|rewrite subr_ge0].
have [m0|m_neq] := eqVneq (im m) 0.
  have mR : m^* = m by move/eqP: m0; rewrite /im mulf_eq0 (negPf (neq0Ci C)) subr_eq0 => /eqP.
  have : (m - 1) * (m + 1) = 0 by have -> : (m - 1) * (m + 1) = m * m - 1 by [mcring C]; rewrite -{2}mR mm subrr.
  move/eqP; rewrite mulf_eq0 subr_eq0 addr_eq0 => /orP[/eqP mE|/eqP mE]; last first.
    have : 0 <= (1 + w) * (1 + w)^* by rewrite -normCK exprn_ge0 ?normr_ge0.
    rewrite rmorphD rmorph1; have -> : (1 + w) * (1 + w^* ) = w + w^* - x + (w * w^* - 1).
      by rewrite /x mR mE; mcring C.
    by rewrite ww subrr addr0 subr_ge0 => /(lt_le_trans near); rewrite ltxx.
  have : 0 <= - a by rewrite -rootE mE mulr1 mulr_ge0 // exprn_ge0 // ltW.
  by rewrite oppr_ge0 => /(lt_le_trans a0); rewrite ltxx.
have m_gt0 : 0 < im m by rewrite lt_def m_neq.
have up := powers_above fr ww mm near m_gt0.
have It0 : 0 <= im (m ^+ tau).
  case: (tau) up => [|t] up; first by rewrite expr0 im1 ?rpred1.
  by apply/ltW/up; rewrite doubleS -addnn !leqW // leq_addr.
have It1 : 0 < im (m ^+ tau.+1) by apply: up; rewrite -addnn leq_addr.
have gap : 0 < im (m ^+ tau.+1) - im (m ^+ tau).
  have s0 : 0 < im (m ^+ tau.+1) + im (m ^+ tau) by rewrite ltr_paddr.
  rewrite -(pmulr_lgt0 _ s0) -subr_sqr im_squares // addnn; apply: mulr_gt0 => //; exact: up.
have : im (- a) = 0 by rewrite im1 // rpredN gtr0_real.
rewrite -rootE; have -> : im ((r * m) ^+ tau * (r * m - 1)) =
    r ^+ tau * ((r - 1) * im (m ^+ tau.+1) + (im (m ^+ tau.+1) - im (m ^+ tau))).
  rewrite /im !(rmorphM, rmorphB, rmorphX) rmorph1 !exprMn (conj_Creal (gtr0_real r0)) !exprS.
  by move: (m^* ) (m ^+ tau) (m^* ^+ tau) (r ^+ tau) => n p q s; mcring C.
have pos : 0 < r ^+ tau * ((r - 1) * im (m ^+ tau.+1) + (im (m ^+ tau.+1) - im (m ^+ tau))).
  by apply: mulr_gt0; [exact: exprn_gt0|apply: ltr_paddl => //; apply: mulr_ge0 => //; exact: ltW].
by move=> z; move: pos; rewrite z ltxx.
Qed.

(* Below it every root is inside: 1.  C: the roots on a grid of a below a*; the limit of mu by bisection. *)
Theorem dy11_stale_inside w a l : first_root w -> 0 < a -> a < `|1 - w| -> l ^+ tau * (l - 1) + a = 0 -> `|l| < 1.
Proof.
move=> fr a0 a_lt root; rewrite real_ltNge ?normr_real ?real1 //; apply/negP => l1.
have r0 : 0 < `|l| := lt_le_trans ltr01 l1; have rn := lt0r_neq0 r0.
have lE : l = `|l| * (l / `|l|) by rewrite mulrCA divff ?mulr1.
set m := l / `|l|; have mm : m * m^* = 1 by rewrite -normCK /m normf_div normr_id divff ?expr1n.
have [up|down] := real_ge0P (im_real m).
  by move/eqP: root; rewrite lE -/m; apply/negP; apply: (upper_half fr).
have mm' : m^* * m^*^* = 1 by rewrite conjCK mulrC.
have down' : 0 <= im m^* by rewrite /im conjCK -opprB mulrN oppr_ge0 ltW.
have := upper_half fr a0 a_lt l1 mm' down'; move/negP; apply; apply/eqP.
have := congr1 (fun z => z^* ) root; rewrite rmorph0 {1 2}lE -/m !(rmorphD, rmorphM, rmorphX, rmorphN) rmorph1.
by rewrite (conj_Creal (gtr0_real a0)) (conj_Creal (gtr0_real r0)).
Qed.

End Stale.

(* There is such a w; for the delay 1, e^{i pi / 3} = 1/2 + i sqrt(3)/2. *)
Section Example.
Variable C : numClosedFieldType.
Add Ring C_ring2 : (comRing_ring C).

Lemma first_root_one : exists w : C, first_root 1 w.
Proof.
pose h : C := 2%:R^-1; pose s : C := sqrtC 3%:R; exists (h + 'i * (s * h)).
have h2 : h + h = 1 by rewrite /h [RHS]splitr mul1r.
have s2 : s * s = 3%:R by rewrite -expr2 sqrtCK.
have i2 : 'i * 'i = -1 :> C by rewrite -expr2 sqrCi.
have h0 : 0 < h by rewrite invr_gt0 ltr0n.
have s0 : 0 < s by rewrite sqrtC_gt0 ltr0n.
have sh : 0 < s * h by apply: mulr_gt0.
have im_w : 'Im (h + 'i * (s * h)) = s * h by rewrite Im_rect ?gtr0_real.
have sq : (h + 'i * (s * h)) ^+ 2 = (h + 'i * (s * h)) - 1.
  have -> : (h + 'i * (s * h)) ^+ 2 = h * h + 'i * s * h * (h + h) + ('i * 'i) * (s * s) * (h * h) by mcring C.
  rewrite i2 s2 h2; have z : (1 - (h + h)) * (1 + h) = 0 by rewrite h2 subrr mul0r.
  by apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite -[RHS]z; mcring C.
move: (h + 'i * (s * h)) im_w sq => w im_w sq; split.
  rewrite -[1.*2.+1]/(1 + 2)%N exprD expr1 sq mulrBr mulr1 -expr2 sq.
  by rewrite addrAC subrr add0r.
move=> [|[|[|j]]] //= _; first by rewrite expr1 im_w.
by rewrite sq raddfB /= im_w (Creal_ImP _ _) ?subr0 // real1.
Qed.

End Example.

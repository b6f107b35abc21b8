(* CP6.  Logistic regression, ones in col X, labelled linear SG at the logit: the SG-critical points with non-constant  *)
(* p are exactly p = t p_LS + c 1, p_LS the least-squares fit of y, (t, c) the two-parameter logistic regression of y   *)
(* on p_LS.  The link sigma enters only as a function R -> R, later as an increasing one with values in (0, 1).         *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section LogLoss.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (y : 'cV[R]_n) (sigma : R -> R).
Local Notation one := (const_mx 1 : 'cV[R]_n).
Add Ring R_ring : (comRing_ring R).
Implicit Types (w : 'cV[R]_d) (phi : 'cV[R]_(1 + 1 + 1)).

Definition logit_grad (p : 'cV[R]_n) : 'cV_n := \col_i (sigma (p i 0) - y i 0).                     (* g = sigma(p) - y *)
Definition net_dir w phi : 'cV_d := E X (sg X y w phi).                                                    (* E[x^T s] *)
Definition sg_dir w phi := E (reg X y w) (sg X y w phi - logit_grad (X *m w)).                       (* E[z^T (s - g)] *)
Definition sg_critical w := exists phi, net_dir w phi = 0 /\ sg_dir w phi = 0.
Definition constant (p : 'cV[R]_n) := exists a, p = a *: one.

(* y is 0 or 1, sigma an increasing function with values strictly between. *)
Hypothesis y01 : forall i, y i 0 = 0 \/ y i 0 = 1.
Hypothesis sigma01 : forall x, 0 < sigma x /\ sigma x < 1.
Hypothesis sigma_incr : forall u v, u < v -> sigma u < sigma v.

Variables (e wls : 'cV[R]_d).
Hypothesis ones : X *m e = one.
Hypothesis ls : E X (X *m wls - y) = 0.                                             (* p_LS = X wls is least squares *)
Hypothesis y_out : forall w, X *m w != y.
Local Notation p_LS := (X *m wls).

(* The two normal equations of the regression of y on a score p and a constant. *)
Definition normal2 (p : 'cV_n) (g : 'cV_n) := dot one g = 0 /\ dot p g = 0.

Lemma sgE w a b c : sg X y w (col_mx (col_mx a%:M b%:M) c%:M) = a *: (X *m w) + b *: y + c *: one.
Proof. by rewrite /sg !mul_row_col !mul_mx_scalar. Qed.

Lemma sg_dirP w phi (f := sg X y w phi - logit_grad (X *m w)) :
  sg_dir w phi = 0 <-> [/\ dot (X *m w) f = 0, dot y f = 0 & dot one f = 0].
Proof.
rewrite /sg_dir -/f; have toM (u : 'cV[R]_n) : u^T *m f = (dot u f)%:M.
  by apply/matrixP => i j; rewrite !ord1 dotE !mxE.
have M0 (x : R) : x%:M = 0 :> 'M_1 <-> x = 0.
  by split=> [/matrixP/(_ 0 0)|->]; rewrite ?raddf0 // !mxE.
split=> [/E_eq0|]; last first.
  by case=> a b c; apply/E_eq0; rewrite !tr_row_mx !mul_col_mx !toM a b c !raddf0 !col_mx0.
rewrite !tr_row_mx !mul_col_mx !toM -!col_mx0.
by move/eq_col_mx => [/eq_col_mx [/M0 ? /M0 ?] /M0 ?].
Qed.

Lemma orth w f : E X f = 0 -> dot (X *m w) f = 0.
Proof. by move/E_eq0 => f0; rewrite dotC dot_mulmx f0 dotC dot0r. Qed.

Lemma res_orth w : dot (X *m w) (y - p_LS) = 0.
Proof. by rewrite -opprB dotNr orth ?oppr0. Qed.

Lemma res_neq0 : y - p_LS != 0.
Proof. by rewrite subr_eq0 eq_sym y_out. Qed.

(* An increasing function of p that does not vary with p in the mean: p does not vary. *)
Lemma incr_ge0 u v : 0 <= (u - v) * (sigma u - sigma v).
Proof.
have [lt|gt|->] := ltrgtP u v; last by rewrite subrr mul0r.
  by rewrite mulr_le0 ?subr_le0 ?ltW ?sigma_incr.
by rewrite mulr_ge0 ?subr_ge0 ?ltW ?sigma_incr.
Qed.

Lemma incr_eq0 u v : (u - v) * (sigma u - sigma v) = 0 -> u = v.
Proof.
move/eqP; rewrite mulf_eq0 !subr_eq0 => /orP[/eqP//|/eqP eq_s].
by have [/sigma_incr|/sigma_incr|//] := ltrgtP u v; rewrite eq_s ltxx.
Qed.

(* With no correlation between p and y there is no non-constant solution of the two equations. *)
Lemma uncorrelated p k : dot p y = k * dot p one -> dot one y = k * dot one one ->
  normal2 p (logit_grad p) -> constant p.
Proof.
move=> py oy [og pg]; have [one0|one_neq0] := eqVneq one 0.
  exists 0; apply/colP => i; have /colP/(_ i) := one0; rewrite !mxE => /eqP; by rewrite oner_eq0.
have n0 : dot one one != 0 by rewrite -/(nrm2 _) nrm2_eq0.
pose th := dot p one / dot one one; pose s := \col_i sigma (p i 0).
have gE : logit_grad p = s - y by apply/colP => i; rewrite !mxE.
have os : dot one s = k * dot one one by rewrite -oy; apply/eqP; rewrite -subr_eq0 -dotNr -dotDr -gE og.
have ps : dot p s = k * dot p one by rewrite -py; apply/eqP; rewrite -subr_eq0 -dotNr -dotDr -gE pg.
have sum0 : \sum_i (p i 0 - th) * (sigma (p i 0) - sigma th) = 0.
  have -> : \sum_i (p i 0 - th) * (sigma (p i 0) - sigma th) = dot (p - th *: one) (s - sigma th *: one).
    by apply: eq_bigr => i _; rewrite !mxE !mulr1.
  have thE : th * dot one one = dot p one by rewrite /th divfK.
  rewrite dotDr dotNr dotZr !dotDl -!scaleNr !dotZl os ps -thE; move: (dot one one) (sigma th) => oo st.
  by mcring R.
exists th; apply/colP => i; rewrite !mxE mulr1; apply: incr_eq0; move: i isT.
by move/psumr_eq0P: sum0 => h i _; apply: h => // j _; apply: incr_ge0.
Qed.

(* y.g < 0: the labels are never orthogonal to the gradient. *)
Lemma y_g_neq0 p : dot y (logit_grad p) != 0.
Proof.
have [i /eqP yi] : exists i, y i 0 == 1.
  apply/existsP; apply: contraT; rewrite negb_exists => /forallP no; have := y_out 0.
  by rewrite mulmx0 => /eqP[]; apply/colP => i; rewrite mxE; case: (y01 i) (no i) => -> //; rewrite eqxx.
apply/eqP => yg0; have sum0 : \sum_j - (y j 0 * logit_grad p j 0) = 0 by rewrite sumrN -/(dot _ _) yg0 oppr0.
have term j : 0 <= - (y j 0 * logit_grad p j 0).
  by rewrite mxE; case: (y01 j) => ->; rewrite ?mul0r ?oppr0 // mul1r oppr_ge0 subr_le0 ltW ?(sigma01 _).2.
have /psumr_eq0P/(_ i isT)/eqP := sum0; rewrite mxE yi mul1r oppr_eq0 subr_eq0 lt_eqF ?(sigma01 _).2 //.
by move=> h; have := h (fun j _ => term j).
Qed.

(* C: the two-parameter regression against Newton's method on the joint equations and against the simulation. *)
Theorem cp6_reduction w : ~ constant (X *m w) ->
  sg_critical w <-> (exists t c, X *m w = t *: p_LS + c *: one) /\ normal2 p_LS (logit_grad (X *m w)).
Proof.
set p := X *m w; set g := logit_grad p => p_var; split=> [[phi []]|[[t [c pE]] [og lg]]].
  have -> : phi = col_mx (col_mx (usubmx (usubmx phi) 0 0)%:M (dsubmx (usubmx phi) 0 0)%:M) (dsubmx phi 0 0)%:M.
    by rewrite -!mx11_scalar !vsubmxK.
  move: (usubmx (usubmx phi) 0 0) (dsubmx (usubmx phi) 0 0) (dsubmx phi 0 0) => a b c net0 /sg_dirP; move: net0.
  rewrite /net_dir sgE -/p -/g => net0 [p_f y_f o_f].
  (* P_X s = 0: a p + b p_LS + c 1 = 0, so s = b (y - p_LS) *)
  have fit : a *: p + b *: p_LS + c *: one = 0.
    have -> : a *: p + b *: p_LS + c *: one = X *m (a *: w + b *: wls + c *: e).
      by rewrite !mulmxDr -!scalemxAr ones.
    apply: E_gram; rewrite !mulmxDr -!scalemxAr ones -/p -[RHS]net0.
    rewrite !EDr !EZr; congr (_ + _ *: _ + _).
    by have /eqP := ls; rewrite EDr ENr subr_eq0 => /eqP.
  have sE : a *: p + b *: y + c *: one = b *: (y - p_LS).
    by rewrite -[LHS]subr0 -fit scalerBr !opprD !addrA; move: (a *: p) (b *: y) (c *: one) (b *: p_LS) => A B C D; mxring R.
  rewrite sE in p_f y_f o_f.
  have perp v : dot (X *m v) (b *: (y - p_LS) - g) = 0 -> dot (X *m v) g = 0.
    by rewrite dotDr dotNr dotZr res_orth mulr0 add0r => /eqP; rewrite oppr_eq0 => /eqP.
  have pg : dot p g = 0 by apply: perp.
  have og : dot one g = 0 by rewrite -ones; apply: perp; rewrite ones.
  have b0 : b != 0.
    apply/eqP => b0; move: y_f; rewrite b0 scale0r sub0r dotNr => /eqP.
    by rewrite oppr_eq0 (negPf (y_g_neq0 _)).
  have a0 : a != 0.
    apply/eqP => a0; apply: p_var; move: fit; rewrite a0 scale0r add0r => fit.
    have lE : p_LS = (- (c / b)) *: one.
      by apply: (scalerI b0); rewrite scalerA mulrN mulrCA divff // mulr1 scaleNr; apply/eqP; rewrite -addr_eq0 fit.
    have yv v : dot (X *m v) y = - (c / b) * dot (X *m v) one.
      by rewrite -dotZr -lE; apply/eqP; rewrite -subr_eq0 -dotNr -dotDr res_orth.
    by apply: (@uncorrelated p (- (c / b))); [apply: yv|rewrite -{1 2}ones; apply: yv|].
  split.
    exists (- (b / a)), (- (c / a)); apply: (scalerI a0).
    apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite -[RHS]fit scalerDr !scalerA !mulrN ![a * (_ / a)]mulrCA divff // !mulr1.
    by move: (a *: p) p_LS => A B; mxring R.
  split=> //; have := congr1 (fun u => dot u g) fit; rewrite !dotDl !dotZl pg og !mulr0 add0r addr0 [dot 0 _]dotC dot0r.
  by move/eqP; rewrite mulf_eq0 (negPf b0) => /eqP.
have t0 : t != 0.
  by apply/eqP => t0; apply: p_var; exists c; rewrite pE t0 scale0r add0r.
pose be := dot (y - p_LS) g / nrm2 (y - p_LS).
exists (col_mx (col_mx (- (be / t))%:M be%:M) (be * c / t)%:M).
have sE : sg X y w (col_mx (col_mx (- (be / t))%:M be%:M) (be * c / t)%:M) = be *: (y - p_LS).
  have := divfK t0 be; rewrite sgE -/p pE (mulrAC be c); move: (be / t) => u <-.
  by move: p_LS => A; mxring R.
have pg : dot p g = 0 by rewrite pE dotDl !dotZl lg og !mulr0 addr0.
split; first by rewrite /net_dir sE EZr -opprB ENr ls oppr0 scaler0.
have o_res : dot one (y - p_LS) = 0 by rewrite -ones res_orth.
have fdot v : dot v (be *: (y - p_LS) - g) = be * dot v (y - p_LS) - dot v g by rewrite [LHS]dotDr dotNr dotZr.
apply/sg_dirP; rewrite sE -/p -/g !fdot res_orth pg og o_res !mulr0 subr0; split=> //.
have yE : y = p_LS + (y - p_LS) by rewrite addrC subrK.
have -> : dot y (y - p_LS) = nrm2 (y - p_LS) by rewrite {1}yE dotDl res_orth add0r.
have -> : dot y g = dot (y - p_LS) g by rewrite {1}yE [LHS]dotDl lg add0r.
by rewrite /be divfK ?subrr // nrm2_eq0 res_neq0.
Qed.

(* The sign of t, and of the SG's coefficients at such a point: s goes with the score and against the label.            *)
(* C: the predicted (alpha, beta, gamma) against those of the joint equations. *)
Theorem cp6_sign w t c : ~ constant (X *m w) -> X *m w = t *: p_LS + c *: one -> normal2 p_LS (logit_grad (X *m w)) ->
  0 < t /\ forall al be ga (phi := col_mx (col_mx al%:M be%:M) ga%:M), net_dir w phi = 0 -> sg_dir w phi = 0 -> be < 0 /\ 0 < al.
Proof.
set p := X *m w; set g := logit_grad p => p_var pE [og lg].
have one0 : dot one one != 0.
  rewrite -/(nrm2 _) nrm2_eq0; apply/eqP => one0; apply: p_var; exists 0; apply/colP => i.
  by have /colP/(_ i) := one0; rewrite !mxE => /eqP; rewrite oner_eq0.
pose centre (u : 'cV[R]_n) := u - (dot u one / dot one one) *: one.
have centred u : dot (centre u) one = 0 by rewrite dotDl -scaleNr dotZl mulNr divfK ?subrr.
have cp : centre p = t *: centre p_LS.
  rewrite /centre pE dotDl !dotZl mulrDl mulfK // scalerDl scalerBr scalerA -mulrA opprD addrACA subrr addr0.
  by [].
have pg : dot p g = 0 by rewrite pE dotDl !dotZl lg og !mulr0 addr0.
pose th := dot p one / dot one one; pose s := \col_i sigma (p i 0).
have gE : g = s - y by apply/colP => i; rewrite !mxE.
have cg : dot (centre p) g = 0 by rewrite dotDl -scaleNr dotZl pg og mulr0 addr0.
have cs : dot (centre p) s = t * nrm2 (centre p_LS).
  have -> : s = g + y by rewrite gE subrK.
  rewrite dotDr cg add0r cp dotZl; congr (_ * _).
  have cX : centre p_LS = X *m (wls - (dot p_LS one / dot one one) *: e) by rewrite mulmxBr -scalemxAr ones.
  have -> : y = centre p_LS + (dot p_LS one / dot one one) *: one + (y - p_LS) by rewrite subrK addrC subrK.
  have cr : dot (centre p_LS) (y - p_LS) = 0 by rewrite cX res_orth.
  by rewrite dotDr [dot _ (_ + _ *: _)]dotDr dotZr centred mulr0 addr0 cr addr0.
have pos : 0 < t * nrm2 (centre p_LS).
  have sumE : \sum_i (p i 0 - th) * (sigma (p i 0) - sigma th) = t * nrm2 (centre p_LS).
    rewrite -cs; have -> : dot (centre p) s = dot (centre p) (s - sigma th *: one).
      by rewrite dotDr dotNr dotZr centred mulr0 subr0.
    by apply: eq_bigr => i _; rewrite !mxE !mulr1.
  rewrite lt_def -sumE sumr_ge0 ?andbT => [|i _]; last exact: incr_ge0.
  apply/eqP => sum0; apply: p_var; exists th; apply/colP => i.
  rewrite [RHS]mxE [const_mx _ _ _]mxE mulr1; apply: incr_eq0; move: i isT.
  by move/psumr_eq0P: sum0 => h i _; apply: h => // j _; apply: incr_ge0.
have N0 : 0 < nrm2 (centre p_LS).
  rewrite lt_def nrm2_ge0 andbT; apply: contraTneq pos => ->; by rewrite mulr0 ltxx.
have t0 : 0 < t by rewrite -(pmulr_lgt0 _ N0).
split=> // al be ga phi; rewrite /net_dir /phi => net0 /sg_dirP; move: net0; rewrite sgE -/p -/g => net0 [p_f y_f o_f].
have fit : al *: p + be *: p_LS + ga *: one = 0.
  have -> : al *: p + be *: p_LS + ga *: one = X *m (al *: w + be *: wls + ga *: e).
    by rewrite !mulmxDr -!scalemxAr ones.
  apply: E_gram; rewrite !mulmxDr -!scalemxAr ones -/p -[RHS]net0.
  rewrite !EDr !EZr; congr (_ + _ *: _ + _).
  by have /eqP := ls; rewrite EDr ENr subr_eq0 => /eqP.
have sE : al *: p + be *: y + ga *: one = be *: (y - p_LS).
  by rewrite -[LHS]subr0 -fit scalerBr !opprD !addrA; move: (al *: p) (be *: y) (ga *: one) (be *: p_LS) => A B C D; mxring R.
have yg : dot y g < 0.
  rewrite lt_neqAle y_g_neq0 /= -oppr_ge0 /dot -sumrN; apply: sumr_ge0 => j _.
  by rewrite mxE; case: (y01 j) => ->; rewrite ?mul0r ?oppr0 // mul1r oppr_ge0 subr_le0 ltW ?(sigma01 _).2.
have be_lt0 : be < 0.
  have r0 : 0 < nrm2 (y - p_LS) by rewrite nrm2_gt0 res_neq0.
  have yy : dot y (y - p_LS) = nrm2 (y - p_LS).
    have {1}-> : y = p_LS + (y - p_LS) by rewrite addrC subrK.
    by rewrite dotDl res_orth add0r.
  move: y_f; rewrite sE dotDr dotNr dotZr yy => /eqP; rewrite subr_eq0 => /eqP byg.
  by rewrite -(pmulr_llt0 _ r0) byg.
split=> //; have := congr1 (dot (centre p_LS)) fit; rewrite !dotDr !dotZr centred mulr0 addr0 dot0r.
have self u : dot (centre p_LS) u = dot (centre p_LS) (centre u).
  by rewrite [in RHS]/centre dotDr dotNr dotZr centred mulr0 subr0.
rewrite (self p) (self p_LS) cp dotZr -/(nrm2 _) mulrA -mulrDl => /eqP.
rewrite mulf_eq0 [nrm2 _ == 0]gt_eqF // orbF addr_eq0 => /eqP alt.
by rewrite -(pmulr_lgt0 _ t0) alt oppr_gt0.
Qed.

(* Unique: the problem in (t, c) is convex.  C: the joint equations solved from several starts. *)
Theorem cp6_unique p1 p2 : (exists t c, p1 - p2 = t *: p_LS + c *: one) ->
  normal2 p_LS (logit_grad p1) -> normal2 p_LS (logit_grad p2) -> p1 = p2.
Proof.
move=> [t [c dE]] [o1 l1] [o2 l2]; have sum0 : \sum_i (p1 i 0 - p2 i 0) * (sigma (p1 i 0) - sigma (p2 i 0)) = 0.
  have -> : \sum_i (p1 i 0 - p2 i 0) * (sigma (p1 i 0) - sigma (p2 i 0)) =
            dot (p1 - p2) (logit_grad p1 - logit_grad p2).
    by apply: eq_bigr => i _; rewrite !mxE opprB addrA subrK.
  by rewrite dE dotDl !dotZl !dotDr !dotNr o1 o2 l1 l2 subrr !mulr0 addr0.
apply/colP => i; apply: incr_eq0; move: i isT.
by move/psumr_eq0P: sum0 => h i _; apply: h => // j _; apply: incr_ge0.
Qed.

(* A finite SG-critical point never separates the classes, not even weakly.  C: separation is detected first, and then  *)
(* no finite point is reported.                                                                                         *)
Theorem cp6_no_separation p th : ~ constant p -> normal2 p (logit_grad p) ->
  ~ (forall i, (y i 0 = 1 -> th <= p i 0) /\ (y i 0 = 0 -> p i 0 <= th)).
Proof.
move=> p_var [og pg] sep; apply: p_var; exists th; apply/colP => i; rewrite !mxE mulr1.
have term j : 0 <= - ((p j 0 - th) * logit_grad p j 0).
  have [s0 s1] := sigma01 (p j 0); rewrite mxE; case: (y01 j) => yj; rewrite yj ?subr0 oppr_ge0.
    by apply: mulr_le0_ge0; [rewrite subr_le0; apply: (sep j).2|apply: ltW].
  by apply: mulr_ge0_le0; [rewrite subr_ge0; apply: (sep j).1|rewrite subr_le0 ltW].
have sum0 : \sum_j - ((p j 0 - th) * logit_grad p j 0) = 0.
  rewrite sumrN; have -> : \sum_j (p j 0 - th) * logit_grad p j 0 = dot (p - th *: one) (logit_grad p).
    by apply: eq_bigr => j _; rewrite !mxE mulr1.
  by rewrite dotDl -scaleNr dotZl og pg mulr0 addr0 oppr0.
have /psumr_eq0P/(_ i isT)/eqP := sum0 => /(_ (fun j _ => term j)).
rewrite oppr_eq0 mulf_eq0 subr_eq0 => /orP[/eqP//|]; rewrite mxE subr_eq0 => /eqP sy.
by have [s0 s1] := sigma01 (p i 0); case: (y01 i) => yi; move: s0 s1; rewrite sy yi ltxx.
Qed.

End LogLoss.

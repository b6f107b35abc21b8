(* DY8, two layers, one SG: no real eigenvalue crosses zero (T1), and in the scalar case every eigenvalue has negative  *)
(* real part (Routh-Hurwitz).                                                                                           *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* The reduced flow of the C code (sg_closed_deep_reduced) for centred data, or none with a constant: u = d(W1 W2), v = W1 q (q = dA + W2 b),    *)
(* b = the error in B; S = E[x^T x], T = E[r^T r], P = W1 W2.                                                           *)
(* Over any ring: real, and complex for eigenvectors.                                                                   *)
Section Flow.
Variables (R : comRingType) (d k m : nat) (S : 'M[R]_d) (T : 'M[R]_m) (W1 : 'M[R]_(d, k)) (W2 : 'M[R]_(k, m)) (kappa : R).
Local Notation P := (W1 *m W2).
Implicit Types (u : 'M[R]_(d, m)) (v : 'M[R]_(d, k)) (b : 'M[R]_(m, k)).

Definition flow_u u v b := - (S *m u *m (W2^T *m W2)) - W1 *m W1^T *m S *m u - S *m v *m W2.
Definition flow_v u v b := W1 *m W1^T *m S *m u *m W2^T - kappa *: ((W1 *m W1^T + P *m P^T) *m S *m v) - kappa *: (P *m T *m b).
Definition flow_b u v b := - (u^T *m S *m W1) - kappa *: (P^T *m S *m v) - kappa *: (T *m b).

End Flow.

Section T1.
Variables (R : realFieldType) (d k m : nat) (S : 'M[R]_d) (T : 'M[R]_m) (W1 : 'M[R]_(d, k)) (W2 : 'M[R]_(k, m)) (kappa : R).
Local Notation P := (W1 *m W2).
Add Ring R_ring : (comRing_ring R).
Implicit Types (u : 'M[R]_(d, m)) (v : 'M[R]_(d, k)) (b : 'M[R]_(m, k)).

(* The inner product of matrices. *)
Definition ip p q (A B : 'M[R]_(p, q)) : R := \sum_j dot (col j A) (col j B).

Lemma ipE p q (A B : 'M[R]_(p, q)) : ip A B = \tr (A^T *m B).
Proof.
rewrite /ip /mxtrace; apply: eq_bigr => j _; rewrite dotE !mxE.
by apply: eq_bigr => i _; rewrite !mxE.
Qed.

Lemma ip_ge0 p q (A : 'M[R]_(p, q)) : 0 <= ip A A.
Proof. by apply: sumr_ge0 => j _; apply: nrm2_ge0. Qed.

Lemma ip_eq0 p q (A : 'M[R]_(p, q)) : ip A A = 0 -> A = 0.
Proof.
move/psumr_eq0P => h; apply/matrixP => i j.
have /eqP : nrm2 (col j A) = 0 by apply: h => // l _; apply: nrm2_ge0.
by rewrite nrm2_eq0 => /eqP/colP/(_ i); rewrite !mxE.
Qed.

Lemma ipC p q (A B : 'M[R]_(p, q)) : ip A B = ip B A.
Proof. by apply: eq_bigr => j _; rewrite dotC. Qed.
Lemma ipDr p q (A B C : 'M[R]_(p, q)) : ip A (B + C) = ip A B + ip A C.
Proof. by rewrite !ipE mulmxDr raddfD. Qed.
Lemma ipDl p q (A B C : 'M[R]_(p, q)) : ip (A + B) C = ip A C + ip B C.
Proof. by rewrite ipC ipDr ![ip C _]ipC. Qed.
Lemma ipZr p q a (A B : 'M[R]_(p, q)) : ip A (a *: B) = a * ip A B.
Proof. by rewrite !ipE -scalemxAr mxtraceZ. Qed.
Lemma ip0r p q (A : 'M[R]_(p, q)) : ip A 0 = 0.
Proof. by rewrite ipE mulmx0 mxtrace0. Qed.
Lemma ip_mull p q l (A : 'M[R]_(l, p)) (B : 'M[R]_(p, q)) C : ip (A *m B) C = ip B (A^T *m C).
Proof. by rewrite !ipE trmx_mul mulmxA. Qed.
Lemma ip_mulr p q l (A : 'M[R]_(p, q)) (B : 'M[R]_(q, l)) C : ip (A *m B) C = ip A (C *m B^T).
Proof. by rewrite !ipE trmx_mul -mulmxA mxtrace_mulC mulmxA. Qed.
Lemma ip_tr p q (A B : 'M[R]_(p, q)) : ip A^T B^T = ip A B.
Proof. by rewrite !ipE trmxK mxtrace_mulC -mxtrace_tr trmx_mul trmxK. Qed.

Hypothesis kappa_gt0 : 0 < kappa.
Hypothesis S_sym : S^T = S.
Hypothesis S_pos : forall q (A : 'M[R]_(d, q)), ip A (S *m A) = 0 -> A = 0.     (* S positive definite is enough *)
Hypothesis T_inj : forall q (A : 'M[R]_(m, q)), T *m A = 0 -> A = 0.                                 (* T nonsingular *)

(* T1.  On the range of (dW1, dW2, dPhi) -> (u, v, b) the reduced flow has no zero eigenvalue, for any S, T, widths     *)
(* and kappa > 0; so an eigenvalue can reach the imaginary axis only in a complex pair.                                 *)
(* C: the number of positive real eigenvalues is even in random instances, over thirteen values of kappa.              *)
Theorem dy8_T1 u v b U1 U2 q : u = U1 *m W2 + W1 *m U2 -> v = W1 *m q ->
  flow_u S W1 W2 u v b = 0 -> flow_v S T W1 W2 kappa u v b = 0 -> flow_b S T W1 W2 kappa u v b = 0 ->
  [/\ u = 0, v = 0 & b = 0].
Proof.
move=> uE vE u0 v0 b0; pose f := W1^T *m S *m u; pose A := f *m W2^T.
have fE : u^T *m S *m W1 = f^T by rewrite /f !trmx_mul trmxK S_sym mulmxA.
pose Y := kappa *: (W1^T *m S *m v).
(* v-equation minus P times b-equation *)
have WY : W1 *m (A + A^T) = W1 *m Y.
  have PA : P *m f^T = W1 *m A^T by rewrite [A^T](trmx_mul f) trmxK mulmxA.
  have WA : W1 *m W1^T *m S *m u *m W2^T = W1 *m A by rewrite /A /f !mulmxA.
  have key : W1 *m A + W1 *m A^T = kappa *: (W1 *m W1^T *m S *m v).
    have := congr2 (fun a c => a - P *m c) v0 b0; rewrite mulmx0 subr0 /flow_v /flow_b fE WA.
    have -> : P *m (- f^T - kappa *: (P^T *m S *m v) - kappa *: (T *m b)) =
        - (W1 *m A^T) - kappa *: (P *m P^T *m S *m v) - kappa *: (P *m T *m b).
      by rewrite !mulmxBr mulmxN PA -!scalemxAr !mulmxA.
    rewrite !mulmxDl scalerDr.
    move: (W1 *m A) (W1 *m A^T) (kappa *: _) (kappa *: _) (kappa *: _) => a c x y z e.
    by apply/eqP; rewrite -subr_eq0 -e; apply/eqP; mxring R.
  by rewrite mulmxDr key /Y -scalemxAr !mulmxA.
have half (x : R) : 2%:R^-1 * (x *+ 2) = x by rewrite -[x *+ 2]mulr_natl mulKf // pnatr_eq0.
have AY : ip A Y = 2%:R^-1 * ip (A + A^T) (A + A^T).
  have AE : A = W1^T *m (S *m u *m W2^T) by rewrite /A /f !mulmxA.
  have through B : ip A B = ip (S *m u *m W2^T) (W1 *m B) by rewrite {1}AE ip_mull trmxK.
  rewrite through -WY -through !ipDl !ipDr -[ip A^T A^T]ip_tr trmxK [ip A^T A]ipC.
  by rewrite addrA -[_ + _ + _ + _]addrA [ip A A^T + ip A A]addrC -mulr2n half.
(* W1^T times the u-equation, against f *)
have energy : ip A A + ip (W1 *m f) (W1 *m f) + kappa^-1 * ip A Y = 0.
  have := congr1 (fun z => ip f (- (W1^T *m z))) u0; rewrite mulmx0 oppr0 ip0r /flow_u.
  rewrite !mulmxBr mulmxN !opprD !opprK !ipDr => <-; congr (_ + _ + _).
  - by rewrite {1}/A ip_mulr trmxK /A /f !mulmxA.
  - by rewrite ip_mull /f !mulmxA.
  - rewrite /Y ipZr mulKf ?gt_eqF // /A ip_mulr trmxK !mulmxA; by [].
have [A0 Wf0 Ybar0] : [/\ A = 0, W1 *m f = 0 & A + A^T = 0].
  have k0 : 0 <= kappa^-1 * ip A Y by rewrite AY !mulr_ge0 ?invr_ge0 ?ler0n ?ip_ge0 // ltW.
  have a0 := ip_ge0 A; have w0 := ip_ge0 (W1 *m f).
  move/eqP: energy; rewrite !paddr_eq0 ?addr_ge0 // => /andP[/andP[/eqP/ip_eq0 A0 /eqP/ip_eq0 Wf0] _].
  by rewrite A0 raddf0 addr0.
have f0 : f = 0.
  by apply: ip_eq0; rewrite {1}/f -mulmxA ip_mull trmxK Wf0 ip0r.
have Y0 : Y = 0.
  apply: ip_eq0; have YE : Y = W1^T *m (kappa *: (S *m v)) by rewrite -scalemxAr mulmxA.
  by rewrite {1}YE ip_mull trmxK -WY Ybar0 mulmx0 ip0r.
have v_0 : v = 0.
  apply: S_pos; rewrite {1}vE ip_mull.
  have -> : W1^T *m (S *m v) = kappa^-1 *: Y by rewrite /Y scalerA mulVf ?gt_eqF // scale1r mulmxA.
  by rewrite Y0 scaler0 ip0r.
have SuW : S *m u *m W2^T = 0.
  apply: ip_eq0; rewrite ip_mulr trmxK -mulmxA.
  have := u0; rewrite /flow_u v_0 mulmx0 mul0mx subr0 -!mulmxA [W1^T *m _]mulmxA -/f Wf0 subr0 => /eqP.
  by rewrite oppr_eq0 !mulmxA => /eqP ->; rewrite ip0r.
have u_0 : u = 0.
  by apply: S_pos; rewrite {1}uE ipDl ip_mulr SuW ip0r ip_mull mulmxA -/f f0 ip0r addr0.
split=> //; apply: T_inj; have := b0; rewrite /flow_b u_0 v_0 trmx0 !(mul0mx, mulmx0, scaler0, oppr0, add0r, subr0, sub0r) => /eqP.
by rewrite oppr_eq0 scaler_eq0 gt_eqF //= => /eqP.
Qed.

End T1.

(* Routh-Hurwitz for a real cubic, in a field with complex numbers.  S = l + l^*, P = l l^*: for l not real,            *)
(* P = S^2 + a2 S + a1 and a0 = P (S + a2), which exceeds a1 a2 if S >= 0.                                              *)
Section RouthHurwitz.
Variable C : numClosedFieldType.
Add Ring C_ring : (comRing_ring C).

(* C: the cubic's coefficients and the eigenvalues, in random instances. *)
Theorem dy8_routh_hurwitz (a2 a1 a0 l : C) : 0 < a2 -> 0 < a1 -> 0 < a0 -> a0 < a2 * a1 ->
  l ^+ 3 + a2 * l ^+ 2 + a1 * l + a0 = 0 -> 'Re l < 0.
Proof.
move=> a2_gt0 a1_gt0 a0_gt0 rh root.
have conj0 : l^* ^+ 3 + a2 * l^* ^+ 2 + a1 * l^* + a0 = 0.
  have := congr1 (fun z => z^* ) root; rewrite !(rmorphD, rmorphX, rmorphM) /= rmorph0.
  by rewrite (conj_Creal (gtr0_real a2_gt0)) (conj_Creal (gtr0_real a1_gt0)) (conj_Creal (gtr0_real a0_gt0)).
have S_real : l + l^* \is Num.real by apply/CrealP; rewrite rmorphD /= conjCK addrC.
rewrite ReE pmulr_llt0 ?invr_gt0 ?ltr0n // real_ltNge ?real0 //; apply/negP => S_ge0.
have [l_real|l_neq] := eqVneq l^* l.
  have l_ge0 : 0 <= l by move: S_ge0; rewrite l_real -mulr2n pmulrn_lge0.
  suff : 0 < l ^+ 3 + a2 * l ^+ 2 + a1 * l + a0 by rewrite root ltxx.
  by rewrite ltr_paddl // !addr_ge0 ?exprn_ge0 ?mulr_ge0 ?exprn_ge0 // ltW.
have dl : l - l^* != 0 by rewrite subr_eq0 eq_sym.
move: (l^*) conj0 S_ge0 dl => k conj0 S_ge0 dl.
have PE : l * k = (l + k) ^+ 2 + a2 * (l + k) + a1.
  apply: (mulfI dl); have -> : (l - k) * (l * k) = (l - k) * ((l + k) ^+ 2 + a2 * (l + k) + a1) -
    ((l ^+ 3 + a2 * l ^+ 2 + a1 * l + a0) - (k ^+ 3 + a2 * k ^+ 2 + a1 * k + a0)) by mcring C.
  by rewrite root conj0 !subr0.
have a0E : a0 = l * k * (l + k + a2).
  apply: (mulfI dl); have -> : (l - k) * a0 = (l - k) * (l * k * (l + k + a2)) -
    (k * (l ^+ 3 + a2 * l ^+ 2 + a1 * l + a0) - l * (k ^+ 3 + a2 * k ^+ 2 + a1 * k + a0)) by mcring C.
  by rewrite root conj0 !mulr0 !subr0.
have : a2 * a1 <= a0.
  rewrite a0E PE -subr_ge0.
  have -> : ((l + k) ^+ 2 + a2 * (l + k) + a1) * (l + k + a2) - a2 * a1 =
            ((l + k) * (l + k) + a2 * (l + k)) * ((l + k) + a2) + a1 * (l + k) by mcring C.
  have a2_ge0 := ltW a2_gt0; have a1_ge0 := ltW a1_gt0; move: (l + k) S_ge0 => S S_ge0.
  by rewrite addr_ge0 ?mulr_ge0 ?addr_ge0 ?mulr_ge0.
by move=> /le_lt_trans/(_ rh); rewrite ltxx.
Qed.

(* One feature, one unit, one output: the reduced flow is a 3 x 3 matrix, real, here with eigenvectors (u, v, b) in C.  *)
(* s = E[x^2], rho = E[r^2] > 0, w1 != 0.  C: the cubic against dgeev of the reduced matrix, over kappa.                *)
Variables (s rho kappa w1 w2 : C).
Hypotheses (s_gt0 : 0 < s) (rho_gt0 : 0 < rho) (kappa_gt0 : 0 < kappa).
Hypotheses (w1_real : w1 \is Num.real) (w2_real : w2 \is Num.real) (w1_neq0 : w1 != 0).

Lemma scalar_hurwitz (t m l : C) (cc := s * (t + m)) (d1 := kappa * (s * t + rho + s * (t * m)))
    (d0 := kappa * kappa * s * t * rho) (a2 := d1 + cc) (a1 := d0 + d1 * cc + s * s * t * m)
    (a0 := d0 * cc + s * s * kappa * rho * (t * m *+ 2)) :
  0 < t -> 0 <= m -> l ^+ 3 + a2 * l ^+ 2 + a1 * l + a0 = 0 -> 'Re l < 0.
Proof.
move=> t_gt0 m_ge0 cubic.
have tm : 0 <= t * m by rewrite mulr_ge0 // ltW.
have st : 0 < s * t by rewrite mulr_gt0.
have s_tm : 0 <= s * (t * m) by rewrite mulr_ge0 // ltW.
have cc_gt0 : 0 < cc by apply: mulr_gt0 => //; apply: ltr_paddr.
have d1_gt0 : 0 < d1 by apply: mulr_gt0 => //; apply: ltr_paddr => //; apply: addr_gt0.
have d0_gt0 : 0 < d0 by do !apply: mulr_gt0.
have stm : 0 <= s * s * t * m by apply: mulr_ge0 => //; do !apply: mulr_ge0; apply: ltW.
apply: (dy8_routh_hurwitz _ _ _ _ cubic).
- exact: addr_gt0.
- by apply: ltr_paddr => //; apply: addr_gt0 => //; apply: mulr_gt0.
- apply: ltr_paddr; last exact: mulr_gt0.
  by do ![apply: mulr_ge0 | apply: mulrn_wge0] => //; apply: ltW.
- rewrite -subr_gt0.
  have -> : a2 * a1 - a0 = d1 * d0 + (d1 * d1 * cc + (kappa * (s * t + s * (t * m)) * (s * s * t * m) +
      (cc * (s * s * t * m) + (kappa * (s * t + s * (t * m)) * (cc * cc) +
       kappa * rho * (s * s) * (t * t + m * m + t * m))))).
    rewrite /a2 /a1 /a0 /d1 /d0 /cc; mcring C.
  have k := ltW kappa_gt0; have rr := ltW rho_gt0; have ss := ltW s_gt0; have tt := ltW t_gt0; have c0 := ltW cc_gt0; have d := ltW d1_gt0.
  apply: ltr_paddr; last exact: mulr_gt0.
  by do ![apply: addr_ge0 | apply: mulr_ge0].
Qed.

(* An eigenvalue of the reduced flow is a root of the cubic.                                                            *)
Lemma scalar_cubic (l u v b : C) (t := w1 * w1) (m := w2 * w2) (cc := s * (t + m))
    (d1 := kappa * (s * t + rho + s * (t * m))) (d0 := kappa * kappa * s * t * rho) (a2 := d1 + cc)
    (a1 := d0 + d1 * cc + s * s * t * m) (a0 := d0 * cc + s * s * kappa * rho * (t * m *+ 2)) : (u, v, b) != (0, 0, 0) ->
  - (s * u * (w2 * w2)) - w1 * w1 * s * u - s * v * w2 = l * u ->
  w1 * w1 * s * u * w2 - kappa * ((w1 * w1 + w1 * w2 * (w1 * w2)) * s * v) - kappa * (w1 * w2 * rho * b) = l * v ->
  - (u * s * w1) - kappa * (w1 * w2 * s * v) - kappa * (rho * b) = l * b ->
  l ^+ 3 + a2 * l ^+ 2 + a1 * l + a0 = 0.
Proof.
move=> nz /eqP; rewrite eq_sym -subr_eq0 => /eqP e1 /eqP; rewrite eq_sym -subr_eq0 => /eqP e2.
move=> /eqP; rewrite eq_sym -subr_eq0 => /eqP e3.
set F := _ + a0; pose D := l + kappa * (t + t * m) * s; pose I := l + kappa * rho.
pose A := l + s * m + t * s; pose B := s * w2; pose Cc := - (t * s * w2); pose FF := kappa * (w1 * w2 * rho).
pose G := s * w1; pose H := kappa * (w1 * w2 * s).
have z (x y w : C) : x * 0 + y * 0 + w * 0 = 0 by rewrite !mulr0 !addr0.
have Fu : F * u = 0.
  rewrite -(z (D * I - FF * H) (- (B * I)) (B * FF)) -{1}e1 -{1}e2 -{1}e3.
  rewrite /F /D /I /A /B /Cc /FF /G /H /a2 /a1 /a0 /d1 /d0 /cc /t /m; mcring C.
have Fv : F * v = 0.
  rewrite -(z (FF * G - Cc * I) (A * I) (- (A * FF))) -{1}e1 -{1}e2 -{1}e3.
  rewrite /F /D /I /A /B /Cc /FF /G /H /a2 /a1 /a0 /d1 /d0 /cc /t /m; mcring C.
have Fb : F * b = 0.
  rewrite -(z (Cc * H - D * G) (B * G - A * H) (A * D - B * Cc)) -{1}e1 -{1}e2 -{1}e3.
  rewrite /F /D /I /A /B /Cc /FF /G /H /a2 /a1 /a0 /d1 /d0 /cc /t /m; mcring C.
apply/eqP; apply: contraNT nz => F0.
move/eqP: Fu; move/eqP: Fv; move/eqP: Fb; rewrite !mulf_eq0 (negPf F0) /=.
by move=> /eqP -> /eqP -> /eqP ->.
Qed.

Theorem dy8_scalar_stable (l u v b : C) : (u, v, b) != (0, 0, 0) ->
  - (s * u * (w2 * w2)) - w1 * w1 * s * u - s * v * w2 = l * u ->
  w1 * w1 * s * u * w2 - kappa * ((w1 * w1 + w1 * w2 * (w1 * w2)) * s * v) - kappa * (w1 * w2 * rho * b) = l * v ->
  - (u * s * w1) - kappa * (w1 * w2 * s * v) - kappa * (rho * b) = l * b ->
  'Re l < 0.
Proof.
move=> nz e1 e2 e3; apply: (scalar_hurwitz _ _ (scalar_cubic nz e1 e2 e3)).
  by rewrite -expr2 lt_def expf_neq0 // real_exprn_even_ge0.
by rewrite -expr2 real_exprn_even_ge0.
Qed.

End RouthHurwitz.

(* CP7.  An SG of the loss's own form, s = sigma(p A + C) + y B + D: for two classes it is the gradient at every W, so   *)
(* every critical point is kept; on separable data there is none to keep.  For three classes no pointwise sigmoid is it. *)
(* exp enters as what is used of it: a positive function with exp(a - b) exp b = exp a.                                  *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Matching.
Variables (R : realFieldType) (exp : R -> R).
Hypotheses (exp_gt0 : forall x, 0 < exp x) (expB : forall a b, exp (a - b) * exp b = exp a).
Add Ring R_ring : (comRing_ring R).

Definition sigma x := exp x / (1 + exp x).
Definition sigmoid n m (P : 'M[R]_(n, m)) : 'M_(n, m) := map_mx sigma P.
Definition softmax n m (P : 'M[R]_(n, m)) : 'M_(n, m) := \matrix_(i, j) (exp (P i j) / \sum_l exp (P i l)).

(* The module: A, C inside the sigmoid, B, D outside. *)
Definition module n m (P Y : 'M[R]_(n, m)) (A B : 'M_m) (C D : 'rV_m) : 'M_(n, m) :=
  sigmoid (P *m A + const_mx 1 *m C) + Y *m B + (const_mx 1 : 'cV_n) *m D.

(* 1.  Logistic loss, g = sigma(p) - y.  C: max |s - g| at random weights. *)
Theorem cp7_logistic n (p y : 'M[R]_(n, 1)) : module p y 1%:M (- 1%:M) 0 0 = sigmoid p - y.
Proof. by rewrite /module !mulmx0 !addr0 mulmx1 mulmxN mulmx1. Qed.

(* Two-class softmax, g = q(p) - y: A = [[1, -1], [-1, 1]], B = -I. *)
Definition A2 : 'M[R]_2 := \matrix_(i, j) (if i == j then 1 else - 1).

Theorem cp7_softmax2 n (P Y : 'M[R]_(n, 2)) : module P Y A2 (- 1%:M) 0 0 = softmax P - Y.
Proof.
rewrite /module !mulmx0 !addr0 mulmxN mulmx1; congr (_ - _); apply/matrixP => i j; rewrite !mxE.
have two (a b : R) : exp (a - b) / (1 + exp (a - b)) = exp a / (exp a + exp b).
  have nz x : exp x != 0 by rewrite gt_eqF.
  have s x : 1 + exp x != 0 by rewrite gt_eqF // ltr_paddl ?ler01.
  have s2 : exp a + exp b != 0 by rewrite gt_eqF // addr_gt0.
  by apply/eqP; rewrite eqr_div // -(expB a b); apply/eqP; mcring R.
rewrite !big_ord_recl !big_ord0 /= !mxE !addr0.
have [-> | ->] : j = 0 \/ j = fintype.lift ord0 ord0.
  by case: j => [] [|[|//]] lt_j; [left|right]; apply: val_inj.
- by rewrite /= mulr1 mulrN1 /sigma two.
- by rewrite /= mulr1 mulrN1 [- _ + _]addrC /sigma two [exp (P i ord0) + _]addrC.
Qed.

(* So every critical point of the loss is SG-critical: the network's update vanishes, and so does that of any SG whose   *)
(* parameters move along E[(ds/dphi)^T (s - g)] (CP1).  The logistic case written out, K = ds/dphi per sample.           *)
Theorem cp7_no_gap n d q (X : 'M[R]_(n, d)) (y : 'M_(n, 1)) (K : 'M[R]_(n, q)) w
    (s := module (X *m w) y 1%:M (- 1%:M) 0 0) (g := sigmoid (X *m w) - y) :
  E X s = E X g /\ E K (s - g) = 0.
Proof. by rewrite /s cp7_logistic subrr E0r. Qed.

(* 3.  On separable data the loss has no critical point.  C: separable: a W has every sample on its side. *)
Theorem cp7_separable n d (X : 'M[R]_(n, d)) (y : 'M_(n, 1)) (v w : 'cV[R]_d) :
  (forall i, y i 0 = 0 \/ y i 0 = 1) ->
  (forall i, (y i 0 = 1 -> 0 <= (X *m v) i 0) /\ (y i 0 = 0 -> (X *m v) i 0 <= 0)) -> X *m v != 0 ->
  E X (sigmoid (X *m w) - y) != 0.
Proof.
move=> y01 sep v0; apply: contra_neq v0 => /E_eq0 g0.
have s01 x : 0 < sigma x /\ sigma x < 1.
  have e := exp_gt0 x; have e1 : 0 < 1 + exp x by rewrite ltr_paddl ?ler01.
  by rewrite /sigma divr_gt0 // ltr_pdivr_mulr // mul1r ltr_addr ltr01.
pose g i := sigma ((X *m w) i 0) - y i 0.
have term i : 0 <= - ((X *m v) i 0 * g i).
  rewrite /g oppr_ge0; have [s0 s1] := s01 ((X *m w) i 0); case: (y01 i) => yi; rewrite yi ?subr0.
    by apply: mulr_le0_ge0; [apply: (sep i).2|apply: ltW].
  by apply: mulr_ge0_le0; [apply: (sep i).1|rewrite subr_le0 ltW].
have sum0 : \sum_i - ((X *m v) i 0 * g i) = 0.
  rewrite sumrN; have -> : \sum_i (X *m v) i 0 * g i = (v^T *m (X^T *m (sigmoid (X *m w) - y))) 0 0.
    by rewrite mulmxA -trmx_mul mxE; apply: eq_bigr => i _; rewrite [_^T _ _]mxE [(_ - y) _ _]mxE [sigmoid _ _ _]mxE [(- y) _ _]mxE.
  by rewrite g0 mulmx0 mxE oppr0.
apply/colP => i; rewrite [RHS]mxE; have /psumr_eq0P/(_ i isT)/eqP := sum0 => /(_ (fun j _ => term j)).
rewrite oppr_eq0 mulf_eq0 => /orP[/eqP//|]; rewrite /g subr_eq0 => /eqP sy.
by have [s0 s1] := s01 ((X *m w) i 0); case: (y01 i) => yi; move: s0 s1; rewrite sy yi ltxx.
Qed.

(* 2.  Three classes: no sigma(a(p)) + b, a affine, is the first probability for all p, if exp is unbounded and not      *)
(* constant.  C: rms(s - g) of the SG trained alone at the optimum. *)
Hypothesis exp_unbounded : forall M, exists x, M < exp x.

Definition q1 (p1 p2 p3 : R) := exp p1 / (exp p1 + exp p2 + exp p3).

Theorem cp7_three_classes (a0 a1 a2 a3 b : R) :
  ~ (forall p1 p2 p3, q1 p1 p2 p3 = sigma (a0 + a1 * p1 + a2 * p2 + a3 * p3) + b).
Proof.
move=> same; have exp0 : exp 0 = 1.
  by apply: (mulIf (lt0r_neq0 (exp_gt0 0))); rewrite mul1r -{1}(subrr 0) expB.
have expD x y : exp (x + y) = exp x * exp y.
  by rewrite -(expB (x + y) y) addrK.
have expN x : exp (- x) = (exp x)^-1.
  by apply: (mulIf (lt0r_neq0 (exp_gt0 x))); rewrite mulVf ?gt_eqF // -expD addNr.
have s01 x : 0 < sigma x /\ sigma x < 1.
  have e := exp_gt0 x; have e1 : 0 < 1 + exp x by rewrite ltr_paddl ?ler01.
  by rewrite /sigma divr_gt0 // ltr_pdivr_mulr // mul1r ltr_addr ltr01.
have S_gt0 x y w : 0 < exp x + exp y + exp w by rewrite !addr_gt0.
(* b = 0: q1 comes near 0 and near 1. *)
have b0 : b = 0.
  apply/eqP; rewrite eq_le; apply/andP; split; rewrite leNgt; apply/negP => b_sign.
    have [x big] := exp_unbounded b^-1; have := same (- x) 0 0; rewrite /q1 exp0 expN => e.
    have : (exp x)^-1 / ((exp x)^-1 + 1 + 1) <= (exp x)^-1.
      have P := S_gt0 (- x) 0 0; rewrite exp0 expN in P.
      rewrite ler_pdivr_mulr // ler_pmulr ?invr_gt0 // ler_addr ltW // ltr_paddr ?ler01 ?invr_gt0 //.
    rewrite e leNgt => /negP[]; have [s0 _] := s01 (a0 + a1 * - x + a2 * 0 + a3 * 0).
    by apply: (@lt_trans _ _ b); [rewrite -[b]invrK ltf_pinv ?posrE ?invr_gt0|rewrite ltr_addr].
  have [x big] := exp_unbounded (- 2%:R / b); have := same x 0 0; rewrite /q1 exp0 => e.
  have [_ s1] := s01 (a0 + a1 * x + a2 * 0 + a3 * 0).
  have : exp x / (exp x + 1 + 1) < 1 + b by rewrite e ltr_add2r.
  have P := S_gt0 x 0 0; rewrite exp0 in P.
  rewrite ltr_pdivr_mulr // -subr_gt0.
  have -> : (1 + b) * (exp x + 1 + 1) - exp x = (exp x * b + 2%:R) + b * 2%:R by mcring R.
  have n1 : exp x * b + 2%:R < 0 by rewrite -ltr_subr_addr sub0r -ltr_ndivr_mulr.
  have n2 : b * 2%:R < 0 by rewrite pmulr_llt0 ?ltr0n.
  by move/lt_trans/(_ (ltr_add n1 n2)); rewrite addr0 ltxx.
have odds p1 p2 p3 : exp p2 + exp p3 = exp p1 * exp (- (a0 + a1 * p1 + a2 * p2 + a3 * p3)).
  have := same p1 p2 p3; rewrite b0 addr0 /q1 /sigma expN; set z := a0 + _ + _ + _ => /eqP.
  have z0 := exp_gt0 z; have e1 : 1 + exp z != 0 by rewrite gt_eqF // ltr_paddl ?ler01.
  rewrite (eqr_div _ _ (lt0r_neq0 (S_gt0 _ _ _)) e1) => /eqP e; apply: (mulIf (lt0r_neq0 z0)).
  rewrite mulfVK ?gt_eqF //; have : exp z * (exp p1 + exp p2 + exp p3) - exp p1 * exp z = exp p1 by rewrite -e; mcring R.
  by move=> <-; mcring R.
have [x big] := exp_unbounded 1; pose c := exp (- a0).
have f y w : exp y + exp w = c * exp (- (a2 * y)) * exp (- (a3 * w)).
  by have := odds 0 y w; rewrite exp0 mul1r mulr0 addr0 !opprD !expD.
have := f 0 0; have := f x 0; have := f (x + x) 0; rewrite !mulr0 !oppr0 exp0 !mulr1 mulrDr opprD !expD => f2 f1 f0.
have : (exp x + 1) ^+ 2 = (1 + 1) * (exp x * exp x + 1) by rewrite f2 f1 f0; mcring R.
move/eqP; rewrite -subr_eq0 -oppr_eq0.
have -> : - ((exp x + 1) ^+ 2 - (1 + 1) * (exp x * exp x + 1)) = (exp x - 1) ^+ 2 by mcring R.
by rewrite sqrf_eq0 subr_eq0 gt_eqF.
Qed.

End Matching.

(* DY2.  An SG that does not learn: the modes, the disc in which mu lambda a has to lie, and what the weights go to.      *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* W' = W - mu (S W A + F): S = E[x^T x], F = E[x^T y] B + E[x^T] C.  In any commutative ring, so for complex            *)
(* eigenvectors of A too.                                                                                               *)
Section Modes.
Variables (K : comRingType) (d m : nat) (S : 'M[K]_d) (A : 'M[K]_m) (F : 'M[K]_(d, m)) (mu : K).
Variables (W : nat -> 'M[K]_(d, m)) (Winf : 'M[K]_(d, m)).
Hypothesis run : forall t, W t.+1 = W t - mu *: (S *m W t *m A + F).
Hypothesis rest : S *m Winf *m A + F = 0.

(* 1.  A mode of S (v^T S = l v^T, S being symmetric) goes by powers of I - mu l A.  C: every mode of every step.        *)
Theorem dy2_mode (v : 'rV[K]_d) l t : v *m S = l *: v ->
  v *m (W t - Winf) = iter t (fun r => r *m (1%:M - (mu * l) *: A)) (v *m (W 0%N - Winf)).
Proof.
move=> eig; elim: t => [|t IH] //=; rewrite -IH run.
have -> : S *m W t *m A + F = S *m (W t - Winf) *m A.
  by rewrite -[LHS]subr0 -rest opprD addrACA subrr addr0 -mulmxBl -mulmxBr.
rewrite addrAC; move: (W t - Winf) => D; rewrite !mulmxBr mulmx1 -!scalemxAr !mulmxA eig -!scalemxAl.
by rewrite scalerA.
Qed.

(* On an eigenvector q of A with the eigenvalue a it is one number's powers.  C: the bisected limits. *)
Theorem dy2_pair (v : 'rV[K]_d) (q : 'cV[K]_m) l a t : v *m S = l *: v -> A *m q = a *: q ->
  v *m (W t - Winf) *m q = (1 - mu * l * a) ^+ t *: (v *m (W 0%N - Winf) *m q).
Proof.
move=> eig eigA; rewrite (dy2_mode t eig); move: (v *m _) => r.
elim: t => [|t IH] /=; first by rewrite expr0 scale1r.
rewrite -mulmxA mulmxBl mul1mx -scalemxAl eigA scalerA -{1}[q]scale1r -scalerBl -scalemxAr IH scalerA.
by rewrite exprS.
Qed.

End Modes.

(* 2.  |1 - x a| < 1 iff x |a|^2 < 2 Re a, for x = mu lambda > 0; so Re a > 0, and a smaller x will do where a larger     *)
(* one does.  At and beyond the limit the mode does not shrink.  C: nine rates in the left half plane all leave.        *)
Section Disc.
Variable C : numClosedFieldType.
Add Ring C_ring : (comRing_ring C).

Theorem dy2_disc (x a : C) : 0 < x -> (`|1 - x * a| < 1) = (x * `|a| ^+ 2 < 'Re a *+ 2).
Proof.
move=> x0; have xR := gtr0_real x0; rewrite -(@ltr_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?ler01 // expr1n.
rewrite [`|1 - _| ^+ 2]normCK rmorphB rmorph1 rmorphM (conj_Creal xR) normCK.
have -> : 'Re a *+ 2 = a + a^* by rewrite ReE -mulr_natr divfK ?pnatr_eq0.
rewrite -subr_gt0 -[in RHS]subr_gt0 -[in RHS](pmulr_rgt0 _ x0); congr (0 < _); move: (a^* ) => b; mcring C.
Qed.

Theorem dy2_half_plane (x a : C) : 0 < x -> `|1 - x * a| < 1 -> 0 < 'Re a /\ forall y, 0 < y -> y <= x -> `|1 - y * a| < 1.
Proof.
move=> x0; rewrite dy2_disc // => h; have h0 : 0 <= `|a| ^+ 2 by rewrite exprn_ge0.
split; first by rewrite -(pmulrn_lgt0 _ (isT : (0 < 2)%N)); apply: le_lt_trans h; rewrite mulr_ge0 // ltW.
by move=> y y0 yx; rewrite dy2_disc //; apply: le_lt_trans h; rewrite ler_wpmul2r.
Qed.

End Disc.

(* 3.  Where it rests: W* and w1 are least-squares fits of y and of 1. *)
Section Limit.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Variables (A B : 'M[R]_m) (C : 'rV[R]_m) (W Ws : 'M[R]_(d, m)) (w1 : 'cV[R]_d).
Local Notation one := (const_mx 1 : 'cV[R]_n).
Hypothesis ls : E X (X *m Ws - Y) = 0.
Hypothesis ls1 : E X (X *m w1 - one) = 0.
Hypothesis A_unit : A \in unitmx.

(* C: W at rest, mode by mode, against dgelsd. *)
Theorem dy2_limit : E X (X *m W *m A + Y *m B + one *m C) = 0 <-> X *m W = - (X *m Ws *m B + X *m w1 *m C) *m invmx A.
Proof.
have YE : E X Y = E X (X *m Ws) by apply/eqP; rewrite eq_sym -subr_eq0 -ENr -EDr ls.
have oE : E X one = E X (X *m w1) by apply/eqP; rewrite eq_sym -subr_eq0 -ENr -EDr ls1.
have -> : E X (X *m W *m A + Y *m B + one *m C) = E X (X *m (W *m A + Ws *m B + w1 *m C)).
  by rewrite !mulmxDr !mulmxA !EDr !EMr YE oE !EMr.
split=> [/E_gram z|WE]; last first.
  by rewrite !mulmxDr !mulmxA WE mulmxKV // -addrA addNr E0r.
apply: (can_inj (mulmxK A_unit)); rewrite mulmxKV //; apply/eqP; rewrite -addr_eq0.
by rewrite -z !mulmxDr !mulmxA addrA.
Qed.

(* With a ones column (X w1 = 1), on data where p* and 1 are independent: the rest is least squares iff B = -A, C = 0.   *)
Theorem dy2_unbiased : X *m w1 = one -> (forall (U : 'M_m) (v : 'rV_m), X *m Ws *m U + one *m v = 0 -> U = 0 /\ v = 0) ->
  E X (X *m W *m A + Y *m B + one *m C) = 0 -> X *m W = X *m Ws <-> B = - A /\ C = 0.
Proof.
move=> ones indep /dy2_limit WE; rewrite ones in WE; split=> [same|[BE C0]]; last first.
  by rewrite WE BE C0 mulmx0 addr0 mulmxN opprK mulmxK.
have [|AB ->] := indep (A + B) C.
  have := congr1 (fun M => M *m A) WE; rewrite mulmxKV // same => e.
  by rewrite mulmxDr e -addrA addNr.
by split=> //; apply/eqP; rewrite -addr_eq0 addrC AB.
Qed.

End Limit.

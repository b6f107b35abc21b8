(* DY6. One gradient step with a relative error rho < 1.                       *)
(* With dec s := eta s (1 - L eta s / 2), a step along g + e, |e| <= rho |g|, *)
(* lowers an L-smooth f by at least min (dec (1 - rho)) (dec (1 + rho)) |g|^2 *)
(* which is positive exactly on 0 < eta < 2 / (L (1 + rho)), and no larger    *)
(* constant works: on f = L/2 |.|^2 both terms of the min are attained.       *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Descent.
Variable R : realFieldType.
Add Ring R_ring : (comRing_ring R).

Section Rate.
Variables (L rho eta : R).
Hypotheses (L_gt0 : 0 < L) (rho_ge0 : 0 <= rho) (rho_lt1 : rho < 1).

Definition dec (s : R) : R := eta * s * (1 - L * eta * s / 2%:R).
Definition rate : R := Num.min (dec (1 - rho)) (dec (1 + rho)).

Lemma dec_gt0 s : 0 < s -> 0 < eta -> (0 < dec s) = (L * eta * s < 2%:R).
Proof.
move=> s0 eta0; rewrite /dec pmulr_rgt0 ?mulr_gt0 //.
by rewrite subr_gt0 ltr_pdivr_mulr ?mul1r // ltr0n.
Qed.

(* C: 1 % beyond this range of steps the search finds an error that makes f grow.     *)
Theorem dy6_rate_gt0 : 0 < eta -> (0 < rate) = (eta < 2%:R / (L * (1 + rho))).
Proof.
move=> eta0; have rp : 0 < 1 + rho by rewrite ltr_paddr ?ltr01.
have rm : 0 < 1 - rho by rewrite subr_gt0.
rewrite /rate lt_minr !dec_gt0 // ltr_pdivl_mulr ?mulr_gt0 //.
rewrite (mulrCA eta) mulrA andbC; case: ltP => // small /=.
apply: le_lt_trans small; rewrite ler_pmul2l ?mulr_gt0 //.
by rewrite ler_add2l ge0_cp.
Qed.

End Rate.

Lemma young n (g e : 'cV[R]_n) rho :
  0 <= rho -> nrm2 e <= rho ^+ 2 * nrm2 g -> `|dot g e| <= rho * nrm2 g.
Proof.
move=> rho_ge0 small; have [rho_gt0|] := ltP 0 rho; last first.
  move=> rho_le0; have rho0 : rho = 0 by apply/eqP; rewrite eq_le rho_le0.
  move: small; rewrite rho0 expr0n /= !mul0r => e0.
  have /eqP-> : e == 0 by rewrite -nrm2_eq0 eq_le e0 nrm2_ge0.
  by rewrite dot0r normr0.
have young1 s : s ^+ 2 = 1 -> - (s * dot g e) <= rho * nrm2 g.
  move=> s2; rewrite -(@ler_pmul2l _ (rho *+ 2)) ?pmulrn_lgt0 //.
  rewrite -subr_ge0; apply: le_trans (nrm2_ge0 ((s * rho) *: g + e)) _.
  rewrite nrm2D nrm2Z dotZl exprMn s2 mul1r -subr_ge0.
  rewrite -subr_ge0 in small; apply: (ge0_eq small); mcring R.
rewrite ler_norml ler_oppl; apply/andP; split.
  by have := young1 1; rewrite expr1n mul1r; apply.
by have := young1 (-1); rewrite sqrrN expr1n mulN1r opprK; apply.
Qed.

Lemma decE L eta s (h := L / 2%:R) :
  L = h + h /\ dec L eta s = eta * s * (1 - h * (eta * s)).
Proof.
split; last by rewrite /dec /h; mcring R.
by rewrite -mulr2n -[_ *+ 2]mulr_natr divfK // pnatr_eq0.
Qed.

Section Step.
Variables (n : nat) (f : 'cV[R]_n -> R) (x g e : 'cV[R]_n) (L rho eta : R).
Hypotheses (L_ge0 : 0 <= L) (rho_ge0 : 0 <= rho) (eta_ge0 : 0 <= eta).
Hypothesis smooth : forall v,
  f v <= f x + dot g (v - x) + L / 2%:R * nrm2 (v - x).
Hypothesis error : nrm2 e <= rho ^+ 2 * nrm2 g.

(* C: never exceeded by adversarial errors on quadratics with spectrum in [-L, L].    *)
Theorem dy6_descent :
  f (x - eta *: (g + e)) <= f x - rate L rho eta * nrm2 g.
Proof.
apply: le_trans (smooth _) _.
have -> : x - eta *: (g + e) - x = - (eta *: (g + e)) by rewrite addrAC subrr add0r.
rewrite dotNr nrm2N dotZr nrm2Z dotDr -/(nrm2 g) nrm2D.
have := young rho_ge0 error; rewrite ler_norml.
have := error; rewrite -[_ <= rho ^+ 2 * _]subr_ge0; set G := nrm2 g; set D := dot g e; set E := nrm2 e.
move=> E_small /andP[D_ge D_le].
have G_ge0 : 0 <= G by apply: nrm2_ge0.
set h := L / 2%:R; have h_ge0 : 0 <= h by rewrite divr_ge0 ?ler0n.
(* The slack left by the rate of one sign, s = rho or s = - rho. *)
have slack s : s ^+ 2 = rho ^+ 2 -> rate L rho eta <= dec L eta (1 + s) ->
    0 <= eta * (1 - L * eta) * (D - s * G) ->
    f x + - (eta * (G + D)) + h * (eta ^+ 2 * (G + D *+ 2 + E)) <=
    f x - rate L rho eta * G.
  move=> s2 rate_le D_slack; apply: (@le_trans _ _ (f x - dec L eta (1 + s) * G)).
    have sum_ge0 :=
      addr_ge0 D_slack (mulr_ge0 (mulr_ge0 h_ge0 (sqr_ge0 eta)) E_small).
    rewrite -subr_ge0; apply: (ge0_eq sum_ge0); rewrite -s2.
    have [L2 ->] := decE L eta (1 + s); rewrite [in RHS]L2 -/h; mcring R.
  by rewrite ler_add2l ler_opp2 ler_wpmul2r.
have [small|/ltW large] := leP (L * eta) 1.
- apply: (slack (- rho)); rewrite ?sqrrN // ?/rate ?le_minl ?lexx //.
  by rewrite !mulr_ge0 ?subr_ge0 // mulNr.
- apply: (slack rho); rewrite ?/rate ?le_minl ?lexx ?orbT //.
  by rewrite -mulrA mulr_ge0 // mulr_le0 ?subr_le0.
Qed.

End Step.

(* On a scalar quadratic the step with error s g achieves dec (1 + s) exactly, *)
(* so neither term of the min, nor the step range, can be improved.           *)
(* C: the one-dimensional instance, attained to rounding.                              *)
Theorem dy6_attained n (x : 'cV[R]_n) L eta s
    (f := fun v : 'cV[R]_n => L / 2%:R * nrm2 v) (g := L *: x) :
  f (x - eta *: (g + s *: g)) = f x - dec L eta (1 + s) * nrm2 g.
Proof.
have -> : x - eta *: (g + s *: g) = (1 - eta * (1 + s) * L) *: x.
  by rewrite /g scalerA -scalerDl scalerA scalerBl scale1r; congr (_ - _ *: _); mcring R.
rewrite /f /g !nrm2Z; have [L2 ->] := decE L eta (1 + s).
move: (L / 2%:R) L2 => h ->; mcring R.
Qed.

End Descent.

(* DY1.  Gradient descent on linear regression: every mode goes its own way, the null space stays, the rest contracts.   *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* A symmetric matrix between two numbers, a |v|^2 <= v.(S v) <= b |v|^2 for all v: then I - mu S shrinks by the larger  *)
(* of |1 - mu a| and |1 - mu b|, squared.  No eigenvectors are needed.                                                  *)
Section Between.
Variables (R : realFieldType) (d : nat).
Implicit Types (A S : 'M[R]_d) (u v : 'cV[R]_d).
Add Ring R_ring : (comRing_ring R).

Lemma form_cs A u v : A^T = A -> (forall w, 0 <= dot w (A *m w)) ->
  dot u (A *m v) ^+ 2 <= dot u (A *m u) * dot v (A *m v).
Proof.
move=> A_sym A_ge0; set a := dot u (A *m u); set b := dot u (A *m v); set c := dot v (A *m v).
have bE : dot v (A *m u) = b by rewrite dot_mulmx A_sym dotC.
have form x y : 0 <= x ^+ 2 * a + (x * y * b) *+ 2 + y ^+ 2 * c.
  have := A_ge0 (x *: u + y *: v); rewrite mulmxDr -!scalemxAr !dotDl !dotDr !dotZl !dotZr bE -/a -/b -/c.
  by move/ge0_eq; apply; mcring R.
have a0 : 0 <= a by apply: A_ge0.
have c_ge0 : 0 <= c by apply: A_ge0.
move: a b c form a0 c_ge0 {bE} => a b c form a0 c_ge0; have [c0|c0] := eqVneq c 0; last first.
  have c_gt0 : 0 < c by rewrite lt_def c0.
  by rewrite -subr_ge0 -(pmulr_rge0 _ c_gt0); apply: (ge0_eq (form c (- b))); mcring R.
have := form (b *+ 2) (- (a + 1)); rewrite c0 !mulr0 addr0 => h.
have neg : 0 <= - (b ^+ 2 *+ 4) by apply: (ge0_eq h); mcring R.
by rewrite -(pmulrn_lle0 _ (isT : (0 < 4)%N)) -oppr_ge0.
Qed.

Lemma form_sq A c v : A^T = A -> (forall w, 0 <= dot w (A *m w)) -> (forall w, dot w (A *m w) <= c * nrm2 w) ->
  nrm2 (A *m v) <= c * dot v (A *m v).
Proof.
move=> A_sym A_ge0 A_le; set u := A *m v; have [->|u0] := eqVneq u 0; first by rewrite {1}/nrm2 !dot0r mulr0.
have u_gt0 : 0 < nrm2 u by rewrite nrm2_gt0.
have vAu : dot v (A *m u) = nrm2 u by rewrite dot_mulmx A_sym.
have := form_cs v u A_sym A_ge0; rewrite vAu -/u => cs; rewrite -(ler_pmul2r u_gt0) -expr2; apply: le_trans cs _.
by rewrite [c * _]mulrC -mulrA; apply: ler_wpmul2l; [apply: A_ge0|apply: A_le].
Qed.

Variables (S : 'M[R]_d) (a b : R).
Hypotheses (S_sym : S^T = S) (lower : forall v, a * nrm2 v <= dot v (S *m v)).
Hypothesis upper : forall v, dot v (S *m v) <= b * nrm2 v.

Lemma between_sq v : nrm2 (S *m v) <= (a + b) * dot v (S *m v) - a * b * nrm2 v.
Proof.
pose A := S - a%:M; have AE w : A *m w = S *m w - a *: w by rewrite mulmxBl mul_scalar_mx.
have Adot w : dot w (A *m w) = dot w (S *m w) - a * nrm2 w by rewrite AE dotDr dotNr dotZr.
have A_sym : A^T = A by rewrite linearB /= S_sym tr_scalar_mx.
have A0 w : 0 <= dot w (A *m w) by rewrite Adot subr_ge0.
have Ab w : dot w (A *m w) <= (b - a) * nrm2 w by rewrite Adot mulrBl ler_add2r.
have := form_sq v A_sym A0 Ab; rewrite -subr_ge0.
have -> : dot v (A *m v) = dot v (S *m v) - a * nrm2 v by rewrite Adot.
rewrite AE nrm2D nrm2N nrm2Z dotNr dotZr [dot (S *m v) v]dotC -[in X in _ -> X]subr_ge0.
by move/ge0_eq; apply; mcring R.
Qed.

Lemma step_shrinks mu rho v : 0 <= mu -> (1 - mu * a) ^+ 2 <= rho -> (1 - mu * b) ^+ 2 <= rho -> a <= b ->
  nrm2 (v - mu *: (S *m v)) <= rho * nrm2 v.
Proof.
move=> mu0 ra rb ab; rewrite nrm2D nrm2N nrm2Z dotNr dotZr; set q := dot v (S *m v); set N := nrm2 v.
have N0 : 0 <= N by apply: nrm2_ge0.
have qa : 0 <= q - a * N by rewrite subr_ge0 lower.
have qb : 0 <= b * N - q by rewrite subr_ge0 upper.
have sq : nrm2 (S *m v) <= (a + b) * q - a * b * N by apply: between_sq.
(* 1 - 2 mu x + mu^2 (a + b) x - mu^2 a b is linear in x = q / N and at x = a, b it is (1 - mu a)^2, (1 - mu b)^2.       *)
pose f x y := y - mu * x *+ 2 + mu ^+ 2 * ((a + b) * x - a * b * y).
apply: (@le_trans _ _ (f q N)).
  rewrite /f; have := ler_wpmul2l (sqr_ge0 mu) sq; rewrite -subr_ge0 => h; rewrite -subr_ge0.
  by apply: (ge0_eq h); mcring R.
have [ab0|ab_neq] := eqVneq a b.
  have qE : q = a * N by apply/eqP; rewrite -subr_eq0 eq_le qa andbT -oppr_ge0 opprB {1}ab0.
  by apply: le_trans (ler_wpmul2r N0 ra); rewrite /f qE -ab0 le_eqVlt; apply/orP; left; apply/eqP; mcring R.
have ba : 0 < b - a by rewrite subr_gt0 lt_neqAle ab_neq.
rewrite -subr_ge0 -(pmulr_rge0 _ ba); rewrite -subr_ge0 in ra; rewrite -subr_ge0 in rb.
have h := addr_ge0 (mulr_ge0 qb ra) (mulr_ge0 qa rb).
by apply: (ge0_eq h); rewrite /f; mcring R.
Qed.

End Between.

Section Modes.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)) (mu : R).
Variables (W : nat -> 'M[R]_(d, m)) (Ws : 'M[R]_(d, m)).
Add Ring R_ring1 : (comRing_ring R).
Local Notation S := (E X X).
Hypothesis run : forall t, W t.+1 = W t - mu *: loss_grad X Y (W t).
Hypothesis ls : loss_grad X Y Ws = 0.                                                   (* a least-squares solution *)

(* The error moves by itself.  No hypothesis on the rank of X. *)
Theorem dy1_error t : W t.+1 - Ws = (1%:M - mu *: S) *m (W t - Ws).
Proof.
rewrite run; have -> : loss_grad X Y (W t) = S *m (W t - Ws).
  by rewrite -[LHS]subr0 -ls /loss_grad -ENr -EDr /grad opprB addrA subrK -mulmxBr EMr.
by rewrite mulmxBl mul1mx -scalemxAl addrAC.
Qed.

(* 1.  Each mode, v an eigenvector of S_x.  C: every mode of every step. *)
Theorem dy1_mode (v : 'cV[R]_d) l t : S *m v = l *: v ->
  v^T *m (W t - Ws) = (1 - mu * l) ^+ t *: (v^T *m (W 0%N - Ws)).
Proof.
move=> eig; have eigT : v^T *m S = l *: v^T.
  by rewrite -[S]E_tr -trmx_mul eig linearZ.
elim: t => [|t IH]; first by rewrite expr0 scale1r.
rewrite dy1_error mulmxA; move: (W t - Ws) IH => D IH; rewrite mulmxBr mulmx1 -scalemxAr eigT scalerA -{1}[v^T]scale1r -scalerBl -scalemxAl IH.
by rewrite scalerA exprS.
Qed.

(* 2.  The null space of X keeps what the start has there.  C: the null-space part of every step. *)
Theorem dy1_null_space (v : 'cV[R]_d) t : X *m v = 0 -> v^T *m W t = v^T *m W 0%N.
Proof.
move=> Xv; elim: t => // t IH; rewrite run mulmxBr IH -scalemxAr.
have -> : v^T *m loss_grad X Y (W t) = 0 by rewrite /loss_grad -EMl Xv /E trmx0 mul0mx scaler0.
by rewrite scaler0 subr0.
Qed.

(* 2, 5.  On what the data see (a subspace V that S_x keeps, where its spectrum is between a and b: the row space of X, *)
(* or any sum of eigenspaces) the squared distance shrinks by rho in every step, rho the larger of (1 - mu a)^2 and     *)
(* (1 - mu b)^2; W* is taken with W_0 - W* in V.  C: rest against dgelsd.                                               *)
Theorem dy1_contracts r (V : 'M[R]_(d, r)) (T : 'M[R]_r) a b rho (c0 : 'M[R]_(r, m)) :
  V^T *m V = 1%:M -> S *m V = V *m T -> (forall u, a * nrm2 u <= dot u (T *m u)) ->
  (forall u, dot u (T *m u) <= b * nrm2 u) -> a <= b -> 0 <= mu -> (1 - mu * a) ^+ 2 <= rho -> (1 - mu * b) ^+ 2 <= rho ->
  W 0%N - Ws = V *m c0 -> forall t j, nrm2 (col j (W t - Ws)) <= rho ^+ t * nrm2 (col j (W 0%N - Ws)).
Proof.
move=> VV SV lo up ab mu0 ra rb start t j.
have T_sym : T^T = T.
  have TE : T = V^T *m S *m V by rewrite -mulmxA SV mulmxA VV mul1mx.
  by rewrite TE !trmx_mul trmxK mulmxA E_tr.
have [c [cE cn]] : exists c : 'M[R]_(r, m), W t - Ws = V *m c /\ nrm2 (col j c) <= rho ^+ t * nrm2 (col j c0).
  elim: t => [|t [c [cE cn]]]; first by exists c0; rewrite expr0 mul1r.
  exists (c - mu *: (T *m c)); rewrite dy1_error cE mulmxBl mul1mx -scalemxAl mulmxA SV mulmxBr -scalemxAr mulmxA.
  split=> //; have -> : col j (c - mu *: (T *m c)) = col j c - mu *: (T *m col j c).
    by rewrite !colE mulmxBl -scalemxAl mulmxA.
  apply: le_trans (step_shrinks T_sym lo up _ mu0 ra rb ab) _.
  by rewrite exprS -mulrA ler_wpmul2l // (le_trans (sqr_ge0 _) ra).
have iso (u : 'cV[R]_r) : nrm2 (V *m u) = nrm2 u by rewrite /nrm2 dot_mulmx mulmxA VV mul1mx.
have colV (e : 'M[R]_(r, m)) : col j (V *m e) = V *m col j e by rewrite !colE mulmxA.
by rewrite cE start !colV !iso.
Qed.

(* 3.  Of all least-squares solutions, the one with W_0 - W* in the rows of X is the nearest to the start. *)
Theorem dy1_nearest A U : W 0%N - Ws = X^T *m A -> loss_grad X Y U = 0 -> forall j,
  nrm2 (col j (W 0%N - Ws)) <= nrm2 (col j (W 0%N - U)).
Proof.
move=> rows U_opt j; have XU : X *m (Ws - U) = 0.
  by apply: E_gram; rewrite mulmxBr -[X *m Ws](subrK Y) -[X *m U](subrK Y) opprD addrACA subrr addr0 EDr ENr
    -!/(loss_grad X Y _) ls U_opt subrr.
have -> : col j (W 0%N - U) = col j (X^T *m A) + col j (Ws - U).
  by rewrite -rows; apply/colP => i; rewrite !mxE addrA subrK.
rewrite rows nrm2D; have -> : dot (col j (X^T *m A)) (col j (Ws - U)) = 0.
  by rewrite !colE -mulmxA dotC dot_mulmx trmxK mulmxA XU mul0mx dotC dot0r.
by rewrite mul0rn addr0 ler_addl nrm2_ge0.
Qed.

(* 4.  At mu >= 2 / l a mode that the start has does not shrink, and beyond it grows without bound (Bernoulli).          *)
Theorem dy1_diverges (v : 'cV[R]_d) l t j (c := fun t => (v^T *m (W t - Ws)) 0 j) : S *m v = l *: v -> 2%:R <= mu * l ->
  `|c t| >= (1 + t%:R * (mu * l - 2%:R)) * `|c 0%N|.
Proof.
move=> eig big; have -> : c t = (1 - mu * l) ^+ t * c 0%N by rewrite /c (dy1_mode t eig) [LHS]mxE.
rewrite normrM normrX ler_wpmul2r ?normr_ge0 //.
have x0 : 0 <= mu * l - 2%:R by rewrite subr_ge0.
have -> : `|1 - mu * l| = 1 + (mu * l - 2%:R).
  by rewrite distrC ger0_norm ?subr_ge0 ?(le_trans _ big) ?ler1n //; mcring R.
move: (mu * l - 2%:R) x0 => x x0; elim: t => [|t IH]; first by rewrite mul0r addr0 expr0.
rewrite exprS; apply: le_trans (ler_wpmul2l (addr_ge0 ler01 x0) IH); rewrite -subr_ge0.
have h : 0 <= t%:R * (x * x) by rewrite !mulr_ge0 ?ler0n.
by apply: (ge0_eq h); rewrite -[t.+1%:R]/(1 *+ t.+1) mulrSr; mcring R.
Qed.

End Modes.

(* 5.  No rate does better than 2 / (a + b) on a spectrum with the ends a and b.  C: the rate called fastest. *)
Section Fastest.
Variable R : realFieldType.
Add Ring R_ring2 : (comRing_ring R).

Theorem dy1_fastest (a b mu : R) (rho := (b - a) / (b + a)) : 0 < a -> a <= b ->
  rho <= Num.max `|1 - mu * a| `|1 - mu * b| /\
  `|1 - 2%:R / (b + a) * a| = rho /\ `|1 - 2%:R / (b + a) * b| = rho.
Proof.
move=> a0 ab; have b0 := lt_le_trans a0 ab; have s0 : 0 < b + a by apply: addr_gt0.
have r0 : 0 <= rho by rewrite divr_ge0 ?subr_ge0 // ltW.
split; last first.
  have one : 1 = (b + a) / (b + a) by rewrite divff // gt_eqF.
  split; first by rewrite {1}one mulrAC -mulrBl (_ : b + a - 2%:R * a = b - a) ?ger0_norm // mulr_natl mulr2n opprD addrA addrK.
  rewrite {1}one mulrAC -mulrBl (_ : b + a - 2%:R * b = - (b - a)) ?mulNr ?normrN ?ger0_norm //.
  by rewrite mulr_natl mulr2n opprB opprD addrACA subrr add0r addrC.
rewrite le_maxr; have [le1|gt1] := leP (mu * (b + a)) 2%:R.
  apply/orP; left; apply: le_trans (ler_norm _); rewrite ler_pdivr_mulr // -subr_ge0.
  have h : 0 <= a * (2%:R - mu * (b + a)) by rewrite mulr_ge0 ?subr_ge0 // ltW.
  by apply: (ge0_eq h); mcring R.
apply/orP; right; rewrite -normrN opprB; apply: le_trans (ler_norm _); rewrite ler_pdivr_mulr // -subr_ge0.
have h : 0 <= b * (mu * (b + a) - 2%:R) by rewrite mulr_ge0 ?subr_ge0 // ltW.
by apply: (ge0_eq h); mcring R.
Qed.

End Fastest.

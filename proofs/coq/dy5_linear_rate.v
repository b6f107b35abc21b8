(* DY5. Conditional convergence of linear SG training.        *)
(* If along the run every module step contracts |eps|^2 by 1 - 2 delta and    *)
(* keeps (a - 1)^2 <= M, then every main step up to mu_hi, which delta, M and *)
(* |X|^2 alone determine, makes V - |r*|^2 converge linearly.                 *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram one_output dy5_line_search.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Rate.
Variable R : realFieldType.
Add Ring R_ring : (comRing_ring R).

(* The scalar core. x = |X^T r|^2, E = |eps|^2 before and E' after the module *)
(* step, q and ze the directions in which r and eps move.                     *)
Lemma one_step_scalar (x E E' Q Z rq ez K M t de mu : R) :
  0 <= x -> 0 <= E -> 0 <= K -> 0 <= M -> 0 < t -> 0 <= de -> 0 <= mu ->
  0 <= rq *+ 2 - x + K * E ->
  0 <= K * (x + K * E) *+ 2 - Q ->
  0 <= M * Q - Z ->
  0 <= t ^+ 2 * E' + t * ez *+ 2 + Z ->
  0 <= E - de * E *+ 2 - E' ->
  0 <= t - M * K *+ 8 ->
  0 <= 1 - mu * (1 + M) * K *+ 8 ->
  0 <= de *+ 2 - mu * (K *+ 3 + t *+ 2) ->
  (E' - mu * (rq *+ 2 + ez *+ 2) + mu ^+ 2 * (Q + Z)) *+ 2 <=
  (E - de * E) *+ 2 - mu * x.
Proof.
move=> x0 E0 K0 M0 t0 de0 mu0 rq_ge Q_le Z_le young E'_le t_ge mu_le1 mu_le2.
have y0 : 0 <= x + K * E by rewrite addr_ge0 ?mulr_ge0.
have E'E : 0 <= E - E'.
  have := addr_ge0 E'_le (mulrn_wge0 2 (mulr_ge0 de0 E0)).
  by move/ge0_eq; apply; mcring R.
have ez_ge : 0 <= ez *+ 8 + t * E *+ 4 + (x + K * E).
  rewrite -(pmulr_rge0 _ t0).
  have p1 := mulrn_wge0 4 (addr_ge0 young (addr_ge0 Z_le (mulr_ge0 M0 Q_le))).
  have p2 := mulrn_wge0 4 (mulr_ge0 (sqr_ge0 t) E'E).
  apply: (ge0_eq (addr_ge0 p1 (addr_ge0 p2 (mulr_ge0 t_ge y0)))); mcring R.
have QZ_le : 0 <= x + K * E - mu * (Q + Z) *+ 4.
  have M1 : 0 <= 1 + M by rewrite addr_ge0 ?ler01.
  have p1 := mulrn_wge0 4 (mulr_ge0 mu0 (addr_ge0 Z_le (mulr_ge0 M1 Q_le))).
  apply: (ge0_eq (addr_ge0 p1 (mulr_ge0 mu_le1 y0))); mcring R.
rewrite -subr_ge0 -(pmulrn_lge0 _ (ltn0Sn 1)).
have p1 := mulrn_wge0 4 (addr_ge0 E'_le (mulr_ge0 mu0 rq_ge)).
have p2 := mulr_ge0 mu0 (addr_ge0 ez_ge QZ_le).
have p3 := mulrn_wge0 2 (mulr_ge0 mu_le2 E0).
apply: (ge0_eq (addr_ge0 p1 (addr_ge0 p2 p3))); mcring R.
Qed.

Variables n d : nat.
Variables (X : 'M[R]_(n, d)) (y : 'cV[R]_n).
Local Notation state := ('cV[R]_d * 'cV[R]_(1 + 1 + 1))%type.
Local Notation r z := (grad X y z.1).
Local Notation err z := (err X y z).
Local Notation step := (iter_simultaneous X y).

(* The coefficient of p in the module's error. *)
Definition slope_err (z : state) : R := (z.2 - phi_true R) (lshift 1 (lshift 1 0)) 0.

Lemma slope_errE v (phi : 'cV[R]_(1 + 1 + 1)) :
  row_mx (row_mx v 0) 0 *m phi = phi (lshift 1 (lshift 1 0)) 0 *: v :> 'cV_n.
Proof.
rewrite -[in LHS](vsubmxK phi) -[usubmx phi]vsubmxK !mul_row_col !mul0mx !addr0.
by rewrite [usubmx _]mx11_scalar mul_mx_scalar !mxE.
Qed.

(* The contraction follows from the line search on a regressor matrix whose   *)
(* Gram matrix has its nonzero spectrum in [s, KA].                           *)
Lemma line_search_contract nu z s KA (A := design X y z.1) :
  line_search X y nu z -> 0 < KA ->
  (forall u, nrm2 (A *m u) <= KA * nrm2 u) ->
  (forall u, s * nrm2 (A *m u) <= nrm2 (A^T *m (A *m u))) ->
  nrm2 (err (module_step X y nu z)) <= (1 - s / KA) * nrm2 (err z).
Proof.
move=> nu_opt KA_gt0 A_le A_ge; pose h := A^T *m err z.
apply: le_trans (nu_opt KA^-1) _; rewrite err_module_step -/A -/h nrm2_step.
rewrite dot_mulmx -/h -[dot h h]/(nrm2 h).
have low : s * nrm2 (err z) <= nrm2 h by rewrite /h errE.
have up := A_le h; rewrite -subr_ge0 in low; rewrite -subr_ge0 in up.
have tKA : KA^-1 * KA = 1 by rewrite mulVf // gt_eqF.
have t_ge0 : 0 <= KA^-1 by rewrite invr_ge0 ltW.
have := addr_ge0 (mulr_ge0 t_ge0 low) (mulr_ge0 t_ge0 (mulr_ge0 t_ge0 up)).
move: (KA^-1) tKA => t tKA slack; rewrite -subr_ge0; apply: (ge0_eq slack).
have -> : t * (t * (KA * nrm2 h - nrm2 (A *m h))) =
          (t * KA) * t * nrm2 h - t ^+ 2 * nrm2 (A *m h) by mcring R.
by rewrite tKA; mcring R.
Qed.

Variables K M t de mu_hi sigma : R.
Hypothesis K_ge0 : 0 <= K.
Hypothesis XK : forall u, nrm2 (X *m u) <= K * nrm2 u.
Hypothesis XTK : forall v, nrm2 (X^T *m v) <= K * nrm2 v.
Hypotheses (M_ge0 : 0 <= M) (de_ge0 : 0 <= de).
Hypotheses (t_gt0 : 0 < t) (t_ge : M * K *+ 8 <= t).
Hypothesis mu_hi1 : mu_hi * ((1 + M) * K *+ 8) <= 1.
Hypothesis mu_hi2 : mu_hi * (K *+ 3 + t *+ 2) <= de *+ 2.

(* C: V along the run (figure); the hypotheses are reported (smallest mu, smallest singular value of Z), not assumed.   *)
Theorem dy5_one_step nu mu z (z' := module_step X y nu z) :
  0 <= mu -> mu <= mu_hi ->
  nrm2 (err z') <= (1 - de *+ 2) * nrm2 (err z) -> slope_err z' ^+ 2 <= M ->
  V X y (step nu mu z) *+ 2 <=
  (V X y z - de * nrm2 (err z)) *+ 2 - mu * nrm2 (X^T *m r z).
Proof.
move=> mu_ge0 mu_le contract bounded; rewrite /iter_simultaneous -/z'.
set s := module X y z; pose q := X *m (X^T *m s); pose ze := slope_err z' *: q.
have -> : V X y (main_step X mu s z') = nrm2 (r z) +
    (nrm2 (err z') - mu * (dot (r z) q *+ 2 + dot (err z') ze *+ 2) +
     mu ^+ 2 * (nrm2 q + nrm2 ze)).
  rewrite /V grad_main_step err_main_step slope_errE -/q -/ze !nrm2_step.
  by rewrite -[r z']/(r z); mcring R.
rewrite mulrnDl [X in _ <= X](_ : _ = nrm2 (r z) *+ 2 +
  ((nrm2 (err z) - de * nrm2 (err z)) *+ 2 - mu * nrm2 (X^T *m r z))); last first.
  by rewrite /V; mcring R.
rewrite ler_add2l.
have s_re : s = r z + err z by rewrite addrC subrK.
have XTs : X^T *m s = X^T *m r z + X^T *m err z by rewrite s_re mulmxDr.
have rq : dot (r z) q = dot (X^T *m r z) (X^T *m s) by rewrite /q dot_mulmx.
have XTe := XTK (err z); rewrite -subr_ge0 in XTe.
apply: (@one_step_scalar _ _ _ _ _ _ _ K M t); rewrite ?nrm2_ge0 //.
- rewrite rq XTs dotDr -/(nrm2 _).
  have := nrm2_ge0 (X^T *m r z + X^T *m err z).
  by rewrite (nrm2D (X^T *m r z)) => /(addr_ge0 XTe)/ge0_eq; apply; mcring R.
- have QK := XK (X^T *m s); rewrite -/q -subr_ge0 XTs in QK.
  have par := nrm2_ge0 (X^T *m r z - X^T *m err z).
  rewrite (nrm2D (X^T *m r z)) in QK.
  rewrite (nrm2D (X^T *m r z)) dotNr nrm2N in par.
  have p2 := mulrn_wge0 2 (mulr_ge0 K_ge0 XTe).
  have := addr_ge0 QK (addr_ge0 (mulr_ge0 K_ge0 par) p2).
  by move/ge0_eq; apply; mcring R.
- by rewrite /ze nrm2Z -mulrBl mulr_ge0 ?nrm2_ge0 // subr_ge0.
- have := nrm2_ge0 (t *: err z' + ze); rewrite nrm2D nrm2Z dotZl.
  by move/ge0_eq; apply; mcring R.
- rewrite -subr_ge0 in contract; apply: (ge0_eq contract); mcring R.
- by rewrite subr_ge0.
- rewrite subr_ge0 -mulrA -mulrnAr; apply: le_trans mu_hi1.
  by rewrite ler_wpmul2r // mulrn_wge0 // mulr_ge0 // addr_ge0 ?ler01.
- rewrite subr_ge0; apply: le_trans mu_hi2; rewrite ler_wpmul2r //.
  by rewrite addr_ge0 ?mulrn_wge0 // ltW.
Qed.

(* The excess of V over its least possible value, and its linear decrease.    *)
Variable ws : 'cV[R]_d.
Hypothesis ws_opt : normal_eqs X y ws.
Hypothesis sigma_low : forall u, sigma * nrm2 (X *m u) <= nrm2 (X^T *m (X *m u)).

Definition excess (z : state) : R := nrm2 (X *m (z.1 - ws)) + nrm2 (err z).

Lemma grad_split (z : state) : r z = grad X y ws + X *m (z.1 - ws).
Proof. by rewrite mulmxBr addrC -/(out X ws) /grad /out addrA subrK. Qed.

Lemma excessE z : V X y z = nrm2 (grad X y ws) + excess z.
Proof.
rewrite /V /excess addrA; congr (_ + _).
rewrite grad_split nrm2D dot_mulmx (_ : X^T *m grad X y ws = 0) //.
by rewrite [dot 0 _]dotC dot0r mul0rn addr0.
Qed.

Lemma XTrE (z : state) : X^T *m r z = X^T *m (X *m (z.1 - ws)).
Proof.
by rewrite grad_split mulmxDr (_ : X^T *m grad X y ws = 0) ?add0r.
Qed.

(* C: the same. *)
Theorem dy5_excess_step nu mu z (z' := module_step X y nu z) c :
  c <= de -> c *+ 2 <= mu * sigma -> 0 <= mu -> mu <= mu_hi ->
  nrm2 (err z') <= (1 - de *+ 2) * nrm2 (err z) -> slope_err z' ^+ 2 <= M ->
  excess (step nu mu z) <= (1 - c) * excess z.
Proof.
move=> c_de c_mu mu_ge0 mu_le contract bounded.
have := dy5_one_step mu_ge0 mu_le contract bounded.
rewrite XTrE !excessE -subr_ge0; move: (excess (step nu mu z)) => ex'.
rewrite /excess => dec.
have low := sigma_low (z.1 - ws); rewrite -subr_ge0 in low.
rewrite -subr_ge0 in c_de; rewrite -subr_ge0 in c_mu.
have E0 := nrm2_ge0 (err z); have P0 := nrm2_ge0 (X *m (z.1 - ws)).
have p1 := addr_ge0 dec (mulr_ge0 mu_ge0 low).
have p2 := addr_ge0 (mulrn_wge0 2 (mulr_ge0 c_de E0)) (mulr_ge0 c_mu P0).
rewrite -subr_ge0 -(pmulrn_lge0 _ (ltn0Sn 1)).
apply: (ge0_eq (addr_ge0 p1 p2)); mcring R.
Qed.

(* Along a whole run.  C: the same. *)
Theorem dy5_linear_rate (z : nat -> state) (nu mu : nat -> R) c :
  0 <= c -> c <= 1 -> c <= de ->
  (forall k, z k.+1 = step (nu k) (mu k) (z k)) ->
  (forall k, [/\ 0 <= mu k, mu k <= mu_hi & c *+ 2 <= mu k * sigma]) ->
  (forall k, let z' := module_step X y (nu k) (z k) in
     nrm2 (err z') <= (1 - de *+ 2) * nrm2 (err (z k)) /\
     slope_err z' ^+ 2 <= M) ->
  forall k, excess (z k) <= (1 - c) ^+ k * excess (z 0%N).
Proof.
move=> c_ge0 c_le1 c_de zS mu_ok run; elim=> [|k IH]; first by rewrite expr0 mul1r.
have [mu_ge0 mu_le c_mu] := mu_ok k; have [contract bounded] := run k.
rewrite zS; apply: le_trans (dy5_excess_step c_de c_mu mu_ge0 mu_le contract bounded) _.
by rewrite exprS -mulrA ler_wpmul2l // subr_ge0.
Qed.

End Rate.

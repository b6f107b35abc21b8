(* DY5. Linear regression, linear synthetic gradient, line search on  *)
(* the module: unless the state is already a solution, every small enough     *)
(* main step mu > 0 strictly lowers V = |r|^2 + |eps|^2, where r = X w - y is *)
(* the true gradient at the output and eps = s - r the module's error.        *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require shallow.
From SG Require Import mcring gram one_output.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section LineSearch.
Variable R : realFieldType.
Add Ring R_ring : (comRing_ring R).

(* A quadratic that starts below V, or at V with negative slope, stays below. *)
Lemma small_step (V al be ga : R) : al < V \/ al = V /\ be < 0 ->
  exists2 m0, 0 < m0 & forall m, 0 < m -> m <= m0 ->
    al + m * be + m ^+ 2 * ga < V.
Proof.
have pos (x : R) : 0 < `|x| + 1 by rewrite ltr_paddl ?ltr01.
case=> [alV|[-> be_lt0]]; last first.
  exists (- be / (`|ga| + 1)) => [|m m_gt0]; first by rewrite divr_gt0 ?oppr_gt0.
  rewrite ler_pdivl_mulr // mulrDr mulr1 => m_le.
  rewrite -addrA gtr_addl expr2 -mulrA -mulrDr pmulr_rlt0 // -ltr_subr_addl sub0r.
  apply: lt_le_trans m_le; apply: (@le_lt_trans _ _ (m * `|ga|)).
    by rewrite ler_pmul2l // ler_norm.
  by rewrite ltr_addl.
pose D := `|be| + `|ga| + 1; have D_gt0 : 0 < D by rewrite ltr_paddl ?ltr01 ?addr_ge0.
exists (Num.min 1 ((V - al) / D)) => [|m m_gt0].
  by rewrite lt_minr ltr01 divr_gt0 // subr_gt0.
rewrite le_minr ler_pdivl_mulr // => /andP[m_le1 m_le].
rewrite -addrA -ltr_subr_addl; apply: lt_le_trans m_le.
rewrite expr2 -mulrA -mulrDr ltr_pmul2l // /D.
apply: (@le_lt_trans _ _ (`|be| + `|ga|)); last by rewrite ltr_addl ltr01.
apply: ler_add; first exact: ler_norm.
apply: le_trans (ler_norm _) _; rewrite normrM (gtr0_norm m_gt0).
by rewrite ler_pimull.
Qed.

Variables n d : nat.
Variables (X : 'M[R]_(n, d)) (y : 'cV[R]_n).


(* A state is the weights w and the module's parameters phi = (a b c)^T. *)
Local Notation state := ('cV[R]_d * 'cV[R]_(1 + 1 + 1))%type.
Local Notation A z := (design X y z.1).
Local Notation r z := (grad X y z.1).
Definition phi_true : 'cV[R]_(1 + 1 + 1) := params 1 (-1) 0.
Definition module (z : state) : 'cV[R]_n := A z *m z.2.
Definition err (z : state) : 'cV[R]_n := module z - r z.
Definition V (z : state) : R := nrm2 (r z) + nrm2 (err z).

(* The module's step is along the gradient of |eps|^2 / 2 in phi. *)
Definition module_step (nu : R) (z : state) : state :=
  (z.1, z.2 - nu *: ((A z)^T *m err z)).
(* Exact: no other rate lowers |eps|^2 further. *)
Definition line_search (nu : R) (z : state) :=
  forall t, nrm2 (err (module_step nu z)) <= nrm2 (err (module_step t z)).

(* The network's step is along X^T s; s may be the prediction of any state:   *)
(* the old one (simultaneous updates) or the new one (module first).          *)
Definition main_step (mu : R) (s : 'cV[R]_n) (z : state) : state :=
  (z.1 - mu *: (X^T *m s), z.2).
Definition iter_simultaneous nu mu z :=
  main_step mu (module z) (module_step nu z).
Definition iter_module_first nu mu z :=
  main_step mu (module (module_step nu z)) (module_step nu z).

(* The simultaneous iteration is the step of shallow.v, its rates n times these (sums here, means there).               *)
(* C: the step that the simulator takes.                                                                                *)
Theorem dy5_is_the_step nu mu z : (0 < n)%N ->
  iter_simultaneous nu mu z = shallow.step X y (n%:R * mu) (n%:R * nu) z.
Proof.
move=> n_gt0; rewrite /iter_simultaneous /shallow.step /shallow.pair_step /shallow.net_dir /shallow.sg_dir /shallow.E.
by rewrite !scalerA ![n%:R * _]mulrC !mulfK ?pnatr_eq0 -?lt0n.
Qed.

Definition solution (z : state) := normal_eqs X y z.1 /\ err z = 0.

Lemma errE z : err z = A z *m (z.2 - phi_true).
Proof. by rewrite mulmxBr /phi_true designE sg_true. Qed.

Lemma err_module_step nu z :
  err (module_step nu z) = err z - nu *: (A z *m ((A z)^T *m err z)).
Proof. by rewrite errE /= [z.2 - _ - _]addrAC mulmxBr -errE -scalemxAr. Qed.

Lemma err_eq0 z : (A z)^T *m err z = 0 -> err z = 0.
Proof. by rewrite errE => /gram_ker1. Qed.

Lemma grad_main_step mu s z :
  r (main_step mu s z) = r z - mu *: (X *m (X^T *m s)).
Proof. by rewrite /grad /out mulmxBr -scalemxAr addrAC. Qed.

Lemma err_main_step mu s z
    (D := row_mx (row_mx (X *m (X^T *m s)) 0) 0 : 'M_(n, 1 + 1 + 1)) :
  err (main_step mu s z) = err z - mu *: (D *m (z.2 - phi_true)).
Proof.
rewrite !errE scalemxAl -mulmxBl /=; congr (_ *m _).
rewrite /design /D !scale_row_mx !scaler0 !opp_row_mx !add_row_mx !oppr0 !addr0.
by rewrite /out mulmxBr -scalemxAr.
Qed.

Lemma nrm2_step m t (u v : 'cV[R]_m) :
  nrm2 (u - t *: v) = nrm2 u + t * - (dot u v *+ 2) + t ^+ 2 * nrm2 v.
Proof.
rewrite nrm2D dotNr nrm2N nrm2Z dotZr; congr (_ + _ + _).
by rewrite mulNrn -mulrnAr mulrN.
Qed.

(* The hypothesis of the theorems below can always be met. *)
Lemma line_search_exists z : exists nu, line_search nu z.
Proof.
pose v := A z *m ((A z)^T *m err z).
have [v0|v_neq0] := eqVneq v 0.
  by exists 0 => t; rewrite !err_module_step -/v v0 !scaler0.
have v_gt0 : 0 < nrm2 v by rewrite nrm2_gt0.
pose nu := dot (err z) v / nrm2 v; exists nu => t.
rewrite !err_module_step -/v; set u := err z - nu *: v.
have -> : err z - t *: v = u - (t - nu) *: v.
  by rewrite /u scalerBl opprB addrA subrK.
have uv : dot u v = 0.
  by rewrite dotDl dotC -scaleNr dotZl dotC mulNr divfK ?subrr ?gt_eqF.
by rewrite nrm2_step uv mul0rn oppr0 mulr0 addr0 ler_addl mulr_ge0 ?sqr_ge0
           ?nrm2_ge0.
Qed.

Lemma line_search_decrease nu z :
  line_search nu z -> err z != 0 ->
  nrm2 (err (module_step nu z)) < nrm2 (err z).
Proof.
move=> nu_opt e_neq0; pose h := (A z)^T *m err z.
have h_gt0 : 0 < nrm2 h.
  by rewrite nrm2_gt0; apply: contra_neq e_neq0; apply: err_eq0.
have := @small_step (nrm2 (err z)) (nrm2 (err z)) (- (nrm2 h *+ 2))
                    (nrm2 (A z *m h)).
case=> [|t t_gt0 /(_ t t_gt0 (lexx t))].
  by right; rewrite oppr_lt0 pmulrn_lgt0.
apply: le_lt_trans; rewrite -[nrm2 h]/(dot ((A z)^T *m err z) h) -dot_mulmx.
by rewrite -nrm2_step -err_module_step.
Qed.

Lemma V_decrease nu s z :
  line_search nu z -> ~ solution z -> (err z = 0 -> s = r z) ->
  exists2 m0, 0 < m0 & forall mu, 0 < mu -> mu <= m0 ->
    V (main_step mu s (module_step nu z)) < V z.
Proof.
move=> nu_opt not_sol s_true; set z' := module_step nu z.
pose D := row_mx (row_mx (X *m (X^T *m s)) 0) 0 : 'M[R]_(n, 1 + 1 + 1).
pose q := X *m (X^T *m s); pose ze := D *m (z'.2 - phi_true).
pose be := - (dot (r z) q *+ 2) - dot (err z') ze *+ 2.
have expand mu : V (main_step mu s z') =
    nrm2 (r z) + nrm2 (err z') + mu * be + mu ^+ 2 * (nrm2 q + nrm2 ze).
  rewrite /V grad_main_step err_main_step !nrm2_step -/q -/D -/ze.
  by rewrite -[r z']/(r z) /be; mcring R.
suff start : nrm2 (r z) + nrm2 (err z') < V z \/
             nrm2 (r z) + nrm2 (err z') = V z /\ be < 0.
  have [m0 m0_gt0 small] := small_step (nrm2 q + nrm2 ze) start.
  by exists m0 => // mu mu_gt0 mu_le; rewrite expand; apply: small.
have [e0|e_neq0] := eqVneq (err z) 0; last first.
  by left; rewrite ltr_add2l line_search_decrease.
have e'0 : err z' = 0 by rewrite err_module_step e0 !mulmx0 scaler0 subrr.
right; rewrite /V e0 e'0; split=> //.
rewrite /be e'0 [dot 0 _]dotC dot0r mul0rn subr0 oppr_lt0 pmulrn_lgt0 // /q.
rewrite s_true // dot_mulmx -/(nrm2 _) nrm2_gt0; apply/eqP => XTr0.
by apply: not_sol; split.
Qed.

(* C: V falls strictly in every step until it is at rounding level, 100 data sets.    *)
Theorem dy5_decrease_simultaneous nu z :
  line_search nu z -> ~ solution z ->
  exists2 m0, 0 < m0 & forall mu, 0 < mu -> mu <= m0 ->
    V (iter_simultaneous nu mu z) < V z.
Proof.
move=> nu_opt not_sol; apply: V_decrease => // e0.
by apply/eqP; rewrite -subr_eq0 -/(err z) e0.
Qed.

(* C: not run; the case takes simultaneous steps.                                      *)
Theorem dy5_decrease_module_first nu z :
  line_search nu z -> ~ solution z ->
  exists2 m0, 0 < m0 & forall mu, 0 < mu -> mu <= m0 ->
    V (iter_module_first nu mu z) < V z.
Proof.
move=> nu_opt not_sol; apply: V_decrease => // e0.
apply/eqP; rewrite -subr_eq0 -[r z]/(r (module_step nu z)) -/(err _).
by rewrite err_module_step e0 !mulmx0 scaler0 subrr.
Qed.

(* Solutions are fixed points of both iterations, whatever the steps. *)
(* C: the final weights against LAPACK's least squares.                                *)
Theorem dy5_solution_fixed nu mu z :
  solution z -> iter_simultaneous nu mu z = z /\ iter_module_first nu mu z = z.
Proof.
case=> w_opt e0; have step0 : module_step nu z = z.
  by case: z e0 {w_opt} => w phi e0; rewrite /module_step e0 mulmx0 scaler0 subr0.
have s_true : module z = r z by apply/eqP; rewrite -subr_eq0 -/(err z) e0.
rewrite /iter_simultaneous /iter_module_first step0 s_true /main_step w_opt.
by rewrite scaler0 subr0; case: (z).
Qed.

End LineSearch.

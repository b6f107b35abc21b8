(* DY12.  The two updates of a step one after the other, in either order, or at once: one spectrum at a noisy fixed      *)
(* point, another for the simultaneous order at a realizable one; how much an error may grow first.                     *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram frob shallow dy3_joint_spectrum dy4_fixed_line.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* 1.  The order of two updates does not change the spectrum, for any two Jacobians.                                    *)
(* C: the two sequential spectra agree on realizable samples too. *)
Theorem dy12_sequential_spectrum (K : idomainType) n (N S : 'M[K]_n) : char_poly (N *m S) = char_poly (S *m N).
Proof.
pose P (A : 'M[K]_n) : 'M[{poly K}]_n := map_mx polyC A.
apply: (@mulfI _ ('X ^+ n)); first by rewrite expf_neq0 // polyX_eq0.
pose M : 'M[{poly K}]_(n + n) := block_mx 'X%:M (P N) (P S) 1%:M.
have left : \det M = char_poly (N *m S).
  transitivity (\det (M *m block_mx 1%:M 0 (- P S) 1%:M)).
    by rewrite det_mulmx det_lblock !det1 !mulr1.
  rewrite mulmx_block !mulmx1 !mulmx0 !mul1mx !add0r subrr det_ublock det1 mulr1 mulmxN.
  by rewrite /char_poly /char_poly_mx map_mxM.
have right : \det (block_mx 1%:M 0 (- P S) 'X%:M *m M) = 'X ^+ n * char_poly (S *m N).
  transitivity (\det (block_mx 'X%:M (P N) 0 ('X%:M - P S *m P N))).
    congr (\det _); rewrite mulmx_block !mul1mx !mul0mx !addr0 mulmx1 !mulNmx mul_mx_scalar mul_scalar_mx addNr.
    by congr block_mx; rewrite addrC.
  by rewrite det_ublock det_scalar /char_poly /char_poly_mx map_mxM.
by rewrite -right det_mulmx det_lblock det1 mul1r det_scalar left.
Qed.

Section Noisy.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)) (mu nu : R) (W : 'M[R]_(d, m)).

(* The network's update alone is the step with nu = 0, the SG's alone that with mu = 0. *)
Local Notation net_jacobian := (joint_jacobian X Y mu 0 W).
Local Notation sg_jacobian := (joint_jacobian X Y 0 nu W).

(* They are the derivatives of the two updates, so the sequential steps have the products (the chain rule).             *)
(* C: all three Jacobians against finite differences of the steps that the simulator runs. *)
Theorem dy12_updates : loss_grad X Y W = 0 ->
  derivative (step X Y mu 0) (W, Phi_true R m) (fun h => let c := net_jacobian *m col_mx h.1 h.2 in (usubmx c, dsubmx c)) /\
  derivative (step X Y 0 nu) (W, Phi_true R m) (fun h => let c := sg_jacobian *m col_mx h.1 h.2 in (usubmx c, dsubmx c)) /\
  (forall z, step X Y mu nu z = ((step X Y mu 0 z).1, (step X Y 0 nu z).2)).
Proof.
move=> W_opt; split; [exact: dy3_jacobian|split; first exact: dy3_jacobian].
by move=> z.
Qed.

(* 2.  C: three spectra by dgeev against DY3's closed form. *)
Theorem dy12_noisy_spectrum (J := joint_jacobian X Y mu nu W) :
  char_poly (net_jacobian *m sg_jacobian) = char_poly J /\ char_poly (sg_jacobian *m net_jacobian) = char_poly J.
Proof.
rewrite dy12_sequential_spectrum; suff -> : char_poly (sg_jacobian *m net_jacobian) = char_poly J by [].
rewrite /J /joint_jacobian mulmx_block ?(oppr0, scale0r) ?addr0 ?mulmx0 ?mul0mx ?mul1mx ?mulmx1 ?addr0 ?add0r.
by rewrite !char_poly_ublock.
Qed.

End Noisy.

(* 3.  One output, realizable data, the fixed point Phi* + c (1, -1, 0) of DY4. *)
Section Realizable.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (ws : 'cV[R]_d) (c : R).
Local Notation y := (X *m ws).
Local Notation Z := (reg X y ws).
Add Ring R_ring : (comRing_ring R).

Definition line_matrix mu nu : 'M[R]_(d + (1 + 1 + 1)) :=
  block_mx (1%:M - (mu * (1 + c)) *: E X X) (- mu *: E X Z) (- (nu * c) *: E Z X) (1%:M - nu *: E Z Z).

(* It is the derivative of the step (dy4_jacobian). *)
Lemma line_matrixE mu nu u p : let h := line_matrix mu nu *m col_mx u p in
  line_jacobian X ws mu nu c%:M (u, p) = (usubmx h, dsubmx h).
Proof.
rewrite /line_matrix mul_block_col col_mxKu col_mxKd /line_jacobian /= -raddfD /= !mul_mx_scalar.
by rewrite !mulmxBl !mul1mx -!scalemxAl; move: (E X X *m u) (E X Z *m p) (E Z X *m u) (E Z Z *m p) => a b e f; congr (_, _); mxring R.
Qed.

Variables (mu nu : R).
Local Notation N := (line_matrix mu 0).
Local Notation S := (line_matrix 0 nu).
Local Notation J := (line_matrix mu nu).

Lemma trace_block p q (A : 'M[R]_p) (B : 'M_(p, q)) (C : 'M_(q, p)) (D : 'M_q) : \tr (block_mx A B C D) = \tr A + \tr D.
Proof. exact: mxtrace_block. Qed.

(* C: tr(NS) - tr(J) over mu nu c |E[x^T z]|^2 is 1. *)
Theorem dy12_trace : \tr (N *m S) - \tr J = mu * nu * c * sq (E X Z).
Proof.
rewrite /line_matrix mulmx_block !trace_block !mul0r !scale0r ?(oppr0, scale0r) ?addr0 ?mulmx1 ?mulmx0 ?mul0mx ?mul1mx ?add0r ?addr0.
have -> : - mu *: E X Z *m (- (nu * c) *: E Z X) = (mu * nu * c) *: (E X Z *m E Z X).
  by rewrite -scalemxAl -scalemxAr scalerA; congr (_ *: _); mcring R.
rewrite mxtraceD mxtraceZ.
rewrite /sq /ip E_tr mxtrace_mulC; move: (\tr (1%:M - (mu * _) *: _)) (\tr (1%:M - nu *: _)) (\tr (_ *m _)) => a b e.
mcring R.
Qed.

(* So the simultaneous order has another spectrum.  C: the control, noise 0, at c = 1/2. *)
Theorem dy12_spectra_differ : mu != 0 -> nu != 0 -> c != 0 -> y != 0 ->
  char_poly (N *m S) = char_poly (S *m N) /\ char_poly J != char_poly (N *m S).
Proof.
move=> mu0 nu0 c0 y0; split; first exact: dy12_sequential_spectrum.
have d_gt0 : (0 < d + (1 + 1 + 1))%N by rewrite addn_gt0 orbT.
apply/negP => /eqP same; have := dy12_trace.
have -> : \tr (N *m S) = \tr J.
  by apply: oppr_inj; rewrite -!char_poly_trace // same.
rewrite subrr => /esym/eqP; rewrite !mulf_eq0 (negPf mu0) (negPf nu0) (negPf c0) /= sq_eq0 => /eqP EZ0.
move/eqP: y0; apply; apply: E_gram; have -> : E X y = E X Z *m col_mx (col_mx 1%:M 0) 0; last by rewrite EZ0 mul0mx.
by rewrite -EMr !mul_row_col !mulmx0 !addr0 mulmx1.
Qed.

End Realizable.

(* 4.  How far an error may grow at the noisy fixed point: a run of the linearised step, r columns at once, in the norm  *)
(* E|x u|^2 + E|z v|^2.  rho: both blocks shrink by it; lam: lambda_max(S_x).  C: |J^k| within its bound, for all k.      *)
Section Growth.
Variables (R : realFieldType) (n d q r : nat) (X : 'M[R]_(n, d)) (Z : 'M[R]_(n, q)) (mu nu rho lam : R).
Variables (u : nat -> 'M[R]_(d, r)) (v : nat -> 'M[R]_(q, r)).
Add Ring R_ring1 : (comRing_ring R).
Hypotheses (n_gt0 : (0 < n)%N) (mu_ge0 : 0 <= mu) (rho_ge0 : 0 <= rho) (lam_ge0 : 0 <= lam).
Hypothesis u_run : forall t, u t.+1 = u t - mu *: (E X X *m u t + E X Z *m v t).
Hypothesis v_run : forall t, v t.+1 = v t - nu *: (E Z Z *m v t).
Hypothesis x_shrinks : forall w : 'M[R]_(d, r), sq (X *m (w - mu *: (E X X *m w))) <= rho ^+ 2 * sq (X *m w).
Hypothesis z_shrinks : forall w : 'M[R]_(q, r), sq (Z *m (w - nu *: (E Z Z *m w))) <= rho ^+ 2 * sq (Z *m w).
Hypothesis x_bound : forall w : 'cV[R]_d, n%:R^-1 * nrm2 (X *m w) <= lam * nrm2 w.

Lemma corner_bound (w : 'M[R]_(q, r)) : sq (X *m (mu *: (E X Z *m w))) <= (mu * lam) ^+ 2 * sq (Z *m w).
Proof.
have n0 : 0 < n%:R :> R by rewrite ltr0n.
have L0 : 0 <= n%:R * lam by rewrite mulr_ge0 ?ler0n.
have bound p (B : 'M[R]_(d, p)) : sq (X *m B) <= (n%:R * lam) * sq B.
  by apply: sq_mul_bound => w'; rewrite -mulrA -ler_pdivr_mull //; apply: x_bound.
have adj := sq_adjoint L0 (@bound r).
rewrite -scalemxAr sqZ exprMn -[X in _ <= X]mulrA ler_wpmul2l ?sqr_ge0 //.
apply: le_trans (bound _ _) _; rewrite -EMr /E sqZ.
have := ler_wpmul2l (mulr_ge0 L0 (sqr_ge0 n%:R^-1)) (adj (Z *m w)); rewrite -!mulrA => /le_trans; apply.
have nn : n%:R * n%:R^-1 = 1 :> R by rewrite divff // gt_eqF.
move: (sq _) => s; have -> : n%:R * (lam * (n%:R^-1 * (n%:R^-1 * (n%:R * (lam * s))))) = (n%:R * n%:R^-1) ^+ 2 * (lam * (lam * s)).
  by move: (n%:R^-1) => a; move: (n%:R) => b; mcring R.
by rewrite nn expr1n mul1r.
Qed.

Theorem dy12_growth k : sq (X *m u k) + sq (Z *m v k) <=
  (rho ^+ k + k%:R * rho ^+ k.-1 * (mu * lam)) ^+ 2 * (sq (X *m u 0%N) + sq (Z *m v 0%N)).
Proof.
pose c j := j%:R * rho ^+ j.-1 * (mu * lam); set al := sq (X *m u 0%N); set be := sq (Z *m v 0%N).
have al0 : 0 <= al by apply: sq_ge0.
have be0 : 0 <= be by apply: sq_ge0.
have ml0 : 0 <= mu * lam by apply: mulr_ge0.
have c0 j : 0 <= c j by rewrite !mulr_ge0 ?ler0n ?exprn_ge0.
have [vk [a [b [-> [ak bk]]]]] : sq (Z *m v k) <= (rho ^+ k) ^+ 2 * be /\ exists a b, u k = a + b /\
    (sq (X *m a) <= (rho ^+ k) ^+ 2 * al /\ sq (X *m b) <= be * c k ^+ 2).
  elim: k => [|j [vj [a [b [uj [aj bj]]]]]].
    split; first by rewrite expr0 expr1n mul1r.
    exists (u 0%N), 0; rewrite addr0 expr0 expr1n mul1r mulmx0 sq0 /c !mul0r expr0n mulr0 lexx.
    by [].
  split.
    rewrite v_run; apply: le_trans (z_shrinks _) _.
    by rewrite [rho ^+ j.+1]exprS exprMn -[X in _ <= X]mulrA ler_wpmul2l ?sqr_ge0.
  exists (a - mu *: (E X X *m a)), (b - mu *: (E X X *m b) - mu *: (E X Z *m v j)); split.
    by rewrite u_run uj mulmxDr; move: (_ *m a) (_ *m b) (_ *m v j) => x y w; mxring R.
  split.
    apply: le_trans (x_shrinks _) _.
    by rewrite [rho ^+ j.+1]exprS exprMn -[X in _ <= X]mulrA ler_wpmul2l ?sqr_ge0.
  have -> : c j.+1 = rho * c j + mu * lam * rho ^+ j.
    rewrite /c /=; case: (j) => [|i] /=; first by rewrite !mul0r mulr0 add0r expr0 !mul1r mulr1.
    by rewrite -[i.+2%:R]/(1 *+ i.+2) mulrSr [rho ^+ i.+1]exprS; mcring R.
  rewrite mulmxBr; apply: sq_triangle; [exact: be0|exact: mulr_ge0|by rewrite mulr_ge0 // exprn_ge0| |rewrite sqN].
    apply: le_trans (x_shrinks _) _; rewrite exprMn mulrCA ler_wpmul2l ?sqr_ge0 //.
  apply: le_trans (corner_bound _) _; rewrite [(mu * lam * _) ^+ 2]exprMn mulrCA ler_wpmul2l ?sqr_ge0 //.
  by rewrite mulrC.
rewrite -/(c k); set p := rho ^+ k in ak vk *; have p0 : 0 <= p by rewrite exprn_ge0.
have ab : ip (X *m a) (X *m b) *+ 2 <= p * c k * (al + be).
  have s0 : 0 <= p * c k * (al + be) by apply: mulr_ge0; [exact: mulr_ge0|exact: addr_ge0].
  apply: le_trans (ler_norm _) _; rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 // real_normK ?num_real //.
  have := ip_cs (X *m a) (X *m b) => cs.
  have le1 : sq (X *m a) * sq (X *m b) <= p ^+ 2 * al * (be * c k ^+ 2) by rewrite ler_pmul ?sq_ge0.
  have := le_trans cs le1; rewrite -subr_ge0 => h.
  have h2 : 0 <= (p * c k) ^+ 2 * (al - be) ^+ 2 by rewrite mulr_ge0 ?sqr_ge0.
  rewrite -subr_ge0; apply: (ge0_eq (addr_ge0 (mulrn_wge0 4 h) h2)).
  by move: (ip _ _) (c k) => i e; clear -al be p; clearbody al be p; mcring R.
rewrite mulmxDr sqD -subr_ge0; rewrite -subr_ge0 in ab; rewrite -subr_ge0 in ak; rewrite -subr_ge0 in bk; rewrite -subr_ge0 in vk.
have h1 : 0 <= c k ^+ 2 * al by rewrite mulr_ge0 ?sqr_ge0.
have h2 : 0 <= p * c k * (al + be) by apply: mulr_ge0; [exact: mulr_ge0|exact: addr_ge0].
apply: (ge0_eq (addr_ge0 (addr_ge0 ab (addr_ge0 ak (addr_ge0 bk vk))) (addr_ge0 h1 h2))).
by move: (ip _ _) (sq (X *m a)) (sq (X *m b)) (sq (Z *m v k)) (c k) => i x y w e; clear -al be p; clearbody al be p; mcring R.
Qed.

End Growth.

(* 5.  With labels the SG can be exact at every W; without, what the features and a constant leave of y stays.           *)
(* C: along a run, rounding of dgelsd. *)
Section Irreducible.
Variable R : realFieldType.
Add Ring R_ring2 : (comRing_ring R).

Theorem dy12_irreducible n d m (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)) W
    (z := row_mx (X *m W) (const_mx 1) : 'M_(n, m + 1)) (x1 := row_mx X (const_mx 1) : 'M_(n, d + 1)) :
  (exists Phi, sg X Y W Phi = grad X Y W) /\
  forall Phi, exists V, sq (z *m Phi - grad X Y W) = sq (x1 *m V - Y).
Proof.
split=> [|Phi]; first by exists (Phi_true R m); apply: sg_true.
exists (col_mx (W - W *m usubmx Phi) (- dsubmx Phi)); rewrite -[LHS]sqN; congr sq.
rewrite -{1}(vsubmxK Phi) /z /x1 !mul_row_col mulmxBr mulmxN !mulmxA /grad.
by move: (X *m W) (const_mx 1 *m _) (X *m W *m _) => e f g; mxring R.
Qed.

End Irreducible.

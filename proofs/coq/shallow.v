(* Linear regression trained through a linear, label-conditioned synthetic gradient (SG) at its output: the step that   *)
(* the C code takes (simultaneous updates, full batch, possibly late pairs for the SG), spelled out, and its            *)
(* derivative.  The n samples are the rows of X and Y; m outputs; E is the mean over the samples.                       *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Derivative.
Variable R : realFieldType.

(* A curve f that starts at f0 with velocity v.  Every map here is a polynomial of degree three at most, so this can    *)
(* be said without limits: f is f0, t times v, and terms in t^2 and t^3.                                                *)
Definition tangent (V : lmodType R) (f : R -> V) (f0 v : V) :=
  exists q c, forall t, f t = f0 + t *: v + t ^+ 2 *: q + t ^+ 3 *: c.

(* z is a fixed point of F, and J h is the derivative of F there along h, for states of two parts. *)
Definition derivative (U V : lmodType R) (F : U * V -> U * V) (z : U * V) (J : U * V -> U * V) :=
  forall h, let z_t t := (z.1 + t *: h.1, z.2 + t *: h.2) in
    tangent (fun t => (F (z_t t)).1) z.1 (J h).1 /\ tangent (fun t => (F (z_t t)).2) z.2 (J h).2.

End Derivative.

Section Mean.
Variables (R : realFieldType) (n : nat).

(* E[a^T b] for samples a and b, the rows of A and B. *)
Definition E p q (A : 'M[R]_(n, p)) (B : 'M[R]_(n, q)) : 'M[R]_(p, q) := n%:R^-1 *: (A^T *m B).

Lemma E_eq0 p q (A : 'M_(n, p)) (B : 'M_(n, q)) : E A B = 0 <-> A^T *m B = 0.
Proof.
rewrite /E; split=> [/eqP|->]; last by rewrite scaler0.
rewrite scaler_eq0 invr_eq0 pnatr_eq0 => /orP[/eqP n0|/eqP//].
by apply/matrixP => i j; rewrite !mxE big1 // => -[k lt_k]; exfalso; rewrite n0 in lt_k.
Qed.

(* The Gram lemma for means. *)
Lemma E_gram p q (A : 'M_(n, p)) (B : 'M_(p, q)) : E A (A *m B) = 0 -> A *m B = 0.
Proof. by move/E_eq0/gram_ker. Qed.

Lemma E0r p q (A : 'M_(n, p)) : E A (0 : 'M_(n, q)) = 0.
Proof. exact/E_eq0/mulmx0. Qed.

Lemma EDr p q (A : 'M_(n, p)) (B C : 'M_(n, q)) : E A (B + C) = E A B + E A C.
Proof. by rewrite /E mulmxDr scalerDr. Qed.

Lemma EZr p q a (A : 'M_(n, p)) (B : 'M_(n, q)) : E A (a *: B) = a *: E A B.
Proof. by rewrite /E -scalemxAr !scalerA mulrC. Qed.

Lemma ENr p q (A : 'M_(n, p)) (B : 'M_(n, q)) : E A (- B) = - E A B.
Proof. by rewrite -scaleN1r EZr scaleN1r. Qed.

Lemma EDl p q (A B : 'M_(n, p)) (C : 'M_(n, q)) : E (A + B) C = E A C + E B C.
Proof. by rewrite /E linearD mulmxDl scalerDr. Qed.

Lemma EZl p q a (A : 'M_(n, p)) (B : 'M_(n, q)) : E (a *: A) B = a *: E A B.
Proof. by rewrite /E linearZ -scalemxAl !scalerA mulrC. Qed.

Lemma EMr p q k (A : 'M_(n, p)) (B : 'M_(n, q)) (C : 'M_(q, k)) : E A (B *m C) = E A B *m C.
Proof. by rewrite /E mulmxA scalemxAl. Qed.

Lemma EMl p q k (A : 'M_(n, p)) (B : 'M_(n, q)) (C : 'M_(p, k)) : E (A *m C) B = C^T *m E A B.
Proof. by rewrite /E trmx_mul -mulmxA scalemxAr. Qed.

Lemma E_tr p q (A : 'M_(n, p)) (B : 'M_(n, q)) : (E A B)^T = E B A.
Proof. by rewrite /E linearZ /= trmx_mul trmxK. Qed.

End Mean.

Section Shallow.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Add Ring R_ring : (comRing_ring R).

(* Weights W, SG parameters Phi = (A; B; C), and the two together. *)
Local Notation weights := 'M[R]_(d, m).
Local Notation params := 'M[R]_(m + m + 1, m).
Local Notation state := (weights * params)%type.
Implicit Types (W U : weights) (Phi Psi P : params).

Definition grad W : 'M_(n, m) := X *m W - Y.                           (* g = p - y, the true gradient at the output *)
Definition reg W : 'M_(n, m + m + 1) := row_mx (row_mx (X *m W) Y) (const_mx 1).                    (* z = (p, y, 1) *)
Definition sg W Phi : 'M_(n, m) := reg W *m Phi.                                                          (* s = z Phi *)
Definition loss_grad W : weights := E X (grad W).                         (* the gradient of E|p - y|^2 / 2: backprop *)
Definition net_dir W Phi : weights := E X (sg W Phi).                                                    (* E[x^T s] *)
Definition sg_dir W Phi : params := E (reg W) (sg W Phi - grad W).                                 (* E[z^T (s - g)] *)

(* One step.  pair_step trains the SG on the pair (z, g) of an older W0. *)
Definition pair_step mu nu (z : state) W0 : state := (z.1 - mu *: net_dir z.1 z.2, z.2 - nu *: sg_dir W0 z.2).
Definition step mu nu (z : state) : state := pair_step mu nu z z.1.

(* s = g at every W: the SG's parameters that produce the true gradient. *)
Definition Phi_true : params := col_mx (col_mx 1%:M (- 1%:M)) 0.

Lemma sg_true W : sg W Phi_true = grad W.
Proof. by rewrite /sg !mul_row_col mulmx0 addr0 mulmxN !mulmx1. Qed.

Lemma sg_errE W Phi : sg W Phi - grad W = reg W *m (Phi - Phi_true).
Proof. by rewrite mulmxBr -/(sg W Phi_true) sg_true. Qed.

Lemma sg_dir0 W Phi : sg_dir W Phi = 0 <-> sg W Phi = grad W.
Proof.
rewrite /sg_dir; split=> [|->]; last by rewrite subrr E0r.
by rewrite sg_errE => /E_gram; rewrite -sg_errE => /eqP; rewrite subr_eq0 => /eqP.
Qed.

(* A move of the weights moves the first columns of z. *)
Definition lift U : 'M_(n, m + m + 1) := row_mx (row_mx (X *m U) 0) 0.
Definition head P : 'M_m := usubmx (usubmx P).

Lemma head0 : head 0 = 0.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

Lemma reg_move W t U : reg (W + t *: U) = reg W + t *: lift U.
Proof. by rewrite /reg /lift !scale_row_mx !scaler0 !add_row_mx !addr0 mulmxDr -scalemxAr. Qed.

Lemma grad_move W t U : grad (W + t *: U) = grad W + t *: (X *m U).
Proof. by rewrite /grad mulmxDr -scalemxAr addrAC. Qed.

Lemma lift_mul U P : lift U *m P = X *m U *m head P.
Proof.
rewrite -{1}(vsubmxK P) -{1}(vsubmxK (usubmx P)) !mul_row_col !mul0mx !addr0.
by rewrite -/(head P).
Qed.

(* The derivative of the step at a point where s = g: W solves the normal equations, Phi = Phi_true + Psi with          *)
(* z Psi = 0 on every sample.  The block Psi_A of Psi is what couples the weights to the SG.                            *)
Section AtRest.
Variables (mu nu : R) (W : weights) (Psi : params).
Hypotheses (W_opt : loss_grad W = 0) (Psi0 : reg W *m Psi = 0).

Let e U P := X *m U *m head Psi + reg W *m P.

Let err U P t : reg (W + t *: U) *m (Phi_true + Psi + t *: P - Phi_true) = t *: e U P + t ^+ 2 *: (lift U *m P).
Proof.
rewrite addrAC [Phi_true + _]addrC addrK reg_move mulmxDl !mulmxDr Psi0 add0r -!scalemxAl -!scalemxAr.
by rewrite lift_mul /e scalerDr scalerA -expr2 addrA [t *: (_ *m P) + _]addrC.
Qed.

Lemma net_tangent U P :
  tangent (fun t => W + t *: U - mu *: net_dir (W + t *: U) (Phi_true + Psi + t *: P)) W
          (U - mu *: (E X X *m U *m (1%:M + head Psi) + E X (reg W) *m P)).
Proof.
exists (- mu *: E X (lift U *m P)), 0 => t.
rewrite /net_dir -[sg _ _](subrK (grad (W + t *: U))) sg_errE err grad_move.
have : E X (e U P) = E X X *m U *m head Psi + E X (reg W) *m P by rewrite EDr !EMr.
move: (e U P) (grad W) (W_opt : E X (grad W) = 0) => eU g g0 eE; rewrite !EDr !EZr g0 eE add0r mulmxDr mulmx1 !EMr.
move: (E X X *m U) (E X (reg W) *m P) (E X (lift U) *m P) => a b x; move: (a *m head Psi) => y.
mxring R.
Qed.

Lemma sg_tangent U P :
  tangent (fun t => Phi_true + Psi + t *: P - nu *: sg_dir (W + t *: U) (Phi_true + Psi + t *: P)) (Phi_true + Psi)
          (P - nu *: (E (reg W) X *m U *m head Psi + E (reg W) (reg W) *m P)).
Proof.
exists (- nu *: (E (reg W) (lift U *m P) + E (lift U) (e U P))), (- nu *: E (lift U) (lift U *m P)) => t.
rewrite /sg_dir sg_errE err reg_move.
have : E (reg W) (e U P) = E (reg W) X *m U *m head Psi + E (reg W) (reg W) *m P by rewrite EDr !EMr.
move: (e U P) => eU eE; rewrite EDl !EZl !EDr !EZr eE.
move: (E (reg W) (reg W) *m P) (E (reg W) X *m U) (E (reg W) (lift U *m P)) (E (lift U) eU) (E (lift U) (lift U *m P)) => a b x y v.
move: (b *m head Psi) (Phi_true + Psi) => w z; mxring R.
Qed.

Definition jacobian (h : state) : state :=
  (h.1 - mu *: (E X X *m h.1 *m (1%:M + head Psi) + E X (reg W) *m h.2),
   h.2 - nu *: (E (reg W) X *m h.1 *m head Psi + E (reg W) (reg W) *m h.2)).

Theorem step_derivative : derivative (step mu nu) (W, Phi_true + Psi) jacobian.
Proof. by case=> U P; split; [apply: net_tangent|apply: sg_tangent]. Qed.

End AtRest.

(* Such a point is fixed, and conversely. *)
Lemma still (V : lmodType R) a (u v : V) : a != 0 -> u - a *: v = u <-> v = 0.
Proof.
move=> a0; split=> [/eqP|->]; last by rewrite scaler0 subr0.
by rewrite -[X in _ == X]subr0 (inj_eq (addrI _)) (inj_eq oppr_inj) scaler_eq0 (negPf a0) => /eqP.
Qed.

Theorem step_fixed mu nu W Phi : mu != 0 -> nu != 0 ->
  step mu nu (W, Phi) = (W, Phi) <-> loss_grad W = 0 /\ reg W *m (Phi - Phi_true) = 0.
Proof.
move=> mu0 nu0; rewrite -sg_errE; split=> [[/(still _ _ mu0) net0 /(still _ _ nu0)/sg_dir0 s_g]|[W_opt err0]].
  by rewrite s_g subrr /loss_grad -s_g.
have s_g : sg W Phi = grad W by apply/eqP; rewrite -subr_eq0 err0.
have net0 : net_dir W Phi = 0 by rewrite /net_dir s_g.
rewrite /step /pair_step /= (still W (net_dir W Phi) mu0).2 //.
by rewrite (still Phi (sg_dir W Phi) nu0).2 //; apply/sg_dir0.
Qed.

End Shallow.

(* CP2.  With labels, the joint critical points are the critical points: none is lost and none is added, for linear     *)
(* regression and for deep linear nets with SGs at any subset of the layers, whatever the ranks.                        *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section OneLayer.
Variables (R : realFieldType) (n d m : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(n, m)).
Implicit Types (W : 'M[R]_(d, m)).

(* The identity, at every state: the true gradient from the two updates, without a backward pass.  Psi is any solution  *)
(* of S_z Psi = F_Phi, the pseudo-inverse's for instance.  C: at random states against plain backprop.                  *)
Theorem cp2_identity W Phi Psi : E (reg X Y W) (reg X Y W) *m Psi = sg_dir X Y W Phi ->
  loss_grad X Y W = net_dir X Y W Phi - E X (reg X Y W) *m Psi.
Proof.
move=> PsiE; have same : reg X Y W *m Psi = sg X Y W Phi - grad X Y W.
  apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite sg_errE -mulmxBr; apply: E_gram.
  by rewrite mulmxBr EDr ENr EMr PsiE -sg_errE subrr.
by rewrite -EMr same EDr ENr /net_dir opprD opprK addrA subrr add0r.
Qed.

(* C: solutions of F = 0 found by Levenberg-Marquardt, the gradient there by plain backprop; and the converse. *)
Theorem cp2_one_layer W :
  (exists Phi, net_dir X Y W Phi = 0 /\ sg_dir X Y W Phi = 0) <-> loss_grad X Y W = 0.
Proof.
split=> [[Phi [net0 /sg_dir0 s_g]]|W_opt]; first by rewrite -net0 /net_dir s_g.
exists (Phi_true R m); split; first by rewrite /net_dir sg_true.
by apply/sg_dir0; rewrite sg_true.
Qed.

End OneLayer.

(* Those are the global minima.  C: p at the solutions against LAPACK's least squares. *)
Theorem cp2_minima (R : realFieldType) n d (X : 'M[R]_(n, d)) (y : 'cV_n) w :
  (exists phi, net_dir X y w phi = 0 /\ sg_dir X y w phi = 0) <->
  forall v, nrm2 (X *m w - y) <= nrm2 (X *m v - y).
Proof. by rewrite cp2_one_layer lsq_minP E_eq0. Qed.

(* What makes every linear case work: a label in the column space of the regressors is fitted exactly by a stationary   *)
(* SG (the Gram lemma).                                                                                                 *)
Lemma stationary_exact (R : realFieldType) m n k (A : 'M[R]_(m, n)) (G : 'M_(m, k)) Phi Phi0 :
  G = A *m Phi0 -> A^T *m (A *m Phi - G) = 0 -> A *m Phi = G.
Proof.
move=> ->; rewrite -mulmxBr => /gram_ker/eqP.
by rewrite mulmxBr subr_eq0 => /eqP.
Qed.

(* A deep linear net, widths k 0, ..., k L, weights W l.  G: the gradients that backprop brings to each layer; S: the   *)
(* same with stationary SGs [h_l Y 1] Phi_l at any subset of the layers.                                                *)
Section DeepChain.
Variables (R : realFieldType) (n L : nat) (k : nat -> nat).
Variables (X : 'M[R]_(n, k 0)) (Y : 'M[R]_(n, k L)).
Variable W : forall l, 'M[R]_(k l, k l.+1).

Fixpoint h l : 'M[R]_(n, k l) :=
  if l is l'.+1 return 'M_(n, k l) then h l' *m W l' else X.

Definition A l : 'M[R]_(n, k l + k L + 1) :=
  row_mx (row_mx (h l) Y) (const_mx 1).

Local Notation signals := (forall l, 'M[R]_(n, k l)).

Definition backprop (G : signals) :=
  G L = h L - Y /\ forall l, (l < L)%N -> G l = G l.+1 *m (W l)^T.

(* T is what arrives from above; an SG regresses on it, or on the true gradient G l. *)
Definition sg_backprop (G S : signals) :=
  S L = h L - Y /\ forall l, (l < L)%N -> let T := S l.+1 *m (W l)^T in
    S l = T \/ exists2 Phi, S l = A l *m Phi & (A l)^T *m (S l - T) = 0 \/ (A l)^T *m (S l - G l) = 0.

Definition critical (G : signals) :=
  forall l, (l < L)%N -> (h l)^T *m G l.+1 = 0.

Lemma down_ind (P : nat -> Prop) :
  P L -> (forall l, (l < L)%N -> P l.+1 -> P l) ->
  forall l, (l <= L)%N -> P l.
Proof.
move=> PL Pdown l l_le; rewrite -(subKn l_le).
elim: (L - l)%N (leq_subr l L) => [|j IH] j_le; first by rewrite subn0.
have L_gt0 : (0 < L)%N by apply: leq_trans j_le.
apply: Pdown; first by rewrite ltn_subrL L_gt0.
by rewrite subnSK //; apply/IH/ltnW.
Qed.

Lemma output_span l : (l <= L)%N -> exists P, h L = h l *m P.
Proof.
move: l; apply: down_ind => [|l _ [P hL]]; first by exists 1%:M; rewrite mulmx1.
by exists (W l *m P); rewrite mulmxA.
Qed.

Lemma grad_span G l : backprop G -> (l <= L)%N -> exists Phi, G l = A l *m Phi.
Proof.
case=> GL Gl l_le; have [B ->] : exists B, G l = (h L - Y) *m B.
  move: l l_le; apply: down_ind => [|l l_lt [B GB]].
    by exists 1%:M; rewrite mulmx1.
  by exists (B *m (W l)^T); rewrite Gl // GB mulmxA.
have [P ->] := output_span l_le; exists (col_mx (col_mx (P *m B) (- B)) 0).
by rewrite !mul_row_col mulmx0 addr0 mulmxN mulmxA mulmxBl.
Qed.

(* C: the SG's error at the solutions it finds, within the bound of the page. *)
Theorem cp2_deep_exact G S :
  backprop G -> sg_backprop G S -> forall l, (l <= L)%N -> S l = G l.
Proof.
move=> GP [SL Sl]; apply: down_ind => [|l l_lt S_above].
  by rewrite SL; case: GP.
have [_ /(_ l l_lt) G_l] := GP.
case: (Sl l l_lt); rewrite S_above -G_l => // -[Phi -> st].
have [Phi0 G_span] := grad_span GP (ltnW l_lt).
by case: st; apply: stationary_exact G_span.
Qed.

(* C: joint critical points found by Levenberg-Marquardt at depths 2 to 6, most of them saddles. *)
Theorem cp2_deep G S :
  backprop G -> sg_backprop G S -> critical S <-> critical G.
Proof.
by move=> GP SP; split=> cr l l_lt; rewrite -?(cp2_deep_exact GP SP) // ?cr //;
   rewrite (cp2_deep_exact GP SP) ?cr.
Qed.

End DeepChain.

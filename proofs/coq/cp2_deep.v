(* CP2 at depth.  Deep linear nets with SGs after any subset of the layers, the output included, each on the true       *)
(* gradient or on what arrives: SG-critical iff critical, saddles included.                                             *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import gram shallow.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* Signals that run from the top down: down v l is v at layer L, and step l of what it is one layer above.  put changes *)
(* one entry of a family; layers above L get a default.                                                                 *)
Section Down.
Variables (T : nat -> Type) (default : forall l, T l) (step : forall l, T l.+1 -> T l).

Definition put j (v : T j) (rest : forall l, T l) l : T l :=
  if j =P l is ReflectT e then ecast i (T i) e v else rest l.

Lemma put_at j (v : T j) rest : put v rest j = v.
Proof. by rewrite /put; case: eqP => // e; rewrite eq_axiomK. Qed.

Lemma put_off j (v : T j) rest l : l != j -> put v rest l = rest l.
Proof. by rewrite /put => l_neq; case: eqP => // e; rewrite e eqxx in l_neq. Qed.

Fixpoint down L : T L -> forall l, T l :=
  if L is L'.+1 return T L -> forall l, T l
  then fun v => put v (down (step v)) else fun v => put v default.

Lemma down_top L (v : T L) : down v L = v.
Proof. by case: L v => [|L] v; rewrite /= put_at. Qed.

Lemma down_step L (v : T L) l : (l < L)%N -> down v l = step (down v l.+1).
Proof.
elim: L v => // L IH v /=; rewrite ltnS leq_eqVlt => /predU1P[->|l_lt].
  by rewrite put_off ?put_at ?down_top // ltn_eqF.
by rewrite !put_off ?IH // ltn_eqF // ltnS ltnW.
Qed.

End Down.

Lemma down_ind L (P : nat -> Prop) :
  P L -> (forall l, (l < L)%N -> P l.+1 -> P l) -> forall l, (l <= L)%N -> P l.
Proof.
move=> PL Pdown l l_le; rewrite -(subKn l_le).
elim: (L - l)%N (leq_subr l L) => [|j IH] j_le; first by rewrite subn0.
have L_gt0 : (0 < L)%N by apply: leq_trans j_le.
apply: Pdown; first by rewrite ltn_subrL L_gt0.
by rewrite subnSK //; apply/IH/ltnW.
Qed.

(* What makes every linear case work: a label in the column space of the regressors is fitted exactly by a stationary   *)
(* SG (the Gram lemma).                                                                                                 *)
Lemma stationary_exact (R : realFieldType) m n k (A : 'M[R]_(m, n)) (G : 'M_(m, k)) Phi Phi0 :
  G = A *m Phi0 -> E A (A *m Phi - G) = 0 -> A *m Phi = G.
Proof. by move=> ->; rewrite -mulmxBr => /E_gram/eqP; rewrite mulmxBr subr_eq0 => /eqP. Qed.

(* A deep linear net, widths k 0, ..., k L, weights W l from layer l to l + 1; h l is layer l, the output h L.          *)
Section Net.
Variables (R : ringType) (n : nat) (k : nat -> nat).

Fixpoint h (X : 'M[R]_(n, k 0)) (W : forall l, 'M[R]_(k l, k l.+1)) l : 'M[R]_(n, k l) :=
  if l is l'.+1 return 'M_(n, k l) then h X W l' *m W l' else X.

Lemma h_output X W L l : (l <= L)%N -> exists P, h X W L = h X W l *m P.
Proof.
move: l; apply: down_ind => [|l _ [P hL]]; first by exists 1%:M; rewrite mulmx1.
by exists (W l *m P); rewrite mulmxA.
Qed.

End Net.

Section Deep.
Variables (R : realFieldType) (n L : nat) (k : nat -> nat).
Variables (X : 'M[R]_(n, k 0)) (Y : 'M[R]_(n, k L)).
Local Notation signals := (forall l, 'M[R]_(n, k l)).
Local Notation weights := (forall l, 'M[R]_(k l, k l.+1)).
Implicit Types (W U : weights).

Local Notation back W := (fun l (G : 'M[R]_(n, k l.+1)) => G *m (W l)^T).
Local Notation run step v := (down (fun l => 0 : 'M_(n, k l)) step (L := L) v).

(* Backprop: G l is the true gradient of the loss E|h_L - y|^2 / 2 in layer l, per sample. *)
Definition G W : signals := run (back W) (h X W L - Y).
Definition loss_grad W l : 'M_(k l, k l.+1) := E (h X W l) (G W l.+1).                            (* the gradient for W l *)
Definition critical W := forall l, (l < L)%N -> loss_grad W l = 0.

(* SGs after the layers l with sg_at l, the output (l = L) included.  Each has the terms h_l and y, and any others: Q l *)
(* is the constant column, or nothing, or whatever.  Its target is what arrives from above where arriving l holds, and  *)
(* the true gradient elsewhere; at the output both are h_L - y.                                                         *)
Variables (sg_at arriving : pred nat) (q : nat -> nat) (Q : forall l, 'M[R]_(n, q l)).
Local Notation params := (forall l, 'M[R]_(k l + k L + q l, k l)).
Implicit Types (Phi : params).

Definition z W l : 'M_(n, k l + k L + q l) := row_mx (row_mx (h X W l) Y) (Q l).

(* What each layer hands down: its SG's output, or what backprop makes of what arrives. *)
Definition S W Phi : signals :=
  let s l above := if sg_at l then z W l *m Phi l else above in
  run (fun l above => s l (back W l above)) (s L (h X W L - Y)).

Definition target W Phi l : 'M_(n, k l) :=
  if (l < L)%N && arriving l then S W Phi l.+1 *m (W l)^T else G W l.

Definition net_dir W Phi l : 'M_(k l, k l.+1) := E (h X W l) (S W Phi l.+1).                           (* for W l *)
Definition sg_dir W Phi l : 'M_(_, k l) := E (z W l) (z W l *m Phi l - target W Phi l).              (* for Phi l *)

Definition sg_stationary W Phi := forall l, (l <= L)%N -> sg_at l -> sg_dir W Phi l = 0.
Definition sg_critical W Phi := (forall l, (l < L)%N -> net_dir W Phi l = 0) /\ sg_stationary W Phi.

Lemma G_output W : G W L = h X W L - Y. Proof. exact: down_top. Qed.

Lemma G_below W l : (l < L)%N -> G W l = G W l.+1 *m (W l)^T. Proof. exact: down_step. Qed.

Lemma S_output W Phi : S W Phi L = if sg_at L then z W L *m Phi L else h X W L - Y. Proof. exact: down_top. Qed.

Lemma S_below W Phi l : (l < L)%N ->
  S W Phi l = if sg_at l then z W l *m Phi l else S W Phi l.+1 *m (W l)^T.
Proof. by move=> l_lt; rewrite {1}/S (down_step _ _ _ l_lt). Qed.

(* With B = (W_l ... W_{L-1})^T and h_L = h_l P, the SG's parameters (P B; -B; 0) give the true gradient. *)
Lemma G_span W l : (l <= L)%N -> exists Phi_l, G W l = z W l *m Phi_l.
Proof.
move=> l_le; have [B ->] : exists B, G W l = (h X W L - Y) *m B.
  move: l l_le; apply: down_ind => [|l l_lt [B GB]]; first by exists 1%:M; rewrite mulmx1 G_output.
  by exists (B *m (W l)^T); rewrite G_below // GB mulmxA.
have [P ->] := h_output X W l_le; exists (col_mx (col_mx (P *m B) (- B)) 0).
by rewrite !mul_row_col mulmx0 addr0 mulmxN mulmxA mulmxBl.
Qed.

(* The SGs' parameters that give the true gradient, at every W. *)
Lemma Phi_true_exists W : exists Phi, forall l, (l <= L)%N -> G W l = z W l *m Phi l.
Proof.
suff /(_ L.+1) [Phi PhiE] : forall j, exists Phi : params, forall l, (l < j)%N -> (l <= L)%N -> G W l = z W l *m Phi l.
  by exists Phi => l l_le; apply: PhiE.
elim=> [|j [Phi PhiE]]; first by exists (fun l => 0).
have [j_le|j_gt] := leqP j L; last first.
  exists Phi => l; rewrite ltnS leq_eqVlt => /predU1P[->|]; last exact: PhiE.
  by rewrite leqNgt j_gt.
have [Phi_j jE] := G_span W j_le; exists (put (T := fun l => 'M[R]_(k l + k L + q l, k l)) Phi_j Phi) => l.
rewrite ltnS leq_eqVlt => /predU1P[-> _|lt_l l_le].
  by rewrite put_at.
by rewrite put_off ?ltn_eqF //; apply: PhiE.
Qed.

Lemma target_true W Phi l :
  (forall j, (l < j)%N -> (j <= L)%N -> S W Phi j = G W j) -> target W Phi l = G W l.
Proof. by move=> above; rewrite /target; case: ifP => // /andP[l_lt _]; rewrite above // -G_below. Qed.

(* C: the SG's error at the solutions it finds, within the bound of the page. *)
Theorem cp2_deep_exact W Phi : sg_stationary W Phi -> forall l, (l <= L)%N -> S W Phi l = G W l.
Proof.
move=> st; suff all_above : forall l, (l <= L)%N -> forall j, (l <= j)%N -> (j <= L)%N -> S W Phi j = G W j.
  by move=> l l_le; apply: (all_above l).
have fits l : (l <= L)%N -> sg_at l -> target W Phi l = G W l -> z W l *m Phi l = G W l.
  move=> l_le at_l tE; have [Phi0 G_l] := G_span W l_le; apply: stationary_exact G_l _.
  by rewrite -tE; apply: st.
apply: down_ind => [|l l_lt IH] j.
  move=> L_le j_le; have -> : j = L by apply/eqP; rewrite eqn_leq j_le.
  rewrite S_output; case: ifP => [at_L|_]; last by rewrite G_output.
  by apply: fits; rewrite // /target ltnn.
rewrite leq_eqVlt => /predU1P[<- _|]; last exact: IH.
rewrite S_below //; case: ifP => [at_l|_]; last by rewrite IH // -G_below.
by apply: (fits _ (ltnW l_lt) at_l); apply/target_true/IH.
Qed.

(* C: joint critical points found by Levenberg-Marquardt at depths 2 to 6, most of them saddles; and the converse. *)
Theorem cp2_deep_iff W : (exists Phi, sg_critical W Phi) <-> critical W.
Proof.
split=> [[Phi [net0 st]] l l_lt|cr]; first by rewrite /loss_grad -(cp2_deep_exact st l_lt); apply: net0.
have [Phi PhiE] := Phi_true_exists W; exists Phi.
have exact l : (l <= L)%N -> S W Phi l = G W l.
  move: l; apply: down_ind => [|l l_lt above]; first by rewrite S_output -(PhiE L) // G_output if_same.
  by rewrite S_below // above -G_below // -(PhiE l) ?if_same // ltnW.
split=> [l l_lt|l l_le _]; first by rewrite /net_dir exact //; apply: cr.
rewrite /sg_dir target_true => [|j _]; last exact: exact.
by rewrite -(PhiE l) // subrr E0r.
Qed.

End Deep.

(* DY15.  The factorisation that an SG chooses in a deep linear net, from the balance relations (DY14): they commute,    *)
(* so every singular direction goes its own way, and one increasing equation fixes the layers' singular values.         *)
(* Layers are counted from 0: W l leads from layer l to layer l + 1; c l is 2/kappa where layer l is cut, 0 elsewhere.  *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram cp2_deep.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* From the top layer downwards. *)
Lemma below_ind L (P : nat -> Prop) : (forall l, l.+1 = L -> P l) -> (forall l, (l.+1 < L)%N -> P l.+1 -> P l) ->
  forall l, (l < L)%N -> P l.
Proof.
move=> top step l l_lt; suff H : forall l, (l <= L)%N -> (l < L)%N -> P l by apply: H => //; apply: ltnW.
apply: down_ind => [|j _ IH]; first by rewrite ltnn.
by rewrite leq_eqVlt => /predU1P[/top|j_lt] //; apply/step/IH.
Qed.

Section Decouple.
Variables (R : realFieldType) (L : nat) (k : nat -> nat) (c : nat -> R).
Variables (W : forall l, 'M[R]_(k l, k l.+1)) (K : forall l, 'M[R]_(k l)).

(* K l = V V^T with V = W l ... W (L-1): the SG's exact matrix A at layer l; balance is the state at the end of the     *)
(* training from small starts. *)
Add Ring R_ring : (comRing_ring R).
Hypothesis K_top : K L = 1%:M.
Hypothesis K_below : forall l, (l < L)%N -> K l = W l *m K l.+1 *m (W l)^T.
Definition B l : 'M[R]_(k l.+1) := (W l)^T *m W l.
Hypothesis balanced : forall l, (l.+1 < L)%N -> B l = W l.+1 *m (W l.+1)^T + c l.+1 *: K l.+1.

(* C: the layers' singular bases against one another. *)
Theorem dy15_commute l : (l < L)%N -> B l *m K l.+1 = K l.+1 *m B l.
Proof.
move: l; apply: below_ind => [l last|l l_lt BK].
  by move: K_top; rewrite -last => ->; rewrite mulmx1 mul1mx.
rewrite balanced // mulmxDl mulmxDr -scalemxAl -scalemxAr; congr (_ + _).
rewrite K_below // !mulmxA -[_ *m (W l.+1)^T *m W l.+1]mulmxA -/(B l.+1) -[W l.+1 *m B l.+1 *m _]mulmxA BK.
by rewrite -![_ *m (W l.+1)^T *m W l.+1 *m _]mulmxA -!mulmxA.
Qed.

(* The recursion of one mode, downwards: x l is the squared singular value of W l, P l the product of those above and   *)
(* at l: l_i^2 = l_{i+1}^2 + c_i prod_{j > i} l_j^2. *)
Definition mode (x P : nat -> R) := P L = 1 /\ (forall l, (l < L)%N -> P l = x l * P l.+1) /\
  (forall l, (l.+1 < L)%N -> x l = x l.+1 + c l.+1 * P l.+1).

(* v l: a right singular vector of the top layer, carried down. *)
Theorem dy15_decouples x P (v : forall l, 'cV[R]_(k l)) : mode x P ->
  (forall l, (l < L)%N -> v l = W l *m v l.+1) -> (forall l, l.+1 = L -> B l *m v l.+1 = x l *: v l.+1) ->
  forall l, (l < L)%N -> B l *m v l.+1 = x l *: v l.+1 /\ K l.+1 *m v l.+1 = P l.+1 *: v l.+1 /\
    nrm2 (v l) = x l * nrm2 (v l.+1).
Proof.
move=> [P_top [P_below x_below]] v_below v_top.
have norm l : (l < L)%N -> B l *m v l.+1 = x l *: v l.+1 -> nrm2 (v l) = x l * nrm2 (v l.+1).
  by move=> l_lt Bv; rewrite v_below // /nrm2 dot_mulmx dotC mulmxA -/(B l) Bv dotZr.
move=> l l_lt; suff [Bv Kv] : B l *m v l.+1 = x l *: v l.+1 /\ K l.+1 *m v l.+1 = P l.+1 *: v l.+1 by rewrite norm.
move: l {l_lt}(l_lt); apply: below_ind => [l last|l l_lt [Bv Kv]].
  split; first exact: v_top.
  by move: K_top P_top; rewrite -last => -> ->; rewrite mul1mx scale1r.
have WWv : W l.+1 *m (W l.+1)^T *m v l.+1 = x l.+1 *: v l.+1.
  by rewrite (v_below l.+1) // -mulmxA [(W l.+1)^T *m _]mulmxA -/(B l.+1) Bv -scalemxAr.
have KKv : K l.+1 *m v l.+1 = P l.+1 *: v l.+1.
  rewrite K_below // (v_below l.+1) // -!mulmxA [(W l.+1)^T *m _]mulmxA -/(B l.+1) Bv -!scalemxAr Kv -scalemxAr scalerA.
  by rewrite (P_below l.+1).
by split=> //; rewrite balanced // mulmxDl WWv -scalemxAl KKv scalerA -scalerDl -x_below.
Qed.

(* Two layers, the cut between them: W_1 is larger than W_2 by sqrt(1 + 2/kappa) in every mode. *)
Theorem dy15_two_layers : L = 2%N -> B 0 = (1 + c 1%N) *: (W 1%N *m (W 1%N)^T).
Proof.
move=> L2; rewrite balanced ?L2 // K_below ?L2 //; have -> : K 2 = 1%:M by move: K_top; rewrite L2.
by rewrite mulmx1 scalerDl scale1r.
Qed.

(* The singular value of the product determines every layer. *)
Hypothesis c_ge0 : forall l, 0 <= c l.

Lemma mode_increasing x P x' P' : mode x P -> mode x' P' ->
  (forall l, l.+1 = L -> 0 < x l < x' l) ->
  forall l, (l < L)%N -> 0 < x l < x' l /\ 0 < P l < P' l.
Proof.
move=> [P_top [P_below x_below]] [P_top' [P_below' x_below']] top; apply: below_ind => [l last|l l_lt [/andP[x0 xx] /andP[P0 PP]]].
  have xx := top l last; have l_lt : (l < L)%N by rewrite -last.
  by split=> //; rewrite P_below // P_below' // last P_top P_top' !mulr1.
have [c0 c_le] : 0 <= c l.+1 * P l.+1 /\ c l.+1 * P l.+1 <= c l.+1 * P' l.+1.
  by split; [rewrite mulr_ge0 // ltW|rewrite ler_wpmul2l // ltW].
have yy : 0 < x l < x' l by rewrite x_below // x_below' // ltr_paddr //= ltr_le_add.
have l_lt1 := ltnW l_lt; split=> //; case/andP: yy => y0 yy; rewrite P_below // P_below' // mulr_gt0 //=.
by apply: ltr_pmul => //; apply: ltW.
Qed.

(* C: the predicted singular values of every layer against the trained ones. *)
Theorem dy15_unique x P x' P' : (0 < L)%N -> mode x P -> mode x' P' ->
  (forall l, l.+1 = L -> 0 < x l /\ 0 < x' l) -> P 0%N = P' 0%N -> forall l, (l < L)%N -> x l = x' l.
Proof.
move=> L0 M M' pos PP; have topL : L.-1.+1 = L by rewrite prednK.
have [x0 x0'] := pos _ topL.
have at_top (y y' : nat -> R) : y L.-1 < y' L.-1 -> 0 < y L.-1 -> forall l, l.+1 = L -> 0 < y l < y' l.
  by move=> yy y0 l l_top; have -> : l = L.-1 by [rewrite -l_top]; rewrite y0.
have [lt|gt|same] := ltgtP (x L.-1) (x' L.-1).
- by have [_ /andP[_]] := mode_increasing M M' (at_top x x' lt x0) L0; rewrite PP ltxx.
- by have [_ /andP[_]] := mode_increasing M' M (at_top x' x gt x0') L0; rewrite PP ltxx.
move: M M' => [P_top [P_below x_below]] [P_top' [P_below' x_below']] l l_lt.
suff [] : x l = x' l /\ P l = P' l by [].
move: l l_lt; apply: below_ind => [l last|l l_lt [xx PP1]].
  have -> : l = L.-1 by rewrite -last.
  have l_lt : (L.-1 < L)%N by rewrite topL.
  by split=> //; rewrite P_below // P_below' // topL P_top P_top' same.
have same_x : x l = x' l by rewrite x_below // x_below' // xx PP1.
by split=> //; have l_lt1 := ltnW l_lt; rewrite P_below // P_below' // same_x PP1.
Qed.

(* The weights fall from the input to the output, strictly where an SG cuts.  C: the staircase of layer norms. *)
Theorem dy15_falls x P : mode x P -> (forall l, l.+1 = L -> 0 < x l) -> forall l, (l < L)%N ->
  0 < x l /\ 0 < P l /\ ((l.+1 < L)%N -> x l.+1 <= x l /\ (0 < c l.+1 -> x l.+1 < x l)).
Proof.
move=> [P_top [P_below x_below]] top; apply: below_ind => [l last|l l_lt [x0 [P0 _]]].
  have l_lt : (l < L)%N by rewrite -last.
  by rewrite top // P_below // last P_top mulr1 top // ltnn.
have l_lt1 := ltnW l_lt; have xl : 0 < x l by rewrite x_below // ltr_paddr // mulr_ge0 // ltW.
rewrite P_below // mulr_gt0 //; split=> //; split=> // _; rewrite (x_below l) //.
by split=> [|c0]; [rewrite ler_addl mulr_ge0 // ltW|rewrite ltr_addl mulr_gt0].
Qed.

(* SGs everywhere with one kappa: the recursion needs neither the products nor kappa, which enters with the second      *)
(* layer from the top alone (x_{N-1} = (1 + 2/kappa) x_N).  Where x is large the next one down is its square: layer i    *)
(* takes sigma^(2^-i). *)
Theorem dy15_everywhere x P a : mode x P -> (forall l, c l = a) -> forall l, (l.+2 < L)%N ->
  x l = x l.+1 * (1 + x l.+1 - x l.+2).
Proof.
move=> [P_top [P_below x_below]] c_a l l_lt; have l_lt1 := ltnW l_lt.
rewrite (x_below l) // P_below // [x l.+1 in RHS](x_below l.+1) // !c_a.
by rewrite [x l.+1](x_below l.+1) // c_a; mcring R.
Qed.

End Decouple.

(* What `balanced` above comes from: the ledger of DY14, started at 0 and kept (the flow), at an SG that is exact on      *)
(* regressors of full column rank; lambda = 1 / kappa, so c = 2 lambda.  C: A against V V^T, D against (A + A^T)/kappa.   *)
Theorem dy15_from_ledger (R : realFieldType) n p k m q (h : 'M[R]_(n, k)) (Y : 'M_(n, m)) (Q : 'M_(n, q))
    (W1 : 'M_(p, k)) (V2 : 'M_(k, m)) (A : 'M_k) (B : 'M_(m, k)) (C : 'M_(q, k)) (r : nat) (T : 'M_(k, r)) lambda
    (z := row_mx (row_mx h Y) Q) : (forall U : 'M_(k + m + q, k), z *m U = 0 -> U = 0) ->
  z *m col_mx (col_mx A B) C = (h *m V2 - Y) *m V2^T -> W1^T *m W1 - T *m T^T = lambda *: (A + A^T) ->
  W1^T *m W1 = T *m T^T + (lambda *+ 2) *: (V2 *m V2^T).
Proof.
move=> z_inj exact ledger; have A_is : A = V2 *m V2^T.
  have : z *m (col_mx (col_mx A B) C - col_mx (col_mx (V2 *m V2^T) (- V2^T)) 0) = 0.
    by rewrite mulmxBr exact /z !mul_row_col mulmx0 addr0 mulmxN mulmxA mulmxBl subrr.
  move/z_inj/eqP; rewrite subr_eq0 => /eqP/eq_col_mx[/eq_col_mx[-> _] _].
  by [].
apply/eqP; rewrite -subr_eq0 opprD addrA ledger A_is trmx_mul trmxK -mulr2n.
by rewrite -scalerMnr -scalerMnl subrr.
Qed.

(* For every singular value of the product there is such a mode, over a real closed field: P as a polynomial in the top *)
(* layer's squared singular value is 0 at 0 and large at large arguments. *)
Section Exists.
Variables (R : rcfType) (L : nat) (c : nat -> R).
Hypothesis c_ge0 : forall l, 0 <= c l.

(* The recursion in any commutative ring: (x, P) of the layer j below the top one. *)
Fixpoint descend (T : comRingType) (cT : nat -> T) j (t : T) : T * T :=
  if j is j'.+1 then
    let x1 := (descend cT j' t).1 + cT (L.-1 - j')%N * (descend cT j' t).2 in (x1, x1 * (descend cT j' t).2)
  else (t, t).

Lemma descend_horner j t : let p := descend (fun l => (c l)%:P) j 'X in
  (p.1).[t] = (descend c j t).1 /\ (p.2).[t] = (descend c j t).2.
Proof.
elim: j => [|j [IH1 IH2]] /=; first by rewrite hornerX.
by rewrite !(hornerD, hornerM, hornerC) IH1 IH2.
Qed.

Lemma descend_grow j t : 1 <= t -> t <= (descend c j t).1 /\ t <= (descend c j t).2.
Proof.
move=> t1; elim: j => [|j [xt Pt]] //=; have P1 := le_trans t1 Pt; have P0 := le_trans ler01 P1.
have xt' : t <= (descend c j t).1 + c (L.-1 - j)%N * (descend c j t).2 by rewrite ler_paddr // mulr_ge0.
by split=> //; apply: (le_trans xt'); rewrite ler_pemulr // (le_trans ler01 (le_trans t1 xt')).
Qed.

Lemma descend0 j : (descend c j 0).2 = 0.
Proof. by case: j => [|j] //=; elim: j => [|j IH] /=; rewrite ?IH mulr0. Qed.

Theorem dy15_exists s : (0 < L)%N -> 0 < s -> exists x P, mode L c x P /\ P 0%N = s /\ forall l, l.+1 = L -> 0 < x l.
Proof.
move=> L0 s0; have topL : L.-1.+1 = L by rewrite prednK.
pose p := (descend (fun l => (c l)%:P) L.-1 'X).2 - s%:P.
have pE t : p.[t] = (descend c L.-1 t).2 - s.
  by rewrite hornerD hornerN hornerC (descend_horner L.-1 t).2.
pose b := s + 1; have b1 : 1 <= b by rewrite ler_addr ltW.
have [||t /andP[t0 _] /rootP] := @poly_ivt R p 0 b; first by rewrite (le_trans ler01).
  rewrite !pE descend0 sub0r oppr_le0 ltW //= subr_ge0.
  by apply: le_trans (descend_grow L.-1 b1).2; rewrite ler_addl ler01.
rewrite pE => /eqP; rewrite subr_eq0 => /eqP Ps.
exists (fun l => (descend c (L.-1 - l) t).1), (fun l => if (l < L)%N then (descend c (L.-1 - l) t).2 else 1).
have t_gt0 : 0 < t by rewrite lt_def t0 andbT; apply: contraTneq s0 => t_0; rewrite -Ps t_0 descend0 ltxx.
have next l : (l.+1 < L)%N -> (L.-1 - l)%N = (L.-1 - l.+1).+1 by move=> l_lt; rewrite subnSK // -ltnS topL.
split; last by rewrite L0 subn0; split=> // l <-; rewrite subnn.
split; first by rewrite ltnn.
split=> l l_lt.
  rewrite l_lt; move: (l_lt); rewrite leq_eqVlt => /predU1P[last|l_lt'].
    by rewrite last ltnn mulr1 -last subnn.
  by rewrite l_lt' next.
by rewrite l_lt next //= subKn // -ltnS topL.
Qed.

End Exists.

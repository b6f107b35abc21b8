(* CP6, existence.  The two-parameter logistic regression of y on a score q has a solution iff q does not separate the  *)
(* classes; so a linear SG under the log loss has a critical point iff p_LS does not.  No derivative is used: the       *)
(* intercept c(t) that makes the mean of sigma(t q + c) that of y is a continuous function of t, and the second normal  *)
(* equation along it changes sign.  That a continuous function of a real number that changes sign has a zero is the     *)
(* hypothesis  ivt  on the ordered field.                                                                               *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import mcring gram shallow cp6_log_loss.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Continuity.
Variable R : realFieldType.
Implicit Types (f g : R -> R).

Definition continuous f := forall x e, 0 < e -> exists2 d, 0 < d & forall z, `|z - x| < d -> `|f z - f x| < e.

(* The intermediate value property of the field: what the reals have and the rationals have not. *)
Definition intermediate_values :=
  forall f a b, continuous f -> a <= b -> f a <= 0 -> 0 <= f b -> exists x, a <= x /\ x <= b /\ f x = 0.

Lemma cont_ext f g : (forall x, f x = g x) -> continuous f -> continuous g.
Proof. by move=> fg cf x e /(cf x)[d d0 fd]; exists d => // z /fd; rewrite !fg. Qed.

Lemma cont_const k : continuous (fun _ => k).
Proof. by move=> x e e0; exists 1 => // z _; rewrite subrr normr0. Qed.

Lemma cont_id : continuous (fun x => x).
Proof. by move=> x e e0; exists e. Qed.

Lemma cont_add f g : continuous f -> continuous g -> continuous (fun x => f x + g x).
Proof.
move=> cf cg x e e0; have h0 : 0 < e / 2%:R by rewrite divr_gt0 // ltr0n.
have [d d0 fd] := cf x _ h0; have [d' d0' gd] := cg x _ h0.
exists (Num.min d d') => [|z]; first by rewrite lt_minr d0.
rewrite lt_minr => /andP[/fd fz /gd gz]; rewrite opprD addrACA.
by apply: le_lt_trans (ler_norm_add _ _) _; rewrite [e]splitr ltr_add.
Qed.

Lemma cont_scale k f : continuous f -> continuous (fun x => k * f x).
Proof.
move=> cf x e e0; have K0 : 0 < `|k| + 1 by rewrite ltr_paddl.
have [d d0 fd] := cf x (e / (`|k| + 1)) (divr_gt0 e0 K0).
exists d => // z /fd; rewrite -mulrBr normrM ltr_pdivl_mulr // => lt_e.
by apply: le_lt_trans lt_e; rewrite mulrC ler_wpmul2l // ler_addl.
Qed.

Lemma cont_comp f g : continuous f -> continuous g -> continuous (fun x => f (g x)).
Proof.
move=> cf cg x e e0; have [d d0 fd] := cf (g x) _ e0; have [d' d0' gd] := cg x _ d0.
by exists d' => // z /gd /fd.
Qed.

Lemma cont_sum (I : Type) (r : seq I) (f : I -> R -> R) :
  (forall i, continuous (f i)) -> continuous (fun x => \sum_(i <- r) f i x).
Proof.
move=> cf; elim: r => [|i r IH].
  by apply: cont_ext (cont_const 0) => x; rewrite big_nil.
by apply: cont_ext (cont_add (cf i) IH) => x; rewrite big_cons.
Qed.

End Continuity.

Section Intercept.
Variables (R : realFieldType) (n : nat) (q y : 'I_n -> R) (sigma : R -> R).

Hypothesis ivt : intermediate_values R.
Hypothesis y01 : forall i, y i = 0 \/ y i = 1.
Hypothesis sigma_incr : forall u v, u < v -> sigma u < sigma v.
Hypothesis sigma_cont : continuous sigma.
(* With sigma_incr these are the limits 1 and 0. *)
Hypothesis sigma_top : forall e, 0 < e -> exists x, 1 - e < sigma x.
Hypothesis sigma_bottom : forall e, 0 < e -> exists x, sigma x < e.

Variables a b : 'I_n.
Hypotheses (ya : y a = 0) (yb : y b = 1).                                                 (* both classes have samples *)

Definition total t c := \sum_i sigma (t * q i + c).
Definition ones := \sum_i y i.

Lemma sigma_le u v : u <= v -> sigma u <= sigma v.
Proof. by rewrite le_eqVlt => /orP[/eqP->|/sigma_incr/ltW]. Qed.

Lemma sigma_lt_inv u v : sigma u < sigma v -> u < v.
Proof. by move=> lt; rewrite ltNge; apply: contraTN lt => /sigma_le; rewrite -leNgt. Qed.

Lemma n_gt0 : 0 < n%:R :> R.
Proof. by rewrite ltr0n (leq_ltn_trans (leq0n a)) ?ltn_ord. Qed.

Lemma y_ge0 i : 0 <= y i.
Proof. by case: (y01 i) => ->; rewrite ?lexx ?ler01. Qed.

Lemma y_le1 i : y i <= 1.
Proof. by case: (y01 i) => ->; rewrite ?lexx ?ler01. Qed.

Lemma sumr_const_n (k : R) : \sum_(i < n) k = n%:R * k.
Proof. by rewrite sumr_const card_ord mulr_natl. Qed.

Lemma ones_gt0 : 0 < ones.
Proof. by rewrite /ones (bigD1 b) //= yb; apply: ltr_spaddl; rewrite ?ltr01 //; apply: sumr_ge0 => i _; apply: y_ge0. Qed.

Lemma ones_ltn : ones < n%:R.
Proof.
rewrite -[n%:R]mulr1 -sumr_const_n /ones (bigD1 a) //= [X in _ < X](bigD1 a) //= ya.
by apply: ltr_le_add; rewrite ?ltr01 //; apply: ler_sum => i _; apply: y_le1.
Qed.

Lemma total_incr t c c' : c < c' -> total t c < total t c'.
Proof.
move=> lt; rewrite /total (bigD1 a) //= [X in _ < X](bigD1 a) //=.
apply: ltr_le_add; first by rewrite sigma_incr ?ltr_add2l.
by apply: ler_sum => i _; rewrite sigma_le ?ler_add2l ?ltW.
Qed.

Lemma total_incr_inv t c c' : total t c < total t c' -> c < c'.
Proof.
move=> lt; rewrite ltNge; apply: contraTN lt; rewrite -leNgt le_eqVlt.
by case/orP => [/eqP->//|/(total_incr t)/ltW].
Qed.

Lemma total_cont_c t : continuous (total t).
Proof.
apply: cont_sum => i; apply: (cont_comp (f := sigma)) => //.
by apply: cont_add; [apply: cont_const|apply: cont_id].
Qed.

Lemma total_cont_t c : continuous (total^~ c).
Proof.
apply: cont_sum => i; apply: (cont_comp (f := sigma)) => //.
apply: cont_add (@cont_const _ c).
by apply: cont_ext (cont_scale (q i) (@cont_id R)) => x; rewrite mulrC.
Qed.

Definition size_q := \sum_i `|q i|.

Lemma size_q_ge i : `|q i| <= size_q.
Proof. by rewrite /size_q (bigD1 i) //= ler_addl sumr_ge0. Qed.

Lemma size_q_ge0 : 0 <= size_q.
Proof. exact: le_trans (size_q_ge a). Qed.

(* For each t one intercept makes the two means agree. *)
Lemma intercept_exists t : exists c, total t c == ones.
Proof.
pose m := ones / n%:R; pose K := `|t| * size_q.
have m0 : 0 < m by rewrite divr_gt0 ?ones_gt0 ?n_gt0.
have m1 : 0 < 1 - m by rewrite subr_gt0 ltr_pdivr_mulr ?n_gt0 // mul1r ones_ltn.
have [lo los] := sigma_bottom m0; have [hi] := sigma_top m1; rewrite opprB addrC subrK => his.
have mE : n%:R * m = ones by rewrite mulrC divfK // gt_eqF ?n_gt0.
have tq i : `|t * q i| <= K by rewrite normrM ler_wpmul2l ?size_q_ge.
have [||||c [_ [_ c0]]] := @ivt (fun c => total t c - ones) (lo - K) (hi + K).
- by apply: cont_add; [apply: total_cont_c|apply: cont_const].
- have lh : lo < hi by apply: sigma_lt_inv; apply: lt_trans his.
  have K0 : 0 <= K by rewrite mulr_ge0 ?size_q_ge0.
  by rewrite ler_subl_addr -addrA ltW // (lt_le_trans lh) // ler_addl addr_ge0.
- rewrite subr_le0 -mE -sumr_const_n; apply: ler_sum => i _; apply: ltW; apply: le_lt_trans los.
  by apply: sigma_le; rewrite addrCA ger_addl subr_le0; apply: le_trans (tq i); apply: ler_norm.
- rewrite subr_ge0 -mE -sumr_const_n; apply: ler_sum => i _; apply: ltW; apply: lt_le_trans his _.
  apply: sigma_le; rewrite addrCA ler_addl -ler_subl_addr sub0r ler_oppl.
  by apply: le_trans (tq i); rewrite -normrN ler_norm.
by exists c; rewrite -subr_eq0 c0.
Qed.

Definition intercept t := xchoose (intercept_exists t).

Lemma interceptP t : total t (intercept t) = ones.
Proof. by apply/eqP; apply: (xchooseP (intercept_exists t)). Qed.

Lemma intercept_unique t c : total t c = ones -> c = intercept t.
Proof.
have := interceptP t => <- eqc; have [/(total_incr t)|/(total_incr t)|//] := ltrgtP c (intercept t);
  by rewrite eqc ltxx.
Qed.

(* It depends continuously on t: at c(t) - e and c(t) + e the difference keeps its sign nearby. *)
Lemma intercept_cont : continuous intercept.
Proof.
move=> t e e0; pose c := intercept t.
have lo : total t (c - e) < ones by rewrite -(interceptP t) total_incr // ltr_subl_addr ltr_addl.
have hi : ones < total t (c + e) by rewrite -(interceptP t) total_incr // ltr_addl.
have lo0 : 0 < ones - total t (c - e) by rewrite subr_gt0.
have hi0 : 0 < total t (c + e) - ones by rewrite subr_gt0.
have [d d0 dlo] := total_cont_t (c - e) t lo0; have [d' d0' dhi] := total_cont_t (c + e) t hi0.
exists (Num.min d d') => [|z]; first by rewrite lt_minr d0.
rewrite lt_minr => /andP[/dlo zlo /dhi zhi]; rewrite ltr_distl; apply/andP; split; apply: (@total_incr_inv z).
  by rewrite interceptP; have := ltr_distl_addr zlo; rewrite [_ + (_ - _)]addrC subrK.
by rewrite interceptP; have := ltr_distlC_subl zhi; rewrite opprB [_ + (_ - _)]addrC subrK.
Qed.

(* The first normal equation solved for the intercept: once for each t, by a continuous function of t. *)
Theorem cp6_intercept : exists f, [/\ continuous f, forall t, total t (f t) = ones & forall t c, total t c = ones -> c = f t].
Proof. by exists intercept; split; [apply: intercept_cont|apply: interceptP|apply: intercept_unique]. Qed.

End Intercept.

(* Far out on the line, at t = T: with the classes crossing, a in class 0 above b in class 1, the second equation has   *)
(* the sign of its samples on the wrong side of the threshold, and the tails of sigma on the right side are small.      *)
Section Far.
Variables (R : realFieldType) (n : nat) (q y : 'I_n -> R) (sigma : R -> R).

Hypothesis y01 : forall i, y i = 0 \/ y i = 1.
Hypothesis sigma01 : forall x, 0 < sigma x /\ sigma x < 1.
Hypothesis sigma_incr : forall u v, u < v -> sigma u < sigma v.
Hypothesis sigma_top : forall e, 0 < e -> exists x, 1 - e < sigma x.
Hypothesis sigma_bottom : forall e, 0 < e -> exists x, sigma x < e.

Definition slope t c := \sum_i q i * (sigma (t * q i + c) - y i).

Lemma slope_centred r t c : total q sigma t c = ones y ->
  slope t c = \sum_i (q i - r) * (sigma (t * q i + c) - y i).
Proof.
move=> eqc; pose g i := sigma (t * q i + c) - y i.
rewrite [RHS](eq_bigr (fun i => q i * g i - r * g i)) => [|i _]; last exact: mulrBl.
by rewrite sumrB -mulr_sumr [\sum_i g i]sumrB -/(total q sigma t c) -/(ones y) eqc subrr mulr0 subr0.
Qed.

Lemma small (u s B e h : R) : 0 <= u -> u <= B -> 0 < s -> s < 1 -> 0 <= h -> 0 <= e ->
  (h < u -> s <= e) -> u * s <= h + B * e.
Proof.
move=> u0 uB s0 s1 h0 e0 se; have B0 : 0 <= B := le_trans u0 uB.
have [uh|/se {}se] := leP u h.
  apply: (@le_trans _ _ (u * 1)); first by rewrite ler_wpmul2l // ltW.
  by rewrite mulr1 (le_trans uh) // ler_addl mulr_ge0.
apply: (@le_trans _ _ (B * e)); last by rewrite ler_addr.
by apply: ler_pmul => //; apply: ltW.
Qed.

Lemma right_term (T h e B x z v : R) : v = 0 \/ v = 1 -> `|x| <= B -> 0 < T -> 0 <= h -> 0 <= e ->
  (forall u, T * h <= u -> 1 - e <= sigma u) -> (forall u, u <= - (T * h) -> sigma u <= e) ->
  (0 < x -> T * x <= z) -> (x < 0 -> z <= T * x) -> - (h + B * e) <= x * (sigma z - v).
Proof.
move=> v01 xB T0 h0 e0 top bottom up down; have [s0 s1] := sigma01 z.
have tail0 : - (h + B * e) <= 0 by rewrite oppr_le0 addr_ge0 // mulr_ge0 // (le_trans _ xB).
case: v01 => ->; rewrite ?subr0.
  have [x0|x0] := leP 0 x; first by rewrite (le_trans tail0) // mulr_ge0 // ltW.
  rewrite -[x]opprK mulNr ler_opp2; apply: small => //; first by rewrite oppr_ge0 ltW.
    by rewrite -(ltr0_norm x0).
  move=> hx; apply: bottom; apply: le_trans (down x0) _.
  by rewrite -mulrN ler_pmul2l // ler_oppr ltW.
have [x0|x0] := leP x 0; first by rewrite (le_trans tail0) // mulr_le0 // subr_le0 ltW.
rewrite -opprB mulrN ler_opp2; apply: small => //; first exact: ltW.
- by rewrite -(gtr0_norm x0).
- by rewrite subr_gt0.
- by rewrite ltr_subl_addr ltr_addl.
move=> hx; rewrite ler_subl_addl -ler_subl_addr; apply: top.
by apply: le_trans (up x0); rewrite ler_pmul2l // ltW.
Qed.

(* The threshold -c/T, moved into the range of the scores. *)
Lemma threshold (T c Q : R) : 0 < T -> 0 <= Q -> (forall i, `|q i| <= Q) ->
  exists2 r, `|r| <= Q & forall i, (r < q i -> 0 <= T * r + c) /\ (q i < r -> T * r + c <= 0).
Proof.
move=> T0 Q0 qQ; pose th := - (c / T).
have thE : T * th + c = 0 by rewrite mulrN mulrC divfK ?gt_eqF // addNr.
have [lo|lo] := leP th (- Q).
  exists (- Q) => [|i]; first by rewrite normrN ger0_norm.
  split=> [_|]; first by rewrite -thE ler_add2r ler_pmul2l.
  by have := qQ i; rewrite ler_norml => /andP[+ _]; rewrite leNgt => /negP.
have [hi|hi] := leP Q th.
  exists Q => [|i]; first by rewrite ger0_norm.
  split=> [|_]; last by rewrite -thE ler_add2r ler_pmul2l.
  by have := qQ i; rewrite ler_norml => /andP[_]; rewrite leNgt => /negP.
by exists th => [|i]; [rewrite ler_norml !ltW|rewrite thE].
Qed.

Variables a b : 'I_n.
Hypotheses (ya : y a = 0) (yb : y b = 1) (cross : q b < q a).

Lemma far : exists2 T, 0 < T & forall c, total q sigma T c = ones y -> 0 <= slope T c.
Proof.
have N0 : 0 < n%:R :> R := n_gt0 R a.
pose Q := size_q q; have Q0 : 0 <= Q := size_q_ge0 q a.
pose d := (q a - q b) / 2%:R; have d0 : 0 < d by rewrite divr_gt0 ?subr_gt0 ?ltr0n.
have dd : d + d = q a - q b by rewrite -splitr.
have [s0 s1] := sigma01 0.
pose m := Num.min (sigma 0) (1 - sigma 0); have m0 : 0 < m by rewrite lt_minr s0 subr_gt0.
pose k := m * d; have k0 : 0 < k by rewrite mulr_gt0.
pose h := k / n%:R / 2%:R; have h0 : 0 < h by apply: divr_gt0; rewrite ?ltr0n // divr_gt0.
pose B := Q + Q + 1; have B0 : 0 < B by rewrite ltr_paddl ?addr_ge0.
pose e := h / B; have e0 : 0 < e by rewrite divr_gt0.
have tailE : n%:R * (h + B * e) = k.
  by rewrite [B * e]mulrC divfK ?gt_eqF // -splitr mulrC divfK ?gt_eqF.
have [u1 top] := sigma_top e0; have [u2 bottom] := sigma_bottom e0.
pose M := `|u1| + `|u2| + 1; have M0 : 0 < M by rewrite ltr_paddl ?addr_ge0.
pose T := M / h; have T0 : 0 < T by rewrite divr_gt0.
have TM : T * h = M by rewrite divfK ?gt_eqF.
exists T => // c eqc; have [r rQ rP] := threshold c T0 Q0 (size_q_ge q).
rewrite (slope_centred r eqc); pose term i := (q i - r) * (sigma (T * q i + c) - y i).
have low i : 0 <= term i + (h + B * e).
  rewrite -[h + _]opprK subr_ge0; apply: (@right_term T h e B) => //; try exact: ltW.
  - apply: le_trans (ler_norm_sub _ _) _; rewrite /B -[_ + `|r|]addr0.
    by rewrite ler_add ?ler01 // ler_add ?size_q_ge.
  - move=> u; rewrite TM => Mu; apply: ltW; apply: lt_le_trans top _; apply: (sigma_le sigma_incr).
    apply: le_trans Mu; apply: le_trans (ler_norm _) _.
    by rewrite /M -addrA ler_addl addr_ge0.
  - move=> u; rewrite TM => Mu; apply: ltW; apply: le_lt_trans bottom; apply: (sigma_le sigma_incr).
    apply: le_trans Mu _; rewrite ler_oppl; apply: le_trans (ler_norm _) _.
    by rewrite normrN /M addrAC addrC ler_addl addr_ge0.
  - by rewrite subr_gt0 mulrBr ler_add2l => /(rP i).1 ?; rewrite -subr_ge0 opprK addrC.
  - by rewrite subr_lt0 mulrBr ler_add2l => /(rP i).2 ?; rewrite -[c <= _]subr_le0 opprK addrC.
have [j jk] : exists j, k <= term j.
  have [ra|ra] := leP (r + d) (q a).
    exists a; rewrite /term ya subr0 /k mulrC; apply: ler_pmul; try exact: ltW.
      by rewrite ler_subr_addl.
    apply: (@le_trans _ _ (sigma 0)); first by rewrite le_minl lexx.
    apply: (sigma_le sigma_incr); have ra' : r < q a by apply: lt_le_trans ra; rewrite ltr_addl.
    by apply: le_trans ((rP a).1 ra') _; rewrite ler_add2r ler_pmul2l ?ltW.
  have rb : d <= r - q b.
    by rewrite ler_subr_addr -(ler_add2l d) addrA dd subrK addrC ltW.
  exists b; rewrite /term yb -mulrNN !opprB /k mulrC; apply: ler_pmul => //; try exact: ltW.
  apply: (@le_trans _ _ (1 - sigma 0)); first by rewrite le_minl lexx orbT.
  rewrite ler_add2l ler_opp2; apply: (sigma_le sigma_incr).
  have rb' : q b < r by rewrite -subr_gt0 (lt_le_trans d0).
  by apply: le_trans ((rP b).2 rb'); rewrite ler_add2r ler_pmul2l ?ltW.
have : k <= \sum_i (term i + (h + B * e)).
  rewrite (bigD1 j) //= -[k]addr0; apply: ler_add; last by apply: sumr_ge0.
  by apply: le_trans jk _; rewrite ler_addl ltW // addr_gt0 // mulr_gt0.
by rewrite big_split /= sumr_const_n tailE ler_addr.
Qed.

End Far.

Section Regression.
Variables (R : realFieldType) (n : nat) (q y : 'I_n -> R) (sigma : R -> R).

Hypothesis ivt : intermediate_values R.
Hypothesis y01 : forall i, y i = 0 \/ y i = 1.
Hypothesis sigma01 : forall x, 0 < sigma x /\ sigma x < 1.
Hypothesis sigma_incr : forall u v, u < v -> sigma u < sigma v.
Hypothesis sigma_cont : continuous sigma.
Hypothesis sigma_top : forall e, 0 < e -> exists x, 1 - e < sigma x.
Hypothesis sigma_bottom : forall e, 0 < e -> exists x, sigma x < e.

(* Some line k s + th is >= 0 on class 1 and <= 0 on class 0, and not 0 throughout. *)
Definition separated (s : 'I_n -> R) := exists k th,
  (forall i, (y i = 1 -> 0 <= k * s i + th) /\ (y i = 0 -> k * s i + th <= 0)) /\ exists i, k * s i + th != 0.

Lemma both_classes (i : 'I_n) : ~ separated q -> (exists a, y a == 0) /\ exists b, y b == 1.
Proof.
move=> nosep; split; apply/existsP; apply: contraT; rewrite negb_exists => /forallP no; exfalso; apply: nosep.
  exists 0, 1; split=> [j|]; last by exists i; rewrite mul0r add0r oner_eq0.
  by rewrite mul0r add0r; split=> [_|/eqP yj]; [apply: ler01|have := no j; rewrite yj].
exists 0, (- 1); split=> [j|]; last by exists i; rewrite mul0r add0r oppr_eq0 oner_eq0.
by rewrite mul0r add0r; split=> [/eqP yj|_]; [have := no j; rewrite yj|rewrite oppr_le0 ler01].
Qed.

Lemma crossing (s : 'I_n -> R) (a0 : 'I_n) : y a0 == 0 -> ~ (exists k, forall i, s i = k) -> ~ separated s ->
  exists a b, [/\ y a = 0, y b = 1 & s b < s a].
Proof.
move=> ya0 s_var nosep.
have [/existsP[a /existsP[b /andP[/andP[/eqP ya /eqP yb] lt]]]|] :=
    boolP [exists a, exists b, (y a == 0) && (y b == 1) && (s b < s a)]; first by exists a, b.
rewrite negb_exists => /forallP no; exfalso.
have [m ym max] : exists2 m, y m = 0 & forall j, y j = 0 -> s j <= s m.
  case: (@Order.TotalTheory.arg_maxP _ _ _ a0 (fun j => y j == 0) s ya0) => m /eqP ym max.
  by exists m => // j /eqP; apply: max.
have [/existsP[i si]|] := boolP [exists i, s i != s m]; last first.
  rewrite negb_exists => /forallP eq_s; apply: s_var; exists (s m) => i; apply/eqP.
  by have := eq_s i; rewrite negbK.
apply: nosep; exists 1, (- s m); split=> [j|]; last by exists i; rewrite mul1r subr_eq0.
rewrite mul1r; split=> [yj|/max]; last by rewrite subr_le0.
have := no m; rewrite negb_exists => /forallP/(_ j).
by rewrite ym yj !eqxx /= -leNgt subr_ge0.
Qed.

Lemma regression_exists : ~ (exists k, forall i, q i = k) -> ~ separated q ->
  exists t c, total q sigma t c = ones y /\ slope q y sigma t c = 0.
Proof.
move=> q_var nosep.
have [i _] : exists i : 'I_n, true.
  have [/existsP//|] := boolP [exists i : 'I_n, true]; rewrite negb_exists => /forallP no.
  by exfalso; apply: q_var; exists 0 => i; have := no i.
have [[a0 ya0] [b0 yb0]] := both_classes i nosep; pose q' i := - q i.
have [a [b [ya yb lt]]] := crossing ya0 q_var nosep.
have [a' [b' [ya' yb' lt']]] : exists a b, [/\ y a = 0, y b = 1 & q' b < q' a].
  apply: (crossing ya0) => [[k qk]|[k [th [sep [j kj]]]]].
    by apply: q_var; exists (- k) => j; rewrite -[q j]opprK -/(q' j) qk.
  apply: nosep; exists (- k), th; split=> [l|]; last by exists j; rewrite mulNr -mulrN.
  by rewrite mulNr -mulrN; apply: sep.
have [T T0 Tge] := far y01 sigma01 sigma_incr sigma_top sigma_bottom ya yb lt.
have [T' T'0 Tle] := far y01 sigma01 sigma_incr sigma_top sigma_bottom ya' yb' lt'.
have [c [c_cont cE _]] := cp6_intercept q ivt y01 sigma_incr sigma_cont sigma_top sigma_bottom ya yb.
have [||||t [_ [_ F0]]] := @ivt (fun t => slope q y sigma t (c t)) (- T') T; last by exists t, (c t).
- apply: cont_sum => j; apply: cont_scale; apply: cont_add; last exact: cont_const.
  apply: (cont_comp (f := sigma)) => //; apply: cont_add c_cont.
  by apply: cont_ext (cont_scale (q j) (@cont_id R)) => x; rewrite mulrC.
- by apply: (@le_trans _ _ 0); [rewrite oppr_le0 ltW|apply: ltW].
- have flip j : T' * q' j = - T' * q j by rewrite mulrN mulNr.
  rewrite -oppr_ge0 /slope -sumrN.
  have -> : \sum_j - (q j * (sigma (- T' * q j + c (- T')) - y j)) = slope q' y sigma T' (c (- T')).
    by apply: eq_bigr => j _; rewrite flip -mulNr.
  by apply: Tle; rewrite -(cE (- T')); apply: eq_bigr => j _; rewrite flip.
- exact: Tge.
Qed.

End Regression.

Section Existence.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (y : 'cV[R]_n) (sigma : R -> R).
Local Notation one := (const_mx 1 : 'cV[R]_n).
Add Ring R_ring : (comRing_ring R).
Implicit Types (p s : 'cV[R]_n) (w : 'cV[R]_d).

Hypothesis ivt : intermediate_values R.
Hypothesis y01 : forall i, y i 0 = 0 \/ y i 0 = 1.
Hypothesis sigma01 : forall x, 0 < sigma x /\ sigma x < 1.
Hypothesis sigma_incr : forall u v, u < v -> sigma u < sigma v.
Hypothesis sigma_cont : continuous sigma.
Hypothesis sigma_top : forall e, 0 < e -> exists x, 1 - e < sigma x.
Hypothesis sigma_bottom : forall e, 0 < e -> exists x, sigma x < e.

(* The score s separates the classes: an affine function of it is >= 0 on class 1, <= 0 on class 0, not 0 throughout.   *)
Definition separates s := exists k th,
  (forall i, (y i 0 = 1 -> 0 <= k * s i 0 + th) /\ (y i 0 = 0 -> k * s i 0 + th <= 0)) /\ exists i, k * s i 0 + th != 0.

Local Notation g := (logit_grad y sigma).

(* Where the two equations hold at some p at all, the score does not separate. *)
Lemma normal2_separates s p : normal2 s (g p) -> ~ separates s.
Proof.
move=> [og sg0] [k [th [sep [i si]]]]; pose term j := (k * s j 0 + th) * g p j 0.
have sg_neq0 j : g p j 0 != 0.
  have [s0 s1] := sigma01 (p j 0); rewrite mxE subr_eq0.
  by case: (y01 j) => ->; [rewrite gt_eqF|rewrite lt_eqF].
have le0 j : 0 <= - term j.
  have [s0 s1] := sigma01 (p j 0); rewrite oppr_ge0 /term mxE; case: (y01 j) => yj; rewrite yj ?subr0.
    by apply: mulr_le0_ge0; [apply: (sep j).2|apply: ltW].
  by apply: mulr_ge0_le0; [apply: (sep j).1|rewrite subr_le0 ltW].
have sum0 : \sum_j - term j = 0.
  rewrite sumrN; have -> : \sum_j term j = dot (k *: s + th *: one) (g p).
    by apply: eq_bigr => j _; rewrite /term !mxE mulr1.
  by rewrite dotDl !dotZl og sg0 !mulr0 addr0 oppr0.
have /psumr_eq0P/(_ i isT)/eqP := sum0 => /(_ (fun j _ => le0 j)).
by rewrite oppr_eq0 mulf_eq0 (negPf si) (negPf (sg_neq0 i)).
Qed.

(* The logistic regression of y on a score and a constant has a solution iff the score does not separate the classes.   *)
(* C: separation is decided first, with a certificate; then Newton's method finds (t, c).                               *)
Theorem cp6_regression s : ~ constant s ->
  (exists t c, normal2 s (g (t *: s + c *: one))) <-> ~ separates s.
Proof.
move=> s_var; split=> [[t [c /normal2_separates//]]|nosep].
have [||t [c [tot slp]]] := regression_exists (q := fun i => s i 0) (y := fun i => y i 0) ivt y01 sigma01 sigma_incr sigma_cont sigma_top sigma_bottom.
- by case=> k sk; apply: s_var; exists k; apply/colP => i; rewrite !mxE mulr1 sk.
- by [].
exists t, c; split; last by rewrite -[RHS]slp; apply: eq_bigr => i _; rewrite !mxE mulr1.
rewrite -(subrr (ones (fun i => y i 0))) -{1}tot -sumrB; apply: eq_bigr => i _.
by rewrite !mxE mulr1 mul1r.
Qed.

Variables (e wls : 'cV[R]_d).
Hypothesis one_in : X *m e = one.
Hypothesis ls : E X (X *m wls - y) = 0.                                             (* p_LS = X wls is least squares *)
Local Notation p_LS := (X *m wls).
Hypothesis ls_var : ~ constant p_LS.

Lemma ls_res w : dot (X *m w) (y - p_LS) = 0.
Proof. by rewrite -opprB dotNr (orth w ls) oppr0. Qed.

Lemma one_res : dot one (y - p_LS) = 0.
Proof. by rewrite -one_in ls_res. Qed.

(* If p_LS does not separate, no weights fit y: they would make p_LS = y. *)
Lemma no_fit : ~ separates p_LS -> forall w, X *m w != y.
Proof.
move=> nosep w; apply/eqP => wy; apply: nosep.
have lsE : p_LS = y.
  apply/eqP; rewrite -subr_eq0 -{1}wy -mulmxBr; apply/eqP; apply: E_gram.
  by rewrite mulmxBr wy.
exists 1, (- 2%:R^-1); rewrite lsE; have h0 : 0 < 2%:R^-1 :> R by rewrite invr_gt0 ltr0n.
have h1 : 0 < 1 - 2%:R^-1 :> R by rewrite subr_gt0 invf_lt1 ?ltr1n ?ltr0n.
split=> [i|]; first by rewrite mul1r; split=> ->; [apply: ltW|rewrite add0r oppr_le0 ltW].
have [/existsP[i _]|] := boolP [exists i : 'I_n, true].
  by exists i; rewrite mul1r; case: (y01 i) => ->; [rewrite add0r oppr_eq0 gt_eqF|rewrite gt_eqF].
rewrite negb_exists => /forallP no; exfalso; apply: ls_var; exists 0; apply/colP => i; by have := no i.
Qed.

(* A point t p_LS + c that solves both equations varies: a constant one would be the least-squares fit. *)
Lemma solution_varies p : normal2 p_LS (g p) -> ~ constant p.
Proof.
move=> [og lg] [k pE]; apply: ls_var; exists (sigma k); apply/eqP; rewrite -subr_eq0 -nrm2_eq0; apply/eqP.
have gE : g p = - (p_LS - sigma k *: one) - (y - p_LS).
  apply/colP => i; rewrite pE !mxE mulr1; move: (\sum_j _) (sigma k) (y i 0) => u v z; mcring R.
have := congr1 (fun v => dot (p_LS - sigma k *: one) v) gE.
rewrite dotDl -scaleNr dotZl og lg mulr0 addr0 dotDr !dotNr scaleNr -/(nrm2 _) [dot _ (y - p_LS)]dotDl -scaleNr dotZl.
by rewrite ls_res one_res mulr0 addr0 subr0 scaleNr => /esym/eqP; rewrite oppr_eq0 => /eqP.
Qed.

(* P_X s = 0 for s = a p + b y + c 1: the first update vanishes. *)
Lemma critical_fit w a b c : E X (sg X y w (col_mx (col_mx a%:M b%:M) c%:M)) = 0 ->
  a *: (X *m w) + b *: p_LS + c *: one = 0.
Proof.
rewrite sgE => net0; have -> : a *: (X *m w) + b *: p_LS + c *: one = X *m (a *: w + b *: wls + c *: e).
  by rewrite !mulmxDr -!scalemxAr one_in.
apply: E_gram; rewrite !mulmxDr -!scalemxAr one_in -[RHS]net0 !EDr !EZr; congr (_ + _ *: _ + _).
by have /eqP := ls; rewrite EDr ENr subr_eq0 => /eqP.
Qed.

(* An SG-critical point solves the two equations, whatever X fits and whether or not it varies. *)
Lemma critical_normal2 w : sg_critical X y sigma w -> normal2 p_LS (g (X *m w)).
Proof.
set p := X *m w => -[phi []].
have -> : phi = col_mx (col_mx (usubmx (usubmx phi) 0 0)%:M (dsubmx (usubmx phi) 0 0)%:M) (dsubmx phi 0 0)%:M.
  by rewrite -!mx11_scalar !vsubmxK.
move: (usubmx (usubmx phi) 0 0) (dsubmx (usubmx phi) 0 0) (dsubmx phi 0 0) => a b c net0 /sg_dirP; move: net0.
rewrite /cp6_log_loss.net_dir sgE -/p => net0 [p_f y_f o_f].
have fit : a *: p + b *: p_LS + c *: one = 0 by apply: critical_fit; rewrite sgE.
have sE : a *: p + b *: y + c *: one = b *: (y - p_LS).
  by rewrite -[LHS]subr0 -fit scalerBr !opprD !addrA; move: (a *: p) (b *: y) (c *: one) (b *: p_LS) => A B C D; mxring R.
rewrite sE in p_f y_f o_f.
have perp v : dot (X *m v) (b *: (y - p_LS) - g p) = 0 -> dot (X *m v) (g p) = 0.
  by rewrite dotDr dotNr dotZr ls_res mulr0 add0r => /eqP; rewrite oppr_eq0 => /eqP.
have pg : dot p (g p) = 0 by apply: perp.
have og : dot one (g p) = 0 by rewrite -one_in; apply: perp; rewrite one_in.
split=> //; have b0 : b != 0.
  apply/eqP => b0; move: y_f; rewrite b0 scale0r sub0r dotNr => /eqP; rewrite oppr_eq0 => /eqP yg0.
  (* y.g = 0 with terms <= 0: class 1 is empty, and p_LS the fit of 0 *)
  have term j : 0 <= - (y j 0 * g p j 0).
    by rewrite mxE; case: (y01 j) => ->; rewrite ?mul0r ?oppr0 // mul1r oppr_ge0 subr_le0 ltW ?(sigma01 _).2.
  have sum0 : \sum_j - (y j 0 * g p j 0) = 0 by rewrite sumrN -/(dot _ _) yg0 oppr0.
  have y0 : y = 0.
    apply/colP => i; rewrite [RHS]mxE; case: (y01 i) => // yi.
    have /psumr_eq0P/(_ i isT)/eqP := sum0 => /(_ (fun j _ => term j)).
    by rewrite mxE yi mul1r oppr_eq0 subr_eq0 lt_eqF ?(sigma01 _).2.
  apply: ls_var; exists 0; rewrite scale0r; apply: E_gram.
  by have := ls; rewrite y0 subr0.
have := congr1 (fun u => dot u (g p)) fit; rewrite !dotDl !dotZl pg og !mulr0 add0r addr0 [dot 0 _]dotC dot0r.
by move/eqP; rewrite mulf_eq0 (negPf b0) => /eqP.
Qed.

(* There is an SG-critical point iff p_LS does not separate the classes; it is p = t p_LS + c with t > 0.               *)
(* C: the verdict on separation is certified; the point is compared with a run and with Newton on the joint equations.  *)
Theorem cp6_existence : (exists w, sg_critical X y sigma w) <-> ~ separates p_LS.
Proof.
split=> [[w /critical_normal2/normal2_separates//]|nosep].
have [t [c sol]] := (cp6_regression ls_var).2 nosep; exists (t *: wls + c *: e).
have wE : X *m (t *: wls + c *: e) = t *: p_LS + c *: one by rewrite mulmxDr -!scalemxAr one_in.
rewrite -wE in sol; apply/(cp6_reduction y01 sigma01 sigma_incr one_in ls (no_fit nosep)); first exact: solution_varies.
by split=> //; exists t, c.
Qed.

(* All that is true of such a point, with no hypothesis on the fit or on p. *)
Theorem cp6_critical w : sg_critical X y sigma w <->
  (exists t c, 0 < t /\ X *m w = t *: p_LS + c *: one) /\ normal2 p_LS (g (X *m w)).
Proof.
split=> [crit|[[t [c [_ wE]]] sol]].
  have sol := critical_normal2 crit; have w_var := solution_varies sol.
  have out := no_fit (normal2_separates sol); split=> //.
  have [[t [c wE]] _] := (cp6_reduction y01 sigma01 sigma_incr one_in ls out w_var).1 crit.
  by exists t, c; split=> //; apply: (cp6_sign y01 sigma01 sigma_incr one_in ls out w_var wE sol).1.
apply/(cp6_reduction y01 sigma01 sigma_incr one_in ls (no_fit (normal2_separates sol))); first exact: solution_varies.
by split=> //; exists t, c.
Qed.

End Existence.

(* The standard library's ring tactic on mathcomp's commutative rings.  Inside a section with  Variable R  declare      *)
(*   Add Ring R_ring : (comRing_ring R).                                                                               *)
(* and call  mcring R.  Numerals and powers with literal exponents are expanded; everything else is an atom.           *)
From Coq Require Export Ring.
From mathcomp Require Import all_ssreflect all_algebra.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Ops.
Variable R : comRingType.
Local Notation T := (GRing.ComRing.sort R).

Definition r0 : T := 0.
Definition r1 : T := 1.
Definition radd (x y : T) : T := x + y.
Definition rmul (x y : T) : T := x * y.
Definition ropp (x : T) : T := - x.
Definition rsub (x y : T) : T := radd x (ropp y).

Lemma comRing_ring : @ring_theory T r0 r1 radd rmul rsub ropp eq.
Proof.
split=> //; [exact: add0r|exact: addrC|exact: addrA|exact: mul1r|
  exact: mulrC|exact: mulrA|exact: mulrDl|exact: subrr].
Qed.

End Ops.

(* Instances of the operations differ by canonical-structure path; this makes them syntactically equal. *)
Ltac mcring R :=
  rewrite ?(exprS, expr0, mulrS, mulr0n);
  repeat match goal with
  | |- context [@GRing.add ?Z ?x ?y] =>
      change (@GRing.add Z x y) with (@radd R x y)
  | |- context [@GRing.mul ?Z ?x ?y] =>
      change (@GRing.mul Z x y) with (@rmul R x y)
  | |- context [@GRing.opp ?Z ?x] =>
      change (@GRing.opp Z x) with (@ropp R x)
  | |- context [GRing.zero ?Z] => change (GRing.zero Z) with (r0 R)
  | |- context [GRing.one ?Z] => change (GRing.one Z) with (r1 R)
  end;
  match goal with
  | |- @eq _ ?x ?y => change (@eq (GRing.ComRing.sort R) x y); ring
  end.

(* A linear identity between matrices, entry by entry. *)
Ltac mxring R :=
  apply/matrixP => ? ?; rewrite !mxE;
  repeat match goal with
  | |- context [@fun_of_matrix ?T ?m ?n ?A ?i ?j] =>
      lazymatch T with
      | GRing.ComRing.sort _ => fail
      | _ => change (@fun_of_matrix T m n A i j) with (@fun_of_matrix (GRing.ComRing.sort R) m n A i j)
      end
  end;
  repeat match goal with
  | |- context [@fun_of_matrix ?T ?m ?n ?A ?i ?j] => let x := fresh in set x := (@fun_of_matrix T m n A i j); clearbody x
  end;
  mcring R.

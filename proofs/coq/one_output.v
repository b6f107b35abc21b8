(* One output, sums in place of means, vectors in place of one-column matrices: the setting of the line-search          *)
(* theorems of DY5.                                                                                                     *)
From mathcomp Require Import all_ssreflect all_algebra.
From SG Require Import gram.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section FixedPoints.
Variable R : realFieldType.
Variables n d : nat.
Variables (X : 'M[R]_(n, d)) (y : 'cV[R]_n).

Definition out (w : 'cV[R]_d) : 'cV_n := X *m w.
Definition grad (w : 'cV[R]_d) : 'cV_n := out w - y.
Definition sg (a b c : R) (w : 'cV[R]_d) : 'cV_n :=
  a *: out w + b *: y + const_mx c.

(* The regressors [p y 1] and the parameter column (a b c)^T. *)
Definition design (w : 'cV[R]_d) : 'M_(n, 1 + 1 + 1) :=
  row_mx (row_mx (out w) y) (const_mx 1).
Definition params (a b c : R) : 'cV[R]_(1 + 1 + 1) :=
  col_mx (col_mx a%:M b%:M) c%:M.

Lemma designE a b c w : design w *m params a b c = sg a b c w.
Proof.
rewrite !mul_row_col !mul_mx_scalar; congr (_ + _).
by apply/matrixP => i j; rewrite !mxE mulr1.
Qed.

Lemma sg_true w : sg 1 (-1) 0 w = grad w.
Proof. by rewrite /sg scale1r scaleN1r (_ : const_mx 0 = 0) ?addr0. Qed.

Definition normal_eqs w := X^T *m (X *m w - y) = 0.

End FixedPoints.

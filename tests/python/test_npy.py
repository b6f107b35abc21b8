"""read_table against numpy.save and numpy.load: what is read is what NumPy reads."""
import gzip
import io
import os
import tempfile
import unittest
import warnings

import numpy as np
from numpy.lib import format as npy

import support
import synthgrad as sg

TYPES = ["<f4", ">f4", "<f8", ">f8", "|b1", "|i1", "|u1", "<i2", ">u2", "<i4", ">i4", "<u4", "<i8",
         ">i8", "<u8"]


def saved(array, version=None):
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")                     # of format 3.0
        npy.write_array(out, array, version, allow_pickle=True)
    return out.getvalue()


def drawn(rng, kind, shape):
    if kind[1] == "f":
        return rng.normal(size=shape).astype(kind)
    if kind[1] == "b":
        return rng.random(shape) > 0.5
    limits = np.iinfo(np.dtype(kind))
    return rng.integers(limits.min, limits.max, shape, np.dtype(kind).newbyteorder("="),
                        endpoint=True).astype(kind)


class Npy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "a.npy")
        self.addCleanup(self.folder.cleanup)

    def read(self, data, **options):
        with open(self.path, "wb") as file:
            file.write(data)
        return sg.read_table(self.path, **options)

    def test_arrays(self):
        rng = np.random.default_rng(1)
        for kind in TYPES:
            for turn in range(12):
                shape = tuple(rng.integers(1, 40, 2))
                a = drawn(rng, kind, shape)
                if turn % 2:
                    a = np.asfortranarray(a)
                data = saved(a, [None, (1, 0), (2, 0), (3, 0)][turn % 4])
                table = self.read(gzip.compress(data) if turn % 3 == 0 else data)
                self.assertTrue(np.array_equal(table.cells, a.astype(float)), (kind, turn))
                self.assertEqual(table.names, [f"c{j}" for j in range(shape[1])])
                self.assertEqual(table.dropped, 0)

    def test_large(self):
        a = np.random.default_rng(2).normal(size=(30000, 7))
        for order in "CF":
            self.assertTrue(np.array_equal(self.read(saved(np.array(a, order=order))).cells, a))

    def test_structured(self):
        rng = np.random.default_rng(3)
        kinds = TYPES
        a = np.zeros(25, dtype=[(f"größe {k} α'\"", kind) for k, kind in enumerate(kinds)])
        for name, kind in zip(a.dtype.names, kinds):
            a[name] = drawn(rng, kind, 25)
        want = np.column_stack([a[name].astype(float) for name in a.dtype.names])
        # Python writes one of the quotes with a backslash, which is not read; without them it is
        with self.assertRaises(sg.Error):
            self.read(saved(a))
        a.dtype.names = [f"größe {k} α" for k in range(len(kinds))]
        table = self.read(saved(a))
        self.assertTrue(np.array_equal(table.cells, want))
        self.assertEqual(table.names, list(a.dtype.names))
        names = [f"größe {k}" for k in range(len(kinds))]   # format 1.0 has Latin-1
        a.dtype.names = names
        table = self.read(saved(a, (1, 0)), drop=names[2:4])
        self.assertEqual(table.names, names[:2] + names[4:])
        self.assertTrue(np.array_equal(table.cells, np.delete(want, [2, 3], axis=1)))

    def test_missing(self):
        rng = np.random.default_rng(4)
        for order in "CF":
            a = np.array(rng.normal(size=(50, 4)), order=order)
            a[rng.random(a.shape) < 0.1] = np.nan
            table, whole = self.read(saved(a), drop_missing=True), ~np.isnan(a).any(axis=1)
            self.assertTrue(np.array_equal(table.cells, a[whole]))
            self.assertEqual(table.dropped, 50 - whole.sum())
            kept = ~np.isnan(a[:, 1])
            table = self.read(saved(a), only=["c1"], drop_missing=True)
            self.assertTrue(np.array_equal(table.cells, a[kept, 1:2]))
            with self.assertRaisesRegex(sg.Error, r'row \d+, counted from 0, column "c\d" is NaN'):
                self.read(saved(a))

    def test_refused(self):
        a = np.ones((3, 2))
        for array, words in ((a.astype(complex), "of type <c16"), (a.astype("f2"), "of type <f2"),
                             (a.astype("longdouble"), "of type <f16"),
                             (a.astype("U3"), "of type <U3"),
                             (a.astype(object), "Python objects"), (a[0], "1 dimension"),
                             (a[None], "3 dimensions"), (a[:0], "nothing in the array"),
                             (np.zeros(2, [("a", "f8", 2)]), "is an array itself"),
                             (np.zeros(2, [("a", [("b", "f8")])]), "is structured itself"),
                             (np.zeros(2, np.dtype([("a", "i1"), ("b", "f8")], align=True)),
                              "as padding has not")):
            with self.assertRaises(sg.Error) as caught:
                self.read(saved(array))
            self.assertIn(words, str(caught.exception))
            self.assertEqual(caught.exception.status, "SG_BAD_INPUT")
        out = io.BytesIO()
        np.savez(out, a=a)
        with self.assertRaisesRegex(sg.Error, "a zip archive, as numpy.savez writes"):
            self.read(out.getvalue())

    def test_spoilt(self):
        """Bytes changed at random: what is read still is what numpy.load reads."""
        rng = np.random.default_rng(5)
        a = np.round(9 * rng.normal(size=(4, 3)), 1)
        seeds = [saved(a.astype(kind)) for kind in ("<f4", ">i2")]
        seeds.append(saved(np.asfortranarray(rng.integers(0, 9, (5, 2)))))
        seeds.append(saved(np.array([(1.5, 2), (3, 4)], [("dose", "<f8"), ("age", ">i2")])))
        letters = b"0123456789<>|fiub'\"(), :[]{}TrueFals\\\n\0\x93\xff"
        accepted = 0
        for turn in range(4000):
            data = bytearray(seeds[turn % len(seeds)])
            for _ in range(1 + turn % 3):
                at = int(rng.integers(6, len(data)))
                if turn % 5 == 0:
                    del data[at]
                elif turn % 2:
                    data[at] = letters[rng.integers(len(letters))]
                else:
                    data[at] = rng.integers(256)
            try:
                table = self.read(bytes(data))
            except sg.Error as problem:
                self.assertRegex(str(problem), "^[^\n]*a.npy: [^\n]+; [^\n]+$")
                continue
            accepted += 1
            want = np.load(io.BytesIO(bytes(data)), allow_pickle=False)
            if want.dtype.names:
                self.assertEqual(table.names, list(want.dtype.names))
                want = np.column_stack([want[name].astype(float) for name in want.dtype.names])
            self.assertTrue(np.array_equal(table.cells, want.astype(float)), bytes(data))
        self.assertGreater(accepted, 200)


if __name__ == "__main__":
    support.run()

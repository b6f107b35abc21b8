"""Cases and their evidence, the same to the last bit as the program's."""
import json
import math
import os
import subprocess
import tempfile
import unittest

import numpy as np

import support
import synthgrad as sg

PROGRAM = os.path.join(support.ROOT, "build", "synthgrad")


def program(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Cases(unittest.TestCase):
    def test_evidence(self):
        with tempfile.TemporaryDirectory() as out:
            for name, seed in (("dy3_joint_spectrum", None), ("cp6_log_loss", 7),
                               ("cp4_spurious", None)):
                words = ["--seed", str(seed)] if seed is not None else []
                code, text, _ = program("run", sg.find_case(name), "--json", "--out", out, *words)
                said, j = json.loads(text), sg.run_case(name, seed=seed)
                said = said[0] if isinstance(said, list) else said
                self.assertEqual(code, 0 if j.ok else 1)
                for key in ("claim", "title", "case", "verdict", "expected", "ok", "note", "seed",
                            "replicates"):
                    self.assertEqual(getattr(j, key), said[key], key)
                self.assertEqual(len(j.rows), len(said["rows"]))
                for row, want in zip(j.rows, said["rows"]):
                    for key in ("id", "what", "form", "state", "ok", "basis", "replicate"):
                        self.assertEqual(getattr(row, key), want[key], key)
                    self.assertEqual(row.kind, want["evidence"])
                    for key in "measured", "predicted", "tolerance", "scale", "margin":
                        value = getattr(row, key)
                        self.assertEqual(value if math.isfinite(value) else None, want[key], key)
                control = said["control"]
                self.assertEqual(j.control and j.control._asdict(), control)
                self.assertEqual([table[0] for table in j.tables],
                                 [table["title"] for table in said["tables"]])
                for got, want in zip(j.tables, said["tables"]):
                    self.assertEqual(got[1:3], (want["columns"], [r["name"] for r in want["rows"]]))
                    cells = [[None if math.isnan(v) else v for v in row] for row in got[3].tolist()]
                    self.assertEqual(cells, [r["values"] for r in want["rows"]])
                for series, (columns, values) in j.series.items():
                    path = os.path.join(out, name, series + ".dat")
                    self.assertEqual(values.shape[1], len(columns))
                    self.assertTrue(np.allclose(values, np.loadtxt(path, ndmin=2), rtol=1e-6,
                                                equal_nan=True), series)

    def test_jobs(self):
        """Neither threads nor a second run change a bit."""
        one, two = (sg.run_case("dy12_order", jobs=jobs) for jobs in (1, 2))
        self.assertEqual(repr(one.rows), repr(two.rows))
        self.assertNotEqual(repr(one.rows), repr(sg.run_case("dy12_order", seed=5).rows))

    def test_refusals(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "größe x.cfg")
            with open(sg.find_case("dy3_joint_spectrum"), encoding="utf-8") as file:
                text = file.read()
            for change, words in ((("noise", "nosie"), "nosie"), (('"DY3"', '"DY99"'), "DY99"),
                                  (("steps = 20000", "steps = -1"), "steps")):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text.replace(*change))
                code, _, said = program("run", path)
                self.assertEqual(code, 2)
                with self.assertRaises(sg.Error) as caught:
                    sg.run_case(path)
                self.assertEqual(said, f"synthgrad: {caught.exception}\n")
                self.assertIn(words, said)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("mu = 0.9", "mu = 1.1"))
            judged = sg.run_case(path)                      # beyond the limit: not as expected
            self.assertFalse(judged.ok)
            self.assertNotEqual(judged.verdict, "holds")

    def test_claims(self):
        code, text, _ = program("list", "--json")
        self.assertEqual(code, 0)
        listed = [entry["claim"] for entry in json.loads(text)]
        self.assertEqual([claim.id for claim in sg.claims()], listed)
        self.assertTrue(all(claim.title and claim.statement for claim in sg.claims()))

    def test_tables(self):
        """A table as the library reads it, and as `analyze` does: the same fit."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "t.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write('a,"b, c",y\n1,2,3\n2,9,5\n3,,4\n4,1,8\n5,7,9\n6,3,10\n')
            with self.assertRaisesRegex(sg.Error, r't.csv:4: column 2 \("b, c"\): .*empty'):
                sg.read_table(path)
            table = sg.read_table(path, drop_missing=True)
            self.assertEqual((table.names, table.dropped), (["a", "b, c", "y"], 1))
            self.assertTrue(np.array_equal(table.cells[2], [4, 1, 8]))
            x = np.c_[(table.cells[:, :2] - table.cells[:, :2].mean(0)) /
                      table.cells[:, :2].std(0), np.ones(5)]
            fit = sg.Fit(x, table.cells[:, 2])
            _, text, _ = program("analyze", path, "--target", "y", "--drop-missing", "--json")
            said = json.loads(text)
            kappa = np.linalg.cond(x)
            self.assertTrue(np.allclose(fit.lambda_x, said["lambda_x"], atol=0,
                                        rtol=100 * support.U * kappa))
            self.assertTrue(np.allclose(fit.lambda_z, said["lambda_z"], rtol=1e-12))
            self.assertAlmostEqual(fit.rates_x().critical, said["mu_critical"], 12)


if __name__ == "__main__":
    support.run()

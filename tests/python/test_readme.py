"""README's session prints what README says, and so does the tour."""
import doctest
import os
import re
import subprocess
import sys
import unittest

import support


def session():
    with open(os.path.join(support.ROOT, "README.md"), encoding="utf-8") as file:
        return re.search(r"^```pycon\n(.*?)^```", file.read(), re.M | re.S).group(1)


class Readme(unittest.TestCase):
    def test_session(self):
        test = doctest.DocTestParser().get_doctest(session(), {}, "README", "README.md", 0)
        self.assertGreater(len(test.examples), 10)
        lines = []
        runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
        failed, tried = runner.run(test, out=lines.append)
        self.assertEqual((failed, tried), (0, len(test.examples)), "".join(lines))

    def test_tour(self):
        there = {**os.environ, "PYTHONPATH": os.path.join(support.ROOT, "python")}
        tour = subprocess.run([sys.executable, os.path.join(support.ROOT, "examples", "tour.py")],
                              capture_output=True, text=True, check=False, env=there)
        self.assertEqual((tour.returncode, tour.stderr), (0, ""))
        printed = [example.want for example in doctest.DocTestParser().get_examples(session())
                   if example.want and not example.exc_msg]
        self.assertGreater(len(printed), 3)
        for want in printed:
            self.assertIn(want.rstrip("\n"), tour.stdout)
        # what is predicted is what is measured, to the digits printed
        rows = re.findall(r"\[[^]]*\]", tour.stdout)
        self.assertEqual(rows[0], rows[1])
        theory, trained = ([float(v) for v in row.strip("[]").split()] for row in rows[3:5])
        self.assertTrue(all(abs(a - b) < 2e-3 for a, b in zip(theory, trained)), (theory, trained))


if __name__ == "__main__":
    support.run()

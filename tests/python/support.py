"""What the tests share: the module from this checkout, and the folder of the project."""
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "python"))
U = 2.0 ** -53                          # unit roundoff


def run():
    """unittest's main, which fails when there is no test."""
    program = unittest.main(module="__main__", exit=False, argv=[sys.argv[0]])
    sys.exit(0 if program.result.testsRun and program.result.wasSuccessful() else 1)

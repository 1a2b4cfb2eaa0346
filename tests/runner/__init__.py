"""What ./test runs: builds (builds.py), kinds of test (kinds.py), what came of them (result.py)."""

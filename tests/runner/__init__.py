"""What ./test runs: builds (builds.py), kinds of test (kinds.py, javascript.py), what came of them (result.py)."""

"""The application's own tests. The same run against dynalite, which npm installs beside the JavaScript clients."""
from .javascript import problem_with_packages
from .kinds import has_tests, run_pytest, with_build
from .result import Result


def run_mysfits(wanted, only=()):
    result = Result("mysfits")
    if not has_tests("tests/mysfits", wanted):
        return result
    problem = problem_with_packages()
    if problem:
        result.log(problem)
        result.add("tests/js packages", False, problem)
        return result
    return with_build(result, "gcc", lambda: run_pytest(result, "mysfits", "gcc", wanted, only))


def mysfits(wanted):
    return run_mysfits(wanted)


def quick_mysfits(wanted):
    return run_mysfits(wanted, ["-m", "not slow"])

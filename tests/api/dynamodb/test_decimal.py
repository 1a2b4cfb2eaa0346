"""Python's decimal judges the arithmetic and the order of numbers, through a tool of ours behind a pipe."""
import decimal
import os
import random
import subprocess

from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("MENAGERIE_BUILD", os.path.join(HERE, "..", "..", "..", "build"))
EXACT = decimal.Context(prec=1000, Emin=-10000, Emax=10000)
LARGEST, SMALLEST = Decimal("9." + "9" * 37 + "E125"), Decimal("1E-130")


def answers(lines):
    done = subprocess.run([os.path.join(BUILD, "tests", "dynamodb_number")], input="\n".join(lines) + "\n",
                          capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def shown(number):
    """As DynamoDB shows it: no exponent, no zeros that say nothing."""
    if number == 0:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def judged(number):
    """What becomes of a result: it is shown, or too large, too small, or has too many digits."""
    if abs(number) > 0 and number.adjusted() < -130:
        return "small"
    if abs(number) > LARGEST or len(number.as_tuple().digits) - zeros_at_the_end(number) > 38:
        return "large"
    return shown(number)


def zeros_at_the_end(number):
    digits = "".join(map(str, number.as_tuple().digits))
    return len(digits) - len(digits.rstrip("0")) if number else len(digits) - 1


def random_number(rng):
    """Of any size, near ones more often; digits that carry and borrow more often."""
    count = rng.choice([1, 2, 3, rng.randint(1, 38), 38])
    digits = "".join(rng.choice(["0", "9", str(rng.randint(0, 9))]) for _ in range(count))
    exponent = rng.choice([0, rng.randint(-3, 3), rng.randint(-40, 40), rng.randint(-130, 125)])
    number = Decimal(f"{rng.choice('+-')}{digits}E{exponent}")
    if number == 0:
        return Decimal(0)
    return number if number.adjusted() in range(-130, 126) else Decimal(digits)


def spelled(rng, number):
    """One of the ways to write a number."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits))
    point = rng.randint(0, len(text))
    text = text[:point] + "." + text[point:] if rng.random() < 0.5 else text
    exponent += len(digits) - point if "." in text else 0
    return ("-" if sign else rng.choice(["", "+"])) + rng.choice(["", "0", "000"]) + text + f"{rng.choice('eE')}{exponent}"


def test_numbers_are_shown_as_decimal_shows_them():
    rng = random.Random(1)
    numbers = [random_number(rng) for _ in range(5000)]
    got = answers(f"= {spelled(rng, n)}" for n in numbers)
    assert got == [shown(n) for n in numbers]


def test_sums_and_differences_are_those_of_decimal():
    rng = random.Random(2)
    pairs = [(random_number(rng), random_number(rng)) for _ in range(10000)]
    pairs.append((Decimal("-1.1E-130"), SMALLEST))
    sums = answers(f"+ {spelled(rng, a)} {spelled(rng, b)}" for a, b in pairs)
    differences = answers(f"- {spelled(rng, a)} {spelled(rng, b)}" for a, b in pairs)
    wanted = [(judged(EXACT.add(a, b)), judged(EXACT.subtract(a, b))) for a, b in pairs]
    assert list(zip(sums, differences)) == wanted
    assert {"large", "small"} < {a for a, _ in wanted} and sum(len(a) > 5 for a, _ in wanted) > 1000


def test_numbers_and_their_keys_compare_as_decimals_do():
    rng = random.Random(3)
    pairs = [(random_number(rng), random_number(rng)) for _ in range(10000)]
    pairs += [(a, a * rng.choice([1, -1, 10, Decimal("0.1")])) for a, _ in pairs if -129 < a.adjusted() < 125]
    wanted = [str((a > b) - (a < b)) for a, b in pairs]
    assert answers(f"? {spelled(rng, a)} {spelled(rng, b)}" for a, b in pairs) == wanted
    assert answers(f"k {spelled(rng, a)} {spelled(rng, b)}" for a, b in pairs) == wanted


def test_the_edges_of_the_range_are_where_aws_has_them():
    assert answers(["= 9.9999999999999999999999999999999999999E+125", "= 1E-130", "= 1E126", "= 9E-131", "= x",
                    f"= {'1' * 39}", "= 1" + "0" * 100]) == \
        [shown(LARGEST), shown(SMALLEST), "large", "small", "none", "long", "1" + "0" * 100]

"""What expressions mean, as simply as Python can say it. Expressions are trees of tuples, items and values are as
DynamoDB writes them: {"N": "1"}; numbers in them are compared as decimals.

    ("path", "a", 0, "b")  ("value", v)  ("size", operand)
    ("=", x, y) …  ("between", x, low, high)  ("in", x, [y, …])  ("attribute_exists", path) …
    ("not", c)  ("and", c, d)  ("or", c, d)
    ("set", path, x)  ("remove", path)  ("add", path, v)  ("delete", path, v), where x can be
    ("+", x, y)  ("-", x, y)  ("if_not_exists", path, x)  ("list_append", x, y)
"""
import copy
import decimal
import operator

from decimal import Decimal

EXACT = decimal.Context(prec=1000, Emin=-10000, Emax=10000)
SETS = {"SS": "S", "NS": "N", "BS": "B"}

WRONG_TYPE = "An operand in the update expression has an incorrect data type"
NOT_THERE = "The provided expression refers to an attribute that does not exist in the item"
WRONG_PATH = "The document path provided in the update expression is invalid for update"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"


def kind(value):
    return next(iter(value))


def content(value):
    return next(iter(value.values()))


def plain(value):
    """Comparable: numbers by value, sets and maps without order."""
    of, inner = kind(value), content(value)
    if of == "N":
        return of, Decimal(inner)
    if of in SETS:
        return of, frozenset(plain({SETS[of]: element}) for element in inner)
    if of == "L":
        return of, tuple(plain(element) for element in inner)
    if of == "M":
        return of, frozenset((name, plain(element)) for name, element in inner.items())
    return of, inner


def plain_item(item):
    return plain({"M": item})


def equal(a, b):
    return plain(a) == plain(b)


def sort_key(value):
    """Of S, N and B."""
    if kind(value) == "N":
        return Decimal(content(value))
    return content(value).encode() if kind(value) == "S" else content(value)


def find(path, item):
    value = {"M": item}
    for step in path[1:]:
        inner = content(value)
        if isinstance(step, str) and kind(value) == "M":
            value = inner.get(step)
        elif isinstance(step, int) and kind(value) == "L":
            value = inner[step] if step < len(inner) else None
        else:
            value = None
        if value is None:
            return None
    return value


def size(value):
    if value is None or kind(value) in ("N", "BOOL", "NULL"):
        return None
    if kind(value) == "S":
        return {"N": str(len(content(value).encode("utf-16-le")) // 2)}
    return {"N": str(len(content(value)))}


def operand(tree, item):
    """Its value; None: it has none."""
    if tree[0] == "path":
        return find(tree, item)
    return tree[1] if tree[0] == "value" else size(operand(tree[1], item))


ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def ordered(how, a, b):
    if a is None or b is None or kind(a) != kind(b) or kind(a) not in ("S", "N", "B"):
        return False
    return ORDERS[how](sort_key(a), sort_key(b))


def contains(value, part):
    if value is None or part is None:
        return False
    if kind(value) == "L":
        return any(equal(element, part) for element in content(value))
    if kind(value) in SETS:
        return any(equal({SETS[kind(value)]: element}, part) for element in content(value))
    return kind(value) in ("S", "B") and kind(value) == kind(part) and content(part) in content(value)


def begins_with(value, start):
    if value is None or start is None or kind(value) != kind(start) or kind(value) not in ("S", "B"):
        return False
    return content(value).startswith(content(start))


FUNCTIONS = {
    "attribute_exists": lambda a: a is not None,
    "attribute_not_exists": lambda a: a is None,
    "attribute_type": lambda a, b: a is not None and kind(a) == content(b),
    "begins_with": begins_with,
    "contains": contains,
}


def holds(tree, item):
    what, *parts = tree
    if what == "not":
        return not holds(parts[0], item)
    if what in ("and", "or"):
        return (all if what == "and" else any)(holds(part, item) for part in parts)
    if what == "in":
        value = operand(parts[0], item)
        others = [operand(part, item) for part in parts[1]]
        return value is not None and any(other is not None and equal(value, other) for other in others)
    values = [operand(part, item) for part in parts]
    if what == "between":
        return ordered(">=", values[0], values[1]) and ordered("<=", values[0], values[2])
    if what in ("=", "<>"):
        return (None not in values and equal(*values)) == (what == "=")
    return FUNCTIONS[what](*values) if what in FUNCTIONS else ordered(what, *values)


def project(paths, item):
    """Only what lies on the paths; lists close up, and what is then empty is not there."""
    return _project([path[1:] for path in paths], {"M": item}, {"M": {}})["M"]


def _project(paths, value, nothing):
    if () in paths:
        return value
    if kind(value) == "M":
        below = {name: [p[1:] for p in paths if p[0] == name] for name in content(value)}
        parts = {name: _project(below[name], v, None) for name, v in content(value).items() if below[name]}
        parts = {name: part for name, part in parts.items() if part}
        return {"M": parts} if parts else nothing
    if kind(value) == "L":
        below = [[p[1:] for p in paths if p[0] == at] for at in range(len(content(value)))]
        parts = [_project(below[at], v, None) for at, v in enumerate(content(value)) if below[at]]
        parts = [part for part in parts if part]
        return {"L": parts} if parts else nothing
    return nothing


class Refused(Exception):
    """An update that cannot be: `messages` are all that could be said of it."""

    def __init__(self, messages):
        super().__init__(messages)
        self.messages = messages


def calculated(number):
    digits = number.normalize(EXACT)
    if abs(digits) > Decimal("9." + "9" * 37 + "E125") or len(digits.as_tuple().digits) > 38:
        raise Refused({OVERFLOW})
    if digits and digits.adjusted() < -130:
        raise Refused({UNDERFLOW})
    return {"N": f"{digits:f}"}


def calculate(tree, item):
    what, *parts = tree
    if what == "value":
        return parts[0]
    if what == "path":
        value = find(tree, item)
        if value is None:
            raise Refused({NOT_THERE})
        return value
    if what == "if_not_exists":
        value = find(parts[0], item)
        return calculate(parts[1], item) if value is None else value
    wanted, values, problems = ("L" if what == "list_append" else "N"), [], set()
    for part in parts:
        try:
            values.append(calculate(part, item))
            if kind(values[-1]) != wanted:
                problems.add(WRONG_TYPE)
        except Refused as refused:
            problems |= refused.messages
    if problems:
        raise Refused({WRONG_TYPE} if WRONG_TYPE in problems else problems)
    if what == "list_append":
        return {"L": content(values[0]) + content(values[1])}
    a, b = (Decimal(content(value)) for value in values)
    return calculated(EXACT.add(a, b) if what == "+" else EXACT.subtract(a, b))


def added(old, more):
    if old is None:
        return more
    if kind(old) != kind(more):
        raise Refused({WRONG_TYPE})
    if kind(old) == "N":
        return calculated(EXACT.add(Decimal(content(old)), Decimal(content(more))))
    of = SETS[kind(old)]
    new = [e for e in content(more) if not any(equal({of: e}, {of: other}) for other in content(old))]
    return {kind(old): content(old) + new}


def deleted(old, less):
    """None: nothing is left."""
    if old is None:
        return None
    if kind(old) != kind(less):
        raise Refused({WRONG_TYPE})
    of = SETS[kind(old)]
    rest = [e for e in content(old) if not any(equal({of: e}, {of: other}) for other in content(less))]
    return {kind(old): rest} if rest else None


def becomes(action, item):
    """The value at an action's path; None: there is none."""
    what, path, *more = action
    parent = find(path[:-1], item)
    if parent is None or kind(parent) != ("M" if isinstance(path[-1], str) else "L"):
        raise Refused({WRONG_PATH})
    if what == "set":
        return calculate(more[0], item)
    if what == "remove":
        return None
    return (added if what == "add" else deleted)(find(path, item), more[0])


def updated(actions, item):
    problems, writes = set(), []
    for action in actions:
        try:
            writes.append((action[1], becomes(action, item)))
        except Refused as refused:
            problems |= refused.messages
            try:
                if action[0] == "set":
                    calculate(action[2], item)
            except Refused as also:
                problems |= also.messages
    if problems:
        raise Refused(problems)
    new = copy.deepcopy(item)
    holes = []
    for path, value in sorted(writes, key=lambda write: [(isinstance(s, str), s) for s in write[0]]):
        parent, last = content(find(path[:-1], new)), path[-1]
        if isinstance(last, str):
            parent.pop(last, None)
            if value is not None:
                parent[last] = value
        elif last < len(content(find(path[:-1], item))):
            parent[last] = value
            holes.append(parent)
        elif value is not None:
            parent.append(value)
    for parent in holes:
        parent[:] = [value for value in parent if value is not None]
    return new

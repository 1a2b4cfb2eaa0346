"""Random expressions, as DynamoDB writes them and as Python functions that mean the same: for the property test."""
from decimal import Decimal

from .model import added, same_type

PARTITIONS = ["one", "two", "three"]
SORTS = ["", "a", "aa", "ab", "b", "b\x00", "é", "zz"][1:]
GROUPS = ["x", "y"]
NUMBERS = [Decimal(n) for n in ("-100", "-1.5", "0", "0.25", "1", "2", "3", "10", "1E20")]
TEXTS = ["", "a", "ab", "abc", "Zürich", "\x00\"\\"]
SETS = [{"r"}, {"r", "g"}, {"b"}, {"r", "g", "b"}]


class Values:
    """The names and values of a request. Each value gets a name of its own."""

    def __init__(self):
        self.values = {}

    def add(self, value):
        name = f":v{len(self.values)}"
        self.values[name] = value
        return name


class Condition:
    def __init__(self, text, holds):
        self.text, self.holds = text, holds


ALWAYS = Condition(None, lambda item: True)


def _compare(operator, a, b):
    if operator in ("=", "<>"):
        return (same_type(a, b) and a == b) == (operator == "=")
    if not same_type(a, b) or not isinstance(a, (str, Decimal)):
        return False
    if isinstance(a, str):
        a, b = a.encode(), b.encode()
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]


def random_term(r, values):
    """About attributes that are in no key of the table."""
    name = r.choice(["n", "t", "ss", "many", "l", "g"])
    value = r.choice([r.choice(NUMBERS), r.choice(TEXTS)])
    kind = r.randrange(7)
    if kind == 0:
        return Condition(f"attribute_exists({name})", lambda i: name in i)
    if kind == 1:
        return Condition(f"attribute_not_exists({name})", lambda i: name not in i)
    if kind == 2:
        operator = r.choice(["=", "<>", "<", "<=", ">", ">="])
        return Condition(f"{name} {operator} {values.add(value)}", lambda i: _compare(operator, i.get(name), value))
    if kind == 3:
        low, high = sorted(r.sample(NUMBERS, 2))
        return Condition(f"n BETWEEN {values.add(low)} AND {values.add(high)}",
                         lambda i: "n" in i and low <= i["n"] <= high)
    if kind == 4:
        text = r.choice(TEXTS)
        return Condition(f"begins_with(t, {values.add(text)})", lambda i: "t" in i and i["t"].startswith(text))
    if kind == 5:
        member = r.choice(["r", "g", "b"])
        return Condition(f"contains(ss, {values.add(member)})", lambda i: member in i.get("ss", ()))
    size = Decimal(r.randrange(4))
    return Condition(f"size(many) > {values.add(size)}", lambda i: "many" in i and len(i["many"]) > size)


def random_condition(r, values, depth=2):
    kind = r.randrange(6) if depth else 5
    if kind == 0:
        inner = random_condition(r, values, depth - 1)
        return Condition(f"NOT ({inner.text})", lambda i: not inner.holds(i))
    if kind in (1, 2):
        a, b = random_condition(r, values, depth - 1), random_condition(r, values, depth - 1)
        if kind == 1:
            return Condition(f"({a.text}) AND ({b.text})", lambda i: a.holds(i) and b.holds(i))
        return Condition(f"{a.text} OR {b.text}", lambda i: a.holds(i) or b.holds(i))
    return random_term(r, values)


def random_range(r, values, name, candidates):
    """A condition on a sort key."""
    kind = r.randrange(5)
    value = r.choice(candidates)
    order = (lambda v: v.encode()) if isinstance(value, str) else (lambda v: v)
    if kind == 0:
        return ALWAYS
    if kind == 1 and isinstance(value, str):
        prefix = value[:1]
        return Condition(f"begins_with({name}, {values.add(prefix)})", lambda i: i[name].startswith(prefix))
    if kind == 2:
        low, high = sorted(r.choices(candidates, k=2), key=order)
        return Condition(f"{name} BETWEEN {values.add(low)} AND {values.add(high)}",
                         lambda i: order(low) <= order(i[name]) <= order(high))
    operator = r.choice(["=", "<", "<=", ">", ">="])
    return Condition(f"{name} {operator} {values.add(value)}", lambda i: _compare(operator, i[name], value))


class Update:
    """Clauses on different attributes; what they make of an item."""

    def __init__(self, r, values):
        self.clauses, self.changes = {"SET": [], "REMOVE": [], "ADD": [], "DELETE": []}, []
        for name in r.sample(["n", "t", "ss", "many", "l", "g", "h"], r.randrange(1, 4)):
            getattr(self, "_" + name)(r, values)
        self.text = " ".join(f"{word} {', '.join(c)}" for word, c in self.clauses.items() if c)

    def of(self, old):
        new = dict(old)
        for change in self.changes:
            change(new, old)
        return new

    def _clause(self, word, text, change):
        self.clauses[word].append(text)
        self.changes.append(change)

    def _set_or_remove(self, r, values, name, candidates):
        value = r.choice(candidates)
        if r.randrange(3):
            self._clause("SET", f"{name} = {values.add(value)}", lambda new, old: new.update({name: value}))
        else:
            self._clause("REMOVE", name, lambda new, old: new.pop(name, None))

    def _t(self, r, values):
        self._set_or_remove(r, values, "t", TEXTS)

    def _l(self, r, values):
        self._set_or_remove(r, values, "l", NUMBERS)

    def _g(self, r, values):
        self._set_or_remove(r, values, "g", GROUPS)

    def _h(self, r, values):
        self._set_or_remove(r, values, "h", NUMBERS)

    def _n(self, r, values):
        step = r.choice([Decimal(1), Decimal("-0.5"), Decimal(7)])
        if r.randrange(2):
            self._clause("ADD", f"n {values.add(step)}", lambda new, old: new.update(n=added(old.get("n", Decimal(0)), step)))
        else:
            start = r.choice(NUMBERS)
            self._clause("SET", f"n = if_not_exists(n, {values.add(start)}) - {values.add(step)}",
                         lambda new, old: new.update(n=old.get("n", start) - step))

    def _ss(self, r, values):
        members = r.choice(SETS)
        if r.randrange(2):
            self._clause("ADD", f"ss {values.add(members)}", lambda new, old: new.update(ss=old.get("ss", set()) | members))
        else:
            self._clause("DELETE", f"ss {values.add(members)}", lambda new, old: self._without(new, old, members))

    @staticmethod
    def _without(new, old, members):
        left = old.get("ss", set()) - members
        if left:
            new["ss"] = left
        else:
            new.pop("ss", None)

    def _many(self, r, values):
        value = [r.choice(TEXTS), r.choice(NUMBERS)][:r.randrange(1, 3)]
        self._clause("SET", f"many = list_append(if_not_exists(many, {values.add([])}), {values.add(value)})",
                     lambda new, old: new.update(many=[*old.get("many", []), *value]))


def random_key(r):
    return {"p": r.choice(PARTITIONS), "s": r.choice(SORTS)}


def random_item(r):
    item = random_key(r)
    for name, candidates in {"n": NUMBERS, "t": TEXTS, "l": NUMBERS, "g": GROUPS, "h": NUMBERS, "ss": SETS,
                             "many": [[], ["x", Decimal(1)]], "m": [{"a": {"b": None}, "c": True}]}.items():
        if r.randrange(2):
            item[name] = r.choice(candidates)
    return item


class Write:
    """A random write of one item: of PutItem and its kin, or of a transaction."""

    def __init__(self, r, kinds=("Put", "Update", "Delete"), key=None):
        self.values, self.condition, self.update = Values(), ALWAYS, None
        self.kind = r.choice(kinds)
        self.item = {**random_item(r), **(key or {})}
        self.key = {"p": self.item["p"], "s": self.item["s"]}
        if self.kind == "Update":
            self.update = Update(r, self.values)
        if self.kind == "ConditionCheck" or r.randrange(3) == 0:
            self.condition = random_condition(r, self.values)

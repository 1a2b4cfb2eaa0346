"""Random items, and random expressions that say something about them, as trees of expression_model and as text."""
from .expression_model import SETS, content, find, kind, operand, sort_key

NAMES = ["a", "b", "c", "d", "e2", "name", "size", "with space", "x.y", "#a", "ü"]
PLAIN = {"a", "b", "c", "d", "e2"}  # the others need a substitute
TEXTS = ["", "a", "ab", "b", "ba", "zß", "\U0001F600", "name"]
NUMBERS = ["0", "-0.0", "1", "1.0", "10e-1", "-1", "2", "3", "2.5", "10", "9" * 38, "1E+125", "-1E+125", "1E-130",
           "1.1E-130"]
BINARIES = [b"", b"a", b"ab", b"\x00\xff", b"b"]
TYPES = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]
DISTINCT_NUMBERS = ["0", "1", "-1", "2.5", "10", "1E+125"]


def random_value(rng, types=None, depth=0):
    of = rng.choice(types or TYPES[:8 if depth > 2 else 10])
    simple = {"S": TEXTS, "N": NUMBERS, "B": BINARIES, "BOOL": [True, False], "NULL": [True]}
    if of in simple:
        return {of: rng.choice(simple[of])}
    if of in ("SS", "NS", "BS"):
        elements = {"SS": TEXTS, "NS": DISTINCT_NUMBERS, "BS": BINARIES}[of]
        return {of: rng.sample(elements, rng.randint(1, 3))}
    if of == "L":
        return {"L": [random_value(rng, depth=depth + 1) for _ in range(rng.randint(0, 4))]}
    return {"M": random_item(rng, depth + 1)}


def random_item(rng, depth=0):
    return {name: random_value(rng, depth=depth) for name in rng.sample(NAMES, rng.randint(0, 6))}


def random_path(rng, item):
    """Most lead somewhere in the item; some go astray."""
    path, value = ("path",), {"M": item}
    while len(path) < 2 or (kind(value) in "ML" and rng.random() < 0.7):
        inner = content(value)
        if kind(value) == "M":
            step = rng.choice(sorted(inner)) if inner and rng.random() < 0.85 else rng.choice(NAMES)
        else:
            step = rng.randint(0, len(inner) + 1)
        path += (step,)
        value = find(path, item)
        if value is None:
            break
    if rng.random() < 0.05:
        path += (rng.choice(NAMES + [0, 1]),)
    return path


class Conditions:
    """Random conditions on items like this one; values of it are found more often than others."""

    def __init__(self, rng, item):
        self.rng, self.item = rng, item

    def path(self):
        return random_path(self.rng, self.item)

    def value(self, types=None):
        if self.rng.random() < 0.5:
            value = find(self.path(), self.item)
            if value is not None and (not types or kind(value) in types):
                return "value", value
        return "value", random_value(self.rng, types)

    def operand(self, types=None):
        what = self.rng.random()
        if what < 0.5:
            return self.path()
        if what < 0.65 and (not types or "N" in types):
            return "size", self.path() if self.rng.random() < 0.8 else self.value(
                ["S", "B", "SS", "NS", "BS", "L", "M"])
        return self.value(types)

    def related(self, tree, types=None):
        """A value that has something to do with that of another operand: equal, near, a part of it."""
        value = operand(tree, self.item)
        if value is None:
            return self.operand(types)
        of, inner = kind(value), content(value)
        near = [value, random_value(self.rng, [of])]
        if of in ("S", "B") and inner:
            start = self.rng.choice([0, 0, self.rng.randrange(len(inner))])
            near += [{of: inner[start:start + self.rng.randint(1, 2)]}] * 3
        if of in SETS:
            near += [{SETS[of]: self.rng.choice(inner)}] * 3
        if of == "L" and inner:
            near += [self.rng.choice(inner)] * 3
        near = [v for v in near if not types or kind(v) in types]
        return ("value", self.rng.choice(near)) if near else self.operand(types)

    def pair(self, types=None, first=None):
        """Two operands, distinct, often of one type."""
        one = first or (lambda: self.operand(types))
        while True:
            a = one()
            b = self.related(a, types) if self.rng.random() < 0.6 else one()
            if a[0] != "path" or a != b:
                return (a, b) if self.rng.random() < 0.8 or first else (b, a)

    def distinct(self, *makers):
        """Operands of which the first, if it is a path, is not among the others."""
        while True:
            operands = [make() for make in makers]
            if operands[0][0] != "path" or operands[0] not in operands[1:]:
                return operands

    def between(self):
        scalars = ["S", "N", "B"]
        while True:
            value, low, high = self.distinct(*[lambda: self.operand(scalars)] * 3)
            if self.rng.random() < 0.6:
                low, high = self.related(value, scalars), self.related(value, scalars)
            if value[0] == "path" and value in (low, high):
                continue
            if low[0] != "value" or high[0] != "value":
                return "between", value, low, high
            if kind(low[1]) == kind(high[1]):
                return "between", value, *sorted([low, high], key=lambda bound: sort_key(bound[1]))

    def function(self):
        name = self.rng.choice(["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"])
        if name == "attribute_type":
            return name, self.path(), ("value", {"S": self.rng.choice(TYPES)})
        if name == "begins_with":
            return name, *self.pair(["S", "B"], lambda: self.rng.choice([self.path(), self.value(["S", "B"])]))
        if name == "contains":
            return name, *self.pair(None, self.operand)
        return name, self.path()

    def comparison(self):
        how = self.rng.choice(["=", "<>", "<", "<=", ">", ">=", "between", "in"])
        if how == "between":
            return self.between()
        if how == "in":
            value, *others = self.distinct(*[self.operand] * self.rng.randint(2, 5))
            related = self.related(value)
            return "in", value, [*others, *([related] if related != value else [])]
        types = None if how in ("=", "<>") else ["S", "N", "B"]
        return how, *self.pair(types)

    def condition(self, depth=0):
        if depth < 4 and self.rng.random() < 0.5:
            what = self.rng.choice(["and", "or", "not"])
            parts = 1 if what == "not" else self.rng.randint(2, 3)
            return what, *[self.condition(depth + 1) for _ in range(parts)]
        return self.function() if self.rng.random() < 0.4 else self.comparison()


class Updates(Conditions):
    """Random updates of an item, most of which can be done."""

    def calculation(self, types=None, depth=0):
        """Without sums, which cannot be parts of others."""
        what = self.rng.random()
        if depth < 2 and what < 0.2:
            return "if_not_exists", *self.distinct(
                lambda: self.fitting(types, or_nothing=True), lambda: self.calculation(types, depth + 1))
        if depth < 2 and what < 0.35 and (not types or "L" in types):
            return "list_append", self.calculation(["L"], depth + 1), self.calculation(["L"], depth + 1)
        if what < 0.5:
            path = self.fitting(types)
            if find(path, self.item) or self.rng.random() < 0.05:
                return path
        return self.value(types)

    def fitting(self, types=None, or_nothing=False):
        """The path of a value of one of the types, if it finds one."""
        for _ in range(20):
            path = self.path()
            value = find(path, self.item)
            if (value is None and or_nothing) or (value and (not types or kind(value) in types)):
                break
        return path

    def action(self):
        what = self.rng.choice(["set", "set", "remove", "add", "delete"])
        path = self.fitting(None if what in ("set", "remove") else ["N", "SS", "NS", "BS"], or_nothing=True)
        old = find(path, self.item)
        if what == "remove":
            return what, path
        if what == "set":
            if self.rng.random() < 0.3:
                return what, path, (self.rng.choice("+-"), self.calculation(["N"]), self.calculation(["N"]))
            return what, path, self.calculation()
        types = ["N", "SS", "NS", "BS"] if what == "add" else ["SS", "NS", "BS"]
        if old and kind(old) in types and self.rng.random() < 0.9:
            types = [kind(old)]
        return what, path, random_value(self.rng, types)

    def actions(self):
        """Whose paths do not clash: none is the beginning of another, nor is a map where another has a list."""
        actions = []
        for _ in range(self.rng.randint(1, 5)):
            action = self.action()
            if not any(clash(action[1], other[1]) for other in actions):
                actions.append(action)
        return actions

    def paths(self):
        return [action[1] for action in self.actions()]


def clash(one, two):
    for a, b in zip(one, two):
        if type(a) is not type(b):
            return True
        if a != b:
            return False
    return True


class Text:
    """Trees as text; `names` and `values` are the substitutes that it uses."""

    def __init__(self, rng):
        self.rng, self.names, self.values = rng, {}, {}

    def parameters(self):
        return {key: given for key, given in [("ExpressionAttributeNames", self.names),
                                              ("ExpressionAttributeValues", self.values)] if given}

    def name(self, name):
        if name in PLAIN and self.rng.random() < 0.8:
            return name
        key = f"#n{NAMES.index(name)}"
        self.names[key] = name
        return key

    def value(self, value):
        key = f":v{len(self.values)}"
        self.values[key] = value
        return key

    def path(self, path):
        return self.name(path[1]) + "".join(
            f".{self.name(step)}" if isinstance(step, str) else f"[{step}]" for step in path[2:])

    def operand(self, tree):
        """Any of them; now and then in parentheses."""
        what, *parts = tree
        if what == "path":
            text = self.path(tree)
        elif what == "value":
            text = self.value(parts[0])
        else:
            text = f"{what}({', '.join(self.operand(part) for part in parts)})"
        return f"({text})" if self.rng.random() < 0.1 else text

    def keyword(self, word):
        return self.rng.choice([word.upper(), word.lower(), word.capitalize()])

    def condition(self, tree, parent=""):
        what, *parts = tree
        if what == "not":
            text = f"{self.keyword('not')} {self.condition(parts[0], what)}"
        elif what in ("and", "or"):
            text = f" {self.keyword(what)} ".join(self.condition(part, what) for part in parts)
        elif what == "between":
            value, low, high = (self.operand(part) for part in parts)
            text = f"{value} {self.keyword('between')} {low} {self.keyword('and')} {high}"
        elif what == "in":
            text = f"{self.operand(parts[0])} {self.keyword('in')} ({', '.join(map(self.operand, parts[1]))})"
        elif what[0].isalpha():
            text = f"{what}({', '.join(self.operand(part) for part in parts)})"
        else:
            space = self.rng.choice(["", " "])
            text = f"{self.operand(parts[0])}{space}{what}{space}{self.operand(parts[1])}"
        binding = ["", "or", "and", "not"]
        needed = what in binding and binding.index(what) < binding.index(parent)
        return f"({text})" if needed or self.rng.random() < 0.1 else text

    def calculation(self, tree):
        if tree[0] not in ("+", "-"):
            return self.operand(tree)
        text = f"{self.operand(tree[1])} {tree[0]} {self.operand(tree[2])}"
        return f"({text})" if self.rng.random() < 0.2 else text

    def action(self, action):
        what, path, *more = action
        if what == "set":
            return f"{self.path(path)} = {self.calculation(more[0])}"
        return " ".join([self.path(path), *map(self.value, more)])

    def update(self, actions):
        sections = []
        for what in self.rng.sample(["set", "remove", "add", "delete"], 4):
            texts = [self.action(action) for action in actions if action[0] == what]
            if texts:
                sections.append(f"{self.keyword(what)} {', '.join(texts)}")
        return " ".join(sections)

    def projection(self, paths):
        return ", ".join(map(self.path, paths))

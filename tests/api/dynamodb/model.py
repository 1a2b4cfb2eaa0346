"""What a table should hold, and answer, in a few lines of Python: for the property test. Items are plain dicts, numbers
Decimals, and nothing is stored in any order: whoever asks sorts."""
from decimal import Decimal

INDEXES = {  # name: partition key, sort key, attributes (None: all)
    None: ("p", "s", None),
    "local": ("p", "l", None),
    "global": ("g", "h", None),
    "keys": ("h", None, {"p", "s", "h"}),
}


class Table:
    def __init__(self, items=()):
        self.items = {(i["p"], i["s"]): i for i in items}

    def copy(self):
        return Table(self.items.values())

    def get(self, key):
        return self.items.get((key["p"], key["s"]))

    def put(self, item):
        self.items[item["p"], item["s"]] = item

    def delete(self, key):
        self.items.pop((key["p"], key["s"]), None)

    def apply(self, write):
        """A write as `expressions` makes them; whether its condition holds. The old item and the new are left in it."""
        write.old = self.get(write.key)
        write.new = write.old
        if not write.condition.holds(write.old or {}):
            return False
        if write.kind == "Put":
            write.new = write.item
        elif write.kind == "Update":
            write.new = write.update.of(write.old or write.key)
        elif write.kind == "Delete":
            write.new = None
        if write.new is not None:
            self.put(write.new)
        elif write.old is not None:
            self.delete(write.key)
        return True

    def transact(self, writes):
        """The codes of the reasons why not; all is done, or nothing."""
        after = self.copy()
        codes = ["None" if after.apply(w) else "ConditionalCheckFailed" for w in writes]
        if codes == ["None"] * len(writes):
            self.items = after.items
        return codes

    def index(self, name):
        """The items of an index, with the attributes that are projected into it."""
        hash_name, range_name, held = INDEXES[name]
        wanted = {hash_name, range_name} - {None}
        inside = [i for i in self.items.values() if wanted <= i.keys()]
        return [i if held is None else {k: v for k, v in i.items() if k in held} for i in inside]

    def query(self, name, value, condition):
        """In order; what has the same sort key in an index is in no order."""
        hash_name, range_name, _ = INDEXES[name]
        found = [i for i in self.index(name) if i[hash_name] == value and condition.holds(i)]
        return sorted(found, key=lambda i: i[range_name]) if range_name else found


def same_type(a, b):
    return type(a) is type(b)


def added(a, b):
    return a + b if isinstance(a, Decimal) else a | b

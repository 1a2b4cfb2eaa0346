"""What came of one kind of test, and how it is printed."""
import os
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
LOGS = os.path.join(ROOT, "build-logs")
MOST_FAILURES = 15
MOST_LINES = 12


class Result:
    """Counts of one kind; a failure is a name and what it said."""

    def __init__(self, kind):
        self.kind = kind
        self.passed = 0
        self.skipped = 0
        self.failures = []
        self.log_path = os.path.join(LOGS, kind + ".log")
        self.started = time.monotonic()
        os.makedirs(LOGS, exist_ok=True)
        self._log = open(self.log_path, "w", encoding="utf-8")

    def log(self, text):
        self._log.write(text if text.endswith("\n") else text + "\n")
        self._log.flush()

    def add(self, name, ok, message=""):
        if ok:
            self.passed += 1
        else:
            self.failures.append((name, message))

    @property
    def count(self):
        return self.passed + self.skipped + len(self.failures)

    def finish(self):
        """Prints the kind's line, and what failed."""
        self._log.close()
        seconds = time.monotonic() - self.started
        if self.count == 0:
            print(f"{self.kind:8} no tests")
            return
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.kind:8} {self.passed} passed, {len(self.failures)} failed{skipped} ({seconds:.1f} s)")
        for name, message in self.failures[:MOST_FAILURES]:
            print(f"  FAILED {name}")
            lines = message.strip().splitlines()
            for line in lines[:MOST_LINES]:
                print(f"    {line[:200]}")
            if len(lines) > MOST_LINES:
                print(f"    ... {len(lines) - MOST_LINES} more lines")
        if len(self.failures) > MOST_FAILURES:
            print(f"  ... and {len(self.failures) - MOST_FAILURES} more")
        if self.failures:
            print(f"  log: {os.path.relpath(self.log_path, ROOT)}")

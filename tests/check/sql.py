#!/usr/bin/env python3
"""SQL is a literal with `?` for every value, run through store/db.h, on the module's own tables.

The macros of db.h take only literals; this finds the ways around them.
"""
import re

from _source import code_of, files, finish, line_of, read

DIRECT = re.compile(r"\bsqlite3_\w+\s*\(|\bdb_\w+_query\s*\(|\bstruct\s+db_query\b|\bDB_QUERY\b")
CALL = re.compile(r"\b(?:db_run|db_integer|db_exists|db_each|db_row)\s*\(")
TEXT = re.compile(r'"((?:\\.|[^"\\\n])*)"')
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE(?!\s+SET)|DELETE\s+FROM|CREATE\s+TABLE(?:\s+IF\s+NOT\s+EXISTS)?|ALTER\s+TABLE)"
                   r"\s+([a-z_][a-z0-9_]*)(?!\w*\()")
NAMED_HERE = re.compile(r"\b(?:WITH|WITH\s+RECURSIVE|,)\s*([a-z_][a-z0-9_]*)\s*(?:\([^)]*\))?\s+AS\s*\(")


def calls(code):
    """Each call of a db_ macro, whole: from its name to the parenthesis that closes it."""
    for match in CALL.finditer(code):
        depth, at = 0, match.end() - 1
        while at < len(code):
            if code[at] == '"':
                at = TEXT.match(code, at).end() if TEXT.match(code, at) else at + 1
                continue
            depth += (code[at] == "(") - (code[at] == ")")
            at += 1
            if depth == 0:
                break
        yield match.start(), code[match.start():at]


def module_of(path):
    """The prefix of its tables: the service's folder, or the folder's own name."""
    parts = path.split("/")
    return parts[2] if parts[1] == "services" and len(parts) > 3 else parts[1]


def foreign_tables(path, sql):
    own = module_of(path)
    named = set(NAMED_HERE.findall(sql))
    for table in TABLE.findall(sql):
        if not table.startswith((own + "_", "sqlite_", "json_", "pragma_")) and table not in named:
            yield table


def main():
    problems = []
    for path in files("src/*.c", "src/*.h"):
        if path.startswith("src/store/"):
            continue
        text = read(path)
        code = code_of(text)
        for match in DIRECT.finditer(code):
            problems.append(f"{path}:{line_of(code, match.start())}: {match.group()}: only in src/store")
        for start, call in calls(code_of(text, keep_texts=True)):
            sql = "".join(TEXT.findall(call))
            for table in foreign_tables(path, sql):
                problems.append(f"{path}:{line_of(text, start)}: table {table} is not of {module_of(path)}")
    for path in files("src/services/*.sql"):
        text = re.sub(r"--[^\n]*", "", read(path))
        for table in foreign_tables(path, text):
            problems.append(f"{path}: table {table} is not of {module_of(path)}")
    finish(problems)


main()

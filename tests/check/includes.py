#!/usr/bin/env python3
"""Folders are layers: a file includes only from its own folder or a lower one.

Also: a service includes no other service; FOLDER/internal.h stays in its folder; a library is used in
one folder only; a .c file includes its own header first (or its folder's internal.h), which proves it complete.

An application (apps/NAME/PROGRAM) is a program beside the platform: of that it has base and net, and nothing else.
"""
import os
import posixpath

from _source import INCLUDE, ROOT, files, finish, line_of, read

LAYERS = ["base", "net", "store", "wire", "api", "compute", "services", "console", "cli"]
APPLICATIONS = "apps/"
GROUND = ("base", "net")  # what applications may use
PRIVATE = ("internal.h", "transfer.h")  # of the folder they are in
MODELS_FROM = LAYERS.index("wire")
# Where each library is at home; everybody else goes through that folder's headers.
LIBRARIES = {
    "microhttpd.h": ["net"],
    "curl/": ["net"],
    "sqlite3.h": ["store"],
    "expat.h": ["wire"],
    "pcre2.h": ["wire", "api"],
    "openssl/": ["base", "api"],
    "zlib.h": ["base", "compute"],
    "libdeflate.h": ["base"],
}


def layer_of(path):
    parts = path.split("/")
    return LAYERS.index(parts[1]) if parts[1] in LAYERS else len(LAYERS)


def problem_of_application(path, kind, target):
    """Of apps/NAME/PROGRAM/FILE, whose own headers are named PROGRAM/FILE.h."""
    folder = path.split("/")[-2]
    if kind == "<":
        library = next((library for library in LIBRARIES if target.startswith(library)), None)
        return library and f"<{target}>: an application has libraries through base and net"
    parts = target.split("/")
    if len(parts) != 2 or parts[0] not in (*GROUND, folder):
        return f'"{target}": an application uses base, net and itself'
    return f'"{target}" belongs to its folder' if parts[0] != folder and parts[1] in PRIVATE else None


def problem_of(path, kind, target):
    if path.startswith(APPLICATIONS):
        return problem_of_application(path, kind, target)
    layer, folder = layer_of(path), path.split("/")[1]
    if kind == "<":
        for library, homes in LIBRARIES.items():
            if target.startswith(library) and folder not in homes:
                return f"<{target}> is used in {' and '.join(homes)} only"
        return None
    parts = target.split("/")
    if ".." in parts or len(parts) == 1:
        return f'"{target}" must be named from src, as FOLDER/NAME.h'
    if parts[0] == "models":
        return None if layer >= MODELS_FROM else f'"{target}" is above {folder}'
    if parts[0] not in LAYERS:
        return f'"{target}": {parts[0]} is not a folder of src'
    if LAYERS.index(parts[0]) > layer:
        return f'"{target}" is above {folder}'
    if parts[-1] in PRIVATE and posixpath.dirname(target) != posixpath.dirname(path)[len("src/"):]:
        return f'"{target}" belongs to its folder'
    own = path.split("/")
    if parts[0] == "services" and len(parts) > 2 and own[1] == "services" and len(own) > 3 and own[2] != parts[1]:
        return f'"{target}": a service calls another through api/call.h'
    return None


def main():
    problems = []
    for path in files("src/*.c", "src/*.h", "apps/*.c", "apps/*.h"):
        text = read(path)
        includes = list(INCLUDE.finditer(text))
        for match in includes:
            problem = problem_of(path, match.group(1), match.group(2))
            if problem:
                problems.append(f"{path}:{line_of(text, match.start())}: {problem}")
        root = "src" if path.startswith("src/") else posixpath.dirname(posixpath.dirname(path))
        own = path[len(root) + 1:-len(".c")] + ".h"
        if path.endswith(".c") and os.path.exists(os.path.join(ROOT, root, own)):
            first = includes[0].group(2) if includes else ""
            if first not in (own, posixpath.join(posixpath.dirname(own), "internal.h")):
                problems.append(f'{path}: its own header, "{own}", comes first')
    finish(problems)


main()

"""The budgets, measured: this program and its reference in turn, so that a noisy machine is noisy for both.

A budget in absolute figures has no such neighbour, and is compared with the best of the runs: what else runs on a shared
machine only slows a run down. How a core's speed moves is measured, too, by a fixed loop of arithmetic between the rows, and told with the results.

Usage: bench/run [--seconds N] [NAME ...]

Each row is run several times, alternating with its reference; the ratio is the median of those of neighbours. Servers are
pinned to the first core and the load to the second where the budget is for one core.
"""
import argparse
import os
import re
import resource
import statistics
import tempfile
import time

import dynamodb
import ground
import mysfits_service
import s3
from load import BUILD, ROOT, ROUNDS, run

MEASUREMENTS = {"start": ground.measure_start, "memory": ground.measure_memory, "binary": ground.measure_binary,
                "identity": ground.measure_identity, "health": ground.measure_health, "write": ground.measure_write,
                "s3_get": s3.measure_get, "s3_large": s3.measure_large, "s3_put": s3.measure_put, "s3_list": s3.measure_list,
                "dynamodb_get": dynamodb.measure_get, "dynamodb_put": dynamodb.measure_put,
                "dynamodb_query": dynamodb.measure_query, "dynamodb_growth": dynamodb.measure_growth,
                "mysfits_list": mysfits_service.measure_list}


def median(value):
    return statistics.median(value) if isinstance(value, list) else value


def best(value, wanted):
    if not isinstance(value, list):
        return value
    return min(value) if wanted.startswith("at most") else max(value)


def verdict(value, reference, wanted):
    """Of runs in turn each is compared with its neighbour, so that a machine that drifts does not matter; those without a
    neighbour are compared by the best."""
    if isinstance(reference, list):
        ratio = statistics.median(a / b for a, b in zip(value, reference))
    else:
        ratio = best(value, wanted) / reference
    limit = re.search(r"(at most|at least) ([\d.]+)", wanted)
    if not limit:
        return f"{ratio:.2f}", ""
    met = ratio <= float(limit[2]) if limit[1] == "at most" else ratio >= float(limit[2])
    return f"{ratio:.2f}", "met" if met else "MISSED"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def here(value, unit, reference, wanted):
    text = f"{number(median(value))} {unit}"
    if isinstance(value, list) and not isinstance(reference, list):
        text += f", at best {number(best(value, wanted))}"
    return text


def loop_ms():
    """How long a core needs for a fixed amount of arithmetic, the quickest and the slowest of some moments."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        sum(range(500000))
        times.append((time.perf_counter() - started) * 1000)
    return min(times), max(times)


def print_row(row):
    print("| " + " | ".join(row) + " |", flush=True)
    return "| " + " | ".join(row) + " |"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "unknown")
    return f"{model}, {os.cpu_count()} cores, Linux {os.uname().release.split('-')[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=2, help="of each load (2)")
    parser.add_argument("names", nargs="*", help=", ".join(MEASUREMENTS))
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        run("meson", "setup", BUILD, "--buildtype=release", "-Db_lto=true", cwd=ROOT)  # as ./run does
    run("ninja", "-C", BUILD, "menagerie", "tests/menagerie-probe", "apps/mysfits-service")
    lines = ["# Benchmarks", "", f"Medians of {ROUNDS} runs, each in turn with its reference; a budget is compared with the best",
             f"run. {machine()}. Written by `bench/run`.", ""]
    loops = [*loop_ms()]
    for header in (["what", "here", "reference", "there", "ratio", "wanted", ""], ["---"] * 7):
        lines.append(print_row(header))
    for name in options.names or MEASUREMENTS:
        with tempfile.TemporaryDirectory(dir=os.environ.get("MENAGERIE_BENCH_DIR", BUILD)) as folder:
            for what, unit, value, reference, there, wanted in MEASUREMENTS[name](folder, options.seconds):
                ratio, met = verdict(value, there, wanted)
                lines.append(print_row([what, here(value, unit, there, wanted), reference, f"{number(median(there))} {unit}",
                                        ratio, wanted, met]))
        loops += loop_ms()
    told = f"Between the rows, the same loop of arithmetic took {min(loops):.1f} to {max(loops):.1f} ms: so much did the machine's speed move."
    print(told)
    lines += ["", told]
    if not options.names:
        with open(os.path.join(ROOT, "bench", "results.md"), "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")


main()

"""The budgets of the application: its service in front of this program's DynamoDB, beside the same API in Flask with boto3,
in front of the same."""
import os
import re

from load import BUILD, ROOT, ROUNDS, Server, free_port, nginx, run, start_pinned, wrk

from mysfits import KEYS, REGION, make_table, memory, mysfit, put  # of the tests

SERVICE = os.path.join(BUILD, "apps", "mysfits-service")
FLASK = os.path.join(ROOT, "bench", "flask_mysfits", "app.py")
CLIENTS = 200


def start_database(folder):
    """With twelve mysfits, whose stories are as long as stories are."""
    program = start_pinned(folder, cores="0,1")
    client = program.client("dynamodb")
    make_table(client)
    put(client, *(mysfit(n, Description={"S": "Once upon a time. " * 30}) for n in range(12)))
    return program


def start_api(database, *command):
    os.environ.update({**KEYS, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": database.url})
    return Server(int(command[-1].rsplit(":", 1)[-1]), *command, cores="0,1")


def start_service(database):
    return start_api(database, SERVICE, "--log-level", "error", "--listen", f"127.0.0.1:{free_port()}")


def start_flask(database):
    return start_api(database, "/usr/bin/python3", FLASK, str(free_port()))


def start_nginx(folder, url):
    """With the same reply in a file: what a server that only sends can do on this machine."""
    root = os.path.join(folder, "root")
    os.mkdir(root)
    run("curl", "-s", "-f", "-o", os.path.join(root, "mysfits"), url)
    return nginx(folder, root=root, cores="0,1")


def slowest_of_a_hundred(url, seconds):
    """The 99th percentile, in milliseconds."""
    output = run("wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--latency", url)
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def measure_list(folder, seconds):
    database = start_database(folder)
    ours, flask = start_service(database), start_flask(database)
    url = f"http://127.0.0.1:{ours.port}/mysfits"
    still = start_nginx(folder, url)
    mine, theirs, sent, slowest, slowest_sent = [], [], [], [], []
    for _ in range(ROUNDS):
        mine.append(wrk(url, seconds, connections=CLIENTS, core="0,1"))
        slowest.append(slowest_of_a_hundred(url, seconds))
        theirs.append(wrk(f"http://127.0.0.1:{flask.port}/mysfits", seconds, connections=CLIENTS, core="0,1"))
        sent.append(wrk(f"http://127.0.0.1:{still.port}/mysfits", seconds, connections=CLIENTS, core="0,1"))
        slowest_sent.append(slowest_of_a_hundred(f"http://127.0.0.1:{still.port}/mysfits", seconds))
    highest, flask_highest = memory(ours.process, "VmHWM"), memory(flask.process, "VmHWM")
    for server in (ours, flask, still, database):
        server.stop()
    what = f"GET /mysfits, {CLIENTS} clients, 2 cores"
    yield what, "req/s", mine, "Flask with boto3", theirs, "at least 30 of it"
    yield what, "req/s", mine, "nginx, same reply from a file", sent, "for orientation"
    yield what + ", 99 of 100 within", "ms", slowest, "budget", 10, "at most 1.0 of it"
    yield what + ", 99 of 100 within", "ms", slowest, "nginx, same reply from a file", slowest_sent, "for orientation"
    yield "memory of the mysfits' service, at most", "MiB", highest, "budget", 10, "at most 1.0 of it"
    yield "memory of the mysfits' service, at most", "MiB", highest, "Flask with boto3", flask_highest, "for orientation"

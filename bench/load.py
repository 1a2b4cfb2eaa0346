"""What all measurements share: this program and its references as processes, and the load on them."""
import hashlib
import os
import re
import socket
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
BUILD = os.environ.setdefault("MENAGERIE_BUILD", os.path.join(ROOT, "build-bench"))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from conftest import Program, sign  # noqa: E402,F401

BINARY = os.path.join(BUILD, "menagerie")
ROUNDS = 9


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port):
    for _ in range(5000):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.001)
    raise SystemExit(f"nothing listens on port {port}")


class Server:
    """A reference server, pinned, in a directory of its own."""

    def __init__(self, port, *command, cores="0"):
        self.port = port
        self.process = subprocess.Popen(["taskset", "-c", cores, *command], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_for_port(port)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def start_pinned(folder, *arguments, probe=False, cores="0"):
    """This program on the given cores: children inherit the affinity of who starts them."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(c) for c in cores.split(",")})
    try:
        return Program(os.path.join(folder, "data"), *arguments, "--log-level", "error", probe=probe)
    finally:
        os.sched_setaffinity(0, before)


def nginx(folder, body="", root=None, cores="0"):
    """Answers everything with `body`, or serves the files below `root`."""
    port = free_port()
    location = f"root {root}; sendfile on; tcp_nopush on;" if root else f"return 200 '{body}';"
    config = os.path.join(folder, "nginx.conf")
    with open(config, "w", encoding="utf-8") as f:
        f.write(f"""{'user root;' if os.getuid() == 0 else ''} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type text/xml; {location} }} }} }}""")
    return Server(port, "/usr/sbin/nginx", "-c", config, "-p", folder, cores=cores)


def wrk(url, seconds, script=None, connections=32, core="1"):
    command = ["taskset", "-c", core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    output = run(*command, *(["-s", script] if script else []), url)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    assert not wrong, output
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def lua_request(folder, method, path, headers, body=b""):
    """The same signed request again and again: a signature holds for fifteen minutes."""
    script = os.path.join(folder, f"{hashlib.md5(path.encode() + body).hexdigest()}.lua")
    fields = "".join(f'wrk.headers["{k}"] = "{v}"\n' for k, v in headers.items())
    with open(script, "w", encoding="utf-8") as f:
        f.write(f'wrk.method = "{method}"\nwrk.path = "{path}"\nwrk.body = "{body.decode()}"\n{fields}')
    return script


def lua_requests(folder, name, requests):
    """A rotation of signed requests, (method, path, headers, body) each: made once, then only sent."""
    script, rows = os.path.join(folder, f"{name}.lua"), []
    for method, path, headers, body in requests:
        fields = ", ".join(f'["{k}"] = "{v}"' for k, v in headers.items())
        rows.append(f"{{ '{method}', '{path}', {{ {fields} }}, [==[{body.decode()}]==] }},\n")
    with open(script, "w", encoding="utf-8") as f:
        f.write("local rows = {\n" + "".join(rows) + "}\nlocal texts, n = {}, 0\n"
                "for i, r in ipairs(rows) do texts[i] = r end\nrows = nil\n"
                "init = function()\n  for i, r in ipairs(texts) do texts[i] = wrk.format(r[1], r[2], r[3], r[4]) end\nend\n"
                "request = function()\n  n = n % #texts + 1\n  return texts[n]\nend\n")
    return script


def redis_server(folder, is_durable=False, cores="0,1"):
    port = free_port()
    append = ["--appendonly", "yes", "--appendfsync", "always"] if is_durable else ["--appendonly", "no"]
    return Server(port, "redis-server", "--port", str(port), "--dir", folder, "--save", "", *append, cores=cores)


def redis_load(redis, command, size, count, cores="0,1", keys=None):
    """Commands a second of 32 clients, over as many keys as are given."""
    spread = ["-r", str(keys)] if keys else []
    output = run("taskset", "-c", cores, "redis-benchmark", "-p", str(redis.port), "-t", command, "-c", "32", "-d", str(size),
                 "-n", str(count), "--csv", *spread)
    return float(output.strip().splitlines()[-1].split(",")[1].strip('"'))

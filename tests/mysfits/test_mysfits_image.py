"""The image of the service: what is in it, that it is all that is needed, and that it answers."""
import json
import os
import re
import shutil
import signal
import subprocess

import pytest

from . import BINARY, ROOT, Menagerie, Service, environment, make_table, mysfit, put, shown

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.getuid() != 0, reason="changing the root directory is the administrator's")]
IMAGE = os.path.join(ROOT, "apps", "mysfits", "service", "image")


class Buildah:
    """With a store of its own."""

    def __init__(self, folder):
        self.command = ["buildah", "--root", f"{folder}/store", "--runroot", f"{folder}/run", "--storage-driver", "vfs"]

    def __call__(self, *arguments):
        return subprocess.run([*self.command, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Configuration and root directory of a container that is made of it."""
    folder = tmp_path_factory.mktemp("image")
    buildah = Buildah(folder)
    subprocess.run([IMAGE, BINARY, "mysfits-service"], check=True, env={**os.environ, "BUILDAH": " ".join(buildah.command)})
    container = buildah("from", "--pull-never", "localhost/mysfits-service")
    mounted = buildah("mount", container)
    root = str(folder / "root")
    shutil.copytree(mounted, root, symlinks=True)
    yield json.loads(buildah("inspect", "--type", "image", "localhost/mysfits-service"))["OCIv1"]["config"], root
    buildah("unmount", container)
    buildah("rm", container)


class Contained(Service):
    """The service with the image's files as all the files there are, as the image's user."""

    def __init__(self, config, root, env):
        user = config["User"]
        command = ["chroot", f"--userspec={user}", root, *config["Entrypoint"], "--listen", "127.0.0.1:0"]
        self.log_path = root + ".log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log,
                                            env={"PATH": os.environ["PATH"], **env})
        self._wait_until_ready()


def files_of(root):
    return sorted(os.path.relpath(os.path.join(path, name), root) for path, _, names in os.walk(root) for name in names)


def test_image_has_the_program_its_libraries_and_nothing_else(image):
    config, root = image
    files = files_of(root)
    assert "usr/bin/mysfits-service" in files
    others = [name for name in files if not re.search(r"\.so(\.|$)", name)]
    assert others == ["etc/ssl/certs/ca-certificates.crt", "usr/bin/mysfits-service"]
    assert sum(os.path.getsize(os.path.join(root, name)) for name in files) < 30 << 20
    assert config["User"] == "65532:65532"
    assert config["ExposedPorts"] == {"8080/tcp": {}}
    assert config["Entrypoint"] + config["Cmd"] == ["/usr/bin/mysfits-service", "--listen", "0.0.0.0:8080"]


def test_nothing_in_the_image_is_to_spare(image):
    """Each library is there for the program or for libcurl."""
    _, root = image
    wanted = set()
    for of in ("/usr/bin/mysfits-service", next("/" + name for name in files_of(root) if "libcurl.so" in name)):
        loader = next("/" + name for name in files_of(root) if "ld-linux" in name)
        text = subprocess.run(["chroot", root, loader, "--list", of], check=True, stdout=subprocess.PIPE, text=True).stdout
        assert "not found" not in text
        wanted |= {os.path.basename(line.split()[0]) for line in text.splitlines()} | {os.path.basename(of)}
    found = {os.path.basename(name) for name in files_of(root) if ".so" in name}
    assert found == {name for name in wanted if ".so" in name and "vdso" not in name}


def test_container_answers_and_stops(image, tmp_path):
    config, root = image
    database = Menagerie(tmp_path / "data")
    make_table(database.dynamodb())
    put(database.dynamodb(), mysfit(1))
    service = Contained(config, root, environment(database))
    assert service.get("/")[0] == 200
    assert json.loads(service.get("/mysfits")[2]) == {"mysfits": [shown(mysfit(1))]}
    assert service.request("POST", "/mysfits/mysfit-1/like")[0] == 200
    with open(f"/proc/{service.process.pid}/status", encoding="utf-8") as f:
        assert re.search(r"^Uid:\s+65532\s", f.read(), re.M)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(30) == 0, service.log()
    service.process.stdout.close()
    assert database.stop() == 0


def test_image_says_what_is_missing():
    done = subprocess.run([IMAGE], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "usage" in done.stderr

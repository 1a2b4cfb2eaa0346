"""Databases, and services in front of them. All end, and end well."""
import pytest

from . import Dynalite, FakeServer, Menagerie, Service, environment, make_table, mysfit, put


def open_database(name, folder):
    return Menagerie(folder / "data") if name == "menagerie" else Dynalite(folder / "dynalite")


def expect_good_end(program):
    if program.process.poll() is None:
        assert program.stop() == 0, program.log()
    assert "Sanitizer" not in program.log(), program.log()


@pytest.fixture(scope="module", params=["menagerie", "dynalite"])
def database(request, tmp_path_factory):
    """With twelve mysfits, for tests that leave nothing behind."""
    opened = open_database(request.param, tmp_path_factory.mktemp("database"))
    make_table(opened.dynamodb())
    put(opened.dynamodb(), *(mysfit(n) for n in range(12)))
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def service(database, tmp_path_factory):
    started = Service(tmp_path_factory.mktemp("service") / "service", env=environment(database))
    yield started
    expect_good_end(started)


@pytest.fixture
def own_database(tmp_path):
    """This program, with a table and nothing in it, for tests that kill it or change its table."""
    opened = Menagerie(tmp_path / "data")
    make_table(opened.dynamodb())
    yield opened
    expect_good_end(opened)


@pytest.fixture
def start_service(tmp_path):
    started = []

    def start_one(*arguments, **options):
        service = Service(tmp_path / f"service{len(started)}", *arguments, **options)
        started.append(service)
        return service

    yield start_one
    for service in started:
        expect_good_end(service)


@pytest.fixture
def fake():
    servers = []

    def start_one(respond):
        servers.append(FakeServer(respond))
        return servers[-1]

    yield start_one
    for server in servers:
        server.stop()

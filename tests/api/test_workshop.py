"""The workshop's commands, typed as it prints them into a shell that `menagerie env` has set up, by each AWS CLI."""
import json
import os
import shutil
import subprocess

import pytest

from clients import CLIS
from conftest import BUILD, ROOT, Program

pytestmark = [pytest.mark.slow, pytest.mark.scripts]

FOLDER = "environment/aws-modern-application-workshop"


class Shell:
    """A home with the workshop's files in it, and a program of its own: the names are the workshop's."""

    def __init__(self, home, cli, program):
        self.home, self.program = str(home), program
        shutil.copytree(os.path.join(ROOT, "tests", "workshop"), os.path.join(self.home, FOLDER))
        os.mkdir(os.path.join(self.home, "bin"))
        os.symlink(cli, os.path.join(self.home, "bin", "aws"))

    def type(self, command):
        path = os.path.join(self.home, "bin") + ":" + os.environ["PATH"]
        script = f'eval "$({BUILD}/menagerie env --listen {self.program.address})"\n{command}\n'
        done = subprocess.run(["bash", "-c", script], env={"PATH": path, "HOME": self.home}, capture_output=True, text=True,
                              timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None


@pytest.fixture(params=CLIS, ids=range(len(CLIS)))
def shell(request, tmp_path):
    program = Program(tmp_path / "data")
    yield Shell(tmp_path, request.param, program)
    program.stop()


def test_module_3_makes_a_table_fills_it_and_finds_mysfits_by_species_and_alignment(shell):
    made = shell.type("aws dynamodb create-table --cli-input-json "
                      "file://~/environment/aws-modern-application-workshop/module-3/aws-cli/dynamodb-table.json")
    assert made["TableDescription"]["TableStatus"] == "CREATING"

    table = shell.type("aws dynamodb describe-table --table-name MysfitsTable")["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert [i["IndexStatus"] for i in table["GlobalSecondaryIndexes"]] == ["ACTIVE", "ACTIVE"]

    empty = shell.type("aws dynamodb scan --table-name MysfitsTable")
    assert empty == {"Count": 0, "Items": [], "ScannedCount": 0, "ConsumedCapacity": None}

    batch = shell.type("aws dynamodb batch-write-item --request-items "
                       "file://~/environment/aws-modern-application-workshop/module-3/aws-cli/populate-dynamodb.json")
    assert batch == {"UnprocessedItems": {}}

    assert shell.type("aws dynamodb scan --table-name MysfitsTable")["Count"] == 12
    # As the workshop's own service asks, with the parameters of before there were expressions.
    for index, name, value, count in (("SpeciesIndex", "Species", "Bog Hound", 2), ("AlignmentIndex", "Alignment", "Lawful Good", 2)):
        conditions = json.dumps({name: {"AttributeValueList": [{"S": value}], "ComparisonOperator": "EQ"}})
        found = shell.type(f"aws dynamodb query --table-name MysfitsTable --index-name {index} --key-conditions '{conditions}'")
        assert [item[name]["S"] for item in found["Items"]] == [value] * count

"""`aws dynamodb`, as a person types it, by each AWS CLI there is; and the workshop's table."""
import json
import os
import shutil
import subprocess

import pytest

from . import index, key_schema, new_name, new_table

CLIS = [path for path in dict.fromkeys(("/usr/bin/aws", shutil.which("aws"))) if path and os.path.exists(path)]
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
BEASTS = [("Evangeline", "Chimera", "Neutral"), ("Pauly", "Bear", "Lawful"), ("Ivy", "Hydra", "Chaotic"),
          ("Rudolph", "Bear", "Chaotic"), ("Clara", "Hydra", "Lawful"), ("Oswald", "Bear", "Neutral")]


@pytest.fixture(params=CLIS, ids=range(len(CLIS)))
def aws(request, menagerie, tmp_path):
    """The command; what it prints, as JSON where it is."""
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
           "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
           "AWS_PAGER": "", "NO_PROXY": "*"}

    def run(*arguments, fails=False):
        done = subprocess.run([request.param, "--endpoint-url", menagerie.url, "dynamodb", *map(str, arguments)], env=env,
                              capture_output=True, text=True, timeout=180)
        assert (done.returncode != 0) == fails, done.stderr + done.stdout
        if fails:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def put_json(folder, name, content):
    (folder / name).write_text(json.dumps(content))
    return f"file://{folder / name}"


def workshop_table(name):
    """A table of beings, with an index by each of two things that they are."""
    attributes = ("BeingId", "Species", "Alignment")
    return {
        "TableName": name, "ProvisionedThroughput": UNITS, "KeySchema": key_schema(["BeingId"]),
        "AttributeDefinitions": [{"AttributeName": a, "AttributeType": "S"} for a in attributes],
        "GlobalSecondaryIndexes": [
            {"IndexName": f"{a}Index", "KeySchema": key_schema([a, "BeingId"]), "Projection": {"ProjectionType": "ALL"},
             "ProvisionedThroughput": UNITS} for a in attributes[1:]]}


def test_the_workshops_steps(aws, tmp_path):
    name = new_name()
    made = aws("create-table", "--cli-input-json", put_json(tmp_path, "table.json", workshop_table(name)))
    assert made["TableDescription"]["TableStatus"] == "CREATING"
    table = aws("describe-table", "--table-name", name)["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert [(i["IndexName"], i["IndexStatus"]) for i in table["GlobalSecondaryIndexes"]] == [
        ("SpeciesIndex", "ACTIVE"), ("AlignmentIndex", "ACTIVE")]
    assert aws("scan", "--table-name", name)["Count"] == 0
    beings = [{"PutRequest": {"Item": {"BeingId": {"S": f"id-{i}"}, "Name": {"S": n}, "Species": {"S": s},
                                       "Alignment": {"S": a}, "Age": {"N": str(i)}}}}
              for i, (n, s, a) in enumerate(BEASTS)]
    written = aws("batch-write-item", "--request-items", put_json(tmp_path, "items.json", {name: beings}))
    assert written["UnprocessedItems"] == {}
    assert aws("scan", "--table-name", name)["Count"] == len(BEASTS)
    for attribute, value, count in (("Species", "Bear", 3), ("Alignment", "Lawful", 2), ("Species", "Cat", 0)):
        conditions = {attribute: {"AttributeValueList": [{"S": value}], "ComparisonOperator": "EQ"}}
        found = aws("query", "--table-name", name, "--index-name", f"{attribute}Index", "--key-conditions",
                    put_json(tmp_path, "conditions.json", conditions))
        assert found["Count"] == count
        assert all(i[attribute] == {"S": value} for i in found["Items"])


def test_cli_waits_for_a_table_and_for_its_end(aws):
    name = new_name()
    aws("create-table", "--table-name", name, "--attribute-definitions", "AttributeName=id,AttributeType=S",
        "--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST",
        "--tags", "Key=team,Value=blue")
    aws("wait", "table-exists", "--table-name", name)
    arn = aws("describe-table", "--table-name", name)["Table"]["TableArn"]
    assert aws("list-tags-of-resource", "--resource-arn", arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert aws("delete-table", "--table-name", name)["TableDescription"]["TableStatus"] == "DELETING"
    aws("wait", "table-not-exists", "--table-name", name)
    assert f"Table: {name} not found" in aws("delete-table", "--table-name", name, fails=True)


def test_cli_lists_tables_page_by_page(aws, menagerie):
    names = {new_table(menagerie.client("dynamodb"), "id:S") for _ in range(3)}
    assert names <= set(aws("list-tables", "--page-size", "1")["TableNames"])
    first = aws("list-tables", "--max-items", "2")
    assert len(first["TableNames"]) == 2
    rest = aws("list-tables", "--starting-token", first["NextToken"])["TableNames"]
    assert names <= {*first["TableNames"], *rest}


def test_cli_changes_a_table(aws, menagerie):
    name = new_table(menagerie.client("dynamodb"), "id:S", indexes=[index("by-n", "n:N")])
    aws("update-table", "--table-name", name, "--billing-mode", "PROVISIONED", "--provisioned-throughput",
        "ReadCapacityUnits=2,WriteCapacityUnits=3", "--global-secondary-index-updates",
        '[{"Update": {"IndexName": "by-n", "ProvisionedThroughput": {"ReadCapacityUnits": 4, "WriteCapacityUnits": 5}}}]')
    table = aws("describe-table", "--table-name", name)["Table"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 2
    assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
    assert "will not change" in aws("update-table", "--table-name", name, "--provisioned-throughput",
                                    "ReadCapacityUnits=2,WriteCapacityUnits=3", fails=True)

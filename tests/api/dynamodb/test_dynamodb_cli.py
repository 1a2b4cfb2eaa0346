"""`aws dynamodb`, as a person types it, by each AWS CLI there is."""
import json
import os
import shutil
import subprocess

import pytest

from . import index, new_name, new_table

CLIS = [path for path in dict.fromkeys(("/usr/bin/aws", shutil.which("aws"))) if path and os.path.exists(path)]


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

"""`aws dynamodb`, as a person types it, by each AWS CLI there is."""
import json

import pytest
from clients import CLIS, run_aws

from . import index, new_name, new_table

pytestmark = [pytest.mark.slow, pytest.mark.scripts]


@pytest.fixture(params=CLIS, ids=range(len(CLIS)))
def aws(request, menagerie):
    """The command; what it prints, as JSON where it is."""
    def run(*arguments, fails=False):
        done = run_aws(request.param, menagerie.url, "dynamodb", *arguments)
        assert (done.returncode != 0) == fails, done.stderr + done.stdout
        if fails:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def test_cli_waits_for_a_table_and_for_its_end(aws, dynamodb):
    name = new_name()
    made = aws("create-table", "--table-name", name, "--attribute-definitions", "AttributeName=id,AttributeType=S",
               "--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST",
               "--tags", "Key=team,Value=blue")
    aws("wait", "table-exists", "--table-name", name)
    tags = dynamodb.list_tags_of_resource(ResourceArn=made["TableDescription"]["TableArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]
    assert aws("delete-table", "--table-name", name)["TableDescription"]["TableStatus"] == "DELETING"
    aws("wait", "table-not-exists", "--table-name", name)
    assert f"Table: {name} not found" in aws("delete-table", "--table-name", name, fails=True)


def test_cli_lists_tables_page_by_page(aws, dynamodb):
    names = {new_table(dynamodb, "id:S") for _ in range(3)}
    assert names <= set(aws("list-tables", "--page-size", "1")["TableNames"])
    first = aws("list-tables", "--max-items", "2")
    assert len(first["TableNames"]) == 2
    rest = aws("list-tables", "--starting-token", first["NextToken"])["TableNames"]
    assert names <= {*first["TableNames"], *rest}


def test_cli_changes_a_table(aws, dynamodb):
    name = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N")])
    aws("update-table", "--table-name", name, "--billing-mode", "PROVISIONED", "--provisioned-throughput",
        "ReadCapacityUnits=2,WriteCapacityUnits=3", "--global-secondary-index-updates",
        '[{"Update": {"IndexName": "by-n", "ProvisionedThroughput": {"ReadCapacityUnits": 4, "WriteCapacityUnits": 5}}}]')
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 2
    assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 5

"""Tables: made, described, listed, deleted."""
import concurrent.futures

import boto3
import pytest
from botocore.exceptions import WaiterError

from . import OTHER, index, item, key_schema, new_name, new_table, put_all, raw, refused

INVALID = "One or more parameter values were invalid: "
BROKEN = "1 validation error detected: Value "
IN_USE = "Attempt to change a resource which is still in use: "
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}


def definitions(*keys):
    return [{"AttributeName": k.split(":")[0], "AttributeType": k.split(":")[1]} for k in keys]


def asked(*keys, extra=(), **more):
    """What CreateTable of these keys is asked."""
    return {"TableName": new_name(), "AttributeDefinitions": definitions(*keys, *extra), "KeySchema": key_schema(keys),
            "BillingMode": "PAY_PER_REQUEST", **more}


def global_index(name, *keys, hashes=1, **more):
    return {"IndexName": name, "KeySchema": key_schema(keys, hashes), "Projection": {"ProjectionType": "ALL"}, **more}


def describe(client, name):
    return client.describe_table(TableName=name)["Table"]


# What is made, and how it is shown.


def test_a_table_is_shown_as_creating_and_is_active_at_once(dynamodb):
    made = dynamodb.create_table(**asked("id:S", "at:N"))["TableDescription"]
    assert made["TableStatus"] == "CREATING"
    assert made["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    shown = describe(dynamodb, made["TableName"])
    assert shown["TableStatus"] == "ACTIVE"
    assert shown["TableId"] == made["TableId"] and len(shown["TableId"]) == 36
    assert shown["TableArn"] == f"arn:aws:dynamodb:us-east-1:000000000000:table/{made['TableName']}"
    assert shown["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}]
    assert shown["ItemCount"] == shown["TableSizeBytes"] == 0
    assert shown["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] == shown["CreationDateTime"]
    assert shown["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


def test_a_provisioned_table_shows_its_units_and_no_billing_mode(dynamodb):
    name = new_table(dynamodb, "id:S", BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    shown = describe(dynamodb, name)
    assert shown["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **UNITS}
    assert "BillingModeSummary" not in shown


def test_definitions_and_projected_names_are_shown_sorted(dynamodb):
    name = new_table(dynamodb, "z:S", "m:N", indexes=[index("i-z", "a:B", project=["zz", "aa", "mm"]),
                                                       index("i-a", "m:N", project="KEYS_ONLY")])
    shown = describe(dynamodb, name)
    assert [d["AttributeName"] for d in shown["AttributeDefinitions"]] == ["a", "m", "z"]
    assert [d["AttributeType"] for d in shown["AttributeDefinitions"]] == ["B", "N", "S"]
    assert [i["IndexName"] for i in shown["GlobalSecondaryIndexes"]] == ["i-z", "i-a"]
    assert shown["GlobalSecondaryIndexes"][0]["Projection"] == {"ProjectionType": "INCLUDE",
                                                               "NonKeyAttributes": ["aa", "mm", "zz"]}
    assert shown["GlobalSecondaryIndexes"][1]["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_indexes_are_shown_in_full(dynamodb):
    name = new_table(dynamodb, "id:S", "at:N", indexes=[index("near", "id:S", "n:N", local=True), index("far", "n:N")])
    shown = describe(dynamodb, name)
    arn = shown["TableArn"] + "/index/"
    assert shown["LocalSecondaryIndexes"] == [{
        "IndexName": "near", "KeySchema": key_schema(["id", "n"]), "Projection": {"ProjectionType": "ALL"},
        "IndexSizeBytes": 0, "ItemCount": 0, "IndexArn": arn + "near"}]
    far = shown["GlobalSecondaryIndexes"][0]
    assert far == {**far, "IndexName": "far", "IndexStatus": "ACTIVE", "KeySchema": key_schema(["n"]), "ItemCount": 0,
                   "IndexSizeBytes": 0, "IndexArn": arn + "far"}
    assert "Backfilling" not in far
    assert far["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


def test_a_global_index_takes_four_attributes_for_each_part_of_its_key(menagerie, dynamodb):
    keys = [f"{k}{i}:S" for k in "hr" for i in range(4)]
    body = asked("id:S", extra=keys, GlobalSecondaryIndexes=[global_index("wide", *keys, hashes=4)])
    assert raw(menagerie, "CreateTable", body)[0] == 200
    schema = describe(dynamodb, body["TableName"])["GlobalSecondaryIndexes"][0]["KeySchema"]
    assert schema == key_schema(keys, hashes=4)


def test_what_newer_clients_ask_for_is_kept_and_shown(menagerie):
    body = asked("id:S", DeletionProtectionEnabled=True, TableClass="STANDARD_INFREQUENT_ACCESS",
                 OnDemandThroughput={"MaxReadRequestUnits": 10}, WarmThroughput={"ReadUnitsPerSecond": 12001})
    assert raw(menagerie, "CreateTable", body)[0] == 200
    shown = raw(menagerie, "DescribeTable", {"TableName": body["TableName"]})[1]["Table"]
    assert shown["DeletionProtectionEnabled"] is True
    assert shown["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert shown["OnDemandThroughput"] == {"MaxReadRequestUnits": 10}
    assert shown["WarmThroughput"] == {"ReadUnitsPerSecond": 12001, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}


def test_what_is_not_set_is_not_shown_or_as_it_is_by_itself(menagerie, dynamodb):
    provisioned = new_table(dynamodb, "id:S", BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    shown = raw(menagerie, "DescribeTable", {"TableName": provisioned})[1]["Table"]
    assert shown["WarmThroughput"] == {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 6, "Status": "ACTIVE"}
    assert shown["DeletionProtectionEnabled"] is False
    for absent in ("TableClassSummary", "OnDemandThroughput", "SSEDescription", "StreamSpecification", "LatestStreamArn",
                   "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "Replicas"):
        assert absent not in shown


def test_a_stream_is_opened_with_its_table(dynamodb):
    body = asked("id:S", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    made = dynamodb.create_table(**body)["TableDescription"]
    assert made["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert made["LatestStreamArn"] == made["TableArn"] + "/stream/" + made["LatestStreamLabel"]


def test_counts_and_sizes_are_exact(dynamodb):
    name = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N", project="KEYS_ONLY")])
    put_all(dynamodb, name, [item(id=f"{i:02}", text="x" * 10, **({"n": 1} if i % 2 else {})) for i in range(10)])
    shown = describe(dynamodb, name)
    assert (shown["ItemCount"], shown["TableSizeBytes"]) == (10, 10 * (4 + 14) + 5 * 3)
    assert (shown["GlobalSecondaryIndexes"][0]["ItemCount"], shown["GlobalSecondaryIndexes"][0]["IndexSizeBytes"]) == \
        (5, 5 * (4 + 3))
    dynamodb.delete_item(TableName=name, Key=item(id="01"))
    assert describe(dynamodb, name)["ItemCount"] == 9
    assert describe(dynamodb, name)["GlobalSecondaryIndexes"][0]["ItemCount"] == 4


# What is refused.


@pytest.mark.parametrize("name,message", [
    ("ab", BROKEN + "'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3"),
    ("a b c", BROKEN + "'a b c' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression "
                       "pattern: [a-zA-Z0-9_.-]+"),
    ("x" * 256, BROKEN + f"'{'x' * 256}' at 'tableName' failed to satisfy constraint: Member must have length less than "
                         "or equal to 255"),
    ("a!", "2 validation errors detected: Value 'a!' at 'tableName' failed to satisfy constraint: Member must have length "
           "greater than or equal to 3; Value 'a!' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
           "expression pattern: [a-zA-Z0-9_.-]+"),
    ("\u00e9\u00e9", "2 validation errors detected: Value '\u00e9\u00e9' at 'tableName' failed to satisfy constraint: Member must "
                     "have length greater than or equal to 3; Value '\u00e9\u00e9' at 'tableName' failed to satisfy constraint: "
                     "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
    ("x" + "\u00e9" * 600, "2 validation errors detected: Value 'x{0}' at 'tableName' failed to satisfy constraint: Member must "
                           "have length less than or equal to 255; Value 'x{0}' at 'tableName' failed to satisfy constraint: "
                           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+".format("\u00e9" * 511)),
    ("", "2 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length greater "
         "than or equal to 3; Value '' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression "
         "pattern: [a-zA-Z0-9_.-]+"),
])
def test_a_name_has_a_form(dynamodb, name, message):
    with refused(message):
        dynamodb.create_table(**{**asked("id:S"), "TableName": name})
    with refused(message):
        dynamodb.describe_table(TableName=name)


KEYS_UNDEFINED = INVALID + "Some index key attributes are not defined in AttributeDefinitions. Keys: "
TWO = {"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "HASH"}


@pytest.mark.parametrize("more,message", [
    ({"TableName": None, "KeySchema": []}, "The parameter 'TableName' is required but was not present in the request"),
    ({"TableName": "x!", "KeySchema": [], "BillingMode": "FREE"},
     "2 validation errors detected: Value 'x!' at 'tableName' failed to satisfy constraint: Member must have length greater "
     "than or equal to 3; Value 'x!' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression "
     "pattern: [a-zA-Z0-9_.-]+"),
    ({"KeySchema": [{}], "BillingMode": "FREE",
      "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "ALL"}},
     "4 validation errors detected: Value 'FREE' at 'billingMode' failed to satisfy constraint: Member must satisfy "
     "enum value set: [PROVISIONED, PAY_PER_REQUEST]; Value null at 'keySchema.1.member.attributeName' failed to satisfy "
     "constraint: Member must not be null; Value null at 'keySchema.1.member.keyType' failed to satisfy constraint: Member "
     "must not be null; Value 'ALL' at 'streamSpecification.streamViewType' failed to satisfy constraint: Member must "
     "satisfy enum value set: [OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE]"),
    ({"LocalSecondaryIndexes": [global_index("lo", "id:S")], "GlobalSecondaryIndexes": [global_index("gl", "id:S")]},
     "2 validation errors detected: Value 'gl' at 'globalSecondaryIndexes.1.member.indexName' failed to satisfy "
     "constraint: Member must have length greater than or equal to 3; Value 'lo' at "
     "'localSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must have length greater than or "
     "equal to 3"),
    ({"AttributeDefinitions": None}, BROKEN + "null at 'attributeDefinitions' failed to satisfy constraint: Member must "
                                              "not be null"),
    ({"AttributeDefinitions": []}, "Invalid KeySchema: Some index key attribute have no definition"),
    ({"KeySchema": None}, BROKEN + "null at 'keySchema' failed to satisfy constraint: Member must not be null"),
    ({"KeySchema": []}, BROKEN + "'[]' at 'keySchema' failed to satisfy constraint: Member must have length greater than "
                                 "or equal to 1"),
    ({"KeySchema": key_schema(["id", "b", "c"])},
     BROKEN + "'[KeySchemaElement(attributeName=id, keyType=HASH), KeySchemaElement(attributeName=b, keyType=RANGE), "
              "KeySchemaElement(attributeName=c, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must "
              "have length less than or equal to 2"),
    ({"KeySchema": key_schema(["other"])}, KEYS_UNDEFINED + "[other], AttributeDefinitions: [id]"),
    ({"KeySchema": key_schema(["id", "b"])}, "Invalid KeySchema: Some index key attribute have no definition"),
    ({"KeySchema": key_schema(["id", "id"]), "AttributeDefinitions": definitions("id:S", "b:S")},
     "Both the Hash Key and the Range Key element in the KeySchema have the same name"),
    ({"KeySchema": key_schema(["id"], hashes=0)},
     "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    ({"KeySchema": list(TWO), "AttributeDefinitions": definitions("a:S", "b:S")},
     "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
    ({"AttributeDefinitions": definitions("id:S", "id:N")}, "Attribute Name is duplicated: id"),
    ({"AttributeDefinitions": definitions("id:S", "b:S")},
     INVALID + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
               "AttributeDefinitions"),
    ({"AttributeDefinitions": definitions("id:S", "b:S", "c:S"),
      "GlobalSecondaryIndexes": [global_index("one", "b:S")]},
     INVALID + "Some AttributeDefinitions are not used. AttributeDefinitions: [id, b, c], keys used: [id, b]"),
    ({"GlobalSecondaryIndexes": []}, INVALID + "List of GlobalSecondaryIndexes is empty"),
    ({"LocalSecondaryIndexes": []}, INVALID + "List of LocalSecondaryIndexes is empty"),
    ({"BillingMode": None}, INVALID + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode "
                                      "is PROVISIONED"),
    ({"ProvisionedThroughput": UNITS}, INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                                                 "BillingMode is PAY_PER_REQUEST"),
    ({"BillingMode": "PROVISIONED", "ProvisionedThroughput": {**UNITS, "ReadCapacityUnits": 1000000000001}},
     "Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
    ({"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}},
     "2 validation errors detected: Value '0' at 'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: "
     "Member must have value greater than or equal to 1; Value '0' at 'provisionedThroughput.readCapacityUnits' failed to "
     "satisfy constraint: Member must have value greater than or equal to 1"),
    ({"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "X"}]},
     BROKEN + "'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must satisfy enum "
              "value set: [B, N, S]"),
    ({"StreamSpecification": {"StreamEnabled": True}},
     INVALID + "Table is being created with a stream enabled, UpdateViewType is required"),
    ({"StreamSpecification": {"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}},
     INVALID + "Table is being created with a stream disabled, UpdateViewType should not be specified"),
    ({"SSESpecification": {"Enabled": False, "SSEType": "KMS"}},
     INVALID + "SSEType can not be specified if Enabled is false"),
    ({"Tags": [{"Key": "aws:x", "Value": ""}]}, "Tag Key cannot be prefixed with aws:, Key: aws:x"),
    ({"Tags": [{"Key": str(i), "Value": ""} for i in range(51)]},
     "Number of Tags exceed the current limit for the provided ResourceArn"),
    ({"OnDemandThroughput": {"MaxReadRequestUnits": 0}},
     INVALID + "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range"),
    ({"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS, "OnDemandThroughput": {"MaxWriteRequestUnits": 5}},
     INVALID + "MaxWriteRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED."),
    ({"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS, "WarmThroughput": {"WriteUnitsPerSecond": 5}},
     INVALID + "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than WriteCapacityUnits of "
               "ProvisionedThroughput"),
])
def test_a_table_is_refused_in_the_words_of_aws(menagerie, more, message):
    body = {k: v for k, v in {**asked("id:S"), **more}.items() if v is not None}
    status, reply = raw(menagerie, "CreateTable", body)
    assert (status, reply.get("__type"), reply.get("message")) == (400, "ValidationException", message)


SAME = "The KeySchema contains multiple key attributes with the same name"
TOO_MANY = INVALID + "The KeySchema exceeds the maximum allowed number of "
MIXED = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"},
         {"AttributeName": "m", "KeyType": "HASH"}]


@pytest.mark.parametrize("more,message", [
    ({"KeySchema": key_schema(["q"])}, KEYS_UNDEFINED + "[q], AttributeDefinitions: [id, at, n, m]"),
    ({"KeySchema": key_schema(["n", "n"])},
     "Both the Hash Key and the Range Key element in the KeySchema have the same name"),
    ({"KeySchema": key_schema(["n", "m", "n"])}, SAME),
    ({"KeySchema": key_schema(["n"], hashes=0)}, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    ({"KeySchema": MIXED}, INVALID + "All HASH key attributes must precede RANGE key attributes in the KeySchema"),
    ({"KeySchema": key_schema(["id", "at", "n", "m", "id"], hashes=5)}, TOO_MANY + "HASH key attributes"),
    ({"KeySchema": key_schema(["id", "at", "n", "m", "id", "at"])}, TOO_MANY + "RANGE key attributes"),
    ({"Projection": {}}, INVALID + "Unknown ProjectionType: null"),
    ({"Projection": {"ProjectionType": "INCLUDE"}},
     INVALID + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
    ({"Projection": {"ProjectionType": "ALL", "NonKeyAttributes": ["x"]}},
     INVALID + "ProjectionType is ALL, but NonKeyAttributes is specified"),
    ({"Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y", "x"]}},
     INVALID + "Duplicate element in NonKeyAttributes: x"),
    ({"ProvisionedThroughput": UNITS},
     INVALID + "ProvisionedThroughput should not be specified for index: one when BillingMode is PAY_PER_REQUEST"),
    ({"OnDemandThroughput": {"MaxReadRequestUnits": -1}},
     INVALID + "Requested MaxReadRequestUnits for OnDemandThroughput for index : one is outside of valid range"),
    ({"IndexName": "two"}, INVALID + "Duplicate index name: two"),
    ({"IndexName": "near"}, INVALID + "Duplicate index name: near"),
])
def test_a_global_index_is_refused_in_the_words_of_aws(menagerie, more, message):
    body = asked("id:S", "at:N", extra=["n:N", "m:N"], GlobalSecondaryIndexes=[
        global_index("two", "m:N", "n:N"), {**global_index("one", "n:N", "m:N"), **more}],
        LocalSecondaryIndexes=[global_index("near", "id:S", "m:N")])
    status, reply = raw(menagerie, "CreateTable", body)
    assert (status, reply.get("__type"), reply.get("message")) == (400, "ValidationException", message)


@pytest.mark.parametrize("keys,schema,message", [
    (["id:S"], ["id", "n"], INVALID + "Table KeySchema does not have a range key, which is required when specifying a "
                                      "LocalSecondaryIndex"),
    (["id:S", "at:N"], ["id"], INVALID + "Index KeySchema does not have a range key for index: one"),
    (["id:S", "at:N"], ["n", "at"],
     INVALID + "Index KeySchema does not have the same leading hash key as table KeySchema for index: one. index hash key: "
               "n, table hash key: id"),
    (["id:S", "at:N"], ["id", "n", "at"],
     BROKEN + "'[KeySchemaElement(attributeName=id, keyType=HASH), KeySchemaElement(attributeName=n, keyType=RANGE), "
              "KeySchemaElement(attributeName=at, keyType=RANGE)]' at 'localSecondaryIndexes.1.member.keySchema' failed to "
              "satisfy constraint: Member must have length less than or equal to 2"),
])
def test_a_local_index_is_refused_in_the_words_of_aws(menagerie, keys, schema, message):
    extra = ["n:N"] if "n" in schema else []
    body = asked(*keys, extra=extra, LocalSecondaryIndexes=[{**global_index("one"), "KeySchema": key_schema(schema)}])
    status, reply = raw(menagerie, "CreateTable", body)
    assert (status, reply.get("__type"), reply.get("message")) == (400, "ValidationException", message)


def test_there_are_twenty_global_and_five_local_indexes_at_most(menagerie, dynamodb):
    most = [global_index(f"global{i}", "id:S") for i in range(20)]
    local = [global_index(f"local{i}", "id:S", "at:N") for i in range(5)]
    body = asked("id:S", "at:N", GlobalSecondaryIndexes=most, LocalSecondaryIndexes=local)
    dynamodb.create_table(**body)
    assert len(describe(dynamodb, body["TableName"])["GlobalSecondaryIndexes"]) == 20
    with refused(INVALID + "GlobalSecondaryIndex count exceeds the per-table limit of 20"):
        dynamodb.create_table(**asked("id:S", GlobalSecondaryIndexes=[*most, global_index("more", "id:S")]))
    with refused(INVALID + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"):
        dynamodb.create_table(**asked("id:S", "at:N", LocalSecondaryIndexes=[*local, global_index("more", "id:S", "at:N")]))


def test_all_indexes_together_include_a_hundred_attributes_at_most(dynamodb):
    def included(count):
        return [{**global_index(f"global{i}", "id:S"), "Projection": {
            "ProjectionType": "INCLUDE", "NonKeyAttributes": [f"a{n}" for n in range(20)]}} for i in range(count)]

    dynamodb.create_table(**asked("id:S", GlobalSecondaryIndexes=included(5)))
    with refused(INVALID + "Number of projected non-key attributes of all indexes exceeds the per-table limit of 100"):
        dynamodb.create_table(**asked("id:S", GlobalSecondaryIndexes=included(6)))


def test_units_beyond_what_limits_tell_are_refused(dynamodb):
    limits = dynamodb.describe_limits()
    assert (limits["AccountMaxReadCapacityUnits"], limits["AccountMaxWriteCapacityUnits"]) == (80000, 80000)
    assert (limits["TableMaxReadCapacityUnits"], limits["TableMaxWriteCapacityUnits"]) == (40000, 40000)
    with refused("The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. "
                 "Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
                 "request higher limits.", "LimitExceededException"):
        dynamodb.create_table(**asked("id:S", BillingMode="PROVISIONED",
                                      ProvisionedThroughput={"ReadCapacityUnits": 40001, "WriteCapacityUnits": 1}))


@pytest.mark.parametrize("more", [
    {"SSESpecification": {"Enabled": True}}, {"ResourcePolicy": "{}"},
    {"GlobalTableSourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/other"},
    {"GlobalTableSettingsReplicationMode": "ENABLED"},
])
def test_what_is_not_built_is_refused_by_name(menagerie, more):
    body = asked("id:S", **more)
    status, reply = raw(menagerie, "CreateTable", body)
    assert (status, reply["__type"]) == (501, "NotImplemented")
    assert next(iter(more)) in reply["message"]
    assert raw(menagerie, "DescribeTable", {"TableName": body["TableName"]})[0] == 400


def test_a_second_table_of_a_name_is_refused(dynamodb):
    name = new_table(dynamodb, "id:S")
    with refused(f"Table already exists: {name}", "ResourceInUseException"):
        dynamodb.create_table(**{**asked("id:S"), "TableName": name})


def test_of_many_that_make_a_table_one_does(menagerie):
    body = asked("id:S")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: raw(menagerie, "CreateTable", body)[0], range(8)))
    assert sorted(replies) == [200] + [400] * 7


def test_an_empty_list_of_tags_is_fine(dynamodb):
    name = new_table(dynamodb, "id:S", Tags=[])
    assert dynamodb.list_tags_of_resource(ResourceArn=describe(dynamodb, name)["TableArn"])["Tags"] == []


# Found, listed, deleted.


def test_a_table_is_found_by_its_arn(dynamodb):
    name = new_table(dynamodb, "id:S")
    arn = describe(dynamodb, name)["TableArn"]
    assert describe(dynamodb, arn)["TableName"] == name
    with refused(f"1 validation error detected: Invalid AWS region in '{arn.replace('us-east-1', 'eu-west-1')}'"):
        dynamodb.describe_table(TableName=arn.replace("us-east-1", "eu-west-1"))
    with refused("Access is denied", "AccessDeniedException"):
        dynamodb.describe_table(TableName=arn.replace("000000000000", OTHER))
    with refused(f"1 validation error detected: Invalid resource type in '{arn}/index/x'"):
        dynamodb.describe_table(TableName=arn + "/index/x")


def test_a_table_that_is_not_there_is_named(dynamodb):
    with refused("Requested resource not found: Table: nothing-here not found", "ResourceNotFoundException"):
        dynamodb.describe_table(TableName="nothing-here")
    with refused("Requested resource not found: Table: nothing-here not found", "ResourceNotFoundException"):
        dynamodb.delete_table(TableName="nothing-here")


def test_each_account_and_region_has_tables_of_its_own(menagerie, dynamodb, other):
    name = new_table(dynamodb, "id:S")
    with refused(f"Requested resource not found: Table: {name} not found", "ResourceNotFoundException"):
        other.describe_table(TableName=name)
    new = {**asked("n:N"), "TableName": name}
    other.create_table(**new)
    assert describe(other, name)["TableArn"] == f"arn:aws:dynamodb:us-east-1:{OTHER}:table/{name}"
    abroad = boto3.client("dynamodb", endpoint_url=menagerie.url, region_name="eu-west-1", aws_access_key_id="test",
                          aws_secret_access_key="test")
    assert abroad.list_tables()["TableNames"] == []
    other.delete_table(TableName=name)
    assert describe(dynamodb, name)["KeySchema"] == key_schema(["id"])


def test_tables_are_listed_in_pages_by_name(start):
    program = start()
    client = program.client("dynamodb", parameter_validation=False)
    for i in (5, 3, 10, 1, 7):
        client.create_table(**{**asked("id:S"), "TableName": f"table-{i:02}"})
    names = [f"table-{i:02}" for i in (1, 3, 5, 7, 10)]
    whole = client.list_tables()
    assert whole["TableNames"] == names and "LastEvaluatedTableName" not in whole
    first = client.list_tables(Limit=2)
    assert (first["TableNames"], first["LastEvaluatedTableName"]) == (names[:2], names[1])
    last = client.list_tables(Limit=3, ExclusiveStartTableName=names[1])
    assert last["TableNames"] == names[2:] and "LastEvaluatedTableName" not in last
    assert client.list_tables(ExclusiveStartTableName="table-04")["TableNames"] == names[2:]
    pages = client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
    assert [page["TableNames"] for page in pages] == [names[:2], names[2:4], names[4:]]
    with refused(BROKEN + "'101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100"):
        client.list_tables(Limit=101)


def test_a_list_ends_after_a_hundred_names(start):
    program = start()
    client = program.client("dynamodb")
    for i in range(101):
        client.create_table(**{**asked("id:S"), "TableName": f"t{i:03}"})
    first = client.list_tables()
    assert len(first["TableNames"]) == 100 and first["LastEvaluatedTableName"] == "t099"
    assert client.list_tables(ExclusiveStartTableName="t099")["TableNames"] == ["t100"]


def test_a_deleted_table_is_gone_and_its_name_is_free(dynamodb):
    name = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N")])
    put_all(dynamodb, name, [item(id=str(i), n=i) for i in range(30)])
    gone = dynamodb.delete_table(TableName=name)["TableDescription"]
    assert (gone["TableName"], gone["TableStatus"], gone["ItemCount"]) == (name, "DELETING", 30)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name)
    assert name not in dynamodb.list_tables()["TableNames"]
    dynamodb.create_table(**{**asked("id:S"), "TableName": name})
    assert describe(dynamodb, name)["ItemCount"] == 0
    assert dynamodb.scan(TableName=name)["Items"] == []


def test_what_a_table_is_is_seen_at_once(dynamodb):
    """Readers remember the tables they have seen; every change must reach the very next request."""
    name = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N")])
    by_n = {"TableName": name, "IndexName": "by-n", "KeyConditionExpression": "n = :n", "ExpressionAttributeValues": item(**{":n": 1})}
    for kind in ("S", "N", "S", "N"):
        key = item(id="a" if kind == "S" else 7)
        dynamodb.put_item(TableName=name, Item={**key, **item(n=1)})
        for _ in range(3):
            assert dynamodb.get_item(TableName=name, Key=key)["Item"] == {**key, **item(n=1)}
            assert dynamodb.query(**by_n)["Count"] == 1
        dynamodb.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-n"}}])
        with refused("The table does not have the specified index: by-n"):
            dynamodb.query(**by_n)
        dynamodb.delete_table(TableName=name)
        with refused("Requested resource not found", "ResourceNotFoundException"):
            dynamodb.get_item(TableName=name, Key=key)
        dynamodb.get_waiter("table_not_exists").wait(TableName=name)
        new_table(dynamodb, "id:N" if kind == "S" else "id:S", indexes=[index("by-n", "n:N")], name=name)
        with refused("The provided key element does not match the schema"):
            dynamodb.get_item(TableName=name, Key=key)


def test_more_tables_than_are_remembered(dynamodb):
    names = [new_table(dynamodb, "id:S", indexes=[index(f"by-{i}", "n:N")]) for i in range(40)]
    for at, name in enumerate(names):
        dynamodb.put_item(TableName=name, Item=item(id="a", n=at))
    for at, name in [*enumerate(names)] * 2:
        found = dynamodb.query(TableName=name, IndexName=f"by-{at}", KeyConditionExpression="n = :n",
                               ExpressionAttributeValues=item(**{":n": at}), ReturnConsumedCapacity="INDEXES")
        assert found["Count"] == 1 and found["ConsumedCapacity"]["TableName"] == name
        assert list(found["ConsumedCapacity"]["GlobalSecondaryIndexes"]) == [f"by-{at}"]


def test_a_protected_table_stays(menagerie):
    body = asked("id:S", DeletionProtectionEnabled=True)
    name = {"TableName": body["TableName"]}
    assert raw(menagerie, "CreateTable", body)[0] == 200
    status, reply = raw(menagerie, "DeleteTable", name)
    assert (status, reply["__type"]) == (400, "ValidationException")
    assert reply["message"] == ("Resource cannot be deleted as it is currently protected against deletion. Disable "
                                "deletion protection first.")
    assert raw(menagerie, "UpdateTable", {**name, "DeletionProtectionEnabled": False})[0] == 200
    assert raw(menagerie, "DeleteTable", name)[0] == 200


def test_a_table_outlives_the_program(start, tmp_path):
    data = tmp_path / "kept"
    program = start(data=data)
    client = program.client("dynamodb")
    name = new_table(client, "id:S", "at:N", indexes=[index("by-n", "n:N", project=["x"])], Tags=[{"Key": "k", "Value": "v"}])
    client.put_item(TableName=name, Item=item(id="a", at=1, n=2))
    before = describe(client, name)
    program.stop()
    again = start(data=data).client("dynamodb")
    assert describe(again, name) == before
    assert again.list_tags_of_resource(ResourceArn=before["TableArn"])["Tags"] == [{"Key": "k", "Value": "v"}]


# Others that are asked about tables and accounts.


def test_endpoints_name_this_program(menagerie, dynamodb):
    endpoint, = dynamodb.describe_endpoints()["Endpoints"]
    assert endpoint == {"Address": menagerie.address, "CachePeriodInMinutes": 1440}


def test_there_are_no_continuous_backups_and_none_are_pretended(dynamodb):
    name = new_table(dynamodb, "id:S")
    assert dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"] == {
        "ContinuousBackupsStatus": "DISABLED", "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}
    with refused("Table not found: nothing-here", "TableNotFoundException"):
        dynamodb.describe_continuous_backups(TableName="nothing-here")
    with refused("DynamoDB UpdateContinuousBackups is not built in Menagerie; nothing was done.", "NotImplemented", 501):
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": True})
    with refused("DynamoDB CreateBackup is not built in Menagerie; nothing was done.", "NotImplemented", 501):
        dynamodb.create_backup(TableName=name, BackupName="backup")


# Other clients.


def test_the_resource_of_boto3_makes_and_waits(menagerie):
    resource = boto3.resource("dynamodb", endpoint_url=menagerie.url, region_name="us-east-1", aws_access_key_id="test",
                              aws_secret_access_key="test")
    table = resource.create_table(**asked("id:S"))
    table.wait_until_exists()
    table.reload()
    assert (table.table_status, table.item_count) == ("ACTIVE", 0)
    assert table in list(resource.tables.all())
    table.delete()
    table.wait_until_not_exists()
    with pytest.raises(WaiterError):
        table.meta.client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 0, "MaxAttempts": 2})

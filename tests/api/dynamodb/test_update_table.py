"""UpdateTable: throughput, billing, indexes, streams, protection, class."""
import datetime
import time

import pytest

from . import index, item, key_schema, new_table, put_all, raw, refused

INVALID = "One or more parameter values were invalid: "
IN_USE = "Attempt to change a resource which is still in use: "
ONE_AT_A_TIME = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
ALONE = " must be the only operation in the request"
IOPS = INVALID + "You cannot create or delete index while updating table IOPS"
REFER = "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."


def units(read, write):
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def describe(client, table):
    return client.describe_table(TableName=table)["Table"]


def global_indexes(client, table):
    return {i["IndexName"]: i for i in describe(client, table).get("GlobalSecondaryIndexes", [])}


def creation(name, *keys, hashes=1, **more):
    return {"Create": {"IndexName": name, "KeySchema": key_schema(keys, hashes), "Projection": {"ProjectionType": "ALL"},
                       **more}}


def definitions(*keys):
    return [{"AttributeName": k.split(":")[0], "AttributeType": k.split(":")[1]} for k in keys]


def add_index(client, table, name, *keys, **more):
    return client.update_table(TableName=table, AttributeDefinitions=definitions(*keys),
                               GlobalSecondaryIndexUpdates=[creation(name, *keys, **more)])["TableDescription"]


def drop_index(client, table, name):
    return client.update_table(TableName=table, GlobalSecondaryIndexUpdates=[
        {"Delete": {"IndexName": name}}])["TableDescription"]


def settle(client, table):
    """Until nothing of it comes or goes."""
    deadline = time.monotonic() + 30
    while True:
        shown = describe(client, table)
        if shown["TableStatus"] == "ACTIVE":
            return shown
        assert time.monotonic() < deadline, shown


def provisioned(client, *keys, indexes=(), read=5, write=5):
    return new_table(client, *keys, BillingMode="PROVISIONED", ProvisionedThroughput=units(read, write), indexes=[
        {**i, "ProvisionedThroughput": units(1, 1)} for i in indexes])


def refuses(menagerie, message, code="ValidationException", **body):
    status, reply = raw(menagerie, "UpdateTable", body)
    assert (status, reply.get("__type"), reply.get("message")) == (400, code, message)


# Throughput and billing.


def test_units_change_and_the_reply_still_shows_the_old_ones(dynamodb):
    table = provisioned(dynamodb, "id:S")
    shown = dynamodb.update_table(TableName=table, ProvisionedThroughput=units(7, 5))["TableDescription"]
    assert (shown["TableStatus"], shown["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("UPDATING", 5)
    shown = describe(dynamodb, table)
    assert (shown["TableStatus"], shown["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("ACTIVE", 7)
    assert "LastIncreaseDateTime" in shown["ProvisionedThroughput"]
    assert "LastDecreaseDateTime" not in shown["ProvisionedThroughput"]
    assert shown["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0


def test_units_that_do_not_change_are_refused(dynamodb):
    table = provisioned(dynamodb, "id:S", indexes=[index("by-n", "n:N")])
    words = "The provisioned throughput for the {} will not change. The requested value equals the current value. Current " \
            "ReadCapacityUnits provisioned for {}: {}. Requested ReadCapacityUnits: {}. Current WriteCapacityUnits " \
            "provisioned for {}: {}. Requested WriteCapacityUnits: {}. " + REFER
    with refused(words.format("table", "the table", 5, 5, "the table", 5, 5)):
        dynamodb.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=units(5, 5))
    with refused(words.format("index by-n", "index by-n", 1, 1, "index by-n", 1, 1)):
        dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "by-n", "ProvisionedThroughput": units(1, 1)}}])


def test_decreases_are_counted_by_the_day_and_limited_to_four_and_then_one_an_hour(start):
    program = start("--settable-clock")
    program.set_clock("2030-05-05T10:00:00Z")
    client = program.client("dynamodb")
    table = provisioned(client, "id:S", read=10)
    for read in (9, 8, 7, 6):
        client.update_table(TableName=table, ProvisionedThroughput=units(read, 5))
    shown = describe(client, table)["ProvisionedThroughput"]
    assert shown["NumberOfDecreasesToday"] == 4
    last = shown["LastDecreaseDateTime"].astimezone(datetime.timezone.utc)  # the clock goes on
    with refused("Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the "
                 "first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 "
                 f"seconds. Number of decreases today: 4. Last decrease at {last:Sun, 05 May 2030 %H:%M:%S GMT}.",
                 "LimitExceededException"):
        client.update_table(TableName=table, ProvisionedThroughput=units(5, 6))
    client.update_table(TableName=table, ProvisionedThroughput=units(20, 5))
    program.set_clock("2030-05-05T11:00:01Z")
    client.update_table(TableName=table, ProvisionedThroughput=units(4, 5))
    assert describe(client, table)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 5
    program.set_clock("2030-05-06T00:00:01Z")
    assert describe(client, table)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0
    client.update_table(TableName=table, ProvisionedThroughput=units(3, 5))
    assert describe(client, table)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 1


def test_a_table_goes_on_demand_and_back(menagerie, dynamodb):
    table = provisioned(dynamodb, "id:S", indexes=[index("by-n", "n:N")])
    shown = dynamodb.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")["TableDescription"]
    assert shown["TableStatus"] == "UPDATING" and shown["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert shown["GlobalSecondaryIndexes"][0]["IndexStatus"] == "UPDATING"
    shown = raw(menagerie, "DescribeTable", {"TableName": table})[1]["Table"]
    assert shown["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **units(0, 0)}
    assert shown["WarmThroughput"] == {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}
    with refused(INVALID + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"):
        dynamodb.update_table(TableName=table, BillingMode="PROVISIONED")
    with refused(INVALID + "ProvisionedThroughput must be specified for index: by-n"):
        dynamodb.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=units(2, 3))
    dynamodb.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=units(2, 3),
                          GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by-n",
                                                                   "ProvisionedThroughput": units(4, 5)}}])
    shown = describe(dynamodb, table)
    assert shown["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert "LastUpdateToPayPerRequestDateTime" in shown["BillingModeSummary"]
    assert shown["ProvisionedThroughput"]["ReadCapacityUnits"] == 2
    assert shown["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 5


def test_a_table_on_demand_has_no_units(menagerie, dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N")])
    neither = INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is " \
                        "PAY_PER_REQUEST"
    refuses(menagerie, neither, TableName=table, ProvisionedThroughput=units(1, 1))
    refuses(menagerie, neither, TableName=table, ProvisionedThroughput=units(1, 1), BillingMode="PAY_PER_REQUEST")
    only = INVALID + "The only Updates for index: by-n when TableThroughputMode is PAY_PER_REQUEST can be to " \
                     "OnDemandThroughput, WarmThroughput"
    for more in ({"ProvisionedThroughput": units(1, 1)}, {}, {"OnDemandThroughput": {}}):
        refuses(menagerie, only, TableName=table, GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by-n", **more}}])
    assert raw(menagerie, "UpdateTable", {"TableName": table, "BillingMode": "PAY_PER_REQUEST"})[0] == 200


def test_maxima_on_demand_are_set_and_taken_away(menagerie, dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N")])

    def set_to(read, index_read):
        body = {"TableName": table, "OnDemandThroughput": {"MaxReadRequestUnits": read, "MaxWriteRequestUnits": 5}}
        assert raw(menagerie, "UpdateTable", body)[0] == 200
        body = {"TableName": table, "GlobalSecondaryIndexUpdates": [{"Update": {
            "IndexName": "by-n", "OnDemandThroughput": {"MaxReadRequestUnits": index_read}}}]}
        assert raw(menagerie, "UpdateTable", body)[0] == 200
        shown = raw(menagerie, "DescribeTable", {"TableName": table})[1]["Table"]
        return shown["OnDemandThroughput"], shown["GlobalSecondaryIndexes"][0].get("OnDemandThroughput")

    assert set_to(20, 30) == ({"MaxReadRequestUnits": 20, "MaxWriteRequestUnits": 5}, {"MaxReadRequestUnits": 30})
    assert set_to(-1, -1) == ({"MaxWriteRequestUnits": 5}, None)
    refuses(menagerie, INVALID + "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range",
            TableName=table, OnDemandThroughput={"MaxReadRequestUnits": 0})
    other = provisioned(dynamodb, "id:S")
    refuses(menagerie, INVALID + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode "
                                 "is PROVISIONED", TableName=other, OnDemandThroughput={"MaxReadRequestUnits": 1})


def test_what_is_warm_only_grows(menagerie, dynamodb):
    table = new_table(dynamodb, "id:S")
    body = {"TableName": table, "WarmThroughput": {"ReadUnitsPerSecond": 13000}}
    reply = raw(menagerie, "UpdateTable", body)[1]["TableDescription"]
    assert reply["WarmThroughput"] == {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "UPDATING"}
    shown = raw(menagerie, "DescribeTable", {"TableName": table})[1]["Table"]
    assert shown["WarmThroughput"] == {"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}
    refuses(menagerie, INVALID + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current "
                                 "WarmThroughput, decreasing WarmThroughput is not supported",
            TableName=table, WarmThroughput={"ReadUnitsPerSecond": 12999})


# Indexes.


def test_an_index_is_made_from_what_is_there(dynamodb):
    table = new_table(dynamodb, "id:S")
    put_all(dynamodb, table, [item(id=f"{i:04}", n=i % 3, text="t" * i) for i in range(500)])
    put_all(dynamodb, table, [item(id="without"), item(id="wrong", n="three")])
    reply = add_index(dynamodb, table, "by-n", "n:N")
    assert reply["TableStatus"] == "UPDATING"
    assert reply["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    assert reply["GlobalSecondaryIndexes"][0]["Backfilling"] is False
    shown = settle(dynamodb, table)
    assert shown["AttributeDefinitions"] == definitions("id:S", "n:N")
    made, = shown["GlobalSecondaryIndexes"]
    assert made["IndexStatus"] == "ACTIVE" and "Backfilling" not in made
    assert made["ItemCount"] == 500  # not those that lack the key, or have another type for it
    found = dynamodb.query(TableName=table, IndexName="by-n", KeyConditionExpression="n = :n",
                           ExpressionAttributeValues={":n": {"N": "1"}})
    assert found["Count"] == 167
    assert all(i["text"] == {"S": "t" * int(i["id"]["S"])} for i in found["Items"])


@pytest.fixture(scope="module")
def large(menagerie):
    """A table whose items take many turns."""
    client = menagerie.client("dynamodb")
    table = new_table(client, "id:S", indexes=[index("old", "id:S", project="KEYS_ONLY"), index("other", "id:S")])
    put_all(client, table, [item(id=f"{i:05}", n=1) for i in range(10_000)])
    return table


def test_writes_while_an_index_is_filled_are_in_it(dynamodb, large):
    add_index(dynamodb, large, "writes", "n:N", Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["fresh"]})
    for i in range(0, 300, 3):
        dynamodb.put_item(TableName=large, Item=item(id=f"{i:05}", n=2, fresh="yes"))
        dynamodb.delete_item(TableName=large, Key=item(id=f"{i + 1:05}"))
        dynamodb.update_item(TableName=large, Key=item(id=f"{i + 2:05}"), UpdateExpression="SET fresh = :y",
                             ExpressionAttributeValues={":y": {"S": "no"}})
        if i == 3:
            assert global_indexes(dynamodb, large)["writes"]["Backfilling"] is True
    settle(dynamodb, large)
    got = {i["id"]["S"]: i for page in dynamodb.get_paginator("scan").paginate(TableName=large, IndexName="writes")
           for i in page["Items"]}
    assert len(got) == 10_000 - 100 == global_indexes(dynamodb, large)["writes"]["ItemCount"]
    assert got["00000"] == item(id="00000", n=2, fresh="yes")
    assert got["00002"] == item(id="00002", n=1, fresh="no")
    assert got["00300"] == item(id="00300", n=1)
    drop_index(dynamodb, large, "writes")
    settle(dynamodb, large)


def test_an_index_goes_with_the_definition_that_only_it_used(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N"), index("by-m", "m:S", "n:N")])
    put_all(dynamodb, table, [item(id=str(i), n=i, m="m") for i in range(300)])
    reply = drop_index(dynamodb, table, "by-m")
    assert [i["IndexStatus"] for i in reply["GlobalSecondaryIndexes"]] == ["ACTIVE", "DELETING"]
    shown = settle(dynamodb, table)
    assert [i["IndexName"] for i in shown["GlobalSecondaryIndexes"]] == ["by-n"]
    assert shown["AttributeDefinitions"] == definitions("id:S", "n:N")
    drop_index(dynamodb, table, "by-n")
    assert "GlobalSecondaryIndexes" not in settle(dynamodb, table)
    add_index(dynamodb, table, "by-m", "m:S")
    assert settle(dynamodb, table)["GlobalSecondaryIndexes"][0]["ItemCount"] == 300


def test_indexes_come_and_go_one_at_a_time(dynamodb, large):
    for both in ([creation("one", "n:N"), creation("two", "n:N")], [creation("one", "n:N"), {"Delete": {"IndexName": "old"}}]):
        with refused(ONE_AT_A_TIME, "LimitExceededException"):
            dynamodb.update_table(TableName=large, AttributeDefinitions=definitions("n:N"), GlobalSecondaryIndexUpdates=both)
    add_index(dynamodb, large, "by-n", "n:N")
    with refused(ONE_AT_A_TIME, "LimitExceededException"):
        add_index(dynamodb, large, "more", "n:N")
    with refused(ONE_AT_A_TIME, "LimitExceededException"):
        drop_index(dynamodb, large, "old")
    with refused(IN_USE + "Cannot delete table while indexes are being created, updated, or deleted.",
                 "ResourceInUseException"):
        dynamodb.delete_table(TableName=large)
    drop_index(dynamodb, large, "by-n")  # what is still being filled may go
    shown = settle(dynamodb, large)
    assert [i["IndexName"] for i in shown["GlobalSecondaryIndexes"]] == ["old", "other"]
    drop_index(dynamodb, large, "other")  # is full, so this takes a while
    with refused(IN_USE + f"Index is being deleted. Table: {large} Index: other", "ResourceInUseException"):
        drop_index(dynamodb, large, "other")
    shown = settle(dynamodb, large)
    assert [i["IndexName"] for i in shown["GlobalSecondaryIndexes"]] == ["old"]


def test_an_index_takes_four_attributes_for_each_part_of_its_key(menagerie, dynamodb):
    table = new_table(dynamodb, "id:S")
    keys = [f"{k}{i}:S" for k in "hr" for i in range(4)]
    put_all(dynamodb, table, [item(id="all", **{k[:2]: "x" for k in keys}), item(id="some", h0="x", r0="y")])
    body = {"TableName": table, "AttributeDefinitions": definitions(*keys),
            "GlobalSecondaryIndexUpdates": [creation("wide", *keys, hashes=4)]}
    assert raw(menagerie, "UpdateTable", body)[0] == 200
    made, = settle(dynamodb, table)["GlobalSecondaryIndexes"]
    assert (made["KeySchema"], made["ItemCount"]) == (key_schema(keys, hashes=4), 1)


@pytest.mark.parametrize("update,message,code", [
    (creation("by-n", "n:N"), "Attempting to create an index which already exists", "ValidationException"),
    (creation("near", "n:N"), "Attempting to create an index which already exists", "ValidationException"),
    (creation("more", "q:N"), INVALID + "Some index key attributes are not defined in AttributeDefinitions. Keys: [q], "
                                        "AttributeDefinitions: [n, id]", "ValidationException"),
    (creation("more", "id:N"), INVALID + "Attributes cannot be redefined. Please check that your attribute has the same type "
                                         "as previously defined.", "ValidationException"),
    (creation("more", "n:N", ProvisionedThroughput=units(1, 1)),
     INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: more when BillingMode is "
               "PAY_PER_REQUEST", "ValidationException"),
    (creation("more", "n:N", Projection={"ProjectionType": "INCLUDE"}),
     INVALID + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified", "ValidationException"),
    ({"Delete": {"IndexName": "near"}}, "Cannot delete an index that is not a GlobalSecondaryIndex: near",
     "ValidationException"),
    ({"Update": {"IndexName": "near", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}},
     "Cannot update an index that is not a GlobalSecondaryIndex: near", "ValidationException"),
    ({"Delete": {"IndexName": "none"}}, "Requested resource not found: Index none for table {}", "ResourceNotFoundException"),
    ({"Update": {"IndexName": "none", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}},
     "Requested resource not found: Index none for table {}", "ResourceNotFoundException"),
    ({"Update": {"IndexName": "by-n", "WarmThroughput": {}}},
     INVALID + "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: by-n",
     "ValidationException"),
    ({}, INVALID + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                   "GlobalSecondaryIndexUpdate.Delete must not be null", "ValidationException"),
    ({"Delete": {"IndexName": "by-n"}, "Update": {"IndexName": "by-n"}},
     INVALID + "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
     "ValidationException"),
])
def test_an_update_of_an_index_is_refused_in_the_words_of_aws(menagerie, dynamodb, update, message, code):
    table = new_table(dynamodb, "id:S", "at:S", indexes=[index("by-n", "n:N"), index("near", "id:S", "n:N", local=True)])
    refuses(menagerie, message.format(table), code, TableName=table, AttributeDefinitions=definitions("n:N", "id:N"),
            GlobalSecondaryIndexUpdates=[update])


def test_what_an_index_needs_is_refused_without_it(menagerie, dynamodb):
    table = provisioned(dynamodb, "id:S")
    both = INVALID + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: by-n"
    refuses(menagerie, both, TableName=table, AttributeDefinitions=definitions("n:N"),
            GlobalSecondaryIndexUpdates=[creation("by-n", "n:N")])
    refuses(menagerie, INVALID + "AttributeDefinitions is not specified for index: by-n", TableName=table,
            GlobalSecondaryIndexUpdates=[creation("by-n", "n:N", ProvisionedThroughput=units(1, 1))])
    twice = INVALID + "Only one global secondary index update per index is allowed simultaneously. Index: by-n"
    refuses(menagerie, twice, TableName=table, GlobalSecondaryIndexUpdates=[
        {"Delete": {"IndexName": "by-n"}}, creation("by-n", "n:N")])


def test_a_twenty_first_index_is_beyond_the_limit(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index(f"index{i}", "id:S") for i in range(20)])
    with refused("Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20",
                 "LimitExceededException"):
        add_index(dynamodb, table, "more", "id:S")


def test_definitions_that_no_new_index_uses_do_not_matter(dynamodb):
    table = new_table(dynamodb, "id:S")
    dynamodb.update_table(TableName=table, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=definitions("id:N", "x:S"))
    assert describe(dynamodb, table)["AttributeDefinitions"] == definitions("id:S")


def test_units_of_indexes_change_with_the_reply_showing_the_old_ones(dynamodb):
    table = provisioned(dynamodb, "id:S", indexes=[index("a-a", "n:N"), index("b-b", "n:N")])
    reply = dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[
        {"Update": {"IndexName": name, "ProvisionedThroughput": units(2, 1)}} for name in ("a-a", "b-b")])["TableDescription"]
    assert reply["TableStatus"] == "ACTIVE"
    assert [(i["IndexStatus"], i["ProvisionedThroughput"]["ReadCapacityUnits"])
            for i in reply["GlobalSecondaryIndexes"]] == [("UPDATING", 1)] * 2
    assert [(i["IndexStatus"], i["ProvisionedThroughput"]["ReadCapacityUnits"])
            for i in describe(dynamodb, table)["GlobalSecondaryIndexes"]] == [("ACTIVE", 2)] * 2


# Stream, protection, class.


def test_a_stream_is_switched_on_and_off(dynamodb):
    table = new_table(dynamodb, "id:S")
    off, on = {"StreamEnabled": False}, {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    with refused(f"Table has no stream to disable: TableName: {table}"):
        dynamodb.update_table(TableName=table, StreamSpecification=off)
    reply = dynamodb.update_table(TableName=table, StreamSpecification=on)["TableDescription"]
    assert (reply["TableStatus"], reply["StreamSpecification"]) == ("UPDATING", on)
    with refused(f"Table already has an enabled stream: TableName: {table}"):
        dynamodb.update_table(TableName=table, StreamSpecification={**on, "StreamViewType": "NEW_IMAGE"})
    dynamodb.update_table(TableName=table, StreamSpecification=off)
    shown = describe(dynamodb, table)
    assert "StreamSpecification" not in shown and shown["LatestStreamArn"] == reply["LatestStreamArn"]
    dynamodb.update_table(TableName=table, StreamSpecification=on)
    assert describe(dynamodb, table)["LatestStreamArn"] != reply["LatestStreamArn"]
    with refused(INVALID + "If stream is being enabled then UpdateViewType is required"):
        dynamodb.update_table(TableName=table, StreamSpecification={"StreamEnabled": True})
    with refused(INVALID + "If stream is being disabled, then UpdateViewType must not be specified"):
        dynamodb.update_table(TableName=table, StreamSpecification={**on, "StreamEnabled": False})


def test_protection_and_class_change(menagerie, dynamodb):
    table = new_table(dynamodb, "id:S")

    def update(**more):
        status, reply = raw(menagerie, "UpdateTable", {"TableName": table, **more})
        assert status == 200, reply
        return reply["TableDescription"]

    assert update(DeletionProtectionEnabled=True)["DeletionProtectionEnabled"] is True
    assert update(DeletionProtectionEnabled=True)["TableStatus"] == "ACTIVE"
    assert "TableClassSummary" not in update(TableClass="STANDARD")
    update(TableClass="STANDARD_INFREQUENT_ACCESS")
    shown = raw(menagerie, "DescribeTable", {"TableName": table})[1]["Table"]
    assert shown["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert shown["TableClassSummary"]["LastUpdateDateTime"] >= shown["CreationDateTime"]
    assert shown["DeletionProtectionEnabled"] is True


# What goes together, and what is not built.


NOTHING = "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, " \
          "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, " \
          "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required"
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}
PROTECTED = {"DeletionProtectionEnabled": True}
ENCRYPTION = {"SSESpecification": {"Enabled": False}}
WARM = {"WarmThroughput": {"ReadUnitsPerSecond": 20000}}
CLASS = {"TableClass": "STANDARD"}
MAXIMUM = {"OnDemandThroughput": {"MaxReadRequestUnits": 1}}
UNITS = {"ProvisionedThroughput": units(9, 9)}
NEW = {"GlobalSecondaryIndexUpdates": [creation("by-n", "n:N")], "AttributeDefinitions": definitions("n:N")}


@pytest.mark.parametrize("parts,message", [
    ([], NOTHING),
    ([{"AttributeDefinitions": definitions("n:N")}], NOTHING),
    ([{"GlobalSecondaryIndexUpdates": []}], NOTHING),
    ([{"WarmThroughput": {}}], NOTHING),
    ([{"GlobalSecondaryIndexUpdates": []}, PROTECTED], INVALID + "List of GlobalSecondaryIndexUpdates is empty"),
    ([ENCRYPTION], INVALID + "Table is already encrypted by default"),
    ([ENCRYPTION, PROTECTED], INVALID + "Server-Side Encryption modification" + ALONE),
    ([CLASS, PROTECTED], INVALID + "TableClass modification" + ALONE),
    ([PROTECTED, WARM], INVALID + "DeletionProtection modification" + ALONE),
    ([PROTECTED, UNITS], INVALID + "DeletionProtection modification" + ALONE),
    ([WARM, MAXIMUM], INVALID + "WarmThroughput" + ALONE),
    ([WARM, NEW], INVALID + "Create global secondary index cannot be specified when updating WarmThroughput"),
    ([MAXIMUM, STREAM], INVALID + "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"),
    ([STREAM, UNITS], INVALID + "You cannot modify stream status while updating table IOPS"),
    ([NEW, UNITS], IOPS),
    ([NEW, STREAM], INVALID + "You cannot create or delete index while changing stream status"),
])
def test_a_request_asks_for_one_thing(menagerie, dynamodb, parts, message):
    table = new_table(dynamodb, "id:S")
    refuses(menagerie, message, TableName=table, **{k: v for part in parts for k, v in part.items()})


@pytest.mark.parametrize("more", [STREAM, MAXIMUM])
def test_going_on_demand_may_bring_one_more_thing(menagerie, dynamodb, more):
    table = provisioned(dynamodb, "id:S")
    status, reply = raw(menagerie, "UpdateTable", {"TableName": table, "BillingMode": "PAY_PER_REQUEST", **more})
    assert status == 200, reply
    shown = raw(menagerie, "DescribeTable", {"TableName": table})[1]["Table"]
    for name, value in more.items():
        assert shown[name] == value


def test_what_was_refused_left_no_trace(menagerie, dynamodb):
    table = provisioned(dynamodb, "id:S", indexes=[index("by-n", "n:N")])
    before = describe(dynamodb, table)
    refuses(menagerie, f"Requested resource not found: Index none for table {table}", "ResourceNotFoundException",
            TableName=table, ProvisionedThroughput=units(9, 9), GlobalSecondaryIndexUpdates=[
                {"Update": {"IndexName": "by-n", "ProvisionedThroughput": units(9, 9)}},
                {"Update": {"IndexName": "none", "ProvisionedThroughput": units(9, 9)}}])
    assert describe(dynamodb, table) == before


@pytest.mark.parametrize("more", [
    {"ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]}, {"MultiRegionConsistency": "STRONG"},
    {"GlobalTableWitnessUpdates": [{"Create": {"RegionName": "eu-west-1"}}]},
    {"GlobalTableSettingsReplicationMode": "ENABLED"}, {"SSESpecification": {"Enabled": True}},
])
def test_what_is_not_built_is_refused_by_name(menagerie, dynamodb, more):
    table = new_table(dynamodb, "id:S")
    status, reply = raw(menagerie, "UpdateTable", {"TableName": table, "DeletionProtectionEnabled": True, **more})
    assert (status, reply["__type"]) == (501, "NotImplemented")
    assert next(iter(more)) in reply["message"]


def test_a_table_that_is_not_there_is_named_after_the_request_is_looked_at(menagerie):
    refuses(menagerie, NOTHING, TableName="nothing-here")
    refuses(menagerie, "Requested resource not found: Table: nothing-here not found", "ResourceNotFoundException",
            TableName="nothing-here", **PROTECTED)

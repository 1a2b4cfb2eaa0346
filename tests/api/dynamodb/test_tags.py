"""Tags of tables."""
import pytest

from . import OTHER, new_table, raw, refused

INVALID = "One or more parameter values were invalid: "
TOO_MANY = "Number of Tags exceed the current limit for the provided ResourceArn"


def tags_of(client, arn):
    return {t["Key"]: t["Value"] for t in client.list_tags_of_resource(ResourceArn=arn)["Tags"]}


def tag(client, arn, **tags):
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": k, "Value": v} for k, v in tags.items()])


@pytest.fixture
def arn(dynamodb):
    return dynamodb.describe_table(TableName=new_table(dynamodb, "id:S"))["Table"]["TableArn"]


def test_tags_are_put_replaced_listed_and_removed(dynamodb, arn):
    assert tags_of(dynamodb, arn) == {}
    tag(dynamodb, arn, stage="test", team="blue")
    tag(dynamodb, arn, team="red", Team="", über="größe")
    assert tags_of(dynamodb, arn) == {"stage": "test", "team": "red", "Team": "", "über": "größe"}
    dynamodb.untag_resource(ResourceArn=arn, TagKeys=["stage", "nothing", "Team"])
    assert tags_of(dynamodb, arn) == {"team": "red", "über": "größe"}


def test_the_paginator_lists_tags(dynamodb, arn):
    tag(dynamodb, arn, **{f"key{i:02}": str(i) for i in range(50)})
    pages = dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    assert [t["Key"] for page in pages for t in page["Tags"]] == [f"key{i:02}" for i in range(50)]


def test_tags_go_with_their_table(dynamodb, arn):
    name = arn.split("/")[1]
    tag(dynamodb, arn, stage="test")
    dynamodb.delete_table(TableName=name)
    with refused(f"Requested resource not found: ResourceArn: {arn} not found", "ResourceNotFoundException"):
        dynamodb.list_tags_of_resource(ResourceArn=arn)
    new_table(dynamodb, "id:S")
    dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    assert tags_of(dynamodb, arn) == {}


def test_there_are_fifty_at_most_counting_those_there_are(dynamodb, arn):
    tag(dynamodb, arn, **{f"key{i}": "" for i in range(50)})
    tag(dynamodb, arn, key7="again")
    with refused(TOO_MANY):
        tag(dynamodb, arn, key8="changed", more="")
    assert tags_of(dynamodb, arn)["key8"] == ""
    with refused(TOO_MANY):
        tag(dynamodb, arn, **{f"other{i}": "" for i in range(51)})
    with refused(TOO_MANY):
        dynamodb.untag_resource(ResourceArn=arn, TagKeys=[f"key{i}" for i in range(51)])


@pytest.mark.parametrize("tags,message", [
    ([], "Atleast one Tag needs to be provided as Input."),
    ([{}], "The Tag Key provided is invalid, Key: null"),
    ([{"Key": "", "Value": "v"}], "The Tag Key provided is invalid, Key: "),
    ([{"Key": "k"}], "The Tag Value provided is invalid, Value: null"),
    ([{"Key": "k" * 129, "Value": "v"}], f"The Tag Key provided is invalid, Key: {'k' * 129}"),
    ([{"Key": "k", "Value": "v" * 257}], f"The Tag Value provided is invalid, Value: {'v' * 257}"),
    ([{"Key": "good", "Value": "v"}, {"Key": "a#b", "Value": "v"}], "The Tag Key provided is invalid, Key: a#b"),
    ([{"Key": "k", "Value": "100%"}], "The Tag Value provided is invalid, Value: 100%"),
    ([{"Key": "AWS:x", "Value": "v"}], "Tag Key cannot be prefixed with aws:, Key: AWS:x"),
    ([{"Key": "dup", "Value": "1"}, {"Key": "dup", "Value": "2"}],
     "Duplicate Tag Keys provided as input: Duplicate Tag Key found dup"),
])
def test_a_tag_is_refused_with_all_that_came_with_it(menagerie, dynamodb, arn, tags, message):
    status, reply = raw(menagerie, "TagResource", {"ResourceArn": arn, "Tags": tags})
    assert (status, reply.get("__type"), reply.get("message")) == (400, "ValidationException", message)
    assert tags_of(dynamodb, arn) == {}


@pytest.mark.parametrize("value", ["k" * 128, "a+b-c=d.e_f:g/h@i j", "表", "ключ", "1"])
def test_a_tag_may_have_letters_of_any_script(dynamodb, arn, value):
    tag(dynamodb, arn, **{value: value})
    assert tags_of(dynamodb, arn) == {value: value}


@pytest.mark.parametrize("keys,message", [
    ([], "Atleast one Tag Key needs to be provided as Input."),
    ([""], "The Tag Key provided is invalid, Key: "),
    (["aws:x"], "Tag Key cannot be prefixed with aws:, Key: aws:x"),
])
def test_keys_to_remove_are_looked_at_too(dynamodb, arn, keys, message):
    with refused(message):
        dynamodb.untag_resource(ResourceArn=arn, TagKeys=keys)


@pytest.mark.parametrize("change,message,code", [
    (lambda arn: "table", INVALID + "ARNs must start with 'arn:': table", "ValidationException"),
    (lambda arn: arn + "/index/x", INVALID + "Invalid resource arn provided, only table or stream is accepted. Provided "
                                             "resource arn: {}", "ValidationException"),
    (lambda arn: arn + "/backup/x", INVALID + "Provided Arn is not a DynamoDB resource arn: {}", "ValidationException"),
    (lambda arn: arn.replace("table/", "other/"), INVALID + "Provided Arn is not a DynamoDB resource arn: {}",
     "ValidationException"),
    (lambda arn: arn.replace("us-east-1", "eu-west-1"), "Invalid TableArn: Invalid ResourceArn provided as input {}",
     "ValidationException"),
    (lambda arn: arn.replace("000000000000", OTHER), "Access is denied", "AccessDeniedException"),
    (lambda arn: arn + "/stream/2026-01-01T00:00:00.000", "Requested resource not found: ResourceArn: {} not found",
     "ResourceNotFoundException"),
    (lambda arn: arn + "x", "Requested resource not found: ResourceArn: {} not found", "ResourceNotFoundException"),
])
def test_a_wrong_arn_is_refused(dynamodb, arn, change, message, code):
    wrong = change(arn)
    for call in (lambda: tag(dynamodb, wrong, k="v"), lambda: tags_of(dynamodb, wrong),
                 lambda: dynamodb.untag_resource(ResourceArn=wrong, TagKeys=["k"])):
        with refused(message.format(wrong), code):
            call()

"""STS GetCallerIdentity, asked by real clients."""
import pytest
from botocore.exceptions import ClientError
from clients import CLIS, run_aws


def test_sts_says_who_the_caller_is(menagerie):
    identity = menagerie.client("sts").get_caller_identity()
    assert identity["UserId"] == "000000000000"
    assert identity["Account"] == "000000000000"
    assert identity["Arn"] == "arn:aws:iam::000000000000:root"
    assert identity["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(identity["ResponseMetadata"]["RequestId"]) == 36


def test_sts_takes_an_account_number_as_the_key(menagerie):
    identity = menagerie.client("sts", key="123456789012").get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::123456789012:root"


@pytest.mark.parametrize("region", ["eu-central-1", "ap-southeast-2", "us-gov-west-1"])
def test_sts_answers_in_any_region(menagerie, region):
    import boto3

    client = boto3.client("sts", endpoint_url=menagerie.url, region_name=region, aws_access_key_id="test",
                          aws_secret_access_key="test")
    assert client.get_caller_identity()["Account"] == "000000000000"


@pytest.mark.parametrize("key,secret,code", [
    ("test", "wrong", "SignatureDoesNotMatch"),
    ("AKIAIOSFODNN7EXAMPLE", "test", "InvalidClientTokenId"),
    ("123456789012", "123456789012", "SignatureDoesNotMatch"),
    ("12345678901", "test", "InvalidClientTokenId"),
])
def test_sts_refuses_wrong_keys(menagerie, key, secret, code):
    with pytest.raises(ClientError) as error:
        menagerie.client("sts", key=key, secret=secret).get_caller_identity()
    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.slow
@pytest.mark.scripts
@pytest.mark.parametrize("cli", CLIS)
def test_cli_gets_the_caller_identity(menagerie, cli):
    done = run_aws(cli, menagerie.url, "sts", "get-caller-identity", "--query", "Arn", "--output", "text")
    assert done.stdout.strip() == "arn:aws:iam::000000000000:root", done.stderr


@pytest.mark.slow
@pytest.mark.scripts
@pytest.mark.parametrize("cli", CLIS)
def test_cli_is_told_of_a_wrong_secret(menagerie, cli):
    done = run_aws(cli, menagerie.url, "sts", "get-caller-identity", AWS_SECRET_ACCESS_KEY="wrong")
    assert done.returncode != 0
    assert "SignatureDoesNotMatch" in done.stderr


@pytest.mark.slow
@pytest.mark.scripts
@pytest.mark.parametrize("cli", CLIS)
def test_cli_is_told_the_name_of_a_service_that_is_not_built(menagerie, cli):
    done = run_aws(cli, menagerie.url, "sqs", "list-queues")
    assert done.returncode != 0
    assert "NotImplemented" in done.stderr
    assert "Amazon Simple Queue Service (sqs) is not built" in done.stderr


def test_the_name_of_an_operation_that_is_not_built_is_told(menagerie):
    with pytest.raises(ClientError, match="STS GetSessionToken is not built") as error:
        menagerie.client("sts").get_session_token()
    assert error.value.response["Error"]["Code"] == "NotImplemented"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize("service,method", [
    ("sqs", "list_queues"), ("sns", "list_topics"), ("ec2", "describe_vpcs"),
    ("route53", "list_hosted_zones"), ("eks", "list_clusters"), ("kinesis", "list_streams"), ("lambda", "list_functions"),
    ("cloudwatch", "list_metrics"), ("ses", "list_identities"), ("sesv2", "get_account"),
])
def test_services_that_are_not_built_are_refused_in_their_own_protocol(menagerie, service, method):
    client = menagerie.client(service)
    with pytest.raises(ClientError) as error:
        getattr(client, method)()
    assert error.value.response["Error"]["Code"] == "NotImplemented"
    assert "is not built in Menagerie" in error.value.response["Error"]["Message"]
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_sts_is_also_found_by_its_host(menagerie):
    status, _, body = menagerie.request("POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15", {
        "Host": "sts.us-east-1.localhost:4566", "Content-Type": "application/x-www-form-urlencoded"})
    assert status == 403
    assert b"MissingAuthenticationToken" in body


def test_sts_takes_its_action_from_the_query_too(menagerie):
    status, _, body = menagerie.signed("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", service="sts")
    assert status == 200, body
    assert b"<GetCallerIdentityResult><UserId>000000000000</UserId>" in body


@pytest.mark.parametrize("form,status,code", [
    (b"Version=2011-06-15", 400, b"<Code>MissingAction</Code>"),
    (b"Action=Nonsense&Version=2011-06-15", 400, b"<Code>InvalidAction</Code>"),
    (b"Action=GetSessionToken&Version=2011-06-15", 501, b"<Code>NotImplemented</Code>"),
    (b"Action=AssumeRole&Version=2011-06-15", 501, b"<Code>NotImplemented</Code>"),
    (b"Action=GetCallerIdentity&Version=2011-06-15&Bad=%zz", 400, b"<Code>MalformedInput</Code>"),
])
def test_sts_refuses_what_it_cannot_do(menagerie, form, status, code):
    answer = menagerie.signed("POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"}, service="sts")
    assert answer[0] == status
    assert code in answer[2]


def test_sts_without_a_signature_is_missing_the_token(menagerie):
    answer = menagerie.request("POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15",
                               {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer[0] == 403
    assert b"<Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message>" in answer[2]
    assert answer[1]["content-type"].startswith("text/xml")

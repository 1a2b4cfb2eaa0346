"""Clients of DynamoDB that send what they are told, right or wrong."""
import pytest

from . import OTHER


@pytest.fixture
def dynamodb(menagerie):
    return menagerie.client("dynamodb", parameter_validation=False)


@pytest.fixture
def other(menagerie):
    """The client of another account."""
    return menagerie.client("dynamodb", key=OTHER, parameter_validation=False)

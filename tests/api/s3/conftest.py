"""A client and a bucket for each test, so that none sees another's objects."""
import pytest

from . import OTHER, new_name


@pytest.fixture
def s3(menagerie):
    return menagerie.client("s3", parameter_validation=False)  # so that wrong ones are sent, too


@pytest.fixture
def other(menagerie):
    """The client of another account."""
    return menagerie.client("s3", key=OTHER, parameter_validation=False)


@pytest.fixture
def bucket(s3):
    name = new_name()
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def open_bucket(s3):
    """One that takes access control lists, as buckets did before April 2023."""
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
    return name


@pytest.fixture
def versioned(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket

#include "fixture.h"

#include "models/ec2.h"
#include "models/iam.h"

TEST(query_reads_lists_of_structures)
{
	struct read_result r = read_body(
		&iam_model, "TagRole",
		"RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=b+c&Tags.member.2.Key=d%20e");
	struct iam_tag_role_in *in = r.in;

	expect(r.ok);
	expect_int(in->tags.n, 2);
	expect_str(in->tags.items[0].value, "b c");
	expect_str(in->tags.items[1].key, "d e");
	expect(in->tags.items[1].value.p == NULL);
}

TEST(query_takes_numbers_in_their_order_whatever_the_gaps)
{
	struct read_result r =
		read_body(&iam_model, "TagRole",
	                  "Tags.member.10.Key=ten&Tags.member.2.Key=two&Tags.member.7.Key=seven");
	struct iam_tag_role_in *in = r.in;

	expect_int(in->tags.n, 3);
	expect_str(in->tags.items[0].key, "two");
	expect_str(in->tags.items[1].key, "seven");
	expect_str(in->tags.items[2].key, "ten");
}

TEST(query_ignores_numbers_that_are_none_or_too_large)
{
	struct read_result r =
		read_body(&iam_model, "TagRole",
	                  "Tags.member.0.Key=a&Tags.member.x.Key=b&Tags.member.99999999999.Key=c&"
	                  "Tags.member.-1.Key=d&Tags.member.=e");

	expect(r.ok);
	expect_int(((struct iam_tag_role_in *)r.in)->tags.n, 0);
}

TEST(query_refuses_what_is_not_a_number_or_a_boolean)
{
	struct read_result r = read_body(&iam_model, "ListRoles", "MaxItems=many");

	expect(!r.ok);
	expect_str(str_from(r.problem.code), "MalformedInput");
	expect_str(r.problem.message, "Invalid value 'many' for parameter MaxItems");
	r = read_body(&ec2_model, "CreateVpc", "DryRun=perhaps");
	expect(!r.ok);
	expect_str(str_from(r.problem.code), "InvalidParameterValue");
}

TEST(query_refuses_more_parameters_than_the_limit)
{
	struct buf b;

	buf_init(&b, &arena, 1 << 20);
	for (int i = 0; i < 10001; i++)
		buf_put(&b, STR("a=&"));
	expect(!read_request(&iam_model, "TagRole", STR("/"), STR(""), buf_str(&b)).ok);
}

TEST(query_takes_parameters_from_the_address_as_well)
{
	struct read_result r = read_request(&iam_model, "GetRole", STR("/"),
	                                    STR("RoleName=from%20query"), STR(""));

	expect(r.ok);
	expect_str(((struct iam_get_role_in *)r.in)->role_name, "from query");
}

TEST(ec2_reads_lists_without_a_word_between)
{
	struct read_result r = read_body(
		&ec2_model, "DescribeSubnets",
		"SubnetId.1=subnet-1&SubnetId.2=subnet-2&Filter.1.Name=vpc-id&Filter.1.Value.1=v");
	struct ec2_describe_subnets_in *in = r.in;

	expect(r.ok);
	expect_int(in->subnet_ids.n, 2);
	expect_str(in->subnet_ids.items[1], "subnet-2");
	expect_str(in->filters.items[0].values.items[0], "v");
}

TESTS({
	RUN(query_reads_lists_of_structures),
	RUN(query_takes_numbers_in_their_order_whatever_the_gaps),
	RUN(query_ignores_numbers_that_are_none_or_too_large),
	RUN(query_refuses_what_is_not_a_number_or_a_boolean),
	RUN(query_refuses_more_parameters_than_the_limit),
	RUN(query_takes_parameters_from_the_address_as_well),
	RUN(ec2_reads_lists_without_a_word_between),
})

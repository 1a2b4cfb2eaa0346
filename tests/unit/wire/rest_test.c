#include "fixture.h"

#include "models/lambda.h"
#include "models/s3.h"

static str routed(const struct model *m, const char *method, const char *path, const char *query,
                  const char *header)
{
	struct header headers[1] = { { str_from(header), STR("x") } };
	struct request request = { .method = str_from(method),
		                   .headers = headers,
		                   .header_count = header ? 1 : 0 };
	struct parameters parameters = { 0 };
	const struct operation *op;

	assert_true(parameters_parse(&arena, str_from(query), URI_PLAIN, &parameters));
	op = wire_route(m, &request, str_from(path), &parameters);
	return op ? model_text(m, op->name) : STR("none");
}

TEST(rest_operations_are_told_apart)
{
	static const struct {
		const struct model *model;
		const char *method, *path, *query, *header, *want;
	} cases[] = {
		{ &s3_model, "GET", "/", "", NULL, "ListBuckets" },
		{ &s3_model, "GET", "/b", "", NULL, "ListObjects" },
		{ &s3_model, "GET", "/b/", "", NULL, "ListObjects" },
		{ &s3_model, "GET", "/b", "list-type=2", NULL, "ListObjectsV2" },
		{ &s3_model, "GET", "/b", "location", NULL, "GetBucketLocation" },
		{ &s3_model, "GET", "/b", "location=", NULL, "GetBucketLocation" },
		{ &s3_model, "GET", "/b", "versioning", NULL, "GetBucketVersioning" },
		{ &s3_model, "PUT", "/b", "", NULL, "CreateBucket" },
		{ &s3_model, "PUT", "/b/k", "", NULL, "PutObject" },
		{ &s3_model, "PUT", "/b/k/l//m", "", NULL, "PutObject" },
		{ &s3_model, "PUT", "/b/k", "", "x-amz-copy-source", "CopyObject" },
		{ &s3_model, "PUT", "/b/k", "partNumber=1&uploadId=u", NULL, "UploadPart" },
		{ &s3_model, "PUT", "/b/k", "partNumber=1&uploadId=u", "x-amz-copy-source",
		  "UploadPartCopy" },
		{ &s3_model, "POST", "/b/k", "uploads", NULL, "CreateMultipartUpload" },
		{ &s3_model, "POST", "/b/k", "uploadId=u", NULL, "CompleteMultipartUpload" },
		{ &s3_model, "DELETE", "/b/k", "uploadId=u", NULL, "AbortMultipartUpload" },
		{ &s3_model, "DELETE", "/b/k", "", NULL, "DeleteObject" },
		{ &s3_model, "POST", "/b", "delete", NULL, "DeleteObjects" },
		{ &s3_model, "HEAD", "/b", "", NULL, "HeadBucket" },
		{ &s3_model, "HEAD", "/b/k", "", NULL, "HeadObject" },
		{ &s3_model, "PATCH", "/b/k", "", NULL, "none" },
		{ &lambda_model, "POST", "/2015-03-31/functions", "", NULL, "CreateFunction" },
		{ &lambda_model, "GET", "/2015-03-31/functions/", "", NULL, "ListFunctions" },
		{ &lambda_model, "GET", "/2015-03-31/functions/f", "", NULL, "GetFunction" },
		{ &lambda_model, "POST", "/2015-03-31/functions/f/invocations", "", NULL,
		  "Invoke" },
		{ &lambda_model, "GET", "/2015-03-31/functions/f/nothing", "", NULL, "none" },
		{ &lambda_model, "GET", "/", "", NULL, "none" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_str(routed(cases[i].model, cases[i].method, cases[i].path, cases[i].query,
		                  cases[i].header),
		           cases[i].want);
}

TEST(rest_labels_are_decoded_once)
{
	struct read_result r = read_request(&s3_model, "GetObject", STR("/bu%63ket/a%20b/%2541/c"),
	                                    STR(""), STR(""));
	struct s3_get_object_in *in = r.in;

	expect(r.ok);
	expect_str(in->bucket, "bucket");
	expect_str(in->key, "a b/%41/c");
}

TEST(rest_labels_that_are_no_text_are_refused)
{
	static const char *const paths[] = { "/b/%ff", "/b/%", "/b/%zz", "/b/%c3%28" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct read_result r =
			read_request(&s3_model, "GetObject", str_from(paths[i]), STR(""), STR(""));

		expect(!r.ok);
		expect_str(str_from(r.problem.code), "InvalidURI");
	}
}

TEST(rest_parameters_of_the_wrong_type_are_refused)
{
	struct read_result r = read_request(&s3_model, "ListObjectsV2", STR("/b"),
	                                    STR("list-type=2&max-keys=x"), STR(""));

	expect(!r.ok);
	expect_str(str_from(r.problem.code), "InvalidArgument");
	expect_str(r.problem.message, "Provided max-keys not an integer or within integer range");
	expect_str(r.problem.argument, "max-keys");
	expect_str(r.problem.value, "x");
	r = read_request(&s3_model, "GetObject", STR("/b/k"), STR("partNumber=2147483648"),
	                 STR(""));
	expect_str(r.problem.message,
	           "Part number must be an integer between 1 and 10000, inclusive");
}

TESTS({
	RUN(rest_operations_are_told_apart),
	RUN(rest_labels_are_decoded_once),
	RUN(rest_labels_that_are_no_text_are_refused),
	RUN(rest_parameters_of_the_wrong_type_are_refused),
})

#include "services/s3/post_fields.h"

#include "check.h"

static const struct refusal *take_file(void *app, const struct post_form *form)
{
	(void)app;
	(void)form;
	return NULL;
}

static void take_bytes(void *app, str bytes)
{
	(void)app;
	(void)bytes;
}

/* A form of two fields and a file. */
static struct post_fields fields_of(struct arena *a, const char *name, const char *value)
{
	str text =
		arena_printf(a,
	                     "--x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
	                     "--x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\nsecond\r\n"
	                     "--x\r\nContent-Disposition: form-data; name=\"file\"; "
	                     "filename=\"dir/a.txt\"\r\n\r\ndata\r\n--x--",
	                     name, value, name);
	struct post_form *form;

	expect(!post_form_new(a, STR("multipart/form-data; boundary=x"), take_file, take_bytes,
	                      NULL, &form));
	expect(!post_form_feed(form, text));
	return post_fields_of(a, form);
}

TEST(post_fields_are_found_without_regard_to_case)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	struct post_fields fields = fields_of(&a, "Content-Type", "text/css");

	expect_int(fields.count, 2);
	expect_str(post_fields_get(&fields, STR("content-TYPE")), "text/css");
	expect(!post_fields_get(&fields, STR("Expires")).p);
}

TEST(post_fields_can_have_the_name_of_the_file)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	struct post_fields fields = fields_of(&a, "x-amz-meta-a", "<${filename}>");

	expect_str(post_fields_get(&fields, STR("x-amz-meta-a")), "<a.txt>");
}

TEST(post_fields_leave_the_policy_as_it_was_signed)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	struct post_fields fields = fields_of(&a, "Policy", "${filename}");

	expect_str(post_fields_get(&fields, STR("policy")), "${filename}");
}

TEST(post_fields_stand_in_the_place_of_headers)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	const struct header sent[] = { { STR_INIT("X-Amz-Acl"), STR_INIT("private") },
		                       { STR_INIT("Referer"), STR_INIT("here") },
		                       { STR_INIT("Content-MD5"), STR_INIT("of all") } };
	const struct request request = { .headers = sent, .header_count = ARRAY_LEN(sent) };
	struct post_fields fields = fields_of(&a, "acl", "public-read");
	struct request got = post_fields_request(&a, &request, &fields);

	expect_str(request_header(&got, STR("x-amz-acl")), "public-read");
	expect_str(request_header(&got, STR("referer")), "here");
	expect(!request_header(&got, STR("content-md5")).p);
}

TEST(post_fields_of_other_names_are_no_headers)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	const struct request request = { 0 };
	struct post_fields fields = fields_of(&a, "Referer", "elsewhere");

	expect_int(post_fields_request(&a, &request, &fields).header_count, 0);
}

TESTS({
	RUN(post_fields_are_found_without_regard_to_case),
	RUN(post_fields_can_have_the_name_of_the_file),
	RUN(post_fields_leave_the_policy_as_it_was_signed),
	RUN(post_fields_stand_in_the_place_of_headers),
	RUN(post_fields_of_other_names_are_no_headers),
})

#include "net/message.h"

#include "check.h"

#include <fcntl.h>
#include <unistd.h>

static str header(const struct exchange *x, const char *name)
{
	struct request r = { .headers = x->reply.headers, .header_count = x->reply.header_count };

	return request_header(&r, str_from(name));
}

TEST(request_header_is_found_without_regard_to_case)
{
	struct header headers[] = { { STR_INIT("Host"), STR_INIT("a") },
		                    { STR_INIT("x-amz-date"), STR_INIT("first") },
		                    { STR_INIT("X-Amz-Date"), STR_INIT("second") } };
	struct request r = { .headers = headers, .header_count = 3 };

	expect_str(request_header(&r, STR("X-AMZ-DATE")), "first");
	expect(!request_header(&r, STR("Hos")).p);
	expect(!request_header(&r, STR("")).p);
}

TEST(header_names_are_tokens)
{
	static const struct {
		const char *name;
		bool valid;
	} cases[] = {
		{ "a", true },
		{ "X-Amz-Meta-a.b", true },
		{ "!#$%&'*+-.^_`|~09", true },
		{ "", false },
		{ " a", false },
		{ "a ", false },
		{ "a:b", false },
		{ "a\tb", false },
		{ "\xc3\xa4", false },
		{ "a\r\nb", false },
		{ "(a)", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_int(header_name_valid(str_from(cases[i].name)), cases[i].valid);
	expect(!header_name_valid((str){ "a\0", 2 }));
}

TEST(reply_header_value_cannot_start_another_header)
{
	struct exchange x = { 0 };

	reply_header(&x, STR("x-amz-meta-note"), STR("one\r\nSet-Cookie: two\0\n"));
	expect_str(header(&x, "x-amz-meta-note"), "one  Set-Cookie: two  ");
	expect_int(x.reply.header_count, 1);
	arena_release(&x.arena);
}

TEST(reply_header_with_a_name_that_is_no_token_is_left_out)
{
	struct exchange x = { 0 };

	reply_header(&x, STR("evil\r\nSet-Cookie"), STR("v"));
	reply_header(&x, STR(""), STR("v"));
	reply_header(&x, STR("with space"), STR("v"));
	expect_int(x.reply.header_count, 0);
	arena_release(&x.arena);
}

TEST(reply_header_leaves_framing_to_the_server)
{
	static const char *const names[] = { "Content-Length", "content-length",    "Connection",
		                             "Date",           "Transfer-Encoding", "Keep-Alive",
		                             "Upgrade" };
	struct exchange x = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		reply_header(&x, str_from(names[i]), STR("7"));
	expect_int(x.reply.header_count, 0);
	arena_release(&x.arena);
}

TEST(reply_headers_keep_their_order_and_may_repeat)
{
	struct exchange x = { 0 };

	for (int i = 0; i < 100; i++)
		reply_header(&x, STR("Set-Cookie"), arena_printf(&x.arena, "n=%d", i));
	expect_int(x.reply.header_count, 100);
	expect_str(x.reply.headers[0].value, "n=0");
	expect_str(x.reply.headers[99].value, "n=99");
	arena_release(&x.arena);
}

struct counting_source {
	struct reply_source source;
	int closed;
};

static void count_close(struct reply_source *source)
{
	((struct counting_source *)source)->closed++;
}

TEST(a_body_that_is_replaced_is_closed_once)
{
	struct counting_source s = { { NULL, count_close }, 0 };
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct exchange x = { 0 };

	reply_stream(&x, 200, &s.source, -1);
	reply_file(&x, 200, fd, 0, 0);
	expect_int(s.closed, 1);
	reply_text(&x, 500, STR("instead"));
	expect_int(fcntl(fd, F_GETFD), -1);
	expect_int(x.reply.status, 500);
	reply_clear(&x);
	reply_clear(&x);
	expect_int(s.closed, 1);
	expect_int(x.reply.status, 0);
	arena_release(&x.arena);
}

TESTS({
	RUN(request_header_is_found_without_regard_to_case),
	RUN(header_names_are_tokens),
	RUN(reply_header_value_cannot_start_another_header),
	RUN(reply_header_with_a_name_that_is_no_token_is_left_out),
	RUN(reply_header_leaves_framing_to_the_server),
	RUN(reply_headers_keep_their_order_and_may_repeat),
	RUN(a_body_that_is_replaced_is_closed_once),
})

#include "base/log.h"

#include "base/json.h"
#include "base/str.h"

#include <fcntl.h>
#include <unistd.h>

#include "check.h"

static char output[64 * 1024];
static int saved_stderr, pipe_ends[2];

/* What is logged between the two goes to `output` instead of standard error. */
static void capture_begin(enum log_level least, enum log_form form)
{
	expect_int(pipe2(pipe_ends, O_CLOEXEC), 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(pipe_ends[1], STDERR_FILENO);
	log_setup(least, form);
}

static str capture_end(void)
{
	ssize_t n;

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	close(pipe_ends[1]);
	n = read(pipe_ends[0], output, sizeof(output));
	close(pipe_ends[0]);
	log_setup(LOG_INFO, LOG_FORM_AUTO);
	return (str){ output, n > 0 ? (size_t)n : 0 };
}

TEST(log_text_line)
{
	str line;

	capture_begin(LOG_INFO, LOG_FORM_TEXT);
	log_info("listening", log_str("address", STR("127.0.0.1:4566")), log_int("threads", 2));
	line = capture_end();
	expect_int(line.p[2], ':');
	expect_str(str_after(line, strlen("21:12:00.123")),
	           " info  listening address=127.0.0.1:4566 threads=2\n");
}

TEST(log_text_cannot_be_injected)
{
	str line;

	capture_begin(LOG_INFO, LOG_FORM_TEXT);
	log_warn("x", log_str("a", STR("1\n2 info \x1b[31m")), log_str("b", STR("q\"=")),
	         log_str("c", STR("")), log_str("d", STR("\xff\xc2\x9b")));
	line = capture_end();
	expect_str(str_after(line, strlen("21:12:00.123")),
	           " warn  x a=\"1\\n2 info \\x1b[31m\" b=\"q\\\"=\" c=\"\" d=\\xff\\xc2\\x9b\n");
}

TEST(log_json_line_is_json_whatever_is_in_it)
{
	struct arena a = { 0 };
	struct json_reader r;
	str line, name, value = STR_NULL;

	capture_begin(LOG_INFO, LOG_FORM_JSON);
	log_error("failed", log_str("what", STR("\n\"\\\xff")), log_int("n", -5), log_errno(2));
	line = capture_end();

	expect(str_ends(line, STR("\n")));
	json_reader_init(&r, &a, line);
	expect(json_enter_object(&r));
	while (json_next_member(&r, &name)) {
		if (str_eq(name, STR("what")))
			json_string(&r, &value);
		else
			json_skip(&r);
	}
	expect(json_at_end(&r));
	expect_str(value, "\n\"\\\\xff");
	expect(str_contains(line, STR("\"level\":\"error\",\"event\":\"failed\"")));
	expect(str_contains(line, STR("\"n\":-5,\"error\":\"No such file or directory\"}")));
	arena_release(&a);
}

TEST(log_below_the_least_level_is_silent)
{
	capture_begin(LOG_WARN, LOG_FORM_TEXT);
	log_debug("no");
	log_info("no");
	expect_int(capture_end().n, 0);
}

TEST(log_cuts_long_text)
{
	static char text[10000];

	memset(text, 'x', sizeof(text));
	capture_begin(LOG_INFO, LOG_FORM_TEXT);
	log_info("long", log_str("text", (str){ text, sizeof(text) }));
	expect(capture_end().n < 3000);
}

TEST(log_level_from_knows_four_names)
{
	enum log_level level = LOG_ERROR;

	expect(log_level_from(STR("debug"), &level));
	expect_int(level, LOG_DEBUG);
	expect(log_level_from(STR("error"), &level));
	expect(!log_level_from(STR("Warn"), &level));
	expect(!log_level_from(STR(""), &level));
	expect_int(level, LOG_ERROR);
}

TESTS({
	RUN(log_text_line),
	RUN(log_text_cannot_be_injected),
	RUN(log_json_line_is_json_whatever_is_in_it),
	RUN(log_below_the_least_level_is_silent),
	RUN(log_cuts_long_text),
	RUN(log_level_from_knows_four_names),
})

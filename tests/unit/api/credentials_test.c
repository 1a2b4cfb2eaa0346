#include "check.h"

#include "api/credentials.h"
#include "base/buf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/credentials-test-XXXXXX";
static char problem[256];

static void given_file(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int make_path(void **state UNUSED)
{
	int fd = mkstemp(path);

	return fd < 0 || close(fd) < 0;
}

static int remove_path(void **state UNUSED)
{
	return unlink(path);
}

static bool find(struct credentials *c, const char *access_key, struct credential *ret)
{
	static struct arena arena;

	arena_release(&arena);
	return credentials_find(c, &arena, str_from(access_key), ret);
}

/* Loads the text and expects the complaint, without the path before it. */
static void expect_refused(const char *text, const char *complaint)
{
	struct credentials *c = credentials_new();
	struct credential found;

	given_file(text, 0600);
	expect(!credentials_load(c, path, problem));
	expect_str(str_after(str_from(problem), strlen(path)), complaint);
	expect(find(c, "test", &found)); /* the table is as before */
	credentials_free(c);
}

TEST(credentials_have_the_root_user_test_without_a_file)
{
	struct credentials *c = credentials_new();
	struct credential found;

	expect(find(c, "test", &found));
	expect_str(found.secret, "test");
	expect_str(found.account, "000000000000");
	expect_str(found.principal, "arn:aws:iam::000000000000:root");
	expect(!found.session_token.p);
	expect_int(found.expires, 0);
	expect(credentials_are_default(c));
	expect(!find(c, "TEST", &found));
	expect(!find(c, "", &found));
	credentials_free(c);
}

TEST(credentials_take_twelve_digits_for_the_root_of_that_account)
{
	struct credentials *c = credentials_new();
	struct credential found;

	expect(find(c, "111122223333", &found));
	expect_str(found.access_key, "111122223333");
	expect_str(found.secret, "test");
	expect_str(found.account, "111122223333");
	expect_str(found.principal, "arn:aws:iam::111122223333:root");
	expect(!find(c, "11112222333", &found));
	expect(!find(c, "1111222233334", &found));
	expect(!find(c, "11112222333x", &found));
	credentials_free(c);
}

TEST(credentials_of_a_file_replace_the_default_ones)
{
	struct credentials *c = credentials_new();
	struct credential found;

	given_file("# comment\r\n"
	           "; another\r\n"
	           "[alice]\r\n"
	           "  aws_access_key_id=AKIAALICE   \r\n"
	           "aws_secret_access_key  =  a#b;c/d+e=  ; not the secret\r\n"
	           "account = 111122223333 # hers\r\n"
	           "\r\n"
	           "[ bob ]\n"
	           "aws_secret_access_key = bobs\n"
	           "aws_access_key_id = BOB_1-2",
	           0600);
	expect(credentials_load(c, path, problem));
	expect(!credentials_are_default(c));
	expect(!credentials_are_exposed(c));
	expect(find(c, "AKIAALICE", &found));
	expect_str(found.secret, "a#b;c/d+e=");
	expect_str(found.account, "111122223333");
	expect(find(c, "BOB_1-2", &found));
	expect_str(found.secret, "bobs");
	expect_str(found.account, "000000000000");
	expect(!find(c, "test", &found));
	expect(!find(c, "111122223333", &found));
	credentials_free(c);
}

TEST(credentials_tell_when_others_can_read_the_file)
{
	static const char text[] = "[a]\naws_access_key_id=a\naws_secret_access_key=b\n";
	struct credentials *c = credentials_new();

	given_file(text, 0640);
	expect(credentials_load(c, path, problem));
	expect(credentials_are_exposed(c));
	given_file(text, 0600);
	expect(credentials_load(c, path, problem));
	expect(!credentials_are_exposed(c));
	credentials_free(c);
}

TEST(credentials_name_the_line_of_what_is_wrong)
{
	static const char *const cases[][2] = {
		{ "", ":1: no [section]" },
		{ "# nothing\n\n", ":3: no [section]" },
		{ "account = 1\n", ":1: before the first [section]: \"account\"" },
		{ "[a\n", ":1: a section is written [name], not \"[a\"" },
		{ "\n[ ]\n", ":2: a section without a name" },
		{ "[a]\nhello\n", ":2: expected name = value" },
		{ "[a]\nregion = us-east-1\n", ":2: unknown setting \"region\"" },
		{ "[a]\naws_access_key_id =\n",
		  ":2: aws_access_key_id must be 1 to 128 letters, digits, '_' and '-'" },
		{ "[a]\naws_access_key_id = a/b\n",
		  ":2: aws_access_key_id must be 1 to 128 letters, digits, '_' and '-'" },
		{ "[a]\naws_secret_access_key = a b\n",
		  ":2: aws_secret_access_key must be 1 to 128 printable characters without spaces" },
		{ "[a]\naccount = 1234\n", ":2: account must be twelve digits" },
		{ "[a]\naws_access_key_id = a\naws_access_key_id = b\n",
		  ":3: a second time \"aws_access_key_id\"" },
		{ "\n[a]\naws_secret_access_key = b\n",
		  ":2: aws_access_key_id is missing in section \"a\"" },
		{ "[a]\naws_access_key_id = a\n[b]\n",
		  ":1: aws_secret_access_key is missing in section \"a\"" },
		{ "[a]\naws_access_key_id = a\naws_secret_access_key = b\n"
		  "[b]\naws_access_key_id = a\naws_secret_access_key = c\n",
		  ":4: a second section has the access key \"a\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_refused(cases[i][0], cases[i][1]);
}

TEST(credentials_refuse_a_file_that_is_not_there)
{
	struct credentials *c = credentials_new();

	expect(!credentials_load(c, "/nonexistent/credentials", problem));
	expect_str(str_from(problem), "/nonexistent/credentials: No such file or directory");
	credentials_free(c);
}

TEST(credentials_hold_a_thousand_sections_and_no_more)
{
	struct credentials *c = credentials_new();
	struct credential found;
	struct buf text;

	buf_init(&text, NULL, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "[u%d]\naws_access_key_id=K%d\naws_secret_access_key=S%d\n", i, i,
		           i);
	given_file(buf_cstr(&text), 0600);
	expect(credentials_load(c, path, problem));
	for (int i = 0; i < 1000; i++) {
		char key[16], secret[16];

		snprintf(key, sizeof(key), "K%d", i);
		snprintf(secret, sizeof(secret), "S%d", i);
		expect(find(c, key, &found));
		expect_str(found.secret, secret);
	}
	expect(!find(c, "K1000", &found));

	buf_printf(&text, "[more]\n");
	given_file(buf_cstr(&text), 0600);
	expect(!credentials_load(c, path, problem));
	expect_str(str_after(str_from(problem), strlen(path)), ":3001: too many sections");
	buf_release(&text);
	credentials_free(c);
}

static bool find_temporary(void *app, struct arena *a, str access_key, struct credential *ret)
{
	if (!str_eq(access_key, str_from(app)))
		return false;
	*ret = (struct credential){
		.access_key = arena_str(a, access_key),
		.secret = STR("temporary"),
		.session_token = STR("token"),
		.expires = 1000,
	};
	return true;
}

TEST(credentials_ask_the_source_for_what_they_do_not_have)
{
	static char wanted[] = "ASIATEMP";
	struct credentials *c = credentials_new();
	struct credential found;

	expect(!find(c, "ASIATEMP", &found));
	credentials_set_source(c, find_temporary, wanted);
	expect(find(c, "ASIATEMP", &found));
	expect_str(found.secret, "temporary");
	expect_str(found.session_token, "token");
	expect_int(found.expires, 1000);
	expect(find(c, "test", &found));
	expect_str(found.secret, "test");
	given_file("[a]\naws_access_key_id=a\naws_secret_access_key=b\n", 0600);
	expect(credentials_load(c, path, problem));
	expect(find(c, "ASIATEMP", &found)); /* a file keeps the source */
	credentials_free(c);
}

TESTS_WITH(make_path, remove_path,
           {
		   RUN(credentials_have_the_root_user_test_without_a_file),
		   RUN(credentials_take_twelve_digits_for_the_root_of_that_account),
		   RUN(credentials_of_a_file_replace_the_default_ones),
		   RUN(credentials_tell_when_others_can_read_the_file),
		   RUN(credentials_name_the_line_of_what_is_wrong),
		   RUN(credentials_refuse_a_file_that_is_not_there),
		   RUN(credentials_hold_a_thousand_sections_and_no_more),
		   RUN(credentials_ask_the_source_for_what_they_do_not_have),
	   })

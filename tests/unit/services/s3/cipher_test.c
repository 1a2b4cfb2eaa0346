#include "check.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "services/s3/cipher.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTEXT STR("blob 1")
enum { STORED = CIPHER_SEGMENT + CIPHER_TAG_SIZE };

static struct arena arena;
static struct buf stored;
static struct cipher_key key;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static int store(void *app, str bytes)
{
	buf_put(app, bytes);
	return 0;
}

static int read_stored(void *app, int64_t offset, void *to, size_t n)
{
	struct buf *from = app;

	if ((size_t)offset + n > from->n)
		return -EIO;
	memcpy(to, from->p + offset, n);
	return 0;
}

static str given_body(size_t n)
{
	char *p = arena_alloc(&arena, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)((i * 31 + i / 251) & 0xff);
	return (str){ p, n };
}

static void given_sealed(str body, size_t piece)
{
	struct cipher_writer *w;

	cipher_make_key(&key);
	buf_init(&stored, &arena, 1 << 24);
	w = cipher_writer_new(&arena, &key, store, &stored);
	for (size_t i = 0; i < body.n; i += piece)
		expect_int(cipher_writer_feed(w, str_from_to(body, i, i + piece)), 0);
	expect_int(cipher_writer_end(w), 0);
}

static struct cipher_reader *reader(void)
{
	return cipher_reader_new(&arena, &key, (int64_t)stored.n, read_stored, &stored);
}

static const size_t sizes[] = { 0,
	                        1,
	                        15,
	                        16,
	                        17,
	                        CIPHER_SEGMENT - 1,
	                        CIPHER_SEGMENT,
	                        CIPHER_SEGMENT + 1,
	                        2 * CIPHER_SEGMENT - 1,
	                        2 * CIPHER_SEGMENT,
	                        2 * CIPHER_SEGMENT + 1,
	                        300001 };

TEST(cipher_gives_back_what_it_sealed_in_pieces_of_any_size)
{
	static const size_t pieces[] = { 1, 1000, CIPHER_SEGMENT, CIPHER_SEGMENT + 1, 1 << 20 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t j = 0; j < ARRAY_LEN(pieces); j++) {
			str body = given_body(sizes[i]);
			char *back = arena_alloc(&arena, sizes[i] + 1);

			given_sealed(body, pieces[j]);
			expect_int(stored.n, cipher_stored_size((int64_t)body.n));
			expect_int(cipher_plain_size((int64_t)stored.n), body.n);
			expect_int(cipher_read(reader(), 0, back, body.n), 0);
			expect(body.n == 0 || memcmp(back, body.p, body.n) == 0);
			arena_release(&arena);
		}
}

TEST(cipher_reads_every_range)
{
	static const int64_t edges[] = { 0,
		                         1,
		                         CIPHER_SEGMENT - 1,
		                         CIPHER_SEGMENT,
		                         CIPHER_SEGMENT + 1,
		                         2 * CIPHER_SEGMENT,
		                         2 * CIPHER_SEGMENT + 99,
		                         2 * CIPHER_SEGMENT + 100 };
	str body = given_body(2 * CIPHER_SEGMENT + 100);
	char *back = arena_alloc(&arena, body.n);
	struct cipher_reader *r;

	given_sealed(body, 4096);
	r = reader();
	for (size_t from = 0; from < ARRAY_LEN(edges); from++)
		for (size_t to = from; to < ARRAY_LEN(edges); to++) {
			size_t n = (size_t)(edges[to] - edges[from]);

			expect_int(cipher_read(r, edges[from], back, n), 0);
			expect(memcmp(back, body.p + edges[from], n) == 0);
		}
	expect_int(cipher_read(r, 1, back, body.n), -EINVAL);
	expect_int(cipher_read(r, -1, back, 1), -EINVAL);
	expect_int(cipher_read(r, (int64_t)body.n + 1, back, 0), -EINVAL);
}

TEST(cipher_notices_any_byte_that_changed)
{
	str body = given_body(CIPHER_SEGMENT + 20);
	char back[20];

	given_sealed(body, 4096);
	for (size_t at = STORED; at < stored.n; at++) {
		stored.p[at] ^= 1;
		expect_int(cipher_read(reader(), CIPHER_SEGMENT, back, sizeof(back)), -EBADMSG);
		stored.p[at] ^= 1;
	}
	expect_int(cipher_read(reader(), 0, back, sizeof(back)), 0);
	given_sealed(STR(""), 1);
	stored.p[3] ^= 1;
	expect_int(cipher_read(reader(), 0, back, 0), -EBADMSG);
}

TEST(cipher_notices_segments_that_changed_places)
{
	str body = given_body(3 * CIPHER_SEGMENT);
	char *first = arena_alloc(&arena, STORED), back[1];

	given_sealed(body, 4096);
	memcpy(first, stored.p, STORED);
	memcpy(stored.p, stored.p + STORED, STORED);
	memcpy(stored.p + STORED, first, STORED);
	expect_int(cipher_read(reader(), 0, back, 1), -EBADMSG);
	expect_int(cipher_read(reader(), CIPHER_SEGMENT, back, 1), -EBADMSG);
	expect_int(cipher_read(reader(), 2 * CIPHER_SEGMENT, back, 1), 0);
}

TEST(cipher_notices_an_end_that_was_cut_off_or_put_on)
{
	str body = given_body(2 * CIPHER_SEGMENT + 5);
	char back[1];

	given_sealed(body, 4096);
	stored.n -= 1;
	expect_int(cipher_read(reader(), 2 * CIPHER_SEGMENT, back, 1), -EBADMSG);
	stored.n = 2 * STORED; /* whole segments, but the last was never sealed as such */
	expect_int(cipher_read(reader(), CIPHER_SEGMENT, back, 1), -EBADMSG);
	stored.n = 2 * STORED + 3; /* no sealed body is that long */
	expect_int(cipher_read(reader(), 0, back, 1), -EBADMSG);
	stored.n = 0;
	expect_int(cipher_read(reader(), 0, back, 0), -EBADMSG);

	given_sealed(given_body(CIPHER_SEGMENT), 4096);
	buf_put(&stored, (str){ stored.p, STORED });
	expect_int(cipher_read(reader(), 0, back, 1), -EBADMSG);
}

TEST(cipher_opens_nothing_with_another_key)
{
	char back[5];

	given_sealed(STR("hello"), 5);
	cipher_make_key(&key);
	expect_int(cipher_read(reader(), 0, back, 5), -EBADMSG);
}

TEST(cipher_sizes_fit_each_other)
{
	static const struct {
		int64_t plain, stored;
	} rows[] = {
		{ 0, 16 },
		{ 1, 17 },
		{ CIPHER_SEGMENT, STORED },
		{ CIPHER_SEGMENT + 1, STORED + 17 },
		{ 10LL * CIPHER_SEGMENT, 10LL * STORED },
		{ 5LL << 40, (5LL << 40) / CIPHER_SEGMENT * STORED },
		{ -1, -1 },
		{ -1, 0 },
		{ -1, 15 },
		{ -1, STORED + 1 },
		{ -1, STORED + 16 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		expect_int(cipher_plain_size(rows[i].stored), rows[i].plain);
		if (rows[i].plain >= 0)
			expect_int(cipher_stored_size(rows[i].plain), rows[i].stored);
	}
}

static int refuse_second(void *app, str bytes UNUSED)
{
	return ++*(int *)app == 2 ? -ENOSPC : 0;
}

TEST(cipher_writer_stays_failed_when_its_sink_fails)
{
	int calls = 0;
	struct cipher_writer *w;

	cipher_make_key(&key);
	w = cipher_writer_new(&arena, &key, refuse_second, &calls);
	expect_int(cipher_writer_feed(w, given_body(CIPHER_SEGMENT + 1)), 0);
	expect_int(cipher_writer_feed(w, given_body(2 * CIPHER_SEGMENT)), -ENOSPC);
	expect_int(cipher_writer_feed(w, STR("x")), -ENOSPC);
	expect_int(cipher_writer_end(w), -ENOSPC);
	expect_int(calls, 2);
}

TEST(cipher_unwraps_only_what_was_wrapped_by_this_key_for_this_context)
{
	struct cipher_wrapping_key by = { "one" }, other = { "two" };
	struct cipher_key back;
	str wrapped;

	cipher_make_key(&key);
	wrapped = cipher_wrap(&arena, &key, &by, CONTEXT);
	expect(!str_eq(wrapped, cipher_wrap(&arena, &key, &by, CONTEXT)));
	expect(cipher_unwrap(wrapped, &by, CONTEXT, &back));
	expect(memcmp(&back, &key, sizeof(key)) == 0);
	expect(!cipher_unwrap(wrapped, &other, CONTEXT, &back));
	expect(!cipher_unwrap(wrapped, &by, STR("blob 2"), &back));
	expect(!cipher_unwrap(str_from_to(wrapped, 0, wrapped.n - 1), &by, CONTEXT, &back));
	for (size_t i = 0; i < wrapped.n; i++) {
		str copy = arena_str(&arena, wrapped);

		((char *)(uintptr_t)copy.p)[i] ^= 1;
		expect(!cipher_unwrap(copy, &by, CONTEXT, &back));
	}
	cipher_wipe_key(&back);
	for (size_t i = 0; i < sizeof(back.bytes); i++)
		expect_int(back.bytes[i], 0);
}

TEST(cipher_master_key_is_made_once_and_private)
{
	char folder[] = "/tmp/cipher_test.XXXXXX";
	struct cipher_wrapping_key one, two;
	struct stat status;
	str path;
	int fd;

	expect(mkdtemp(folder) != NULL);
	path = arena_printf(&arena, "%s/s3-master.key%c", folder, 0);
	expect_int(cipher_master_key(folder, /* may_make= */ false, &one), -ENOENT);
	expect_int(cipher_master_key(folder, /* may_make= */ true, &one), 0);
	expect_int(cipher_master_key(folder, /* may_make= */ true, &two), 0);
	expect(memcmp(&one, &two, sizeof(one)) == 0);
	expect_int(stat(path.p, &status), 0);
	expect_int(status.st_mode & 0777, 0600);
	expect_int(truncate(path.p, 31), 0);
	expect_int(cipher_master_key(folder, /* may_make= */ true, &two), -EBADMSG);
	expect_int(unlink(path.p), 0);
	fd = open(folder, O_RDONLY | O_DIRECTORY);
	expect(fd >= 0);
	close_fd(&fd);
	expect_int(rmdir(folder), 0); /* nothing else was left */
	expect_int(cipher_master_key(folder, /* may_make= */ true, &two), -ENOENT);
}

#define KEY     "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
#define KEY_MD5 "dnF5x6K/8ZZRzpfSlMMM+w=="
#define MUST    "Requests specifying Server Side Encryption with Customer provided keys must provide "

TEST(cipher_customer_key_is_checked_as_s3_does)
{
	static const struct {
		const char *algorithm, *key, *md5, *code, *message;
	} rows[] = {
		{ "AES256", KEY, KEY_MD5, NULL, NULL },
		{ NULL, KEY, KEY_MD5, "InvalidArgument", MUST "a valid encryption algorithm." },
		{ "AES256", NULL, KEY_MD5, "InvalidArgument", MUST "an appropriate secret key." },
		{ "AES256", KEY, NULL, "InvalidArgument",
		  MUST "the client calculated MD5 of the secret key." },
		{ "aes256", KEY, KEY_MD5, "InvalidEncryptionAlgorithmError",
		  "The Encryption request you specified is not valid. Supported value: AES256." },
		{ "AES256", "c2hvcnQ=", KEY_MD5, "InvalidArgument",
		  "The secret key was invalid for the specified algorithm." },
		{ "AES256", "!", KEY_MD5, "InvalidArgument",
		  "The secret key was invalid for the specified algorithm." },
		{ "AES256", KEY, "AAAAAAAAAAAAAAAAAAAAAA==", "InvalidArgument",
		  "The calculated MD5 hash of the key did not match the hash that was provided." },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cipher_customer_headers h = { str_from(rows[i].algorithm),
			                             str_from(rows[i].key), str_from(rows[i].md5) };
		struct cipher_wrapping_key k;
		const struct refusal *r = cipher_customer_key(&arena, &h, &k);

		if (!rows[i].code) {
			assert_null(r);
			assert_memory_equal(k.bytes, "12345678901234567890123456789012", 32);
			continue;
		}
		assert_non_null(r);
		expect_str(str_from(r->code), rows[i].code);
		expect_str(r->message, rows[i].message);
	}
}

TEST(cipher_mark_tells_a_wrong_key)
{
	struct cipher_wrapping_key right = { "right" }, wrong = { "wrong" };
	unsigned char bytes[CIPHER_MARK_SIZE], again[CIPHER_MARK_SIZE];
	str mark = { (const char *)bytes, sizeof(bytes) };

	cipher_mark(&right, bytes);
	cipher_mark(&right, again);
	expect(memcmp(bytes, again, sizeof(bytes)) != 0); /* says nothing of two objects' keys */
	expect(cipher_mark_matches(&right, mark));
	expect(!cipher_mark_matches(&wrong, mark));
	expect(!cipher_mark_matches(&right, str_after(mark, 1)));
}

TESTS_WITH(NULL, release,
           {
		   RUN(cipher_gives_back_what_it_sealed_in_pieces_of_any_size),
		   RUN(cipher_reads_every_range),
		   RUN(cipher_notices_any_byte_that_changed),
		   RUN(cipher_notices_segments_that_changed_places),
		   RUN(cipher_notices_an_end_that_was_cut_off_or_put_on),
		   RUN(cipher_opens_nothing_with_another_key),
		   RUN(cipher_sizes_fit_each_other),
		   RUN(cipher_writer_stays_failed_when_its_sink_fails),
		   RUN(cipher_unwraps_only_what_was_wrapped_by_this_key_for_this_context),
		   RUN(cipher_master_key_is_made_once_and_private),
		   RUN(cipher_customer_key_is_checked_as_s3_does),
		   RUN(cipher_mark_tells_a_wrong_key),
	   })

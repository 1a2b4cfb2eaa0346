/* Contents in rows, in blobs and in parts, plain and encrypted: kept, copied, and read back. */
#include "check.h"

#include "api/internal.h"
#include "base/digest.h"
#include "base/file.h"
#include "services/s3/content.h"
#include "services/s3/s3.h"
#include "services/s3/upload.h"

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

enum { SMALL = 1000, LARGE = 300000, UPLOAD = 7 };

struct fixture {
	char folder[32];
	struct api api;
	struct exchange x;
	struct call c;
	struct cipher_wrapping_key key;
};

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status, (void)kind, (void)ftw;
	return remove(path);
}

static void begin(struct fixture *f)
{
	static const struct schema schema = { "s3", s3_schema };
	const struct schema *schemas[] = { &schema };
	struct store_options options = { .schemas = schemas, .schema_count = 1 };
	char problem[512];

	*f = (struct fixture){ .folder = "/tmp/menagerie-test-XXXXXX" };
	expect(mkdtemp(f->folder) != NULL);
	options.folder = f->folder;
	f->api.store = store_open(&options, problem);
	expect(f->api.store != NULL);
	f->x.reply.fd = -1;
	f->c = (struct call){ .arena = &f->x.arena, .api = &f->api, .exchange = &f->x };
	memset(f->key.bytes, 'k', sizeof(f->key.bytes));
}

static void end(struct fixture *f)
{
	reply_clear(&f->x);
	arena_release(&f->x.arena);
	store_close(f->api.store);
	nftw(f->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static char byte_at(int64_t at)
{
	return (char)('a' + at * 7 % 26 + at / 5000 % 5);
}

static str text_of(struct fixture *f, int64_t first, int64_t n)
{
	char *p = arena_alloc(&f->x.arena, (size_t)n + 1);

	for (int64_t i = 0; i < n; i++)
		p[i] = byte_at(first + i);
	return (str){ p, (size_t)n };
}

/* Writing: the call's body becomes a content. */

struct keeping {
	struct fixture *f;
	const struct s3_copied *copied; /* NULL: the body */
	struct content *content;
};

static bool keep(struct db *db, void *arg)
{
	struct keeping *k = arg;

	k->f->c.db = db;
	if (k->copied)
		s3_copied_keep(&k->f->c, k->copied, k->content);
	else
		s3_content_keep(&k->f->c, NULL, k->content);
	k->f->c.db = NULL;
	return true;
}

static struct content given_content(struct fixture *f, int64_t first, int64_t size)
{
	struct body body = { .size = size };
	struct content content;
	struct keeping k = { .f = f, .content = &content };

	if (size > SMALL) {
		expect_int(blob_create(f->api.store, &body.blob), 0);
		expect_int(blob_append(body.blob, text_of(f, first, size)), 0);
		expect_int(blob_seal(body.blob), 0);
	} else {
		body.text = text_of(f, first, size);
	}
	f->c.body = &body;
	expect_int(store_write_wait(f->api.store, keep, &k), DB_OK);
	f->c.body = NULL;
	content.blob = arena_str(&f->x.arena, content.blob);
	blob_free(body.blob);
	return content;
}

/* Copying, which is also how something encrypted comes about. */

static struct s3_reading_key key_of(struct fixture *f, enum s3_encryption_kind kind)
{
	return (struct s3_reading_key){ .kind = kind,
		                        .key = &f->key,
		                        .context = STR("bucket/key") };
}

static struct s3_copied copied(struct fixture *f, const struct content *from,
                               enum s3_encryption_kind kind)
{
	struct s3_reading_key key = key_of(f, from->encryption);
	struct encryption encryption = { .kind = kind, .key = &f->key };
	struct s3_copy copy = { .from = from,
		                .from_key = &key,
		                .length = from->size,
		                .encryption = &encryption,
		                .context = STR("bucket/key"),
		                .checksums = CHECKSUM_WANT_MD5,
		                .algorithm = CHECKSUM_CRC32 };
	struct s3_copied done;

	expect(s3_content_copy(&f->c, &copy, &done) == NULL);
	return done;
}

static struct content given_copy(struct fixture *f, const struct content *from,
                                 enum s3_encryption_kind kind)
{
	struct s3_copied done = copied(f, from, kind);
	struct content content;
	struct keeping k = { .f = f, .copied = &done, .content = &content };

	expect_int(done.size, from->size);
	expect_int(store_write_wait(f->api.store, keep, &k), DB_OK);
	return content;
}

/* Reading back, as the server would. */

static str sent(struct fixture *f)
{
	const struct reply *r = &f->x.reply;
	char *p = arena_alloc(&f->x.arena, (size_t)r->length + 1);
	size_t n = 0;
	ptrdiff_t got;

	switch (r->kind) {
	case REPLY_TEXT:
		return r->text;
	case REPLY_FILE:
		expect_int(pread(r->fd, p, (size_t)r->length, r->offset), r->length);
		return (str){ p, (size_t)r->length };
	case REPLY_STREAM:
		while ((got = r->source->read(r->source, p + n, MIN(10000, (size_t)r->length - n))))
			n += (size_t)got;
		return (str){ p, n };
	case REPLY_EMPTY:
		break;
	}
	return STR("");
}

static int reply(struct fixture *f, const struct content *content, int64_t first, int64_t length)
{
	struct s3_reading_key key = key_of(f, content->encryption);
	int e;

	reply_clear(&f->x);
	f->c.db = store_reader(f->api.store);
	e = s3_content_reply(&f->c, content, &key, first, length, 200);
	store_read_end(f->c.db);
	f->c.db = NULL;
	return e;
}

static void expect_range(struct fixture *f, const struct content *content, int64_t first,
                         int64_t length)
{
	expect_int(reply(f, content, first, length), 0);
	expect(str_eq(sent(f), text_of(f, first, length)));
}

static void expect_content(struct fixture *f, const struct content *content)
{
	expect_range(f, content, 0, content->size);
	expect_range(f, content, 1, content->size - 2);
	expect_range(f, content, content->size - 1, 1);
	expect_range(f, content, 5, 0);
}

TEST(content_small_and_large_comes_back)
{
	struct fixture f;
	struct content small, large;

	begin(&f);
	small = given_content(&f, 0, SMALL);
	large = given_content(&f, 0, LARGE);
	expect(small.body && !small.blob.p && large.blob.p && !large.body);
	expect_content(&f, &small);
	expect_content(&f, &large);
	end(&f);
}

TEST(content_empty_is_nowhere)
{
	struct fixture f;
	struct content empty;

	begin(&f);
	empty = given_content(&f, 0, 0);
	expect(!empty.body && !empty.blob.p);
	expect_range(&f, &empty, 0, 0);
	end(&f);
}

TEST(content_encrypted_comes_back)
{
	static const int64_t sizes[] = { 1, SMALL, CIPHER_SEGMENT, CIPHER_SEGMENT + 1, LARGE };
	struct fixture f;

	begin(&f);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct content plain = given_content(&f, 0, sizes[i]);
		struct content sealed = given_copy(&f, &plain, S3_SSE_S3);
		struct content opened = given_copy(&f, &sealed, S3_PLAIN);

		expect(sealed.wrapped_key.n > 0 && !opened.wrapped_key.p);
		expect_range(&f, &sealed, 0, sizes[i]);
		expect_range(&f, &sealed, sizes[i] - 1, 1);
		expect_range(&f, &opened, 0, sizes[i]);
	}
	end(&f);
}

TEST(content_encrypted_does_not_open_for_another_key)
{
	struct fixture f;
	struct content plain, sealed;

	begin(&f);
	plain = given_content(&f, 0, SMALL);
	sealed = given_copy(&f, &plain, S3_SSE_C);
	expect(sealed.key_mark.n == CIPHER_MARK_SIZE);
	memset(f.key.bytes, 'x', sizeof(f.key.bytes));
	expect_int(reply(&f, &sealed, 0, SMALL), -EBADMSG);
	end(&f);
}

TEST(content_copied_whole_is_linked_and_summed)
{
	struct fixture f;
	struct content plain;
	struct s3_copied done;
	unsigned char md5[MD5_SIZE];
	struct stat status;

	begin(&f);
	plain = given_content(&f, 0, LARGE);
	done = copied(&f, &plain, S3_PLAIN);
	digest_of(DIGEST_MD5, text_of(&f, 0, LARGE), md5);
	expect(memcmp(md5, done.md5, sizeof(md5)) == 0);
	expect(done.checksum.n == 8);
	AUTO_CLOSE fd = blob_reopen(done.blob);
	expect_int(fstat(fd, &status), 0);
	expect_int(status.st_nlink, 2);
	end(&f);
}

TEST(content_that_is_gone_is_told)
{
	struct fixture f;
	struct content gone = { .size = 10, .blob = STR("0123456789abcdef0123456789abcdef") };
	struct s3_reading_key key = { .kind = S3_PLAIN };
	struct encryption encryption = { .kind = S3_PLAIN };
	struct s3_copy copy = {
		.from = &gone, .from_key = &key, .length = 10, .encryption = &encryption
	};
	struct s3_copied done;

	begin(&f);
	expect_int(reply(&f, &gone, 0, 10), -ENOENT);
	expect(s3_content_copy(&f.c, &copy, &done) != NULL);
	expect(done.is_gone);
	end(&f);
}

/* Parts. */

struct parts {
	struct content of[3];
	int state;
};

static bool write_parts(struct db *db, void *arg)
{
	struct parts *p = arg;
	int64_t start = 0;

	db_run(db,
	       "INSERT INTO s3_upload (id, nonce, bucket, key, state, object, initiated, account, owner, "
	       "checksum_algorithm, checksum_composite, encryption, legal_hold, retention, "
	       "retain_until) VALUES (?, 1, 1, 'key', ?, 1, 0, '', '', 0, 0, 0, 0, 0, 0)",
	       db_int(UPLOAD), db_int(p->state));
	for (int i = 0; i < 3; i++) {
		db_run(db,
		       "INSERT INTO s3_part (upload, number, modified, size, start, etag, "
		       "checksum_algorithm, body, blob, wrapped_key) "
		       "VALUES (?, ?, 0, ?, ?, '', 0, ?, ?, ?)",
		       db_int(UPLOAD), db_int(2 * i + 1), db_int(p->of[i].size), db_int(start),
		       db_int(p->of[i].body), db_text(p->of[i].blob),
		       db_blob(p->of[i].wrapped_key));
		start += p->of[i].size;
	}
	return true;
}

static struct content given_parts(struct fixture *f, enum s3_encryption_kind kind, int state)
{
	struct parts p = { .state = state };
	int64_t sizes[] = { LARGE, 2 * LARGE, SMALL }, start = 0;

	for (int i = 0; i < 3; i++) {
		struct content plain = given_content(f, start, sizes[i]);

		p.of[i] = kind == S3_PLAIN ? plain : given_copy(f, &plain, kind);
		start += sizes[i];
	}
	expect_int(store_write_wait(f->api.store, write_parts, &p), DB_OK);
	return (struct content){ .size = start, .upload = UPLOAD, .encryption = kind };
}

static void expect_parts(struct fixture *f, const struct content *content)
{
	expect_content(f, content);
	expect_range(f, content, 10, 100);
	expect_range(f, content, LARGE - 3, 6);
	expect_range(f, content, LARGE, 2 * LARGE);
	expect_range(f, content, 3 * LARGE - 1, 2);
	expect_range(f, content, 3 * LARGE + 1, 2);
}

TEST(content_in_parts_comes_back)
{
	struct fixture f;
	struct content parts;

	begin(&f);
	parts = given_parts(&f, S3_PLAIN, S3_UPLOAD_COMPLETED);
	expect_parts(&f, &parts);
	end(&f);
}

TEST(content_in_encrypted_parts_comes_back)
{
	struct fixture f;
	struct content parts;

	begin(&f);
	parts = given_parts(&f, S3_SSE_S3, S3_UPLOAD_COMPLETED);
	expect_parts(&f, &parts);
	end(&f);
}

TEST(content_in_parts_is_held_while_it_is_sent)
{
	struct fixture f;
	struct content parts;

	begin(&f);
	parts = given_parts(&f, S3_PLAIN, S3_UPLOAD_COMPLETED);
	expect_int(reply(&f, &parts, 0, parts.size), 0);
	expect(s3_upload_is_held(UPLOAD));
	reply_clear(&f.x);
	expect(!s3_upload_is_held(UPLOAD));
	end(&f);
}

TEST(content_in_parts_that_were_dropped_is_gone)
{
	struct fixture f;
	struct content parts;

	begin(&f);
	parts = given_parts(&f, S3_PLAIN, S3_UPLOAD_DROPPED);
	expect_int(reply(&f, &parts, 0, parts.size), -ENOENT);
	expect(!s3_upload_is_held(UPLOAD));
	end(&f);
}

TEST(content_in_parts_is_copied_into_one_piece)
{
	struct fixture f;
	struct content parts, whole;

	begin(&f);
	parts = given_parts(&f, S3_SSE_S3, S3_UPLOAD_COMPLETED);
	whole = given_copy(&f, &parts, S3_PLAIN);
	expect(whole.blob.p && !whole.upload);
	expect_content(&f, &whole);
	expect(!s3_upload_is_held(UPLOAD));
	end(&f);
}

TESTS({
	RUN(content_small_and_large_comes_back),
	RUN(content_empty_is_nowhere),
	RUN(content_encrypted_comes_back),
	RUN(content_encrypted_does_not_open_for_another_key),
	RUN(content_copied_whole_is_linked_and_summed),
	RUN(content_that_is_gone_is_told),
	RUN(content_in_parts_comes_back),
	RUN(content_in_encrypted_parts_comes_back),
	RUN(content_in_parts_is_held_while_it_is_sent),
	RUN(content_in_parts_that_were_dropped_is_gone),
	RUN(content_in_parts_is_copied_into_one_piece),
})

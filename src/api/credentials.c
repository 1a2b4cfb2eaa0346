#include "api/credentials.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"

#include <sys/stat.h>

#undef free

enum {
	FILE_MAX = LIMIT_CREDENTIALS * 1024,
	KEY_MAX = 128, /* AWS: access keys have 16 to 128 characters, secrets 40 */
	ACCOUNT_DIGITS = 12,
};

struct credentials {
	struct arena arena;
	struct credential *entries;
	size_t count;
	uint32_t *slots; /* index + 1 by hash of the access key; 0 is free; at most half full */
	size_t slot_count;
	bool default_keys, exposed;
	credential_source *find;
	void *app;
};

static size_t hash(str s)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

/* The slot that holds the key, or the free one where it would go. */
static uint32_t *slot_of(const struct credentials *c, str access_key)
{
	size_t i = hash(access_key) & (c->slot_count - 1);

	while (c->slots[i] && !str_eq(c->entries[c->slots[i] - 1].access_key, access_key))
		i = (i + 1) & (c->slot_count - 1);
	return &c->slots[i];
}

static void prepare(struct credentials *c, size_t most)
{
	c->slot_count = 2;
	while (c->slot_count < 2 * most)
		c->slot_count *= 2;
	c->entries = arena_array(&c->arena, struct credential, most);
	c->slots = arena_array(&c->arena, uint32_t, c->slot_count);
}

static str root_of(struct arena *a, str account)
{
	return arena_join(a, arena_join(a, STR("arn:aws:iam::"), account), STR(":root"));
}

/* False when the access key is taken. */
static bool add(struct credentials *c, str access_key, str secret, str account)
{
	uint32_t *slot = slot_of(c, access_key);
	struct credential *entry;

	if (*slot)
		return false;
	entry = &c->entries[c->count++];
	*slot = (uint32_t)c->count;
	entry->access_key = arena_str(&c->arena, access_key);
	entry->secret = arena_str(&c->arena, secret);
	entry->account = arena_str(&c->arena, account);
	entry->principal = root_of(&c->arena, account);
	return true;
}

struct credentials *credentials_new(void)
{
	struct credentials *c = xcalloc(1, sizeof(*c));

	prepare(c, 1);
	c->default_keys = true;
	return c;
}

void credentials_free(struct credentials *c)
{
	if (!c)
		return;
	arena_release(&c->arena);
	free(c);
}

void credentials_set_source(struct credentials *c, credential_source *find, void *app)
{
	c->find = find;
	c->app = app;
}

bool credentials_are_default(const struct credentials *c)
{
	return c->default_keys;
}

void credentials_keep_default(struct credentials *c)
{
	c->default_keys = true;
}

bool credentials_are_exposed(const struct credentials *c)
{
	return c->exposed;
}

static bool is_account(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n == ACCOUNT_DIGITS;
}

bool credentials_find(const struct credentials *c, struct arena *a, str access_key,
                      struct credential *ret)
{
	uint32_t slot = *slot_of(c, access_key);

	if (slot) {
		*ret = c->entries[slot - 1];
		return true;
	}
	if (c->default_keys && (is_account(access_key) || str_eq(access_key, STR("test")))) {
		str account = is_account(access_key) ? access_key : STR("000000000000");

		*ret = (struct credential){
			.access_key = access_key,
			.secret = STR("test"),
			.account = account,
			.principal = root_of(a, account),
		};
		return true;
	}
	return c->find && c->find(c->app, a, access_key, ret);
}

/* The file, as it is read. */
struct reader {
	struct credentials *c;
	const char *path;
	int line;    /* from 1 */
	str section; /* absent before the first */
	int section_line;
	size_t sections;
	str access_key, secret, account; /* of the section; absent until named */
	char *problem;                   /* 256 bytes */
};

static bool complain(struct reader *r, int line, const char *what, str about)
{
	snprintf(r->problem, 256, "%s:%d: %s%s%.*s%s", r->path, line, what, about.p ? " \"" : "",
	         (int)MIN(about.n, 64), about.p ? about.p : "", about.p ? "\"" : "");
	return false;
}

/* Keys travel in headers and are cut there at commas, slashes, equal signs and spaces. */
static bool is_access_key(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '-')
			return false;
	return s.n >= 1 && s.n <= KEY_MAX;
}

static bool is_secret(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.n >= 1 && s.n <= KEY_MAX;
}

static bool end_section(struct reader *r)
{
	if (!r->section.p)
		return true;
	if (!r->access_key.p)
		return complain(r, r->section_line, "aws_access_key_id is missing in section",
		                r->section);
	if (!r->secret.p)
		return complain(r, r->section_line, "aws_secret_access_key is missing in section",
		                r->section);
	if (!add(r->c, r->access_key, r->secret, r->account.p ? r->account : STR("000000000000")))
		return complain(r, r->section_line, "a second section has the access key",
		                r->access_key);
	r->access_key = r->secret = r->account = STR_NULL;
	return true;
}

static bool begin_section(struct reader *r, str line)
{
	if (!end_section(r))
		return false;
	if (line.p[line.n - 1] != ']')
		return complain(r, r->line, "a section is written [name], not", line);
	r->section = str_trim(str_from_to(line, 1, line.n - 1));
	r->section_line = r->line;
	if (!r->section.n)
		return complain(r, r->line, "a section without a name", STR_NULL);
	if (++r->sections > LIMIT_CREDENTIALS)
		return complain(r, r->line, "too many sections", STR_NULL);
	return true;
}

static bool set(struct reader *r, str *value, str name, str text)
{
	if (value->p)
		return complain(r, r->line, "a second time", name);
	*value = text;
	return true;
}

/* A complaint never repeats a value: it may be a secret in the wrong place. */
static bool read_setting(struct reader *r, str line)
{
	ptrdiff_t equals = str_find(line, '=', 0);
	str name, value;

	if (equals < 0)
		return complain(r, r->line, "expected name = value", STR_NULL);
	name = str_trim(str_from_to(line, 0, (size_t)equals));
	value = str_trim(str_after(line, (size_t)equals + 1));
	if (!r->section.p)
		return complain(r, r->line, "before the first [section]:", name);

	if (str_eq(name, STR("aws_access_key_id"))) {
		if (!is_access_key(value))
			return complain(r, r->line,
			                "aws_access_key_id must be 1 to 128 letters, digits, '_' "
			                "and '-'",
			                STR_NULL);
		return set(r, &r->access_key, name, value);
	}
	if (str_eq(name, STR("aws_secret_access_key"))) {
		if (!is_secret(value))
			return complain(r, r->line,
			                "aws_secret_access_key must be 1 to 128 printable "
			                "characters without spaces",
			                STR_NULL);
		return set(r, &r->secret, name, value);
	}
	if (str_eq(name, STR("account"))) {
		if (!is_account(value))
			return complain(r, r->line, "account must be twelve digits", STR_NULL);
		return set(r, &r->account, name, value);
	}
	return complain(r, r->line, "unknown setting", name);
}

/* A comment may also follow a value, after white space; a secret may contain '#' and ';'. */
static str strip_comment(str line)
{
	for (size_t i = 0; i < line.n; i++) {
		bool starts = line.p[i] == '#' || line.p[i] == ';';

		if (starts && (i == 0 || ascii_is_space(line.p[i - 1])))
			return str_from_to(line, 0, i);
	}
	return line;
}

static bool read_lines(struct reader *r, str text)
{
	while (text.p) {
		str line = str_trim(strip_comment(str_trim(str_cut(&text, '\n'))));

		r->line++;
		if (!line.n)
			continue;
		if (!(line.p[0] == '[' ? begin_section(r, line) : read_setting(r, line)))
			return false;
	}
	if (!end_section(r))
		return false;
	if (!r->sections)
		return complain(r, r->line, "no [section]", STR_NULL);
	return true;
}

static size_t most_sections(str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '[';
	return MIN(n, LIMIT_CREDENTIALS);
}

bool credentials_load(struct credentials *c, const char *path, char problem[256])
{
	struct credentials fresh = { .find = c->find, .app = c->app };
	struct reader r = { .c = &fresh, .path = path, .problem = problem };
	struct arena scratch = { 0 };
	struct stat st;
	str text;
	int e = file_read_all(&scratch, path, FILE_MAX, &text);
	bool ok = false;

	if (e < 0) {
		snprintf(problem, 256, "%s: %s", path, strerror(-e));
	} else {
		fresh.exposed = stat(path, &st) == 0 && st.st_mode & (S_IRWXG | S_IRWXO);
		prepare(&fresh, most_sections(text));
		ok = read_lines(&r, text);
	}
	if (ok) {
		arena_release(&c->arena);
		*c = fresh;
	} else {
		arena_release(&fresh.arena);
	}
	arena_release(&scratch);
	return ok;
}

#include "store/internal.h"

#include "base/str.h"

#include <assert.h>

#undef free

/* "Mena", in the header of the file: `file` and we can tell it from another program's database. */
#define APPLICATION_ID     0x4d656e61
#define SET_APPLICATION_ID "PRAGMA application_id = 0x4d656e61"

extern const char store_schema[]; /* store.sql, embedded by the build */

static const struct schema own_schema = { "store", store_schema };

struct module {
	const struct schema *schema;
	int64_t have, newest;
};

struct migration {
	struct db *db;
	const char *folder;
	char *problem;
	struct module *modules;
	size_t n;
	bool is_new;
};

/* Moves *rest past the next line `-- version N`; false without one. */
static bool next_mark(str *rest, int64_t *ret_version)
{
	static const str mark = STR_INIT("-- version ");
	str line;

	while (rest->p) {
		line = str_cut(rest, '\n');
		if (str_take(&line, mark) && str_to_i64(line, ret_version))
			return true;
	}
	return false;
}

static int64_t newest_version(const struct schema *schema)
{
	str rest = str_from(schema->sql);
	int64_t version, newest = 0;

	assert(str_starts(rest, STR("-- version 1\n")));
	while (next_mark(&rest, &version))
		assert(version == ++newest);
	return newest;
}

/* What follows the mark of that version, up to and with the next mark, which is but a comment. */
static str section(const struct schema *schema, int64_t version)
{
	str rest = str_from(schema->sql);
	int64_t at = 0, after;
	str text, tail;

	while (at < version && next_mark(&rest, &at))
		;
	text = tail = rest;
	if (next_mark(&tail, &after) && tail.p)
		text.n -= tail.n;
	return text;
}

static bool fail_with_words(struct migration *m, const char *what)
{
	snprintf(m->problem, PROBLEM_SIZE, "%s: %s: %s", m->folder, what,
	         sqlite3_errmsg(m->db->connection));
	return false;
}

static bool is_ours(struct migration *m)
{
	struct db *db = m->db;
	int64_t id = db_integer(db, 0, "PRAGMA application_id");

	m->is_new = id == 0 && db_integer(db, 1, "SELECT count(*) FROM sqlite_schema") == 0;
	if (db->status != DB_OK)
		return fail_with_words(m, "the database cannot be read");
	if (id == APPLICATION_ID || m->is_new)
		return true;
	snprintf(m->problem, PROBLEM_SIZE,
	         "%s/" DATABASE_NAME " is the database of another program", m->folder);
	return false;
}

static void set_have(struct migration *m, str name, int64_t version)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(name, str_from(m->modules[i].schema->module)))
			m->modules[i].have = version;
}

static bool read_versions(struct migration *m)
{
	struct db_rows rows;

	if (m->is_new)
		return true;
	for (db_each(m->db, &rows, "SELECT module, version FROM schema_version"); db_next(&rows);)
		set_have(m, col_text(&rows, 0), col_int(&rows, 1));
	if (m->db->status != DB_OK)
		return fail_with_words(m, "its table versions cannot be read");
	for (size_t i = 0; i < m->n; i++) {
		struct module *module = &m->modules[i];
		if (module->have <= module->newest)
			continue;
		snprintf(
			m->problem, PROBLEM_SIZE,
			"%s was written by a newer Menagerie: table set %s is version %lld, this program knows %lld",
			m->folder, module->schema->module, (long long)module->have,
			(long long)module->newest);
		return false;
	}
	return true;
}

static bool is_current(const struct migration *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->modules[i].have < m->modules[i].newest)
			return false;
	return true;
}

static bool run_text(struct db *db, str sql)
{
	char *text = sqlite3_mprintf("%.*s", STR_ARG(sql));
	int code = sqlite3_exec(db->connection, text, NULL, NULL, NULL);

	sqlite3_free(text);
	return code == SQLITE_OK;
}

static bool migrate_module(struct migration *m, const struct module *module)
{
	for (int64_t version = module->have + 1; version <= module->newest; version++) {
		if (run_text(m->db, section(module->schema, version)))
			continue;
		snprintf(m->problem, PROBLEM_SIZE,
		         "%s: table set %s cannot be brought to version %lld: %s", m->folder,
		         module->schema->module, (long long)version,
		         sqlite3_errmsg(m->db->connection));
		return false;
	}
	db_run(m->db,
	       "INSERT INTO schema_version VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version",
	       db_text(str_from(module->schema->module)), db_int(module->newest));
	return true;
}

static bool migrate_all(struct migration *m)
{
	struct db *db = m->db;

	if (!db_begin(db))
		return fail_with_words(m, "the database cannot be written");
	if (m->is_new) {
		db_run(db, SET_APPLICATION_ID);
		db_run(db,
		       "CREATE TABLE schema_version (module TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
	}
	for (size_t i = 0; i < m->n; i++)
		if (m->modules[i].have < m->modules[i].newest && !migrate_module(m, &m->modules[i]))
			return false;
	if (db->status != DB_OK || !db_commit(db))
		return fail_with_words(m, "the database cannot be written");
	return true;
}

bool migrate(struct db *db, const struct store_options *options, char problem[PROBLEM_SIZE])
{
	struct migration m = { .db = db,
		               .folder = options->folder,
		               .problem = problem,
		               .n = options->schema_count + 1 };
	bool done;

	m.modules = xcalloc(m.n, sizeof(*m.modules));
	for (size_t i = 0; i < m.n; i++) {
		m.modules[i].schema = i == 0 ? &own_schema : options->schemas[i - 1];
		m.modules[i].newest = newest_version(m.modules[i].schema);
	}
	done = is_ours(&m) && read_versions(&m) && (is_current(&m) || migrate_all(&m));
	if (!done)
		db_rollback(db);
	free(m.modules);
	return done;
}

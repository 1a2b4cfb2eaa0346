/*
 * Tables and their indexes as every operation finds them, and the errors that all share.
 */
#ifndef SERVICES_DYNAMODB_TABLE_H
#define SERVICES_DYNAMODB_TABLE_H

#include "api/call.h"
#include "models/dynamodb.h"
#include "services/dynamodb/key.h"

enum {
	TABLE_GLOBAL_INDEXES_MAX = 20,
	TABLE_LOCAL_INDEXES_MAX = 5,
	TABLE_INDEXES_MAX = TABLE_GLOBAL_INDEXES_MAX + TABLE_LOCAL_INDEXES_MAX,
};

enum billing_mode { BILLING_PROVISIONED, BILLING_PAY_PER_REQUEST };
enum table_class { CLASS_STANDARD, CLASS_INFREQUENT_ACCESS };
enum index_status { INDEX_ACTIVE, INDEX_CREATING, INDEX_DELETING };
enum index_projection { PROJECT_ALL, PROJECT_KEYS_ONLY, PROJECT_INCLUDE };
enum stream_view { VIEW_KEYS_ONLY, VIEW_NEW_IMAGE, VIEW_OLD_IMAGE, VIEW_NEW_AND_OLD_IMAGES };

struct index {
	int64_t space;
	str name;
	bool is_global;
	enum index_status status; /* one that is being deleted is not kept up any more */
	struct key_schema keys;
	enum index_projection projection;
	str *included; /* NonKeyAttributes */
	size_t included_count;
	int64_t read_units, write_units; /* of a global one, provisioned */
};

/* In the arena of the call that found it. */
struct table {
	int64_t space;
	str account, region, name;
	str given; /* as the request named it, which may be by its ARN: replies repeat that */
	struct key_schema keys;
	enum billing_mode billing_mode;
	int64_t read_units, write_units; /* provisioned */
	struct index *indexes;           /* in the order in which they were made */
	size_t index_count;
	str time_to_live; /* the attribute; absent: off */
	int64_t stream;   /* 0: none */
};

/*
 * By name, or by ARN (of the caller's account and region). Names of the wrong form are refused in AWS's words
 * for that, one that there is not with ResourceNotFoundException ("Requested resource not found").
 */
err table_find(struct call *c, str name_or_arn, struct table *ret);

/* The same, in the words of the operations on tables: "Requested resource not found: Table: Music not found". */
err table_find_named(struct call *c, str name_or_arn, struct table *ret);

/* The name in a name or an ARN, of the right form. */
err table_name_of(struct call *c, str name_or_arn, str *ret);
bool table_name_is_valid(str name);

/* "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: …". What the model does
 * not say, where a name may also be an ARN, and what is said of a new table's name before anything else. */
bool table_name_check(struct problem *p, str name);

bool table_load_named(struct db *db, struct arena *a, str account, str region, str name,
                      struct table *ret);

/* Its index of that name; NULL: none. */
const struct index *table_index(const struct table *t, str name);

str table_arn(struct arena *a, const struct table *t);

/* For background work, which has no call: false when there is none (any more). */
bool table_load(struct db *db, struct arena *a, int64_t space, struct table *ret);

/* Whether an index holds an attribute of this name. */
bool index_holds(const struct table *t, const struct index *index, str name);

/* The attributes of an item that an index holds. */
struct item index_project(struct arena *a, const struct table *t, const struct index *index,
                          const struct item *item);

/* AccessDeniedException: somebody else's table. There are no policies of tables. */
err table_access_denied(struct call *c);

/* The error of a problem: ValidationException or SerializationException. */
err problem_error(struct call *c, const struct problem *p);
err validation_error(struct call *c, const char *format, ...) PRINTF_LIKE(2, 3);

#endif

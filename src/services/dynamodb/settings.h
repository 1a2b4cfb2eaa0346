/* What is set of a table beside what every operation needs: loaded for those on tables, and saved by them. */
#ifndef SERVICES_DYNAMODB_SETTINGS_H
#define SERVICES_DYNAMODB_SETTINGS_H

#include "services/dynamodb/definition.h"

struct settings {
	str table_id;
	int64_t created;
	struct definitions attributes;
	struct throughput throughput;
	int64_t on_demand_since; /* of PAY_PER_REQUEST; 0: never was */
	enum table_class table_class;
	int64_t class_changed; /* 0: never */
	bool is_protected;
	struct throughput index_throughputs[TABLE_INDEXES_MAX]; /* of the table's indexes */
};

void settings_load(struct db *db, struct arena *a, const struct table *t, struct settings *ret);

/* A new table has its spaces already. */
void settings_insert(struct db *db, struct arena *a, const struct table *t,
                     const struct settings *s);
void settings_insert_index(struct db *db, struct arena *a, const struct table *t, size_t index,
                           const struct settings *s);

/* All of a table but its time to live, and of its indexes their throughput and status. */
void settings_save(struct db *db, struct arena *a, const struct table *t, const struct settings *s);

/* The table is gone, with its tags and its stream; its items go with jobs. */
void settings_delete(struct db *db, const struct table *t, int64_t now);

/* The index is gone: of one that was deleted, when its items are. */
void settings_delete_index(struct db *db, struct arena *a, const struct table *t,
                           const struct index *index);

#endif

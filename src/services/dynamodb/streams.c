/* DynamoDB Streams, as its clients read them: which there are, their shard, places in it, and its records. */
#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/shard.h"
#include "services/dynamodb/stream.h"

enum {
	LIST_MAX = 100, /* streams of a page, shards of another: what the model takes for a Limit */
	RECORDS_MAX = 1000,
	RECORDS_BYTES_MAX = 1024 * 1024, /* of their text; a single one may be larger */
	ITERATOR_LASTS_MS = 15 * 60 * 1000,
};

#define LAST_TABLE STR("\x7f") /* after every name that a table may have */

struct stream {
	int64_t id;
	struct stream_name name;
	enum stream_view view;
	str key_schema, secret;
	int64_t created, next;
	int64_t horizon; /* the first record that is still there, or `next` */
	bool is_closed;
};

/*
 * Found.
 */

static bool load_stream(struct call *c, const struct stream_name *name, struct stream *ret)
{
	struct db_rows rows;

	if (!db_row(c->db, &rows,
	            "SELECT id, view, key_schema, secret, created, next, closed, ifnull((SELECT "
	            "min(sequence) FROM dynamodb_record WHERE stream = id), next) "
	            "FROM dynamodb_stream "
	            "WHERE account = ? AND region = ? AND table_name = ? AND label = ?",
	            db_text(name->account), db_text(name->region), db_text(name->table_name),
	            db_text(name->label)))
		return false;
	*ret = (struct stream){
		.id = col_int(&rows, 0),
		.name = *name,
		.view = (enum stream_view)col_int(&rows, 1),
		.key_schema = arena_str(c->arena, col_text(&rows, 2)),
		.secret = arena_str(c->arena, col_text(&rows, 3)),
		.created = col_int(&rows, 4),
		.next = col_int(&rows, 5),
		.is_closed = col_int(&rows, 6) != 0,
		.horizon = col_int(&rows, 7),
	};
	db_rows_end(&rows);
	return true;
}

/* Of the caller's account and region: others' are not there. */
static err find_stream(struct call *c, str arn, const struct stream_name *name, struct stream *ret)
{
	if (str_eq(name->account, c->identity.account) && str_eq(name->region, c->region) &&
	    load_stream(c, name, ret))
		return NULL;
	return fail(c, &dynamodbstreams_resource_not_found_exception,
	            "Requested resource not found: Stream: %.*s not found", STR_ARG(arn));
}

static err stream_from_arn(struct call *c, str arn, struct stream *ret)
{
	struct stream_name name;

	if (!stream_name_parse(arn, &name))
		return validation_error(c, "Invalid StreamArn");
	return find_stream(c, arn, &name, ret);
}

static err trimmed(struct call *c)
{
	return fail(c, &dynamodbstreams_trimmed_data_access_exception,
	            "The data you are trying to access has been trimmed");
}

/*
 * Listed, by table and then by age.
 */

/* The one after which the list begins. */
static err list_start(struct call *c, const struct dynamodbstreams_list_streams_in *in,
                      struct stream_name *ret)
{
	struct stream_name start = { .table_name = STR(""), .label = STR("") };

	if (in->exclusive_start_stream_arn.p &&
	    !stream_name_parse(in->exclusive_start_stream_arn, &start))
		return validation_error(c, "Invalid StreamArn");
	if (in->table_name.p && str_cmp(start.table_name, in->table_name) < 0)
		start = (struct stream_name){ .table_name = in->table_name, .label = STR("") };
	*ret = start;
	return NULL;
}

static struct dynamodbstreams_stream describe_listed(struct call *c, const struct db_rows *rows)
{
	struct stream_name name = {
		.account = c->identity.account,
		.region = c->region,
		.table_name = arena_str(c->arena, col_text(rows, 0)),
		.label = arena_str(c->arena, col_text(rows, 1)),
	};

	return (struct dynamodbstreams_stream){ .stream_arn = stream_arn(c->arena, &name),
		                                .table_name = name.table_name,
		                                .stream_label = name.label };
}

err dynamodbstreams_list_streams(struct call *c, const struct dynamodbstreams_list_streams_in *in,
                                 struct dynamodbstreams_list_streams_out *out)
{
	size_t limit = in->limit.set ? (size_t)in->limit.value : LIST_MAX;
	str last_table = in->table_name.p ? in->table_name : LAST_TABLE;
	struct stream_name start = { 0 };
	struct db_rows rows;
	err e = list_start(c, in, &start);

	if (e)
		return e;
	out->streams.items = arena_array(c->arena, struct dynamodbstreams_stream, limit);
	for (db_each(c->db, &rows,
	             "SELECT table_name, label FROM dynamodb_stream WHERE account = ? "
	             "AND region = ? AND (table_name, label) > (?, ?) AND table_name <= ? "
	             "ORDER BY table_name, label LIMIT ?",
	             db_text(c->identity.account), db_text(c->region), db_text(start.table_name),
	             db_text(start.label), db_text(last_table), db_int((int64_t)limit + 1));
	     db_next(&rows);) {
		if (out->streams.n == limit) {
			out->last_evaluated_stream_arn = out->streams.items[limit - 1].stream_arn;
			break;
		}
		out->streams.items[out->streams.n++] = describe_listed(c, &rows);
	}
	db_rows_end(&rows);
	return NULL;
}

/*
 * Described.
 */

static struct dynamodbstreams_key_schema describe_keys(struct arena *a, str text)
{
	struct dynamodbstreams_key_schema keys = { 0 };
	struct key_schema s;

	key_schema_from_text(a, text, &s);
	keys.items = arena_array(a, struct dynamodbstreams_key_schema_element,
	                         s.hash_count + s.range_count);
	for (size_t i = 0; i < s.hash_count; i++)
		keys.items[keys.n++] = (struct dynamodbstreams_key_schema_element){
			.attribute_name = s.hash[i].name, .key_type = STR("HASH")
		};
	for (size_t i = 0; i < s.range_count; i++)
		keys.items[keys.n++] = (struct dynamodbstreams_key_schema_element){
			.attribute_name = s.range[i].name, .key_type = STR("RANGE")
		};
	return keys;
}

static struct dynamodbstreams_sequence_number_range *describe_range(struct arena *a,
                                                                    const struct stream *s)
{
	struct dynamodbstreams_sequence_number_range *range =
		arena_new(a, struct dynamodbstreams_sequence_number_range);

	range->starting_sequence_number = sequence_number_before(a, s->horizon);
	if (s->is_closed)
		range->ending_sequence_number = sequence_number_before(a, s->next);
	return range;
}

/* The one shard, unless it is said to be known already, or children of a shard are asked for: it has none. */
static struct dynamodbstreams_shard_description_list describe_shards(
	struct arena *a, const struct stream *s,
	const struct dynamodbstreams_describe_stream_in *in)
{
	struct dynamodbstreams_shard_description_list shards = {
		.items = arena_new(a, struct dynamodbstreams_shard)
	};
	str id = shard_id(a, s->id, s->created);

	if (in->shard_filter ||
	    (in->exclusive_start_shard_id.p && str_cmp(id, in->exclusive_start_shard_id) <= 0))
		return shards;
	shards.items[shards.n++] = (struct dynamodbstreams_shard){
		.shard_id = id,
		.sequence_number_range = describe_range(a, s),
	};
	return shards;
}

err dynamodbstreams_describe_stream(struct call *c,
                                    const struct dynamodbstreams_describe_stream_in *in,
                                    struct dynamodbstreams_describe_stream_out *out)
{
	struct stream s;
	err e = stream_from_arn(c, in->stream_arn, &s);

	if (e)
		return e;
	if (in->shard_filter && (!in->shard_filter->type.p || !in->shard_filter->shard_id.p))
		return validation_error(c, "ShardFilter must have both a Type and a ShardId");
	out->stream_description = arena_new(c->arena, struct dynamodbstreams_stream_description);
	*out->stream_description = (struct dynamodbstreams_stream_description){
		.stream_arn = in->stream_arn,
		.stream_label = s.name.label,
		.stream_status = s.is_closed ? STR("DISABLED") : STR("ENABLED"),
		.stream_view_type = stream_view_name(s.view),
		.creation_request_date_time = opt_time(s.created),
		.table_name = s.name.table_name,
		.key_schema = describe_keys(c->arena, s.key_schema),
		.shards = describe_shards(c->arena, &s, in),
	};
	return NULL;
}

/*
 * Places.
 */

static err place_at_number(struct call *c, const struct dynamodbstreams_get_shard_iterator_in *in,
                           const struct stream *s, int64_t *ret)
{
	struct sequence_place place;

	if (!in->sequence_number.p)
		return validation_error(c, "SequenceNumber is required for ShardIteratorType %.*s",
		                        STR_ARG(in->shard_iterator_type));
	if (!sequence_number_parse(in->sequence_number, &place) || place.after > s->next)
		return validation_error(c, "Invalid SequenceNumber");
	*ret = str_eq(in->shard_iterator_type, STR("AT_SEQUENCE_NUMBER")) ? place.at : place.after;
	return *ret < s->horizon ? trimmed(c) : NULL;
}

static err place_of(struct call *c, const struct dynamodbstreams_get_shard_iterator_in *in,
                    const struct stream *s, int64_t *ret)
{
	bool is_latest = str_eq(in->shard_iterator_type, STR("LATEST"));

	if (!is_latest && !str_eq(in->shard_iterator_type, STR("TRIM_HORIZON")))
		return place_at_number(c, in, s, ret);
	if (in->sequence_number.p)
		return validation_error(c,
		                        "SequenceNumber is not allowed for ShardIteratorType %.*s",
		                        STR_ARG(in->shard_iterator_type));
	*ret = is_latest ? s->next : s->horizon;
	return NULL;
}

err dynamodbstreams_get_shard_iterator(struct call *c,
                                       const struct dynamodbstreams_get_shard_iterator_in *in,
                                       struct dynamodbstreams_get_shard_iterator_out *out)
{
	struct stream s;
	int64_t place = 0;
	err e = stream_from_arn(c, in->stream_arn, &s);

	if (e)
		return e;
	if (!str_eq(in->shard_id, shard_id(c->arena, s.id, s.created)))
		return fail(c, &dynamodbstreams_resource_not_found_exception,
		            "Requested resource not found: Shard does not exist");
	e = place_of(c, in, &s, &place);
	if (e)
		return e;
	out->shard_iterator =
		shard_iterator_text(c->arena, s.secret, in->stream_arn, place, c->now);
	return NULL;
}

/*
 * Records.
 */

static err find_place(struct call *c, str text, struct shard_iterator *ret, struct stream *ret_s)
{
	err e;

	if (!shard_iterator_parse(c->arena, text, ret))
		return validation_error(c, "Invalid ShardIterator");
	e = find_stream(c, ret->arn, &ret->stream, ret_s);
	if (e)
		return e;
	if (!shard_iterator_is_genuine(c->arena, ret_s->secret, ret))
		return validation_error(c, "Invalid ShardIterator");
	if (c->now - ret->made > ITERATOR_LASTS_MS)
		return fail(c, &dynamodbstreams_expired_iterator_exception,
		            "Shard iterator has expired");
	return ret->place < ret_s->horizon ? trimmed(c) : NULL;
}

/* Reads from the place on and returns the next one. */
static int64_t read_records(struct call *c, const struct stream *s, int64_t place, size_t limit,
                            struct dynamodbstreams_record_list *ret)
{
	size_t bytes = 0, capacity = 8;
	struct db_rows rows;

	ret->items = arena_array(c->arena, str, capacity); /* empty, rather than absent */
	for (db_each(c->db, &rows,
	             "SELECT sequence, record FROM dynamodb_record "
	             "WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
	             db_int(s->id), db_int(place), db_int((int64_t)limit));
	     db_next(&rows);) {
		str record = col_text(&rows, 1);

		bytes += record.n;
		if (bytes > RECORDS_BYTES_MAX && ret->n)
			break;
		if (ret->n == capacity)
			ret->items = arena_grow(c->arena, ret->items, &capacity, sizeof(str));
		ret->items[ret->n++] = arena_str(c->arena, record);
		place = col_int(&rows, 0) + 1;
	}
	db_rows_end(&rows);
	return place;
}

/* Records go as the text that they are stored as. A closed shard's last page has no next. */
err dynamodbstreams_get_records(struct call *c, const struct dynamodbstreams_get_records_in *in,
                                struct dynamodbstreams_get_records_out *out)
{
	struct shard_iterator it;
	struct stream s;
	int64_t place;
	err e = find_place(c, in->shard_iterator, &it, &s);

	if (e)
		return e;
	place = read_records(c, &s, it.place, in->limit.set ? (size_t)in->limit.value : RECORDS_MAX,
	                     &out->records);
	if (!s.is_closed || place < s.next)
		out->next_shard_iterator =
			shard_iterator_text(c->arena, s.secret, it.arn, place, c->now);
	return NULL;
}

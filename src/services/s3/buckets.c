#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/names.h"
#include "services/s3/new_acl.h"
#include "services/s3/ownership.h"
#include "services/s3/s3.h"

enum { BUCKET_TAGS = 50, BUCKETS_MAX = 10000 };

static str arn_of(struct arena *a, str bucket)
{
	return arena_join(a, STR("arn:aws:s3:::"), bucket);
}

/*
 * Where buckets are.
 */

/* The locations that the model knows, which are the regions but us-east-1, and EU. */
static bool is_location(str name)
{
	for (size_t i = 0; i < s3_model.shape_count; i++) {
		const struct shape *s = &s3_model.shapes[i];

		if (!str_eq(model_text(&s3_model, s->name), STR("BucketLocationConstraint")))
			continue;
		for (size_t j = 0; j < s->enum_count; j++)
			if (str_eq(name, model_text(&s3_model, s3_model.enums[s->first_enum + j])))
				return true;
	}
	return false;
}

static bool is_region(str name)
{
	return str_eq(name, STR("us-east-1")) || (is_location(name) && !str_eq(name, STR("EU")));
}

static err illegal_location(struct call *c, str constraint)
{
	return s3_fail_saying(c, S3_ILLEGAL_LOCATION_CONSTRAINT,
	                      "The %.*s location constraint is incompatible for the region "
	                      "specific endpoint this request was sent to.",
	                      STR_ARG(refusal_excerpt(constraint)));
}

/* us-east-1 makes buckets everywhere, and in itself when it is told nothing. The others make their own,
 * and want to be told so. */
static err choose_location(struct call *c, str constraint, str *ret)
{
	bool is_first = str_eq(c->region, STR("us-east-1"));

	if (!constraint.n) {
		*ret = c->region;
		return is_first ? NULL : illegal_location(c, STR("unspecified"));
	}
	*ret = constraint;
	if (!is_first && str_eq(s3_region_of_location(constraint), c->region))
		return NULL;
	if (!is_location(constraint))
		return s3_fail(c, S3_INVALID_LOCATION_CONSTRAINT, "LocationConstraint", constraint);
	return is_first ? NULL : illegal_location(c, constraint);
}

/*
 * CreateBucket.
 */

static err check_name(struct call *c, str name)
{
	return s3_bucket_name_valid(name) ? NULL
	                                  : s3_fail(c, S3_INVALID_BUCKET_NAME, "BucketName", name);
}

/* Directory buckets, and names that are unique in an account only. */
static err refuse_what_is_not_built(struct call *c, const struct s3_create_bucket_in *in)
{
	const struct s3_create_bucket_configuration *config = in->create_bucket_configuration;

	if (in->bucket_namespace.n && !str_eq(in->bucket_namespace, STR("global")))
		return s3_fail(c, S3_NOT_IMPLEMENTED, "Header", STR("x-amz-bucket-namespace"));
	if (config && (config->location || config->bucket))
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "Directory buckets are not built in Menagerie; nothing was "
		                      "done.");
	return NULL;
}

/* S3 takes no configuration, but not one that says nothing. */
static err check_says_something(struct call *c, const struct s3_create_bucket_configuration *config)
{
	if (!config || config->location_constraint.p || config->tags.items)
		return NULL;
	return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
}

static err read_access(struct call *c, const struct s3_create_bucket_in *in, struct bucket *b)
{
	struct acl_headers grants = {
		.full_control = in->grant_full_control,
		.read = in->grant_read,
		.read_acp = in->grant_read_acp,
		.write = in->grant_write,
		.write_acp = in->grant_write_acp,
	};
	struct acl nobody_else = s3_acl_private(c->arena, b->account);
	err e;

	if (in->object_ownership.p && !s3_ownership_from_name(in->object_ownership, &b->ownership))
		return s3_invalid_argument_error(c, "x-amz-object-ownership", in->object_ownership,
		                                 "Invalid x-amz-object-ownership header: %.*s",
		                                 STR_ARG(refusal_excerpt(in->object_ownership)));
	e = s3_acl_of_headers(c, NULL, b->ownership, in->acl, &grants, &b->acl);
	if (!b->acl.p)
		b->acl = acl_to_text(c->arena, &nobody_else);
	return e;
}

static err read_bucket(struct call *c, const struct s3_create_bucket_in *in, struct bucket *b)
{
	const struct s3_create_bucket_configuration *config = in->create_bucket_configuration;
	err e;

	*b = (struct bucket){
		.name = in->bucket,
		.account = c->identity.account,
		.created = c->now,
		.ownership = S3_BUCKET_OWNER_ENFORCED,
		.object_lock = opt_true(in->object_lock_enabled_for_bucket),
	};
	if (b->object_lock)
		b->versioning = S3_VERSIONING_ENABLED;
	e = refuse_what_is_not_built(c, in);
	if (!e)
		e = check_says_something(c, config);
	if (!e)
		e = choose_location(c, config ? config->location_constraint : STR_NULL,
		                    &b->location);
	if (!e)
		e = read_access(c, in, b);
	if (!e && config)
		e = s3_tags_check(c, &config->tags, BUCKET_TAGS);
	return e;
}

/* us-east-1 lets an owner make its bucket there again, which only takes away what its list granted. */
static err create_again(struct call *c, const struct bucket *wanted, struct bucket *there)
{
	if (!str_eq(there->account, c->identity.account))
		return s3_fail(c, S3_BUCKET_ALREADY_EXISTS, "BucketName", there->name);
	if (!str_eq(c->region, STR("us-east-1")) || !str_eq(there->location, wanted->location))
		return s3_fail(c, S3_BUCKET_ALREADY_OWNED_BY_YOU, "BucketName", there->name);
	if (there->ownership != S3_BUCKET_OWNER_ENFORCED) {
		there->acl = wanted->acl;
		s3_bucket_save(c->db, there);
	}
	return NULL;
}

static void create(struct call *c, const struct s3_create_bucket_in *in, struct bucket *b)
{
	const struct s3_create_bucket_configuration *config = in->create_bucket_configuration;

	b->id = s3_next(c->db);
	db_run(c->db,
	       "INSERT INTO s3_bucket (id, name, account, region, created, versioning, object_lock, "
	       "ownership, public_access, documents, acl) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
	       db_int(b->id), db_text(b->name), db_text(b->account), db_text(b->location),
	       db_int(b->created), db_int(b->versioning), db_int(b->object_lock),
	       db_int(b->ownership), db_int(b->public_access), db_text(b->acl));
	if (config && config->tags.n) {
		struct s3_tagging tagging = { .tag_set = config->tags };

		s3_document_set(c->db, c->arena, b, S3_TAGGING, &tagging);
	}
}

err s3_create_bucket(struct call *c, const struct s3_create_bucket_in *in,
                     struct s3_create_bucket_out *out)
{
	struct bucket b, there;
	err e = s3_allow_in_account(c, "s3:CreateBucket");

	if (!e)
		e = check_name(c, in->bucket);
	if (!e)
		e = read_bucket(c, in, &b);
	if (!e && s3_bucket_load(c->db, c->arena, b.name, &there))
		e = create_again(c, &b, &there);
	else if (!e)
		create(c, in, &b);
	if (e)
		return e;
	out->location =
		str_eq(b.location, STR("us-east-1"))
			? arena_join(c->arena, STR("/"), b.name)
			: arena_printf(c->arena, "http://%.*s.s3.amazonaws.com/", STR_ARG(b.name));
	out->bucket_arn = arn_of(c->arena, b.name);
	return NULL;
}

/*
 * HeadBucket, GetBucketLocation.
 */

err s3_head_bucket(struct call *c, const struct s3_head_bucket_in *in,
                   struct s3_head_bucket_out *out)
{
	struct bucket b = { 0 };
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:ListBucket", ACL_READ,
	                      &b);

	if (e) { /* that it is elsewhere is told even to who may not know more */
		if (b.region.p)
			call_header(c, STR("x-amz-bucket-region"), b.region);
		return e;
	}
	out->bucket_region = b.region;
	out->bucket_arn = arn_of(c->arena, b.name);
	out->access_point_alias = opt_bool(false);
	if (c->exchange)
		reply_header(c->exchange, STR("Content-Type"), STR("application/xml"));
	return NULL;
}

/* The root element is the member itself, which no other operation does. */
static str location_document(struct call *c, str location)
{
	static const char element[] =
		"<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
	static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

	if (!location.n)
		return arena_printf(c->arena, "%s%s/>", head, element);
	return arena_printf(c->arena, "%s%s>%.*s</LocationConstraint>", head, element,
	                    STR_ARG(location));
}

err s3_get_bucket_location(struct call *c, const struct s3_get_bucket_location_in *in,
                           struct s3_get_bucket_location_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketLocation", 0,
	                      &b);

	if (e)
		return e;
	out->location_constraint = str_eq(b.location, STR("us-east-1")) ? STR_NULL : b.location;
	if (c->exchange) {
		reply_header(c->exchange, STR("Content-Type"), STR("application/xml"));
		reply_text(c->exchange, 200, location_document(c, out->location_constraint));
	}
	return NULL;
}

/*
 * DeleteBucket. Open uploads do not keep a bucket.
 */

static err not_empty(struct call *c, const struct bucket *b)
{
	struct refusal *r;

	if (b->versioning == S3_UNVERSIONED)
		return s3_fail(c, S3_BUCKET_NOT_EMPTY, "BucketName", b->name);
	r = refuse(c->arena, 409, "BucketNotEmpty",
	           "The bucket you tried to delete is not empty. You must delete all versions in "
	           "the bucket.");
	return fail_refused(c, refusal_with(r, "BucketName", b->name));
}

err s3_delete_bucket(struct call *c, const struct s3_delete_bucket_in *in,
                     struct s3_delete_bucket_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:DeleteBucket", 0, &b);

	(void)out;
	if (e)
		return e;
	if (db_exists(c->db, "SELECT 1 FROM s3_object WHERE bucket = ?", db_int(b.id)))
		return not_empty(c, &b);
	db_run(c->db, "UPDATE s3_upload SET state = ? WHERE bucket = ? AND state = 0",
	       db_int(S3_UPLOAD_DROPPED), db_int(b.id));
	db_run(c->db, "DELETE FROM s3_document WHERE bucket = ?", db_int(b.id));
	db_run(c->db, "DELETE FROM s3_bucket WHERE id = ?", db_int(b.id));
	return NULL;
}

/*
 * ListBuckets.
 */

/* The token is the last name of the page before, in a wrapping that nobody takes for one. */
static const str token_mark = STR_INIT("after:");

static str token_of(struct arena *a, str name)
{
	return base64_of(a, arena_join(a, token_mark, name));
}

static err read_token(struct call *c, str token, str *ret)
{
	str text;

	*ret = STR("");
	if (!token.p)
		return NULL;
	if (!base64_decode(c->arena, token, &text) || !str_take(&text, token_mark) || !text.n)
		return s3_invalid_argument_error(c, "continuation-token", token,
		                                 "The continuation token provided is incorrect");
	*ret = text;
	return NULL;
}

static err check_list(struct call *c, const struct s3_list_buckets_in *in)
{
	int64_t most = opt_int_or(in->max_buckets, BUCKETS_MAX);

	if (most < 1 || most > BUCKETS_MAX)
		return s3_invalid_argument_error(
			c, "max-buckets", arena_printf(c->arena, "%lld", (long long)most),
			"Argument max-buckets must be an integer between 1 and %d", BUCKETS_MAX);
	if (in->bucket_region.p && !is_region(in->bucket_region))
		return s3_invalid_argument_error(c, "bucket-region", in->bucket_region,
		                                 "Argument value %.*s is not a valid AWS Region",
		                                 STR_ARG(refusal_excerpt(in->bucket_region)));
	return NULL;
}

struct list {
	struct s3_bucket *items;
	size_t n, capacity;
};

static void add(struct call *c, struct list *list, const struct db_rows *rows, str region)
{
	struct s3_bucket *b;

	if (list->n == list->capacity)
		list->items =
			arena_grow(c->arena, list->items, &list->capacity, sizeof(*list->items));
	b = &list->items[list->n++];
	b->name = arena_str(c->arena, col_text(rows, 0));
	b->creation_date = opt_time(col_int(rows, 1) - col_int(rows, 1) % 1000);
	b->bucket_region = arena_str(c->arena, region);
}

/* Gives up to `most` of them; true when there are more. */
static bool list(struct call *c, const struct s3_list_buckets_in *in, str after, size_t most,
                 struct list *ret)
{
	bool is_paged = in->max_buckets.set || in->continuation_token.p || in->prefix.p ||
	                in->bucket_region.p;
	str prefix = in->prefix.p ? in->prefix : STR("");
	bool has_more = false;
	struct db_rows rows;

	for (db_each(c->db, &rows,
	             "SELECT name, created, region FROM s3_bucket "
	             "WHERE account = ? AND name > ? AND name >= ? ORDER BY name",
	             db_text(c->identity.account), db_text(after), db_text(prefix));
	     db_next(&rows);) {
		str region = s3_region_of_location(col_text(&rows, 2));

		if (!str_starts(col_text(&rows, 0), prefix))
			break;
		if (in->bucket_region.p && !str_eq(region, in->bucket_region))
			continue;
		has_more = ret->n == most;
		if (has_more)
			break;
		add(c, ret, &rows, is_paged ? region : STR_NULL);
	}
	db_rows_end(&rows);
	return has_more;
}

err s3_list_buckets(struct call *c, const struct s3_list_buckets_in *in,
                    struct s3_list_buckets_out *out)
{
	size_t most = in->max_buckets.set ? (size_t)in->max_buckets.value : BUCKETS_MAX;
	struct list found = { 0 };
	str after;
	err e = s3_allow_in_account(c, "s3:ListAllMyBuckets");

	if (!e)
		e = check_list(c, in);
	if (!e)
		e = read_token(c, in->continuation_token, &after);
	if (e)
		return e;
	if (list(c, in, after, most, &found))
		out->continuation_token = token_of(c->arena, found.items[found.n - 1].name);
	out->buckets.items = found.items ? found.items : arena_new(c->arena, struct s3_bucket);
	out->buckets.n = found.n;
	out->owner = s3_owner_shown(c->arena, c->identity.account);
	out->prefix = in->prefix;
	return NULL;
}

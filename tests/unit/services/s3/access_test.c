#include "store/fixture.h"

#include "services/s3/access.h"
#include "services/s3/new_acl.h"
#include "services/s3/s3.h"

#define OWNER "000000000000"
#define OTHER "111122223333"

#define ALLOW(principal, action, resource)                                                        \
	"{'Effect':'Allow','Principal':" principal ",'Action':'" action "','Resource':'" resource \
	"'}"
#define DENY(principal, action, resource)                                                        \
	"{'Effect':'Deny','Principal':" principal ",'Action':'" action "','Resource':'" resource \
	"'}"
#define EVERYONE "'*'"
#define TO_OTHER "{'AWS':'" OTHER "'}"
#define OBJECTS  "arn:aws:s3:::bucket/*"
#define BUCKET   "arn:aws:s3:::bucket"

static struct fixture fixture;

static int set_up(void **state UNUSED)
{
	static const struct schema schema = { "s3", s3_schema };

	given_folder(&fixture);
	return open_with(&fixture, &schema) ? 0 : -1;
}

static int tear_down(void **state UNUSED)
{
	end(&fixture);
	return 0;
}

/* A bucket and a caller; "" is the anonymous one. */
struct given {
	const char *statements; /* with ' for "; NULL: no policy */
	enum s3_ownership ownership;
	unsigned public_access;
	const char *bucket_acl, *object_acl; /* canned */
	const char *object_owner;
	const char *caller;
	const struct request *request;
};

struct world {
	struct arena arena;
	struct call call;
	struct bucket bucket;
	struct object object;
	str policy;
};

static bool write_bucket(struct db *db, void *arg)
{
	struct world *w = arg;
	struct bucket *b = &w->bucket;

	b->id = s3_next(db);
	db_run(db,
	       "INSERT INTO s3_bucket (id, name, account, region, created, versioning, object_lock, "
	       "ownership, public_access, documents, acl) VALUES (?, ?, ?, ?, 0, 0, 0, ?, ?, 0, ?)",
	       db_int(b->id), db_text(arena_printf(&w->arena, "bucket%lld", (long long)b->id)),
	       db_text(b->account), db_text(b->location), db_int(b->ownership),
	       db_int(b->public_access), db_text(b->acl));
	if (w->policy.p)
		s3_document_set_text(db, b, S3_POLICY, w->policy);
	return true;
}

static str policy_of(struct arena *a, const char *statements)
{
	str text = arena_printf(a, "{'Version':'2012-10-17','Statement':[%s]}", statements);

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\'')
			((char *)text.p)[i] = '"';
	return text;
}

static str acl_text(struct world *w, const char *canned, const char *owner)
{
	str id = acl_canonical_id(&w->arena, str_from(owner));
	struct acl acl;

	expect(!acl_from_canned(&w->arena, str_from(canned), id,
	                        acl_canonical_id(&w->arena, STR(OWNER)), &acl));
	return acl_to_text(&w->arena, &acl);
}

static void given_world(struct world *w, const struct given *g)
{
	const char *object_owner = g->object_owner ? g->object_owner : OWNER;

	*w = (struct world){ .call = { .region = STR("us-east-1"), .request = g->request } };
	w->call.arena = &w->arena;
	w->call.db = store_reader(fixture.store);
	w->call.identity = (struct identity){
		.anonymous = !*g->caller,
		.root = *g->caller,
		.account = *g->caller ? str_from(g->caller) : STR(OWNER),
		.user_id = str_from(g->caller),
		.arn = arena_printf(&w->arena, "arn:aws:iam::%s:root", g->caller),
	};
	w->bucket = (struct bucket){ .name = STR("bucket"),
		                     .account = STR(OWNER),
		                     .region = STR("us-east-1"),
		                     .location = STR("us-east-1"),
		                     .ownership = g->ownership,
		                     .public_access = g->public_access };
	w->bucket.acl = acl_text(w, g->bucket_acl ? g->bucket_acl : "private", OWNER);
	w->object = (struct object){ .sequence = 1,
		                     .owner = str_from(object_owner),
		                     .key = STR("key"),
		                     .tags = STR("open=yes&a%20b=c%2Fd") };
	if (g->object_acl)
		w->object.acl = acl_text(w, g->object_acl, object_owner);
	if (g->statements)
		w->policy = policy_of(&w->arena, g->statements);
	expect_int(store_write_wait(fixture.store, write_bucket, w), DB_OK);
}

static void end_world(struct world *w)
{
	store_read_end(w->call.db);
	arena_release(&w->arena);
}

static bool may(const struct given *g, const struct s3_want *want)
{
	struct world w;
	struct s3_want asked = *want;
	bool allowed;

	given_world(&w, g);
	if (asked.of_object)
		asked.object = &w.object;
	allowed = s3_allows(&w.call, &w.bucket, &asked);
	end_world(&w);
	return allowed;
}

static bool may_read(const struct given *g)
{
	struct s3_want want = { .action = "s3:GetObject",
		                .key = STR("key"),
		                .permission = ACL_READ,
		                .of_object = true };

	return may(g, &want);
}

static bool may_list(const struct given *g)
{
	struct s3_want want = { .action = "s3:ListBucket", .permission = ACL_READ };

	return may(g, &want);
}

#define READ(...) may_read(&(struct given){ __VA_ARGS__ })
#define LIST(...) may_list(&(struct given){ __VA_ARGS__ })

TEST(access_without_a_policy_is_the_owners)
{
	expect(READ(.caller = OWNER));
	expect(!READ(.caller = OTHER));
	expect(!READ(.caller = ""));
	expect(LIST(.caller = OWNER));
	expect(!LIST(.caller = OTHER));
	expect(!LIST(.caller = ""));
}

TEST(access_by_a_policy_is_for_whom_and_what_it_names)
{
	static const char open[] = ALLOW(EVERYONE, "s3:GetObject", OBJECTS);
	static const char other[] = ALLOW(TO_OTHER, "s3:GetObject", OBJECTS);

	expect(READ(open, .caller = ""));
	expect(READ(open, .caller = OTHER));
	expect(READ(open, .caller = OWNER));
	expect(!LIST(open, .caller = ""));
	expect(READ(other, .caller = OTHER));
	expect(!READ(other, .caller = ""));
	expect(!READ(ALLOW(EVERYONE, "s3:GetObject", "arn:aws:s3:::bucket/other"), .caller = ""));
}

TEST(access_that_a_policy_denies_is_denied_to_the_owner)
{
	static const char closed[] = DENY(EVERYONE, "s3:*", OBJECTS);
	static const struct given owner = { DENY(EVERYONE, "s3:*", BUCKET), .caller = OWNER };
	static const struct given other = { ALLOW(EVERYONE, "s3:*", BUCKET) "," DENY(
						    EVERYONE, "s3:PutBucketPolicy", BUCKET),
		                            .caller = OTHER };
	static const char *const repairs[] = { "s3:GetBucketPolicy", "s3:PutBucketPolicy",
		                               "s3:DeleteBucketPolicy" };

	expect(!READ(closed, .caller = OWNER));
	expect(LIST(closed, .caller = OWNER));
	expect(!may(&owner, &(struct s3_want){ .action = "s3:GetBucketPolicyStatus" }));
	for (size_t i = 0; i < ARRAY_LEN(repairs); i++)
		expect(may(&owner, &(struct s3_want){ .action = repairs[i] }));
	expect(!may(&other, &(struct s3_want){ .action = "s3:PutBucketPolicy" }));
	expect(may(&other, &(struct s3_want){ .action = "s3:GetBucketAcl" }));
}

TEST(access_by_lists_needs_a_bucket_that_takes_them)
{
	expect(READ(.ownership = S3_OBJECT_WRITER, .object_acl = "public-read", .caller = ""));
	expect(!READ(.ownership = S3_BUCKET_OWNER_ENFORCED, .object_acl = "public-read",
	             .caller = ""));
	expect(!READ(.ownership = S3_OBJECT_WRITER, .object_acl = "authenticated-read",
	             .caller = ""));
	expect(READ(.ownership = S3_OBJECT_WRITER, .object_acl = "authenticated-read",
	            .caller = OTHER));
	expect(!READ(.ownership = S3_OBJECT_WRITER, .bucket_acl = "public-read", .caller = ""));
	expect(LIST(.ownership = S3_OBJECT_WRITER, .bucket_acl = "public-read", .caller = ""));
	expect(!READ(DENY(EVERYONE, "s3:GetObject", OBJECTS), .ownership = S3_OBJECT_WRITER,
	             .object_acl = "public-read", .caller = ""));
}

TEST(access_to_anothers_object_is_by_its_list)
{
	static const char open[] = ALLOW(EVERYONE, "s3:GetObject", OBJECTS);

	expect(READ(.ownership = S3_OBJECT_WRITER, .object_owner = OTHER, .caller = OTHER));
	expect(!READ(.ownership = S3_OBJECT_WRITER, .object_owner = OTHER, .caller = OWNER));
	expect(!READ(open, .ownership = S3_OBJECT_WRITER, .object_owner = OTHER, .caller = OWNER));
	expect(!READ(open, .ownership = S3_OBJECT_WRITER, .object_owner = OTHER, .caller = ""));
	expect(READ(.ownership = S3_OBJECT_WRITER, .object_owner = OTHER, .caller = OWNER,
	            .object_acl = "bucket-owner-full-control"));
	expect(!READ(DENY(EVERYONE, "s3:GetObject", OBJECTS), .ownership = S3_OBJECT_WRITER,
	             .object_owner = OTHER, .caller = OTHER));
	expect(READ(.ownership = S3_BUCKET_OWNER_ENFORCED, .object_owner = OTHER, .caller = OWNER));
}

TEST(access_that_is_public_can_be_blocked)
{
	static const char open[] = ALLOW(EVERYONE, "s3:*", OBJECTS);
	static const char other[] = ALLOW(TO_OTHER, "s3:*", OBJECTS);

	expect(!READ(open, .public_access = S3_RESTRICT_PUBLIC_BUCKETS, .caller = ""));
	expect(!READ(open, .public_access = S3_RESTRICT_PUBLIC_BUCKETS, .caller = OTHER));
	expect(READ(open, .public_access = S3_RESTRICT_PUBLIC_BUCKETS, .caller = OWNER));
	expect(READ(other, .public_access = S3_RESTRICT_PUBLIC_BUCKETS, .caller = OTHER));
	expect(!READ(.ownership = S3_OBJECT_WRITER, .public_access = S3_IGNORE_PUBLIC_ACLS,
	             .object_acl = "public-read", .caller = ""));
	expect(!READ(.ownership = S3_OBJECT_WRITER, .public_access = S3_IGNORE_PUBLIC_ACLS,
	             .object_acl = "authenticated-read", .caller = OTHER));
}

#define ON(condition)                                                                         \
	"{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'" OBJECTS "'," \
	"'Condition':" condition "}"

TEST(access_conditions_ask_the_request)
{
	static const struct header headers[] = { { STR_INIT("Referer"), STR_INIT("https://a/") },
		                                 { STR_INIT("X-Amz-Meta-A"), STR_INIT("b") } };
	static const struct request request = { .method = STR_INIT("GET"),
		                                .query = STR_INIT("prefix=a%2Fb&max-keys=7"),
		                                .headers = headers,
		                                .header_count = ARRAY_LEN(headers),
		                                .peer = STR_INIT("127.0.0.1") };
	static const struct {
		const char *statement;
		bool allowed;
	} rows[] = {
		{ ON("{'IpAddress':{'aws:SourceIp':'127.0.0.0/8'}}"), true },
		{ ON("{'IpAddress':{'aws:SourceIp':'192.0.2.0/24'}}"), false },
		{ ON("{'StringLike':{'aws:Referer':'https://a/*'}}"), true },
		{ ON("{'StringEquals':{'s3:x-amz-meta-a':'b'}}"), true },
		{ ON("{'StringEquals':{'s3:prefix':'a/b'}}"), true },
		{ ON("{'NumericLessThan':{'s3:max-keys':'8'}}"), true },
		{ ON("{'Null':{'s3:delimiter':'true'}}"), true },
		{ ON("{'Bool':{'aws:SecureTransport':'true'}}"), false },
		{ ON("{'StringEquals':{'s3:ExistingObjectTag/open':'yes'}}"), true },
		{ ON("{'StringEquals':{'s3:ExistingObjectTag/a b':'c/d'}}"), true },
		{ ON("{'StringEquals':{'s3:ExistingObjectTag/open':'no'}}"), false },
		{ ON("{'DateGreaterThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}}"), false },
		{ ON("{'Null':{'s3:signatureversion':'true'}}"), true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct given g = { rows[i].statement, .caller = "", .request = &request };

		if (may_read(&g) != rows[i].allowed)
			fail_msg("%s", rows[i].statement);
	}
}

TEST(access_conditions_ask_the_tags_that_come)
{
	static const struct given g = {
		"{'Effect':'Allow','Principal':'*','Action':'s3:PutObject','Resource':'" OBJECTS
		"','Condition':{'StringEquals':{'s3:RequestObjectTag/team':'zoo'},"
		"'ForAllValues:StringEquals':{'s3:RequestObjectTagKeys':['team','name']}}}",
		.caller = "",
	};
	struct s3_want want = { .action = "s3:PutObject", .key = STR("key") };

	want.tags = STR("team=zoo");
	expect(may(&g, &want));
	want.tags = STR("team=zoo&name=x");
	expect(may(&g, &want));
	want.tags = STR("team=zoo&color=x");
	expect(!may(&g, &want));
	want.tags = STR_NULL;
	expect(!may(&g, &want));
}

TEST(access_of_a_new_object_belongs_to_whom_ownership_says)
{
	static const struct {
		enum s3_ownership ownership;
		const char *canned, *caller, *owner;
	} rows[] = {
		{ S3_BUCKET_OWNER_ENFORCED, NULL, OTHER, OWNER },
		{ S3_BUCKET_OWNER_PREFERRED, NULL, OTHER, OTHER },
		{ S3_BUCKET_OWNER_PREFERRED, "bucket-owner-full-control", OTHER, OWNER },
		{ S3_OBJECT_WRITER, "bucket-owner-full-control", OTHER, OTHER },
		{ S3_OBJECT_WRITER, NULL, "", "anonymous" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct given g = { .ownership = rows[i].ownership, .caller = rows[i].caller };
		struct world w;

		given_world(&w, &g);
		expect_str(s3_owner_of_new(&w.call, &w.bucket, str_from(rows[i].canned)),
		           rows[i].owner);
		end_world(&w);
	}
}

TEST(access_lists_are_taken_where_ownership_lets_them)
{
	static const struct {
		enum s3_ownership ownership;
		unsigned public_access;
		const char *canned, *code;
	} rows[] = {
		{ S3_BUCKET_OWNER_ENFORCED, 0, NULL, NULL },
		{ S3_BUCKET_OWNER_ENFORCED, 0, "bucket-owner-full-control", NULL },
		{ S3_BUCKET_OWNER_ENFORCED, 0, "private", "AccessControlListNotSupported" },
		{ S3_BUCKET_OWNER_ENFORCED, 0, "public-read", "AccessControlListNotSupported" },
		{ S3_OBJECT_WRITER, 0, "public-read", NULL },
		{ S3_OBJECT_WRITER, S3_BLOCK_PUBLIC_ACLS, "public-read", "AccessDenied" },
		{ S3_OBJECT_WRITER, S3_BLOCK_PUBLIC_ACLS, "private", NULL },
		{ S3_OBJECT_WRITER, 0, "fake", "InvalidArgument" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct given g = { .ownership = rows[i].ownership,
			           .public_access = rows[i].public_access,
			           .caller = OWNER };
		struct acl_headers none = { 0 };
		struct world w;
		str text;
		err e;

		given_world(&w, &g);
		e = s3_acl_of_headers(&w.call, &w.bucket, g.ownership, str_from(rows[i].canned),
		                      &none, &text);
		if (e)
			expect_str(error_code(e), rows[i].code);
		else
			expect(!rows[i].code);
		end_world(&w);
	}
}

TESTS_WITH(set_up, tear_down,
           {
		   RUN(access_without_a_policy_is_the_owners),
		   RUN(access_by_a_policy_is_for_whom_and_what_it_names),
		   RUN(access_that_a_policy_denies_is_denied_to_the_owner),
		   RUN(access_by_lists_needs_a_bucket_that_takes_them),
		   RUN(access_to_anothers_object_is_by_its_list),
		   RUN(access_that_is_public_can_be_blocked),
		   RUN(access_conditions_ask_the_request),
		   RUN(access_conditions_ask_the_tags_that_come),
		   RUN(access_of_a_new_object_belongs_to_whom_ownership_says),
		   RUN(access_lists_are_taken_where_ownership_lets_them),
	   })

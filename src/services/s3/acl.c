#include "services/s3/acl.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/str.h"

#define GROUPS "http://acs.amazonaws.com/groups/"

static const str group_uris[] = {
	[ACL_ALL_USERS] = STR_INIT(GROUPS "global/AllUsers"),
	[ACL_AUTHENTICATED_USERS] = STR_INIT(GROUPS "global/AuthenticatedUsers"),
	[ACL_LOG_DELIVERY] = STR_INIT(GROUPS "s3/LogDelivery"),
};

/* In the stored text. */
static const char group_letters[] = {
	[ACL_ALL_USERS] = '*',
	[ACL_AUTHENTICATED_USERS] = '@',
	[ACL_LOG_DELIVERY] = '^',
};

static const struct permission {
	enum acl_permission permission;
	char letter; /* in the stored text */
	str name;
} permissions[] = {
	{ ACL_READ, 'r', STR_INIT("READ") },
	{ ACL_WRITE, 'w', STR_INIT("WRITE") },
	{ ACL_READ_ACP, 'a', STR_INIT("READ_ACP") },
	{ ACL_WRITE_ACP, 'c', STR_INIT("WRITE_ACP") },
	{ ACL_FULL_CONTROL, 'f', STR_INIT("FULL_CONTROL") },
};

/* The account from which EC2 reads the images of instances, as AWS's documentation has it. */
#define EC2_IMAGES "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"

static const struct canned {
	str name;
	struct {
		enum acl_permission permission;
		enum acl_grantee grantee;
		bool to_bucket_owner, to_ec2;
	} grants[2]; /* beside the owner's; permission 0 is none */
} canned_lists[] = {
	{ STR_INIT("private"), { { 0 } } },
	{ STR_INIT("public-read"), { { ACL_READ, ACL_ALL_USERS } } },
	{ STR_INIT("public-read-write"),
	  { { ACL_READ, ACL_ALL_USERS }, { ACL_WRITE, ACL_ALL_USERS } } },
	{ STR_INIT("authenticated-read"), { { ACL_READ, ACL_AUTHENTICATED_USERS } } },
	{ STR_INIT("bucket-owner-read"), { { ACL_READ, ACL_USER, .to_bucket_owner = true } } },
	{ STR_INIT("bucket-owner-full-control"),
	  { { ACL_FULL_CONTROL, ACL_USER, .to_bucket_owner = true } } },
	{ STR_INIT("log-delivery-write"),
	  { { ACL_WRITE, ACL_LOG_DELIVERY }, { ACL_READ_ACP, ACL_LOG_DELIVERY } } },
	{ STR_INIT("aws-exec-read"), { { ACL_READ, ACL_USER, .to_ec2 = true } } },
};

str acl_canonical_id(struct arena *a, str account)
{
	str named = arena_join(a, STR("canonical user of "), account);
	unsigned char hash[SHA256_SIZE];
	char *hex = arena_alloc(a, CANONICAL_ID_SIZE);

	digest_of(DIGEST_SHA256, named, hash);
	hex_to(hex, hash, sizeof(hash));
	return (str){ hex, CANONICAL_ID_SIZE };
}

static bool is_canonical_id(str id)
{
	unsigned char bytes[CANONICAL_ID_SIZE / 2];

	return hex_decode(id, bytes, sizeof(bytes));
}

static bool group_of(str uri, enum acl_grantee *ret)
{
	for (size_t i = ACL_ALL_USERS; i < ARRAY_LEN(group_uris); i++)
		if (str_eq(uri, group_uris[i])) {
			*ret = (enum acl_grantee)i;
			return true;
		}
	return false;
}

static void add(struct arena *a, struct acl *acl, struct acl_grant grant)
{
	if (acl->count == acl->capacity)
		acl->grants = arena_grow(a, acl->grants, &acl->capacity, sizeof(*acl->grants));
	acl->grants[acl->count++] = grant;
}

static struct refusal *refuse_argument(struct arena *a, const char *message, str name, str value)
{
	struct refusal *r = refuse(a, 400, "InvalidArgument", "%s", message);

	refusal_with(r, "ArgumentName", name);
	return refusal_with(r, "ArgumentValue", refusal_excerpt(value));
}

static struct refusal *refuse_malformed(struct arena *a)
{
	return refuse(a, 400, "MalformedACLError",
	              "The XML you provided was not well-formed or did not validate against our "
	              "published schema");
}

/* Since October 2025 nobody can be named by e-mail address any more; S3 answers 405. */
static struct refusal *refuse_email(struct arena *a)
{
	return refuse(a, 405, "MethodNotAllowed",
	              "The specified method is not allowed against this resource.");
}

const struct refusal *acl_from_canned(struct arena *a, str name, str owner, str bucket_owner,
                                      struct acl *ret)
{
	const struct canned *list = NULL;
	struct acl acl = { .owner = owner };

	for (size_t i = 0; i < ARRAY_LEN(canned_lists) && !list; i++)
		if (str_eq(name.n ? name : STR("private"), canned_lists[i].name))
			list = &canned_lists[i];
	if (!list) /* S3 says nothing more here, indeed */
		return refuse_argument(a, "", STR("x-amz-acl"), name);
	add(a, &acl, (struct acl_grant){ ACL_USER, ACL_FULL_CONTROL, owner });
	for (size_t i = 0; i < ARRAY_LEN(list->grants) && list->grants[i].permission; i++) {
		if (list->grants[i].to_bucket_owner && str_eq(owner, bucket_owner))
			continue;
		add(a, &acl,
		    (struct acl_grant){ list->grants[i].grantee, list->grants[i].permission,
		                        list->grants[i].to_bucket_owner ? bucket_owner
		                        : list->grants[i].to_ec2        ? STR(EC2_IMAGES)
		                                                        : STR_NULL });
	}
	*ret = acl;
	return NULL;
}

/* KIND=VALUE, the value in quotes or not. */
static const struct refusal *read_grantee(struct arena *a, str header, str text,
                                          struct acl_grant *ret)
{
	str value = text, kind = str_trim(str_cut(&value, '='));

	value = str_trim(value);
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = str_from_to(value, 1, value.n - 1);
	if (str_eq_nocase(kind, STR("emailAddress")))
		return refuse_email(a);
	if (str_eq_nocase(kind, STR("uri"))) {
		if (!group_of(value, &ret->grantee))
			return refuse_argument(a, "Invalid group uri", STR("uri"), value);
		return NULL;
	}
	if (str_eq_nocase(kind, STR("id"))) {
		if (!is_canonical_id(value))
			return refuse_argument(a, "Invalid id", STR("id"), value);
		ret->grantee = ACL_USER;
		ret->id = value;
		return NULL;
	}
	return refuse_argument(a, "Argument format not recognized", header, text);
}

bool acl_has_headers(const struct acl_headers *h)
{
	return h->full_control.p || h->read.p || h->read_acp.p || h->write.p || h->write_acp.p;
}

const struct refusal *acl_from_headers(struct arena *a, const struct acl_headers *h, str owner,
                                       struct acl *ret)
{
	const struct {
		enum acl_permission permission;
		str name, value;
	} headers[] = {
		{ ACL_READ, STR("x-amz-grant-read"), h->read },
		{ ACL_WRITE, STR("x-amz-grant-write"), h->write },
		{ ACL_READ_ACP, STR("x-amz-grant-read-acp"), h->read_acp },
		{ ACL_WRITE_ACP, STR("x-amz-grant-write-acp"), h->write_acp },
		{ ACL_FULL_CONTROL, STR("x-amz-grant-full-control"), h->full_control },
	};
	struct acl acl = { .owner = owner };

	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		str rest = headers[i].value;

		while (rest.p) {
			struct acl_grant grant = { .permission = headers[i].permission };
			str text = str_trim(str_cut(&rest, ','));
			const struct refusal *r = read_grantee(a, headers[i].name, text, &grant);

			if (r)
				return r;
			if (acl.count == ACL_MAX_GRANTS)
				return refuse_malformed(a);
			add(a, &acl, grant);
		}
	}
	*ret = acl;
	return NULL;
}

static const struct refusal *read_grant(struct arena *a, const struct s3_grant *in,
                                        struct acl_grant *ret)
{
	const struct s3_grantee *g = in->grantee;

	for (size_t i = 0; i < ARRAY_LEN(permissions); i++)
		if (str_eq(in->permission, permissions[i].name))
			ret->permission = permissions[i].permission;
	if (!ret->permission || !g)
		return refuse_malformed(a);
	if (str_eq(g->type, STR("AmazonCustomerByEmail")))
		return refuse_email(a);
	if (str_eq(g->type, STR("Group"))) {
		if (!g->uri.p)
			return refuse_malformed(a);
		if (!group_of(g->uri, &ret->grantee))
			return refuse_argument(a, "Invalid group uri", STR("Group/URI"), g->uri);
		return NULL;
	}
	if (!str_eq(g->type, STR("CanonicalUser")) || !g->id.p)
		return refuse_malformed(a);
	if (!is_canonical_id(g->id))
		return refuse_argument(a, "Invalid id", STR("CanonicalUser/ID"), g->id);
	ret->grantee = ACL_USER;
	ret->id = g->id;
	return NULL;
}

const struct refusal *acl_from_policy(struct arena *a,
                                      const struct s3_access_control_policy *policy, str owner,
                                      struct acl *ret)
{
	struct acl acl = { .owner = owner };

	if (!policy || !policy->owner || !policy->grants.items)
		return refuse_malformed(a);
	if (!is_canonical_id(policy->owner->id))
		return refuse_argument(a, "Invalid id", STR("CanonicalUser/ID"), policy->owner->id);
	if (!str_eq(policy->owner->id, owner))
		return refuse(a, 403, "AccessDenied", "Access Denied");
	if (policy->grants.n > ACL_MAX_GRANTS)
		return refuse_malformed(a);
	for (size_t i = 0; i < policy->grants.n; i++) {
		struct acl_grant grant = { 0 };
		const struct refusal *r = read_grant(a, &policy->grants.items[i], &grant);

		if (r)
			return r;
		add(a, &acl, grant);
	}
	*ret = acl;
	return NULL;
}

static const struct permission *permission_of(enum acl_permission permission)
{
	size_t i = 0;

	while (permissions[i].permission != permission)
		i++;
	return &permissions[i];
}

struct s3_owner *acl_to_owner(struct arena *a, const struct acl *acl)
{
	struct s3_owner *owner = arena_new(a, struct s3_owner);

	owner->id = acl->owner;
	return owner;
}

struct s3_grants acl_to_grants(struct arena *a, const struct acl *acl)
{
	struct s3_grants out = { arena_array(a, struct s3_grant, MAX(acl->count, 1)), acl->count };

	for (size_t i = 0; i < acl->count; i++) {
		const struct acl_grant *grant = &acl->grants[i];
		struct s3_grantee *g = arena_new(a, struct s3_grantee);

		if (grant->grantee == ACL_USER) {
			g->type = STR("CanonicalUser");
			g->id = grant->id;
		} else {
			g->type = STR("Group");
			g->uri = group_uris[grant->grantee];
		}
		out.items[i].grantee = g;
		out.items[i].permission = permission_of(grant->permission)->name;
	}
	return out;
}

/* OWNER, then for each grant a space, the permission's letter, and an id or a group's letter. */
str acl_to_text(struct arena *a, const struct acl *acl)
{
	struct buf b;

	buf_init(&b, a, CANONICAL_ID_SIZE + acl->count * (CANONICAL_ID_SIZE + 2));
	buf_put(&b, acl->owner);
	for (size_t i = 0; i < acl->count; i++) {
		const struct acl_grant *grant = &acl->grants[i];

		buf_putc(&b, ' ');
		buf_putc(&b, permission_of(grant->permission)->letter);
		if (grant->grantee == ACL_USER)
			buf_put(&b, grant->id);
		else
			buf_putc(&b, group_letters[grant->grantee]);
	}
	return buf_str(&b);
}

static bool read_stored_grant(str text, struct acl_grant *ret)
{
	if (text.n < 2)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(permissions); i++)
		if (text.p[0] == permissions[i].letter)
			ret->permission = permissions[i].permission;
	text = str_after(text, 1);
	for (size_t i = ACL_ALL_USERS; i < ARRAY_LEN(group_letters); i++)
		if (text.n == 1 && text.p[0] == group_letters[i])
			ret->grantee = (enum acl_grantee)i;
	if (ret->grantee == ACL_USER)
		ret->id = text;
	return ret->permission && (ret->grantee != ACL_USER || is_canonical_id(text));
}

bool acl_from_text(struct arena *a, str text, struct acl *ret)
{
	str rest = text;
	struct acl acl = { .owner = str_cut(&rest, ' ') };

	if (!is_canonical_id(acl.owner))
		return false;
	while (rest.p) {
		struct acl_grant grant = { 0 };

		if (!read_stored_grant(str_cut(&rest, ' '), &grant) || acl.count == ACL_MAX_GRANTS)
			return false;
		add(a, &acl, grant);
	}
	*ret = acl;
	return true;
}

static bool is_meant(const struct acl_grant *grant, const struct acl_caller *caller)
{
	switch (grant->grantee) {
	case ACL_USER:
		return caller->id.n && str_eq_nocase(grant->id, caller->id);
	case ACL_ALL_USERS:
		return true;
	case ACL_AUTHENTICATED_USERS:
		return caller->id.n > 0;
	case ACL_LOG_DELIVERY:
		return caller->is_log_delivery;
	}
	return false;
}

bool acl_allows(const struct acl *acl, const struct acl_caller *caller,
                enum acl_permission permission)
{
	if ((permission & (ACL_READ_ACP | ACL_WRITE_ACP)) && caller->id.n &&
	    str_eq(acl->owner, caller->id))
		return true;
	for (size_t i = 0; i < acl->count; i++)
		if ((acl->grants[i].permission & permission) == permission &&
		    is_meant(&acl->grants[i], caller))
			return true;
	return false;
}

bool acl_is_public(const struct acl *acl)
{
	for (size_t i = 0; i < acl->count; i++)
		if (acl->grants[i].grantee == ACL_ALL_USERS ||
		    acl->grants[i].grantee == ACL_AUTHENTICATED_USERS)
			return true;
	return false;
}

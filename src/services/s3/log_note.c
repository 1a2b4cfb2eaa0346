#include "base/str.h"
#include "services/s3/access_log.h"
#include "services/s3/acl.h"

static struct s3_note *find(const struct call *c, const struct bucket *b)
{
	struct s3_note *n = c->note;

	while (n && n->bucket.id != b->id)
		n = n->next;
	return n;
}

/* Whatever is read here must live until the call is over: rows do not, the arena does. */
void s3_note_bucket(struct call *c, const struct bucket *b)
{
	const struct s3_bucket_logging_status *status;
	struct s3_note *n;

	if (!s3_bucket_has(b, S3_LOGGING) || find(c, b))
		return;
	status = s3_document(c->db, c->arena, b, S3_LOGGING);
	if (!status || !status->logging_enabled)
		return;
	n = arena_new(c->arena, struct s3_note);
	*n = (struct s3_note){
		.bucket = *b, .target = status->logging_enabled, .size = -1, .next = c->note
	};
	c->note = n;
}

void s3_note_object(struct call *c, const struct bucket *b, int64_t size, str version_id)
{
	struct s3_note *n = s3_bucket_has(b, S3_LOGGING) ? find(c, b) : NULL;

	if (!n)
		return;
	n->size = size;
	n->version_id = version_id;
}

void s3_note_acl(struct call *c, const struct bucket *b)
{
	struct s3_note *n = s3_bucket_has(b, S3_LOGGING) ? find(c, b) : NULL;

	if (n)
		n->acl_was_needed = true;
}

const struct refusal *s3_log_acl(struct arena *a, const struct s3_logging_enabled *target,
                                 str account, str *ret)
{
	str id = acl_canonical_id(a, account);
	struct s3_owner owner = { .id = id };
	struct s3_access_control_policy policy = { .owner = &owner };
	size_t n = target->target_grants.n;
	struct s3_grant *grants = arena_array(a, struct s3_grant, n + 1);
	struct s3_grantee self = { .type = STR("CanonicalUser"), .id = id };
	const struct refusal *refusal;
	struct acl acl;

	*ret = STR_NULL;
	if (!n)
		return NULL;
	for (size_t i = 0; i < n; i++)
		grants[i] = (struct s3_grant){ target->target_grants.items[i].grantee,
			                       target->target_grants.items[i].permission };
	grants[n] = (struct s3_grant){ &self, STR("FULL_CONTROL") };
	policy.grants = (struct s3_grants){ grants, n + 1 };
	refusal = acl_from_policy(a, &policy, id, &acl);
	if (!refusal)
		*ret = acl_to_text(a, &acl);
	return refusal;
}

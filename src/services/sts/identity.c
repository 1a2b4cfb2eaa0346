#include "services/sts/sts.h"

/* AWS gives the root user's id as the account's number. No permission is needed: an explicit deny does
 * not keep anybody from it. */
err sts_get_caller_identity(struct call *c, const struct sts_get_caller_identity_in *in,
                            struct sts_get_caller_identity_out *out)
{
	(void)in;
	out->user_id = c->identity.user_id;
	out->account = c->identity.account;
	out->arn = c->identity.arn;
	return NULL;
}

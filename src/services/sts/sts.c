/* AWS Security Token Service: who am I. */
#include "services/sts/sts.h"

static const struct sts_api ops = {
	.get_caller_identity = { sts_get_caller_identity, OP_READ },
};

const struct service sts_service = {
	.model = &sts_model,
	.ops = &ops,
};

/* The handlers of STS, and the one of its structs that the program's entry names. */
#ifndef SERVICES_STS_STS_H
#define SERVICES_STS_STS_H

#include "api/service.h"
#include "models/sts.h"

extern const struct service sts_service;

sts_get_caller_identity_fn sts_get_caller_identity;

#endif

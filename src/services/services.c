#include "services/services.h"

#define SERVICE(name) extern const struct service name##_service;
#include "services/services.def"
#undef SERVICE

const struct service *const services[] = {
#define SERVICE(name) &name##_service,
#include "services/services.def"
#undef SERVICE
	NULL,
};

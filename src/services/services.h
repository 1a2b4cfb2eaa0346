/* The list of services, ended by NULL: made from services.def, handed to the api by the entry. */
#ifndef SERVICES_SERVICES_H
#define SERVICES_SERVICES_H

#include "api/service.h"

extern const struct service *const services[];

#endif

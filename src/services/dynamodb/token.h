/*
 * ClientRequestTokens: what was asked with one in the last ten minutes. A request that comes again with its
 * token has the same success as the first time, without doing anything.
 */
#ifndef SERVICES_DYNAMODB_TOKEN_H
#define SERVICES_DYNAMODB_TOKEN_H

#include "api/call.h"

/* `request` is a fingerprint. False: no such token. True: *ret_reply is what was kept of the reply, or the
 * error (IdempotentParameterMismatchException) is set, for it came with another request. */
bool token_find(struct call *c, str token, str request, str *ret_reply, err *ret_error);

/* Of a request that succeeded; forgets some of the old ones. */
void token_keep(struct call *c, str token, str request, str reply);

#endif

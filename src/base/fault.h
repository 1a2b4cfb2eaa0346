/*
 * One switch makes the n-th write, sync or SQL step of the process fail, in builds made with
 * -Dfaults=true; in others this costs nothing. The environment names it: MENAGERIE_FAULT=write:17,
 * sync:3, sql:40, and MENAGERIE_FAULT=count prints, at exit, how many of each there were. A test
 * may also set it by call.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "base/base.h"

enum fault_kind { FAULT_WRITE, FAULT_SYNC, FAULT_SQL, FAULT_KINDS };

#ifdef MENAGERIE_FAULTS
bool fault_hits(enum fault_kind kind);             /* counts; true on the n-th */
void fault_set(enum fault_kind kind, int64_t nth); /* 1 is the next; 0 is never; counts restart */
int64_t fault_count(enum fault_kind kind);
#else
static inline bool fault_hits(enum fault_kind kind)
{
	(void)kind;
	return false;
}
#endif

#endif

#define PCRE2_CODE_UNIT_WIDTH 8

#include "wire/pattern.h"

#include "base/str.h"

#include <pcre2.h>

enum {
	MATCH_LIMIT =
		100000, /* PCRE2's own measure of backtracking; honest patterns stay below 1,000 */
	HEAP_LIMIT = 1024, /* KiB */
};

static pcre2_code *compile(str text)
{
	int problem;
	PCRE2_SIZE where;

	return pcre2_compile((PCRE2_SPTR)text.p, text.n,
	                     PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF | PCRE2_DOLLAR_ENDONLY,
	                     &problem, &where, NULL);
}

static pcre2_code *compiled_in(void **slot, str text)
{
	void *code = __atomic_load_n(slot, __ATOMIC_ACQUIRE), *expected = NULL;

	if (code)
		return code;
	code = compile(text);
	if (code && !__atomic_compare_exchange_n(slot, &expected, code, false, __ATOMIC_ACQ_REL,
	                                         __ATOMIC_ACQUIRE)) {
		pcre2_code_free(code); /* another thread was first */
		code = expected;
	}
	return code;
}

static pcre2_code *compiled(const struct model *m, uint16_t pattern)
{
	return compiled_in(&m->compiled_patterns[pattern - 1],
	                   model_text(m, m->patterns[pattern - 1].pcre));
}

bool pattern_compiles(const struct model *m, uint16_t pattern)
{
	return compiled(m, pattern) != NULL;
}

static bool matches(const pcre2_code *code, str text)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	int result;

	if (!data || !context)
		abort();
	pcre2_set_match_limit(context, MATCH_LIMIT);
	pcre2_set_heap_limit(context, HEAP_LIMIT);
	result = pcre2_match(code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, data, context);
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	return result >= 0;
}

bool pattern_matches(const struct model *m, uint16_t pattern, str text)
{
	const pcre2_code *code = compiled(m, pattern);

	/* A test keeps that from happening; a check that cannot be made refuses nobody. */
	return !code || matches(code, text);
}

bool own_pattern_matches(struct own_pattern *p, str text)
{
	const pcre2_code *code = compiled_in(&p->compiled, str_from(p->pcre));

	return !code || matches(code, text);
}

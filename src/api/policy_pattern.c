/*
 * Texts of a policy against texts of a request: wildcards and variables.
 *
 * A pattern is a row of runs with a '*' between them. The first run must stand at the start, the
 * last one at the end, and each one between at the first place after the one before: taking the
 * first place never loses a match, so there is nothing to come back to, and a pattern costs at most
 * its length times the text's. A run without '?' is found by memmem, in linear time.
 */
#include "api/policy_parts.h"
#include "base/buf.h"
#include "base/str.h"

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static bool same(char a, char b, bool nocase)
{
	return a == b || (nocase && ascii_lower(a) == ascii_lower(b));
}

/* Whether the run stands at *at, which is then moved behind it. A '?' is one UTF-8 character. */
static bool run_at(str run, str text, size_t *at, bool nocase)
{
	size_t i = *at;

	for (size_t j = 0; j < run.n; j++) {
		if (i == text.n)
			return false;
		if (run.p[j] == POLICY_ANY_ONE)
			while (i + 1 < text.n && is_continuation(text.p[i + 1]))
				i++;
		else if (!same(run.p[j], text.p[i], nocase))
			return false;
		i++;
	}
	*at = i;
	return true;
}

static bool run_at_end(str run, str text, bool nocase)
{
	size_t i = text.n;

	for (size_t j = run.n; j-- > 0;) {
		if (i == 0)
			return false;
		i--;
		if (run.p[j] == POLICY_ANY_ONE)
			while (i > 0 && is_continuation(text.p[i]))
				i--;
		else if (!same(run.p[j], text.p[i], nocase))
			return false;
	}
	return true;
}

/* Removes from the text all up to the end of the first place where the run stands. */
static bool take_run(str run, str *text, bool nocase)
{
	if (!nocase && str_find(run, POLICY_ANY_ONE, 0) < 0) {
		ptrdiff_t found = str_find_str(*text, run, 0);

		if (found >= 0)
			*text = str_after(*text, (size_t)found + run.n);
		return found >= 0;
	}
	for (size_t start = 0; start <= text->n; start++) {
		size_t end = start;

		if (run_at(run, *text, &end, nocase)) {
			*text = str_after(*text, end);
			return true;
		}
	}
	return false;
}

bool policy_glob(str pattern, str text, bool nocase)
{
	ptrdiff_t any = str_find(pattern, POLICY_ANY_RUN, 0);
	size_t at = 0;

	if (any < 0)
		return run_at(pattern, text, &at, nocase) && at == text.n;
	if (!run_at(str_from_to(pattern, 0, (size_t)any), text, &at, nocase))
		return false;
	text = str_after(text, at);
	pattern = str_after(pattern, (size_t)any + 1);
	while ((any = str_find(pattern, POLICY_ANY_RUN, 0)) >= 0) {
		if (!take_run(str_from_to(pattern, 0, (size_t)any), &text, nocase))
			return false;
		pattern = str_after(pattern, (size_t)any + 1);
	}
	return run_at_end(pattern, text, nocase);
}

static bool glob_arn(str pattern, str text)
{
	if (pattern.n == 1 && pattern.p[0] == POLICY_ANY_RUN)
		return true;
	for (int i = 0; i < 5; i++) {
		str pattern_part = str_cut(&pattern, ':');
		str text_part = str_cut(&text, ':');

		if (!pattern.p || !text.p || !policy_glob(pattern_part, text_part, false))
			return false;
	}
	return policy_glob(pattern, text, false);
}

/* How long the variable is that s starts with, "${...}" with a default that may have any characters
 * between its quotes; 0 when it is none. */
static size_t variable_length(str s)
{
	bool quoted = false;

	for (size_t i = 2; i < s.n; i++) {
		if (s.p[i] == '\'')
			quoted = !quoted;
		else if (s.p[i] == '}' && !quoted)
			return i + 1;
	}
	return 0;
}

/* The next variable at or after `from`; its offset, or -1. */
static ptrdiff_t find_variable(str s, size_t from, size_t *ret_length)
{
	ptrdiff_t at = str_find_str(s, STR("${"), from);

	if (at < 0)
		return -1;
	*ret_length = variable_length(str_after(s, (size_t)at));
	return *ret_length ? at : -1; /* one that does not end has no other behind it */
}

void policy_pattern_compile(struct arena *a, struct policy_pattern *p, bool variables,
                            bool wildcards)
{
	size_t from = 0, length = 0;
	ptrdiff_t variable = variables ? find_variable(p->text, 0, &length) : -1;
	char *text;

	p->variables = variable >= 0;
	if (!wildcards || (str_find(p->text, '*', 0) < 0 && str_find(p->text, '?', 0) < 0))
		return;
	text = arena_alloc(a, p->text.n);
	memcpy(text, p->text.p, p->text.n);
	while (from < p->text.n) {
		size_t to = variable >= 0 ? (size_t)variable : p->text.n;

		for (size_t i = from; i < to; i++)
			if (text[i] == '*')
				text[i] = POLICY_ANY_RUN;
			else if (text[i] == '?')
				text[i] = POLICY_ANY_ONE;
		from = to + length;
		if (variable >= 0)
			variable = find_variable(p->text, from, &length);
		else
			break;
	}
	p->text = (str){ text, p->text.n };
}

/*
 * What stands for the inside of a ${...}. The three that are one punctuation character stand for
 * themselves; a key that is absent or has several values has the default behind the comma, if any.
 */
static bool variable_value(str inside, const struct policy_request *q, str *ret)
{
	str rest = inside;
	str name = str_trim(str_cut(&rest, ','));
	struct policy_key_values key;

	if (inside.n == 1 && memchr("*?$", inside.p[0], 3)) {
		*ret = inside;
		return true;
	}
	if (policy_find_key(q, name, &key) && key.count == 1) {
		*ret = key.values[0];
		return true;
	}
	rest = str_trim(rest);
	if (rest.n < 2 || rest.p[0] != '\'' || rest.p[rest.n - 1] != '\'')
		return false;
	*ret = str_from_to(rest, 1, rest.n - 1);
	return true;
}

static size_t count_colons(str s)
{
	size_t colons = 0;

	for (size_t i = 0; i < s.n; i++)
		colons += s.p[i] == ':';
	return colons;
}

/*
 * Fills in the variables. A value is only characters: one that has a wildcard byte, which no UTF-8
 * has, or, in an ARN, a colon that would shift its parts, matches nothing.
 */
static bool expand(str pattern, bool is_arn, const struct policy_request *q, struct buf *out)
{
	size_t from = 0, length = 0, colons = 0;
	ptrdiff_t at;

	while ((at = find_variable(pattern, from, &length)) >= 0) {
		str literal = str_from_to(pattern, from, (size_t)at);
		str inside = str_from_to(pattern, (size_t)at + 2, (size_t)at + length - 1);
		str value;

		if (!variable_value(inside, q, &value) || str_find(value, POLICY_ANY_RUN, 0) >= 0 ||
		    str_find(value, POLICY_ANY_ONE, 0) >= 0)
			return false;
		colons += count_colons(literal);
		if (is_arn && colons < 5 && str_find(value, ':', 0) >= 0)
			return false;
		buf_put(out, literal);
		buf_put(out, value);
		from = (size_t)at + length;
	}
	buf_put(out, str_after(pattern, from));
	return !out->overflow;
}

static bool matches(str pattern, str text, enum policy_match how)
{
	switch (how) {
	case MATCH_EQUALS:
		return str_eq(pattern, text);
	case MATCH_EQUALS_NOCASE:
		return str_eq_nocase(pattern, text);
	case MATCH_ACTION:
		return policy_glob(pattern, text, /* nocase= */ true);
	case MATCH_LIKE:
	case MATCH_RESOURCE:
		return policy_glob(pattern, text, /* nocase= */ false);
	case MATCH_ARN:
		return glob_arn(pattern, text);
	}
	return false;
}

/* What an expanded pattern has beside its wildcards cannot be longer than the text, so neither can
 * the values that are worth filling in: the buffer's limit is the end of a value too long. */
bool policy_pattern_matches(const struct policy_pattern *p, str text, enum policy_match how,
                            const struct policy_request *q)
{
	CLEANUP(buf_release) struct buf expanded;

	buf_init(&expanded, NULL, p->text.n + text.n);
	if (!p->variables)
		return matches(p->text, text, how);
	return expand(p->text, how == MATCH_ARN || how == MATCH_RESOURCE, q, &expanded) &&
	       matches(buf_str(&expanded), text, how);
}

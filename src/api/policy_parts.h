/*
 * What the files of api/policy share. Nobody else includes this.
 */
#ifndef API_POLICY_PARTS_H
#define API_POLICY_PARTS_H

#include "api/policy.h"

#include <stdarg.h>

/*
 * Parsing has two steps: policy_parse.c reads the grammar into a draft, in which all texts are
 * still as written; policy_check.c applies the rules and compiles the texts. That way the errors
 * come in AWS's order, not in the document's.
 */

enum policy_field {
	FIELD_SID = 1 << 0,
	FIELD_EFFECT = 1 << 1,
	FIELD_PRINCIPAL = 1 << 2, /* and NotPrincipal; so with the next two */
	FIELD_ACTION = 1 << 3,
	FIELD_RESOURCE = 1 << 4,
	FIELD_CONDITION = 1 << 5,
};

struct policy_draft_statement {
	struct policy_statement statement;
	unsigned fields; /* present; enum policy_field */
	str effect;
};

struct policy_draft {
	struct arena *arena;
	const struct policy_rules *rules;
	str id, version;
	struct policy_draft_statement *statements;
	size_t count, capacity;
	size_t values; /* all items of all lists */
	struct policy_error error;
};

/* Sets the draft's error, and is false. */
bool policy_refuse(struct policy_draft *d, enum policy_error_code code, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* The same for what IAM has one message for: an identity's policy has "Syntax errors in policy." */
bool policy_refuse_syntax(struct policy_draft *d, enum policy_error_code code, const char *format,
                          ...) PRINTF_LIKE(3, 4);

/* The rules: policy_check asks the one for its kind, then compiles. */
bool policy_check(struct policy_draft *d);
bool policy_check_identity(struct policy_draft *d);
bool policy_check_resource(struct policy_draft *d);
bool policy_check_version(struct policy_draft *d);
bool policy_check_unique_sids(struct policy_draft *d, const char *message);

/*
 * Patterns.
 */

enum policy_match {
	MATCH_EQUALS,
	MATCH_EQUALS_NOCASE,
	MATCH_LIKE,
	MATCH_ACTION,   /* like, whatever the case */
	MATCH_RESOURCE, /* like; no variable adds to the first five parts of the ARN */
	MATCH_ARN,      /* like, each of the six parts of the ARN by itself */
};

/* Turns the text as written into what policy_pattern_matches reads. */
void policy_pattern_compile(struct arena *a, struct policy_pattern *p, bool variables,
                            bool wildcards);
bool policy_pattern_matches(const struct policy_pattern *p, str text, enum policy_match how,
                            const struct policy_request *q);
bool policy_glob(str pattern, str text, bool nocase);

/*
 * Keys of the request.
 */

struct policy_key_values {
	const str *values;
	size_t count;
	str single; /* where a value lives that follows from the principal */
};

bool policy_find_key(const struct policy_request *q, str name, struct policy_key_values *ret);

/*
 * Conditions.
 */

enum policy_compare {
	COMPARE_EQUALS,
	COMPARE_EQUALS_NOCASE,
	COMPARE_LIKE,
	COMPARE_ARN,
	COMPARE_NUMBER,
	COMPARE_DATE,
	COMPARE_BOOL,
	COMPARE_BINARY,
	COMPARE_IP,
	COMPARE_NULL,
};

enum policy_relation { RELATION_EQ, RELATION_LT, RELATION_LE, RELATION_GT, RELATION_GE };

struct policy_operator {
	str name;
	enum policy_compare compare;
	enum policy_relation relation; /* of numbers and dates: key RELATION value */
	bool negated;
};

enum policy_set { SET_NONE, SET_ALL, SET_ANY }; /* ForAllValues:, ForAnyValue: */

struct policy_ip_range {
	unsigned char bytes[16]; /* IPv4 in the first four */
	unsigned bits;
	bool v6;
};

struct policy_value {
	struct policy_pattern pattern; /* text as written until compiled */
	bool valid;                    /* of its type; otherwise it matches nothing */
	union {
		double number;
		int64_t time;
		bool truth;
		struct policy_ip_range range;
	} as;
};

struct policy_condition {
	const struct policy_operator *operation;
	enum policy_set set;
	bool if_exists;
	str key;
	struct policy_value *values;
	size_t count, capacity;
};

/* "ForAllValues:StringLikeIfExists" taken apart; false when there is no such operator. */
bool policy_operator_parse(str name, struct policy_condition *ret);
size_t policy_operator_index(const struct policy_condition *c); /* below POLICY_OPERATOR_FORMS */
enum { POLICY_OPERATORS = 27, POLICY_OPERATOR_FORMS = POLICY_OPERATORS * 6 };

bool policy_has_invalid_value(const struct policy_statement *s, enum policy_compare compare);
void policy_condition_compile(struct arena *a, struct policy_condition *c, bool variables);
bool policy_condition_holds(const struct policy_condition *c, const struct policy_request *q);

#endif

/*
 * AWS policies: a JSON document parsed into a structure, and a request judged by it. Pure
 * functions; nothing here knows a service, a store or a clock.
 *
 *     struct policy_rules rules = { .kind = POLICY_OF_RESOURCE, .vendor = STR("s3"), ... };
 *     struct policy policy;
 *     struct policy_error error;
 *
 *     if (!policy_parse(arena, text, &rules, &policy, &error))
 *             return fail(c, &s3_malformed_policy, "%.*s", STR_ARG(error.message));
 *     decision = policy_evaluate(&policy, &request);
 *
 * A parsed policy lives in the arena and points into its text, which must live as long. A policy is
 * never larger than LIMIT_POLICY, so parsing costs microseconds: a service keeps the text and
 * parses it for each request. Evaluation allocates only while it fills in a policy variable.
 */
#ifndef API_POLICY_H
#define API_POLICY_H

#include "base/arena.h"

/*
 * The request, as policies see it.
 */

enum policy_principal_type {
	POLICY_ANONYMOUS, /* nobody signed */
	POLICY_ROOT,
	POLICY_USER,
	POLICY_ROLE,
	POLICY_ASSUMED_ROLE,
	POLICY_FEDERATED_USER, /* of STS GetFederationToken */
	POLICY_SERVICE,        /* an AWS service, acting for itself */
	POLICY_WEB_IDENTITY,   /* holds a token of an identity provider, wants to assume a role */
};

/* What does not apply to the type is absent. */
struct policy_principal {
	enum policy_principal_type type;
	str account;      /* 12 digits */
	str arn;          /* of the root, the user, the role or the session */
	str role_arn;     /* of an assumed role: the role's own, path included */
	str user_id;      /* AIDA..., AROA...:SESSION; the root's is the account */
	str canonical_id; /* S3's name of the account */
	str name;         /* of the service, or of the identity provider */
};

/* A condition key of the request. A key that is not listed is absent. */
struct policy_key {
	str name; /* "s3:prefix"; compared without regard to case */
	const str *values;
	size_t count;
};

/*
 * These keys need not be listed, they follow from the principal: aws:PrincipalArn,
 * aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalIsAWSService, aws:PrincipalServiceName,
 * aws:userid and aws:username.
 */
struct policy_request {
	const struct policy_principal *principal;
	str action;   /* "s3:GetObject" */
	str resource; /* its ARN */
	const struct policy_key *keys;
	size_t key_count;
};

/*
 * The policy.
 */

/*
 * In `text` the wildcards '*' and '?' of the document have become these two bytes, which UTF-8 does
 * not use, so that a '*' that came out of a variable is only a character.
 */
#define POLICY_ANY_RUN '\xff'
#define POLICY_ANY_ONE '\xfe'

struct policy_pattern {
	str text;
	bool variables; /* has ${...} to fill in */
};

/* An element of a statement that is a list: Action or NotAction, Resource or NotResource. */
struct policy_patterns {
	bool present;
	bool negated;
	struct policy_pattern *items;
	size_t count, capacity;
};

enum policy_grantee_kind {
	POLICY_GRANTEE_EVERYONE,
	POLICY_GRANTEE_ACCOUNT, /* 12 digits, however they were written */
	POLICY_GRANTEE_ARN,
	POLICY_GRANTEE_ID, /* AIDA..., AROA... */
	POLICY_GRANTEE_CANONICAL_USER,
	POLICY_GRANTEE_SERVICE,
	POLICY_GRANTEE_FEDERATED,
};

struct policy_grantee {
	enum policy_grantee_kind kind;
	str value;
};

struct policy_grantees { /* Principal, NotPrincipal */
	bool present;
	bool negated;
	struct policy_grantee *items;
	size_t count, capacity;
};

struct policy_condition; /* policy_parts.h */

struct policy_statement {
	str sid; /* absent when there is none */
	bool deny;
	struct policy_grantees principals;
	struct policy_patterns actions, resources;
	struct policy_condition *conditions; /* all must hold */
	size_t condition_count, condition_capacity;
};

struct policy {
	str id;
	bool variables; /* Version 2012-10-17: ${...} are variables */
	struct policy_statement *statements;
	size_t count;
};

/*
 * Parsing.
 */

enum policy_kind {
	POLICY_OF_IDENTITY, /* a user's, a group's, a role's: names no principal */
	POLICY_OF_RESOURCE, /* names its principals */
};

enum policy_resource_use {
	POLICY_RESOURCE_REQUIRED,
	POLICY_RESOURCE_OPTIONAL,
	POLICY_RESOURCE_PROHIBITED, /* trust policies, ECR's repository policies */
};

/* What an action of the vendor acts on, for a policy of one resource. */
enum policy_applies {
	POLICY_TO_RESOURCE = 1 << 0, /* resource_prefix itself: the bucket */
	POLICY_TO_CHILDREN = 1 << 1, /* what is below its '/': the objects */
};

struct policy_action {
	str name;         /* "GetObject", without the vendor */
	unsigned applies; /* enum policy_applies */
};

/* One that ends in a slash stands for all that begin so: "s3:ExistingObjectTag/". */
struct policy_key_name {
	str name;
	bool is_not_built; /* AWS knows it, and what asks for it would not be asked here */
};

/* What the caller demands beyond the grammar; zero demands nothing. */
struct policy_rules {
	enum policy_kind kind;
	enum policy_resource_use resource; /* only looked at for a policy of a resource */
	bool only_2012;                    /* no older Version: IAM's managed policies */
	bool unique_sids;                  /* policies of identities always need that */
	bool brace_first;                  /* no white space before the document: S3 */
	size_t max_size;                   /* as policy_size counts; 0 is LIMIT_POLICY */

	/* Policies of resources. All actions are of this vendor, all resources are this ARN or
	 * begin with it and a '/'. An action that is not in the list does not exist, and one that
	 * acts on none of its statement's resources is refused. Leave the list out for a policy
	 * that was accepted before: it only costs time. */
	str vendor;
	str resource_prefix;
	const struct policy_action *actions;
	size_t action_count;
	/* The condition keys there are besides those that begin with "aws:", of which AWS takes any. */
	const struct policy_key_name *keys;
	size_t key_count;
};

enum policy_error_code {
	POLICY_OK,
	POLICY_TOO_LARGE,
	POLICY_NOT_JSON,
	POLICY_BAD_SYNTAX, /* a value of the wrong type, an empty Statement */
	POLICY_UNKNOWN_FIELD,
	POLICY_DUPLICATE_FIELD,
	POLICY_MISSING_FIELD,
	POLICY_PROHIBITED_FIELD,
	POLICY_BAD_VERSION,
	POLICY_BAD_SID,
	POLICY_BAD_EFFECT,
	POLICY_BAD_PRINCIPAL,
	POLICY_BAD_ACTION,
	POLICY_BAD_RESOURCE,
	POLICY_BAD_CONDITION,
	POLICY_KEY_NOT_BUILT,   /* the message is the key */
	POLICY_ACTION_MISMATCH, /* acts on none of the resources */
};

/* The message is AWS's: IAM's for a policy of an identity, S3's and the trust policies' for one of
 * a resource. Which AWS error carries it is the caller's to choose. */
struct policy_error {
	enum policy_error_code code;
	str message;
};

bool policy_parse(struct arena *a, str text, const struct policy_rules *rules, struct policy *ret,
                  struct policy_error *ret_error) MUST_CHECK;

/* What AWS's quotas count: the text without white space between its tokens. */
size_t policy_size(str text);

/*
 * Evaluation.
 */

/* In the order in which one overrules the other. */
enum policy_decision {
	POLICY_NOT_APPLICABLE, /* an implicit deny, unless another policy allows */
	POLICY_ALLOW_ACCOUNT, /* allows the caller's account, which must allow the caller in turn */
	POLICY_ALLOW,
	POLICY_DENY,
};

enum policy_decision policy_evaluate(const struct policy *p, const struct policy_request *q);

/*
 * All policies of a request together, to POLICY_ALLOW, POLICY_DENY (an explicit one) or
 * POLICY_NOT_APPLICABLE (nothing allows it). The identity policies are those of the user and its
 * groups, or of the role; `resource_policy` may be NULL; `owner` is the resource's account.
 * Within the account one Allow is enough, across accounts both sides must allow. The root is
 * allowed everything by its own account. Anonymous requests and services have no identity policies.
 *
 * Left to the callers: the exceptions that let a bucket's owner repair its policy, and that a
 * role's trust policy must allow even within the account, for which there is policy_evaluate.
 */
enum policy_decision policy_authorize(const struct policy_request *q, const struct policy *identity,
                                      size_t identity_count, const struct policy *resource_policy,
                                      str owner);

/*
 * Whether a bucket policy is public in the sense of S3 Block Public Access ("The meaning of
 * public"): unless each Allow is for fixed principals, or under a condition that holds one of the
 * listed keys to fixed values.
 */
bool policy_is_public(const struct policy *p);

#endif

/*
 * The API of a service as data: what tools/generate-model makes of models/NAME.json.
 *
 * The tables hold no pointers: a text is a place in the model's string of texts, a shape an index.
 * So they stay in the read-only part of the binary, shared and paged in when used, and cost nothing
 * at start (tables of pointers would be relocated, and thereby copied, at each start).
 *
 * In memory a value of a shape is:
 *   string, blob, document   str (absent: p is NULL; a blob is decoded; a document is its JSON text)
 *   boolean, integer, long,  struct opt_bool, opt_int, opt_double, opt_time (absent: set is false)
 *   float, double, timestamp
 *   structure                a pointer (absent: NULL); inside a list, the struct itself
 *   list                     struct { T *items; size_t n; } (absent: items is NULL)
 *   map                      struct { struct { str key; T value; } *items; size_t n; } (likewise)
 */
#ifndef WIRE_MODEL_H
#define WIRE_MODEL_H

#include "base/base.h"

struct opt_bool {
	bool set, value;
};

struct opt_int {
	int64_t value;
	bool set;
};

struct opt_double {
	double value;
	bool set;
};

struct opt_time { /* milliseconds since 1970, UTC */
	int64_t value;
	bool set;
};

static inline struct opt_bool opt_bool(bool value)
{
	return (struct opt_bool){ .set = true, .value = value };
}

static inline struct opt_int opt_int(int64_t value)
{
	return (struct opt_int){ .value = value, .set = true };
}

static inline struct opt_double opt_double(double value)
{
	return (struct opt_double){ .value = value, .set = true };
}

static inline struct opt_time opt_time(int64_t milliseconds)
{
	return (struct opt_time){ .value = milliseconds, .set = true };
}

static inline int64_t opt_int_or(struct opt_int o, int64_t otherwise)
{
	return o.set ? o.value : otherwise;
}

static inline bool opt_true(struct opt_bool o)
{
	return o.set && o.value;
}

/* What every list and map looks like to code that walks tables. */
struct any_list {
	void *items;
	size_t n;
};

struct text {
	uint32_t at;
	uint16_t n;
};

struct pattern {
	struct text given, pcre; /* as the model has it, for messages; and in PCRE2's spelling */
};

enum shape_kind {
	SHAPE_STRUCTURE,
	SHAPE_LIST,
	SHAPE_MAP,
	SHAPE_STRING,
	SHAPE_BLOB,
	SHAPE_DOCUMENT,
	SHAPE_BOOLEAN,
	SHAPE_INTEGER,
	SHAPE_LONG,
	SHAPE_DOUBLE,
	SHAPE_TIMESTAMP,
};

enum shape_flags {
	SHAPE_FLATTENED = 1 << 0,
	SHAPE_SENSITIVE = 1 << 1, /* its value is never repeated in a message or a log */
	SHAPE_UNION = 1 << 2,
	SHAPE_HAS_MIN = 1 << 3,
	SHAPE_HAS_MAX = 1 << 4,
};

enum timestamp_form { TIMESTAMP_DEFAULT, TIMESTAMP_ISO8601, TIMESTAMP_EPOCH, TIMESTAMP_HTTP };

struct shape {
	struct text name;
	uint8_t kind, flags, timestamp_form;
	uint16_t first_member, member_count; /* of a structure */
	uint32_t size;                       /* of a structure, a list's element or a map's entry */
	uint32_t value_offset;               /* of a map's value in its entry */
	uint16_t key, element; /* shapes: of a map's keys, of a list's elements or a map's values */
	/* On the wire: member, key, value unless the model says otherwise. */
	struct text key_name, element_name;
	uint16_t first_enum, enum_count; /* into model->enums */
	uint16_t pattern;                /* into model->patterns, from 1; 0: none */
	int64_t min, max;
};

enum member_location {
	IN_BODY,
	IN_HEADER,
	IN_HEADERS, /* all whose name starts with wire_name: a map */
	IN_QUERY,
	IN_PATH,
	IN_STATUS,
};

enum member_flags {
	MEMBER_REQUIRED = 1 << 0,
	MEMBER_PAYLOAD = 1 << 1, /* is the whole body */
	MEMBER_STREAM = 1 << 2,  /* has no place in the struct: the call carries it */
	MEMBER_XML_ATTRIBUTE = 1 << 3,
	MEMBER_FLATTENED = 1 << 4,
};

struct member {
	struct text name;       /* as the model has it */
	struct text wire_name;  /* as the protocol has it; for ec2, as requests have it */
	struct text reply_name; /* differs from wire_name only for ec2 */
	struct text xml_namespace, xml_prefix;
	uint16_t shape;
	uint8_t location, flags, timestamp_form;
	uint32_t offset;
};

enum operation_flags {
	OPERATION_UNSIGNED = 1 << 0, /* made without a signature */
	OPERATION_STREAMS_IN = 1 << 1,
	OPERATION_STREAMS_OUT = 1 << 2,
};

enum { OPERATION_NOT_BUILT = 0xffff };

struct operation {
	struct text name;
	struct text method, path, query; /* path: a template; query: the fixed, `a=b&c` */
	struct text headers;             /* of one imported by name: the required ones, `a,b` */
	struct text result_wrapper;      /* query protocol */
	struct text output_name; /* rest-xml: the root element of the reply, when not the shape's */
	uint16_t input, output;  /* shapes, always there */
	uint16_t status;         /* of success */
	uint16_t flags;
	uint16_t slot; /* in the service's table; OPERATION_NOT_BUILT: by name only */
};

enum protocol {
	PROTOCOL_JSON,
	PROTOCOL_QUERY,
	PROTOCOL_EC2,
	PROTOCOL_REST_JSON,
	PROTOCOL_REST_XML
};

/* An error that the API defines. `status` is 400 or 500 by fault where the model gives none. */
struct error_definition {
	const char *code;
	uint16_t status;
	bool sender;                /* the caller's fault */
	uint16_t shape;             /* of its further members */
	const char *message_member; /* NULL: `message` */
	const struct model *model;  /* NULL: no further members */
};

struct model {
	const char *name;         /* sts: folder, prefix */
	const char *service_id;   /* CloudWatch Logs */
	const char *full_name;    /* Amazon CloudWatch Logs */
	const char *signing_name; /* in the credential scope */
	const char *endpoint_prefix;
	const char *target_prefix; /* of X-Amz-Target; NULL: none */
	const char *json_version;  /* 1.0, 1.1; NULL: none */
	const char *api_version;
	const char *xml_namespace; /* NULL: none */
	enum protocol protocol;
	const char *texts;
	const struct shape *shapes;
	const struct member *members;
	const struct text *enums;
	const struct pattern *patterns;
	void **compiled_patterns;           /* one a pattern, filled by wire/pattern.c */
	const struct operation *operations; /* sorted by name */
	uint16_t shape_count, operation_count, pattern_count, slot_count;
};

static inline str model_text(const struct model *m, struct text t)
{
	return (str){ m->texts + t.at, t.n };
}

/* NULL when there is none. */
const struct operation *model_operation(const struct model *m, str name);

/* "in" and "out" of an operation are zeroed memory of this size. */
static inline size_t model_shape_size(const struct model *m, uint16_t shape)
{
	return m->shapes[shape].size;
}

/* A line for every service of AWS, from models/index.json: for refusing by name. */
struct known_service {
	const char *name;      /* sqs */
	const char *full_name; /* Amazon Simple Queue Service */
	const char *signing_name;
	const char *target_prefix; /* empty: none */
	enum protocol protocol;
};

extern const struct known_service known_services[];
extern const size_t known_service_count;

/* By the prefix of an X-Amz-Target, or else by the name in a credential scope; `is_form` tells the query
 * protocols from the others. NULL: never heard of it. */
const struct known_service *known_service_find(str signing_name, str target, bool is_form);

#endif

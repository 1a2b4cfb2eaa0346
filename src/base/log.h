/*
 * The log: readable lines on a terminal, one JSON object a line otherwise, to standard error.
 * A line is one write, so lines of threads never mix. What is a secret is never passed in.
 *
 *     log_info("listening", log_str("address", address), log_int("threads", 2));
 *
 * gives `21:12:00.123 info  listening address=127.0.0.1:4566 threads=2` or
 * `{"time":"…","level":"info","event":"listening","address":"127.0.0.1:4566","threads":2}`.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
	const char *name;
	bool is_text;
	str text;
	int64_t number;
};

struct log_line {
	enum log_level level;
	const char *event;
	struct log_field fields[16]; /* ends at the first without a name */
};

static inline struct log_field log_str(const char *name, str text)
{
	return (struct log_field){ .name = name, .is_text = true, .text = text };
}

static inline struct log_field log_int(const char *name, int64_t number)
{
	return (struct log_field){ .name = name, .number = number };
}

struct log_field log_errno(int error); /* name "error", text strerror */

#define log_debug(...) log_write(&(struct log_line){ LOG_DEBUG, __VA_ARGS__ })
#define log_info(...)  log_write(&(struct log_line){ LOG_INFO, __VA_ARGS__ })
#define log_warn(...)  log_write(&(struct log_line){ LOG_WARN, __VA_ARGS__ })
#define log_error(...) log_write(&(struct log_line){ LOG_ERROR, __VA_ARGS__ })

void log_write(const struct log_line *line);

enum log_form { LOG_FORM_AUTO, LOG_FORM_TEXT, LOG_FORM_JSON };
void log_setup(enum log_level least, enum log_form form);
bool log_level_from(str name, enum log_level *ret); /* debug, info, warn, error */

#endif

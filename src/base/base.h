/*
 * The few things every file needs: text as a slice, an error, attributes.
 *
 * A `str` is a pointer and a length, passed by value and never owned: whoever made the bytes keeps
 * them alive. It is not NUL-terminated and may contain NUL. A `str` whose `p` is NULL is absent,
 * which is not the same as empty.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	const char *p;
	size_t n;
} str;

/* What a handler returns: NULL is success, otherwise an AWS error in the request's arena
 * (api/error.h). */
typedef const struct error *err;

/* clang-format off */
#define STR(literal)      ((str){ "" literal, sizeof(literal) - 1 })
#define STR_INIT(literal) { "" literal, sizeof(literal) - 1 } /* for a static initializer */
#define STR_NULL          ((str){ NULL, 0 })
#define STR_ARG(s)        (int)(s).n, (s).p /* for "%.*s" */
/* clang-format on */

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
/* The lesser and the greater one are evaluated twice: no argument calls what is not cheap. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define CLEANUP(fn)              __attribute__((cleanup(fn)))
#define UNUSED                   __attribute__((unused))
#define NORETURN                 __attribute__((noreturn))
#define MUST_CHECK               __attribute__((warn_unused_result))

#endif

/*
 * Every file is compiled with this header before its first line (see meson.build). The names below
 * lead to overflows, truncation, hidden state or memory nobody owns; each has a better one in base/.
 *
 * A banned call does not compile: the compiler complains about an undeclared name that says what to
 * use instead. A file that must use one takes the ban back by name, after its includes:
 *
 *     #undef free
 *
 * and stands in the list of tests/check/banned.py, which fails for any other. The owners of objects
 * (x_new, x_free) in base, net, store and compute take `free` back; only arena.c has malloc.
 *
 * `#pragma GCC poison` would also poison system headers included later, so the names become macros.
 * Only calls are caught here; the script also finds a name passed as a pointer.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* Declared first, so that the macros below do not reach the declarations. */
#include <ctype.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef strdup
#undef strndup
#undef strtok
#undef sprintf
#undef vsprintf
#undef asprintf
#undef vasprintf
#undef sscanf
#undef atoi
#undef atol
#undef atoll
#undef atof
#undef gets
#undef gmtime
#undef localtime
#undef ctime
#undef asctime
#undef mktime
#undef system
#undef popen
#undef rand
#undef random
#undef isalpha
#undef isdigit
#undef isalnum
#undef isspace
#undef isxdigit
#undef tolower
#undef toupper
#undef malloc
#undef calloc
#undef realloc
#undef free

#define strcpy(...)    banned_strcpy_use_str_or_buf
#define strcat(...)    banned_strcat_use_str_or_buf
#define strncpy(...)   banned_strncpy_use_str_or_buf
#define strncat(...)   banned_strncat_use_str_or_buf
#define strdup(...)    banned_strdup_use_the_arena
#define strndup(...)   banned_strndup_use_the_arena
#define strtok(...)    banned_strtok_use_str_cut
#define sprintf(...)   banned_sprintf_use_buf_printf
#define vsprintf(...)  banned_vsprintf_use_buf_vprintf
#define asprintf(...)  banned_asprintf_use_arena_printf
#define vasprintf(...) banned_vasprintf_use_arena_printf
#define sscanf(...)    banned_sscanf_use_str_to_i64
#define atoi(...)      banned_atoi_use_str_to_i64
#define atol(...)      banned_atol_use_str_to_i64
#define atoll(...)     banned_atoll_use_str_to_i64
#define atof(...)      banned_atof_use_str_to_double
#define gets(...)      banned_gets_use_file_read_all
#define gmtime(...)    banned_gmtime_use_timestamp
#define localtime(...) banned_localtime_use_timestamp
#define ctime(...)     banned_ctime_use_timestamp
#define asctime(...)   banned_asctime_use_timestamp
#define mktime(...)    banned_mktime_use_timestamp
#define system(...)    banned_system_use_posix_spawn
#define popen(...)     banned_popen_use_posix_spawn
#define rand(...)      banned_rand_use_random_bytes
#define random(...)    banned_random_use_random_bytes
#define isalpha(...)   banned_isalpha_use_ascii_is_alpha
#define isdigit(...)   banned_isdigit_use_ascii_is_digit
#define isalnum(...)   banned_isalnum_use_ascii_is_alnum
#define isspace(...)   banned_isspace_use_ascii_is_space
#define isxdigit(...)  banned_isxdigit_use_ascii_is_hex
#define tolower(...)   banned_tolower_use_ascii_lower
#define toupper(...)   banned_toupper_use_ascii_upper
#define malloc(...)    banned_malloc_use_the_arena_or_xmalloc
#define calloc(...)    banned_calloc_use_the_arena_or_xcalloc
#define realloc(...)   banned_realloc_use_arena_grow_or_xrealloc
#define free(...)      banned_free_use_the_arena_or_undef_free

#endif

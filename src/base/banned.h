/*
 * Every file is compiled with this header before its first line (see meson.build). The names below
 * lead to overflows, truncation, hidden state or memory nobody owns; each has a better one in base/.
 * A file that must use one defines MENAGERIE_ALLOWS_<group> in its own first lines, which cannot
 * work by accident: tests/check/banned.py lists who may.
 *
 * `#pragma GCC poison` would also poison system headers included later, so the names become macros
 * that do not compile when called.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* Declared first, so that the macros below do not reach the declarations. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name, instead) _Static_assert(0, #name " is banned: " instead)

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef strdup
#undef strndup
#undef strtok
#undef sprintf
#undef vsprintf
#undef atoi
#undef atol
#undef atof
#undef gets
#undef gmtime
#undef localtime
#undef ctime
#undef asctime
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

#define strcpy(...)    banned_use_str_or_buf(strcpy)
#define strcat(...)    banned_use_str_or_buf(strcat)
#define strncpy(...)   banned_use_str_or_buf(strncpy)
#define strncat(...)   banned_use_str_or_buf(strncat)
#define strdup(...)    banned_use_the_arena(strdup)
#define strndup(...)   banned_use_the_arena(strndup)
#define strtok(...)    banned_use_str_cut(strtok)
#define sprintf(...)   banned_use_buf_printf(sprintf)
#define vsprintf(...)  banned_use_buf_printf(vsprintf)
#define atoi(...)      banned_use_str_to_i64(atoi)
#define atol(...)      banned_use_str_to_i64(atol)
#define atof(...)      banned_use_str_to_double(atof)
#define gets(...)      banned_use_read(gets)
#define gmtime(...)    banned_use_timestamp(gmtime)
#define localtime(...) banned_use_timestamp(localtime)
#define ctime(...)     banned_use_timestamp(ctime)
#define asctime(...)   banned_use_timestamp(asctime)
#define system(...)    banned_use_posix_spawn(system)
#define popen(...)     banned_use_posix_spawn(popen)
#define rand(...)      banned_use_random_bytes(rand)
#define random(...)    banned_use_random_bytes(random)
#define isalpha(...)   banned_use_ascii_is_alpha(isalpha)
#define isdigit(...)   banned_use_ascii_is_digit(isdigit)
#define isalnum(...)   banned_use_ascii_is_alnum(isalnum)
#define isspace(...)   banned_use_ascii_is_space(isspace)
#define isxdigit(...)  banned_use_ascii_is_hex(isxdigit)
#define tolower(...)   banned_use_ascii_lower(tolower)
#define toupper(...)   banned_use_ascii_upper(toupper)

#undef BANNED

#endif

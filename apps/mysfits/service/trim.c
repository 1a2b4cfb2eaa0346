#include "service/trim.h"

#include "base/file.h"
#include "base/str.h"

#include <sys/mman.h>

enum { LARGEST_MAP = 1024 * 1024 };

/*
 * "7f00-7f80 r-xp 00001000 08:01 1234 /usr/lib/x.so": code, mapped from a file and never written to;
 * or r--p at the file's start, where the tables for the linker are. Not the other parts that cannot be
 * written: the linker has written to some, before it made them so.
 */
static bool is_code(str line, uint64_t *ret_start, uint64_t *ret_end)
{
	str rest = line, range = str_cut(&rest, ' '), kind = str_cut(&rest, ' '),
	    offset = str_cut(&rest, ' ');
	uint64_t bounds[2];

	for (int i = 0; i < 2; i++) {
		str hex = str_cut(&range, '-');

		bounds[i] = 0;
		for (size_t j = 0; j < hex.n; j++)
			bounds[i] = bounds[i] << 4 |
			            (uint64_t)(ascii_is_digit(hex.p[j]) ? hex.p[j] - '0'
			                                                : hex.p[j] - 'a' + 10);
	}
	*ret_start = bounds[0];
	*ret_end = bounds[1];
	return str_find(rest, '/', 0) >= 0 &&
	       (str_eq(kind, STR("r-xp")) ||
	        (str_eq(kind, STR("r--p")) && str_eq(offset, STR("00000000"))));
}

void trim_code(void)
{
	struct arena a = { 0 };
	str rest, line;
	uint64_t start, end;

	if (file_read_all(&a, "/proc/self/maps", LARGEST_MAP, &rest) == 0) {
		while (rest.p) {
			line = str_cut(&rest, '\n');
			if (is_code(line, &start, &end))
				madvise((void *)(uintptr_t)start, end - start, MADV_DONTNEED);
		}
	}
	arena_release(&a);
}

int _gnutls_global_init_skip(void)
{
	return 1;
}

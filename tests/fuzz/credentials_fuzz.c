/*
 * A credentials file of any bytes. One that is refused must be so with a complaint that names its
 * line; of one that is taken, every access key in it is found.
 */
#include "api/credentials.h"
#include "base/str.h"

#include <sys/mman.h>
#include <unistd.h>

static void find_all(const struct credentials *c, str text)
{
	struct arena a = { 0 };

	while (text.p) {
		str value = str_cut(&text, '\n'), name = str_trim(str_cut(&value, '='));
		struct credential found;

		value = str_trim(value);
		if (str_eq(name, STR("aws_access_key_id")) && str_find(value, ';', 0) < 0 &&
		    str_find(value, '#', 0) < 0 &&
		    (!credentials_find(c, &a, value, &found) || !str_eq(found.access_key, value) ||
		     !found.secret.n || found.account.n != 12))
			abort();
	}
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[32];
	struct credentials *c = credentials_new();
	char problem[256] = "";

	if (fd < 0) {
		fd = memfd_create("credentials", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (credentials_load(c, path, problem))
		find_all(c, (str){ (const char *)data, size });
	else if (!str_starts(str_from(problem), str_from(path)) ||
	         strlen(problem) <= strlen(path) + 2)
		abort();
	credentials_free(c);
	return 0;
}

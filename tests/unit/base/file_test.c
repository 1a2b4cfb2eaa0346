#include "base/file.h"

#include "base/fault.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "check.h"

static char folder[64];

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int make_folder(void **state UNUSED)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/file_test.XXXXXX", temporary ? temporary : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state UNUSED)
{
	unlink(path_of("a"));
	return rmdir(folder);
}

static void write_file(size_t n)
{
	AUTO_CLOSE fd = open(path_of("a"), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	struct arena a = { 0 };
	char *text = arena_alloc(&a, n);

	memset(text, 'x', n);
	expect(fd >= 0);
	expect_int(file_write_all(fd, (str){ text, n }), 0);
	expect_int(file_sync(fd), 0);
	expect_int(file_sync_folder(folder), 0);
	arena_release(&a);
}

TEST(file_read_all_reads_what_was_written)
{
	static const size_t sizes[] = { 0, 1, 2047, 2048, 100000 };
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		str text;

		write_file(sizes[i]);
		expect_int(file_read_all(&a, path_of("a"), 100000, &text), 0);
		expect_int(text.n, sizes[i]);
		expect(text.p != NULL);
	}
	arena_release(&a);
}

TEST(file_read_all_refuses_what_is_too_large)
{
	struct arena a = { 0 };
	str text = STR("untouched");

	write_file(101);
	expect_int(file_read_all(&a, path_of("a"), 100, &text), -EFBIG);
	expect_int(file_read_all(&a, "/proc/self/maps", 10, &text), -EFBIG);
	expect_str(text, "untouched");
	arena_release(&a);
}

TEST(file_read_all_reads_files_of_unknown_size)
{
	struct arena a = { 0 };
	str text;

	expect_int(file_read_all(&a, "/proc/self/maps", 10000000, &text), 0);
	expect(text.n > 0);
	arena_release(&a);
}

TEST(file_errors_are_negative_errnos)
{
	struct arena a = { 0 };
	str text;

	expect_int(file_read_all(&a, path_of("no such"), 100, &text), -ENOENT);
	expect_int(file_read_all(&a, folder, 100000, &text), -EISDIR);
	expect_int(file_write_all(-1, STR("x")), -EBADF);
	expect_int(file_sync(-1), -EBADF);
	expect_int(file_sync_folder(path_of("no such")), -ENOENT);
	arena_release(&a);
}

TEST(file_descriptor_is_closed_once_or_handed_over)
{
	int fd = dup(STDERR_FILENO), other = -1;
	int taken = take_fd(&fd);

	expect_int(fd, -1);
	close_fd(&fd);
	expect_int(fcntl(taken, F_GETFD), 0);
	other = taken;
	close_fd(&other);
	expect_int(other, -1);
	expect_int(fcntl(taken, F_GETFD), -1);
}

TESTS_WITH(make_folder, remove_folder,
           {
		   RUN(file_read_all_reads_what_was_written),
		   RUN(file_read_all_refuses_what_is_too_large),
		   RUN(file_read_all_reads_files_of_unknown_size),
		   RUN(file_errors_are_negative_errnos),
		   RUN(file_descriptor_is_closed_once_or_handed_over),
	   })

#include "base/file.h"

#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int file_write_all(int fd, str bytes)
{
	if (fault_hits(FAULT_WRITE))
		return -ENOSPC;
	while (bytes.n) {
		ssize_t written = write(fd, bytes.p, bytes.n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		bytes.p += written;
		bytes.n -= (size_t)written;
	}
	return 0;
}

int file_sync(int fd)
{
	if (fault_hits(FAULT_SYNC))
		return -EIO;
	return fsync(fd) < 0 ? -errno : 0;
}

int file_sync_folder(const char *path)
{
	AUTO_CLOSE fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : file_sync(fd);
}

/* Reads until the end, because the size of a pipe or of a file in /proc is not known before. */
int file_read_all(struct arena *a, const char *path, size_t max, str *ret)
{
	AUTO_CLOSE fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0, capacity = 0;
	struct stat status;
	char *p = NULL;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (status.st_size > 0) {
		if ((uintmax_t)status.st_size > max)
			return -EFBIG;
		capacity = (size_t)status.st_size + 1; /* one more, to see the end */
		p = arena_alloc(a, capacity);
	}
	for (;;) {
		ssize_t got;

		if (n == capacity) {
			capacity = MAX(capacity, 2048);
			p = n ? arena_grow(a, p, &capacity, 1) : arena_alloc(a, capacity);
		}
		got = read(fd, p + n, capacity - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > max)
			return -EFBIG;
	}
	*ret = (str){ p, n };
	return 0;
}

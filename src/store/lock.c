/*
 * One process for each data directory. DATA/lock is locked as long as the store is open, by a lock of
 * the open file: it goes when the process dies, however it dies, and no other descriptor of the same
 * file, closed somewhere, takes it away. The file says who holds it:
 *
 *     pid 4711
 *     address 127.0.0.1:4566
 */
#include "store/internal.h"

#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { LOCK_TEXT_SIZE = 512 };

static str read_text(int fd, char text[LOCK_TEXT_SIZE])
{
	ssize_t n = pread(fd, text, LOCK_TEXT_SIZE, 0);

	return (str){ text, n > 0 ? (size_t)n : 0 };
}

static void parse_text(str text, struct store_owner *ret)
{
	*ret = (struct store_owner){ .pid = 0 };
	while (text.p) {
		str line = str_cut(&text, '\n');
		if (str_take(&line, STR("pid ")))
			str_to_i64(line, &ret->pid);
		else if (str_take(&line, STR("address ")))
			snprintf(ret->address, sizeof(ret->address), "%.*s", STR_ARG(line));
	}
}

/* Only a help for people: that it could not be written, or was read half done, does no harm. */
static void write_text(int fd, str address)
{
	char text[LOCK_TEXT_SIZE];
	int n = snprintf(text, sizeof(text), "pid %lld\n", (long long)getpid());

	if (address.n > 0)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "address %.*s\n",
		              STR_ARG(address));
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)MIN(n, LOCK_TEXT_SIZE - 1), 0) < 0)
		return;
}

int lock_take(int folder_fd, const char *folder, char problem[PROBLEM_SIZE])
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	AUTO_CLOSE fd = openat(folder_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char text[LOCK_TEXT_SIZE];
	struct store_owner owner;

	if (fd < 0) {
		snprintf(problem, PROBLEM_SIZE, "%s cannot be written: %s", folder,
		         strerror(errno));
		return -1;
	}
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
		write_text(fd, STR_NULL);
		return take_fd(&fd);
	}
	if (errno != EAGAIN && errno != EACCES) {
		snprintf(problem, PROBLEM_SIZE, "%s cannot be locked: %s", folder, strerror(errno));
		return -1;
	}
	parse_text(read_text(fd, text), &owner);
	if (owner.pid > 0)
		snprintf(problem, PROBLEM_SIZE, "%s is in use by process %lld", folder,
		         (long long)owner.pid);
	else
		snprintf(problem, PROBLEM_SIZE, "%s is in use by another process", folder);
	return -1;
}

void lock_write_address(int lock_fd, str address)
{
	write_text(lock_fd, address);
}

void lock_give_up(int *lock_fd)
{
	if (*lock_fd >= 0 && ftruncate(*lock_fd, 0) < 0)
		close_fd(lock_fd); /* which is what comes next anyway */
	close_fd(lock_fd);
}

/* Asks for the lock without taking it, so that it does not stand in the way of a program that starts. */
bool store_owner(const char *folder, struct store_owner *ret)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	AUTO_CLOSE folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE fd = folder_fd < 0 ? -1 : openat(folder_fd, "lock", O_RDWR | O_CLOEXEC);
	char text[LOCK_TEXT_SIZE];

	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return false;
	parse_text(read_text(fd, text), ret);
	return true;
}

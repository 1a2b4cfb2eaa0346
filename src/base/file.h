/*
 * Files: owning descriptors, reading and writing whole texts. Functions that can fail in several
 * ways return 0 or a negative errno. These wrappers are where the fault tests cut in (base/fault.h).
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"

void close_fd(int *fd); /* closes unless negative, and makes it -1 */
#define AUTO_CLOSE CLEANUP(close_fd) int

static inline int take_fd(int *fd) /* hands the descriptor over */
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

int file_write_all(int fd, str bytes);
int file_sync(int fd);                  /* fsync */
int file_sync_folder(const char *path); /* makes names in it durable */
int file_read_all(struct arena *a, const char *path, size_t max, str *ret); /* -EFBIG over max */

#endif

/*
 * The database's files in a faults build: SQLite's own, but the n-th write or fsync fails. A write
 * that fails has written half of it first; whether it says that the disk is full or that it failed
 * depends on n, so walking n upward meets both.
 */
#include "store/internal.h"

#include "base/fault.h"

#ifdef MENAGERIE_FAULTS

#include <errno.h>

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* in the memory that follows */
};

static sqlite3_vfs *real_vfs;

static sqlite3_file *real(sqlite3_file *file)
{
	return ((struct fault_file *)file)->real;
}

static int fault_close(sqlite3_file *file)
{
	return real(file)->pMethods->xClose(real(file));
}

static int fault_read(sqlite3_file *file, void *buffer, int n, sqlite3_int64 at)
{
	return real(file)->pMethods->xRead(real(file), buffer, n, at);
}

static int fault_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
	bool hit = fault_hits(FAULT_WRITE);
	int code = real(file)->pMethods->xWrite(real(file), bytes, hit ? n / 2 : n, at);

	if (!hit)
		return code;
	errno = EIO;
	return fault_count(FAULT_WRITE) % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real(file)->pMethods->xTruncate(real(file), size);
}

static int fault_sync(sqlite3_file *file, int flags)
{
	if (!fault_hits(FAULT_SYNC))
		return real(file)->pMethods->xSync(real(file), flags);
	errno = EIO;
	return SQLITE_IOERR_FSYNC;
}

static int fault_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}

static int fault_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int fault_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int fault_check_reserved_lock(sqlite3_file *file, int *held)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), held);
}

static int fault_file_control(sqlite3_file *file, int operation, void *arg)
{
	return real(file)->pMethods->xFileControl(real(file), operation, arg);
}

static int fault_sector_size(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int fault_device_characteristics(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int fault_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **map)
{
	return real(file)->pMethods->xShmMap(real(file), region, size, extend, map);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void fault_shm_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int fault_shm_unmap(sqlite3_file *file, int delete_it)
{
	return real(file)->pMethods->xShmUnmap(real(file), delete_it);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, /* without memory-mapped pages */
	.xClose = fault_close,
	.xRead = fault_read,
	.xWrite = fault_write,
	.xTruncate = fault_truncate,
	.xSync = fault_sync,
	.xFileSize = fault_file_size,
	.xLock = fault_lock,
	.xUnlock = fault_unlock,
	.xCheckReservedLock = fault_check_reserved_lock,
	.xFileControl = fault_file_control,
	.xSectorSize = fault_sector_size,
	.xDeviceCharacteristics = fault_device_characteristics,
	.xShmMap = fault_shm_map,
	.xShmLock = fault_shm_lock,
	.xShmBarrier = fault_shm_barrier,
	.xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                      int *ret_flags)
{
	struct fault_file *f = (struct fault_file *)file;
	int code;

	(void)vfs;
	f->real = (sqlite3_file *)(f + 1);
	f->base.pMethods = NULL;
	code = real_vfs->xOpen(real_vfs, name, f->real, flags, ret_flags);
	if (f->real->pMethods)
		f->base.pMethods = &methods;
	return code;
}

/* A copy of the real one, so that all but opening goes straight to it. */
void fault_vfs_register(void)
{
	static sqlite3_vfs vfs;

	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.pNext = NULL;
	vfs.zName = STORE_VFS;
	vfs.szOsFile = (int)sizeof(struct fault_file) + real_vfs->szOsFile;
	vfs.xOpen = fault_open;
	sqlite3_vfs_register(&vfs, /* as the default= */ 0);
}

#else
typedef int fault_vfs_is_empty; /* ISO C wants a declaration */
#endif

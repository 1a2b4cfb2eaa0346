#include "base/fault.h"

#include "base/file.h"

#include <errno.h>

#include "check.h"

#ifdef MENAGERIE_FAULTS

TEST(fault_hits_the_nth_time_only)
{
	fault_set(FAULT_SQL, 3);
	expect(!fault_hits(FAULT_SQL));
	expect(!fault_hits(FAULT_SQL));
	expect(!fault_hits(FAULT_SYNC));
	expect(fault_hits(FAULT_SQL));
	expect(!fault_hits(FAULT_SQL));
	expect_int(fault_count(FAULT_SQL), 4);
	fault_set(FAULT_SQL, 0);
	expect(!fault_hits(FAULT_SQL));
	expect_int(fault_count(FAULT_SQL), 1);
}

TEST(fault_of_a_write_is_a_full_disk_and_of_a_sync_a_broken_one)
{
	fault_set(FAULT_WRITE, 1);
	fault_set(FAULT_SYNC, 1);
	expect_int(file_write_all(-1, STR("x")), -ENOSPC);
	expect_int(file_sync(-1), -EIO);
	expect_int(file_sync(-1), -EBADF);
}

TESTS({
	RUN(fault_hits_the_nth_time_only),
	RUN(fault_of_a_write_is_a_full_disk_and_of_a_sync_a_broken_one),
})

#else

TEST(fault_never_hits_in_other_builds)
{
	for (int i = 0; i < 100; i++)
		expect(!fault_hits(FAULT_WRITE));
}

TESTS({
	RUN(fault_never_hits_in_other_builds),
})

#endif

#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

TEST(lock_second_program_is_told_who_has_the_folder)
{
	struct fixture f, second;
	char want[PROBLEM_SIZE];

	given_store(&f);
	second = f;
	expect(!open_with(&second, &test_schema));
	snprintf(want, sizeof(want), "%s is in use by process %d", f.folder, (int)getpid());
	expect_str(str_from(second.problem), want);
	end(&f);
}

TEST(lock_owner_and_its_address_can_be_found_by_folder)
{
	struct fixture f;
	struct store_owner owner = { .pid = 0 };

	given_store(&f);
	expect(store_owner(f.folder, &owner));
	expect_int(owner.pid, getpid());
	expect_str(str_from(owner.address), "");
	store_set_address(f.store, STR("127.0.0.1:4566"));
	expect(store_owner(f.folder, &owner));
	expect_int(owner.pid, getpid());
	expect_str(str_from(owner.address), "127.0.0.1:4566");

	store_close(f.store);
	f.store = NULL;
	expect(!store_owner(f.folder, &owner));
	expect(!store_owner("/no/such/folder", &owner));
	end(&f);
}

/* A process that opens the store, says so, and waits for its death. */
static pid_t given_process_with_store(struct fixture *f)
{
	int ready[2];
	char byte;
	pid_t pid;

	expect(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		if (open_with(f, &test_schema) && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	expect_int(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

TEST(lock_goes_with_its_process_however_that_ends)
{
	struct fixture f;
	struct store_owner owner;
	pid_t pid;

	given_folder(&f);
	pid = given_process_with_store(&f);
	expect(store_owner(f.folder, &owner));
	expect_int(owner.pid, pid);
	expect(!open_with(&f, &test_schema));

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	expect(!store_owner(f.folder, &owner));
	expect(open_with(&f, &test_schema));
	end(&f);
}

TESTS({
	RUN(lock_second_program_is_told_who_has_the_folder),
	RUN(lock_owner_and_its_address_can_be_found_by_folder),
	RUN(lock_goes_with_its_process_however_that_ends),
})

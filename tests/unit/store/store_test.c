#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static mode_t mode_of(struct fixture *f, const char *name)
{
	struct stat status = { .st_mode = 0 };

	expect_int(fstatat(f->store->folder_fd, name, &status, 0), 0);
	return status.st_mode & 0777;
}

TEST(store_files_are_nobody_elses)
{
	struct fixture f;
	int64_t id = 1;

	given_folder(&f);
	expect(rmdir(f.folder) == 0); /* to see it made */
	expect(open_with(&f, &test_schema));
	expect_int(store_write_wait(f.store, insert_item, &id), DB_OK);

	expect_int(mode_of(&f, "."), 0700);
	expect_int(mode_of(&f, "blobs"), 0700);
	expect_int(mode_of(&f, "blobs/tmp"), 0700);
	expect_int(mode_of(&f, "lock"), 0600);
	expect_int(mode_of(&f, DATABASE_NAME), 0600);
	expect_int(mode_of(&f, DATABASE_NAME "-wal"), 0600);
	expect_int(mode_of(&f, DATABASE_NAME "-shm"), 0600);
	end(&f);
}

TEST(store_parent_folder_must_exist)
{
	struct fixture f;
	struct store_options options = { .folder = "/tmp/no-such-menagerie/data" };

	expect(!store_open(&options, f.problem));
	expect_str(str_from(f.problem),
	           "/tmp/no-such-menagerie/data cannot be made: No such file or directory");
}

TEST(store_file_instead_of_a_folder_is_refused)
{
	struct fixture f;
	struct store_options options;
	char path[64];
	int fd;

	given_folder(&f);
	snprintf(path, sizeof(path), "%s/file", f.folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	expect(fd >= 0);
	close(fd);
	options = (struct store_options){ .folder = path };
	expect(!store_open(&options, f.problem));
	expect(str_ends(str_from(f.problem), STR("/file is not a folder")));
	end(&f);
}

TEST(store_folder_of_someone_else_is_refused)
{
	struct fixture f;
	int status;
	pid_t pid;

	if (geteuid() != 0) {
		print_message("only root can become someone else\n");
		skip();
	}
	given_store(&f);
	store_close(f.store);
	f.store = NULL;
	pid = fork();
	if (pid == 0) {
		bool refused =
			seteuid(65534) == 0 && !open_with(&f, &test_schema) &&
			str_ends(str_from(f.problem), STR(" cannot be opened: Permission denied"));
		_exit(refused ? 0 : 1);
	}
	expect_int(waitpid(pid, &status, 0), pid);
	expect_int(status, 0);
	end(&f);
}

static void *reader_of_thread(void *arg)
{
	struct fixture *f = arg;
	struct db *db = store_reader(f->store);

	expect(db == store_reader(f->store));
	expect(db_exists(db, "SELECT 1"));
	return db; /* and leaves its snapshot open */
}

static void *run_in_thread(void *(*function)(void *), void *arg)
{
	pthread_t thread;
	void *result;

	pthread_create(&thread, NULL, function, arg);
	pthread_join(thread, &result);
	return result;
}

TEST(store_reader_of_a_thread_that_ended_serves_the_next)
{
	struct fixture f;
	void *one, *other;

	given_store(&f);
	one = run_in_thread(reader_of_thread, &f);
	other = run_in_thread(reader_of_thread, &f);
	expect(one == other);
	expect(store_reader(f.store) == one);
	expect(!store_reader(f.store)->in_snapshot);
	end(&f);
}

TEST(store_two_stores_have_their_own_readers)
{
	struct fixture f, g;
	int64_t id = 1;

	given_store(&f);
	given_store(&g);
	expect_int(store_write_wait(f.store, insert_item, &id), DB_OK);
	expect_int(count_items(&f), 1);
	expect_int(count_items(&g), 0);
	end(&f);
	end(&g);
}

TEST(store_relaxed_keeps_what_was_committed_too)
{
	struct fixture f;
	const struct schema *schemas[] = { &test_schema };
	struct store_options options = { .relaxed = true, .schemas = schemas, .schema_count = 1 };
	int64_t id = 1;

	given_folder(&f);
	options.folder = f.folder;
	f.store = store_open(&options, f.problem);
	expect(f.store != NULL);
	expect_int(store_write_wait(f.store, insert_item, &id), DB_OK);
	reopen(&f);
	expect_int(count_items(&f), 1);
	end(&f);
}

TESTS({
	RUN(store_files_are_nobody_elses),
	RUN(store_parent_folder_must_exist),
	RUN(store_file_instead_of_a_folder_is_refused),
	RUN(store_folder_of_someone_else_is_refused),
	RUN(store_reader_of_a_thread_that_ended_serves_the_next),
	RUN(store_two_stores_have_their_own_readers),
	RUN(store_relaxed_keeps_what_was_committed_too),
})

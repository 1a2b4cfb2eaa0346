/*
 * The parts of uploads that were aborted, or whose object is gone. They are removed behind their
 * client's back, a few at each tick: an object can have 10,000, and the one writer has other things to
 * do.
 *
 * Nothing is removed that somebody reads. A reader takes hold of the upload, and then begins a new
 * snapshot and looks whether the upload is still what it was (s3_source_open). Here, an upload is
 * marked as seen at one tick, and only at a later one it is asked whether somebody holds it, and
 * removed if not. Why that is enough: a tick begins when the one before it is committed, and so,
 * with it, is whatever made the upload garbage. A reader that took hold before the question is seen
 * by it. One that takes hold after the question begins its snapshot later still: after that commit,
 * so it finds the upload gone, and touches none of its parts. With a single tick, the question and
 * what made the upload garbage could be in one transaction, and a reader could take hold, look and
 * find the upload still there between the question and the commit.
 */
#include "base/str.h"
#include "services/s3/s3.h"
#include "services/s3/upload.h"

enum { TURN = 200 }; /* how much is done at a tick: parts and uploads */

/* The first of the garbage behind `after`; false: there is no more. Rows end here, since what is done to
 * the row would be in their way. */
static bool next_upload(struct db *db, int64_t after, int64_t *ret_id, int64_t *ret_state)
{
	struct db_rows rows;

	/* As the index has it: SQLite does not find out that 3 is more than 2. */
	if (!db_row(db, &rows,
	            "SELECT id, state FROM s3_upload WHERE state >= 2 AND id > ? ORDER BY id LIMIT 1",
	            db_int(after)))
		return false;
	*ret_id = col_int(&rows, 0);
	*ret_state = col_int(&rows, 1);
	db_rows_end(&rows);
	return true;
}

static bool remove_part(struct db *db, int64_t upload)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "DELETE FROM s3_part WHERE (upload, number) = (SELECT upload, number FROM s3_part "
	            "WHERE upload = ? ORDER BY number LIMIT 1) RETURNING body, blob",
	            db_int(upload)))
		return false;
	s3_part_drop_bytes(db, col_int(&rows, 0), col_text(&rows, 1));
	db_rows_end(&rows);
	return true;
}

/* At most `turn` parts; returns how many there were. */
static int remove_parts(struct db *db, int64_t upload, int turn)
{
	int n = 0;

	while (n < turn && remove_part(db, upload))
		n++;
	if (n < turn)
		db_run(db, "DELETE FROM s3_upload WHERE id = ?", db_int(upload));
	return n;
}

void s3_collect_garbage(struct db *db, int64_t now UNUSED)
{
	int64_t id = 0, state;
	int turn = TURN;

	while (turn > 0 && next_upload(db, id, &id, &state)) {
		turn--;
		if (state == S3_UPLOAD_DROPPED)
			db_run(db, "UPDATE s3_upload SET state = ? WHERE id = ?",
			       db_int(S3_UPLOAD_SEEN), db_int(id));
		else if (!s3_upload_is_held(id))
			turn -= remove_parts(db, id, turn);
	}
}

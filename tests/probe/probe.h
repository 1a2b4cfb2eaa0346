/*
 * A service for the tests: it has an operation of each kind, so that the ground is tested through
 * the same front as a real one. Only build/tests/menagerie-probe has it.
 */
#ifndef TESTS_PROBE_PROBE_H
#define TESTS_PROBE_PROBE_H

#include "api/service.h"
#include "probe_model.h"

extern const struct service probe_service;
extern const char probe_schema[];

probe_put_note_fn probe_put_note;
probe_get_note_fn probe_get_note;
probe_list_notes_fn probe_list_notes;
void probe_expire_notes(struct db *db, int64_t now);

probe_put_file_fn probe_put_file;
probe_get_file_fn probe_get_file;
probe_delete_file_fn probe_delete_file;

#endif

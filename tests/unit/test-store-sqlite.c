/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The SQLite store: what goes in comes out after it was closed; what cannot be written is told and
 * costs nothing that was there; a file that is none of ours stays as it is. The tests of kill -9
 * are in tests/scenarios/crash.t. */
#include "tests/unit/states.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
    char *folder;
    char *path;
    GStringChunk *room;
    RollStore *store;
} Fixture;

static RollStore *
open_store(const char *path)
{
    g_autoptr(GError) error = NULL;
    RollStore *store = roll_store_open_sqlite(path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(store);
    return store;
}

static void
set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->folder = g_dir_make_tmp("rollcall-store-XXXXXX", NULL);
    f->path = g_build_filename(f->folder, "location.db", NULL);
    f->room = g_string_chunk_new(4096);
    f->store = open_store(f->path);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    roll_store_free(f->store);
    g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(f->folder, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(f->folder), ==, 0);
    g_string_chunk_free(f->room);
    g_free(f->path);
    g_free(f->folder);
}

static void
close_store(Fixture *f)
{
    g_clear_pointer(&f->store, roll_store_free);
}

static void
reopen(Fixture *f)
{
    close_store(f);
    f->store = open_store(f->path);
}

static char *
dump(RollStore *store)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    g_assert_true(roll_store_load(store, note_record, out, &error));
    g_assert_no_error(error);
    return g_string_free(out, FALSE);
}

static void
assert_holds(RollStore *store, const char *expected)
{
    g_autofree char *found = dump(store);
    g_assert_cmpstr(found, ==, expected);
}

/* @n records of @aor, told apart by @mark; noted in @expected if it is given. */
static void
add_state(Fixture *f, RollBatch *batch, const char *aor, unsigned n, unsigned mark,
          GString *expected)
{
    roll_batch_begin(batch, roll_text(aor));
    for (unsigned i = 0; i < n; i++) {
        RollRecord record = full_record(f->room, mark + i);
        record.aor = roll_text(aor);
        roll_batch_add(batch, &record);
        if (expected)
            note_record(expected, &record);
    }
}

static void
write_state(Fixture *f, const char *aor, unsigned n, unsigned mark, GString *expected)
{
    RollBatch *batch = roll_batch_new();
    add_state(f, batch, aor, n, mark, expected);
    g_autoptr(GError) error = write_and_wait(f->store, batch);
    g_assert_no_error(error);
}

static void
test_every_field_comes_back(Fixture *f, gconstpointer data)
{
    (void)data;
    RollBatch *batch = roll_batch_new();
    RollRecord records[] = {full_record(f->room, 7), empty_record(), bare_record()};
    GString *expected = g_string_new(NULL);
    roll_batch_begin(batch, ROLL_TEXT("sip:a@example.org"));
    for (size_t i = 0; i < G_N_ELEMENTS(records); i++) {
        records[i].aor = ROLL_TEXT("sip:a@example.org");
        roll_batch_add(batch, &records[i]);
        note_record(expected, &records[i]);
    }
    g_autoptr(GError) error = write_and_wait(f->store, batch);
    g_assert_no_error(error);
    assert_holds(f->store, expected->str);
    reopen(f);
    assert_holds(f->store, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_bytes_of_zero_and_no_utf8_come_back(Fixture *f, gconstpointer data)
{
    (void)data;
    RollBatch *batch = roll_batch_new();
    RollRecord record = bare_record();
    record.call_id = ROLL_TEXT("a\0b\xff\xc3(");
    record.aor = ROLL_TEXT("sip:a\xff@example.org");
    roll_batch_begin(batch, record.aor);
    roll_batch_add(batch, &record);
    GString *expected = g_string_new(NULL), *found = g_string_new(NULL);
    note_record(expected, &record);
    g_autoptr(GError) error = write_and_wait(f->store, batch);
    g_assert_no_error(error);
    reopen(f);
    g_assert_true(roll_store_load(f->store, note_record, found, NULL));
    g_assert_true(g_string_equal(expected, found));
    g_string_free(expected, TRUE);
    g_string_free(found, TRUE);
}

static void
test_a_state_takes_the_place_of_the_one_before(Fixture *f, gconstpointer data)
{
    (void)data;
    for (unsigned n = 5; n-- > 0;) {
        GString *expected = g_string_new(NULL);
        write_state(f, "sip:a@example.org", n, n * 100, expected);
        write_state(f, "sip:b@example.org", 2, 9, expected);
        assert_holds(f->store, expected->str);
        g_string_free(expected, TRUE);
    }
    GString *expected = g_string_new(NULL);
    write_state(f, "sip:a@example.org", 3, 42, expected);
    write_state(f, "sip:b@example.org", 0, 0, NULL);
    write_state(f, "sip:never@example.org", 0, 0, NULL);
    reopen(f);
    assert_holds(f->store, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_many_states_go_in_one_batch(Fixture *f, gconstpointer data)
{
    (void)data;
    RollBatch *batch = roll_batch_new();
    GString *expected = g_string_new(NULL);
    for (unsigned i = 0; i < 3000; i++) {
        g_autofree char *aor = g_strdup_printf("sip:u%04u@example.org", i);
        add_state(f, batch, aor, 1 + i % 3, i * 5, expected);
    }
    g_autoptr(GError) error = write_and_wait(f->store, batch);
    g_assert_no_error(error);
    reopen(f);
    assert_holds(f->store, expected->str);
    g_string_free(expected, TRUE);
}

static void
note_turn(void *data, const GError *error)
{
    unsigned **turn = data;
    g_assert_no_error(error);
    *turn[0] = *turn[0] * 31 + *turn[1];
    (*turn[2])--;
}

static void
test_batches_are_written_and_answered_in_order(Fixture *f, gconstpointer data)
{
    (void)data;
    unsigned hash = 0, expected_hash = 0, left = 200, numbers[200];
    unsigned *turns[200][3];
    GString *expected = g_string_new(NULL);
    for (unsigned i = 0; i < 200; i++) {
        RollBatch *batch = roll_batch_new();
        g_string_truncate(expected, 0);
        add_state(f, batch, "sip:a@example.org", 1 + i % 5, i, expected);
        numbers[i] = i;
        memcpy(turns[i], (unsigned *[]){&hash, &numbers[i], &left}, sizeof(turns[i]));
        expected_hash = expected_hash * 31 + i;
        roll_store_write(f->store, batch, note_turn, turns[i]);
    }
    while (left > 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(hash, ==, expected_hash);
    assert_holds(f->store, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_closing_waits_for_what_is_written(Fixture *f, gconstpointer data)
{
    (void)data;
    GString *expected = g_string_new(NULL);
    for (unsigned i = 0; i < 20; i++) {
        RollBatch *batch = roll_batch_new();
        g_autofree char *aor = g_strdup_printf("sip:u%02u@example.org", i);
        add_state(f, batch, aor, 2, i, expected);
        roll_store_write(f->store, batch, not_told, NULL);
    }
    reopen(f);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    assert_holds(f->store, expected->str);
    g_string_free(expected, TRUE);
}

static void
close_in_answer(void *data, const GError *error)
{
    g_assert_no_error(error);
    close_store(data);
}

static void
test_an_answer_may_close_the_store(Fixture *f, gconstpointer data)
{
    (void)data;
    RollBatch *first = roll_batch_new(), *second = roll_batch_new();
    GString *expected = g_string_new(NULL);
    add_state(f, first, "sip:a@example.org", 1, 1, expected);
    add_state(f, second, "sip:b@example.org", 1, 1, expected);
    roll_store_write(f->store, first, close_in_answer, f);
    roll_store_write(f->store, second, not_told, NULL);
    while (f->store)
        g_main_context_iteration(NULL, TRUE);
    f->store = open_store(f->path);
    assert_holds(f->store, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_others_can_read_while_it_is_open(Fixture *f, gconstpointer data)
{
    (void)data;
    write_state(f, "sip:a@example.org", 3, 1, NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    g_assert_cmpint(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
    const char *sql = "SELECT count(*), max(flow), (SELECT count(*) FROM readable) FROM location";
    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(rows), ==, SQLITE_ROW);
    g_assert_cmpint(sqlite3_column_int(rows, 0), ==, 3);
    g_assert_cmpstr((const char *)sqlite3_column_text(rows, 1), ==, "tls:192.0.2.9:65535");
    g_assert_cmpint(sqlite3_column_int(rows, 2), ==, 0); /* they expired in 2023 */
    /* While that one is still reading. */
    write_state(f, "sip:a@example.org", 4, 2, NULL);
    sqlite3_finalize(rows);
    sqlite3_close(db);
}

static void
test_there_is_one_writer(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    GString *expected = g_string_new(NULL);
    write_state(f, "sip:a@example.org", 1, 1, expected);
    g_assert_null(roll_store_open_sqlite(f->path, &error));
    g_assert_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_OPEN);
    g_assert_nonnull(strstr(error->message, f->path));
    g_assert_nonnull(strstr(error->message, "another process"));
    write_state(f, "sip:b@example.org", 1, 1, expected);
    assert_holds(f->store, expected->str);
    g_string_free(expected, TRUE);
}

/* Opening must fail with @code and words, and leave the file as it was, to the byte. */
static void
assert_refused(Fixture *f, RollStoreError code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = NULL, *after = NULL;
    gsize n_before = 0, n_after = 0;
    g_assert_true(g_file_get_contents(f->path, &before, &n_before, NULL));
    RollStore *store = roll_store_open_sqlite(f->path, &error);

    if (store && roll_store_load(store, note_record, NULL, &error))
        g_assert_not_reached();
    g_clear_pointer(&store, roll_store_free);
    g_assert_error(error, ROLL_STORE_ERROR, (int)code);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, f->path));
    g_assert_nonnull(strstr(error->message, words));
    g_assert_true(g_file_get_contents(f->path, &after, &n_after, NULL));
    g_assert_cmpmem(before, n_before, after, n_after);
}

static void
execute(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
}

static void
test_what_is_no_database_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    close_store(f);
    static const char *const texts[] = {"x", "SQLite format 3",
                                        "[serve]\nlisten = udp:127.0.0.1\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_assert_true(g_file_set_contents(f->path, texts[i], -1, NULL));
        assert_refused(f, ROLL_STORE_ERROR_OPEN, "is no database; name another file");
    }
    char noise[9000];
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (char)g_test_rand_int();
    g_assert_true(g_file_set_contents(f->path, noise, sizeof(noise), NULL));
    assert_refused(f, ROLL_STORE_ERROR_OPEN, "is no database; name another file");
}

static void
test_a_database_of_another_program_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    close_store(f);
    g_unlink(f->path);
    execute(f->path, "PRAGMA journal_mode = WAL; CREATE TABLE location (aor, position)");
    assert_refused(f, ROLL_STORE_ERROR_OPEN, "of another program");
}

static void
test_a_newer_schema_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    close_store(f);
    execute(f->path, "PRAGMA user_version = 2");
    assert_refused(f, ROLL_STORE_ERROR_OPEN, "has schema 2; this program knows schema 1");
}

static void
fill(Fixture *f)
{
    RollBatch *batch = roll_batch_new();
    for (unsigned i = 0; i < 2000; i++) {
        g_autofree char *aor = g_strdup_printf("sip:u%04u@example.org", i);
        add_state(f, batch, aor, 1, i, NULL);
    }
    g_autoptr(GError) error = write_and_wait(f->store, batch);
    g_assert_no_error(error);
}

static void
test_a_truncated_file_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    fill(f);
    close_store(f);
    GStatBuf status;
    g_assert_cmpint(g_stat(f->path, &status), ==, 0);
    g_assert_cmpint(truncate(f->path, status.st_size / 2 / 4096 * 4096), ==, 0);
    assert_refused(f, ROLL_STORE_ERROR_CORRUPT, "");
}

static void
damage(const char *path, off_t at, const char *bytes, size_t n)
{
    int file = open(path, O_WRONLY);
    g_assert_cmpint(pwrite(file, bytes, n, at), ==, (ssize_t)n);
    close(file);
}

static void
test_a_damaged_page_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    char noise[512];
    memset(noise, 0xa5, sizeof(noise));
    fill(f);
    close_store(f);
    damage(f->path, (off_t)4096 * 20, noise, sizeof(noise));
    assert_refused(f, ROLL_STORE_ERROR_CORRUPT, "");
}

static void
test_numbers_out_of_range_are_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    static const char *const changes[] = {"cseq = -1",
                                          "cseq = 4294967296",
                                          "q = 1001",
                                          "reg_id = -2",
                                          "flow = 'tcp:example.org:5060'",
                                          "flow = 'x:192.0.2.1:1'",
                                          "flow = 'udp:192.0.2.1:65536'",
                                          "flow = '192.0.2.1'"};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        write_state(f, "sip:a@example.org", 1, 1, NULL);
        close_store(f);
        g_autofree char *sql = g_strdup_printf("UPDATE location SET %s", changes[i]);
        execute(f->path, sql);
        assert_refused(f, ROLL_STORE_ERROR_CORRUPT, "aor sip:a@example.org");
        execute(f->path, "DELETE FROM location");
        f->store = open_store(f->path);
    }
}

static void
test_an_empty_file_is_as_good_as_none(Fixture *f, gconstpointer data)
{
    (void)data;
    close_store(f);
    g_assert_true(g_file_set_contents(f->path, "", 0, NULL));
    f->store = open_store(f->path);
    write_state(f, "sip:a@example.org", 1, 1, NULL);
}

static void
test_a_folder_that_is_not_there_is_told(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(f->folder, "no", "location.db", NULL);
    g_assert_null(roll_store_open_sqlite(path, &error));
    g_assert_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_OPEN);
    g_assert_nonnull(strstr(error->message, g_strerror(ENOENT)));
}

/* Root may write anything; so somebody else tries. */
static void
test_a_file_that_may_not_be_written_is_told(Fixture *f, gconstpointer data)
{
    (void)data;
    fill(f);
    close_store(f);
    g_chmod(f->folder, 0777);
    g_chmod(f->path, 0444);
    g_autofree char *lock = g_strconcat(f->path, "-lock", NULL);
    g_chmod(lock, 0666);
    bool root = geteuid() == 0;
    if (root)
        g_assert_cmpint(seteuid(65534), ==, 0);
    assert_refused(f, ROLL_STORE_ERROR_READ_ONLY, g_strerror(EACCES));
    if (root)
        g_assert_cmpint(seteuid(0), ==, 0);
    g_chmod(f->path, 0644);
    f->store = open_store(f->path);
}

static void
limit_files(rlim_t size)
{
    struct rlimit limit;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
    limit.rlim_cur = MIN(size, limit.rlim_max);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_a_full_disk_costs_nothing_that_was_there(Fixture *f, gconstpointer data)
{
    (void)data;
    signal(SIGXFSZ, SIG_IGN);
    fill(f);
    g_autofree char *before = dump(f->store);
    for (int i = 0; i < 3; i++) {
        RollBatch *batch = roll_batch_new(), *next = roll_batch_new();
        for (unsigned j = 0; j < 20000; j++) {
            g_autofree char *aor = g_strdup_printf("sip:more%05u@example.org", j);
            add_state(f, batch, aor, 1, j, NULL);
        }
        add_state(f, next, "sip:a@example.org", 1, 1, NULL);
        limit_files(2 << 20);
        g_autoptr(GError) error = write_and_wait(f->store, batch);
        limit_files(RLIM_INFINITY);
        g_assert_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_FULL);
        g_test_message("%s", error->message);
        assert_holds(f->store, before);
        /* There is room again. */
        g_autoptr(GError) none = write_and_wait(f->store, next);
        g_assert_no_error(none);
        write_state(f, "sip:a@example.org", 0, 0, NULL);
        reopen(f);
        assert_holds(f->store, before);
    }
}

#define ADD(path, function)                                                                        \
    g_test_add("/store/sqlite/" path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("every-field-comes-back", test_every_field_comes_back);
    ADD("bytes-of-zero-and-no-utf8-come-back", test_bytes_of_zero_and_no_utf8_come_back);
    ADD("a-state-takes-the-place-of-the-one-before",
        test_a_state_takes_the_place_of_the_one_before);
    ADD("many-states-go-in-one-batch", test_many_states_go_in_one_batch);
    ADD("batches-are-written-and-answered-in-order",
        test_batches_are_written_and_answered_in_order);
    ADD("closing-waits-for-what-is-written", test_closing_waits_for_what_is_written);
    ADD("an-answer-may-close-the-store", test_an_answer_may_close_the_store);
    ADD("others-can-read-while-it-is-open", test_others_can_read_while_it_is_open);
    ADD("there-is-one-writer", test_there_is_one_writer);
    ADD("what-is-no-database-is-refused", test_what_is_no_database_is_refused);
    ADD("a-database-of-another-program-is-refused", test_a_database_of_another_program_is_refused);
    ADD("a-newer-schema-is-refused", test_a_newer_schema_is_refused);
    ADD("a-truncated-file-is-refused", test_a_truncated_file_is_refused);
    ADD("a-damaged-page-is-refused", test_a_damaged_page_is_refused);
    ADD("numbers-out-of-range-are-refused", test_numbers_out_of_range_are_refused);
    ADD("an-empty-file-is-as-good-as-none", test_an_empty_file_is_as_good_as_none);
    ADD("a-folder-that-is-not-there-is-told", test_a_folder_that_is_not_there_is_told);
    ADD("a-file-that-may-not-be-written-is-told", test_a_file_that_may_not_be_written_is_told);
    ADD("a-full-disk-costs-nothing-that-was-there", test_a_full_disk_costs_nothing_that_was_there);
    return g_test_run();
}

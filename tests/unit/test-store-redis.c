/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Redis store, at a Redis of its own: what one writes the other fetches, who has a claim keeps
 * others out, who lost it writes nothing. And the texts it keeps, without Redis. What several
 * servers make of it is in tests/scenarios/shared.t. */
#include "src/store/state-text.h"
#include "tests/unit/states.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>

/* @one, @two: two servers at the same Redis; a claim lasts 300 ms. */
typedef struct {
    char *folder;
    char *socket;
    GSubprocess *redis;
    GStringChunk *room;
    RollStore *one;
    RollStore *two;
} Fixture;

static const RollText AOR = {.ptr = "sip:a@example.org", .len = 17};

typedef struct {
    bool given;
    GError *error;
    GString *text;
} Fetch;

static void
note_fetch(void *data, const RollState *state, const GError *error)
{
    Fetch *fetch = data;
    g_assert_false(fetch->given);
    g_assert_true(!state != !error);
    fetch->given = true;
    fetch->error = error ? g_error_copy(error) : NULL;
    fetch->text = g_string_new(NULL);
    if (state)
        note_state(fetch->text, state);
}

static void
clear_fetch(Fetch *fetch)
{
    g_clear_error(&fetch->error);
    if (fetch->text)
        g_string_free(fetch->text, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fetch, clear_fetch)

static void
fetch(RollStore *store, bool claim, Fetch *out)
{
    roll_store_fetch(store, AOR, claim, note_fetch, out);
    g_assert_false(out->given);
    await(&out->given);
}

static RollStore *
open_store(const Fixture *f)
{
    return roll_store_open_redis(&(RollRedisSettings){.path = f->socket, .claim_ms = 300});
}

static void
await_ready(RollStore *store)
{
    while (roll_store_is_lost(store))
        g_main_context_iteration(NULL, TRUE);
}

/* It ends with the test, however that ends. */
static void
die_with_parent(gpointer data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_redis(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
    f->redis = g_subprocess_launcher_spawn(
        launcher, &error, "redis-server", "--port", "0", "--unixsocket", f->socket, "--dir",
        f->folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always", NULL);
    g_assert_no_error(error);
}

static void
end_redis(Fixture *f, int signal)
{
    g_subprocess_send_signal(f->redis, signal);
    g_subprocess_wait(f->redis, NULL, NULL);
    g_clear_object(&f->redis);
}

static void
set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autofree char *program = g_find_program_in_path("redis-server");
    if (!program)
        return;
    f->folder = g_dir_make_tmp("rollcall-redis-XXXXXX", NULL);
    f->socket = g_build_filename(f->folder, "s", NULL);
    f->room = g_string_chunk_new(4096);
    start_redis(f);
    f->one = open_store(f);
    f->two = open_store(f);
    await_ready(f->one);
    await_ready(f->two);
}

static void
remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR))
            remove_folder(inner);
        else
            g_unlink(inner);
    }
    g_rmdir(path);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!f->folder)
        return;
    roll_store_free(f->one);
    roll_store_free(f->two);
    if (f->redis)
        end_redis(f, SIGKILL);
    remove_folder(f->folder);
    g_string_chunk_free(f->room);
    g_free(f->socket);
    g_free(f->folder);
}

/* Returns: false after a skip. */
static bool
has_redis(const Fixture *f)
{
    if (!f->folder)
        g_test_skip("no redis-server here");
    return f->folder;
}

/* @n records that are live, told apart by @mark. */
static RollBatch *
make_batch(Fixture *f, unsigned n, unsigned mark, GString *expected)
{
    RollBatch *batch = roll_batch_new();
    RollTime now = g_get_real_time();
    roll_batch_begin(batch, AOR);
    for (unsigned i = 0; i < n; i++) {
        RollRecord record = full_record(f->room, mark + i);
        record.aor = AOR;
        record.registered_at = now;
        record.expires_at = now + (600 + i) * ROLL_SECOND;
        roll_batch_add(batch, &record);
        if (expected)
            note_record(expected, &record);
    }
    return batch;
}

static void
put(RollStore *store, RollBatch *batch)
{
    g_autoptr(GError) error = write_and_wait(store, batch);
    g_assert_no_error(error);
}

static void
assert_fetched(RollStore *store, const char *expected)
{
    g_auto(Fetch) found = {0};
    fetch(store, false, &found);
    g_assert_no_error(found.error);
    g_assert_cmpstr(found.text->str, ==, expected);
}

static void
claim(RollStore *store)
{
    g_auto(Fetch) claimed = {0};
    fetch(store, true, &claimed);
    g_assert_no_error(claimed.error);
}

static void
test_every_field_comes_to_the_other(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    assert_fetched(f->two, "sip:a@example.org has none\n");
    GString *expected = g_string_new(NULL);
    claim(f->one);
    RollBatch *batch = make_batch(f, 3, 1, expected);
    RollRecord empty = empty_record();
    empty.aor = AOR;
    roll_batch_add(batch, &empty);
    note_record(expected, &empty);
    put(f->one, batch);
    assert_fetched(f->two, expected->str);
    g_string_free(expected, TRUE);
    put(f->two, make_batch(f, 0, 0, NULL));
    assert_fetched(f->one, "sip:a@example.org has none\n");
}

static void
test_what_expired_is_left_out(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    GString *expected = g_string_new(NULL);
    RollBatch *batch = make_batch(f, 1, 1, expected);
    RollRecord old = full_record(f->room, 9);
    old.aor = AOR;
    old.expires_at = g_get_real_time() - 1;
    roll_batch_add(batch, &old);
    put(f->one, batch);
    assert_fetched(f->two, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_redis_lets_it_go_in_time(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    RollBatch *batch = roll_batch_new();
    RollRecord record = full_record(f->room, 1);
    record.aor = AOR;
    record.expires_at = g_get_real_time() + ROLL_SECOND / 10;
    roll_batch_begin(batch, AOR);
    roll_batch_add(batch, &record);
    put(f->one, batch);
    for (int i = 0; i < 500; i++) {
        g_autofree char *command = g_strdup_printf("redis-cli -s %s DBSIZE", f->socket);
        g_autofree char *out = NULL;
        g_assert_true(g_spawn_command_line_sync(command, &out, NULL, NULL, NULL));
        if (g_str_has_prefix(out, "0"))
            return;
        g_usleep(10000);
    }
    g_assert_not_reached();
}

static void
test_a_claim_keeps_the_other_waiting(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    GString *expected = g_string_new(NULL);
    claim(f->one);
    g_auto(Fetch) waiting = {0};
    roll_store_fetch(f->two, AOR, true, note_fetch, &waiting);
    put(f->one, make_batch(f, 1, 5, expected));
    await(&waiting.given);
    g_assert_no_error(waiting.error);
    g_assert_cmpstr(waiting.text->str, ==, expected->str);
    g_string_free(expected, TRUE);
    roll_store_release(f->two, AOR);
    claim(f->one);
    roll_store_release(f->one, AOR);
}

static void
test_who_lost_its_claim_writes_nothing(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    GString *expected = g_string_new(NULL);
    claim(f->one);
    claim(f->two); /* after 300 ms */
    g_autoptr(GError) error = write_and_wait(f->one, make_batch(f, 1, 5, NULL));
    g_assert_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_CLAIMED);
    put(f->two, make_batch(f, 1, 6, expected));
    assert_fetched(f->one, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_who_lost_its_claim_writes_nothing_after_it_was_given_back(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    GString *expected = g_string_new(NULL);
    claim(f->one);
    claim(f->two);
    put(f->two, make_batch(f, 1, 6, expected));
    g_autoptr(GError) error = write_and_wait(f->one, make_batch(f, 1, 5, NULL));
    g_assert_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_CLAIMED);
    assert_fetched(f->one, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_without_redis_it_is_lost_and_comes_back(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    GString *expected = g_string_new(NULL);
    put(f->one, make_batch(f, 2, 1, expected));
    end_redis(f, SIGKILL);
    for (int i = 0; i < 3; i++) {
        g_auto(Fetch) none = {0}, no_claim = {0};
        fetch(f->one, false, &none);
        g_assert_error(none.error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_LOST);
        fetch(f->one, true, &no_claim);
        g_assert_error(no_claim.error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_LOST);
        g_autoptr(GError) error = write_and_wait(f->one, make_batch(f, 1, 5, NULL));
        g_assert_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_LOST);
    }
    g_assert_true(roll_store_is_lost(f->one));
    start_redis(f);
    await_ready(f->one);
    assert_fetched(f->one, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_closing_waits_for_what_is_written(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    GString *expected = g_string_new(NULL);
    roll_store_write(f->one, make_batch(f, 2, 1, expected), not_told, NULL);
    roll_store_free(f->one);
    f->one = open_store(f);
    assert_fetched(f->two, expected->str);
    g_string_free(expected, TRUE);
}

static void
close_in_answer(void *data, const RollState *state, const GError *error)
{
    Fixture *f = data;
    g_assert_nonnull(state);
    g_assert_no_error(error);
    g_clear_pointer(&f->one, roll_store_free);
}

static void
fetch_not_told(void *data, const RollState *state, const GError *error)
{
    (void)data, (void)state, (void)error;
    g_assert_not_reached();
}

static void
test_an_answer_may_close_the_store(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!has_redis(f))
        return;
    roll_store_fetch(f->one, AOR, false, close_in_answer, f);
    roll_store_fetch(f->one, AOR, true, fetch_not_told, NULL);
    roll_store_fetch(f->one, AOR, true, fetch_not_told, NULL);
    while (f->one)
        g_main_context_iteration(NULL, TRUE);
    assert_fetched(f->two, "sip:a@example.org has none\n");
}

static void
test_a_text_is_read_as_it_was_written(void)
{
    g_autoptr(GStringChunk) room = g_string_chunk_new(512);
    RollRecord records[] = {full_record(room, 3), empty_record(), bare_record()};
    RollState state = {AOR, records, G_N_ELEMENTS(records)};
    GString *expected = g_string_new(NULL), *found = g_string_new(NULL), *text = g_string_new(NULL);
    g_autoptr(GArray) read = g_array_new(FALSE, FALSE, sizeof(RollRecord));
    for (size_t i = 0; i < G_N_ELEMENTS(records); i++)
        records[i].aor = AOR;
    records[0].path = ROLL_TEXT("a\tb\nc\\x41\x7f");
    note_state(expected, &state);
    roll_state_text_write(&state, text);
    g_assert_true(roll_state_text_read(text->str, text->len, AOR, read));
    note_state(found, &(RollState){AOR, (RollRecord *)(void *)read->data, read->len});
    g_assert_cmpstr(found->str, ==, expected->str);
    g_string_free(expected, TRUE);
    g_string_free(found, TRUE);
    g_string_free(text, TRUE);
}

#define LINE "sip:a@h\t\tid\t1\t\t5\t6\t\t\t\t"

static void
test_other_texts_are_refused(void)
{
    static const struct {
        const char *text;
        const char *what;
    } cases[] = {
        {"", "nothing"},
        {"rollcall 1", "no end"},
        {"rollcall 2\n" LINE "\n", "a version that is not known"},
        {"rollcall 1\n" LINE, "a line without its end"},
        {"rollcall 1\n\n", "an empty line"},
        {"rollcall 1\n" LINE "\t\n", "a field too many"},
        {"rollcall 1\nsip:a@h\t\tid\t1\t\t5\t6\t\t\t\n", "one too few"},
        {"rollcall 1\nsip:a\\x4\t\tid\t1\t\t5\t6\t\t\t\t\n", "half an escape"},
        {"rollcall 1\nsip:a\\q00\t\tid\t1\t\t5\t6\t\t\t\t\n", "another escape"},
        {"rollcall 1\nsip:a@h\t\tid\t-1\t\t5\t6\t\t\t\t\n", "a CSeq below 0"},
        {"rollcall 1\nsip:a@h\t\tid\t4294967296\t\t5\t6\t\t\t\t\n", "a CSeq above its bits"},
        {"rollcall 1\nsip:a@h\t\tid\t1\t1001\t5\t6\t\t\t\t\n", "a q above 1"},
        {"rollcall 1\nsip:a@h\t\tid\t1\t\t5x\t6\t\t\t\t\n", "a time that is none"},
        {"rollcall 1\nsip:a@h\t\tid\t1\t\t5\t6\t\t\t\tx:1.2.3.4:5\n", "a flow that is none"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *copy = g_strdup(cases[i].text);
        g_autoptr(GArray) read = g_array_new(FALSE, FALSE, sizeof(RollRecord));
        g_test_message("%s", cases[i].what);
        g_assert_false(roll_state_text_read(copy, strlen(copy), AOR, read));
    }
    g_autofree char *good = g_strdup("rollcall 1\n" LINE "\n");
    g_autoptr(GArray) read = g_array_new(FALSE, FALSE, sizeof(RollRecord));
    g_assert_true(roll_state_text_read(good, strlen(good), AOR, read));
    g_assert_cmpuint(read->len, ==, 1);
}

#define ADD(path, function)                                                                        \
    g_test_add("/store/redis/" path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("every-field-comes-to-the-other", test_every_field_comes_to_the_other);
    ADD("what-expired-is-left-out", test_what_expired_is_left_out);
    ADD("redis-lets-it-go-in-time", test_redis_lets_it_go_in_time);
    ADD("a-claim-keeps-the-other-waiting", test_a_claim_keeps_the_other_waiting);
    ADD("who-lost-its-claim-writes-nothing", test_who_lost_its_claim_writes_nothing);
    ADD("who-lost-its-claim-writes-nothing-after-it-was-given-back",
        test_who_lost_its_claim_writes_nothing_after_it_was_given_back);
    ADD("without-redis-it-is-lost-and-comes-back", test_without_redis_it_is_lost_and_comes_back);
    ADD("closing-waits-for-what-is-written", test_closing_waits_for_what_is_written);
    ADD("an-answer-may-close-the-store", test_an_answer_may_close_the_store);
    g_test_add_func("/store/text/is-read-as-it-was-written", test_a_text_is_read_as_it_was_written);
    g_test_add_func("/store/text/others-are-refused", test_other_texts_are_refused);
    return g_test_run();
}

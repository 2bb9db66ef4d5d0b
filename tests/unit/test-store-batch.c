/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Batches of states. */
#include "tests/unit/states.h"

static char *
dump(const RollBatch *batch)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < roll_batch_count(batch); i++) {
        RollState state = roll_batch_get(batch, i);
        note_state(out, &state);
    }
    return g_string_free(out, FALSE);
}

static void
test_states_keep_their_order_and_texts(void)
{
    g_autoptr(RollBatch) batch = roll_batch_new();
    GString *expected = g_string_new(NULL);
    for (unsigned i = 0; i < 500; i++) {
        g_autoptr(GStringChunk) room = g_string_chunk_new(256);
        g_autofree char *aor = g_strdup_printf("sip:u%u@example.org", i);
        roll_batch_begin(batch, roll_text(aor));
        for (unsigned j = 0; j < i % 4; j++) {
            RollRecord record = full_record(room, i * 10 + j);
            record.aor = roll_text(aor);
            roll_batch_add(batch, &record);
            note_record(expected, &record);
        }
        if (i % 4 == 0)
            g_string_append_printf(expected, "%s has none\n", aor);
    }
    g_assert_cmpuint(roll_batch_count(batch), ==, 500);
    g_autofree char *found = dump(batch);
    g_assert_cmpstr(found, ==, expected->str);
    g_string_free(expected, TRUE);
}

static void
test_absent_and_empty_texts_differ(void)
{
    g_autoptr(RollBatch) batch = roll_batch_new();
    roll_batch_begin(batch, ROLL_TEXT("sip:a@x"));
    RollRecord records[] = {empty_record(), bare_record()};
    roll_batch_add(batch, &records[0]);
    roll_batch_add(batch, &records[1]);
    RollState state = roll_batch_get(batch, 0);
    g_assert_cmpuint(state.n_records, ==, 2);
    g_assert_nonnull(state.records[0].params.ptr);
    g_assert_cmpuint(state.records[0].params.len, ==, 0);
    g_assert_null(state.records[1].params.ptr);
    g_assert_null(state.records[1].path.ptr);
}

static void
test_bytes_of_zero_are_kept(void)
{
    g_autoptr(RollBatch) batch = roll_batch_new();
    roll_batch_begin(batch, ROLL_TEXT("sip:a@x"));
    RollRecord record = bare_record();
    record.call_id = ROLL_TEXT("a\0b");
    roll_batch_add(batch, &record);
    g_assert_true(roll_text_equal(roll_batch_get(batch, 0).records->call_id, ROLL_TEXT("a\0b")));
}

static void
test_begun_again_only_the_last_counts(void)
{
    g_autoptr(RollBatch) batch = roll_batch_new();
    RollRecord first = empty_record(), second = bare_record();
    roll_batch_begin(batch, ROLL_TEXT("sip:a@x"));
    roll_batch_add(batch, &first);
    roll_batch_add(batch, &first);
    roll_batch_begin(batch, ROLL_TEXT("sip:b@x"));
    roll_batch_add(batch, &first);
    roll_batch_begin(batch, ROLL_TEXT("sip:a@x"));
    roll_batch_add(batch, &second);
    g_assert_cmpuint(roll_batch_count(batch), ==, 2);
    RollState a = roll_batch_get(batch, 0), b = roll_batch_get(batch, 1);
    g_assert_cmpuint(a.n_records, ==, 1);
    g_assert_true(roll_text_equal(a.records->contact, second.contact));
    g_assert_cmpuint(b.n_records, ==, 1);
    roll_batch_begin(batch, ROLL_TEXT("sip:a@x"));
    g_assert_cmpuint(roll_batch_get(batch, 0).n_records, ==, 0);
    g_assert_null(roll_batch_get(batch, 0).records);
}

static void
test_an_empty_one_has_no_states(void)
{
    g_autoptr(RollBatch) batch = roll_batch_new();
    g_assert_cmpuint(roll_batch_count(batch), ==, 0);
    roll_batch_free(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/batch/states-keep-their-order-and-texts",
                    test_states_keep_their_order_and_texts);
    g_test_add_func("/batch/absent-and-empty-texts-differ", test_absent_and_empty_texts_differ);
    g_test_add_func("/batch/bytes-of-zero-are-kept", test_bytes_of_zero_are_kept);
    g_test_add_func("/batch/begun-again-only-the-last-counts",
                    test_begun_again_only_the_last_counts);
    g_test_add_func("/batch/an-empty-one-has-no-states", test_an_empty_one_has_no_states);
    return g_test_run();
}

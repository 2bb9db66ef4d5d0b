/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A location table that has no room left: who is refused, and whose record gives way. */
#include "tests/unit/door.h"

static void
test_table_full_refused(Door *door)
{
    door->config.max_records = 2;
    door->config.purge_interval = ROLL_HOUR;
    door_open(door);
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
    door_expect(door, "503 after 60", .contacts = "sip:b@h1,sip:c@h1", .to = "bob");
    door_expect(door, "200 sip:b@h1 3600", .contacts = "sip:b@h1", .to = "bob");
    g_string_truncate(door->events, 0);
    door_expect(door, "503 after 60", .contacts = "sip:b@h1,sip:c@h1", .to = "bob");
    door_expect(door, "503 after 60", .contacts = "sip:d@h1", .to = "carol");
    g_assert_false(roll_registrar_add_static(door->registrar, 0, ROLL_TEXT("sip:x@example.org"),
                                             ROLL_TEXT("sip:x@h1")));
    door_expect_events(door, "");
    /* Who refreshes, swaps or leaves needs no room. */
    door_expect(door, "200 sip:b@h1 3600", .contacts = "sip:b@h1", .to = "bob");
    door_expect(door, "200 sip:c@h1 3600", .contacts = "sip:b@h1 e=0,sip:c@h1", .to = "bob");
    door_expect(door, "503 after 60", .contacts = "sip:d@h1", .to = "carol");
    door_expect(door, "200", .contacts = "sip:c@h1 e=0", .to = "bob");
    door_expect(door, "200 sip:d@h1 3600", .contacts = "sip:d@h1", .to = "carol");
    /* What has expired holds no place, swept or not. */
    door->now = ROLL_MINUTE;
    door_expect(door, "200 sip:b@h1 3600", .contacts = "sip:b@h1", .to = "bob");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 2);
}

static void
test_table_full_replaced(Door *door)
{
    door->config.max_records = 3;
    door->config.policy.table_full = ROLL_FULL_REPLACE;
    door->config.purge_interval = ROLL_HOUR;
    door_open(door);
    door_ask(door, &(Ask){.contacts = "sip:a@h1"});
    door->now++;
    door_ask(door, &(Ask){.contacts = "sip:b@h1 e=60", .to = "bob"});
    door->now++;
    door_ask(door, &(Ask){.contacts = "sip:c@h1", .to = "carol"});
    door->now++;
    door_ask(door, &(Ask){.contacts = "sip:a@h1"});
    g_string_truncate(door->events, 0);
    /* More than there is cannot be made, and who is refused drives nobody out. */
    door_expect(door, "503 after 60", .contacts = "sip:1@h,sip:2@h,sip:3@h,sip:4@h", .to = "dave");
    door_expect(door, "503 after 60", .contacts = "sip:a@h1,sip:2@h,sip:3@h,sip:4@h");
    door_expect(door, "500", .contacts = "sip:a@h1,sip:2@h", .cseq = 4, .from_tag = "other");
    door_expect_events(door, "");
    /* Bob is the oldest now, then Carol. */
    door->cseq = 10;
    door_expect(door, "200 sip:d@h1 3600", .contacts = "sip:d@h1", .to = "dave");
    door_expect_events(door, "deactivated sip:bob@example.org sip:b@h1; "
                             "created sip:dave@example.org sip:d@h1 3600");
    g_assert_cmpstr(door_list(door, "bob"), ==, "");
    door_expect(door, "200 sip:b@h1 60", .contacts = "sip:b@h1 e=60", .to = "bob");
    door_expect_events(door, "deactivated sip:carol@example.org sip:c@h1; "
                             "created sip:bob@example.org sip:b@h1 60");
    /* What has expired goes first, although others are older. */
    door->now += ROLL_MINUTE;
    door_expect(door, "200 sip:e@h1 3600", .contacts = "sip:e@h1", .to = "eve");
    door_expect_events(door, "expired sip:bob@example.org sip:b@h1; "
                             "created sip:eve@example.org sip:e@h1 3600");
    /* A request may drive out what stands beside it in its own row. */
    door->now++;
    door_expect(door, "200 sip:1@h 3600, sip:2@h 3600, sip:3@h 3600",
                .contacts = "sip:1@h,sip:2@h,sip:3@h", .to = "eve");
    door_expect_events(door, "deactivated sip:alice@example.org sip:a@h1; "
                             "created sip:eve@example.org sip:1@h 3600; "
                             "deactivated sip:dave@example.org sip:d@h1; "
                             "created sip:eve@example.org sip:2@h 3600; "
                             "deactivated sip:eve@example.org sip:e@h1; "
                             "created sip:eve@example.org sip:3@h 3600");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 3);
}

/* At one instant: of equals the first AOR goes, but not what the request has just written. */
static void
test_table_full_at_one_instant(Door *door)
{
    door->config.max_records = 2;
    door->config.max_aors = 3;
    door->config.policy.table_full = ROLL_FULL_REPLACE;
    door_open(door);
    door_ask(door, &(Ask){.contacts = "sip:b@h1", .to = "bob"});
    door_ask(door, &(Ask){.contacts = "sip:z@h1", .to = "zoe"});
    g_string_truncate(door->events, 0);
    door_expect(door, "200 sip:1@h 3600, sip:2@h 3600", .contacts = "sip:1@h,sip:2@h");
    door_expect_events(door, "deactivated sip:bob@example.org sip:b@h1; "
                             "created sip:alice@example.org sip:1@h 3600; "
                             "deactivated sip:zoe@example.org sip:z@h1; "
                             "created sip:alice@example.org sip:2@h 3600");
    /* Who was driven out has left no address-of-record behind. */
    door_expect(door, "200 sip:c@h1 3600", .contacts = "sip:c@h1", .to = "carol");
}

/* A loaded record may be from after now; when it is refreshed it is as old as others. */
static void
test_table_full_after_a_load(Door *door)
{
    RollRecord record = {.aor = ROLL_TEXT("sip:bob@example.org"),
                         .contact = ROLL_TEXT("sip:b@h1"),
                         .registered_at = ROLL_HOUR,
                         .expires_at = ROLL_DAY};
    door->config.max_records = 3;
    door->config.policy.table_full = ROLL_FULL_REPLACE;
    door_open(door);
    g_assert_true(roll_registrar_load(door->registrar, 0, &record));
    record.aor = ROLL_TEXT("sip:zoe@example.org");
    record.registered_at = -ROLL_HOUR;
    g_assert_true(roll_registrar_load(door->registrar, 0, &record));
    door_ask(door, &(Ask){.contacts = "sip:b@h1 e=60", .to = "bob"});
    door->now++;
    door_ask(door, &(Ask){.contacts = "sip:c@h1", .to = "carol"});
    record.aor = ROLL_TEXT("sip:dave@example.org");
    g_assert_false(roll_registrar_load(door->registrar, door->now, &record));
    door_ask(door, &(Ask){.contacts = "sip:d@h1", .to = "dave"});
    g_assert_cmpstr(door_list(door, "zoe"), ==, "");
    door_ask(door, &(Ask){.contacts = "sip:e@h1", .to = "eve"});
    g_assert_cmpstr(door_list(door, "bob"), ==, "");
    g_assert_cmpstr(door_list(door, "carol"), ==, "sip:c@h1");
}

static void
test_table_full_of_static_records(Door *door)
{
    static const char *const users[] = {"sip:a@example.org", "sip:b@example.org"};
    door->config.max_records = 3;
    door->config.policy.table_full = ROLL_FULL_REPLACE;
    door_open(door);
    for (size_t i = 0; i < G_N_ELEMENTS(users); i++)
        g_assert_true(roll_registrar_add_static(door->registrar, 0, roll_text(users[i]),
                                                ROLL_TEXT("sip:s@h1")));
    door_expect(door, "200 sip:b@h1 3600", .contacts = "sip:b@h1", .to = "bob");
    /* An operator's record drives nobody out either. */
    g_assert_false(roll_registrar_add_static(door->registrar, 0, ROLL_TEXT("sip:c@example.org"),
                                             ROLL_TEXT("sip:s@h1")));
    door_expect(door, "503 after 60", .contacts = "sip:1@h,sip:2@h", .to = "carol");
    door_expect(door, "200 sip:1@h 3600", .contacts = "sip:1@h", .to = "carol");
    g_assert_cmpstr(door_list(door, "bob"), ==, "");
    g_assert_cmpstr(door_list(door, "a"), ==, "sip:s@h1");
    /* Once the operator has taken one back, there is room for two. */
    g_assert_true(
        roll_registrar_remove(door->registrar, 0, roll_text(users[0]), ROLL_TEXT("sip:s@h1")));
    door_expect(door, "200 sip:1@h 3600, sip:2@h 3600", .contacts = "sip:1@h,sip:2@h",
                .to = "carol");
}

static void
test_table_full_and_trunks(Door *door)
{
    RollRecord trunk = {.aor = ROLL_TEXT("sip:alice@example.org"),
                        .contact = ROLL_TEXT("sip:h1;bnc"),
                        .expires_at = ROLL_HOUR};
    door->config.max_records = 3;
    door->config.policy.table_full = ROLL_FULL_REPLACE;
    door->config.numbers = door_numbers;
    door_open(door);
    /* A trunk and its numbers need three places and drive nobody out. */
    door_expect(door, "200 sip:b@h1 3600", .contacts = "sip:b@h1", .to = "bob");
    door_expect(door, "503 after 60", .contacts = "sip:h1;bnc", .require = "gin");
    g_assert_false(roll_registrar_load(door->registrar, 0, &trunk));
    door_expect(door, "200", .contacts = "sip:b@h1 e=0", .to = "bob");
    door_expect(door, "200 sip:h1;bnc 3600", .contacts = "sip:h1;bnc", .require = "gin");
    door_expect(door, "200 sip:h1;bnc 3600", .contacts = "sip:h1;bnc", .require = "gin");
    door->now++;
    g_string_truncate(door->events, 0);
    /* It goes as a whole, and a number's own contact may then be alone in its row. */
    door_expect(door, "200 sip:o@h 3600", .contacts = "sip:o@h", .to = "+4930100");
    door_expect_events(door, "deactivated sip:+4930100@example.org sip:+4930100@h1; "
                             "deactivated sip:+4930101@example.org sip:+4930101@h1; "
                             "deactivated sip:alice@example.org sip:h1;bnc; "
                             "created sip:+4930100@example.org sip:o@h 3600");
    g_assert_cmpstr(door_list(door, "+4930100"), ==, "sip:o@h");
}

/* The live records as the observer was told of them: from "AOR contact" to the event. */
typedef struct {
    GHashTable *live;
    RollTime now;
    unsigned n_driven_out;
} Mirror;

static void
mirror_event(void *data, const RollBindingEvent *event)
{
    Mirror *self = data;
    char *key = g_strdup_printf("%.*s %.*s", (int)event->aor.len, event->aor.ptr,
                                (int)event->contact.len, event->contact.ptr);
    if (event->kind == ROLL_BINDING_DEACTIVATED) {
        GHashTableIter iter;
        gpointer other;
        g_hash_table_iter_init(&iter, self->live);
        while (g_hash_table_iter_next(&iter, NULL, &other)) {
            const RollBindingEvent *record = other;
            g_assert_cmpint(record->registered_at, >=, event->registered_at);
            g_assert_cmpint(record->expires_at, >, self->now);
        }
        self->n_driven_out++;
    }
    if (event->kind <= ROLL_BINDING_SHORTENED)
        g_hash_table_replace(self->live, g_steal_pointer(&key), g_memdup2(event, sizeof *event));
    else
        g_assert_true(g_hash_table_remove(self->live, key));
    g_free(key);
}

static void
test_table_full_at_random(Door *door)
{
    enum { STEPS = 6000, MAX = 40 };
    Mirror mirror = {.live = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    door->config.max_records = MAX;
    door->config.policy.table_full = ROLL_FULL_REPLACE;
    door->config.purge_interval = 10 * ROLL_MINUTE;
    door_open(door);
    roll_registrar_set_observer(door->registrar, mirror_event, &mirror);
    for (int i = 0; i < STEPS; i++) {
        char to[20], contacts[60];
        g_snprintf(to, sizeof to, "u%d", g_test_rand_int_range(0, 50));
        g_snprintf(contacts, sizeof contacts, "sip:c%d@h e=%d", g_test_rand_int_range(0, 3),
                   g_test_rand_int_range(0, 5) ? g_test_rand_int_range(60, 20000) : 0);
        mirror.now = door->now += g_test_rand_int_range(1, 30) * ROLL_SECOND;
        if (g_test_rand_int_range(0, 500) == 0)
            mirror.now = door->now += 9000 * ROLL_SECOND;
        const char *answer = door_ask(door, &(Ask){.to = to, .contacts = contacts});
        g_assert_true(g_str_has_prefix(answer, "200"));
        g_assert_cmpuint(roll_registrar_count(door->registrar), ==, g_hash_table_size(mirror.live));
        g_assert_cmpuint(g_hash_table_size(mirror.live), <=, MAX);
    }
    g_assert_cmpuint(mirror.n_driven_out, >, STEPS / 20);
    g_hash_table_unref(mirror.live);
    door->n_live = roll_registrar_count(door->registrar);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/full-table/refuse", test_table_full_refused);
    door_add_test("/full-table/replace", test_table_full_replaced);
    door_add_test("/full-table/at-one-instant", test_table_full_at_one_instant);
    door_add_test("/full-table/after-a-load", test_table_full_after_a_load);
    door_add_test("/full-table/static", test_table_full_of_static_records);
    door_add_test("/full-table/trunks", test_table_full_and_trunks);
    door_add_test("/full-table/at-random", test_table_full_at_random);
    return g_test_run();
}

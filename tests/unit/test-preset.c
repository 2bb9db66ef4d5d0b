/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each preset by the behaviour that its server is known for, and that is not the RFCs'. */
#include "tests/unit/door.h"

#include <rollcall/preset.h>

static void
open_preset(Door *door, const char *name)
{
    const RollPreset *preset = roll_preset_find(name);
    g_assert_nonnull(preset);
    roll_preset_apply(preset, &door->config);
    door_open(door);
}

/* The default configuration is the preset `rfc`, so that the two cannot part. */
static void
test_rfc(void)
{
    size_t n;
    RollConfig plain = roll_config_default();
    RollConfig applied = roll_config_default();
    const RollPreset *rfc = roll_presets(&n);
    RollPolicy policy = roll_policy_default();
    g_assert_true(rfc == roll_preset_find("rfc"));
    roll_preset_apply(rfc, &applied);
    g_assert_cmpuint(applied.default_expires, ==, plain.default_expires);
    g_assert_cmpuint(applied.min_expires, ==, plain.min_expires);
    g_assert_cmpuint(applied.max_expires, ==, plain.max_expires);
    g_assert_cmpint(applied.purge_interval, ==, plain.purge_interval);
    g_assert_cmpuint(applied.max_bindings_per_aor, ==, plain.max_bindings_per_aor);
    g_assert_cmpint(rfc->policy.brief, ==, policy.brief);
    g_assert_cmpint(rfc->policy.order_status, ==, policy.order_status);
    g_assert_cmpint(rfc->policy.full, ==, policy.full);
    g_assert_cmpint(rfc->policy.full_status, ==, policy.full_status);
    g_assert_cmpint(rfc->policy.path, ==, policy.path);
    g_assert_cmpint(rfc->policy.outbound, ==, policy.outbound);
    g_assert_true(rfc->policy.gruu && rfc->policy.bulk && rfc->policy.events);
    g_assert_null(roll_preset_find("RFC"));
    g_assert_cmpuint(n, ==, 6);
}

static void
test_kamailio(Door *door)
{
    open_preset(door, "kamailio");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1", .expires = "1", .cseq = 10);
    door_expect(door, "400", .contacts = "sip:a@h1", .cseq = 9);
    /* URIs are text. */
    door_expect(door, "200 sip:a@h1 60, sip:a@H1 3600", .contacts = "sip:a@H1", .cseq = 11);
    door_expect(door, "200", .contacts = "*", .expires = "0", .cseq = 2);
    /* The sweep comes every minute. */
    door_expect(door, "200 sip:a@h1 61", .contacts = "sip:a@h1 e=61");
    g_assert_cmpint(roll_registrar_next_wake(door->registrar), ==, 2 * ROLL_MINUTE);
    door_expect(door, "420 not outbound", .require = "outbound");
    g_string_truncate(door->events, 0);
}

static void
test_opensips(Door *door)
{
    open_preset(door, "opensips");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1", .expires = "1", .cseq = 10);
    door_expect(door, "400", .contacts = "sip:a@h1", .cseq = 9);
    door_expect(door, "200 sip:a@H1 3600", .contacts = "sip:a@H1", .cseq = 11);
    door_expect(door, "200", .contacts = "*", .expires = "0", .cseq = 2);
    door_expect(door, "420 not gruu", .require = "gruu");
    g_string_truncate(door->events, 0);
}

static void
test_pjsip(Door *door)
{
    open_preset(door, "asterisk-pjsip");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=1", .cseq = 10);
    door_expect(door, "200 sip:a@h1 7200", .contacts = "sip:a@h1 e=90000", .cseq = 3);
    door_expect(door, "403", .contacts = "sip:b@h2");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
    g_assert_cmpint(roll_registrar_next_wake(door->registrar), ==, ROLL_MINUTE);
    g_string_truncate(door->events, 0);
}

static void
test_chansip(Door *door)
{
    open_preset(door, "asterisk-chansip");
    door_expect(door, "200 sip:a@h1 120", .contacts = "sip:a@h1", .cseq = 10);
    door_expect(door, "200 sip:b@h2 3600", .contacts = "sip:b@h2 e=90000", .cseq = 3);
    door_expect(door, "200 sip:c@h3 60", .contacts = "sip:c@h3 e=5", .call_id = "call-3");
    g_string_truncate(door->events, 0);
    door_run(door, 70 * ROLL_SECOND - 1);
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:c@h3");
    door_run(door, 70 * ROLL_SECOND);
    door_expect_events(door, "expired sip:alice@example.org sip:c@h3");
}

static void
test_freeswitch(Door *door)
{
    open_preset(door, "freeswitch");
    door_expect(door, "200 sip:a@h1 1", .contacts = "sip:a@h1 e=1");
    door_expect(door, "200 sip:b@h2 20", .contacts = "sip:b@h2 e=20", .call_id = "call-2");
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 1; "
                             "deactivated sip:alice@example.org sip:a@h1; "
                             "created sip:alice@example.org sip:b@h2 20");
    /* It counts for 80 s, and stands until 90 s. */
    door_run(door, 80 * ROLL_SECOND - 1);
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:b@h2");
    door_run(door, 80 * ROLL_SECOND);
    g_assert_cmpstr(door_list(door, "alice"), ==, "");
    door_expect_events(door, "");
    door_run(door, 90 * ROLL_SECOND);
    door_expect_events(door, "expired sip:alice@example.org sip:b@h2");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/preset/rfc/is-the-default", test_rfc);
    door_add_test("/preset/kamailio", test_kamailio);
    door_add_test("/preset/opensips", test_opensips);
    door_add_test("/preset/asterisk-pjsip", test_pjsip);
    door_add_test("/preset/asterisk-chansip", test_chansip);
    door_add_test("/preset/freeswitch", test_freeswitch);
    return g_test_run();
}

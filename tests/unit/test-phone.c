/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The phone by itself: what it sends, and when to the microsecond, for everything that can happen
 * to it. The clock is stepped from one wake to the next. */
#include "sim/model/phone.h"

#include <math.h>

typedef struct {
    SimGroup group;
    SimRandom random;
    SimPhoneSetting setting;
    SimPhone phone;
    SimAction action;
} Bench;

static void
prepare(Bench *self)
{
    *self = (Bench){0};
    self->group = (SimGroup){
        .count = 1,
        .registers = true,
        .expires = 3600,
        .refresh = {.from = {0, 30 * ROLL_MINUTE}, .to = {0, 30 * ROLL_MINUTE}},
        .retry = {.kind = SIM_RETRY_LAW, .law = {.kind = SIM_LAW_FIXED, .a = 30}},
        .timeout = ROLL_TIMER_F,
        .linger = 4 * ROLL_SECOND,
    };
    self->random = sim_random_new(1, 0);
    self->setting = (SimPhoneSetting){&self->group, &self->random};
    self->phone.timer = self->phone.notice = ROLL_NEVER;
    self->phone.address = 0x0a000001;
}

static void
power_on(Bench *self, RollTime now)
{
    sim_phone_power_on(&self->phone, &self->setting, 0, now);
}

static bool
wake(Bench *self, RollTime now)
{
    self->action = (SimAction){0};
    g_assert_cmpint(sim_phone_next(&self->phone, self->setting.group), ==, now);
    sim_phone_wake(&self->phone, &self->setting, 0, now, &self->action);
    return self->action.send;
}

static bool
answer(Bench *self, RollTime now, SimResponse response)
{
    self->action = (SimAction){0};
    response.branch = self->phone.branch;
    sim_phone_receive(&self->phone, &self->setting, 0, now, &response, &self->action);
    return self->action.send;
}

static const SimResponse OK = {.status = 200, .granted = 3600};

static void
register_now(Bench *self)
{
    prepare(self);
    power_on(self, 0);
    g_assert_true(wake(self, 0));
    g_assert_false(answer(self, 0, OK));
    g_assert_cmpint(self->action.end, ==, SIM_END_GRANTED);
}

static void
asks_for_what_it_was_granted(void)
{
    Bench b;
    for (int as_granted = 0; as_granted < 2; as_granted++) {
        prepare(&b);
        b.group.asks_as_granted = as_granted;
        b.group.refresh = (SimRefresh){.from = {0.5, 0}, .to = {0.5, 0}};
        power_on(&b, 0);
        g_assert_true(wake(&b, 0));
        g_assert_cmpint(b.action.request.expires, ==, 3600);
        answer(&b, 0, (SimResponse){.status = 200, .granted = 3598});
        g_assert_true(wake(&b, 1799 * ROLL_SECOND));
        g_assert_cmpint(b.action.request.expires, ==, as_granted ? 3598 : 3600);
        /* A reboot is a new beginning. */
        sim_phone_power_off(&b.phone, &b.setting, 0, 2000 * ROLL_SECOND, false, &b.action);
        power_on(&b, 2100 * ROLL_SECOND);
        g_assert_true(wake(&b, 2100 * ROLL_SECOND));
        g_assert_cmpint(b.action.request.expires, ==, 3600);
    }
}

static void
registers_at_boot_and_refreshes(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 7 * ROLL_SECOND);
    g_assert_true(wake(&b, 7 * ROLL_SECOND));
    g_assert_cmpint(b.action.request.kind, ==, SIM_SEND_INITIAL);
    g_assert_cmpint(b.action.request.expires, ==, 3600);
    g_assert_cmpint(b.action.request.cseq, ==, 1);
    uint32_t call_id = b.action.request.call_id;
    answer(&b, 8 * ROLL_SECOND, OK);
    g_assert_true(wake(&b, 8 * ROLL_SECOND + 30 * ROLL_MINUTE));
    g_assert_cmpint(b.action.request.kind, ==, SIM_SEND_REFRESH);
    g_assert_cmpint(b.action.request.cseq, ==, 2);
    g_assert_cmpint(b.action.request.call_id, ==, call_id);
}

/* RFC 3261 section 17.1.2.2: copies at 0.5, 1.5, 3.5, 7.5, 11.5 ... 31.5 s; Timer F at 32 s. */
static void
retransmits_by_timer_e_until_timer_f(void)
{
    static const double at[] = {0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5};
    Bench b;
    prepare(&b);
    power_on(&b, 0);
    g_assert_true(wake(&b, 0));
    SimRequest first = b.action.request;
    for (unsigned i = 0; i < G_N_ELEMENTS(at); i++) {
        g_assert_true(wake(&b, (RollTime)(at[i] * 1e6)));
        g_assert_cmpint(b.action.request.copy, ==, i + 1);
        g_assert_cmpint(b.action.request.cseq, ==, first.cseq);
        g_assert_cmpint(b.action.request.branch, ==, first.branch);
    }
    g_assert_false(wake(&b, 32 * ROLL_SECOND));
    g_assert_cmpint(b.action.end, ==, SIM_END_FAILED);
    g_assert_true(wake(&b, 62 * ROLL_SECOND));
    g_assert_cmpint(b.action.request.kind, ==, SIM_SEND_RETRY);
}

static void
answers_a_challenge_with_a_new_cseq(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 0);
    wake(&b, 0);
    g_assert_cmpuint(b.action.request.nonce, ==, 0);
    g_assert_true(answer(&b, 1, (SimResponse){.status = 401, .nonce = 77}));
    g_assert_cmpint(b.action.request.kind, ==, SIM_SEND_CHALLENGED);
    g_assert_cmpuint(b.action.request.nonce, ==, 77);
    g_assert_cmpuint(b.action.request.nc, ==, 1);
    g_assert_cmpuint(b.action.request.cseq, ==, 2);
    answer(&b, 2, OK);
    g_assert_cmpint(b.phone.began, ==, 0);
}

/* RFC 3261 section 22.1: rejected credentials are not tried again unless the nonce was stale. */
static void
wrong_password_is_not_tried_again_at_once(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 0);
    wake(&b, 0);
    answer(&b, 1, (SimResponse){.status = 401, .nonce = 77});
    g_assert_false(answer(&b, 2, (SimResponse){.status = 401, .nonce = 78}));
    g_assert_cmpint(b.action.end, ==, SIM_END_FAILED);
    prepare(&b);
    power_on(&b, 0);
    wake(&b, 0);
    answer(&b, 1, (SimResponse){.status = 401, .nonce = 77});
    g_assert_true(answer(&b, 2, (SimResponse){.status = 401, .nonce = 78, .stale = true}));
    g_assert_cmpuint(b.action.request.nonce, ==, 78);
}

static void
follows_no_challenge_for_ever(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 0);
    wake(&b, 0);
    unsigned rounds = 0;
    while (answer(&b, 1, (SimResponse){.status = 401, .nonce = 5 + rounds, .stale = true}))
        g_assert_cmpuint(++rounds, <, 10);
    g_assert_cmpint(b.action.end, ==, SIM_END_FAILED);
}

static void
nonce_is_reused_or_not_as_the_profile_says(void)
{
    static const SimCredentialsUse uses[] = {SIM_CREDENTIALS_FRESH, SIM_CREDENTIALS_REUSED};
    for (size_t i = 0; i < G_N_ELEMENTS(uses); i++) {
        Bench b;
        prepare(&b);
        b.group.credentials = uses[i];
        power_on(&b, 0);
        wake(&b, 0);
        answer(&b, 0, (SimResponse){.status = 401, .nonce = 77});
        answer(&b, 0, OK);
        g_assert_true(wake(&b, 30 * ROLL_MINUTE));
        bool reused = uses[i] == SIM_CREDENTIALS_REUSED;
        g_assert_cmpuint(b.action.request.nonce, ==, reused ? 77 : 0);
        if (reused)
            g_assert_cmpuint(b.action.request.nc, ==, 2);
    }
}

static void
too_brief_is_asked_again_with_the_minimum(void)
{
    Bench b;
    prepare(&b);
    b.group.expires = 30;
    b.group.refresh.from = b.group.refresh.to = (SimPoint){0.5, 0};
    power_on(&b, 0);
    wake(&b, 0);
    g_assert_true(answer(&b, 0, (SimResponse){.status = 423, .min_expires = 60}));
    g_assert_cmpuint(b.action.request.expires, ==, 60);
    g_assert_false(answer(&b, 0, (SimResponse){.status = 423, .min_expires = 60}));
    g_assert_cmpint(b.action.end, ==, SIM_END_FAILED);
}

static void
retry_after_is_honoured(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 0);
    wake(&b, 0);
    answer(&b, 0, (SimResponse){.status = 503, .retry_after = 90});
    g_assert_cmpint(sim_phone_next(&b.phone, b.setting.group), ==, 90 * ROLL_SECOND);
}

static void
a_200_without_the_contact_is_a_failure(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 0);
    wake(&b, 0);
    answer(&b, 0, (SimResponse){.status = 200});
    g_assert_cmpint(b.action.end, ==, SIM_END_FAILED);
}

static void
an_old_reply_changes_nothing(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 0);
    wake(&b, 0);
    SimResponse old = OK;
    old.branch = b.phone.branch - 1;
    sim_phone_receive(&b.phone, &b.setting, 0, 5, &old, &b.action);
    g_assert_cmpint(b.phone.state, ==, SIM_PHONE_TRYING);
}

static void
power_cut_is_silent_and_goodbye_is_not(void)
{
    Bench b;
    register_now(&b);
    b.action = (SimAction){0};
    sim_phone_power_off(&b.phone, &b.setting, 0, 100, false, &b.action);
    g_assert_false(b.action.send);
    g_assert_cmpint(sim_phone_next(&b.phone, b.setting.group), ==, ROLL_NEVER);

    register_now(&b);
    b.action = (SimAction){0};
    sim_phone_power_off(&b.phone, &b.setting, 0, 100, true, &b.action);
    g_assert_true(b.action.send);
    g_assert_cmpint(b.action.request.kind, ==, SIM_SEND_UNREGISTER);
    g_assert_cmpuint(b.action.request.expires, ==, 0);
    answer(&b, 200, (SimResponse){.status = 200});
    g_assert_cmpint(b.action.end, ==, SIM_END_UNREGISTERED);
    g_assert_cmpint(b.phone.state, ==, SIM_PHONE_OFF);
}

/* It lingers for 4 s: copies at 0.5, 1.5 and 3.5 s, then it is gone. */
static void
goodbye_lingers_only_so_long(void)
{
    Bench b;
    register_now(&b);
    sim_phone_power_off(&b.phone, &b.setting, 0, 0, true, &b.action);
    g_assert_true(wake(&b, 500 * ROLL_MILLISECOND));
    g_assert_true(wake(&b, 1500 * ROLL_MILLISECOND));
    g_assert_true(wake(&b, 3500 * ROLL_MILLISECOND));
    g_assert_false(wake(&b, 4 * ROLL_SECOND));
    g_assert_cmpint(b.phone.state, ==, SIM_PHONE_OFF);
    g_assert_cmpint(sim_phone_next(&b.phone, b.setting.group), ==, ROLL_NEVER);
}

static void
a_noticed_move_registers_the_new_address(void)
{
    Bench b;
    register_now(&b);
    b.group.removes_old = true;
    sim_phone_set_address(&b.phone, 0x0a000002, 50);
    g_assert_true(wake(&b, 50));
    g_assert_cmpint(b.action.request.kind, ==, SIM_SEND_MOVE);
    g_assert_cmphex(b.action.request.contact, ==, 0x0a000002);
    g_assert_cmphex(b.action.request.old_contact, ==, 0x0a000001);
}

static void
an_unnoticed_move_waits_for_the_refresh(void)
{
    Bench b;
    register_now(&b);
    sim_phone_set_address(&b.phone, 0x0a000002, ROLL_NEVER);
    g_assert_true(wake(&b, 30 * ROLL_MINUTE));
    g_assert_cmpint(b.action.request.kind, ==, SIM_SEND_MOVE);
    g_assert_cmphex(b.action.request.contact, ==, 0x0a000002);
    g_assert_cmphex(b.action.request.old_contact, ==, 0);
}

static void
a_move_and_back_is_no_move(void)
{
    Bench b;
    register_now(&b);
    sim_phone_set_address(&b.phone, 0x0a000002, 50);
    sim_phone_set_address(&b.phone, 0x0a000001, 60);
    g_assert_false(wake(&b, 60));
    g_assert_cmpint(sim_phone_next(&b.phone, b.setting.group), ==, 30 * ROLL_MINUTE);
}

static void
a_notice_while_booting_does_not_hurry_it(void)
{
    Bench b;
    prepare(&b);
    power_on(&b, 60 * ROLL_SECOND);
    sim_phone_set_address(&b.phone, 0x0a000002, 5 * ROLL_SECOND);
    g_assert_false(wake(&b, 5 * ROLL_SECOND));
    g_assert_true(wake(&b, 60 * ROLL_SECOND));
}

/* Asterisk chan_sip, `register =>`: 120 s asked and granted, sent at 0, 105, 210 s; with the
 * registrar dead one every 20 s for ever, the same Call-ID, CSeq counting on. */
static void
chan_sip_golden_trace(void)
{
    Bench b;
    prepare(&b);
    b.group.expires = 120;
    b.group.refresh = (SimRefresh){
        .from = {1, -15 * ROLL_SECOND},
        .to = {1, -15 * ROLL_SECOND},
        .short_up_to = 30,
        .short_point = {0.8, 0},
    };
    b.group.timeout = 20 * ROLL_SECOND;
    b.group.retry = (SimRetry){
        .kind = SIM_RETRY_LAW, .law = {.kind = SIM_LAW_FIXED, .a = 20}, .from_sending = true};
    power_on(&b, 0);
    g_assert_true(wake(&b, 0));
    answer(&b, 0, (SimResponse){.status = 200, .granted = 120});
    g_assert_true(wake(&b, 105 * ROLL_SECOND));
    answer(&b, 105 * ROLL_SECOND, (SimResponse){.status = 200, .granted = 120});
    g_assert_true(wake(&b, 210 * ROLL_SECOND));
    uint32_t call_id = b.action.request.call_id;
    unsigned tries = 0;
    for (RollTime now = sim_phone_next(&b.phone, b.setting.group); tries < 5; now = sim_phone_next(&b.phone, b.setting.group)) {
        b.action = (SimAction){0};
        sim_phone_wake(&b.phone, &b.setting, 0, now, &b.action);
        if (!b.action.send || b.action.request.copy > 0)
            continue;
        tries++;
        g_assert_cmpint(now, ==, (210 + 20 * tries) * ROLL_SECOND);
        g_assert_cmpuint(b.action.request.call_id, ==, call_id);
        g_assert_cmpuint(b.action.request.cseq, ==, 3 + tries);
    }
}

static void
call_ids_follow_the_policy(void)
{
    static const struct {
        SimCallIdUse use;
        bool refresh_same;
        bool boot_same;
    } cases[] = {
        {SIM_CALL_ID_BOOT, true, false},
        {SIM_CALL_ID_REQUEST, false, false},
        {SIM_CALL_ID_DEVICE, true, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Bench b;
        prepare(&b);
        b.group.call_id = cases[i].use;
        power_on(&b, 0);
        wake(&b, 0);
        uint32_t first = b.action.request.call_id;
        answer(&b, 0, OK);
        wake(&b, 30 * ROLL_MINUTE);
        g_assert_true((b.action.request.call_id == first) == cases[i].refresh_same);
        sim_phone_power_off(&b.phone, &b.setting, 0, 31 * ROLL_MINUTE, false, &b.action);
        power_on(&b, 32 * ROLL_MINUTE);
        wake(&b, 32 * ROLL_MINUTE);
        g_assert_true((b.action.request.call_id == first) == cases[i].boot_same);
        g_assert_cmpuint(b.action.request.cseq, ==, 1);
    }
}

/* The refresh points of sip.md's client table, to the millisecond. */
static void
refresh_intervals(void)
{
    static const struct {
        const char *what;
        SimRefresh law;
        uint32_t granted;
        double u;
        int64_t ms;
    } cases[] = {
        {"pjsua: 5 s before", {{1, -5000000}, {1, -5000000}, 0, {0, 0}}, 300, 0.3, 295000},
        {"baresip: 90 %", {{0.9, 0}, {0.9, 0}, 0, {0, 0}}, 3600, 0.3, 3240000},
        {"chan_sip: 15 s before", {{1, -15000000}, {1, -15000000}, 30, {0.8, 0}}, 120, 0, 105000},
        {"chan_sip, 30 s: 20 % before",
         {{1, -15000000}, {1, -15000000}, 30, {0.8, 0}},
         30,
         0,
         24000},
        {"JsSIP: e/2 + u (e/2 - 32)",
         {{0.5, 0}, {1, -32000000}, 64, {1, -5000000}},
         600,
         0.5,
         434000},
        {"JsSIP, 60 s: 5 s before", {{0.5, 0}, {1, -32000000}, 64, {1, -5000000}}, 60, 0.5, 55000},
        {"seed: 30 min of 1 h", {{0, 1800000000}, {0, 1800000000}, 0, {0, 0}}, 3600, 0.9, 1800000},
        {"a grant below the law: half",
         {{0, 1800000000}, {0, 1800000000}, 0, {0, 0}},
         60,
         0,
         30000},
        {"an offset beyond the grant: half",
         {{1, -15000000}, {1, -15000000}, 0, {0, 0}},
         10,
         0,
         5000},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].what);
        g_assert_cmpint(sim_refresh_interval(&cases[i].law, cases[i].granted, cases[i].u), ==,
                        cases[i].ms * ROLL_MILLISECOND);
    }
}

/* RFC 5626 appendix A, column "all flows failed" (base 30 s) and "otherwise" (base 90 s). */
static void
rfc5626_appendix_a(void)
{
    static const struct {
        unsigned failures;
        double base30[2];
        double base90[2];
    } rows[] = {
        {1, {30, 60}, {90, 180}},      {2, {60, 120}, {180, 360}},
        {3, {120, 240}, {360, 720}},   {4, {240, 480}, {720, 1440}},
        {5, {480, 960}, {900, 1800}},  {6, {900, 1800}, {900, 1800}},
        {7, {900, 1800}, {900, 1800}}, {200, {900, 1800}, {900, 1800}},
    };
    SimRetry law = {.kind = SIM_RETRY_RFC5626, .cap = 1800 * ROLL_SECOND};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (int column = 0; column < 2; column++) {
            const double *row = column == 0 ? rows[i].base30 : rows[i].base90;
            law.base = (column == 0 ? 30 : 90) * ROLL_SECOND;
            g_assert_cmpint(llround(sim_retry_interval(&law, rows[i].failures, 1e-9) / 1e6), ==,
                            row[0]);
            g_assert_cmpint(llround(sim_retry_interval(&law, rows[i].failures, 1 - 1e-9) / 1e6), ==,
                            row[1]);
        }
}

static void
other_retry_laws(void)
{
    SimRetry law = {.kind = SIM_RETRY_DOUBLING, .base = 20 * ROLL_SECOND, .cap = 30 * ROLL_MINUTE};
    g_assert_cmpint(sim_retry_interval(&law, 1, 0.5), ==, 20 * ROLL_SECOND);
    g_assert_cmpint(sim_retry_interval(&law, 4, 0.5), ==, 160 * ROLL_SECOND);
    g_assert_cmpint(sim_retry_interval(&law, 40, 0.5), ==, 30 * ROLL_MINUTE);
    law = (SimRetry){.kind = SIM_RETRY_LINEAR, .base = 30 * ROLL_SECOND, .cap = 100 * ROLL_SECOND};
    g_assert_cmpint(sim_retry_interval(&law, 3, 0.5), ==, 90 * ROLL_SECOND);
    g_assert_cmpint(sim_retry_interval(&law, 9, 0.5), ==, 100 * ROLL_SECOND);
    law =
        (SimRetry){.kind = SIM_RETRY_LAW, .law = {.kind = SIM_LAW_FIXED, .a = 60}, .attempts = 10};
    g_assert_cmpint(sim_retry_interval(&law, 10, 0.5), ==, 60 * ROLL_SECOND);
    g_assert_cmpint(sim_retry_interval(&law, 11, 0.5), ==, ROLL_NEVER);
    law = (SimRetry){.kind = SIM_RETRY_NONE};
    g_assert_cmpint(sim_retry_interval(&law, 1, 0.5), ==, ROLL_NEVER);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add_func("/phone/" path, test)
    ADD("registers-at-boot-and-refreshes", registers_at_boot_and_refreshes);
    ADD("asks-as-configured-or-as-granted", asks_for_what_it_was_granted);
    ADD("retransmits-by-timer-e-until-timer-f", retransmits_by_timer_e_until_timer_f);
    ADD("answers-a-challenge-with-a-new-cseq", answers_a_challenge_with_a_new_cseq);
    ADD("wrong-password-is-not-tried-again-at-once", wrong_password_is_not_tried_again_at_once);
    ADD("follows-no-challenge-for-ever", follows_no_challenge_for_ever);
    ADD("nonce-is-reused-or-not-as-the-profile-says", nonce_is_reused_or_not_as_the_profile_says);
    ADD("too-brief-is-asked-again-with-the-minimum", too_brief_is_asked_again_with_the_minimum);
    ADD("retry-after-is-honoured", retry_after_is_honoured);
    ADD("a-200-without-the-contact-is-a-failure", a_200_without_the_contact_is_a_failure);
    ADD("an-old-reply-changes-nothing", an_old_reply_changes_nothing);
    ADD("power-cut-is-silent-and-goodbye-is-not", power_cut_is_silent_and_goodbye_is_not);
    ADD("goodbye-lingers-only-so-long", goodbye_lingers_only_so_long);
    ADD("a-noticed-move-registers-the-new-address", a_noticed_move_registers_the_new_address);
    ADD("an-unnoticed-move-waits-for-the-refresh", an_unnoticed_move_waits_for_the_refresh);
    ADD("a-move-and-back-is-no-move", a_move_and_back_is_no_move);
    ADD("a-notice-while-booting-does-not-hurry-it", a_notice_while_booting_does_not_hurry_it);
    ADD("chan-sip-golden-trace", chan_sip_golden_trace);
    ADD("call-ids-follow-the-policy", call_ids_follow_the_policy);
    ADD("refresh-intervals", refresh_intervals);
    ADD("rfc5626-appendix-a", rfc5626_appendix_a);
    ADD("other-retry-laws", other_retry_laws);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed forms against a plain simulation of their own definition: one phone, one cycle after
 * another, no event queue and no registrar, and no line of the simulator. `rollcall validate` holds
 * the simulator against the same forms. */
#include "sim/experiment/oracles/closed-forms.h"
#include "tests/oracles/drawn.h"

#include <string.h>

/* @off_fixed: an off time that is the same each time, else exponential. */
typedef struct {
    double on;
    double off;
    bool off_fixed;
    double expiry;
    double from;
    double to;
} PowerCase;

static const PowerCase POWER[] = {
    {4000, 3000, false, 3600, 1800, 1800}, {20000, 7200, false, 600, 300, 300},
    {4000, 3000, false, 3600, 1800, 3240}, {20000, 7200, false, 1200, 600, 1080},
    {3000, 3000, false, 3600, 1800, 3000}, {4000, 600, true, 3600, 1800, 1800},
    {4000, 2700, true, 3600, 1800, 1800},  {4000, 9000, true, 3600, 1800, 1800},
    {8000, 1500, true, 1800, 1400, 1400},
};

static void
test_power(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(4);
    for (size_t i = 0; i < G_N_ELEMENTS(POWER); i++) {
        const PowerCase *c = &POWER[i];
        SimExactPower form = {1 / c->on, c->from, c->to, c->expiry};
        Ratio stale = {0};
        Ratio sent = {0};
        for (int cycle = 0; cycle < 100000; cycle++) {
            double on = exponential(rand, c->on);
            double off = c->off_fixed ? c->off : exponential(rand, c->off);
            double last = 0;
            int registers = 0;
            for (double next = 0; next <= on; registers++) {
                last = next;
                next += between(rand, c->from, c->to);
            }
            add(&stale, fmin(off, c->expiry - (on - last)), 1);
            add(&sent, registers, on + off);
        }
        check("stale per cycle", &stale,
              c->off_fixed ? sim_exact_stale_fixed_off(&form, c->off)
                           : sim_exact_stale(&form, 1 / c->off));
        check("register rate", &sent, sim_exact_register_rate(&form, c->on + c->off));
    }
}

static void
test_boot(void)
{
    static const struct {
        double boot, intervals, off, expiry, refresh;
    } cases[] = {{60, 4, 3000, 3600, 1800}, {300, 3, 1500, 1800, 1200}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Ratio missing = {0};
        for (int cycle = 0; cycle < 400000; cycle++) {
            double on = between(rand, 0, cases[i].intervals * cases[i].refresh);
            double left = cases[i].expiry - fmod(on, cases[i].refresh);
            double off = exponential(rand, cases[i].off);
            /* From its end, or from the return if that is later, until the boot is over. */
            add(&missing, fmax(0, off + cases[i].boot - fmax(left, off)), 1);
        }
        check("missing while booting", &missing,
              sim_exact_boot_missing(1 / cases[i].off, cases[i].boot, cases[i].refresh,
                                     cases[i].expiry));
    }
}

static void
test_blackout(void)
{
    static const struct {
        double refresh, expiry, since, until;
    } cases[] = {{1800, 3600, 1500, 2100}, {1800, 3600, 2400, 2700}, {1800, 3600, 3300, 3900},
                 {1620, 1800, 0, 270},     {1620, 1800, 0, 1800},    {900, 1800, 100, 200}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(6);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Ratio left = {0};
        for (int phone = 0; phone < 400000; phone++) {
            double ends = cases[i].expiry - between(rand, 0, cases[i].refresh);
            add(&left, between(rand, cases[i].since, cases[i].until) < ends, 1);
        }
        check("records left", &left,
              sim_exact_left(cases[i].refresh, cases[i].expiry, cases[i].since, cases[i].until));
    }
}

typedef struct {
    double change;
    double expiry;
    double from;
    double to;
    double noticed;
} MoveCase;

static const MoveCase MOVES[] = {
    {10000, 10800, 1800, 1800, 0}, {5000, 1200, 600, 600, 0},      {10000, 3600, 1800, 3240, 0},
    {3000, 2000, 600, 1200, 0},    {10000, 10800, 1800, 1800, .7}, {4000, 3600, 1800, 1800, .4},
    {10000, 10800, 1800, 1800, 1}, {2000, 2400, 1200, 1200, 1},
};

/* One interval from a REGISTER to the next. @wrong: when the phone left the address it has in the
 * table; @noticed: the interval ended with a change. */
typedef struct {
    double length;
    double wrong;
    bool noticed;
} Interval;

static Interval
draw_interval(GRand *rand, const MoveCase *c)
{
    Interval self = {between(rand, c->from, c->to), INFINITY, false};
    for (double at = exponential(rand, c->change); at < self.length;
         at += exponential(rand, c->change)) {
        if (happens(rand, c->noticed)) {
            self.length = at;
            self.noticed = true;
        } else {
            self.wrong = fmin(self.wrong, at);
        }
    }
    return self;
}

static void
test_moves(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (size_t i = 0; i < G_N_ELEMENTS(MOVES); i++) {
        const MoveCase *c = &MOVES[i];
        SimExactMove form = {1 / c->change, c->from, c->to, c->expiry};
        Ratio wrong = {0};
        Ratio sent = {0};
        Ratio dead = {0};
        Ratio all = {0};
        for (int n = 0; n < 500000; n++) {
            Interval x = draw_interval(rand, c);
            bool moved = x.wrong < x.length;
            add(&wrong, moved ? x.length - x.wrong : 0, x.length);
            add(&sent, 1, x.length);
            /* The record lives until the expiry after it was written, and is dead since the move.
             */
            add(&dead, moved ? c->expiry - x.wrong : (x.noticed ? c->expiry - x.length : 0),
                x.length);
            add(&all, moved ? c->expiry : x.length, x.length);
        }
        check("register rate", &sent, sim_exact_move_rate(&form, c->noticed));
        if (c->noticed == 0)
            check("wrong address", &wrong, sim_exact_wrong(&form));
        else if (c->noticed < 1)
            check("wrong address", &wrong, sim_exact_wrong_noticed(&form, c->noticed));
        else
            check("dead records", &dead, sim_exact_stale_contacts_noticed(&form));
        if (c->noticed > 0 || c->from < c->to)
            continue;
        check("dead records", &dead, sim_exact_stale_contacts(&form));
        check("records", &all, sim_exact_contacts(&form));
    }
}

static void
test_periodic_moves(void)
{
    static const double cases[][2] = {{86400, 1800}, {14400, 3000}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(8);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Ratio wrong = {0};
        for (int n = 0; n < 100000; n++)
            add(&wrong, between(rand, 0, cases[i][1]), cases[i][0]);
        check("wrong address", &wrong, sim_exact_wrong_periodic(cases[i][0], cases[i][1]));
    }
}

static void
test_contacts(void)
{
    static const MoveCase cases[] = {{4000, 3600, 600, 600, 0}, {3000, 4800, 1200, 1200, 0}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(9);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const MoveCase *c = &cases[i];
        SimExactMove form = {1 / c->change, c->from, c->to, c->expiry};
        Ratio with[5] = {0};
        for (int n = 0; n < 1000000; n++) {
            unsigned records = 1;
            for (double at = c->from; at < c->expiry - 1; at += c->from)
                records += exponential(rand, c->change) < c->from;
            for (unsigned k = 1; k < G_N_ELEMENTS(with); k++)
                add(&with[k], records == k, 1);
        }
        for (unsigned k = 1; k < G_N_ELEMENTS(with); k++)
            check("phones with so many records", &with[k], sim_exact_contacts_are(&form, k));
    }
}

/* When copies are sent, counted out (RFC 3261 section 17.1.2.2). */
static const double COPIES[] = {0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5};

/* @heard, @answered: when the first copy arrives, and when the first answer does; INFINITY: never
 */
typedef struct {
    double heard;
    double answered;
} Transaction;

static Transaction
draw_transaction(GRand *rand, double loss)
{
    Transaction self = {INFINITY, INFINITY};
    for (size_t i = 0; i < G_N_ELEMENTS(COPIES) && isinf(self.answered); i++) {
        if (happens(rand, loss))
            continue;
        self.heard = fmin(self.heard, COPIES[i]);
        if (!happens(rand, loss))
            self.answered = COPIES[i];
    }
    return self;
}

static void
test_copies(void)
{
    g_assert_cmpuint(G_N_ELEMENTS(COPIES), ==, SIM_EXACT_COPIES);
    for (unsigned i = 0; i < SIM_EXACT_COPIES; i++)
        g_assert_cmpfloat(sim_exact_copy(i), ==, COPIES[i]);
    g_assert_cmpfloat(sim_exact_copy(SIM_EXACT_COPIES), >=, 32);
}

static void
test_transaction(void)
{
    static const double losses[] = {0.5, 0.6, 0.75, 0.8};
    g_autoptr(GRand) rand = g_rand_new_with_seed(10);
    for (size_t i = 0; i < G_N_ELEMENTS(losses); i++) {
        double loss = losses[i];
        Ratio fails = {0};
        Ratio unheard = {0};
        Ratio delay = {0};
        for (int n = 0; n < 400000; n++) {
            Transaction x = draw_transaction(rand, loss);
            bool failed = isinf(x.answered);
            add(&fails, failed, 1);
            add(&unheard, isinf(x.heard), 1);
            add(&delay, failed ? 0 : x.answered, !failed);
        }
        check("fails", &fails, sim_exact_fails(loss));
        check("delay", &delay, sim_exact_delay(loss));
        if (loss > 0.7)
            check("unheard", &unheard, sim_exact_unheard(loss));
    }
}

static void
test_late_refresh(void)
{
    static const double cases[][3] = {{0.2, 59.8, 61}, {0.15, 89.7, 91}, {0.2, 50.1, 54}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double loss = cases[i][0];
        double refresh = cases[i][1];
        SimExactRefresh exact = sim_exact_refresh(loss, refresh, cases[i][2]);
        Ratio lapse = {0};
        Ratio missing = {0};
        for (int n = 0; n < 1500000; n++) {
            Transaction x = draw_transaction(rand, loss);
            Transaction next = draw_transaction(rand, loss);
            if (isinf(x.answered) || isinf(next.heard))
                continue;
            double ends = x.heard + cases[i][2];
            double again = x.answered + refresh + next.heard;
            add(&lapse, again > ends, 1);
            add(&missing, fmax(0, again - ends), x.answered + refresh);
        }
        check("lapses per refresh", &lapse, exact.lapse);
        check("missing", &missing, exact.missing);
    }
}

static void
test_soft_state(void)
{
    static const double cases[][3] = {{.3, 100, 250}, {.5, 100, 340}, {.2, 100, 190}, {.3, 1, 4.3}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(12);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double loss = cases[i][0];
        double refresh = cases[i][1];
        SimExactRefresh exact = sim_exact_soft_state(loss, refresh, cases[i][2]);
        Ratio lapse = {0};
        Ratio missing = {0};
        for (int n = 0; n < 2000000; n++) {
            double gap = refresh;
            while (happens(rand, loss))
                gap += refresh;
            add(&lapse, gap > cases[i][2], 1);
            add(&missing, fmax(0, gap - cases[i][2]), gap);
        }
        check("lapses per packet that arrives", &lapse, exact.lapse);
        check("missing", &missing, exact.missing);
    }
}

/* No grid point within a factor of 8 is cheaper; the cost itself is made of forms held above. */
static void
test_best_expiry(void)
{
    static const SimExactCost cases[] = {
        {40000, 20000, 0.5, 50}, {20000, 7200, 0.9, 20}, {604800, 28800, 0.5, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SimExactCost *c = &cases[i];
        double best = sim_exact_best_expiry(c);
        double refresh = c->share * best;
        SimExactPower form = {1 / c->on, refresh, refresh, best};
        double cost = c->per_register * sim_exact_register_rate(&form, c->on + c->off) +
                      sim_exact_stale(&form, 1 / c->off) / (c->on + c->off);
        g_assert_cmpfloat_with_epsilon(sim_exact_cost(c, best), cost, 1e-12);
        for (int k = -300; k <= 300; k++)
            g_assert_cmpfloat(sim_exact_cost(c, best * exp2(k / 100.0)), >=, cost * (1 - 1e-12));
        /* For records that are short against all else: sqrt(c / (a lambda (1 - a / 2))). */
        double law = sqrt(c->per_register * c->on / (c->share * (1 - c->share / 2)));
        g_assert_cmpfloat_with_epsilon(best / law, 1, 0.06);
    }
}

/* Refreshes at a, a + 1, ...; the registrar goes back at 0 to what it knew at -saved. */
static void
test_restart(void)
{
    static const struct {
        unsigned expiry;
        double saved, part;
    } cases[] = {{2, 9, 1},   {3, 9, 0.5},    {2, 1.5, 1},  {2, 1.75, 0.4},
                 {3, 2.5, 1}, {2, 1.25, 0.9}, {1, 0.3, 0.5}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(31);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Ratio missing = {0};
        for (int phone = 0; phone < 400000; phone++) {
            double next = uniform(rand);
            double last = next - 1;
            while (last > -cases[i].saved)
                last--;
            double ends = fmax(last + cases[i].expiry, 0);
            if (cases[i].saved > cases[i].expiry)
                ends = 0;
            double back = fmin(next, cases[i].part);
            add(&missing, fmax(back - ends, 0), cases[i].part);
        }
        check("missing after a restart", &missing,
              sim_exact_restart(cases[i].expiry, cases[i].saved, cases[i].part));
    }
}

/* From one change to the next the replica has the address before for the lag, or all the time. */
static void
test_replica(void)
{
    static const double lags[] = {0.03, 0.3, 2};
    g_autoptr(GRand) rand = g_rand_new_with_seed(32);
    for (size_t i = 0; i < G_N_ELEMENTS(lags); i++) {
        Ratio wrong = {0};
        for (int change = 0; change < 400000; change++) {
            double stays = exponential(rand, 1);
            add(&wrong, fmin(stays, lags[i]), stays);
        }
        check("wrong at a replica", &wrong, sim_exact_replica_wrong(1, lags[i]));
    }
}

enum { MOST_ADDRESSES = 64 };

/* Users on addresses, and the free ones as a line, of which any or the first is taken. */
typedef struct {
    unsigned addresses;
    unsigned used;
    bool oldest;
    int owner[MOST_ADDRESSES]; /* -1: nobody */
    unsigned of[MOST_ADDRESSES];
    unsigned line[MOST_ADDRESSES];
} Lot;

static void
change_address(Lot *self, GRand *rand, unsigned user)
{
    unsigned n_free = self->addresses - self->used;
    unsigned which = self->oldest ? 0 : (unsigned)g_rand_int_range(rand, 0, (int)n_free);
    unsigned taken = self->line[which];
    memmove(&self->line[which], &self->line[which + 1], (n_free - which - 1) * sizeof taken);
    self->line[n_free - 1] = self->of[user];
    self->owner[self->of[user]] = -1;
    self->of[user] = taken;
    self->owner[taken] = (int)user;
}

/* Whether another user has the first address of user 0 at a random time until @span. */
static bool
is_misdirected(Lot *self, GRand *rand, const SimExactPool *pool, double span)
{
    double at = between(rand, 0, span);
    for (unsigned i = 0; i < self->addresses; i++) {
        self->owner[i] = i < self->used ? (int)i : -1;
        self->of[i < self->used ? i : 0] = i < self->used ? i : 0;
        if (i >= self->used)
            self->line[i - self->used] = i;
    }
    for (double t = 0; (t += exponential(rand, 1 / (self->used * pool->nu))) < at;)
        change_address(self, rand, (unsigned)g_rand_int_range(rand, 0, (int)self->used));
    return self->owner[0] > 0;
}

static void
test_pools(void)
{
    static const SimExactPool pools[] = {{20, 14, 1}, {30, 12, 1}, {12, 11, 1}, {60, 55, 0.5}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(12);
    for (size_t i = 0; i < G_N_ELEMENTS(pools); i++)
        for (int oldest = 0; oldest < 2; oldest++) {
            const SimExactPool *pool = &pools[i];
            Lot lot = {.addresses = pool->addresses, .used = pool->used, .oldest = oldest};
            double span = i == 1 ? 3 : 1;
            Ratio drawn = {0};
            for (int k = 0; k < 200000; k++)
                add(&drawn, is_misdirected(&lot, rand, pool, span), 1);
            check(oldest ? "oldest" : "random", &drawn,
                  oldest ? sim_exact_misdirected_oldest(pool, span)
                         : sim_exact_misdirected(pool, span));
        }
    /* A line that outlasts the record gives none away. */
    static const SimExactPool safe = {400, 200, 1};
    g_assert_cmpfloat(sim_exact_misdirected_oldest(&safe, 0.5), <, 1e-9);
    g_assert_cmpfloat(sim_exact_misdirected(&safe, 0.5), >, 0.02);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/closed-forms/power", test_power);
    g_test_add_func("/closed-forms/boot", test_boot);
    g_test_add_func("/closed-forms/blackout", test_blackout);
    g_test_add_func("/closed-forms/moves", test_moves);
    g_test_add_func("/closed-forms/periodic-moves", test_periodic_moves);
    g_test_add_func("/closed-forms/pools", test_pools);
    g_test_add_func("/closed-forms/contacts", test_contacts);
    g_test_add_func("/closed-forms/copies", test_copies);
    g_test_add_func("/closed-forms/transaction", test_transaction);
    g_test_add_func("/closed-forms/late-refresh", test_late_refresh);
    g_test_add_func("/closed-forms/soft-state", test_soft_state);
    g_test_add_func("/closed-forms/restart", test_restart);
    g_test_add_func("/closed-forms/replica", test_replica);
    g_test_add_func("/closed-forms/best-expiry", test_best_expiry);
    return g_test_run();
}

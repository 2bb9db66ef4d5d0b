/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each check names both values that do not fit, and points to the line of one of them. */
#include "sim/scenario/check.h"

#include "sim/scenario/keys.h"
#include "sim/scenario/nat.h"
#include "sim/scenario/values.h"
#include "sim/scenario/where.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

#define MOST_PHONES 1000000000u
#define MOST_BINS 100000
/* What recurs, recurs after 1 ms or more on average: else time would not get on. */
#define LEAST_MEAN_S 1e-3
/* An event looks at every phone. */
#define LEAST_BETWEEN_S 1.0
/* The clock counts microseconds. */
#define LEAST_SERVICE_S 1e-6

typedef struct {
    const SimScenario *scenario;
    const char *path;
    const GPtrArray *sections;
} Check;

/* Where to point: a group, and the keys in question. */
typedef struct {
    const char *kind;
    const char *name;
    const char *key;
    const char *other;
} Spot;

static const SimSection *
find_section(const Check *self, const Spot *spot)
{
    for (guint i = 0; i < self->sections->len; i++) {
        const SimSection *section = self->sections->pdata[i];
        if (strcmp(section->kind, spot->kind) == 0 && g_strcmp0(section->name, spot->name) == 0)
            return section;
    }
    return NULL;
}

G_GNUC_PRINTF(4, 5)
static bool
fail_at(const Check *self, const Spot *spot, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    sim_words_fail(error, "%s", message);
    return sim_where_keys(error, self->path, find_section(self, spot), spot->key, spot->other);
}

/* A law that comes again and again: its mean must be long enough, and known for a start in the
 * middle of it. */
static bool
check_recurring(const Check *self, const SimLaw *law, const Spot *spot, GError **error)
{
    double mean = sim_law_mean(law);
    if (mean < LEAST_MEAN_S)
        return fail_at(self, spot, error, "%s recurs after %gs on average; the least is 1ms",
                       spot->key, mean);
    if (isfinite(mean) || self->scenario->start != SIM_START_STATIONARY)
        return true;
    return fail_at(self, spot, error,
                   "%s has a law without a mean, and start is stationary; set start to all-on and "
                   "a warmup",
                   spot->key);
}

static bool
check_scenario(const Check *self, GError **error)
{
    const SimScenario *s = self->scenario;
    g_autofree char *duration = sim_value_show_time(s->duration);
    g_autofree char *warmup = sim_value_show_time(s->warmup);
    g_autofree char *bin = sim_value_show_time(s->bin);
    if (s->warmup >= s->duration)
        return fail_at(self, &(Spot){"scenario", NULL, "warmup", "duration"}, error,
                       "warmup %s leaves nothing of the duration %s", warmup, duration);
    if (s->bin > s->duration)
        return fail_at(self, &(Spot){"scenario", NULL, "bin", "duration"}, error,
                       "bin %s is longer than the duration %s; take a shorter one", bin, duration);
    if (s->duration / s->bin > MOST_BINS)
        return fail_at(self, &(Spot){"scenario", NULL, "bin", "duration"}, error,
                       "bin %s cuts the duration %s into more than %d steps; take a longer one",
                       bin, duration, MOST_BINS);
    return true;
}

static bool
check_registrar(const Check *self, GError **error)
{
    const SimRegistrarSpec *r = &self->scenario->registrar;
    Spot spot = {"registrar", NULL, "domain", NULL};
    g_autofree char *domain = sim_words_quote(r->domain);
    for (const char *p = r->domain; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-._", *p))
            return fail_at(self, &spot, error,
                           "domain %s is not a host name; write for example: example.org", domain);
    if (strlen(r->domain) > 253)
        return fail_at(self, &spot, error,
                       "domain %s is longer than 253 letters; take a shorter one", domain);
    spot = (Spot){"registrar", NULL, "min-expires", "max-expires"};
    if (r->max_expires && r->min_expires > r->max_expires)
        return fail_at(self, &spot, error,
                       "min-expires %us is more than max-expires %us; lower it or raise the other",
                       r->min_expires, r->max_expires);
    spot = (Spot){"registrar", NULL, "default-expires", "max-expires"};
    if (r->max_expires && r->default_expires > r->max_expires)
        return fail_at(
            self, &spot, error,
            "default-expires %us is more than max-expires %us; lower it or raise the other",
            r->default_expires, r->max_expires);
    spot.other = "min-expires";
    if (r->default_expires < r->min_expires)
        return fail_at(
            self, &spot, error,
            "default-expires %us is less than min-expires %us; raise it or lower the other",
            r->default_expires, r->min_expires);
    return true;
}

static bool
check_station(const Check *self, GError **error)
{
    const SimStationSpec *station = &self->scenario->station;
    double service = sim_law_mean(&station->service);
    double advice = sim_law_mean(&station->retry_after);
    if (!station->given)
        return true;
    if (!isfinite(service) || service < LEAST_SERVICE_S)
        return fail_at(self, &(Spot){"station", NULL, "service", NULL}, error,
                       "service takes %gs on average; it must be 0.001ms or more, and known",
                       service);
    if (advice != 0 && station->full == SIM_FULL_DROPS)
        return fail_at(self, &(Spot){"station", NULL, "retry-after", "when-full"}, error,
                       "retry-after is of a 503, but when-full is drop; write when-full = 503, or "
                       "leave it out");
    return true;
}

/* A script asks the registrar itself. */
static bool
check_script(const Check *self, GError **error)
{
    return !self->scenario->registrar.replica ||
           fail_at(self, &(Spot){"registrar", NULL, "replica-lag", NULL}, error,
                   "replica-lag has no meaning beside [script]; leave it out");
}

/* Phones that can be in a network at the same time. */
static uint64_t
count_phones(const SimScenario *scenario, unsigned network)
{
    uint64_t phones = 0;
    for (size_t i = 0; i < scenario->n_groups; i++) {
        const SimGroup *group = &scenario->groups[i];
        bool there = false;
        for (size_t j = 0; j < group->n_places; j++)
            there = there || group->places[j].network == network;
        phones += there ? group->count : 0;
    }
    return phones;
}

static bool
check_pool(const Check *self, unsigned which, GError **error)
{
    const SimNetworkSpec *network = &self->scenario->networks[which];
    Spot spot = {"network", network->name, "pool", NULL};
    uint64_t phones = count_phones(self->scenario, which);
    /* a device keeps its old address until it has a new one */
    bool spare = network->addressing != SIM_ADDRESS_FIXED;
    if (network->pool_base + network->pool_size > SIM_ENDPOINT_FIRST)
        return fail_at(self, &spot, error,
                       "the pool reaches into 240.0.0.0/4, which is reserved; take another, such "
                       "as 10.16.0.0/16");
    if (network->nat == 0 && network->addressing != SIM_ADDRESS_LEASED &&
        phones + spare > network->pool_size)
        return fail_at(self, &spot, error,
                       "the pool has %u addresses, but %" G_GUINT64_FORMAT
                       " phones%s may be in [network %s]; take a larger pool or fewer phones",
                       network->pool_size, phones, spare ? " that change theirs" : "",
                       network->name);
    for (unsigned i = 0; i < which; i++) {
        const SimNetworkSpec *other = &self->scenario->networks[i];
        if (network->pool_base - other->pool_base < other->pool_size ||
            other->pool_base - network->pool_base < network->pool_size)
            return fail_at(self, &spot, error,
                           "the pool overlaps with that of [network %s]; take another",
                           other->name);
    }
    return true;
}

static bool
check_nat(const Check *self, unsigned which, GError **error)
{
    const SimNetworkSpec *network = &self->scenario->networks[which];
    Spot spot = {"network", network->name, "nat-share", "pool"};
    uint64_t room = (uint64_t)network->pool_size * network->nat_share;
    uint64_t phones = count_phones(self->scenario, which);
    bool spare = network->addressing != SIM_ADDRESS_FIXED;
    if (network->nat == 0)
        return network->nat_share == 1 ||
               fail_at(self, &spot, error,
                       "nat-share without nat; give nat a time, or leave it out");
    if (network->addressing == SIM_ADDRESS_LEASED || network->assign != SIM_ASSIGN_RANDOM) {
        spot = (Spot){"network", network->name, "nat", "address"};
        return fail_at(self, &spot, error,
                       "addresses behind a NAT are not leased, nor assigned "
                       "but at random; leave address, lease and assign out");
    }
    if (phones + spare > room)
        return fail_at(self, &spot, error,
                       "%u addresses shared by %u hold %" G_GUINT64_FORMAT
                       " phones, but %" G_GUINT64_FORMAT
                       "%s may be in [network %s]; take a larger pool or nat-share",
                       network->pool_size, network->nat_share, room, phones,
                       spare ? " that change theirs" : "", network->name);
    spot = (Spot){"network", network->name, "pool", "nat-share"};
    return network->nat_ports > 0 ||
           fail_at(self, &spot, error,
                   "the addresses of all NATs have more than 2^28 ports, 128 for "
                   "each device that may share one; a smaller pool will do");
}

static bool
check_outages(const Check *self, const SimNetworkSpec *network, GError **error)
{
    Spot spot = {"network", network->name, "outages", NULL};
    double works = sim_law_mean(&network->outages.every);
    double down = sim_law_mean(&network->outages.length);
    if (!network->outages.any)
        return true;
    if (!isfinite(works) || !isfinite(down))
        return fail_at(
            self, &spot, error,
            "outages have a law without a mean; take pareto with a shape above 1, or another law");
    return works + down >= LEAST_MEAN_S ||
           fail_at(self, &spot, error, "outages recur after %gs on average; the least is 1ms",
                   works + down);
}

static bool
check_lease(const Check *self, const SimNetworkSpec *network, GError **error)
{
    bool leased = network->addressing == SIM_ADDRESS_LEASED;
    bool changes =
        network->addressing == SIM_ADDRESS_CHANGES || network->addressing == SIM_ADDRESS_RENUMBERED;
    Spot spot = {"network", network->name, "address", "lease"};
    if (leased && network->lease == 0)
        return fail_at(self, &spot, error,
                       "a leased address needs a lease, for example: lease = 1h");
    spot = (Spot){"network", network->name, network->lease ? "lease" : "release", "address"};
    if (!leased && (network->lease || network->release > 0))
        return fail_at(self, &spot, error, "%s is for leased addresses: address = leased",
                       spot.key);
    spot = (Spot){"network", network->name, "assign", "address"};
    if (changes && network->assign == SIM_ASSIGN_STICKY)
        return fail_at(self, &spot, error,
                       "assign is sticky, but the address changes: oldest or random can be meant");
    return true;
}

static bool
check_network(const Check *self, unsigned which, GError **error)
{
    const SimNetworkSpec *network = &self->scenario->networks[which];
    Spot spot = {"network", network->name, "address", NULL};
    return check_pool(self, which, error) && check_lease(self, network, error) &&
           check_outages(self, network, error) && check_nat(self, which, error) &&
           (network->addressing != SIM_ADDRESS_CHANGES ||
            check_recurring(self, &network->address_law, &spot, error));
}

static RollTime
point_at(const SimPoint *point, uint32_t expires)
{
    return (RollTime)llround(point->fraction * expires * (double)ROLL_SECOND) + point->offset;
}

/* A refresh comes after the answer and before the record lapses, if the grant is what was asked. */
static bool
check_refresh(const Check *self, const SimGroup *group, uint32_t expires, GError **error)
{
    const SimRefresh *refresh = &group->refresh;
    Spot spot = {"phones", group->name, "refresh", "expires"};
    bool brief = expires <= refresh->short_up_to;
    RollTime from = point_at(brief ? &refresh->short_point : &refresh->from, expires);
    RollTime to = point_at(brief ? &refresh->short_point : &refresh->to, expires);
    g_autofree char *asked = sim_value_show_time(expires * ROLL_SECOND);
    g_autofree char *first = sim_value_show_time(from);
    g_autofree char *last = sim_value_show_time(to);
    if (from > to)
        return fail_at(self, &spot, error,
                       "refresh goes from %s to %s for expires %s, which is backwards", first, last,
                       asked);
    if (from < ROLL_MILLISECOND)
        return fail_at(self, &spot, error,
                       "refresh is due %s after the answer for expires %s; the least is 1ms", first,
                       asked);
    if (to > expires * ROLL_SECOND)
        return fail_at(self, &spot, error,
                       "refresh %s is later than expires %s: the record would lapse first; take "
                       "less than expires",
                       last, asked);
    return true;
}

static bool
check_retry(const Check *self, const SimGroup *group, GError **error)
{
    Spot spot = {"phones", group->name, "retry", "profile"};
    const SimRetry *retry = &group->retry;
    double mean = retry->kind == SIM_RETRY_LAW ? sim_law_mean(&retry->law)
                                               : (double)retry->base / ROLL_SECOND;
    if (retry->kind != SIM_RETRY_NONE && mean < LEAST_MEAN_S)
        return fail_at(self, &spot, error, "retry after %gs on average; the least is 1ms", mean);
    return true;
}

static bool
check_laws(const Check *self, const SimGroup *group, GError **error)
{
    Spot spot = {"phones", group->name, "power", NULL};
    const SimPower *power = &group->power;
    if (power->kind == SIM_POWER_CYCLES && (!check_recurring(self, &power->on, &spot, error) ||
                                            !check_recurring(self, &power->off, &spot, error)))
        return false;
    spot.key = "places";
    for (size_t i = 0; sim_group_roams(group) && i < group->n_places; i++)
        if (!check_recurring(self, &group->places[i].stay, &spot, error))
            return false;
    return true;
}

/* Whose addresses-of-record the devices of a group register. */
static bool
check_owner(const Check *self, const SimGroup *group, GError **error)
{
    Spot spot = {"phones", group->name, "aor-of", "count"};
    if (group->owner == 0)
        return true;
    const SimGroup *owner = &self->scenario->groups[group->owner - 1];
    if (owner == group)
        return fail_at(self, &spot, error, "aor-of names its own group; name another");
    if (owner->owner != 0)
        return fail_at(self, &spot, error,
                       "[phones %s] has the addresses of record of others itself; name the group "
                       "whose they are: aor-of = %s",
                       owner->name, self->scenario->groups[owner->owner - 1].name);
    if (group->lines || owner->lines)
        return fail_at(self, &spot, error,
                       "aor-of goes with no register lines: each of them names "
                       "an address of record of its own; leave one of the two out");
    if (group->count > owner->count)
        return fail_at(
            self, &spot, error,
            "%u devices are more than the %u addresses of record of [phones %s]; lower count",
            group->count, owner->count, owner->name);
    return true;
}

static bool
check_diary(const Check *self, const SimGroup *group, GError **error)
{
    Spot spot = {"phones", group->name, "moves-from", "count"};
    for (size_t i = 0; i < group->n_rows; i++)
        if (group->rows[i].device >= group->count)
            return fail_at(self, &spot, error,
                           "line %u of the file is about phone %u, but count is %u; raise count",
                           group->rows[i].line, group->rows[i].device + 1, group->count);
    return true;
}

/* What wakes a phone that has nothing to refresh, or that a call puts off, would do nothing. */
static bool
check_push(const Check *self, const SimGroup *group, GError **error)
{
    Spot spot = {"phones", group->name, "push", "registers"};
    if (group->push.on && !group->registers)
        return fail_at(
            self, &spot, error,
            "push wakes a phone to register, but registers is no; leave one of the two out");
    spot.other = "refresh-after-call";
    return !group->push.on || !group->refresh_after_call ||
           fail_at(self, &spot, error,
                   "push in place of a timer leaves nothing for refresh-after-call to put off; "
                   "leave one of the two out");
}

static bool
check_group(const Check *self, const SimGroup *group, GError **error)
{
    Spot spot = {"phones", group->name, "keepalive", NULL};
    if (group->keepalive.kind != SIM_KEEPALIVE_NONE &&
        !check_recurring(self, &group->keepalive.law, &spot, error))
        return false;
    spot.key = "registers";
    for (size_t i = 0; !group->registers && i < group->n_places; i++)
        if (self->scenario->networks[group->places[i].network].nat > 0)
            return fail_at(self, &spot, error,
                           "a device behind a NAT has no permanent address; let it register, or "
                           "take nat away");
    if (!check_owner(self, group, error) || !check_diary(self, group, error) ||
        !check_laws(self, group, error) || !check_retry(self, group, error) ||
        !check_push(self, group, error))
        return false;
    if (group->registers && !check_refresh(self, group, group->expires, error))
        return false;
    for (unsigned i = 0; group->lines && i < group->count; i++)
        if (group->lines[i].expiry && !check_refresh(self, group, group->lines[i].expiry, error))
            return false;
    return true;
}

/* Each register line is an address of record of its own: the user at the domain, else the host. */
static bool
check_names(const Check *self, const SimGroup *group, GHashTable *names, GError **error)
{
    Spot spot = {"phones", group->name, "register-from", "register"};
    for (unsigned i = 0; group->lines && i < group->count; i++) {
        const SimTrunkLine *line = &group->lines[i];
        g_autofree char *domain = g_ascii_strdown(line->domain ? line->domain : line->host, -1);
        char *name = g_strdup_printf("%s@%s", line->user, domain);
        g_autofree char *quoted = sim_words_quote(name);
        if (g_hash_table_add(names, name))
            continue;
        return fail_at(self, &spot, error, "two register lines are for %s; take one of them out",
                       quoted);
    }
    return true;
}

static bool
check_all_names(const Check *self, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < self->scenario->n_groups; i++)
        if (!check_names(self, &self->scenario->groups[i], names, error))
            return false;
    return true;
}

static bool
check_totals(const Check *self, GError **error)
{
    const SimScenario *s = self->scenario;
    uint64_t phones = 0;
    for (size_t i = 0; i < s->n_groups; i++)
        phones += s->groups[i].count;
    Spot spot = {"phones", s->groups[s->n_groups - 1].name, "count", NULL};
    if (phones > MOST_PHONES)
        return fail_at(self, &spot, error,
                       "%" G_GUINT64_FORMAT " phones are more than %u; lower a count", phones,
                       MOST_PHONES);
    /* tallies are phone-time in microseconds; 2^62 leaves room for sums of two */
    if ((uint64_t)s->duration > (UINT64_C(1) << 62) / phones) {
        g_autofree char *duration = sim_value_show_time(s->duration);
        spot = (Spot){"scenario", NULL, "duration", NULL};
        return fail_at(
            self, &spot, error,
            "duration %s is too long for %" G_GUINT64_FORMAT
            " phones: phone-time is counted in 62 bits of microseconds; take a shorter one",
            duration, phones);
    }
    return true;
}

/* An event is one thing, and has the keys of that thing. */
static bool
check_keys(const Check *self, const SimCut *cut, GError **error)
{
    static const char *const things[] = {"cut", "crash", "clock", NULL};
    Spot spot = {"event", cut->name, NULL, NULL};
    const SimSection *section = find_section(self, &spot);
    for (size_t i = 0; things[i]; i++) {
        if (!sim_section_find(section, things[i]))
            continue;
        spot.other = spot.key;
        spot.key = things[i];
        if (spot.other)
            return fail_at(self, &spot, error,
                           "%s and %s exclude each other; leave one of them out", spot.other,
                           spot.key);
    }
    if (!spot.key)
        return fail_at(self, &spot, error,
                       "[event %s] needs cut, crash or clock, for example: cut = power of adsl, "
                       "60%%",
                       cut->name);
    bool clock = cut->fault == SIM_FAULT_CLOCK;
    bool back = sim_section_find(section, "back") != NULL;
    if (!clock && !back)
        return fail_at(self, &(Spot){"event", cut->name, NULL, NULL}, error,
                       "[event %s] needs back, for example: back = %s", cut->name,
                       cut->fault == SIM_FAULT_CRASH ? "exp(5min)"
                                                     : sim_key_find("event", "back")->example);
    spot.key = "back";
    if (clock && back)
        return fail_at(self, &spot, error,
                       "back has no meaning: a clock that was set stays so; leave it out");
    if (cut->fault == SIM_FAULT_CRASH && cut->in_parts)
        return fail_at(self, &spot, error, "there is one registrar: its back has no \"within\"");
    spot.key = "table";
    if (cut->fault != SIM_FAULT_CRASH && sim_section_find(section, "table"))
        return fail_at(self, &spot, error,
                       "table has no meaning without crash = registrar; leave it out");
    return true;
}

static bool
check_cut(const Check *self, const SimCut *cut, GError **error)
{
    if (!check_keys(self, cut, error))
        return false;
    if (cut->fault == SIM_FAULT_CRASH && cut->table == SIM_TABLE_REPLICA &&
        !self->scenario->registrar.replica)
        return fail_at(self, &(Spot){"event", cut->name, "table", NULL}, error,
                       "there is no replica: [registrar] needs replica-lag, for example: "
                       "replica-lag = 1s");
    Spot repeats = {"event", cut->name, "repeats", NULL};
    double mean = sim_law_mean(&cut->repeats);
    if (cut->recurs && mean < LEAST_BETWEEN_S)
        return fail_at(self, &repeats, error,
                       "the event repeats after %gs on average; the least is %gs", mean,
                       LEAST_BETWEEN_S);
    if (cut->at < self->scenario->duration)
        return true;
    g_autofree char *at = sim_value_show_time(cut->at);
    g_autofree char *duration = sim_value_show_time(self->scenario->duration);
    return fail_at(self, &(Spot){"event", cut->name, "at", NULL}, error,
                   "the event comes at %s, but the duration is %s; let it come earlier", at,
                   duration);
}

static bool
check_expectation(const Check *self, size_t which, GError **error)
{
    const SimScenario *s = self->scenario;
    const SimExpectation *e = &s->expectations[which];
    const SimMetricInfo *info = sim_metric_info(e->metric);
    if ((info->under & ~SIM_CALLS) == 0 && s->call_rate == 0) {
        sim_words_fail(
            error,
            "%s is expected, but [calls] has no rate; write for example: rate = 0.5/h per phone",
            info->name);
        return sim_where_line(error, self->path, e->line);
    }
    if ((info->over & SIM_STATION) != 0 && !s->station.given) {
        sim_words_fail(error,
                       "%s is expected, but there is no [station]; add one, or take the bound out",
                       info->name);
        return sim_where_line(error, self->path, e->line);
    }
    for (size_t i = 0; i < which; i++) {
        const SimExpectation *other = &s->expectations[i];
        if (e->metric != other->metric || e->group != other->group || e->op != other->op)
            continue;
        sim_words_fail(error, "%s has such a bound in line %u already; take one of them out",
                       info->name, other->line);
        return sim_where_line(error, self->path, e->line);
    }
    return true;
}

bool
sim_scenario_check(const SimScenario *scenario, const char *path, const GPtrArray *sections,
                   GError **error)
{
    Check self = {scenario, path, sections};
    if (scenario->script)
        return check_registrar(&self, error) && check_script(&self, error);
    if (!check_scenario(&self, error) || !check_registrar(&self, error) ||
        !check_station(&self, error) || !check_totals(&self, error))
        return false;
    for (unsigned i = 0; i < scenario->n_networks; i++)
        if (!check_network(&self, i, error))
            return false;
    for (size_t i = 0; i < scenario->n_groups; i++)
        if (!check_group(&self, &scenario->groups[i], error))
            return false;
    if (!check_all_names(&self, error))
        return false;
    for (size_t i = 0; i < scenario->n_cuts; i++)
        if (!check_cut(&self, &scenario->cuts[i], error))
            return false;
    for (size_t i = 0; i < scenario->n_expectations; i++)
        if (!check_expectation(&self, i, error))
            return false;
    return true;
}

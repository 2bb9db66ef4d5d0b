/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One node for each record of the mirror, in two lists: those of its phone, and those that lead to
 * its address. The second one finds whom it concerns when an address changes hands, and is kept
 * only where one may. Nearly all phones have one record at most: it is node number so-and-so of the
 * phone of that number, and stands beside what is known of the phone. */
#include "sim/measure/measure.h"
#include "sim/measure/estimate.h"
#include <rollcall/pages.h>

#define NONE UINT32_MAX
#define NEVER_DEAD ROLL_NEVER

typedef struct {
    RollTime dead_since;
    uint32_t phone; /* NONE: of a phone that has no record */
    uint32_t address;
    uint32_t next;    /* of the phone; of the free list */
    uint32_t sibling; /* of the address */
} Node;

typedef struct {
    uint32_t first;
    uint16_t records;
    uint16_t dead;
    uint8_t state;
    bool misdirected;
    bool no_address;
} View;

typedef struct {
    Node own;
    View view;
} Mirror;

typedef struct {
    RollTime last;
    int64_t level[SIM_N_LEVELS];
    int64_t tallies[SIM_N_TALLIES];
} Cell;

typedef struct {
    uint32_t first; /* phone */
    unsigned first_cell;
    unsigned n_cells;
    SimHistogram *stale_life;
    SimHistogram *delay;
    RollTime last;
    int64_t level[SIM_MAX_CONTACTS]; /* phones with 0, 1, ... records; the last is "or more" */
    int64_t integral[SIM_MAX_CONTACTS];
} Population;

struct SimMeasure {
    const SimWorld *world;
    Mirror *mirrors;
    GArray *more; /* Node: numbered behind those of the phones */
    uint32_t free_node;
    GHashTable *by_address; /* address -> node + 1 */
    Cell *cells;
    unsigned n_cells;
    Population *groups;
    size_t n_groups;
    RollTime begun;
    RollTime bin_start;
    int64_t (*before)[SIM_N_TALLIES]; /* by population, at the start of the bin */
    GArray *bins;                     /* SimBin */
};

static Node *
node_at(const SimMeasure *self, uint32_t i)
{
    uint32_t n_phones = self->world->scenario->n_phones;
    return G_LIKELY(i < n_phones) ? &self->mirrors[i].own
                                  : &g_array_index(self->more, Node, i - n_phones);
}

static View *
view_of(const SimMeasure *self, uint32_t id)
{
    return &self->mirrors[id].view;
}

static Population *
group_of(const SimMeasure *self, uint32_t id)
{
    return &self->groups[self->world->phones[id].group];
}

static Cell *
cell_of(const SimMeasure *self, uint32_t id)
{
    const Population *group = group_of(self, id);
    uint32_t place = id - group->first;
    /* Nearly always so many, and then nothing is divided. */
    place = group->n_cells == SIM_BATCHES ? place % SIM_BATCHES : place % group->n_cells;
    return &self->cells[group->first_cell + place];
}

static void
settle(Cell *cell, RollTime now)
{
    int64_t passed = now - cell->last;
    if (passed == 0)
        return;
    for (unsigned i = 0; i < SIM_N_LEVELS; i++)
        cell->tallies[i] += cell->level[i] * passed;
    cell->last = now;
}

static void
settle_contacts(Population *group, RollTime now)
{
    int64_t passed = now - group->last;
    for (unsigned i = 0; i < SIM_MAX_CONTACTS; i++)
        group->integral[i] += group->level[i] * passed;
    group->last = now;
}

/* The state of a device without records, before anything is known of it. */
static void
place_phones(SimMeasure *self)
{
    for (size_t g = 0; g < self->n_groups; g++) {
        SimSpan own = sim_world_span(self->world, g);
        for (uint32_t id = own.from; id < own.to; id++) {
            self->mirrors[id].own.phone = NONE;
            self->mirrors[id].view = (View){.first = NONE, .state = SIM_TALLY_ABSENT};
            cell_of(self, id)->level[SIM_TALLY_ABSENT]++;
            group_of(self, id)->level[0]++;
        }
    }
}

SimMeasure *
sim_measure_new(const SimWorld *world)
{
    const SimScenario *scenario = world->scenario;
    SimMeasure *self = g_new0(SimMeasure, 1);
    self->world = world;
    self->more = g_array_new(FALSE, FALSE, sizeof(Node));
    self->free_node = NONE;
    self->by_address = g_hash_table_new(NULL, NULL);
    self->mirrors = roll_pages_new(scenario->n_phones * sizeof *self->mirrors);
    self->n_groups = scenario->n_groups;
    self->groups = g_new0(Population, scenario->n_groups);
    for (size_t g = 0; g < scenario->n_groups; g++) {
        self->groups[g].first = scenario->groups[g].first;
        self->groups[g].first_cell = self->n_cells;
        self->groups[g].n_cells = MIN(scenario->groups[g].count, SIM_BATCHES);
        self->groups[g].stale_life = g_new0(SimHistogram, 1);
        self->groups[g].delay = g_new0(SimHistogram, 1);
        self->n_cells += self->groups[g].n_cells;
    }
    self->cells = g_new0(Cell, self->n_cells);
    self->before = g_malloc0_n(self->n_groups + 1, sizeof *self->before);
    self->bins = g_array_new(FALSE, FALSE, sizeof(SimBin));
    place_phones(self);
    return self;
}

void
sim_measure_free(SimMeasure *self)
{
    if (self == NULL)
        return;
    for (size_t g = 0; g < self->n_groups; g++) {
        g_free(self->groups[g].stale_life);
        g_free(self->groups[g].delay);
    }
    for (guint i = 0; i < self->bins->len; i++)
        g_free(g_array_index(self->bins, SimBin, i).tallies);
    g_array_unref(self->bins);
    g_array_unref(self->more);
    g_hash_table_unref(self->by_address);
    g_free(self->before);
    g_free(self->cells);
    g_free(self->groups);
    roll_pages_free(self->mirrors, self->world->scenario->n_phones * sizeof *self->mirrors);
    g_free(self);
}

void
sim_measure_begin(SimMeasure *self, RollTime now)
{
    for (unsigned i = 0; i < self->n_cells; i++) {
        memset(self->cells[i].tallies, 0, sizeof self->cells[i].tallies);
        self->cells[i].last = now;
    }
    for (size_t g = 0; g < self->n_groups; g++) {
        memset(self->groups[g].stale_life, 0, sizeof(SimHistogram));
        memset(self->groups[g].delay, 0, sizeof(SimHistogram));
        memset(self->groups[g].integral, 0, sizeof self->groups[g].integral);
        self->groups[g].last = now;
    }
    memset(self->before, 0, (self->n_groups + 1) * sizeof *self->before);
    self->begun = now;
    self->bin_start = now;
}

static bool
misdirects(const SimMeasure *self, const Node *node)
{
    if (!self->world->reassigns)
        return false;
    int64_t holder = sim_world_holder(self->world, node->address);
    return holder >= 0 && holder != node->phone;
}

static void
end_stale_life(SimMeasure *self, RollTime now, Node *node, unsigned cause)
{
    Cell *cell = cell_of(self, node->phone);
    RollTime life = now - node->dead_since;
    cell->tallies[SIM_TALLY_STALE_TIME] += life;
    cell->tallies[SIM_TALLY_STALE_ENDED]++;
    sim_histogram_add(group_of(self, node->phone)->stale_life, life, cause);
    node->dead_since = NEVER_DEAD;
}

static unsigned
state_of(const SimDevice *device, unsigned records, unsigned dead)
{
    if (!device->on)
        return records > 0 ? SIM_TALLY_STALE : SIM_TALLY_ABSENT;
    if (records == 0)
        return SIM_TALLY_MISSING;
    if (dead == records)
        return SIM_TALLY_WRONG_ADDRESS;
    return device->cut_off == 0 ? SIM_TALLY_CORRECT : SIM_TALLY_UNREACHABLE;
}

/* Holds the records of @id against where it is, and the levels against what that gives. */
static void
review(SimMeasure *self, RollTime now, uint32_t id)
{
    const SimDevice *device = &self->world->devices[id];
    View *view = view_of(self, id);
    Cell *cell = cell_of(self, id);
    View seen = {.first = view->first};
    settle(cell, now);
    for (uint32_t i = view->first; i != NONE; i = node_at(self, i)->next) {
        Node *node = node_at(self, i);
        bool dead = !device->on || node->address != device->address;
        seen.records++;
        seen.dead += dead;
        seen.misdirected = seen.misdirected || (dead && misdirects(self, node));
        if (dead && node->dead_since == NEVER_DEAD) {
            node->dead_since = now;
            cell->tallies[SIM_TALLY_STALE_BORN]++;
        } else if (!dead && node->dead_since != NEVER_DEAD) {
            end_stale_life(self, now, node, SIM_STALE_RETURNED);
        }
    }
    seen.state = (uint8_t)state_of(device, seen.records, seen.dead);
    cell->level[view->state]--;
    cell->level[seen.state]++;
    seen.no_address = device->on && device->address == 0;
    cell->level[SIM_TALLY_NO_ADDRESS] += (int)seen.no_address - (int)view->no_address;
    cell->level[SIM_TALLY_MISDIRECTED] += (int)seen.misdirected - (int)view->misdirected;
    cell->level[SIM_TALLY_BINDINGS] += (int)seen.records - (int)view->records;
    cell->level[SIM_TALLY_DEAD_BINDINGS] += (int)seen.dead - (int)view->dead;
    if (seen.records != view->records) {
        Population *group = group_of(self, id);
        settle_contacts(group, now);
        group->level[MIN(view->records, SIM_MAX_CONTACTS - 1)]--;
        group->level[MIN(seen.records, SIM_MAX_CONTACTS - 1)]++;
    }
    *view = seen;
}

static uint32_t
first_at(const SimMeasure *self, uint32_t address)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->by_address, GUINT_TO_POINTER(address))) - 1;
}

/* Whoever has a record that leads to @address, but for @id, may be misdirected now or no more. */
static void
review_others(SimMeasure *self, RollTime now, uint32_t address, uint32_t id)
{
    if (address == 0 || !self->world->reassigns)
        return;
    for (uint32_t i = first_at(self, address); i != NONE; i = node_at(self, i)->sibling)
        if (node_at(self, i)->phone != id)
            review(self, now, node_at(self, i)->phone);
}

void
sim_measure_changed(SimMeasure *self, RollTime now, uint32_t id, uint32_t was)
{
    uint32_t address = self->world->devices[id].address;
    review(self, now, id);
    if (was == address)
        return;
    review_others(self, now, was, id);
    review_others(self, now, address, id);
}

static void
index_node(SimMeasure *self, uint32_t address, uint32_t first)
{
    if (first == NONE)
        g_hash_table_remove(self->by_address, GUINT_TO_POINTER(address));
    else
        g_hash_table_insert(self->by_address, GUINT_TO_POINTER(address),
                            GUINT_TO_POINTER(first + 1));
}

static void
link_sibling(SimMeasure *self, uint32_t i)
{
    Node *node = node_at(self, i);
    node->sibling = first_at(self, node->address);
    index_node(self, node->address, i);
}

static uint32_t
take_node(SimMeasure *self, uint32_t id)
{
    uint32_t i = self->free_node;
    if (self->mirrors[id].own.phone == NONE)
        return id;
    if (i == NONE) {
        i = self->world->scenario->n_phones + self->more->len;
        g_array_set_size(self->more, self->more->len + 1);
    } else {
        self->free_node = node_at(self, i)->next;
    }
    return i;
}

static void
free_node(SimMeasure *self, uint32_t i)
{
    Node *node = node_at(self, i);
    if (i < self->world->scenario->n_phones) {
        node->phone = NONE;
    } else {
        node->next = self->free_node;
        self->free_node = i;
    }
}

void
sim_measure_bound(SimMeasure *self, RollTime now, uint32_t id, uint32_t address)
{
    View *view = view_of(self, id);
    uint32_t i = take_node(self, id);
    *node_at(self, i) = (Node){NEVER_DEAD, id, address, view->first, NONE};
    view->first = i;
    if (self->world->reassigns)
        link_sibling(self, i);
    review(self, now, id);
}

/* Takes node @i out of the list of its address. */
static void
unlink_sibling(SimMeasure *self, uint32_t i)
{
    Node *node = node_at(self, i);
    uint32_t at = first_at(self, node->address);
    if (at == i) {
        index_node(self, node->address, node->sibling);
        return;
    }
    while (node_at(self, at)->sibling != i)
        at = node_at(self, at)->sibling;
    node_at(self, at)->sibling = node->sibling;
}

void
sim_measure_unbound(SimMeasure *self, RollTime now, uint32_t id, uint32_t address, bool expired)
{
    uint32_t *link = &view_of(self, id)->first;
    while (*link != NONE && node_at(self, *link)->address != address)
        link = &node_at(self, *link)->next;
    g_return_if_fail(*link != NONE);
    uint32_t i = *link;
    Node *node = node_at(self, i);
    if (node->dead_since != NEVER_DEAD)
        end_stale_life(self, now, node, expired ? SIM_STALE_EXPIRED : SIM_STALE_REMOVED);
    *link = node->next;
    if (self->world->reassigns)
        unlink_sibling(self, i);
    free_node(self, i);
    review(self, now, id);
}

void
sim_measure_prefetch(const SimMeasure *self, uint32_t id)
{
    const char *mirror = (const char *)&self->mirrors[id];
    __builtin_prefetch(mirror);
    __builtin_prefetch(mirror + sizeof(Mirror) - 1);
}

void
sim_measure_count(SimMeasure *self, uint32_t id, SimTally tally)
{
    cell_of(self, id)->tallies[tally]++;
}

void
sim_measure_add(SimMeasure *self, uint32_t id, SimTally tally, int64_t amount)
{
    cell_of(self, id)->tallies[tally] += amount;
}

void
sim_measure_shift(SimMeasure *self, RollTime now, uint32_t id, SimTally tally, int step)
{
    Cell *cell = cell_of(self, id);
    settle(cell, now);
    cell->level[tally] += step;
}

void
sim_measure_attempt(SimMeasure *self, RollTime now, uint32_t id, RollTime began, bool failed)
{
    Cell *cell = cell_of(self, id);
    cell->tallies[SIM_TALLY_ATTEMPTS]++;
    if (failed) {
        cell->tallies[SIM_TALLY_FAILED]++;
        return;
    }
    cell->tallies[SIM_TALLY_RRD_TIME] += now - began;
    cell->tallies[SIM_TALLY_RRD_COUNT]++;
    sim_histogram_add(group_of(self, id)->delay, now - began, 0);
}

size_t
sim_measure_records(const SimMeasure *self, uint32_t id, uint32_t *out, size_t room)
{
    size_t n = 0;
    for (uint32_t i = view_of(self, id)->first; i != NONE; i = node_at(self, i)->next, n++)
        if (n < room)
            out[n] = node_at(self, i)->address;
    return n;
}

/* Sums of the cells of population @p: 0 is all, p > 0 is group p - 1. */
static void
sum_cells(SimMeasure *self, RollTime now, size_t p, int64_t out[SIM_N_TALLIES])
{
    unsigned from = p == 0 ? 0 : self->groups[p - 1].first_cell;
    unsigned to = p == 0 ? self->n_cells : from + self->groups[p - 1].n_cells;
    memset(out, 0, SIM_N_TALLIES * sizeof *out);
    for (unsigned c = from; c < to; c++) {
        settle(&self->cells[c], now);
        for (unsigned i = 0; i < SIM_N_TALLIES; i++)
            out[i] += self->cells[c].tallies[i];
    }
    out[SIM_TALLY_SPAN] = now - self->begun;
}

void
sim_measure_close_bin(SimMeasure *self, RollTime now)
{
    if (now <= self->bin_start)
        return;
    SimBin bin = {self->bin_start, now, NULL};
    bin.tallies = g_malloc_n(self->n_groups + 1, sizeof *bin.tallies);
    for (size_t p = 0; p <= self->n_groups; p++) {
        int64_t sums[SIM_N_TALLIES];
        sum_cells(self, now, p, sums);
        for (unsigned i = 0; i < SIM_N_TALLIES; i++)
            bin.tallies[p][i] = sums[i] - self->before[p][i];
        memcpy(self->before[p], sums, sizeof sums);
    }
    g_array_append_val(self->bins, bin);
    self->bin_start = now;
}

static void
add_bin(SimBin *bin, const SimBin *other, size_t n_populations)
{
    for (size_t p = 0; p < n_populations; p++)
        for (unsigned i = 0; i < SIM_N_TALLIES; i++)
            if (i != SIM_TALLY_SPAN)
                bin->tallies[p][i] += other->tallies[p][i];
}

static void
add_population(Population *group, const Population *other)
{
    sim_histogram_merge(group->stale_life, other->stale_life);
    sim_histogram_merge(group->delay, other->delay);
    for (size_t i = 0; i < SIM_MAX_CONTACTS; i++)
        group->integral[i] += other->integral[i];
}

static void
settle_all(SimMeasure *self, RollTime now)
{
    sim_measure_close_bin(self, now);
    for (unsigned c = 0; c < self->n_cells; c++)
        settle(&self->cells[c], now);
    for (size_t g = 0; g < self->n_groups; g++)
        settle_contacts(&self->groups[g], now);
}

void
sim_measure_add_part(SimMeasure *self, RollTime now, SimMeasure *part)
{
    settle_all(self, now);
    settle_all(part, now);
    g_return_if_fail(self->n_cells == part->n_cells && self->bins->len == part->bins->len);
    for (unsigned c = 0; c < self->n_cells; c++)
        for (unsigned i = 0; i < SIM_N_TALLIES; i++)
            self->cells[c].tallies[i] += part->cells[c].tallies[i];
    for (size_t g = 0; g < self->n_groups; g++)
        add_population(&self->groups[g], &part->groups[g]);
    for (guint b = 0; b < self->bins->len; b++)
        add_bin(&g_array_index(self->bins, SimBin, b), &g_array_index(part->bins, SimBin, b),
                self->n_groups + 1);
}

/* The batches of population @p side by side, for the estimator. Returns how many. */
static size_t
collect_batches(const SimMeasure *self, size_t p, int64_t out[SIM_BATCHES][SIM_N_TALLIES])
{
    size_t n = 0;
    memset(out, 0, SIM_BATCHES * sizeof *out);
    for (size_t g = 0; g < self->n_groups; g++) {
        if (p != 0 && g != p - 1)
            continue;
        const Population *group = &self->groups[g];
        n = MAX(n, group->n_cells);
        for (unsigned b = 0; b < group->n_cells; b++)
            for (unsigned i = 0; i < SIM_N_TALLIES; i++)
                out[b][i] += self->cells[group->first_cell + b].tallies[i];
    }
    return n;
}

static void
add_group(SimColumns *columns, const Population *group)
{
    sim_histogram_merge(columns->stale_life, group->stale_life);
    sim_histogram_merge(columns->delay, group->delay);
    for (size_t i = 0; i < SIM_MAX_CONTACTS; i++)
        columns->contacts[i] += group->integral[i];
}

static void
fill_columns(SimMeasure *self, RollTime now, size_t p, SimColumns *columns)
{
    const SimScenario *scenario = self->world->scenario;
    columns->name = p == 0 ? "all" : scenario->groups[p - 1].name;
    columns->phones = p == 0 ? scenario->n_phones : scenario->groups[p - 1].count;
    columns->stale_life = g_new0(SimHistogram, 1);
    columns->delay = g_new0(SimHistogram, 1);
    columns->contacts = g_new0(int64_t, SIM_MAX_CONTACTS);
    sum_cells(self, now, p, columns->tallies);
    columns->batches = g_malloc_n(SIM_BATCHES, sizeof *columns->batches);
    columns->n_batches = collect_batches(self, p, columns->batches);
    for (unsigned m = 0; m < SIM_N_METRICS; m++)
        columns->metrics[m] =
            sim_estimate(m, columns->tallies, columns->batches, columns->n_batches);
    for (size_t g = 0; g < self->n_groups; g++)
        if (p == 0 || g == p - 1) {
            settle_contacts(&self->groups[g], now);
            add_group(columns, &self->groups[g]);
        }
}

void
sim_measure_finish(SimMeasure *self, RollTime now, SimResult *result)
{
    sim_measure_close_bin(self, now);
    result->n_columns = self->n_groups + 1;
    result->columns = g_new0(SimColumns, result->n_columns);
    for (size_t p = 0; p < result->n_columns; p++)
        fill_columns(self, now, p, &result->columns[p]);
    result->n_bins = self->bins->len;
    result->bins = (SimBin *)(void *)g_array_free(self->bins, FALSE);
    self->bins = g_array_new(FALSE, FALSE, sizeof(SimBin));
    result->observed = now - self->begun;
}

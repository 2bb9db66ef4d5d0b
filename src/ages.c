/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A node beside each row, in chunks by the row's number. The wheel was made for times to come; here
 * its times have been, and its cursor follows the oldest record. A row is filed when it gets its
 * first record and again when its old time comes up, so what one eviction costs is paid for by the
 * registrations since the last. */
#include "ages.h"

#include <glib.h>

enum { CHUNK_NODES = 1024 };

typedef struct {
    RollWheelNode node;
    RollRow *row;
} Age;

struct RollAges {
    RollWheel *wheel;
    GPtrArray *chunks;
};

static RollRow *
row_of(const RollWheelNode *node)
{
    return ((const Age *)(const void *)node)->row;
}

bool
roll_ages_is_fixed(const RollBinding *binding)
{
    RollExtension extension;
    return binding->expires_at == ROLL_NEVER ||
           (roll_binding_extension(binding, &extension) && extension.trunk != 0);
}

/* The oldest binding of @row that may go. Returns: when it was written, %ROLL_NEVER if none may. */
static RollTime
find_oldest(RollRow *row, size_t *at)
{
    RollTime oldest = ROLL_NEVER;
    for (size_t i = 0; i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        if (binding->registered_at >= oldest || roll_ages_is_fixed(binding))
            continue;
        oldest = binding->registered_at;
        *at = i;
    }
    return oldest;
}

static RollTime
node_due(const RollWheelNode *node)
{
    size_t at;
    return find_oldest(row_of(node), &at);
}

static int
node_tie(const RollWheelNode *a, const RollWheelNode *b)
{
    return roll_row_compare(row_of(a), row_of(b));
}

RollAges *
roll_ages_new(void)
{
    RollAges *self = g_new0(RollAges, 1);
    self->wheel = roll_wheel_new(node_due, node_tie);
    self->chunks = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
roll_ages_free(RollAges *self)
{
    if (!self)
        return;
    roll_wheel_free(self->wheel);
    g_ptr_array_unref(self->chunks);
    g_free(self);
}

static Age *
age_of(RollAges *self, const RollRow *row)
{
    uint32_t id = roll_row_id(row);
    while (id / CHUNK_NODES >= self->chunks->len)
        g_ptr_array_add(self->chunks, g_new0(Age, CHUNK_NODES));
    Age *chunk = g_ptr_array_index(self->chunks, id / CHUNK_NODES);
    return &chunk[id % CHUNK_NODES];
}

void
roll_ages_note(RollAges *self, RollTime now, RollRow *row)
{
    Age *age = age_of(self, row);
    age->row = row;
    roll_wheel_arm(self->wheel, now, &age->node);
}

void
roll_ages_forget(RollAges *self, const RollRow *row)
{
    roll_wheel_disarm(self->wheel, &age_of(self, row)->node);
}

RollRow *
roll_ages_find(RollAges *self, RollTime now, const RollRow *last, size_t *i)
{
    RollWheelNode *first = roll_wheel_pop(self->wheel, ROLL_NEVER - 1);
    if (!first)
        return NULL;
    RollWheelNode *found = first;
    RollTime oldest = node_due(first);
    if (row_of(first) == last) {
        RollWheelNode *second = roll_wheel_pop(self->wheel, oldest);
        found = second ? second : first;
        if (second)
            roll_wheel_arm(self->wheel, now, second);
    }
    roll_wheel_arm(self->wheel, now, first);
    find_oldest(row_of(found), i);
    return row_of(found);
}

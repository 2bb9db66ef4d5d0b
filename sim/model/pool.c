/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The free list of `assign = oldest` is a queue: addresses that nobody ever had come first, in
 * order, then those that were given back, the first one first. With `sticky` an address may leave
 * it from the middle; its entry is then passed over when its turn comes. */
#include "sim/model/pool.h"

#include <string.h>

typedef struct {
    uint32_t address;
    uint32_t serial;
} Freed;

struct SimPool {
    const SimNetworkSpec *network;
    SimRandom random;
    GHashTable *holders;
    uint8_t *marks;       /* without holders: a bit for each address, set if it is taken */
    GHashTable *reserved; /* addresses of leases whose device is elsewhere */
    GHashTable *leases;   /* id -> SimLease */
    GHashTable *queued;   /* address -> serial of its entry in the queue */
    GArray *queue;        /* Freed, from @head on */
    guint head;
    uint32_t serial;
    uint32_t untouched; /* offset of the first address nobody ever had */
    uint32_t taken;
};

SimPool *
sim_pool_new(const SimNetworkSpec *network, SimRandom random, GHashTable *holders)
{
    SimPool *self = g_new0(SimPool, 1);
    self->network = network;
    self->random = random;
    self->holders = holders;
    if (holders == NULL)
        self->marks = g_malloc0((size_t)network->pool_size / 8 + 1);
    if (network->addressing == SIM_ADDRESS_LEASED)
        self->reserved = g_hash_table_new(NULL, NULL);
    if (network->addressing == SIM_ADDRESS_LEASED || network->assign == SIM_ASSIGN_STICKY)
        self->leases = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    if (network->assign != SIM_ASSIGN_RANDOM) {
        self->queued = g_hash_table_new(NULL, NULL);
        self->queue = g_array_new(FALSE, FALSE, sizeof(Freed));
    }
    return self;
}

void
sim_pool_free(SimPool *self)
{
    if (self == NULL)
        return;
    g_free(self->marks);
    g_clear_pointer(&self->reserved, g_hash_table_unref);
    g_clear_pointer(&self->leases, g_hash_table_unref);
    g_clear_pointer(&self->queued, g_hash_table_unref);
    g_clear_pointer(&self->queue, g_array_unref);
    g_free(self);
}

static bool
is_free(const SimPool *self, uint32_t address)
{
    gpointer key = GUINT_TO_POINTER(address);
    uint32_t offset = address - self->network->pool_base;
    if (self->marks != NULL)
        return (self->marks[offset / 8] >> offset % 8 & 1) == 0;
    return !g_hash_table_contains(self->holders, key) &&
           (self->reserved == NULL || !g_hash_table_contains(self->reserved, key));
}

/* Uniformly: drawn until one is free, then searched for. */
static uint32_t
take_random(const SimPool *self, uint32_t id, uint32_t ordinal)
{
    const SimNetworkSpec *network = self->network;
    uint32_t offset = 0;
    for (uint32_t again = 0; again < 256; again++) {
        double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_ADDRESS, ordinal, again);
        offset = (uint32_t)(u * network->pool_size);
        if (is_free(self, network->pool_base + offset))
            return network->pool_base + offset;
    }
    for (uint32_t i = 0; i < network->pool_size; i++) {
        uint32_t address = network->pool_base + (offset + i) % network->pool_size;
        if (is_free(self, address))
            return address;
    }
    return 0;
}

static uint32_t
take_oldest(SimPool *self)
{
    if (self->untouched < self->network->pool_size)
        return self->network->pool_base + self->untouched++;
    while (self->head < self->queue->len) {
        Freed *freed = &g_array_index(self->queue, Freed, self->head++);
        gpointer key = GUINT_TO_POINTER(freed->address);
        if (GPOINTER_TO_UINT(g_hash_table_lookup(self->queued, key)) != freed->serial)
            continue;
        g_hash_table_remove(self->queued, key);
        return freed->address;
    }
    return 0;
}

/* RFC 2131 section 4.3.1: the previous address of the client, if nobody else has it. */
static uint32_t
take_former(SimPool *self, uint32_t id)
{
    const SimLease *lease = sim_pool_lease(self, id);
    gpointer key = GUINT_TO_POINTER(lease->address);
    if (lease->address == 0 || !g_hash_table_remove(self->queued, key))
        return 0;
    return lease->address;
}

uint32_t
sim_pool_take(SimPool *self, uint32_t id, uint32_t ordinal)
{
    uint32_t address = 0;
    if (self->taken >= self->network->pool_size)
        return 0;
    if (self->network->assign == SIM_ASSIGN_STICKY)
        address = take_former(self, id);
    if (address == 0 && self->network->assign == SIM_ASSIGN_RANDOM)
        address = take_random(self, id, ordinal);
    else if (address == 0)
        address = take_oldest(self);
    self->taken += address != 0;
    if (self->marks != NULL && address != 0) {
        uint32_t offset = address - self->network->pool_base;
        self->marks[offset / 8] |= (uint8_t)(1u << offset % 8);
    }
    if (self->leases != NULL && address != 0)
        sim_pool_lease(self, id)->address = address;
    return address;
}

/* What was taken from the head is thrown away when it is more than half. */
static void
tidy_queue(SimPool *self)
{
    if (self->head < 64 || self->head < self->queue->len / 2)
        return;
    g_array_remove_range(self->queue, 0, self->head);
    self->head = 0;
}

void
sim_pool_give(SimPool *self, uint32_t address)
{
    self->taken--;
    if (self->queue == NULL)
        return;
    Freed freed = {address, ++self->serial};
    tidy_queue(self);
    g_array_append_val(self->queue, freed);
    g_hash_table_insert(self->queued, GUINT_TO_POINTER(address), GUINT_TO_POINTER(freed.serial));
}

void
sim_pool_reserve(SimPool *self, uint32_t address, bool yes)
{
    if (yes)
        g_hash_table_add(self->reserved, GUINT_TO_POINTER(address));
    else
        g_hash_table_remove(self->reserved, GUINT_TO_POINTER(address));
}

SimLease *
sim_pool_lease(SimPool *self, uint32_t id)
{
    SimLease *lease = g_hash_table_lookup(self->leases, GUINT_TO_POINTER(id));
    if (lease == NULL) {
        lease = g_new0(SimLease, 1);
        g_hash_table_insert(self->leases, GUINT_TO_POINTER(id), lease);
    }
    return lease;
}

bool
sim_pool_has(const SimPool *self, uint32_t address)
{
    return address - self->network->pool_base < self->network->pool_size;
}

const SimNetworkSpec *
sim_pool_network(const SimPool *self)
{
    return self->network;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way from the interface to the store that was opened. */
#include "store.h"

G_DEFINE_QUARK(roll - store - error - quark, roll_store_error)

void
roll_store_free(RollStore *self)
{
    if (self)
        self->class->free(self);
}

const char *
roll_store_name(const RollStore *self)
{
    return self->class->name;
}

bool
roll_store_is_shared(const RollStore *self)
{
    return self->class->is_shared;
}

bool
roll_store_is_lost(const RollStore *self)
{
    return self->class->is_lost && self->class->is_lost(self);
}

bool
roll_store_load(RollStore *self, RollRecordVisitor visitor, void *data, GError **error)
{
    return !self->class->load || self->class->load(self, visitor, data, error);
}

void
roll_store_write(RollStore *self, RollBatch *batch, RollStoreDone done, void *data)
{
    self->class->write(self, batch, done, data);
}

void
roll_store_fetch(RollStore *self, RollText aor, bool claim, RollStoreFetched fetched, void *data)
{
    g_return_if_fail(self->class->fetch);
    self->class->fetch(self, aor, claim, fetched, data);
}

void
roll_store_release(RollStore *self, RollText aor)
{
    if (self->class->release)
        self->class->release(self, aor);
}

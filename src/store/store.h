/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a kind of location store has to offer. A new one is a RollStoreClass and a function that
 * opens it; its struct begins with a RollStore. */
#pragma once

#include <rollcall/store.h>

/**
 * RollStoreClass: the functions of rollcall/store.h of the same names.
 * @load: %NULL in a store that is shared
 * @fetch, @release: %NULL in one that is not
 * @is_lost: %NULL in one that is always there
 */
typedef struct {
    const char *name;
    bool is_shared;
    void (*free)(RollStore *self);
    bool (*load)(RollStore *self, RollRecordVisitor visitor, void *data, GError **error);
    void (*write)(RollStore *self, RollBatch *batch, RollStoreDone done, void *data);
    void (*fetch)(RollStore *self, RollText aor, bool claim, RollStoreFetched fetched, void *data);
    void (*release)(RollStore *self, RollText aor);
    bool (*is_lost)(const RollStore *self);
} RollStoreClass;

struct RollStore {
    const RollStoreClass *class;
};

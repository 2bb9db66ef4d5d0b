/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Globally routable user agent URIs (RFC 5627): names of one device of an address-of-record. A
 * public one is the address-of-record with the instance in its `gr` parameter, so nothing is kept
 * for it. A temporary one hides whose it is: its user part is a block cipher over the number of the
 * row, a serial that the bindings of the instance carry, and a count that makes each one new
 * (appendix A.2). It is good as long as some binding carries the serial, so to invalidate all of an
 * instance is to give its bindings another serial, and none is ever stored. */
#pragma once

#include "registrar.h"

/** roll_gruus_new: @key: secret, copied; @epoch: Unix time in seconds at RollTime 0. */
RollGruus *roll_gruus_new(const uint8_t key[32], int64_t epoch);
void roll_gruus_free(RollGruus *self);

/** roll_gruu_may_bind: section 5.1: the contact of an instance leads on, not back to @subject. */
bool roll_gruu_may_bind(const RollRegistrar *self, const RollSubject *subject,
                        const RollContact *contact);

/**
 * roll_gruu_grant: the temporary GRUU of a binding that is about to be written.
 * @row: with the bindings as they were; %NULL for none
 * @extension: (inout): of the new binding; @instance and @reg_id are set
 */
void roll_gruu_grant(RollRegistrar *self, RollTime now, RollRow *row, RollText call_id,
                     RollExtension *extension);

/** roll_gruu_list: section 5.2: gives @contact, listed for a binding of @row, its GRUUs. */
void roll_gruu_list(RollRegistrar *self, RollRow *row, const RollExtension *extension,
                    RollContact *contact);

/** RollGruuTarget: what a GRUU stands for: by @instance if it is public, else by @serial. */
typedef struct {
    RollText aor;
    RollText instance;
    uint32_t row;
    uint64_t serial;
} RollGruuTarget;

/**
 * roll_gruu_read: @uri, if it has a `gr` parameter.
 * @out: (out): @aor is left alone; @instance has escapes
 * Returns: 1; 0 if it is no GRUU; -1 if it is one that this registrar did not make.
 */
int roll_gruu_read(const RollRegistrar *self, const RollUri *uri, RollGruuTarget *out);

/** roll_gruu_matches: @extension is of a binding that @target stands for. */
bool roll_gruu_matches(const RollGruuTarget *target, const RollExtension *extension);

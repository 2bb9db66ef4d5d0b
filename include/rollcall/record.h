/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The records of a registrar one by one, out and in, by another way than a REGISTER: for a
 * registrar that starts with the table of the one before it, for copies of a table at some instant,
 * and for a clock that was set, where all times of a table move at once. */
#pragma once

#include <rollcall/registrar.h>

/**
 * RollRecord: an open value: what the table knows of one binding. Texts are borrowed.
 * @aor: canonical when it is given out; any SIP URI when it is taken in
 * @contact: URI text
 * @params: Contact parameters as registered, from the first `;` on, without expires and q; absent
 *   without
 * @call_id, @cseq: of the request that wrote it last; what comes later is held against them (RFC
 *   3261 section 10.3 step 7)
 * @q: thousandths 0..1000, or %ROLL_Q_NONE
 * @registered_at: when it was last created or refreshed
 * @expires_at: %ROLL_NEVER for a static record
 * @path: values joined by commas (RFC 3327); absent without
 * @instance: of +sip.instance, without angle brackets; absent without
 * @reg_id: not 0: it is known by @instance and this (RFC 5626)
 * @flow: with @reg_id: where the client's connection ends; family 0 if it is not ours
 */
typedef struct {
    RollText aor;
    RollText contact;
    RollText params;
    RollText call_id;
    uint32_t cseq;
    int q;
    RollTime registered_at;
    RollTime expires_at;
    RollText path;
    RollText instance;
    uint32_t reg_id;
    RollEndpoint flow;
} RollRecord;

/**
 * RollRecordVisitor: @record and its texts live for the call. It must not call the registrar that
 * it visits; it may load another one.
 */
typedef void (*RollRecordVisitor)(void *data, const RollRecord *record);

/**
 * roll_registrar_each: shows @visitor every record that counts at @now: not one that has expired
 * and waits to be purged. Nothing is changed.
 *
 * Addresses-of-record come in the order of their places in the table: a new one takes the place
 * that was given up last, or the next one behind all; the records of one come oldest binding first,
 * as a 200 lists them. So the order follows from the calls that @self has seen and is the same on
 * every machine; and a registrar that was loaded in this order gives the same order again.
 *
 * The records of a trunk's numbers (RFC 6140) are not shown: they come with the trunk's own.
 */
void roll_registrar_each(const RollRegistrar *self, RollTime now, RollRecordVisitor visitor,
                         void *data);

/**
 * roll_registrar_each_of: the same for the records of one address-of-record.
 * @aor: canonical
 */
void roll_registrar_each_of(const RollRegistrar *self, RollTime now, RollText aor,
                            RollRecordVisitor visitor, void *data);

/**
 * roll_registrar_load: puts a record in as if it had been there all the time. The observer and the
 * subscribers are told that it was created at @now. @record is copied. Its @registered_at may lie
 * after @now: a clock may have been set back.
 *
 * Temporary GRUUs that were made before are not good here, as after any restart; an instance gets
 * new ones. A contact with `bnc` needs RollConfig.numbers and is bound for each number (RFC 6140).
 *
 * Returns: false, and nothing has changed but that expired records may be gone, if @record
 * - has an AOR or a contact that is no SIP URI (a contact may have any scheme that a REGISTER may
 *   have, if its @expires_at is not %ROLL_NEVER), or malformed parameters;
 * - has expired at @now, or expires more than 2^32-1 s after it;
 * - has a q out of range, a @reg_id without @instance, or texts longer than the bounds of
 * RollConfig;
 * - names what is bound already: its AOR has a record of the same contact text, or of the same
 *   instance and reg-id;
 * - does not fit: a bound on records or addresses-of-record is reached, whatever the policy says of
 *   full tables.
 */
bool roll_registrar_load(RollRegistrar *self, RollTime now, const RollRecord *record);

/**
 * roll_registrar_replace: makes the records of @aor these, as when several servers share a store
 * and another one has changed them there. What is the same stays untouched, and nobody is told of
 * it. What is bound but not among @records is gone: `unregistered` in the words of RFC 3680; what
 * differs is refreshed or shortened, what is new created. Those that stay keep their order, new
 * ones come behind them. A static record is dropped only by roll_registrar_remove(): it is of this
 * server.
 * @aor: any SIP URI of the address-of-record; that of a record is not looked at
 * Returns: false if @aor is none, and then nothing has changed; or if some of @records was one that
 *   roll_registrar_load() would not take, and then it is not in the table, but all others are.
 */
bool roll_registrar_replace(RollRegistrar *self, RollTime now, RollText aor,
                            const RollRecord *records, size_t n);

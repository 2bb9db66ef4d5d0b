/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the registrar and its store: what has changed and is to be written, and the answers that
 * must not leave before that is durable. */
#pragma once

#include "server.h"

RollJournal *roll_journal_new(RollServer *server);
/** roll_journal_free: waits for what is being written. */
void roll_journal_free(RollJournal *self);

/** roll_journal_mark: the records of @aor have changed. */
void roll_journal_mark(RollJournal *self, RollText aor);

/**
 * roll_journal_holds: @packet says something that the store does not know yet: a 2xx or a NOTIFY
 * while anything is unwritten. Refusals, challenges and redirects acknowledge nothing.
 */
bool roll_journal_holds(const RollJournal *self, const RollPacket *packet);

/** roll_journal_hold: sends @packet, a copy, once everything changed so far is durable; or a 503 in
 * its place if it cannot be made so. */
void roll_journal_hold(RollJournal *self, uint16_t via, const RollPacket *packet);

/** roll_journal_push: hands what is marked to the store, unless it is busy: then with the next
 * push. */
void roll_journal_push(RollJournal *self);

/** roll_journal_is_failed: the store did not take the last batch; nothing may be acknowledged. */
bool roll_journal_is_failed(const RollJournal *self);

/** roll_journal_is_full: so much waits for the store that nothing more may. */
bool roll_journal_is_full(const RollJournal *self);

/** roll_journal_forget: nothing that is marked is written. */
void roll_journal_forget(RollJournal *self);

/** roll_journal_drain: pushes and waits until nothing is left, or the store fails. */
void roll_journal_drain(RollJournal *self);

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar core under virtual time, and what a script does to it: sends requests as bytes, lets
 * time pass, looks users up. */
#pragma once

#include "sim/scenario/script.h"
#include "sim/script/answer.h"
#include <rollcall/registrar.h>

/** SIM_SCRIPT_PASSWORD: of every user, when the registrar asks for one. */
#define SIM_SCRIPT_PASSWORD "secret"

/** SimHappened: an event of a binding. */
typedef struct {
    RollTime at;
    RollBindingEventKind kind;
    const char *aor;
    const char *contact;
    RollTime expires_at;
} SimHappened;

typedef struct SimPlayer SimPlayer;

/**
 * sim_player_new:
 * @config: its @domains, @key and @lookup are not looked at; copied
 * @domain: the one domain that is served; borrowed
 * @decoded: requests are read and answers written around the door for decoded requests, instead of
 *   using the door for bytes
 */
SimPlayer *sim_player_new(const RollConfig *config, const char *domain, bool decoded);
void sim_player_free(SimPlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimPlayer, sim_player_free)

/** sim_player_start: begins anew at time 0 with an empty registrar. @config: as above */
void sim_player_start(SimPlayer *self, const RollConfig *config);

/** sim_player_advance: to @now, with all that the registrar has to do until then. */
void sim_player_advance(SimPlayer *self, RollTime now);

/** sim_player_send: a step of kind %SIM_STEP_SEND or %SIM_STEP_AGAIN at its time. Returns: what
 * came back; lives until the next call */
const SimAnswer *sim_player_send(SimPlayer *self, const SimStep *step);

/**
 * sim_player_end: a step of kind %SIM_STEP_CLOSE or %SIM_STEP_BREAK. The next request of its user
 * that goes over a stream opens a connection. The registrar is told of the first kind, and it is
 * the oldest connection of the user then, which may have broken before.
 */
void sim_player_end(SimPlayer *self, const SimStep *step);

/** sim_player_sent: the bytes that were sent last. */
RollText sim_player_sent(const SimPlayer *self);

/** sim_player_lookup: of @who, a user of the domain or a whole address of record, at the time that
 * has come. Returns: how many; @out lives until the next call */
size_t sim_player_lookup(SimPlayer *self, const char *who, const RollLocation **out);

/** sim_player_aor: the address of record that @who stands for. Returns: false if it is none */
bool sim_player_aor(const SimPlayer *self, const char *who, char aor[ROLL_AOR_MAX]);

/** sim_player_happened: all events until now, in order, #SimHappened. */
const GArray *sim_player_happened(const SimPlayer *self);

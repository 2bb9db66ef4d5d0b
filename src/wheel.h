/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A time wheel that hands out nodes in order of their due time, exact to the microsecond, and is
 * armed lazily: a node whose due time moves later is left where it is and moves when its old place
 * comes up. So a refresh of a registration does not touch the wheel at all.
 *
 * The owner embeds a RollWheelNode and supplies the due time and the order among equals. */
#pragma once

#include <rollcall/time.h>
#include <stddef.h>
#include <stdint.h>

/**
 * RollWheelNode: zero it before first use; belongs to the wheel afterwards and does not move.
 * @where: in the heap, in which slot, or in neither
 * @place: there
 */
typedef struct {
    uint32_t where;
    uint32_t place;
} RollWheelNode;

/** RollWheelDue: when @node is due now, %ROLL_NEVER for never. */
typedef RollTime (*RollWheelDue)(const RollWheelNode *node);
/** RollWheelTie: below zero if @a comes before @b when both are due at the same instant. */
typedef int (*RollWheelTie)(const RollWheelNode *a, const RollWheelNode *b);

typedef struct RollWheel RollWheel;

RollWheel *roll_wheel_new(RollWheelDue due, RollWheelTie tie);
void roll_wheel_free(RollWheel *self);

/**
 * roll_wheel_arm: makes sure that @node comes up by its due time. To be called when a node is new
 * or its due time moved earlier; harmless at other times.
 */
void roll_wheel_arm(RollWheel *self, RollTime now, RollWheelNode *node);

/** roll_wheel_disarm: takes @node out, if it is in; it may be freed then. */
void roll_wheel_disarm(RollWheel *self, RollWheelNode *node);

/**
 * roll_wheel_pop: the next node due at or before @horizon, disarmed; %NULL when there is none.
 * Nodes come in order of (due, tie). Arm the node again if it is to come again.
 */
RollWheelNode *roll_wheel_pop(RollWheel *self, RollTime horizon);

/**
 * roll_wheel_next: no node is due before this. It may be earlier than the first due time, but
 * roll_wheel_pop() at that time brings it forward; %ROLL_NEVER if nothing is armed.
 */
RollTime roll_wheel_next(const RollWheel *self);

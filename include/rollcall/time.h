/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Time as the registrar core knows it: a count of microseconds that the owner hands in with every
 * call. The core never reads a clock, so the same code runs in virtual time and in real time. */
#pragma once

#include <stdint.h>

/** RollTime: microseconds since an instant the owner chose; may be negative, never goes back. */
typedef int64_t RollTime;

/** ROLL_NEVER: no such instant. Later than every other time. */
#define ROLL_NEVER INT64_MAX

#define ROLL_MILLISECOND ((RollTime)1000)
#define ROLL_SECOND ((RollTime)1000000)
#define ROLL_MINUTE (60 * ROLL_SECOND)
#define ROLL_HOUR (60 * ROLL_MINUTE)
#define ROLL_DAY (24 * ROLL_HOUR)

/* SIP timers over an unreliable transport, RFC 3261 table 4 (section 17.1.1.1 and appendix A). */
#define ROLL_T1 (500 * ROLL_MILLISECOND)
#define ROLL_T2 (4 * ROLL_SECOND)
#define ROLL_TIMER_F (64 * ROLL_T1)
#define ROLL_TIMER_J (64 * ROLL_T1)

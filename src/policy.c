/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The policy that the RFCs describe. */
#include <rollcall/policy.h>

RollPolicy
roll_policy_default(void)
{
    return (RollPolicy){
        .brief = ROLL_BRIEF_REFUSE,
        .order_status = 500,
        .full = ROLL_FULL_REFUSE,
        .full_status = 503,
        .path = ROLL_PATH_LAZY,
        .outbound = ROLL_OUTBOUND_ALLOW,
        .gruu = true,
        .bulk = true,
        .events = true,
    };
}

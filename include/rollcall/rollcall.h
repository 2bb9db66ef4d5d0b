/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Everything libroll offers. */
#pragma once

#include <rollcall/digest.h>
#include <rollcall/htdigest.h>
#include <rollcall/message.h>
#include <rollcall/policy.h>
#include <rollcall/preset.h>
#include <rollcall/record.h>
#include <rollcall/registrar.h>
#include <rollcall/text.h>
#include <rollcall/stream.h>
#include <rollcall/time.h>
#include <rollcall/uri.h>

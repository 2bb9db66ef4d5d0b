/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values are a stranger's: nothing in them may look like another field or another line. */
#include "sim/serve/log.h"

#include <string.h>

static const char *
level_name(RollLogLevel level)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    return names[level];
}

static void
put_time(GString *out, int64_t at)
{
    g_autoptr(GDateTime) whole = g_date_time_new_from_unix_utc(at / 1000000);
    g_autofree char *text = g_date_time_format(whole, "%Y-%m-%dT%H:%M:%S");
    g_string_append_printf(out, "%s.%03dZ", text, (int)(at / 1000 % 1000));
}

/* In quotes, with escapes that JSON has, too. U+0080 to U+009F are controls to some terminals. */
static void
put_quoted(GString *out, const char *value)
{
    g_autofree char *text = g_utf8_make_valid(value, -1);
    g_string_append_c(out, '"');
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        if (*p == '"' || *p == '\\')
            g_string_append_printf(out, "\\%c", *p);
        else if (g_unichar_iscntrl(g_utf8_get_char(p)))
            g_string_append_printf(out, "\\u%04x", g_utf8_get_char(p));
        else
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
    }
    g_string_append_c(out, '"');
}

static bool
is_plain(const char *value)
{
    if (!*value)
        return false;
    for (const char *p = value; *p; p++)
        if (!g_ascii_isgraph(*p) || *p == '"' || *p == '=' || *p == '\\')
            return false;
    return true;
}

static void
put_json(GString *out, int64_t at, RollLogLevel level, const char *event,
         const RollLogField *fields, size_t n_fields)
{
    g_string_append(out, "{\"time\":\"");
    put_time(out, at);
    g_string_append_printf(out, "\",\"level\":\"%s\",\"event\":", level_name(level));
    put_quoted(out, event);
    for (size_t i = 0; i < n_fields; i++) {
        g_string_append_printf(out, ",\"%s\":", fields[i].name);
        put_quoted(out, fields[i].value);
    }
    g_string_append_c(out, '}');
}

void
sim_server_log_format(GString *out, bool json, int64_t at, RollLogLevel level, const char *event,
                      const RollLogField *fields, size_t n_fields)
{
    if (json) {
        put_json(out, at, level, event, fields, n_fields);
        return;
    }
    put_time(out, at);
    g_string_append_printf(out, " %s %s", level_name(level), event);
    for (size_t i = 0; i < n_fields; i++) {
        g_string_append_printf(out, " %s=", fields[i].name);
        if (is_plain(fields[i].value))
            g_string_append(out, fields[i].value);
        else
            put_quoted(out, fields[i].value);
    }
}

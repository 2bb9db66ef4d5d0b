/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/load/names.h"

G_DEFINE_QUARK(sim - names - error - quark, sim_names_error)

/* The longest number has ten digits. */
enum { NUMBER = 10, WIDEST = 10 };

/* Letters, digits and marks that need no escaping in a SIP URI (RFC 3261 section 25.1). */
static bool
is_plain(RollText text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!g_ascii_isalnum(text.ptr[i]) && !strchr("-_.!~*'()&=+$,;?/", text.ptr[i]))
            return false;
    return true;
}

static bool
cut(const char *format, SimNames *out)
{
    const char *mark = strchr(format, '%');
    if (!mark) {
        *out = (SimNames){.before = roll_text(format), .plain = true};
        return true;
    }
    const char *at = mark + 1;
    unsigned width = 0;
    if (*at == '0')
        for (at++; g_ascii_isdigit(*at) && width < 100; at++)
            width = 10 * width + (unsigned)(*at - '0');
    if (*at != 'd' || width > WIDEST)
        return false;
    *out = (SimNames){
        .before = {format, (size_t)(mark - format)}, .after = roll_text(at + 1), .width = width};
    return true;
}

bool
sim_names_parse(const char *format, bool plain, SimNames *out, GError **error)
{
    SimNames names;
    if (cut(format, &names) && (plain || !names.plain) && is_plain(names.before) &&
        is_plain(names.after) && names.before.len + names.after.len + NUMBER <= SIM_NAMES_LONGEST) {
        *out = names;
        return true;
    }
    g_set_error(error, SIM_NAMES_ERROR, SIM_NAMES_ERROR_FORMAT,
                "\"%s\" makes no names; it looks like u%%d or line-%%06d", format);
    return false;
}

size_t
sim_names_write(const SimNames *self, uint32_t number, char *out)
{
    char digits[NUMBER];
    size_t at = sizeof digits;
    memcpy(out, self->before.ptr, self->before.len);
    size_t len = self->before.len;
    if (self->plain)
        return len;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (sizeof digits - at < self->width)
        digits[--at] = '0';
    memcpy(out + len, digits + at, sizeof digits - at);
    len += sizeof digits - at;
    memcpy(out + len, self->after.ptr, self->after.len);
    return len + self->after.len;
}

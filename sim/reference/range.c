/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/reference/range.h"

#include "sim/scenario/values.h"

#define YEAR (365 * ROLL_DAY)

static char *
show(const SimKey *key, int64_t bound)
{
    if (key->form != SIM_FORM_TIME && key->form != SIM_FORM_SECONDS)
        return g_strdup_printf("%" G_GINT64_FORMAT, bound);
    if (bound < YEAR || bound % YEAR != 0)
        return sim_value_show_time(bound);
    int64_t years = bound / YEAR;
    return g_strdup_printf("%" G_GINT64_FORMAT " year%s", years, years == 1 ? "" : "s");
}

char *
reference_range(const SimKey *key)
{
    if (key->form == SIM_FORM_SHARE)
        return g_strdup("0% to 100%");
    if (key->least == 0 && key->most == 0)
        return NULL;
    g_autofree char *least = show(key, key->least);
    if (key->most == UINT32_MAX)
        return g_strdup_printf("%s or more", least);
    g_autofree char *most = show(key, key->most);
    return g_strdup_printf("%s to %s", least, most);
}

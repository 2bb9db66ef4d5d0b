/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expectations of a reply. */
#include "sim/conform/steps.h"

#include <string.h>

void
sim_expect_status(SimCase *c, int status, const char *name)
{
    g_autofree char *expected = g_strdup_printf("%d", status);
    sim_case_check(c, sim_case_status(c) == status, name, expected);
}

void
sim_expect_either(SimCase *c, int status, int other, const char *name)
{
    g_autofree char *expected = g_strdup_printf("%d or %d", status, other);
    int got = sim_case_status(c);
    sim_case_check(c, got == status || got == other, name, expected);
}

void
sim_expect_refused(SimCase *c, const char *name)
{
    int status = sim_case_status(c);
    sim_case_check(c, status >= 400 && status < 600, name, "4xx or 5xx");
}

void
sim_expect_silence(SimCase *c, const char *name)
{
    sim_case_check(c, !c->reply, name, "no answer");
}

void
sim_expect_header(SimCase *c, const char *header, const char *value, const char *name)
{
    g_autofree char *whole = sim_case_expand(c, value);
    g_autofree char *expected = g_strdup_printf("%s: %s", header, whole);
    const char *line = c->reply ? sim_message_line(c->reply, header, 0) : NULL;
    sim_case_check(c, line && g_ascii_strcasecmp(line, whole) == 0, name, expected);
}

void
sim_expect_token(SimCase *c, const char *header, const char *token, const char *name)
{
    g_autofree char *expected = g_strdup_printf("%s lists %s", header, token);
    sim_case_check(c, c->reply && sim_message_has_token(c->reply, header, token), name, expected);
}

void
sim_expect_no_token(SimCase *c, const char *header, const char *token, const char *name)
{
    g_autofree char *expected = g_strdup_printf("%s does not list %s", header, token);
    sim_case_check(c, c->reply && !sim_message_has_token(c->reply, header, token), name, expected);
}

void
sim_expect_present(SimCase *c, const char *header, const char *name)
{
    g_autofree char *expected = g_strdup_printf("a header line %s", header);
    sim_case_check(c, c->reply && sim_message_line(c->reply, header, 0), name, expected);
}

void
sim_expect_absent(SimCase *c, const char *header, const char *name)
{
    g_autofree char *expected = g_strdup_printf("an answer without %s", header);
    sim_case_check(c, c->reply && !sim_message_line(c->reply, header, 0), name, expected);
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort(char **list)
{
    qsort(list, g_strv_length(list), sizeof *list, compare_texts);
}

/* A registrar may write the name of a host or scheme in small letters; the user part stays. */
static char *
listed_uris(const SimCase *c)
{
    g_auto(GStrv) values = c->reply ? sim_message_values(c->reply, "Contact") : g_new0(char *, 1);
    for (char **value = values; *value; value++) {
        char *uri = sim_value_uri(*value);
        g_free(*value);
        *value = uri;
    }
    sort(values);
    return g_strjoinv(" ", values);
}

void
sim_expect_listed(SimCase *c, const char *uris, const char *name)
{
    g_autofree char *whole = sim_case_expand(c, uris);
    g_auto(GStrv) wanted = g_strsplit(whole, " ", -1);
    sort(wanted);
    g_autofree char *sorted = g_strjoinv(" ", wanted);
    g_autofree char *got = listed_uris(c);
    g_autofree char *expected =
        g_strdup_printf("200 with the contacts: %s", *sorted ? sorted : "none");
    sim_case_check(c, sim_case_status(c) == 200 && strcmp(got, sorted) == 0, name, expected);
}

/* Asks what is bound, with a Call-ID of its own, so that the rule's order of CSeq is left alone. */
static void
look(SimCase *c)
{
    uint32_t cseq = c->cseq;
    sim_ask(c, .call_id = "{call}-look", .cseq = ++c->n_looks);
    c->cseq = cseq;
}

void
sim_expect_bindings(SimCase *c, const char *uris, const char *name)
{
    look(c);
    sim_expect_listed(c, uris, name);
}

void
sim_expect_count(SimCase *c, size_t n, const char *name)
{
    look(c);
    g_auto(GStrv) values = c->reply ? sim_message_values(c->reply, "Contact") : g_new0(char *, 1);
    g_autofree char *expected = g_strdup_printf("200 with %zu contacts", n);
    sim_case_check(c, sim_case_status(c) == 200 && g_strv_length(values) == n, name, expected);
}

char *
sim_contact(const SimCase *c, const char *uri)
{
    g_auto(GStrv) values = c->reply ? sim_message_values(c->reply, "Contact") : g_new0(char *, 1);
    for (char **value = values; *value; value++) {
        g_autofree char *listed = sim_value_uri(*value);
        if (strcmp(listed, uri) == 0)
            return g_strdup(*value);
    }
    return NULL;
}

char *
sim_contact_param(const SimCase *c, const char *uri, const char *name)
{
    g_autofree char *value = sim_contact(c, uri);
    return value ? sim_value_param(value, name) : NULL;
}

gint64
sim_granted(const SimCase *c, const char *uri)
{
    g_autofree char *text = sim_contact_param(c, uri, "expires");
    guint64 seconds;
    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &seconds, NULL))
        return -1;
    return (gint64)seconds;
}

void
sim_expect_expires(SimCase *c, const char *uri, gint64 low, gint64 high, const char *name)
{
    gint64 got = sim_granted(c, uri);
    g_autofree char *expected = g_strdup_printf(
        "200 with %s and expires from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, uri, low, high);
    sim_case_check(c, sim_case_status(c) == 200 && got >= low && got <= high, name, expected);
}

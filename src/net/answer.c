/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fields that lead an answer to its transaction stand at its head in fixed words, since we
 * wrote them; they are kept, and everything else goes. */
#include "answer.h"

#include <string.h>

static bool
leads_back(const char *line, size_t len)
{
    static const char *const names[] = {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (len > strlen(names[i]) && memcmp(line, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static void
append(GByteArray *out, const char *text, size_t len)
{
    g_byte_array_append(out, (const guint8 *)text, (guint)len);
}

bool
roll_answer_refuse(const uint8_t *data, size_t len, GByteArray *out)
{
    static const char first[] = "SIP/2.0 503 Service Unavailable\r\n";
    static const char last[] = "Retry-After: 2\r\nContent-Length: 0\r\n\r\n";
    const char *line = (const char *)data, *end = line + len;
    if (len < 8 || memcmp(line, "SIP/2.0 ", 8) != 0)
        return false;
    append(out, first, sizeof first - 1);
    while (line < end) {
        const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
        size_t n = (size_t)((stop ? stop + 2 : end) - line);
        if (n <= 2)
            break;
        if (leads_back(line, n))
            append(out, line, n);
        line += n;
    }
    append(out, last, sizeof last - 1);
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two URIs, parted by a line feed: comparison is reflexive and symmetric (RFC 3261 section 19.1.4;
 * it is not transitive), parts lie in the text, and an address-of-record is its own. */
#include "limit.h"
#include "replay.h"

#include <rollcall/rollcall.h>

static void
check_part(RollText whole, RollText part)
{
    if (part.ptr && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len))
        abort();
}

static bool
parse(RollText text, RollUri *out)
{
    if (!roll_uri_parse(text, out))
        return false;
    const RollText parts[] = {out->scheme, out->user,   out->password,
                              out->host,   out->params, out->headers};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        check_part(text, parts[i]);
    if (!roll_text_equal(out->text, text) || !roll_uri_equal(out, out))
        abort();
    return true;
}

/* The canonical form of the canonical form is the same, and so is that of equal URIs but for
 * parameters and ports, which it leaves out. */
static void
check_aor(const RollUri *uri)
{
    char first[ROLL_AOR_MAX], second[ROLL_AOR_MAX];
    RollUri again;
    size_t len = roll_uri_write_aor(uri, first);
    if (len == 0)
        return;
    if (len >= ROLL_AOR_MAX || !parse((RollText){first, len}, &again) ||
        roll_uri_write_aor(&again, second) != len || memcmp(first, second, len) != 0)
        abort();
}

/* Equal texts elsewhere in memory are equal, too. */
static void
check_copy(const RollUri *uri)
{
    g_autofree char *copy = g_memdup2(uri->text.ptr, uri->text.len);
    RollUri other;
    if (!parse((RollText){copy, uri->text.len}, &other) || !roll_uri_equal(uri, &other) ||
        !roll_uri_equal(&other, uri))
        abort();
}

static void
run(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *feed = size ? memchr(text, '\n', size) : NULL;
    size_t len = feed ? (size_t)(feed - text) : size;
    RollUri a, b;
    bool has_a = size && parse((RollText){text, len}, &a);
    if (has_a) {
        check_aor(&a);
        check_copy(&a);
    }
    if (!has_a || !feed || !parse((RollText){feed + 1, size - len - 1}, &b))
        return;
    bool equal = roll_uri_equal(&a, &b);
    if (equal != roll_uri_equal(&b, &a))
        abort();
    char first[ROLL_AOR_MAX], second[ROLL_AOR_MAX];
    size_t first_len = roll_uri_write_aor(&a, first), second_len = roll_uri_write_aor(&b, second);
    if (equal && first_len > 0 && second_len > 0 &&
        (first_len != second_len || memcmp(first, second, first_len) != 0))
        abort(); /* one address-of-record filed under two names */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return limit_run(run, data, size);
}

#ifdef FUZZ_REPLAY
int
main(void)
{
    return replay_folder(TEST_SOURCE "/tests/fuzz/corpus-uri");
}
#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Credentials from htdigest lines, indexed by a hash of user, realm and algorithm. The user ends at
 * the first colon and HA1 starts after the last, so a realm may have colons, as in `host:port`;
 * what stands behind the last of them may be the name of an algorithm. */
#include <rollcall/htdigest.h>

#include "hash.h"
#include "index.h"

enum { MD5_DIGITS = 32, SHA256_DIGITS = 64 };

typedef struct {
    RollText realm;
    RollText username;
    RollAlgorithm algorithm;
    RollText ha1;
    unsigned line;
} Entry;

struct RollHtdigest {
    char *data;
    GArray *entries;
    RollIndex index;
};

G_DEFINE_QUARK(roll - htdigest - error - quark, roll_htdigest_error)

static bool
is_same(const Entry *a, const Entry *b)
{
    return a->algorithm == b->algorithm && roll_text_equal(a->username, b->username) &&
           roll_text_equal(a->realm, b->realm);
}

/* Without a secret: the operator writes the file, and who only asks makes no chain longer. */
static uint32_t
tag_of(const Entry *entry)
{
    static const RollHashKey key = {0};
    uint64_t hash = roll_hash(key, (uint64_t)entry->algorithm, entry->realm);
    return (uint32_t)roll_hash(key, hash, entry->username);
}

static const Entry *
find(const RollHtdigest *self, const Entry *key)
{
    size_t step = 0;
    uint32_t tag = tag_of(key), i;
    while ((i = roll_index_next(&self->index, tag, &step)) != ROLL_INDEX_NONE) {
        const Entry *entry = &g_array_index(self->entries, Entry, i);
        if (is_same(entry, key))
            return entry;
    }
    return NULL;
}

/* The algorithm that HA1 is for; its name is cut off @realm if it stands there. */
static RollAlgorithm
take_algorithm(RollText *realm, size_t n_digits)
{
    const char *colon = realm->len > 0 ? memrchr(realm->ptr, ':', realm->len) : NULL;
    for (RollAlgorithm i = 0; colon && i < ROLL_N_ALGORITHMS; i++) {
        RollText word = {colon + 1, (size_t)(realm->ptr + realm->len - colon - 1)};
        if (!roll_text_equal(word, roll_text(roll_algorithm_name(i))))
            continue;
        realm->len = (size_t)(colon - realm->ptr);
        return i;
    }
    return n_digits == MD5_DIGITS ? ROLL_ALGORITHM_MD5 : ROLL_ALGORITHM_SHA256;
}

/* Cuts one line and makes HA1 lower-case. Returns: %NULL, or what is wrong with the line. */
static const char *
parse_line(char *line, size_t len, Entry *entry)
{
    char *first = memchr(line, ':', len);
    char *last = memrchr(line, ':', len);
    if (first == last)
        return "expected user:realm:HA1";
    if (first == line)
        return "the user is empty";
    char *ha1 = last + 1;
    size_t n_digits = (size_t)(line + len - ha1);
    for (size_t i = 0; i < n_digits; i++) {
        if (!g_ascii_isxdigit(ha1[i]))
            return "HA1 is not hexadecimal";
        ha1[i] = g_ascii_tolower(ha1[i]);
    }
    if (n_digits != MD5_DIGITS && n_digits != SHA256_DIGITS)
        return "HA1 has neither 32 digits (MD5) nor 64 (SHA-256, SHA-512-256)";
    entry->username = (RollText){line, (size_t)(first - line)};
    entry->realm = (RollText){first + 1, (size_t)(last - first - 1)};
    entry->algorithm = take_algorithm(&entry->realm, n_digits);
    if ((entry->algorithm == ROLL_ALGORITHM_MD5) != (n_digits == MD5_DIGITS))
        return "HA1 has not as many digits as its algorithm makes";
    entry->ha1 = (RollText){ha1, n_digits};
    return NULL;
}

static bool
fail(GError **error, const char *name, unsigned line, const char *what)
{
    g_set_error(error, ROLL_HTDIGEST_ERROR, ROLL_HTDIGEST_ERROR_SYNTAX, "%s:%u: %s", name, line,
                what);
    return false;
}

static bool
parse_lines(RollHtdigest *self, const char *name, size_t len, GError **error)
{
    unsigned number = 0;
    for (char *line = self->data, *end = line + len, *next; line < end; line = next) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t line_len = (size_t)((newline ? newline : end) - line);
        next = line + line_len + 1;
        number++;
        if (line_len > 0 && line[line_len - 1] == '\r')
            line_len--;
        if (line_len == 0 || line[0] == '#')
            continue;
        Entry entry = {.line = number};
        const char *wrong = parse_line(line, line_len, &entry);
        if (wrong)
            return fail(error, name, number, wrong);
        g_array_append_val(self->entries, entry);
    }
    return true;
}

/* Two secrets for one user: neither is the right one to pick silently. */
static bool
index_entries(RollHtdigest *self, const char *name, GError **error)
{
    for (guint i = 0; i < self->entries->len; i++) {
        const Entry *entry = &g_array_index(self->entries, Entry, i), *before = find(self, entry);
        if (before) {
            g_autofree char *what = g_strdup_printf("the user is in line %u already", before->line);
            return fail(error, name, entry->line, what);
        }
        roll_index_add(&self->index, tag_of(entry), i);
    }
    return true;
}

RollHtdigest *
roll_htdigest_parse(const char *name, const char *data, size_t len, GError **error)
{
    g_autoptr(RollHtdigest) self = g_new0(RollHtdigest, 1);
    self->data = g_malloc(len + 1);
    if (len > 0)
        memcpy(self->data, data, len);
    self->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    roll_index_init(&self->index);
    if (!parse_lines(self, name, len, error) || !index_entries(self, name, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
roll_htdigest_free(RollHtdigest *self)
{
    if (!self)
        return;
    g_array_unref(self->entries);
    roll_index_free(&self->index);
    g_free(self->data);
    g_free(self);
}

static const char NOBODY[] = "0000000000000000000000000000000000000000000000000000000000000000";

bool
roll_htdigest_lookup(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
                     RollSecret *out)
{
    const RollHtdigest *self = data;
    Entry key = {.realm = realm, .username = username, .algorithm = algorithm};
    const Entry *found = find(self, &key);
    /* Nobody's: so that the check of an unknown user takes what that of a known one takes. */
    size_t hex = algorithm == ROLL_ALGORITHM_MD5 ? 32 : 64;
    *out = (RollSecret){.ha1 = found ? found->ha1 : (RollText){NOBODY, hex}};
    return found != NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line is cut into words at blanks; quotes, single or double, hold a word together. One table of
 * keys serves the reader and the writer. */
#include "sim/scenario/script.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

#define MOST_STEPS 10000
#define MOST_WORDS 100

enum { ON_SEND = 1, ON_EXPECT = 2 };
enum { LIST_NONE, LIST_CONTACTS, LIST_HEADERS, LIST_WITHOUT };

/* Where the value of a key goes: a text of its own, or a list that it is added to. */
typedef struct {
    const char *name;
    unsigned on;
    size_t offset;
    int list;
} Key;

static const Key KEYS[] = {
    {"call-id", ON_SEND, offsetof(SimStep, call_id), LIST_NONE},
    {"cseq", ON_SEND, offsetof(SimStep, cseq), LIST_NONE},
    {"contact", ON_SEND, 0, LIST_CONTACTS},
    {"expires", ON_SEND, offsetof(SimStep, expires), LIST_NONE},
    {"uri", ON_SEND, offsetof(SimStep, uri), LIST_NONE},
    {"to", ON_SEND, offsetof(SimStep, to), LIST_NONE},
    {"to-tag", ON_SEND, offsetof(SimStep, to_tag), LIST_NONE},
    {"from", ON_SEND, offsetof(SimStep, from), LIST_NONE},
    {"from-tag", ON_SEND, offsetof(SimStep, from_tag), LIST_NONE},
    {"branch", ON_SEND, offsetof(SimStep, branch), LIST_NONE},
    {"transport", ON_SEND, offsetof(SimStep, transport), LIST_NONE},
    {"password", ON_SEND, offsetof(SimStep, password), LIST_NONE},
    {"contacts", ON_EXPECT, 0, LIST_CONTACTS},
    {"min-expires", ON_EXPECT, offsetof(SimStep, min_expires), LIST_NONE},
    {"header", ON_SEND | ON_EXPECT, 0, LIST_HEADERS},
    {"without", ON_SEND | ON_EXPECT, 0, LIST_WITHOUT},
};
static const char *const TRANSPORTS[] = {"udp", "tcp", "tls", NULL};
static const char *const VERBS[] = {"sends", NULL};
static const char *const ENDS[] = {"closes", "breaks", NULL};
static const char *const FINDS[] = {"finds", NULL};

const char *const sim_script_events[] = {"created",      "refreshed",   "shortened", "expired",
                                         "unregistered", "deactivated", NULL};

/* Lists of a step while it is read. */
typedef struct {
    SimScript *script;
    SimStep step;
    GPtrArray *contacts;
    GPtrArray *headers;
    GPtrArray *without;
} Reading;

SimScript *
sim_script_new(void)
{
    SimScript *self = g_new0(SimScript, 1);
    self->steps = g_array_new(FALSE, TRUE, sizeof(SimStep));
    self->texts = g_string_chunk_new(4096);
    self->lists = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
sim_script_free(SimScript *self)
{
    if (!self)
        return;
    g_array_unref(self->steps);
    g_string_chunk_free(self->texts);
    g_ptr_array_unref(self->lists);
    g_free(self);
}

/* Takes a word off *@p; quotes are taken off it. Returns: (transfer full): %NULL at the end, or
 * with @error set if a quote is not closed */
static char *
take_word(const char **p, GError **error)
{
    *p += strspn(*p, " \t");
    if (!**p)
        return NULL;
    g_autoptr(GString) word = g_string_new(NULL);
    char quote = '\0';
    const char *start = *p;
    for (; **p && (quote || (**p != ' ' && **p != '\t')); ++*p) {
        if (quote && **p == quote)
            quote = '\0';
        else if (!quote && (**p == '\'' || (**p == '"' && (*p == start || (*p)[-1] == '='))))
            quote = **p;
        else
            g_string_append_c(word, **p);
    }
    if (!quote)
        return g_string_free(g_steal_pointer(&word), FALSE);
    g_autofree char *shown = sim_words_quote(start);
    sim_words_fail(error, "%s has a quote that is not closed; close it", shown);
    return NULL;
}

static GPtrArray *
cut_words(const char *text, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    GError *mistake = NULL;
    for (char *word; (word = take_word(&text, &mistake)) != NULL;)
        g_ptr_array_add(words, word);
    if (!mistake && words->len > MOST_WORDS)
        sim_words_fail(&mistake, "the step has more than %d words; make two steps of it",
                       MOST_WORDS);
    if (mistake) {
        g_propagate_error(error, mistake);
        return NULL;
    }
    g_ptr_array_add(words, NULL);
    return g_steal_pointer(&words);
}

static const char *
keep(Reading *self, const char *text)
{
    return g_string_chunk_insert(self->script->texts, text);
}

static bool
add(Reading *self, GPtrArray *list, const char *text, size_t most, GError **error)
{
    if (list->len == most)
        return sim_words_fail(
            error, "more than %zu values of one kind in a step; make two steps of it", most);
    g_ptr_array_add(list, (void *)keep(self, text));
    return true;
}

/* `none`, or contacts joined by commas; a comma within angle brackets or quotes joins nothing. */
static bool
read_listed(Reading *self, const char *text, GError **error)
{
    self->step.lists = true;
    if (strcmp(text, "none") == 0)
        return true;
    bool quoted = false, angled = false;
    const char *start = text;
    for (const char *p = text;; p++) {
        quoted ^= *p == '"';
        angled = (angled || *p == '<') && *p != '>';
        if (*p && (*p != ',' || quoted || angled))
            continue;
        g_autofree char *one = g_strstrip(g_strndup(start, (gsize)(p - start)));
        g_autofree char *shown = sim_words_quote(one);
        if (*one != '<' || !strchr(one, '>'))
            return sim_words_fail(error, "contact %s does not have the form <sip:user@host>",
                                  shown);
        if (!add(self, self->contacts, one, SIM_SCRIPT_CONTACTS, error))
            return false;
        if (!*p)
            return true;
        start = p + 1;
    }
}

static const Key *
find_key(const char *name, unsigned on, GError **error)
{
    const char *names[G_N_ELEMENTS(KEYS) + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(KEYS); i++) {
        if (!(KEYS[i].on & on))
            continue;
        if (strcmp(KEYS[i].name, name) == 0)
            return &KEYS[i];
        names[n++] = KEYS[i].name;
    }
    sim_words_unknown(error, on == ON_SEND ? "a request has no" : "an answer has no", name, names);
    return NULL;
}

static bool
read_list_item(Reading *self, const Key *key, const char *value, GError **error)
{
    if (key->list == LIST_CONTACTS && key->on == ON_EXPECT)
        return read_listed(self, value, error);
    if (key->list == LIST_CONTACTS)
        return add(self, self->contacts, value, SIM_SCRIPT_CONTACTS, error);
    if (key->list == LIST_WITHOUT)
        return add(self, self->without, value, SIM_SCRIPT_HEADERS, error);
    if (!strchr(value, ':')) {
        g_autofree char *shown = sim_words_quote(value);
        return sim_words_fail(error, "header %s does not have the form \"Name: value\"", shown);
    }
    return add(self, self->headers, value, SIM_SCRIPT_HEADERS, error);
}

static bool
check_value(const Key *key, const char *value, GError **error)
{
    int which;
    uint64_t number;
    if (strcmp(key->name, "transport") == 0)
        return sim_value_word(value, TRANSPORTS, &which, error);
    if (strcmp(key->name, "min-expires") == 0)
        return sim_value_count(value, &number, error);
    return true;
}

/* `key=value` */
static bool
read_pair(Reading *self, const char *word, unsigned on, GError **error)
{
    const char *equals = strchr(word, '=');
    g_autofree char *name = g_strndup(word, equals ? (gsize)(equals - word) : strlen(word));
    g_autofree char *shown = sim_words_quote(word);
    const Key *key = find_key(name, on, error);
    if (!key)
        return false;
    if (!equals)
        return sim_words_fail(error, "%s has no value: the form is %s=VALUE", shown, name);
    if (key->list != LIST_NONE)
        return read_list_item(self, key, equals + 1, error);
    const char **field = (const char **)(void *)((char *)&self->step + key->offset);
    if (*field)
        return sim_words_fail(error, "%s stands twice; take one of them out", name);
    if (!check_value(key, equals + 1, error))
        return false;
    *field = keep(self, equals + 1);
    return true;
}

static bool
read_pairs(Reading *self, const char *const *words, unsigned on, GError **error)
{
    for (; *words; words++)
        if (!read_pair(self, *words, on, error))
            return false;
    return true;
}

static bool
read_expect(Reading *self, const char *const *words, GError **error)
{
    self->step.kind = SIM_STEP_EXPECT;
    if (!words[0])
        return sim_words_fail(error, "expect needs a status, such as: expect 200");
    if (strcmp(words[0], "nothing") == 0) {
        g_autofree char *shown = words[1] ? sim_words_quote(words[1]) : NULL;
        return !shown ||
               sim_words_fail(error, "%s stands behind \"expect nothing\"; take it out", shown);
    }
    uint64_t status;
    g_autofree char *shown = sim_words_quote(words[0]);
    if (!sim_value_count(words[0], &status, NULL) || status < 100 || status > 699)
        return sim_words_fail(error, "%s is not a status of 100 to 699, nor \"nothing\"", shown);
    self->step.status = (int)status;
    return read_pairs(self, words + 1, ON_EXPECT, error);
}

static bool
read_lookup(Reading *self, const char *const *words, GError **error)
{
    self->step.kind = SIM_STEP_LOOKUP;
    int which;
    if (!words[0] || !words[1] || !words[2])
        return sim_words_fail(error, "the form is: lookup WHO finds CONTACT ..., or: finds none");
    if (!sim_value_word(words[1], FINDS, &which, error))
        return false;
    self->step.who = keep(self, words[0]);
    g_autofree char *list = g_strjoinv(",", (GStrv)(void *)(words + 2));
    return read_listed(self, list, error);
}

static bool
read_event(Reading *self, const char *const *words, GError **error)
{
    self->step.kind = SIM_STEP_EVENT;
    if (!words[0] || !words[1] || !words[2] || words[3])
        return sim_words_fail(error, "the form is: event KIND WHO CONTACT");
    if (!sim_value_word(words[0], sim_script_events, &self->step.event, error))
        return false;
    self->step.who = keep(self, words[1]);
    return read_listed(self, words[2], error);
}

static bool
read_connection(Reading *self, const char *const *words, GError **error)
{
    int which;
    if (!words[0] || strcmp(words[0], "of") != 0 || !words[1] || !words[2] || words[3])
        return sim_words_fail(error, "the form is: connection of WHO closes, or: breaks");
    if (!sim_value_word(words[2], ENDS, &which, error))
        return false;
    self->step.kind = which ? SIM_STEP_BREAK : SIM_STEP_CLOSE;
    self->step.who = keep(self, words[1]);
    return true;
}

static bool
read_send(Reading *self, const char *const *words, GError **error)
{
    static const char *const starts[] = {"expect", "lookup", "event", "connection", NULL};
    int which;
    if (!words[1] || !words[2]) {
        const char *near = sim_words_nearest(words[0], starts);
        g_autofree char *shown = sim_words_quote(words[0]);
        return near ? sim_words_unknown(error, "unknown step", words[0], starts)
                    : sim_words_fail(error,
                                     "%s: the form is: WHO sends REGISTER, or: WHO sends "
                                     "again",
                                     shown);
    }
    if (!sim_value_word(words[1], VERBS, &which, NULL)) {
        if (sim_words_nearest(words[0], starts))
            return sim_words_unknown(error, "unknown step", words[0], starts);
        return sim_words_unknown(error, "unknown verb", words[1], VERBS);
    }
    self->step.who = keep(self, words[0]);
    if (strcmp(words[2], "again") == 0) {
        self->step.kind = SIM_STEP_AGAIN;
        g_autofree char *shown = words[3] ? sim_words_quote(words[3]) : NULL;
        return !shown ||
               sim_words_fail(error, "%s stands behind \"sends again\"; take it out", shown);
    }
    self->step.kind = SIM_STEP_SEND;
    self->step.method = keep(self, words[2]);
    return read_pairs(self, words + 3, ON_SEND, error);
}

/* `at TIME`, then one of the steps. */
static bool
read_step(Reading *self, const char *const *words, GError **error)
{
    if (!words[0] || strcmp(words[0], "at") != 0 || !words[1] || !words[2]) {
        g_autofree char *shown = sim_words_quote(words[0] ? words[0] : "");
        return sim_words_fail(error, "%s: a step starts with: at TIME", shown);
    }
    if (!sim_value_time(words[1], &self->step.at, error))
        return false;
    const GArray *steps = self->script->steps;
    RollTime last = steps->len ? g_array_index(steps, SimStep, steps->len - 1).at : 0;
    if (self->step.at < last) {
        g_autofree char *before = sim_value_show_time(last);
        return sim_words_fail(
            error, "at %s comes after a step at %s; put the steps in the order of their times",
            words[1], before);
    }
    words += 2;
    if (strcmp(words[0], "expect") == 0)
        return read_expect(self, words + 1, error);
    if (strcmp(words[0], "lookup") == 0)
        return read_lookup(self, words + 1, error);
    if (strcmp(words[0], "event") == 0)
        return read_event(self, words + 1, error);
    if (strcmp(words[0], "connection") == 0)
        return read_connection(self, words + 1, error);
    return read_send(self, words, error);
}

static const char *const *
keep_list(SimScript *script, GPtrArray *list, size_t *n)
{
    *n = list->len;
    void *kept = g_memdup2(list->pdata, list->len * sizeof(void *));
    if (kept)
        g_ptr_array_add(script->lists, kept);
    return kept;
}

/* An answer is expected of something that was sent, and a connection was opened by it. */
static bool
check_order(const SimScript *script, const SimStep *step, GError **error)
{
    bool needs = step->kind == SIM_STEP_AGAIN || step->kind == SIM_STEP_CLOSE ||
                 step->kind == SIM_STEP_BREAK;
    const char *who = needs ? step->who : NULL;
    if (!who && step->kind != SIM_STEP_EXPECT)
        return true;
    for (guint i = script->steps->len; i-- > 0;) {
        const SimStep *before = sim_script_step(script, i);
        if (before->kind == SIM_STEP_SEND && (!who || strcmp(before->who, who) == 0))
            return true;
    }
    if (!who)
        return sim_words_fail(error, "nothing was sent yet; let somebody send first");
    return sim_words_fail(error, "%.40s has sent nothing yet; let it send first", who);
}

bool
sim_script_read_line(SimScript *self, const char *text, unsigned line, GError **error)
{
    g_autoptr(GPtrArray) words = cut_words(text, error);
    if (!words)
        return false;
    if (self->steps->len == MOST_STEPS)
        return sim_words_fail(error, "more than %d steps; split the file", MOST_STEPS);
    g_autoptr(GPtrArray) contacts = g_ptr_array_new();
    g_autoptr(GPtrArray) headers = g_ptr_array_new();
    g_autoptr(GPtrArray) without = g_ptr_array_new();
    Reading reading = {self, {.line = line}, contacts, headers, without};
    if (!read_step(&reading, (const char *const *)words->pdata, error) ||
        !check_order(self, &reading.step, error))
        return false;
    SimStep *step = &reading.step;
    step->text = keep(&reading, text);
    step->contacts = keep_list(self, contacts, &step->n_contacts);
    step->headers = keep_list(self, headers, &step->n_headers);
    step->without = keep_list(self, without, &step->n_without);
    g_array_append_val(self->steps, *step);
    return true;
}

static void
write_value(GString *out, const char *name, const char *value)
{
    const char *quote = !*value || strpbrk(value, " \t") ? (strchr(value, '"') ? "'" : "\"") : "";
    g_string_append_printf(out, " %s=%s%s%s", name, quote, value, quote);
}

static void
write_list(GString *out, const char *name, const char *const *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        write_value(out, name, values[i]);
}

/* Contacts as an answer lists them, or as a lookup finds them. */
static void
write_listed(GString *out, const SimStep *step, const char *mark)
{
    for (size_t i = 0; i < step->n_contacts; i++)
        g_string_append_printf(out, "%s%s", i ? mark : "", step->contacts[i]);
    if (step->n_contacts == 0)
        g_string_append(out, "none");
}

static void
write_pairs(GString *out, const SimStep *step, unsigned on)
{
    for (size_t i = 0; i < G_N_ELEMENTS(KEYS); i++) {
        const Key *key = &KEYS[i];
        if (!(key->on & on))
            continue;
        const char *value = *(const char *const *)(const void *)((const char *)step + key->offset);
        if (key->list == LIST_NONE && value)
            write_value(out, key->name, value);
        else if (key->list == LIST_HEADERS)
            write_list(out, key->name, step->headers, step->n_headers);
        else if (key->list == LIST_WITHOUT)
            write_list(out, key->name, step->without, step->n_without);
        else if (key->list == LIST_CONTACTS && on == ON_SEND)
            write_list(out, key->name, step->contacts, step->n_contacts);
        else if (key->list == LIST_CONTACTS && step->lists) {
            g_string_append(out, " contacts=");
            write_listed(out, step, ",");
        }
    }
}

void
sim_step_write(const SimStep *step, GString *out)
{
    g_autofree char *at = sim_value_show_time(step->at);
    g_string_append_printf(out, "at %s ", step->at ? at : "0s");
    switch (step->kind) {
    case SIM_STEP_SEND:
        g_string_append_printf(out, "%s sends %s", step->who, step->method);
        write_pairs(out, step, ON_SEND);
        break;
    case SIM_STEP_AGAIN:
        g_string_append_printf(out, "%s sends again", step->who);
        break;
    case SIM_STEP_EXPECT:
        if (step->status == 0)
            g_string_append(out, "expect nothing");
        else
            g_string_append_printf(out, "expect %d", step->status);
        write_pairs(out, step, ON_EXPECT);
        break;
    case SIM_STEP_LOOKUP:
        g_string_append_printf(out, "lookup %s finds ", step->who);
        write_listed(out, step, " ");
        break;
    case SIM_STEP_EVENT:
        g_string_append_printf(out, "event %s %s ", sim_script_events[step->event], step->who);
        write_listed(out, step, " ");
        break;
    case SIM_STEP_CLOSE:
    case SIM_STEP_BREAK:
        g_string_append_printf(out, "connection of %s %s", step->who,
                               ENDS[step->kind == SIM_STEP_BREAK]);
        break;
    }
}

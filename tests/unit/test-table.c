/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts under the registrar that know no SIP: hash, index, wheel and table, each against a
 * plain model of what it should do. */
#include "src/hash.h"
#include "src/index.h"
#include "src/table.h"
#include "src/wheel.h"

#include <glib.h>

static unsigned
draw(unsigned n)
{
    return (unsigned)g_test_rand_int_range(0, (gint32)n);
}

static void
test_hash(void)
{
    const uint8_t bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    RollHashKey key = roll_hash_key(bytes);
    RollHashKey other = {key.k0, key.k1 ^ 1};
    char text[40];
    memset(text, 'x', sizeof text);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    uint64_t hashes[2 * sizeof text];
    size_t n = 0;
    /* Length, key, seed and the cut between two texts all count. */
    for (size_t len = 0; len < sizeof text; len++) {
        hashes[n] = roll_hash(key, 0, (RollText){text, len});
        g_assert_true(g_hash_table_add(seen, &hashes[n++]));
        hashes[n] = roll_hash(other, 0, (RollText){text, len});
        g_assert_true(g_hash_table_add(seen, &hashes[n++]));
    }
    uint64_t ab_c = roll_hash(key, roll_hash(key, 0, ROLL_TEXT("ab")), ROLL_TEXT("c"));
    uint64_t a_bc = roll_hash(key, roll_hash(key, 0, ROLL_TEXT("a")), ROLL_TEXT("bc"));
    g_assert_cmpuint(ab_c, !=, a_bc);
    g_assert_cmpuint(roll_hash(key, 0, (RollText){0}), ==, roll_hash(key, 0, ROLL_TEXT("")));
}

static unsigned
index_count(const RollIndex *index, uint32_t tag, uint32_t value)
{
    unsigned n = 0;
    size_t step = 0;
    for (uint32_t v; (v = roll_index_next(index, tag, &step)) != ROLL_INDEX_NONE;)
        n += v == value;
    return n;
}

static void
test_index(void)
{
    enum { TAGS = 40, VALUES = 25 };
    RollIndex index;
    unsigned model[TAGS][VALUES] = {0};
    roll_index_init(&index);
    for (int i = 0; i < 60000; i++) {
        uint32_t t = draw(TAGS), value = draw(VALUES);
        /* Tags that share a home, also one that wraps round the end. */
        uint32_t tag = t % 4 * 1024 - 2 + t / 4;
        if (model[t][value] > 0 && draw(3)) {
            roll_index_remove(&index, tag, value);
            model[t][value]--;
        } else if (index.count < 600) {
            roll_index_add(&index, tag, value);
            model[t][value]++;
        }
        g_assert_cmpuint(index_count(&index, tag, value), ==, model[t][value]);
        t = draw(TAGS);
        value = draw(VALUES);
        tag = t % 4 * 1024 - 2 + t / 4;
        g_assert_cmpuint(index_count(&index, tag, value), ==, model[t][value]);
    }
    roll_index_clear(&index);
    g_assert_cmpuint(index.count, ==, 0);
    g_assert_cmpuint(index_count(&index, 5, 5), ==, 0);
    roll_index_free(&index);
}

typedef struct {
    RollWheelNode node;
    RollTime due;
    int rank;
    bool armed;
} Item;

static RollTime
item_due(const RollWheelNode *node)
{
    return ((const Item *)node)->due;
}

static int
item_tie(const RollWheelNode *a, const RollWheelNode *b)
{
    return ((const Item *)a)->rank - ((const Item *)b)->rank;
}

static bool
item_before(const Item *a, const Item *b)
{
    return a->due != b->due ? a->due < b->due : a->rank < b->rank;
}

static Item *
first_item(Item *items, size_t n, RollTime horizon)
{
    Item *first = NULL;
    for (size_t i = 0; i < n; i++)
        if (items[i].armed && items[i].due <= horizon && (!first || item_before(&items[i], first)))
            first = &items[i];
    return first;
}

static RollTime
draw_span(void)
{
    switch (draw(5)) {
    case 0:
        return draw(4) * ROLL_SECOND;
    case 1:
        return draw(3000000);
    case 2:
        return draw(100000) * (RollTime)100000;
    case 3:
        return (RollTime)draw(1000000) * 1000000 * 20;
    default:
        return draw(8192) * ROLL_SECOND + draw(3);
    }
}

/* Postponing asks nothing of the wheel; whatever moves a node forward arms it. */
static void
change_item(RollWheel *wheel, RollTime now, Item *item)
{
    RollTime due = now + 1 + draw_span();
    if (item->armed && draw(6) == 0) {
        roll_wheel_disarm(wheel, &item->node);
        item->armed = false;
        return;
    }
    bool arm = !item->armed || due < item->due || draw(4) == 0;
    item->due = draw(30) == 0 ? ROLL_NEVER : due;
    item->armed = true;
    if (arm)
        roll_wheel_arm(wheel, now, &item->node);
}

static void
test_wheel(void)
{
    enum { ITEMS = 60 };
    for (int run = 0; run < 20; run++) {
        Item items[ITEMS] = {0};
        /* With few of them, turns pass in which nothing is due. */
        unsigned n_items = run % 2 ? ITEMS : 2;
        RollWheel *wheel = roll_wheel_new(item_due, item_tie);
        RollTime now = -ROLL_HOUR + draw(3000000);
        for (int i = 0; i < ITEMS; i++)
            items[i].rank = (i * 37) % ITEMS;
        for (int i = 0; i < 3000; i++) {
            for (unsigned n = draw(4); n > 0; n--)
                change_item(wheel, now, &items[draw(n_items)]);
            now = draw(3) ? now + draw_span() / 4 : MIN(roll_wheel_next(wheel), now + ROLL_DAY);
            Item *expected, *found;
            do {
                expected = first_item(items, ITEMS, now);
                found = (Item *)roll_wheel_pop(wheel, now);
                g_assert_true(found == expected);
                if (found)
                    found->armed = false;
            } while (found);
            Item *first = first_item(items, ITEMS, ROLL_NEVER - 1);
            RollTime next = roll_wheel_next(wheel);
            g_assert_cmpint(next, >, now);
            g_assert_cmpint(next, <=, first ? first->due : ROLL_NEVER);
        }
        roll_wheel_free(wheel);
    }
}

static void
test_wheel_few_wakes(void)
{
    Item item = {.due = (RollTime)UINT32_MAX * ROLL_SECOND + 5};
    RollWheel *wheel = roll_wheel_new(item_due, item_tie);
    roll_wheel_arm(wheel, 0, &item.node);
    unsigned n_wakes = 0;
    while (!roll_wheel_pop(wheel, roll_wheel_next(wheel)))
        n_wakes++;
    /* Once round the ring takes over two hours. */
    g_assert_cmpuint(n_wakes, <, UINT32_MAX / 8192 + 3);
    g_assert_cmpint(roll_wheel_next(wheel), ==, ROLL_NEVER);
    roll_wheel_free(wheel);
}

static int
compare_items(const void *a, const void *b)
{
    const Item *x = *(Item *const *)a;
    const Item *y = *(Item *const *)b;
    return item_before(x, y) ? -1 : item_before(y, x);
}

/* Thousands in three seconds, near or so far that the ring is skipped; a third of them is taken out
 * again and a third comes earlier. */
static void
check_crowd(RollTime from)
{
    enum { ITEMS = 4000 };
    g_autofree Item *items = g_new0(Item, ITEMS);
    g_autoptr(GPtrArray) left = g_ptr_array_new();
    RollWheel *wheel = roll_wheel_new(item_due, item_tie);
    for (int i = 0; i < ITEMS; i++) {
        items[i].due = from + ROLL_SECOND + draw(2 * ROLL_SECOND);
        items[i].rank = (i * 37) % ITEMS;
        roll_wheel_arm(wheel, 0, &items[i].node);
    }
    for (int i = 0; i < ITEMS; i++) {
        unsigned what = draw(3);
        if (what == 0) {
            roll_wheel_disarm(wheel, &items[i].node);
            continue;
        }
        if (what == 1) {
            items[i].due -= draw(ROLL_SECOND);
            roll_wheel_arm(wheel, 0, &items[i].node);
        }
        g_ptr_array_add(left, &items[i]);
    }
    g_ptr_array_sort(left, compare_items);
    for (guint i = 0; i < left->len; i++)
        g_assert_true(roll_wheel_pop(wheel, from + ROLL_MINUTE) ==
                      &((Item *)g_ptr_array_index(left, i))->node);
    g_assert_null(roll_wheel_pop(wheel, from + ROLL_MINUTE));
    g_assert_cmpint(roll_wheel_next(wheel), ==, ROLL_NEVER);
    roll_wheel_free(wheel);
}

static void
test_wheel_crowd(void)
{
    check_crowd(0);
    check_crowd(ROLL_HOUR);
    check_crowd(400 * ROLL_DAY);
}

static RollRow *
find(const RollTable *table, const char *aor)
{
    return roll_table_find(table, roll_text(aor), roll_table_hash(table, roll_text(aor)));
}

static RollRow *
find_or_add(RollTable *table, const char *aor)
{
    RollRow *row = find(table, aor);
    uint64_t hash = roll_table_hash(table, roll_text(aor));
    return row ? row : roll_table_add_row(table, roll_text(aor), hash);
}

static RollEntry
make_record(const char *contact, RollTime expires_at)
{
    return (RollEntry){.contact = roll_text(contact),
                       .params = ROLL_TEXT(";a=b"),
                       .call_id = ROLL_TEXT("call"),
                       .expires_at = expires_at,
                       .cseq = 3,
                       .q = 250};
}

static void
assert_binding(RollRow *row, size_t i, const char *contact)
{
    const RollBinding *binding = roll_row_binding(row, i);
    g_assert_true(roll_text_equal(roll_binding_contact(binding), roll_text(contact)));
    g_assert_true(roll_text_equal(roll_binding_params(binding), ROLL_TEXT(";a=b")));
    g_assert_true(roll_text_equal(roll_binding_call_id(binding), ROLL_TEXT("call")));
    g_assert_cmpuint(binding->cseq, ==, 3);
    g_assert_cmpint(binding->q, ==, 250);
}

static void
test_bindings_keep_their_order(void)
{
    static const char *const names[] = {"sip:a@h", "sip:b@h", "sip:c@h", "sip:d@h", "sip:e@h"};
    RollTable *table = roll_table_new((RollHashKey){1, 2});
    RollRow *row = find_or_add(table, "sip:x@y");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        RollEntry record = make_record(names[i], 100);
        roll_table_add(table, 0, row, &record);
    }
    roll_table_remove(table, row, 0);
    roll_table_remove(table, row, 2);
    g_assert_cmpuint(roll_row_count(row), ==, 3);
    assert_binding(row, 0, "sip:b@h");
    assert_binding(row, 1, "sip:c@h");
    assert_binding(row, 2, "sip:e@h");
    g_autofree char *huge = g_strnfill(60000, 'h');
    RollEntry record = make_record(huge, 100);
    roll_table_update(table, 0, row, 1, &record);
    assert_binding(row, 1, huge);
    record = make_record("sip:s@h", 100);
    const char *block = roll_row_binding(row, 1)->text;
    roll_table_update(table, 0, row, 1, &record);
    /* The block is kept once it is large enough. */
    g_assert_true(roll_row_binding(row, 1)->text == block);
    assert_binding(row, 1, "sip:s@h");
    g_assert_cmpuint(roll_table_count(table), ==, 3);
    roll_table_free(table);
}

static char *
make_aor(unsigned i)
{
    g_autofree char *pad = g_strnfill(i % 3 == 0 ? 100 : 2, 'p');
    return g_strdup_printf("sip:%s%u@example.org", pad, i);
}

static void
test_rows_come_and_go(void)
{
    enum { AORS = 5000 };
    g_autofree bool *model = g_new0(bool, AORS);
    RollTable *table = roll_table_new((RollHashKey){3, 4});
    size_t n = 0;
    for (int i = 0; i < 40000; i++) {
        unsigned k = draw(AORS);
        g_autofree char *aor = make_aor(k);
        RollRow *row = find(table, aor);
        g_assert_true(model[k] == (row != NULL));
        if (row) {
            g_assert_cmpuint(*roll_row_mark(row), ==, k + 1);
            g_assert_true(roll_text_equal(roll_row_aor(row), roll_text(aor)));
            roll_table_remove(table, row, 0);
            roll_table_tidy(table, row);
        } else {
            RollEntry record = make_record("sip:a@h", i + draw(100000) * ROLL_SECOND);
            row = find_or_add(table, aor);
            g_assert_cmpuint(*roll_row_mark(row), ==, 0);
            *roll_row_mark(row) = k + 1;
            roll_table_add(table, i, row, &record);
        }
        n += model[k] ? (size_t)-1 : 1;
        model[k] = !model[k];
        g_assert_cmpuint(roll_table_count_rows(table), ==, n);
        g_assert_cmpuint(roll_table_count(table), ==, n);
    }
    RollTime due, last = 0;
    for (RollRow *row; (row = roll_table_pop_expired(table, ROLL_NEVER - 1, &due)); last = due) {
        g_assert_cmpint(due, >=, last);
        roll_table_remove(table, row, 0);
        roll_table_rearm(table, due, row);
    }
    g_assert_cmpuint(roll_table_count(table), ==, 0);
    g_assert_cmpint(roll_table_next_expiry(table), ==, ROLL_NEVER);
    roll_table_free(table);
}

/* Texts that fit behind the AOR stand in the row; they may grow out of it, and shrink, and the next
 * binding may take the first one's place. Many rows are more than one slab. */
static void
test_texts_in_and_out_of_the_row(void)
{
    enum { ROWS = 3000 };
    RollHashKey key = {1, 2};
    RollTable *table = roll_table_new(key);
    g_autofree char *longer = g_strnfill(300, 'L');
    const RollText texts[] = {ROLL_TEXT("sip:a@h"), {longer, 300}, ROLL_TEXT("sip:b@host.example")};
    for (unsigned i = 0; i < ROWS; i++) {
        g_autofree char *aor = g_strdup_printf("sip:%0*u@example.org", i % 90 + 1, i);
        RollText name = roll_text(aor);
        RollRow *row = roll_table_add_row(table, name, roll_table_hash(table, name));
        roll_table_add(table, 0, row, &(RollEntry){.contact = texts[0], .call_id = ROLL_TEXT("c")});
        roll_table_add(table, 0, row, &(RollEntry){.contact = texts[2], .call_id = ROLL_TEXT("d")});
        for (size_t k = 0; k < 2 * G_N_ELEMENTS(texts); k++) {
            RollEntry entry = {.contact = texts[k % G_N_ELEMENTS(texts)],
                               .call_id = ROLL_TEXT("c")};
            const RollBinding *binding = roll_table_update(table, 0, row, 0, &entry);
            g_assert_true(roll_text_equal(roll_binding_contact(binding), entry.contact));
            g_assert_true(roll_text_equal(roll_binding_call_id(binding), ROLL_TEXT("c")));
            g_assert_true(roll_text_equal(roll_row_aor(row), name));
        }
        for (unsigned found = 0; found < 2; found++)
            roll_table_prefetch_place(table, roll_row_id(row) + found * UINT32_MAX / 2, found);
        roll_table_remove(table, row, 0);
        const RollBinding *second = roll_row_binding(row, 0);
        g_assert_true(roll_text_equal(roll_binding_contact(second), texts[2]));
        g_assert_true(roll_table_find(table, name, roll_table_hash(table, name)) == row);
    }
    g_assert_cmpuint(roll_table_count_rows(table), ==, ROWS);
    roll_table_free(table);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/length-key-seed-and-cut-count", test_hash);
    g_test_add_func("/index/like-a-bag-of-pairs", test_index);
    g_test_add_func("/wheel/like-a-sorted-list", test_wheel);
    g_test_add_func("/wheel/a-far-node-is-touched-once-a-round", test_wheel_few_wakes);
    g_test_add_func("/wheel/thousands-in-a-second", test_wheel_crowd);
    g_test_add_func("/table/bindings-keep-their-order", test_bindings_keep_their_order);
    g_test_add_func("/table/rows-come-and-go", test_rows_come_and_go);
    g_test_add_func("/table/texts-in-and-out-of-the-row", test_texts_in_and_out_of_the_row);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets and clock steps against a registrar, for libFuzzer, and with FUZZ_REPLAY an ordinary
 * test that replays the files of corpus-receive, or of the directories named on the command line.
 *
 * A file is packets with NUL and one byte between each two: the low five bits of that byte are the
 * clock step as a power of two in milliseconds, the others choose the transport. So a packet as
 * captured is a file, too. Every file is run with authentication and without. */
#include <glib.h>
#include <rollcall/rollcall.h>

enum { MAX_AORS = 4, MAX_BINDINGS = 3 };

typedef struct {
    RollRegistrar *registrar;
    RollOutbox *outbox;
    RollMessage *reader;
    RollTime now;
    size_t n_live;
    size_t n_events;
} World;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
look_up(void *data, RollText realm, RollText username, RollAlgorithm algorithm, RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm, (void)username;
    *out = (RollSecret){.password = ROLL_TEXT("secret")};
    return true;
}

static void
observe(void *data, const RollBindingEvent *event)
{
    World *world = data;
    world->n_events++;
    g_assert_cmpint(event->at, ==, world->now);
    if (event->kind == ROLL_BINDING_CREATED)
        world->n_live++;
    else if (event->kind >= ROLL_BINDING_EXPIRED)
        world->n_live--;
    if (event->kind == ROLL_BINDING_EXPIRED)
        g_assert_cmpint(event->expires_at, <=, event->at);
    else if (event->kind <= ROLL_BINDING_SHORTENED)
        g_assert_cmpint(event->expires_at, >, event->at);
}

static World
open_world(bool authenticate)
{
    static const char *const domains[] = {"example.org", "127.0.0.1", NULL};
    RollConfig config = roll_config_default();
    config.domains = domains;
    config.realm = "127.0.0.1";
    config.authenticate = authenticate;
    config.lookup = look_up;
    config.nonce_limit = 3;
    config.max_aors = MAX_AORS;
    config.max_bindings_per_aor = MAX_BINDINGS;
    config.max_contacts_per_request = 4;
    config.max_transactions = 6;
    config.max_subscriptions = 3;
    config.purge_interval = authenticate ? 0 : 10 * ROLL_SECOND;
    return (World){
        .registrar = roll_registrar_new(&config),
        .outbox = roll_outbox_new(),
        .reader = roll_message_new(),
    };
}

static void
close_world(World *world)
{
    roll_registrar_free(world->registrar);
    roll_outbox_free(world->outbox);
    roll_message_free(world->reader);
}

static void
check(World *world)
{
    g_assert_cmpuint(roll_registrar_count(world->registrar), ==, world->n_live);
    g_assert_cmpuint(world->n_live, <=, MAX_AORS * MAX_BINDINGS);
    if (roll_outbox_count(world->outbox) == 0)
        return;
    RollReply reply;
    RollPacket answer = roll_outbox_get(world->outbox, 0);
    /* Behind the answer there is nothing but what subscribers are told. */
    for (size_t i = 1; i < roll_outbox_count(world->outbox); i++)
        g_assert_cmpmem(roll_outbox_get(world->outbox, i).data, 7, "NOTIFY ", 7);
    if (!roll_message_read_reply(world->reader, answer.data, answer.len, &reply))
        return;
    g_assert_cmpint(reply.status, >=, 200);
    g_assert_cmpint(reply.status, <, 600);
    g_assert_cmpuint(reply.n_contacts, <=, MAX_BINDINGS);
}

static bool
makes_transaction(World *world, const RollPacket *packet)
{
    RollRequest request;
    return roll_message_read_request(world->reader, packet, &request) == 0 &&
           packet->peer.transport == ROLL_TRANSPORT_UDP && request.branch.len > 7 &&
           memcmp(request.branch.ptr, "z9hG4bK", 7) == 0;
}

/* A packet, and if it makes a transaction the same again: it must get the same and do nothing. */
static void
feed(World *world, const RollPacket *packet)
{
    roll_outbox_clear(world->outbox);
    roll_registrar_receive(world->registrar, world->now, packet, world->outbox);
    check(world);
    if (roll_outbox_count(world->outbox) == 0 || !makes_transaction(world, packet))
        return;
    RollPacket answer = roll_outbox_get(world->outbox, 0);
    g_autofree uint8_t *first = g_memdup2(answer.data, answer.len);
    size_t len = answer.len;
    size_t n_events = world->n_events;
    roll_outbox_clear(world->outbox);
    roll_registrar_receive(world->registrar, world->now, packet, world->outbox);
    g_assert_cmpuint(roll_outbox_count(world->outbox), ==, 1);
    answer = roll_outbox_get(world->outbox, 0);
    g_assert_cmpmem(answer.data, answer.len, first, len);
    g_assert_cmpuint(world->n_events, ==, n_events);
    check(world);
}

/* Every other step passes without a call, as when the owner is late. */
static void
pass_time(World *world, RollTime step, bool wakes)
{
    RollTime until = world->now + step;
    for (unsigned i = 0; wakes && i < 1000; i++) {
        RollTime next = roll_registrar_next_wake(world->registrar);
        if (next > until)
            break;
        world->now = MAX(world->now, next);
        roll_registrar_wake(world->registrar, world->now, world->outbox);
        g_assert_cmpint(roll_registrar_next_wake(world->registrar), >, world->now);
    }
    world->now = until;
}

static void
run(World *world, const uint8_t *data, size_t size)
{
    RollPacket packet = {.peer = {{127, 0, 0, 1}, 4, ROLL_TRANSPORT_UDP, 5060}};
    while (size > 0) {
        const uint8_t *nul = memchr(data, 0, size);
        packet.data = data;
        packet.len = nul ? (size_t)(nul - data) : size;
        feed(world, &packet);
        if (!nul || size - packet.len < 2)
            break;
        packet.peer.transport = nul[1] & 0x20 ? ROLL_TRANSPORT_TCP : ROLL_TRANSPORT_UDP;
        pass_time(world, ROLL_MILLISECOND << (nul[1] & 31), nul[1] & 1);
        size -= packet.len + 2;
        data = nul + 2;
    }
    /* In the end everything expires. */
    world->now += (((RollTime)1 << 32) + 10) * ROLL_SECOND;
    roll_registrar_wake(world->registrar, world->now, world->outbox);
    g_assert_cmpuint(roll_registrar_count(world->registrar), ==, 0);
    g_assert_cmpuint(world->n_live, ==, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int authenticate = 0; authenticate <= 1; authenticate++) {
        World world = open_world(authenticate);
        roll_registrar_set_observer(world.registrar, observe, &world);
        run(&world, data, size);
        close_world(&world);
    }
    return 0;
}

#ifdef FUZZ_REPLAY

static void
replay(const void *path)
{
    g_autofree char *data = NULL;
    gsize size;
    g_assert_true(g_file_get_contents(path, &data, &size, NULL));
    LLVMFuzzerTestOneInput((const uint8_t *)data, size);
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_directory(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) directory = g_dir_open(path, 0, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(directory));)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *test = g_strconcat("/fuzz/receive/", name, NULL);
        g_test_add_data_func_full(test, g_build_filename(path, name, NULL), replay, g_free);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (argc < 2)
        add_directory(TEST_SOURCE "/tests/fuzz/corpus-receive");
    for (int i = 1; i < argc; i++)
        add_directory(argv[i]);
    return g_test_run();
}

#endif

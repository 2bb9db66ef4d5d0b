/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A phone of a group is `group.0042`; the names of a trunk come from its `register =>` line. The
 * dot cannot stand in a group's name, so the way back is never ambiguous. A phone that registers
 * the address-of-record of another has its credentials, too, and its own name in its contact. */
#include "sim/link/identity.h"
#include "sim/scenario/nat.h"

#include "sim/scenario/names.h"
#include <rollcall/digest.h>
#include <rollcall/pages.h>
#include <string.h>

/* What the names of a group's phones begin with, `group.`, and how many digits follow. */
typedef struct {
    char prefix[SIM_NAME_MAX / 4];
    size_t prefix_len;
    unsigned digits;
} Names;

/* HA1 of a user as it was last asked for: @algorithm, plus 1; 0 for never. */
typedef struct {
    uint8_t algorithm;
    char hex[ROLL_DIGEST_HEX - 1];
} Ha1;

struct SimIdentity {
    const SimWorld *world;
    GHashTable *trunks;    /* "user@domain", owned -> entity + 1 */
    GHashTable *usernames; /* borrowed -> entity + 1 */
    GPtrArray *domains;
    GHashTable *groups;  /* name -> SimGroup */
    Names *names;        /* by group */
    char octets[256][4]; /* each number with its dot; names are written for every packet */
    uint8_t octet_len[256];
    char *secret;      /* the last password looked up */
    size_t domain_len; /* of what most phones register at */
    Ha1 *ha1s;         /* by phone; NULL unless they are kept */
};

static const SimGroup *
group_of(const SimIdentity *self, uint32_t id)
{
    return &self->world->scenario->groups[self->world->phones[id].group];
}

static const SimTrunkLine *
line_of(const SimIdentity *self, uint32_t id)
{
    const SimGroup *group = group_of(self, id);
    return group->lines != NULL ? &group->lines[id - group->first] : NULL;
}

static uint32_t
owner_of(const SimIdentity *self, uint32_t id)
{
    return sim_scenario_owner(self->world->scenario, group_of(self, id), id);
}

static const char *
domain_of(const SimIdentity *self, const SimTrunkLine *line)
{
    if (line == NULL)
        return self->world->scenario->registrar.domain;
    return line->domain != NULL ? line->domain : line->host;
}

static bool
add_trunk(SimIdentity *self, uint32_t id, GError **error)
{
    const SimTrunkLine *line = line_of(self, id);
    const char *domain = domain_of(self, line);
    g_autofree char *lower = g_ascii_strdown(domain, -1);
    char *name = g_strdup_printf("%s@%s", line->user, lower);
    const char *username = line->auth_user != NULL ? line->auth_user : line->user;
    if (!g_hash_table_insert(self->trunks, name, GUINT_TO_POINTER(id + 1))) {
        g_set_error(
            error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
            "%s: two register lines for %s@%s (the second is line %u); take one of them out",
            self->world->scenario->path, line->user, lower, line->line);
        return false;
    }
    g_hash_table_insert(self->usernames, (char *)username, GUINT_TO_POINTER(id + 1));
    if (!g_ptr_array_find_with_equal_func(self->domains, domain, g_str_equal, NULL))
        g_ptr_array_add(self->domains, (char *)domain);
    return true;
}

static void
prepare_names(SimIdentity *self)
{
    const SimScenario *scenario = self->world->scenario;
    self->names = g_new0(Names, scenario->n_groups);
    for (size_t g = 0; g < scenario->n_groups; g++) {
        Names *names = &self->names[g];
        g_snprintf(names->prefix, sizeof names->prefix, "%s.", scenario->groups[g].name);
        names->prefix_len = strlen(names->prefix);
        names->digits = sim_phone_digits(&scenario->groups[g]);
    }
    for (unsigned i = 0; i < 256; i++) {
        char text[5];
        self->octet_len[i] = (uint8_t)g_snprintf(text, sizeof text, "%u.", i);
        memcpy(self->octets[i], text, 4);
    }
}

static bool
add_trunks(SimIdentity *self, GError **error)
{
    const SimScenario *scenario = self->world->scenario;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        g_hash_table_insert(self->groups, group->name, (void *)group);
        for (uint32_t i = 0; group->lines != NULL && i < group->count; i++)
            if (!add_trunk(self, group->first + i, error))
                return false;
    }
    return true;
}

SimIdentity *
sim_identity_new(const SimWorld *world, GError **error)
{
    g_autoptr(SimIdentity) self = g_new0(SimIdentity, 1);
    self->world = world;
    self->trunks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->usernames = g_hash_table_new(g_str_hash, g_str_equal);
    self->groups = g_hash_table_new(g_str_hash, g_str_equal);
    self->domains = g_ptr_array_new();
    self->domain_len = MIN(strlen(world->scenario->registrar.domain), SIM_NAME_MAX / 4);
    g_ptr_array_add(self->domains, world->scenario->registrar.domain);
    prepare_names(self);
    if (!add_trunks(self, error))
        return NULL;
    g_ptr_array_add(self->domains, NULL);
    return g_steal_pointer(&self);
}

void
sim_identity_free(SimIdentity *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->trunks);
    g_hash_table_unref(self->usernames);
    g_hash_table_unref(self->groups);
    g_ptr_array_unref(self->domains);
    if (self->ha1s != NULL)
        roll_pages_free(self->ha1s, self->world->scenario->n_phones * sizeof *self->ha1s);
    g_free(self->names);
    g_free(self->secret);
    g_free(self);
}

const char *const *
sim_identity_domains(const SimIdentity *self)
{
    return (const char *const *)self->domains->pdata;
}

const SimGroup *
sim_identity_group(const SimIdentity *self, uint32_t id)
{
    return group_of(self, id);
}

uint16_t
sim_identity_port(const SimIdentity *self, uint32_t id)
{
    return group_of(self, id)->port;
}

static char *
put(char *at, const char *text)
{
    size_t len = MIN(strlen(text), SIM_NAME_MAX / 4);
    memcpy(at, text, len);
    return at + len;
}

/* Two digits at a time: names are written for every packet. */
static char *
put_number(char *at, unsigned number, unsigned digits)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536"
        "37383940414243444546474849505152535455565758596061626364656667686970717273"
        "7475767778798081828384858687888990919293949596979899";
    unsigned i = digits;
    for (; i >= 2; number /= 100) {
        i -= 2;
        memcpy(at + i, &pairs[2 * (number % 100)], 2);
    }
    if (i == 1)
        at[0] = (char)('0' + number % 10);
    return at + digits;
}

static char *
put_user(const SimIdentity *self, uint32_t id, char *at)
{
    const SimTrunkLine *line = line_of(self, id);
    if (line != NULL)
        return put(at, line->user);
    const Names *names = &self->names[self->world->phones[id].group];
    memcpy(at, names->prefix, names->prefix_len);
    return put_number(at + names->prefix_len, id - group_of(self, id)->first + 1, names->digits);
}

static RollText
between(const char *from, const char *to)
{
    return (RollText){from, (size_t)(to - from)};
}

RollText
sim_identity_name(const SimIdentity *self, uint32_t id, char room[SIM_NAME_MAX])
{
    return between(room, put_user(self, id, room));
}

void
sim_identity_aor(const SimIdentity *self, uint32_t id, char room[SIM_NAME_MAX], RollUri *out)
{
    id = owner_of(self, id);
    memcpy(room, "sip:", 4);
    char *user = room + 4;
    char *at = put_user(self, id, user);
    *at = '@';
    const SimTrunkLine *line = line_of(self, id);
    char *end = at + 1;
    if (line != NULL)
        end = put(end, domain_of(self, line));
    else
        end = (char *)memcpy(end, self->world->scenario->registrar.domain, self->domain_len) +
              self->domain_len;
    out->text = between(room, end);
    out->scheme = between(room, room + 3);
    out->user = between(user, at);
    out->host = between(at + 1, end);
    out->port = ROLL_PORT_NONE;
}

static char *
put_contact_user(const SimIdentity *self, uint32_t id, const RollUri *aor, char *at)
{
    const SimTrunkLine *line = line_of(self, id);
    if (line == NULL && aor != NULL && group_of(self, id)->owner == 0) {
        memcpy(at, aor->user.ptr, aor->user.len);
        return at + aor->user.len;
    }
    if (line == NULL)
        return put_user(self, id, at);
    return put(at, line->extension != NULL ? line->extension : "s");
}

/* Where its pushes go (RFC 8599 section 4.1): the service, the app there, and which device. */
static char *
put_push(uint32_t id, char *at, RollText *ret_params)
{
    char *end = put_number(put(at, ";pn-provider=fcm;pn-param=rollcall;pn-prid="), id, 10);
    *ret_params = between(at, end);
    return end;
}

void
sim_identity_contact(const SimIdentity *self, uint32_t id, const RollUri *aor, uint32_t address,
                     char room[SIM_NAME_MAX], RollUri *out)
{
    memcpy(room, "sip:", 4);
    char *user = room + 4;
    char *at = put_contact_user(self, id, aor, user);
    *at = '@';
    char *host = at + 1;
    char *end = host;
    uint16_t port = sim_identity_port(self, id);
    if (address >= SIM_ENDPOINT_FIRST)
        sim_endpoint_split(self->world->scenario, address, &address, &port);
    for (int shift = 24; shift >= 0; shift -= 8) {
        unsigned octet = address >> shift & 0xff;
        memcpy(end, self->octets[octet], 4);
        end += self->octet_len[octet];
    }
    char *colon = end - 1;
    *colon = ':';
    end = put_number(end, port, port >= 10000 ? 5 : port >= 1000 ? 4 : port >= 100 ? 3 : 2);
    out->params = (RollText){0};
    if (group_of(self, id)->push.on)
        end = put_push(id, end, &out->params);
    out->text = between(room, end);
    out->scheme = between(room, room + 3);
    out->user = between(user, at);
    out->host = between(host, colon);
    out->port = port;
}

void
sim_identity_endpoint(const SimIdentity *self, uint32_t id, uint32_t address, RollEndpoint *out)
{
    out->port = sim_identity_port(self, id);
    if (address >= SIM_ENDPOINT_FIRST)
        sim_endpoint_split(self->world->scenario, address, &address, &out->port);
    for (int i = 0; i < 4; i++)
        out->address[i] = (uint8_t)(address >> (24 - 8 * i));
    out->family = 4;
    out->transport = ROLL_TRANSPORT_UDP;
}

uint32_t
sim_identity_parse_address(const SimScenario *scenario, RollText contact)
{
    const char *end = contact.ptr + contact.len;
    const char *at = contact.len > 0 ? memchr(contact.ptr, '@', contact.len) : NULL;
    uint32_t address = 0;
    if (at == NULL)
        return 0;
    for (int i = 0; i < 4; i++) {
        unsigned octet = 0;
        for (at++; at < end && g_ascii_isdigit(*at); at++)
            octet = octet * 10 + (unsigned)(*at - '0');
        address = address << 8 | (octet & 0xff);
    }
    uint32_t port = 0;
    for (at++; scenario->has_nat && at < end && g_ascii_isdigit(*at); at++)
        port = port * 10 + (uint32_t)(*at - '0');
    return port != 0 ? sim_endpoint_join(scenario, address, port) : address;
}

RollText
sim_identity_instance(const SimIdentity *self, uint32_t id, char room[SIM_NAME_MAX],
                      RollText *ret_instance)
{
    const SimGroup *group = group_of(self, id);
    *ret_instance = (RollText){0};
    if (!group->instance && !group->outbound)
        return (RollText){0};
    char *urn = put(room, ";+sip.instance=\"<");
    char *end = put_number(put(urn, "urn:uuid:00000000-0000-4000-8000-"), id, 12);
    *ret_instance = between(urn, end);
    return between(room, put(end, group->outbound ? ">\";reg-id=1" : ">\""));
}

RollText
sim_identity_username(const SimIdentity *self, uint32_t id, const RollUri *aor)
{
    const SimTrunkLine *line = line_of(self, id);
    return line != NULL && line->auth_user != NULL ? roll_text(line->auth_user) : aor->user;
}

RollText
sim_identity_password(const SimIdentity *self, uint32_t id, bool own, char room[SIM_NAME_MAX])
{
    const SimGroup *group = group_of(self, id);
    const SimTrunkLine *line = line_of(self, id);
    if (own && group->wrong_password > 0 &&
        sim_random_uniform(&self->world->random, id, SIM_PURPOSE_PASSWORD, 0, 0) <
            group->wrong_password)
        return ROLL_TEXT("wrong");
    if (line != NULL)
        return line->secret != NULL ? roll_text(line->secret) : ROLL_TEXT("");
    memcpy(room, "secret-", 7);
    return between(room, put_number(room + 7, owner_of(self, id), 7));
}

void
sim_identity_keep_ha1s(SimIdentity *self)
{
    self->ha1s = roll_pages_new(self->world->scenario->n_phones * sizeof *self->ha1s);
}

RollText
sim_identity_ha1(const SimIdentity *self, uint32_t id, RollAlgorithm algorithm)
{
    Ha1 *kept = &self->ha1s[id];
    size_t len = algorithm == ROLL_ALGORITHM_MD5 ? 32 : 64;
    if (kept->algorithm == algorithm + 1)
        return (RollText){kept->hex, len};
    char aor[SIM_NAME_MAX];
    char password[SIM_NAME_MAX];
    char hex[ROLL_DIGEST_HEX];
    RollUri uri = {0};
    sim_identity_aor(self, id, aor, &uri);
    roll_digest_ha1(algorithm, sim_identity_username(self, id, &uri),
                    roll_text(sim_identity_domains(self)[0]),
                    sim_identity_password(self, id, false, password), hex);
    memcpy(kept->hex, hex, len);
    kept->algorithm = (uint8_t)(algorithm + 1);
    return (RollText){kept->hex, len};
}

/* The group whose names begin with @prefix, `group.`. Few groups are looked through faster than
 * one name is hashed. */
static const SimGroup *
find_group(const SimIdentity *self, RollText prefix)
{
    const SimScenario *scenario = self->world->scenario;
    char name[SIM_NAME_MAX / 4];
    for (size_t g = 0; g < MIN(scenario->n_groups, 16); g++) {
        const Names *names = &self->names[g];
        if (roll_text_equal((RollText){names->prefix, names->prefix_len}, prefix))
            return &scenario->groups[g];
    }
    if (scenario->n_groups <= 16 || prefix.len > sizeof name)
        return NULL;
    memcpy(name, prefix.ptr, prefix.len - 1);
    name[prefix.len - 1] = '\0';
    return g_hash_table_lookup(self->groups, name);
}

static int64_t
find_numbered(const SimIdentity *self, RollText user)
{
    const char *dot = memrchr(user.ptr, '.', user.len);
    if (dot == NULL)
        return -1;
    const SimGroup *group = find_group(self, between(user.ptr, dot + 1));
    const char *end = user.ptr + user.len;
    unsigned number = 0;
    if (group == NULL || group->lines != NULL ||
        (size_t)(end - dot - 1) != self->names[group - self->world->scenario->groups].digits)
        return -1;
    for (const char *c = dot + 1; c < end; c++) {
        if (!g_ascii_isdigit(*c))
            return -1;
        number = number * 10 + (unsigned)(*c - '0');
    }
    return number >= 1 && number <= group->count ? (int64_t)group->first + number - 1 : -1;
}

static int64_t
find_in(GHashTable *table, RollText name)
{
    g_autofree char *key = g_strndup(name.ptr, name.len);
    return (int64_t)GPOINTER_TO_UINT(g_hash_table_lookup(table, key)) - 1;
}

int64_t
sim_identity_find(const SimIdentity *self, RollText aor)
{
    const char *at = memchr(aor.ptr, '@', aor.len);
    if (aor.len < 5 || at == NULL)
        return -1;
    int64_t id = find_numbered(self, between(aor.ptr + 4, at));
    return id >= 0 ? id : find_in(self->trunks, between(aor.ptr + 4, aor.ptr + aor.len));
}

uint32_t
sim_identity_device(const SimIdentity *self, uint32_t owner, RollText contact)
{
    const char *at = contact.len > 4 ? memchr(contact.ptr, '@', contact.len) : NULL;
    int64_t id = at != NULL ? find_numbered(self, between(contact.ptr + 4, at)) : -1;
    return id >= 0 ? (uint32_t)id : owner;
}

bool
sim_identity_lookup(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
                    RollSecret *out)
{
    SimIdentity *self = data;
    (void)realm;
    int64_t id = find_numbered(self, username);
    if (id < 0)
        id = find_in(self->usernames, username);
    if (id < 0)
        return false;
    if (self->secret == NULL)
        self->secret = g_malloc(SIM_NAME_MAX);
    *out = (RollSecret){0};
    if (self->ha1s != NULL)
        out->ha1 = sim_identity_ha1(self, (uint32_t)id, algorithm);
    else
        out->password = sim_identity_password(self, (uint32_t)id, false, self->secret);
    /* A trunk may authenticate under another name than the one it registers. */
    const SimTrunkLine *line = line_of(self, (uint32_t)id);
    if (line != NULL)
        out->owns = roll_text(line->user);
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registrar of a run and its table: made from the scenario, woken when something expires, and
 * watched: each change of a record is traced and measured. */
#include "sim/experiment/config.h"
#include "sim/experiment/parts.h"

void
sim_run_arm_registrar(SimRun *self)
{
    RollTime wake = roll_registrar_next_wake(self->registrar);
    if (wake >= self->registrar_armed)
        return;
    self->registrar_armed = MAX(wake, self->now);
    sim_queue_push(self->queue,
                   (SimEvent){self->registrar_armed, sim_order(SIM_CLASS_REGISTRAR, 0, 0), 0, 0});
}

static void
on_binding_event(void *data, const RollBindingEvent *event)
{
    static const SimTraceKind kinds[] = {
        [ROLL_BINDING_CREATED] = SIM_TRACE_CREATED,
        [ROLL_BINDING_REFRESHED] = SIM_TRACE_REFRESHED,
        [ROLL_BINDING_SHORTENED] = SIM_TRACE_SHORTENED,
        [ROLL_BINDING_EXPIRED] = SIM_TRACE_EXPIRED,
        [ROLL_BINDING_UNREGISTERED] = SIM_TRACE_UNREGISTERED,
        [ROLL_BINDING_DEACTIVATED] = SIM_TRACE_DEACTIVATED,
    };
    SimRun *self = data;
    if (*event->mark == 0)
        *event->mark = (uint64_t)(sim_identity_find(self->identity, event->aor) + 1);
    g_return_if_fail(*event->mark != 0);
    uint32_t id = (uint32_t)(*event->mark - 1);
    uint32_t address = sim_identity_parse_address(event->contact);
    RollTime left = event->expires_at == ROLL_NEVER ? 0 : event->expires_at - self->now;
    sim_run_trace(self, kinds[event->kind], id, address, 0, (uint32_t)(left / ROLL_SECOND));
    if (event->expires_at != ROLL_NEVER)
        sim_qualify_event(self, id, address, event->kind);
    if (event->kind <= ROLL_BINDING_REFRESHED && self->known != NULL)
        self->known[id] = self->now;
    if (event->kind == ROLL_BINDING_CREATED)
        sim_measure_bound(self->measure, self->now, id, address);
    else if (event->kind >= ROLL_BINDING_EXPIRED)
        sim_measure_unbound(self->measure, self->now, id, address,
                            event->kind == ROLL_BINDING_EXPIRED);
}

void
sim_run_handle_registrar(SimRun *self, const SimEvent *event)
{
    if (event->what != 0) {
        sim_qualify_handle(self, event);
        return;
    }
    if (self->registrar_armed != event->due)
        return;
    self->registrar_armed = ROLL_NEVER;
    roll_outbox_clear(self->outbox);
    roll_registrar_wake(self->registrar, self->now, self->outbox);
    sim_run_arm_registrar(self);
}

static RollConfig
registrar_config(const SimScenario *scenario, const SimIdentity *identity)
{
    RollConfig config = sim_registrar_config(&scenario->registrar);
    SimRandom random = sim_random_new(scenario->seed, scenario->replication);
    config.domains = sim_identity_domains(identity);
    /* Bounds protect a server from the world; here the world is the experiment. */
    config.nonce_limit = MAX(65536, 4 * (size_t)scenario->n_phones);
    config.max_aors = 2 * (size_t)scenario->n_phones + 1024;
    config.max_transactions = 16 * (size_t)scenario->n_phones + 65536;
    for (size_t i = 0; i < sizeof config.key; i++)
        config.key[i] =
            (uint8_t)(256 * sim_random_uniform(&random, 0, SIM_PURPOSE_KEY, 0, (uint32_t)i));
    config.lookup = sim_identity_lookup;
    config.lookup_data = (void *)identity;
    return config;
}

void
sim_run_add_static_records(SimRun *self)
{
    for (uint32_t id = 0; id < self->scenario->n_phones; id++) {
        char aor[SIM_NAME_MAX];
        char contact[SIM_NAME_MAX];
        RollUri a = {0};
        RollUri c = {0};
        if (sim_world_setting(self->world, id).group->registers)
            continue;
        sim_identity_aor(self->identity, id, aor, &a);
        sim_identity_contact(self->identity, id, &a, self->world->devices[id].address, contact, &c);
        roll_registrar_add_static(self->registrar, self->now, a.text, c.text);
    }
}

void
sim_run_open_table(SimRun *self)
{
    RollConfig config = registrar_config(self->scenario, self->identity);
    self->registrar = roll_registrar_new(&config);
    roll_registrar_set_observer(self->registrar, on_binding_event, self);
    self->outbox = roll_outbox_new();
    self->qualify = sim_qualify_new(self->scenario);
    self->registrar_armed = ROLL_NEVER;
}

void
sim_run_close_table(SimRun *self)
{
    sim_qualify_free(self->qualify);
    roll_outbox_free(self->outbox);
    roll_registrar_free(self->registrar);
}

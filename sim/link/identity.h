/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is who on the wire: the user names, passwords, addresses-of-record, Contact URIs, Call-IDs
 * and branches of the simulated phones, and the way back from a name to the phone. Nothing is
 * stored for a phone; its names follow from its number. */
#pragma once

#include "sim/model/world.h"
#include <rollcall/registrar.h>

typedef struct SimIdentity SimIdentity;

/** sim_identity_new: @world is borrowed. */
SimIdentity *sim_identity_new(const SimWorld *world, GError **error);
void sim_identity_free(SimIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimIdentity, sim_identity_free)

/** SIM_NAME_MAX: room for any of the texts below. */
#define SIM_NAME_MAX 1024

/** sim_identity_name: what phone @id is called: the user part of its own address-of-record, or of
 * its contact if it registers that of another one. */
RollText sim_identity_name(const SimIdentity *self, uint32_t id, char room[SIM_NAME_MAX]);

/** sim_identity_aor: writes the address-of-record that phone @id registers into @room and cuts it
 * into @out, which has to be zero or written here before: parts that no phone has are left alone.
 */
void sim_identity_aor(const SimIdentity *self, uint32_t id, char room[SIM_NAME_MAX], RollUri *out);

/** sim_identity_contact: the URI at which phone @id is reached at @address (host byte order), and,
 * if it is woken by push, the parameters that say how.
 * @aor: its address-of-record if it is at hand, which spares time; may be %NULL. @out as above. */
void sim_identity_contact(const SimIdentity *self, uint32_t id, const RollUri *aor,
                          uint32_t address, char room[SIM_NAME_MAX], RollUri *out);

/** sim_identity_group: the group of phone @id. */
const SimGroup *sim_identity_group(const SimIdentity *self, uint32_t id);

/** sim_identity_port: the port phone @id listens on. */
uint16_t sim_identity_port(const SimIdentity *self, uint32_t id);

/** sim_identity_username: of the credentials of phone @id, whose address-of-record is @aor. */
RollText sim_identity_username(const SimIdentity *self, uint32_t id, const RollUri *aor);

/** sim_identity_password: what phone @id believes (@own) or the registrar knows. */
RollText sim_identity_password(const SimIdentity *self, uint32_t id, bool own,
                               char room[SIM_NAME_MAX]);

/** sim_identity_keep_ha1s: as a registrar does that has no passwords, and a phone that hashes its
 * own once; on the direct link, which compares passwords, there are none. */
void sim_identity_keep_ha1s(SimIdentity *self);

/** sim_identity_ha1: of phone @id, in the realm of the registrar, if they are kept. */
RollText sim_identity_ha1(const SimIdentity *self, uint32_t id, RollAlgorithm algorithm);

/**
 * sim_identity_instance: what follows phone @id's contact: `;+sip.instance=...` and, with
 * outbound, `;reg-id=1`; or nothing.
 * @ret_instance: (out): the URN in it; absent without
 */
RollText sim_identity_instance(const SimIdentity *self, uint32_t id, char room[SIM_NAME_MAX],
                               RollText *ret_instance);

/**
 * sim_identity_device: which of the phones that register the address-of-record of @owner has bound
 * @contact. It is in the user part; a contact without a phone's name is @owner's.
 */
uint32_t sim_identity_device(const SimIdentity *self, uint32_t owner, RollText contact);

/** sim_identity_find: the phone of an address-of-record in canonical form, or -1. */
int64_t sim_identity_find(const SimIdentity *self, RollText aor);

/** sim_identity_lookup: a #RollSecretLookup with the SimIdentity as its data. */
bool sim_identity_lookup(void *self, RollText realm, RollText username, RollAlgorithm algorithm,
                         RollSecret *out);

/** sim_identity_domains: the registrar's domains, %NULL-terminated; owned by @self. */
const char *const *sim_identity_domains(const SimIdentity *self);

/** sim_identity_endpoint: where packets of phone @id come from that has @address: that and its
 * port, or what its NAT makes of them. */
void sim_identity_endpoint(const SimIdentity *self, uint32_t id, uint32_t address,
                           RollEndpoint *out);

/** sim_identity_parse_address: the IPv4 address of a Contact URI that was made here, or the number
 * of its endpoint (scenario/nat.h); 0 if none. */
uint32_t sim_identity_parse_address(const SimScenario *scenario, RollText contact);

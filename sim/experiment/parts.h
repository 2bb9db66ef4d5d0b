/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of a run share; for the files of this folder alone. run.c has the loop,
 * transport.c the packets, service.c the station, overload.c its control, table.c the
 * registrar, calls.c the callers, shards.c the threads of a run that is split. */
#pragma once

#include "sim/experiment/log.h"
#include "sim/experiment/outcome.h"
#include "sim/experiment/run.h"
#include "sim/measure/measure.h"
#include "sim/model/station.h"

/** What an event is about, beside those of the world, which end below 64. */
enum {
    SIM_EVENT_ARRIVE = 64,
    SIM_EVENT_DELIVER,
    SIM_EVENT_BEGIN,
    SIM_EVENT_QUALIFY,
    SIM_EVENT_DISQUALIFY,
    SIM_EVENT_PUSH_DUE,
    SIM_EVENT_PUSH_SENT,
    SIM_EVENT_PUSH_ARRIVED,
    SIM_EVENT_VAIN,
    SIM_EVENT_SERVED,
    SIM_EVENT_KEEPALIVE,
    SIM_EVENT_NAT_PING,
    SIM_EVENT_PORT_LOST,
    SIM_EVENT_COPY,
    SIM_EVENT_DROP,
    SIM_EVENT_REPLY,   /* in real time: a reply has come from the registrar */
    SIM_EVENT_LISTING, /* in real time: the observer was told what the table holds */
    SIM_EVENT_SAVE,    /* from here on: what happens to the registrar as a whole */
    SIM_EVENT_CRASH,
    SIM_EVENT_RESTART,
    SIM_EVENT_CLOCK,
};

/** SimQualify: the questions of a registrar that asks its records whether they are alive. */
typedef struct SimQualify SimQualify;

/** SimPush: the pushes that wake phones; see push.c. */
typedef struct SimPush SimPush;

/** SimVain: a record that a call was led to in vain, as it was registered at @since. */
typedef struct {
    uint32_t phone;
    uint32_t address;
    RollTime since;
} SimVain;

/** SimCopy: a record in numbers; its texts follow from who its phone is. */
typedef struct {
    uint32_t phone;
    uint32_t address;
    uint32_t call_id;
    uint32_t cseq;
    RollTime registered_at;
    RollTime expires_at;
} SimCopy;

typedef struct SimReplica SimReplica;

/**
 * SimSave: a table as it was written down.
 * @records: #SimCopy, by phone and then by age; may be %NULL: none
 * @clock: how far the registrar's clock was ahead of the time of the run
 */
typedef struct {
    GArray *records;
    RollTime clock;
} SimSave;
/** SimHold: what a phone that takes part in overload control was told last; see overload.c. */
typedef struct SimHold SimHold;

/** SimReach: what keeps the port of a phone in its NAT; see keepalive.c. */
typedef struct SimReach SimReach;

/** SimLive: a run in real time; see live.c. */
typedef struct SimLive SimLive;

/**
 * SimFetch: what is being fetched from memory for events that come soon.
 * @phones: of the last block of events; @places: of the records of the block before it
 */
typedef struct {
    uint32_t phones[SIM_QUEUE_BLOCK];
    uint32_t places[SIM_QUEUE_BLOCK];
    size_t n_phones;
    size_t n_places;
} SimFetch;

/**
 * SimRun: one run under way.
 * @flights: #SimFlight; free ones keep their memory; @free_flight: the first of a list of them
 * @fixed_delays: by network, of those whose delay is always the same
 * @sends_once: by group, whether no request of it can be followed by a copy
 * @station: in front of the registrar, or %NULL
 * @packet: the request a record of the trace is about, while it is written; else %NULL
 * @part: of the run; @log: what it writes down for the whole, or %NULL if it is the whole
 * @registrar_armed: when the registrar will be woken
 * @calls: how many there have been; @branches: #SimBranch, of the call that is being led
 * @pattern: of calls over the week, or %NULL
 * @known: when it was last known where each phone is, by its registration or a call that reached
 *   it; %NULL if there are no calls
 * @qualify: or %NULL
 * @push: or %NULL if no phone is woken by push
 * @vain: #SimVain that wait for a caller to give up; @free_vain: places in it
 * @holds: one for each phone, or %NULL if none takes part in overload control
 * @reach: one for each phone, or %NULL if there is neither a NAT nor a keep-alive
 * @begun: the warm-up is over
 * @cuts_links: an event of the scenario cuts lines
 * @lines_fail: it does, or lines have outages
 * @loses: that, or a network loses packets
 * @reliable: packets go over a transport that sends what is lost again by itself
 * @asking: the request that the registrar is deciding on, or %NULL
 * @replica: what callers read, or %NULL: the registrar itself
 * @starts: how many registrars there have been before this one
 * @clock: how far the registrar's clock is ahead of the time of the run
 * @saves: one for each event of the scenario; @left: what the registrar will find when it is back
 * @down: the registrar has crashed; @registrar is what it was then, and answers nobody
 * @live: or %NULL in virtual time; else @registrar is a mirror of one that is elsewhere
 */
typedef struct {
    const SimScenario *scenario;
    const SimRunOptions *options;
    RollTime now;
    SimQueue *queue;
    SimWorld *world;
    SimIdentity *identity;
    RollRegistrar *registrar;
    RollOutbox *outbox;
    SimLink *link;
    SimMeasure *measure;
    GArray *flights;
    uint32_t free_flight;
    RollTime *fixed_delays;
    bool *sends_once;
    SimStation *station;
    const SimRequest *packet;
    SimPart part;
    SimLog *log;
    RollTime registrar_armed;
    uint64_t fingerprint;
    uint64_t events;
    uint64_t registrations;
    uint32_t calls;
    GArray *branches;
    SimPattern *pattern;
    RollTime *known;
    SimQualify *qualify;
    SimPush *push;
    GArray *vain;
    GArray *free_vain;
    SimHold *holds;
    SimReach *reach;
    SimFetch fetch;
    bool begun;
    bool cuts_links;
    bool lines_fail;
    bool loses;
    bool reliable;
    const SimRequest *asking;
    SimReplica *replica;
    uint32_t starts;
    RollTime clock;
    SimSave *saves;
    SimSave left;
    bool down;
    SimLive *live;
} SimRun;

/* run.c */
/** sim_run_open: makes what @scenario, @options, @part and @log ask for; then to be closed,
 * whatever it returns. */
bool sim_run_open(SimRun *self, GError **error);
/** sim_run_start: what comes before the first event of a run. */
void sim_run_start(SimRun *self);
/** sim_run_play: goes on until @until. Returns: false if it was stopped. */
bool sim_run_play(SimRun *self, RollTime until);
/** sim_run_stop: the run ends now; what is measured is complete. */
void sim_run_stop(SimRun *self);
void sim_run_close(SimRun *self);
/** sim_run_handle: @event is due. */
void sim_run_handle(SimRun *self, const SimEvent *event);
/** sim_run_event_rate: events to be expected in a second. */
double sim_run_event_rate(const SimScenario *scenario);

/* shards.c */
/** sim_run_split: the run on options->threads threads; fills @result as sim_run() does. */
bool sim_run_split(const SimScenario *scenario, const SimRunOptions *options, SimResult *result,
                   GError **error);

/** sim_run_trace: adds a record to the trace and the fingerprint. */
void sim_run_trace(SimRun *self, SimTraceKind kind, uint32_t phone, uint32_t address, uint32_t code,
                   uint32_t number);

/** sim_run_trace_packet: the same for what befalls @request, or the reply to it. */
void sim_run_trace_packet(SimRun *self, SimTraceKind kind, const SimRequest *request, uint32_t code,
                          uint32_t number);

/** sim_run_act: does what phone @id wants after something happened to it. */
void sim_run_act(SimRun *self, uint32_t id, const SimAction *action);

/* transport.c */
void sim_run_open_transport(SimRun *self);
void sim_run_close_transport(SimRun *self);
/** sim_run_handle_delivery: an event of class %SIM_CLASS_DELIVERY is due. */
void sim_run_handle_delivery(SimRun *self, const SimEvent *event);

/** sim_run_show_packet: tells whoever wants to see it of the packet of @flight. */
void sim_run_show_packet(SimRun *self, const SimFlight *flight, bool to_registrar);
/** sim_run_flight: the @i-th flight; until the next is taken. */
SimFlight *sim_run_flight(const SimRun *self, uint32_t i);
/** sim_run_free_flight: it has landed, or is lost. */
void sim_run_free_flight(SimRun *self, uint32_t i);
/** sim_run_decide: the registrar answers flight @i, and the answer is sent. */
void sim_run_decide(SimRun *self, uint32_t i);
/** sim_run_send_reply: of flight @i, whose answer has @status. */
void sim_run_send_reply(SimRun *self, uint32_t i, int status);

/* overload.c; the phones' part does nothing if @holds is %NULL */
void sim_run_open_overload(SimRun *self);
void sim_run_close_overload(SimRun *self);
/** sim_run_control: the station has got or served a request: tells the registrar what to ask
 * clients for, if it is time. */
void sim_run_control(SimRun *self);
/** sim_run_hear: @response has reached its phone. */
void sim_run_hear(SimRun *self, const SimResponse *response);
/** sim_run_holds_back: whether the phone keeps @request to itself, which it was about to send. */
bool sim_run_holds_back(SimRun *self, const SimRequest *request);
/** sim_run_refuse_itself: then its answer, which makes it say in @out what it wants next. */
void sim_run_refuse_itself(SimRun *self, const SimRequest *request, SimAction *out);

/* keepalive.c; all of it does nothing if @reach is %NULL */
void sim_run_open_reach(SimRun *self);
void sim_run_close_reach(SimRun *self);
/** sim_reach_send: the request in @action is about to be sent: the first copy of one from a phone
 * that has lost its port gets another, which its contact then names. */
void sim_reach_send(SimRun *self, SimAction *action);
/** sim_reach_pass: @request comes to the NAT. */
void sim_reach_pass(SimRun *self, SimRequest *request);
/** sim_reach_answer: phone @id sends something else that comes to its NAT: an answer. */
void sim_reach_answer(SimRun *self, uint32_t id);
/** sim_reach_changed: the world of phone @id did. */
void sim_reach_changed(SimRun *self, uint32_t id, SimChange change);
/** sim_reach_records: those of phone @id are others now. */
void sim_reach_records(SimRun *self, uint32_t id);
/** sim_reach_settle_all: counts what was sent before now; with @with_now, until now. */
void sim_reach_settle_all(SimRun *self, bool with_now);
void sim_reach_handle(SimRun *self, const SimEvent *event);

/* service.c */
void sim_run_open_station(SimRun *self);
/** sim_run_enter_station: flight @i has come to it. */
void sim_run_enter_station(SimRun *self, uint32_t i);
/** sim_run_halt_station: all that is at it is lost with the registrar. */
void sim_run_halt_station(SimRun *self);
/** sim_run_handle_served: an event %SIM_EVENT_SERVED is due. */
void sim_run_handle_served(SimRun *self, const SimEvent *event);

/* table.c */
void sim_run_open_table(SimRun *self);
void sim_run_close_table(SimRun *self);
/** sim_run_arm_registrar: after each call on the registrar: sees to its next wake. */
void sim_run_arm_registrar(SimRun *self);
/** sim_run_handle_registrar: an event of class %SIM_CLASS_REGISTRAR is due. */
void sim_run_handle_registrar(SimRun *self, const SimEvent *event);
/** sim_run_add_static_records: for the phones that do not register, to @registrar. */
void sim_run_add_static_records(const SimRun *self, RollRegistrar *registrar);
/** sim_run_new_registrar: another one, with an empty table and nobody who watches it. */
RollRegistrar *sim_run_new_registrar(SimRun *self);
/** sim_run_use_registrar: puts @registrar (transfer full) in the place of the one there is. */
void sim_run_use_registrar(SimRun *self, RollRegistrar *registrar);
/** sim_run_lookup: what a caller of phone @id is given; @out lives until the next event. */
size_t sim_run_lookup(SimRun *self, uint32_t id, const RollLocation **out);
/** sim_run_list_table: the records of the registrar, as a SimSave has them. (transfer full) */
GArray *sim_run_list_table(const SimRun *self);
/** sim_run_load: puts @copy into the table of @registrar, unless it has expired. */
void sim_run_load(const SimRun *self, RollRegistrar *registrar, const SimCopy *copy);

/* faults.c */
/** sim_run_open_fetch: what the next events need is fetched ahead; nothing depends on it but time.
 */
void sim_run_open_fetch(SimRun *self);

/** sim_run_open_faults: schedules the crashes and the steps of the clock. */
void sim_run_open_faults(SimRun *self);
void sim_run_close_faults(SimRun *self);
/** sim_run_handle_fault: an event from %SIM_EVENT_SAVE on is due. */
void sim_run_handle_fault(SimRun *self, const SimEvent *event);

/* replica.c: only sim_run_open_replica() and sim_run_close_replica() if there is none. */
void sim_run_open_replica(SimRun *self);
void sim_run_close_replica(SimRun *self);
/** sim_run_replicate: a record of the registrar has been written, or is @gone. */
void sim_run_replicate(SimRun *self, const SimCopy *copy, bool gone);
/** sim_run_handle_replica: %SIM_EVENT_COPY or %SIM_EVENT_DROP is due. */
void sim_run_handle_replica(SimRun *self, const SimEvent *event);
/** sim_run_halt_replica: what it has not been told yet is lost with the registrar. */
void sim_run_halt_replica(SimRun *self);
/** sim_run_list_replica: its records, as of sim_run_list_table(). */
GArray *sim_run_list_replica(const SimRun *self);
/** sim_run_lookup_replica: as sim_run_lookup(). */
size_t sim_run_lookup_replica(SimRun *self, uint32_t id, const RollLocation **out);

/* qualify.c */
/** sim_qualify_new: Returns: (transfer full): %NULL if the scenario's registrar does not ask. */
SimQualify *sim_qualify_new(const SimScenario *scenario);
void sim_qualify_free(SimQualify *self);
/** sim_qualify_event: a record of @phone that leads to @address was made, refreshed or removed. */
void sim_qualify_event(SimRun *run, uint32_t phone, uint32_t address, RollBindingEventKind kind);
/** sim_qualify_handle: a question is due, or the last one is over. */
void sim_qualify_handle(SimRun *run, const SimEvent *event);

/* push.c; all of it does nothing if @push is %NULL */
/** sim_push_new: Returns: (transfer full): %NULL if no phone of @scenario is woken by push. */
SimPush *sim_push_new(const SimScenario *scenario);
void sim_push_free(SimPush *self);
/** sim_push_record: this is now the record of @phone that leads to @address. */
void sim_push_record(SimRun *run, uint32_t phone, uint32_t address, RollTime registered_at,
                     RollTime expires_at);
/** sim_push_gone: there is none any more. */
void sim_push_gone(SimRun *run, uint32_t phone, uint32_t address);
/** sim_push_draw_call: how long the push to @phone takes that goes before the INVITE on @branch of
 * the call that is being led. Returns: %ROLL_NEVER if it is lost */
RollTime sim_push_draw_call(const SimRun *run, uint32_t phone, uint32_t branch);
/** sim_push_reaches: a push that comes now is not in vain. */
bool sim_push_reaches(const SimRun *run, uint32_t phone);
/** sim_push_call: a call was led to those of @branches, @n of them, that it tried. */
void sim_push_call(SimRun *run, const SimBranch *branches, size_t n);
/** sim_push_handle: %SIM_EVENT_PUSH_DUE, _SENT or _ARRIVED is due. */
void sim_push_handle(SimRun *run, const SimEvent *event);

/* vain.c */
/** sim_run_remove_record: the registrar removes the record of @id that leads to @address. */
void sim_run_remove_record(SimRun *self, uint32_t id, uint32_t address);
/** sim_run_call_in_vain: a call was led to those of @branches that it tried, one for each of
 * @contacts, @n of them. */
void sim_run_call_in_vain(SimRun *self, const SimBranch *branches, const RollLocation *contacts,
                          size_t n);
void sim_run_handle_vain(SimRun *self, const SimEvent *event);

/* calls.c */
/** sim_run_phone_of: which phone has bound @contact to the address-of-record of @owner. */
uint32_t sim_run_phone_of(const SimRun *self, uint32_t owner, RollText contact);
void sim_run_open_calls(SimRun *self);
void sim_run_close_calls(SimRun *self);
/** sim_run_schedule_call: the next one. */
void sim_run_schedule_call(SimRun *self);
/** sim_run_handle_call: an event of class %SIM_CLASS_CALL is due. */
void sim_run_handle_call(SimRun *self);

/* live.c */
/** sim_live_open: makes the link of a run in real time, once the registrar has answered; then to be
 * closed, whatever it returns. */
bool sim_live_open(SimRun *self, GError **error);
void sim_live_close(SimRun *self);
/** sim_live_configure: @config becomes that of a mirror. */
void sim_live_configure(RollConfig *config);
/** sim_live_play: as sim_run_play(). */
bool sim_live_play(SimRun *self, RollTime until);
/** sim_live_finish: adds to @result what there is to say of such a run. */
void sim_live_finish(SimRun *self, SimResult *result);

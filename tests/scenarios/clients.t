#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Clients that others wrote, at `rollcall serve`, over UDP and TCP, with digest: each registers, refreshes,
# is found by a call, which is then made to the contact that it left, and unregisters. Each has a server of
# its own, whose metrics tell what became of its record. pjsua is not here: Debian 12 has no package of it.
# Nor has it one of Asterisk: SIPp sends the REGISTERs of its `register =>` line instead.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Far ();
use Phones;
use Run;
use Serve;
use Test::More;

my $data = "$top/tests/data/phones";

# What refreshes by itself asks for so many seconds, and does so at 90 % of it.
my $short = 8;

sub metric {
    my ($phone, $name) = @_;
    my (undef, $text) = http_get($phone->{serve}{metrics}, '/metrics');
    return $text =~ /^rollcall_\Q$name\E (\d+)/m ? $1 : -1;
}

sub event { my ($phone, $event) = @_; return metric($phone, qq(bindings_total{event="$event"})) }

sub register_by_sipp {
    my ($phone, $cseq, $expires) = @_;
    return sipp($phone->{dir}, $phone->{transport}, $phone->{server}, '-sf', "$data/$phone->{scenario}.xml", '-s',
        $phone->{user}, '-au', $phone->{user}, '-ap', 'secret', '-base_cseq', $cseq, '-cid_str', "one-$phone->{user}",
        '-key', 'domain', $phone->{domain}, '-key', 'contact', $phone->{contact}, '-key', 'expires', $expires);
}

# A UAS of SIPp stands at the contact of what only registers.
sub answer_by_sipp {
    my ($phone) = @_;
    $phone->{pid} = begin($phone->{dir}, undef, 'sipp', '-sn', 'uas', '-i', '127.0.0.1', '-p', $phone->{port}, '-t',
        $phone->{transport} eq 'tcp' ? 't1' : 'u1', '-nostdin');
    return;
}

my %clients = (
    baresip => {
        command => 'baresip',
        start => sub {
            my ($phone) = @_;
            write_baresip($phone->{dir}, $phone);
            $phone->{pid} = begin($phone->{dir}, undef, 'baresip', '-4', '-f', $phone->{dir});
        },
        end => sub { end_with($_[0]{pid}, 'TERM') },
    },
    linphone => {
        command => 'linphonec',
        start => sub {
            my ($phone) = @_;
            write_linphone($phone->{dir}, $phone);
            pipe my $read, $phone->{commands} or die;
            $phone->{commands}->autoflush(1);
            $phone->{pid} = begin($phone->{dir}, $read, 'linphonec', '-a', '-c', "$phone->{dir}/rc");
        },
        end => sub { print { $_[0]{commands} } "unregister\nquit\n"; finish($_[0]{pid}) },
    },
    sipsak => {
        command => 'sipsak', domain => '127.0.0.1', needs => 'sipp',
        start => sub { answer_by_sipp($_[0]); sipsak($_[0]{dir}, $_[0], 600) },
        refresh => sub { sipsak($_[0]{dir}, $_[0], 600) },
        end => sub { sipsak($_[0]{dir}, $_[0], 0); end_with($_[0]{pid}, 'KILL') },
    },
    SIPp => {
        command => 'sipp', scenario => 'register',
        start => sub { answer_by_sipp($_[0]); register_by_sipp($_[0], 1, 600) },
        refresh => sub { register_by_sipp($_[0], 11, 600) },
        end => sub { register_by_sipp($_[0], 21, 0); end_with($_[0]{pid}, 'KILL') },
    },
    'Asterisk register' => {
        command => 'sipp', scenario => 'asterisk', contact => 's', leaves => 'expired',
        start => sub { answer_by_sipp($_[0]); register_by_sipp($_[0], 102, 120) },
        refresh => sub { 0 },
        end => sub { register_by_sipp($_[0], 112, 1); end_with($_[0]{pid}, 'KILL') },
    },
);

sub open_phone {
    my ($name, $transport) = @_;
    my $phone = { %{ $clients{$name} }, name => $name, transport => $transport, port => Far::free_port(),
        user => 'alice', expires => $short };
    $phone->{domain} //= 'example.org';
    $phone->{connected} = $name eq 'linphone' && $transport eq 'tcp';
    $phone->{dir} = "$scratch/" . ($name =~ s/ /-/gr) . "-$transport";
    mkdir $phone->{dir};
    my $contact = $phone->{contact} // 'alice';
    $phone->{contact} = "sip:$contact\@127.0.0.1:$phone->{port}" . ($transport eq 'tcp' ? ';transport=tcp' : '');
    my $users = spew("$phone->{dir}/users", ha1_line('alice', $phone->{domain}, 'secret'));
    $phone->{serve} = start_serve({}, '--listen', "$transport:127.0.0.1:0", '--domain', $phone->{domain}, '--users',
        $users, '--store', 'memory', '--set', 'registrar.min-expires=1s', '--set', 'serve.metrics=127.0.0.1:'
        . Far::free_port()) // die "serve: $@";
    $phone->{server} = $phone->{serve}{$transport};
    $phone->{start}->($phone);
    return $phone;
}

# SIPp calls the user at the server. Returns: the contact it is sent to, or what else came of it.
sub look_up {
    my ($phone) = @_;
    my $log = "$phone->{dir}/lookup.log";
    unlink $log;
    my $status = sipp($phone->{dir}, $phone->{transport}, $phone->{server}, '-sf', "$data/lookup.xml", '-s',
        $phone->{user}, '-key', 'domain', $phone->{domain}, '-trace_logs', '-log_file', $log);
    return $status ? "no answer ($status)" : (slurp($log) // '') =~ /contact (sip:[^>\s]+)/ ? $1 : 'nobody';
}

# The call itself: INVITE, 200, ACK, BYE, 200.
sub call {
    my ($phone, $contact) = @_;
    my ($user, $port) = $contact =~ /\Asip:([^@]+)\@127\.0\.0\.1:(\d+)/ or return "no contact to call: $contact";
    # The contact of linphone over TCP is its connection to the registrar: there it hears nobody else.
    $port = $phone->{port} if $phone->{connected};
    return sipp($phone->{dir}, $phone->{transport}, $port, '-sn', 'uac', '-s', $user, '-d', 100);
}

sub has_route { return (slurp('/proc/net/route') // '') =~ /^\S+\s+00000000\s/m }

sub check_phone {
    my ($phone) = @_;
    ok(until_true(sub { event($phone, 'created') >= 1 }), 'registers') or return diag(slurp("$phone->{dir}/out"));
    $phone->{refresh}->($phone) if $phone->{refresh};
    ok(until_true(sub { event($phone, 'refreshed') >= 1 }), 'refreshes');
    my $contact = look_up($phone);
    my $port = $phone->{connected} ? '\d+' : $phone->{port};
    like($contact, qr/\Asip:[^@]+\@127\.0\.0\.1:$port\b/, 'a call is sent to its contact');
    is(call($phone, $contact), 0, 'where it is answered');
    $phone->{end}->($phone);
    my $leaves = $phone->{leaves} // 'unregistered';
    ok(until_true(sub { event($phone, $leaves) >= 1 }, 20), $leaves);
    is(metric($phone, 'bindings'), 0, 'nothing is left');
    is(look_up($phone), 'nobody', 'and no call finds it');
    diag(substr slurp("$phone->{dir}/out"), -4000) if !Test::More->builder->is_passing;
    return;
}

# Without any argument: on port 5060, and the records in the state directory.
sub check_default {
    local @ENV{qw(HOME XDG_STATE_HOME)} = ($scratch, "$scratch/state");
    local $ENV{STATE_DIRECTORY};
    delete $ENV{STATE_DIRECTORY};
    my $phone = { user => 'alice', domain => '127.0.0.1', transport => 'udp', server => 5060,
        port => Far::free_port(), dir => "$scratch/default", expires => 600 };
    mkdir $phone->{dir};
    $phone->{serve} = start_serve({}) // return fail("starts: $@");
    is($phone->{serve}{udp}, 5060, 'listens on port 5060');
    $clients{baresip}{start}->($phone);
    my $contact = '';
    until_true(sub { ($contact = look_up($phone)) =~ /^sip:/ });
    like($contact, qr/\@127\.0\.0\.1:$phone->{port}\b/, 'a REGISTER of baresip and a lookup are answered')
        or diag(slurp("$phone->{dir}/out"));
    is(call($phone, $contact), 0, 'the call is answered');
    $clients{baresip}{end}->($phone);
    is(look_up($phone), 'nobody', 'baresip unregisters');
    is(stop_serve($phone->{serve}), 0, 'the server ends');
    ok(scalar(glob "$scratch/state/rollcall/*"), 'its records are in the state directory');
    return;
}

# A network of our own has port 5060 free.
my $network = 'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$@"';
my @alone = ('unshare', '-rn', 'sh', '-c', $network, 'sh');

sub check_default_alone {
    return check_default() if (run(@alone, 'true'))[0] != 0;
    my ($status, $out, $error) = run(@alone, $^X, "$top/tests/scenarios/clients.t", '--default');
    is($status, 0, 'with no arguments, in a network of its own') or diag($out, $error);
    return;
}

if (@ARGV) {
    check_default();
    done_testing;
    exit;
}

# All begin together, for those that refresh by the clock take their time.
my @phones;
for my $name (sort keys %clients) {
    for my $transport (qw(udp tcp)) {
        my ($absent) = map { "$_ is not installed" } grep { !has_command($_) } $clients{$name}{command}, 'sipp';
        $absent //= 'linphone registers only where a route leads out' if $name eq 'linphone' && !has_route();
        push @phones, $absent ? { title => "$name, $transport", absent => $absent }
            : { title => "$name, $transport", %{ open_phone($name, $transport) } };
    }
}
for my $phone (@phones) {
    subtest $phone->{title} => sub {
        plan skip_all => $phone->{absent} if $phone->{absent};
        check_phone($phone);
        is(stop_serve($phone->{serve}), 0, 'the server ends');
    };
}
subtest 'with no arguments' => sub {
    my ($absent) = grep { !has_command($_) } qw(baresip sipp);
    plan skip_all => "$absent is not installed" if $absent;
    check_default_alone();
};

done_testing;

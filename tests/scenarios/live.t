#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall run --to`: phones in real time, against registrars on the loopback network.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Far;
use Run;
use Test::More;
use Time::HiRes qw(sleep time);

my $port = free_port();
my $town = spew("$scratch/town.ini", <<"END");
[scenario]
duration = 4min
start = all-on
seed = 5
[registrar]
min-expires = 30s
[network home]
pool = 192.0.2.0/26
address = keeps while on
delay = 200ms
[phones desk]
count = 12
network = home
expires = 60s
boot = uniform(1s, 10s)
power = fails exp(100s), back after exp(30s)
[calls]
rate = 60/h per phone
END

sub live { return run($program, 'run', $town, '--to', @_) }

# --- what is refused before anything is sent
sub refused {
    my ($name, $pattern, @options) = @_;
    my ($status, $out, $complaint) = live("udp:127.0.0.1:$port", @options);
    is($status, 2, "$name: exit 2");
    is($out, '', "$name: nothing is printed");
    one_line($complaint, $pattern, $name);
}
refused('an expiry below a second', qr/town\.ini:\d+: \[phones desk\] asks for 60 s, which is 0\.6 s.*--compress 60 would do/,
    '--compress', 100);
refused('part of a second', qr/1\.5 s with --compress 40.*--compress 30 would do/, '--compress', 40);
refused('a preset',      qr/registrar\.preset = kamailio/, '--set', 'registrar.preset=kamailio');
refused('qualify',       qr/registrar\.qualify = 60s/,     '--set', 'registrar.qualify=60s');
refused('a replica',     qr/registrar\.replica-lag/,       '--set', 'registrar.replica-lag=1s');
refused('a purge',       qr/registrar\.purge-interval/,    '--set', 'registrar.purge-interval=60s');
refused('static records', qr/\[phones desk\] has static records/, '--set', 'phones.desk.registers=no');
refused('a NAT',         qr/\[network home\] is behind a NAT/, '--set', 'network.home.nat=30s');
refused('a link',        qr/--link is of runs in virtual time/, '--link', 'direct');
refused('threads',       qr/--threads is of runs in virtual time/, '--threads', 2);
refused('replications',  qr/--to is of one run/, '--replications', 2);
refused('no compression', qr/--compress: from 1 to/, '--compress', 0);
refused('no time',       qr/--max-lag: "5" has no unit/, '--max-lag', 5);
spew("$scratch/crash.ini", slurp($town) . "[event oops]\nat = 1min\ncrash = registrar\ntable = lost\nback = 10s\n");
spew("$scratch/station.ini", slurp($town) . "[station]\nservice = 1ms\n");
for (['crash', qr/crash\.ini:\d+: \[event oops\] is a fault/], ['station', qr/\[station\]/]) {
    my ($name, $pattern) = @$_;
    my ($status, undef, $complaint) = run($program, 'run', "$scratch/$name.ini", '--to', "udp:127.0.0.1:$port");
    is($status, 2, "$name: exit 2");
    one_line($complaint, $pattern, $name);
}
for (['elsewhere', qr/is not this machine; --allow-remote/, '--to', 'udp:192.0.2.1:5060'],
    ['no transport',    qr/is no address/,                '--to', 'sctp:127.0.0.1:5060'],
    ['only compressed', qr/--to names its registrar/,     '--compress', 60],
    ['packets lost over TCP', qr/loses packets/,          '--to', "tcp:127.0.0.1:$port", '--set', 'network.home.loss=1%']) {
    my ($name, $pattern, @options) = @$_;
    my ($status, undef, $complaint) = run($program, 'run', $town, @options);
    is($status, 2, "$name: exit 2");
    one_line($complaint, $pattern, $name);
}
{
    my $began = time;
    my ($status, undef, $complaint) = live("udp:127.0.0.1:$port", '--compress', 60);
    is($status, 2, 'nobody there: exit 2');
    one_line($complaint, qr/does not answer a REGISTER/, 'nobody there');
    cmp_ok(time - $began, '<', 30, 'nobody there: told soon');
}

# --- where they send from, and what they ask for
{
    my $stub = start_stub($port, "$scratch/notes");
    my ($status, $out) = live("udp:127.0.0.1:$port", '--compress', 60, '--verify', 'none', '--max-lag', '10s');
    is($status, 0, 'stub: done') or diag $out;
    stop($stub);
    my @notes = map { [split] } split /\n/, slurp("$scratch/notes");
    shift @notes; # the probe
    my %from = map { $_->[0] => 1 } @notes;
    cmp_ok(scalar keys %from, '>=', 12, 'each phone has an address of its own, and another after a power failure');
    is(scalar(grep { !/^127\.1\.0\./ } keys %from), 0, 'in 127.0.0.0/8');
    is(scalar(grep { $_->[1] !~ /^<sip:desk\.\d\d\@\Q$_->[0]\E:\d+>$/ } @notes), 0, 'its Contact names it');
    is(scalar(grep { $_->[2] ne '1' } @notes), 0, 'a minute is a second');
    like($out, qr/^table asked for +0 /m, 'nobody asks what the table holds');
}

# --- our own registrar, on each transport
my (undef, $users) = run($program, 'users', $town);
spew("$scratch/users", $users);
is(scalar(my @lines = $users =~ /^desk\.\d\d:example\.org:[0-9a-f]{32}$/mg), 12, 'users: a line for each');
my ($virtual) = do { run($program, 'run', $town, '--output', "$scratch/virtual", '--quiet'); read_json("$scratch/virtual/town/summary.json") };

sub judge {
    my ($name, $status, $out, $dir) = @_;
    my $summary = read_json("$dir/town/summary.json");
    my $live    = $summary->{live};
    is($status, 0, "$name: exit 0") or diag $out;
    is($summary->{link}, 'live', "$name: the link is named");
    is($live->{unanswered}, 0, "$name: all is answered");
    is($live->{'verify-disagreed'}, 0, "$name: the table is as it was told");
    cmp_ok($live->{fetches}, '>', 10, "$name: it was asked for");
    cmp_ok($live->{lag_p50_s}, '<=', $live->{lag_p99_s}, "$name: lag");
    cmp_ok($live->{lag_p99_s}, '<=', $live->{lag_most_s}, "$name: and its largest");
    cmp_ok($summary->{metrics}{'grant-rate'}{value}, '>', 0, "$name: registrations are granted");
    my ($here, $there) = map { $_->{metrics}{'absent-share'}{value} + $_->{metrics}{'stale-share'}{value} } $summary, $virtual;
    cmp_ok(abs($here - $there), '<', 1e-6, "$name: power fails as in virtual time");
    is($summary->{metrics}{'qualify-rate'}{value}, undef, "$name: null is what cannot be seen");
    like($out, qr{^  qualify-rate +\? +\? +/s$}m, "$name: and a question mark");
    unlike(slurp("$dir/town/report.html"), qr/UNTRUSTWORTHY/, "$name: it can be trusted");
    return $summary;
}
SKIP: {
    my $serve = start_serve($port, users => "$scratch/users", tls => 1) or skip 'rollcall serve does not start', 1;
    for my $to ("udp:127.0.0.1:$port", "tcp:127.0.0.1:$port", 'tls:127.0.0.1:' . ($port + 1)) {
        my ($name) = $to =~ /^(\w+)/;
        # Sanitizers and a busy machine are slow.
        my ($status, $out) = live($to, '--compress', 30, '--max-lag', '5s', '--output', "$scratch/$name");
        my $summary = judge($name, $status, $out, "$scratch/$name");
        cmp_ok($summary->{metrics}{'challenge-rate'}{value}, '>', 0, "$name: phones prove who they are");
    }
    my ($status, $out) = live("udp:127.0.0.1:$port", '--compress', 60, '--max-lag', '0.1ms', '--output', "$scratch/late");
    is($status, 1, 'too late: exit 1');
    like($out, qr/\AUNTRUSTWORTHY: 1 % of the .*--max-lag/, 'too late: it is said first');
    ok(!read_json("$scratch/late/town/summary.json")->{live}{trusted}, 'too late: and in summary.json');
    like(slurp("$scratch/late/town/report.html"), qr/UNTRUSTWORTHY/, 'too late: and in the report');

    stop($serve);
}

# --- a registrar that says one thing to phones and another to who asks
{
    my $stub = start_stub($port, "$scratch/notes");
    my ($status, $out) = live("udp:127.0.0.1:$port", '--compress', 60, '--set', 'phones.desk.expires=10min', '--output', "$scratch/lost");
    stop($stub);
    cmp_ok(read_json("$scratch/lost/town/summary.json")->{live}{'verify-disagreed'}, '>', 0, 'a lost table is noticed');
}

# --- Ctrl-C
SKIP: {
    my $serve = start_serve($port) or skip 'rollcall serve does not start', 1;
    my $child = fork // die;
    if ($child == 0) {
        chdir $scratch;
        open STDOUT, '>', '/dev/null';
        exec $program, 'run', $town, '--to', "udp:127.0.0.1:$port", '--max-lag', '5s', '--output', "$scratch/cut";
    }
    sleep 3;
    kill INT => $child;
    waitpid $child, 0;
    is($? >> 8, 130, 'Ctrl-C: exit 130');
    like(slurp("$scratch/cut/town/summary.txt"), qr/^PARTIAL/, 'Ctrl-C: what there is is written');
    stop($serve);
}
done_testing;

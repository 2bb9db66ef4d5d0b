#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The twins: scenarios/twin.ini in virtual time, and in real time against our own registrar and
# against Kamailio. The shares of all three agree within the tolerance that docs/live.md states.
# With `--whole` the file is run as it is, for the table there; else the half of it, to be quick.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Far;
use List::Util qw(sum);
use Run;
use Test::More;

my $compress = 60;
my $whole    = grep { $_ eq '--whole' } @ARGV;
my @part     = $whole ? () : ('--set', 'scenario.duration=15min', '--set', 'event.blackout.at=4min');
my @shares   = qw(location-accuracy reachability correct-share wrong-address-share missing-share stale-share absent-share
    stale-record-rate);

sub simulate {
    my ($name, @options) = @_;
    my ($status, undef, $complaint) = run($release, 'run', "$top/scenarios/twin.ini", @part, '--quiet', '--output',
        "$scratch/$name", @options);
    return ($status, $complaint, read_json("$scratch/$name/twin/summary.json"));
}

# What of a share may differ: the half-width of its interval; and as each change in the life of a
# phone is seen so much later, that time for each of them.
sub tolerance {
    my ($virtual, $real, $share) = @_;
    my ($metrics, $live) = ($virtual->{metrics}, $real->{live});
    my $half    = ($metrics->{$share}{high} - $metrics->{$share}{low}) / 2;
    my $late    = ($live->{lag_p99_s} + $live->{answer_p99_s}) * $compress;
    my $changes = sum($metrics->{'grant-rate'}{value}, $metrics->{'stale-born-rate'}{value} / 3600) / $virtual->{phones};
    return $half + $late * $changes;
}

sub compare {
    my ($name, $virtual, $real) = @_;
    my $live = $real->{live};
    is($live->{'verify-disagreed'}, 0, "$name: the table is as phones were told");
    cmp_ok($live->{fetches}, '>', 100, "$name: it was asked for");
    is($live->{unanswered}, 0, "$name: all is answered");
    for my $share (@shares) {
        my ($a, $b) = map { $_->{metrics}{$share}{value} } $virtual, $real;
        my $most = tolerance($virtual, $real, $share);
        my $row  = sprintf '%-20s %8.3f %% %8.3f %% of %.3f %%', $share, 100 * $a, 100 * $b, 100 * $most;
        cmp_ok(abs($a - $b), '<=', $most, "$name: $row");
    }
    diag(sprintf '%s: lag %.2f ms p99, answers %.2f ms p99, %d checks', $name, map { $_ } 1000 * $live->{lag_p99_s},
        1000 * $live->{answer_p99_s}, $live->{fetches}) if $whole;
}

my ($status, $complaint, $virtual) = simulate('virtual');
is($status, 0, 'in virtual time: expectations met') or diag $complaint;
my %start = (
    serve => sub { start_serve($_[0], program => $release) },
    kamailio => sub { start_kamailio($_[0], 'kamailio-twin.cfg') });
for my $name (qw(serve kamailio)) {
    SKIP: {
        my $port = free_port();
        my $far  = $start{$name}->($port) or skip "$name is not here, or does not start", 1;
        my ($status, $complaint, $real) = simulate($name, '--to', "udp:127.0.0.1:$port", '--compress', $compress);
        stop($far);
        skip "$name: this machine was too slow just now: " . $real->{live}{lag_p99_s} . ' s', 1
            if $real && !$real->{live}{trusted};
        is($status, 0, "$name: expectations met") or diag $complaint;
        compare($name, $virtual, $real);
    }
}
done_testing;

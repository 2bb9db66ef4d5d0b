#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall tune` where the answer is known exactly: the interval contains it, the end of the range is
# called one, and a requirement is just met.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my $one = "$top/scenarios/study/one-group.ini";
my %unit = (s => 1, min => 60, h => 3600, d => 86400);

# `90s`, `1.5h`
sub seconds {
    my ($text) = @_;
    my ($number, $unit) = ($text // '') =~ /^([\d.]+)([a-z]+)$/ or return undef;
    return $number * $unit{$unit};
}

my $runs = 0;

sub tune {
    my (@options) = @_;
    $runs++;
    my ($status, $out, $complaint) = run($release, 'tune', $one, '--output', "$scratch/$runs", @options);
    is($complaint, '', "tune $runs: no complaint");
    return ($status, $out);
}

# Mean times between failures and off, refresh, cost of a REGISTER against a stale second, the exact
# best expiry (to the second), and the range to search in.
my @points = (
    ['1d', '2h', '50%', 1, 493,  '150s..4h', '5d'],
    ['1d', '2h', '90%', 1, 426,  '150s..4h', '5d'],
    ['7d', '8h', '50%', 1, 1292, '5min..8h', '40d'],
    ['7d', '8h', '90%', 1, 1120, '5min..8h', '40d'],
    ['1d', '2h', '50%', 5, undef, '10min..8h', '10d'],
);
for my $point (@points) {
    my ($on, $off, $refresh, $cost, $exact, $range, $duration) = @$point;
    my $name = "on $on, off $off, refresh $refresh, cost $cost";
    my ($status, $out) = tune('--vary', "phones.p.expires=$range", '--replications', 2,
        '--set', "scenario.duration=$duration", '--set', "phones.p.refresh=$refresh",
        '--set', "phones.p.power=fails exp($on), back after exp($off)",
        '--minimise', "register-rate/phones*$cost + stale-share");
    is($status, 0, "$name: found");
    my ($best, $low, $high) = map { seconds($_) }
        $out =~ /^Best phones\.p\.expires: (\S+) \(95 %: (\S+) to (\S+)\)/m;
    my $closed = seconds($out =~ /^Closed form: (\w+), cost/m);
    cmp_ok(abs($closed - $exact), '<=', 1, "$name: the closed form is what it was by hand") if $exact;
    ok(defined $closed && defined $low && $low <= $closed && $closed <= $high,
        "$name: the interval contains the exact minimum")
        or diag $out;
    cmp_ok($high - $low, '<', 0.4 * $best, "$name: and it is narrow enough to say something");
    like($out, qr/^Within 5 % of that cost: \w+ to \w+\.$/m, "$name: the flat region");
    for my $picture (qw(tuning pareto)) {
        ok(-s "$scratch/$runs/one-group/tune/plots/$picture.$_", "$name: $picture.$_") for qw(svg pdf png);
    }
}

# Phones that are off for a minute: whatever they cost, the records they leave cost less.
my ($never, $told) = tune('--vary', 'phones.p.expires=10min..24h', '--replications', 2, '--set',
    'scenario.duration=4d', '--set', 'phones.p.power=fails exp(1d), back after exp(60s)',
    '--minimise', 'register-rate/phones + stale-share');
is($never, 0, 'the boundary: found');
like($told, qr/^Best phones\.p\.expires: 1d, at/m, 'the boundary: the end of the range');
like($told, qr/it pays never to expire\.$/m, 'the boundary: said outright');
like($told, qr/^Closed form: the cost falls up to 1d: it pays never to expire/m, 'the boundary: the closed form too');

# stale-share = 1 %: the expiry at which it is, by the closed form, bisected here.
sub stale {
    my ($expiry) = @_;
    my ($lambda, $delta, $refresh) = (1 / 86400, 1 / 7200, $expiry / 2);
    my $growth = $lambda * (exp(($delta - $lambda) * $refresh) - 1) /
        (($delta - $lambda) * (1 - exp(-$lambda * $refresh)));
    return 7200 * (1 - exp(-$delta * $expiry) * $growth) / (86400 + 7200);
}
my ($below, $above) = (60, 86400);
for (1 .. 60) {
    my $middle = ($below + $above) / 2;
    if (stale($middle) < 0.01) { $below = $middle } else { $above = $middle }
}
my ($bound, $said) = tune('--vary', 'phones.p.expires=5min..8h', '--replications', 2, '--set',
    'scenario.duration=10d', '--subject-to', 'stale-share <= 1%');
is($bound, 0, 'a requirement: found');
my ($low, $high) = map { seconds($_) } $said =~ /^Best phones\.p\.expires: \S+ \(95 %: (\S+) to (\S+)\)/m;
ok(defined $low && $low <= $below && $below <= $high, 'a requirement: the interval contains where it is just met')
    or diag "exactly at $below\n$said";
like($said, qr/^There stale-share <= 1% is just met/m, 'a requirement: said so');

my ($unmet, $none) = tune('--vary', 'phones.p.expires=1h..8h', '--replications', 1, '--set',
    'scenario.duration=5d', '--subject-to', 'stale-share <= 0.01%');
is($unmet, 1, 'no value meets it: exit 1');
like($none, qr/^No value of the range meets what is required\.$/m, 'no value meets it: said so');

# Another world: the value tuned for one is no worse than the best in its own, and worse elsewhere.
my ($worlds, $regret) = tune('--vary', 'phones.p.expires=5min..24h', '--replications', 1, '--set',
    'scenario.duration=5d', '--minimise', 'register-rate/phones*3 + stale-share',
    '--assume', 'phones.p.power=fails exp({1d,10d}), back after exp(2h)');
is($worlds, 0, '--assume: done');
like($regret, qr/^1d +\S+ .* 0\.0 % +(?:[1-9]\d*)\.\d % \(/m, '--assume: regret in the other world alone') or diag $regret;
ok(-s "$scratch/$runs/one-group/regret/plots/regret.svg", '--assume: the picture');
like(slurp("$scratch/$runs/one-group/regret/regret.csv"), qr/^1d,10d,/m, '--assume: the table');

for my $case (
    [['--vary', 'phones.p.expires=60s'],                                  qr/range to search in|range/],
    [['--vary', 'phones.p.expires=60s..1h', '--minimise', 'stale-shore'], qr/--minimise: .*stale-share/],
    [['--vary', 'phones.p.expires=60s..1h', '--minimise', '(1 + '],       qr/--minimise/],
    [['--vary', 'phones.p.expires=60s..1h', '--subject-to', 'stale-share'], qr/--subject-to/],
    [[],                                                                  qr/--vary/])
{
    my ($status, undef, $complaint) = run($program, 'tune', $one, '--output', "$scratch/bad", @{ $case->[0] });
    is($status, 2, "@{$case->[0]}: refused");
    like($complaint, qr/\Arollcall: .*(?:$case->[1]).*\n\z/, "@{$case->[0]}: in one line");
}
done_testing;

#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall compare`: whether two scenarios, variants or results differ, and what it rests on.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my $text = <<'INI';
[scenario]
duration = 2d
[registrar]
auth = none
[network n]
pool = 10.0.0.0/16
[phones desk]
count = 64
network = n
expires = 1h
power = fails exp(12h), back after exp(2h)
[phones lab]
count = 32
network = n
expires = 1h
power = fails exp(12h), back after exp(2h)
[variant short]
phones.*.expires = 10min
INI
my $a = spew("$scratch/a.ini", $text);
my $b = spew("$scratch/b.ini", $text =~ s/expires = 1h/expires = 2h/r);
my $station = spew("$scratch/station.ini", "$text\n[station]\nservice = 1ms\n");

sub compare {
    my ($name, @arguments) = @_;
    my ($status, $out, $complaint) =
        run($release, 'compare', '--output', "$scratch/out", '--replications', 3, @arguments);
    is("$status$complaint", '0', "$name: no complaint");
    return $out;
}

my $against = compare('--against', $a, '--against', 'phones.desk.expires=2h', '--metric', 'stale-share',
    '--metric', 'register-rate', '--metric', 'misdirected-share');
like($against, qr/^stale-share .*B is higher$/m, '--against: a longer expiry leaves more stale');
like($against, qr/^register-rate .*B is lower$/m, '--against: and needs fewer requests');
like($against, qr/paired by batches of phones of 3 runs/, '--against: paired');
my ($least) = $against =~ /divides the variance of the differences by ([\d.e+]+) to/;
cmp_ok($least // 0, '>', 1.5, '--against: the same draws narrow the difference');
like(slurp("$scratch/out/a/compare/comparison.csv"), qr/^metric,unit,a,.*\nstale-share,1,/, '--against: as CSV');
ok(-s "$scratch/out/a/compare/plots/differences.$_", "--against: a picture, $_") for qw(svg pdf png);

my $files = compare('two files', $a, $b, '--metric', 'stale-share');
like($files, qr/^stale-share .*B is higher$/m, 'two files: a verdict');
like($files, qr/paired/, 'two files with the same phones: paired');
is_deeply([map { -s "$scratch/out/$_/runs/campaign.db" ? 1 : 0 } qw(a b)], [1, 1], 'their runs are kept');

my $group = compare('--of', $a, $b, '--metric', 'stale-share', '--of', 'lab');
like($group, qr/^stale-share .*no difference shown$/m, '--of: the group that is the same does not differ');

my $variant = compare('a variant', $a, "$a\@short", '--metric', 'stale-share');
like($variant, qr/^stale-share .*B is lower$/m, 'a variant: less stale');

my $results = compare('results', "$scratch/out/a/runs", "$scratch/out/b/runs/campaign.db", '--metric', 'stale-share');
is(($results =~ /^(stale-share.*)/m)[0], ($files =~ /^(stale-share.*)/m)[0], 'results: as the files they are of');

my ($swept) = run($release, 'sweep', $a, '--output', "$scratch/out", '--quiet', '--vary', 'phones.*.expires=1h,4h',
    '--replications', 3);
is($swept, 0, 'a sweep');
my $points = compare('points', "$scratch/out/a/sweep\@0", "$scratch/out/a/sweep\@1", '--metric', 'stale-share');
like($points, qr/^stale-share .*B is higher$/m, 'points of a sweep');

my $seeds = spew("$scratch/seeds.ini", $text =~ s/^\[scenario\]/[scenario]\nseed = 7/mr);
my $unpaired = compare('other draws', $a, $seeds, '--metric', 'stale-share');
like($unpaired, qr/not paired \(Welch\).*they have other draws/, 'other draws: not paired, and why');
like($unpaired, qr/^stale-share .*no difference shown$/m, 'other draws: the same scenario does not differ');

my $coupled = compare('coupled', $station, '--against', 'phones.*.expires=2h', '--metric', 'stale-share');
like($coupled, qr/paired by runs of 3 runs/, 'coupled phones: runs are the units');

for my $case (
    [[$a],                                  qr/--against/],
    [[$a, "$a\@shrt"],                      qr/no \[variant shrt\]/],
    [["$scratch/out/a/sweep", $a],          qr/2 points/],
    [["$scratch/out/a/sweep\@9", $a],       qr/no point/],
    [[$a, $b, '--of', 'dask'],              qr/desk/],
    [[$a, "$scratch/none.db"],              qr/none\.db/])
{
    my ($status, undef, $complaint) = run($program, 'compare', '--output', "$scratch/out", '--replications', 3, @{ $case->[0] });
    is($status, 2, "@{$case->[0]}: refused");
    like($complaint, qr/\Arollcall: .*(?:$case->[1]).*\n\z/, "@{$case->[0]}: in one line");
}
done_testing;

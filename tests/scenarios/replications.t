#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Several runs of a scenario come to the same bytes whatever the jobs, and are judged together.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my $hello = "$top/scenarios/hello.ini";

sub runs {
    my ($name, @options) = @_;
    my ($status, $out, $complaint) = run($release, 'run', $hello, '-o', "$scratch/$name", @options);
    is($complaint, '', "$name: no complaint");
    return ($status, $out, "$scratch/$name/hello/runs");
}

my ($status, $out, $one) = runs('one', '--precision', '20%', '-m', 'reachability', '-m', 'stale-share', '-j', '1');
my (undef, undef, $three) = runs('three', '--precision', '20%', '-m', 'reachability', '-m', 'stale-share', '-j', '3');
is($status, 0, 'expectations met');
my ($needed) = $out =~ /^(\d+) runs were enough for a precision of 20%/m;
cmp_ok($needed // 0, '>', 10, 'precision takes more than the least there are');
for my $file (qw(campaign.db summary.txt estimates.csv)) {
    ok(defined slurp("$one/$file") && slurp("$one/$file") eq (slurp("$three/$file") // ''),
        "$file is the same with 1 and 3 jobs");
}
like($out, qr/^Intervals: 95 %/m, 'the method is told');
like($out, qr/^stale-life +/m, 'quantiles');
like($out, qr/MSER-5/, 'warm-up');

my $strict = spew("$scratch/strict.ini", slurp($hello) =~ s/^reachability\s*>=.*$/reachability >= 99.99%/mr);
my ($missed, $told) = run($release, 'run', $strict, '-n', '2', '-o', $scratch);
is($missed, 1, 'an expectation that is not met: exit 1');
like($told, qr/^NOT MET/m, 'and it is told');

for my $option (['--trace'], ['--transactions'], ['--pcap', 'x.pcap'], ['--phone', 'desk.1']) {
    my ($refused, undef, $why) = run($release, 'run', $hello, '-n', '2', @$option);
    is($refused, 2, "$option->[0]: refused");
    like($why, qr/\Arollcall: $option->[0] is of one run.*\n\z/, "$option->[0]: in one line");
}
done_testing;

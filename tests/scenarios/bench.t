#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall bench`: each suite prints its figures, as lines and as JSON, and ratios are those of its
# figures. What they come to on this machine is not judged.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my $bare = $ENV{BARE_PROGRAMS} or plan skip_all => 'BARE_PROGRAMS is not set';

sub figures {
    my ($name, @options) = @_;
    my ($status, $out, $complaint) = run($release, 'bench', '--suite', $name, '--bare', $bare, @options);
    is($status, 0, "$name: exit status");
    is($complaint, '', "$name: no complaint");
    my %figures;
    for my $line (split /\n/, $out) {
        next if like($line, qr/\A[a-z][\w-]* [\d.]+ \S+\z/, "$name: a line") && $line !~ /(\S+) (\S+) (\S+)/;
        $figures{$1} = $2;
    }
    return \%figures;
}

sub has {
    my ($figures, $name, @names) = @_;
    is(join(' ', grep { !($figures->{$_} > 0) } @names), '', "$name: every figure");
}

sub is_ratio {
    my ($figures, $ratio, $above, $below) = @_;
    cmp_ok(abs($figures->{$ratio} / ($above / $below) - 1), '<', 0.01, "$ratio is one");
}

my $core = figures('core', '--most', 400);
has($core, 'core', qw(event-hold message-read direct-registration direct-registration-challenged
    wire-registration wire-registration-challenged service));

my $scale = figures('scale', '--most', 10000);
has($scale, 'scale', map { "scale-10000-$_" } qw(event registration registrations memory bare-event event-ratio));
is_ratio($scale, 'scale-10000-event-ratio', @$scale{qw(scale-10000-event scale-10000-bare-event)});

my $wire = figures('wire', '--most', 100);
has($wire, 'wire', qw(wire-registration osip-parse-request osip-parse-reply wire-ratio wire-registration-challenged));
is_ratio($wire, 'wire-ratio', $wire->{'wire-registration'}, $wire->{'osip-parse-request'} + $wire->{'osip-parse-reply'});

my $queue = figures('queue', '--most', 1000);
has($queue, 'queue', map { "queue-$_-1000" } qw(buckets heap2 heap4 pairing gtree gsequence));

my ($status, $out, $complaint) = run($release, qw(bench --json --most 100));
my $json = JSON::PP->new->decode($out);
is(scalar(@{ $json->{figures} }), scalar(keys %$core), 'JSON: as many figures');
is(join(' ', sort map { $_->{name} } @{ $json->{figures} }), join(' ', sort keys %$core), 'JSON: the same');

# Without the programs to compare with there are no ratios, and it says why.
($status, $out, $complaint) = run($release, qw(bench --suite wire --most 100 --bare), $scratch);
is($status, 0, 'no programs: exit status');
one_line($complaint, qr/osip-alone is not there: no ratios/, 'no programs');
unlike($out, qr/-ratio |osip/, 'no programs: no ratios');

for my $mistake (
    [ [qw(--suite scal)], qr/--suite: no such suite: scal; did you mean "scale"\?/ ],
    [ [qw(--most 0)], qr/--most 0: from 1 to 10000000/ ],
) {
    ($status, $out, $complaint) = run($program, 'bench', @{ $mistake->[0] });
    is($status, 2, "@{$mistake->[0]}: exit status");
    one_line($complaint, $mistake->[1], "@{$mistake->[0]}");
}

done_testing;

#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall fuzz`: core and model agree in 20,000 sequences, through both doors, and the same seed
# gives the same sequences. With ROLLCALL_BROKEN, a program whose core breaks a rule, the difference
# is found, is short, and can be replayed.
use strict;
use warnings;
use File::Temp ();
use FindBin;
use Test::More;

my $program = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
my $scratch = File::Temp::tempdir(CLEANUP => 1);

sub fuzz {
    my ($binary, @arguments) = @_;
    my $child = open(my $in, '-|') // die "fork: $!";
    if ($child == 0) {
        open STDERR, '>', "$scratch/stderr" or die;
        exec $binary, @arguments or die "$binary: $!";
    }
    my $out = do { local $/; <$in> } // '';
    close $in;
    return ($? >> 8, $out);
}

my ($status, $out) = fuzz($program, 'fuzz', '--count', 20000);
is($status, 0, '20,000 sequences, SIP text') or diag($out);
my ($messages) = $out =~ /^20000 sequences, (\d+) messages: no difference/m;
cmp_ok($messages // 0, '>', 100000, 'most of them have several messages');

($status, $out) = fuzz($program, 'fuzz', '--count', 5000, '--link', 'direct', '--seed', 2);
is($status, 0, '5,000 sequences, decoded') or diag($out);
my (undef, $again) = fuzz($program, 'fuzz', '--count', 5000, '--seed', 2);
s/ \([\d.]+ s\)// for $out, $again;
is($again, $out, 'the same seed sends the same messages');

for my $case (['--count', 0], ['--seed', -1], ['--first', 4294967296], ['--link', 'carrier'], ['file']) {
    my ($status, $out) = fuzz($program, 'fuzz', @$case);
    is($status, 2, "fuzz @$case is refused");
    is($out, '', "fuzz @$case prints nothing");
}

if (my $broken = $ENV{ROLLCALL_BROKEN}) {
    my ($status, $out) = fuzz($broken, 'fuzz', '--count', 20000);
    is($status, 1, 'a broken core differs');
    my ($n) = $out =~ /shrunk to (\d+) messages/;
    cmp_ok($n // 99, '<=', 4, 'in at most 4 messages') or diag($out);
    open my $file, '>', "$scratch/difference.ini" or die;
    print $file $out;
    close $file;
    is((fuzz($broken, 'check', "$scratch/difference.ini"))[0], 1, 'which show it again');
    is((fuzz($program, 'check', "$scratch/difference.ini"))[0], 0, 'and hold for the right core');
}

done_testing;

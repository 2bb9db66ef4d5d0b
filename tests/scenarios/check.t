#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall check`: every regression holds, what does not hold is said as TAP says it, and bad input
# stops it before anything runs.
use strict;
use warnings;
use File::Temp ();
use FindBin;
use Test::More;

my $program = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
my $top     = "$FindBin::Bin/../..";
my $scratch = File::Temp::tempdir(CLEANUP => 1);

sub spew {
    my ($name, $text) = @_;
    open my $out, '>', "$scratch/$name" or die "$scratch/$name: $!";
    print $out $text;
    close $out or die "$scratch/$name: $!";
    return "$scratch/$name";
}

# Exit status, stdout and stderr.
sub check {
    my (@arguments) = @_;
    my $child = open(my $in, '-|') // die "fork: $!";
    if ($child == 0) {
        open STDERR, '>', "$scratch/stderr" or die;
        exec $program, 'check', @arguments or die "$program: $!";
    }
    my $out = do { local $/; <$in> } // '';
    close $in;
    my $status = $? >> 8;
    open my $errors, '<', "$scratch/stderr" or die;
    my $complaint = do { local $/; <$errors> } // '';
    return ($status, $out, $complaint);
}

my @files = sort glob "$top/scenarios/regression/*.ini";
cmp_ok(scalar @files, '>=', 15, 'there are regressions enough');
for my $file (@files) {
    my ($name) = $file =~ m{([^/]+)\.ini\z};
    my ($status, $out, $complaint) = check($file);
    is($status, 0, "$name holds") or diag($out, $complaint);
    my ($n) = $out =~ /^1\.\.(\d+)$/m;
    is(scalar(() = $out =~ /^ok /mg), $n, "$name: a line for each expectation");
    open my $in, '<', $file or die;
    my $text = do { local $/; <$in> };
    like($text, qr/\A(?:#.*\n)*#.*\bSource:\s/, "$name names its source");
}

my ($status, $out) = check('--link', 'direct', @files);
is($status, 0, 'all of them in one go, decoded') or diag($out);

# The example of the documentation is no mere decoration.
open my $doc, '<', "$top/docs/scenario.md" or die;
my ($example) = do { local $/; <$doc> } =~ /^## \[script\]\n.*?^```ini\n(.*?)^```/ms;
($status, $out) = check(spew('example.ini', $example // ''));
is($status, 0, 'the example in docs/scenario.md holds') or diag($out);

my $bad = spew('bad.ini', <<'INI');
[script]
at 0s alice sends REGISTER contact=<sip:a@h>
at 0s expect 200
at 0s expect 500 contacts=none
at 0s lookup alice finds none
INI
($status, $out) = check($bad);
is($status, 1, 'not met: exit status');
like($out, qr/^1\.\.3$/m, 'not met: the plan');
like($out, qr/^ok 1 - bad:3: at 0s expect 200$/m, 'not met: what is met');
like($out, qr/^not ok 2 - bad:4: .*\n(?:#.*\n)*#   SIP\/2\.0 200 OK$/m, 'not met: what came back');
like($out, qr/^not ok 3 - bad:5: .*\n#   found <sip:a\@h>;expires=3600;q=1$/m, 'not met: what was found');

my $expect = spew('expect.ini', <<'INI');
[scenario]
duration = 1h
[network lan]
pool = 10.0.0.0/24
[phones desk]
count   = 5
network = lan
[expect]
stale-share  >= 90%
reachability >= 10%
INI
($status, $out) = check($expect);
is($status, 1, 'a metric that is not met: exit status');
like($out, qr/^not ok 1 - expect:9: stale-share  >= 90%\n#   measured: \d/m, 'a metric: what was measured');
like($out, qr/^ok 2 - expect:10: /m, 'a metric that is met');

my $mistake = spew('mistake.ini', "[script]\nat 0s alice sends REGISTER\nat 0s expct 200 x\n");
my $empty   = spew('none.ini', "[scenario]\nduration = 1h\n[network lan]\npool = 10.0.0.0/24\n"
        . "[phones desk]\ncount = 5\nnetwork = lan\n");
for my $case (
    ['a mistake', qr/mistake\.ini:3: unknown step "expct"; did you mean "expect"/, $bad, $mistake],
    ['no expectation', qr/nothing is expected/, $empty],
    ['no file', qr/needs a scenario file/],
    ['a file that is not there', qr/nowhere\.ini/, 'nowhere.ini'],
    ['an unknown link', qr/known: wire, direct/, '--link', 'carrier', $bad],
    ['a change of a script', qr/in the file only/, '--set', 'script.at=1', $bad],
) {
    my ($name, $pattern, @arguments) = @$case;
    my ($status, $out, $complaint) = check(@arguments);
    is($status, 2, "$name: exit status");
    is($out, '', "$name: nothing runs");
    like($complaint, qr/\Arollcall: [^\n]*\n\z/, "$name: one line");
    like($complaint, $pattern, "$name: what is wrong");
}

done_testing;

#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall conform` as a user runs it: on the core, on plug-ins, on a real server.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Far;
use Test::More;

my $rollcall = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
my $plugins = $rollcall =~ s{sim/rollcall$}{tests}r;

# Output and exit code; what goes to stderr is mixed in.
sub run {
    my (@words) = @_;
    my $out = qx(@{[join ' ', map { "'$_'" } $rollcall, 'conform', @words]} 2>&1);
    return ($out, $? >> 8);
}

my ($out, $code) = run();
is($code, 0, 'every MUST holds in the core');
my @failed = $out =~ /^not ok \d+ - (?:MUST|SHOULD) .*$/mg;
is("@failed", '', 'and every SHOULD');
my ($plan) = $out =~ /^1\.\.(\d+)$/m;
my @lines = $out =~ /^(?:not )?ok (\d+) /mg;
cmp_ok($plan, '>=', 57, 'there are at least 57 rules');
is_deeply(\@lines, [1 .. $plan], 'numbered as planned');
my $checks = () = $out =~ /^    (?:not )?ok \d+ /mg;
cmp_ok($checks, '>=', 120, 'there are at least 120 subtests');
is((run())[0], $out, 'a second run says the same');

($out, $code) = run('--list');
is($code, 0, '--list');
is(scalar(my @rules = split /\n/, $out), $plan, 'lists each rule');
my %seen;
is(join(' ', grep { $seen{$_}++ } map { (split)[0] } @rules), '', 'under a name of its own');

($out, $code) = run('--only', '10.3.7-lower');
is($code, 0, '--only with a part of a name');
like($out, qr/^1\.\.1\n/, 'tries one rule');
($out, $code) = run('--only', '19.1.4-*', '--markdown');
is($code, 0, '--markdown');
like($out, qr/^\| rule .*\n\|---.*\n\| 19\.1\.4-\S+ \| 3261, [^|]*19\.1\.4 \| MUST \| .* \| holds \|\n/,
    'prints a table');

($out, $code) = run('--plugin', "$plugins/plugin.so", '--only', '10.3');
is($code, 0, 'a plug-in that obeys passes') or diag $out;
($out, $code) = run('--plugin', "$plugins/plugin-broken.so", '--only', '10.3');
is($code, 1, 'one that takes requests in any order does not');
like($out, qr/^not ok \d+ - MUST RFC 3261 section 10\.3 step 7 \(10\.3\.7-lower\)/m, 'for that reason');
like($out, qr/    # expected: 4xx or 5xx\n    # sent:\n    #   REGISTER .*    # came back:\n    #   SIP\/2\.0 200 OK/s,
    'it says what was expected, sent, and came back');

for ([ ['--only', 'no-such-rule'], qr/^rollcall: no rule has that/ ],
    [ ['--plugin', '/nonexistent.so'],      qr/^rollcall: .*nonexistent/ ],
    [ ['--to', 'sctp:127.0.0.1:5060'],      qr/^rollcall: "sctp:127.0.0.1:5060" is no address/ ],
    [ ['--to', 'udp:127.0.0.1:x'],          qr/^rollcall: "udp:127.0.0.1:x" is no address/ ],
    [ ['--to', 'udp:h:1', '--plugin', 'x'], qr/^rollcall: either --to or --plugin/ ],
    [ ['left', 'over'],                     qr/^rollcall: conform takes options only/ ]) {
    my ($words, $wanted) = @$_;
    ($out, $code) = run(@$words);
    is($code, 2, "@$words: exit 2");
    like($out, $wanted, 'with one clear line');
}

SKIP: {
    my $port = free_port();
    my $pid = start_kamailio($port, 'kamailio.cfg') or skip 'kamailio is not installed, or does not start', 6;
    for my $transport (qw(udp tcp)) {
        ($out, $code) = run('--to', "$transport:127.0.0.1:$port", '--domain', 'example.org');
        is($code, 1, "Kamailio over $transport: not every MUST holds");
        is(scalar(my @tried = $out =~ /^(?:not )?ok \d+ /mg), $plan, 'every rule is tried or passed over');
        like($out, qr/^ok \d+ - MUST .*\(10\.3\.7-other-call-id\): .*[a-z]$/m, 'what it does right is seen');
    }
    stop($pid);
}

done_testing;

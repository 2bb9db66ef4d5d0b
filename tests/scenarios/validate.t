#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall validate`: every oracle agrees on the direct link, and the table is what it says. Some do
# so on the wire; that the links agree otherwise is for other tests. What is not accepted is for
# tests/unit/test-validate.c.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

# Without a program that is not slowed by sanitizers, a part of the table has to do.
my @part = $ENV{ROLLCALL_RELEASE} ? () : ('--only', 'power-fail-fixed*');
my ($status, $out, $complaint) = run($release, 'validate', @part, '--csv', "$scratch/all.csv");
is($status, 0, 'every row is met') or diag $out;
is($complaint, '', 'nothing on stderr, which is no terminal');
my ($head, @rows) = split /\n/, (split /\n\n/, $out)[0];
like($head, qr/^oracle +parameters +metric +simulated +exact +std\.error +error % +z$/, 'the head of the table');
like($out, qr/\n\nAll ${\scalar @rows} rows are within 4 standard errors/, 'the end of it counts the rows');
unlike($out, qr/<--/, 'no row is marked');
cmp_ok(scalar @rows, '>=', 100, 'there are at least 100 rows') unless @part;

# The file has the same rows, and says what it means by them.
my ($names, @lines) = map { [ split /,/, $_, -1 ] } split /\n/, slurp("$scratch/all.csv");
is("@$names", 'oracle parameters metric simulated exact standard_error error_percent z met', 'the head of the file');
is(scalar @lines, scalar @rows, 'a line for each row');
my (@wrong, %cases);
for (@lines) {
    my ($oracle, $parameters, $metric, $seen, $exact, $error, $percent, $z, $met) = @$_;
    $cases{$oracle}{$parameters} = 1;
    my $good = @$_ == 9 && $met eq 'yes' && $error >= 0 && $error <= 0.01 * abs $exact
        && abs($percent - 100 * ($seen / $exact - 1)) < 1e-6
        && abs($z * $error - ($seen - $exact)) <= 1e-9 * abs $exact;
    push @wrong, "$oracle $parameters $metric" unless $good;
}
is("@wrong", '', 'in which error, percent and z are those of the values');
my @single = grep { keys %{ $cases{$_} } < 2 } sort keys %cases;
is("@single", '', 'each oracle has at least two sets of parameters');

# The documentation names them all.
my $method = slurp("$top/docs/method.md");
is(join(' ', grep { index($method, "`$_`") < 0 } sort keys %cases), '', 'docs/method.md has every row');

# The same seed gives the same table, another one does not, and neither does the link change it.
my @one = ('validate', '--only', 'power-fail-fixed-off');
my (undef, $again) = run($release, @one);
my @expected = grep { /^power-fail-fixed-off / } @rows;
same_text(join("\n", map { s/ +/ /gr } grep { /^power/ } split /\n/, $again),
    join("\n", map { s/ +/ /gr } @expected), 'one oracle by itself says the same');
my (undef, $wire) = run($release, @one, '--link', 'wire');
same_text($wire, $again, 'and the same on the wire');
my ($other, $seeded) = run($release, @one, '--seed', 2);
is($other, 0, 'another seed is as good');
isnt($seeded, $again, 'and not the same');

for ([ ['--only', 'no-such'],  qr/^rollcall: no oracle has "no-such" in its name; see the first column of rollcall validate$/ ],
    [ ['--link', 'wired'],     qr/^rollcall: unknown link "wired"; did you mean "wire"\?$/ ],
    [ ['--seed', '-1'],        qr/^rollcall: --seed must not be negative$/ ],
    [ ['left', 'over'],        qr/^rollcall: validate takes options only; see rollcall validate --help$/ ],
    [ [ '--only', 'power-fail-fixed-off', '--csv', "$scratch/none/x.csv" ], qr/^rollcall: .*none\/x\.csv/ ]) {
    my ($words, $wanted) = @$_;
    ($status, undef, $complaint) = run($release, 'validate', @$words);
    is($status, 2, "@$words: exit 2");
    one_line($complaint, $wanted, "@$words");
}

done_testing;

#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `rollcall new`: what it writes runs as it stands, and nothing that is there is lost. And what
# `rollcall --version` tells.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $program = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
$program = abs_path($program);
my $top = abs_path("$FindBin::Bin/../..");
chdir tempdir(CLEANUP => 1) or die;

sub content {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!";
    local $/;
    return scalar <$in>;
}

# Exit status and both outputs of a command line.
sub run {
    my ($line) = @_;
    my $out = qx($line 2>err);
    return ($? >> 8, $out, content('err'));
}

# The version.
my ($version) = content("$top/meson.build") =~ /^project\(.*version: '([\d.]+)'/m;
my ($code, $out, $err) = run("'$program' --version");
is($code, 0, '--version');
like($out, qr/\Arollcall \Q$version\E\n/, 'the version stands first, by itself');
like($out, qr/^Built by \w+ [\d.]+ for \w+/m, 'then who built it for what');
for my $name (content("$top/sim/meson.build") =~ /\b(\w+)\.version\(\)/g) {
    next if $name =~ /^(?:cc|mpi)$/;
    my %shown = (glib => 'GLib', osip => 'libosip2', gsl => 'GSL', sqlite => 'SQLite', gnutls => 'GnuTLS',
        microhttpd => 'libmicrohttpd', pcap => 'libpcap');
    my $shown = $shown{$name} // $name;
    like($out, qr/^  \Q$shown\E +\d+\.\d+/m, "the version of $shown");
}
like($out, qr/^Licence: GPL-3\.0-or-later.*LGPL-2\.1-or-later/m, 'the licences');
like($out, qr/no warranty/, 'and that there is no warranty');
unlike($out, qr{/}, 'but no path of the machine that built it');

# The kinds.
my $help = qx('$program' new --help);
my ($list) = $help =~ /^Kinds:\n(.*?)\n\n/ms;
my @kinds = $list =~ /^  (\w+)/gm;
cmp_ok(scalar @kinds, '>=', 2, '--help lists the kinds');
for my $kind (@kinds) {
    ($code, $out, $err) = run("'$program' new $kind --kind $kind");
    is("$code$err", '0', "$kind: written");
    like(content("$kind.ini"), qr/^title +=.*\b$kind\b/m, "$kind: with its name as title");
    my ($next) = $out =~ /^  rollcall (.*)/m;
    ok($next, "$kind: it says what to do next") or next;
    ($code, $out, $err) = run("'$program' $next");
    is($code, 0, "$kind: that works, and what is expected is met") or diag $out, $err;
}
is(system('cmp', '-s', 'town.ini', "$kinds[0].ini"), 0, 'the first kind is the town');
run("'$program' new plain");
is(content('plain.ini') =~ s/\bplain\b/town/r, content('town.ini'), 'and is taken if nothing is said');

# What is there.
open my $mine, '>', 'mine.ini' or die;
print $mine "my work\n";
close $mine;
for my $name ('mine', 'mine.ini') {
    ($code, $out, $err) = run("'$program' new $name");
    is($code, 2, "$name: a file that is there is not written over");
    is($err, "rollcall: mine.ini exists; --force writes over it\n", "$name: and it is said what would");
    is(content('mine.ini'), "my work\n", "$name: and it is as it was");
}
($code) = run("'$program' new mine --force");
is($code, 0, '--force');
like(content('mine.ini'), qr/^\[scenario\]$/m, 'writes over it');

# Mistakes.
my %mistakes = (
    "x --kind twon"   => qr/^rollcall: --kind: unknown kind "twon"; did you mean "town"\?$/,
    "x --kind zzzzzz" => qr/^rollcall: --kind: unknown kind "zzzzzz"; known: town, storm, script$/,
    "absent/x"        => qr{^rollcall: absent/x\.ini cannot be written: No such file or directory$},
    ""                => qr/^rollcall: new needs a name/,
    "a b"             => qr/^rollcall: new needs a name/,
);
for my $words (sort keys %mistakes) {
    ($code, $out, $err) = run("'$program' new $words");
    is($code, 2, "new $words: exit status");
    like($err, $mistakes{$words}, "new $words: what is wrong");
    is($out, '', "new $words: and nothing else");
}
ok(!-e 'x.ini', 'nothing is written then');

# A name with a blank, and a `;` in it: the title is read, and the next command can be typed.
($code, $out) = run(qq('$program' new 'my ; shop'));
my ($next) = $out =~ /^  rollcall (.*)/m;
($code, $out, $err) = run("'$program' $next --quiet");
is($code, 0, 'a name that a shell would split') or diag $err;

done_testing;

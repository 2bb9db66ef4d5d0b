#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Every message of the program. tests/data/errors.txt is the table: a command, and the one line that
# it has to say. Then the sources are read: each message in them is one that a row or a unit test has
# seen, or is in the list of those that cannot be provoked; and each says what to do.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;
use Text::ParseWords qw(shellwords);

my $right = "[scenario]\nduration = 1h\n[network lan]\npool = 10.0.0.0/24\n[phones desk]\ncount = 5\nnetwork = lan\n";

# --- the table
my (@rows, %excused);
my ($whole, $more, $csv) = ('', '', undef);
for my $line (split /\n/, slurp("$top/tests/data/errors.txt")) {
    if    ($line =~ /^\| ?(.*)/) { $whole .= "$1\n" }
    elsif ($line =~ /^\+ ?(.*)/) { $more  .= "$1\n" }
    elsif ($line =~ /^@ ?(.*)/)  { $csv = ($csv // '') . "$1\n" }
    elsif ($line =~ /^\$ (.*)/)  {
        push @rows, { command => $1, ini => length $whole ? $whole : $right . $more, csv => $csv };
        ($whole, $more, $csv) = ('', '', undef);
    }
    elsif ($line =~ /^> (.*)/)        { $rows[-1]{says} = $1 }
    elsif ($line =~ /^! (.*?) :: (.+)/) { $excused{$1} = $2 }
    elsif ($line =~ /^[^#]/)          { die "errors.txt: $line\n" }
}

# --- what some rows need: campaigns, databases of others
sub database {
    my ($path, @statements) = @_;
    make_path($path =~ s{/[^/]*\z}{}r);
    my ($status) = run('/usr/bin/env', 'python3', '-c', <<'END', $path, @statements);
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    for statement in sys.argv[2:]:
        database.execute(statement)
END
    is($status, 0, "a database for the rows: $path");
    return;
}
spew("$scratch/t.ini", $right);
for ([ 'swept', '--vary', 'phones.desk.expires=1h,2h' ], [ 'words', '--vary', 'network.lan.assign=random,oldest' ]) {
    my ($to, @axis) = @$_;
    is((run($release, 'sweep', 't.ini', @axis, '-q', '-o', $to))[0], 0, "a campaign for the rows: $to");
}
is((run($release, 'run', 't.ini', '-n', '2', '-q', '-o', 'several'))[0], 0, 'several runs for the rows');
database("$scratch/foreign/t/sweep/campaign.db", 'PRAGMA application_id = 77', 'CREATE TABLE a (b)');
database("$scratch/foreign.db", 'PRAGMA application_id = 77', 'CREATE TABLE a (b)');
database("$scratch/odd-users.db", 'CREATE TABLE users (username, realm, ha1)', q(INSERT INTO users VALUES ('a:b', 'h', 'x')));
make_path("$scratch/newer/t/sweep", "$scratch/bad-script/plots");
spew("$scratch/newer/t/sweep/campaign.db", slurp("$scratch/swept/t/sweep/campaign.db"));
database("$scratch/newer/t/sweep/campaign.db", 'PRAGMA user_version = 999');
spew("$scratch/bad-script/plots/bad.gp", "plott 1\n");
$ENV{XDG_STATE_HOME} = '/dev/null';
delete $ENV{STATE_DIRECTORY};

my @said;
for my $row (@rows) {
    spew("$scratch/t.ini", $row->{ini});
    spew("$scratch/t.csv", $row->{csv}) if defined $row->{csv};
    my ($status, $out, $complaint) = run($release, shellwords($row->{command}));
    my $wanted = join '.*', map { quotemeta } split /\Q...\E/, $row->{says}, -1;
    push @said, $complaint =~ s/\Arollcall: |\n\z//gr;
    is($status, 2, "$row->{command}: exit status");
    is($out, '', "$row->{command}: nothing on stdout");
    like($complaint, qr/\Arollcall: [^\n]*\n\z/, "$row->{command}: one line");
    like($complaint, qr/\Arollcall: $wanted\n\z/, "$row->{command}: what it says");
}

# --- the sources
my $literal = qr/"(?:[^"\\]|\\.)*"/;

# C without comments; lines stay where they are.
sub code_of {
    my ($path) = @_;
    return slurp($path) =~ s{(/\*.*?\*/)}{$1 =~ tr/\n//cdr}gser;
}

# The arguments of the call whose bracket has just been read.
sub arguments_at {
    my ($text, $start) = @_;
    my $depth = 1;
    pos($$text) = $start;
    while ($depth > 0 && $$text =~ /\G(?:$literal|'(?:[^'\\]|\\.)'|[^()"']+|([()]))/g) {
        $depth += !defined $1 ? 0 : $1 eq '(' ? 1 : -1;
    }
    return substr $$text, $start, (pos($$text) // $start + 1) - $start - 1;
}

# Neighbouring literals are one; the macros of formats within are numbers.
sub literals_of {
    my ($text) = @_;
    $text =~ s/\bPRI?[dux]\d+\b|\bG_\w+_FORMAT\b/"u"/g;
    my @found;
    while ($text =~ /((?:$literal\s*)+)/g) {
        my $run = $1;
        push @found, join '', map { substr $_, 1, -1 } $run =~ /($literal)/g;
    }
    return map { s/\\"/"/gr =~ s/\\n\z//r =~ s/\Arollcall: //r } @found;
}

# [place, function, message] of every call that complains. In a file, functions of its own that take
# a text and are called fail or the like complain, too.
sub messages_in {
    my ($path) = @_;
    my $text = code_of($path);
    my %complains = map { $_ => 1 } qw(g_set_error g_set_error_literal g_error_new sim_words_fail sim_words_unknown fprintf);
    while ($text =~ /^(\w*(?:fail|refuse|complain)\w*)\([^)]*const char \*[^)]*\)\n\{/mg) {
        $complains{$1} = 1;
    }
    my $names = join '|', keys %complains;
    my @found;
    while ($text =~ /(?<!\n)\b($names)\(/g) {
        my ($name, $start) = ($1, pos $text);
        my $arguments = arguments_at(\$text, $start);
        pos($text) = $start;
        next if $name eq 'fprintf' && $arguments !~ /\A\s*stderr\b/;
        my $line = 1 + (substr($text, 0, $start) =~ tr/\n//);
        push @found, map { [ ($path =~ s{^\Q$top\E/}{}r) . ":$line", $name, $_ ] }
            grep { /[a-z]{2}.* / && !/\A(?:\\r|\[%s\] %)/ } literals_of($arguments);
    }
    return @found;
}

sub sources {
    my ($dir) = @_;
    return map { -d ? sources($_) : /\.c\z/ ? $_ : () } sort glob "$dir/*";
}

# A format as a pattern of what it can make.
sub pattern_of {
    my ($format) = @_;
    my $pattern = join '', map { $_ eq '%%' ? '%' : /^%./ ? '.*?' : quotemeta }
        split /(%%|%(?:\.\*|[-.\d])*(?:z?[usdgfc]))/, $format;
    $pattern =~ s/\A(?:\.\*\?)+|(?:\.\*\?)+\z//g;
    return qr/$pattern/;
}

my $seen = join "\n", @said, map { literals_of(code_of($_)) } glob "$top/tests/unit/*.[ch]";
# sim/reference is a tool of the build.
my @messages = map { messages_in($_) } grep { !m{/sim/reference/} } sources("$top/sim"), sources("$top/src");
cmp_ok(scalar @messages, '>=', 400, 'the messages are found');
my %used;
for (@messages) {
    my ($place, $function, $message) = @$_;
    my ($start) = grep { index($message, $_) == 0 } keys %excused;
    $used{$start} = 1 if defined $start;
    next if defined $start || $seen =~ pattern_of($message);
    fail("$place: a row of tests/data/errors.txt, or the reason why there is none, for: $message");
}
is(join("\n", grep { !$used{$_} } sort keys %excused), '', 'what is excused is in the sources');

# What to do: a hint behind a semicolon, an example, the words that are known, or the bounds.
my $advice = qr/;\ |such\ as|e\.g\.\ |did\ you\ mean|known:\ |write\ |for\ example|example\ is|it\ looks\ like|needs\ |must\ |
    (?:is|are|be|:)\ from|has\ to\ be|the\ (?:form|least|most)\b|form:|forms:|is\ expected|within\ \d|see\ --|leave\ |at\ least|
    use\ |say\ |choose\ |run\ with|with\ --|is\ not\ (?:a|from|whole|an)\b|takes\ options|either|\?$|starts\ with:|there\ is/x;
my @silent = grep { my $m = $_->[2]; $_->[1] =~ /^(?:g_set_error|sim_words_fail|fprintf|fail_at|refuse)/ && $m !~ $advice
        && !grep { index($m, $_) == 0 } keys %excused } @messages;
is(join("\n", map { "$_->[0]: $_->[2]" } @silent), '', 'each message says what to do');

done_testing;

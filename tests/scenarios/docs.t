#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The documents against the program: what `--help` offers stands in the man page and in the
# completion, every key of docs/scenario.md too, links lead somewhere, and the examples work.
use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $program = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
my $top = "$FindBin::Bin/../..";
my $scratch = tempdir(CLEANUP => 1);

sub content {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!";
    local $/;
    return scalar <$in>;
}

sub put {
    my ($name, $text) = @_;
    open my $out, '>', "$scratch/$name" or die "$scratch/$name: $!";
    print $out $text;
    close $out or die "$scratch/$name: $!";
    return "$scratch/$name";
}

# The words that bash would offer after @words; the last one is what stands before the cursor.
sub offered {
    my @words = @_;
    my $script = '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rollcall; printf "%s\n" "${COMPREPLY[@]}"';
    open my $bash, '-|', 'bash', '-c', $script, "$top/docs/completion/rollcall.bash", @words
        or die "bash: $!";
    chomp(my @offers = <$bash>);
    return grep { length } @offers;
}

# What zsh would be told: the completion runs with the functions of zsh in place that print what they
# are given. @words is a command, and what else stands on the line.
sub told_zsh {
    my ($call, @words) = @_;
    my $script = 'compdef() {}; _describe() { print -rl -- ${(P)@[-1]}; }; '
        . '_arguments() { print -rl -- "$@"; }; compadd() { print -rl -- "$@"; }; '
        . '_call_program() { shift; "$@"; }; . "$1"; call=$2; program=$3; words=("${@[4,-1]}"); eval $call';
    open my $zsh, '-|', 'zsh', '-f', '-c', $script, 'zsh', "$top/docs/completion/_rollcall", $call, $program, @words
        or die "zsh: $!";
    chomp(my @lines = <$zsh>);
    return @lines;
}

# Which of @$wanted are not in @$there, as one text.
sub lacking {
    my ($wanted, $there) = @_;
    my %there = map { $_ => 1 } @$there;
    return join ' ', grep { !$there{$_} } @$wanted;
}

sub blocks {
    my ($text, $language) = @_;
    return $text =~ /^```$language\n(.*?)^```$/gms;
}

# The manual pages as the build makes them.
my $maker = $program =~ s{rollcall$}{rollcall-reference}r;
sub page {
    my ($name) = @_;
    my $page = qx("$maker" man "$top/docs/man/$name.mdoc");
    is($?, 0, "docs/man/$name.mdoc: a page is made of it");
    return $page;
}
my $man = page('rollcall');
my $man5 = page('rollcall-scenario');
my $readme = content("$top/README.md");

# Commands.
my $help = qx("$program" --help);
my ($list) = $help =~ /^Commands:\n(.*?)\n\n/ms;
my @commands = $list =~ /^  (\S+)/gm;
cmp_ok(scalar @commands, '>=', 5, 'commands are listed');
is(lacking(\@commands, [offered('rollcall', '')]), '', 'the completion has every command');
like($man, qr/^\.It Xr rollcall-\Q$_\E 1$/m, "$_: told in rollcall(1)") for @commands;
my $rules = content("$top/sim/meson.build");
like($rules, qr/'\Q$_\E': '1'/, "$_: its page is installed") for @commands;

# Options: those of --help stand in the page, with the value that is taken if nothing is said.
my %man = (rollcall => $man, 'rollcall-scenario' => $man5);
for my $command (@commands) {
    my $lines = qx("$program" $command --help) =~ s/\n {20,}(?=\S)/ /gr;
    my @options = map { /^\s+(-.*?)(?:\s{2,}|$)/ ? $1 =~ /(?<![\w-])(--?[a-z][a-z-]*)/g : () } split /\n/, $lines;
    $man{"rollcall-$command"} = my $page = page($command);
    my ($listed) = $page =~ /^\.Sh OPTIONS\n(.*?)^\.Sh/ms;
    my @untold = grep { my $flag = s/^-//r; $listed !~ /^\.It .*\bFl \Q$flag\E(?![\w-])/m } @options;
    cmp_ok(scalar @options, '>=', 2, "$command: --help lists options");
    is("@untold", '', "$command: the man page has every option");
    is(lacking(\@options, [offered('rollcall', $command, '-')]), '',
        "$command: the completion has every option");
    my @astray;
    while ($lines =~ /--([a-z-]+)(?:=\S+)?\s{2,}.*\(default: ([\w.]+)\)/g) {
        my ($name, $default) = ($1, $2);
        my ($told) = $listed =~ /^\.It [^\n]*\bFl -\Q$name\E\b[^\n]*\n(.*?)(?=^\.It Fl|\z)/ms;
        push @astray, "$name $default" unless $told =~ /(?<![\w.])\Q$default\E(?!\w)/;
    }
    is("@astray", '', "$command: what is taken if nothing is said is the same on the page");
    for my $title ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS', 'EXAMPLES', 'SEE ALSO') {
        like($page, qr/^\.Sh \Q$title\E\n\.?\w/m, "$command: the page has $title");
    }
    while ($page =~ /^\.Xr rollcall-(\w+) 1/mg) {
        ok(-e "$top/docs/man/$1.mdoc", "$command: rollcall-$1(1), which its page names, is there");
    }
}
SKIP: {
    skip 'mandoc is not installed', 1 if system('command -v mandoc >/dev/null') != 0;
    for my $name (sort keys %man) {
        my $file = put($name, $man{$name});
        # Of pages that are not installed here it knows nothing.
        my @complaints = grep { !/referenced manual not found|mandoc\.db/ } qx(mandoc -T lint -W style "$file" 2>&1);
        is("@complaints", '', "$name: mandoc finds nothing wrong with the page");
    }
}
SKIP: {
    skip 'groff with its mdoc is not installed', 1 if system('echo .Sh NAME | groff -mdoc -z 2>/dev/null') != 0;
    for my $name (sort keys %man) {
        my $file = put($name, $man{$name});
        is(scalar qx(groff -ww -mdoc -Tutf8 -z "$file" 2>&1), '', "$name: nor groff");
    }
}

my @links = qx("$program" run --help) =~ /How requests travel: (\w+) .* or (\w+)/;
is(lacking(\@links, [offered('rollcall', 'run', '--link', '')]), '', 'the completion has every link');
my @metrics = map { /^(\S+)/ } qx("$program" metrics);
is(lacking(\@metrics, [offered($program, 'sweep', '--metric', '')]), '', 'the completion has every metric');
is_deeply([offered('rollcall', 'run', '--link', '=', 'd')], ['direct'], 'after --link= too');
for my $command (qw(check fuzz)) {
    is(lacking(\@links, [offered('rollcall', $command, '-l', '')]), '', "$command: the completion has every link");
}

# The completion for zsh: the same commands, options, arguments and what --help says of commands.
my $zsh = system('command -v zsh >/dev/null') == 0;
SKIP: {
    skip 'zsh is not installed', 1 unless $zsh;
    my @described = map { "$1:$2" if /^  (\S+)\s+(.*)/ } split /\n/, $list;
    is_deeply([told_zsh('_rollcall_give_commands')], \@described, 'zsh: every command, as --help has it');
    for my $command (@commands) {
        my %takes;
        for (split /\n/, qx("$program" $command --help)) {
            my ($names) = /^  (-.*?)(?:\s{2,}|$)/ or next;
            $takes{$_} = $names =~ /=/ ? 1 : 0 for $names =~ /(?<![\w-])(--?[a-z][a-z-]*)/gi;
        }
        my $call = qq{(( \$+functions[_rollcall_$command] )) && _rollcall_$command || print -rl -- \$_rollcall_help};
        my %offers = map { /^(?:\([^)]*\))?\*?(--?[A-Za-z][a-z-]*)([+=]?)\[/ ? ($1 => $2 ? 1 : 0) : () } told_zsh($call, $command);
        is_deeply(\%offers, \%takes, "zsh: $command: every option, and which of them take something");
    }
    is(lacking(\@metrics, [told_zsh('_rollcall_give_metrics')]), '', 'zsh: every metric');
}

# What is generated in the pages is what `./quickstart docs` would write now.
for my $from (glob "$top/docs/*.md") {
    put(basename($from), content($from));
}
my $complaint = qx("$maker" fill "$scratch"/*.md 2>&1);
is($?, 0, 'every list of the program has its place in docs/') or diag $complaint;
for my $from (glob "$top/docs/*.md") {
    my $name = basename($from);
    is(content("$scratch/$name"), content($from), "docs/$name: as ./quickstart docs writes it");
}

# The method: each closed form and each oracle has its source and its test, and the tests are there.
my ($sources) = content("$top/docs/method.md") =~ /^## Sources and tests\n(.*?)^## /ms;
my $tests = join '', map { content($_) } glob "$top/tests/{oracles,unit,slow}/*.c";
my @oracles = map { content($_) =~ /\.name = "([a-z-]+)"/g } glob "$top/sim/experiment/oracles/oracle-*.c";
my @forms = content("$top/sim/experiment/oracles/closed-forms.h") =~ /^\w.*\b(sim_exact_\w+)\(/mg;
my @rows = $sources =~ /^\|(.*?)\|/mg;
cmp_ok(scalar @oracles, '>=', 30, 'oracles are found');
cmp_ok(scalar @forms, '>=', 40, 'closed forms are found');
is(lacking(\@oracles, [map { /`([a-z-]+)`/g } @rows]), '', 'method.md: every oracle of validate');
is(lacking(\@forms, [$sources =~ /`(sim_exact_\w+)`/g]), '', 'method.md: every closed form');
is(join(' ', grep { $tests !~ /"\Q$_\E"/ } $sources =~ m{`(/[^`]+)`}g), '', 'method.md: the tests that it names are there');
is(join(' ', grep { !/\| [^|]+ \| [^|]+ \|$/ } grep { /^\|[^-]/ } split /\n/, $sources), '', 'method.md: each has a source and a test');

# Keys.
my ($section, %keys);
for (split /\n/, content("$top/docs/scenario.md")) {
    $section = $1 if /^## \[(\w+)/;
    undef $section if /^## [^\[]/;
    push @{ $keys{$section} }, $1 if $section && /^- \*\*`([\w-]+)`\*\*/;
}
my %name = (network => 'adsl', phones => 'desk', event => 'storm');
my $named = put('named.ini', join '', map { "[$_ $name{$_}]\n" } sort keys %name);
for my $group (sort keys %keys) {
    my $before = join '.', $group, $name{$group} // (), '';
    if ($zsh) {
        my @settings = told_zsh('_rollcall_give_settings; _rollcall_give_server_settings', 'run', $named);
        my @given = map { /^\Q$before\E([\w-]+)=$/ ? $1 : () } @settings;
        my %seen;
        is_deeply([sort grep { !$seen{$_}++ } @given], [sort @{ $keys{$group} }], "[$group]: zsh: just its keys");
    }
    my ($told) = $man5 =~ /^\.Li \[\Q$group\E\b[^\n]*\]\n(.*?)(?=^\.Sh)/ms;
    my @offers = map { s/^\Q$before\E|=$//gr } offered('rollcall', 'run', $named, '--set', $before);
    is(lacking($keys{$group}, \@offers), '', "[$group]: the completion has every key");
    is(lacking(\@offers, $keys{$group}), '', "[$group]: and no other");
    is(lacking($keys{$group}, [$told =~ /^\.It Ic ([a-z-]+)/mg]), '', "[$group]: the man page has every key");
}
is_deeply([offered('rollcall', 'run', $named, '--set', 'phones.')], ['phones.desk.'],
    'the completion knows the groups of a scenario');
my @scenarios = glob "$top/scenarios/*.ini";
is(lacking(\@scenarios, [offered('rollcall', 'run', "$top/scenarios/")]), '',
    'the completion has the scenario files');

# Links, and the functions they name.
for my $page ('README.md', 'CONTRIBUTING.md', map { "docs/" . basename($_) } glob "$top/docs/*.md") {
    my $text = content("$top/$page") =~ s/^```.*?^```$//gmsr;
    my (@dead, @unknown);
    while ($text =~ /\[([^\]]*)\]\(([^)#\s]+)[^)]*\)/g) {
        my ($label, $target) = ($1, $2);
        next if $target =~ /^\w+:/;
        my $path = dirname("$top/$page") . "/$target";
        if (!-e $path) {
            push @dead, $target;
        } elsif ($label =~ /^`(\w+)\(\)`$/) {
            my $function = $1;
            push @unknown, "$function in $target" unless content($path) =~ /^\Q$function\E\(/m;
        }
    }
    is("@dead", '', "$page: links lead somewhere");
    is("@unknown", '', "$page: functions are where it says");
}

# Examples.
my @examples = ((map { ['README.md', $_] } blocks($readme, 'ini')),
    map { ['rollcall-scenario.5', $_] } $man5 =~ /^\.Bd -literal[^\n]*\n(.*?)^\.Ed/gms);
my $example = 0;
for (@examples) {
    my ($page, $text) = @$_;
    my $file = put('example' . ++$example . '.ini', $text);
    my $script = $text =~ /^\[script\]$/m;
    my $said = $script ? qx("$program" check "$file" 2>&1)
        : qx("$program" run --quiet --output "$scratch" "$file" 2>&1);
    is($?, 0, "$page: " . ($script ? 'the script is met' : 'the scenario runs and is met')) or diag $said;
}
my ($regression) = grep { /^\[script\]$/m } blocks($readme, 'ini');
is($regression, content("$top/scenarios/regression/copy-refused-for-its-cseq.ini") =~ s/\A(?:#.*\n)*//r,
    'README.md: the script is that of the file it names');

my $library = $program =~ s{sim/rollcall$}{src/libroll.a}r;
my $source = put('embed.c', (grep { /main\(void\)/ } blocks($readme, 'c'))[0]);
my ($build) = grep { /libroll\.a/ } blocks($readme, 'sh');
my $sanitizers = qx(nm "$library" 2>/dev/null) =~ /__asan_/ ? '-fsanitize=address,undefined' : '';
$build =~ s{^cc }{cc $sanitizers -Wall -Wextra -Werror };
$build =~ s{-Iinclude}{-I"$top/include"};
$build =~ s{embed\.c}{"$source"};
$build =~ s{build/src/libroll\.a}{"$library"};
$build =~ s{-o embed}{-o "$scratch/embed"};
my $complaints = qx($build 2>&1);
is($?, 0, 'README.md: the program around the core builds') or diag $complaints;
my $answer = qx("$scratch/embed" 2>&1);
like($answer, qr{^SIP/2\.0 200 OK\r\n}, 'README.md: and answers');
like($answer, qr/^1 contact, then 0 records$/m, 'README.md: and forgets');

my ($metric) = grep { /^\s*X\(/ } blocks(content("$top/CONTRIBUTING.md"), 'c');
my @tallies = $metric =~ /SIM_BIT\((\w+)\)/g;
my $metrics = content("$top/sim/measure/metrics.h");
is(lacking(\@tallies, [$metrics =~ /\bX\((\w+)/g]), '', 'CONTRIBUTING.md: the metric is made of tallies there are');

# A release has one number and one day, wherever they stand.
my ($release, $day, $month, $year) = content("$top/NEWS.md") =~ /^## (\S+), (\d+) (\w+) (\d+)$/m;
my $changelog = content("$top/packaging/debian/changelog");
my ($short) = $month =~ /^(...)/;
my %says = (
    'meson.build' => content("$top/meson.build") =~ /^project\(.*version: '\Q$release\E'/m,
    '--version' => qx("$program" --version) =~ /^rollcall \Q$release\E\b/,
    'packaging/debian/changelog' => $changelog =~ /\Arollcall \(\Q$release\E\) .*?^ -- [^\n]*, $day $short $year /ms,
    'the manual pages' => content("$top/sim/reference/man.c") =~ /"$month $day, $year"/,
);
is(join(' ', grep { !$says{$_} } sort keys %says), '', "release $release of $day $month $year is the same everywhere");

done_testing;

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

my $man = content("$top/docs/rollcall.1");
my $man5 = content("$top/docs/rollcall-scenario.5");
my $readme = content("$top/README.md");

# Commands.
my $help = qx("$program" --help);
my ($list) = $help =~ /^Commands:\n(.*?)\n\n/ms;
my @commands = $list =~ /^  (\S+)/gm;
cmp_ok(scalar @commands, '>=', 5, 'commands are listed');
is(lacking(\@commands, [offered('rollcall', '')]), '', 'the completion has every command');
for my $command (@commands) {
    like($man, qr/^\.Nm\n\.Cm \Q$command\E$/m, "$command: in the synopsis of the man page");
    like($man, qr/^\.It Cm \Q$command\E\b/m, "$command: told in the man page");
}

# Options.
for my $command (@commands) {
    my @options = map { /^\s+(-.*?)(?:\s{2,}|$)/ ? $1 =~ /(?<![\w-])(--?[a-z][a-z-]*)/g : () }
        split /\n/, qx("$program" $command --help);
    my @untold = grep { my $flag = s/^-//r; $man !~ /\bFl \Q$flag\E(?![\w-])/ } @options;
    cmp_ok(scalar @options, '>=', 2, "$command: --help lists options");
    is("@untold", '', "$command: the man page has every option");
    is(lacking(\@options, [offered('rollcall', $command, '-')]), '',
        "$command: the completion has every option");
}
my @links = qx("$program" run --help) =~ /How requests travel: (\w+) .* or (\w+)/;
is(lacking(\@links, [offered('rollcall', 'run', '--link', '')]), '', 'the completion has every link');
is_deeply([offered('rollcall', 'run', '--link', '=', 'd')], ['direct'], 'after --link= too');
for my $command (qw(check fuzz)) {
    is(lacking(\@links, [offered('rollcall', $command, '-l', '')]), '', "$command: the completion has every link");
}

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
    my ($told) = $man5 =~ /^\.It Li \[\Q$group\E\b[^\n]*\n(.*?)(?=^\.It|^\.El)/ms;
    my @offers = map { s/^\Q$before\E|=$//gr } offered('rollcall', 'run', $named, '--set', $before);
    is(lacking($keys{$group}, \@offers), '', "[$group]: the completion has every key");
    is(lacking(\@offers, $keys{$group}), '', "[$group]: and no other");
    is(lacking($keys{$group}, [$told =~ /([a-z][a-z-]*)/g]), '', "[$group]: the man page has every key");
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

done_testing;

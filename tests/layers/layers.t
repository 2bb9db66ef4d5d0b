#!/usr/bin/env perl
# Who may include whom: dependencies point one way, so that each part can be read, tested and
# replaced by itself. One subtest for each rule, naming the lines that break it.
use strict;
use warnings;
use FindBin;
use File::Find;
use Test::More;

my $top = "$FindBin::Bin/../..";

# A folder and the folders its files may include from; `src` stands for private headers in src/.
my @order = (
    [ 'include/rollcall'  => [qw(rollcall)] ],
    [ 'src'               => [qw(rollcall src)] ],
    [ 'src/store'         => [qw(rollcall src)] ],
    [ 'src/net'           => [qw(rollcall src/net)] ],
    [ 'sim/serve'         => [qw(rollcall sim/scenario sim/engine sim/measure/metrics.h sim/experiment/config.h sim/serve)] ],
    [ 'sim/engine'        => [qw(rollcall sim/engine)] ],
    [ 'sim/scenario'      => [qw(rollcall sim/engine sim/scenario sim/measure/metrics.h)] ],
    [ 'sim/model'         => [qw(rollcall sim/engine sim/scenario sim/model)] ],
    [ 'sim/link'          => [qw(rollcall sim/engine sim/scenario sim/model sim/link)] ],
    [ 'sim/measure'       => [qw(rollcall sim/engine sim/scenario sim/model sim/measure)] ],
    [ 'sim/net'           => [qw(rollcall sim/net)] ],
    [ 'sim/experiment'    => [qw(rollcall sim/engine sim/scenario sim/model sim/link sim/measure sim/net sim/experiment)] ],
    [ 'sim/campaign'      => [qw(rollcall sim/engine sim/scenario sim/model sim/link sim/measure sim/experiment sim/campaign)] ],
    [ 'sim/load'          => [qw(rollcall sim/engine sim/net sim/load)] ],
    [ 'sim/conform'       => [qw(rollcall sim/net sim/conform)] ],
    [ 'sim/report'        => [qw(rollcall sim/engine sim/scenario sim/model sim/link sim/measure sim/experiment sim/campaign sim/load sim/report)] ],
    [ 'sim/script'        => [qw(rollcall sim/engine sim/scenario sim/experiment/config.h sim/script)] ],
    [ 'sim/fuzz'          => [qw(rollcall sim/engine sim/scenario sim/script sim/conform/target.h sim/fuzz tests/model)] ],
    [ 'tests/model'       => [qw(tests/model)] ],
    [ 'sim/command'       => [qw(rollcall sim/)] ],
    [ 'sim/reference'     => [qw(sim/command/command.h sim/scenario sim/measure/metrics.h sim/report/text.h sim/reference)] ],
);

sub files_of {
    my ($dir) = @_;
    my @files;
    find({ no_chdir => 1, wanted => sub { push @files, $_ if /\.[ch]$/ } }, "$top/$dir");
    return sort @files;
}

sub includes_of {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    return map { /^\s*#\s*include\s*[<"]([^>"]+)[>"]/ ? $1 : () } <$in>;
}

# Of the project's own headers only; a plain name is a header beside the file.
sub is_ours { return $_[0] =~ m{^(?:rollcall|sim|src|tests)/} }

for my $rule (@order) {
    my ($dir, $allowed) = @$rule;
    my @bad;
    for my $file (files_of($dir)) {
        for my $header (grep { is_ours($_) } includes_of($file)) {
            push @bad, "$file includes $header" unless grep { index($header, $_) == 0 } @$allowed;
        }
    }
    is("@bad", '', "$dir includes only @$allowed");
}

# A name without a folder is a header beside the file, so the core cannot reach into these by one.
my @outward = grep { my $f = $_; grep { m{^(?:\.\./|net/|store/)} } includes_of($f) } grep { !m{/src/(?:net|store)/} } files_of('src');
is("@outward", '', 'the core knows neither the server nor the stores');

# The page and its picture name every folder, and none that is not there.
my %folder = map { my ($dir) = m{^\Q$top\E/(.*)/[^/]+$}; $dir => 1 } map { files_of($_) } qw(include src sim);
delete $folder{'sim/experiment/oracles'};
my %ruled = map { $_->[0] => 1 } grep { $_->[0] ne 'tests/model' } @order;
is(join(' ', sort keys %folder), join(' ', sort keys %ruled), 'every folder has its rule');
for my $page ('docs/architecture.md', 'docs/images/architecture.svg') {
    open my $in, '<', "$top/$page" or die "$page: $!";
    my $text = do { local $/; <$in> };
    is(join(' ', grep { $text !~ m{\b\Q$_\E\b} } sort keys %folder), '', "$page: names every folder");
    my %named = map { $_ => 1 } $text =~ m{(?<![\w/.])((?:sim|src)/[a-z]+)(?=/?[^\w/.])}g;
    is(join(' ', grep { !$folder{$_} } sort keys %named), '', "$page: and no other");
}
{
    open my $in, '<', "$top/docs/images/architecture.svg" or die;
    my %file = map { $_ => 1 } map { />([a-z-]+\.[ch])</g } <$in>;
    is(join(' ', grep { !-f "$top/src/$_" } sort keys %file), '', 'the files in the picture are there');
}

# The way of one REGISTER on README: each function stands in the file that its link names.
{
    open my $in, '<', "$top/README.md" or die;
    my (@astray, $n);
    while (<$in>) {
        while (/\[`(\w+)\(\)`\]\(([^)]+\.c)\)/g) {
            my ($name, $file) = ($1, $2);
            open my $source, '<', "$top/$file" or push(@astray, $file), next;
            push @astray, "$file: $name" unless grep { /^(?:\w.*[ *])?\Q$name\E\(/ } <$source>;
            $n++;
        }
    }
    is("@astray", '', 'the functions on the way of a REGISTER are where README says');
    cmp_ok($n, '>', 20, 'and the way is there');
}

my @osip = grep { my $f = $_; grep { m{^osip} } includes_of($f) }
    map { files_of($_) } qw(include src sim);
is(join(' ', map { s{^\Q$top\E/}{}r } @osip), 'src/arena.c src/message.c src/via.c',
    'only what reads messages includes osip, and what gives it memory');

my @printing;
for my $file (map { files_of($_) } qw(src sim)) {
    next if $file =~ m{sim/(?:command/|reference/main\.c|report/(?:output|progress)\.c)};
    open my $in, '<', $file or die;
    push @printing, "$file:$." while <$in> =~ /\b(?:printf|puts|putchar|fputs|fprintf|g_print|g_printerr)\s*\(/;
}
is("@printing", '', 'only programs, output and progress print');

done_testing;

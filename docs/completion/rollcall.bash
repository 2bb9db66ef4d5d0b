# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion of rollcall for bash: commands, options, scenario files, results folders, links, and
# the keys of --set, with the group names of the scenario files on the line.
# shellcheck shell=bash disable=SC2207

_rollcall_keys() {
    case $1 in
    scenario) echo title duration seed replication bin warmup start ;;
    registrar) echo preset domain default-expires min-expires max-expires auth algorithms \
        nonce-lifetime purge-interval max-bindings max-records table-full brief expires-jitter grant-loss \
        order when-full replace-by-instance match late-margin qualify replica-lag nat-ping ;;
    station) echo service workers queue when-full retry-after overload-control ;;
    network) echo pool address assign lease release delay loss outages nat nat-share ;;
    phones) echo aor-of q outbound calendar moves-from \
        count profile network places registers expires asks refresh retry power ups leaves linger \
        boot surge notices instance old-contact credentials call-id wrong-password refresh-after-call timeout start-spacing port \
        keepalive push overload-control user-agent register register-from ;;
    event) echo at cut back repeats crash table clock ;;
    calls) echo rate fork pattern failed-records ;;
    serve) echo listen users store store-password-file write-back certificate private-key metrics \
        max-connections max-connections-per-source idle-timeout message-timeout rate-per-source \
        burst-per-source limit-loopback log log-level ;;
    esac
}

# What can stand before the `=` of --set: GROUP.KEY, or GROUP.NAME.KEY for the groups with names.
_rollcall_settings() {
    local cur=$1 word kind name key
    for kind in scenario registrar station calls; do
        for key in $(_rollcall_keys "$kind"); do echo "$kind.$key="; done
    done
    for kind in network phones event; do
        for word in "${COMP_WORDS[@]}"; do
            [[ $word == *.ini && -r $word ]] || continue
            sed -n "s/^[[:blank:]]*\[${kind}[[:blank:]]\{1,\}\([A-Za-z0-9_-]*\)\].*/\1/p" "$word"
        done | sort -u | while read -r name; do
            # First the names, and the keys once a name stands.
            if [[ $cur == "$kind.$name."* ]]; then
                for key in $(_rollcall_keys "$kind"); do echo "$kind.$name.$key="; done
            else
                echo "$kind.$name."
            fi
        done
        [[ $cur == "$kind".* ]] || echo "$kind."
    done
}

# The first phone of each group of the scenario files on the line.
_rollcall_phones() {
    local word
    for word in "${COMP_WORDS[@]}"; do
        [[ $word == *.ini && -r $word ]] || continue
        sed -n 's/^[[:blank:]]*\[phones[[:blank:]]\{1,\}\([A-Za-z0-9_-]*\)\].*/\1.1/p' "$word"
    done | sort -u
}

# The variants of the scenario files on the line.
_rollcall_variants() {
    local word
    for word in "${COMP_WORDS[@]}"; do
        [[ $word == *.ini && -r $word ]] || continue
        sed -n "s/^[[:blank:]]*\[variant[[:blank:]]\{1,\}\([A-Za-z0-9_-]*\)\].*/\1/p" "$word"
    done
}

_rollcall_offer() {
    COMPREPLY=($(compgen "$@"))
}

_rollcall_files() {
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -X "!*.ini" -- "$1") $(compgen -d -- "$1"))
}

_rollcall_folders() {
    compopt -o filenames 2>/dev/null
    _rollcall_offer -d -- "$1"
}

_rollcall_set() {
    compopt -o nospace 2>/dev/null
    _rollcall_offer -W "$(_rollcall_settings "$1")" -- "$1"
}

# Options on several runs.
_rollcall_runs="-n --replications --precision -m --metric --series -j --jobs --patience"

_rollcall_metrics() {
    _rollcall_offer -W "$("${COMP_WORDS[0]}" metrics 2>/dev/null | sed -n 's/^\([a-z][a-z-]*\) .*/\1/p')" -- "$1"
}

# sweep, tune and compare; what a command has beside the options of all studies.
_rollcall_study() {
    local cur=$1 prev=$2 own=$3
    case $prev in
    --link | -l) _rollcall_offer -W "wire direct" -- "$cur" ;;
    --set | -s | --vary | --step | --against | -b | --assume) _rollcall_set "$cur" ;;
    --output | -o) _rollcall_folders "$cur" ;;
    --variant) _rollcall_offer -W "$(_rollcall_variants)" -- "$cur" ;;
    --metric | -m | --series) _rollcall_metrics "$cur" ;;
    --where | --minimise | --subject-to | --of) ;;
    --replications | -n | --precision | --jobs | -j | --patience) ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "$own $_rollcall_runs --independent -s --set --variant -l --link -o --output
            -q --quiet -h --help" -- "$cur" ;;
        *) _rollcall_files "$cur" ;;
        esac
        ;;
    esac
}

_rollcall_plot() {
    local cur=$1 prev=$2
    case $prev in
    --kind | -k) _rollcall_offer -W "lines split trade-off heat-map convergence welch" -- "$cur" ;;
    --metric | -m) _rollcall_metrics "$cur" ;;
    -x | --x | --of | --contour | --point | -p) ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "-k --kind -m --metric -x --x --of --contour -p --point -h --help" -- "$cur" ;;
        *) _rollcall_folders "$cur" ;;
        esac
        ;;
    esac
}

_rollcall_export() {
    local cur=$1 prev=$2
    case $prev in
    --format | -f) _rollcall_offer -W "csv jsonl sca" -- "$cur" ;;
    --table | -t) _rollcall_offer -W "estimates results runs parameters quantiles warmup series" -- "$cur" ;;
    --output | -o)
        compopt -o filenames 2>/dev/null
        _rollcall_offer -f -- "$cur"
        ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "-f --format -t --table -o --output -h --help" -- "$cur" ;;
        *) _rollcall_folders "$cur" ;;
        esac
        ;;
    esac
}

_rollcall_run() {
    local cur=$1 prev=$2
    case $prev in
    --link | -l) _rollcall_offer -W "wire direct" -- "$cur" ;;
    --set | -s) _rollcall_set "$cur" ;;
    --output | -o) _rollcall_folders "$cur" ;;
    --phone) _rollcall_offer -W "$(_rollcall_phones)" -- "$cur" ;;
    --variant) _rollcall_offer -W "none $(_rollcall_variants)" -- "$cur" ;;
    --metric | -m | --series) _rollcall_metrics "$cur" ;;
    --replications | -n | --precision | --jobs | -j | --patience | --threads | -T) ;;
    --to | --compress | --max-lag | --verify) ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "-l --link -s --set -o --output -t --trace --phone --transactions --pcap --variant
            --to --compress --max-lag --verify --allow-remote
            -T --threads $_rollcall_runs -q --quiet -h --help" -- "$cur" ;;
        *) _rollcall_files "$cur" ;;
        esac
        ;;
    esac
}

_rollcall_users() {
    local cur=$1 prev=$2
    case $prev in
    --set | -s) _rollcall_set "$cur" ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "-s --set --plain -h --help" -- "$cur" ;;
        *) _rollcall_files "$cur" ;;
        esac
        ;;
    esac
}

_rollcall_new() {
    local cur=$1 prev=$2
    case $prev in
    --kind | -k) _rollcall_offer -W "town storm script" -- "$cur" ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "-k --kind --force -h --help" -- "$cur" ;;
        *) _rollcall_folders "$cur" ;;
        esac
        ;;
    esac
}

_rollcall_check() {
    local cur=$1 prev=$2
    case $prev in
    --link | -l) _rollcall_offer -W "wire direct" -- "$cur" ;;
    --set | -s) _rollcall_set "$cur" ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "-l --link -s --set -h --help" -- "$cur" ;;
        *) _rollcall_files "$cur" ;;
        esac
        ;;
    esac
}

# Options of load and of capacity --to.
_rollcall_far="-t --to --allow-remote --domain --first --user-format --password-format --expires --algorithm --sockets"

_rollcall_capacity() {
    local cur=$1 prev=$2
    case $prev in
    --set | -s) _rollcall_set "$cur" ;;
    --to | -t) _rollcall_offer -W "udp: tcp: tls:" -- "$cur" ;;
    --algorithm) _rollcall_offer -W "MD5 SHA-256 SHA-512-256" -- "$cur" ;;
    --agents | -n | --start | --limit | --threshold | --pause | --max-lag) ;;
    --domain | --first | --*-format | --expires | --sockets) ;;
    --csv)
        compopt -o filenames 2>/dev/null
        _rollcall_offer -f -- "$cur"
        ;;
    *)
        case $cur in
        -*) _rollcall_offer -W "-n --agents --start --limit --threshold --pause --max-lag --csv -s --set
            $_rollcall_far -h --help" -- "$cur" ;;
        *) _rollcall_files "$cur" ;;
        esac
        ;;
    esac
}

_rollcall_load() {
    local cur=$1 prev=$2
    case $prev in
    --to | -t) _rollcall_offer -W "udp: tcp: tls:" -- "$cur" ;;
    --kind | -k) _rollcall_offer -W "register refresh unauthenticated lookup fetch unregister mix" -- "$cur" ;;
    --arrivals) _rollcall_offer -W "fixed poisson" -- "$cur" ;;
    --algorithm) _rollcall_offer -W "MD5 SHA-256 SHA-512-256" -- "$cur" ;;
    --csv | --json | --write-users)
        compopt -o filenames 2>/dev/null
        _rollcall_offer -f -- "$cur"
        ;;
    --users | -u | --rate | -r | --duration | -d | --attempts | -n | --window | -w | --max-lag | --realm | --seed) ;;
    --domain | --first | --*-format | --expires | --sockets) ;;
    *) _rollcall_offer -W "-u --users -r --rate -d --duration -n --attempts -w --window -k --kind --arrivals --fill
        --max-lag --csv --json --write-users --realm --seed -q --quiet $_rollcall_far -h --help" -- "$cur" ;;
    esac
}

_rollcall_fuzz() {
    local cur=$1 prev=$2
    case $prev in
    --link | -l) _rollcall_offer -W "wire direct" -- "$cur" ;;
    --to) _rollcall_offer -W "udp: tcp: tls:" -- "$cur" ;;
    --seed | -s | --count | -c | --first | -f | --domain | --*-expires | --max-bindings) ;;
    *)
        _rollcall_offer -W "-s --seed -c --count -f --first -l --link -q --quiet --to --domain
            --default-expires --min-expires --max-expires --max-bindings -h --help" -- "$cur"
        ;;
    esac
}

_rollcall_conform() {
    local cur=$1 prev=$2
    case $prev in
    --plugin)
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -X "!*.so" -- "$cur") $(compgen -d -- "$cur"))
        ;;
    --to) _rollcall_offer -W "udp: tcp: tls:" -- "$cur" ;;
    --domain | --user | --password | --only) ;;
    *)
        _rollcall_offer -W "--to --plugin --domain --user --password --only --slow --markdown
            --list -h --help" -- "$cur"
        ;;
    esac
}

_rollcall_validate() {
    local cur=$1 prev=$2
    case $prev in
    --link | -l) _rollcall_offer -W "wire direct" -- "$cur" ;;
    --csv)
        compopt -o filenames 2>/dev/null
        _rollcall_offer -f -- "$cur"
        ;;
    --seed | -s | --only) ;;
    *) _rollcall_offer -W "-s --seed -l --link --only --csv -h --help" -- "$cur" ;;
    esac
}

_rollcall_serve() {
    local cur=$1 prev=$2 group key
    case $prev in
    --config | -c | --users)
        compopt -o filenames 2>/dev/null
        _rollcall_offer -f -- "$cur"
        ;;
    --listen | -l) _rollcall_offer -W "udp: tcp: tls:" -- "$cur" ;;
    --store) _rollcall_offer -W "memory sqlite: redis:" -- "$cur" ;;
    --set | -s)
        compopt -o nospace 2>/dev/null
        _rollcall_offer -W "$(for group in serve registrar; do
            for key in $(_rollcall_keys "$group"); do echo "$group.$key="; done
        done)" -- "$cur"
        ;;
    --domain) ;;
    *) _rollcall_offer -W "-c --config -l --listen --domain --users --store -s --set -h --help" -- "$cur" ;;
    esac
}

_rollcall() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    # bash takes `--link=wire` for three words.
    if [[ $cur == "=" ]]; then
        [[ $prev == -* ]] || return
        cur=
    elif [[ $prev == "=" && $COMP_CWORD -ge 3 ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
        [[ $prev == -* ]] || return
    fi
    if [[ $COMP_CWORD -eq 1 ]]; then
        _rollcall_offer -W "new run sweep tune compare export plot check fuzz metrics profiles conform presets validate capacity load serve users bench --help
            --version" -- "$cur"
        return
    fi
    case ${COMP_WORDS[1]} in
    new) _rollcall_new "$cur" "$prev" ;;
    run) _rollcall_run "$cur" "$prev" ;;
    check) _rollcall_check "$cur" "$prev" ;;
    fuzz) _rollcall_fuzz "$cur" "$prev" ;;
    plot) _rollcall_plot "$cur" "$prev" ;;
    sweep) _rollcall_study "$cur" "$prev" "--vary --step --where" ;;
    tune) _rollcall_study "$cur" "$prev" "--vary --minimise --subject-to --assume" ;;
    compare) _rollcall_study "$cur" "$prev" "-b --against --of" ;;
    export) _rollcall_export "$cur" "$prev" ;;
    conform) _rollcall_conform "$cur" "$prev" ;;
    validate) _rollcall_validate "$cur" "$prev" ;;
    capacity) _rollcall_capacity "$cur" "$prev" ;;
    load) _rollcall_load "$cur" "$prev" ;;
    users) _rollcall_users "$cur" "$prev" ;;
    serve) _rollcall_serve "$cur" "$prev" ;;
    bench)
        case $prev in
        --memory | --bare) _rollcall_folders "$cur" ;;
        --suite) _rollcall_offer -W "core scale wire queue hold" -- "$cur" ;;
        *) _rollcall_offer -W "--suite --most --json --bare --memory -h --help" -- "$cur" ;;
        esac
        ;;
    metrics | profiles | presets) _rollcall_offer -W "-h --help" -- "$cur" ;;
    esac
}

complete -F _rollcall rollcall

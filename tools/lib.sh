# SPDX-License-Identifier: Apache-2.0
# What ./run, ./test and .ci/run share; sourced by them. Everything that they leave behind is under build/.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Own cache of compiled files, so that nothing outside the checkout decides what a build takes.
export CCACHE_DIR=$root/build/.ccache
export CCACHE_BASEDIR=$root
export CCACHE_MAXSIZE=3G

say() { printf '\n== %s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# As many compilers at once as there are cores, and 1.5 GB of memory for each.
jobs_default() {
    local cores memory_kb by_memory
    cores=$(nproc)
    memory_kb=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
    by_memory=$((memory_kb / 1500000))
    if ((by_memory < 1)); then by_memory=1; fi
    echo $((by_memory < cores ? by_memory : cores))
}

# configure PRESET: only when there is something to do; ninja notices changed CMake files by itself.
configure() {
    local preset=$1 dir=$root/build/$1
    if [[ -f $dir/build.ninja && ! $root/CMakePresets.json -nt $dir/build.ninja ]]; then return; fi
    say "configuring build/$preset"
    mkdir -p "$dir"
    if ! (cd "$root" && cmake --preset "$preset") >"$dir/configure.log" 2>&1; then
        tail -n 20 "$dir/configure.log" >&2
        die "configuring build/$preset failed; the whole story is in build/$preset/configure.log"
    fi
    touch "$dir/build.ninja"
}

# build PRESET JOBS [TARGET...]
build() {
    local preset=$1 jobs=$2
    shift 2
    say "building build/$preset, $jobs at a time"
    (cd "$root" && cmake --build "build/$preset" -j "$jobs" ${1:+--target "$@"}) ||
        die "building build/$preset failed; the first error stands above"
}

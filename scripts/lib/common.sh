# shellcheck shell=bash disable=SC2034 # for the scripts that source it
# Steps that say what they do, keep a log, and show the end of it when they fail.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
running_step=''

# A step ends before its script does. As after Ctrl-C, which reaches a step by itself, apt-get first finishes what dpkg is
# doing; one that runs by sudo cannot be signalled, and is waited for.
stop_step() {
  if [[ -z $running_step ]]; then return; fi
  kill -INT "$running_step" 2>/dev/null
  wait "$running_step"
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
}
trap stop_step EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { printf '%s\n' "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# run_step TITLE LOG COMMAND...: runs it with its output in LOG, and shows the log's last line as it grows.
run_step() {
  local title=$1 log=$2 begin=$SECONDS shown=$SECONDS code=0
  shift 2
  mkdir -p "$(dirname "$log")"
  printf '== %s\n' "$title"
  # A script's background commands are deaf to Ctrl-C, if nothing is done about it.
  env --default-signal=INT "$@" >"$log" 2>&1 </dev/null &
  running_step=$!
  while kill -0 "$running_step" 2>/dev/null; do
    sleep 0.2
    show_progress "$log" "$begin" shown
  done
  wait "$running_step" || code=$?
  running_step=''
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
  if ((code != 0)); then
    tail -n 25 "$log" >&2
    fail "$title failed (exit code $code): the whole log is $log"
  fi
  printf '   done in %s s\n' $((SECONDS - begin))
}

# A line that is rewritten on a terminal; else a new one every 15 s.
show_progress() {
  local -n last_shown=$3
  if [[ -t 1 ]]; then
    printf '\r\033[K   %4d s  %s' $((SECONDS - $2)) "$(newest_line "$1" | cut -c "1-$((${COLUMNS:-80} - 12))")"
  elif ((SECONDS - last_shown >= 15)); then
    last_shown=$SECONDS
    printf '   %4d s  %s\n' $((SECONDS - $2)) "$(newest_line "$1" | cut -c 1-100)"
  fi
}

# Ninja's own last line, if there is one, rather than a compiler's: "[12/48] Compiling lib/server/http".
newest_line() {
  local recent
  recent=$(tail -n 200 "$1" | tr '\r' '\n' | grep -v '^ *$')
  grep '^\[[0-9]*/[0-9]*\]' <<<"$recent" | tail -n 1 | grep . | in_short || tail -n 1 <<<"$recent"
}

# A unit is named by its folder, a file by itself.
in_short() {
  sed -E 's#(Compiling) C\+\+ object ([^ ]*)/[^/ ]*\.p/meson-generated_.*#\1 \2#
          s#(Compiling) C\+\+ object ([^ ]*)/[^/ ]*\.p/(.*)\.o$#\1 \2: \3#'
}

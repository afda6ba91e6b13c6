# shellcheck shell=bash
# Programs in the background that end with the script, in the order it wants, and leave nothing behind.

# start_child NAME LOG COMMAND...: its process id is then in child_NAME. Deaf to the terminal's Ctrl-C,
# which is for the script; ended by the kernel if the script is killed.
start_child() {
  local name=$1 log=$2
  shift 2
  setsid setpriv --pdeathsig TERM "$@" >>"$log" 2>&1 </dev/null &
  printf -v "child_$name" '%s' $!
  printf -v "log_$name" '%s' "$log"
}

child_lives() {
  local -n pid=child_$1
  [[ -n ${pid:-} ]] && kill -0 "$pid" 2>/dev/null
}

# need_child NAME: fails, with the end of its log, if it has ended.
need_child() {
  child_lives "$1" && return
  local -n log=log_$1
  tail -n 15 "$log" >&2
  fail "the $1 has ended: its log is $log"
}

# stop_child NAME: asks it to end and waits, 15 s at most.
stop_child() {
  local -n pid=child_$1
  [[ -n ${pid:-} ]] || return 0
  local deadline=$((SECONDS + 15))
  kill "$pid" 2>/dev/null
  while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.05; done
  kill -KILL "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  pid=''
}

# wait_for NAME CONDITION...: until the condition holds, while NAME lives, 30 s at most.
wait_for() {
  local name=$1 deadline=$((SECONDS + 30))
  shift
  until "$@"; do
    need_child "$name"
    ((SECONDS < deadline)) || fail "waited 30 s in vain for the $name"
    sleep 0.1
  done
}

# http_ok PORT PATH: whether a server on this machine answers 200.
http_ok() {
  local answer
  answer=$({ exec 3<>"/dev/tcp/127.0.0.1/$1" &&
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3 &&
    head -n 1 <&3; } 2>/dev/null) || return 1
  [[ $answer == *' 200 '* ]]
}

# Below 32768, from where on Linux gives ports to connections that go out.
free_port() {
  local port
  while true; do
    port=$((RANDOM % 12000 + 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s\n' "$port"
}

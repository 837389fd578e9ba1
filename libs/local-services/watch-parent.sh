#!/bin/sh
# Ends a server whose starter is gone, however it went (SIGKILL included). The starter holds the other end of this script's
# standard input and never writes to it, so `read` returns at end of file: when the starter no longer exists.
#
#   watch-parent.sh <pid> <start time of that pid> <stop signal> [<folder to remove afterwards>]
#
# A process id is reused after its owner ended; the start time tells the server from a stranger with its number.
pid=$1 started=$2 stop_signal=$3 folder=$4

start_time() {
  if [ -d /proc/self ]; then
    # Behind the command's name in parentheses: the state is the 1st field, the start time in clock ticks the 20th.
    sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
  else
    LC_ALL=C ps -o lstart= -p "$pid" | sed 's/ *$//'
  fi
}
is_running() { [ "$(start_time)" = "$started" ]; }
children() { cat "/proc/$pid/task/$pid/children" 2>/dev/null || pgrep -P "$pid"; }

read -r _

if is_running; then
  family="$pid $(children)"
  kill -s "$stop_signal" "$pid"
  kill -s CONT $family 2>/dev/null # it may be paused
  tenths=0
  while is_running && [ $tenths -lt 100 ]; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  if is_running; then kill -s KILL $family 2>/dev/null; fi
fi
if [ -n "$folder" ]; then rm -rf "$folder"; fi

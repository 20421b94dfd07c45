could_not_run() { printf 'could not run: %s\n' "$1" >&2; exit 2; }

broken() { printf 'broken as reported: %s\n' "$1"; exit 1; }

not_reproduced() { printf 'not reproduced: %s\n' "$1"; exit 0; }

# The Authorization header of a step: in a file, as argument lists can be read by others.
authorization() { printf 'authorization%s\n' "${2:+: $2}" | sed 's/^authorization$/&;/' >"$made/$1.authorization"; }

# Sends a request, and keeps the reply under the number of the step.
send() {
  step=$1; shift
  [ -f "$made/$step.authorization" ] || : >"$made/$step.authorization"
  curl -sS --max-time 60 -H "@$made/$step.authorization" -D "$made/$step.headers" -o "$made/$step.body" \
    ${TRACE:+-H} ${TRACE:+"traceparent: 00-$TRACE-$(printf '%016x' "$step")-01"} \
    -w '%{http_code}\n%{content_type}\n' "$@" >"$made/$step.answer" \
    || could_not_run "step $step got no whole reply from $BASE_URL"
  printf 'step %s: %s\n' "$step" "$(status "$step")"
}

status() { sed -n 1p "$made/$1.answer"; }

was_accepted() {
  case $(status "$1") in
    2??|3??) ;;
    *) could_not_run "step $1, which only prepares, answered $(status "$1")" ;;
  esac
}

answers_like() {
  case $(status "$1") in
    "${2%??}"??) ;;
    '') could_not_run "step $1 got no reply" ;;
    *) not_reproduced "step $1 answered $(status "$1"), not $2" ;;
  esac
}

has_media_type() { [ "$(sed -n 2p "$made/$1.answer" | sed 's/ *;.*//' | tr 'A-Z' 'a-z')" = "$2" ]; }

# Whether the reply of a step holds the secret in a variable.
holds() { run_python holds "$2" <"$made/$1.body"; }

# The same of its headers.
headers_hold() { run_python holds "$2" <"$made/$1.headers"; }

# Whether a place in the JSON replies of two steps shows the same.
shows_the_same() { run_python same "$3" "$made/$2.body" <"$made/$1.body"; }

# Whether the reply of a step shows the fault: how to compare, where in the JSON, with what.
shows() { run_python shows "$2" "$3" "$4" <"$made/$1.body"; }

# A plain text in the JSON reply of a step.
taken() { [ -f "$made/$1.body" ] && run_python taken "$2" <"$made/$1.body"; }

# A piece of a text, perhaps changed.
part() { run_python part "$@"; }

# The token of the standard input with other claims, or another signature.
signed() { run_python signed "$@"; }

# A wrong key made of pieces of a good one.
wrong_key() { run_python wrong_key "$@"; }

# Restarts the target by a command of yours, and waits until it answers.
restart() {
  [ -n "${RESTART_COMMAND:-}" ] || could_not_run "RESTART_COMMAND is not set: the command that restarts the target"
  sh -c "$RESTART_COMMAND" || could_not_run "the command that restarts the target failed"
  curl -sS --retry 60 --retry-delay 1 --retry-connrefused -o /dev/null "$BASE_URL" \
    || could_not_run "the target does not answer after its restart"
}

repeated() { run_python repeated "$@"; }

run_python() { python3 "$made/functions.py" "$@"; }

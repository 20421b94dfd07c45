#!/bin/sh
# Judges once, says what moved since the last time, and keeps the result: nightly.sh OPTION... (the kit's options).
# Keys come from the environment. Reports land in reports/latest, the last result in reports/last.json.
latest=reports/latest last=reports/last.json

sessions-tck run -q "$@"
code=$?
[ ! -d $latest ] || sessions-tck cleanup $latest
case $code in 0 | 1)
    [ ! -f $last ] || sessions-tck diff $last $latest/result.json
    cp $latest/result.json $last
    ;;
esac
exit $code

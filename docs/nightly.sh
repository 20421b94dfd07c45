#!/bin/sh
# Judges once, compares with the previous result, and keeps the new one: nightly.sh OPTION... (the kit's options).
# Keys come from the environment. Reports are written to reports/latest, the result is kept in reports/last.json.
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

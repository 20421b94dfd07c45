#!/bin/sh
#ABOUT#
#
# This script sends the numbered steps to a target that holds nothing of them yet. It ends with one of:
#   broken as reported  (exit 1)
#   not reproduced      (exit 0)
#   could not run       (exit 2)
# Environment: BASE_URL is the target#SECRETS#. Needed: curl and python3.
# The functions that the steps use are below the steps.

BASE_URL=${BASE_URL:-#BASE_URL#}

steps() {
# A tag that no earlier run has used begins every name that the steps choose.
RUN=tck-$(python3 -c 'import secrets; print(secrets.token_hex(10))') || could_not_run 'python3 failed'
#TRACE#
#STEPS#
}

# The functions that the steps use.

#FUNCTIONS#

needs() { eval "[ -n \"\${$1:-}\" ]" || could_not_run "$1 is not set"; }

set -u
umask 077
needs_command() { command -v "$1" >/dev/null || could_not_run "$1 is missing"; }
needs_command curl
needs_command python3
#NEEDS#
made=$(mktemp -d) || could_not_run 'no directory for replies can be made'
trap 'rm -rf "$made"' EXIT
trap 'exit 2' HUP INT TERM

#CLEAN_UP#
#PROGRAM#
steps

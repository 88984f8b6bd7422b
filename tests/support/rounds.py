# SPDX-License-Identifier: Apache-2.0
"""The command line of a kill loop: reads --rounds, --seed and --new, runs the rounds of `plan`, and says
what came of them. Answers the exit code."""

import argparse
import sys
import time


def run_rounds(make_loop, plan, description, rounds, new):
    """`make_loop(seed, new)` has prepare(), run_round(number, how), finish(), ledger and server."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seed", type=int, default=1)
    # The server knows the last thousand messages of a channel or conversation by the numbers that
    # devices gave them. What a device sends again must be among them, also when others went on
    # sending while it was cut off.
    parser.add_argument(
        "--new", type=int, default=new, help="new messages of a device in a round, at most"
    )
    options = parser.parse_args()
    loop = make_loop(options.seed, options.new)
    started = time.monotonic()
    try:
        loop.prepare()
        for number, how in enumerate(plan(options.rounds)):
            acks = loop.run_round(number, how)
            print(
                f"round {number + 1}/{options.rounds}: {how} after {acks} acknowledgements",
                flush=True,
            )
        total = loop.finish()
        loop.server.assert_log_clean()
    except (AssertionError, OSError, TimeoutError) as error:
        print(
            f"FAILED with --seed {options.seed}: {error}\n{loop.server.log_tail()}", file=sys.stderr
        )
        return 1
    finally:
        loop.server.close()
    print(
        f"durability: {options.rounds} rounds, {loop.ledger.acks} acknowledged, {len(loop.ledger.sent)} "
        f"sent, {total} stored, none lost, none twice, none invented; "
        f"{time.monotonic() - started:.1f} s"
    )
    return 0

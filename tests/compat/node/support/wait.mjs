// SPDX-License-Identifier: Apache-2.0
// Waiting for what a test expects: always for an event, never for a time to pass, and never longer
// than the patience. What a failed wait says is made by the caller, who knows the server's log.
import { EventEmitter } from 'node:events';

/// How long anything may take before the test gives up, in ms. Generous: sanitizers, two cores.
export const patience_ms = Number(process.env.FENSHEN_TEST_PATIENCE_MS ?? 30_000);

export class WaitFailed extends Error {}

/// Something that changes and can be waited for. Subclasses call `changed()` at each change.
export class Observable {
    #events = new EventEmitter().setMaxListeners(0);

    changed() {
        this.#events.emit('change');
    }

    /// Resolves with the first truthy value of `look()`, looked at now and at each change.
    /// `explain()` is asked for text when the deadline has passed.
    until(what, look, { within_ms = patience_ms, explain = () => '' } = {}) {
        return new Promise((resolve, reject) => {
            let timer;
            const finish = (settle, value) => {
                clearTimeout(timer);
                this.#events.off('change', check);
                settle(value);
            };
            const check = () => {
                try {
                    const value = look();
                    if (value) finish(resolve, value);
                } catch (error) {
                    finish(reject, error);
                }
            };
            timer = setTimeout(() => {
                const text = `waited ${within_ms} ms in vain for: ${what}\n${explain()}`;
                finish(reject, new WaitFailed(text));
            }, within_ms);
            this.#events.on('change', check);
            check();
        });
    }
}

/// A door that is open or shut; `passed()` resolves as soon as it is open.
export class Gate {
    #waiting = [];
    #open = true;

    shut() {
        this.#open = false;
    }

    open() {
        this.#open = true;
        for (const resolve of this.#waiting.splice(0)) resolve();
    }

    passed() {
        return this.#open
            ? Promise.resolve()
            : new Promise((resolve) => this.#waiting.push(resolve));
    }
}

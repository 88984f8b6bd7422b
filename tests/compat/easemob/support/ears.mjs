// SPDX-License-Identifier: Apache-2.0
// Who is told what of something that a device does: what every device of a scene heard while it was
// done is compared whole, so that "once" and "nobody else" are proven along with it.
import assert from 'node:assert/strict';

/// Everything that tells of a change; messages and the connection's own events are not looked at.
const kinds = new Set([
    'onMultiDeviceEvent', 'onGroupEvent', 'onGroupChange', 'onChatThreadChange', 'onMessagePinEvent',
    'onContactInvited', 'onContactAdded', 'onContactAgreed', 'onContactDeleted', 'onContactRefuse',
    'onChannelMessage', 'onRecallMessage', 'onModifiedMessage',
]);

/// What differs each time and was looked at: that it is the time of the test, or an id.
function settle(argument) {
    const settled = { ...argument };
    for (const name of ['timestamp', 'createTimestamp', 'time', 'lastModified']) {
        if (settled[name] === undefined) continue;
        assert.ok(Math.abs(settled[name] - Date.now()) < 120_000, `${name} ${settled[name]}`);
        settled[name] = 'now';
    }
    if (settled.detail) settled.detail = settle(settled.detail);
    return settled;
}

/// Any order that does not depend on the order of keys.
const text_of = (value) =>
    value instanceof Object ? Object.entries(value).map(([key, each]) => key + text_of(each)).sort().join() : String(value);
const by_text = (a, b) => (text_of(a) < text_of(b) ? -1 : 1);

/// The older listener repeats what the newer one says, with these besides.
const older = new Set(['fromJid', 'toJid', 'status', 'owner', 'chatroom']);
const without_older = (argument) =>
    Object.fromEntries(Object.entries(argument).filter(([name]) => !older.has(name)));

export class Ears {
    #world;
    #devices;
    #clerk;
    #words = 0;
    #places = new Map();

    /// `people`: {uid: [device, ...]}. All are opened, along with a clerk whose words in a group of
    /// all of them show that what was to be told before has been told.
    static async of(world, people, options = {}) {
        const ears = new Ears();
        ears.#world = world;
        await world.make_group('all-ears', ['clerk', ...Object.keys(people)]);
        ears.#clerk = await world.open('clerk', 'desk');
        ears.#devices = [];
        for (const [uid, names] of Object.entries(people)) {
            for (const name of names) ears.add(await world.open(uid, name, options));
        }
        return ears;
    }

    get devices() {
        return this.#devices;
    }

    /// From now on this one is listened to as well.
    add(device) {
        this.#devices.push(device);
        this.#places.set(device, 0);
        return device;
    }

    /// It is not online any more.
    forget(device) {
        this.#devices = this.#devices.filter((each) => each !== device);
    }

    #news(device) {
        return device.told
            .slice(this.#places.get(device))
            .filter(([name]) => kinds.has(name))
            .map(([name, argument]) => [
                name,
                settle(name === 'onGroupChange' ? without_older(argument) : argument),
            ]);
    }

    /// Nothing that was said before is on its way any longer.
    async quiet() {
        const word = `quiet ${++this.#words}`;
        await this.#clerk.send_text(word, 'all-ears', { chatType: 'groupChat' });
        for (const device of this.#devices) await device.until_text(word);
    }

    /// Runs `work`; then every device has heard what `expected` says, [device, listener, argument]
    /// in the order of each device, and nothing else. `expected` may be a function of what `work`
    /// resolves with, which is the answer, too.
    async hear(work, expected = []) {
        await this.quiet();
        for (const device of this.#devices) this.#places.set(device, device.told.length);
        const answer = await work();
        await this.expect(typeof expected === 'function' ? expected(answer) : expected);
        return answer;
    }

    /// The same of what has been done already since the last time. What several verbs did to
    /// different things may come in any order: then `in_order` is false.
    async expect(expected, { in_order = true } = {}) {
        const wanted = new Map(this.#devices.map((device) => [device, []]));
        for (const [device, ...event] of expected) wanted.get(device).push(event);
        for (const [device, events] of wanted) {
            const what = events.map(([name, argument]) => argument.operation ?? name).join(', ');
            await device.until(what, () => this.#news(device).length >= events.length);
        }
        await this.quiet();
        const seen = (events) => (in_order ? events : events.toSorted(by_text));
        for (const [device, events] of wanted) {
            assert.deepEqual(
                seen(this.#news(device)), seen(events), `${device.name}\n${this.#world.server.log_tail(5)}`
            );
            this.#places.set(device, device.told.length);
        }
    }
}

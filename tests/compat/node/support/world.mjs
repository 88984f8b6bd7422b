// SPDX-License-Identifier: Apache-2.0
// A server with accounts and their devices, for one test; all of it ends with the test, and every
// test also proves that the server stopped well and that no token is in its log.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Device, person } from './device.mjs';
import { Server } from './server.mjs';
import { patience_ms } from './wait.mjs';

export class World {
    devices = [];
    secrets = []; // what must never be in the server's log
    class_tokens = new Map(); // 'uid/flag' -> the token that its devices share

    /// `t` is the test that this world belongs to.
    static async of(t, overrides) {
        const world = new World();
        world.server = await Server.start(overrides);
        t.after(() => world.end());
        return world;
    }

    /// Registers a token for one class of an account, level 0 (secondary) or 1 (main).
    async token(uid, flag, level = 0) {
        const token = `token-${randomBytes(12).toString('hex')}`;
        this.secrets.push(token);
        const body = { uid, token, device_flag: flag, device_level: level };
        assert.deepEqual(await this.server.post('/user/token', body), { status: 200 });
        return token;
    }

    async device(options) {
        const device = await Device.make(this.server, options);
        this.devices.push(device);
        return device;
    }

    /// A device with a token of its own class, logged in.
    async login(uid, flag, { level = 0, ...options } = {}) {
        const token = await this.token(uid, flag, level);
        const device = await this.device({ uid, flag, token, ...options });
        return device.connect();
    }

    /// A device with the one token that all devices of its class share; not logged in yet.
    async shared_token_device(uid, flag, level = 0) {
        const key = `${uid}/${flag}`;
        if (!this.class_tokens.has(key))
            this.class_tokens.set(key, await this.token(uid, flag, level));
        return this.device({ uid, flag, token: this.class_tokens.get(key) });
    }

    /// Replaces the device policy of the whole server.
    async set_policy(policy, apply = 'logins') {
        const { version } = await this.server.get('/v1/policy');
        return this.server.put('/v1/policy', { version, policy, apply });
    }

    async device_list(uid, query = '') {
        return (await this.server.get(`/v1/accounts/${uid}/devices${query}`)).devices;
    }

    /// A connection that broke is noticed when it is; looked at again and again until then.
    async until_online(uid, count) {
        const deadline = performance.now() + patience_ms;
        for (;;) {
            const online = await this.device_list(uid, '?online=true');
            if (online.length === count) return;
            assert.ok(performance.now() < deadline, `${online.length} online, not ${count}`);
        }
    }

    make_group(channel_id, subscribers) {
        return this.server.post('/channel', { channel_id, channel_type: 2, subscribers });
    }

    /// A message by the API; the answer's ids as text.
    async api_send(from_uid, to, text, { type = 1, header = {}, payload } = {}) {
        const answer = await this.server.post('/message/send', {
            header: { red_dot: 1, ...header },
            from_uid,
            channel_id: to,
            channel_type: type,
            payload: base64(JSON.stringify(payload ?? { type: 1, content: text })),
        });
        assert.equal(answer.status, 200);
        return answer.data;
    }

    /// Everything that is stored in a channel as `login_uid` sees it, oldest first.
    async history(login_uid, channel_id, channel_type = 1) {
        const all = [];
        for (;;) {
            const start_message_seq = (all.at(-1)?.message_seq ?? 0) + 1;
            const page = await this.server.post('/channel/messagesync', {
                login_uid,
                channel_id,
                channel_type,
                start_message_seq,
                limit: 1000,
                pull_mode: 1,
            });
            all.push(...page.messages.map(with_text));
            if (page.more === 0) return all;
        }
    }

    async conversation(uid, channel_id, channel_type = 1) {
        const all = await this.server.post('/conversation/sync', { uid, msg_count: 100 });
        const found = all.find(
            (one) => one.channel_id === channel_id && one.channel_type === channel_type
        );
        return found && { ...found, recents: found.recents.map(with_text) };
    }

    async end() {
        for (const device of this.devices) device.close();
        const ended = await this.server.end('SIGTERM');
        const log = this.server.log();
        assert.equal(ended, 0, `the server stops with exit code 0\n${this.server.log_tail()}`);
        assert.doesNotMatch(log, /Sanitizer|runtime error:/, this.server.log_tail());
        for (const secret of this.secrets) assert.ok(!log.includes(secret), 'no secret in the log');
        this.server.remove_files();
    }
}

function base64(text) {
    return Buffer.from(text, 'utf8').toString('base64');
}

function with_text(message) {
    return {
        ...message,
        text: JSON.parse(Buffer.from(message.payload, 'base64').toString('utf8')).content,
    };
}

/// The ids of the stored messages count from 1 without a gap.
export function assert_gapless(history) {
    assert.deepEqual(
        history.map((message) => message.message_seq),
        history.map((_, index) => index + 1)
    );
}

/// A message as the SDK hands it to the app.
export function assert_message(message, { from, channel, type = person, text, red_dot }) {
    assert.equal(message.fromUID, from);
    assert.equal(message.channel.channelID, channel);
    assert.equal(message.channel.channelType, type);
    assert.equal(message.content.text, text);
    assert.equal(message.header.reddot, red_dot);
}

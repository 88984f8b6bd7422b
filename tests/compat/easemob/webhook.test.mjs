// SPDX-License-Identifier: Apache-2.0
// The app's own server hears of devices that come and go (easemob-multidevice 7, row 11;
// easemob-rest 5.4).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import http from 'node:http';
import { test } from 'node:test';
import { Observable } from '../node/support/wait.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;
const secret = 'shared with the app';

/// The app's server: keeps what it is told, and answers with `status`.
class AppServer extends Observable {
    heard = [];
    status = 200;

    static async of(t) {
        const made = new AppServer();
        made.server = http.createServer(async (request, response) => {
            let text = '';
            for await (const part of request) text += part;
            made.heard.push({ method: request.method, path: request.url, type: request.headers['content-type'], body: JSON.parse(text) });
            response.writeHead(made.status).end();
            made.status = 200;
            made.changed();
        });
        await new Promise((listening) => made.server.listen(0, '127.0.0.1', listening));
        t.after(() => made.server.close());
        return made;
    }

    get easemob() {
        return {
            status_webhook_url: `http://127.0.0.1:${this.server.address().port}/hook`,
            status_webhook_secret: secret,
        };
    }

    until_heard(count) {
        return this.until(`${count} events`, () => this.heard.length >= count, {
            explain: () => JSON.stringify(this.heard, null, 1),
        });
    }
}

function assert_signed({ callId, timestamp, security }) {
    assert.match(callId, /^fenshen#demo_[0-9a-f]{32}$/);
    assert.ok(Math.abs(Date.now() - timestamp) < 600_000);
    assert.equal(security, createHash('md5').update(callId + secret + timestamp).digest('hex'));
}

test('row 11: login, logout and replaced are told, a device each, signed', { timeout }, async (t) => {
    const app = await AppServer.of(t);
    const world = await World.of(t, {
        easemob: { ...app.easemob, client_id: 'back-end', client_secret: 'of the test', devices_per_platform: 1 },
    });
    const pad = await world.open('alice', 'pad');
    const tv = await world.open('alice', 'tv', { custom: 3 });
    const tab = await world.open('alice', 'tab');  // in place of the pad
    await pad.until_told('onDisconnected');
    await app.until_heard(4);
    tab.connection.close();
    await app.until_heard(5);
    await world.server.rest('DELETE', `users/alice/disconnect/${tv.resource}`, undefined, await world.app_header());
    await app.until_heard(6);

    const event = (device, os, reason) => ({
        reason, os, status: reason === 'login' ? 'online' : 'offline', ip: '127.0.0.1', host: 'fenshen',
        appkey: 'fenshen#demo', user: `fenshen#demo_alice@easemob.com/${device.resource}`, name: 'alice',
    });
    const told = app.heard.map(({ body: { callId, timestamp, security, version, ...rest } }) => rest);
    assert.deepEqual(told, [
        event(pad, 'web', 'login'), event(tv, 'custom3', 'login'), event(pad, 'web', 'replaced'),
        event(tab, 'web', 'login'), event(tab, 'web', 'logout'), event(tv, 'custom3', 'replaced'),
    ]);
    for (const { method, path, type, body } of app.heard) {
        assert.deepEqual([method, path, type], ['POST', '/hook', 'application/json']);
        assert_signed(body);
        assert.equal(body.version, '4.21.1');
    }
    assert.equal(new Set(app.heard.map(({ body }) => body.callId)).size, 6);
});

test('what the app\'s server did not take is told once more', { timeout }, async (t) => {
    const app = await AppServer.of(t);
    const world = await World.of(t, { easemob: app.easemob });
    app.status = 500;
    await world.open('alice', 'pad');
    await app.until_heard(2);
    await world.open('alice', 'tab');
    await app.until_heard(3);
    const [first, again, other] = app.heard.map(({ body }) => body);
    assert.deepEqual(again, first);
    assert.ok(other.user.includes('_tab'), other.user);
});

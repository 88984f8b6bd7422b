// SPDX-License-Identifier: Apache-2.0
// A server with Easemob users and their devices, for one test, beside devices of the other family;
// all of it ends with the test.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { Server as WukongServer } from '../../node/support/server.mjs';
import { World as WukongWorld } from '../../node/support/world.mjs';
import { patience_ms } from '../../node/support/wait.mjs';
import { Device } from './device.mjs';

class Server extends WukongServer {
    app_key = 'fenshen#demo';

    easemob_http() {
        return `http://127.0.0.1:${this.addresses.easemob}`;
    }

    easemob_ws() {
        return `ws://127.0.0.1:${this.addresses.easemob}/websocket`;
    }

    /// A REST call below /{org}/{app}; the body of a 200.
    async rest(method, where, body, headers = {}) {
        const answer = await fetch(`${this.easemob_http()}/fenshen/demo/${where}`, {
            method,
            headers: { 'content-type': 'application/json', ...headers },
            body: body && JSON.stringify(body),
        });
        const text = await answer.text();
        assert.equal(answer.status, 200, `${method} ${where}: ${text}`);
        return JSON.parse(text);
    }
}

export class World extends WukongWorld {
    passwords = new Map();

    /// `overrides` as in the other family, and `limits` for the table easemob.limits. The same port
    /// is kept when the server is started again: the SDK knows no other.
    static async of(t, overrides = {}) {
        const world = new World();
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fenshen-easemob-'));
        world.server = new Server(folder, overrides);
        world.server.config.easemob = { port: 'any', ...overrides.easemob };
        if (overrides.limits) world.server.config['easemob.limits'] = overrides.limits;
        await world.server.start();
        world.server.config.easemob.port = world.server.addresses.easemob;
        t.after(() => world.end());
        return world;
    }

    async user(uid) {
        if (this.passwords.has(uid)) return this.passwords.get(uid);
        const password = `password of ${uid} ${Math.random()}`;
        await this.server.rest('POST', 'users', { username: uid, password });
        this.passwords.set(uid, password);
        this.secrets.push(password);
        return password;
    }

    async user_token(uid) {
        const body = { grant_type: 'password', username: uid, password: await this.user(uid) };
        const token = (await this.server.rest('POST', 'token', body)).access_token;
        this.secrets.push(token);
        return token;
    }

    /// What the app's back end shows; the server has to be given these credentials.
    async app_header() {
        const { client_id, client_secret } = this.server.config.easemob;
        const body = { grant_type: 'client_credentials', client_id, client_secret };
        const token = (await this.server.rest('POST', 'token', body)).access_token;
        this.secrets.push(token, client_secret);
        return { authorization: `Bearer ${token}` };
    }

    /// A device that is not logged in yet.
    async phone(uid, device, options = {}) {
        const password = options.token ? undefined : await this.user(uid);
        const made = new Device(this.server, { uid, device, password, ...options });
        this.devices.push(made);
        return made;
    }

    async open(uid, device, options = {}) {
        const phone = await this.phone(uid, device, options);
        return phone.open();
    }

    online(uid) {
        return this.devices_of(uid, '?online=true');
    }

    async devices_of(uid, query = '') {
        return (await this.server.get(`/v1/accounts/${uid}/devices${query}`)).devices;
    }

    /// Looked at again and again: a connection that broke is noticed when it is.
    async until_offline(uid) {
        const deadline = performance.now() + patience_ms;
        while ((await this.server.post('/user/onlinestatus', [uid])).length > 0) {
            assert.ok(performance.now() < deadline, `${uid} stays online`);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// The real binary as a child process with a data folder of its own: started on ports that the kernel
// chooses, killed or stopped, started again on the same data. Its HTTP API is called through here.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Gate, Observable, patience_ms } from './wait.mjs';

const root = path.resolve(
    import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
    '../../../..'
);

function find_binary() {
    if (process.env.FENSHEN_BINARY) return process.env.FENSHEN_BINARY;
    const places = ['build/asan/fenshen', 'build/release/fenshen'].map((place) =>
        path.join(root, place)
    );
    const found = places.find((place) => fs.existsSync(place));
    if (!found)
        throw new Error(`no server: set FENSHEN_BINARY or build one of ${places.join(', ')}`);
    return found;
}

/// A machine that builds at the same time may hold a client up for longer than the default 2 s.
const patient = { first_packet_max: '1m', login_max: '1m' };

const toml_value = (value) => JSON.stringify(value);

const toml = (tables) =>
    Object.entries(tables)
        .map(([name, keys]) => {
            const lines = Object.entries(keys).map(
                ([key, value]) => `${key} = ${toml_value(value)}`
            );
            return [`[${name}]`, ...lines, ''].join('\n');
        })
        .join('\n');

// A test run that breaks off leaves no server behind.
const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Server extends Observable {
    #child;
    #exit;
    #log;
    #serving = new Gate();

    constructor(folder, overrides = {}) {
        super();
        this.#serving.shut();
        this.folder = folder;
        this.log_file = path.join(folder, 'server.log');
        this.config = {
            server: { data_dir: path.join(folder, 'data'), ...overrides.server },
            wukong: {
                tcp_port: 'any',
                ws_port: 'any',
                wss_port: 0,
                token_auth: true,
                ...patient,
                ...overrides.wukong,
            },
            api: { port: 'any', ...overrides.api },
            easemob: { port: 0 },
            console: { port: 0 },
        };
    }

    static async start(overrides) {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fenshen-compat-'));
        const server = new Server(folder, overrides);
        await server.start();
        return server;
    }

    /// Ready to serve when this resolves; `addresses` then holds the ports.
    async start() {
        const config_file = path.join(this.folder, 'fenshen.toml');
        const addresses_file = path.join(this.folder, 'addresses.json');
        fs.writeFileSync(config_file, toml(this.config));
        fs.rmSync(addresses_file, { force: true });
        this.#log = fs.openSync(this.log_file, 'a');
        const args = ['serve', '--config', config_file, '--addresses-file', addresses_file];
        const child = spawn(find_binary(), args, { stdio: ['ignore', this.#log, this.#log] });
        this.#child = child;
        this.#exit = undefined;
        running.add(child);
        child.on('error', (error) => this.#ended(child, `could not be started: ${error.message}`));
        child.on('exit', (code, signal) => this.#ended(child, signal ?? code));
        const poll = setInterval(() => this.changed(), 10);
        try {
            this.addresses = await this.until('the addresses file', () => {
                if (this.#exit !== undefined)
                    throw this.failure(`the server ended at once: ${this.#exit}`);
                if (!fs.existsSync(addresses_file)) return false;
                const text = fs.readFileSync(addresses_file, 'utf8');
                return text.trim().endsWith('}') && JSON.parse(text);
            });
        } finally {
            clearInterval(poll);
        }
        this.#serving.open();
    }

    #ended(child, how) {
        running.delete(child);
        if (child !== this.#child) return;
        this.#exit = how;
        fs.closeSync(this.#log);
        this.changed();
    }

    get running() {
        return this.#child !== undefined && this.#exit === undefined;
    }

    /// Ends the process that this object started and resolves with its exit code or signal name.
    async end(signal) {
        this.#serving.shut();
        if (this.running) process.kill(this.#child.pid, signal);
        await this.until(`the server's end after ${signal}`, () => this.#exit !== undefined);
        return this.#exit;
    }

    /// Where clients connect, as soon as there is a server: the kernel may give the port of one that
    /// has ended to somebody else.
    async ws_url() {
        await this.#serving.passed();
        return `ws://127.0.0.1:${this.addresses.ws}`;
    }

    log() {
        return fs.readFileSync(this.log_file, 'utf8');
    }

    log_lines(...patterns) {
        return this.log()
            .split('\n')
            .filter((line) => patterns.every((pattern) => pattern.test(line)));
    }

    log_tail(lines = 60) {
        return `--- the server's log ends with\n${this.log()
            .split('\n')
            .slice(-lines)
            .join('\n')}\n---`;
    }

    failure(text) {
        return new Error(`${text}\n${this.log_tail()}`);
    }

    until(what, look, options = {}) {
        return super.until(what, look, { explain: () => this.log_tail(), ...options });
    }

    /// Resolves with the first line that matches all patterns; a log is written behind the event.
    async until_logged(what, ...patterns) {
        const poll = setInterval(() => this.changed(), 10);
        try {
            return await this.until(`a log line: ${what}`, () => this.log_lines(...patterns)[0]);
        } finally {
            clearInterval(poll);
        }
    }

    async request(method, target, body) {
        const response = await fetch(`http://127.0.0.1:${this.addresses.api}${target}`, {
            method,
            headers: body === undefined ? {} : { 'content-type': 'application/json' },
            body: body === undefined ? undefined : JSON.stringify(body),
            signal: AbortSignal.timeout(patience_ms),
        });
        return { status: response.status, headers: response.headers, text: await response.text() };
    }

    async #call(method, target, body) {
        const { status, text } = await this.request(method, target, body);
        if (status === 204) return undefined;
        if (status !== 200) throw this.failure(`${method} ${target} answered ${status}: ${text}`);
        // message_id exceeds what a double holds; the tests compare it as text.
        return JSON.parse(text.replace(/"message_id":\s*(\d+)/g, '"message_id":"$1"'));
    }

    get(target) {
        return this.#call('GET', target);
    }

    post(target, body) {
        return this.#call('POST', target, body);
    }

    put(target, body) {
        return this.#call('PUT', target, body);
    }

    remove_files() {
        if (!process.env.FENSHEN_TEST_KEEP)
            fs.rmSync(this.folder, { recursive: true, force: true });
    }
}
